"""`pardine simulate` from the command line."""

import json

import pytest
from typer.testing import CliRunner

from pardine.base.errors import InputError
from pardine.cli.app import app

SMALL = """
[survey]
days = 10
[landscape]
end_m = [652500.0, 4745000.0]
half_width_m = 6000.0
[stations]
n = 3
spacing_m = 3500.0
[animals]
n_animals = 9
"""


@pytest.fixture
def scenario(tmp_path):
    path = tmp_path / "scenario.toml"
    path.write_text(SMALL, encoding="utf-8")
    return path


def run(*arguments):
    return CliRunner().invoke(app, ["simulate", *map(str, arguments)], catch_exceptions=False)


def test_a_season_for_scripts(tmp_path, scenario):
    out = tmp_path / "out"
    done = run(scenario, "--out", out, "--photographs", "tiny", "--seed", 4, "--json")
    assert done.exit_code == 0
    told = json.loads(done.stdout)
    assert told["simulated"] is True
    assert told["sessions"][0]["n_animals"] == 9
    assert told["photographs"] == len(list(out.glob("photographs/**/*.JPG"))) > 0
    assert json.loads((out / "truth" / "truth.json").read_text("utf-8"))["seed"] == 4


@pytest.mark.parametrize(("lang", "word"), [("en", "truth known"), ("ru", "истина"), ("zh", "真值")])
def test_a_dry_run_for_a_person_writes_nothing(tmp_path, scenario, lang, word):
    done = run(scenario, "--out", tmp_path / "out", "--dry-run", "--lang", lang)
    assert done.exit_code == 0
    assert word in done.stdout
    assert not (tmp_path / "out").exists()


def test_a_bad_scenario_is_refused(tmp_path, scenario):
    scenario.write_text(SMALL + "[movement]\nkind = 'flying'\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"scenario\.refused") as caught:
        run(scenario, "--out", tmp_path / "out")
    assert caught.value.exit_code == 2
    assert not (tmp_path / "out").exists()
