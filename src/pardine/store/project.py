"""A project: a folder with `project.toml`, its database and what can be derived again."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, Engine, insert, inspect, select

from pardine.base.errors import Notice, ProjectError, warning
from pardine.base.identifiers import new_uid
from pardine.store import schema
from pardine.store.clock import utc_now
from pardine.store.database import (
    begin,
    server_engine,
    server_url,
    sqlite_engine,
    told_as_project_error,
)
from pardine.store.decision_log import CHAIN_START
from pardine.store.location import fingerprint, network_share_type
from pardine.store.settings import SETTINGS_NAME, Settings, read_settings, write_settings

DATABASE_NAME = "pardine.sqlite"
DERIVED_NAME = "derived"


class Project:
    """An open project; a context manager that closes its connections.

    Attributes
    ----------
    directory
        The folder.
    settings
        What `project.toml` says.
    notices
        What a person should know about the place the project lies in.
    """

    def __init__(self, directory: Path, settings: Settings, engine: Engine) -> None:
        self.directory = directory
        self.settings = settings
        self.engine = engine
        self.notices: tuple[Notice, ...] = _place_notices(directory, settings)
        self._origin: uuid.UUID | None = None
        self._held = threading.local()

    @property
    def uid(self) -> uuid.UUID:
        """Uid of the project, the namespace of all its uids."""
        return self.settings.uid

    @property
    def name(self) -> str:
        """What people call the project."""
        return self.settings.name

    @property
    def derived(self) -> Path:
        """Folder of what can be made again."""
        return self.directory / DERIVED_NAME

    @property
    def on_server(self) -> bool:
        """Whether the database is PostgreSQL."""
        return self.settings.database_url is not None

    @property
    def origin(self) -> uuid.UUID:
        """Origin of decisions made in this folder on this machine; a copy of the folder has another.

        Made and written at the first question.
        """
        if self._origin is None:
            with self.transaction() as connection:
                self._origin = origin_of(self, connection)
        return self._origin

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Hold the one write transaction; others wait for it, at most 30 s.

        Within a transaction of the same thread this is that transaction: several savings become one,
        which is written whole at the end of the outermost or, after any error, not at all.
        """
        outer: Connection | None = getattr(self._held, "connection", None)
        if outer is not None:
            try:
                yield outer
            except BaseException:
                # Half a saving must not be written, even if somebody catches the error further out.
                self._held.is_broken = True
                raise
            return
        with begin(self.engine, "write", place=str(self.directory)) as connection:
            self._held.connection, self._held.is_broken = connection, False
            try:
                yield connection
                if self._held.is_broken:
                    raise RuntimeError("a transaction goes on after an error within it")
            finally:
                self._held.connection = None

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """Read one moment of the database; within a transaction of the same thread, what it has written."""
        outer: Connection | None = getattr(self._held, "connection", None)
        if outer is not None:
            yield outer
            return
        with begin(self.engine, "read", place=str(self.directory)) as connection:
            yield connection

    def close(self) -> None:
        """Give back all connections."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def create_project(directory: Path, *, name: str, database_url: str | None = None) -> Project:
    """Make an empty project and open it.

    Parameters
    ----------
    directory
        A folder that is not a project yet; made if it is missing.
    name
        What people call the project.
    database_url
        ``postgresql://user@host/database`` without a password, of an empty database; by default the
        database is a SQLite file in the folder.

    Raises
    ------
    ProjectError
        ``project.exists``, ``project.leftover_database``, ``project.server_not_empty``,
        ``project.cannot_write``, or what `open_project` raises.
    """
    settings = Settings(name=name, uid=new_uid(), database_url=database_url)
    if (directory / SETTINGS_NAME).exists():
        raise ProjectError("project.exists", directory=str(directory))
    if database_url is not None:
        server_url(database_url)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        if database_url is None:
            _create_sqlite(directory, settings)
        else:
            _create_on_server(directory, settings)
        (directory / DERIVED_NAME).mkdir(exist_ok=True)
        # Last, because it is what makes the folder a project.
        write_settings(directory, settings)
    except OSError as error:
        raise ProjectError("project.cannot_write", directory=str(directory), detail=str(error)) from error
    return open_project(directory)


def open_project(directory: Path) -> Project:
    """Open the project in a folder.

    Raises
    ------
    ProjectError
        ``project.not_found``: no `project.toml`; ``project.broken_settings``;
        ``project.database_missing``; ``project.not_a_database``; ``project.newer`` and
        ``project.older``: made by another version; ``project.uid_differs``: the database belongs to
        another project; or the database cannot be reached.
    """
    settings = read_settings(directory)
    engine = engine_of(directory, settings)
    project = Project(directory, settings, engine)
    try:
        with project.read() as connection:
            check_revision(revision_of(connection), directory)
            stored = connection.scalar(select(schema.project.c.uid))
        if stored != str(settings.uid):
            raise ProjectError("project.uid_differs", directory=str(directory))
    except BaseException:
        engine.dispose()
        raise
    return project


def find_project(start: Path) -> Path:
    """The folder of the project that a path lies in: the nearest parent with a `project.toml`.

    Raises
    ------
    ProjectError
        ``project.not_found``.
    """
    here = start.resolve()
    for folder in (here, *here.parents):
        if (folder / SETTINGS_NAME).is_file():
            return folder
    raise ProjectError("project.not_found", directory=str(start))


def engine_of(directory: Path, settings: Settings) -> Engine:
    """Engine of a project's database, which must be there."""
    if settings.database_url is not None:
        return server_engine(settings.database_url, password_variable=settings.password_variable)
    path = directory / DATABASE_NAME
    if not path.is_file():
        raise ProjectError("project.database_missing", directory=str(directory), file=DATABASE_NAME)
    return sqlite_engine(path)


