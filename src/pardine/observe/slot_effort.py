"""What the slots of all stations did, from every source that tells of it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pardine.base.errors import Notice, warning
from pardine.observe.deployment import Deployment
from pardine.observe.effort import NOON, EffortInterval, working_spans

_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class SlotEffort:
    """Effort of all slots, and what was taken for granted.

    Attributes
    ----------
    intervals
        As tables, packages and check sheets tell them, then deployments of which nothing else is told.
    assumed, undated
        Codes of deployments that are taken to have worked from start to end, and of those without both.
    """

    intervals: tuple[EffortInterval, ...]
    assumed: tuple[str, ...] = ()
    undated: tuple[str, ...] = ()

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What a person should know of it."""
        told = []
        if self.assumed:
            told.append(warning("session.effort_assumed", n=len(self.assumed), value=_few(self.assumed)))
        if self.undated:
            told.append(warning("session.deployments_undated", n=len(self.undated), value=_few(self.undated)))
        return tuple(told)


def _few(codes: Sequence[str], n: int = 3) -> str:
    return ", ".join(codes[:n]) + (", …" if len(codes) > n else "")


def slot_effort(
    deployments: Sequence[Deployment], told: Iterable[EffortInterval], *, utc_offset_min: int | None = None
) -> SlotEffort:
    """Effort of every slot, by what is known of it best.

    Where a table, a package or a check sheet speaks of a slot within the time of a deployment, that
    holds. A deployment of which nobody speaks is taken to have worked from its start to its end, which
    is told; one without both dates has no effort.

    Parameters
    ----------
    deployments
        All.
    told
        Intervals of tables, packages and check sheets.
    utc_offset_min
        Of the times that come out; times of deployments with another offset are moved to it.
    """
    intervals = tuple(told)
    by_station: dict[str, list[EffortInterval]] = defaultdict(list)
    for interval in intervals:
        by_station[interval.station].append(interval)
    assumed: list[EffortInterval] = []
    undated: list[str] = []
    codes: list[str] = []
    for each in deployments:
        own = [i for i in by_station[each.station] if i.slot in (each.slot, "") or not each.slot]
        span = _span(each, utc_offset_min)
        if span is None:
            if not own:
                undated.append(each.code)
        elif not any(i.starts < span[1] and i.ends > span[0] for i in own):
            codes.append(each.code)
            assumed.append(
                EffortInterval(
                    session="",
                    station=each.station,
                    slot=each.slot,
                    starts=span[0],
                    ends=span[1],
                    state="working",
                )
            )
    return SlotEffort(intervals=(*intervals, *assumed), assumed=tuple(codes), undated=tuple(undated))


def offset_shift(from_min: int | None, to_min: int | None) -> dt.timedelta:
    """What to add to a local time of one offset to have that of another; nothing where one is not known."""
    if from_min is None or to_min is None:
        return dt.timedelta()
    return dt.timedelta(minutes=to_min - from_min)


def _span(each: Deployment, utc_offset_min: int | None) -> tuple[dt.datetime, dt.datetime] | None:
    if each.starts is None or each.ends is None or each.ends <= each.starts:
        return None
    shift = offset_shift(each.utc_offset_min, utc_offset_min)
    return each.starts + shift, each.ends + shift


def station_days_by_day(
    intervals: Iterable[EffortInterval],
) -> tuple[dt.date, NDArray[np.float64]]:
    """Stations at work on each day from noon to noon.

    Returns
    -------
    first_noon
        Day at whose noon the first of them begins; the day itself is any where nothing worked.
    station_days : (D,) array
        From the first to the last day with any effort; empty without any.
    """
    by_station: dict[str, list[EffortInterval]] = defaultdict(list)
    for interval in intervals:
        by_station[interval.station].append(interval)
    spans = [span for own in by_station.values() for span in working_spans(own)]
    if not spans:
        return dt.date(1970, 1, 1), np.zeros(0)
    first = _noon_before(min(start for start, _ in spans))
    n_days = -((first - max(end for _, end in spans)) // _DAY)
    station_days = np.zeros(n_days)
    for start, end in spans:
        begins, stops = (start - first) / _DAY, (end - first) / _DAY
        days = np.arange(int(begins), min(int(np.ceil(stops)), n_days))
        station_days[days] += np.minimum(days + 1.0, stops) - np.maximum(days, begins)
    return first.date(), station_days


def _noon_before(moment: dt.datetime) -> dt.datetime:
    noon = dt.datetime.combine(moment.date(), NOON)
    return noon if noon <= moment else noon - _DAY
