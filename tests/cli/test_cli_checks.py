"""The checks of an estimate as a person and a script ask for them."""

import json
import sys

import pytest

from pardine.cli import app
from pardine.exchange.survey_export import export_survey
from pardine.simulate.world.scenario import AnimalKeys, Scenario
from pardine.simulate.world.survey import simulate_survey


@pytest.fixture
def pardine(monkeypatch, capsys):
    def run(*words):
        monkeypatch.setattr(sys, "argv", ["pardine", *map(str, words)])
        try:
            app.main()
            code = 0
        except SystemExit as left:
            code = left.code or 0
        output = capsys.readouterr()
        return code, output.out, output.err

    return run


@pytest.fixture
def field_folder(tmp_path):
    scenario = Scenario(animals=AnimalKeys(density_per_100km2=2.0))
    export_survey(simulate_survey(scenario, seed=5).survey, (), tmp_path / "field")
    return tmp_path / "field"


def test_all_checks_for_a_script(pardine, field_folder):
    checks = ("--ghosts", "--windows", "--goodness", 1, "--bootstrap", 20, "--compare", "lambda0~T")
    code, out, _ = pardine("run", field_folder, "--json", "--model", "D~1", *checks)
    assert code == 0
    found = json.loads(out)["checks"]
    assert sum(row["weight"] for row in found["comparison"]["models"]) == pytest.approx(1.0)
    assert [test["aspect"] for test in found["goodness_of_fit"]["tests"]] == [
        "individuals",
        "stations",
        "both",
    ]
    assert found["goodness_of_fit"]["n_replicates"] == 19
    assert found["bootstrap"]["n_replicates"] == 20
    assert found["ghosts"]["curve"][0]["n_ghosts"] == 0
    assert [window["part"] for window in found["windows"]] == [1, 2]


@pytest.mark.parametrize(("language", "word"), [("en", "Models compared"), ("ru", "100 км²"), ("zh", "km²")])
def test_tables_for_a_person(pardine, field_folder, language, word):
    asked = ("--ghosts", "--windows", "--compare", "D~1, lambda0~T", "--detection", "HHN")
    code, out, _ = pardine("run", field_folder, "--dry-run", *asked, "--lang", language)
    assert code == 0
    assert word in out
    assert "lambda0~T" in out


def test_what_cannot_be_compared_is_refused(pardine, field_folder):
    code, _, err = pardine(
        "run", field_folder, "--dry-run", "--model", "D~1", "--compare", "hcov=sex, sigma~h2"
    )
    assert code == 1
    assert "hcov=sex in both" in err


@pytest.mark.parametrize(
    "model",
    [
        pytest.param("lambda0~T", marks=pytest.mark.slow),
        "lambda0~bk",
        pytest.param("D~1, lambda0~h2, hcov=sex", marks=pytest.mark.slow),
    ],
)
def test_every_model_can_be_checked(pardine, field_folder, model):
    checks = ("--goodness", 19, "--bootstrap", 20, "--ghosts")
    code, out, _ = pardine("run", field_folder, "--json", "--model", model, *checks)
    assert code == 0
    answer = json.loads(out)
    checked = answer["checks"]
    assert len(checked["goodness_of_fit"]["tests"]) == 3
    (bootstrapped,) = checked["bootstrap"]["sessions"]
    density = bootstrapped["density"]
    assert density["lower"] < density["value"] < density["upper"]
    assert checked["ghosts"]["curve"][0]["n_ghosts"] == 0
