"""`pardine add`: what each path is, and the workflow that takes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pardine.base.errors import Notice, PardineError
from pardine.exchange.check_sheet import CheckSheets, read_check_sheets
from pardine.exchange.options import CardOptions, ReadOptions
from pardine.exchange.recognise import ForeignKind
from pardine.exchange.survey_tables import Brought
from pardine.store import runs
from pardine.store.project import Project, find_project, open_project
from pardine.store.survey import preview_survey
from pardine.workflows.add import Added, read_tables, store_tables
from pardine.workflows.adopt import adopt_photographs
from pardine.workflows.ingest_photographs import PhotographsAdded, add_photographs
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
from pardine.workflows.sort_paths import SortedPaths, sort_paths
from pardine.workflows.watch import SILENT, Watcher

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
        return add_paths_to(
            project, paths, reading, cards, n_workers=n_workers, dry_run=dry_run, replace=replace, watch=watch
        )


def add_paths_to(
    project: Project,
    paths: Sequence[Path],
    reading: ReadOptions,
    cards: CardOptions,
    *,
    n_workers: int = 1,
    dry_run: bool = False,
    replace: bool = False,
    watch: Watcher = SILENT,
) -> Ingested:
    """Add whatever the paths are to an open project (see `add_paths`)."""
    found = sort_paths(paths, has_pattern=cards.pattern is not None)
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
    project: Project, found: SortedPaths, reading: ReadOptions, cards: CardOptions, watch: Watcher
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
    found: SortedPaths,
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
