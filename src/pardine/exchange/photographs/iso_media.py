"""MP4 and MOV containers: frames, extent, length, clock, make.

References
----------
ISO/IEC 14496-12 (ISO base media file format); QuickTime File Format Specification, Apple, 2016.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from pardine.exchange.photographs.exif import parse_moment, parse_offset_min
from pardine.exchange.photographs.header import Header, ReadLimits, Refused, check_size, clean_text
from pardine.exchange.photographs.video_clock import VideoClock, container_reading
from pardine.observe.media import TimeReading

_MAX_BOXES, _MAX_INDEX_BYTES = 100_000, 64 << 20
_APPLE_DATE, _APPLE_MAKE, _APPLE_MODEL, _ANDROID = (
    "com.apple.quicktime.creationdate",
    "com.apple.quicktime.make",
    "com.apple.quicktime.model",
    "com.android.version",
)
_OFFSET = re.compile(r"[+-]\d{2}:?\d{2}$")


@dataclass
class _Found:
    """What the index tells, gathered box by box."""

    seconds: int = 0
    duration_s: float | None = None
    width_px: int = 0
    height_px: int = 0
    n_frames: int | None = None
    words: dict[str, str] = field(default_factory=dict)


def read_iso_media(
    file: BinaryIO, n_bytes: int, limits: ReadLimits, clocks: Mapping[str, VideoClock]
) -> Header:
    """Header of an MP4 or MOV file; raises `Refused` where it is cut short, unfinished or damaged."""
    index = _index(file, n_bytes)
    found = _Found()
    try:
        _read_movie(index, found)
    except struct.error as error:
        raise Refused("photograph.damaged") from error
    if not found.width_px:
        raise Refused("photograph.no_picture")
    check_size(found.width_px, found.height_px, limits)
    make = found.words.get("make") or found.words.get(_APPLE_MAKE, "")
    if not make and _ANDROID in found.words:
        make = "Android"
    return Header(
        kind="video",
        width_px=found.width_px,
        height_px=found.height_px,
        duration_s=found.duration_s,
        n_frames=found.n_frames,
        readings=_readings(found, make, clocks),
        make=make,
        model=found.words.get("model") or found.words.get(_APPLE_MODEL, ""),
    )


def _readings(found: _Found, make: str, clocks: Mapping[str, VideoClock]) -> tuple[TimeReading, ...]:
    text = found.words.get(_APPLE_DATE, "")
    moment, zone = parse_moment(text), _OFFSET.search(text)
    if moment is not None and zone is not None:
        # Local time with its offset says more than the same moment in UTC.
        offset = parse_offset_min(zone[0])
        return (TimeReading(source="container", wall_clock=moment, text=text, utc_offset_min=offset),)
    reading = container_reading(found.seconds, make, clocks)
    return () if reading is None else (reading,)


def _index(file: BinaryIO, n_bytes: int) -> bytes:
    """Content of the ``moov`` box; every box of the file is stepped over, none but this is read."""
    place, content = 0, None
    for _ in range(_MAX_BOXES):
        if place >= n_bytes:
            break
        file.seek(place)
        head = file.read(16)
        if len(head) < 8:
            raise Refused("photograph.cut_short")
        length, name = struct.unpack_from(">I4s", head)
        n_head = 8
        if length == 1 and len(head) == 16:
            length, n_head = struct.unpack_from(">Q", head, 8)[0], 16
        elif length == 0:
            length = n_bytes - place
        if length < n_head:
            # Cameras leave zeros behind the last box; anything else there is damage.
            if content is not None and not head.strip(b"\0"):
                break
            raise Refused("photograph.damaged")
        if place + length > n_bytes:
            raise Refused("photograph.cut_short")
        if name == b"moov" and content is None:
            if length > _MAX_INDEX_BYTES:
                raise Refused("photograph.damaged")
            file.seek(place + n_head)
            content = file.read(length - n_head)
        place += length
    if content is None:
        raise Refused("photograph.video_unfinished")
    return content


def _boxes(data: bytes, begin: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Name, begin and end of the content of each box between two places."""
    for _ in range(_MAX_BOXES):
        if begin + 8 > end:
            return
        length, name = struct.unpack_from(">I4s", data, begin)
        stop = end if length == 0 else begin + length
        if length not in (0,) and length < 8:
            return
        if stop > end:
            raise Refused("photograph.damaged")
        yield name, begin + 8, stop
        begin = stop


def _read_movie(data: bytes, found: _Found) -> None:
    for name, begin, end in _boxes(data, 0, len(data)):
        if name == b"mvhd":
            found.seconds, found.duration_s = _movie_header(data, begin)
        elif name == b"trak":
            _read_track(data, begin, end, found)
        elif name == b"udta":
            for inner, start, stop in _boxes(data, begin, end):
                if inner in (b"\xa9mak", b"\xa9mod"):
                    word = "make" if inner == b"\xa9mak" else "model"
                    found.words[word] = clean_text(data[start + 4 : stop])
                elif inner == b"meta":
                    _read_keys(data, start, stop, found)
        elif name == b"meta":
            _read_keys(data, begin, end, found)


def _movie_header(data: bytes, begin: int) -> tuple[int, float | None]:
    """Seconds since 1904, and the length in seconds where it is told."""
    if data[begin : begin + 1] == b"\x01":
        seconds, _, scale, length = struct.unpack_from(">QQIQ", data, begin + 4)
        unknown = length == 0xFFFF_FFFF_FFFF_FFFF
    else:
        seconds, _, scale, length = struct.unpack_from(">IIII", data, begin + 4)
        unknown = length == 0xFFFF_FFFF
    return seconds, None if unknown or not scale else length / scale


def _read_track(data: bytes, begin: int, end: int, found: _Found) -> None:
    """Extent and frames, if this is the first track of pictures."""
    boxes = list(_nested(data, begin, end, (b"mdia", b"minf", b"stbl")))
    # MOV has a second handler, of where the data lie.
    handlers = {data[start + 8 : start + 12] for name, start, _ in boxes if name == b"hdlr"}
    if b"vide" not in handlers or found.width_px:
        return
    inner = {name: (start, stop) for name, start, stop in boxes}
    if b"stsd" in inner:
        found.width_px, found.height_px = struct.unpack_from(">HH", data, inner[b"stsd"][0] + 40)
    if b"stsz" in inner:
        found.n_frames = struct.unpack_from(">I", data, inner[b"stsz"][0] + 8)[0]


def _nested(data: bytes, begin: int, end: int, path: tuple[bytes, ...]) -> Iterator[tuple[bytes, int, int]]:
    """Boxes here, and those inside the first name of the path, and so on down."""
    for name, start, stop in _boxes(data, begin, end):
        yield name, start, stop
        if path and name == path[0]:
            yield from _nested(data, start, stop, path[1:])


def _read_keys(data: bytes, begin: int, end: int, found: _Found) -> None:
    """Named values as telephones write them: a list of names, and a list of values by number."""
    # In MP4 this box begins with a version, in MOV it does not.
    start = begin if data[begin + 4 : begin + 8] == b"hdlr" else begin + 4
    names: list[str] = []
    for name, first, stop in _boxes(data, start, end):
        if name == b"keys":
            names = [clean_text(data[a:b]) for _, a, b in _boxes(data, first + 8, stop)]
        elif name == b"ilst":
            for number, a, b in _boxes(data, first, stop):
                i = int.from_bytes(number, "big")
                if 1 <= i <= len(names):
                    found.words[names[i - 1]] = clean_text(data[a + 16 : b])
