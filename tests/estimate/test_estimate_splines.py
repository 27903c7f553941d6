"""Splines: columns that the data can tell apart, and the same curve however they are turned."""

import json
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from estimate_surveys import read_rows

from pardine.base.errors import AnalysisError
from pardine.estimate.fit import fit_model
from pardine.estimate.fit_json import fit_from_json, fit_to_json
from pardine.estimate.formula.columns import natural_spline, on_axes, spline_axes, spline_knots
from pardine.estimate.formula.grammar import model_from_text
from pardine.estimate.likelihood.joint import joint_likelihood
from pardine.estimate.model import MaskSpec
from pardine.estimate.region import region_abundance
from pardine.estimate.statespace import StateSpace
from pardine.estimate.surface import predicted_density
from pardine.simulate.captures import TrueDetection, draw_capture_history

SPLINE = "D~s(stdGC, k=4)"


def spec_of(histories, text):
    types = {history.session: history.detector_type for history in histories}
    return model_from_text(text, types, mask=MaskSpec(kind="given"))


@pytest.mark.parametrize("k", [3, 4, 8, 12])
def test_columns_are_uncorrelated_and_span_the_same_curves(k):
    x = np.random.default_rng(3).gamma(2.0, 300.0, 900)
    knots = spline_knots(x, k)
    raw = natural_spline(x, knots)
    columns = np.stack(on_axes(raw, spline_axes(x, knots)), axis=-1)
    np.testing.assert_allclose(columns.mean(axis=0), 0.0, atol=1e-8)
    np.testing.assert_allclose(columns.T @ columns / len(x), np.eye(k - 1), atol=1e-8)
    np.testing.assert_allclose(columns[:, 0], (x - x.mean()) / x.std(), atol=1e-10)
    whole = np.column_stack([np.ones(len(x)), columns])
    fitted = whole @ np.linalg.lstsq(whole, np.stack(raw, axis=-1))[0]
    np.testing.assert_allclose(fitted, np.stack(raw, axis=-1), atol=1e-10)


def test_columns_that_rounding_alone_tells_apart_are_not_turned():
    values = np.array([0.0, 1e-9, 2e-9, 3e-9, 1.0])
    assert spline_axes(values, spline_knots(values, 4)) == ()


# ---- real surveys: the turned columns change nothing


@pytest.fixture(scope="module")
def rugged_gobi(gobi, scr_data):
    """Histories and state spaces of three sessions, with ruggedness on the masks."""
    histories, spaces = gobi
    rows = read_rows(scr_data / "snowleopard_Gobi_TNN" / "mask.csv")
    return histories, [
        replace(space, covariates={"stdGC": ruggedness(rows, history.session, space)})
        for history, space in zip(histories, spaces, strict=True)
    ]


def ruggedness(rows, session, space):
    mine = [row for row in rows if row["session"] == session]
    at = {(round(float(r["x"]), 2), round(float(r["y"]), 2)): float(r["stdGC"]) for r in mine}
    return np.array([at[round(x, 2), round(y, 2)] for x, y in space.xy_m.tolist()])


@pytest.fixture(scope="module")
def gobi_spline(rugged_gobi):
    histories, spaces = rugged_gobi
    return fit_model(histories, spaces, spec_of(histories, SPLINE))


def of_raw_columns(beta, frame):
    """Coefficients of the raw columns that say the same as those of the turned ones."""
    axes = np.array(frame.spline_axes[SPLINE])
    raw = beta.copy()
    raw[1:4] = axes[1:] @ beta[1:4]
    raw[0] -= axes[0] @ raw[1:4]
    return raw


def test_the_likelihood_is_that_of_the_raw_columns(rugged_gobi):
    # Tost 2012 alone, where the best curve runs off without end: any curve will do.
    histories, spaces = ([own[0]] for own in rugged_gobi)
    spec = spec_of(histories, SPLINE)
    turned = joint_likelihood(histories, spaces, spec)
    raw = joint_likelihood(histories, spaces, spec, replace(turned.table.frame, spline_axes={}))
    assert histories[0].session == "Tost2012"
    for curve in ((0.0, 0.0, 0.0), (0.4, -0.5, 0.1), (-0.3, 0.2, 0.6)):
        beta = np.array([-4.6, *curve, -4.3, 8.8])
        value, _ = turned.value_and_gradient(beta)
        raw_value, _ = raw.value_and_gradient(of_raw_columns(beta, turned.table.frame))
        assert raw_value == pytest.approx(value, abs=1e-8)


