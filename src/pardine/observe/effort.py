"""Effort as intervals with a cause, and the usage of occasions that follows from it."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

State = Literal["working", "dead", "stolen", "moved", "vandalised", "burnt", "snowed", "full", "unknown"]
STATES: tuple[State, ...] = get_args(State)

NOON = dt.time(12)
_ONE_DAY = dt.timedelta(days=1)
_Span = tuple[dt.datetime, dt.datetime]


@dataclass(frozen=True, kw_only=True)
class EffortInterval:
    """What a camera slot did from one moment to another.

    Attributes
    ----------
    session, station
        Codes.
    slot
        ``A`` or ``B``; empty where the table does not tell slots apart.
    starts, ends
        Local wall-clock time of the session; ``ends`` is not included.
    state
        ``working``, or why it did not.
    table
        sha256 of the table that says so, ``None`` where not known; no part of what is said.
    """

    session: str
    station: str
    starts: dt.datetime
    ends: dt.datetime
    state: State
    slot: str = ""
    table: str | None = field(default=None, compare=False)


def occasion_edges(
    starts_on: dt.date, ends_on: dt.date, occasion_days: int | None = None
) -> tuple[dt.datetime, ...]:
    """Moments that part a session into its occasions.

    The first occasion begins at midnight of the first day and the last ends at midnight after the
    last day, so that nothing of a dated session is lost. Between them occasions change at noon: the
    animals move at night, and a night belongs to one occasion. The last occasion may be shorter.

    Parameters
    ----------
    starts_on, ends_on
        First and last day of the session, both counted.
    occasion_days
        Length of an occasion in days; ``None``: the whole session is one occasion.

    Returns
    -------
    tuple of S + 1 moments
        Occasion s (from 1) lasts from edge s - 1 to edge s.

    Raises
    ------
    ValueError
        The session ends before it starts, or an occasion is shorter than a day.
    """
    n_days = (ends_on - starts_on).days + 1
    if n_days < 1:
        raise ValueError(f"session ends {ends_on} before it starts {starts_on}")
    if occasion_days is not None and occasion_days < 1:
        raise ValueError(f"an occasion lasts at least one day, got {occasion_days}")
    inner_days = range(occasion_days, n_days, occasion_days) if occasion_days else range(0)
    first_midnight = dt.datetime.combine(starts_on, dt.time())
    first_noon = dt.datetime.combine(starts_on, NOON)
    return (
        first_midnight,
        *(first_noon + day * _ONE_DAY for day in inner_days),
        first_midnight + n_days * _ONE_DAY,
    )


def occasion_of(moment: dt.datetime, edges: Sequence[dt.datetime]) -> int | None:
    """Number of the occasion (from 1) that holds the moment; ``None`` outside the session."""
    for occasion, (start, end) in enumerate(itertools.pairwise(edges), start=1):
        if start <= moment < end:
            return occasion
    return None


def usage_from_intervals(
    intervals: Iterable[EffortInterval], stations: Sequence[str], edges: Sequence[dt.datetime]
) -> NDArray[np.float64]:
    """Station-days of each station on each occasion.

    A station works while at least one of its slots works; time that several slots or overlapping
    rows cover counts once. Within a slot, an interval with a failure takes away from a longer
    interval that calls the slot working; a failure told without a slot takes away from all slots.

    Parameters
    ----------
    intervals
        Of one session, in any order; what lies outside the edges is cut off.
    stations : J codes
    edges : S + 1 moments
        As `occasion_edges` returns them.

    Returns
    -------
    (J, S) array
        In station-days: never more than the occasion lasts; 0 for a station without intervals.

    Examples
    --------
    >>> day = dt.datetime(2024, 1, 1)
    >>> works = EffortInterval(session="1", station="A1", state="working",
    ...                        starts=day, ends=day + dt.timedelta(days=3))
    >>> usage_from_intervals([works], ["A1"], [day, day + dt.timedelta(days=2)])
    array([[2.]])
    """
    by_station: dict[str, list[EffortInterval]] = {code: [] for code in stations}
    for interval in intervals:
        by_station[interval.station].append(interval)
    usage_days = np.zeros((len(stations), len(edges) - 1))
    for row, code in enumerate(stations):
        for starts, ends in working_spans(by_station[code]):
            for occasion, (first, last) in enumerate(itertools.pairwise(edges)):
                shared = min(ends, last) - max(starts, first)
                usage_days[row, occasion] += max(shared / _ONE_DAY, 0.0)
    return usage_days


def working_spans(intervals: Sequence[EffortInterval]) -> list[_Span]:
    """Disjoint spans in which at least one slot of a station works."""
    working: list[_Span] = []
    for slot in {interval.slot for interval in intervals}:
        works = [(i.starts, i.ends) for i in intervals if i.slot == slot and i.state == "working"]
        fails = [(i.starts, i.ends) for i in intervals if i.slot in (slot, "") and i.state != "working"]
        working += _without(_union(works), _union(fails))
    return _union(working)


def _union(spans: Sequence[_Span]) -> list[_Span]:
    """The same time as sorted spans that neither touch nor overlap."""
    merged: list[_Span] = []
    for starts, ends in sorted(spans):
        if merged and starts <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], ends))
        else:
            merged.append((starts, ends))
    return merged


def _without(spans: Sequence[_Span], gaps: Sequence[_Span]) -> list[_Span]:
    """What is left of sorted disjoint spans outside sorted disjoint gaps."""
    left: list[_Span] = []
    for starts, ends in spans:
        for gap_starts, gap_ends in gaps:
            if gap_ends <= starts or gap_starts >= ends:
                continue
            if gap_starts > starts:
                left.append((starts, gap_starts))
            starts = max(starts, gap_ends)
        if starts < ends:
            left.append((starts, ends))
    return left
