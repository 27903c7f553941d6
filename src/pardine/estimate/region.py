"""Abundance in any part of the state space: expected by the model, and realised given the captures."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from pardine.base.result import Estimate
from pardine.estimate.derive import ABUNDANCE_UNIT, beyond_seen
from pardine.estimate.fitted import Fit
from pardine.estimate.history import CaptureHistory
from pardine.estimate.likelihood.joint import JointLikelihood, joint_likelihood
from pardine.estimate.likelihood.one_session import centres_inside, session_likelihood
from pardine.estimate.statespace import StateSpace

Array = NDArray[np.float64]

_STEP = 1e-4


@dataclass(frozen=True, kw_only=True)
class RegionAbundance:
    """Animals with their activity centre in a region.

    Attributes
    ----------
    area_km2
        Of the region.
    expected
        By the model, before anything was seen.
    realised
        Given the captures: animals seen, each by its chance to live there, and animals missed.
    """

    area_km2: float
    expected: Estimate
    realised: Estimate


def region_abundance(
    fit: Fit,
    history: CaptureHistory,
    state_space: StateSpace,
    session_index: int,
    inside: NDArray[np.bool_] | None = None,
) -> RegionAbundance:
    """Abundance in some of the cells of a session's state space.

    Parameters
    ----------
    fit
        A fit of the session, alone or with others.
    history, state_space
        The session's own, as they were fitted.
    session_index
        Its place among ``fit.sessions``.
    inside : (M,) array
        Which mask points belong to the region; ``None``: all.

    Notes
    -----
    The realised number is N = q + mu: q the chances of the animals seen to live inside, mu the animals
    missed there. Its variance is mu + sum q (1 - q), given the parameters, plus that through the
    parameters (delta method, numerically). Intervals are log-normal; in the whole state space on the
    animals missed, so that they never fall below the number seen.
    """
    if fit.sessions[session_index].session != history.session:
        raise ValueError(f"session {session_index} of the fit is not {history.session!r}")
    everywhere = np.ones(state_space.n_points, dtype=bool)
    within = everywhere if inside is None else inside
    own = fit.sessions[session_index]
    # Without captures and with a density of its own, a session has no coefficient of density.
    if own.density_per_100km2.value == 0.0:
        area_km2 = float(within.sum()) * state_space.cell_area_m2 / 1e6
        share = area_km2 / own.region_area_km2
        return RegionAbundance(
            area_km2=area_km2,
            expected=_scaled(own.n_expected, share),
            realised=_scaled(own.n_realised, share),
        )
    region = _Region(fit, history, state_space, within)
    return RegionAbundance(area_km2=region.area_km2, expected=region.expected(), realised=region.realised())


class _Region:
    def __init__(
        self, fit: Fit, history: CaptureHistory, state_space: StateSpace, inside: NDArray[np.bool_]
    ) -> None:
        self.fit, self.inside, self.n_animals = fit, inside, history.n_animals
        self.joint: JointLikelihood = joint_likelihood([history], [state_space], fit.spec, fit.frame)
        self.beta = np.array([c.estimate for c in fit.coefficients])
        self.data = self.joint.sessions[0]
        self.area_km2 = float(inside.sum()) * self.data.cell_area_km2
        self.z = NormalDist().inv_cdf(0.5 + fit.level / 2.0)

    def expected(self) -> Estimate:
        value = self._expected_at(self.beta)
        variance = self._variance(self._expected_at) + self._of_seen(value)
        return self._log_normal(value, variance, "expected, log-normal")

    def realised(self) -> Estimate:
        theta = self._theta(self.beta)
        shares, missed = centres_inside(
            self.joint.data_at(theta, 0), self.joint.detection, theta, self.inside
        )
        multiplicity = self.data.multiplicity
        variance = missed + float(multiplicity @ (shares * (1.0 - shares)))
        variance += self._variance(self._realised_at) + self._of_seen(missed)
        if self.inside.all():
            return beyond_seen(
                self.n_animals,
                missed,
                variance,
                level=self.fit.level,
                method="realised, log-normal on the missed",
            )
        return self._log_normal(float(multiplicity @ shares) + missed, variance, "realised, log-normal")

    def _theta(self, beta: Array) -> dict[str, Array]:
        """Parameters, with the derived density of a conditional fit for each group."""
        theta = self.joint.table.values(beta, 0)
        if self.fit.spec.likelihood == "conditional":
            theta["D"] = np.full((1, 1), self._derived_density(theta))
        return theta

    def _derived_density(self, theta: dict[str, Array]) -> float:
        data = self.joint.data_at(theta, 0)
        unit = {**theta, "D": np.ones((1, 1))}
        total = 0.0
        for group, n in enumerate(data.group_size.tolist()):
            own = data.without_animals(group)
            value = session_likelihood(own, self.joint.detection, unit, with_adjoint=False)
            total += n / value.expected_detected
        return total

    def _expected_at(self, beta: Array) -> float:
        density = np.broadcast_to(self._theta(beta)["D"][0], self.inside.shape)
        return float(density[self.inside].sum() * self.data.cell_area_km2)

    def _realised_at(self, beta: Array) -> float:
        theta = self._theta(beta)
        shares, missed = centres_inside(
            self.joint.data_at(theta, 0), self.joint.detection, theta, self.inside
        )
        return float(self.data.multiplicity @ shares) + missed

    def _of_seen(self, value: float) -> float:
        """Variance that comes from the Poisson number seen, where density is derived from it."""
        return value**2 / self.n_animals if self.fit.spec.likelihood == "conditional" else 0.0

    def _variance(self, function: Callable[[Array], float]) -> float:
        scale = np.abs(np.diag(self.joint.table.scaling))
        gradient = np.zeros(len(self.beta))
        for k in np.flatnonzero(np.diag(self.fit.covariance)):
            step = np.zeros(len(self.beta))
            # A step of a thousandth of a standard error: small for every unit a covariate may have.
            step[k] = min(1e-2 * math.sqrt(self.fit.covariance[k, k]), _STEP * max(scale[k], 1.0))
            gradient[k] = (function(self.beta + step) - function(self.beta - step)) / (2.0 * step[k])
        return max(float(gradient @ self.fit.covariance @ gradient), 0.0)

    def _log_normal(self, value: float, variance: float, how: str) -> Estimate:
        factor = math.exp(self.z * math.sqrt(math.log1p(variance / value**2)))
        return Estimate(
            value=value,
            lower=value / factor,
            upper=value * factor,
            level=self.fit.level,
            unit=ABUNDANCE_UNIT,
            method=f"maximum likelihood, {how}",
            se=math.sqrt(variance),
        )


def _scaled(estimate: Estimate, share: float) -> Estimate:
    """The part of an abundance of 0 that falls to a share of the area."""
    return Estimate(
        value=estimate.value * share,
        lower=estimate.lower * share,
        upper=estimate.upper * share,
        level=estimate.level,
        unit=estimate.unit,
        method=estimate.method,
    )
