"""An older project becomes one of this version: backed up first, then migrated all or nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, event

from pardine.base.errors import PardineError, ProjectError
from pardine.store.backup import write_backup
from pardine.store.clock import utc_now
from pardine.store.database import begin
from pardine.store.migrate import SHIPPED_VERSIONS, revisions, run_migrations
from pardine.store.project import engine_of, revision_of
from pardine.store.settings import read_settings

BACKUPS_NAME = "backups"


@dataclass(frozen=True, kw_only=True)
class Upgraded:
    """What an upgrade did.

    Attributes
    ----------
    before, after
        Revisions of the database.
    backup
        Archive of the project as it was.
    """

    before: str
    after: str
    backup: Path


def upgrade_project(directory: Path, *, versions: Path = SHIPPED_VERSIONS) -> Upgraded | None:
    """Bring a project's database to the newest revision.

    Parameters
    ----------
    directory
        The project folder.
    versions
        Folder of the revisions.

    Returns
    -------
    Upgraded or None
        ``None``: it was up to date.

    Raises
    ------
    ProjectError
        ``project.newer``: it was made by a newer Pardine; ``upgrade.failed``: the database is as it
        was, and the backup lies in the project's folder ``backups``.
    """
    known = revisions(versions)
    engine = engine_of(directory, read_settings(directory))
    try:
        with begin(engine, "read", place=str(directory)) as connection:
            before = _known_revision(connection, known, directory)
        if before == known[-1]:
            return None
        backup = _back_up(directory, before)
        with _told_of_the_backup(directory, backup):
            _migrate(engine, versions, directory)
    finally:
        engine.dispose()
    return Upgraded(before=before, after=known[-1], backup=backup)


def _known_revision(connection: Connection, known: tuple[str, ...], directory: Path) -> str:
    revision = revision_of(connection)
    if revision is None:
        raise ProjectError("project.not_a_project_database", directory=str(directory))
    if revision not in known:
        raise ProjectError("project.newer", directory=str(directory), revision=revision, expected=known[-1])
    return revision


def _back_up(directory: Path, revision: str) -> Path:
    moment = utc_now().replace(":", "").replace("-", "")
    folder = directory / BACKUPS_NAME
    folder.mkdir(exist_ok=True)
    target = folder / f"before-upgrade-of-{revision}-{moment}.zip"
    write_backup(directory, target)
    return target


@contextmanager
def _told_of_the_backup(directory: Path, backup: Path) -> Iterator[None]:
    try:
        yield
    except PardineError:
        raise
    except Exception as error:  # a migration may fail in any way, and the person must learn of the backup
        raise ProjectError(
            "upgrade.failed", directory=str(directory), backup=str(backup), detail=str(error)
        ) from error


def _migrate(engine: Engine, versions: Path, directory: Path) -> None:
    with _foreign_keys_off(engine), begin(engine, "write", place=str(directory)) as connection:
        run_migrations(connection, versions=versions)
        if connection.dialect.name == "sqlite":
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
            if broken is not None:
                raise ValueError(f"a row of table {broken[0]} refers to nothing")


@contextmanager
def _foreign_keys_off(engine: Engine) -> Iterator[None]:
    """Let SQLite make a table anew without its rows being missed meanwhile; they are checked after."""
    if engine.dialect.name != "sqlite":
        yield
        return
    # A connection says it once, before its first transaction: the old ones have to go.
    engine.dispose()
    event.listen(engine, "connect", _switch_off)
    try:
        yield
    finally:
        event.remove(engine, "connect", _switch_off)
        engine.dispose()


def _switch_off(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA foreign_keys = OFF")
