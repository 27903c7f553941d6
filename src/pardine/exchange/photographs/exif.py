"""What EXIF tells of a photograph: its time, its camera, whether the flash fired."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from pardine.exchange.photographs.header import clean_text, printable
from pardine.exchange.photographs.makernote_reconyx import Reconyx, read_reconyx
from pardine.exchange.photographs.tiff import Directories, read_directories
from pardine.observe.media import TimeReading

_MAKE, _MODEL, _ORIENTATION, _DATE_TIME = 0x010F, 0x0110, 0x0112, 0x0132
_ORIGINAL, _DIGITIZED, _FLASH, _MAKER_NOTE, _COMMENT = 0x9003, 0x9004, 0x9209, 0x927C, 0x9286
_SERIAL, _OTHER_SERIAL, _XP_KEYWORDS = 0xA431, 0xC62F, 0x9C9E
# Each date with its offset and its fractions of a second, the time of the exposure first.
_DATES = ((_ORIGINAL, 0x9011, 0x9291), (_DIGITIZED, 0x9012, 0x9292), (_DATE_TIME, 0x9010, 0x9290))

_MOMENT = re.compile(r"(\d{4})[:/.-](\d{1,2})[:/.-](\d{1,2})[ T]+(\d{1,2}):(\d{2})(?::(\d{2}))?")
_OFFSET = re.compile(r"([+-])(\d{2}):?(\d{2})")
# What cameras write where they have no date.
_NO_DATE = re.compile(r"[0:/. T-]*")
_PANTHERA_UNIT = re.compile(r"CAM\d+")


@dataclass(frozen=True, kw_only=True)
class ExifFacts:
    """What EXIF and its MakerNote tell.

    Attributes
    ----------
    readings
        Of EXIF, of the MakerNote, or both.
    unreadable_dates
        Dates that stand there and cannot be read, as they stand.
    faults
        Words for what is wrong with the block, as of `Directories`.
    """

    readings: tuple[TimeReading, ...] = ()
    make: str = ""
    model: str = ""
    serial: str = ""
    label: str = ""
    orientation: int = 1
    infrared: bool | None = None
    reconyx: Reconyx | None = None
    tags: tuple[str, ...] = ()
    unreadable_dates: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()


def read_exif(block: bytes) -> ExifFacts:
    """What a block of EXIF (from its byte order on) tells; an empty block tells nothing."""
    if not block:
        return ExifFacts()
    directories = read_directories(block)
    reading, unreadable = _exif_time(directories)
    reconyx = read_reconyx(directories.raw(_MAKER_NOTE))
    if reconyx is not None and reconyx.unreadable_date:
        unreadable = (*unreadable, reconyx.unreadable_date)
    make = clean_text(directories.raw(_MAKE)) or ("RECONYX" if reconyx is not None else "")
    model = clean_text(directories.raw(_MODEL))
    serial, label = _unit(directories, make, model, reconyx)
    flash = _flash(directories)
    return ExifFacts(
        readings=tuple(r for r in (reading, None if reconyx is None else reconyx.reading) if r is not None),
        make=make,
        model=model,
        serial=serial,
        label=label,
        orientation=directories.integer(_ORIENTATION) or 1,
        infrared=flash if flash is not None or reconyx is None else reconyx.infrared,
        reconyx=reconyx,
        tags=_keywords(directories.raw(_XP_KEYWORDS)),
        unreadable_dates=unreadable,
        faults=directories.faults,
    )


def parse_offset_min(text: str) -> int | None:
    """Minutes of an offset such as ``+09:00``; ``None`` where the text is none."""
    if text == "Z":
        return 0
    match = _OFFSET.fullmatch(text)
    if match is None or int(match[2]) > 14 or int(match[3]) > 59:
        return None
    minutes = 60 * int(match[2]) + int(match[3])
    return -minutes if match[1] == "-" else minutes


def parse_moment(text: str) -> dt.datetime | None:
    """A moment such as ``2021:04:11 20:43:09``; ``None`` where the text is none."""
    match = _MOMENT.match(text)
    if match is None:
        return None
    try:
        return dt.datetime(*(int(part) for part in match.groups(default="0")))  # type: ignore[arg-type]  # six integers
    except ValueError:
        return None


def _exif_time(directories: Directories) -> tuple[TimeReading | None, tuple[str, ...]]:
    """The date of the exposure, else of digitising, else the uncertain one of the last change."""
    unreadable = []
    for tag, offset_tag, fraction_tag in _DATES:
        text = clean_text(directories.raw(tag))
        moment = parse_moment(text)
        if moment is None:
            if not _NO_DATE.fullmatch(text):
                unreadable.append(text)
            continue
        fraction = clean_text(directories.raw(fraction_tag))
        if fraction.isascii() and fraction.isdigit():
            moment = moment.replace(microsecond=int(fraction[:6].ljust(6, "0")))
        reading = TimeReading(
            source="exif",
            wall_clock=moment,
            text=text,
            utc_offset_min=parse_offset_min(clean_text(directories.raw(offset_tag))),
            certain=tag != _DATE_TIME,
        )
        return reading, tuple(unreadable)
    return None, tuple(unreadable)


def _unit(directories: Directories, make: str, model: str, reconyx: Reconyx | None) -> tuple[str, str]:
    """Serial number and label of the camera."""
    if reconyx is not None:
        return reconyx.serial, reconyx.label
    serial = clean_text(directories.raw(_SERIAL)) or clean_text(directories.raw(_OTHER_SERIAL))
    if make.startswith("Panthera"):
        # Panthera's cameras write their unit number as the model, and the survey's name as a comment.
        comment = directories.raw(_COMMENT)
        label = clean_text(comment[8:]) if comment[:5] == b"ASCII" else ""
        return serial or (model if _PANTHERA_UNIT.fullmatch(model) else ""), label
    return serial, ""


def _flash(directories: Directories) -> bool | None:
    flash = directories.integer(_FLASH)
    # Bit 5: the camera has no flash, and so does not tell.
    return None if flash is None or flash & 0x20 else bool(flash & 1)


def _keywords(raw: bytes) -> tuple[str, ...]:
    """Keywords as Windows writes them: UTF-16 with semicolons between them."""
    text = raw[:20_000].decode("utf-16-le", errors="ignore").split("\0", 1)[0]
    return tuple(dict.fromkeys(word for part in text.split(";") if (word := printable(part))))
