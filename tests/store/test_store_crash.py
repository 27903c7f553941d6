"""Killed at any moment, a project holds all it promised and nothing half; eight may write at once."""

import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import func, select
from write_until_killed import CAPTURES

from pardine.store import schema
from pardine.store.decisions import read_log
from pardine.store.doctor import examine
from pardine.store.project import Project, create_project, open_project

WRITER = Path(__file__).with_name("write_until_killed.py")


def start_writer(project: Project, name: str, *more: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, WRITER, project.directory, name, *more],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
    )  # fmt: skip


def kill_after_first_promise(project: Project, name: str, rng: random.Random) -> list[str]:
    """Kill a writer at a random moment of its work and return what it had promised."""
    with start_writer(project, name) as writer:
        promised = [writer.stdout.readline().rstrip("\n")]
        # A round of the writer takes about 50 ms: any moment of it may be the last.
        time.sleep(rng.uniform(0, 0.15))
        writer.kill()
        promised += writer.stdout.read().splitlines()
        errors = writer.stderr.read()
    assert errors == ""
    assert all(promised), "the writer died before its first promise"
    return promised


def check_kept(project: Project, promised: list[str]) -> None:
    """Every promise is kept, nothing is half stored, and the project is sound."""
    assert [n for n in examine(project) if n.severity == "error"] == []
    stored, captures = sessions_and_captures(project)
    assert {line.split()[1] for line in promised if line.startswith("survey")} <= stored
    assert captures == {code: CAPTURES for code in stored}
    with project.read() as connection:
        for table in (schema.mask, schema.source_table):
            assert connection.scalar(select(func.count()).select_from(table)) == len(stored)
        statuses = set(connection.scalars(select(schema.run.c.status)))
        stations = connection.scalar(select(func.count()).select_from(schema.station))
    assert statuses <= {"done"}
    assert stations == 400 * len(stored)
    decisions = Counter(d.subject_uid for d in read_log(project))
    assert {line.split()[1] for line in promised if line.startswith("decision")} <= set(decisions)
    assert set(decisions.values()) <= {3}


def sessions_and_captures(project: Project) -> tuple[set[str], dict[str, int]]:
    se, st, c = schema.session, schema.station, schema.capture
    count = select(se.c.code, func.count()).select_from(c.join(st).join(se)).group_by(se.c.code)
    with project.read() as connection:
        stored = set(connection.scalars(select(se.c.code)))
        return stored, {code: n for code, n in connection.execute(count)}


def survive(project: Project, n_kills: int, seed: int) -> list[str]:
    rng = random.Random(seed)
    promised: list[str] = []
    for kill in range(n_kills):
        promised += kill_after_first_promise(project, f"kill{kill}", rng)
        with open_project(project.directory) as survivor:
            check_kept(survivor, promised)
    return promised


def test_killed_writers_keep_their_promises(sqlite_project):
    survive(sqlite_project, 10, seed=1)


def test_killed_writers_to_a_server_keep_their_promises(server_database, tmp_path):
    with create_project(tmp_path / "p", name="x", database_url=server_database) as project:
        survive(project, 3, seed=2)


@pytest.mark.slow
def test_two_hundred_killed_writers_keep_their_promises(tmp_path_factory):
    """200 kills, in 20 projects so that each check stays short; the numbers are printed."""
    promised = 0
    for batch in range(20):
        with create_project(tmp_path_factory.mktemp("killed") / "p", name="x") as project:
            promised += len(survive(project, 10, seed=100 + batch))
    print(f"200 kills: {promised} promises, all kept")


def test_eight_writers_at_once_all_succeed(project):
    writers = [start_writer(project, f"writer{n}", "2") for n in range(8)]
    promised: list[str] = []
    for writer in writers:
        said, errors = writer.communicate(timeout=120)
        assert (writer.returncode, errors) == (0, "")
        promised += said.splitlines()
    assert len(promised) == 8 * 2 * 2
    check_kept(project, promised)
    assert len(sessions_and_captures(project)[0]) == 8 * 2
    # All of one folder: one chain, without a gap although eight wrote it.
    assert sorted(d.seq for d in read_log(project)) == list(range(1, 8 * 2 * 3 + 1))


def test_a_reader_does_not_wait_for_a_writer(project):
    with open_project(project.directory) as other, project.transaction() as writing:
        writing.execute(schema.project.update().values(name="in the middle"))
        start = time.perf_counter()
        with other.read() as reading:
            assert reading.scalar(select(schema.project.c.name)) == "Барс"
        assert time.perf_counter() - start < 5
