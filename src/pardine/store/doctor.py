"""Whether a project is sound: its database, its log, its bytes, its disk."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import DatabaseError

from pardine.base.errors import Notice, ProjectError, note, warning
from pardine.store.blobs import damaged_blobs
from pardine.store.decision_log import Witness, verify_log
from pardine.store.decisions import read_heads, read_log_within
from pardine.store.derived import leftover_parts
from pardine.store.location import free_bytes
from pardine.store.project import Project
from pardine.store.run_rows import witnessed_decisions
from pardine.store.runs import abandoned_runs

_MB = 1_000_000
# Less than this and a season's import may not fit: a year of tables and results is some 100 MB.
LITTLE_SPACE_MB = 500


def examine(project: Project) -> list[Notice]:
    """Everything about a project that a person should know; nothing is changed.

    Returns
    -------
    list of Notice
        Errors first: a damaged database, log or stored bytes; then warnings: a network share, a
        read-only folder, a disk almost full, runs that were cut off; then notes on what may be
        deleted. Empty where all is well.
    """
    found: list[Notice] = []
    try:
        with project.read() as connection:
            found += examine_database(connection)
    except ProjectError as error:
        found.append(_unreadable(error))
    found += project.notices
    found += _examine_folder(project.directory)
    found += _as_far_as_readable(lambda: _cut_off(project))
    found += _deletable(project)
    return list(dict.fromkeys(found))


def _cut_off(project: Project) -> Iterator[Notice]:
    for run in abandoned_runs(project):
        facts = {"workflow": run.workflow, "started_utc": run.started_utc, "run": run.uid}
        yield warning("doctor.run_abandoned", **facts)


def examine_database(connection: Connection, *, witnesses: Iterable[Witness] = ()) -> list[Notice]:
    """Everything that is wrong within a database.

    Parameters
    ----------
    witnesses
        Decisions that must be there, besides those that the database's own runs saw.
    """
    found: list[Notice] = []
    if connection.dialect.name == "sqlite":
        found += _as_far_as_readable(lambda: examine_sqlite(connection))
    found += _as_far_as_readable(lambda: _examine_log(connection, witnesses))
    found += _as_far_as_readable(lambda: damaged_blobs(connection))
    return list(dict.fromkeys(found))


def _as_far_as_readable(look: Callable[[], Iterable[Notice]]) -> list[Notice]:
    """What a look finds; where the damage stops it, that is what it found."""
    try:
        return list(look())
    except (DatabaseError, ProjectError) as error:
        return [_unreadable(error)]


def _unreadable(error: DatabaseError | ProjectError) -> Notice:
    said = error.notice.fields.get("detail", "") if isinstance(error, ProjectError) else error.orig
    return Notice("doctor.integrity", {"detail": str(said)})


def _examine_log(connection: Connection, witnesses: Iterable[Witness]) -> list[Notice]:
    seen = [*witnesses, *witnessed_decisions(connection)]
    return verify_log(read_log_within(connection), heads=read_heads(connection), witnesses=seen)


def examine_sqlite(connection: Connection) -> Iterator[Notice]:
    """What SQLite itself finds wrong with a file of any revision."""
    for (said,) in connection.exec_driver_sql("PRAGMA integrity_check"):
        if said != "ok":
            yield Notice("doctor.integrity", {"detail": said})
    broken: dict[str, int] = {}
    for row in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        broken[row[0]] = broken.get(row[0], 0) + 1
    for table, n in sorted(broken.items()):
        yield Notice("doctor.dangling_reference", {"table": table, "value": n})


def _examine_folder(directory: Path) -> Iterator[Notice]:
    try:
        with tempfile.TemporaryFile(dir=directory):
            pass
    except OSError:
        yield warning("doctor.read_only", directory=str(directory))
    free_mb = free_bytes(directory) // _MB
    if free_mb < LITTLE_SPACE_MB:
        yield warning(
            "doctor.little_space", directory=str(directory), value=free_mb, expected=LITTLE_SPACE_MB
        )


def _deletable(project: Project) -> Iterator[Notice]:
    files = [path for path in project.derived.rglob("*") if path.is_file()]
    if files:
        size_mb = round(sum(path.stat().st_size for path in files) / _MB, 1)
        yield note("doctor.derived", directory=str(project.derived), n_files=len(files), value=size_mb)
    for pattern in ("*.partial", ".pardine-*"):
        for path in sorted(project.directory.glob(pattern)):
            yield note("doctor.leftover", file=str(path))
    for path in leftover_parts(project):
        yield note("doctor.leftover", file=str(path))
