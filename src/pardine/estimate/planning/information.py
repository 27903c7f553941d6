"""What a survey that has not been made can be expected to tell: the information it will hold.

The animals detected are a Poisson process over capture histories omega other than the empty one,
with intensity mu(omega) = integral D(X) Pr(omega | X) dX. Its expected (Fisher) information is

    I = sum_omega mu(omega) s(omega) s(omega)',   s = d log mu(omega) / d beta               (1)

which is Lambda times the mean of s s' over detected animals. Histories are too many to enumerate,
but detected animals are easily drawn: a centre from D(X) p.(X) / Lambda, then a number of visits from
the Poisson law with mean H(X), cut off at 1, then their detectors in proportion to usage x hazard.

With beta = (log D, theta), d log mu / d log D = 1, and the mean of the rest is known without error,
m = d log Lambda / d theta. So only the covariance V of s_theta is left to chance, and

    var(log D) = 1 / Lambda + m' (Lambda V)^-1 m                                             (2)

the number of animals, and what is lost for theta being estimated. On the natural scale density is a
Poisson number over an effective area whose estimate is about log-normal, and independent of it:

    CV(D)^2 = (1 + 1 / Lambda) exp(m' (Lambda V)^-1 m) - 1                                   (3)

Notation as in `likelihood`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.stats import poisson

from pardine.base.randomness import stream
from pardine.estimate.formula.grammar import LINKS
from pardine.estimate.formula.parameters import inverse_link, link
from pardine.estimate.likelihood.collapse import squared_distances_m2
from pardine.estimate.likelihood.detection import DETECTION_FUNCTIONS
from pardine.estimate.model import Detection
from pardine.estimate.planning.thinning import coarser_habitat
from pardine.estimate.statespace import StateSpace
from pardine.observe.session import DetectorType

Array = NDArray[np.float64]

N_HISTORIES = 4000
"""Histories drawn: they leave about one per cent of Monte-Carlo error in the coefficient of variation."""

_STEP = 1e-4
# Habitat of more points than this is thinned, but never beyond this share of sigma between points.
_MAX_POINTS = 4000
_FINEST_SIGMA = 0.3
# Points of less hazard, beside the largest, add nothing that a double would show.
_NOTHING = 1e-16
# Arrays of this size stay in the processor's cache.
_CHUNK_NUMBERS = 200_000


@dataclass(frozen=True, kw_only=True, eq=False)
class PlannedSurvey:
    """A survey as it is planned, and what is expected of the animals.

    Attributes
    ----------
    xy_m : (J, 2) array
        Stations.
    usage_station_days : (J, S) array
        Effort that is expected.
    detector_type
        ``count`` or ``proximity``.
    state_space
        Habitat of M points.
    density_per_km2
        Expected density of independent animals: one number, or one a point (M,).
    detection
        Detection function.
    values
        Its parameters on their natural scales (``lambda0`` or ``g0``, ``sigma`` in m).
    """

    xy_m: Array
    usage_station_days: Array
    detector_type: DetectorType
    state_space: StateSpace
    density_per_km2: float | Array
    detection: Detection
    values: Mapping[str, float]

    def __post_init__(self) -> None:
        if self.usage_station_days.shape[:1] != self.xy_m.shape[:1] or self.usage_station_days.ndim != 2:
            raise ValueError("one row of usage per station")
        if not len(self.xy_m) or not (self.usage_station_days > 0.0).any():
            raise ValueError("a survey needs a station that works")
        if self.detector_type not in ("count", "proximity"):
            raise ValueError(f"no expected information for {self.detector_type} detectors")


@dataclass(frozen=True, kw_only=True, eq=False)
class ExpectedPrecision:
    """What can be expected of a planned survey.

    Attributes
    ----------
    n_animals, n_detections
        Animals and detections expected.
    n_recaptures
        Detections beyond each animal's first.
    n_moved
        Animals detected at two stations or more.
    se_log_density
        Standard error of log density; infinite where the survey cannot tell density.
    cv_density
        Coefficient of variation of density: standard deviation over mean.
    names
        Coefficients: ``D``, then those of the detection function.
    information : (P, P) array
        Expected information on the link scales.
    """

    n_animals: float
    n_detections: float
    n_recaptures: float
    n_moved: float
    se_log_density: float
    cv_density: float
    names: tuple[str, ...]
    information: Array


def expected_precision(
    plan: PlannedSurvey, *, n_histories: int = N_HISTORIES, seed: int = 0
) -> ExpectedPrecision:
    """Precision of density that a planned survey can be expected to reach.

    Parameters
    ----------
    plan
        The survey and the animals; the model fitted to it later is the null model of this
        detection function.
    n_histories
        Detected animals to draw; the Monte-Carlo error falls with their square root.
    seed
        Of the draw: the same plan and seed give the same answer.

    References
    ----------
    Borchers DL, Efford MG (2008) Spatially explicit maximum likelihood methods for capture-recapture
    studies. Biometrics 64:377-385. doi:10.1111/j.1541-0420.2007.00927.x
    """
    plan = _on_enough_points(plan)
    survey = _Survey(plan)
    expected = _cell_expectation(plan)
    detected = expected * -np.expm1(-survey.cumulative_hazard)
    total = float(detected.sum())
    names = ("D", *survey.names)
    if not total > 1e-9:
        return _hopeless(total, names)
    histories, n_stations = _draw_histories(survey, detected / total, n_histories, seed)
    score = _scores(survey, expected, histories)
    spread = np.cov(score.T, bias=True).reshape(len(survey.names), -1)
    mean = np.array([_log_detected_slope(survey, expected, total, k) for k in range(len(survey.names))])
    information = total * np.block(
        [[np.ones((1, 1)), mean[None]], [mean[:, None], spread + np.outer(mean, mean)]]
    )
    lost = _lost(mean, total * spread)
    n_detections = _expected_detections(survey, expected)
    return ExpectedPrecision(
        n_animals=total,
        n_detections=n_detections,
        n_recaptures=n_detections - total,
        n_moved=total * float((n_stations > 1).mean()),
        se_log_density=math.sqrt(1.0 / total + lost),  # (2)
        cv_density=_cv(total, lost),  # (3)
        names=names,
        information=information,
    )


def _on_enough_points(plan: PlannedSurvey) -> PlannedSurvey:
    """The plan on the points where animals are detected, fewer where there are more than sigma needs."""
    hazard = _Survey(plan).cumulative_hazard
    reached = hazard > _NOTHING * hazard.max()
    if not reached.any():
        return plan
    space, density = plan.state_space, np.asarray(plan.density_per_km2, dtype=np.float64)
    here = StateSpace(xy_m=space.xy_m[reached], cell_area_m2=space.cell_area_m2)
    needed = here.area_km2 * 1e6 / (_FINEST_SIGMA * plan.values["sigma"]) ** 2
    density_here = np.broadcast_to(density, (space.n_points,))[reached]
    coarse, total = coarser_habitat(here, density_here, max(int(needed), _MAX_POINTS))
    return replace(plan, state_space=coarse, density_per_km2=total)


class _Survey:
    """Hazards of a planned survey at its parameters, and their slopes on the link scales.

    R rows are the distinct (station, usage) pairs of a proximity detector; counts need only the
    stations.
    """

    def __init__(self, plan: PlannedSurvey) -> None:
        self.usage = plan.usage_station_days
        self.total_usage = self.usage.sum(axis=1)
        self.detector_type = plan.detector_type
        middle = plan.xy_m.mean(axis=0)
        self._squared_m2 = squared_distances_m2(plan.xy_m - middle, plan.state_space.xy_m - middle)
        self._detection = DETECTION_FUNCTIONS[plan.detection]
        self.names: tuple[str, ...] = tuple(self._detection.parameters)
        self._eta = np.array([float(link(np.array(plan.values[n]), LINKS[n])) for n in self.names])
        self.row_of, self.rows = _rows(plan)
        self.hazard, self._log_hazard = self._evaluate(self._eta)
        self.cumulative_hazard = self.total_usage @ self.hazard
        self.row_log_factor = self._row_log_factor(self.hazard, self._log_hazard)

    def slopes(self, parameter: int) -> tuple[Array, Array]:
        """Slopes of the (R, M) log factors and of the (M,) cumulative hazard with a parameter."""
        step = np.zeros(len(self._eta))
        step[parameter] = _STEP
        above, below = self._evaluate(self._eta + step), self._evaluate(self._eta - step)
        factor = self._row_log_factor(*above) - self._row_log_factor(*below)
        return factor / (2 * _STEP), self.total_usage @ (above[0] - below[0]) / (2 * _STEP)

    def _evaluate(self, eta: Array) -> tuple[Array, Array]:
        theta = {
            name: inverse_link(np.full((1, 1), value), LINKS[name])
            for name, value in zip(self.names, eta, strict=True)
        }
        everything = np.arange(len(self._squared_m2))
        return self._detection.evaluate(self._squared_m2, theta, everything)

    def _row_log_factor(self, hazard: Array, log_hazard: Array) -> Array:
        """Log of each row's factor in Pr(omega | X), without constants."""
        station = self.rows[:, 0].astype(np.intp)
        if self.detector_type == "count":
            return log_hazard[station]
        x = self.rows[:, 1:] * hazard[station]
        safe = np.maximum(x, 1e-12)
        return np.asarray(log_hazard[station] + np.where(x < 1e-12, 0.0, np.log(np.expm1(safe) / safe)))


