"""AVI containers: frames, extent, length, date of recording.

References
----------
AVI RIFF File Reference, Microsoft; OpenDML AVI File Format Extensions 1.02, 1996.
"""

from __future__ import annotations

import datetime as dt
import re
import struct
from dataclasses import dataclass
from typing import BinaryIO

from pardine.exchange.photographs.exif import parse_moment
from pardine.exchange.photographs.header import Header, ReadLimits, Refused, check_size, clean_text
from pardine.observe.media import TimeReading

_MAX_CHUNKS, _MAX_LIST_BYTES = 10_000, 4 << 20
# Names of months as the container writes them, whatever the language of this machine.
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_SPOKEN = re.compile(r"(?:[A-Za-z]{3} )?([A-Za-z]{3}) +(\d{1,2}) (\d{2}):(\d{2}):(\d{2}) (\d{4})")


@dataclass
class _Found:
    header: bytes = b""
    n_frames: int | None = None
    date: str = ""
    has_pictures: bool = False


def read_avi(file: BinaryIO, n_bytes: int, limits: ReadLimits) -> Header:
    """Header of an AVI file; raises `Refused` where it is cut short, unfinished or damaged.

    Its date is what the camera showed: the format knows no time zones.
    """
    file.seek(0)
    head = file.read(12)
    declared = struct.unpack_from("<I", head, 4)[0]
    if declared == 0:
        raise Refused("photograph.video_unfinished")
    if declared + 8 > n_bytes:
        raise Refused("photograph.cut_short")
    found = _Found()
    _walk_file(file, 12, declared + 8, found)
    if len(found.header) < 40 or not found.has_pictures:
        raise Refused("photograph.no_picture")
    frame_us, n_frames = (
        struct.unpack_from("<I", found.header)[0],
        struct.unpack_from("<I", found.header, 16)[0],
    )
    width, height = struct.unpack_from("<II", found.header, 32)
    check_size(width, height, limits)
    n_frames = found.n_frames or n_frames
    moment = parse_spoken_date(found.date)
    return Header(
        kind="video",
        width_px=width,
        height_px=height,
        duration_s=n_frames * frame_us / 1e6 if n_frames and frame_us else None,
        n_frames=n_frames or None,
        readings=()
        if moment is None
        else (TimeReading(source="container", wall_clock=moment, text=found.date),),
    )


def parse_spoken_date(text: str) -> dt.datetime | None:
    """A moment such as ``Fri Jul 05 12:17:34 2013`` or ``2013-07-05 12:17:34``, else ``None``."""
    match = _SPOKEN.search(text)
    if match is None:
        return parse_moment(text)
    month, day, hour, minute, second, year = match.groups()
    if month.lower() not in _MONTHS:
        return None
    try:
        return dt.datetime(
            int(year), _MONTHS.index(month.lower()) + 1, int(day), int(hour), int(minute), int(second)
        )
    except ValueError:
        return None


def _walk_file(file: BinaryIO, place: int, end: int, found: _Found) -> None:
    """Step over the chunks of the file; only the lists of facts are read."""
    for _ in range(_MAX_CHUNKS):
        if place + 8 > end:
            return
        file.seek(place)
        name, length = struct.unpack("<4sI", file.read(8))
        if place + 8 + length > end:
            raise Refused("photograph.cut_short")
        if name == b"LIST":
            kind = file.read(4)
            if kind == b"movi":
                found.has_pictures = True
            elif kind in (b"hdrl", b"INFO") and length <= _MAX_LIST_BYTES:
                _read_list(file.read(max(0, length - 4)), found, depth=0)
        elif name == b"IDIT":
            found.date = clean_text(file.read(min(length, 64)))
        place += 8 + length + (length & 1)


def _read_list(data: bytes, found: _Found, *, depth: int) -> None:
    place = 0
    for _ in range(_MAX_CHUNKS):
        if place + 8 > len(data):
            return
        name, length = struct.unpack_from("<4sI", data, place)
        content = data[place + 8 : place + 8 + length]
        if name == b"LIST" and depth < 4:
            _read_list(content[4:], found, depth=depth + 1)
        elif name == b"avih":
            found.header = content
        elif name == b"dmlh" and len(content) >= 4:
            found.n_frames = struct.unpack_from("<I", content)[0]
        elif name in (b"IDIT", b"ICRD") and not found.date:
            found.date = clean_text(content)
        place += 8 + length + (length & 1)
