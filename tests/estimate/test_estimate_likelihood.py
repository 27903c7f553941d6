"""The likelihood against its plain slow twin, closed forms, differences and invariances."""

import math
from dataclasses import replace

import numpy as np
import pytest
from estimate_surveys import history_from_counts, slow_log_likelihood, small_history, square_space
from hypothesis import given, settings
from hypothesis import strategies as st

from pardine.estimate.likelihood.collapse import session_data
from pardine.estimate.likelihood.detection import DETECTION_FUNCTIONS
from pardine.estimate.likelihood.one_session import (
    cell_expectations,
    reference_constant,
    session_likelihood,
)
from pardine.estimate.statespace import StateSpace

HAZARDS = {
    "HHN": lambda d: 0.2 * math.exp(-(d**2) / (2 * 800.0**2)),
    "HN": lambda d: -math.log1p(-0.2 * math.exp(-(d**2) / (2 * 800.0**2))),
}


def theta_of(detection, *, at_zero=0.2, sigma_m=800.0, density=0.7):
    name = DETECTION_FUNCTIONS[detection].parameters[0]
    values = {"D": density, name: at_zero, "sigma": sigma_m}
    return {key: np.full((1, 1), value) for key, value in values.items()}


def value_of(history, space, detection="HHN", *, likelihood="full", **theta):
    return session_likelihood(
        session_data(history, space),
        DETECTION_FUNCTIONS[detection],
        theta_of(detection, **theta),
        likelihood=likelihood,
    )


@pytest.mark.parametrize("likelihood", ["full", "conditional"])
@pytest.mark.parametrize("detection", ["HN", "HHN"])
@pytest.mark.parametrize("detector_type", ["count", "proximity"])
def test_equals_its_plain_slow_twin(detector_type, detection, likelihood):
    history = small_history(np.random.default_rng(3), detector_type=detector_type)
    space = square_space(history, buffer_m=1500.0, spacing_m=700.0)
    slow = slow_log_likelihood(history, space, HAZARDS[detection], 0.7, likelihood=likelihood)
    fast = value_of(history, space, detection, likelihood=likelihood).log_likelihood
    # The twin is the likelihood of n independent animals; the n! orders are the difference.
    if likelihood == "full":
        slow -= reference_constant(history, "independent")
    assert history.n_animals > 2
    assert fast == pytest.approx(slow, abs=1e-10)


@pytest.mark.parametrize("y", [1, 3])
def test_one_detector_one_point_by_hand(y):
    # One animal seen y times at distance 0 in 5 station-days: h = 0.2, H = 1, D a = 0.7 x 4 km2.
    history = history_from_counts(np.array([[[y]]]), [[0.0, 0.0]], [[5.0]])
    space = StateSpace(xy_m=np.zeros((1, 2)), cell_area_m2=4e6)
    poisson = y * math.log(1.0) - 1.0 - math.lgamma(y + 1)
    expected = -2.8 * (1 - math.exp(-1.0)) + math.log(2.8) + poisson
    assert value_of(history, space).log_likelihood == pytest.approx(expected, abs=1e-12)


def test_nobody_seen_is_minus_the_expected_number():
    history = replace(
        history_from_counts(np.array([[[1]]]), [[0.0, 0.0]], [[5.0]]),
        animals=(),
        sex=(),
        **{
            f"event_{name}": np.zeros(0, dtype=np.intp)
            for name in ("animal", "occasion", "detector", "count")
        },
    )
    space = StateSpace(xy_m=np.zeros((1, 2)), cell_area_m2=4e6)
    value = value_of(history, space)
    assert value.log_likelihood == pytest.approx(-2.8 * (1 - math.exp(-1.0)), abs=1e-12)
    assert value.expected_detected == -value.log_likelihood
    assert value_of(history, space, likelihood="conditional").log_likelihood == 0.0


def shaped_theta(detection, history, space, rng):
    """Parameters that vary over detectors and over the mask, as later models need."""
    name = DETECTION_FUNCTIONS[detection].parameters[0]
    return {
        "D": rng.uniform(0.5, 1.5, (1, space.n_points)),
        name: rng.uniform(0.1, 0.3, (history.n_detectors, 1)),
        "sigma": rng.uniform(700.0, 900.0, (1, space.n_points)),
    }


