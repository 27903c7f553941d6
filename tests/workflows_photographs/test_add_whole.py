"""What is added in one command is stored whole or not at all; folders may mix photographs and tables."""

import csv
import json
import os
import random
import shutil
import subprocess
import sys
import time

import pytest
from named_package import named_package
from sqlalchemy import func, select

from pardine.store import runs, schema
from pardine.store.deployments import read_deployments, read_visits
from pardine.store.doctor import examine
from pardine.store.media import media_counts
from pardine.store.project import open_project
from pardine.store.sightings import read_sightings

TABLES = ("deployment", "media", "sighting", "camera_visit", "slot_effort", "source_table", "session")


def stored(home):
    """Rows of each table, and how runs ended."""
    with open_project(home) as project:
        assert [n for n in examine(project) if n.severity == "error"] == []
        with project.read() as connection:
            counts = {
                name: connection.scalar(select(func.count()).select_from(schema.metadata.tables[name]))
                for name in TABLES
            }
        return counts, [run.status for run in runs.all_runs(project, workflow="add")]


# --- one transaction -------------------------------------------------------------------------------


def test_a_package_whose_sightings_are_refused_leaves_nothing(tmp_path, pardine, pardine_json, home):
    folder = tmp_path / "p"
    named_package(folder)
    pardine_json("add", folder, "--project", home)
    before, _ = stored(home)
    deployments = (folder / "deployments.csv").read_text(encoding="utf-8")
    line = deployments.splitlines()[1].replace("K00_A", "новая", 1)
    (folder / "deployments.csv").write_text(deployments + line + "\n", encoding="utf-8")
    observations = folder / "observations.csv"
    text = observations.read_text(encoding="utf-8")
    observations.write_text(text.replace("Panthera uncia", "Panthera pardus", 1), encoding="utf-8")
    code, _, err = pardine("add", folder, "--project", home)
    assert code == 2
    assert "Panthera pardus" in err
    after, status = stored(home)
    assert after == before
    assert status == ["done", "failed"]


def test_tables_sheets_and_packages_of_one_command_stand_or_fall_together(
    tmp_path, season, pardine, pardine_json, home
):
    _, _, sheet = season((), n_sound=1, visits_a_day=0.3, days=20)
    bad = tmp_path / "records.csv"
    bad.write_text("Station,Species,DateTimeOriginal\nnowhere,Panthera pardus,2026-05-01 10:00:00\n", "utf-8")
    code, _, _ = pardine("add", sheet, bad, "--project", home)
    assert code == 2
    counts, status = stored(home)
    assert set(counts.values()) == {0}
    assert status == ["failed"]
    pardine_json("add", sheet, "--project", home)
    assert stored(home)[0]["camera_visit"] > 0


