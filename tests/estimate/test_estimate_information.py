"""Expected information against enumeration of all histories, the likelihood itself, and identities."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest

from pardine.estimate.formula.grammar import make_model
from pardine.estimate.likelihood.joint import joint_likelihood
from pardine.estimate.planning.information import PlannedSurvey, expected_precision
from pardine.estimate.statespace import buffer_state_space
from pardine.simulate.captures import TrueDetection, draw_capture_history

SIGMA_M = 2000.0


def plan_of(n_x, n_y, *, detector_type="count", detection="HHN", at_centre=0.05, usage=None, spacing=1.5):
    x, y = np.meshgrid(np.arange(n_x), np.arange(n_y))
    xy_m = np.column_stack([x.ravel(), y.ravel()]) * spacing * SIGMA_M
    usage = np.full((len(xy_m), 4), 10.0) if usage is None else np.asarray(usage, dtype=float)
    return PlannedSurvey(
        xy_m=xy_m,
        usage_station_days=usage,
        detector_type=detector_type,
        state_space=buffer_state_space(xy_m, 4 * SIGMA_M, SIGMA_M),
        density_per_km2=0.05,
        detection=detection,
        values={"g0" if detection == "HN" else "lambda0": at_centre, "sigma": SIGMA_M},
    )


def enumerated_information(plan):
    """Plain slow twin: every proximity history of a tiny survey, slopes by differences of log mu."""
    usage = plan.usage_station_days
    cells = list(itertools.product(range(usage.shape[0]), range(usage.shape[1])))
    squared = ((plan.xy_m[:, None] - plan.state_space.xy_m) ** 2).sum(axis=2)
    weight = plan.density_per_km2 * plan.state_space.cell_area_m2 / 1e6

    def log_mu(eta, seen):
        if plan.detection == "HHN":
            hazard = np.exp(eta[1] - squared / (2 * np.exp(2 * eta[2])))
        else:
            g0 = 1 / (1 + np.exp(-eta[1]))
            hazard = -np.log1p(-g0 * np.exp(-squared / (2 * np.exp(2 * eta[2]))))
        probability = np.full(squared.shape[1], weight * np.exp(eta[0]))
        for (j, s), detected in zip(cells, seen, strict=True):
            escapes = np.exp(-usage[j, s] * hazard[j])
            probability = probability * (1 - escapes if detected else escapes)
        return math.log(probability.sum())

    first = next(v for k, v in plan.values.items() if k != "sigma")
    start = math.log(first) if plan.detection == "HHN" else math.log(first / (1 - first))
    eta = np.array([0.0, start, math.log(SIGMA_M)])
    information = np.zeros((3, 3))
    for seen in itertools.product((False, True), repeat=len(cells)):
        if any(seen):
            slopes = [(log_mu(eta + 1e-5 * e, seen) - log_mu(eta - 1e-5 * e, seen)) / 2e-5 for e in np.eye(3)]
            information += math.exp(log_mu(eta, seen)) * np.outer(slopes, slopes)
    return information


@pytest.mark.parametrize("detection", ["HHN", "HN"])
@pytest.mark.parametrize(
    "usage", [[[8.0, 8.0], [8.0, 8.0], [8.0, 8.0]], [[9.0, 3.0], [0.0, 8.0], [1.5, 4.0]]]
)
def test_equals_the_sum_over_all_histories(usage, detection):
    plan = plan_of(3, 1, detector_type="proximity", detection=detection, usage=usage, spacing=0.8)
    if 0.0 in np.ravel(usage):
        # The plain twin multiplies by 1 where nothing worked; histories seen there have no chance.
        usable = np.asarray(usage) > 0
        assert not usable.all()
        plan = replace(plan, usage_station_days=np.where(usable, usage, 1e-9))
    exact = enumerated_information(plan)
    found = expected_precision(plan, n_histories=60_000).information
    scale = np.sqrt(np.outer(np.diag(exact), np.diag(exact)))
    np.testing.assert_allclose(found / scale, exact / scale, atol=0.012)
    np.testing.assert_allclose(found[0], exact[0], rtol=1e-5)
    variance = np.linalg.inv(exact)[0, 0]
    assert expected_precision(plan, n_histories=60_000).se_log_density == pytest.approx(
        math.sqrt(variance), rel=0.03
    )


def test_density_and_mean_slopes_are_without_chance():
    plan = plan_of(3, 3)
    few, many = (expected_precision(plan, n_histories=n) for n in (200, 5000))
    np.testing.assert_allclose(few.information[0], many.information[0], rtol=1e-9)
    assert few.information[0, 0] == pytest.approx(few.n_animals)
    # d Lambda / d log lambda0 by a difference of two plans.
    up, down = (
        expected_precision(
            replace(plan, values={**plan.values, "lambda0": 0.05 * math.exp(d)}), n_histories=10
        )
        for d in (1e-4, -1e-4)
    )
    assert few.information[0, 1] == pytest.approx((up.n_animals - down.n_animals) / 2e-4, rel=1e-6)


@pytest.mark.parametrize("detector_type", ["count", "proximity"])
def test_is_the_mean_of_observed_information(detector_type):
    plan = plan_of(4, 4, detector_type=detector_type)
    spec = make_model({"simulated": detector_type})
    beta = np.log([0.05, 0.05, SIGMA_M])
    observed = np.zeros((3, 3))
    n = 60
    for replicate in range(n):
        history, _ = draw_capture_history(
            plan.state_space,
            plan.density_per_km2,
            xy_m=plan.xy_m,
            usage_station_days=plan.usage_station_days,
            detection=TrueDetection(detection="HHN", at_centre=0.05, sigma_m=SIGMA_M),
            detector_type=detector_type,
            seed=3,
            replicate=replicate,
        )
        observed += joint_likelihood([history], [plan.state_space], spec).information(beta) / n
    expected = expected_precision(plan).information
    scale = np.sqrt(np.outer(np.diag(expected), np.diag(expected)))
    # Observed -d2(-Lambda)/d(log D)2 is Lambda itself; the rest varies from survey to survey.
    np.testing.assert_allclose(observed / scale, expected / scale, atol=0.1)


def test_four_times_the_animals_halve_the_standard_error():
    plan = plan_of(3, 3)
    one, four = (expected_precision(replace(plan, density_per_km2=d)) for d in (0.05, 0.2))
    assert four.se_log_density == pytest.approx(one.se_log_density / 2, rel=1e-9)


def test_numbers_expected_are_those_simulated():
    plan = plan_of(3, 3, detector_type="proximity", usage=[[10.0, 5.0]] * 9)
    expected = expected_precision(plan, n_histories=20_000)
    animals, detections, moved = [], [], []
    for replicate in range(300):
        history, _ = draw_capture_history(
            plan.state_space,
            0.05,
            xy_m=plan.xy_m,
            usage_station_days=plan.usage_station_days,
            detection=TrueDetection(detection="HHN", at_centre=0.05, sigma_m=SIGMA_M),
            detector_type="proximity",
            seed=4,
            replicate=replicate,
        )
        animals.append(history.n_animals)
        detections.append(history.n_detections)
        pairs = np.unique(np.column_stack([history.event_animal, history.event_detector]), axis=0)
        moved.append((np.bincount(pairs[:, 0]) > 1).sum() if len(pairs) else 0)
    for values, value in (
        (animals, expected.n_animals),
        (detections, expected.n_detections),
        (moved, expected.n_moved),
    ):
        error = np.std(values) / math.sqrt(len(values))
        assert abs(np.mean(values) - value) < 4 * error + 0.02 * value


def test_one_station_tells_no_density():
    assert expected_precision(plan_of(1, 1)).cv_density > 5.0


def test_stations_beyond_the_habitat_tell_nothing():
    plan = plan_of(2, 2)
    away = expected_precision(replace(plan, xy_m=plan.xy_m + 1e7))
    assert math.isinf(away.cv_density) and away.n_animals == 0.0


def test_the_same_seed_gives_the_same_answer():
    plan = plan_of(3, 3)
    one, two, other = (expected_precision(plan, seed=seed) for seed in (5, 5, 6))
    assert one.se_log_density == two.se_log_density != other.se_log_density
    assert other.se_log_density == pytest.approx(one.se_log_density, rel=0.02)


def test_coordinates_of_millions_of_metres_change_nothing():
    plan = plan_of(3, 3)
    shift = np.array([6_000_000.0, 5_000_000.0])
    far = replace(
        plan,
        xy_m=plan.xy_m + shift,
        state_space=replace(plan.state_space, xy_m=plan.state_space.xy_m + shift),
    )
    assert expected_precision(far).se_log_density == pytest.approx(expected_precision(plan).se_log_density)


def test_density_may_vary_over_the_habitat():
    plan = plan_of(3, 3)
    even = np.full(plan.state_space.n_points, 0.05)
    assert expected_precision(replace(plan, density_per_km2=even)).se_log_density == pytest.approx(
        expected_precision(plan).se_log_density
    )


def test_cv_is_that_of_a_poisson_number_over_an_effective_area():
    expected = expected_precision(plan_of(3, 3))
    n = expected.n_animals
    lost = expected.se_log_density**2 - 1 / n
    rng = np.random.default_rng(1)
    density = rng.poisson(n, 400_000) / np.exp(rng.normal(scale=math.sqrt(lost), size=400_000))
    assert expected.cv_density == pytest.approx(density.std() / density.mean(), rel=0.01)


def test_a_plan_needs_stations_that_work():
    plan = plan_of(2, 2)
    with pytest.raises(ValueError, match="works"):
        replace(plan, usage_station_days=np.zeros((4, 2)))
    with pytest.raises(ValueError, match="row of usage"):
        replace(plan, usage_station_days=np.ones((3, 2)))


def test_needlessly_fine_habitat_changes_nothing():
    plan = plan_of(3, 3)
    fine = replace(plan, state_space=buffer_state_space(plan.xy_m, 4 * SIGMA_M, SIGMA_M / 10))
    middle = replace(plan, state_space=buffer_state_space(plan.xy_m, 4 * SIGMA_M, SIGMA_M / 3))
    assert fine.state_space.n_points > 10_000 > 4000 > middle.state_space.n_points
    one, other = expected_precision(fine), expected_precision(middle)
    assert one.n_animals == pytest.approx(other.n_animals, rel=0.005)
    assert one.cv_density == pytest.approx(other.cv_density, rel=0.02)
