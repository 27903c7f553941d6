"""A season on disk: the same bytes for any number of workers, gone on with where it was broken off."""

import errno
from pathlib import Path

import pytest
from PIL import Image

from pardine.base.errors import ProjectError
from pardine.exchange.check_sheet import read_check_sheets
from pardine.exchange.survey_tables import ReadOptions, read_survey
from pardine.simulate.season import files
from pardine.simulate.world.landscape import HillStrip
from pardine.simulate.world.scenario import (
    AnimalKeys,
    CardKeys,
    MovementKeys,
    Scenario,
    StationKeys,
    SurveyKeys,
)
from pardine.workflows.simulate import read_truth_of_photographs, simulate_to_folder

SMALL = Scenario(
    survey=SurveyKeys(days=20, occasion_days=5),
    landscape=HillStrip(end_m=(652_500.0, 4_745_000.0), half_width_m=6_000.0),
    animals=AnimalKeys(density_per_100km2=4.0),
    movement=MovementKeys(lambda0=0.1, sigma_m=2_000.0),
    stations=StationKeys(n=4, spacing_m=3_500.0),
    cards=CardKeys(mixed_prob=0.3, copied_prob=0.2),
)


def content(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    out = tmp_path_factory.mktemp("season") / "полевые 野外"
    return simulate_to_folder(SMALL, out, seed=5, photographs="tiny")


def test_the_folder_is_what_a_field_team_has(made):
    names = set(content(made.out))
    assert {"check-sheets.csv", "reference-clocks.csv", "tables/stations.csv", "tables/effort.csv"} <= names
    assert {"map/roads.csv", "map/border.csv", "map/habitat.csv"} <= names
    assert "tables/captures.csv" not in names  # nobody has identified anything yet
    assert {
        "truth/animals.csv",
        "truth/encounters.csv",
        "truth/faults.csv",
        "truth/survey/captures.csv",
    } <= names
    assert not any("part" in Path(name).name for name in names)
    photographs = [name for name in names if name.startswith("photographs/")]
    assert len(photographs) == made.n_photographs == made.n_written > 100


def test_the_team_s_tables_are_read(made):
    sheets = read_check_sheets([made.out / "check-sheets.csv"])
    codes = {one.code for year in made.season.years for one in year.deployed}
    assert len(sheets.visits) == 2 * len(codes)
    survey = read_survey([made.out / "truth" / "survey"], ReadOptions()).survey
    counted = [c for c in survey.captures if c.age_class != "cub"]
    assert sum(c.count for c in counted) == made.season.world.years[0].events.count.sum()


def test_every_photograph_is_told_truly(made):
    rows = read_truth_of_photographs(made.out)
    assert {row["file"] for row in rows} == {n for n in content(made.out) if n.startswith("photographs/")}
    living = {a.code for a in made.season.world.years[0].living}
    for row in rows:
        with Image.open(made.out / row["file"]) as image:
            tags = image.getexif()
            assert tags.get_ifd(0x8769)[0x9003] == row["wall_clock"].replace("-", ":")
        for code in filter(None, row["individuals"].split(";")):
            assert code in living
    assert any(row["folder_of"] != row["deployment"] for row in rows)
    copies = [row["sha256"] for row in rows if "/copy/" in row["file"]]
    assert copies
    assert set(copies) <= {row["sha256"] for row in rows if "/copy/" not in row["file"]}


def test_two_workers_write_the_same_bytes(made, tmp_path):
    again = simulate_to_folder(SMALL, tmp_path / "again", seed=5, photographs="tiny", n_workers=2)
    assert content(again.out) == content(made.out)


def test_another_seed_is_another_season(made, tmp_path):
    other = simulate_to_folder(SMALL, tmp_path / "other", seed=6, photographs="tiny")
    assert content(other.out)["truth/animals.csv"] != content(made.out)["truth/animals.csv"]


def test_a_full_disk_is_told_and_the_same_command_goes_on(made, tmp_path, monkeypatch):
    out = tmp_path / "broken off"
    whole, n_left = files.write_whole, 120

    def fills_up(path, data):
        nonlocal n_left
        n_left -= 1
        if n_left < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        whole(path, data)

    monkeypatch.setattr(files, "write_whole", fills_up)
    with pytest.raises(ProjectError, match="cannot_write"):
        simulate_to_folder(SMALL, out, seed=5, photographs="tiny")
    monkeypatch.undo()
    assert 0 < len(content(out)) < len(content(made.out))
    resumed = simulate_to_folder(SMALL, out, seed=5, photographs="tiny")
    assert [n.code for n in resumed.notices] == ["simulate.resumed"]
    assert content(out) == content(made.out)
    assert 0 < resumed.n_written < made.n_written
    once_more = simulate_to_folder(SMALL, out, seed=5, photographs="tiny")
    assert once_more.n_written == 0
    assert content(out) == content(made.out)


def test_a_folder_of_something_else_is_refused(made, tmp_path):
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(ProjectError, match="other_folder"):
        simulate_to_folder(SMALL, tmp_path, seed=5, photographs="tiny")
    with pytest.raises(ProjectError, match="other_folder"):
        simulate_to_folder(SMALL, made.out, seed=6, photographs="tiny")


def test_a_dry_run_writes_nothing(tmp_path):
    made = simulate_to_folder(SMALL, tmp_path / "dry", seed=5, photographs="tiny", dry_run=True)
    assert made.n_photographs > 100
    assert not (tmp_path / "dry").exists()


def test_without_photographs_the_tables_hold_the_captures(tmp_path):
    made = simulate_to_folder(SMALL, tmp_path / "tables", seed=5, photographs="none")
    survey = read_survey([made.out / "tables"], ReadOptions()).survey
    assert survey.captures
    assert not (made.out / "photographs").exists()


@pytest.mark.slow
def test_drawn_photographs_are_the_same_for_two_workers(tmp_path):
    one, two = (
        simulate_to_folder(SMALL, tmp_path / str(n), seed=5, photographs="small", n_workers=n) for n in (1, 2)
    )
    assert content(one.out) == content(two.out)
    rows = read_truth_of_photographs(one.out)
    seen = [
        row for row in rows if row["kind"] == "animal" and row["night"] == "0" and row["parts"].strip(";")
    ]
    assert seen
    assert {side for row in seen for side in row["sides"].split(";")} >= {"left", "right"}
