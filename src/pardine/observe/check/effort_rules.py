"""Rules about the effort table and the deployments: overlaps, holes, and photographs that contradict it."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import defaultdict
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from pardine.observe.check.finding import Finding, few
from pardine.observe.check.season import Limits, Season, overlap_s, seconds_of
from pardine.observe.effort import EffortInterval

# A camera that is changed on a day is dated the same day on both sides.
_SAME_VISIT_S = 12 * 3600.0
# In these states a camera takes no photographs of its station.
_MUTE = ("dead", "stolen", "burnt", "full")
_MARGIN_S = 3600.0
_MIN_CONTRADICTIONS = 3

_Slot = tuple[str, str]


def overlapping_deployments(season: Season, limits: Limits) -> Iterator[Finding]:
    """Two deployments at one slot at the same time."""
    by_slot: dict[_Slot, list[int]] = defaultdict(list)
    for number, deployment in enumerate(season.deployments):
        by_slot[deployment.station, deployment.slot].append(number)
    for (station, slot), numbers in by_slot.items():
        for i, j in itertools.combinations(numbers, 2):
            one, other = season.deployments[i], season.deployments[j]
            shared_s = overlap_s(one, other)
            if _SAME_VISIT_S < shared_s < float("inf"):
                yield Finding(
                    rule="check.overlapping_deployments",
                    severity="error",
                    subject=one.code,
                    other=other.code,
                    deployments=(one.code, other.code),
                    evidence={"station": station, "slot": slot, "days": shared_s / 86_400},
                )


def effort_overlap(season: Season, limits: Limits) -> Iterator[Finding]:
    """Rows of a slot that say the same time twice; a failure within a working row is no fault."""
    for (station, slot), rows in _by_slot(season).items():
        for one, other in itertools.combinations(rows, 2):
            if other.starts >= one.ends:
                continue
            if (one.state == "working") == (other.state == "working"):
                yield Finding(
                    rule="check.effort_overlap",
                    severity="warning",
                    subject=_place(station, slot),
                    other=f"{other.starts:%Y-%m-%d %H:%M}",
                    deployments=_deployments_at(season, station, slot, other.starts, one.ends),
                    evidence={
                        "state": one.state,
                        "other_state": other.state,
                        "first": f"{other.starts:%Y-%m-%d %H:%M}",
                        "last": f"{min(one.ends, other.ends):%Y-%m-%d %H:%M}",
                    },
                )


def effort_gap(season: Season, limits: Limits) -> Iterator[Finding]:
    """Time between the rows of a slot of which nothing is said."""
    for (station, slot), rows in _by_slot(season).items():
        covered_until = rows[0].ends
        for row in rows[1:]:
            hours = (row.starts - covered_until).total_seconds() / 3600
            if hours > limits.effort_gap_h:
                yield Finding(
                    rule="check.effort_gap",
                    severity="warning",
                    subject=_place(station, slot),
                    other=f"{covered_until:%Y-%m-%d %H:%M}",
                    deployments=_deployments_at(season, station, slot, covered_until, row.starts),
                    evidence={
                        "days": hours / 24,
                        "first": f"{covered_until:%Y-%m-%d %H:%M}",
                        "last": f"{row.starts:%Y-%m-%d %H:%M}",
                    },
                )
            covered_until = max(covered_until, row.ends)


def effort_contradicted(season: Season, limits: Limits) -> Iterator[Finding]:
    """Photographs from a time in which the effort table says that the camera took none."""
    for number, rows, intervals in _with_effort(season):
        seconds = season.local[rows].astype(np.int64).astype(np.float64)
        for interval in intervals:
            if interval.state not in _MUTE:
                continue
            first, last = seconds_of(interval.starts) + _MARGIN_S, seconds_of(interval.ends) - _MARGIN_S
            within = (seconds > first) & (seconds < last)
            if within.sum() >= _MIN_CONTRADICTIONS:
                yield Finding(
                    rule="check.effort_contradicted",
                    severity="error",
                    subject=season.deployments[number].code,
                    other=f"{interval.starts:%Y-%m-%d %H:%M}",
                    deployments=(season.deployments[number].code,),
                    evidence={
                        "n": int(within.sum()),
                        "state": interval.state,
                        "first": f"{interval.starts:%Y-%m-%d %H:%M}",
                        "last": f"{interval.ends:%Y-%m-%d %H:%M}",
                    },
                    media=few(season.media.code[rows[within]]),
                )


def effort_uncovered(season: Season, limits: Limits) -> Iterator[Finding]:
    """Photographs from a time of which the effort table says nothing, at a station that it has."""
    margin_s = limits.visit_tolerance_h * 3600
    for number, rows, intervals in _with_effort(season):
        seconds = season.local[rows].astype(np.int64).astype(np.float64)
        covered = np.isnat(season.local[rows])
        for interval in intervals:
            first, last = seconds_of(interval.starts) - margin_s, seconds_of(interval.ends) + margin_s
            covered |= (seconds >= first) & (seconds <= last)
        if not covered.all():
            yield Finding(
                rule="check.effort_uncovered",
                severity="warning",
                subject=season.deployments[number].code,
                deployments=(season.deployments[number].code,),
                evidence={"n": int((~covered).sum()), "n_all": int(rows.size)},
                media=few(season.media.code[rows[~covered]]),
            )


def _by_slot(season: Season) -> dict[_Slot, list[EffortInterval]]:
    """Rows of each slot by their start."""
    rows: dict[_Slot, list[EffortInterval]] = defaultdict(list)
    for interval in sorted(season.effort, key=lambda i: (i.starts, i.ends)):
        rows[interval.station, interval.slot].append(interval)
    return rows


def _with_effort(season: Season) -> Iterator[tuple[int, NDArray[np.int64], list[EffortInterval]]]:
    """Deployments with photographs at a station of the effort table, and the rows that concern them."""
    of_station: dict[str, list[EffortInterval]] = defaultdict(list)
    for interval in season.effort:
        of_station[interval.station].append(interval)
    for number, deployment in enumerate(season.deployments):
        rows = season.rows[number]
        intervals = of_station.get(deployment.station, [])
        if rows.size and intervals:
            yield number, rows, [i for i in intervals if i.slot in (deployment.slot, "")]


def _deployments_at(
    season: Season, station: str, slot: str, starts: dt.datetime, ends: dt.datetime
) -> tuple[str, ...]:
    return tuple(
        d.code
        for d in season.deployments
        if d.station == station
        and slot in (d.slot, "")
        and (d.starts is None or d.starts < ends)
        and (d.ends is None or d.ends > starts)
    )


def _place(station: str, slot: str) -> str:
    return f"{station} {slot}".strip()
