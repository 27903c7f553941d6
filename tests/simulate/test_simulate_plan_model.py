"""Planned surveys under any model: intercepts from averages, surveys drawn and fitted, refusals."""

import math

import numpy as np
import pytest
from test_simulate_precision import plan_of

from pardine.base.errors import InputError
from pardine.base.randomness import stream
from pardine.estimate.statespace import StateSpace
from pardine.simulate.from_fit import draw_survey
from pardine.simulate.plan_model import PlannedModel, history_of, planned_cells, true_coefficients
from pardine.simulate.precision import simulated_precision

PLAN = plan_of(5, 0.06)


def with_slope(plan):
    """The plan on habitat that gets better eastward."""
    x = plan.state_space.xy_m[:, 0]
    space = StateSpace(
        xy_m=plan.state_space.xy_m,
        cell_area_m2=plan.state_space.cell_area_m2,
        covariates={"east": (x - x.mean()) / x.std()},
    )
    return type(plan)(
        **{name: getattr(plan, name) for name in plan.__dataclass_fields__} | {"state_space": space}
    )


def test_intercepts_follow_from_averages():
    trail = tuple(str(k % 3) for k in range(25))
    model = PlannedModel(
        text="D~east, lambda0~trail+bk, sigma~h2",
        contrasts={"D.east": 0.5, "lambda0.trail": 0.4, "lambda0.bk[TRUE]": 0.9, "sigma.h2[2]": 0.6},
        station_covariates={"trail": trail},
    )
    plan = with_slope(PLAN)
    found = true_coefficients(model, plan)
    cells = planned_cells(model, plan)
    assert cells.density_per_km2.mean() == pytest.approx(0.06)
    # On the link scales, for animals not caught before: 8 of 25 stations have each of 1 and 2.
    assert found["lambda0"] == pytest.approx(math.log(0.03) - 0.4 * (8 + 2 * 8) / 25)
    assert found["sigma"] == pytest.approx(math.log(2000.0) - 0.3)
    assert found["pmix.h2[2]"] == 0.0 and cells.class_shares == (0.5, 0.5)


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("g0~1", "g0", math.log(math.expm1(0.03))),
        ("a0~1", "a0", math.log(2 * math.pi * 0.03 * 4.0)),
        ("lambda0~1", "lambda0", math.log(0.03)),
    ],
)
def test_detection_at_the_centre_is_the_same_in_every_form(text, name, value):
    assert true_coefficients(PlannedModel(text=text), PLAN)[name] == pytest.approx(value)


def test_an_earlier_estimate_fills_in_what_is_not_told():
    earlier = {"sigma.h2[M]": 0.5, "pmix.h2[M]": -1.0, "lambda0.bk[TRUE]": 3.0}
    model = PlannedModel(text="hcov=sex, sigma~h2", contrasts={"sigma.h2[M]": 0.7}, earlier=earlier)
    found = true_coefficients(model, PLAN)
    assert (found["sigma.h2[M]"], found["pmix.h2[M]"]) == (0.7, -1.0) and "lambda0.bk[TRUE]" not in found


@pytest.mark.parametrize(
    ("text", "contrasts", "code"),
    [
        ("lambda0~bk", {}, "design.coefficient_missing"),
        ("lambda0~bk", {"lambda0.bk[TRUE]": 0.5, "sigma": 8.0}, "design.unknown_coefficient"),
        ("likelihood=conditional", {}, "design.model_full_only"),
        ("lambda0~trial", {"lambda0.trial": 0.5}, "model.unknown_term"),
    ],
)
def test_what_a_model_lacks_is_refused_before_anything_is_drawn(text, contrasts, code):
    with pytest.raises(InputError) as refused:
        simulated_precision(PLAN, n_surveys=5, seed=1, model=PlannedModel(text=text, contrasts=contrasts))
    assert refused.value.code == code


def test_animals_detected_are_as_many_as_the_model_expects_and_sexes_known_as_told():
    model = PlannedModel(text="hcov=sex, sigma~h2", contrasts={"sigma.h2[M]": 0.7}, known_sexes=0.5)
    cells, history = planned_cells(model, PLAN), history_of(model, PLAN)
    drawn = [draw_survey([cells], [history], stream(5, "test", k), known_sexes=0.5)[0] for k in range(150)]
    expected = float((cells.expected_animals * cells.detection_prob).sum())
    seen = np.array([survey.n_animals for survey in drawn])
    assert seen.mean() == pytest.approx(expected, abs=4.0 * math.sqrt(expected / 150))
    known = sum(sex is not None for survey in drawn for sex in survey.sex)
    assert known / seen.sum() == pytest.approx(0.5, abs=0.02)


def test_the_null_model_reaches_the_same_precision_either_way():
    usual = simulated_precision(PLAN, n_surveys=150, seed=1)
    drawn = simulated_precision(PLAN, n_surveys=150, seed=1, model=PlannedModel(text="D~1"))
    error = math.hypot(usual.cv_mc_error, drawn.cv_mc_error)
    assert drawn.cv_density == pytest.approx(usual.cv_density, abs=3.5 * error)
    assert drawn.coverage > 0.88 and abs(drawn.relative_bias) < 0.08
    assert drawn.mean_detections == pytest.approx(usual.mean_detections, rel=0.08)
