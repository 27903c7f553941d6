"""Bootstrap and goodness of fit: the same for any number of workers, failures counted, misfit seen."""

import math
from dataclasses import replace

import numpy as np
import pytest
from checked_surveys import SPACE, XY, drawn, null_fit
from known_models import MODELS, fit_at, surveyed
from known_models import SPACE as HABITAT

from pardine.base.bulk import local_executor
from pardine.base.errors import AnalysisError
from pardine.base.randomness import stream
from pardine.estimate.checking.cells import cells_of_fit
from pardine.estimate.checking.goodness import Distances, detections_by_station, distances_of_fit
from pardine.estimate.fit import fit_model
from pardine.simulate.bootstrap import densities, parametric_bootstrap
from pardine.simulate.captures import Events
from pardine.simulate.from_fit import draw_survey, with_events
from pardine.simulate.goodness_test import beyond_prediction, goodness_of_fit, known_of
from pardine.simulate.refit import refit_drawn_surveys


def inline():
    return local_executor(1)


def two_workers():
    return local_executor(2)


@pytest.fixture(scope="module")
def history():
    return drawn(at_centre=0.06)


@pytest.fixture(scope="module")
def fit(history):
    return null_fit(history)


def thinner(fit, factor):
    """The same fit with so much of its density."""
    coefficients = tuple(
        replace(c, estimate=c.estimate + math.log(factor)) if c.name == "D" else c for c in fit.coefficients
    )
    return replace(fit, coefficients=coefficients)


def test_same_for_any_number_of_workers_and_more_replicates_begin_alike(history, fit):
    def run(n, make_executor):
        return refit_drawn_surveys(
            fit, [history], [SPACE], densities, n_replicates=n, seed=3, name="t", make_executor=make_executor
        )

    alone, together, fewer = run(12, inline), run(12, two_workers), run(7, inline)
    assert alone.kept == together.kept
    assert alone.kept[:7] == fewer.kept
    assert alone.n_replicates == 12


def test_models_with_memory_and_classes_are_the_same_for_any_number_of_workers():
    history = surveyed("proximity")
    fit = fit_at("learns stations", history)

    def run(make_executor):
        return refit_drawn_surveys(
            fit,
            [history],
            [SPACE],
            distances_of_fit,
            n_replicates=6,
            seed=3,
            name="t",
            make_executor=make_executor,
            same_animals=True,
        )

    alone, together = run(inline), run(two_workers)
    assert alone.kept == together.kept
    assert len(alone.kept) >= 4


SLOW = ("learns both, trend", "two classes", "costly ways", "classes that learn")


@pytest.mark.parametrize(
    "name",
    [
        "trend",
        "sexes as classes",
        "sexes known",
        "multi-catch that learns",
        *(pytest.param(slow, marks=pytest.mark.slow) for slow in SLOW),
    ],
)
def test_no_class_of_models_is_refused(name):
    """The data are drawn from the model: its tests of fit and its bootstrap take them as they are."""
    history = surveyed(MODELS[name][1])
    true = fit_at(name, history, more_animals=4.0 if name in SLOW else 1.0)
    (cells,) = cells_of_fit(true, [history], [HABITAT])
    (survey,) = draw_survey([cells], [history], stream(31, name))
    fit = fit_model([survey], [HABITAT], true.spec)
    tested = goodness_of_fit(fit, [survey], [HABITAT], n_replicates=19, seed=2, make_executor=inline)
    assert len(tested.tests) == 3
    assert all(test.distance > 0.0 and 0.05 <= test.p_value <= 1.0 for test in tested.tests)
    drawn_again = parametric_bootstrap(
        fit, [survey], [HABITAT], n_replicates=22, seed=2, make_executor=inline
    )
    own = drawn_again.sessions[0].density_per_100km2
    assert own.lower < own.value < own.upper


def test_what_coefficients_explain_is_taken_out():
    rng = np.random.default_rng(5)
    noise = rng.normal(size=60)
    coefficients = rng.normal(size=(60, 3))
    surveys = [
        Distances(
            individuals=1.0,
            stations=1.0,
            both=1.0,
            coefficients=dict(zip("abc", row, strict=True)),
            averages={"a": row[0]},
        )
        for row in coefficients
    ]
    known = known_of(surveys)
    assert known.shape == (60, 4)
    plain = beyond_prediction(noise, known)
    moved = beyond_prediction(noise + 7.0 + coefficients @ [3.0, -2.0, 0.5], known)
    np.testing.assert_allclose(moved, plain, atol=1e-9)
    # the observed survey and a drawn one weigh alike: the variance is that of the noise
    assert plain.std() == pytest.approx(1.0, abs=0.2)
    assert known_of(surveys[:12]).shape == (12, 2)  # too few for three coefficients