def test_the_maximum_is_that_of_the_raw_columns(rugged_gobi, gobi_spline):
    histories, spaces = rugged_gobi
    raw = joint_likelihood(histories, spaces, gobi_spline.spec, replace(gobi_spline.frame, spline_axes={}))
    start = np.array([gobi_spline.coefficients[0].estimate, 0.0, 0.0, 0.0, -4.3, 8.9])
    assert raw.maximum(start).log_likelihood == pytest.approx(gobi_spline.log_likelihood, abs=1e-4)


def test_a_stored_fit_predicts_a_part_of_the_habitat_alike(rugged_gobi, gobi_spline):
    (history, *_), (space, *_) = rugged_gobi
    stored = fit_from_json(json.loads(json.dumps(fit_to_json(gobi_spline))))
    assert stored.frame == gobi_spline.frame
    rugged = space.covariates["stdGC"] > 0.3  # its own mean and spread are others
    part = replace(space, xy_m=space.xy_m[rugged], covariates={"stdGC": space.covariates["stdGC"][rugged]})
    predicted = predicted_density(stored, history, part, 0).density_per_100km2
    beta = np.array([c.estimate for c in gobi_spline.coefficients])
    raw = natural_spline(space.covariates["stdGC"], gobi_spline.frame.knots[SPLINE])
    raw_beta = of_raw_columns(beta, gobi_spline.frame)
    expected = 100.0 * np.exp(raw_beta[0] + np.stack(raw, axis=-1) @ raw_beta[1:4])
    np.testing.assert_allclose(predicted, expected[rugged], rtol=1e-9)
    region = region_abundance(stored, history, space, 0, rugged).expected.value
    assert region == pytest.approx(expected[rugged].sum() * space.cell_area_m2 / 1e8, rel=1e-9)


# ---- simulated surveys: what the data tell of a curve is not refused

SIDE = np.arange(6) * 5000.0
STATIONS = np.array([(x, y) for x in SIDE for y in SIDE])
STEPS = np.arange(-6750.0, 32000.0, 1500.0)


def hilly_space():
    xy = np.stack(np.meshgrid(STEPS, STEPS), axis=-1).reshape(-1, 2)
    u, v = (xy.T + 7500.0) / 40000.0 * 2.0 * np.pi
    height = np.sin(u + 0.4) + 0.6 * np.cos(1.5 * v) + 0.3 * np.sin(2.0 * v + u)
    height = (height - height.mean()) / height.std()
    return StateSpace(xy_m=xy, cell_area_m2=1500.0**2, covariates={"height": height})


def fit_or_refusal(replicate, space):
    height = space.covariates["height"]
    history, _ = draw_capture_history(
        space,
        0.06 * np.exp(0.4 * height - 0.3 * height**2) / np.exp(0.4 * height - 0.3 * height**2).mean(),
        xy_m=STATIONS,
        usage_station_days=np.full((36, 6), 10.0),
        detection=TrueDetection(detection="HHN", at_centre=0.045, sigma_m=2500.0),
        detector_type="count",
        seed=71,
        replicate=replicate,
    )
    try:
        return fit_model([history], [space], spec_of([history], "D~s(height, k=4)")), history
    except AnalysisError as refusal:
        return refusal.code, history


def test_a_curve_of_density_is_not_refused_where_the_data_tell_it():
    space = hilly_space()
    found = [fit_or_refusal(replicate, space) for replicate in range(6)]
    assert Counter(f for f, _ in found if isinstance(f, str)) == {}
    widest = max(c.se for fit, _ in found for c in fit.coefficients if c.name.startswith("D."))
    assert widest < 1.0
    # On the raw columns, most of these surveys were refused for a flat likelihood.
    raw = [
        joint_likelihood([history], [space], fit.spec, replace(fit.frame, spline_axes={}))
        for fit, history in found
    ]
    starts = [np.array([fit.coefficients[0].estimate, 0.0, 0.0, 0.0, -3.1, 7.8]) for fit, _ in found]
    assert not all(joint.maximum(start).converged for joint, start in zip(raw, starts, strict=True))
