"""Projects on both databases: SQLite in a folder, and Debian's PostgreSQL where its programs are present."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from pardine.store.project import Project, create_project

REQUIRE_DATA = os.environ.get("PARDINE_REQUIRE_DATA") == "1"
START_TIMEOUT_S = 60


def _find_programs() -> Path | None:
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    return versions[-1].parent if versions else None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """Address of a PostgreSQL server that lives as long as the tests, without a database name."""
    programs = _find_programs()
    if programs is None:
        message = "PostgreSQL's initdb is not on this machine"
        pytest.fail(message) if REQUIRE_DATA else pytest.skip(message)
    # Not pytest's own folder: the server refuses root and must be able to enter as another user.
    base = Path(tempfile.mkdtemp(prefix="pardine-postgresql-"))
    run_as: dict[str, object] = {"cwd": base, "check": True, "stdout": subprocess.DEVNULL}
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        run_as |= {"user": "postgres", "group": "postgres", "extra_groups": []}
        shutil.chown(base, "postgres", "postgres")
    port, data = _free_port(), base / "data"
    try:
        # Trust is for this throw-away server on loopback alone.
        subprocess.run(
            [programs / "initdb", "-D", data, "-U", "pardine", "-A", "trust", "-E", "UTF8", "--no-sync",
             "--locale", "C"],
            **run_as,
        )  # fmt: skip
        options = f"-p {port} -k {base} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=60"
        pg_ctl = [programs / "pg_ctl", "-D", data]
        log = ["-l", base / "log", "-t", str(START_TIMEOUT_S)]
        subprocess.run([*pg_ctl, "-w", *log, "-o", options, "start"], **run_as)
        try:
            yield f"postgresql://pardine@127.0.0.1:{port}"
        finally:
            subprocess.run([*pg_ctl, "-w", "-m", "immediate", "stop"], **run_as)
    finally:
        shutil.rmtree(base, ignore_errors=True)


def _emptied(postgresql: str, name: str) -> str:
    """Address of a database of this name, which is made or emptied."""
    with psycopg.connect(f"{postgresql}/postgres", autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if known is None:
            connection.execute(f"CREATE DATABASE {name}")
        # Killed writers may have left the server in the middle of their last question.
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
        )
    with psycopg.connect(f"{postgresql}/{name}", autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    return f"{postgresql}/{name}"


@pytest.fixture
def server_database(postgresql: str) -> str:
    """Address of an empty database."""
    return _emptied(postgresql, "survey")


@pytest.fixture
def second_server_database(postgresql: str) -> str:
    """Address of another empty database."""
    return _emptied(postgresql, "second")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str | None:
    """Where a project keeps its database: in its folder, or on the server."""
    return None if request.param == "sqlite" else request.getfixturevalue("server_database")


@pytest.fixture
def project(database_url: str | None, tmp_path: Path) -> Iterator[Project]:
    """An empty project in a folder whose name is hard, on either database."""
    with create_project(tmp_path / "Барс 豹 2026", name="Барс", database_url=database_url) as made:
        yield made


@pytest.fixture
def sqlite_project(tmp_path: Path) -> Iterator[Project]:
    """An empty project on SQLite."""
    with create_project(tmp_path / "Барс 豹 2026", name="Барс") as made:
        yield made
