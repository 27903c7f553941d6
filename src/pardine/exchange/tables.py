"""A table from a file: csv, tsv, txt or xlsx as columns of text, with the form that was detected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pardine.base.errors import InputError, Notice, note
from pardine.base.identifiers import sha256_of_bytes
from pardine.exchange.delimited import Records, read_records
from pardine.exchange.encoding import decode
from pardine.exchange.formulas import restore
from pardine.exchange.workbook import ZIP_START, read_workbook

# The old Excel format is among them so that a person is told to save it anew.
WORKBOOK_SUFFIXES = (".xlsx", ".xlsm", ".xls")
TABLE_SUFFIXES = (".csv", ".tsv", ".txt", *WORKBOOK_SUFFIXES)
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
    row_numbers: Sequence[int]
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


def _decoded(content: bytes, name: str) -> tuple[str, str]:
    try:
        return decode(content, name)
    except InputError as error:
        # Its name promises a workbook: advice on letters would lead astray.
        if error.code != "table.old_excel" and name.lower().endswith(WORKBOOK_SUFFIXES):
            raise InputError("table.workbook_broken", file=name) from error
        raise


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
        has_blanks = True
        if n_sheets > 1:
            notices.append(note("table.first_sheet", file=name, value=sheet, n_sheets=n_sheets))
    else:
        text, encoding = _decoded(content, name)
        records, separator = read_records(text, name)
        # Trimming each cell of a large mask that has no blank takes a third of the time.
        has_blanks = not text.isascii() or any(blank in text for blank in ' \v\f"') or "\t" in text
    header, rows, row_numbers = _rectangle(records, name)
    columns = tuple(map(list, zip(*rows, strict=True)))
    if has_blanks:
        columns = tuple(list(map(str.strip, column)) for column in columns)
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


def _rectangle(records: Records, file: str) -> tuple[tuple[str, ...], list[list[str]], Sequence[int]]:
    """Header, rows of the header's width that hold anything, and their lines."""
    lines, rows = records
    first = next((i for i, fields in enumerate(rows) if any(map(str.strip, fields))), None)
    if first is None:
        raise InputError("table.empty", file=file)
    if len(rows) > MAX_ROWS or len(rows[first]) > MAX_COLUMNS:
        raise InputError("table.too_large", file=file, expected=MAX_FILE_BYTES >> 20)
    header = _header(lines[first], rows[first], file)
    lines, rows = lines[first + 1 :], rows[first + 1 :]
    # A first cell tells at once that a row is not blank; most tables have one in each row.
    if all(len(fields) == len(header) and fields[0] for fields in rows):
        return header, rows, lines
    return (header, *_mended(lines, rows, len(header), file))


def _mended(
    lines: Sequence[int], rows: list[list[str]], width: int, file: str
) -> tuple[list[list[str]], list[int]]:
    """Rows without blank ones and without blank cells beyond the header; all that do not fit refused."""
    problems: list[Notice] = []
    kept: list[list[str]] = []
    kept_lines: list[int] = []
    for line, fields in zip(lines, rows, strict=True):
        if not any(map(str.strip, fields)):
            continue
        if len(fields) < width or any(map(str.strip, fields[width:])):
            facts = {"file": file, "row": line, "value": len(fields), "expected": width}
            problems.append(Notice("table.ragged", facts))
        kept.append(fields[:width])
        kept_lines.append(line)
    if problems:
        raise InputError("tables.refused", problems=problems, n_problems=len(problems))
    return kept, kept_lines


def _header(line: int, fields: list[str], file: str) -> tuple[str, ...]:
    names = [restore(field.strip().strip(_INVISIBLE).strip()) for field in fields]
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
