"""A probability of detection that is estimated to be 1: held there, said in words, density told."""

import numpy as np
import pytest

from pardine.base.errors import AnalysisError
from pardine.estimate.fit import fit_model
from pardine.estimate.formula.grammar import model_from_text
from pardine.estimate.likelihood.joint import joint_likelihood
from pardine.estimate.model import MaskSpec
from pardine.estimate.statespace import buffer_state_space
from pardine.simulate.captures import TrueDetection, draw_capture_history


@pytest.fixture(scope="module")
def certain():
    """Detection near a station is all but certain, which no peaked curve of a probability can follow."""
    side = np.arange(5) * 2000.0
    xy_m = np.array([(x, y) for x in side for y in side])
    space = buffer_state_space(xy_m, 5000.0, 500.0)
    history, _ = draw_capture_history(
        space,
        0.25,
        xy_m=xy_m,
        usage_station_days=np.ones((25, 3)),
        detection=TrueDetection(detection="HHN", at_centre=4.0, sigma_m=1000.0),
        detector_type="proximity",
        seed=3,
        replicate=0,
        session="A",
    )
    return history, space


def test_g0_of_1_is_held_and_density_told(certain):
    history, space = certain
    spec = model_from_text("", {"A": "proximity"}, detection="EX", mask=MaskSpec(kind="given"))
    fit = fit_model([history], [space], spec)
    g0 = next(c for c in fit.coefficients if c.name == "g0")
    assert g0.estimate >= 15.0 and np.isnan(g0.se)
    assert "estimate.always_detected" in {notice.code for notice in fit.notices}
    density = fit.sessions[0].density_per_100km2
    assert density.lower < 25.0 < density.upper
    # A g0 that is not 1 fits less well, whatever the other coefficients are nearby.
    joint = joint_likelihood([history], [space], spec)
    beta = np.array([c.estimate for c in fit.coefficients])
    lower = [joint.value_and_gradient(np.array([beta[0], value, beta[2]]))[0] for value in (2.0, 4.0, 8.0)]
    assert lower == sorted(lower) and lower[-1] < fit.log_likelihood + 1e-3


def test_a_g0_with_terms_is_not_held(certain):
    history, space = certain
    spec = model_from_text("g0~T", {"A": "proximity"}, mask=MaskSpec(kind="given"))
    with pytest.raises(AnalysisError) as refused:
        fit_model([history], [space], spec)
    assert refused.value.code == "estimate.flat_likelihood"
