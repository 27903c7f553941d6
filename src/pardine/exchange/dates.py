"""Columns of text to local wall-clock moments; a day that can be read in two ways is not read."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from pardine.exchange.numbers import is_missing

_YEAR_FIRST = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.0+)?)?")


@dataclass(frozen=True, kw_only=True)
class Moment:
    """A day, with the time of day where it is told."""

    day: dt.date
    clock: dt.time | None = None

    def at(self, default: dt.time) -> dt.datetime:
        """The moment, at the default time of day where none is told."""
        return dt.datetime.combine(self.day, default if self.clock is None else self.clock)


@dataclass(frozen=True, kw_only=True)
class MomentColumn:
    """A column read as moments.

    Attributes
    ----------
    values : R moments
        ``None`` where the cell is missing or cannot be read.
    unreadable, ambiguous
        Rows (0-based) that hold something else, and that can be read as two days.
    """

    values: tuple[Moment | None, ...]
    unreadable: tuple[int, ...] = ()
    ambiguous: tuple[int, ...] = ()


def parse_moments(cells: Sequence[str]) -> MomentColumn:
    """Moments of one column.

    ``2024-05-31``, ``2024/05/31``, ``2024年5月31日`` and ``31.05.2024`` are clear. With slashes or hyphens
    and the year last, day and month are told apart by the whole column: a number above 12 is a day.

    Parameters
    ----------
    cells : R texts
        A time ``14:30`` or ``14:30:00`` may follow, after a blank or ``T``.
    """
    order = _order_of_day_and_month(cells)
    values: list[Moment | None] = []
    unreadable, ambiguous = [], []
    for i, cell in enumerate(cells):
        moment = None
        if not is_missing(cell):
            day_text, clock_text = _split(cell)
            if order is None and _day_or_month_first(day_text):
                ambiguous.append(i)
            else:
                moment = _moment(day_text, clock_text, order or "day first")
                if moment is None:
                    unreadable.append(i)
        values.append(moment)
    return MomentColumn(values=tuple(values), unreadable=tuple(unreadable), ambiguous=tuple(ambiguous))


def _split(cell: str) -> tuple[str, str]:
    day, _, clock = cell.replace("T", " ").partition(" ")
    return day, clock.strip()


def _day_or_month_first(day_text: str) -> re.Match[str] | None:
    """The match of a day with its year last, unless points say that the day comes first."""
    match = _YEAR_LAST.fullmatch(day_text)
    return match if match and match.group(2) != "." else None


def _order_of_day_and_month(cells: Sequence[str]) -> str | None:
    matches = [match for cell in cells if (match := _day_or_month_first(_split(cell)[0]))]
    day_first = any(int(match.group(1)) > 12 for match in matches)
    month_first = any(int(match.group(3)) > 12 for match in matches)
    if day_first == month_first and matches:
        same = all(match.group(1) == match.group(3) for match in matches)
        return "day first" if same else None
    return "month first" if month_first else "day first"


def _moment(day_text: str, clock_text: str, order: str) -> Moment | None:
    if match := _YEAR_FIRST.fullmatch(day_text):
        year, month, day = match.groups()
    elif match := _YEAR_LAST.fullmatch(day_text):
        first, point, second, year = match.groups()
        month, day = (first, second) if order == "month first" and point != "." else (second, first)
    else:
        return None
    try:
        return Moment(day=dt.date(int(year), int(month), int(day)), clock=_clock(clock_text))
    except ValueError:
        return None


def _clock(text: str) -> dt.time | None:
    if not text:
        return None
    match = _CLOCK.fullmatch(text)
    if match is None:
        raise ValueError("not a time of day")
    hour, minute, second = match.groups(default="0")
    return dt.time(int(hour), int(minute), int(second))
