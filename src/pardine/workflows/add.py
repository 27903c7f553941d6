"""`pardine add`: tables read, checked and reported, then stored; all of them or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pardine.base.provenance import Artefact, RunRecord
from pardine.exchange.survey_tables import Brought, ReadOptions, read_survey
from pardine.observe.check_sheet import CameraVisit, effort_from_visits
from pardine.store import runs
from pardine.store.deployments import read_visits
from pardine.store.project import Project, find_project, open_project
from pardine.store.survey import SaveSummary, preview_survey, save_survey
from pardine.store.survey import read_survey as read_stored_survey
from pardine.workflows.sessions import stored_plans, table_survey
from pardine.workflows.watch import SILENT, Watcher


@dataclass(frozen=True, kw_only=True, eq=False)
class Added:
    """What was understood and, unless it was a dry run, what was stored.

    Attributes
    ----------
    brought
        The tables as they were read.
    saved
        What was new, or would be in a dry run.
    run
        The run that stored it; ``None`` for a dry run.
    """

    brought: Brought
    saved: SaveSummary
    run: RunRecord | None = None


def add_tables(
    directory: Path | None,
    paths: Sequence[Path],
    options: ReadOptions,
    *,
    dry_run: bool = False,
    replace: bool = False,
    watch: Watcher = SILENT,
) -> Added:
    """Add tables to a project.

    Parameters
    ----------
    directory
        The project; ``None``: the one around the current folder.
    paths
        Files, or folders that hold them.
    options
        What the tables do not say themselves.
    dry_run
        Read and check everything, write nothing.
    replace
        Let rows that differ from stored ones take their place; both stay readable.
    watch
        Told what was understood before anything is written.

    Raises
    ------
    InputError
        ``tables.refused`` with every problem; nothing was changed.
    ProjectError
        The project cannot be used.
    """
    with open_project(directory or find_project(Path.cwd())) as project:
        return add_to(project, paths, options, dry_run=dry_run, replace=replace, watch=watch)


def add_to(
    project: Project,
    paths: Sequence[Path],
    options: ReadOptions,
    *,
    dry_run: bool = False,
    replace: bool = False,
    watch: Watcher = SILENT,
) -> Added:
    """Add tables to an open project (see `add_tables`)."""
    watch.stage("read")
    brought = read_tables(project, paths, options)
    watch.tell(brought.notices)
    watch.stage("store")
    if dry_run:
        return Added(brought=brought, saved=preview_survey(project, brought.survey, replace=replace))
    return store_tables(project, brought, paths, options, replace=replace)


def read_tables(
    project: Project,
    paths: Sequence[Path],
    options: ReadOptions,
    *,
    visits: Sequence[CameraVisit] = (),
) -> Brought:
    """Read tables beside what the project knows; nothing is stored.

    Parameters
    ----------
    visits
        Of check sheets that are brought with the tables. Where tables tell no effort, that of check
        sheets counts, of these and of those that are stored.
    """
    known = table_survey(read_stored_survey(project), stored_plans(project))
    sheets = effort_from_visits((*read_visits(project), *visits))
    return read_survey(paths, options, known=known, effort=sheets.intervals)


def store_tables(
    project: Project,
    brought: Brought,
    paths: Sequence[Path],
    options: ReadOptions,
    *,
    replace: bool = False,
) -> Added:
    """Store tables that were read, all of them or nothing."""
    run = runs.new_run(
        "add",
        {"paths": [str(path) for path in paths], "options": _plain(options), "replace": replace},
        inputs=[Artefact(kind="source_table", name=s.name, sha256=s.sha256) for s in brought.sources],
    )
    # Written and ended in the transaction of the rows: a killed import leaves nothing at all.
    saved = save_survey(project, brought.survey, brought.sources, run=run, replace=replace)
    return Added(brought=brought, saved=saved, run=run)


def _plain(options: ReadOptions) -> dict[str, Any]:
    return asdict(options) | {"mask_paths": [str(path) for path in options.mask_paths]}
