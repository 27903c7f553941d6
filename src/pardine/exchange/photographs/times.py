"""When a photograph was made: one time out of what the file says, or the reason why there is none.

A wrong date is never accepted in silence. `ChosenTime.accepted` holds only where nothing that the
file says speaks against the time; else the time is a proposal that waits for a person or a clock
correction, and a notice tells all readings.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pardine.base.errors import Notice, note, warning
from pardine.observe.media import TimeReading, TimeSource

Agreement = Literal["agree", "single", "disagree", "doubtful", "undecided", "none"]

# Who is believed where readings are equally many: the camera's own clock before what was made of it.
TRUST: tuple[TimeSource, ...] = ("exif", "makernote", "strip", "xmp", "container", "file name", "table")
TOLERANCE = dt.timedelta(seconds=60)
# No camera trap of these surveys is older; an earlier date is a clock that was never set.
EARLIEST = dt.datetime(2005, 1, 1)
# Time zones reach from UTC-12 to UTC+14, in quarters of an hour.
_LARGEST_OFFSET, _OFFSET_STEP = dt.timedelta(hours=14), dt.timedelta(minutes=15)
_SCANNER = re.compile(r"scan|perfection v?\d|opticfilm|coolscan|expression \d+xl", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class ChosenTime:
    """A time and how well it stands.

    Attributes
    ----------
    wall_clock
        What the camera showed; ``None`` where nothing tells. In UTC where ``utc_offset_min`` is 0
        because only a container says so.
    source
        The reading that it was taken from.
    utc_offset_min
        Stated with it.
    agreement
        ``agree``: two readings or more, all within a minute; ``single``: one reading;
        ``disagree``: readings differ; ``doubtful``: in the future, or before 2005; ``undecided``:
        nothing that can stand alone; ``none``: no reading.
    notices
        What a person should know.
    """

    wall_clock: dt.datetime | None
    source: TimeSource | None
    agreement: Agreement
    utc_offset_min: int | None = None
    notices: tuple[Notice, ...] = ()

    @property
    def accepted(self) -> bool:
        """Whether the time may be used without a person."""
        return self.agreement in ("agree", "single")


def choose_time(
    readings: Sequence[TimeReading],
    *,
    now: dt.datetime,
    file: str = "",
    camera: str = "",
    utc_offset_min: int | None = None,
) -> ChosenTime:
    """The time that most readings agree on, and among equals the one of the most trusted source.

    Parameters
    ----------
    readings
        Of one file.
    now
        Present wall clock; a later time (beyond a day, for time zones) is doubtful.
    file
        Name for the notices.
    camera
        Make and model: the date of a scanner is not that of the photograph.
    utc_offset_min
        Of the deployment, by which the time of a container in UTC is told as wall clock.
    """
    notices: list[Notice] = []
    usable = _without_scanner(readings, camera, file, notices)
    usable = [_as_wall_clock(reading, utc_offset_min) for reading in usable]
    if not usable:
        notices = notices or [warning("photograph.no_time", file=file)]
        return ChosenTime(wall_clock=None, source=None, agreement="none", notices=tuple(notices))
    # A wall clock before the same moment in UTC.
    standing = sorted((r for r in usable if r.certain), key=lambda r: (_in_utc(r), TRUST.index(r.source)))
    if not standing:
        notices.append(warning("photograph.time_uncertain", file=file, value=readings_text(usable)))
        return _chosen(usable[0], "undecided", notices)
    best = max(standing, key=lambda r: (sum(agree(r, other) for other in usable), -standing.index(r)))
    against = [other for other in standing if not agree(best, other)]
    if against:
        notices.append(_disagreement(file, best, against, usable))
    notices += [_day_or_month(file, r) for r in usable if r.day_month_swapped is not None]
    if not EARLIEST <= best.wall_clock <= now + dt.timedelta(days=1):
        notices.append(
            warning("photograph.time_out_of_range", file=file, value=moment_text(best.wall_clock), n_files=1)
        )
        return _chosen(best, "doubtful", notices)
    if against:
        return _chosen(best, "disagree", notices)
    n_agreeing = sum(agree(best, other) for other in usable)
    return _chosen(best, "agree" if n_agreeing > 1 else "single", notices)


def agree(one: TimeReading, other: TimeReading) -> bool:
    """Whether two readings can be of one moment, within a minute.

    With an offset beside both, instants are compared; a container in UTC beside a wall clock agrees
    with it where they are apart by what can be a time zone.
    """
    apart = other.wall_clock - one.wall_clock
    if one.utc_offset_min is not None and other.utc_offset_min is not None:
        apart -= dt.timedelta(minutes=other.utc_offset_min - one.utc_offset_min)
    elif _in_utc(one) != _in_utc(other) and abs(apart) <= _LARGEST_OFFSET + TOLERANCE:
        rest = apart % _OFFSET_STEP
        return min(rest, _OFFSET_STEP - rest) <= TOLERANCE
    return abs(apart) <= TOLERANCE


def is_scanner(camera: str) -> bool:
    """Whether make and model are those of a scanner for prints or slides."""
    return _SCANNER.search(camera) is not None


def readings_text(readings: Sequence[TimeReading]) -> str:
    """Readings for a sentence, each with its source."""
    return "; ".join(f"{reading.source}: {moment_text(reading.wall_clock)}" for reading in readings)


def moment_text(moment: dt.datetime) -> str:
    """A moment to the second, as people read it."""
    return moment.isoformat(sep=" ", timespec="seconds")


def difference_text(difference: dt.timedelta) -> str:
    """A difference such as ``+13:00:00`` or ``-207 d 00:00:00``."""
    seconds = round(abs(difference).total_seconds())
    days, rest = divmod(seconds, 86_400)
    sign = "-" if difference < dt.timedelta(0) else "+"
    clock = f"{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}"
    return f"{sign}{days} d {clock}" if days else f"{sign}{clock}"


def whole_minutes(difference: dt.timedelta) -> dt.timedelta:
    """The difference to the minute, for clocks and names round their seconds in different ways."""
    return dt.timedelta(minutes=round(difference / dt.timedelta(minutes=1)))


def _in_utc(reading: TimeReading) -> bool:
    return reading.source == "container" and reading.utc_offset_min == 0


def _as_wall_clock(reading: TimeReading, utc_offset_min: int | None) -> TimeReading:
    if utc_offset_min is None or not _in_utc(reading):
        return reading
    return TimeReading(
        source=reading.source,
        wall_clock=reading.wall_clock + dt.timedelta(minutes=utc_offset_min),
        text=reading.text,
        utc_offset_min=utc_offset_min,
        certain=reading.certain,
    )


def _without_scanner(
    readings: Sequence[TimeReading], camera: str, file: str, notices: list[Notice]
) -> list[TimeReading]:
    if not is_scanner(camera):
        return list(readings)
    dates = [r for r in readings if r.source in ("exif", "xmp")]
    if dates:
        notices.append(
            warning("photograph.scanner_date", file=file, value=readings_text(dates), camera=camera)
        )
    return [r for r in readings if r not in dates]


def _disagreement(
    file: str, best: TimeReading, against: Sequence[TimeReading], usable: Sequence[TimeReading]
) -> Notice:
    return warning(
        "photograph.times_disagree",
        file=file,
        value=readings_text(usable),
        source=best.source,
        other=against[0].source,
        difference=difference_text(whole_minutes(against[0].wall_clock - best.wall_clock)),
        n_files=1,
    )


def _day_or_month(file: str, reading: TimeReading) -> Notice:
    swapped = reading.day_month_swapped or reading.wall_clock
    return note(
        "photograph.day_or_month",
        file=file,
        source=reading.source,
        value=f"{reading.wall_clock:%Y-%m-%d}",
        other=f"{swapped:%Y-%m-%d}",
        n_files=1,
    )


def _chosen(reading: TimeReading, agreement: Agreement, notices: Sequence[Notice]) -> ChosenTime:
    return ChosenTime(
        wall_clock=reading.wall_clock,
        source=reading.source,
        utc_offset_min=reading.utc_offset_min,
        agreement=agreement,
        notices=tuple(notices),
    )
