"""A TIFF picture: its extent; its own directories are its EXIF."""

from __future__ import annotations

from pardine.exchange.photographs.header import Header, ReadLimits, Refused, check_size
from pardine.exchange.photographs.tiff import read_directories

# Where strips and tiles begin, and how long they are.
_PIECES = ((0x0111, 0x0117), (0x0144, 0x0145))
_WIDTH, _HEIGHT, _XMP, _IPTC = 0x0100, 0x0101, 0x02BC, 0x83BB


def read_tiff(data: bytes, limits: ReadLimits) -> Header:
    """Header of a TIFF file, the whole of which is given; raises `Refused` as `read_jpeg` does."""
    directories = read_directories(data)
    width, height = directories.integer(_WIDTH), directories.integer(_HEIGHT)
    if width is None or height is None:
        raise Refused("photograph.no_picture")
    check_size(width, height, limits)
    ends = [
        begin + length
        for begins, lengths in _PIECES
        for begin, length in zip(directories.integers(begins), directories.integers(lengths), strict=False)
    ]
    if not ends:
        raise Refused("photograph.no_picture")
    if max(ends) > len(data):
        raise Refused("photograph.cut_short")
    return Header(
        kind="image",
        width_px=width,
        height_px=height,
        exif=data,
        xmp=directories.raw(_XMP),
        iptc=directories.raw(_IPTC),
    )
