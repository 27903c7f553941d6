"""Numbers that figures show and no fit holds: the detection curve with its band, counts per animal.

Figures compute nothing; what they draw is computed here, from arrays to arrays.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pardine.base.result import Estimate
from pardine.estimate.fit import Fit
from pardine.estimate.formula.parameters import inverse_link, link
from pardine.estimate.history import CaptureHistory
from pardine.estimate.likelihood.detection import detection_function
from pardine.estimate.model import ParameterSpec

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
    of_class
        Label of the class of animals, such as ``F``; empty where there are none.
    """

    session: str
    distance_m: Floats
    probability: Floats
    lower: Floats
    upper: Floats
    station_days: float
    level: float
    sigma_m: float
    of_class: str = ""


def classes_of(fit: Fit) -> tuple[str, ...]:
    """Labels of the classes of animals that are detected differently; one empty label where none are."""
    names = (name.rstrip("]").partition("[")[2] for name in fit.sessions[0].parameters)
    return tuple(dict.fromkeys(name for name in names if name)) or ("",)


def estimate_from_json(values: Mapping[str, Any]) -> Estimate:
    """An estimate from its stored values; an upper limit alone that JSON could not hold was infinite."""
    value, lower, upper = (
        math.nan if values[n] is None else float(values[n]) for n in ("value", "lower", "upper")
    )
    if math.isnan(upper) and not math.isnan(lower):
        upper = math.inf
    return Estimate(**{**values, "value": value, "lower": lower, "upper": upper})


def detection_curves(
    fit: Fit, session: str, station_days: float, *, level: float = 0.95
) -> tuple[DetectionCurve, ...]:
    """Curves of a session's classes of animals over the same distances; one where there are no classes."""
    curves = [detection_curve(fit, session, station_days, level=level, of_class=c) for c in classes_of(fit)]
    reach_m = max(float(curve.distance_m[-1]) for curve in curves)
    return tuple(
        detection_curve(fit, session, station_days, level=level, of_class=c.of_class, reach_m=reach_m)
        for c in curves
    )


def detection_curve(
    fit: Fit,
    session: str,
    station_days: float,
    *,
    level: float = 0.95,
    n_points: int = 121,
    of_class: str = "",
    reach_m: float | None = None,
) -> DetectionCurve:
    r"""Detection curve of one session with its band by the delta method.

    With hazard :math:`h(d)` per station-day and effort :math:`T`, the probability of at least one
    detection is :math:`1 - \exp(-T h(d))`; the band is symmetric on the scale of :math:`\log h(d)`.
    Where covariates or classes enter, the curve is that of the session's average parameters.

    Parameters
    ----------
    fit
        Of any model.
    session
        Whose parameters.
    station_days
        Effort :math:`T`.
    level
        Nominal coverage.
    n_points
        Distances, from 0 to 3.5 sigma; twice as far for curves with longer tails.
    of_class
        Class of animals; without one, their average.
    reach_m
        Largest distance, in place of that.
    """
    function = detection_function(fit.spec.detection, compensated=fit.spec.is_compensated)
    specs = [next(p for p in fit.spec.parameters if p.name == name) for name in function.parameters]
    eta, covariance = _predictors(fit, specs, session, of_class)

    def log_hazard_at(own: Floats) -> Floats:
        theta = {
            spec.name: inverse_link(own[k : k + 1], spec.link).reshape(1, 1) for k, spec in enumerate(specs)
        }
        _, log_hazard = function.evaluate(distance_m[None, :] ** 2, theta, np.zeros(1, dtype=np.intp))
        return np.asarray(log_hazard[0])

    sigma_m = float(np.exp(eta[function.parameters.index("sigma")]))
    reach_sigmas = 3.5 if fit.spec.detection in ("HN", "HHN") else 7.0
    distance_m = np.linspace(0.0, reach_m or reach_sigmas * sigma_m, n_points)
    log_hazard = log_hazard_at(eta)
    steps = 1e-5 * np.eye(len(eta))
    jacobian = (
        np.stack([log_hazard_at(eta + step) - log_hazard_at(eta - step) for step in steps], axis=1) / 2e-5
    )
    variance = np.einsum("kp,pq,kq->k", jacobian, covariance, jacobian)
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
        of_class=of_class,
    )


def _predictors(
    fit: Fit, specs: Sequence[ParameterSpec], session: str, of_class: str
) -> tuple[Floats, Floats]:
    """Linear predictors of a session's detection parameters and their covariance.

    Exact where they differ between sessions and classes only. Under other terms they are those of the
    average that the fit reports, and their correlation is that of the intercepts.
    """
    if all(set(spec.terms) <= ({"session", "h2"} if of_class else {"session"}) for spec in specs):
        rows = np.vstack([_predictor_row(fit, spec.name, session, of_class) for spec in specs])
        return rows @ np.array([c.estimate for c in fit.coefficients]), rows @ fit.covariance @ rows.T
    own = next(s for s in fit.sessions if s.session == session).parameters
    found = [own.get(f"{spec.name}[{of_class}]", own[spec.name]) for spec in specs]
    values = [link(np.array([e.lower, e.value, e.upper]), s.link) for s, e in zip(specs, found, strict=True)]
    z = NormalDist().inv_cdf(0.5 + fit.level / 2.0)
    se = np.array([(upper - lower) / (2.0 * z) for lower, _, upper in values])
    names = [c.name for c in fit.coefficients]
    at = [names.index(spec.name) for spec in specs]
    between = fit.covariance[np.ix_(at, at)]
    scale = np.sqrt(np.diag(between))
    return np.array([value for _, value, _ in values]), between / np.outer(scale, scale) * np.outer(se, se)


def probability_of_detection(
    detection: str, first: float, sigma_m: float, distance_m: Floats, station_days: float
) -> Floats:
    """Probability of at least one detection with known g0 or lambda0 and sigma (a simulated truth)."""
    kernel = np.exp(-(distance_m**2) / (2.0 * sigma_m**2))
    hazard = -np.log1p(-first * kernel) if detection == "HN" else first * kernel
    probability: Floats = -np.expm1(-station_days * hazard)
    return probability


def _predictor_row(fit: Fit, parameter: str, session: str, of_class: str) -> Floats:
    """Row of the design matrix for one parameter of one session and class (treatment contrasts)."""
    wanted = {parameter, f"{parameter}.session[{session}]", f"{parameter}.h2[{of_class}]"}
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
