"""Drawn capture histories against the model they are drawn from and a plain slow twin."""

import math
import time

import numpy as np
import pytest

from pardine.base.randomness import stream
from pardine.estimate.statespace import StateSpace
from pardine.simulate.captures import TrueDetection, draw_capture_history, draw_centres, draw_events

CELL_M = 1000.0
POINTS = np.array(
    [(x, y) for x in np.arange(500.0, 20_000.0, CELL_M) for y in np.arange(500.0, 20_000.0, CELL_M)]
)
SPACE = StateSpace(xy_m=POINTS, cell_area_m2=CELL_M**2)
XY = np.array([(5000.0, 5000.0), (9000.0, 5000.0), (5000.0, 9000.0), (14_000.0, 14_000.0)])
USAGE = np.array([[10.0, 0.0, 4.5], [10.0, 10.0, 10.0], [0.0, 0.0, 0.0], [7.0, 3.0, 0.0]])
HHN = TrueDetection(detection="HHN", at_centre=0.05, sigma_m=3000.0)
HN = TrueDetection(detection="HN", at_centre=0.08, sigma_m=2500.0)


def draw(replicate=0, *, seed=7, density=0.05, detection=HHN, detector_type="count", **options):
    return draw_capture_history(
        SPACE,
        density,
        xy_m=XY,
        usage_station_days=USAGE,
        detection=detection,
        detector_type=detector_type,
        seed=seed,
        replicate=replicate,
        **options,
    )


def slow_twin(centres, detection, detector_type, rng):
    """The model as a textbook writes it: every animal, occasion and detector for itself."""
    counts = np.zeros((len(centres), USAGE.shape[1], len(XY)), dtype=int)
    for i, centre in enumerate(centres):
        for s in range(USAGE.shape[1]):
            for j, place in enumerate(XY):
                half_normal = math.exp(-(math.dist(centre, place) ** 2) / (2 * detection.sigma_m**2))
                if detection.detection == "HHN":
                    mean = detection.at_centre * half_normal * USAGE[j, s]
                    prob = 1 - math.exp(-mean)
                else:
                    prob = 1 - (1 - detection.at_centre * half_normal) ** USAGE[j, s]
                    mean = -math.log(1 - prob)
                counts[i, s, j] = rng.poisson(mean) if detector_type == "count" else rng.random() < prob
    return counts


def as_array(events, n_animals):
    counts = np.zeros((n_animals, USAGE.shape[1], len(XY)), dtype=int)
    counts[events.animal, events.occasion, events.detector] = events.count
    return counts


@pytest.mark.parametrize("detector_type", ["count", "proximity"])
@pytest.mark.parametrize("detection", [HHN, HN])
def test_events_have_the_mean_and_variance_of_the_slow_twin(detection, detector_type):
    centres = np.array([(5500.0, 6000.0), (9000.0, 9000.0), (13_000.0, 13_500.0)])
    n_draws = 4000
    rng = stream(3, "fast")
    fast = np.stack(
        [as_array(draw_events(centres, XY, USAGE, detection, detector_type, rng), 3) for _ in range(n_draws)]
    )
    rng = stream(3, "slow")
    slow = np.stack([slow_twin(centres, detection, detector_type, rng) for _ in range(n_draws // 4)])
    se = np.sqrt(fast.var(axis=0) / n_draws + slow.var(axis=0) / (n_draws / 4)) + 1e-9
    assert np.abs((fast.mean(axis=0) - slow.mean(axis=0)) / se).max() < 4.5
    if detector_type == "count":
        expected = fast.mean(axis=0)
        np.testing.assert_allclose(fast.var(axis=0), expected, rtol=0.25, atol=0.003)


def test_proximity_probability_is_that_of_the_formula():
    centre = np.array([(5000.0, 5000.0)])
    rng = stream(5, "formula")
    seen = sum(
        as_array(draw_events(centre, XY, USAGE, HN, "proximity", rng), 1)[0, 0, 0] for _ in range(20_000)
    )
    prob = 1 - (1 - HN.at_centre) ** 10.0
    assert seen / 20_000 == pytest.approx(prob, abs=4 * math.sqrt(prob * (1 - prob) / 20_000))


def test_number_of_animals_is_poisson_with_the_mean_of_the_density():
    numbers = np.array([len(draw_centres(SPACE, 0.05, stream(1, "n", i))) for i in range(4000)])
    expected = 0.05 * SPACE.area_km2
    assert numbers.mean() == pytest.approx(expected, abs=4 * math.sqrt(expected / 4000))
    assert numbers.var() == pytest.approx(expected, rel=0.1)


def test_centres_follow_a_density_that_varies():
    density = np.where(POINTS[:, 0] < 10_000.0, 0.03, 0.01)
    centres = draw_centres(SPACE, density, stream(2, "two halves"), n_animals=20_000)
    assert (centres[:, 0] < 10_000.0).mean() == pytest.approx(0.75, abs=0.0125)
    assert centres.min() >= 0.0
    assert centres.max() <= 20_000.0


def test_no_detection_where_nothing_worked():
    for replicate in range(50):
        history, _ = draw(replicate)
        assert (USAGE[history.event_detector, history.event_occasion] > 0.0).all()


@pytest.mark.parametrize("detector_type", ["count", "proximity"])
def test_history_is_sorted_without_repeats_and_holds_only_detected_animals(detector_type):
    history, centres = draw(density=0.2, detector_type=detector_type)
    events = list(zip(history.event_animal, history.event_occasion, history.event_detector, strict=True))
    assert events == sorted(set(events))
    assert set(history.event_animal) == set(range(history.n_animals))
    assert history.n_animals < len(centres)
    assert (history.event_count >= 1).all()
    if detector_type == "proximity":
        assert (history.event_count == 1).all()


def test_codes_point_to_the_true_centres():
    history, centres = draw(
        detection=TrueDetection(detection="HHN", at_centre=5.0, sigma_m=400.0), density=0.5
    )
    rows = np.array([int(code[1:]) - 1 for code in history.animals])
    distance = np.linalg.norm(centres[rows[history.event_animal]] - XY[history.event_detector], axis=1)
    assert distance.max() < 6 * 400.0


def test_same_seed_same_survey_and_another_replicate_another():
    first, again, other = draw(3), draw(3), draw(4)
    np.testing.assert_array_equal(first[1], again[1])
    np.testing.assert_array_equal(first[0].event_count, again[0].event_count)
    assert first[1].shape != other[1].shape or not np.allclose(first[1], other[1])


def test_a_fixed_number_of_animals_is_kept_and_may_be_none():
    assert len(draw(n_animals=11)[1]) == 11
    history, centres = draw(n_animals=0)
    assert (len(centres), history.n_animals, history.n_detections) == (0, 0, 0)


def test_another_design_surveys_the_same_animals():
    _, centres = draw(2)
    _, same = draw(2, detector_type="proximity")
    np.testing.assert_array_equal(centres, same)


@pytest.mark.parametrize(
    ("kind", "at_centre", "sigma_m"), [("HN", 1.0, 1.0), ("HHN", 0.0, 1.0), ("HHN", 1.0, 0.0)]
)
def test_impossible_detection_is_refused(kind, at_centre, sigma_m):
    with pytest.raises(ValueError, match="must"):
        TrueDetection(detection=kind, at_centre=at_centre, sigma_m=sigma_m)


def test_thousands_of_surveys_a_minute():
    started = time.process_time()
    for replicate in range(200):
        draw(replicate)
    assert (time.process_time() - started) / 200 < 0.02  # 3,000 a minute
