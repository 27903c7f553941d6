"""Labelled photographs as columns, and which of them may answer for which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pardine.identify.side import Side, comparable

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Photo:
    """What is known of one labelled photograph.

    Attributes
    ----------
    name
        Its file.
    identity
        The individual.
    encounter
        The visit it belongs to: no photograph answers for another of its own encounter.
    side
        What it shows of the animal.
    station
        Where it was taken; blank where nobody told.
    several
        Several animals are in it, so that it says nothing of one.
    """

    name: str
    identity: str
    encounter: str
    side: Side = Side.UNKNOWN
    station: str = ""
    several: bool = False


@dataclass(frozen=True, kw_only=True)
class Gallery:
    """Photographs as integer columns.

    Attributes
    ----------
    identity, encounter, station, side, unit
        (N,) codes; a unit is one animal in one encounter seen from one side, and a blank station is a
        station of its own for each encounter.
    several
        (N,) photographs of several animals.
    comparable
        (N, N) which may answer for which: other encounter, sides that can be compared, one animal each.
    """

    identity: Ints
    encounter: Ints
    station: Ints
    side: Ints
    unit: Ints
    several: Bools
    comparable: Bools

    def __len__(self) -> int:
        return len(self.identity)

    @property
    def has_stations(self) -> bool:
        """Whether any station holds several encounters, so that a place can be mistaken for an animal."""
        pairs = np.unique(np.stack([self.station, self.encounter], axis=1), axis=0)
        return len(pairs) > len(np.unique(self.station))

    @property
    def same(self) -> Bools:
        """(N, N) whether two photographs show one animal."""
        return np.asarray(self.identity[:, None] == self.identity[None, :])

    @property
    def has_mate(self) -> Bools:
        """(N,) whether another encounter shows the same animal, comparably."""
        return np.asarray((self.comparable & self.same).any(axis=1))


def make_gallery(photos: Sequence[Photo], *, exclude_same_station: bool = False) -> Gallery:
    """Turn labels into columns.

    Parameters
    ----------
    photos
        In any order; rows of the gallery keep it.
    exclude_same_station
        Let no photograph answer for another of its station, as tests of the background need.
    """
    identity = _codes([p.identity for p in photos])
    encounter = _codes([p.encounter for p in photos])
    station = _codes([("station", p.station) if p.station else ("encounter", p.encounter) for p in photos])
    sides = list(Side)
    side = np.array([sides.index(p.side) for p in photos], dtype=np.int64)
    several = np.array([p.several for p in photos], dtype=np.bool_)
    table = np.array([[comparable(a, b) for b in sides] for a in sides])
    allowed = (encounter[:, None] != encounter[None, :]) & table[side[:, None], side[None, :]]
    allowed &= ~several[:, None] & ~several[None, :]
    if exclude_same_station:
        allowed &= station[:, None] != station[None, :]
    return Gallery(
        identity=identity,
        encounter=encounter,
        station=station,
        side=side,
        unit=_codes(list(zip(encounter.tolist(), identity.tolist(), side.tolist(), strict=True))),
        several=several,
        comparable=allowed,
    )


def folds_of_individuals(identity: Ints, n_folds: int, rng: np.random.Generator) -> Ints:
    """(N,) fold of each photograph; all photographs of an animal share one."""
    known = np.unique(identity)
    fold = dict(zip(rng.permutation(known).tolist(), (np.arange(len(known)) % n_folds).tolist(), strict=True))
    return np.array([fold[code] for code in identity.tolist()], dtype=np.int64)


def _codes(values: Sequence[object]) -> Ints:
    numbers: dict[object, int] = {}
    return np.array([numbers.setdefault(value, len(numbers)) for value in values], dtype=np.int64)
