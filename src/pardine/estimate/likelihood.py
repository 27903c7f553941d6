"""The likelihood of closed spatial capture-recapture, one session at a time, with its adjoint.

The model is that of Borchers & Efford (2008): X an activity centre (a mask point of area a), D(X)
density, omega_i the capture history of animal i, n animals. Comments below give these numbers.

    H(X)          = sum_j T_j h_j(X)             cumulative hazard, T_j total usage of detector j   (1)
    p.(X)         = 1 - exp(-H(X))               chance to be detected at all                       (2)
    Pr(omega | X) = exp(-H(X)) prod_e f_e(X)     over the events e of a history                     (3)
        count:      f = (u h)^y / y!
        proximity:  f = exp(u h) - 1
    Lambda        = integral D(X) p.(X) dX       expected number of animals detected                (4)
    full:         log L = -Lambda + sum_i log integral D(X) Pr(omega_i | X) dX                      (5)
    conditional:  log L = sum_i log integral Pr(omega_i | X) dX - n log integral p.(X) dX           (6)

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
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pardine.estimate.collapse import SessionData, squared_distances_m2
from pardine.estimate.detection import DetectionFunction, log_expm1_ratio, log_expm1_slope
from pardine.estimate.history import CaptureHistory
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
        Lambda: animals expected to be detected (per unit density in the conditional likelihood).
    adjoint
        Derivative with respect to each natural parameter, in the parameter's shape.
    """

    log_likelihood: float
    expected_detected: float
    adjoint: dict[str, Array]


@dataclass(frozen=True, kw_only=True, eq=False)
class _Chunk:
    """Forward sweep over some mask points (m of them)."""

    points: slice
    squared_distance_m2: Array  # (J, m)
    hazard: Array  # (J, m)
    row_hazard: Array | None  # (R, m): usage x hazard of the rows; counts do without
    cumulative_hazard: Array  # (m,): H
    log_probability: Array  # (C, m): log Pr(omega | X)
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
        that broadcast against (J, M).
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
    n_animals = data.n_animals
    log_integrals, expected_detected = _integrate(data, sweep)
    log_likelihood = data.log_constant + float(data.multiplicity @ log_integrals)
    if likelihood == "full":  # (5)
        lambda_weight = 1.0
        log_likelihood -= expected_detected
    else:  # (6)
        lambda_weight = n_animals / expected_detected if n_animals else 0.0
        log_likelihood -= n_animals * math.log(expected_detected) if n_animals else 0.0
    adjoint = _pull_back(data, sweep, log_integrals, lambda_weight) if with_adjoint else {}
    return SessionValue(log_likelihood=log_likelihood, expected_detected=expected_detected, adjoint=adjoint)


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
    detected, undetected = zip(
        *(_expected_centres(data, c, log_integrals) for c in sweep.chunks()), strict=True
    )
    return np.concatenate([d.sum(axis=0) for d in detected]), np.concatenate(undetected)


def detection_prob_anywhere(
    data: SessionData, detection: DetectionFunction, theta: Mapping[str, Array]
) -> Array:
    """p.(X) at each of the (M,) mask points."""
    sweep = _Sweep(data.without_animals(), detection, {**theta, "D": np.ones((1, 1))})
    return np.concatenate([-np.expm1(-chunk.cumulative_hazard) for chunk in sweep.chunks()])


