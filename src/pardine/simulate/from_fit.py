"""Surveys drawn from a fitted model: the same stations and effort, other animals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pardine.estimate.cells import FittedCells, fitted_cells
from pardine.estimate.fitted import Fit
from pardine.estimate.history import CaptureHistory
from pardine.estimate.statespace import StateSpace
from pardine.simulate.captures import Events, draw_events_at

Array = NDArray[np.float64]

# So many animals are drawn at once, at most, until enough are detected.
_LARGEST_BATCH = 2000


def cells_of_fit(
    fit: Fit, histories: Sequence[CaptureHistory], state_spaces: Sequence[StateSpace]
) -> tuple[FittedCells, ...]:
    """What a fit expects of each of its sessions."""
    return tuple(
        fitted_cells(fit, position, history, state_space)
        for position, (history, state_space) in enumerate(zip(histories, state_spaces, strict=True))
    )


def draw_survey(
    cells: Sequence[FittedCells],
    histories: Sequence[CaptureHistory],
    rng: np.random.Generator,
    *,
    same_animals: bool = False,
) -> tuple[CaptureHistory, ...]:
    """One survey of every session, drawn from a fitted model.

    Parameters
    ----------
    cells
        What the fit expects of each session (`cells_of_fit`).
    histories
        The sessions observed: their stations, effort and occasions are kept.
    rng
        Source of the numbers.
    same_animals
        Whether as many animals are detected in each session as were observed; else their number is
        that of a Poisson process of the fitted density.

    Returns
    -------
    tuple of CaptureHistory
        Animals without sex; a session may be without captures unless ``same_animals``.
    """
    return tuple(
        _draw_session(own, history, rng, history.n_animals if same_animals else None)
        for own, history in zip(cells, histories, strict=True)
    )


def _draw_session(
    cells: FittedCells, history: CaptureHistory, rng: np.random.Generator, n_detected: int | None
) -> CaptureHistory:
    if n_detected is None:
        n_animals = int(rng.poisson(cells.expected_animals.sum()))
        events = _draw_animals(cells, n_animals, rng)
    else:
        events = _draw_detected(cells, n_detected, rng)
    return with_events(history, events)


def _draw_animals(cells: FittedCells, n_animals: int, rng: np.random.Generator) -> Events:
    """Detections of animals scattered as the fit expects them."""
    cumulative = np.cumsum(cells.expected_animals)
    place = rng.random(n_animals) * cumulative[-1]
    cell = np.minimum(np.searchsorted(cumulative, place, side="right"), len(cumulative) - 1)
    hazard = cells.hazard_per_station_day[:, cell].T
    return draw_events_at(hazard, cells.usage_station_days, cells.detector_type, rng)


def _draw_detected(cells: FittedCells, n_detected: int, rng: np.random.Generator) -> Events:
    """Detections of the first ``n_detected`` animals that are detected at all."""
    share = float(cells.expected_animals @ cells.detection_prob / cells.expected_animals.sum())
    batches: list[Events] = []
    n_found = n_drawn = 0
    while n_found < n_detected:
        n_batch = min(int(1.2 * (n_detected - n_found) / share) + 5, _LARGEST_BATCH)
        events = _draw_animals(cells, n_batch, rng)
        batches.append(replace(events, animal=events.animal + n_drawn))
        n_found += len(np.unique(events.animal))
        n_drawn += n_batch
    joined = _join(batches)
    detected = np.unique(joined.animal)[:n_detected]
    return _select(joined, np.isin(joined.animal, detected))


def _join(batches: Sequence[Events]) -> Events:
    columns = ("animal", "occasion", "detector", "count")
    empty = np.zeros(0, dtype=np.intp)
    joined = {c: np.concatenate([empty, *(getattr(b, c) for b in batches)]) for c in columns}
    return Events(**joined)


def _select(events: Events, kept: NDArray[np.bool_]) -> Events:
    return Events(
        animal=events.animal[kept],
        occasion=events.occasion[kept],
        detector=events.detector[kept],
        count=events.count[kept],
    )


def with_events(history: CaptureHistory, events: Events) -> CaptureHistory:
    """The survey of a history with other detections, of animals named in the order of their numbers."""
    _, animal = np.unique(events.animal, return_inverse=True)
    n_animals = int(animal.max()) + 1 if animal.size else 0
    return replace(
        history,
        animals=tuple(f"A{i + 1:03d}" for i in range(n_animals)),
        sex=(None,) * n_animals,
        event_animal=animal.astype(np.intp),
        event_occasion=events.occasion,
        event_detector=events.detector,
        event_count=events.count,
        n_cubs_excluded=0,
        notices=(),
    )
