"""Offsets from UTC: how they are written, and where summer time makes them doubtful."""

from __future__ import annotations

import bisect
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

# Where the law knows one winter offset for the whole box: west of it lies Britain, east of it Poland's
# neighbours, south of it Africa.
_CENTRAL_EUROPE = (43.0, 71.5, 2.5, 15.0)
_CENTRAL_EUROPE_WINTER_MIN = 60
_SUMMER_MIN = 60
# Half the width of two time zones: package mates so near keep the same official time.
_NEAR_DEG = 7.5
_LOWEST_SUMMER_TIME_LATITUDE_DEG = 28.0


@dataclass(frozen=True, kw_only=True)
class StatedOffset:
    """A place, a span of time and the one offset that was stated for it.

    Attributes
    ----------
    longitude, latitude
        In degrees.
    starts, ends
        Wall clock.
    utc_offset_min
        As stated.
    """

    longitude: float
    latitude: float
    starts: dt.datetime
    ends: dt.datetime
    utc_offset_min: int


def offset_text(minutes: int) -> str:
    """An offset as ISO 8601 writes it.

    Examples
    --------
    >>> offset_text(0), offset_text(-210), offset_text(600)
    ('Z', '-03:30', '+10:00')
    """
    if minutes == 0:
        return "Z"
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def summer_days(starts: dt.datetime, ends: dt.datetime) -> float:
    """Days of a span that lie in European summer time (last Sundays of March and October, 01:00 UTC).

    Parameters
    ----------
    starts, ends
        UTC, without zone.

    References
    ----------
    Directive 2000/84/EC of the European Parliament and of the Council on summer-time arrangements.
    """
    total = dt.timedelta()
    for year in range(starts.year, ends.year + 1):
        first, last = _last_sunday(year, 3), _last_sunday(year, 10)
        total += max(min(ends, last) - max(starts, first), dt.timedelta())
    return total / dt.timedelta(days=1)


def doubtful_offsets(stated: Sequence[StatedOffset]) -> list[tuple[int, int, float]]:
    """Spans whose offset is that of winter while the law or their neighbours keep summer time.

    Cameras do not change their clocks by themselves: a winter offset on a summer day is right for a
    clock that was set in winter, and an hour wrong for an office that wrote local time with it. The
    data cannot tell which; a person can.

    Parameters
    ----------
    stated
        All of one package.

    Returns
    -------
    list of (index, expected offset in minutes, days in summer time)
    """
    summer = [_utc_summer_days(each) for each in stated]
    longitudes: dict[int, list[float]] = {}
    for each, days in zip(stated, summer, strict=True):
        if days > 0:
            bisect.insort(longitudes.setdefault(each.utc_offset_min, []), each.longitude)
    doubtful = []
    for i, each in enumerate(stated):
        expected = each.utc_offset_min + _SUMMER_MIN
        has_mates = _has_near(longitudes.get(expected, []), each.longitude)
        has_mates &= each.latitude > _LOWEST_SUMMER_TIME_LATITUDE_DEG
        if summer[i] > 0 and (_is_winter_by_law(each) or has_mates):
            doubtful.append((i, expected, summer[i]))
    return doubtful


def _has_near(sorted_longitudes: Sequence[float], longitude: float) -> bool:
    position = bisect.bisect_left(sorted_longitudes, longitude - _NEAR_DEG)
    return position < len(sorted_longitudes) and sorted_longitudes[position] < longitude + _NEAR_DEG


def _utc_summer_days(each: StatedOffset) -> float:
    shift = dt.timedelta(minutes=each.utc_offset_min)
    return summer_days(each.starts - shift, each.ends - shift)


def _is_winter_by_law(each: StatedOffset) -> bool:
    south, north, west, east = _CENTRAL_EUROPE
    inside = south <= each.latitude <= north and west <= each.longitude <= east
    return inside and each.utc_offset_min == _CENTRAL_EUROPE_WINTER_MIN


def _last_sunday(year: int, month: int) -> dt.datetime:
    last = dt.datetime(year, month, 31, 1)
    return last - dt.timedelta(days=(last.weekday() + 1) % 7)
