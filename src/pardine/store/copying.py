"""A database into another: SQLite by its online backup, PostgreSQL table by table."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

from sqlalchemy import Connection, MetaData, Table, func, insert, select

from pardine.store import schema
from pardine.store.database import BUSY_TIMEOUT_S, begin, sqlite_engine
from pardine.store.migrate import run_migrations

_ROWS_AT_ONCE = 200


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy a SQLite database as it stands at one moment, while others may write to it."""
    with (
        contextlib.closing(sqlite3.connect(source, timeout=BUSY_TIMEOUT_S)) as old,
        contextlib.closing(sqlite3.connect(target)) as new,
    ):
        old.backup(new)
        # One file without a log beside it.
        new.execute("PRAGMA journal_mode = DELETE")


def copy_to_sqlite(source: Connection, target: Path, *, revision: str) -> None:
    """Copy all rows of a database of a revision into a new SQLite file of that revision."""
    engine = sqlite_engine(target)
    try:
        with begin(engine, "write", place=str(target)) as connection:
            run_migrations(connection, revision=revision)
            copy_rows(source, connection)
    finally:
        engine.dispose()


def copy_rows(source: Connection, target: Connection) -> None:
    """Copy the rows of all tables into the same tables, which are empty; local keys stay."""
    tables = MetaData()
    tables.reflect(target)
    for table in tables.sorted_tables:
        if table.name == schema.alembic_version.name:
            continue
        result = source.execution_options(yield_per=_ROWS_AT_ONCE).execute(select(table))
        for rows in result.partitions():
            target.execute(insert(table), [dict(row._mapping) for row in rows])
        if target.dialect.name == "postgresql" and "id" in table.c:
            _count_on(target, table)


def _count_on(target: Connection, table: Table) -> None:
    """Let the next row of a table get the key after the highest that was copied."""
    highest = select(func.max(table.c.id)).scalar_subquery()
    sequence = func.pg_get_serial_sequence(table.name, "id")
    target.execute(select(func.setval(sequence, func.coalesce(highest, 1), highest.is_not(None))))


def n_rows(connection: Connection) -> dict[str, int]:
    """Number of rows of each table of a database."""
    tables = MetaData()
    tables.reflect(connection)
    return {
        name: connection.scalar(select(func.count()).select_from(table)) or 0
        for name, table in sorted(tables.tables.items())
    }