def test_bootstrap_agrees_with_the_standard_error(history, fit):
    found = parametric_bootstrap(fit, [history], [SPACE], n_replicates=150, seed=4, make_executor=inline)
    density, own = found.sessions[0].density_per_100km2, fit.sessions[0].density_per_100km2
    assert density.value == own.value
    assert density.lower < own.value < density.upper
    assert density.se == pytest.approx(own.se, rel=0.3)
    assert abs(found.sessions[0].density_bias) < 0.1
    assert found.sessions[0].n_expected.upper == pytest.approx(density.upper * 4.0)


def test_failures_are_counted_and_told(history, fit):
    # A tenth of the density: most surveys then have no recapture elsewhere, or nobody at all.
    sparse = thinner(fit, 0.1)
    found = parametric_bootstrap(sparse, [history], [SPACE], n_replicates=60, seed=4, make_executor=inline)
    assert sum(found.failures.values()) > 3
    assert all(code.startswith("estimate.") for code in found.failures)
    assert "check.refits_failed" in [notice.code for notice in found.notices]


def test_goodness_of_a_true_model(history, fit):
    found = goodness_of_fit(fit, [history], [SPACE], n_replicates=39, seed=5, make_executor=inline)
    assert [test.aspect for test in found.tests] == ["individuals", "stations", "both"]
    own = distances_of_fit(fit, [history], [SPACE])
    assert [test.distance for test in found.tests] == pytest.approx([own.individuals, own.stations, own.both])
    assert min(test.p_value for test in found.tests) > 0.05
    assert [notice.code for notice in found.notices] == ["goodness.no_misfit"]


def test_stations_of_different_quality_are_seen(history):
    # Every other station misses nine detections of ten: nothing in the model says so.
    rng = np.random.default_rng(8)
    poor = np.arange(len(XY)) % 2 == 1
    rich = drawn(at_centre=0.3)
    kept = ~poor[rich.event_detector] | (rng.random(len(rich.event_detector)) < 0.1)
    events = Events(
        animal=rich.event_animal[kept],
        occasion=rich.event_occasion[kept],
        detector=rich.event_detector[kept],
        count=rich.event_count[kept],
    )
    uneven = with_events(rich, events)
    found = goodness_of_fit(
        null_fit(uneven), [uneven], [SPACE], n_replicates=39, seed=6, make_executor=inline
    )
    assert next(t.p_value for t in found.tests if t.aspect == "stations") == pytest.approx(1 / 40)
    assert "goodness.stations" in [notice.code for notice in found.notices]


def test_distance_by_hand(history, fit):
    (cells,) = cells_of_fit(fit, [history], [SPACE])
    observed, where = detections_by_station(history), cells.where()[:, 0]
    hazard = cells.hazard_per_station_day(0)
    usage = history.usage_station_days.sum(axis=1)
    both = 0.0
    for i in range(history.n_animals):
        for j in range(history.n_detectors):
            expected = usage[j] * float(where[i] @ hazard[j])
            both += (np.sqrt(observed[i, j]) - np.sqrt(expected)) ** 2
    assert distances_of_fit(fit, [history], [SPACE]).both == pytest.approx(both)


def test_too_few_replicates_are_a_mistake(history, fit):
    with pytest.raises(ValueError, match="at least 19"):
        goodness_of_fit(fit, [history], [SPACE], n_replicates=18, seed=1, make_executor=inline)
    with pytest.raises(ValueError, match="at least 20"):
        parametric_bootstrap(fit, [history], [SPACE], n_replicates=19, seed=1, make_executor=inline)


def test_nothing_could_be_fitted(history, fit):
    hopeless = thinner(fit, 1e-4)
    with pytest.raises(AnalysisError) as caught:
        parametric_bootstrap(hopeless, [history], [SPACE], n_replicates=20, seed=4, make_executor=inline)
    assert caught.value.code == "check.no_refits"
