"""Strict rules of the standard, column by column: what any reader of a package may rely on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from pardine.exchange.camtrap_dp.specification import SPECIFICATION, Field, TableName, TableSpecification
from pardine.exchange.imported import YEARS
from pardine.exchange.ledger import Ledger
from pardine.exchange.names import similar_name

NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
INTEGER = r"^[+-]?\d+$"
ZONE = r"(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)$"
LOCAL_TIME = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}"
_LOCAL_FORMAT = "%Y-%m-%dT%H:%M:%S"
# Larger numbers than this are not exact in most programs, nor is anything counted so far.
_LARGEST = 1e15
_UNSAFE_PATH = r"^(?:[./~\\]|(?i:file:|[a-z]:))"
_MEDIA_TYPE = r"^(?:image|video|audio)/."
_CODES = {
    "integer": "camtrapdp.not_integer",
    "number": "camtrapdp.not_number",
    "boolean": "camtrapdp.not_boolean",
    "datetime": "camtrapdp.bad_time",
}


@dataclass(kw_only=True)
class WorkingTable:
    """A table on its way through the checks.

    Attributes
    ----------
    specification
        What it should be.
    file
        Name of its file.
    frame
        All columns of the standard, as text, null where nothing stands.
    extras
        Columns that the standard does not know, row by row beside ``frame``.
    lines
        Line of the file of each row.
    """

    specification: TableSpecification
    file: str
    frame: pl.DataFrame
    extras: pl.DataFrame
    lines: Sequence[int]

    def rows(self, mask: pl.Series) -> list[int]:
        """Lines of the rows that a mask marks."""
        return self.lines_of(mask).to_list()

    def lines_of(self, mask: pl.Series) -> pl.Series:
        """The same as a series."""
        positions = mask.arg_true().cast(pl.Int64)
        if isinstance(self.lines, range):
            return positions * self.lines.step + self.lines.start
        return pl.Series(self.lines, dtype=pl.Int64).gather(positions)

    def keep(self, mask: pl.Series) -> None:
        """Leave the rows that a mask does not mark out."""
        self.lines = self.rows(mask)
        self.frame = self.frame.filter(mask)
        self.extras = self.extras.filter(mask) if self.extras.width else self.extras


def is_valid(field: Field, cells: pl.Series) -> pl.Series:
    """Whether each cell is written as the standard asks; missing cells are.

    Parameters
    ----------
    field
        The column.
    cells : R texts
    """
    if cells.null_count() == len(cells):
        return pl.repeat(True, len(cells), eager=True)
    if field.words:
        valid = cells.is_in(field.words)
    elif field.pattern == "path":
        valid = ~(cells.str.contains(_UNSAFE_PATH) | cells.str.contains(r"\.\.|[\\\x00-\x1f]"))
    elif field.pattern == "media type":
        valid = cells.str.contains(_MEDIA_TYPE)
    elif field.type == "boolean":
        valid = cells.is_in(("true", "false"))
    elif field.type == "datetime":
        years = local_times(cells).dt.year()
        valid = cells.str.contains(LOCAL_TIME + ZONE) & years.is_between(
            YEARS.start, YEARS.stop - 1
        ).fill_null(False)
    elif field.type in ("integer", "number"):
        valid = cells.str.contains(INTEGER if field.type == "integer" else NUMBER)
    else:
        return pl.repeat(True, len(cells), eager=True)
    return valid.fill_null(True) | cells.is_null()


def local_times(cells: pl.Series) -> pl.Series:
    """Wall clocks of times with an offset; null where there is no such day or time of day."""
    return cells.str.slice(0, 19).str.to_datetime(_LOCAL_FORMAT, strict=False, time_unit="us")


def offsets_min(cells: pl.Series) -> pl.Series:
    """Offsets of valid times in minutes; null where the cell is."""
    zone = cells.str.slice(19)
    sign = pl.when(zone.str.starts_with("-")).then(-1).otherwise(1)
    hours = zone.str.slice(1, 2).cast(pl.Int32, strict=False)
    minutes = zone.str.slice(4, 2).cast(pl.Int32, strict=False)
    frame = pl.DataFrame({"zone": zone, "minutes": hours * 60 + minutes})
    offset = pl.when(pl.col("zone") == "Z").then(0).otherwise(sign * pl.col("minutes"))
    return frame.select(offset.alias("offset")).to_series()


def check_package(tables: Mapping[TableName, WorkingTable], ledger: Ledger) -> None:
    """Name everything in which the tables break the standard.

    Parameters
    ----------
    tables
        Those that could be read.
    ledger
        Takes the problems.
    """
    for name, specification in SPECIFICATION.items():
        if name not in tables:
            continue
        for field in specification.fields:
            _check_column(tables[name], field, ledger)
        for column, target in specification.references:
            if target in tables:
                _check_reference(tables[name], column, tables[target], ledger)


def _check_column(table: WorkingTable, field: Field, ledger: Ledger) -> None:
    cells = table.frame[field.name]
    if field.required and cells.null_count():
        rows = table.rows(cells.is_null())
        ledger.bad_cells("imported.missing_value", table.file, field.name, rows, [""] * len(rows))
    if field.unique and cells.is_duplicated().any():
        twice = cells.is_duplicated() & cells.is_not_null()
        _bad(table, field.name, twice, "camtrapdp.not_unique", ledger)
    valid = is_valid(field, cells)
    if not valid.all():
        _tell_invalid(table, field, ~valid, ledger)
    if field.type in ("integer", "number"):
        _check_range(table, field, valid, ledger)


def _tell_invalid(table: WorkingTable, field: Field, invalid: pl.Series, ledger: Ledger) -> None:
    if field.words:
        expected = ", ".join(field.words)
        _bad(table, field.name, invalid, "camtrapdp.not_allowed", ledger, expected=expected)
    elif field.pattern == "path":
        _bad(table, field.name, invalid, "camtrapdp.unsafe_media_path", ledger)
    elif field.pattern == "media type":
        _bad(table, field.name, invalid, "camtrapdp.not_media_type", ledger)
    elif field.type == "datetime":
        without_zone = table.frame[field.name].str.contains(LOCAL_TIME + "$") & invalid
        _bad(table, field.name, without_zone, "camtrapdp.no_offset", ledger)
        _bad(table, field.name, invalid & ~without_zone, "camtrapdp.bad_time", ledger)
    else:
        _bad(table, field.name, invalid, _CODES[field.type], ledger)


def _check_range(table: WorkingTable, field: Field, valid: pl.Series, ledger: Ledger) -> None:
    numbers = table.frame[field.name].cast(pl.Float64, strict=False)
    low = -_LARGEST if field.minimum is None else field.minimum
    high = _LARGEST if field.maximum is None else field.maximum
    outside = ((numbers < low) | (numbers > high)).fill_null(False) & valid
    expected = f"{_bound(field.minimum)}…{_bound(field.maximum)}"
    _bad(table, field.name, outside, "camtrapdp.out_of_range", ledger, expected=expected)


def _bound(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _check_reference(table: WorkingTable, column: str, target: WorkingTable, ledger: Ledger) -> None:
    cells = table.frame[column]
    known = target.frame[target.specification.key]
    unknown = ~cells.is_in(known.drop_nulls().unique().implode()) & cells.is_not_null()
    if not unknown.any():
        return
    # A hint for the first few; a comparison with millions of names would take too long.
    names = known.unique().head(10_000).to_list()
    first = cells.filter(unknown)[0]
    similar = similar_name(first, (name for name in names if name)) or "–"
    _bad(table, column, unknown, "camtrapdp.unknown_key", ledger, expected=target.file, similar=similar)


def _bad(table: WorkingTable, column: str, mask: pl.Series, code: str, ledger: Ledger, **fields: str) -> None:
    if mask.any():
        values = table.frame[column].filter(mask).to_list()
        ledger.bad_cells(code, table.file, column, table.rows(mask), values, **fields)
