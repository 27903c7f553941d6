"""Detections that a fit expects of animals at stations, given what each animal had learnt.

An animal meets a row (see `rows`) at each station on each occasion: its path. A path is known for an
animal that was seen; one never seen, or in a model without memory, meets the rows of its group. The
expectation of an occasion is that of its path before the occasion, so that summed over occasions it
is the compensator of the detections: their difference has mean 0 at the true parameters, whatever was
learnt on the way.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from pardine.estimate.checking.cells import FittedCells
from pardine.estimate.formula.rows import groups_of_animals, rows_met
from pardine.estimate.history import CaptureHistory

Array = NDArray[np.float64]
Whole = NDArray[np.intp]

# Rows whose hazards are looked at together.
_BLOCK = 256


@dataclass(frozen=True, kw_only=True, eq=False)
class Path:
    """What some animals met: row and station-days of each of the (J, S) stations and occasions."""

    rows: Whole
    usage: Array


def has_memory(history: CaptureHistory, cells: FittedCells) -> bool:
    """Whether what an animal meets depends on its own captures."""
    return bool(cells.rows.behaviours or history.last_occasion)


def naive_path(cells: FittedCells, group: int) -> Path:
    """What an animal of a group meets that is never caught."""
    usage = cells.usage_station_days
    return Path(rows=np.broadcast_to(cells.rows.of_cell[group, 0], usage.shape), usage=usage)


def paths_of_animals(history: CaptureHistory, cells: FittedCells) -> tuple[list[Path], Whole]:
    """Distinct paths, and which of them each animal seen took."""
    groups = groups_of_animals(history, cells.rows)
    if not has_memory(history, cells):
        return [naive_path(cells, group) for group in range(cells.rows.n_groups)], groups
    usage = history.usage_station_days
    paths = []
    for animal, name in enumerate(history.animals):
        rows = rows_met(history, cells.rows, animal, int(groups[animal]))
        own = usage
        if name in history.last_occasion:
            own = np.where(np.arange(usage.shape[1]) <= history.last_occasion[name], usage, 0.0)
        paths.append(Path(rows=np.broadcast_to(rows, usage.shape), usage=own))
    return paths, np.arange(history.n_animals)


def expected_detections(cells: FittedCells, weights: Array, paths: Sequence[Path], path_of: Whole) -> Array:
    """Detections at each station of animals that live where the weights say.

    Parameters
    ----------
    cells
        The session.
    weights : (A, K, M) array
        Of each animal (or of each lot of animals): how much of it is of each class at each point.
    paths, path_of : (A,) array
        What it meets.

    Returns
    -------
    (A, J) array
        Detections (``count``), or occasions with one (``proximity``, ``multi``).
    """
    if cells.detector_type == "multi":
        return _of_multi(cells, weights, paths, path_of)
    return _of_pairs(cells, weights, paths, path_of)


def expected_of_animals(history: CaptureHistory, cells: FittedCells) -> Array:
    """Detections expected of each animal seen at each station, given where it seems to live: (n, J)."""
    paths, path_of = paths_of_animals(history, cells)
    return expected_detections(cells, cells.where(), paths, path_of)


def expected_at_stations(history: CaptureHistory, cells: FittedCells, of_animals: Array) -> Array:
    """Detections expected at each station of all animals, given how many were seen: (J,).

    Without memory they follow from density alone. Else what an animal meets is known only of those
    seen: theirs, and those that the others would have added before they were caught.

    Parameters
    ----------
    history, cells
        The session.
    of_animals : (n, J) array
        As `expected_of_animals` gives it.
    """
    groups = np.arange(cells.rows.n_groups)
    paths = [naive_path(cells, int(group)) for group in groups]
    everyone = cells.expected_animals
    if has_memory(history, cells):
        missed = everyone * np.exp(-cells.cumulative_hazard)
        others = expected_detections(cells, missed, paths, groups).sum(axis=0)
        return np.asarray(of_animals.sum(axis=0) + others)
    n_expected = float((everyone * cells.detection_prob).sum())
    expected = expected_detections(cells, everyone, paths, groups).sum(axis=0)
    return np.asarray(expected * (history.n_animals / n_expected))


def _of_pairs(cells: FittedCells, weights: Array, paths: Sequence[Path], path_of: Whole) -> Array:
    """Count and proximity detectors: stations are independent, so are rows met for the same time."""
    n_stations = len(cells.usage_station_days)
    row, days, met = _pairs(cells, paths)
    station = cells.rows.detector[row]
    expected = np.zeros((len(weights), n_stations))
    for block in _blocks(len(row)):
        at_station = csr_array(
            (np.ones(len(row[block])), (np.arange(len(row[block])), station[block])),
            shape=(len(row[block]), n_stations),
        )
        for k in range(weights.shape[1]):
            rate = days[block, None] * cells.hazard_per_station_day(k, rows=row[block])
            once = rate if cells.detector_type == "count" else -np.expm1(-rate)
            expected += np.asarray((weights[:, k] @ once.T * met[path_of, block]) @ at_station)
    return expected


def _blocks(n: int) -> Iterator[slice]:
    return (slice(first, first + _BLOCK) for first in range(0, n, _BLOCK))


def _pairs(cells: FittedCells, paths: Sequence[Path]) -> tuple[Whole, Array, Array]:
    """Rows and station-days that are met together (P of each), and how often on each path: (paths, P)."""
    is_count = cells.detector_type == "count"
    keys, times, owners = [], [], []
    for number, path in enumerate(paths):
        works = path.usage > 0.0
        days = path.usage[works]
        keys.append(np.column_stack([path.rows[works], np.ones_like(days) if is_count else days]))
        times.append(days if is_count else np.ones_like(days))
        owners.append(np.full(len(days), number))
    pairs, which = np.unique(np.concatenate(keys), axis=0, return_inverse=True)
    met = np.zeros((len(paths), len(pairs)))
    np.add.at(met, (np.concatenate(owners), which.reshape(-1)), np.concatenate(times))
    return pairs[:, 0].astype(np.intp), pairs[:, 1], met


def _of_multi(cells: FittedCells, weights: Array, paths: Sequence[Path], path_of: Whole) -> Array:
    """Multi-catch: on an occasion the stations compete for the animal."""
    n_stations = len(cells.usage_station_days)
    occasions: dict[bytes, int] = {}
    met: list[dict[int, int]] = []
    kept: list[tuple[Whole, Array]] = []
    for path in paths:
        own: dict[int, int] = {}
        for rows, days in zip(path.rows.T, path.usage.T, strict=True):
            working = np.where(days > 0.0, rows, -1)
            key = working.tobytes() + days.tobytes()
            if key not in occasions:
                occasions[key] = len(kept)
                kept.append((working, days))
            own[occasions[key]] = own.get(occasions[key], 0) + 1
        met.append(own)
    expected = np.zeros((len(weights), n_stations))
    for number, (working, days) in enumerate(kept):
        times = np.array([own.get(number, 0) for own in met])[path_of]
        station, who = np.flatnonzero(days > 0.0), np.flatnonzero(times)
        if not station.size or not who.size:
            continue
        for k in range(weights.shape[1]):
            rate = days[station, None] * cells.hazard_per_station_day(k, rows=working[station])
            total = rate.sum(axis=0)
            caught = rate * (-np.expm1(-total) / np.where(total > 0.0, total, 1.0))
            expected[np.ix_(who, station)] += times[who, None] * (weights[who, k] @ caught.T)
    return expected
