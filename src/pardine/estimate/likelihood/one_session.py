"""The likelihood of closed spatial capture-recapture, one session at a time, with its adjoint.

The model is that of Borchers & Efford (2008): X an activity centre (a mask point of area a), D(X)
density, omega_i the capture history of animal i, n animals. Comments below give these numbers. Rows r
are detectors with their parameters (see `rows`), h_r(X) their hazards for an animal of one class.

    H(X)          = sum_r U_r h_r(X)             cumulative hazard, U_r station-days of row r       (1)
    p.(X)         = 1 - exp(-H(X))               chance to be detected at all, U of the never seen  (2)
    Pr(omega | X) = exp(-H(X)) prod_e f_e(X)     over the events e of a history                     (3)
        count:      f = (u h)^y / y!
        proximity:  f = exp(u h) - 1
        multi:      f = u h (exp(H_s) - 1) / H_s      H_s: sum of u h over the occasion s
    Lambda        = integral D(X) p.(X) dX       expected number of animals detected                (4)
    full:         log L = -Lambda + sum_i log integral D(X) Pr(omega_i | X) dX                      (5)
    conditional:  log L = sum_i log integral Pr(omega_i | X) dX - n log integral p.(X) dX           (6)

With classes of animals, integrals are also sums over classes k with proportions pi_k; an animal whose
class is known keeps the term of that class alone. With groups of animals of known covariates, the
last term of (6) is that of each animal's group.

Animals are distinguishable (the n! orders of the animals cancel the n! of the Poisson number; no
n_c! of equal histories) and occasions are not collapsed: docs/explanation/likelihood.md says exactly
which constants are in. Work is collapsed (see `collapse`), constants never.

References
----------
Borchers DL, Efford MG (2008) Spatially explicit maximum likelihood methods for capture-recapture
studies. Biometrics 64:377-385. doi:10.1111/j.1541-0420.2007.00927.x
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pardine.estimate.history import CaptureHistory
from pardine.estimate.likelihood.collapse import SessionData, squared_distances_m2
from pardine.estimate.likelihood.detection import DetectionFunction, log_expm1_ratio, log_expm1_ratio_slope
from pardine.estimate.model import Likelihood

Array = NDArray[np.float64]
ReferenceConvention = Literal["full", "independent"]

# Numbers in an array of a chunk: 256 kB stay in the processor's cache, and products of this size
# are not worth the threads of BLAS, which stall where other work shares the machine.
_CHUNK_NUMBERS = 32_768
_FEWEST_CHUNK_POINTS = 64
# Chunks are kept between the two sweeps of an evaluation up to this size; beyond, they are made again.
_KEEP_BYTES = 64 * 2**20


@dataclass(frozen=True, kw_only=True, eq=False)
class SessionValue:
    """Log-likelihood of one session and its derivatives.

    Attributes
    ----------
    log_likelihood
        Value.
    expected_detected
        Lambda: animals expected to be detected (per unit density in the conditional likelihood; of
        the first group where there are groups).
    adjoint
        Derivative with respect to each natural parameter, in the parameter's shape.
    """

    log_likelihood: float
    expected_detected: float
    adjoint: dict[str, Array]


@dataclass(frozen=True, kw_only=True, eq=False)
class _ClassChunk:
    """One class of animals over some mask points (m of them)."""

    theta: dict[str, Array]
    share: float  # pi
    hazard: Array  # (R, m)
    sums: Array | None  # (Q, m): V h
    cumulative_hazard: Array  # (G, m): H of the never seen
    log_probability: Array  # (C, m): log(pi Pr(omega | X)), -inf for animals of another class


@dataclass(frozen=True, kw_only=True, eq=False)
class _Chunk:
    """Forward sweep over some mask points (m of them)."""

    points: slice
    squared_distance_m2: Array  # (R, m)
    classes: tuple[_ClassChunk, ...]
    log_cell_density: Array  # (m,) or (1,): log of animals per cell


def session_likelihood(
    data: SessionData,
    detection: DetectionFunction,
    theta: Mapping[str, Array],
    *,
    likelihood: Likelihood = "full",
    with_adjoint: bool = True,
) -> SessionValue:
    """Log-likelihood of one session with its derivatives with respect to natural parameters.

    Parameters
    ----------
    data
        The session.
    detection
        Detection function.
    theta
        Its parameters, and ``D`` in animals per km2 (ignored by the conditional likelihood); arrays
        that broadcast against (R, M), or (K, R, M) where they differ between classes. ``pmix``: the
        proportion of the second class, where there are classes.
    likelihood
        ``full`` or ``conditional``.
    with_adjoint
        Whether derivatives are wanted; they take half of the time.

    Returns
    -------
    SessionValue
        With a key of ``adjoint`` for each key of ``theta``; none without derivatives.
    """
    theta = theta if likelihood == "full" else {**theta, "D": np.ones((1, 1))}
    sweep = _Sweep(data, detection, theta)
    log_integrals, expected_detected = _integrate(data, sweep)
    log_likelihood = data.log_constant + float(data.multiplicity @ log_integrals)
    if likelihood == "full":  # (5)
        lambda_weight = np.ones(data.n_groups)
        log_likelihood -= float(expected_detected.sum())
    else:  # (6)
        seen = data.group_size > 0.0
        lambda_weight = np.where(seen, data.group_size / expected_detected, 0.0)
        log_likelihood -= float(data.group_size[seen] @ np.log(expected_detected[seen]))
    adjoint = _pull_back(data, sweep, log_integrals, lambda_weight) if with_adjoint else {}
    return SessionValue(
        log_likelihood=log_likelihood, expected_detected=float(expected_detected[0]), adjoint=adjoint
    )


def cell_expectations(
    data: SessionData, detection: DetectionFunction, theta: Mapping[str, Array]
) -> tuple[Array, Array]:
    """Expected activity centres in each cell, given the captures.

    Returns
    -------
    detected : (M,) array
        Of the animals detected; sums to their number.
    undetected : (M,) array
        Of the animals missed.
    """
    sweep = _Sweep(data, detection, theta)
    log_integrals, _ = _integrate(data, sweep)
    detected, undetected = [], []
    for chunk in sweep.chunks():
        n_points = chunk.squared_distance_m2.shape[1]
        detected.append(np.zeros(n_points))
        undetected.append(np.zeros(n_points))
        for own in chunk.classes:
            detected[-1] += _expected_centres(data, chunk, own, log_integrals).sum(axis=0)
            undetected[-1] += _missed(chunk, own).sum(axis=0)
    return np.concatenate(detected), np.concatenate(undetected)


def centres_inside(
    data: SessionData,
    detection: DetectionFunction,
    theta: Mapping[str, Array],
    inside: NDArray[np.bool_],
) -> tuple[Array, float]:
    """Chance of each distinct history's animals to live in some of the cells, and the missed there.

    Parameters
    ----------
    data, detection, theta
        The session.
    inside : (M,) array
        Which cells.

    Returns
    -------
    shares : (C,) array
    missed : float
    """
    sweep = _Sweep(data, detection, theta)
    log_integrals, _ = _integrate(data, sweep)
    shares, missed = np.zeros(len(data.multiplicity)), 0.0
    for chunk in sweep.chunks():
        here = inside[chunk.points]
        for own in chunk.classes:
            shares += _expected_centres(data, chunk, own, log_integrals)[:, here].sum(axis=1)
            missed += float(_missed(chunk, own)[0, here].sum())
    return shares / np.maximum(data.multiplicity, 1.0), missed


def centres_by_class(data: SessionData, detection: DetectionFunction, theta: Mapping[str, Array]) -> Array:
    """Chance of each distinct history's animals to be of each class and to live in each cell.

    Returns
    -------
    (C, K, M) array
        Adds up to 1 for each history.
    """
    sweep = _Sweep(data, detection, theta)
    log_integrals, _ = _integrate(data, sweep)
    alone = replace(data, multiplicity=np.ones_like(data.multiplicity))
    parts = [
        np.stack([_expected_centres(alone, chunk, own, log_integrals) for own in chunk.classes], axis=1)
        for chunk in sweep.chunks()
    ]
    return np.concatenate(parts, axis=2)


def integrals_of_histories(
    data: SessionData,
    detection: DetectionFunction,
    theta: Mapping[str, Array],
    weigh: Callable[[Array], Array] | None = None,
) -> tuple[Array, dict[str, Array]]:
    """Integral of D(X) Pr(omega | X) of each distinct history, and the adjoint of a sum of them.

    Parameters
    ----------
    data, detection, theta
        The session; the animals of a history and the constant count for nothing.
    weigh
        From the (C,) integrals to the (C,) weights of the sum whose adjoint is wanted; ``None``: none is.

    Returns
    -------
    integrals : (C,) array
    adjoint
        Derivative of the weighted sum with respect to each natural parameter.
    """
    sweep = _Sweep(data, detection, theta)
    log_integrals, _ = _integrate(data, sweep)
    integrals = np.exp(log_integrals)
    if weigh is None:
        return integrals, {}
    # d I = I d log I: the sum's adjoint is that of log integrals of so many animals each
    as_many = replace(data, multiplicity=weigh(integrals) * integrals)
    return integrals, _pull_back(as_many, sweep, log_integrals, np.zeros(data.n_groups))


def detection_prob_anywhere(
    data: SessionData, detection: DetectionFunction, theta: Mapping[str, Array]
) -> Array:
    """p.(X) at each of the (M,) mask points, averaged over classes; of the first group."""
    sweep = _Sweep(data.without_animals(0), detection, {**theta, "D": np.ones((1, 1))})
    return np.concatenate(
        [
            sum((own.share * -np.expm1(-own.cumulative_hazard[0]) for own in chunk.classes), np.zeros(1))
            for chunk in sweep.chunks()
        ]
    )


class _Sweep:
    """The chunks of one evaluation: kept for the second sweep where they fit in memory."""

    def __init__(self, data: SessionData, detection: DetectionFunction, theta: Mapping[str, Array]) -> None:
        self.data, self.detection, self.theta = data, detection, theta
        self.shares = class_shares(theta)
        n_sums = 0 if data.sum_days is None else data.sum_days.shape[0]
        n_rows = 2 * len(data.row_detector) + n_sums + len(data.multiplicity)
        self._keep = 8 * n_rows * len(data.mask_xy_m) * len(self.shares) <= _KEEP_BYTES
        self._kept: list[_Chunk] = []

    def chunks(self) -> Iterator[_Chunk]:
        if self._kept:
            yield from self._kept
            return
        widest = max(len(self.data.row_detector), len(self.data.multiplicity))
        n_points = max(_CHUNK_NUMBERS // widest, _FEWEST_CHUNK_POINTS)
        for start in range(0, len(self.data.mask_xy_m), n_points):
            chunk = _forward(self, slice(start, start + n_points))
            if self._keep:
                self._kept.append(chunk)
            yield chunk


def class_shares(theta: Mapping[str, Array]) -> tuple[float, ...]:
    """Proportions pi of the classes of animals; (1,) without classes."""
    if "pmix" not in theta:
        return (1.0,)
    second = float(theta["pmix"].reshape(-1)[0])
    return (1.0 - second, second)


def of_class(parameter: Array, which: int) -> Array:
    """A parameter of one class; one that does not differ between them stays as it is."""
    return np.asarray(parameter[which]) if parameter.ndim == 3 else parameter


def _at(parameter: Array, points: slice) -> Array:
    """A parameter at some mask points; one that does not vary over them stays as it is."""
    return parameter if parameter.shape[-1] == 1 else parameter[..., points]


def _forward(sweep: _Sweep, points: slice) -> _Chunk:
    data = sweep.data
    if data.squared_distance_m2 is None:
        squared_distance = squared_distances_m2(data.detector_xy_m, data.mask_xy_m[points])
    else:
        squared_distance = data.squared_distance_m2[:, points]
    if not data.has_one_row_a_detector:
        squared_distance = squared_distance[data.row_detector]
    classes = tuple(
        _forward_class(sweep, which, squared_distance, points) for which in range(len(sweep.shares))
    )
    return _Chunk(
        points=points,
        squared_distance_m2=squared_distance,
        classes=classes,
        log_cell_density=np.log(data.cell_area_km2 * _at(sweep.theta["D"], points)[0]),
    )


def _forward_class(sweep: _Sweep, which: int, squared_distance_m2: Array, points: slice) -> _ClassChunk:
    data, share = sweep.data, sweep.shares[which]
    names = sweep.detection.parameters
    here = {name: _at(of_class(sweep.theta[name], which), points) for name in names}
    hazard, event_log_hazard = sweep.detection.evaluate(squared_distance_m2, here, data.event_row)
    missed = data.usage_days @ hazard  # (1)
    own_hazard = missed if data.n_groups == 1 else missed[data.group]
    if data.usage_change_days is not None:
        own_hazard = own_hazard + data.usage_change_days @ hazard
    log_probability = np.asarray(data.detections @ event_log_hazard) - own_hazard  # (3)
    sums = None
    if data.sum_days is not None and data.sums_met is not None:
        sums = np.asarray(data.sum_days @ hazard)
        log_probability += np.asarray(data.sums_met @ log_expm1_ratio(sums))
    if data.telemetry is not None:
        log_probability += data.telemetry.log_density(data.mask_xy_m[points], here["sigma"])
    if len(sweep.shares) > 1:
        log_probability += math.log(share)
        log_probability[(data.known_class >= 0) & (data.known_class != which)] = -np.inf
    return _ClassChunk(
        theta=here,
        share=share,
        hazard=hazard,
        sums=sums,
        cumulative_hazard=missed,
        log_probability=log_probability,
    )


def _integrate(data: SessionData, sweep: _Sweep) -> tuple[Array, Array]:
    """Log integrals of D(X) Pr(omega | X) for each distinct history, and (G,) Lambda."""
    n_histories = len(data.multiplicity)
    largest = np.full(n_histories, -np.inf)
    total = np.zeros(n_histories)
    expected_detected = np.zeros(data.n_groups)
    for chunk in sweep.chunks():
        for own in chunk.classes:
            expected_detected += _detected(chunk, own).sum(axis=1)  # (4)
            if n_histories:
                log_terms = own.log_probability + chunk.log_cell_density
                before, largest = largest, np.maximum(largest, log_terms.max(axis=1))
                shift = np.where(np.isneginf(largest), 0.0, largest)
                total = total * np.exp(before - shift) + np.exp(log_terms - shift[:, None]).sum(axis=1)
    return largest + np.log(total), expected_detected


def _detected(chunk: _Chunk, own: _ClassChunk) -> Array:
    """(G, m) animals of a class expected in each cell and detected."""
    return np.asarray(own.share * np.exp(chunk.log_cell_density) * -np.expm1(-own.cumulative_hazard))  # (2)


def _missed(chunk: _Chunk, own: _ClassChunk) -> Array:
    """(G, m) animals of a class expected in each cell and missed."""
    return np.asarray(own.share * np.exp(chunk.log_cell_density - own.cumulative_hazard))


def _expected_centres(data: SessionData, chunk: _Chunk, own: _ClassChunk, log_integrals: Array) -> Array:
    """(C, m) expected centres of each distinct history's animals, as animals of this class."""
    log_share = own.log_probability + chunk.log_cell_density - log_integrals[:, None]
    return np.asarray(data.multiplicity[:, None] * np.exp(log_share))


