"""Numbers that figures show and no fit holds: the detection curve with its band, counts per animal.

Figures compute nothing; what they draw is computed here, from arrays to arrays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from pardine.estimate.fit import Fit
from pardine.estimate.history import CaptureHistory

Floats = NDArray[np.float64]
_ROUND = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 10.0)


@dataclass(frozen=True, kw_only=True, eq=False)
class DetectionCurve:
    """Probability that a station detects an animal at least once, by distance from its centre.

    Attributes
    ----------
    session
        Session code; empty where the curve holds for all.
    distance_m, probability, lower, upper : (K,) arrays
        The limits are NaN where the fit has no standard errors.
    station_days
        Effort of the station to which the probability refers.
    level
        Nominal coverage of the band at each distance.
    sigma_m
        Scale of the curve.
    """

    session: str
    distance_m: Floats
    probability: Floats
    lower: Floats
    upper: Floats
    station_days: float
    level: float
    sigma_m: float


def detection_curve(
    fit: Fit, session: str, station_days: float, *, level: float = 0.95, n_points: int = 121
) -> DetectionCurve:
    r"""Detection curve of one session with its band by the delta method.

    With hazard :math:`h(d)` per station-day and effort :math:`T`, the probability of at least one
    detection is :math:`1 - \exp(-T h(d))`; the band is symmetric on the scale of
    :math:`\log h(d)`, where the half-normal hazard is linear in its coefficients.

    Parameters
    ----------
    fit
        Half-normal (``HN``) or hazard half-normal (``HHN``).
    session
        Whose parameters.
    station_days
        Effort :math:`T`.
    level
        Nominal coverage.
    n_points
        Distances, from 0 to 3.5 sigma.
    """
    first = "g0" if fit.spec.detection == "HN" else "lambda0"
    rows = np.vstack([_predictor_row(fit, first, session), _predictor_row(fit, "sigma", session)])
    estimates = np.array([coefficient.estimate for coefficient in fit.coefficients])
    eta_first, log_sigma = rows @ estimates
    sigma_m = float(np.exp(log_sigma))
    distance_m = np.linspace(0.0, 3.5 * sigma_m, n_points)
    u = distance_m**2 / (2.0 * sigma_m**2)
    log_hazard, by_first = _log_hazard(fit.spec.detection, eta_first, u)
    # Chain rule: d u / d log sigma = -2 u.
    by_log_sigma = _slope_over_u(fit.spec.detection, eta_first, u) * (-2.0 * u)
    jacobian = by_first[:, None] * rows[0] + by_log_sigma[:, None] * rows[1]
    variance = np.einsum("kp,pq,kq->k", jacobian, fit.covariance, jacobian)
    reach = NormalDist().inv_cdf(0.5 + level / 2.0) * np.sqrt(np.where(variance >= 0.0, variance, np.nan))
    probability, lower, upper = (
        -np.expm1(-station_days * np.exp(log_hazard + shift)) for shift in (0.0, -reach, reach)
    )
    return DetectionCurve(
        session=session,
        distance_m=distance_m,
        probability=probability,
        lower=lower,
        upper=upper,
        station_days=station_days,
        level=level,
        sigma_m=sigma_m,
    )


def probability_of_detection(
    detection: str, first: float, sigma_m: float, distance_m: Floats, station_days: float
) -> Floats:
    """Probability of at least one detection with known g0 or lambda0 and sigma (a simulated truth)."""
    kernel = np.exp(-(distance_m**2) / (2.0 * sigma_m**2))
    hazard = -np.log1p(-first * kernel) if detection == "HN" else first * kernel
    probability: Floats = -np.expm1(-station_days * hazard)
    return probability


def _log_hazard(detection: str, eta: float, u: Floats) -> tuple[Floats, Floats]:
    """Log hazard at u = d2 / (2 sigma2), and its derivative with respect to the first predictor."""
    if detection == "HHN":
        return eta - u, np.ones_like(u)
    g0 = 1.0 / (1.0 + np.exp(-eta))
    g = g0 * np.exp(-u)
    hazard = -np.log1p(-g)
    return np.log(hazard), (1.0 - g0) * g / ((1.0 - g) * hazard)


def _slope_over_u(detection: str, eta: float, u: Floats) -> Floats:
    """Derivative of the log hazard with respect to u."""
    if detection == "HHN":
        return -np.ones_like(u)
    g = np.exp(-u) / (1.0 + np.exp(-eta))
    slope: Floats = g / ((1.0 - g) * np.log1p(-g))
    return slope


def _predictor_row(fit: Fit, parameter: str, session: str) -> Floats:
    """Row of the design matrix for one parameter of one session (treatment contrasts)."""
    wanted = {parameter, f"{parameter}.session[{session}]"}
    return np.array([float(coefficient.name in wanted) for coefficient in fit.coefficients])


def typical_station_days(histories: tuple[CaptureHistory, ...]) -> float:
    """Median effort of the stations that worked at all; 1 where none did."""
    totals = np.concatenate([history.usage_station_days.sum(axis=1) for history in histories])
    working = totals[totals > 0.0]
    return float(np.median(working)) if working.size else 1.0


def detections_per_animal(history: CaptureHistory) -> NDArray[np.intp]:
    """Detections of each animal, (n,)."""
    return np.bincount(history.event_animal, weights=history.event_count, minlength=history.n_animals).astype(
        np.intp
    )


def detections_per_station(history: CaptureHistory) -> NDArray[np.intp]:
    """Detections at each station, (J,)."""
    return np.bincount(
        history.event_detector, weights=history.event_count, minlength=history.n_detectors
    ).astype(np.intp)


def frequency(values: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """How many times each value from 1 to the largest occurs."""
    counts = np.bincount(np.asarray(values, dtype=np.intp))
    return tuple((value, int(n)) for value, n in enumerate(counts) if value > 0)


def class_edges(values: Floats, n_classes: int = 6) -> Floats:
    """Round class edges from 0 that hold all values but the outermost hundredth, which joins the last.

    Parameters
    ----------
    values : (K,) array
        Densities, at least 0.
    n_classes
        About so many classes.
    """
    top = float(np.quantile(values, 0.99)) if values.size else 0.0
    if top <= 0.0:
        return np.array([0.0, 1.0])
    step = _round_step(top / n_classes)
    return np.arange(int(np.ceil(top / step - 1e-9)) + 1, dtype=np.float64) * step


def _round_step(raw: float) -> float:
    """The next round number that is not below ``raw``."""
    power = 10.0 ** np.floor(np.log10(raw))
    return float(next(m * power for m in _ROUND if m * power >= raw * (1 - 1e-9)))


def scale_bar_km(width_m: float) -> float:
    """Round length of a scale bar: about a quarter of the map's width."""
    raw = max(width_m / 4000.0, 1e-3)
    power = 10.0 ** np.floor(np.log10(raw))
    return float(max(m * power for m in (1.0, 2.0, 5.0) if m * power <= raw * (1 + 1e-9)))