def revision_of(connection: Connection) -> str | None:
    """Revision of the database's tables; ``None``: these are not the tables of a project."""
    if not inspect(connection).has_table(schema.alembic_version.name):
        return None
    return connection.scalar(select(schema.alembic_version.c.version_num))


def check_revision(revision: str | None, directory: Path) -> None:
    """Refuse a database of another version."""
    facts: dict[str, Any] = {
        "directory": str(directory),
        "revision": revision,
        "expected": schema.REVISION,
    }
    if revision is None:
        raise ProjectError("project.not_a_project_database", **facts)
    if revision == schema.REVISION:
        return
    raise ProjectError("project.older" if revision in schema.REVISIONS else "project.newer", **facts)


def origin_of(project: Project, connection: Connection) -> uuid.UUID:
    """Origin of this folder, within a write transaction; a row is made for a folder without one."""
    table = schema.origin
    mark = fingerprint(project.directory, *_database_identity(project, connection))
    found = connection.scalar(select(table.c.uid).where(table.c.fingerprint == mark))
    if found is not None:
        return uuid.UUID(found)
    uid = new_uid()
    row = {"uid": str(uid), "fingerprint": mark, "created_utc": utc_now(), "head_seq": 0}
    connection.execute(insert(table).values(**row, head_hash=CHAIN_START))
    return uid


def _database_identity(project: Project, connection: Connection) -> tuple[str, ...]:
    if not project.on_server:
        return (str((project.directory / DATABASE_NAME).stat().st_ino),)
    where = "SELECT datname || ' ' || oid FROM pg_database WHERE datname = current_database()"
    settings_file = (project.directory / SETTINGS_NAME).stat().st_ino
    return (str(connection.exec_driver_sql(where).scalar_one()), str(settings_file))


def _place_notices(directory: Path, settings: Settings) -> tuple[Notice, ...]:
    if settings.database_url is not None:
        return ()
    share = network_share_type(directory)
    if share is None:
        return ()
    return (warning("project.network_share", directory=str(directory), kind=share),)


def _create_sqlite(directory: Path, settings: Settings) -> None:
    path = directory / DATABASE_NAME
    # A log without its database counts too: SQLite would replay it into the new one.
    left = next((file for file in _with_logs(path) if file.exists()), None)
    if left is not None:
        raise ProjectError("project.leftover_database", directory=str(directory), file=left.name)
    # Under another name until it is whole: a killed `new` leaves nothing that looks like a database.
    partial = directory / f"{DATABASE_NAME}.partial"
    for file in _with_logs(partial):
        file.unlink(missing_ok=True)
    with told_as_project_error(str(directory)):
        set_wal(partial)
    fill_new_database(sqlite_engine(partial), _naming(settings), place=str(directory))
    partial.replace(path)


def _with_logs(path: Path) -> tuple[Path, ...]:
    """A SQLite file and the files that SQLite keeps beside it."""
    return (path, *(path.with_name(path.name + ending) for ending in ("-wal", "-shm", "-journal")))


def set_wal(path: Path) -> None:
    """Keep a SQLite file's journal as a write-ahead log, which the file remembers."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")


def _create_on_server(directory: Path, settings: Settings) -> None:
    engine = server_engine(settings.database_url or "", password_variable=settings.password_variable)
    fill_new_database(engine, _naming(settings), place=str(directory))


def fill_new_database(engine: Engine, fill: Callable[[Connection], None], *, place: str) -> None:
    """Make the tables of an empty database and fill them, all in one transaction."""
    try:
        with begin(engine, "write", place=place) as connection:
            if inspect(connection).get_table_names():
                raise ProjectError("project.server_not_empty", directory=place)
            schema.create_tables(connection)
            fill(connection)
    finally:
        engine.dispose()


def _naming(settings: Settings) -> Callable[[Connection], None]:
    """What writes the row that says whose a database is."""
    row = {"uid": str(settings.uid), "name": settings.name, "created_utc": utc_now()}

    def write(connection: Connection) -> None:
        connection.execute(insert(schema.project).values(**row))

    return write