def _pull_back(
    data: SessionData, sweep: _Sweep, log_integrals: Array, lambda_weight: Array
) -> dict[str, Array]:
    """Adjoint of ``sum_i log integral_i - lambda_weight . Lambda`` with respect to theta."""
    bars = {name: np.zeros_like(value) for name, value in sweep.theta.items()}
    for chunk in sweep.chunks():
        log_density_bar = np.zeros(chunk.squared_distance_m2.shape[1])
        for which, own in enumerate(chunk.classes):
            centres = _expected_centres(data, chunk, own, log_integrals)
            log_density_bar += centres.sum(axis=0) - lambda_weight @ _detected(chunk, own)
            log_hazard_bar = _log_hazard_bar(data, chunk, own, centres, lambda_weight)
            parts = sweep.detection.adjoint(chunk.squared_distance_m2, own.theta, own.hazard, log_hazard_bar)
            if data.telemetry is not None:
                slope = data.telemetry.sigma_slope(data.mask_xy_m[chunk.points], own.theta["sigma"])
                parts["sigma"] = parts["sigma"] + float((centres * slope).sum())
            for name, part in parts.items():
                _at(of_class(bars[name], which), chunk.points)[...] += part
            if "pmix" in bars:
                share_bar = float(centres.sum() - lambda_weight @ _detected(chunk, own).sum(axis=1))
                bars["pmix"] += (share_bar if which else -share_bar) / own.share
        _at(bars["D"], chunk.points)[...] += _density_bar(sweep.theta["D"], chunk, log_density_bar)
    return bars


