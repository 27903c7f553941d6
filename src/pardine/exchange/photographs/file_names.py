"""Times in file names, by declared patterns; a time of copying is told from a time of exposure.

``20200709093328-RCNX0001.JPG`` begins with the moment of an upload, before the name that the camera
gave: it says nothing of the exposure and is not read.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from pardine.observe.media import TimeReading


@dataclass(frozen=True, kw_only=True)
class NamePattern:
    """A pattern of file names.

    Attributes
    ----------
    example
        A name that fits, for people.
    regex
        With the groups year, month, day, hour, minute and, where told, second.
    is_exposure
        ``False``: the time is that of copying.
    """

    example: str
    regex: re.Pattern[str]
    is_exposure: bool = True


_COMPACT = r"(?<!\d)(?P<year>(?:19|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})"
_COMPACT_CLOCK = r"(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})(?!\d)"
_SPACED = r"(?<!\d)(?P<year>(?:19|20)\d{2})[-_.](?P<month>\d{1,2})[-_.](?P<day>\d{1,2})"
_SPACED_CLOCK = r"(?P<hour>\d{1,2})[-_.:h](?P<minute>\d{1,2})(?:[-_.:m](?P<second>\d{1,2}))?(?!\d)"

# The first that fits is taken.
NAME_PATTERNS: tuple[NamePattern, ...] = (
    NamePattern(
        example="20200709093328-RCNX0001.JPG",
        regex=re.compile(rf"^{_COMPACT}{_COMPACT_CLOCK}[-_](?=[A-Za-z]{{2,5}}_?\d{{3,6}}\b)"),
        is_exposure=False,
    ),
    NamePattern(
        example="StationA__2009-04-21__00-40-00(1).JPG",
        regex=re.compile(rf"{_SPACED}(?:__|[ _T,])-?{_SPACED_CLOCK}"),
    ),
    NamePattern(
        example="IMG_20251112_100312.JPG",
        regex=re.compile(rf"{_COMPACT}[-_ T]{_COMPACT_CLOCK}"),
    ),
    NamePattern(example="20120717192022.JPG", regex=re.compile(rf"{_COMPACT}{_COMPACT_CLOCK}")),
)


def name_reading(name: str) -> TimeReading | None:
    """The time of exposure that a file's name states; ``None`` where it states none."""
    for pattern in NAME_PATTERNS:
        match = pattern.regex.search(name)
        if match is not None:
            moment = moment_of(match.groupdict(default="0"))
            if moment is None or not pattern.is_exposure:
                return None
            return TimeReading(source="file name", wall_clock=moment, text=match[0])
    return None


def moment_of(parts: dict[str, str]) -> dt.datetime | None:
    """The moment of the groups of a pattern; ``None`` where they make none."""
    names = ("year", "month", "day", "hour", "minute", "second")
    try:
        return dt.datetime(*(int(parts[name]) for name in names))  # type: ignore[arg-type]  # six integers
    except ValueError:
        return None
