"""`pardine add`: what each path is, and the workflow that takes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pardine.base.errors import InputError, Notice, PardineError, note
from pardine.exchange.camtrap_dp.descriptor import DESCRIPTOR
from pardine.exchange.check_sheet import CheckSheets, is_check_sheet, read_check_sheets
from pardine.exchange.kinds import kind_of
from pardine.exchange.options import ReadOptions
from pardine.exchange.photographs.kinds import MEDIA_SUFFIXES
from pardine.exchange.photographs.walk import find_files
from pardine.exchange.recognise import ForeignKind, recognise
from pardine.exchange.survey_tables import Brought
from pardine.exchange.tables import TABLE_SUFFIXES, WORKBOOK_SUFFIXES, Table, parse_table, read_table
from pardine.store import runs
from pardine.store.project import Project, find_project, open_project
from pardine.store.survey import preview_survey
from pardine.workflows.add import Added, read_tables, store_tables
from pardine.workflows.adopt import adopt_photographs
from pardine.workflows.ingest_photographs import CardOptions, PhotographsAdded, add_photographs
from pardine.workflows.ingest_records import (
    ReadRecords,
    RecordsAdded,
    SheetsAdded,
    preview_check_sheets,
    read_records,
    store_check_sheets,
    store_records,
)
from pardine.workflows.sessions import refresh_sessions
from pardine.workflows.watch import SILENT, Watcher

PathKind = ForeignKind | Literal["photographs", "check sheet", "tables"]
_PEEK_BYTES = 1 << 16
# Whoever tells of deployments goes before whoever speaks of them.
_ORDER: tuple[ForeignKind, ...] = (
    "camtrapR cameras", "Camtrap DP", "Wildlife Insights", "camtrapR records", "detections",
)  # fmt: skip


@dataclass(kw_only=True)
class Ingested:
    """What every path brought, and what it changed of what was there.

    Attributes
    ----------
    tables, sheets
        ``None`` where there were none.
    records, photographs
        One for each source or folder.
    notices
        Photographs that were adopted, sessions that changed, tables that were passed over.
    """

    tables: Added | None = None
    sheets: SheetsAdded | None = None
    records: list[RecordsAdded] = field(default_factory=list)
    photographs: list[PhotographsAdded] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)


@dataclass
class _Sorted:
    """Paths by what they are."""

    tables: list[Path] = field(default_factory=list)
    sheets: list[Path] = field(default_factory=list)
    records: list[tuple[Path, ForeignKind]] = field(default_factory=list)
    photographs: list[Path] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)


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

    Tables, check sheets, packages and exports come first, all of them or nothing, in one transaction;
    photographs last, so that their deployments are known. Photographs that were stored before their
    deployment was known are given it. A folder may hold both.

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
    done = Ingested(notices=list(found.notices))
    read = _read_all(project, found, reading, cards, watch)
    if dry_run:
        _preview(project, read, done, replace=replace)
    elif read.has_any:
        watch.stage("store")
        _store_all(project, found, read, reading, cards, done, replace=replace)
    watch.tell(_not_told_yet(read, done))
    for path in found.photographs:
        done.photographs.append(
            add_photographs(
                project, path, cards, n_workers=n_workers, dry_run=dry_run, replace=replace, watch=watch
            )
        )
    if not dry_run:
        done.notices += refresh_sessions(project)
    watch.tell(())
    return done


@dataclass(kw_only=True)
class _Read:
    """Tables, check sheets and records of others that were read and checked, nothing stored."""

    tables: Brought | None = None
    sheets: CheckSheets | None = None
    records: list[ReadRecords] = field(default_factory=list)

    @property
    def has_any(self) -> bool:
        return self.tables is not None or self.sheets is not None or bool(self.records)


def _read_all(
    project: Project, found: _Sorted, reading: ReadOptions, cards: CardOptions, watch: Watcher
) -> _Read:
    """Read whatever is no photograph; what is refused here has changed nothing."""
    read = _Read()
    if found.tables or found.sheets or found.records:
        watch.stage("read")
    if found.sheets:
        read.sheets = read_check_sheets(found.sheets, default_session=reading.session or "1")
        watch.tell(read.sheets.notices)
    if found.tables:
        visits = read.sheets.visits if read.sheets else ()
        read.tables = read_tables(project, found.tables, reading, visits=visits)
        watch.tell(read.tables.notices)
    for path, kind in sorted(found.records, key=lambda each: _ORDER.index(each[1])):
        records = read_records(
            path, kind, folder=cards.folder, utc_offset_min=cards.utc_offset_min, crs=reading.crs
        )
        watch.tell(records.records.notices)
        read.records.append(records)
    return read


def _not_told_yet(read: _Read, done: Ingested) -> list[Notice]:
    """What only storing brought to light; what reading told has been told."""
    told: set[Notice] = set(read.sheets.notices) if read.sheets else set()
    told.update(notice for each in read.records for notice in each.records.notices)
    now = [*(done.sheets.notices if done.sheets else ()), *(n for each in done.records for n in each.notices)]
    return [notice for notice in dict.fromkeys(now) if notice not in told]


def _preview(project: Project, read: _Read, done: Ingested, *, replace: bool) -> None:
    if read.tables is not None:
        saved = preview_survey(project, read.tables.survey, replace=replace)
        done.tables = Added(brought=read.tables, saved=saved)
    if read.sheets is not None:
        done.sheets = preview_check_sheets(read.sheets)
    done.records = [records.added for records in read.records]


def _store_all(
    project: Project,
    found: _Sorted,
    read: _Read,
    reading: ReadOptions,
    cards: CardOptions,
    done: Ingested,
    *,
    replace: bool,
) -> None:
    """Store all of it in one transaction: a kill or a refusal in between leaves nothing."""
    offset = cards.utc_offset_min
    try:
        with project.transaction():
            if read.tables is not None:
                done.tables = store_tables(project, read.tables, found.tables, reading, replace=replace)
            if read.sheets is not None:
                done.sheets = store_check_sheets(project, read.sheets, utc_offset_min=offset, replace=replace)
            done.records = [store_records(project, each, replace=replace) for each in read.records]
            done.notices += adopt_photographs(project)
    except PardineError:
        paths = [*found.tables, *found.sheets, *(path for path, _ in found.records)]
        failed = runs.start_run(project, "add", {"paths": [str(path) for path in paths], "replace": replace})
        runs.fail_run(project, failed)
        raise


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
            _sort_beside_photographs(path, found)
        elif kind == "check sheet":
            found.sheets.append(path)
        elif kind == "tables":
            _sort_tables(path, found)
        else:
            found.records.append((path, kind))
    if not paths:
        raise InputError("tables.nothing_found", file="")
    return found


def _sort_beside_photographs(folder: Path, found: _Sorted) -> None:
    """Tables, check sheets and packages that lie among photographs, at any depth."""
    names, _ = find_files(folder)
    files = [folder / name for name in names]
    packages = [file.parent for file in files if file.name.casefold() == DESCRIPTOR]
    unknown: list[str] = []
    for package in packages:
        kind = recognise(package)
        if kind is not None:
            found.records.append((package, kind))
    for file in files:
        inside = any(file.is_relative_to(package) for package in packages)
        if inside or not _may_be_table(file) or file.name.startswith((".", "~$")):
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


def _may_be_table(file: Path) -> bool:
    return file.suffix.lower() in (*TABLE_SUFFIXES, ".json")


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
