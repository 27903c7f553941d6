"""The segments of a JPEG file: extent, EXIF, XMP, IPTC, whether it is whole, what was glued to it.

References
----------
ITU-T T.81 (JPEG), annex B; Exif 2.32; XMP Specification Part 3, Adobe, 2020; IPTC IIM 4.2.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from pardine.exchange.photographs.header import Header, ReadLimits, Refused, check_size

_EXIF, _XMP, _PHOTOSHOP = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0", b"Photoshop 3.0\0"
_END = b"\xff\xd9"
# Start of frame of any coding: C0 to CF without the tables DHT (C4), JPG (C8) and DAC (CC).
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_BARE = frozenset((0x01, *range(0xD0, 0xD8)))
_MAX_SEGMENTS = 4096
_TAIL_BYTES = 1 << 16
# What else begins like this and was glued behind a photograph.
_FOREIGN = {
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "zip",
    b"Rar!": "rar",
    b"7z\xbc\xaf": "7z",
    b"%PDF": "pdf",
    b"MZ": "program",
    b"\x7fELF": "program",
    b"<!doctype": "html",
    b"<html": "html",
    b"<script": "html",
    b"<?php": "script",
    b"#!": "script",
}
_LOOK_BYTES = 1024


@dataclass(frozen=True, kw_only=True)
class Segments:
    """What stands before the picture data.

    Attributes
    ----------
    width_px, height_px, n_components
        Of the frame.
    data_start
        Where the first scan begins.
    tables
        Quantisation tables, byte for byte, in their order: how the encoder was set.
    """

    width_px: int
    height_px: int
    n_components: int
    data_start: int
    exif: bytes = b""
    xmp: bytes = b""
    iptc: bytes = b""
    tables: bytes = field(default=b"", repr=False)


def read_jpeg(data: bytes, limits: ReadLimits) -> Header:
    """Header of a JPEG file, the whole of which is given.

    Raises
    ------
    Refused
        It is damaged, cut short, too large to decode, or another file hides behind the picture.
    """
    segments = read_segments(data)
    check_size(segments.width_px, segments.height_px, limits)
    _check_end(data, segments.data_start)
    return Header(
        kind="image",
        width_px=segments.width_px,
        height_px=segments.height_px,
        exif=segments.exif,
        xmp=segments.xmp,
        iptc=segments.iptc,
        oddities=(("photograph.printing_colours", {}),) if segments.n_components == 4 else (),
    )


def read_segments(data: bytes) -> Segments:
    """Segments up to the first scan; as of `read_jpeg`, without a look at what follows."""
    frame: tuple[int, int, int] | None = None
    exif = xmp = iptc = b""
    tables: list[bytes] = []
    for marker, begin, end in _segments(data):
        if marker in _FRAMES and frame is None:
            if end - begin < 6:
                raise Refused("photograph.damaged")
            height, width, n_components = struct.unpack_from(">HHB", data, begin + 1)
            frame = (width, height, n_components)
        elif marker == 0xDB:
            tables.append(data[begin:end])
        elif marker == 0xE1 and not exif and data.startswith(_EXIF, begin, end):
            exif = data[begin + len(_EXIF) : end]
        elif marker == 0xE1 and not xmp and data.startswith(_XMP, begin, end):
            xmp = data[begin + len(_XMP) : end]
        elif marker == 0xED and not iptc and data.startswith(_PHOTOSHOP, begin, end):
            iptc = _iptc_of_photoshop(data[begin + len(_PHOTOSHOP) : end])
        elif marker == 0xDA:
            if frame is None:
                break
            return Segments(
                width_px=frame[0],
                height_px=frame[1],
                n_components=frame[2],
                data_start=begin - 4,
                exif=exif,
                xmp=xmp,
                iptc=iptc,
                tables=b"".join(tables),
            )
    raise Refused("photograph.no_picture")


def picture_end(data: bytes, data_start: int) -> int:
    """Where the picture ends, after its end marker; -1 where it has none.

    Scan data cannot hold the marker, so the first one ends the picture. A file that ends with it (but
    for zero bytes of padding) is taken to end there, without a search that costs as much as its hash.
    """
    n_bytes = len(data.rstrip(b"\0")) if data.endswith(b"\0") else len(data)
    if data.endswith(_END, data_start, n_bytes):
        return n_bytes
    begin = data.find(_END, data_start)
    return begin + 2 if begin >= 0 else -1


def foreign_content(tail: bytes) -> str:
    """Kind of file that hides in bytes behind a picture; empty where they are padding or a camera's own."""
    start = tail[:_LOOK_BYTES].lstrip(b"\0\r\n\t ").lower()
    for signature, kind in _FOREIGN.items():
        if start.startswith(signature.lower()):
            return kind
    # The directory of a zip file stands at its end, whatever stands before.
    return "zip" if b"PK\x05\x06" in tail[-(_TAIL_BYTES + 22) :] else ""


def _segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Marker, begin and end of each segment's content, to the first scan."""
    place, size = 2, len(data)
    for _ in range(_MAX_SEGMENTS):
        while place < size and data[place] == 0xFF:
            place += 1
        if place >= size:
            raise Refused("photograph.cut_short")
        marker = data[place]
        if data[place - 1] != 0xFF or marker in (0x00, 0xD9):
            raise Refused("photograph.damaged")
        place += 1
        if marker in _BARE:
            continue
        if place + 2 > size:
            raise Refused("photograph.cut_short")
        length = (data[place] << 8) + data[place + 1]
        if length < 2:
            raise Refused("photograph.damaged")
        if place + length > size:
            raise Refused("photograph.cut_short")
        yield marker, place + 2, place + length
        place += length
    raise Refused("photograph.damaged")


def _check_end(data: bytes, data_start: int) -> None:
    end = picture_end(data, data_start)
    if end < 0:
        raise Refused("photograph.cut_short")
    # A zip file may itself end with the two bytes of the end marker, in its comment.
    kind = foreign_content(data[end:]) or ("zip" if b"PK\x05\x06" in data[-(_TAIL_BYTES + 22) :] else "")
    if kind:
        raise Refused("photograph.two_files", value=kind)


def _iptc_of_photoshop(block: bytes) -> bytes:
    """The IPTC records among Photoshop's resources (resource 1028), empty where there are none."""
    place = 0
    while block.startswith(b"8BIM", place) and place + 12 <= len(block):
        number = struct.unpack_from(">H", block, place + 4)[0]
        name_bytes = (block[place + 6] + 2) & ~1
        begin = place + 6 + name_bytes + 4
        if begin > len(block):
            break
        length = struct.unpack_from(">I", block, begin - 4)[0]
        if number == 0x0404:
            return block[begin : begin + length]
        place = begin + ((length + 1) & ~1)
    return b""
