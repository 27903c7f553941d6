"""The real command `pardine add` killed at any moment: what was stored stays, and the work completes."""

import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import select

from pardine.simulate.season.card_contents import CardSettings
from pardine.simulate.season.card_faults import draw_cards
from pardine.simulate.season.card_files import write_card_files
from pardine.store import schema
from pardine.store.doctor import examine
from pardine.store.project import create_project, open_project


@dataclass
class Tally:
    """What 200 kills met."""

    before_any: int = 0
    in_between: int = 0
    after_all: int = 0
    rows_kept: int = 0
    completed: int = 0
    lost: list[str] = field(default_factory=list)


def start_add(folder, home):
    words = ["-m", "pardine", "add", str(folder), "--project", str(home), "--json"]
    words += ["--pattern", "{deployment}/**"]
    return subprocess.Popen(
        [sys.executable, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip


def stored_rows(home) -> set[tuple]:
    """Every row of media that a reader sees; the project is whole."""
    m = schema.media
    with open_project(home) as project:
        assert [n for n in examine(project) if n.severity == "error"] == []
        with project.read() as connection:
            rows = connection.execute(
                select(m.c.uid, m.c.path, m.c.sha256, m.c.wall_clock, m.c.readings)
            ).all()
    return {tuple(row) for row in rows}


def kill_add(folder, home, after_s: float) -> None:
    with start_add(folder, home) as process:
        time.sleep(after_s)
        process.kill()


def seconds_of_one_add(folder, home) -> float:
    """How long the command takes when nobody kills it, so that kills meet all of its work."""
    create_project(home, name="x").close()
    began = time.monotonic()
    with start_add(folder, home) as process:
        process.communicate()
    return time.monotonic() - began


def complete(folder, home, n_files: int, before: set[tuple]) -> None:
    """The command once more without a kill: only the rest is read, and all is there."""
    with start_add(folder, home) as process:
        out, err = process.communicate()
    assert process.returncode == 0, err
    (done,) = json.loads(out)["photographs"]
    assert (done["unchanged"], done["added"]) == (len(before), n_files - len(before))
    after = stored_rows(home)
    assert before <= after
    assert len(after) == n_files


def hashes_of(folder: Path) -> dict[str, str]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.mark.parametrize("n_kills", [3, pytest.param(200, marks=pytest.mark.slow)])
def test_no_row_that_a_reader_saw_is_lost(tmp_path, n_kills):
    """A project whose ingest is complete is left, and another begun: each kill meets work to be done."""
    cards = draw_cards((), 8, 5, CardSettings(visits_a_day=2.0, days=50 if n_kills > 3 else 20))
    folder = tmp_path / "карта 卡 with spaces"
    write_card_files(cards, folder)
    originals, n_files = hashes_of(folder), cards.media.size
    rng, tally, home = random.Random(7), Tally(), tmp_path / "none"
    seen: set[tuple] = set()
    whole_s = seconds_of_one_add(folder, tmp_path / "measured")
    for number in range(n_kills):
        if not home.exists():
            home = tmp_path / f"проект {number}"
            create_project(home, name="x").close()
            seen = set()
        kill_add(folder, home, rng.uniform(0.2, 1.0) * whole_s)
        now = stored_rows(home)
        tally.lost += [row[1] for row in seen - now]
        tally.rows_kept += len(seen)
        tally.before_any += not now
        tally.in_between += 0 < len(now) < n_files
        tally.after_all += len(now) == n_files
        seen = now
        if len(now) == n_files or number == n_kills - 1:
            complete(folder, home, n_files, seen)
            tally.completed += 1
            home = tmp_path / "none"
    print(f"{n_kills} kills of add on {n_files} files: {tally}")
    assert tally.lost == []
    assert hashes_of(folder) == originals


@pytest.fixture
def small_disk(tmp_path):
    """A real file system of 6 MB in memory."""
    if not (hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("mount")):
        pytest.skip("a file system of its own can be made by root on Linux alone")
    place = tmp_path / "small disk"
    place.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", place], capture_output=True)
    if made.returncode != 0:
        pytest.skip("this machine lets nobody mount a file system")
    try:
        yield place
    finally:
        subprocess.run(["umount", place], check=True)


def test_a_full_disk_is_told_and_the_same_command_goes_on_with_room(small_disk, tmp_path):
    """The project's disk is full in the middle of `add`: what was stored is whole, and is not read again."""
    cards = draw_cards((), 10, 5, CardSettings(visits_a_day=2.0, days=50))
    folder = tmp_path / "карта"
    write_card_files(cards, folder)
    create_project(small_disk / "p", name="x").close()
    with start_add(folder, small_disk / "p") as process:
        out, _ = process.communicate()
    assert process.returncode == 1
    assert json.loads(out)["error"]["code"] == "project.disk_full"
    before = stored_rows(small_disk / "p")
    assert 0 < len(before) < cards.media.size
    shutil.copytree(small_disk / "p", tmp_path / "roomy")
    complete(folder, tmp_path / "roomy", cards.media.size, before)
