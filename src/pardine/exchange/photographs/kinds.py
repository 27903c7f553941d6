"""What kind of file this is, by how it begins and not by its name."""

from __future__ import annotations

from typing import Literal

Format = Literal["jpeg", "png", "tiff", "iso", "avi"]

# Names under which photographs and video come; such a file that is none is worth a warning.
# fmt: off
MEDIA_SUFFIXES = frozenset((
    ".jpg", ".jpeg", ".jpe", ".png", ".tif", ".tiff", ".mp4", ".m4v",
    ".mov", ".avi", ".3gp", ".heic", ".heif", ".webp", ".gif", ".bmp",
    ".mkv", ".wmv", ".mts", ".m2ts", ".asf", ".cr2", ".nef",
))
# fmt: on
_STILL_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis", b"crx ")
_ISO_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
# Photographs and video that are not read, and what people call them.
_OTHER = (
    (b"GIF8", "GIF"),
    (b"II+\0", "BigTIFF"),
    (b"MM\0+", "BigTIFF"),
    (b"\x1aE\xdf\xa3", "Matroska"),
    (b"0&\xb2u\x8ef\xcf\x11", "Windows Media"),
    (b"\0\0\x01\xba", "MPEG"),
    (b"\0\0\x01\xb3", "MPEG"),
)
HEAD_BYTES = 16


def format_of(head: bytes) -> Format | None:
    """The format that is read, ``None`` where it is none of them; ``head`` is the first 16 bytes."""
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith((b"II*\0", b"MM\0*")):
        return "tiff"
    if head.startswith(b"RIFF") and head[8:12] == b"AVI ":
        return "avi"
    if head[4:8] in _ISO_BOXES and not (head[4:8] == b"ftyp" and head[8:12] in _STILL_BRANDS):
        return "iso"
    return None


def other_format(head: bytes) -> str:
    """Name of a format of photographs or video that is not read; empty where it is none known."""
    if head[4:8] == b"ftyp" and head[8:12] in _STILL_BRANDS:
        return "HEIC"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "WebP"
    return next((name for start, name in _OTHER if head.startswith(start)), "")
