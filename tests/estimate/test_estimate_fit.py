"""Fits: agreement with secr, real surveys, and what must hold of any fit."""

import math
from dataclasses import replace

import numpy as np
import pytest
from estimate_surveys import read_folder, read_rows, small_history, square_space

from pardine.estimate.checking.sensitivity import buffer_spaces
from pardine.estimate.fit import fit_model
from pardine.estimate.formula.grammar import make_model, model_from_text
from pardine.estimate.history import capture_history
from pardine.estimate.likelihood.joint import joint_likelihood
from pardine.estimate.likelihood.one_session import reference_constant
from pardine.estimate.model import MaskSpec
from pardine.estimate.region import region_abundance
from pardine.estimate.statespace import StateSpace
from pardine.estimate.surface import density_surface, predicted_density

GIVEN = MaskSpec(kind="given")


def types_of(histories):
    return {history.session: history.detector_type for history in histories}


def model_of(histories, text="", **choices):
    return model_from_text(text, types_of(histories), mask=choices.pop("mask", GIVEN), **choices)


def crowd(seed=1, n_animals=40, **choices):
    history = small_history(np.random.default_rng(seed), n_animals=n_animals, **choices)
    return history, square_space(history, buffer_m=3600.0, spacing_m=400.0)


@pytest.fixture(scope="module")
def tost_fit(tost):
    return fit_model(*tost, model_of(tost[0]))


@pytest.mark.parametrize(
    ("fixture", "name", "model"),
    [
        ("tost", "snowleopard_Tost2012", "HHN null Poisson"),
        ("gobi", "snowleopard_TNN", "HHN null 3 sessions"),
        ("phinda", "leopard_Phinda_2016", "HHN null Poisson"),
    ],
)
def test_agrees_with_secr(fixture, name, model, reference, request):
    histories, spaces = request.getfixturevalue(fixture)
    row = reference[name, model]
    fit = fit_model(histories, spaces, model_of(histories))
    constant = sum(reference_constant(h, row["ll_convention"]) for h in histories)
    assert fit.log_likelihood + constant == pytest.approx(row["logLik"], abs=1e-4)
    for coefficient in fit.coefficients:
        estimate, se = row[coefficient.name]
        # secr prints the log of density per hectare.
        per_ha = math.log(100.0) if coefficient.name == "D" else 0.0
        assert coefficient.estimate - per_ha == pytest.approx(estimate, abs=1e-3)
        assert coefficient.se == pytest.approx(se, rel=0.01)
    assert fit.converged
    assert fit.aic == pytest.approx(6 - 2 * fit.log_likelihood)


def test_natural_scale_agrees_with_secr(tost_fit):
    # secr 5.5.0, same model: D 7.408265e-05 per ha (se 2.020774e-05), 4.382127e-05 to 1.252444e-04.
    density = tost_fit.sessions[0].density_per_100km2
    assert density.value == pytest.approx(0.7408265, rel=1e-4)
    assert density.se == pytest.approx(0.2020774, rel=1e-3)
    assert (density.lower, density.upper) == pytest.approx((0.4382127, 1.252414), rel=1e-3)
    sigma = tost_fit.sessions[0].parameters["sigma"]
    assert sigma.value == pytest.approx(6989.7, rel=1e-4)
    assert (sigma.lower, sigma.upper) == pytest.approx((5956.9, 8201.6), rel=1e-3)


def test_gradient_vanishes_and_information_is_positive(tost, tost_fit):
    joint = joint_likelihood(*tost, tost_fit.spec)
    beta = np.array([c.estimate for c in tost_fit.coefficients])
    _, gradient = joint.value_and_gradient(beta)
    assert np.abs(gradient).max() < 1e-3
    eigenvalues = np.linalg.eigvalsh(joint.information(beta))
    assert eigenvalues.min() > 0
    assert tost_fit.covariance == pytest.approx(np.linalg.inv(joint.information(beta)), rel=1e-4)


def test_start_does_not_matter(tost, tost_fit):
    start = {"D": -3.0, "lambda0": -6.0, "sigma": 9.8}
    again = fit_model(*tost, tost_fit.spec, start=start)
    assert again.log_likelihood == pytest.approx(tost_fit.log_likelihood, abs=1e-7)
    ours, theirs = ([c.estimate for c in f.coefficients] for f in (again, tost_fit))
    assert ours == pytest.approx(theirs, abs=1e-4)


