"""The rows of a session: distinct combinations of a detector and its parameters.

Everything that a capture history meets is a cell (group, state of behaviour, detector, occasion).
Cells of one detector with the same linear predictors have the same hazard; such a set is a row. A
session whose parameters vary over nothing but detectors has a row a detector.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pardine.estimate.formula.variables import SEXES
from pardine.estimate.history import CaptureHistory

Array = NDArray[np.float64]
Whole = NDArray[np.intp]


@dataclass(frozen=True, kw_only=True, eq=False)
class SessionRows:
    """The R rows of a session.

    Attributes
    ----------
    detector : (R,) array
        Index of each row's detector among those of the history.
    of_cell : (G, B, J, S) or (G, B, J, 1) array
        Row of each group, state, detector and occasion; -1 where the detector does not work.
    behaviours
        Behaviours that the B states are made of (see `behaviour_state`).
    """

    detector: Whole
    of_cell: Whole
    behaviours: tuple[str, ...] = ()

    @property
    def n_groups(self) -> int:
        """Groups of animals with known covariates."""
        return int(self.of_cell.shape[0])


def rows_of_detectors(history: CaptureHistory) -> SessionRows:
    """A row for each detector that ever worked."""
    works = history.usage_station_days.sum(axis=1) > 0.0
    of_cell = np.where(works, np.cumsum(works) - 1, -1).astype(np.intp)
    return SessionRows(detector=np.flatnonzero(works), of_cell=of_cell.reshape(1, 1, -1, 1))


def distinct_rows(
    history: CaptureHistory,
    predictors: Sequence[Array],
    behaviours: tuple[str, ...],
    *,
    every_state: bool = False,
) -> tuple[SessionRows, list[Array]]:
    """Rows from the predictors of all detection parameters.

    Parameters
    ----------
    history
        The session.
    predictors
        For each parameter a (K, G, B, J, S, p) array of design rows; sizes may be 1.
    behaviours
        What the states of behaviour are made of.
    every_state
        Whether rows are wanted of states that no animal of the history reached, too: other histories
        of the same session are about to be looked at.

    Returns
    -------
    rows : SessionRows
    designs
        For each parameter its (K, R, p) array.
    """
    n_detectors = history.n_detectors
    shape = list(np.broadcast_shapes(*(p.shape[:-1] for p in predictors), (1, 1, 1, n_detectors, 1)))
    if shape[1] == shape[2] == shape[4] == 1:
        rows = rows_of_detectors(history)
        cells = np.ravel_multi_index(
            (0 * rows.detector, 0 * rows.detector, rows.detector), (1, 1, n_detectors)
        )
        return rows, [_at_cells(p, shape, cells) for p in predictors]
    usage = history.usage_station_days
    works = usage > 0.0 if shape[4] > 1 else usage.sum(axis=1, keepdims=True) > 0.0
    if shape[2] > 1 and not every_state:
        works = _reached(history, behaviours, shape[4]) & works
    used = np.flatnonzero(np.broadcast_to(works, shape[1:]))
    detector = np.broadcast_to(np.arange(n_detectors)[:, None], shape[1:]).reshape(-1)[used]
    parts = [_at_cells(p, shape, used) for p in predictors]
    key = np.column_stack([detector, *(own for part in parts for own in part)])
    _, first, row = np.unique(key, axis=0, return_index=True, return_inverse=True)
    of_cell = np.full(int(np.prod(shape[1:])), -1, dtype=np.intp)
    of_cell[used] = row.reshape(-1)
    rows = SessionRows(detector=detector[first], of_cell=of_cell.reshape(shape[1:]), behaviours=behaviours)
    return rows, [part[:, first] for part in parts]


def _reached(history: CaptureHistory, behaviours: tuple[str, ...], n_occasions: int) -> NDArray[np.bool_]:
    """(B, J, S) or (B, J, 1): states in which some animal, or one never caught, meets a detector."""
    shape = (2 ** len(behaviours), history.n_detectors, history.n_occasions)
    reached = np.zeros(shape, dtype=bool)
    reached[0] = True
    detector, occasion = np.ogrid[: shape[1], : shape[2]]
    works = history.usage_station_days > 0.0
    for animal in range(history.n_animals):
        state = behaviour_state(history, animal, behaviours)
        reached[state, detector, occasion] |= works
    return reached if n_occasions > 1 else np.asarray(reached.any(axis=2, keepdims=True))


def _at_cells(predictor: Array, shape: Sequence[int], cells: Whole) -> Array:
    """(K, cells, p) design rows of some of the cells."""
    n_classes, n_columns = predictor.shape[0], predictor.shape[-1]
    whole = np.broadcast_to(predictor, (n_classes, *shape[1:], n_columns))
    return np.asarray(whole.reshape(n_classes, -1, n_columns)[:, cells])


def groups_of_animals(history: CaptureHistory, rows: SessionRows) -> Whole:
    """(n,) group of each animal: its sex where the sexes are groups, else 0."""
    if rows.n_groups == 1:
        return np.zeros(history.n_animals, dtype=np.intp)
    return np.array([SEXES.index(sex or SEXES[0]) for sex in history.sex], dtype=np.intp)


def rows_met(history: CaptureHistory, rows: SessionRows, animal: int, group: int) -> Whole:
    """(J, S) or (J, 1) rows that an animal of a group meets, by what it had learnt before."""
    of_cell = rows.of_cell[group]
    if not rows.behaviours:
        return np.asarray(of_cell[0])
    state = behaviour_state(history, animal, rows.behaviours)
    whole = np.broadcast_to(of_cell, (of_cell.shape[0], *state.shape))
    return np.asarray(np.take_along_axis(whole, state[None], axis=0)[0])


def behaviour_state(history: CaptureHistory, animal: int, behaviours: Sequence[str]) -> Whole:
    """(J, S) state of behaviour of an animal at each detector and occasion.

    Bit i is behaviour i: ``b`` was caught before, ``bk`` was caught before at this detector, ``B`` was
    caught on the occasion before, ``Bk`` was caught there on the occasion before.
    """
    mine = history.event_animal == animal
    caught = np.zeros((history.n_detectors, history.n_occasions), dtype=bool)
    caught[history.event_detector[mine], history.event_occasion[mine]] = True
    state = np.zeros(caught.shape, dtype=np.intp)
    for bit, behaviour in enumerate(behaviours):
        own = caught if behaviour.endswith("k") else np.broadcast_to(caught.any(axis=0), caught.shape)
        before = np.zeros(caught.shape, dtype=bool)
        past = np.maximum.accumulate(own, axis=1) if behaviour.startswith("b") else own
        before[:, 1:] = past[:, :-1]
        state |= before.astype(np.intp) << bit
    return state
