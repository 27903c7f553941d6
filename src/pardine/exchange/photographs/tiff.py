"""Directories of a TIFF structure: the body of EXIF, and of a TIFF picture.

Every offset is checked against the block, every directory is visited once, and nothing is copied
before its length is known: a block that was made to mislead costs no more than an honest one.

References
----------
TIFF Revision 6.0, Adobe, 1992; Exif 2.32, CIPA DC-008, 2019.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass

EXIF_POINTER = 0x8769
_BYTES_OF_TYPE = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_INTEGER = {1: "B", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i", 13: "I"}
_MAX_DIRECTORIES = 16


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One field of a directory: its type by number, how many values, and its bytes."""

    type_number: int
    count: int
    raw: bytes


@dataclass(frozen=True, kw_only=True)
class Directories:
    """The first directory and the EXIF directory of a TIFF structure.

    Attributes
    ----------
    first, exif
        Entries by tag.
    order
        ``<`` little-endian or ``>`` big-endian.
    faults
        What is wrong, each a word: ``loop``, ``offset``, ``short``.
    """

    first: Mapping[int, Entry]
    exif: Mapping[int, Entry]
    order: str
    faults: tuple[str, ...] = ()

    def integer(self, tag: int) -> int | None:
        """The first value of an integer field of either directory, ``None`` where there is none."""
        values = self.integers(tag, 1)
        return values[0] if values else None

    def integers(self, tag: int, at_most: int = 1_000_000) -> tuple[int, ...]:
        """Values of an integer field of either directory, empty where there is none."""
        entry = self.exif.get(tag) or self.first.get(tag)
        letter = _INTEGER.get(entry.type_number) if entry is not None else None
        if entry is None or letter is None:
            return ()
        return struct.unpack_from(f"{self.order}{min(entry.count, at_most)}{letter}", entry.raw)

    def raw(self, tag: int) -> bytes:
        """Bytes of a field of either directory, empty where there is none."""
        entry = self.exif.get(tag) or self.first.get(tag)
        return b"" if entry is None else entry.raw


def read_directories(block: bytes) -> Directories:
    """Directories of a TIFF structure; what cannot be read is left out and named in ``faults``."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(block[:4])
    if order is None or len(block) < 8:
        return Directories(first={}, exif={}, order="<", faults=("short",))
    faults: list[str] = []
    seen: set[int] = set()
    start = struct.unpack_from(order + "I", block, 4)[0]
    first, following = _directory(block, start, order, seen, faults)
    exif: dict[int, Entry] = {}
    pointer = first.get(EXIF_POINTER)
    if pointer is not None and len(pointer.raw) == 4:
        exif, _ = _directory(block, struct.unpack(order + "I", pointer.raw)[0], order, seen, faults)
    for _ in range(_MAX_DIRECTORIES):
        if not following:
            break
        _, following = _directory(block, following, order, seen, faults)
    return Directories(first=first, exif=exif, order=order, faults=tuple(dict.fromkeys(faults)))


def _directory(
    block: bytes, start: int, order: str, seen: set[int], faults: list[str]
) -> tuple[dict[int, Entry], int]:
    """Entries of the directory at ``start``, and where the next one begins (0: nowhere)."""
    if start in seen:
        faults.append("loop")
        return {}, 0
    seen.add(start)
    if start < 8 or start + 2 > len(block):
        faults.append("offset")
        return {}, 0
    count = struct.unpack_from(order + "H", block, start)[0]
    n_whole = min(count, (len(block) - start - 2) // 12)
    entries: dict[int, Entry] = {}
    for i in range(n_whole):
        _keep_entry(block, start + 2 + 12 * i, order, entries, faults)
    end = start + 2 + 12 * count
    if n_whole < count:
        faults.append("short")
        return entries, 0
    # Some cameras leave out the pointer after the last directory.
    return entries, struct.unpack_from(order + "I", block, end)[0] if end + 4 <= len(block) else 0


def _keep_entry(block: bytes, place: int, order: str, entries: dict[int, Entry], faults: list[str]) -> None:
    tag, type_number, count = struct.unpack_from(order + "HHI", block, place)
    n_bytes = _BYTES_OF_TYPE.get(type_number, 0) * count
    if n_bytes == 0 or tag in entries:
        return
    begin = place + 8 if n_bytes <= 4 else struct.unpack_from(order + "I", block, place + 8)[0]
    if begin + n_bytes > len(block):
        faults.append("offset")
        return
    entries[tag] = Entry(type_number=type_number, count=count, raw=block[begin : begin + n_bytes])
