"""An ingest killed at any moment keeps what it promised and goes on; full disks and migrations too."""

import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from ingest_until_killed import A_BATCH, correction, media_batch, numbers_of
from media_examples import batch, deployment, media_file
from sqlalchemy import event, func, select

from pardine.base.errors import ProjectError
from pardine.observe.clock import instants_utc
from pardine.store import schema
from pardine.store.clock_records import apply_clock_correction, read_clock_records
from pardine.store.decisions import read_log
from pardine.store.deployments import save_deployments
from pardine.store.doctor import examine
from pardine.store.media import known_files, media_counts, save_media
from pardine.store.migrate import SHIPPED_VERSIONS
from pardine.store.project import Project, create_project, open_project
from pardine.store.runs import new_run
from pardine.store.sightings import read_sightings
from pardine.store.upgrade import upgrade_project

WRITER = Path(__file__).with_name("ingest_until_killed.py")


def start_ingest(project: Project, folder: str, n_batches: int) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, WRITER, project.directory, folder, str(n_batches)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
    )  # fmt: skip


def kill_ingest(project: Project, folder: str, rng: random.Random) -> list[str]:
    """Kill an ingest at a random moment of its work and return what it had promised."""
    with start_ingest(project, folder, 1000) as writer:
        promised = [writer.stdout.readline().rstrip("\n")]
        # A round of the writer takes about 100 ms: any moment of it may be the last.
        time.sleep(rng.uniform(0, 0.3))
        writer.kill()
        promised += writer.stdout.read().splitlines()
        errors = writer.stderr.read()
    assert errors == ""
    assert all(promised), "the writer died before its first promise"
    return promised


def count(project: Project, table) -> int:
    with project.read() as connection:
        return connection.scalar(select(func.count()).select_from(table))


def check_kept(project: Project, folder: str, promised: list[str]) -> int:
    """Every promise is kept and nothing is half stored; return how many batches there are."""
    assert [n for n in examine(project) if n.severity == "error"] == []
    stored = known_files(project, folder)
    n_batches, rest = divmod(len(stored), A_BATCH)
    assert rest == 0
    assert set(stored) == {media_file(n, card=folder).path for n in range(len(stored))}
    assert count(project, schema.refused_file) == count(project, schema.media_copy) == n_batches
    assert count(project, schema.blob) == len(stored)
    assert {line for line in promised if line.startswith("batch")} <= {
        f"batch {folder} {number}" for number in range(n_batches)
    }
    record = read_clock_records(project)[folder]
    clocks = {line for line in promised if line.startswith("clock")}
    assert clocks <= {f"clock {folder} {number}" for number in range(len(record.corrections))}
    assert record.corrections == tuple(correction(folder, n) for n in range(len(record.corrections)))
    assert len(read_sightings(project)) in {len(record.corrections), len(record.corrections) + 1}
    check_instants(project, folder)
    return n_batches


def check_instants(project: Project, folder: str) -> None:
    """No instant is older or newer than the corrections in the log."""
    m = schema.media
    with project.read() as connection:
        rows = connection.execute(select(m.c.wall_clock, m.c.instant_utc)).all()
    record = read_clock_records(project)[folder]
    expected = instants_utc(np.array([r.wall_clock for r in rows], "datetime64[s]"), record)
    assert [f"{moment}Z" for moment in expected] == [r.instant_utc for r in rows]


def survive(project: Project, n_kills: int, seed: int) -> list[str]:
    rng = random.Random(seed)
    promised: list[str] = []
    n_batches = 0
    for _ in range(n_kills):
        promised += kill_ingest(project, "карта", rng)
        with open_project(project.directory) as survivor:
            n_batches = max(n_batches, check_kept(survivor, "карта", promised))
    finish(project, n_batches + 1)
    return promised


def finish(project: Project, n_batches: int) -> None:
    """The ingest that was killed is begun once more, and completes."""
    with start_ingest(project, "карта", n_batches) as writer:
        said, errors = writer.communicate(timeout=120)
        assert (writer.returncode, errors) == (0, "")
    with open_project(project.directory) as survivor:
        assert check_kept(survivor, "карта", said.splitlines()) == n_batches
        assert len(read_clock_records(survivor)["карта"].corrections) == n_batches
        abandoned = {n.code for n in examine(survivor)}
    assert abandoned <= {"doctor.run_abandoned"}


def test_a_killed_ingest_keeps_its_promises_and_goes_on(sqlite_project):
    survive(sqlite_project, 10, seed=1)


def test_a_killed_ingest_to_a_server_keeps_its_promises_and_goes_on(server_database, tmp_path):
    with create_project(tmp_path / "p", name="x", database_url=server_database) as project:
        survive(project, 3, seed=2)


@pytest.mark.slow
def test_two_hundred_killed_ingests_keep_their_promises(tmp_path_factory):
    """200 kills, in 20 projects so that each check stays short; the numbers are printed."""
    promised = 0
    for part in range(20):
        with create_project(tmp_path_factory.mktemp("killed") / "p", name="x") as project:
            promised += len(survive(project, 10, seed=100 + part))
    print(f"200 kills: {promised} promises, all kept")


