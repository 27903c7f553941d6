"""Keeping a project safe: back up, restore, upgrade, examine."""

from __future__ import annotations

from pathlib import Path

from pardine.base.errors import Notice, note, warning
from pardine.store import runs
from pardine.store.backup import Manifest, restore_backup
from pardine.store.backup import backup_project as write_backup_of
from pardine.store.doctor import examine
from pardine.store.project import Project, find_project, open_project
from pardine.store.results import all_results
from pardine.store.upgrade import Upgraded, upgrade_project


def backup_project(directory: Path | None, target: Path) -> Manifest:
    """Back up a project while it is in use, and verify the copy."""
    with open_project(directory or find_project(Path.cwd())) as project:
        return write_backup_of(project, target)


def restore_project(archive: Path, directory: Path, *, database_url: str | None = None) -> Manifest:
    """Restore a backup into a new folder and verify it."""
    return restore_backup(archive, directory, database_url=database_url)


def upgrade(directory: Path | None) -> Upgraded | None:
    """Bring a project of an older version up to date; ``None``: it was."""
    return upgrade_project(directory or find_project(Path.cwd()))


def examine_project(directory: Path | None) -> list[Notice]:
    """What is wrong with a project, and which of its results are out of date."""
    with open_project(directory or find_project(Path.cwd())) as project:
        return [*examine(project), *_out_of_date(project)]


def _out_of_date(project: Project) -> list[Notice]:
    found = []
    for result in all_results(project):
        run = runs.read_run(project, result.run_uid)
        if runs.out_of_date(project, run):
            found.append(warning("doctor.result_out_of_date", kind=result.kind, value=run.started_utc))
        else:
            found.append(note("doctor.result_up_to_date", kind=result.kind, value=run.started_utc))
    return found
