"""Every class of models: what is drawn from it has the engine's expectations, and gives it back."""

import math
from dataclasses import replace

import numpy as np
import pytest
from known_models import MODELS, SPACE, fit_at, surveyed

from pardine.base.randomness import stream
from pardine.estimate.checking.cells import cells_of_fit
from pardine.estimate.checking.expectations import expected_detections, expected_of_animals, naive_path
from pardine.estimate.checking.goodness import detections_by_station
from pardine.estimate.checking.twice import twice_likelihood
from pardine.estimate.fit import fit_model
from pardine.estimate.likelihood.collapse import session_data
from pardine.estimate.likelihood.one_session import session_likelihood
from pardine.simulate.from_fit import draw_survey

N_DRAWS = 150
# 25 stations, 17 models: by chance alone one value in 400 lies beyond 3.
WIDEST = 4.5


@pytest.fixture(scope="module", params=MODELS)
def case(request):
    history = surveyed(MODELS[request.param][1])
    fit = fit_at(request.param, history)
    (cells,) = cells_of_fit(fit, [history], [SPACE])
    rng = (stream(11, request.param, i) for i in range(N_DRAWS))
    return history, fit, cells, [draw_survey([cells], [history], own)[0] for own in rng]


def z_of(values, expected):
    """Deviations of means from their expectations in standard errors."""
    values = np.asarray(values, dtype=float)
    error = np.maximum(values.std(axis=0, ddof=1), 1e-3) / math.sqrt(len(values))
    return np.abs((values.mean(axis=0) - expected) / error)


def per_group(history, cells, theta, usage):
    """Animals that the engine expects to be detected with some of the effort."""
    nobody = replace(history, animals=(), sex=(), usage_station_days=usage, **NO_EVENTS)
    data = session_data(nobody, SPACE, cells.rows)
    data = replace(data, squared_distance_m2=cells.data.squared_distance_m2)
    return sum(
        cells.density_per_km2[g, 0]
        * session_likelihood(data.without_animals(g), cells.detection, theta).expected_detected
        for g in range(data.n_groups)
    )


NO_EVENTS = {
    f"event_{name}": np.zeros(0, dtype=np.intp) for name in ("animal", "occasion", "detector", "count")
}


def test_animals_first_caught_by_each_occasion(case):
    history, _, cells, surveys = case
    theta = dict(cells.theta)
    relative = cells.density_per_km2 / cells.density_per_km2[:, :1]
    theta["D"] = relative[:1]
    usage = history.usage_station_days
    expected = []
    for s in range(history.n_occasions):
        until = np.where(np.arange(history.n_occasions) <= s, usage, 0.0)
        # a station that has not worked yet keeps its place among the rows
        until[:, 0] = np.where(until.sum(axis=1) > 0.0, until[:, 0], 1e-12)
        expected.append(per_group(history, cells, theta, until))
    found = np.zeros((N_DRAWS, history.n_occasions))
    for row, survey in zip(found, surveys, strict=True):
        first = np.full(survey.n_animals, history.n_occasions)
        np.minimum.at(first, survey.event_animal, survey.event_occasion)
        row[:] = [(first <= s).sum() for s in range(history.n_occasions)]
    assert z_of(found, expected).max() < WIDEST


def test_animals_caught_once_only(case):
    """A single detection, and none after it: what was learnt from it is in the expectation."""
    history, fit, cells, surveys = case
    likelihood = twice_likelihood(fit, [history], [SPACE])
    theta = {**cells.theta, "D": np.ones((1, 1))} if fit.spec.likelihood == "conditional" else cells.theta
    once, _ = likelihood.integral_of_once(theta, 0, with_adjoint=False)
    if fit.spec.likelihood == "conditional":
        once = once * cells.density_per_km2[:, 0]
    found = [
        (np.bincount(s.event_animal, weights=s.event_count, minlength=s.n_animals) == 1).sum()
        for s in surveys
    ]
    assert z_of(found, once.sum()) < WIDEST


def test_detections_at_each_station(case):
    """Less what was expected of each animal by what it had learnt: nothing is left on average."""
    _, fit, cells, surveys = case
    groups = np.arange(cells.rows.n_groups)
    paths = [naive_path(cells, int(g)) for g in groups]
    missed = cells.expected_animals * np.exp(-cells.cumulative_hazard)
    of_missed = expected_detections(cells, missed, paths, groups).sum(axis=0)
    left = []
    for survey in surveys[:40]:
        if not survey.n_animals:
            continue
        (own,) = cells_of_fit(fit, [survey], [SPACE])
        own = replace(own, density_per_km2=cells.density_per_km2)
        expected = expected_of_animals(survey, own).sum(axis=0) + of_missed
        left.append(detections_by_station(survey).sum(axis=0) - expected)
    assert z_of(left, 0.0).max() < WIDEST


def test_classes_have_their_shares(case):
    _, fit, cells, surveys = case
    known = [np.array([sex is not None for sex in s.sex]).mean() for s in surveys if s.n_animals]
    if fit.spec.hcov is None and cells.rows.n_groups == 1:
        assert max(known) == 0.0
        return
    assert min(known) == 1.0  # as in the survey
    expected = (cells.expected_animals * cells.detection_prob).sum(axis=2).reshape(-1)
    found = [[s.sex.count("F"), s.sex.count("M")] for s in surveys]
    assert z_of(found, expected).max() < WIDEST


def test_rules_of_detectors_are_kept(case):
    history, _, _, surveys = case
    for survey in surveys[:20]:  # a history that breaks them cannot be made
        assert survey.usage_station_days is history.usage_station_days
        assert survey.station_covariates == history.station_covariates
        assert survey.detector_type == history.detector_type


