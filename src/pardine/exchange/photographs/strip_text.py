"""What is printed on an info strip: time, temperature, label, serial, out of lines of print that were read.

Reading print errs, so nothing of this stands alone: a time counts only where another source agrees, or a
person has looked.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from pardine.observe.media import TimeReading

_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})\s?([-/.])\s?(\d{1,2})\s?\2\s?(\d{2}|\d(?!\d))")
_YEAR_LAST = re.compile(r"(?<!\d)(\d{1,2})\s?([-/.])\s?(\d{1,2})\s?\2\s?(\d{4})(?!\d)")
_CLOCK = re.compile(r"(?<![\d:])(\d{1,2})\s?:\s?(\d{2})(?:\s?:\s?(\d{2}))?(?:\s*([AaPp])\.?[Mm])?(?!\d)")
_CELSIUS = re.compile(r"(?<![\d.:])(-?\d{1,3})\s?°\s?C\b")
_FAHRENHEIT = re.compile(r"(?<![\d.:])(-?\d{1,3})\s?°\s?F\b")
_SEQUENCE = re.compile(r"(?<![\w/])([A-Z])\s?(\d{1,3})\s?/\s?(\d{1,3})(?![\d/])")
_SERIAL = re.compile(r"(?:\bS/?N|\bserial)\b\.?[:# ]*([A-Z0-9][A-Z0-9-]{3,})", re.IGNORECASE)
# Letters that readers of print take for digits, only where they stand beside digits or before a degree.
_ZERO = re.compile(r"(?<=\d)[Oo](?=[\d\s:/.°-]|$)|(?<![A-Za-z\d])[Oo](?=\d|\s?°)")
_ONE = re.compile(r"(?<=[\d:/.-])[Il|](?=[\d\s:/.-]|$)|(?<![A-Za-z\d])[Il|](?=\d?[:/-]\d)")
_MAKERS = re.compile(
    r"\b(rec[o0]n?[yv]\w|bushnell|browning|cuddeback|moultrie|stealth ?cam|spypoint|uovision|ltl ?acorn"
    r"|covert|\w*covert\.com)\b",
    re.IGNORECASE,
)
_COLDEST_C, _HOTTEST_C, _SAME_C = -60.0, 60.0, 1.5


@dataclass(frozen=True, kw_only=True)
class StripText:
    """What one strip says.

    Attributes
    ----------
    lines
        As they were read.
    moments
        Every way to read its time, the likeliest first; empty where there is none, or two that differ.
    temperature_c
        ``None`` where none is printed, it cannot be, or Celsius and Fahrenheit contradict each other.
    label, serial
        Empty where none is told; the label is what is left beside time, temperature and maker.
    sequence
        Place in the trigger and its length.
    """

    lines: tuple[str, ...]
    moments: tuple[dt.datetime, ...] = ()
    temperature_c: float | None = None
    label: str = ""
    serial: str = ""
    sequence: tuple[int, int] | None = None

    def reading(self) -> TimeReading | None:
        """The time as a statement among others; ``None`` where the strip tells none."""
        if not self.moments:
            return None
        return TimeReading(
            source="strip",
            wall_clock=self.moments[0],
            text=" ".join(self.lines)[:200],
            day_month_swapped=self.moments[1] if len(self.moments) > 1 else None,
        )


def parse_strip(lines: Sequence[str]) -> StripText:
    """What lines of print say; what cannot be told is left blank.

    Examples
    --------
    >>> strip = parse_strip(["2012-07-06 1:17:34 AM", "M 1/10", "19°C", "RECONYX", "PANTHERA-16"])
    >>> print(strip.moments[0], strip.temperature_c, strip.label)
    2012-07-06 01:17:34 19.0 PANTHERA-16
    """
    plain = [_as_printed(line) for line in lines]
    whole = " ".join(plain)
    sequence = _SEQUENCE.search(whole)
    serial = _SERIAL.search(whole)
    return StripText(
        lines=tuple(lines),
        moments=_moments(whole),
        temperature_c=_temperature(whole),
        label=_label(plain),
        serial=serial[1] if serial else "",
        sequence=(int(sequence[2]), int(sequence[3])) if sequence else None,
    )


def _as_printed(line: str) -> str:
    text = unicodedata.normalize("NFKC", line).replace("º", "°").replace("˚", "°")
    return _ONE.sub("1", _ZERO.sub("0", text)).strip()


def _moments(text: str) -> tuple[dt.datetime, ...]:
    days = {tuple(_days(match)): None for match in _dates(text)}
    # A date may stand close before its time; without it the hour begins where it should.
    rest = _YEAR_LAST.sub(" ", _YEAR_FIRST.sub(" ", text))
    clocks = {clock: None for match in _CLOCK.finditer(rest) if (clock := _clock(match)) is not None}
    if len(days) != 1 or len(clocks) != 1:
        return ()
    (ways,), (clock,) = days, clocks
    return tuple(dt.datetime.combine(day, clock) for day in ways)


def _dates(text: str) -> list[tuple[int, int, int, bool]]:
    found = [(int(m[1]), int(m[3]), int(m[4]), False) for m in _YEAR_FIRST.finditer(text)]
    return found + [(int(m[4]), int(m[1]), int(m[3]), True) for m in _YEAR_LAST.finditer(text)]


def _days(date: tuple[int, int, int, bool]) -> list[dt.date]:
    """The ways to read a date: with the year last, month first (as most cameras print) and day first."""
    year, one, other, either = date
    orders = [(one, other), (other, one)] if either else [(one, other)]
    days = []
    for month, day in orders:
        try:
            days.append(dt.date(year, month, day))
        except ValueError:
            continue
    return list(dict.fromkeys(days))


def _clock(match: re.Match[str]) -> dt.time | None:
    hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
    if match[4]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match[4] in "Pp" else 0)
    try:
        return dt.time(hour, minute, second)
    except ValueError:
        return None


def _temperature(text: str) -> float | None:
    celsius = {float(m[1]) for m in _CELSIUS.finditer(text)}
    fahrenheit = {(float(m[1]) - 32) / 1.8 for m in _FAHRENHEIT.finditer(text)}
    told = [*celsius, *fahrenheit]
    if not told or max(told) - min(told) > _SAME_C or not _COLDEST_C <= told[0] <= _HOTTEST_C:
        return None
    return round(told[0], 1)


def _label(lines: Sequence[str]) -> str:
    """The longest rest of a line that holds a letter, else a number of four digits or more."""
    rests = []
    for line in lines:
        rest = line
        for pattern in (_YEAR_FIRST, _YEAR_LAST, _CLOCK, _CELSIUS, _FAHRENHEIT, _SEQUENCE, _SERIAL, _MAKERS):
            rest = pattern.sub(" ", rest)
        rests.append(" ".join(rest.split()))
    lettered = [rest for rest in rests if _n_signs(rest) >= 3 and any(sign.isalpha() for sign in rest)]
    numbers = [rest for rest in rests if rest.isdigit() and len(rest) >= 4]
    return max(lettered or numbers, key=_n_signs, default="")


def _n_signs(text: str) -> int:
    return sum(sign.isalnum() for sign in text)