def _log_hazard_bar(
    data: SessionData, chunk: _Chunk, own: _ClassChunk, centres: Array, lambda_weight: Array
) -> Array:
    """(R, m) derivative with respect to log h of the rows.

    d log Pr(omega) / d log h = Y + h (V' B phi'(V h) - U);  d Lambda / d h = a D exp(-H) U.
    """
    missed = lambda_weight[:, None] * _missed(chunk, own)
    if data.n_groups == 1:
        shared = centres.sum(axis=0) + missed[0]
        bar = own.hazard * -shared
        bar *= data.usage_days[0][:, None]
    else:
        for group in range(data.n_groups):
            missed[group] += centres[data.group == group].sum(axis=0)
        bar = own.hazard * -(data.usage_days.T @ missed)
    if not len(centres):
        return np.asarray(bar)
    if data.usage_change_days is not None:
        bar -= own.hazard * (data.usage_change_days.T @ centres)
    if own.sums is not None and data.sum_days is not None and data.sums_met is not None:
        met = np.asarray(data.sums_met.T @ centres) * log_expm1_ratio_slope(own.sums)
        bar += own.hazard * (data.sum_days.T @ met)
    bar[data.event_row] += np.asarray(data.detections.T @ centres)
    return np.asarray(bar)


def _density_bar(density: Array, chunk: _Chunk, log_density_bar: Array) -> Array:
    bar = log_density_bar[None, :] if density.shape[1] > 1 else log_density_bar.sum(keepdims=True)[None, :]
    return bar / _at(density, chunk.points)


def reference_constant(history: CaptureHistory, convention: ReferenceConvention) -> float:
    """What to add to Pardine's log-likelihood of a session to get another program's.

    Parameters
    ----------
    history
        The session; sum over sessions for a joint fit.
    convention
        ``full``: the multinomial coefficient of the distinct, uncollapsed histories is in, as in
        secr 5.5: minus the sum of log n_c!, n_c animals sharing history c. ``independent``: the
        Poisson probability of n times the product over animals, without any coefficient: minus
        log n!.
    """
    if convention == "independent":
        return -math.lgamma(history.n_animals + 1)
    events: dict[int, list[tuple[int, int, int]]] = {}
    columns = (history.event_animal, history.event_occasion, history.event_detector, history.event_count)
    for animal, *event in zip(*(column.tolist() for column in columns), strict=True):
        events.setdefault(animal, []).append((event[0], event[1], event[2]))
    alike = Counter(tuple(history_events) for history_events in events.values())
    return -sum(math.lgamma(n + 1) for n in alike.values())
