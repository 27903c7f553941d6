"""From coefficients to what a person asks: parameters, density and abundance with their intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from pardine.base.result import Estimate
from pardine.estimate.fitted import SessionEstimates
from pardine.estimate.history import CaptureHistory
from pardine.estimate.joint import JointLikelihood
from pardine.estimate.likelihood import session_likelihood
from pardine.estimate.parameters import Parameter, inverse_link

Array = NDArray[np.float64]

UNITS = {"g0": "probability per station-day", "lambda0": "per station-day", "sigma": "m"}
DENSITY_UNIT = "animals per 100 km2"
ABUNDANCE_UNIT = "animals"
_ML = "maximum likelihood"


def session_estimates(
    histories: Sequence[CaptureHistory],
    joint: JointLikelihood,
    beta: Array,
    covariance: Array,
    *,
    level: float,
) -> tuple[SessionEstimates, ...]:
    """Estimates of every session on natural scales.

    Parameters
    ----------
    histories, joint
        The sessions and their likelihood.
    beta : (P,) array
    covariance : (P, P) array
        Of the coefficients.
    level
        Coverage of the intervals.
    """
    return tuple(
        _SessionEstimator(history, joint, session, beta, covariance, level).estimates()
        for session, history in enumerate(histories)
    )


class _SessionEstimator:
    """One session: natural values, and the delta method through the parameter table."""

    def __init__(
        self,
        history: CaptureHistory,
        joint: JointLikelihood,
        session: int,
        beta: Array,
        covariance: Array,
        level: float,
    ) -> None:
        self.history, self.joint, self.session = history, joint, session
        self.beta, self.covariance, self.level = beta, covariance, level
        self.z = NormalDist().inv_cdf(0.5 + level / 2.0)
        self.data = joint.sessions[session]
        self.theta = joint.table.values(beta, session)
        self.area_km2 = self.data.area_km2
        # Effective sampling area a = integral p.(X) dX and its derivative by the coefficients.
        unit = {**self.theta, "D": np.ones((1, 1))}
        unit_value = session_likelihood(self.data.without_animals(), joint.detection, unit)
        self.effective_km2 = unit_value.expected_detected
        adjoint = {name: -bar for name, bar in unit_value.adjoint.items() if name != "D"}
        self.effective_gradient = joint.table.pull_back(session, self.theta, adjoint)

    def estimates(self) -> SessionEstimates:
        if self.joint.likelihood == "full" and "D" not in self.theta:
            density, expected, realised = self._without_captures()
        else:
            density, expected, realised = self._with_density(*self._density())
        return SessionEstimates(
            session=self.history.session,
            parameters={p.name: self._parameter(p) for p in self.joint.table.parameters if p.name != "D"},
            density_per_100km2=density,
            n_expected=expected,
            n_realised=realised,
            region_area_km2=self.area_km2,
            n_animals=self.history.n_animals,
            n_detections=self.history.n_detections,
            n_recaptures=self.history.n_recaptures,
        )

    def _parameter(self, parameter: Parameter) -> Estimate:
        design = parameter.designs[self.session]
        if design is None:
            raise ValueError(f"{parameter.name} has no value in session {self.history.session}")
        row = design.matrix.mean(axis=0)
        columns = parameter.columns
        eta = float(row @ self.beta[columns])
        se_link = math.sqrt(max(float(row @ self.covariance[columns, columns] @ row), 0.0))
        lower, value, upper = inverse_link(
            np.array([eta - self.z * se_link, eta, eta + self.z * se_link]), parameter.link
        ).tolist()
        # The standard deviation of a log-normal; elsewhere the delta method.
        se = value * _log_normal_cv(se_link)
        if parameter.link == "logit":
            se = value * (1.0 - value) * se_link
        return Estimate(
            value=value,
            lower=lower,
            upper=upper,
            level=self.level,
            unit=UNITS[parameter.name],
            method=f"{_ML}, interval on the {parameter.link} scale",
            se=se,
        )

    def _density(self) -> tuple[float, float, Array]:
        """Density per km2, its standard error on the log scale, and its gradient by the coefficients."""
        if self.joint.likelihood == "full":
            ones = {"D": np.ones((1, 1))}
            gradient = self.joint.table.pull_back(self.session, self.theta, ones)
            density = float(self.theta["D"].mean())
            return density, math.sqrt(self._variance(gradient)) / density, gradient
        # Derived density n / a, with the Poisson variance of n (Borchers & Efford 2008).
        n, a = self.history.n_animals, self.effective_km2
        gradient = -n / a**2 * self.effective_gradient
        density = n / a
        if not n:
            return 0.0, math.inf, gradient
        variance = n / a**2 + self._variance(gradient)
        return density, math.sqrt(math.log1p(variance / density**2)), gradient

    def _variance(self, gradient: Array) -> float:
        return max(float(gradient @ self.covariance @ gradient), 0.0)

    def _with_density(self, density: float, se_log: float, gradient: Array) -> tuple[Estimate, ...]:
        if density == 0.0:
            return self._without_captures()
        derived = self.joint.likelihood == "conditional"
        method = f"{'conditional likelihood, derived density' if derived else _ML}, log-normal"
        return (
            self._log_normal(density * 100.0, se_log, DENSITY_UNIT, method),
            self._log_normal(density * self.area_km2, se_log, ABUNDANCE_UNIT, method),
            self._realised(density, gradient, f"{method} on the animals not seen"),
        )

    def _log_normal(self, value: float, se_log: float, unit: str, method: str) -> Estimate:
        factor = math.exp(self.z * se_log)
        return Estimate(
            value=value,
            lower=value / factor,
            upper=value * factor,
            level=self.level,
            unit=unit,
            method=method,
            se=value * _log_normal_cv(se_log),
        )

    def _realised(self, density: float, gradient: Array, method: str) -> Estimate:
        """N given the animals seen: n + mu, mu = D (A - a) the animals missed.

        Its variance is mu, for a Poisson number given the parameters, plus that of mu through the
        parameters; with n seen at probability p this is the binomial n (1 - p) / p^2.
        """
        n, unseen_km2 = self.history.n_animals, self.area_km2 - self.effective_km2
        missed = density * unseen_km2
        variance = missed + self._variance(gradient * unseen_km2 - density * self.effective_gradient)
        if self.joint.likelihood == "conditional" and n:
            variance += n / self.effective_km2**2 * unseen_km2**2
        if missed < 1e-9:
            lower = upper = missed
        else:
            factor = math.exp(self.z * math.sqrt(math.log1p(variance / missed**2)))
            lower, upper = missed / factor, missed * factor
        return Estimate(
            value=n + missed,
            lower=n + lower,
            upper=n + upper,
            level=self.level,
            unit=ABUNDANCE_UNIT,
            method=method,
            se=math.sqrt(variance),
        )

    def _without_captures(self) -> tuple[Estimate, ...]:
        """Density 0, up to the density at which seeing nobody has probability 1 - level."""
        upper = -math.log(1.0 - self.level) / self.effective_km2
        method = "no captures: 0, one-sided exact Poisson limit given the detection of the other sessions"
        scales = (
            (100.0, DENSITY_UNIT),
            (self.area_km2, ABUNDANCE_UNIT),
            (self.area_km2 - self.effective_km2, ABUNDANCE_UNIT),
        )
        return tuple(
            Estimate(value=0.0, lower=0.0, upper=upper * scale, level=self.level, unit=unit, method=method)
            for scale, unit in scales
        )


def _log_normal_cv(se_log: float) -> float:
    """Coefficient of variation of a log-normal variable from the standard deviation of its log."""
    return math.sqrt(math.expm1(min(se_log**2, 700.0)))
