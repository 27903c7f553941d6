"""The study of simulated surveys does what its page says, on two surveys a setting."""

import importlib.util
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def study():
    name = "simulated_survey_study"
    spec = importlib.util.spec_from_file_location(name, ROOT / "verification" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[name]


def test_every_setting_draws_as_many_animals_as_it_says(study):
    for setting in study.SETTINGS:
        habitat = setting.scenario.landscape.state_space(setting.scenario.landscape.grid_m)
        expected = setting.scenario.animals.density_per_100km2 * habitat.area_km2 / 100.0
        assert expected == pytest.approx(setting.n_animals)


def test_truth_stands_beside_the_estimate(study):
    for number, setting in enumerate(study.SETTINGS):
        (outcome,) = study.do_chunk((number, 3, 1))
        assert outcome == study.survey_and_fit(setting, 3)
        rows = study.summary(setting, [outcome])
        names = {row["parameter"] for row in rows}
        assert names == ({"D", "N", "lambda0", "sigma"} if "model" in setting.name else {"D", "N", "sigma"})
        assert outcome.estimates["sigma"][3] == 3500.0
        for row in rows:
            assert row["coverage"] in (0.0, 1.0)
            assert abs(row["median_relative_bias"]) < 1.0


def test_a_refused_survey_is_counted(study):
    refused = study.Outcome(n_detected=0, n_detections=0, refusal="estimate.no_recaptures")
    fitted = study.survey_and_fit(study.SETTINGS[0], 1)
    rows = study.summary(study.SETTINGS[0], [refused, fitted])
    assert {row["surveys"] for row in rows} == {2}
    assert {row["refusals"] for row in rows} == {"estimate.no_recaptures 1"}
