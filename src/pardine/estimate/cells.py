"""What a fitted model expects, cell by cell: the common ground of simulation and of checks.

A cell is a mask point (of a class, where a model has classes). Everything that checks a fit asks
three things of it: how often a station would see an animal of that cell, how many such animals the
model expects, and how likely each animal seen is one of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pardine.base.errors import AnalysisError
from pardine.estimate.detection import detection_function
from pardine.estimate.fitted import Fit
from pardine.estimate.history import CaptureHistory
from pardine.estimate.statespace import StateSpace
from pardine.observe.session import DetectorType

Array = NDArray[np.float64]

# Terms that give a parameter one value in a session.
_TERMS_OF_A_SESSION = frozenset({"session"})
# Below the smallest hazard that matters, above the logarithm of 0.
_TINY = 1e-300


@dataclass(frozen=True, kw_only=True, eq=False)
class FittedCells:
    """One session as a fit sees it: J detectors, S occasions, C cells.

    Attributes
    ----------
    detector_type
        How a detector counts.
    usage_station_days : (J, S) array
        Effort.
    hazard_per_station_day : (J, C) array
        Expected detections per station-day of an animal of the cell.
    expected_animals : (C,) array
        Animals that the model expects to live in the cell; under the conditional likelihood, from
        the derived density.
    """

    detector_type: DetectorType
    usage_station_days: Array
    hazard_per_station_day: Array
    expected_animals: Array

    @property
    def cumulative_hazard(self) -> Array:
        """Hazard of being detected at all, over the whole session, of an animal of each (C,) cell."""
        return np.asarray(self.usage_station_days.sum(axis=1) @ self.hazard_per_station_day)

    @property
    def detection_prob(self) -> Array:
        """Probability to be detected at all, of an animal of each (C,) cell."""
        return np.asarray(-np.expm1(-self.cumulative_hazard))

    def expected_detections(self) -> Array:
        """Detections (``count``) or occasions with one (``proximity``): (J, C), of an animal of a cell."""
        usage, hazard = self.usage_station_days, self.hazard_per_station_day
        if self.detector_type == "count":
            return np.asarray(usage.sum(axis=1)[:, None] * hazard)
        expected = np.zeros_like(hazard)
        for days in np.unique(usage[usage > 0.0]):
            n_occasions = (usage == days).sum(axis=1)
            expected -= n_occasions[:, None] * np.expm1(-days * hazard)
        return expected

    def where(self, history: CaptureHistory) -> Array:
        """How likely each animal seen is one of each cell: (n, C), every row adds up to 1."""
        log_hazard = np.log(np.maximum(self.hazard_per_station_day, _TINY))
        log_weight = np.log(np.maximum(self.expected_animals, _TINY)) - self.cumulative_hazard
        log_prob = np.tile(log_weight, (history.n_animals, 1))
        usage = self.usage_station_days[history.event_detector, history.event_occasion]
        for animal, detector, days, count in zip(
            history.event_animal, history.event_detector, usage, history.event_count, strict=True
        ):
            log_prob[animal] += count * log_hazard[detector]
            if self.detector_type != "count":
                # log(exp(u h) - 1) = log h + log(expm1(u h) / h); the ratio tends to u far away.
                expected = days * self.hazard_per_station_day[detector]
                near = expected > 1e-10
                safe = np.where(near, expected, 1.0)
                log_prob[animal] += np.where(near, np.log(np.expm1(safe) / safe), 0.0)
        prob = np.exp(log_prob - log_prob.max(axis=1, keepdims=True))
        return np.asarray(prob / prob.sum(axis=1, keepdims=True))


def fitted_cells(fit: Fit, session: int, history: CaptureHistory, state_space: StateSpace) -> FittedCells:
    """What a fit expects of one of its sessions.

    Parameters
    ----------
    fit
        The fit.
    session
        Position of the session in it.
    history
        Its detectors and effort; the captures are not read.
    state_space
        The mask it was fitted on.

    Raises
    ------
    AnalysisError
        ``check.model_not_covered``: detection differs within the session in a way that simulation
        does not know yet.
    """
    refuse_uncovered(fit)
    detection = detection_function(fit.spec.detection, compensated=fit.spec.is_compensated)
    estimates = fit.sessions[session]
    distance_m2 = ((history.xy_m[:, None, :] - state_space.xy_m[None, :, :]) ** 2).sum(axis=2)
    theta = {name: np.full((1, 1), e.value) for name, e in estimates.parameters.items()}
    hazard, _ = detection.evaluate(distance_m2, theta, np.zeros(0, dtype=np.intp))
    per_cell = estimates.density_per_100km2.value / 100.0 * state_space.cell_area_m2 / 1e6
    return FittedCells(
        detector_type=history.detector_type,
        usage_station_days=history.usage_station_days,
        hazard_per_station_day=hazard,
        expected_animals=np.full(state_space.n_points, per_cell),
    )


def refuse_uncovered(fit: Fit) -> None:
    """Refuse models whose surveys cannot be drawn yet (see `fitted_cells`)."""
    if "multi" in fit.spec.detector_types.values():
        raise AnalysisError("check.model_not_covered", term="multi")
    if any(p.name == "noneuc" for p in fit.spec.parameters):
        raise AnalysisError("check.model_not_covered", term="noneuc")
    for parameter in fit.spec.parameters:
        for term in parameter.terms:
            if term not in _TERMS_OF_A_SESSION:
                raise AnalysisError("check.model_not_covered", term=f"{parameter.name}~{term}")
