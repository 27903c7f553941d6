"""A session reduced to what its likelihood needs: work is collapsed, constants never.

Every history, of whatever detector type, enters as three sparse matrices over the rows (see `rows`):

    log Pr(omega | X) = Y log h + B log((exp(V h) - 1) / (V h)) - U h + constant

h the hazards of the rows at X. U holds the station-days that the animal could have been seen in each
row. Y counts its detections. V holds sums of hazards whose chance to be met at all matters: one entry
u for a proximity detector on an occasion, all detectors of an occasion for multi-catch, none for
counts; B says how often each occurred. Animals with the same history are computed once.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from pardine.estimate.formula.rows import SessionRows, groups_of_animals, rows_met, rows_of_detectors
from pardine.estimate.formula.variables import SEXES
from pardine.estimate.history import CaptureHistory
from pardine.estimate.statespace import StateSpace
from pardine.estimate.telemetry import Telemetry
from pardine.observe.session import DetectorType

Array = NDArray[np.float64]
Whole = NDArray[np.intp]
Sparse = csr_array[np.float64]

# Distances are kept between evaluations up to this size a session; beyond, they are made again.
_KEEP_DISTANCES_BYTES = 16 * 2**20


@dataclass(frozen=True, kw_only=True, eq=False)
class SessionData:
    """One session reduced to what its likelihood needs.

    J detectors, M mask points, R rows, E rows with a detection, Q distinct sums of hazards, C distinct
    capture histories, G groups of animals with known covariates.

    Attributes
    ----------
    detector_type
        ``count``, ``proximity`` or ``multi``.
    detector_xy_m : (J, 2) array
    mask_xy_m : (M, 2) array
        Both from the middle of the detectors, so that coordinates of millions of metres lose nothing.
    cell_area_km2
        Area of a mask cell.
    row_detector : (R,) array
    usage_days : (G, R) array
        Station-days of each row met by an animal that is never seen.
    usage_change_days : (C, R) sparse array or None
        Station-days of each history beyond those of its group: learning moves them between rows, and an
        animal that was not released has none afterwards.
    event_row : (E,) array
    detections : (C, E) sparse array
        Y: detections (``count``) or occasions with a detection of each distinct history.
    sum_days : (Q, R) sparse array or None
        V.
    sums_met : (C, Q) sparse array or None
        B.
    multiplicity : (C,) array
        Animals that share the history.
    group : (C,) array
    known_class : (C,) array
        Class of animals, -1 where it is not known.
    log_constant
        Terms without parameters: the sum of y log u - log y!.
    squared_distance_m2 : (J, M) array or None
        Kept where it is small; else made anew, chunk by chunk.
    telemetry
        Fixes of the distinct histories' animals, where there are any.
    history_of : (n,) array
        Distinct history of each animal, in the order of the animals.
    """

    detector_type: DetectorType
    detector_xy_m: Array
    mask_xy_m: Array
    cell_area_km2: float
    row_detector: Whole
    usage_days: Array
    event_row: Whole
    detections: Sparse
    multiplicity: Array
    group: Whole
    known_class: Whole
    log_constant: float
    usage_change_days: Sparse | None = None
    sum_days: Sparse | None = None
    sums_met: Sparse | None = None
    squared_distance_m2: Array | None = None
    telemetry: Telemetry | None = None
    history_of: Whole = field(default_factory=lambda: np.zeros(0, dtype=np.intp))
    has_one_row_a_detector: bool = field(init=False)

    def __post_init__(self) -> None:
        own = len(self.row_detector) == len(self.detector_xy_m)
        own = own and bool((self.row_detector == np.arange(len(self.row_detector))).all())
        object.__setattr__(self, "has_one_row_a_detector", own)

    @property
    def n_animals(self) -> int:
        """Animals detected."""
        return int(self.multiplicity.sum())

    @property
    def n_groups(self) -> int:
        """Groups of animals with known covariates."""
        return len(self.usage_days)

    @property
    def group_size(self) -> Array:
        """(G,) animals detected of each group."""
        sizes = np.bincount(self.group, weights=self.multiplicity, minlength=self.n_groups)
        return sizes.astype(np.float64)

    @property
    def area_km2(self) -> float:
        """Area of the state space."""
        return self.cell_area_km2 * len(self.mask_xy_m)

    def without_animals(self, group: int | None = None) -> SessionData:
        """The same survey had it detected nobody: its log-likelihood is -Lambda.

        Parameters
        ----------
        group
            Only for animals of this group; ``None``: of all.
        """
        usage = self.usage_days if group is None else self.usage_days[group : group + 1]
        return replace(
            self,
            usage_days=usage,
            event_row=self.event_row[:0],
            detections=csr_array((0, 0), dtype=np.float64),
            multiplicity=np.zeros(0),
            group=self.group[:0],
            known_class=self.known_class[:0],
            log_constant=0.0,
            usage_change_days=None,
            sum_days=None,
            sums_met=None,
            telemetry=None,
            history_of=self.history_of[:0],
        )


def session_data(
    history: CaptureHistory,
    state_space: StateSpace,
    rows: SessionRows | None = None,
    *,
    hcov: str | None = None,
    telemetry: Telemetry | None = None,
) -> SessionData:
    """Reduce a capture history to what its likelihood needs (see `SessionData`).

    Parameters
    ----------
    history, state_space
        The session.
    rows
        Its rows; ``None``: one for each detector.
    hcov
        ``sex``: classes of animals are the sexes.
    telemetry
        Fixes of animals caught; in the metres of the detectors.
    """
    reduced = _Reduction(history, rows or rows_of_detectors(history))
    known_class = np.full(history.n_animals, -1, dtype=np.intp)
    if hcov == "sex":
        known_class = np.array([-1 if s is None else SEXES.index(s) for s in history.sex], dtype=np.intp)
    first, history_of, multiplicity = reduced.distinct(known_class, telemetry)
    middle = history.xy_m.mean(axis=0)
    works = np.flatnonzero(np.bincount(reduced.rows.detector, minlength=history.n_detectors))
    detector_xy_m, mask_xy_m = (history.xy_m - middle)[works], state_space.xy_m - middle
    is_small = 8 * len(detector_xy_m) * len(mask_xy_m) <= _KEEP_DISTANCES_BYTES
    return SessionData(
        detector_type=history.detector_type,
        detector_xy_m=detector_xy_m,
        mask_xy_m=mask_xy_m,
        squared_distance_m2=squared_distances_m2(detector_xy_m, mask_xy_m) if is_small else None,
        cell_area_km2=state_space.cell_area_m2 / 1e6,
        row_detector=np.searchsorted(works, reduced.rows.detector).astype(np.intp),
        usage_days=reduced.usage_days,
        usage_change_days=None if reduced.change is None else reduced.change[first],
        event_row=reduced.event_row,
        detections=csr_array(reduced.detections[first]),
        sum_days=reduced.sum_days,
        sums_met=None if reduced.sums_met is None else csr_array(reduced.sums_met[first]),
        multiplicity=multiplicity,
        group=reduced.group[first],
        known_class=known_class[first],
        log_constant=reduced.log_constant,
        telemetry=None if telemetry is None else telemetry.of_animals(first, middle),
        history_of=history_of,
    )


class _Reduction:
    """The matrices of a session's animals, before animals alike are merged."""

    def __init__(self, history: CaptureHistory, rows: SessionRows) -> None:
        self.history, self.rows = history, rows
        self.group = groups_of_animals(history, rows)
        self.usage_days = np.stack([self._usage_of(rows.of_cell[g, 0]) for g in range(rows.n_groups)])
        self.row_of_event = np.zeros(len(history.event_animal), dtype=np.intp)
        change: list[Array] = []
        sums: dict[bytes, int] = {}
        met: list[tuple[int, int]] = []
        for animal in range(history.n_animals):
            cells = rows_met(history, rows, animal, int(self.group[animal]))
            if rows.behaviours or history.last_occasion:
                last = history.last_occasion.get(history.animals[animal])
                change.append(self._usage_of(cells, last=last) - self.usage_days[self.group[animal]])
            mine = np.flatnonzero(history.event_animal == animal)
            occasion = np.minimum(history.event_occasion[mine], cells.shape[1] - 1)
            self.row_of_event[mine] = cells[history.event_detector[mine], occasion]
            if history.detector_type == "multi":
                for event in mine.tolist():
                    usage = self._usage_of(cells, occasion=int(history.event_occasion[event]))
                    met.append((animal, sums.setdefault(usage.tobytes(), len(sums))))
        self.change = csr_array(np.array(change)) if change else None
        usage_of_event = history.usage_station_days[history.event_detector, history.event_occasion]
        self._finish_sums(sums, met, usage_of_event)
        self.event_row, event_index = np.unique(self.row_of_event, return_inverse=True)
        self.detections = np.zeros((history.n_animals, len(self.event_row)))
        np.add.at(self.detections, (history.event_animal, event_index.reshape(-1)), history.event_count)
        self.log_constant = _log_constant(history, usage_of_event)

    def _usage_of(self, cells: Whole, *, occasion: int | None = None, last: int | None = None) -> Array:
        """Station-days of each row where an animal meets these cells; on some occasions or all."""
        usage = self.history.usage_station_days
        whole = np.broadcast_to(cells, usage.shape)
        if last is not None:
            usage, whole = usage[:, : last + 1], whole[:, : last + 1]
        if occasion is not None:
            usage, whole = usage[:, occasion], whole[:, occasion]
        works = usage > 0.0
        n_rows = len(self.rows.detector)
        return np.bincount(whole[works], weights=usage[works], minlength=n_rows).astype(np.float64)

    def _finish_sums(self, sums: dict[bytes, int], met: list[tuple[int, int]], usage: Array) -> None:
        history, n_rows = self.history, len(self.rows.detector)
        self.sum_days: Sparse | None = None
        self.sums_met: Array | None = None
        if history.detector_type == "count" or not history.n_animals:
            return
        if history.detector_type == "multi":
            dense = np.array([np.frombuffer(key) for key in sums])
            self.sum_days = csr_array(dense)
            animal, which = (np.array(column) for column in zip(*met, strict=True))
        else:
            pairs, which = np.unique(np.column_stack([self.row_of_event, usage]), axis=0, return_inverse=True)
            row = pairs[:, 0].astype(np.intp)
            shape = (len(pairs), n_rows)
            self.sum_days = csr_array((pairs[:, 1], (np.arange(len(pairs)), row)), shape=shape)
            animal = history.event_animal
        self.sums_met = np.zeros((history.n_animals, self.sum_days.shape[0]))
        np.add.at(self.sums_met, (animal, which.reshape(-1)), 1.0)

    def distinct(self, known_class: Whole, telemetry: Telemetry | None) -> tuple[Whole, Whole, Array]:
        """First animal of each distinct history, the history of each animal, how many share it."""
        n = self.history.n_animals
        parts = [self.detections, self.group[:, None], known_class[:, None]]
        if self.sums_met is not None:
            parts.append(self.sums_met)
        if self.change is not None:
            parts.append(self.change.toarray())
        if telemetry is not None:
            parts.append(telemetry.n_fixes[:, None] * (1.0 + np.arange(n)[:, None]))
        if not n:
            return np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.intp), np.zeros(0)
        _, first, which, count = np.unique(
            np.column_stack(parts), axis=0, return_index=True, return_inverse=True, return_counts=True
        )
        return first, which.reshape(-1), count.astype(np.float64)


def _log_constant(history: CaptureHistory, usage: Array) -> float:
    log_factorials = sum(math.lgamma(y + 1) for y in history.event_count.tolist())
    return float(history.event_count @ np.log(usage)) - log_factorials


def squared_distances_m2(detector_xy_m: Array, mask_xy_m: Array) -> Array:
    """Squared distances of (J, 2) detectors and (M, 2) mask points, as a (J, M) array."""
    dx = detector_xy_m[:, :1] - mask_xy_m[:, 0]
    dy = detector_xy_m[:, 1:] - mask_xy_m[:, 1]
    return np.asarray(dx * dx + dy * dy)
