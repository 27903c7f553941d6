"""A table from a file: csv, tsv, txt or xlsx as columns of text, with the form that was detected."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pardine.base.errors import InputError, Notice, note
from pardine.base.identifiers import sha256_of_bytes
from pardine.exchange.delimited import Record, read_records
from pardine.exchange.encoding import decode
from pardine.exchange.workbook import ZIP_START, read_workbook

TABLE_SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm")
MAX_FILE_BYTES = 256 << 20
MAX_ROWS = 2_000_000
MAX_COLUMNS = 2_000
# Blanks that Python does not strip: marks that spreadsheets and web pages leave in cells.
_INVISIBLE = "\ufeff\u200b\u200e\u200f\u2060"


@dataclass(frozen=True, kw_only=True, eq=False)
class Table:
    """A table of text.

    Attributes
    ----------
    name
        File name, without its folder.
    header
        Column names as the file has them, trimmed; ``column_3`` where the third has none.
    columns
        One list of cells for each column, trimmed.
    row_numbers
        Line of the file (1 = first) on which each record begins; for a workbook, row of its sheet.
    encoding, separator
        As `SourceTable` says.
    sheet
        Name of the sheet of a workbook; else empty.
    content, sha256
        The file.
    notices
        What a person should know of the form.
    """

    name: str
    header: tuple[str, ...]
    columns: tuple[list[str], ...]
    row_numbers: list[int]
    encoding: str
    separator: str
    sheet: str
    content: bytes
    sha256: str
    notices: tuple[Notice, ...] = ()

    @property
    def n_rows(self) -> int:
        """Number of records below the header."""
        return len(self.row_numbers)

    @cached_property
    def position(self) -> dict[str, int]:
        """Index of each column by its name."""
        return {name: i for i, name in enumerate(self.header)}

    def column(self, name: str) -> list[str]:
        """Cells of a column."""
        return self.columns[self.position[name]]


def read_table(path: Path) -> Table:
    """Read a table, whatever program of whatever office wrote it.

    Parameters
    ----------
    path
        A csv, tsv, txt or xlsx file; the content decides, not the ending of its name.

    Raises
    ------
    InputError
        ``table.unreadable_file`` and ``table.too_large`` for the file; what `parse_table` raises.
    """
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise InputError("table.too_large", file=path.name, expected=MAX_FILE_BYTES >> 20)
        content = path.read_bytes()
    except OSError as error:
        raise InputError("table.unreadable_file", file=str(path), value=error.strerror or "") from error
    return parse_table(content, path.name)


def parse_table(content: bytes, name: str) -> Table:
    """Read a table from its bytes.

    Raises
    ------
    InputError
        With one problem or, for rows that do not fit the header, ``table.refused`` with each of them.
    """
    if not content.strip(b" \t\r\n\x00\xef\xbb\xbf"):
        raise InputError("table.empty", file=name)
    notices: list[Notice] = []
    sheet = ""
    if content.startswith(ZIP_START):
        encoding, separator = "xlsx", ""
        records, sheet, n_sheets = read_workbook(content, name)
        if n_sheets > 1:
            notices.append(note("table.first_sheet", file=name, value=sheet, n_sheets=n_sheets))
    else:
        text, encoding = decode(content, name)
        records, separator = read_records(text, name)
    if not records:
        raise InputError("table.empty", file=name)
    if len(records) > MAX_ROWS + 1 or len(records[0][1]) > MAX_COLUMNS:
        raise InputError("table.too_large", file=name, expected=MAX_FILE_BYTES >> 20)
    header, rows, row_numbers = _rectangle(records, name)
    columns = tuple(list(map(str.strip, column)) for column in zip(*rows, strict=True))
    return Table(
        name=name,
        header=header,
        columns=columns or tuple([] for _ in header),
        row_numbers=row_numbers,
        encoding=encoding,
        separator=separator,
        sheet=sheet,
        content=content,
        sha256=sha256_of_bytes(content),
        notices=tuple(notices),
    )


def _rectangle(records: list[Record], file: str) -> tuple[tuple[str, ...], list[list[str]], list[int]]:
    """Header, rows of the header's width and their lines; problems of all rows at once."""
    header = _header(records[0], file)
    width = len(header)
    problems: list[Notice] = []
    rows: list[list[str]] = []
    row_numbers: list[int] = []
    for line, fields in records[1:]:
        if len(fields) > width and not any(map(str.strip, fields[width:])):
            fields = fields[:width]
        if len(fields) != width:
            if any(map(str.strip, fields)):
                problems.append(
                    Notice("table.ragged", dict(file=file, row=line, value=len(fields), expected=width))
                )
        elif any(fields[:1]) or any(map(str.strip, fields)):
            rows.append(fields)
            row_numbers.append(line)
    if problems:
        raise InputError("tables.refused", problems=problems, n_problems=len(problems))
    return header, rows, row_numbers


def _header(record: Record, file: str) -> tuple[str, ...]:
    line, fields = record
    names = [field.strip().strip(_INVISIBLE).strip() for field in fields]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise InputError("table.empty", file=file)
    named = tuple(name or f"column_{i}" for i, name in enumerate(names, start=1))
    twice = [name for name, n in Counter(named).items() if n > 1]
    if twice:
        problems = [Notice("table.column_twice", dict(file=file, row=line, column=name)) for name in twice]
        raise InputError("tables.refused", problems=problems, n_problems=len(problems))
    return named
