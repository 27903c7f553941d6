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

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from pardine.estimate.checking.cells import FittedCells, cells_of_fit
from pardine.estimate.checking.expectations import expected_at_stations, expected_of_animals
from pardine.estimate.fitted import Fit, SessionEstimates
from pardine.estimate.formula.parameters import link
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
    coefficients
        Name of each coefficient of the fit, but the level of density, to its value: distances depend
        on these whether or not the model is true.
    averages
        Name of each detection parameter to its average over the sessions, on its link scale.
    """

    individuals: float
    stations: float
    both: float
    coefficients: Mapping[str, float] = field(default_factory=dict)
    averages: Mapping[str, float] = field(default_factory=dict)


def distances_of_fit(
    fit: Fit, histories: Sequence[CaptureHistory], state_spaces: Sequence[StateSpace]
) -> Distances:
    """Distances of a fit from the data it was fitted to."""
    cells = cells_of_fit(fit, histories, state_spaces)
    each = [
        session_distances(own, history)
        for own, history in zip(cells, histories, strict=True)
        if history.n_animals
    ]
    return Distances(
        individuals=sum(d.individuals for d in each),
        stations=sum(d.stations for d in each),
        both=sum(d.both for d in each),
        coefficients={c.name: c.estimate for c in fit.coefficients if c.name != "D"},
        averages=_averages(fit),
    )


def _averages(fit: Fit) -> dict[str, float]:
    """Detection parameters of the sessions with captures, averaged on their link scales."""
    found = {}
    for parameter in fit.spec.parameters:
        values = [s.parameters[parameter.name].value for s in fit.sessions if _tells(s, parameter.name)]
        if values:
            found[parameter.name] = float(link(np.array(values), parameter.link).mean())
    return found


def _tells(session: SessionEstimates, name: str) -> bool:
    return session.n_animals > 0 and name in session.parameters


def session_distances(cells: FittedCells, history: CaptureHistory) -> Distances:
    """Distances of one session with at least one animal."""
    observed = detections_by_station(history)
    expected = expected_of_animals(history, cells)
    at_stations = expected_at_stations(history, cells, expected)
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