@pytest.mark.parametrize("shaped", [False, True])
@pytest.mark.parametrize("likelihood", ["full", "conditional"])
@pytest.mark.parametrize("detection", ["HN", "HHN"])
@pytest.mark.parametrize("detector_type", ["count", "proximity"])
def test_adjoint_equals_central_differences(detector_type, detection, likelihood, shaped):
    rng = np.random.default_rng(11)
    history = small_history(rng, detector_type=detector_type)
    space = square_space(history)
    data = session_data(history, space)
    theta = shaped_theta(detection, history, space, rng) if shaped else theta_of(detection)
    if len(data.row_detector) < history.n_detectors and shaped:
        name = DETECTION_FUNCTIONS[detection].parameters[0]
        theta[name] = theta[name][: len(data.row_detector)]

    def value(changed):
        return session_likelihood(data, DETECTION_FUNCTIONS[detection], changed, likelihood=likelihood)

    adjoint = value(theta).adjoint
    assert set(adjoint) == set(theta)
    for name in set(theta) - ({"D"} if likelihood == "conditional" else set()):
        direction = rng.uniform(0.5, 1.0, theta[name].shape) * theta[name]
        above = value({**theta, name: theta[name] + 1e-5 * direction}).log_likelihood
        below = value({**theta, name: theta[name] - 1e-5 * direction}).log_likelihood
        assert adjoint[name].shape == theta[name].shape
        slope = float((adjoint[name] * direction).sum())
        assert slope == pytest.approx((above - below) / 2e-5, rel=1e-6, abs=1e-6)


def test_memory_limit_does_not_change_the_answer(monkeypatch):
    history = small_history(np.random.default_rng(2))
    space = square_space(history, spacing_m=80.0)  # several chunks
    kept = value_of(history, space)
    monkeypatch.setattr("pardine.estimate.likelihood.one_session._KEEP_BYTES", 0)
    monkeypatch.setattr("pardine.estimate.likelihood.collapse._KEEP_DISTANCES_BYTES", 0)
    again = value_of(history, space)
    assert again.log_likelihood == pytest.approx(kept.log_likelihood, rel=1e-12)
    for name, bar in kept.adjoint.items():
        assert again.adjoint[name] == pytest.approx(bar, rel=1e-9, abs=1e-12)


def reordered(history, order):
    counts = np.zeros((history.n_animals, history.n_detectors, history.n_occasions), dtype=int)
    counts[history.event_animal, history.event_detector, history.event_occasion] = history.event_count
    return history_from_counts(
        counts[order], history.xy_m, history.usage_station_days, detector_type=history.detector_type
    )


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    detector_type=st.sampled_from(["count", "proximity"]),
    detection=st.sampled_from(["HN", "HHN"]),
    scale=st.floats(0.01, 1000.0),
    shift_m=st.floats(-5e6, 5e6),
)
def test_order_scale_and_place_do_not_matter(seed, detector_type, detection, scale, shift_m):
    rng = np.random.default_rng(seed)
    history = small_history(rng, detector_type=detector_type)
    space = square_space(history)
    base = value_of(history, space, detection).log_likelihood
    tolerance = {"rel": 1e-9, "abs": 1e-9}

    animals = reordered(history, rng.permutation(history.n_animals))
    assert value_of(animals, space, detection).log_likelihood == pytest.approx(base, **tolerance)

    points = replace(space, xy_m=rng.permutation(space.xy_m))
    assert value_of(history, points, detection).log_likelihood == pytest.approx(base, **tolerance)

    # Lengths times s and densities by s^2: the same survey in other units.
    scaled = value_of(
        replace(history, xy_m=history.xy_m * scale),
        StateSpace(xy_m=space.xy_m * scale, cell_area_m2=space.cell_area_m2 * scale**2),
        detection,
        sigma_m=800.0 * scale,
        density=0.7 / scale**2,
    )
    assert scaled.log_likelihood == pytest.approx(base, **tolerance)

    moved = value_of(
        replace(history, xy_m=history.xy_m + shift_m),
        replace(space, xy_m=space.xy_m + shift_m),
        detection,
    )
    assert moved.log_likelihood == pytest.approx(base, rel=1e-7, abs=1e-7)


