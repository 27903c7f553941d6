"""MakerNotes of Reconyx cameras: place in the trigger, event, clock, temperature, serial, label.

Two layouts of 16-bit little-endian words, known by how they begin: HyperFire (the word f101) and
HyperFire 2 (``RECONYXH2``). They were held against photographs whose EXIF, info strip and file
names are known: the words of the date are second, minute, hour, month, day, year, and the day of the
week (Sunday is 1) follows. Programs that read the HyperFire 2 date with its day first get another
day whenever that makes a date too; so the day of the week decides, and the other reading is kept.
"""

from __future__ import annotations

import datetime as dt
import struct
from dataclasses import dataclass

from pardine.exchange.photographs.header import clean_text, printable
from pardine.observe.media import TimeReading

_HYPERFIRE = b"\x01\xf1"
_HYPERFIRE_2 = b"RECONYXH2\0"


@dataclass(frozen=True, kw_only=True)
class Reconyx:
    """What one MakerNote tells; attributes as of `pardine.observe.media.MediaFile`.

    Attributes
    ----------
    trigger
        ``M`` motion, ``T`` time lapse, other letters as they stand.
    unreadable_date
        The date's numbers where they make no date, else empty.
    """

    reading: TimeReading | None
    sequence_number: int | None
    sequence_length: int | None
    event_number: int
    temperature_c: float
    serial: str
    label: str
    trigger: str
    infrared: bool | None
    unreadable_date: str = ""


@dataclass(frozen=True, kw_only=True)
class _Layout:
    """Where things stand, in bytes from the start."""

    trigger: int
    sequence: int
    event: int
    date: int
    temperature: int
    serial: int
    label: int
    infrared: int | None
    n_bytes: int
    day_may_come_first: bool


_LAYOUTS = {
    _HYPERFIRE: _Layout(
        trigger=0x0C,
        sequence=0x0E,
        event=0x12,
        date=0x16,
        temperature=0x28,
        serial=0x2A,
        label=0x56,
        infrared=0x50,
        n_bytes=0x6C,
        day_may_come_first=False,
    ),
    _HYPERFIRE_2: _Layout(
        trigger=0x34,
        sequence=0x36,
        event=0x3A,
        date=0x3E,
        temperature=0x50,
        serial=0x7E,
        label=0x68,
        infrared=None,
        n_bytes=0x9C,
        day_may_come_first=True,
    ),
}


def read_reconyx(note: bytes) -> Reconyx | None:
    """What a MakerNote tells; ``None`` where it is not one of these layouts or is cut short."""
    layout = next((layout for start, layout in _LAYOUTS.items() if note.startswith(start)), None)
    if layout is None or len(note) < layout.n_bytes:
        return None
    number, length = struct.unpack_from("<2H", note, layout.sequence)
    high, low = struct.unpack_from("<2H", note, layout.event)
    reading, unreadable = _time(note, layout)
    in_sequence = 1 <= number <= length
    return Reconyx(
        reading=reading,
        sequence_number=number if in_sequence else None,
        sequence_length=length if in_sequence else None,
        event_number=(high << 16) + low,
        temperature_c=float(struct.unpack_from("<h", note, layout.temperature)[0]),
        serial=printable(
            note[layout.serial : layout.serial + 30].decode("utf-16-le", "ignore").split("\0")[0]
        ),
        label=clean_text(note[layout.label : layout.label + 22]),
        trigger=clean_text(note[layout.trigger : layout.trigger + 2]),
        infrared=None if layout.infrared is None else note[layout.infrared] == 1,
        unreadable_date=unreadable,
    )


def _time(note: bytes, layout: _Layout) -> tuple[TimeReading | None, str]:
    second, minute, hour, first, other, year, weekday = struct.unpack_from("<7H", note, layout.date)
    text = f"{year:04}, {first}, {other}, {hour:02}:{minute:02}:{second:02}, {weekday}"
    month_first = _moment(year, first, other, hour, minute, second)
    day_first = _moment(year, other, first, hour, minute, second) if layout.day_may_come_first else None
    readings = [moment for moment in (month_first, day_first) if moment is not None]
    if not readings:
        return None, text if any((second, minute, hour, first, other, year)) else ""
    # Sunday is 1 here and 7 in ISO 8601; the sort is stable, so that the month stays first in a tie.
    readings.sort(key=lambda moment: moment.isoweekday() % 7 + 1 != weekday)
    rest = [moment for moment in readings[1:] if moment != readings[0]]
    n_fitting = sum(moment.isoweekday() % 7 + 1 == weekday for moment in (readings[0], *rest))
    reading = TimeReading(
        source="makernote",
        wall_clock=readings[0],
        text=text,
        # Two dates of one weekday, or of none: the MakerNote by itself does not say which.
        certain=not rest or n_fitting == 1,
        day_month_swapped=rest[0] if rest else None,
    )
    return reading, ""


def _moment(year: int, month: int, day: int, hour: int, minute: int, second: int) -> dt.datetime | None:
    try:
        return dt.datetime(year, month, day, hour, minute, second)
    except ValueError:
        return None
