"""The labels of a benchmark: which file shows whom, from which side, in which encounter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pardine.base.errors import InputError, Notice, note, warning
from pardine.exchange.columns import plain
from pardine.exchange.numbers import is_missing
from pardine.exchange.tables import Table, read_table
from pardine.identify.gallery import Photo
from pardine.identify.side import Side, side_of_word

_COLUMNS = {
    "file": ("file", "filename", "file_name", "path", "image"),
    "identity": ("identity", "individual", "individual_id", "name"),
    "side": ("flank", "side", "viewpoint", "orientation"),
    "encounter": ("encounter", "encounter_id", "sighting", "sighting_id"),
    "station": ("station", "station_id", "location", "camera_station"),
    "multi_cat": ("multi_cat", "multi_animal", "several"),
}
_YES = {"1", "true", "yes", "y"}
_FOLDERS = ("", "photos", "images")
_MAX_TOLD = 10


@dataclass(frozen=True, kw_only=True)
class LabelledFile:
    """A labelled photograph and where it lies; ``mask`` where one is given."""

    photo: Photo
    path: Path
    mask: Path | None


def read_labels(labels: Path, folder: Path) -> tuple[list[LabelledFile], list[Notice]]:
    """Read a table of labels and find its files.

    Parameters
    ----------
    labels
        csv, tsv or xlsx with ``file`` and ``identity``; where known ``flank``, ``encounter`` (or
        ``sighting``), ``station``, ``multi_cat``.
    folder
        Holds the files, itself or in ``photos``; masks of the same name as PNG in ``masks``.

    Raises
    ------
    InputError
        ``tables.refused`` with every problem.
    """
    table = read_table(labels)
    columns = _found(table)
    problems = [
        Notice("table.missing_column", {"file": table.name, "column": name, "expected": name})
        for name in ("file", "identity")
        if name not in columns
    ]
    if problems:
        raise InputError("tables.refused", problems=problems, n_problems=len(problems))
    rows = _Rows(table, columns, folder)
    files = [file for row in range(table.n_rows) if (file := rows.read(row)) is not None]
    if rows.problems:
        told = rows.problems[:_MAX_TOLD]
        raise InputError("tables.refused", problems=told, n_problems=len(rows.problems))
    return files, [*_notices(table, columns), *rows.notices]


class _Rows:
    """Rows read one by one, and what is wrong with them."""

    def __init__(self, table: Table, columns: dict[str, str], folder: Path) -> None:
        self._table, self._columns, self._folder = table, columns, folder
        self.problems: list[Notice] = []
        self._seen: dict[str, int] = {}
        self._n_unnamed = 0

    @property
    def notices(self) -> list[Notice]:
        """What is left out, and how much of it."""
        if not self._n_unnamed:
            return []
        return [note("benchmark.unnamed", file=self._table.name, n=self._n_unnamed)]

    def read(self, row: int) -> LabelledFile | None:
        """The photograph of a row; ``None`` where it names no animal, or is refused."""
        name, identity = self._cell("file", row), self._cell("identity", row)
        if is_missing(identity):
            self._n_unnamed += 1
            return None
        path, side = self._path(name, row), self._side(row)
        if path is None or side is None:
            return None
        encounter = self._cell("encounter", row) or f"file {name}"
        photo = Photo(
            name=name,
            identity=identity,
            encounter=encounter,
            side=side,
            station=self._cell("station", row),
            several=self._cell("multi_cat", row).lower() in _YES,
        )
        mask = self._folder / "masks" / f"{Path(name).stem}.png"
        return LabelledFile(photo=photo, path=path, mask=mask if mask.is_file() else None)

    def _cell(self, column: str, row: int) -> str:
        name = self._columns.get(column)
        return "" if name is None else self._table.column(name)[row].strip()

    def _path(self, name: str, row: int) -> Path | None:
        if name in self._seen:
            self._refuse("benchmark.file_twice", row, value=name, other=self._seen[name])
            return None
        self._seen[name] = self._table.row_numbers[row]
        parts = name.replace("\\", "/")
        if not parts or ".." in parts.split("/") or Path(parts).is_absolute():
            self._refuse("benchmark.missing_file", row, value=name, expected=str(self._folder))
            return None
        for inside in _FOLDERS:
            path = self._folder / inside / parts
            if path.is_file():
                return path
        self._refuse("benchmark.missing_file", row, value=name, expected=str(self._folder))
        return None

    def _side(self, row: int) -> Side | None:
        word = self._cell("side", row)
        side = side_of_word(word)
        if side is None:
            expected = ", ".join(Side)
            self._refuse(
                "table.unknown_word", row, column=self._columns["side"], value=word, expected=expected
            )
        return side

    def _refuse(self, code: str, row: int, **fields: object) -> None:
        place = {"file": self._table.name, "row": self._table.row_numbers[row]}
        self.problems.append(Notice(code, {**place, **fields}))


def _found(table: Table) -> dict[str, str]:
    """Known column to its name in the table."""
    by_plain = {plain(name): name for name in reversed(table.header)}
    found = {}
    for column, words in _COLUMNS.items():
        name = next((by_plain[word] for word in words if word in by_plain), None)
        if name is not None:
            found[column] = name
    return found


def _notices(table: Table, columns: dict[str, str]) -> Sequence[Notice]:
    notices = []
    if "encounter" not in columns:
        notices.append(warning("benchmark.no_encounters", file=table.name))
    if "side" not in columns:
        notices.append(note("benchmark.no_sides", file=table.name))
    if "station" not in columns:
        notices.append(note("benchmark.no_stations", file=table.name))
    return notices
