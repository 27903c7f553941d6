"""From coefficients to what a person asks: parameters, density and abundance with their intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from pardine.base.result import Estimate
from pardine.estimate.fitted import SessionEstimates
from pardine.estimate.formula.parameters import Parameter, inverse_link
from pardine.estimate.formula.predictors import class_labels
from pardine.estimate.history import CaptureHistory
from pardine.estimate.likelihood.joint import JointLikelihood
from pardine.estimate.likelihood.one_session import class_shares, session_likelihood

Array = NDArray[np.float64]

UNITS = {
    "g0": "probability per station-day",
    "lambda0": "per station-day",
    "a0": "km2",
    "sigma": "m",
    "z": "exponent",
    "pmix": "proportion",
}
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
        self.theta = joint.table.values(beta, session)
        self.data = joint.data_at(self.theta, session)
        self.area_km2 = self.data.area_km2

    def estimates(self) -> SessionEstimates:
        if self.joint.likelihood == "conditional":
            density, expected, realised = self._derived()
        elif "D" in self.theta:
            density, expected, realised = self._modelled()
        else:
            density, expected, realised = self._without_captures()
        parameters: dict[str, Estimate] = {}
        for parameter in self.joint.table.parameters:
            if parameter.name not in ("D", "noneuc"):
                parameters |= self._parameter(parameter)
        return SessionEstimates(
            session=self.history.session,
            parameters=parameters,
            density_per_100km2=density,
            n_expected=expected,
            n_realised=realised,
            region_area_km2=self.area_km2,
            n_animals=self.history.n_animals,
            n_detections=self.history.n_detections,
            n_recaptures=self.history.n_recaptures,
        )

    def _parameter(self, parameter: Parameter) -> dict[str, Estimate]:
        """A parameter at the average of its covariates; where classes differ, each class too."""
        design = parameter.designs[self.session]
        if design is None:
            raise ValueError(f"{parameter.name} has no value in session {self.history.session}")
        if len(design.shape) == 2:
            row = self._average(design.matrix)
            return {parameter.name: self._natural(parameter, row, parameter.name)}
        by_class = design.matrix.reshape(design.shape[0], -1, design.matrix.shape[1])
        rows = [self._average(matrix) for matrix in by_class]
        shares = class_shares(self.theta)
        average = sum((share * row for share, row in zip(shares, rows, strict=True)), np.zeros(len(rows[0])))
        found = {parameter.name: self._natural(parameter, average, parameter.name)}
        for label, row in zip(class_labels(self.joint.spec), rows, strict=True):
            found[f"{parameter.name}[{label}]"] = self._natural(parameter, row, parameter.name)
        return found

    def _average(self, matrix: Array) -> Array:
        """Design row at the average station-day of an animal not caught before."""
        if len(matrix) == 1:
            return np.asarray(matrix[0])
        weight = self.data.usage_days[0]
        return np.asarray(weight @ matrix / weight.sum())

    def _natural(self, parameter: Parameter, row: Array, name: str) -> Estimate:
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
            unit=UNITS[name],
            method=f"{_ML}, interval on the {parameter.link} scale",
            se=se,
        )

    def _variance(self, gradient: Array) -> float:
        return max(float(gradient @ self.covariance @ gradient), 0.0)

    def _expected_detected(self, density: Array, group: int | None) -> tuple[float, Array]:
        """Lambda of a group under some density, and its gradient by the coefficients."""
        return expected_detected(self.joint, self.session, self.beta, density=density, group=group)

    def _modelled(self) -> tuple[Estimate, ...]:
        """From D of the full likelihood: the average over the state space."""
        density_bar = np.full(self.theta["D"].shape, 1.0 / self.theta["D"].size)
        gradient = self.joint.table.pull_back(self.session, self.theta, {"D": density_bar})
        density = float(self.theta["D"].mean())
        detected, detected_gradient = self._expected_detected(self.theta["D"], 0)
        missed = max(density * self.area_km2 - detected, 0.0)
        variance = missed + self._variance(gradient * self.area_km2 - detected_gradient)
        se_log = math.sqrt(self._variance(gradient)) / density
        return self._with_density(density, se_log, missed, variance, f"{_ML}, log-normal")

    def _derived(self) -> tuple[Estimate, ...]:
        """Density n / a of the conditional likelihood; the variance of n is Poisson.

        a is the effective sampling area, the integral of p.(X); groups add up.
        """
        if not self.history.n_animals:
            return self._without_captures()
        density = missed = of_density = of_missed = 0.0
        gradient = np.zeros(len(self.beta))
        for group, n in enumerate(self.data.group_size.tolist()):
            a, a_gradient = self._expected_detected(np.ones((1, 1)), group)
            density += n / a
            missed += n * (self.area_km2 - a) / a
            of_density += n / a**2
            of_missed += n * ((self.area_km2 - a) / a) ** 2
            gradient -= n / a**2 * a_gradient
        of_density += self._variance(gradient)
        of_missed += missed + self._variance(gradient * self.area_km2)
        se_log = math.sqrt(math.log1p(of_density / density**2))
        method = "conditional likelihood, derived density, log-normal"
        return self._with_density(density, se_log, missed, of_missed, method)

    def _with_density(
        self, density: float, se_log: float, missed: float, variance: float, method: str
    ) -> tuple[Estimate, ...]:
        return (
            self._log_normal(density * 100.0, se_log, DENSITY_UNIT, method),
            self._log_normal(density * self.area_km2, se_log, ABUNDANCE_UNIT, method),
            beyond_seen(
                self.history.n_animals,
                missed,
                variance,
                level=self.level,
                method=f"{method} on the animals not seen",
            ),
        )

    def _log_normal(self, value: float, se_log: float, unit: str, method: str) -> Estimate:
        # A class or session about which nothing is known has limits without bound, not a crash.
        factor = math.exp(min(self.z * se_log, 700.0))
        return Estimate(
            value=value,
            lower=value / factor,
            upper=value * factor,
            level=self.level,
            unit=unit,
            method=method,
            se=value * _log_normal_cv(se_log),
        )

    def _without_captures(self) -> tuple[Estimate, ...]:
        """Density 0, up to the density at which seeing nobody has probability 1 - level."""
        effective_km2, _ = self._expected_detected(np.ones((1, 1)), 0)
        upper = -math.log(1.0 - self.level) / effective_km2
        method = "no captures: 0, one-sided exact Poisson limit given the detection of the other sessions"
        scales = (
            (100.0, DENSITY_UNIT),
            (self.area_km2, ABUNDANCE_UNIT),
            (self.area_km2 - effective_km2, ABUNDANCE_UNIT),
        )
        return tuple(
            Estimate(value=0.0, lower=0.0, upper=upper * scale, level=self.level, unit=unit, method=method)
            for scale, unit in scales
        )


def expected_detected(
    joint: JointLikelihood, session: int, beta: Array, *, density: Array, group: int | None = None
) -> tuple[float, Array]:
    """Animals expected to be detected in a session under some density, and their gradient.

    Parameters
    ----------
    joint, session, beta
        The likelihood, and which session at which coefficients.
    density : (1, 1) or (1, M) array
        Per km2; where it is the D of the model, the gradient goes through its coefficients too.
    group
        Group of animals; ``None``: the first.
    """
    theta = joint.table.values(beta, session)
    data = joint.data_at(theta, session).without_animals(group)
    through_density = (
        "D" in theta and density.shape == theta["D"].shape and bool((density == theta["D"]).all())
    )
    value = session_likelihood(data, joint.detection, {**theta, "D": density})
    adjoint = {name: -bar for name, bar in value.adjoint.items() if name != "D" or through_density}
    gradient = joint.table.pull_back(session, theta, adjoint)
    if joint.graphs:
        columns = joint.table.parameter("noneuc").columns
        gradient[columns] = _cost_gradient(joint, session, beta, density, group, columns)
    return value.expected_detected, gradient


def _cost_gradient(
    joint: JointLikelihood, session: int, beta: Array, density: Array, group: int | None, columns: slice
) -> list[float]:
    def value(changed: Array) -> float:
        theta = {**joint.table.values(changed, session), "D": density}
        data = joint.data_at(theta, session).without_animals(group)
        return session_likelihood(data, joint.detection, theta, with_adjoint=False).expected_detected

    gradient = []
    for k in range(columns.start, columns.stop):
        step = np.zeros(len(beta))
        step[k] = 1e-3 * joint.table.scaling[k, k]
        gradient.append((value(beta + step) - value(beta - step)) / (2.0 * step[k]))
    return gradient


def beyond_seen(n_seen: float, missed: float, variance: float, *, level: float, method: str) -> Estimate:
    """Abundance given the animals seen: n + mu, mu the animals missed.

    The variance of mu is mu, for a Poisson number given the parameters, plus that of mu through the
    parameters; with n seen at probability p this is the binomial n (1 - p) / p^2. The interval is
    log-normal on mu, so it never falls below n.
    """
    lower = upper = missed
    if missed >= 1e-9:
        z = NormalDist().inv_cdf(0.5 + level / 2.0)
        factor = math.exp(z * math.sqrt(math.log1p(variance / missed**2)))
        lower, upper = missed / factor, missed * factor
    return Estimate(
        value=n_seen + missed,
        lower=n_seen + lower,
        upper=n_seen + upper,
        level=level,
        unit=ABUNDANCE_UNIT,
        method=method,
        se=math.sqrt(max(variance, 0.0)),
    )


def _log_normal_cv(se_log: float) -> float:
    """Coefficient of variation of a log-normal variable from the standard deviation of its log."""
    return math.sqrt(math.expm1(min(se_log**2, 700.0)))