@pytest.mark.parametrize("detector_type", ["count", "proximity"])
@pytest.mark.parametrize("detection", ["HN", "HHN"])
def test_an_occasion_may_be_split_with_its_effort(detection, detector_type):
    # Two occasions of 1 day in place of one of 2 with one detection: the count loses log 2 orders,
    # the probability of a detection in either is that of the first or the second.
    xy, space = [[0.0, 0.0], [900.0, 0.0]], StateSpace(xy_m=np.array([[400.0, 0.0]]), cell_area_m2=1e6)
    one = history_from_counts(np.array([[[1], [0]]]), xy, [[2.0], [2.0]], detector_type=detector_type)
    first = history_from_counts(
        np.array([[[1, 0], [0, 0]]]), xy, np.ones((2, 2)), detector_type=detector_type
    )
    split = [value_of(first, space, detection).log_likelihood]
    if detector_type == "proximity":
        both = history_from_counts(
            np.array([[[1, 1], [0, 0]]]), xy, np.ones((2, 2)), detector_type="proximity"
        )
        split += [split[0], value_of(both, space, detection).log_likelihood]
    else:
        split += split
    whole = value_of(one, space, detection).log_likelihood
    assert np.logaddexp.reduce(split) == pytest.approx(whole, abs=1e-12)


@pytest.mark.parametrize("sigma_m", [1e-3, 1.0, 1e12])
@pytest.mark.parametrize("at_zero", [1e-30, 0.999999])
@pytest.mark.parametrize("detection", ["HN", "HHN"])
@pytest.mark.parametrize("detector_type", ["count", "proximity"])
def test_finite_however_absurd_the_parameters(detector_type, detection, at_zero, sigma_m):
    history = small_history(np.random.default_rng(1), detector_type=detector_type)
    value = value_of(history, square_space(history), detection, at_zero=at_zero, sigma_m=sigma_m)
    assert math.isfinite(value.log_likelihood)
    assert all(np.isfinite(bar).all() for bar in value.adjoint.values())


def test_idle_detectors_change_nothing():
    history = small_history(np.random.default_rng(4))
    space = square_space(history)
    wider = replace(
        history,
        detectors=(*history.detectors, "idle"),
        xy_m=np.vstack([history.xy_m, history.xy_m.mean(axis=0)]),
        usage_station_days=np.vstack([history.usage_station_days, np.zeros(history.n_occasions)]),
    )
    assert value_of(wider, space).log_likelihood == pytest.approx(value_of(history, space).log_likelihood)


def test_expected_centres_count_the_animals():
    history = small_history(np.random.default_rng(5))
    data = session_data(history, square_space(history))
    detected, undetected = cell_expectations(data, DETECTION_FUNCTIONS["HHN"], theta_of("HHN"))
    assert detected.sum() == pytest.approx(history.n_animals)
    expected = session_likelihood(data, DETECTION_FUNCTIONS["HHN"], theta_of("HHN")).expected_detected
    assert undetected.sum() == pytest.approx(0.7 * data.area_km2 - expected)


def test_reference_constants():
    counts = np.array([[[1], [0]], [[1], [0]], [[0], [2]], [[1], [0]]])
    history = history_from_counts(counts, [[0.0, 0.0], [900.0, 0.0]], [[2.0], [2.0]])
    assert reference_constant(history, "full") == pytest.approx(-math.log(6))
    assert reference_constant(history, "independent") == pytest.approx(-math.log(24))


def test_secr_log_likelihood_at_its_estimates(tost, gobi, phinda, reference):
    for name, model, (histories, spaces) in [
        ("snowleopard_Tost2012", "HHN null Poisson", tost),
        ("snowleopard_TNN", "HHN null 3 sessions", gobi),
        ("leopard_Phinda_2016", "HHN null Poisson", phinda),
    ]:
        row = reference[name, model]
        theta = {
            "at_zero": math.exp(row["lambda0"][0]),
            "sigma_m": math.exp(row["sigma"][0]),
            "density": 100.0 * math.exp(row["D"][0]),
        }
        total = sum(
            value_of(h, s, **theta).log_likelihood + reference_constant(h, row["ll_convention"])
            for h, s in zip(histories, spaces, strict=True)
        )
        assert total == pytest.approx(row["logLik"], abs=1e-6)


def test_stoats_as_proximity_at_the_estimates_of_the_multi_catch_fit(stoats, reference):
    (history,), (space,) = stoats
    row = reference["stoatDNA", "HN null"]
    value = value_of(
        history,
        space,
        "HN",
        at_zero=1 / (1 + math.exp(-row["g0"][0])),
        sigma_m=math.exp(row["sigma"][0]),
        density=100.0 * math.exp(row["D"][0]),
    )
    assert value.log_likelihood == pytest.approx(-145.8380, abs=1e-4)
