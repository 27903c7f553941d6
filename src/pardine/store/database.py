"""Connections: how SQLite and PostgreSQL are opened, locked and asked, and what their errors mean.

One writer at a time on both: ``BEGIN IMMEDIATE`` on SQLite, one advisory lock on PostgreSQL. A
writer waits for at most half a minute. A reader sees one moment of the database from its first
question to its last.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    DataError,
    IntegrityError,
    NoSuchModuleError,
    ProgrammingError,
)

from pardine.base.errors import ProjectError

BUSY_TIMEOUT_S = 30
PASSWORD_VARIABLE = "PARDINE_DATABASE_PASSWORD"
# Any number will do, as long as every writer of the database asks for the same one.
_WRITER_LOCK = 0x70617264696E65
_POSTGRESQL_DRIVER = "postgresql+psycopg"

_Mode = Literal["read", "write"]


def sqlite_engine(path: Path) -> Engine:
    """Engine of a SQLite file: foreign keys on, every commit on the disk before it is acknowledged."""
    engine = create_engine(URL.create("sqlite", database=str(path)), connect_args={"timeout": BUSY_TIMEOUT_S})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # Python's own transaction control off: `_begin_sqlite` says when one starts and how.
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")


def _begin_sqlite(connection: Connection) -> None:
    mode: _Mode = connection.get_execution_options().get("pardine_mode", "read")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if mode == "write" else "BEGIN")


def server_url(text: str) -> URL:
    """Address of a PostgreSQL database as a person wrote it, without a password.

    Raises
    ------
    ProjectError
        ``project.bad_database_url``: not an address of PostgreSQL; ``project.password_in_url``.
    """
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise ProjectError("project.bad_database_url") from error
    if url.get_backend_name() != "postgresql" or not url.database:
        raise ProjectError("project.bad_database_url")
    if url.password is not None or "password" in url.query:
        raise ProjectError("project.password_in_url", variable=PASSWORD_VARIABLE)
    return url.set(drivername=_POSTGRESQL_DRIVER)


def server_engine(text: str, *, password_variable: str = PASSWORD_VARIABLE) -> Engine:
    """Engine of a PostgreSQL database; its password comes from the environment variable, if set."""
    url = server_url(text)
    password = os.environ.get(password_variable)
    if password is not None:
        url = url.set(password=password)
    try:
        return create_engine(url, connect_args={"connect_timeout": BUSY_TIMEOUT_S})
    except (ImportError, NoSuchModuleError) as error:
        raise ProjectError("project.server_extra_missing") from error


@contextmanager
def begin(engine: Engine, mode: _Mode, *, place: str) -> Iterator[Connection]:
    """Connect and hold one transaction: committed at the end, rolled back on any error.

    Parameters
    ----------
    place
        What errors call the database: its folder.

    Raises
    ------
    ProjectError
        The database cannot be opened, is busy, read-only, full or damaged.
    """
    with told_as_project_error(place), engine.connect() as connection:
        connection = connection.execution_options(pardine_mode=mode, **_isolation(engine, mode))
        with connection.begin():
            if engine.dialect.name == "postgresql" and mode == "write":
                _take_writer_lock(connection)
            yield connection


def _isolation(engine: Engine, mode: _Mode) -> dict[str, Any]:
    if engine.dialect.name != "postgresql" or mode == "write":
        return {}
    return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


def _take_writer_lock(connection: Connection) -> None:
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{BUSY_TIMEOUT_S}s'")
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITER_LOCK})")


@contextmanager
def told_as_project_error(place: str) -> Iterator[None]:
    """Turn what the database refused into an error for a person."""
    try:
        yield
    except (IntegrityError, ProgrammingError, DataError):
        raise  # faults of ours, whose text may quote a person's words
    except (DatabaseError, sqlite3.DatabaseError) as error:
        cause = getattr(error, "orig", error)
        code = _code_of(cause)
        if code is None:
            raise
        raise ProjectError(code, directory=place, detail=str(cause).strip()) from error


# What SQLite and PostgreSQL say, and what it means for a person. Anything else is a fault of ours.
_MEANINGS = {
    "file is not a database": "project.not_a_database",
    "malformed": "project.damaged",
    "locked": "project.busy",
    "lock timeout": "project.busy",
    "readonly database": "project.read_only",
    "read-only": "project.read_only",
    "unable to open database file": "project.cannot_open",
    "is full": "project.disk_full",
    "no space left": "project.disk_full",
    "disk i/o error": "project.disk_error",
}


def _code_of(cause: BaseException) -> str | None:
    said = str(cause).lower()
    known = next((code for words, code in _MEANINGS.items() if words in said), None)
    # A server that cannot be reached has many ways to say so; SQLite's other errors are ours.
    is_server = not isinstance(cause, sqlite3.Error) and type(cause).__name__ == "OperationalError"
    return known or ("project.database_refused" if is_server else None)
