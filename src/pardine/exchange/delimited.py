"""Text to records: separator, quotes, and the line of the file on which each record begins."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from pardine.base.errors import InputError

SEPARATORS = (",", ";", "\t")
MAX_FIELD_CHARACTERS = 131_072
_SNIFF_RECORDS = 30

Record = tuple[int, list[str]]


def read_records(text: str, file: str) -> tuple[list[Record], str]:
    """Records of a delimited text that hold anything, and the separator.

    Parameters
    ----------
    text
        The whole file; line ends of any system.
    file
        Its name, for the errors.

    Returns
    -------
    records
        First line in the file (1 = first) and fields; blank lines are left out.
    separator
        ``,`` ``;`` or a tab; empty where there is one column.

    Raises
    ------
    InputError
        ``table.bad_quotes`` or ``table.field_too_long``.
    """
    declared, skip = _declared_separator(text)
    separator = declared or _sniff_separator(text)
    records = [(line, fields) for line, fields in _records(text, separator or ",", file) if line > skip]
    return records, separator


def _declared_separator(text: str) -> tuple[str, int]:
    """Excel's first line ``sep=;``: the separator, and how many lines that takes."""
    first = text[:10].splitlines()[:1]
    if first and first[0].lower().startswith("sep=") and first[0][4:] in SEPARATORS:
        return first[0][4:], 1
    return "", 0


def _sniff_separator(text: str) -> str:
    """The separator by which the first records have the same number of fields, above one."""
    best, best_score = "", (0, 1)
    for separator in SEPARATORS:
        widths = _first_widths(text, separator)
        if not widths or widths[0] < 2:
            continue
        score = (sum(width == widths[0] for width in widths), widths[0])
        if score > best_score:
            best, best_score = separator, score
    return best


def _first_widths(text: str, separator: str) -> list[int]:
    widths: list[int] = []
    try:
        for _, fields in _records(text, separator, ""):
            widths.append(len(fields))
            if len(widths) == _SNIFF_RECORDS:
                break
    except InputError:
        # A bad quote is told when the separator is known.
        pass
    return widths


def _records(text: str, separator: str, file: str) -> Iterator[Record]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    try:
        for fields in reader:
            # any() of the fields costs less than stripping each; a record of blanks is found later.
            if any(fields):
                yield line, fields
            line = reader.line_num + 1
    except csv.Error as error:
        code = "table.field_too_long" if "limit" in str(error) else "table.bad_quotes"
        raise InputError(code, file=file, row=line, expected=MAX_FIELD_CHARACTERS) from error
