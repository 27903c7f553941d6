"""What a project gives out as Camtrap DP comes back row by row, keeps the standard, and hides places."""

import importlib.util
from pathlib import Path

import polars as pl
import pytest

from pardine.exchange.camtrap_dp.read import read_package

_SPEC = importlib.util.spec_from_file_location(
    "standards_referee", Path(__file__).parents[1] / "exchange_standards" / "referee.py"
)
_REFEREE = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_REFEREE)
KEYS = {"deployments": "deploymentID", "media": "mediaID", "observations": "observationID"}


@pytest.fixture
def example(camtrap_data):
    return camtrap_data / "tdwg-camtrap-dp-example" / "example"


def test_example_through_two_projects_has_identical_rows(example, pardine_json, home, tmp_path, camtrap_data):
    pardine_json("add", example, "--project", home)
    out = tmp_path / "пакет 数据包"
    pardine_json("export", out, "--camtrap-dp", "--for", "internal", "--project", home)
    first, second = read_package(example), read_package(out)
    for name, key in KEYS.items():
        columns = first.tables[name].columns
        one, other = (p.tables[name].select(columns).sort(key) for p in (first, second))
        assert one.equals(other, null_equal=True), name
    again = tmp_path / "second"
    pardine_json("new", again)
    pardine_json("add", out, "--project", again)
    pardine_json("export", tmp_path / "out2", "--camtrap-dp", "--for", "internal", "--project", again)
    for name in KEYS:
        assert (tmp_path / "out2" / f"{name}.csv").read_bytes() == (out / f"{name}.csv").read_bytes()


@pytest.mark.parametrize("audience", ["partner", "public"])
def test_others_see_no_exact_place(example, pardine_json, home, tmp_path, audience):
    pardine_json("add", example, "--project", home)
    out = tmp_path / "out"
    pardine_json("export", out, "--camtrap-dp", "--for", audience, "--project", home)
    exact = read_package(example).tables["deployments"]
    shown = read_package(out).tables["deployments"]
    joined = exact.join(shown, on="deploymentID", suffix="_shown")
    assert joined.height == 4
    for axis in ("longitude", "latitude"):
        same = joined.filter(pl.col(axis) == pl.col(f"{axis}_shown"))
        assert same.height < 4
    assert joined["coordinateUncertainty_shown"].cast(pl.Float64).min() >= 500
    assert not (out / "pardine-clocks.csv").exists()


def test_the_referee_has_nothing_against_it(example, pardine_json, home, tmp_path, camtrap_data):
    pardine_json("add", example, "--project", home)
    out = tmp_path / "out"
    pardine_json("export", out, "--camtrap-dp", "--project", home)
    assert _REFEREE.complaints(out, camtrap_data / "tdwg-camtrap-dp-example") == []


def test_what_lacks_place_or_time_is_left_out_and_told(season, pardine_json, home, tmp_path):
    _, folder, sheet = season((), n_sound=1, visits_a_day=0.5, days=20)
    pardine_json("add", folder, sheet, "--project", home)
    done = pardine_json("export", tmp_path / "out", "--camtrap-dp", "--project", home)
    codes = {notice["code"] for notice in done["warnings"]}
    assert {"export.deployments_left_out", "export.media_left_out"} <= codes