def _rows(plan: PlannedSurvey) -> tuple[NDArray[np.intp], Array]:
    """Row of each (station, occasion) as a (J, S) array, and station and usage of each row."""
    usage = plan.usage_station_days
    station = np.repeat(np.arange(len(usage)), usage.shape[1])
    key = usage.ravel() if plan.detector_type == "proximity" else np.ones(usage.size)
    rows, row_of = np.unique(np.column_stack([station, key]), axis=0, return_inverse=True)
    return np.asarray(row_of, dtype=np.intp).reshape(usage.shape), np.asarray(rows, dtype=np.float64)


def _cell_expectation(plan: PlannedSurvey) -> Array:
    """Expected centres in each of the (M,) cells."""
    density = np.asarray(plan.density_per_km2, dtype=np.float64)
    return np.broadcast_to(density * plan.state_space.cell_area_m2 / 1e6, (plan.state_space.n_points,))


def _draw_histories(
    survey: _Survey, cell_share: Array, n: int, seed: int
) -> tuple[csr_array[np.float64], NDArray[np.intp]]:
    """Histories of detected animals as (n, R) counts, and at how many stations each was detected."""
    rng = stream(seed, "expected information")
    # Systematic over the cells: neighbouring draws are neighbouring places.
    cell = np.searchsorted(np.cumsum(cell_share), (np.arange(n) + rng.random(n)) / n * (1 - 1e-12))
    cell = np.minimum(cell, len(cell_share) - 1)
    hazard = survey.cumulative_hazard[cell]
    none = np.exp(-hazard)
    visits = poisson.ppf(none + rng.random(n) * (1.0 - none), hazard)
    visits = np.maximum(np.nan_to_num(visits, nan=1.0, posinf=1.0), 1.0).astype(np.intp)
    animal = np.repeat(np.arange(n), visits)
    station = _draw_station(survey, cell, animal, rng)
    occasion = _draw_occasion(survey.usage[station], rng)
    events = np.column_stack([animal, station, occasion])
    if survey.detector_type == "proximity":
        events = np.unique(events, axis=0)
    row = survey.row_of[events[:, 1], events[:, 2]]
    counts = csr_array((np.ones(len(events)), (events[:, 0], row)), shape=(n, len(survey.rows)))
    places = np.unique(events[:, :2], axis=0)
    return counts, np.bincount(places[:, 0], minlength=n).astype(np.intp)