def start_add(path, home):
    return subprocess.Popen(
        [sys.executable, "-m", "pardine", "add", str(path), "--project", str(home), "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip


@pytest.mark.parametrize("n_kills", [5, pytest.param(100, marks=pytest.mark.slow)])
def test_a_killed_add_of_a_package_leaves_all_of_it_or_nothing(tmp_path, pardine_json, home, n_kills):
    folder = tmp_path / "p"
    named_package(folder)
    whole = tmp_path / "whole"
    pardine_json("new", whole)
    pardine_json("add", folder, "--project", whole)
    everything, _ = stored(whole)
    rng, outcomes = random.Random(8), set()
    for number in range(n_kills):
        fresh = tmp_path / f"killed{number}"
        pardine_json("new", fresh)
        with start_add(folder, fresh) as process:
            time.sleep(rng.uniform(0.4, 2.0))
            process.kill()
        counts, _ = stored(fresh)
        nothing = dict.fromkeys(counts, 0)
        assert counts in (nothing, everything)
        outcomes.add(counts == everything)
        shutil.rmtree(fresh)
    with start_add(folder, home) as process:
        out, err = process.communicate()
    assert process.returncode == 0, err
    assert json.loads(out)["records"][0]["deployments"] == everything["deployment"]
    assert stored(home)[0] == everything


def test_savings_within_a_transaction_are_one(home):
    with open_project(home) as project:
        with pytest.raises(ZeroDivisionError), project.transaction():
            runs.start_run(project, "add", {})
            assert len(runs.all_runs(project)) == 1
            raise ZeroDivisionError
        assert runs.all_runs(project) == ()
        with pytest.raises(RuntimeError, match="after an error"), project.transaction():
            try:
                with project.transaction():
                    runs.start_run(project, "add", {})
                    raise ZeroDivisionError
            except ZeroDivisionError:
                pass  # whoever swallows the error of half a saving must not write the half
        assert runs.all_runs(project) == ()


# --- folders of both, and sheets that come later ---------------------------------------------------


def by_slot(cards, folder):
    """The same cards as an office keeps them that has no codes of deployments: station/slot/number."""
    for number, deployment in enumerate(cards.deployments):
        target = folder / deployment.station / deployment.slot / f"card{number}"
        target.parent.mkdir(parents=True, exist_ok=True)
        if (folder / deployment.code).exists():
            (folder / deployment.code).rename(target)


def n_media_of(home):
    with open_project(home) as project:
        return {code: count.n_media for code, count in media_counts(project).items() if count.n_media}


@pytest.fixture
def slots(season):
    cards, folder, sheet = season((), n_sound=2, partner_prob=1.0, visits_a_day=0.5, days=40)
    by_slot(cards, folder)
    return cards, folder, sheet


def test_a_sheet_adopts_photographs_that_came_before_it(slots, pardine_json, home, tmp_path):
    _, folder, sheet = slots
    words = ("--pattern", "{station}/{slot}/**", "--utc-offset", "+08:00")
    first = tmp_path / "first"
    pardine_json("new", first)
    pardine_json("add", sheet, "--utc-offset", "+08:00", "--project", first)
    pardine_json("add", folder, *words, "--project", first)
    expected = n_media_of(first)
    pardine_json("add", folder, *words, "--project", home)
    made = {d.code for d in read_all(home)}
    done = pardine_json("add", sheet, "--utc-offset", "+08:00", "--project", home)
    (told,) = [n for n in done["notices"] if n["code"] == "add.adopted"]
    assert told["fields"]["n_files"] == sum(expected.values())
    assert n_media_of(home) == expected
    # What only the paths told of is gone, and nothing waits for --replace.
    assert not made & {d.code for d in read_all(home)}
    again = pardine_json("add", folder, *words, "--project", home)
    assert again["photographs"][0]["added"] == 0
    assert n_media_of(home) == expected


def read_all(home):
    with open_project(home) as project:
        return read_deployments(project)


def test_a_folder_of_photographs_and_tables_is_read_whole(slots, pardine_json, home):
    cards, folder, sheet = slots
    (folder / "листы").mkdir()
    shutil.copy(sheet, folder / "листы" / "лист.csv")
    (folder / "notes.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    done = pardine_json(
        "add", folder, "--pattern", "{station}/{slot}/**", "--utc-offset", "+08:00", "--project", home
    )
    with open_project(home) as project:
        assert len(read_visits(project)) == len(cards.visits)
    assert done["photographs"][0]["added"] == cards.media.size
    assert done["photographs"][0]["new_deployments"] == []
    (passed_over,) = [n for n in done["notices"] if n["code"] == "add.file_passed_over"]
    assert "notes.csv" in passed_over["message"]


def test_a_corrected_clock_keeps_photographs_where_the_correction_is(slots, pardine_json, home):
    _, folder, sheet = slots
    pardine_json(
        "add", folder, "--pattern", "{station}/{slot}/**", "--utc-offset", "+08:00", "--project", home
    )
    code = next(iter(n_media_of(home)))
    before = n_media_of(home)[code]
    pardine_json("clock", code, "--offset-s", "60", "--apply", "--note", "часы", "--project", home)
    pardine_json("add", sheet, "--utc-offset", "+08:00", "--project", home)
    assert n_media_of(home)[code] == before


# --- check sheets to an estimate -------------------------------------------------------------------


def test_stations_sheets_and_named_photographs_make_a_session(season, tmp_path, pardine_json, home):
    cards, folder, sheet = season((), n_sound=3, partner_prob=1.0, dead_prob=0.0, visits_a_day=1.0, days=40)
    stations = tmp_path / "stations.csv"
    codes = sorted({d.station for d in cards.deployments})
    with stations.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["station", "longitude", "latitude"])
        writer.writerows([code, 131.0 + 0.03 * i, 43.0] for i, code in enumerate(codes))
    for number, deployment in enumerate(cards.deployments):
        target = folder / deployment.station / deployment.slot / f"F{number % 2}"
        if (folder / deployment.code).exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            (folder / deployment.code).rename(target)
    pardine_json("add", folder, stations, sheet, "--pattern", "{station}/{slot}/{individual}/**",
                 "--utc-offset", "+08:00", "--project", home)  # fmt: skip
    out = tmp_path / "out"
    checked = pardine_json("check", "--project", home)
    assert checked["effort"]["stations"] == len(codes)
    with open_project(home) as project:
        assert {s.individual for s in read_sightings(project)} == {"F0", "F1"}
    pardine_json("export", out, "--project", home)
    usage = (out / "usage" / "usage.csv").read_text(encoding="utf-8").splitlines()
    days = sum(float(line.split(",")[5]) for line in usage[1:])
    assert days == pytest.approx(checked["effort"]["station_days"], abs=1e-3)