@pytest.mark.parametrize("detection", ["HN", "HHN"])
@pytest.mark.parametrize("detector_type", ["count", "proximity"])
def test_full_and_conditional_agree_where_density_is_free(detection, detector_type):
    history, space = crowd(detector_type=detector_type)
    full = fit_model([history], [space], model_of([history], detection=detection))
    conditional = fit_model(
        [history], [space], model_of([history], detection=detection, likelihood="conditional")
    )
    n = history.n_animals
    # Full = conditional + Poisson density of n at its maximum (n! cancels: animals are distinguishable).
    assert full.log_likelihood == pytest.approx(conditional.log_likelihood + n * math.log(n) - n, abs=1e-6)
    for name in full.sessions[0].parameters:
        ours, theirs = (fit.sessions[0].parameters[name] for fit in (full, conditional))
        assert (ours.value, ours.se) == pytest.approx((theirs.value, theirs.se), rel=1e-3)
    d_full, d_derived = (fit.sessions[0].density_per_100km2 for fit in (full, conditional))
    assert d_full.value == pytest.approx(d_derived.value, rel=1e-4)
    n_full, n_derived = (fit.sessions[0].n_realised for fit in (full, conditional))
    assert (n_full.value, n_full.se) == pytest.approx((n_derived.value, n_derived.se), rel=1e-3)


def test_expected_and_realised_abundance():
    history, space = crowd()
    session = fit_model([history], [space], model_of([history])).sessions[0]
    density, expected, realised = session.density_per_100km2, session.n_expected, session.n_realised
    assert expected.value == pytest.approx(density.value * space.area_km2 / 100.0)
    assert expected.upper / expected.value == pytest.approx(density.upper / density.value)
    # With one density, expected and realised abundance coincide at the maximum.
    assert realised.value == pytest.approx(expected.value, rel=1e-5)
    assert history.n_animals <= realised.lower < realised.value < realised.upper
    assert realised.se < expected.se


def test_realised_abundance_of_perfect_detection_is_the_number_seen():
    history, space = crowd(n_animals=60, density_seed_lambda0=2.0, sigma_m=3000.0)
    inside = replace(space, xy_m=space.xy_m[(np.abs(space.xy_m - 1500) < 1500).all(axis=1)])
    realised = fit_model([history], [inside], model_of([history])).sessions[0].n_realised
    assert realised.value == pytest.approx(history.n_animals, abs=1e-3)
    assert history.n_animals <= realised.lower <= realised.upper < history.n_animals + 0.1


def test_separate_parameters_are_separate_fits(gobi):
    histories, spaces = gobi
    text = "D~session, lambda0~session, sigma~session"
    joint = fit_model(histories, spaces, model_of(histories, text))
    alone = [fit_model([h], [s], model_of([h])) for h, s in zip(histories, spaces, strict=True)]
    assert joint.log_likelihood == pytest.approx(sum(fit.log_likelihood for fit in alone), abs=1e-5)
    assert [c.name for c in joint.coefficients][:3] == [
        "D",
        f"D.session[{histories[1].session}]",
        f"D.session[{histories[2].session}]",
    ]
    for together, fit in zip(joint.sessions, alone, strict=True):
        ours, theirs = together.density_per_100km2, fit.sessions[0].density_per_100km2
        assert (ours.value, ours.se) == pytest.approx((theirs.value, theirs.se), rel=2e-3)


def without_captures(history, session):
    empty = {
        f"event_{name}": np.zeros(0, dtype=np.intp) for name in ("animal", "occasion", "detector", "count")
    }
    return replace(history, session=session, animals=(), sex=(), **empty)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize("likelihood", ["full", "conditional"])
