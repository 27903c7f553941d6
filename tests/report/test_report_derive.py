from dataclasses import replace

import numpy as np
import pytest
from made_surveys import LAMBDA0, SIGMA_M, make_fit, make_section

from pardine.estimate.fit import fit_model
from pardine.estimate.formula.grammar import model_from_text
from pardine.estimate.model import MaskSpec
from pardine.estimate.statespace import StateSpace
from pardine.report.derive import (
    class_edges,
    detection_curve,
    detections_per_animal,
    detections_per_station,
    frequency,
    probability_of_detection,
    scale_bar_km,
    typical_station_days,
)
from pardine.simulate.captures import TrueDetection, draw_capture_history


@pytest.mark.parametrize("detection", ["HHN", "HN"])
def test_curve_is_the_probability_of_at_least_one_detection(detection):
    fit = make_fit((make_section(),), detection=detection)
    curve = detection_curve(fit, "Simulated valley 2026", station_days=30.0)
    expected = probability_of_detection(detection, LAMBDA0, SIGMA_M, curve.distance_m, 30.0)
    np.testing.assert_allclose(curve.probability, expected, rtol=1e-12)
    at_centre = 1 - np.exp(-30 * LAMBDA0) if detection == "HHN" else 1 - (1 - LAMBDA0) ** 30
    assert curve.probability[0] == pytest.approx(at_centre)


@pytest.mark.parametrize("detection", ["HHN", "HN"])
def test_band_agrees_with_draws_from_the_coefficients(detection):
    fit = make_fit((make_section(),), detection=detection)
    curve = detection_curve(fit, "Simulated valley 2026", station_days=30.0)
    # Small errors, where the delta method is exact to first order.
    rng = np.random.default_rng(3)
    small = 0.01
    means = np.array([c.estimate for c in fit.coefficients])
    draws = rng.multivariate_normal(means, fit.covariance * small**2, 20_000)
    first = np.exp(draws[:, 1]) if detection == "HHN" else 1 / (1 + np.exp(-draws[:, 1]))
    at = np.array([0, 30, 60, 100])
    p = np.stack(
        [
            probability_of_detection(detection, f, s, curve.distance_m[at], 30.0)
            for f, s in zip(first, np.exp(draws[:, 2]), strict=True)
        ]
    )
    log_hazard_sd = np.log(-np.log1p(-p)).std(axis=0) / small
    half_width = (np.log(-np.log1p(-curve.upper[at])) - np.log(-np.log1p(-curve.lower[at]))) / 2
    np.testing.assert_allclose(half_width / 1.959964, log_hazard_sd, rtol=0.03)


def test_session_contrast_moves_only_its_own_curve(many):
    sections, densities = many
    fit = make_fit(sections, densities)
    names = [c.name for c in fit.coefficients]
    assert names[1].startswith("D.session[")
    first, other = (detection_curve(fit, s.history.session, 30.0) for s in sections[:2])
    np.testing.assert_array_equal(first.probability, other.probability)


def test_no_standard_errors_give_no_band(section):
    fit = make_fit((section,))
    curve = detection_curve(
        type(fit)(**{**vars(fit), "covariance": np.full((3, 3), np.nan)}), section.history.session, 30.0
    )
    assert np.isnan(curve.lower).all()
    assert np.isfinite(curve.probability).all()


def test_counts_add_up(section):
    history = section.history
    per_animal, per_station = detections_per_animal(history), detections_per_station(history)
    assert per_animal.sum() == per_station.sum() == history.n_detections
    assert len(per_animal) == history.n_animals and per_animal.min() >= 1
    assert len(per_station) == history.n_detectors
    assert sum(value * n for value, n in frequency([int(n) for n in per_animal])) == history.n_detections


def test_typical_effort_leaves_out_stations_that_never_worked(section):
    usage = section.history.usage_station_days.sum(axis=1)
    assert typical_station_days((section.history,)) == np.median(usage[usage > 0])


def test_class_edges_are_round_and_hold_the_values():
    edges = class_edges(np.linspace(0.0, 5.8, 400))
    np.testing.assert_allclose(edges, np.arange(7.0))
    assert class_edges(np.zeros(3)).tolist() == [0.0, 1.0]
    assert class_edges(np.array([])).tolist() == [0.0, 1.0]
    tiny = class_edges(np.full(4, 0.013))
    assert tiny[-1] >= 0.013 and 3 <= len(tiny) <= 8


@pytest.mark.parametrize(("width_m", "bar_km"), [(100_000, 20), (40_000, 10), (9_000, 2), (1_300, 0.2)])
def test_scale_bar_is_round(width_m, bar_km):
    assert scale_bar_km(width_m) == pytest.approx(bar_km)


@pytest.mark.parametrize(
    ("text", "at_zero"),
    [
        ("detection=HEX, sigma~1", lambda p: p["lambda0"].value),
        ("detection=HHR, sigma~1", lambda p: p["lambda0"].value),
        ("a0~1", lambda p: p["a0"].value * 1e6 / (2 * np.pi * p["sigma"].value ** 2)),
        ("lambda0~road", lambda p: p["lambda0"].value),
    ],
)
def test_curve_of_every_kind_of_model(text, at_zero):
    side = np.arange(6) * 1500.0
    xy = np.array([(x, y) for x in side for y in side])
    edges = np.arange(-4000.0, 11600.0, 750.0)
    space = StateSpace(
        xy_m=np.stack(np.meshgrid(edges, edges), axis=-1).reshape(-1, 2), cell_area_m2=750.0**2
    )
    truth = TrueDetection(detection="HHN", at_centre=0.1, sigma_m=1500.0)
    history, _ = draw_capture_history(
        space,
        0.2,
        xy_m=xy,
        usage_station_days=np.ones((36, 10)),
        detection=truth,
        detector_type="count",
        seed=9,
    )
    roads = tuple(("yes", "no")[j % 2] for j in range(36))
    history = replace(history, station_covariates={"road": roads})
    spec = model_from_text(text, {history.session: "count"}, mask=MaskSpec(kind="given"))
    fit = fit_model([history], [space], spec)
    curve = detection_curve(fit, history.session, 30.0)
    hazard = at_zero(fit.sessions[0].parameters)
    assert curve.probability[0] == pytest.approx(-np.expm1(-30.0 * hazard), rel=1e-6)
    assert (np.diff(curve.probability) <= 1e-12).all()
    assert (curve.lower < curve.probability).all() and (curve.probability < curve.upper).all()
