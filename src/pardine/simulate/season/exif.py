"""EXIF of simulated photographs, with a MakerNote of trigger, event, clock, temperature, serial and label.

The MakerNote has the layout of HyperFire cameras, as far as it is known from photographs: what such a
camera tells is what chains from card to encounter must be able to use.
"""

from __future__ import annotations

import datetime as dt
import struct
from dataclasses import dataclass

_START_OF_IMAGE = b"\xff\xd8"
_ASCII, _SHORT, _LONG, _UNDEFINED = 2, 3, 4, 7
_MAKE, _MODEL, _EXIF = 0x010F, 0x0110, 0x8769
_TAKEN, _FLASH, _MAKER_NOTE, _SERIAL = 0x9003, 0x9209, 0x927C, 0xA431
_BYTES_OF = {_ASCII: 1, _SHORT: 2, _LONG: 4, _UNDEFINED: 1}
_NOTE_BYTES = 0x6C

_Entry = tuple[int, int, bytes]


@dataclass(frozen=True, kw_only=True)
class CameraTags:
    """What a camera writes beside the pixels.

    Attributes
    ----------
    make, model
        Of the camera.
    taken
        Wall clock as it stood in the camera.
    flash
        It fired.
    serial, label
        Empty where the files do not tell.
    has_note
        The camera writes a MakerNote; ``sequence``, ``of_sequence``, ``event`` and ``temperature_c`` stand
        in it, and serial and label only there.
    """

    make: str
    model: str
    taken: dt.datetime
    flash: bool
    serial: str = ""
    label: str = ""
    has_note: bool = False
    sequence: int = 1
    of_sequence: int = 1
    event: int = 1
    temperature_c: int = 0


def tagged_jpeg(jpeg: bytes, tags: CameraTags, *, remark: bytes = b"") -> bytes:
    """A JPEG with EXIF before everything else, and a remark where its bytes must be its own."""
    segments = _segment(0xE1, b"Exif\x00\x00" + exif_block(tags))
    if remark:
        segments += _segment(0xFE, remark)
    return _START_OF_IMAGE + segments + jpeg[len(_START_OF_IMAGE) :]


def exif_block(tags: CameraTags) -> bytes:
    """A little-endian TIFF block with a main and an EXIF directory."""
    main: list[_Entry] = [_text(_MAKE, tags.make), _text(_MODEL, tags.model), (_EXIF, _LONG, bytes(4))]
    exif = [_text(_TAKEN, f"{tags.taken:%Y:%m:%d %H:%M:%S}"), (_FLASH, _SHORT, struct.pack("<H", tags.flash))]
    if tags.has_note:
        exif.append((_MAKER_NOTE, _UNDEFINED, maker_note(tags)))
    elif tags.serial:
        exif.append(_text(_SERIAL, tags.serial))
    header = b"II*\x00" + struct.pack("<I", 8)
    n_main = len(_directory(main, 8))
    main[-1] = (_EXIF, _LONG, struct.pack("<I", 8 + n_main))
    return header + _directory(main, 8) + _directory(exif, 8 + n_main)


def maker_note(tags: CameraTags) -> bytes:
    """Words of the HyperFire layout; what it holds besides is zero."""
    note = bytearray(_NOTE_BYTES)
    note[:2] = b"\x01\xf1"
    note[0x0C:0x0E] = b"M\x00"
    struct.pack_into("<2H", note, 0x0E, tags.sequence, tags.of_sequence)
    struct.pack_into("<2H", note, 0x12, tags.event >> 16, tags.event & 0xFFFF)
    at = tags.taken
    weekday = at.isoweekday() % 7 + 1
    struct.pack_into("<7H", note, 0x16, at.second, at.minute, at.hour, at.month, at.day, at.year, weekday)
    fahrenheit = round(tags.temperature_c * 1.8 + 32)
    struct.pack_into("<2h", note, 0x26, fahrenheit, tags.temperature_c)
    note[0x2A : 0x2A + 30] = tags.serial[:15].encode("utf-16-le").ljust(30, b"\0")
    note[0x50] = int(tags.flash)
    note[0x56 : 0x56 + 22] = tags.label[:21].encode("ascii").ljust(22, b"\0")
    return bytes(note)


def _segment(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content


def _directory(entries: list[_Entry], offset: int) -> bytes:
    """Entries in the order of their tags; values of more than 4 bytes follow the directory."""
    values_at = offset + 2 + 12 * len(entries) + 4
    rows, values = b"", b""
    for tag, kind, content in entries:
        inline = content.ljust(4, b"\x00")
        if len(content) > 4:
            inline = struct.pack("<I", values_at + len(values))
            values += content + b"\x00" * (len(content) % 2)
        rows += struct.pack("<HHI", tag, kind, len(content) // _BYTES_OF[kind]) + inline
    return struct.pack("<H", len(entries)) + rows + bytes(4) + values


def _text(tag: int, text: str) -> _Entry:
    return tag, _ASCII, text.encode("ascii") + b"\x00"