def test_eight_ingests_at_once_all_succeed(project):
    writers = [start_ingest(project, f"card{n}", 2) for n in range(8)]
    for writer in writers:
        said, errors = writer.communicate(timeout=120)
        assert (writer.returncode, errors) == (0, "")
        assert len(said.splitlines()) == 4
    assert {c.n_media for c in media_counts(project).values()} == {2 * A_BATCH}
    assert len(media_counts(project)) == 8
    assert count(project, schema.refused_file) == 16
    # All of one folder: one chain, without a gap although eight wrote it.
    assert [d.seq for d in read_log(project)] == list(range(1, 17))
    assert [n for n in examine(project) if n.severity == "error"] == []


# --- full disks ------------------------------------------------------------------------------------


def fill_up(project: Project) -> int:
    """Ingest until the disk is full, which must be told as such; return how many batches are stored."""
    run = new_run("add", {})
    save_deployments(project, [deployment("карта")], run=run)
    with pytest.raises(ProjectError) as caught:
        for number in range(1000):
            save_media(project, media_batch("карта", number), run=run)
    assert caught.value.code == "project.disk_full"
    return number


def check_after_full(directory: Path, n_batches: int) -> None:
    """What was stored before is whole, and with room again the ingest completes."""
    with open_project(directory) as project:
        assert check_kept(project, "карта", []) == n_batches > 0
        save_media(project, media_batch("карта", n_batches), run=new_run("add", {}))
        apply_clock_correction(project, correction("карта", 0))
        assert len(known_files(project, "карта")) == (n_batches + 1) * A_BATCH
        assert [n for n in examine(project) if n.severity == "error"] == []


def test_a_database_that_may_not_grow_keeps_what_it_has(sqlite_project):
    def limit(connection, _record) -> None:
        connection.execute("PRAGMA max_page_count = 700")

    event.listen(sqlite_project.engine, "connect", limit)
    sqlite_project.engine.dispose()
    n_batches = fill_up(sqlite_project)
    sqlite_project.close()
    check_after_full(sqlite_project.directory, n_batches)


@pytest.fixture
def small_disk(tmp_path):
    """A real file system of 4 MB in memory."""
    if not (hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("mount")):
        pytest.skip("a file system of its own can be made by root on Linux alone")
    place = tmp_path / "small disk"
    place.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", place], capture_output=True)
    if made.returncode != 0:
        pytest.skip("this machine lets nobody mount a file system")
    try:
        yield place
    finally:
        subprocess.run(["umount", place], check=True)


def test_a_full_disk_keeps_what_it_has(small_disk, tmp_path):
    with create_project(small_disk / "p", name="x") as project:
        n_batches = fill_up(project)
    with open_project(small_disk / "p") as project:
        assert check_kept(project, "карта", []) == n_batches
    shutil.copytree(small_disk / "p", tmp_path / "roomy")
    check_after_full(tmp_path / "roomy", n_batches)


# --- a kill in the middle of a migration -----------------------------------------------------------

# Makes the largest table anew, then waits to be killed with the work half done.
LATER = """
import sys, time
import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    with op.batch_alter_table("media") as batch:
        batch.add_column(sa.Column("stars", sa.Integer))
    op.execute("UPDATE media SET stars = 5")
    {ending}
    op.create_table("later", sa.Column("id", sa.Integer, primary_key=True))
"""
UPGRADE = (
    "import sys, pathlib; from pardine.store.upgrade import upgrade_project;"
    "upgrade_project(pathlib.Path(sys.argv[1]), versions=pathlib.Path(sys.argv[2]))"
)


@pytest.fixture
def versions(tmp_path):
    folder = tmp_path / "later versions"
    shutil.copytree(SHIPPED_VERSIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))

    def ending_with(ending: str) -> Path:
        (folder / "v0002.py").write_text(LATER.format(ending=ending), encoding="utf-8")
        return folder

    return ending_with


def test_a_migration_killed_in_the_middle_changes_nothing_and_can_be_done_again(project, versions):
    run = new_run("add", {})
    save_deployments(project, [deployment()], run=run)
    save_media(project, batch(range(500)), run=run)
    project.close()
    waits = versions("print('half', flush=True); time.sleep(600)")
    command = [sys.executable, "-c", UPGRADE, project.directory, waits]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as upgrade:
        assert upgrade.stdout.readline() == "half\n"
        upgrade.kill()
    with open_project(project.directory) as again:
        assert media_counts(again)["K1_A"].n_media == 500
        assert save_media(again, batch(numbers_of(0)), run=new_run("add", {})).n_added == 0
        assert [n for n in examine(again) if n.severity == "error"] == []
    assert upgrade_project(project.directory, versions=versions("pass")).after == "0002"
    with project.read() as connection:
        assert connection.exec_driver_sql("SELECT sum(stars) FROM media").scalar_one() == 2500
