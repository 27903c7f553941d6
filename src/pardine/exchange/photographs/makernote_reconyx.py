"""MakerNotes of Reconyx cameras: place in the trigger, event, clock, temperature, serial, label.

Layouts are known by how they begin, all little-endian. HyperFire (the word f101) and HyperFire 2
(``RECONYXH2``) hold 16-bit words and were held against photographs whose EXIF, info strip and file
names are known: the words of the date are second, minute, hour, month, day, year, and the day of the
week (Sunday is 1) follows. Programs that read the HyperFire 2 date with its day first get another
day whenever that makes a date too; so the day of the week decides, and the other reading is kept.

UltraFire (``RECONYXUF``), MicroFire (``RECONYXMF``) and HyperFire 4K (``RECONYXHF4K``) are read by their
published tag tables alone; no photograph of them was at hand. Their clock is therefore never certain:
it counts only where another source agrees.

References
----------
ExifTool, tag names of Reconyx maker notes: places and formats of the tags.
"""

from __future__ import annotations

import datetime as dt
import struct
from dataclasses import dataclass

from pardine.exchange.photographs.header import clean_text, printable
from pardine.observe.media import TimeReading

_HYPERFIRE = b"\x01\xf1"
_HYPERFIRE_2 = b"RECONYXH2\0"
_ULTRAFIRE = b"RECONYXUF\0"
_MICROFIRE = b"RECONYXMF\0"
_HYPERFIRE_4K = b"RECONYXHF4K\0"


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
    """Where things stand, in bytes from the start, and how they are written.

    Attributes
    ----------
    in_bytes
        Place in the trigger and parts of the date are bytes (the year is a word) and the event is one
        number; else all are words, the event's higher one first.
    day_may_come_first
        Whether programs are known or documented to read the day before the month.
    sunday
        What the day of the week may call Sunday.
    serial_encoding, n_serial, n_label
        How serial and label are written, and their lengths in bytes.
    infrared
        Where the flash stands; ``None`` where that is not known.
    is_held_against_photographs
        Whether photographs of it were at hand; else its clock is uncertain.
    """

    trigger: int
    sequence: int
    event: int
    date: int
    weekday: int
    temperature: int
    serial: int
    label: int
    infrared: int | None
    n_bytes: int
    day_may_come_first: bool
    in_bytes: bool = False
    sunday: tuple[int, ...] = (1,)
    serial_encoding: str = "utf-16-le"
    n_serial: int = 30
    n_label: int = 22
    is_held_against_photographs: bool = True


_LAYOUTS = {
    _HYPERFIRE: _Layout(
        trigger=0x0C,
        sequence=0x0E,
        event=0x12,
        date=0x16,
        weekday=0x22,
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
        weekday=0x4A,
        temperature=0x50,
        serial=0x7E,
        label=0x68,
        infrared=None,
        n_bytes=0x9C,
        day_may_come_first=True,
    ),
    _ULTRAFIRE: _Layout(
        trigger=0x34,
        sequence=0x35,
        event=0x37,
        date=0x3B,
        weekday=0x42,
        temperature=0x46,
        serial=0x4B,
        label=0x5A,
        infrared=0x48,
        n_bytes=0x6F,
        day_may_come_first=True,
        in_bytes=True,
        # Documented as 0, as it was for HyperFire 2, whose photographs show 1.
        sunday=(0, 1),
        serial_encoding="ascii",
        n_serial=15,
        n_label=21,
        is_held_against_photographs=False,
    ),
    _MICROFIRE: _Layout(
        trigger=0x44,
        sequence=0x46,
        event=0x4A,
        date=0x4E,
        weekday=0x5A,
        temperature=0x60,
        serial=0x8C,
        label=0x76,
        infrared=0x6A,
        n_bytes=0xAA,
        day_may_come_first=True,
        is_held_against_photographs=False,
    ),
    _HYPERFIRE_4K: _Layout(
        trigger=0x28,
        sequence=0x29,
        event=0x2B,
        date=0x2F,
        weekday=0x36,
        temperature=0x3A,
        serial=0x84,
        label=0x51,
        infrared=0x44,
        n_bytes=0x93,
        day_may_come_first=True,
        in_bytes=True,
        serial_encoding="ascii",
        n_serial=15,
        n_label=51,
        is_held_against_photographs=False,
    ),
}


def read_reconyx(note: bytes) -> Reconyx | None:
    """What a MakerNote tells; ``None`` where it is not one of these layouts or is cut short."""
    layout = next((layout for start, layout in _LAYOUTS.items() if note.startswith(start)), None)
    if layout is None or len(note) < layout.n_bytes:
        return None
    number, length = struct.unpack_from("<2B" if layout.in_bytes else "<2H", note, layout.sequence)
    reading, unreadable = _time(note, layout)
    in_sequence = 1 <= number <= length
    serial = note[layout.serial : layout.serial + layout.n_serial]
    return Reconyx(
        reading=reading,
        sequence_number=number if in_sequence else None,
        sequence_length=length if in_sequence else None,
        event_number=_event(note, layout),
        temperature_c=float(struct.unpack_from("<h", note, layout.temperature)[0]),
        serial=printable(serial.decode(layout.serial_encoding, "ignore").split("\0")[0]),
        label=clean_text(note[layout.label : layout.label + layout.n_label]),
        trigger=clean_text(note[layout.trigger : layout.trigger + (1 if layout.in_bytes else 2)]),
        infrared=None if layout.infrared is None else note[layout.infrared] == 1,
        unreadable_date=unreadable,
    )


def _event(note: bytes, layout: _Layout) -> int:
    if layout.in_bytes:
        return int(struct.unpack_from("<I", note, layout.event)[0])
    high, low = struct.unpack_from("<2H", note, layout.event)
    return int((high << 16) + low)


def _time(note: bytes, layout: _Layout) -> tuple[TimeReading | None, str]:
    parts = "<5BH" if layout.in_bytes else "<6H"
    second, minute, hour, first, other, year = struct.unpack_from(parts, note, layout.date)
    weekday = note[layout.weekday]
    text = f"{year:04}, {first}, {other}, {hour:02}:{minute:02}:{second:02}, {weekday}"
    month_first = _moment(year, first, other, hour, minute, second)
    day_first = _moment(year, other, first, hour, minute, second) if layout.day_may_come_first else None
    readings = [moment for moment in (month_first, day_first) if moment is not None]
    if not readings:
        return None, text if any((second, minute, hour, first, other, year)) else ""

    def fits(moment: dt.datetime) -> bool:
        # Sunday is 7 in ISO 8601.
        return any(moment.isoweekday() % 7 + sunday == weekday for sunday in layout.sunday)

    # The sort is stable, so that the month stays first in a tie.
    readings.sort(key=lambda moment: not fits(moment))
    rest = [moment for moment in readings[1:] if moment != readings[0]]
    n_fitting = sum(fits(moment) for moment in (readings[0], *rest))
    reading = TimeReading(
        source="makernote",
        wall_clock=readings[0],
        text=text,
        # Two dates of one weekday, or of none: the MakerNote by itself does not say which.
        certain=layout.is_held_against_photographs and (not rest or n_fitting == 1),
        day_month_swapped=rest[0] if rest else None,
    )
    return reading, ""


def _moment(year: int, month: int, day: int, hour: int, minute: int, second: int) -> dt.datetime | None:
    try:
        return dt.datetime(year, month, day, hour, minute, second)
    except ValueError:
        return None
