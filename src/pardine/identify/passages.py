"""Photographs of a species become passages: one animal in one encounter, with the flanks that were seen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pardine.identify.side import Side
from pardine.observe.encounter import find_encounters
from pardine.observe.sighting import BoundingBox

BURST_GAP_S = 5.0


@dataclass(frozen=True, kw_only=True)
class Shot:
    """One animal in one photograph, or a photograph in which several were not told apart.

    Attributes
    ----------
    media, sha256
        Uid and hash of the photograph.
    deployment, station
        Codes; station empty where it is not known.
    at
        Corrected time, datetime64[s]; NaT where it is not known.
    side
        Of the animal.
    several
        Several animals, not told apart: it says nothing of one.
    box
        Where the animal is; ``None`` where nobody said.
    infrared
        By the camera; ``None`` where it does not tell.
    """

    media: str
    sha256: str
    deployment: str
    station: str
    at: np.datetime64
    side: Side = Side.UNKNOWN
    several: bool = False
    box: BoundingBox | None = None
    infrared: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Passage:
    """One animal in one encounter.

    Attributes
    ----------
    key
        Uid of its first photograph, with a number where a photograph shows several animals in boxes.
    encounter
        Number of the encounter; animals of one frame share it.
    station
        Code.
    at
        First moment; NaT where it is not known.
    shots
        Positions in the list of shots, by time.
    """

    key: str
    encounter: int
    station: str
    at: np.datetime64
    shots: tuple[int, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Passages:
    """All passages, and which of them are certainly two animals.

    Attributes
    ----------
    all
        By station and time.
    apart : (P, 2)
        Passages of two animals in one frame.
    not_told_apart
        Shots of several animals, which belong to no passage.
    """

    all: tuple[Passage, ...]
    apart: NDArray[np.intp]
    not_told_apart: tuple[int, ...]


def find_passages(shots: Sequence[Shot]) -> Passages:
    """Join shots into passages.

    An encounter that never shows two animals at once is one animal's, both slots together. Where it
    does, only what lies in one burst is held to be one animal, and boxes of one frame are apart.
    """
    codes = {code: k for k, code in enumerate(sorted({s.station for s in shots if s.station}))}
    station = np.array([codes.get(s.station, -1) for s in shots], np.int64)
    clocks = np.array([s.at for s in shots], "datetime64[s]").reshape(len(shots))
    encounter = find_encounters(station, clocks).of_media
    alone = np.flatnonzero(encounter < 0)  # without a time or a place each is an encounter of its own
    encounter[alone] = (encounter.max(initial=-1) + 1) + np.arange(len(alone))
    members: dict[int, list[int]] = defaultdict(list)
    for i in np.lexsort((clocks, encounter)).tolist():
        members[int(encounter[i])].append(i)
    passages: list[Passage] = []
    apart: list[tuple[int, int]] = []
    for number, own in members.items():
        groups = _groups(shots, own)
        first = len(passages)
        passages += [_passage(shots, number, group, k) for k, group in enumerate(groups)]
        apart += _apart(shots, groups, first)
    lost = tuple(i for i, s in enumerate(shots) if s.several)
    pairs = np.array(sorted(set(apart)), np.intp).reshape(-1, 2)
    return Passages(all=tuple(passages), apart=pairs, not_told_apart=lost)


def _groups(shots: Sequence[Shot], own: Sequence[int]) -> list[list[int]]:
    """Shots of one encounter, those of one animal together."""
    frames = [shots[i].media for i in own]
    usable = [i for i in own if not shots[i].several]
    if len(usable) == len(own) and len(set(frames)) == len(frames):
        return [usable]
    groups: list[list[int]] = []
    crowded = {media for media in frames if frames.count(media) > 1}
    for i in usable:
        last = groups[-1][-1] if groups else None
        if (
            last is not None
            and shots[i].media not in crowded
            and shots[last].media not in crowded
            and shots[last].deployment == shots[i].deployment
            and shots[i].at - shots[last].at <= np.timedelta64(int(BURST_GAP_S), "s")
        ):
            groups[-1].append(i)
        else:
            groups.append([i])
    return groups


def _passage(shots: Sequence[Shot], encounter: int, group: Sequence[int], number: int) -> Passage:
    first = shots[group[0]]
    in_box = first.box is not None and number > 0
    return Passage(
        key=f"{first.media}#{number}" if in_box else first.media,
        encounter=encounter,
        station=first.station,
        at=first.at,
        shots=tuple(group),
    )


def _apart(shots: Sequence[Shot], groups: Sequence[Sequence[int]], first: int) -> list[tuple[int, int]]:
    by_frame: dict[str, list[int]] = defaultdict(list)
    for k, group in enumerate(groups):
        for i in group:
            by_frame[shots[i].media].append(first + k)
    return [(a, b) for own in by_frame.values() for n, a in enumerate(own) for b in own[n + 1 :] if a != b]
