"""Detection functions by hand, and their safe helpers against exact arithmetic."""

import math
from fractions import Fraction

import numpy as np
import pytest

from pardine.estimate.likelihood.detection import (
    DETECTION_FUNCTIONS,
    log_expm1_ratio,
    log_expm1_slope,
    sum_to,
)


def evaluate(name, at_zero, sigma_m, distance_m):
    function = DETECTION_FUNCTIONS[name]
    theta = {function.parameters[0]: np.full((1, 1), at_zero), "sigma": np.full((1, 1), sigma_m)}
    hazard, log_hazard = function.evaluate(np.array([[distance_m**2]]), theta, np.array([0]))
    return hazard.item(), log_hazard.item()


def test_hazard_half_normal_by_hand():
    hazard, log_hazard = evaluate("HHN", 0.5, 1000.0, 2000.0)
    assert hazard == pytest.approx(0.5 * math.exp(-2.0))
    assert log_hazard == pytest.approx(math.log(0.5) - 2.0)


def test_half_normal_by_hand():
    hazard, log_hazard = evaluate("HN", 0.5, 1000.0, 2000.0)
    assert 1 - math.exp(-hazard) == pytest.approx(0.5 * math.exp(-2.0))
    assert log_hazard == pytest.approx(math.log(hazard))


@pytest.mark.parametrize("name", ["HN", "HHN"])
def test_far_away_the_log_hazard_follows_its_formula(name):
    hazard, log_hazard = evaluate(name, 0.5, 1.0, 1e5)
    assert hazard == 0.0
    assert log_hazard == pytest.approx(math.log(0.5) - 5e9)


def test_certain_detection_stays_finite():
    hazard, log_hazard = evaluate("HN", 1.0, 1000.0, 0.0)
    assert 30 < hazard < 40
    assert log_hazard == pytest.approx(math.log(hazard))


@pytest.mark.parametrize("x", [0.0, 1e-320, 1e-12, 9e-6, 1.1e-5, 0.1, 1.0, 30.0, 800.0])
def test_log_expm1_ratio_and_slope(x):
    # exp(x) - 1 over x as an exact series, where x is small enough for twenty terms.
    if 0.0 < x <= 1.0:
        series = sum(Fraction(x) ** k / math.factorial(k + 1) for k in range(20))
        ratio, slope = math.log1p(float(series - 1)), float((1 + Fraction(x) * series) / series)
    else:
        ratio, slope = (x - math.log(x), x) if x else (0.0, 1.0)
    assert log_expm1_ratio(np.array(x)).item() == pytest.approx(ratio, rel=1e-10, abs=1e-300)
    assert log_expm1_slope(np.array(x)).item() == pytest.approx(slope, rel=1e-10)


def test_adjoints_come_back_in_the_shape_of_the_parameter():
    array = np.arange(6.0).reshape(2, 3)
    assert sum_to(array, np.ones((1, 1))).tolist() == [[15.0]]
    assert sum_to(array, np.ones((2, 1))).tolist() == [[3.0], [12.0]]
    assert sum_to(array, np.ones((1, 3))).tolist() == [[3.0, 5.0, 7.0]]
    assert sum_to(array, np.ones((2, 3))).tolist() == array.tolist()


def test_hazard_rate_far_and_near_without_a_warning():
    theta = {"sigma": np.full((1, 1), 1000.0), "z": np.full((1, 1), 5.0), "lambda0": np.full((1, 1), 1.0)}
    squared_m2 = np.array([[1.0, 500.0, 900.0, 2000.0, 1e7]]) ** 2
    _, log_hazard = DETECTION_FUNCTIONS["HHR"].evaluate(squared_m2, theta, np.array([0]))
    q = (np.sqrt(squared_m2[0]) / 1000.0) ** -5.0
    assert log_hazard[0, :2] == pytest.approx([0.0, math.log1p(-math.exp(-q[1]))], abs=1e-15)
    assert log_hazard[0, 2:] == pytest.approx(
        [math.log(-math.expm1(-q[2])), math.log(-math.expm1(-q[3])), math.log(q[4])]
    )
