"""A session reduced to what its likelihood needs: work is collapsed, constants never.

Occasions enter through total usage and through distinct (detector, usage) pairs; animals with the
same history are computed once.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from pardine.estimate.history import CaptureHistory
from pardine.estimate.statespace import StateSpace
from pardine.observe.session import DetectorType

Array = NDArray[np.float64]

# Distances are kept between evaluations up to this size a session; beyond, they are made again.
_KEEP_DISTANCES_BYTES = 16 * 2**20


@dataclass(frozen=True, kw_only=True, eq=False)
class SessionData:
    """One session reduced to what its likelihood needs.

    J detectors that ever worked, M mask points, R distinct (detector, usage) pairs with a
    detection, C distinct capture histories.

    Attributes
    ----------
    detector_type
        ``count`` or ``proximity``.
    detector_xy_m : (J, 2) array
    mask_xy_m : (M, 2) array
        Both from the middle of the detectors, so that coordinates of millions of metres lose nothing.
    cell_area_km2
        Area of a mask cell.
    total_usage_days : (J,) array
    row_detector, row_usage_days : (R,) arrays
        Sorted by detector.
    detections : (C, R) sparse array
        Detections (``count``) or occasions with a detection (``proximity``) of each distinct history.
    multiplicity : (C,) array
        Animals that share the history.
    log_constant
        Terms without parameters: for counts, the sum of y log u - log y!.
    squared_distance_m2 : (J, M) array or None
        Kept where it is small; else made anew, chunk by chunk.
    """

    detector_type: DetectorType
    detector_xy_m: Array
    mask_xy_m: Array
    cell_area_km2: float
    total_usage_days: Array
    row_detector: NDArray[np.intp]
    row_usage_days: Array
    detections: csr_array[np.float64]
    multiplicity: Array
    log_constant: float
    squared_distance_m2: Array | None = None

    @property
    def n_animals(self) -> int:
        """Animals detected."""
        return int(self.multiplicity.sum())

    @property
    def area_km2(self) -> float:
        """Area of the state space."""
        return self.cell_area_km2 * len(self.mask_xy_m)

    def without_animals(self) -> SessionData:
        """The same survey had it detected nobody: its log-likelihood is -Lambda."""
        return replace(
            self,
            row_detector=self.row_detector[:0],
            row_usage_days=self.row_usage_days[:0],
            detections=csr_array((0, 0), dtype=np.float64),
            multiplicity=np.zeros(0),
            log_constant=0.0,
        )


def session_data(history: CaptureHistory, state_space: StateSpace) -> SessionData:
    """Reduce a capture history to what its likelihood needs (see `SessionData`)."""
    total_usage = history.usage_station_days.sum(axis=1)
    working = np.flatnonzero(total_usage > 0.0)
    renumbered = np.cumsum(total_usage > 0.0) - 1
    middle = history.xy_m.mean(axis=0)
    usage = history.usage_station_days[history.event_detector, history.event_occasion]
    rows, row_of_event = _distinct_rows(history, renumbered[history.event_detector], usage)
    detections = np.zeros((history.n_animals, len(rows)))
    np.add.at(detections, (history.event_animal, row_of_event), history.event_count)
    distinct, multiplicity = np.unique(detections, axis=0, return_counts=True)
    detector_xy_m, mask_xy_m = (history.xy_m - middle)[working], state_space.xy_m - middle
    is_small = 8 * len(detector_xy_m) * len(mask_xy_m) <= _KEEP_DISTANCES_BYTES
    return SessionData(
        detector_type=history.detector_type,
        detector_xy_m=detector_xy_m,
        mask_xy_m=mask_xy_m,
        squared_distance_m2=squared_distances_m2(detector_xy_m, mask_xy_m) if is_small else None,
        cell_area_km2=state_space.cell_area_m2 / 1e6,
        total_usage_days=total_usage[working],
        row_detector=rows[:, 0].astype(np.intp),
        row_usage_days=rows[:, 1],
        detections=csr_array(distinct),
        multiplicity=multiplicity.astype(np.float64),
        log_constant=_log_constant(history, usage),
    )


def _distinct_rows(
    history: CaptureHistory, detector: NDArray[np.intp], usage: Array
) -> tuple[Array, NDArray[np.intp]]:
    """Distinct (detector, usage) pairs; for counts usage^y is a constant, so distinct detectors."""
    key = usage if history.detector_type == "proximity" else np.ones_like(usage)
    rows, row_of_event = np.unique(np.column_stack([detector, key]), axis=0, return_inverse=True)
    return rows, row_of_event.reshape(-1)


def _log_constant(history: CaptureHistory, usage: Array) -> float:
    if history.detector_type == "proximity":
        return 0.0
    log_factorials = sum(math.lgamma(y + 1) for y in history.event_count.tolist())
    return float(history.event_count @ np.log(usage)) - log_factorials


def squared_distances_m2(detector_xy_m: Array, mask_xy_m: Array) -> Array:
    """Squared distances of (J, 2) detectors and (M, 2) mask points, as a (J, M) array."""
    dx = detector_xy_m[:, :1] - mask_xy_m[:, 0]
    dy = detector_xy_m[:, 1:] - mask_xy_m[:, 1]
    return np.asarray(dx * dx + dy * dy)
