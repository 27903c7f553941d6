"""The histories with a single detection that a session could have shown.

Their probabilities add up to the chance to be detected exactly once, whatever the model: they are
ordinary histories, and the engine evaluates them as such.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pardine.estimate.formula.rows import SessionRows
from pardine.estimate.history import CaptureHistory
from pardine.estimate.likelihood.collapse import SessionData, session_data
from pardine.estimate.statespace import StateSpace
from pardine.observe.capture import SEXES

Array = NDArray[np.float64]
Whole = NDArray[np.intp]


@dataclass(frozen=True, kw_only=True, eq=False)
class Singles:
    """The histories with a single detection of one session.

    Attributes
    ----------
    data
        The C distinct ones.
    weight : (C,) array
        How much each counts in (1): station-days of the detection, over all that are alike.
    """

    data: SessionData
    weight: Array


def singles_of(history: CaptureHistory, state_space: StateSpace, rows: SessionRows) -> Singles:
    """The histories with a single detection that a session could have shown."""
    found = [_single_cells(history, rows, group) for group in range(rows.n_groups)]
    cells = np.concatenate([own for own, _ in found])
    days = np.concatenate([own for _, own in found])
    sexes = SEXES if rows.n_groups > 1 else (None,)
    whose = [sex for sex, (own, _) in zip(sexes, found, strict=True) for _ in own]
    n = len(cells)
    alone = replace(
        history,
        animals=tuple(f"{i}" for i in range(n)),
        sex=tuple(whose),
        event_animal=np.arange(n),
        event_occasion=cells[:, 1],
        event_detector=cells[:, 0],
        event_count=np.ones(n, dtype=np.intp),
        fixes={},
        notices=(),
    )
    data = session_data(alone, state_space, rows)
    weight = np.bincount(data.history_of, weights=days, minlength=len(data.multiplicity))
    return Singles(data=data, weight=weight.astype(np.float64))


def n_singles(history: CaptureHistory, rows: SessionRows) -> int:
    """How many of them are not alike."""
    return sum(len(_single_cells(history, rows, group)[1]) for group in range(rows.n_groups))


def _single_cells(history: CaptureHistory, rows: SessionRows, group: int) -> tuple[Whole, Array]:
    """(C, 2) detectors and occasions of a single detection, alike ones once, and their station-days."""
    usage = history.usage_station_days
    detector, occasion = np.nonzero(usage > 0.0)
    days = usage[detector, occasion]
    cells = np.column_stack([detector, occasion])
    if rows.behaviours:  # what follows depends on when it was
        return cells, days
    row = np.broadcast_to(rows.of_cell[group, 0], usage.shape)[detector, occasion]
    key = [row.astype(np.float64)]
    if history.detector_type == "proximity":
        key.append(days)
    if history.detector_type == "multi":
        key.append(_alike_occasions(history, rows, group)[occasion].astype(np.float64))
    _, first, which = np.unique(np.column_stack(key), axis=0, return_index=True, return_inverse=True)
    return cells[first], np.bincount(which.reshape(-1), weights=days).astype(np.float64)


def _alike_occasions(history: CaptureHistory, rows: SessionRows, group: int) -> Whole:
    """(S,) numbers, the same for occasions on which the same rows work for the same time."""
    usage = history.usage_station_days
    row = np.where(usage > 0.0, np.broadcast_to(rows.of_cell[group, 0], usage.shape), -1)
    _, which = np.unique(np.concatenate([usage, row]).T, axis=0, return_inverse=True)
    return np.asarray(which.reshape(-1), dtype=np.intp)
