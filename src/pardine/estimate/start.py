"""Where the search begins: from how far the animals moved and how often they were seen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pardine.estimate.history import CaptureHistory
from pardine.estimate.joint import JointLikelihood
from pardine.estimate.likelihood import session_likelihood
from pardine.estimate.parameters import link

Array = NDArray[np.float64]

# Movement between stations underestimates sigma where the array cuts it short.
_SIGMA_FACTORS = (0.7, 1.2, 2.0)


def automatic_start(histories: Sequence[CaptureHistory], joint: JointLikelihood) -> Array:
    """Starting coefficients, the best of three sigmas by conditional likelihood.

    sigma comes from the spread of each animal's detections, lambda0 (or g0) from how often it was
    seen given that sigma, D from the animals seen per effective area. Contrasts between sessions
    start at 0, except those of density.
    """
    spread_m = recapture_spread_m(histories)
    starts = [_start_at(histories, joint, factor * spread_m) for factor in _SIGMA_FACTORS]
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
    natural = {"sigma": sigma_m, "lambda0": hazard, "g0": -np.expm1(-hazard)}
    start = np.zeros(joint.table.n_coefficients)
    for parameter in joint.table.parameters:
        if parameter.name != "D":
            value = np.array(natural[parameter.name])
            start[parameter.columns.start] = float(link(value, parameter.link))
    values = [
        session_likelihood(
            data,
            joint.detection,
            joint.table.values(start, session),
            likelihood="conditional",
            with_adjoint=False,
        )
        for session, data in enumerate(joint.sessions)
    ]
    if joint.likelihood == "full":
        effective_km2 = [value.expected_detected for value in values]
        start[joint.table.parameter("D").columns] = _log_density(joint, effective_km2)
    return sum(value.log_likelihood for value in values), start


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
    rows, targets, weights = [], [], []
    for session, design in enumerate(joint.table.parameter("D").designs):
        n_animals = joint.sessions[session].n_animals
        if design is not None and n_animals:
            rows.append(design.matrix.mean(axis=0))
            targets.append(np.log(n_animals / effective_km2[session]))
            weights.append(np.sqrt(n_animals))
    weight = np.array(weights)
    solution, *_ = np.linalg.lstsq(np.array(rows) * weight[:, None], np.array(targets) * weight)
    return np.asarray(solution)
