"""Backups: one archive that says what it holds, made while others work, verified before it is restored.

An archive is a zip file with `project.toml`, `pardine.sqlite` and `manifest.json`. The manifest holds
the sha256 of the others, the number of rows of each table and the end of each chain of decisions.
`derived/` can be made again and is left out. The backup of a project on PostgreSQL holds a SQLite
copy too: it can be restored to a folder on a laptop or to an empty database of a server.
"""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from pardine import __version__
from pardine.base.errors import Notice, ProjectError
from pardine.base.identifiers import sha256_of_file
from pardine.base.provenance import canonical_json
from pardine.store import schema
from pardine.store.clock import utc_now
from pardine.store.copying import copy_rows, copy_sqlite, copy_to_sqlite, n_rows
from pardine.store.database import begin, server_engine, server_url, sqlite_engine, told_as_project_error
from pardine.store.decisions import read_heads
from pardine.store.doctor import examine_database, examine_sqlite
from pardine.store.project import (
    DATABASE_NAME,
    DERIVED_NAME,
    Project,
    check_revision,
    engine_of,
    fill_new_database,
    revision_of,
    set_wal,
)
from pardine.store.settings import SETTINGS_NAME, Settings, read_settings, write_settings

MANIFEST_NAME = "manifest.json"
FORMAT_VERSION = 1
_MEMBERS = (SETTINGS_NAME, DATABASE_NAME)


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What a backup holds.

    Attributes
    ----------
    project_uid, name
        Whose it is.
    revision
        Of the database.
    version
        Of the Pardine that made the backup.
    created_utc
        ISO 8601, ending in ``Z``.
    members
        Name to sha256 of each file.
    n_rows
        Table to number of rows.
    heads
        Origin to (seq, hash) of its last decision.
    """

    project_uid: str
    name: str
    revision: str
    version: str
    created_utc: str
    members: Mapping[str, str]
    n_rows: Mapping[str, int]
    heads: Mapping[str, tuple[int, str]]


def backup_project(project: Project, target: Path) -> Manifest:
    """Write a backup of the project as it stands at one moment; others may go on writing.

    Parameters
    ----------
    target
        The archive to make; nothing may be there.

    Raises
    ------
    ProjectError
        ``backup.target_exists``, ``backup.cannot_write``.
    """
    return write_backup(project.directory, target)


def write_backup(directory: Path, target: Path) -> Manifest:
    """Write a backup of the project in a folder, of whatever revision its database is."""
    if target.exists():
        raise ProjectError("backup.target_exists", path=str(target))
    settings = read_settings(directory)
    with _told_as_backup_error(target), _scratch_beside(target) as scratch:
        shutil.copyfile(directory / SETTINGS_NAME, scratch / SETTINGS_NAME)
        with told_as_project_error(str(directory)):
            _copy_database(directory, settings, scratch / DATABASE_NAME)
        manifest = _describe(scratch, settings)
        archive = scratch / "archive"
        _pack(scratch, manifest, archive)
        archive.replace(target)
    return manifest


@contextmanager
def _told_as_backup_error(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ProjectError("backup.cannot_write", path=str(target), detail=str(error)) from error


@contextmanager
def _scratch_beside(target: Path) -> Iterator[Path]:
    """A folder on the disk of the target, so that moving the finished file is one step."""
    with tempfile.TemporaryDirectory(prefix=".pardine-", dir=target.parent) as name:
        yield Path(name)


def _copy_database(directory: Path, settings: Settings, target: Path) -> None:
    engine = engine_of(directory, settings)
    if settings.database_url is None:
        engine.dispose()
        copy_sqlite(directory / DATABASE_NAME, target)
        return
    try:
        with begin(engine, "read", place=str(directory)) as connection:
            copy_to_sqlite(connection, target, revision=revision_of(connection) or schema.REVISION)
    finally:
        engine.dispose()


def _describe(scratch: Path, settings: Settings) -> Manifest:
    with _open_copy(scratch / DATABASE_NAME) as connection:
        facts: dict[str, Any] = {
            "revision": revision_of(connection) or "",
            "n_rows": n_rows(connection),
            "heads": read_heads(connection),
        }
    return Manifest(
        project_uid=str(settings.uid),
        name=settings.name,
        version=__version__,
        created_utc=utc_now(),
        members={name: sha256_of_file(scratch / name) for name in _MEMBERS},
        **facts,
    )


@contextmanager
def _open_copy(path: Path) -> Iterator[Connection]:
    engine = sqlite_engine(path)
    try:
        with begin(engine, "read", place=str(path.parent)) as connection:
            yield connection
    finally:
        engine.dispose()


def _pack(scratch: Path, manifest: Manifest, archive: Path) -> None:
    described = {"format": FORMAT_VERSION, **dataclasses.asdict(manifest)}
    with archive.open("wb") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr(MANIFEST_NAME, canonical_json(described))
            for name in _MEMBERS:
                packed.write(scratch / name, name)
        file.flush()
        os.fsync(file.fileno())


# --- verifying and restoring -----------------------------------------------------------------------


def verify_backup(archive: Path) -> Manifest:
    """Read a backup through, as if it were restored, and throw the copy away.

    Raises
    ------
    ProjectError
        ``backup.not_a_backup``, ``backup.newer_format``; ``backup.damaged`` with everything found.
    """
    with tempfile.TemporaryDirectory(prefix="pardine-") as scratch:
        return _unpack_verified(archive, Path(scratch))


def restore_backup(archive: Path, directory: Path, *, database_url: str | None = None) -> Manifest:
    """Make a project folder from a backup, verified before it gets its name.

    Decisions made in the restored project start a chain of their own.

    Parameters
    ----------
    directory
        The folder to make; nothing may be there.
    database_url
        Address of an empty PostgreSQL database to restore into; by default the database becomes a
        SQLite file in the folder, wherever it was before.

    Raises
    ------
    ProjectError
        ``backup.target_exists`` and what `verify_backup` raises; nothing was made.
    """
    if directory.exists():
        raise ProjectError("backup.target_exists", path=str(directory))
    if database_url is not None:
        server_url(database_url)
    with _told_as_backup_error(directory):
        directory.parent.mkdir(parents=True, exist_ok=True)
        with _scratch_beside(directory) as scratch:
            made = scratch / "project"
            made.mkdir()
            manifest = _unpack_verified(archive, made)
            _settle(made, manifest, database_url)
            made.rename(directory)
    return manifest


def _unpack_verified(archive: Path, folder: Path) -> Manifest:
    manifest = _unpack(archive, folder)
    damaged = [
        Notice("backup.member_damaged", {"member": name})
        for name, digest in manifest.members.items()
        if sha256_of_file(folder / name) != digest
    ]
    if not damaged:
        damaged = _verify_rows(folder / DATABASE_NAME, manifest)
    if damaged:
        raise ProjectError("backup.damaged", problems=damaged, path=str(archive))
    return manifest


def _unpack(archive: Path, folder: Path) -> Manifest:
    try:
        with zipfile.ZipFile(archive) as packed:
            described = json.loads(packed.read(MANIFEST_NAME))
            version = described.pop("format")
            if version > FORMAT_VERSION:
                facts = {"value": version, "expected": FORMAT_VERSION}
                raise ProjectError("backup.newer_format", path=str(archive), **facts)
            manifest = Manifest(**described)
            if set(manifest.members) != set(_MEMBERS):
                raise ValueError("its list of files is not that of a backup")
            # By name, each to its own place: what else an archive may hold is not unpacked.
            for name in _MEMBERS:
                with packed.open(name) as source, (folder / name).open("wb") as target:
                    shutil.copyfileobj(source, target)
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, AttributeError, EOFError, OSError) as error:
        raise ProjectError("backup.not_a_backup", path=str(archive), detail=str(error)) from error
    return manifest


def _verify_rows(database: Path, manifest: Manifest) -> list[Notice]:
    with _open_copy(database) as connection:
        found = n_rows(connection)
        problems = [
            Notice("backup.rows_differ", {"table": table, "value": found.get(table, 0), "expected": n})
            for table, n in manifest.n_rows.items()
            if found.get(table, 0) != n
        ]
        if manifest.revision != schema.REVISION:
            # Of an older database only what SQLite itself can tell; the upgrade will read the rest.
            return problems + list(examine_sqlite(connection))
        heads = ((origin, seq, digest) for origin, (seq, digest) in manifest.heads.items())
        return problems + examine_database(connection, witnesses=heads)


def _settle(folder: Path, manifest: Manifest, database_url: str | None) -> None:
    """Make an unpacked backup a project: on this disk, or in a server's empty database."""
    settings = read_settings(folder)
    if settings.database_url != database_url:
        settings = dataclasses.replace(settings, database_url=database_url)
        write_settings(folder, settings)
    if database_url is None:
        set_wal(folder / DATABASE_NAME)
    else:
        check_revision(manifest.revision, folder)
        with _open_copy(folder / DATABASE_NAME) as source:
            _fill_server(source, settings, database_url, place=str(folder))
        (folder / DATABASE_NAME).unlink()
    (folder / DERIVED_NAME).mkdir()


def _fill_server(source: Connection, settings: Settings, database_url: str, *, place: str) -> None:
    engine = server_engine(database_url, password_variable=settings.password_variable)
    fill_new_database(engine, lambda target: copy_rows(source, target), place=place)
