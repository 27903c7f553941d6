"""Simulated cards as folders of tiny JPEG files with EXIF, for whole chains from the card on."""

from __future__ import annotations

import base64
import struct
from pathlib import Path, PurePosixPath

import numpy as np

from pardine.simulate.season.card_faults import SimulatedCards

# A grey picture of 16 x 12 pixels, 159 bytes.
_PICTURE = base64.b85decode(
    "|JeWF01!$>Nk#wx0RR9200961|JwjV02>k%7Zed27Zw*D92+1gLMtdGB`8rkJupIGRb^yfRb5+Zc$tA}agcLcU4^xVke;Kft*d8%yve$z"
    "$C;?Br2oJG3kU!V01yEI5di<h02BZL00000000000000000000|HJ?k5CH%H0000000000000000095m00;pA002J#0RPz"
)
_START_OF_IMAGE = b"\xff\xd8"
_ASCII, _SHORT, _LONG = 2, 3, 4
_MAKE, _MODEL, _EXIF, _TAKEN, _FLASH, _SERIAL = 0x010F, 0x0110, 0x8769, 0x9003, 0x9209, 0xA431

_Entry = tuple[int, int, bytes]


def write_card_files(cards: SimulatedCards, folder: Path) -> tuple[Path, ...]:
    """Write the photographs of simulated cards, one folder a deployment.

    Parameters
    ----------
    cards
        As `card_faults.draw_cards` makes them; draw few, each photograph is a file.
    folder
        Made where it is missing; files are ``deployment/100CARDS/IMG_0001.JPG``.

    Returns
    -------
    tuple of Path
        In the order of ``cards.media``. The same photograph in two deployments is the same bytes.

    Notes
    -----
    EXIF holds the wall clock, make, model, flash and, where the camera tells it, the serial number.
    """
    media = cards.media
    taken = np.char.replace(np.datetime_as_string(media.wall_clock, unit="s"), "T", " ").tolist()
    paths = []
    for i, code in enumerate(media.code.tolist()):
        deployment = cards.deployments[int(media.deployment[i])].code
        *_, station, slot, dcim, name = PurePosixPath(str(code)).parts
        # Files of another card keep their own folder, as they would when two cards are copied together.
        own = deployment.startswith(f"{station}_{slot}_")
        path = folder / deployment / (dcim if own else f"{station}{slot}-{dcim}") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        exif = _exif(
            taken=taken[i].replace("-", ":"), serial=str(media.serial[i]), flash=int(media.infrared[i]) == 1
        )
        path.write_bytes(_jpeg(exif, remark=str(media.sha256[i]).encode("ascii")))
        paths.append(path)
    return tuple(paths)


def _jpeg(exif: bytes, remark: bytes) -> bytes:
    """The picture with its EXIF, and a remark that makes its bytes its own."""
    app1 = b"Exif\x00\x00" + exif
    segments = b"".join(
        bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content
        for marker, content in ((0xE1, app1), (0xFE, remark))
    )
    return _START_OF_IMAGE + segments + _PICTURE[len(_START_OF_IMAGE) :]


def _exif(*, taken: str, serial: str, flash: bool) -> bytes:
    """A little-endian TIFF block with a main and an EXIF directory."""
    main: list[_Entry] = [_text(_MAKE, "Simulated"), _text(_MODEL, "Card"), (_EXIF, _LONG, bytes(4))]
    exif = [_text(_TAKEN, taken), (_FLASH, _SHORT, struct.pack("<H", int(flash)))]
    if serial:
        exif.append(_text(_SERIAL, serial))
    header = b"II*\x00" + struct.pack("<I", 8)
    n_main = len(_directory(main, 8))
    main[-1] = (_EXIF, _LONG, struct.pack("<I", 8 + n_main))
    return header + _directory(main, 8) + _directory(exif, 8 + n_main)


def _directory(entries: list[_Entry], offset: int) -> bytes:
    """Entries in the order of their tags; values of more than 4 bytes follow the directory."""
    values_at = offset + 2 + 12 * len(entries) + 4
    rows, values = b"", b""
    for tag, kind, content in entries:
        n = len(content) // {_ASCII: 1, _SHORT: 2, _LONG: 4}[kind]
        inline = content.ljust(4, b"\x00")
        if len(content) > 4:
            inline = struct.pack("<I", values_at + len(values))
            values += content + b"\x00" * (len(content) % 2)
        rows += struct.pack("<HHI", tag, kind, n) + inline
    return struct.pack("<H", len(entries)) + rows + bytes(4) + values


def _text(tag: int, text: str) -> _Entry:
    return tag, _ASCII, text.encode("ascii") + b"\x00"
