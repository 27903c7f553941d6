"""What a format reader finds before any pixel is decoded, the limits it keeps, and how it refuses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pardine.observe.media import MediaKind, TimeReading

_MAX_TEXT = 1000


class Refused(Exception):  # noqa: N818 - not an error of the program: a file that is set aside
    """The file is set aside, for the reason of this code.

    Parameters
    ----------
    code
        Code of the sentence.
    fields
        Its facts, without the file's name.
    """

    def __init__(self, code: str, **fields: Any) -> None:
        super().__init__(code, fields)
        self.code = code
        self.fields = fields


@dataclass(frozen=True, kw_only=True)
class ReadLimits:
    """What one file may cost.

    Attributes
    ----------
    image_bytes, video_bytes
        Largest file of each kind.
    pixels
        Largest width times height; a picture that would unpack to more is never decoded.
    """

    image_bytes: int = 128 << 20
    video_bytes: int = 64 << 30
    # The largest picture that Pillow opens without a warning of a decompression bomb.
    pixels: int = 89_000_000


@dataclass(frozen=True, kw_only=True)
class Header:
    """What the structure of a file tells.

    Attributes
    ----------
    kind, width_px, height_px, duration_s, n_frames
        As of `pardine.observe.media.MediaFile`.
    exif, xmp, iptc
        Blocks of metadata, empty where there are none: a TIFF structure, an XML packet, IPTC records.
    readings
        Times that the container itself states.
    make, model
        Of a video, where its container tells.
    oddities
        Code and facts of what is worth telling though the file is read.
    """

    kind: MediaKind
    width_px: int
    height_px: int
    exif: bytes = b""
    xmp: bytes = b""
    iptc: bytes = b""
    duration_s: float | None = None
    n_frames: int | None = None
    readings: tuple[TimeReading, ...] = ()
    make: str = ""
    model: str = ""
    oddities: tuple[tuple[str, Mapping[str, Any]], ...] = field(default=())


def check_size(width_px: int, height_px: int, limits: ReadLimits) -> None:
    """Refuse a picture without extent, and one that would unpack to too many pixels."""
    if width_px < 1 or height_px < 1:
        raise Refused("photograph.no_extent", width_px=width_px, height_px=height_px)
    if width_px * height_px > limits.pixels:
        raise Refused(
            "photograph.too_many_pixels",
            width_px=width_px,
            height_px=height_px,
            expected=limits.pixels // 1_000_000,
        )


def clean_text(raw: bytes) -> str:
    """Text of a field of bytes: up to the first zero byte, without control characters and outer blanks."""
    content = raw[: 4 * _MAX_TEXT].split(b"\0", 1)[0]
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    return printable(text)


def printable(text: str) -> str:
    """The text without control characters and outer blanks, cut at 1,000 characters."""
    return "".join(sign if sign.isprintable() else " " for sign in text[:_MAX_TEXT]).strip()