def _draw_station(
    survey: _Survey, cell: NDArray[np.intp], animal: NDArray[np.intp], rng: np.random.Generator
) -> NDArray[np.intp]:
    """Station of each visit, in proportion to usage x hazard at the animal's centre."""
    cumulative = np.cumsum(survey.total_usage[:, None] * survey.hazard, axis=0)
    moment = rng.random(len(animal)) * cumulative[-1, cell[animal]]
    station = np.zeros(len(animal), dtype=np.intp)
    for row in cumulative[:-1]:
        station += row[cell[animal]] <= moment
    return station


def _draw_occasion(usage: Array, rng: np.random.Generator) -> NDArray[np.intp]:
    """Occasion of each visit, in proportion to its station's usage on them (a row a visit)."""
    ends = np.cumsum(usage, axis=1)
    moment = rng.random(len(usage)) * ends[:, -1]
    return np.asarray((ends[:, :-1] <= moment[:, None]).sum(axis=1), dtype=np.intp)


def _scores(survey: _Survey, expected: Array, histories: csr_array[np.float64]) -> Array:
    """(n, p) scores d log mu(omega) / d theta of the histories, up to a constant of each parameter."""
    slopes = [survey.slopes(k) for k in range(len(survey.names))]
    log_expected = np.log(np.maximum(expected, 1e-300)) - survey.cumulative_hazard
    n_rows = max(_CHUNK_NUMBERS // len(expected), 16)
    parts = []
    for first in range(0, histories.shape[0], n_rows):
        some = histories[first : first + n_rows]
        log_term = np.asarray(some @ survey.row_log_factor) + log_expected
        share = np.exp(log_term - log_term.max(axis=1, keepdims=True))
        share /= share.sum(axis=1, keepdims=True)
        # The mean over centres of d log Pr(omega | X) = sum of row slopes - d H.
        parts.append(
            np.column_stack(
                [
                    some.multiply(share @ factor.T).sum(axis=1) - share @ cumulative
                    for factor, cumulative in slopes
                ]
            )
        )
    return np.concatenate(parts)


def _log_detected_slope(survey: _Survey, expected: Array, total: float, parameter: int) -> float:
    """Slope of log Lambda with a parameter."""
    _, cumulative = survey.slopes(parameter)
    return float((expected * np.exp(-survey.cumulative_hazard)) @ cumulative) / total


def _lost(mean: Array, information: Array) -> float:
    """What is lost for theta being estimated: m' I^-1 m, infinite where theta cannot be told."""
    try:
        lost = float(mean @ np.linalg.solve(information, mean))
    except np.linalg.LinAlgError:
        return math.inf
    return lost if 0.0 <= lost < math.inf else math.inf


def _cv(n_animals: float, lost: float) -> float:
    return math.sqrt((1.0 + 1.0 / n_animals) * math.exp(lost) - 1.0) if lost < 100.0 else math.inf


def _expected_detections(survey: _Survey, expected: Array) -> float:
    if survey.detector_type == "count":
        return float(expected @ survey.cumulative_hazard)
    return sum(
        float((survey.usage == u).sum(axis=1) @ -np.expm1(-u * survey.hazard) @ expected)
        for u in np.unique(survey.usage).tolist()
        if u > 0.0
    )


def _hopeless(total: float, names: tuple[str, ...]) -> ExpectedPrecision:
    """A survey that is expected to see nobody."""
    return ExpectedPrecision(
        n_animals=total,
        n_detections=total,
        n_recaptures=0.0,
        n_moved=0.0,
        se_log_density=math.inf,
        cv_density=math.inf,
        names=names,
        information=np.zeros((len(names), len(names))),
    )
