"""A table as it came, to be kept byte for byte, with what was understood of its form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

TableKind = Literal[
    "sessions", "stations", "effort", "captures", "mask", "telemetry", "check sheet", "package descriptor",
    "package resource",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class SourceTable:
    """One table that a survey was read from.

    Attributes
    ----------
    name
        File name, without its folder.
    kind
        What the table holds; a station table with dates of its cameras is ``stations``. What a package
        says of itself, and its further files, are kept in the same way.
    content
        The file, byte for byte.
    sha256
        Of ``content``.
    encoding
        Such as ``utf-8``, ``utf-16``, ``cp1251``, ``gb18030``, or ``xlsx`` for a workbook.
    separator
        ``,`` ``;`` or a tab; empty for a workbook or a single column.
    decimal
        ``.`` or ``,``.
    n_rows
        Rows below the header that hold anything.
    """

    name: str
    kind: TableKind
    content: bytes
    sha256: str
    encoding: str
    separator: str
    decimal: str
    n_rows: int
