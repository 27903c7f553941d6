"""Text to records: separator, quotes, and the line of the file on which each record begins."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Sequence

from pardine.base.errors import InputError

SEPARATORS = (",", ";", "\t")
MAX_FIELD_CHARACTERS = 131_072
_SNIFF_RECORDS = 30

# Line of the file on which each record begins (1 = first), and its fields.
Records = tuple[Sequence[int], list[list[str]]]


def read_records(text: str, file: str) -> tuple[Records, str]:
    """Records of a delimited text, and the separator.

    Parameters
    ----------
    text
        The whole file; line ends of any system.
    file
        Its name, for the errors.

    Returns
    -------
    records
        Their lines and fields.
    separator
        ``,`` ``;`` or a tab; empty where there is one column.

    Raises
    ------
    InputError
        ``table.bad_quotes`` or ``table.field_too_long``.
    """
    declared, skip = _declared_separator(text)
    separator = declared or _sniff_separator(text)
    lines, rows = _records(text, separator or ",", file)
    return (lines[skip:], rows[skip:]), separator


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
    """Number of fields of the first records; a bad quote is told when the separator is known."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        return [len(fields) for fields in itertools.islice(filter(any, reader), _SNIFF_RECORDS)]
    except csv.Error:
        return []


def _records(text: str, separator: str, file: str) -> Records:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows: list[list[str]] = []
    lines = [1]
    try:
        # Without quotation marks no record takes two lines, and they need not be counted one by one.
        if '"' not in text:
            rows.extend(reader)
            return range(1, len(rows) + 1), rows
        for fields in reader:
            rows.append(fields)
            lines.append(reader.line_num + 1)
    except csv.Error as error:
        line = lines[-1] if '"' in text else len(rows) + 1
        code = "table.field_too_long" if "limit" in str(error) else "table.bad_quotes"
        raise InputError(code, file=file, row=line, expected=MAX_FIELD_CHARACTERS) from error
    return lines[:-1], rows
