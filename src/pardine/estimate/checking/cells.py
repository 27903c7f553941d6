"""What a fitted model expects, cell by cell: the common ground of simulation and of checks.

A cell is a mask point, for animals of a class (where a model has classes) and of a group (where the
conditional likelihood knows the sexes). Everything here is the engine's own: the parameter table gives
the rows and their natural values, the detection function their hazards, so a term that can be fitted
can be drawn and checked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pardine.estimate.fitted import Fit
from pardine.estimate.formula.rows import SessionRows
from pardine.estimate.history import CaptureHistory
from pardine.estimate.likelihood.collapse import SessionData, squared_distances_m2
from pardine.estimate.likelihood.detection import DetectionFunction
from pardine.estimate.likelihood.joint import JointLikelihood, joint_likelihood
from pardine.estimate.likelihood.one_session import (
    centres_by_class,
    class_shares,
    of_class,
    session_likelihood,
)
from pardine.estimate.model import ModelSpec
from pardine.estimate.statespace import StateSpace
from pardine.observe.session import DetectorType

Array = NDArray[np.float64]
Whole = NDArray[np.intp]

_NO_ROWS = np.zeros(0, dtype=np.intp)


@dataclass(frozen=True, kw_only=True, eq=False)
class FittedCells:
    """One session as a fit sees it: J detectors, S occasions, R rows, G groups, K classes, M mask points.

    Attributes
    ----------
    spec
        The model.
    detector_type
        How a detector counts.
    usage_station_days : (J, S) array
        Effort.
    rows
        Of every state of behaviour, reached or not.
    detection
        Detection function.
    theta
        Natural values of its parameters, of ``pmix`` and of ``D`` (1 under the conditional likelihood).
    data
        The session and its captures, with the distances that the fit gives it.
    density_per_km2 : (G, M) array
        Under the conditional likelihood, the derived density of each group.
    """

    spec: ModelSpec
    detector_type: DetectorType
    usage_station_days: Array
    rows: SessionRows
    detection: DetectionFunction
    theta: dict[str, Array]
    data: SessionData
    density_per_km2: Array

    @property
    def class_shares(self) -> tuple[float, ...]:
        """Proportions of the K classes."""
        return class_shares(self.theta)

    @property
    def expected_animals(self) -> Array:
        """Animals that the model expects to live in each cell: (G, K, M)."""
        per_cell = self.density_per_km2 * self.data.cell_area_km2
        return np.asarray(per_cell[:, None, :] * np.array(self.class_shares)[:, None])

    def hazard_per_station_day(
        self, of: int, *, rows: Whole | None = None, points: Whole | None = None
    ) -> Array:
        """Hazards of a class of animals in some rows for centres at some mask points: (R, M)."""
        data = self.data
        chosen = np.arange(len(data.row_detector)) if rows is None else rows
        detector = data.row_detector[chosen]
        if data.squared_distance_m2 is not None:
            distance = data.squared_distance_m2[detector]
            squared_m2 = distance if points is None else distance[:, points]
        else:
            mask_xy_m = data.mask_xy_m if points is None else data.mask_xy_m[points]
            squared_m2 = squared_distances_m2(data.detector_xy_m[detector], mask_xy_m)
        theta = {}
        for name in self.detection.parameters:
            own = of_class(self.theta[name], of)
            theta[name] = own if own.shape[0] == 1 else own[chosen]
        hazard, _ = self.detection.evaluate(squared_m2, theta, _NO_ROWS)
        return hazard

    @property
    def cumulative_hazard(self) -> Array:
        """Hazard of being detected at all over the whole session: (G, K, M)."""
        by_class = [
            self.data.usage_days @ self.hazard_per_station_day(k) for k in range(len(self.class_shares))
        ]
        return np.stack(by_class, axis=1)

    @property
    def detection_prob(self) -> Array:
        """Probability to be detected at all: (G, K, M)."""
        return np.asarray(-np.expm1(-self.cumulative_hazard))

    def where(self) -> Array:
        """How likely each animal seen is of each class and lives at each point: (n, K, M), adds up to 1."""
        if not self.data.n_animals:
            return np.zeros((0, len(self.class_shares), len(self.data.mask_xy_m)))
        return centres_by_class(self.data, self.detection, self.theta)[self.data.history_of]


def cells_of_fit(
    fit: Fit, histories: Sequence[CaptureHistory], state_spaces: Sequence[StateSpace]
) -> tuple[FittedCells, ...]:
    """What a fit expects of each of its sessions.

    Parameters
    ----------
    fit
        The fit.
    histories, state_spaces
        What it was fitted to.
    """
    joint = joint_likelihood(histories, state_spaces, fit.spec, fit.frame, every_state=True)
    beta = np.array([c.estimate for c in fit.coefficients])
    return tuple(_cells(joint, beta, session, history) for session, history in enumerate(histories))


def cells_of_coefficients(
    spec: ModelSpec,
    coefficients: Mapping[str, float],
    histories: Sequence[CaptureHistory],
    state_spaces: Sequence[StateSpace],
) -> tuple[FittedCells, ...]:
    """What a model of the full likelihood with known coefficients expects of each of some sessions.

    Parameters
    ----------
    spec, coefficients
        The model, and all of its coefficients by name, on their link scales.
    histories, state_spaces
        The sessions; nobody need have been seen.
    """
    joint = joint_likelihood(histories, state_spaces, spec, every_state=True)
    beta = np.array([coefficients[name] for name in joint.table.names])
    return tuple(_cells(joint, beta, session, history) for session, history in enumerate(histories))


def _cells(joint: JointLikelihood, beta: Array, session: int, history: CaptureHistory) -> FittedCells:
    theta = joint.table.values(beta, session)
    data = joint.data_at(theta, session)
    if joint.likelihood == "conditional":
        theta["D"] = np.ones((1, 1))
        density = derived_densities(joint, theta, data)
    else:
        theta.setdefault("D", np.zeros((1, 1)))
        density = theta["D"]
    n_points = len(data.mask_xy_m)
    return FittedCells(
        spec=joint.spec,
        detector_type=history.detector_type,
        usage_station_days=history.usage_station_days,
        rows=joint.table.rows[session],
        detection=joint.detection,
        theta=theta,
        data=data,
        density_per_km2=np.broadcast_to(density, (len(density), n_points)),
    )


def derived_densities(joint: JointLikelihood, theta: dict[str, Array], data: SessionData) -> Array:
    """(G, 1) animals seen of each group per km2 of the area that is effectively sampled for it."""
    areas = [
        session_likelihood(
            data.without_animals(group), joint.detection, theta, with_adjoint=False
        ).expected_detected
        for group in range(data.n_groups)
    ]
    return np.asarray((data.group_size / np.array(areas))[:, None])
