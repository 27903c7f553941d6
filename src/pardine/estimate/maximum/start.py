"""Where the search begins: from how far the animals moved and how often they were seen."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pardine.base.units import M2_PER_KM2
from pardine.estimate.formula.parameters import link
from pardine.estimate.history import CaptureHistory
from pardine.estimate.likelihood.joint import JointLikelihood
from pardine.estimate.likelihood.one_session import session_likelihood

Array = NDArray[np.float64]

# Movement between stations underestimates sigma where the array cuts it short.
_SIGMA_FACTORS = (0.7, 1.2, 2.0)
# Exponential and hazard-rate curves have other tails than the half-normal.
_WIDE_FACTORS = (0.4, 0.7, 1.2, 2.0)
_STEEPNESS = 4.0
_APART = 0.6
_MOST_PARTED = 3
_PARTING = re.compile(r"\w+\.h2\[[^\]]*\]")


def automatic_start(histories: Sequence[CaptureHistory], joint: JointLikelihood) -> Array:
    """Starting coefficients, the best of some sigmas by conditional likelihood.

    sigma comes from the spread of each animal's detections, lambda0 (or g0) from how often it was
    seen given that sigma, D from the animals seen per effective area. Contrasts and covariates start
    at 0, except those of density; classes start apart.
    """
    spread_m = recapture_spread_m(histories)
    factors = _SIGMA_FACTORS if joint.spec.detection in ("HN", "HHN") else _WIDE_FACTORS
    starts = [_start_at(histories, joint, factor * spread_m) for factor in factors]
    return max(starts, key=lambda scored: scored[0])[1]


def recapture_spread_m(histories: Sequence[CaptureHistory]) -> float:
    """Pooled standard deviation of detections about each animal's mean place, per axis.

    Where no animal was seen at two stations: half the median distance to the nearest station.
    """
    squares, freedom = 0.0, 0
    for history in histories:
        for _, xy_m, weight in _animal_places(history):
            squares += float(weight @ ((xy_m - _centroid(xy_m, weight)) ** 2).sum(axis=1))
            freedom += 2 * (int(weight.sum()) - 1)
    if squares > 0.0:
        return float(np.sqrt(squares / freedom))
    return 0.5 * float(np.median(np.concatenate([nearest_detector_m(history) for history in histories])))


def nearest_detector_m(history: CaptureHistory) -> Array:
    """Distance of each detector to its nearest other place; empty for one place."""
    places = np.unique(history.xy_m, axis=0)
    if len(places) < 2:
        return np.zeros(0)
    nearest = [np.partition(np.hypot(*(places - place).T), 1)[1] for place in places]
    return np.array(nearest)


def _animal_places(history: CaptureHistory) -> list[tuple[int, Array, Array]]:
    """Index, places and number of detections of each animal."""
    places = []
    for animal in range(history.n_animals):
        mine = history.event_animal == animal
        xy_m = history.xy_m[history.event_detector[mine]]
        places.append((animal, xy_m, history.event_count[mine].astype(np.float64)))
    return places


def _centroid(xy_m: Array, weight: Array) -> Array:
    return np.asarray(weight @ xy_m / weight.sum())


def _start_at(
    histories: Sequence[CaptureHistory], joint: JointLikelihood, sigma_m: float
) -> tuple[float, Array]:
    """Conditional log-likelihood and coefficients that follow from one sigma."""
    hazard = _hazard_at_zero(histories, sigma_m)
    natural = {
        "sigma": sigma_m,
        "lambda0": hazard,
        "a0": hazard * 2.0 * math.pi * sigma_m**2 / M2_PER_KM2,
        "g0": -math.expm1(-hazard),
        "z": _STEEPNESS,
        "pmix": 0.5,
    }
    start = np.zeros(joint.table.n_coefficients)
    for parameter in joint.table.parameters:
        if parameter.name in natural:
            value = np.array(natural[parameter.name])
            start[parameter.columns.start] = float(link(value, parameter.link))
    scored = [(*_conditional(joint, own), own) for own in _parted(joint, start)]
    score, effective_km2, start = max(scored, key=lambda one: one[0])
    if joint.likelihood == "full":
        start[joint.table.parameter("D").columns] = _log_density(joint, effective_km2)
    return score, start


def _conditional(joint: JointLikelihood, start: Array) -> tuple[float, list[float]]:
    """Conditional log-likelihood and the effective area of each session."""
    values = []
    for session in range(len(joint.sessions)):
        theta = joint.table.values(start, session)
        data = joint.data_at(theta, session)
        values.append(
            session_likelihood(data, joint.detection, theta, likelihood="conditional", with_adjoint=False)
        )
    return sum(value.log_likelihood for value in values), [value.expected_detected for value in values]


def _parted(joint: JointLikelihood, start: Array) -> list[Array]:
    """Starts with the classes apart in each direction: alike, no class could learn to differ."""
    names = joint.table.names
    parting = [k for k, name in enumerate(names) if _PARTING.fullmatch(name) and not name.startswith("pmix")]
    if not parting:
        return [start]
    starts = []
    for signs in itertools.product((_APART, -_APART), repeat=min(len(parting), _MOST_PARTED)):
        own = start.copy()
        own[parting[: len(signs)]] = signs
        for k in parting[: len(signs)]:  # the average of the classes stays where it was
            first = next(
                p.columns.start for p in joint.table.parameters if p.columns.start <= k < p.columns.stop
            )
            own[first] -= own[k] / 2.0
        starts.append(own)
    return starts


def _hazard_at_zero(histories: Sequence[CaptureHistory], sigma_m: float) -> float:
    """Detections divided by the detections expected at hazard 1 around each animal's mean place."""
    expected, seen = 0.0, 0.0
    for history in histories:
        usage = history.usage_station_days.sum(axis=1)
        for _, xy_m, weight in _animal_places(history):
            squared_m2 = ((history.xy_m - _centroid(xy_m, weight)) ** 2).sum(axis=1)
            expected += float(usage @ np.exp(-squared_m2 / (2.0 * sigma_m**2)))
            seen += float(weight.sum())
    return float(np.clip(seen / expected, 1e-6, 2.0))


def _log_density(joint: JointLikelihood, effective_km2: Sequence[float]) -> Array:
    """Coefficients of log density that give each session its animals per effective area, on average."""
    parameter = joint.table.parameter("D")
    scaling = joint.table.scaling[parameter.columns, parameter.columns]
    rows, targets, weights = [], [], []
    for session, design in enumerate(parameter.designs):
        n_animals = joint.sessions[session].n_animals
        if design is not None and n_animals:
            rows.append(design.matrix.mean(axis=0))
            targets.append(np.log(n_animals / effective_km2[session]))
            weights.append(np.sqrt(n_animals))
    weight = np.array(weights)
    # The shortest solution in standardised columns: what sessions do not tell apart starts at 0.
    matrix = np.array(rows) @ scaling * weight[:, None]
    solution, *_ = np.linalg.lstsq(matrix, np.array(targets) * weight)
    return np.asarray(scaling @ solution)
