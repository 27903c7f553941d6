"""Surfaces, profiles, buffers that suffice, and fits as JSON."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from estimate_surveys import small_history, square_space

from pardine.base.errors import AnalysisError
from pardine.base.provenance import canonical_json
from pardine.estimate.checking.sensitivity import buffer_spaces, resolve_mask, widened_density_change
from pardine.estimate.fit import fit_model
from pardine.estimate.fit_json import fit_from_json, fit_to_json
from pardine.estimate.formula.grammar import make_model
from pardine.estimate.likelihood.joint import joint_likelihood
from pardine.estimate.model import MaskSpec
from pardine.estimate.profile import profile_interval
from pardine.estimate.surface import density_surface

GIVEN = MaskSpec(kind="given")


def model_of(histories, **choices):
    types = {h.session: h.detector_type for h in histories}
    return make_model(types, **{"mask": GIVEN, **choices})


@pytest.fixture(scope="module")
def crowd():
    history = small_history(np.random.default_rng(1), n_animals=40)
    space = square_space(history, buffer_m=3600.0, spacing_m=400.0)
    return [history], [space], fit_model([history], [space], model_of([history]))


def test_the_surface_sums_to_the_realised_abundance(gobi):
    histories, spaces = gobi
    fit = fit_model(histories, spaces, model_of(histories))
    for index, (history, space) in enumerate(zip(histories, spaces, strict=True)):
        surface = density_surface(fit, history, space, index)
        total = surface.density_per_100km2.sum() * surface.cell_area_m2 / 1e8
        assert total == pytest.approx(fit.sessions[index].n_realised.value, rel=1e-9)
        assert surface.density_per_100km2.min() >= 0.0


def test_the_surface_is_high_where_animals_were_seen_and_at_d_far_away(crowd):
    (history,), (space,), fit = crowd
    far = replace(space, xy_m=np.vstack([space.xy_m, [[1e6, 1e6]]]))
    surface = density_surface(fit, history, far, 0)
    density = fit.sessions[0].density_per_100km2.value
    assert surface.density_per_100km2[-1] == pytest.approx(density)
    assert surface.density_per_100km2.max() > 1.3 * density
    with pytest.raises(ValueError, match="session 0"):
        density_surface(fit, replace(history, session="other"), far, 0)


@pytest.mark.parametrize("coefficient", ["D", "lambda0", "sigma"])
def test_profile_limits_lie_where_the_likelihood_has_fallen(crowd, coefficient):
    histories, spaces, fit = crowd
    interval = profile_interval(fit, histories, spaces, coefficient=coefficient)
    k = [c.name for c in fit.coefficients].index(coefficient)
    joint = joint_likelihood(histories, spaces, fit.spec)
    for limit in (interval.lower, interval.upper):
        eta = math.log(limit / 100.0 if coefficient == "D" else limit)
        grid = _best_with(joint, fit, k, eta)
        assert fit.log_likelihood - grid == pytest.approx(1.9207, abs=2e-3)
    wald = (
        fit.sessions[0].density_per_100km2 if coefficient == "D" else fit.sessions[0].parameters[coefficient]
    )
    assert interval.value == pytest.approx(wald.value)
    assert interval.lower == pytest.approx(wald.lower, rel=0.2)
    assert interval.upper == pytest.approx(wald.upper, rel=0.2)


def _best_with(joint, fit, k, eta):
    """Plain alternating Newton over the other coefficients."""
    beta = np.array([c.estimate for c in fit.coefficients])
    beta[k] = eta
    free = [i for i in range(len(beta)) if i != k]
    for _ in range(25):
        _, gradient = joint.value_and_gradient(beta)
        information = joint.information(beta)[np.ix_(free, free)]
        beta[free] += np.clip(np.linalg.solve(information, gradient[free]), -0.3, 0.3)
    return joint.value_and_gradient(beta)[0]


def test_profile_of_a_contrast_stays_on_the_link_scale(gobi):
    histories, spaces = gobi
    fit = fit_model(histories, spaces, model_of(histories, terms={"D": ("session",)}))
    contrast = fit.coefficients[1]
    interval = profile_interval(fit, histories, spaces, coefficient=contrast.name)
    assert interval.unit == "log scale"
    assert interval.lower < contrast.estimate < interval.upper
    assert interval.upper - interval.lower == pytest.approx(2 * 1.96 * contrast.se, rel=0.1)
    with pytest.raises(ValueError, match="no coefficient"):
        profile_interval(fit, histories, spaces, coefficient="phi")


def test_a_buffer_is_resolved_to_four_sigma():
    history = small_history(np.random.default_rng(1), n_animals=40)
    resolved = resolve_mask([history], model_of([history], mask=MaskSpec(kind="buffer")))
    sigma_m = resolved.fit.sessions[0].parameters["sigma"].value
    mask = resolved.spec.mask
    assert 4.0 * sigma_m <= mask.buffer_m < 6.0 * sigma_m
    assert mask.spacing_m <= 0.5 * sigma_m
    assert resolved.density_change < 0.01
    assert resolved.notices == ()
    assert resolved.fit.spec == resolved.spec
    # The same density as a far wider and finer grid gives.
    fine = replace(resolved.spec, mask=replace(mask, buffer_m=8 * sigma_m, spacing_m=sigma_m / 5))
    wide = fit_model([history], buffer_spaces([history], fine.mask), fine).sessions[0].density_per_100km2
    assert resolved.fit.sessions[0].density_per_100km2.value == pytest.approx(wide.value, rel=0.005)


def test_what_a_person_set_stays_and_is_warned_about():
    history = small_history(np.random.default_rng(1), n_animals=40)
    narrow = MaskSpec(kind="buffer", buffer_m=800.0, spacing_m=700.0)
    resolved = resolve_mask([history], model_of([history], mask=narrow))
    assert resolved.spec.mask == narrow
    assert resolved.density_change > 0.01
    assert {n.code for n in resolved.notices} == {"estimate.buffer_matters", "estimate.coarse_grid"}
    assert "estimate.narrow_buffer" in {n.code for n in resolved.fit.notices}


def test_hopeless_data_are_refused_before_a_buffer_is_made():
    history = small_history(np.random.default_rng(1), n_animals=40)
    names = ("animal", "occasion", "detector", "count")
    empty = {f"event_{name}": np.zeros(0, dtype=np.intp) for name in names}
    with pytest.raises(AnalysisError) as refused:
        resolve_mask(
            [replace(history, animals=(), sex=(), **empty)], model_of([history], mask=MaskSpec(kind="buffer"))
        )
    assert refused.value.code == "estimate.no_captures"


def test_only_buffers_can_be_widened(crowd):
    histories, _, fit = crowd
    with pytest.raises(ValueError, match="buffer"):
        widened_density_change(histories, fit)
    with pytest.raises(ValueError, match="buffer"):
        resolve_mask(histories, fit.spec)
    with pytest.raises(ValueError, match="not resolved"):
        buffer_spaces(histories, MaskSpec(kind="buffer"))


def test_27_leopard_surveys_resolve_their_buffer(south_africa):
    spec = model_of(south_africa, terms={"D": ("session",)}, mask=MaskSpec(kind="buffer"))
    resolved = resolve_mask(south_africa, spec)
    sigma_m = resolved.fit.sessions[0].parameters["sigma"].value
    assert resolved.spec.mask.buffer_m >= 4 * sigma_m
    assert resolved.density_change < 0.001


def test_a_fit_survives_json(crowd):
    histories, spaces, fit = crowd
    values = json.loads(canonical_json(fit_to_json(fit)))
    again = fit_from_json(values)
    assert fit_to_json(again) == values
    assert again.coefficients == fit.coefficients
    assert again.sessions == fit.sessions
    assert again.spec == fit.spec
    assert again.covariance == pytest.approx(fit.covariance, abs=0)
    interval = profile_interval(again, histories, spaces)
    assert interval == profile_interval(fit, histories, spaces)


def test_what_is_not_a_number_becomes_none(crowd):
    *_, fit = crowd
    odd = replace(
        fit, aicc=math.nan, coefficients=(replace(fit.coefficients[0], se=math.nan), *fit.coefficients[1:])
    )
    values = json.loads(canonical_json(fit_to_json(odd)))
    assert values["aicc"] is None
    assert values["coefficients"][0]["se"] is None
    assert math.isnan(fit_from_json(values).aicc)
    assert math.isnan(fit_from_json(values).coefficients[0].se)