def test_a_session_without_captures_has_density_0_and_an_upper_limit(order, likelihood):
    history, space = crowd()
    pair = [history, without_captures(history, "empty")]
    histories = [pair[i] for i in order]
    text = "D~session" if likelihood == "full" else ""
    fit = fit_model(histories, [space, space], model_of(histories, text, likelihood=likelihood))
    alone = fit_model([history], [space], model_of([history], likelihood=likelihood))
    empty = fit.sessions[order.index(1)]
    assert fit.log_likelihood == pytest.approx(alone.log_likelihood, abs=1e-6)
    assert [c.name for c in fit.coefficients] == [c.name for c in alone.coefficients]
    density = empty.density_per_100km2
    assert (density.value, density.lower) == (0.0, 0.0)
    # Seeing nobody at the upper limit has probability 5 %.
    effective_km2 = history.n_animals / (alone.sessions[0].density_per_100km2.value / 100.0)
    assert math.exp(-density.upper / 100.0 * effective_km2) == pytest.approx(0.05, rel=1e-3)
    assert empty.n_realised.value == 0.0
    assert "estimate.session_without_captures" in {notice.code for notice in fit.notices}
    position = order.index(1)
    surface = density_surface(fit, histories[position], space, position)
    assert surface.density_per_100km2.tolist() == [0.0] * space.n_points
    prediction = predicted_density(fit, histories[position], space, position)
    assert np.ptp(prediction.upper_per_100km2) == 0.0 < prediction.upper_per_100km2[0]
    half = space.xy_m[:, 0] > np.median(space.xy_m[:, 0])
    region = region_abundance(fit, histories[position], space, position, half)
    assert (region.realised.value, region.expected.value) == (0.0, 0.0)
    assert region.realised.upper == pytest.approx(empty.n_realised.upper * half.mean())


def test_a_session_without_captures_pulls_a_shared_density_down():
    history, space = crowd()
    histories = [history, without_captures(history, "empty")]
    shared = fit_model(histories, [space, space], model_of(histories))
    alone = fit_model([history], [space], model_of([history]))
    half = alone.sessions[0].density_per_100km2.value / 2.0
    assert shared.sessions[1].density_per_100km2.value == pytest.approx(half, rel=1e-4)
    assert shared.sessions[1].n_realised.value > 0.0


def test_27_leopard_surveys(south_africa):
    mask = MaskSpec(kind="buffer", buffer_m=15_000.0, spacing_m=1_000.0)
    spec = make_model(types_of(south_africa), terms={"D": ("session",)}, mask=mask)
    fit = fit_model(south_africa, buffer_spaces(south_africa, mask), spec)
    assert fit.n_parameters == 29
    assert fit.converged
    assert fit.seconds < 30.0  # about 1.2 s on a quiet machine
    single = [s for s in fit.sessions if s.n_detections == 1]
    assert len(single) == 3
    for session in fit.sessions:
        density, realised = session.density_per_100km2, session.n_realised
        assert 0.0 < density.lower < density.value < density.upper < 30.0
        assert session.n_animals < realised.lower
    # The effective area is n / D: the surveys share detection, so more animals mean more density.
    phinda = next(s for s in fit.sessions if s.session == "Phinda_2016")
    assert phinda.density_per_100km2.value == pytest.approx(6.06, abs=0.1)


def test_simulated_kruger_leopards_as_proximity(scr_data):
    survey = read_folder(scr_data / "kruger_leopard_SIMULATED", "proximity")
    history = capture_history(survey, "1+2")
    xy = np.array(
        [
            (float(r["x"]), float(r["y"]))
            for r in read_rows(scr_data / "kruger_leopard_SIMULATED" / "mask.csv")
        ]
    )
    spacing_m = np.diff(np.unique(np.round(xy[:, 0], 1))).min()
    space = StateSpace(xy_m=xy, cell_area_m2=float(spacing_m) ** 2)
    fit = fit_model([history], [space], model_of([history], detection="HN"))
    realised = fit.sessions[0].n_realised
    assert history.n_animals == 64
    assert realised.lower < 153 < realised.upper  # the true number in the simulation


def test_aicc_needs_more_animals_than_parameters():
    counts_history, space = crowd(seed=8, n_animals=4, density_seed_lambda0=0.6)
    fit = fit_model([counts_history], [space], model_of([counts_history]))
    assert counts_history.n_animals <= 4
    assert math.isnan(fit.aicc)


def test_programmers_mistakes_are_value_errors():
    history, space = crowd()
    with pytest.raises(ValueError, match="one state space"):
        fit_model([history], [], model_of([history]))
    with pytest.raises(ValueError, match="two histories"):
        fit_model([history, history], [space, space], model_of([history]))
    with pytest.raises(ValueError, match="detector types"):
        fit_model([history], [space], make_model({"A": "proximity"}, mask=GIVEN))
    with pytest.raises(ValueError, match="level"):
        fit_model([history], [space], model_of([history]), level=1.0)
