"""Profile likelihood intervals: slower than a standard error, honest where data are few."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from pardine.base.errors import AnalysisError
from pardine.base.result import Estimate
from pardine.estimate.derive import DENSITY_UNIT, UNITS
from pardine.estimate.fitted import Coefficient, Fit
from pardine.estimate.formula.parameters import inverse_link
from pardine.estimate.history import CaptureHistory
from pardine.estimate.likelihood.joint import JointLikelihood, joint_likelihood
from pardine.estimate.maximum.search import maximise
from pardine.estimate.statespace import StateSpace

Array = NDArray[np.float64]

_MAX_STEPS = 12
_TOLERANCE = 1e-4
_MAX_ROOT_STEPS = 40


def profile_interval(
    fit: Fit,
    histories: Sequence[CaptureHistory],
    state_spaces: Sequence[StateSpace],
    *,
    coefficient: str = "D",
    level: float | None = None,
) -> Estimate:
    """Profile likelihood interval of one coefficient: the values the data do not contradict.

    The limits are where the log-likelihood, maximised over all other coefficients, has fallen by
    half the chi-square quantile.

    Parameters
    ----------
    fit
        The fitted model.
    histories, state_spaces
        What it was fitted to.
    coefficient
        Name of a coefficient, such as ``D``.
    level
        Coverage; that of the fit if not given.

    Returns
    -------
    Estimate
        On the natural scale (density per 100 km2) for an intercept; on the link scale for a contrast
        such as ``D.session[Noyon2013]``.

    Raises
    ------
    AnalysisError
        ``estimate.profile_open``: the log-likelihood does not fall far enough on one side.
    """
    names = [c.name for c in fit.coefficients]
    if coefficient not in names:
        raise ValueError(f"no coefficient {coefficient!r} among {names}")
    k = names.index(coefficient)
    level = fit.level if level is None else level
    joint = joint_likelihood(histories, state_spaces, fit.spec, fit.frame)
    drop = NormalDist().inv_cdf(0.5 + level / 2.0) ** 2 / 2.0
    limits = [_limit(joint, fit, k, drop, side) for side in (-1.0, 1.0)]
    return _estimate(fit.coefficients[k], limits, level)


def _limit(joint: JointLikelihood, fit: Fit, k: int, drop: float, side: float) -> float:
    """Where the profile has fallen by ``drop``: bracketed from the standard error, then by secants."""
    centre = np.array([c.estimate for c in fit.coefficients])
    profile = _Profile(joint, centre, fit.covariance, k)

    def excess(offset: float) -> float:
        return fit.log_likelihood - profile.value(centre[k] + side * offset) - drop

    wald = math.sqrt(2.0 * drop) * fit.coefficients[k].se
    inside, outside = 0.0, wald
    inside_value, outside_value = -drop, excess(wald)
    for _ in range(_MAX_STEPS):
        if outside_value >= 0.0:
            break
        inside, inside_value = outside, outside_value
        outside += wald / 2.0
        outside_value = excess(outside)
    else:
        raise AnalysisError("estimate.profile_open", value=fit.coefficients[k].name)
    offset = _root(excess, (inside, inside_value), (outside, outside_value), _TOLERANCE * wald)
    return float(centre[k] + side * offset)


def _root(
    function: Callable[[float], float], low: tuple[float, float], high: tuple[float, float], tolerance: float
) -> float:
    """Root between two points of opposite sign, by false position with halved ends (Illinois)."""
    (x0, y0), (x1, y1) = low, high
    x = x1
    for _ in range(_MAX_ROOT_STEPS):
        x = x1 - y1 * (x1 - x0) / (y1 - y0)
        y = function(x)
        if abs(y) < _TOLERANCE or abs(x1 - x0) < tolerance:
            break
        if y * y1 < 0.0:
            x0, y0 = x1, y1
        else:
            y0 /= 2.0
        x1, y1 = x, y
    return x


class _Profile:
    """Log-likelihood maximised over all coefficients but one, each search begun along the ridge."""

    def __init__(self, joint: JointLikelihood, centre: Array, covariance: Array, k: int) -> None:
        self.joint, self.k = joint, k
        self.free = np.arange(len(centre)) != k
        self.slope = covariance[self.free, k] / covariance[k, k]
        self.centre = centre

    def value(self, fixed: float) -> float:
        if not self.free.any():
            return self.joint.value_and_gradient(np.array([fixed]))[0]

        def whole(others: Array) -> Array:
            beta = np.empty(len(self.free))
            beta[self.free], beta[self.k] = others, fixed
            return beta

        def value_and_gradient(others: Array) -> tuple[float, Array]:
            value, gradient = self.joint.value_and_gradient(whole(others))
            return value, gradient[self.free]

        def information(others: Array) -> Array:
            return self.joint.information(whole(others))[np.ix_(self.free, self.free)]

        start = self.centre[self.free] + self.slope * (fixed - self.centre[self.k])
        scaling = self.joint.table.scaling[np.ix_(self.free, self.free)]
        return maximise(value_and_gradient, information, start, scaling=scaling).log_likelihood


def _estimate(coefficient: Coefficient, limits: Sequence[float], level: float) -> Estimate:
    eta = np.array([limits[0], coefficient.estimate, limits[1]])
    lower, value, upper = eta.tolist()
    unit = f"{coefficient.link} scale"
    if coefficient.name == coefficient.parameter:
        density = coefficient.name == "D"
        scale = 100.0 if density else 1.0
        lower, value, upper = (inverse_link(eta, coefficient.link) * scale).tolist()
        unit = DENSITY_UNIT if density else UNITS[coefficient.name]
    return Estimate(
        value=value,
        lower=lower,
        upper=upper,
        level=level,
        unit=unit,
        method="maximum likelihood, profile likelihood",
    )
