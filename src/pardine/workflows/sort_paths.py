"""What the paths that somebody brings are: tables, check sheets, packages of others, photographs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pardine.base.errors import InputError, Notice, note
from pardine.exchange.check_sheet import is_check_sheet
from pardine.exchange.kinds import kind_of
from pardine.exchange.photographs.kinds import MEDIA_SUFFIXES
from pardine.exchange.photographs.walk import find_files
from pardine.exchange.recognise import ForeignKind, recognise
from pardine.exchange.tables import TABLE_SUFFIXES, WORKBOOK_SUFFIXES, Table, parse_table, read_table

PathKind = ForeignKind | Literal["photographs", "check sheet", "tables"]
_PEEK_BYTES = 1 << 16


@dataclass
class SortedPaths:
    """Paths by what they are.

    Attributes
    ----------
    tables, sheets, photographs
        Files and folders for the readers of tables, check sheets and photographs.
    records
        Packages, exports and tables of others, each with its kind.
    notices
        Tables that were passed over.
    """

    tables: list[Path] = field(default_factory=list)
    sheets: list[Path] = field(default_factory=list)
    records: list[tuple[Path, ForeignKind]] = field(default_factory=list)
    photographs: list[Path] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    @property
    def has_only_tables(self) -> bool:
        """Whether tables of a survey are all there is."""
        return bool(self.tables) and not (self.sheets or self.records or self.photographs)


def kind_of_path(path: Path, *, has_pattern: bool = False) -> PathKind:
    """What a path is; what cannot be told is taken for tables, whose reader says what is wrong.

    Parameters
    ----------
    has_pattern
        A pattern for paths was given: a folder that is nothing else holds photographs.
    """
    foreign = recognise(path)
    if foreign is not None:
        return foreign
    if path.is_dir():
        return "photographs" if has_pattern or _holds_media(path) else "tables"
    table = _table(path)
    return "check sheet" if table is not None and is_check_sheet(table) else "tables"


def sort_paths(paths: Sequence[Path], *, has_pattern: bool = False) -> SortedPaths:
    """Sort paths by what they are; folders of photographs and of packages are searched at any depth.

    Raises
    ------
    InputError
        ``tables.nothing_found``: no path was given.
    """
    found = SortedPaths()
    for path in paths:
        kind = kind_of_path(path, has_pattern=has_pattern)
        if kind == "photographs":
            found.photographs.append(path)
            _sort_below(path, found)
        elif kind == "check sheet":
            found.sheets.append(path)
        elif kind == "tables":
            _sort_tables(path, found)
        else:
            found.records.append((path, kind))
    if not paths:
        raise InputError("tables.nothing_found", file="")
    return found


def _sort_below(folder: Path, found: SortedPaths) -> None:
    """Tables, check sheets and packages that lie in a folder, at any depth."""
    names, _ = find_files(folder)
    files = [file for file in (folder / name for name in names) if _may_be_table(file)]
    zips = [folder / name for name in names if name.casefold().endswith(".zip")]
    packages = _packages(folder, files, zips)
    found.records += packages.items()
    unknown: list[str] = []
    for file in files:
        if any(file.is_relative_to(package) for package in packages):
            continue
        kind_of_file = kind_of_path(file)
        table = _table(file)
        if kind_of_file == "check sheet":
            found.sheets.append(file)
        elif kind_of_file != "tables" and kind_of_file != "photographs":
            found.records.append((file, kind_of_file))
        elif table is not None and kind_of(table) is not None:
            found.tables.append(file)
        elif file.suffix.lower() != ".txt":
            unknown.append(file.relative_to(folder).as_posix())
    if unknown:
        shown = ", ".join(unknown[:5]) + (", …" if len(unknown) > 5 else "")
        found.notices.append(note("add.file_passed_over", n=len(unknown), value=shown))


def _packages(folder: Path, files: Sequence[Path], zips: Sequence[Path]) -> dict[Path, ForeignKind]:
    """Folders below a folder that are packages or exports of others as a whole, and zips that are."""
    places = dict.fromkeys([*(file.parent for file in files), *zips])
    kinds = {place: recognise(place) for place in places if place != folder}
    return {place: kind for place, kind in kinds.items() if kind is not None}


def _may_be_table(file: Path) -> bool:
    is_hidden = file.name.startswith((".", "~$"))
    return file.suffix.lower() in (*TABLE_SUFFIXES, ".json") and not is_hidden


def _sort_tables(path: Path, found: SortedPaths) -> None:
    """Check sheets and tables of others that lie in a folder of tables are taken out of it."""
    kinds = {file: kind_of_path(file) for file in _tables_in(path)}
    if path.is_dir() and not any(_is_known(file, kind) for file, kind in kinds.items()):
        _sort_nested(path, found)
        return
    others = [file for file, kind in kinds.items() if kind == "tables"]
    if len(others) == len(kinds):
        found.tables.append(path)
        return
    for file, kind in kinds.items():
        if kind == "check sheet":
            found.sheets.append(file)
        elif kind != "tables" and kind != "photographs":
            found.records.append((file, kind))
    readable = [file for file in others if file.suffix.lower() in TABLE_SUFFIXES]
    found.tables += [file for file in readable if (t := _table(file)) is None or kind_of(t) is not None]


def _is_known(file: Path, kind: PathKind) -> bool:
    """Whether somebody here reads a file; one that cannot be opened counts, for its reader says why."""
    if kind != "tables":
        return True
    if file.suffix.lower() not in TABLE_SUFFIXES:
        return False
    table = _table(file)
    return table is None or kind_of(table) is not None


def _sort_nested(path: Path, found: SortedPaths) -> None:
    """A folder without a table that is known: packages and tables of the folders in it are taken."""
    below = SortedPaths()
    _sort_below(path, below)
    if not (below.records or below.sheets or below.tables):
        # The reader of tables says what it looked for.
        found.tables.append(path)
        return
    found.records += below.records
    found.sheets += below.sheets
    found.tables += below.tables
    found.notices += below.notices


def _tables_in(path: Path) -> list[Path]:
    if not path.is_dir():
        return []
    return sorted(file for file in path.iterdir() if _may_be_table(file))


def _table(path: Path) -> Table | None:
    """The table of a file, the first rows of a large one; ``None`` where it is none, or cannot be read."""
    suffix = path.suffix.lower()
    if suffix not in TABLE_SUFFIXES:
        return None
    try:
        if suffix in WORKBOOK_SUFFIXES or path.stat().st_size <= _PEEK_BYTES:
            return read_table(path)
        with path.open("rb") as file:
            start = file.read(_PEEK_BYTES)
        return parse_table(start[: start.rfind(b"\n") + 1], path.name)
    except (InputError, OSError):
        return None  # its reader says why


def _holds_media(folder: Path) -> bool:
    names, _ = find_files(folder)
    return any(Path(name).suffix.lower() in MEDIA_SUFFIXES for name in names)
