"""One table on its way into records: known columns, and every problem with its place in the file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pardine.base.errors import Notice, note, warning
from pardine.exchange.columns import SYNONYMS, find_columns, find_effort_columns
from pardine.exchange.dates import Moment, parse_moments
from pardine.exchange.formulas import restore
from pardine.exchange.names import alike_pairs, looks_mangled
from pardine.exchange.numbers import has_decimal_commas, is_missing, parse_numbers
from pardine.exchange.source import SourceTable, TableKind
from pardine.exchange.tables import Table
from pardine.exchange.words import Word, find_word, says_unknown

MAX_PROBLEMS = 200
MAX_NAME_CHARACTERS = 200
_CONTROL = frozenset(chr(code) for code in (*range(32), 127, 0x2028, 0x2029))

# Known columns of each kind; a column that another kind knows is a covariate here.
COLUMNS: dict[TableKind, tuple[str, ...]] = {
    "sessions": (
        "session",
        "start",
        "end",
        "utc_offset",
        "detector_type",
        "crs",
        "n_occasions",
        "occasion_days",
    ),
    "stations": (
        "session",
        "station",
        "x",
        "y",
        "longitude",
        "latitude",
        "crs",
        "slot",
        "start",
        "end",
        "state",
    ),
    "effort": ("session", "station", "slot", "start", "end", "state"),
    "captures": ("session", "individual", "occasion", "date", "station", "count", "sex", "age_class"),
    "mask": ("session", "x", "y", "longitude", "latitude", "crs", "area_ha", "area_m2", "area_km2"),
    "telemetry": ("session", "individual", "x", "y", "longitude", "latitude", "crs", "date", "fix_time"),
    "check sheet": (
        "session",
        "station",
        "slot",
        "arrive",
        "date",
        "leave",
        "state",
        "stopped",
        "card_out",
        "card_in",
        "serial",
        "camera_left",
    ),
}


class Reading:
    """A table being read as one kind.

    Attributes
    ----------
    table, kind
        What is read, and as what.
    used
        Known column to the name it has in the file.
    effort_columns
        Occasion to the name of its column of effort (stations only).
    problems, notices
        What refuses the table, and what is worth knowing.
    decimal
        ``,`` once a column of numbers had decimal commas.
    """

    def __init__(self, table: Table, kind: TableKind) -> None:
        self.table = table
        self.kind = kind
        self.used = find_columns(table.header, COLUMNS[kind])
        self.effort_columns = find_effort_columns(table.header) if kind == "stations" else {}
        self.problems: list[Notice] = []
        self.notices: list[Notice] = list(table.notices)
        self.decimal = "."
        self._cells: dict[str, list[str]] = {}
        # Looking at each cell of a large mask for what is not there would take half the time.
        self._has_apostrophes = table.encoding == "xlsx" or b"'" in table.content

    def __contains__(self, column: str) -> bool:
        return column in self.used

    @property
    def n_rows(self) -> int:
        """Number of records."""
        return self.table.n_rows

    @property
    def file(self) -> str:
        """Name of the file."""
        return self.table.name

    def line(self, row: int) -> int:
        """Line of the file on which a record (0-based) begins."""
        return self.table.row_numbers[row]

    def refuse(self, code: str, row: int | None = None, **fields: Any) -> None:
        """Note a problem; ``row`` is 0-based."""
        place = {"file": self.file} if row is None else {"file": self.file, "row": self.line(row)}
        self.problems.append(Notice(code, {**place, **fields}))

    def warn(self, code: str, row: int | None = None, **fields: Any) -> None:
        """Note something that asks for attention; ``row`` is 0-based."""
        place = {"file": self.file} if row is None else {"file": self.file, "row": self.line(row)}
        self.notices.append(warning(code, **place, **fields))

    def require(self, *columns: str) -> bool:
        """Whether all these known columns are there; each that is not is a problem."""
        missing = [column for column in columns if column not in self.used]
        for column in missing:
            expected = ", ".join(SYNONYMS[column][:6])
            self.refuse("table.missing_column", column=column, expected=expected)
        return not missing

    def cells(self, column: str) -> list[str]:
        """Texts of a known column; blanks where the table lacks it."""
        if column not in self._cells:
            if column in self.used:
                self._cells[column] = self._restored(self.used[column])
            else:
                self._cells[column] = [""] * self.n_rows
        return self._cells[column]

    def names(self, column: str, default: str = "", *, rows: Iterable[int] | None = None) -> list[str]:
        """Codes of a known column, checked: never blank, on one line, without control characters.

        Parameters
        ----------
        column
            A known column.
        default
            Stands in each row where the table lacks the column.
        rows
            Records to check (0-based); all where ``None``.
        """
        if column not in self.used:
            return [default] * self.n_rows
        cells, header = self.cells(column), self.used[column]
        for row in range(self.n_rows) if rows is None else rows:
            cell = cells[row]
            if not cell or (column == "individual" and is_missing(cell)):
                self.refuse("table.missing_value", row, column=header)
            elif len(cell) > MAX_NAME_CHARACTERS or not _CONTROL.isdisjoint(cell):
                self.refuse("table.bad_identifier", row, column=header, expected=MAX_NAME_CHARACTERS)
        return cells

    def warn_of_alike(self, column: str, names: Sequence[str]) -> None:
        """Warn of names that a spreadsheet changed, and of pairs that differ only to a machine."""
        header = self.used.get(column, column)
        distinct = list(dict.fromkeys(names))
        mangled = [name for name in distinct if looks_mangled(name)]
        if mangled:
            self.warn("table.mangled_names", column=header, value=mangled[0], n=len(mangled))
        for one, other in alike_pairs(distinct):
            self.warn("table.names_alike", column=header, value=one, other=other)

    def numbers(self, header: str, *, expected: str, blank_allowed: bool = False) -> NDArray[np.float64]:
        """Numbers of a column by its name in the file; NaN where blank or refused."""
        cells = self.table.column(header)
        column = parse_numbers(cells, self.table.separator)
        if column.decimal_comma:
            self.decimal = ","
        for row in column.ambiguous:
            self.refuse("table.number_ambiguous", row, column=header, value=cells[row])
        for row in column.unreadable:
            self.refuse("table.not_a_number", row, column=header, value=cells[row], expected=expected)
        if not blank_allowed and np.isnan(column.values).any():
            refused = {*column.ambiguous, *column.unreadable}
            for row in np.flatnonzero(np.isnan(column.values)).tolist():
                if row not in refused:
                    self.refuse("table.missing_value", row, column=header)
        return column.values

    def moments(self, column: str) -> tuple[Moment | None, ...]:
        """Days and times of a known column; ``None`` where blank or refused."""
        cells = self.cells(column)
        parsed = parse_moments(cells)
        header = self.used.get(column, column)
        for row in parsed.ambiguous:
            self.refuse("table.date_ambiguous", row, column=header, value=cells[row])
        for row in parsed.unreadable:
            self.refuse("table.bad_date", row, column=header, value=cells[row])
        return parsed.values

    def words(self, column: str, words: Mapping[Word, tuple[str, ...]]) -> list[Word | None]:
        """Words of a known column by its vocabulary; ``None`` where nothing is known or refused."""
        known: dict[str, Word | None] = {}
        found: list[Word | None] = []
        for row, cell in enumerate(self.cells(column)):
            if cell not in known:
                known[cell] = find_word(cell, words)
            if known[cell] is None and not says_unknown(cell):
                expected = ", ".join(words)
                self.refuse(
                    "table.unknown_word", row, column=self.used[column], value=cell, expected=expected
                )
            found.append(known[cell])
        return found

    def covariates(self, *, without: Sequence[str] = ()) -> dict[str, list[str]]:
        """The columns that this kind of table does not know, as text, by their names in the file."""
        taken = {*self.used.values(), *self.effort_columns.values(), *without}
        return {name: self._covariate(name) for name in self.table.header if name not in taken}

    def _covariate(self, name: str) -> list[str]:
        cells = self.table.column(name)
        if has_decimal_commas(cells, self.table.separator):
            self.decimal = ","
            return [cell if is_missing(cell) else cell.replace(",", ".") for cell in cells]
        return self._restored(name)

    def _restored(self, name: str) -> list[str]:
        cells = self.table.column(name)
        return list(map(restore, cells)) if self._has_apostrophes else cells

    def source(self) -> SourceTable:
        """The table to keep, byte for byte."""
        return SourceTable(
            name=self.file,
            kind=self.kind,
            content=self.table.content,
            sha256=self.table.sha256,
            encoding=self.table.encoding,
            separator=self.table.separator,
            decimal=self.decimal,
            n_rows=self.n_rows,
        )

    def summary(self) -> Notice:
        """What was understood of the table, to be shown before anything is written."""
        used = [f"{name} = {column}" if name != column else name for column, name in self.used.items()]
        taken = {*self.used.values(), *self.effort_columns.values()}
        kept = [name for name in self.table.header if name not in taken]
        return note(
            "table.read",
            file=self.file,
            kind=self.kind,
            n_rows=self.n_rows,
            encoding=self.table.encoding,
            separator={"\t": "tab", "": "none"}.get(self.table.separator, self.table.separator),
            decimal=self.decimal,
            used=", ".join([*used, *self.effort_columns.values()]),
            kept=", ".join(kept) or "—",
            sha256=self.table.sha256,
        )


def group_rows(keys: Sequence[Any]) -> dict[Any, list[int]]:
    """Rows of each key, keys in the order of their first row."""
    groups: dict[Any, list[int]] = defaultdict(list)
    for row, key in enumerate(keys):
        groups[key].append(row)
    return dict(groups)


def limit_problems(problems: Sequence[Notice], of_file: Callable[[Notice], str]) -> list[Notice]:
    """The first problems of each file, then how many more there are."""
    kept: list[Notice] = []
    n_of_file: dict[str, int] = defaultdict(int)
    for problem in problems:
        file = of_file(problem)
        n_of_file[file] += 1
        if n_of_file[file] <= MAX_PROBLEMS:
            kept.append(problem)
    kept += [
        Notice("table.more_problems", {"file": file, "value": n - MAX_PROBLEMS})
        for file, n in n_of_file.items()
        if n > MAX_PROBLEMS
    ]
    return kept
