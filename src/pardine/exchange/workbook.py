"""Excel workbooks: looked into before they are opened, then one sheet as records of text."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from pardine.base.errors import InputError
from pardine.exchange.delimited import Records

ZIP_START = b"PK\x03\x04"
MAX_MEMBERS = 2_000
MAX_UNPACKED_BYTES = 512 << 20
MAX_RATIO = 200
MAX_CELLS = 20_000_000
# A small member may compress well without harm.
_RATIO_FROM_BYTES = 1 << 20
_CHUNK_BYTES = 1 << 20
_REFERENCE = re.compile(rb"""\sr\s*=\s*["']([A-Z]{0,3})(\d{1,9})["']""")


def read_workbook(content: bytes, file: str) -> tuple[Records, str, int]:
    """Records of the first visible sheet that holds anything.

    Parameters
    ----------
    content
        The workbook (xlsx).
    file
        Its name, for the errors.

    Returns
    -------
    records
        Row of the sheet (1 = first) and cells as text: a whole number without ``.0``, a date in
        ISO 8601.
    sheet
        Name of the sheet.
    n_sheets
        Number of sheets that hold anything.

    Raises
    ------
    InputError
        ``table.workbook_unsafe`` (too many or too large parts: it could exhaust the machine),
        ``table.workbook_broken`` or ``table.workbook_locked``.
    """
    _check_archive(content, file)
    sheets = _filled_sheets(content, file)
    if not sheets:
        return ([], []), "", 0
    name, sheet = sheets[0]
    first_row = (sheet.start or (0, 0))[0] + 1
    rows = [[_cell_text(cell) for cell in row] for row in sheet.to_python()]
    return (range(first_row, first_row + len(rows)), rows), name, len(sheets)


def _filled_sheets(content: bytes, file: str) -> list[tuple[str, CalamineSheet]]:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        visible = [m.name for m in book.sheets_metadata if "Visible" in str(m.visible)]
        sheets = [(name, book.get_sheet_by_name(name)) for name in visible]
    except CalamineError as error:
        locked = "assword" in f"{type(error).__name__} {error}"
        code = "table.workbook_locked" if locked else "table.workbook_broken"
        raise InputError(code, file=file) from error
    except BaseException as error:
        # The reader is written in Rust; what it did not foresee arrives as a panic that is no Exception.
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            raise InputError("table.workbook_broken", file=file) from error
        raise
    return [(name, sheet) for name, sheet in sheets if sheet.start is not None]


def _check_archive(content: bytes, file: str) -> None:
    """Refuse an archive that would unpack to more than a table can be, before it is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            _check_declared_sizes(members, file)
            for member in members:
                _check_member(archive, member, file)
    except InputError:
        raise
    except Exception as error:  # zipfile raises half a dozen kinds for a broken archive
        raise InputError("table.workbook_broken", file=file) from error


def _check_declared_sizes(members: list[zipfile.ZipInfo], file: str) -> None:
    unpacked = sum(member.file_size for member in members)
    if len(members) > MAX_MEMBERS or unpacked > MAX_UNPACKED_BYTES:
        raise InputError("table.workbook_unsafe", file=file, value=unpacked >> 20)
    for member in members:
        if member.flag_bits & 0x1:
            raise InputError("table.workbook_locked", file=file)
        if member.file_size > _RATIO_FROM_BYTES and member.file_size > MAX_RATIO * member.compress_size:
            raise InputError("table.workbook_unsafe", file=file, value=unpacked >> 20)


def _check_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, file: str) -> None:
    """Read a part once: a false size or sum shows, and a sheet tells how far its cells reach.

    Two cells in opposite corners make a sheet of 17 thousand million cells when it is opened.
    """
    last_row = last_column = 0
    is_sheet = member.filename.lower().startswith("xl/worksheets/") and member.filename.endswith(".xml")
    with archive.open(member) as part:
        tail = b""
        while chunk := part.read(_CHUNK_BYTES):
            if is_sheet:
                for letters, digits in set(_REFERENCE.findall(tail + chunk)):
                    last_row = max(last_row, int(digits))
                    last_column = max(last_column, _column_number(letters))
                tail = chunk[-32:]
    if last_row * max(last_column, 1) > MAX_CELLS:
        raise InputError("table.workbook_unsafe", file=file, value=last_row * last_column)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _cell_text(cell: Any) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        # 15 digits are what the spreadsheet shows and what its numbers hold.
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, dt.datetime):
        return cell.isoformat(sep=" ", timespec="seconds")
    return cell.isoformat() if isinstance(cell, dt.date | dt.time) else str(cell)
