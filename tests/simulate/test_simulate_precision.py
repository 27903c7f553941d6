"""Precision by simulation: near the predicted one, the same for any executor, refusals counted."""

import numpy as np
import pytest

from pardine.base.bulk import local_executor
from pardine.estimate.planning.information import PlannedSurvey, expected_precision
from pardine.estimate.statespace import buffer_state_space
from pardine.simulate.precision import _cv_error, simulated_precision


def plan_of(n_side, density_per_km2):
    x, y = np.meshgrid(np.arange(n_side), np.arange(n_side))
    xy_m = np.column_stack([x.ravel(), y.ravel()]) * 3500.0
    return PlannedSurvey(
        xy_m=xy_m,
        usage_station_days=np.full((n_side**2, 6), 15.0),
        detector_type="count",
        state_space=buffer_state_space(xy_m, 8000.0, 1500.0),
        density_per_km2=density_per_km2,
        detection="HHN",
        values={"lambda0": 0.03, "sigma": 2000.0},
    )


def test_near_the_prediction():
    plan = plan_of(5, 0.06)
    told = []
    found = simulated_precision(plan, n_surveys=160, seed=1, on_done=lambda done, of: told.append((done, of)))
    expected = expected_precision(plan)
    assert found.n_surveys == 160 and told[-1] == (7, 7)
    assert found.cv_density == pytest.approx(expected.cv_density, abs=3.5 * found.cv_mc_error)
    assert found.mean_animals == pytest.approx(expected.n_animals, rel=0.06)
    assert found.coverage > 0.88


def test_refused_surveys_are_counted():
    found = simulated_precision(plan_of(2, 0.01), n_surveys=30, seed=1)
    assert 0 < found.n_refused == sum(found.refusals.values()) <= 30


def test_nothing_fitted_gives_no_number():
    found = simulated_precision(plan_of(2, 1e-7), n_surveys=3, seed=1)
    assert found.n_refused == 3 and np.isnan(found.cv_density) and np.isnan(found.coverage)


@pytest.mark.slow
def test_the_same_for_two_workers():
    plan = plan_of(4, 0.06)
    one, two = (
        simulated_precision(plan, n_surveys=60, seed=1, make_executor=lambda n=n: local_executor(n))
        for n in (1, 2)
    )
    assert one == two


def test_monte_carlo_error_is_the_jackknife():
    values = np.random.default_rng(3).gamma(5.0, size=40)
    each = np.array([np.delete(values, i).std(ddof=1) / np.delete(values, i).mean() for i in range(40)])
    assert _cv_error(values) == pytest.approx(np.sqrt(39 / 40 * ((each - each.mean()) ** 2).sum()))
