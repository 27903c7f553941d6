"""How far a fit is from its data: the Freeman-Tukey distance of individuals, of stations, of both.

The distance between detections y and what the fit expects of them, E, is the sum of
(sqrt(y) - sqrt(E))^2, as Choo, Sutherland & Johnston (2024) use it:

    individuals    y_i.: detections of each animal;     E: given where the animal seems to live
    stations       y_.j: detections at each station;    E: over all animals, given how many were seen
    both           y_ij: of each animal at each station; E: given where the animal seems to live

What a distance should be has no formula: it is found from surveys drawn from the fit and fitted
again (`pardine.simulate.goodness_test`).

References
----------
Choo YR, Sutherland C, Johnston A (2024) A Monte Carlo resampling framework for implementing
goodness-of-fit tests in spatial capture-recapture models. Methods in Ecology and Evolution.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from pardine.estimate.cells import FittedCells, fitted_cells
from pardine.estimate.fitted import Fit
from pardine.estimate.history import CaptureHistory
from pardine.estimate.statespace import StateSpace

Array = NDArray[np.float64]
Aspect = Literal["individuals", "stations", "both"]
ASPECTS: tuple[Aspect, ...] = get_args(Aspect)


@dataclass(frozen=True, kw_only=True)
class Distances:
    """Freeman-Tukey distances of a fit from its data, added up over sessions.

    Attributes
    ----------
    individuals, stations, both
        Distances.
    log_detections, log_density
        Logs of all detections and of the mean density fitted: distances depend on these whether or
        not the model is true.
    """

    individuals: float
    stations: float
    both: float
    log_detections: float = 0.0
    log_density: float = 0.0


def distances_of_fit(
    fit: Fit, histories: Sequence[CaptureHistory], state_spaces: Sequence[StateSpace]
) -> Distances:
    """Distances of a fit from the data it was fitted to.

    Raises
    ------
    AnalysisError
        ``check.model_not_covered``.
    """
    each = [
        session_distances(fitted_cells(fit, position, history, state_space), history)
        for position, (history, state_space) in enumerate(zip(histories, state_spaces, strict=True))
        if history.n_animals
    ]
    return Distances(
        individuals=sum(d.individuals for d in each),
        stations=sum(d.stations for d in each),
        both=sum(d.both for d in each),
        log_detections=math.log(sum(history.n_detections for history in histories)),
        log_density=float(np.mean([math.log(d) for d in _densities(fit)])),
    )


def _densities(fit: Fit) -> list[float]:
    """Densities of the sessions with captures."""
    return [s.density_per_100km2.value for s in fit.sessions if s.n_animals]


def session_distances(cells: FittedCells, history: CaptureHistory) -> Distances:
    """Distances of one session with at least one animal."""
    observed = detections_by_station(history)
    of_cell = cells.expected_detections()  # (J, C)
    expected = cells.where(history) @ of_cell.T  # (n, J): given where each animal seems to live
    n_expected = float(cells.expected_animals @ cells.detection_prob)
    at_stations = of_cell @ cells.expected_animals * (history.n_animals / n_expected)
    return Distances(
        individuals=freeman_tukey(observed.sum(axis=1), expected.sum(axis=1)),
        stations=freeman_tukey(observed.sum(axis=0), at_stations),
        both=freeman_tukey(observed, expected),
    )


def detections_by_station(history: CaptureHistory) -> Array:
    """Detections of each animal at each station: (n, J)."""
    detections = np.zeros((history.n_animals, history.n_detectors))
    np.add.at(detections, (history.event_animal, history.event_detector), history.event_count)
    return detections


def freeman_tukey(observed: Array, expected: Array) -> float:
    """Sum of squared differences of square roots."""
    return float(((np.sqrt(observed) - np.sqrt(expected)) ** 2).sum())
