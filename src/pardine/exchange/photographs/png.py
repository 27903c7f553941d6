"""The chunks of a PNG file: extent, EXIF, XMP. Nothing that is compressed is unpacked.

References
----------
Portable Network Graphics (PNG) Specification, third edition, W3C, 2025.
"""

from __future__ import annotations

import struct

from pardine.exchange.photographs.header import Header, ReadLimits, Refused, check_size
from pardine.exchange.photographs.jpeg import foreign_content

_MAX_CHUNKS = 100_000
_XMP = b"XML:com.adobe.xmp\0"


def read_png(data: bytes, limits: ReadLimits) -> Header:
    """Header of a PNG file, the whole of which is given; raises `Refused` as `read_jpeg` does."""
    if data[12:16] != b"IHDR" or len(data) < 33:
        raise Refused("photograph.damaged")
    width, height = struct.unpack_from(">II", data, 16)
    check_size(width, height, limits)
    exif = xmp = b""
    has_data = False
    place = 8
    for _ in range(_MAX_CHUNKS):
        if place + 12 > len(data):
            raise Refused("photograph.cut_short")
        length, name = struct.unpack_from(">I4s", data, place)
        begin, end = place + 8, place + 8 + length
        if end + 4 > len(data):
            raise Refused("photograph.cut_short")
        if name == b"IEND":
            return _whole(
                data,
                end + 4,
                has_data,
                Header(kind="image", width_px=width, height_px=height, exif=exif, xmp=xmp),
            )
        if name == b"eXIf":
            exif = data[begin:end]
        elif name == b"iTXt" and data.startswith(_XMP + b"\0\0", begin, end):
            # Not compressed; then a language and a translated keyword, both usually empty.
            xmp = data[begin + len(_XMP) + 2 : end].split(b"\0", 2)[-1]
        has_data = has_data or name == b"IDAT"
        place = end + 4
    raise Refused("photograph.damaged")


def _whole(data: bytes, end: int, has_data: bool, header: Header) -> Header:
    if not has_data:
        raise Refused("photograph.no_picture")
    kind = foreign_content(data[end:])
    if kind:
        raise Refused("photograph.two_files", value=kind)
    return header
