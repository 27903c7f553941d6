"""Usage as fractions of occasions, with the cause of each shortfall beside it."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from pardine.observe.effort import NOON, EffortInterval, State

Shortfall = Literal[
    "dead", "stolen", "moved", "vandalised", "burnt", "snowed", "full", "unknown", "no record"
]
SHORTFALLS: tuple[Shortfall, ...] = get_args(Shortfall)
_DAY = dt.timedelta(days=1)
# Among contradicting rows of one slot that both say why it failed, the first of these holds.
_WEIGHT: dict[str, int] = {state: rank for rank, state in enumerate((*SHORTFALLS, "working"))}


def noon_edges(first_noon: dt.date, n_days: int, occasion_days: int) -> tuple[dt.datetime, ...]:
    """Moments that part whole days from noon to noon into occasions.

    Parameters
    ----------
    first_noon
        Day at whose noon the first occasion begins.
    n_days
        Days (noon to noon) in all; a last occasion may be shorter.
    occasion_days
        Length of an occasion, any whole number of days.

    Raises
    ------
    ValueError
        Below one day.

    Examples
    --------
    >>> [edge.day for edge in noon_edges(dt.date(2024, 5, 1), 7, 3)]
    [1, 4, 7, 8]
    """
    if n_days < 1 or occasion_days < 1:
        raise ValueError(f"days are at least 1, got {n_days} and {occasion_days}")
    start = dt.datetime.combine(first_noon, NOON)
    return tuple(start + day * _DAY for day in (*range(0, n_days, occasion_days), n_days))


@dataclass(frozen=True, kw_only=True, eq=False)
class Usage:
    """What the stations of a session did on each occasion.

    Attributes
    ----------
    stations
        J codes.
    edges
        S + 1 moments.
    station_days : (J, S) array
        Days with at least one slot working.
    both_sides_days : (J, S) array
        Days with two slots working at once; NaN for a station whose rows do not tell slots apart.
    shortfall_days : (J, S, 9) array
        The rest of each occasion by its cause, in the order of `SHORTFALLS`; where the slots failed for
        different causes the time is shared among them. With the station-days it adds up to the occasion.
    """

    stations: tuple[str, ...]
    edges: tuple[dt.datetime, ...]
    station_days: NDArray[np.float64]
    both_sides_days: NDArray[np.float64]
    shortfall_days: NDArray[np.float64]

    @property
    def lengths_days(self) -> NDArray[np.float64]:
        """(S,) length of each occasion."""
        return np.array([(b - a) / _DAY for a, b in itertools.pairwise(self.edges)])

    @property
    def fraction(self) -> NDArray[np.float64]:
        """(J, S) share of each occasion with at least one slot working."""
        return np.asarray(self.station_days / self.lengths_days)

    def main_cause(self) -> list[list[Shortfall | None]]:
        """The largest cause of each shortfall, ``None`` where there is none."""
        largest = self.shortfall_days.argmax(axis=2)
        short = self.shortfall_days.max(axis=2) > 1e-9
        return [
            [SHORTFALLS[k] if is_short else None for k, is_short in zip(causes, shorts, strict=True)]
            for causes, shorts in zip(largest.tolist(), short.tolist(), strict=True)
        ]


def usage_of(
    intervals: Iterable[EffortInterval], stations: Sequence[str], edges: Sequence[dt.datetime]
) -> Usage:
    """Usage of each station on each occasion, and why it falls short.

    Station-days are those of `effort.usage_from_intervals`: within a slot a failure takes away from a
    longer interval that calls it working, and a failure told without a slot takes away from all slots.

    Parameters
    ----------
    intervals
        Of one session; those of other stations are passed over.
    stations : J codes
    edges : S + 1 moments
        Such as `noon_edges` or `effort.occasion_edges` gives.
    """
    by_station: dict[str, list[EffortInterval]] = defaultdict(list)
    for interval in intervals:
        by_station[interval.station].append(interval)
    shape = (len(stations), len(edges) - 1)
    worked, both = np.zeros(shape), np.zeros(shape)
    short = np.zeros((*shape, len(SHORTFALLS)))
    for j, code in enumerate(stations):
        own = by_station[code]
        slots = sorted({i.slot for i in own})
        if slots == [""]:
            both[j] = np.nan
        for start, end, occasion in _pieces(own, edges):
            days = (end - start) / _DAY
            states: list[str] = [_state(own, slot, start, end) for slot in slots]
            n_working = states.count("working")
            if n_working:
                worked[j, occasion] += days
                both[j, occasion] += days if n_working >= 2 else 0.0
                continue
            causes = set(states) - {"no record"} or {"no record"}
            for cause in causes:
                short[j, occasion, _WEIGHT[cause]] += days / len(causes)
    return Usage(
        stations=tuple(stations),
        edges=tuple(edges),
        station_days=worked,
        both_sides_days=both,
        shortfall_days=short,
    )


def settled_intervals(
    intervals: Iterable[EffortInterval], session: str, edges: Sequence[dt.datetime]
) -> tuple[EffortInterval, ...]:
    """The same effort as intervals of a session that neither overlap nor leave it.

    Parameters
    ----------
    intervals
        Of any session; rows that overlap are settled as `usage_of` settles them.
    session
        Code that the intervals get.
    edges
        Moments of the session, of which the first and the last count.

    Returns
    -------
    tuple
        By station, slot and time; time of which nothing is said has none.
    """
    by_station: dict[str, list[EffortInterval]] = defaultdict(list)
    for interval in intervals:
        if interval.starts < edges[-1] and interval.ends > edges[0]:
            by_station[interval.station].append(interval)
    settled: list[EffortInterval] = []
    for station, own in sorted(by_station.items()):
        pieces = _pieces(own, (edges[0], edges[-1]))
        for slot in sorted({interval.slot for interval in own}):
            for start, end, _ in pieces:
                state = _state(own, slot, start, end)
                last = settled[-1] if settled else None
                if state == "no record":
                    continue
                if (
                    last is not None
                    and (last.station, last.slot, last.state) == (station, slot, state)
                    and last.ends == start
                ):
                    settled[-1] = replace(last, ends=end)
                else:
                    settled.append(
                        EffortInterval(
                            session=session, station=station, slot=slot, starts=start, ends=end, state=state
                        )
                    )
    return tuple(settled)


def _pieces(
    intervals: Sequence[EffortInterval], edges: Sequence[dt.datetime]
) -> list[tuple[dt.datetime, dt.datetime, int]]:
    """Spans of the occasions within which no interval begins or ends."""
    moments = {moment for i in intervals for moment in (i.starts, i.ends) if edges[0] < moment < edges[-1]}
    cuts = sorted(moments | set(edges))
    pieces, occasion = [], 0
    for start, end in itertools.pairwise(cuts):
        while start >= edges[occasion + 1]:
            occasion += 1
        pieces.append((start, end, occasion))
    return pieces


def _state(
    intervals: Sequence[EffortInterval], slot: str, start: dt.datetime, end: dt.datetime
) -> State | Literal["no record"]:
    """State of a slot throughout a span that no interval divides."""
    covering = [i for i in intervals if i.starts <= start and i.ends >= end]
    failing = [i.state for i in covering if i.slot in (slot, "") and i.state != "working"]
    if failing:
        return min(failing, key=_WEIGHT.__getitem__)
    works = any(i.slot == slot and i.state == "working" for i in covering)
    return "working" if works else "no record"
