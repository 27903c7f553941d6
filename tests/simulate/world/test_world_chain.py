"""A simulated survey goes through the same door as a real one, and its truth is found again."""

from dataclasses import replace

import numpy as np

from pardine.estimate.fit import fit_model
from pardine.estimate.history import capture_history
from pardine.estimate.model import MaskSpec, ModelSpec, ParameterSpec
from pardine.estimate.statespace import given_state_space
from pardine.exchange.survey_export import export_survey
from pardine.exchange.survey_tables import ReadOptions, read_survey
from pardine.simulate.world.landscape import HillStrip
from pardine.simulate.world.scenario import Scenario
from pardine.simulate.world.survey import simulate_survey

SCENARIO = Scenario(landscape=HillStrip(grid_m=1500.0))
NULL = ModelSpec(
    detection="HHN",
    parameters=tuple(ParameterSpec(name=name, link="log") for name in ("D", "lambda0", "sigma")),
    detector_types={SCENARIO.survey.name: "count"},
    mask=MaskSpec(kind="given"),
)


def history_and_truth(seed):
    simulated = simulate_survey(SCENARIO, seed=seed)
    history = capture_history(simulated.survey, SCENARIO.survey.name)
    return history, given_state_space(simulated.survey, history), simulated


def test_the_history_holds_the_independent_animals_and_no_cub():
    for seed in range(20):
        history, _, simulated = history_and_truth(seed)
        truth = simulated.truth
        assert history.n_animals == truth.n_detected
        assert history.n_detections == sum(a.n_detections for a in truth.animals)
        seen_cubs = {c.individual for c in simulated.survey.captures if c.age_class == "cub"}
        assert history.n_cubs_excluded == len(seen_cubs) <= truth.n_cubs
        assert history.crs == "EPSG:32652"
        assert history.duration_days == 90


def test_the_tables_of_an_office_read_back_to_the_same_survey(tmp_path):
    survey = simulate_survey(SCENARIO, seed=4).survey
    folder = tmp_path / "полевые таблицы 野外"
    export_survey(survey, (), folder)
    read = read_survey([folder], ReadOptions()).survey
    assert read.sessions == survey.sessions
    assert read.stations == survey.stations
    assert read.effort == survey.effort
    assert tuple(replace(c, row=None) for c in read.captures) == survey.captures
    np.testing.assert_array_equal(read.masks[0].xy, survey.masks[0].xy)
    assert read.masks[0].cell_area_m2 == survey.masks[0].cell_area_m2


def test_truth_lies_in_the_intervals_as_often_as_they_promise():
    inside = []
    for seed in range(20):
        history, state_space, simulated = history_and_truth(seed)
        fit = fit_model([history], [state_space], NULL)
        session, truth = fit.sessions[0], simulated.truth
        pairs = (
            (session.density_per_100km2, truth.density_per_100km2),
            (session.n_realised, truth.n_animals),
            (session.parameters["sigma"], truth.detection.sigma_m),
            (session.parameters["lambda0"], truth.detection.at_centre),
        )
        inside.append([e.lower <= value <= e.upper for e, value in pairs])
    # Of 20 intervals at 95 %, fewer than 16 hold the truth once in 400 times.
    assert (np.sum(inside, axis=0) >= 16).all()