class _Sweep:
    """The chunks of one evaluation: kept for the second sweep where they fit in memory."""

    def __init__(self, data: SessionData, detection: DetectionFunction, theta: Mapping[str, Array]) -> None:
        self.data, self.detection, self.theta = data, detection, theta
        n_rows = 2 * len(data.total_usage_days) + len(data.row_detector) + len(data.multiplicity)
        self._keep = 8 * n_rows * len(data.mask_xy_m) <= _KEEP_BYTES
        self._kept: list[_Chunk] = []

    def chunks(self) -> Iterator[_Chunk]:
        if self._kept:
            yield from self._kept
            return
        widest = max(len(self.data.total_usage_days), len(self.data.multiplicity))
        n_points = max(_CHUNK_NUMBERS // widest, _FEWEST_CHUNK_POINTS)
        for start in range(0, len(self.data.mask_xy_m), n_points):
            chunk = _forward(self.data, self.detection, self.theta, slice(start, start + n_points))
            if self._keep:
                self._kept.append(chunk)
            yield chunk


def _at(parameter: Array, points: slice) -> Array:
    """A parameter at some mask points; one that does not vary over them stays as it is."""
    return parameter if parameter.shape[1] == 1 else parameter[:, points]


def _forward(
    data: SessionData, detection: DetectionFunction, theta: Mapping[str, Array], points: slice
) -> _Chunk:
    if data.squared_distance_m2 is None:
        squared_distance = squared_distances_m2(data.detector_xy_m, data.mask_xy_m[points])
    else:
        squared_distance = data.squared_distance_m2[:, points]
    here = {name: _at(theta[name], points) for name in detection.parameters}
    # The log of each row's factor f, without the constants.
    hazard, row_log_factor = detection.evaluate(squared_distance, here, data.row_detector)
    row_hazard = None
    cumulative_hazard = data.total_usage_days @ hazard  # (1)
    if data.detector_type == "proximity":
        row_hazard = data.row_usage_days[:, None] * hazard[data.row_detector]
        row_log_factor += np.log(data.row_usage_days)[:, None] + log_expm1_ratio(row_hazard)
    return _Chunk(
        points=points,
        squared_distance_m2=squared_distance,
        hazard=hazard,
        row_hazard=row_hazard,
        cumulative_hazard=cumulative_hazard,
        log_probability=np.asarray(data.detections @ row_log_factor) - cumulative_hazard,  # (3)
        log_cell_density=np.log(data.cell_area_km2 * _at(theta["D"], points)[0]),
    )


def _integrate(data: SessionData, sweep: _Sweep) -> tuple[Array, float]:
    """Log integrals of D(X) Pr(omega | X) for each distinct history, and Lambda."""
    n_histories = len(data.multiplicity)
    largest = np.full(n_histories, -np.inf)
    total = np.zeros(n_histories)
    expected_detected = 0.0
    for chunk in sweep.chunks():
        detected = np.exp(chunk.log_cell_density) * -np.expm1(-chunk.cumulative_hazard)  # (2)
        expected_detected += float(detected.sum())  # (4)
        if n_histories:
            log_terms = chunk.log_probability + chunk.log_cell_density
            before, largest = largest, np.maximum(largest, log_terms.max(axis=1))
            total = total * np.exp(before - largest) + np.exp(log_terms - largest[:, None]).sum(axis=1)
    return largest + np.log(total), expected_detected


def _expected_centres(data: SessionData, chunk: _Chunk, log_integrals: Array) -> tuple[Array, Array]:
    """Expected centres of each distinct history's animals (C, m), and of animals missed (m,)."""
    log_share = chunk.log_probability + chunk.log_cell_density - log_integrals[:, None]
    undetected = np.exp(chunk.log_cell_density - chunk.cumulative_hazard)
    return data.multiplicity[:, None] * np.exp(log_share), undetected


def _pull_back(
    data: SessionData, sweep: _Sweep, log_integrals: Array, lambda_weight: float
) -> dict[str, Array]:
    """Adjoint of ``sum_i log integral_i - lambda_weight * Lambda`` with respect to theta."""
    bars = {name: np.zeros_like(value) for name, value in sweep.theta.items()}
    for chunk in sweep.chunks():
        detected, undetected = _expected_centres(data, chunk, log_integrals)
        detected_sum = detected.sum(axis=0)
        # d log Pr(omega) / d log h = row terms - T h;  d Lambda / d log h = a D exp(-H) T h
        shared = detected_sum + lambda_weight * undetected
        log_hazard_bar = chunk.hazard * -shared
        log_hazard_bar *= data.total_usage_days[:, None]
        _add_row_terms(data, chunk, detected, log_hazard_bar)
        here = {name: _at(sweep.theta[name], chunk.points) for name in sweep.detection.parameters}
        parts = sweep.detection.adjoint(chunk.squared_distance_m2, here, chunk.hazard, log_hazard_bar)
        expected_here = np.exp(chunk.log_cell_density) * -np.expm1(-chunk.cumulative_hazard)
        parts["D"] = _density_bar(sweep.theta["D"], chunk, detected_sum - lambda_weight * expected_here)
        for name, part in parts.items():
            _at(bars[name], chunk.points)[...] += part
    return bars


def _add_row_terms(data: SessionData, chunk: _Chunk, detected: Array, log_hazard_bar: Array) -> None:
    if not len(data.row_detector):
        return
    row_bar = np.asarray(data.detections.T @ detected)
    if chunk.row_hazard is not None:
        row_bar *= log_expm1_slope(chunk.row_hazard)
    starts = np.flatnonzero(np.diff(data.row_detector, prepend=-1))
    if len(starts) < len(row_bar):  # detectors with several usages
        row_bar = np.add.reduceat(row_bar, starts, axis=0)
    log_hazard_bar[data.row_detector[starts]] += row_bar


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
