"""The points of a survey: encounters with an independent animal whose name is not known."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pardine.base.errors import AnalysisError

FEMALE, MALE, UNSEXED = 0, 1, -1
"""Codes of a sex sighting."""


def _no_pairs() -> NDArray[np.intp]:
    return np.empty((0, 2), np.intp)


@dataclass(frozen=True, kw_only=True, eq=False)
class Points:
    """n passages of an independent animal at a station, each with the sides that were obtained.

    A side is an attribute of a point: a passage seen from both sides is one point, not two.

    Attributes
    ----------
    station : (n,) intp
        0-based index of the station.
    left, right : (n,) bool
        Whether a usable view of that flank was obtained; at least one of them.
    sex_sighting : (n,) int8
        ``FEMALE``, ``MALE`` or ``UNSEXED``: what was seen, which may be wrong.
    apart : (P, 2) intp
        Pairs of points that are certainly two animals, such as two in one frame.

    Raises
    ------
    AnalysisError
        ``identity.no_points``, ``identity.point_without_side``, ``identity.pair_with_itself``.
    """

    station: NDArray[np.intp]
    left: NDArray[np.bool_]
    right: NDArray[np.bool_]
    sex_sighting: NDArray[np.int8]
    apart: NDArray[np.intp] = field(default_factory=_no_pairs)

    def __post_init__(self) -> None:
        n = len(self.station)
        if not n:
            raise AnalysisError("identity.no_points")
        if any(len(values) != n for values in (self.left, self.right, self.sex_sighting)):
            raise ValueError("station, left, right and sex_sighting differ in length")
        without = np.flatnonzero(~(self.left | self.right))
        if len(without):
            raise AnalysisError("identity.point_without_side", value=int(without[0]), count=len(without))
        if len(self.apart) and (self.apart[:, 0] == self.apart[:, 1]).any():
            raise AnalysisError("identity.pair_with_itself")

    @property
    def n(self) -> int:
        """Number of points."""
        return len(self.station)

    def neighbours_apart(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """For each point those that are certainly another animal: starts (n + 1,) into a list."""
        pairs = np.concatenate([self.apart, self.apart[:, ::-1]])
        order = np.argsort(pairs[:, 0], kind="stable")
        starts = np.searchsorted(pairs[order, 0], np.arange(self.n + 1))
        return starts.astype(np.intp), np.ascontiguousarray(pairs[order, 1], np.intp)


def log_sex_sightings(sightings: NDArray[np.int8], n_sexes: int, sex_error: float) -> NDArray[np.float64]:
    """(G,) log probability of the sightings for an animal of each sex."""
    if n_sexes == 1:
        return np.zeros(1)
    told = sightings[sightings != UNSEXED]
    right, wrong = float(np.log1p(-sex_error)), float(np.log(sex_error))
    n_as = np.array([np.count_nonzero(told == sex) for sex in range(n_sexes)])
    return right * n_as + wrong * (len(told) - n_as)


def all_one_side(station: NDArray[np.intp], n_pairs_apart: NDArray[np.intp] | None = None) -> Points:
    """Points that all show the left side, no sex seen: the simplest case."""
    n = len(station)
    return Points(
        station=np.asarray(station, np.intp),
        left=np.ones(n, np.bool_),
        right=np.zeros(n, np.bool_),
        sex_sighting=np.full(n, UNSEXED, np.int8),
        apart=_no_pairs() if n_pairs_apart is None else n_pairs_apart,
    )