@pytest.mark.parametrize("name", MODELS)
def test_same_animals_are_as_many_of_each_group(name):
    history = surveyed(MODELS[name][1])
    (cells,) = cells_of_fit(fit_at(name, history), [history], [SPACE])
    (survey,) = draw_survey([cells], [history], stream(3, name), same_animals=True)
    assert survey.n_animals == history.n_animals
    if cells.rows.n_groups > 1:
        assert sorted(survey.sex) == sorted(history.sex)


RECOVERED = (
    "trend",
    "snow at a station",
    "learns",
    "learns stations",
    "remembers stations",
    "sexes as classes",
    "sexes known",
    "multi-catch that learns",
)


@pytest.mark.parametrize("name", RECOVERED)
def test_what_is_drawn_gives_the_parameters_back(name):
    history = surveyed(MODELS[name][1])
    more = 1.0 if MODELS[name][3] == "conditional" else 6.0
    fit = fit_at(name, history, more_animals=more)
    (cells,) = cells_of_fit(fit, [history], [SPACE])
    if MODELS[name][3] == "conditional":
        cells = replace(cells, density_per_km2=6.0 * cells.density_per_km2)
    (survey,) = draw_survey([cells], [history], stream(21, name))
    again = fit_model([survey], [SPACE], fit.spec)
    for true, found in zip(fit.coefficients, again.coefficients, strict=True):
        assert found.name == true.name
        assert abs(found.estimate - true.estimate) < 3.5 * found.se, found.name
        assert found.se < 0.6


def test_some_sexes_stay_unrecorded():
    history = surveyed("count")
    history = replace(history, sex=tuple("F" if i % 4 else None for i in range(history.n_animals)))
    share = sum(sex is not None for sex in history.sex) / history.n_animals
    (cells,) = cells_of_fit(fit_at("sexes as classes", history), [history], [SPACE])
    for i in range(5):
        (survey,) = draw_survey([cells], [history], stream(4, "sexes", i))
        n_known = sum(sex is not None for sex in survey.sex)
        assert n_known == round(share * survey.n_animals)
        assert {"F", "M"} <= set(survey.sex)


def test_animals_are_not_released_as_often_as_was_observed():
    history = surveyed("count")
    ends = {i: int(history.event_occasion[history.event_animal == i].max()) for i in (0, 3, 5, 8)}
    history = replace(history, last_occasion={history.animals[i]: s for i, s in ends.items()})
    (cells,) = cells_of_fit(fit_at("learns stations", history), [history], [SPACE])
    surveys = [draw_survey([cells], [history], stream(5, "lost", i))[0] for i in range(60)]
    for survey in surveys:
        for name, last in survey.last_occasion.items():
            mine = survey.event_occasion[survey.event_animal == survey.animals.index(name)]
            assert mine.max() == last
    captures = [len(set(zip(s.event_animal, s.event_occasion, strict=True))) for s in surveys]
    share = 4 / len(set(zip(history.event_animal, history.event_occasion, strict=True)))
    lost = sum(len(s.last_occasion) for s in surveys)
    assert lost == pytest.approx(share * sum(captures), abs=4 * math.sqrt(share * sum(captures)))


@pytest.mark.parametrize(("detection", "spread"), [("HHN", 1.0), ("HEX", math.sqrt(3.0))])
def test_collars_are_worn_again(detection, spread):
    history = surveyed("count")
    rng = np.random.default_rng(6)
    wearers = {history.animals[i]: 5000.0 + rng.normal(size=(n, 2)) for i, n in ((0, 20), (4, 31))}
    history = replace(history, fixes={**wearers, "elsewhere": 9000.0 + rng.normal(size=(600, 2))})
    fit = fit_at("null", history)
    fit = replace(fit, spec=replace(fit.spec, detection=detection))
    (cells,) = cells_of_fit(fit, [history], [SPACE])
    (survey,) = draw_survey([cells], [history], stream(6, "collars"))
    caught = [len(xy) for name, xy in survey.fixes.items() if name in survey.animals]
    assert sorted(caught) == [20, 31]
    (others,) = [xy for name, xy in survey.fixes.items() if name not in survey.animals]
    assert others.shape == (600, 2)
    # variance an axis of exp(-r / sigma) over the plane: E r^2 / 2 = 3 sigma^2
    assert others.std(axis=0, ddof=1) == pytest.approx(spread * 1500.0, rel=0.15)
    assert np.abs(SPACE.xy_m - others.mean(axis=0)).sum(axis=1).min() < 1000.0
    for name in set(survey.animals) & set(survey.fixes):
        places = history.xy_m[survey.event_detector[survey.event_animal == survey.animals.index(name)]]
        assert np.hypot(*(survey.fixes[name].mean(axis=0) - places.mean(axis=0))) < 8000.0


@pytest.mark.parametrize("name", ["learns stations", "two classes", "trend"])
def test_another_design_is_drawn_and_fitted_from_a_fit(name):
    """A planned survey: other stations and effort, nobody seen yet."""
    history = surveyed(MODELS[name][1])
    fit = fit_at(name, history, more_animals=4.0)
    planned = replace(
        history,
        xy_m=history.xy_m + 400.0,
        usage_station_days=0.5 * history.usage_station_days,
        animals=(),
        sex=(),
        **NO_EVENTS,
    )
    (cells,) = cells_of_fit(fit, [planned], [SPACE])
    expected = float((cells.expected_animals * cells.detection_prob).sum())
    surveys = [draw_survey([cells], [planned], stream(8, name, i))[0] for i in range(40)]
    assert z_of([survey.n_animals for survey in surveys], expected) < WIDEST
    again = fit_model([surveys[0]], [SPACE], fit.spec)
    density = again.sessions[0].density_per_100km2
    assert abs(math.log(density.value / 60.0)) < 3.0 * density.se / density.value
