"""Columns of text to numbers: decimal points and commas, thousands, minus signs; never a guess."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MISSING = frozenset(
    ("", "-", "–", "—", "?", "na", "n/a", "nan", "null", "none", "н/д", "нет данных", "无", "缺失")
)
_SPACED_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:[ \u00a0\u202f\u2009]\d{3})+(?:[.,]\d+)?")
_COMMA_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+")
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+(?:[eE][+-]?\d+)?")
_SPACES = str.maketrans("", "", " \u00a0\u202f\u2009")
_MINUS = str.maketrans("\u2212\u2013", "--")


@dataclass(frozen=True, kw_only=True, eq=False)
class NumberColumn:
    """A column read as numbers.

    Attributes
    ----------
    values : (R,) array
        NaN where the cell is missing or cannot be read.
    unreadable, ambiguous
        Rows (0-based) that hold something else, and that can be read in two ways.
    decimal_comma
        Whether the comma was the decimal sign.
    """

    values: NDArray[np.float64]
    unreadable: tuple[int, ...] = ()
    ambiguous: tuple[int, ...] = ()
    decimal_comma: bool = False


def is_missing(cell: str) -> bool:
    """Whether a cell says that nothing is known."""
    return cell.casefold() in MISSING


def parse_numbers(cells: Sequence[str], separator: str) -> NumberColumn:
    """Numbers of one column.

    A comma is the decimal sign where the separator of the file is not itself a comma (programs that
    write ``;`` do so because of it), or where no cell could be a number with thousands. A column with
    points and commas, or with commas that may part thousands, is ambiguous and is not read.

    Parameters
    ----------
    cells : R texts
    separator
        Of the file; empty for a workbook.
    """
    try:
        values = np.array(list(map(float, cells)), dtype=np.float64)
    except ValueError:
        return _parse_slowly(cells, separator)
    # Python reads 1_000 and "infinity" as numbers; people do not write them.
    if "_" in "".join(cells) or not np.all(np.isfinite(values)):
        return _parse_slowly(cells, separator)
    return NumberColumn(values=values)


def has_decimal_commas(cells: Sequence[str], separator: str) -> bool:
    """Whether all that a column holds are numbers of which some have a decimal comma."""
    if separator == "," or not any("," in cell for cell in cells):
        return False
    column = parse_numbers(cells, separator)
    return column.decimal_comma and not column.unreadable and not column.ambiguous


def _parse_slowly(cells: Sequence[str], separator: str) -> NumberColumn:
    cleaned = [_without_thousands(cell.translate(_MINUS)) for cell in cells]
    with_comma = [i for i, cell in enumerate(cleaned) if "," in cell]
    ambiguous = set(_ambiguous(cleaned, with_comma, separator))
    decimal_comma = bool(with_comma) and not ambiguous
    values = np.full(len(cells), np.nan)
    unreadable = []
    for i, cell in enumerate(cleaned):
        if i in ambiguous or is_missing(cells[i]):
            continue
        number = _number(cell)
        if number is None:
            unreadable.append(i)
        else:
            values[i] = number
    return NumberColumn(
        values=values,
        unreadable=tuple(unreadable),
        ambiguous=tuple(sorted(ambiguous)),
        decimal_comma=decimal_comma,
    )


def _without_thousands(cell: str) -> str:
    return cell.translate(_SPACES) if _SPACED_THOUSANDS.fullmatch(cell) else cell


def _ambiguous(cleaned: Sequence[str], with_comma: Sequence[int], separator: str) -> list[int]:
    """Rows whose comma may be a decimal sign or part thousands."""
    numbers_with_comma = [i for i in with_comma if _DECIMAL_COMMA.fullmatch(cleaned[i])]
    mixed = any("." in cell and _number(cell) is not None for cell in cleaned)
    all_thousands = all(_COMMA_THOUSANDS.fullmatch(cleaned[i]) for i in numbers_with_comma)
    if mixed or (separator != ";" and all_thousands):
        return numbers_with_comma
    return []


def _number(cell: str) -> float | None:
    if _DECIMAL_COMMA.fullmatch(cell):
        cell = cell.replace(",", ".")
    try:
        number = float(cell)
    except ValueError:
        return None
    return number if np.isfinite(number) and "_" not in cell else None
