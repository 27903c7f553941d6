"""`pardine add`: what each path is, and the workflow that takes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pardine.base.errors import InputError
from pardine.exchange.check_sheet import is_check_sheet
from pardine.exchange.kinds import kind_of
from pardine.exchange.options import ReadOptions
from pardine.exchange.photographs.kinds import MEDIA_SUFFIXES
from pardine.exchange.photographs.walk import find_files
from pardine.exchange.recognise import ForeignKind, recognise
from pardine.exchange.tables import TABLE_SUFFIXES, WORKBOOK_SUFFIXES, Table, parse_table, read_table
from pardine.store.project import Project, find_project, open_project
from pardine.workflows.add import Added, add_to
from pardine.workflows.ingest_photographs import CardOptions, PhotographsAdded, add_photographs
from pardine.workflows.ingest_records import RecordsAdded, SheetsAdded, add_check_sheets, add_records
from pardine.workflows.watch import SILENT, Watcher

PathKind = ForeignKind | Literal["photographs", "check sheet", "tables"]
_PEEK_BYTES = 1 << 16
# Whoever tells of deployments goes before whoever speaks of them.
_ORDER: tuple[ForeignKind, ...] = (
    "camtrapR cameras", "Camtrap DP", "Wildlife Insights", "camtrapR records", "detections",
)  # fmt: skip


@dataclass(kw_only=True)
class Ingested:
    """What every path brought; ``tables`` is ``None`` where there were none."""

    tables: Added | None = None
    sheets: SheetsAdded | None = None
    records: list[RecordsAdded] = field(default_factory=list)
    photographs: list[PhotographsAdded] = field(default_factory=list)


@dataclass
class _Sorted:
    """Paths by what they are."""

    tables: list[Path] = field(default_factory=list)
    sheets: list[Path] = field(default_factory=list)
    records: list[tuple[Path, ForeignKind]] = field(default_factory=list)
    photographs: list[Path] = field(default_factory=list)


def add_paths(
    directory: Path | None,
    paths: Sequence[Path],
    reading: ReadOptions,
    cards: CardOptions,
    *,
    n_workers: int = 1,
    dry_run: bool = False,
    replace: bool = False,
    watch: Watcher = SILENT,
) -> Ingested:
    """Add whatever the paths are to a project.

    Tables of a survey come first, all or nothing; then check sheets, packages and exports, and
    photographs last, so that their deployments are known.

    Parameters
    ----------
    directory
        The project; ``None``: the one around the current folder.
    paths
        Tables, folders of them, check sheets, packages, exports, results of detectors, folders of
        photographs and video.
    reading, cards
        What tables and folders do not say themselves.
    n_workers
        Processes that read photographs.
    dry_run
        Read and check everything, write nothing.
    replace
        Let what differs from what is stored take its place; both stay readable.
    watch
        Told of each stage.

    Raises
    ------
    InputError
        What a reader refuses; nothing of that path was stored.
    ProjectError
        The project cannot be used.
    """
    with open_project(directory or find_project(Path.cwd())) as project:
        return _add_sorted(
            project,
            _sort(paths, cards),
            reading,
            cards,
            n_workers=n_workers,
            dry_run=dry_run,
            replace=replace,
            watch=watch,
        )


def _add_sorted(
    project: Project,
    found: _Sorted,
    reading: ReadOptions,
    cards: CardOptions,
    *,
    n_workers: int,
    dry_run: bool,
    replace: bool,
    watch: Watcher,
) -> Ingested:
    done = Ingested()
    offset = cards.utc_offset_min
    if found.tables:
        done.tables = add_to(project, found.tables, reading, dry_run=dry_run, replace=replace, watch=watch)
    if found.sheets:
        done.sheets = add_check_sheets(
            project,
            found.sheets,
            session=reading.session or "1",
            utc_offset_min=offset,
            dry_run=dry_run,
            replace=replace,
            watch=watch,
        )
    for path, kind in sorted(found.records, key=lambda each: _ORDER.index(each[1])):
        done.records.append(
            add_records(
                project,
                path,
                kind,
                folder=cards.folder,
                utc_offset_min=offset,
                crs=reading.crs,
                dry_run=dry_run,
                replace=replace,
                watch=watch,
            )
        )
    for path in found.photographs:
        done.photographs.append(
            add_photographs(
                project, path, cards, n_workers=n_workers, dry_run=dry_run, replace=replace, watch=watch
            )
        )
    return done


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


def _sort(paths: Sequence[Path], cards: CardOptions) -> _Sorted:
    found = _Sorted()
    for path in paths:
        kind = kind_of_path(path, has_pattern=cards.pattern is not None)
        if kind == "photographs":
            found.photographs.append(path)
        elif kind == "check sheet":
            found.sheets.append(path)
        elif kind == "tables":
            _sort_tables(path, found)
        else:
            found.records.append((path, kind))
    if not paths:
        raise InputError("tables.nothing_found", file="")
    return found


def _sort_tables(path: Path, found: _Sorted) -> None:
    """Check sheets and tables of others that lie in a folder of tables are taken out of it."""
    kinds = {file: kind_of_path(file) for file in _tables_in(path)}
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


def _tables_in(path: Path) -> list[Path]:
    if not path.is_dir():
        return []
    return sorted(
        file
        for file in path.iterdir()
        if file.suffix.lower() in (*TABLE_SUFFIXES, ".json") and not file.name.startswith((".", "~$"))
    )


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
