"""SCR-2: the likelihood of the animals detected at least twice, which ghosts hardly enter.

A photograph that nobody matched makes a new animal, a ghost, and nearly always one with a single
detection. Conditioning on at least two detections (Kodi et al. 2024) leaves these out without
pretending that animals seen once do not exist. With H(X) the cumulative hazard of a survey (see
`likelihood`) and G(X) the odds of exactly one detection against none,

    p1(X) = exp(-H) G                      exactly one detection                                (1)
    p2(X) = 1 - exp(-H) (1 + G)            at least two                                         (2)
        count:      G = H
        proximity:  G = sum_js (exp(u_js h_j) - 1)
    a2    = integral p2(X) dX                                                                   (3)
    log L = sum_i log integral Pr(omega_i | X) dX - n2 log a2       over the n2 animals         (4)
    D     = n2 / a2                                                                             (5)

With a density of its own for each session, or one for all (a2 then added up over sessions), (4) and
(5) are the maximum of the full likelihood too: D has been maximised out of it.

References
----------
Kodi AR, Howard J, Borchers DL, Worthington H, Alexander JS, Lkhagvajav P, et al. (2024)
Ghostbusting: reducing bias due to identification errors in spatial capture-recapture histories.
Methods in Ecology and Evolution.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from pardine.base.errors import AnalysisError
from pardine.base.result import Estimate
from pardine.estimate.detection import (
    DetectionFunction,
    detection_function,
    log_expm1_ratio,
    log_expm1_slope,
)
from pardine.estimate.fitted import Fit
from pardine.estimate.history import CaptureHistory
from pardine.estimate.model import Link
from pardine.estimate.parameters import inverse_link, inverse_link_slope, link
from pardine.estimate.search import maximise
from pardine.estimate.statespace import StateSpace

Array = NDArray[np.float64]

FEWEST_ANIMALS = 3
"""Detected at least twice: with fewer, nothing can be estimated without the others."""

_STEP = 1e-4


@dataclass(frozen=True, kw_only=True)
class TwiceSession:
    """One session of a fit to the animals detected at least twice.

    Attributes
    ----------
    session
        Session code.
    n_twice, n_once
        Animals detected at least twice, and exactly once.
    density_per_100km2
        From the animals detected at least twice.
    expected_once
        Animals that this density would show exactly once.
    excess_sd
        Standard deviation of ``n_once - expected_once`` were there no ghosts.
    """

    session: str
    n_twice: int
    n_once: int
    density_per_100km2: Estimate
    expected_once: float
    excess_sd: float

    @property
    def excess_z(self) -> float:
        """Excess of animals seen once in standard deviations, on the scale of square roots.

        There the variance of a Poisson number is the same for all, and few animals raise fewer
        false alarms.
        """
        sd = 0.5 * self.excess_sd / math.sqrt(self.expected_once)
        return (math.sqrt(self.n_once) - math.sqrt(self.expected_once)) / sd


@dataclass(frozen=True, kw_only=True, eq=False)
class TwiceFit:
    """A fit to the animals detected at least twice.

    Attributes
    ----------
    coefficients
        Detection parameters on their link scales.
    covariance : (K, K) array
        Of these.
    log_likelihood
        Of (4), without constants.
    sessions
        In the order of the histories.
    """

    coefficients: Mapping[str, float]
    covariance: Array
    log_likelihood: float
    sessions: tuple[TwiceSession, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class _Session:
    """J detectors, M mask points, R rows (distinct detector and usage), n2 animals seen twice."""

    history: CaptureHistory
    squared_distance_m2: Array  # (J, M)
    usage: Array  # (J, S)
    is_count: bool
    row_detector: NDArray[np.intp]  # (R,)
    row_usage: Array  # (R,)
    detections: Array  # (n2, R)
    cell_km2: float
    n_once: int


@dataclass(frozen=True, kw_only=True, eq=False)
class _Areas:
    """Integrals of p2 and p1 over the mask in km2, and their derivatives by the log hazards (J, M)."""

    twice: float
    once: float
    twice_bar: Array
    once_bar: Array


def fit_twice(fit: Fit, histories: Sequence[CaptureHistory], state_spaces: Sequence[StateSpace]) -> TwiceFit:
    """Fit the detection function and density of a fit again, from animals detected at least twice.

    Parameters
    ----------
    fit
        A fit whose detection is the same in all sessions; density may differ among them.
    histories, state_spaces
        What it was fitted to.

    Raises
    ------
    AnalysisError
        ``ghosts.too_few_twice``; ``check.model_not_covered``: detection differs among sessions;
        ``estimate.not_converged``.
    """
    if "multi" in fit.spec.detector_types.values():
        raise AnalysisError("check.model_not_covered", term="multi")
    for parameter in fit.spec.parameters:
        if parameter.name == "noneuc":
            raise AnalysisError("check.model_not_covered", term="noneuc")
        if parameter.terms and (parameter.name != "D" or parameter.terms != ("session",)):
            raise AnalysisError("check.model_not_covered", term=f"{parameter.name}~{parameter.terms[0]}")
    sessions = [_session(h, s) for h, s in zip(histories, state_spaces, strict=True)]
    n_twice = sum(len(session.detections) for session in sessions)
    if n_twice < FEWEST_ANIMALS:
        raise AnalysisError("ghosts.too_few_twice", value=n_twice, expected=FEWEST_ANIMALS)
    likelihood = _Likelihood(fit, sessions)
    maximum = maximise(likelihood.value_and_gradient, likelihood.information, likelihood.start(fit))
    if not maximum.converged:
        raise AnalysisError("estimate.not_converged", value=float(np.abs(maximum.gradient).max()))
    covariance = np.asarray(np.linalg.inv(maximum.information))
    return TwiceFit(
        coefficients=dict(zip(likelihood.names, maximum.beta.tolist(), strict=True)),
        covariance=covariance,
        log_likelihood=maximum.log_likelihood,
        sessions=tuple(likelihood.estimates(maximum.beta, covariance, fit.level)),
    )


def _session(history: CaptureHistory, state_space: StateSpace) -> _Session:
    n_detections = np.bincount(history.event_animal, weights=history.event_count, minlength=history.n_animals)
    kept = n_detections[history.event_animal] >= 2
    usage = history.usage_station_days[history.event_detector, history.event_occasion][kept]
    is_count = history.detector_type == "count"
    key = np.column_stack([history.event_detector[kept], np.ones_like(usage) if is_count else usage])
    rows, row = np.unique(key, axis=0, return_inverse=True)
    _, animal = np.unique(history.event_animal[kept], return_inverse=True)
    detections = np.zeros((int((n_detections >= 2).sum()), len(rows)))
    np.add.at(detections, (animal, row.reshape(-1)), history.event_count[kept])
    return _Session(
        history=history,
        squared_distance_m2=((history.xy_m[:, None, :] - state_space.xy_m[None, :, :]) ** 2).sum(axis=2),
        usage=history.usage_station_days,
        is_count=is_count,
        row_detector=rows[:, 0].astype(np.intp),
        row_usage=rows[:, 1],
        detections=detections,
        cell_km2=state_space.cell_area_m2 / 1e6,
        n_once=int((n_detections == 1).sum()),
    )


class _Likelihood:
    """Equation (4) of all sessions, and its gradient by the detection parameters."""

    def __init__(self, fit: Fit, sessions: Sequence[_Session]) -> None:
        self.sessions = sessions
        self.detection: DetectionFunction = detection_function(
            fit.spec.detection, compensated=fit.spec.is_compensated
        )
        of_detection = self.detection.parameters
        self.links: dict[str, Link] = {p.name: p.link for p in fit.spec.parameters if p.name in of_detection}
        self.names = tuple(self.links)
        density = next((p for p in fit.spec.parameters if p.name == "D"), None)
        self.shared = density is not None and not density.terms

    def start(self, fit: Fit) -> Array:
        values = fit.sessions[0].parameters
        return np.array([float(link(np.array(values[n].value), self.links[n])) for n in self.names])

    def _theta(self, beta: Array) -> dict[str, Array]:
        natural = zip(self.names, beta, strict=True)
        return {n: inverse_link(np.full((1, 1), b), self.links[n]) for n, b in natural}

    def _pull_back(self, session: _Session, theta: Mapping[str, Array], hazard: Array, bar: Array) -> Array:
        """Derivative by the coefficients from that by the log hazards."""
        bars = self.detection.adjoint(session.squared_distance_m2, theta, hazard, bar)
        slopes = [bars[n] * inverse_link_slope(theta[n], self.links[n]) for n in self.names]
        return np.array([float(slope.sum()) for slope in slopes])

    def _hazard(self, session: _Session, theta: Mapping[str, Array]) -> tuple[Array, Array]:
        return self.detection.evaluate(session.squared_distance_m2, theta, session.row_detector)

    def value_and_gradient(self, beta: Array) -> tuple[float, Array]:
        theta = self._theta(beta)
        value, gradient = 0.0, np.zeros(len(self.names))
        areas: list[tuple[int, float, Array]] = []
        for session in self.sessions:
            hazard, row_log = self._hazard(session, theta)
            found, bar = _histories(session, hazard, row_log)
            area = _areas(session, hazard)
            value += found
            gradient += self._pull_back(session, theta, hazard, bar)
            slope = self._pull_back(session, theta, hazard, area.twice_bar)
            areas.append((len(session.detections), area.twice, slope))
        for n, a2, slope in self._grouped(areas):
            if n:
                value -= n * math.log(a2)
                gradient -= n / a2 * slope
        return value, gradient

    def _grouped(self, areas: Sequence[tuple[int, float, Array]]) -> list[tuple[int, float, Array]]:
        """Animals, area and its gradient of each density."""
        if not self.shared:
            return list(areas)
        slope = np.sum([s for _, _, s in areas], axis=0)
        return [(sum(n for n, _, _ in areas), sum(a for _, a, _ in areas), slope)]

    def information(self, beta: Array) -> Array:
        """Minus the Hessian, by central differences of the gradient."""
        steps = np.eye(len(beta)) * _STEP
        rows = [self.value_and_gradient(beta + s)[1] - self.value_and_gradient(beta - s)[1] for s in steps]
        hessian = np.array(rows) / (2.0 * _STEP)
        return np.asarray(-(hessian + hessian.T) / 2.0)

    def estimates(self, beta: Array, covariance: Array, level: float) -> list[TwiceSession]:
        theta = self._theta(beta)
        found = []
        for session in self.sessions:
            hazard, _ = self._hazard(session, theta)
            area = _areas(session, hazard)
            twice = self._pull_back(session, theta, hazard, area.twice_bar)
            once = self._pull_back(session, theta, hazard, area.once_bar)
            found.append((len(session.detections), area, twice, once))
        groups = self._grouped([(n, area.twice, twice) for n, area, twice, _ in found])
        groups = groups * len(found) if self.shared else groups
        return [
            _estimated(session, area, group, once, covariance, level)
            for session, (_, area, _, once), group in zip(self.sessions, found, groups, strict=True)
        ]


def _histories(session: _Session, hazard: Array, row_log: Array) -> tuple[float, Array]:
    """First sum of (4), and its derivative by the log hazards (J, M)."""
    total_usage = session.usage.sum(axis=1)
    row_bar_of = np.ones_like(row_log)
    if not session.is_count:
        expected = session.row_usage[:, None] * hazard[session.row_detector]
        row_log = row_log + np.log(session.row_usage)[:, None] + log_expm1_ratio(expected)
        row_bar_of = log_expm1_slope(expected)
    log_prob = session.detections @ row_log - total_usage @ hazard
    largest = log_prob.max(axis=1, keepdims=True)
    prob = np.exp(log_prob - largest)
    integral = prob.sum(axis=1, keepdims=True)
    share = prob / integral
    bar = -total_usage[:, None] * hazard * share.sum(axis=0)
    np.add.at(bar, session.row_detector, (session.detections.T @ share) * row_bar_of)
    return float((largest + np.log(session.cell_km2 * integral)).sum()), bar


def _areas(session: _Session, hazard: Array) -> _Areas:
    """Equations (1) to (3)."""
    total_usage = session.usage.sum(axis=1)
    cumulative = total_usage @ hazard
    missed = np.exp(-cumulative)
    # odds = G, odds_bar = dG / d log h (J, M)
    if session.is_count:
        odds, odds_bar = cumulative, total_usage[:, None] * hazard
    else:
        odds, odds_bar = np.zeros_like(cumulative), np.zeros_like(hazard)
        for days in np.unique(session.usage[session.usage > 0.0]):
            n_occasions = (session.usage == days).sum(axis=1)
            odds = odds + n_occasions @ np.expm1(days * hazard)
            odds_bar += n_occasions[:, None] * days * hazard * np.exp(days * hazard)
    once = missed * odds
    # d once / d log h = exp(-H) (dG - G dH);  d twice = exp(-H) dH - d once
    cumulative_bar = total_usage[:, None] * hazard
    once_bar = missed * (odds_bar - odds * cumulative_bar)
    return _Areas(
        twice=session.cell_km2 * float((-np.expm1(-cumulative) - once).sum()),
        once=session.cell_km2 * float(once.sum()),
        twice_bar=session.cell_km2 * (missed * cumulative_bar - once_bar),
        once_bar=session.cell_km2 * once_bar,
    )


def _estimated(
    session: _Session,
    area: _Areas,
    group: tuple[int, float, Array],
    once: Array,
    covariance: Array,
    level: float,
) -> TwiceSession:
    n, a2, slope = group
    density = n / a2
    # Poisson variance of n, and that of a2 through the detection parameters (delta method).
    relative_variance = 1.0 / n + float(slope @ covariance @ slope) / a2**2 if n else math.inf
    ratio_slope = once / area.once - slope / a2
    expected_once = density * area.once
    # Once and twice are independent Poisson numbers; the expectation carries the error of both.
    once_variance = expected_once
    if n:
        once_variance += expected_once**2 * (1.0 / n + float(ratio_slope @ covariance @ ratio_slope))
    return TwiceSession(
        session=session.history.session,
        n_twice=len(session.detections),
        n_once=session.n_once,
        density_per_100km2=_density(100.0 * density, relative_variance, level),
        expected_once=expected_once,
        excess_sd=math.sqrt(once_variance),
    )


def _density(value: float, relative_variance: float, level: float) -> Estimate:
    method = "animals detected at least twice (SCR-2), log-normal"
    if value == 0.0:
        return Estimate(value=0.0, lower=0.0, upper=math.inf, level=level, unit=_UNIT, method=method)
    factor = math.exp(NormalDist().inv_cdf(0.5 + level / 2.0) * math.sqrt(math.log1p(relative_variance)))
    return Estimate(
        value=value,
        lower=value / factor,
        upper=value * factor,
        level=level,
        unit=_UNIT,
        method=method,
        se=value * math.sqrt(relative_variance),
    )


_UNIT = "animals per 100 km2"
