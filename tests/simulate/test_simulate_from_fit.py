"""Surveys drawn from a fit have the fit's expectations, its design, and the number of animals asked for."""

from dataclasses import replace

import numpy as np
import pytest
from checked_surveys import SPACE, drawn, null_fit

from pardine.base.randomness import stream
from pardine.estimate.checking.cells import cells_of_fit
from pardine.estimate.checking.expectations import expected_at_stations, expected_of_animals
from pardine.estimate.checking.goodness import detections_by_station
from pardine.estimate.likelihood.collapse import session_data
from pardine.estimate.likelihood.detection import DETECTION_FUNCTIONS
from pardine.estimate.likelihood.one_session import cell_expectations
from pardine.simulate.from_fit import draw_survey

N_DRAWS = 300


@pytest.fixture(scope="module", params=["count", "proximity"])
def case(request):
    history = drawn(request.param)
    fit = null_fit(history)
    return history, fit, cells_of_fit(fit, [history], [SPACE])[0]


def test_cells_know_what_the_likelihood_knows(case):
    history, fit, cells = case
    theta = {name: np.full((1, 1), e.value) for name, e in fit.sessions[0].parameters.items()}
    theta["D"] = np.full((1, 1), fit.sessions[0].density_per_100km2.value / 100.0)
    seen, missed = cell_expectations(session_data(history, SPACE), DETECTION_FUNCTIONS["HHN"], theta)
    where = cells.where()[:, 0]
    np.testing.assert_allclose(where.sum(axis=1), 1.0)
    np.testing.assert_allclose(where.sum(axis=0), seen, rtol=1e-9, atol=1e-12)
    own = (cells.expected_animals * (1.0 - cells.detection_prob))[0, 0]
    np.testing.assert_allclose(own, missed, rtol=1e-9)


def test_drawn_surveys_have_the_expectations_of_the_fit(case):
    history, _, cells = case
    surveys = [draw_survey([cells], [history], stream(5, "test", i))[0] for i in range(N_DRAWS)]
    n_detected = np.array([survey.n_animals for survey in surveys])
    expected = float((cells.expected_animals * cells.detection_prob).sum())
    assert n_detected.mean() == pytest.approx(expected, abs=4 * np.sqrt(expected / N_DRAWS))
    of_seen = expected_at_stations(history, cells, expected_of_animals(history, cells))
    at_stations = of_seen * (expected / history.n_animals)
    seen = np.array([detections_by_station(survey).sum(axis=0) for survey in surveys])
    error = seen.std(axis=0, ddof=1) / np.sqrt(N_DRAWS)
    assert (np.abs(seen.mean(axis=0) - at_stations) / error).max() < 4.5


def test_same_animals_keeps_their_number_and_the_law_of_their_detections(case):
    history, _, cells = case
    surveys = [
        draw_survey([cells], [history], stream(6, "test", i), same_animals=True)[0] for i in range(N_DRAWS)
    ]
    assert {survey.n_animals for survey in surveys} == {history.n_animals}
    per_animal = np.array([survey.n_detections for survey in surveys]) / history.n_animals
    expected = expected_at_stations(history, cells, expected_of_animals(history, cells)).sum()
    expected /= history.n_animals
    assert per_animal.mean() == pytest.approx(expected, abs=4 * per_animal.std() / np.sqrt(N_DRAWS))


def test_design_is_kept_and_nothing_else(case):
    history, _, cells = case
    observed = replace(history, sex=("F",) * history.n_animals, last_occasion={}, fixes={})
    (survey,) = draw_survey([cells], [observed], stream(7, "test"))
    assert survey.detectors == history.detectors
    assert survey.detector_type == history.detector_type
    np.testing.assert_array_equal(survey.usage_station_days, history.usage_station_days)
    assert set(survey.sex) == {None}
    assert (survey.usage_station_days[survey.event_detector, survey.event_occasion] > 0.0).all()


def test_conditional_fit_is_drawn_from_its_derived_density(case):
    history, _, _ = case
    conditional = null_fit(history, likelihood="conditional")
    (cells,) = cells_of_fit(conditional, [history], [SPACE])
    per_cell = conditional.sessions[0].density_per_100km2.value / 100.0
    np.testing.assert_allclose(cells.expected_animals, per_cell, rtol=1e-9)
