"""Captures of animals whose hazards a fit gives: visits to stations, and what detectors keep of them.

While a station works, an animal visits it as a Poisson process of rate h, so the number of visits on
an occasion is Poisson with mean u h. ``count`` detectors keep every visit, ``proximity`` ones whether
there was any, and a multi-catch detector holds the animal on its first visit to any of them: given the
visits of an occasion, each is as likely to have been the first.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pardine.estimate.checking.cells import FittedCells
from pardine.observe.session import DetectorType
from pardine.simulate.captures import Events

Array = NDArray[np.float64]
Whole = NDArray[np.intp]


@dataclass(frozen=True, kw_only=True, eq=False)
class Herd:
    """Animals: group, class and mask point of each, (N,)."""

    group: Whole
    of_class: Whole
    point: Whole

    @property
    def n_animals(self) -> int:
        """How many."""
        return len(self.point)

    def of(self, which: Whole) -> Herd:
        """Some of them."""
        return Herd(group=self.group[which], of_class=self.of_class[which], point=self.point[which])


@dataclass(frozen=True, kw_only=True, eq=False)
class _Visits:
    """One row a visit; all (V,)."""

    animal: Whole
    occasion: Whole
    detector: Whole


def draw_captures(cells: FittedCells, herd: Herd, rng: np.random.Generator) -> Events:
    """Detections of a herd over a session, sorted by animal, occasion and detector."""
    shape = cells.usage_station_days.T.shape
    events = kept_of(_naive_visits(cells, herd, rng), cells.detector_type, shape, rng)
    if not cells.rows.behaviours:
        return events
    first = np.full(herd.n_animals, shape[0])
    np.minimum.at(first, events.animal, events.occasion)
    events = select(events, events.occasion == first[events.animal])
    return _after_first(cells, herd, events, first, rng)


def kept_of(
    visits: _Visits, detector_type: DetectorType, shape: tuple[int, ...], rng: np.random.Generator
) -> Events:
    """What detectors record of visits, for (occasions, detectors)."""
    n_occasions, n_detectors = shape
    occasion = visits.animal * n_occasions + visits.occasion
    detector = visits.detector
    if detector_type == "multi":
        order = rng.permutation(len(occasion))
        occasion, first = np.unique(occasion[order], return_index=True)
        detector = detector[order][first]
    key, count = np.unique(occasion * n_detectors + detector, return_counts=True)
    occasion, detector = np.divmod(key, n_detectors)
    animal, occasion = np.divmod(occasion, n_occasions)
    if detector_type != "count":
        count = np.ones_like(count)
    return Events(animal=animal, occasion=occasion, detector=detector, count=count.astype(np.intp))


def select(events: Events, kept: NDArray[np.bool_]) -> Events:
    """Some of the detections."""
    return Events(
        animal=events.animal[kept],
        occasion=events.occasion[kept],
        detector=events.detector[kept],
        count=events.count[kept],
    )


def _naive_visits(cells: FittedCells, herd: Herd, rng: np.random.Generator) -> _Visits:
    """Visits of animals that learn nothing: so many to each row, scattered over its occasions."""
    parts = [np.zeros((3, 0), dtype=np.intp)]
    for group in np.unique(herd.group).tolist():
        days = cells.data.usage_days[group]
        rows = np.flatnonzero(days > 0.0)
        for k in range(len(cells.class_shares)):
            who = np.flatnonzero((herd.group == group) & (herd.of_class == k))
            if not who.size:
                continue
            points, which = np.unique(herd.point[who], return_inverse=True)
            hazard = cells.hazard_per_station_day(k, rows=rows, points=points)
            visits = rng.poisson((days[rows, None] * hazard)[:, which.reshape(-1)])
            row, animal = np.nonzero(visits)
            repeats = visits[row, animal]
            row, animal = np.repeat(rows[row], repeats), np.repeat(who[animal], repeats)
            parts.append(np.stack([animal, *_scattered(cells, group, row, rng)]))
    animal, occasion, detector = np.concatenate(parts, axis=1)
    return _Visits(animal=animal, occasion=occasion, detector=detector)


def _scattered(cells: FittedCells, group: int, row: Whole, rng: np.random.Generator) -> tuple[Whole, Whole]:
    """Occasion and detector of visits to rows, in proportion to the station-days spent in the row."""
    usage = cells.usage_station_days
    rows_of = np.broadcast_to(cells.rows.of_cell[group, 0], usage.shape)
    detector, occasion = np.nonzero(usage > 0.0)
    of_row = rows_of[detector, occasion]
    order = np.argsort(of_row, kind="stable")
    detector, occasion, of_row = detector[order], occasion[order], of_row[order]
    ends = np.cumsum(usage[detector, occasion])
    first, last = np.searchsorted(of_row, row), np.searchsorted(of_row, row, side="right") - 1
    begin = ends[first] - usage[detector[first], occasion[first]]
    moment = begin + rng.random(row.size) * (ends[last] - begin)
    # Sums of many usages may round across the border of a row: a visit stays within its own.
    which = np.clip(np.searchsorted(ends, moment, side="right"), first, last)
    return occasion[which], detector[which]


def _after_first(
    cells: FittedCells, herd: Herd, events: Events, first: Whole, rng: np.random.Generator
) -> Events:
    """First captures, and those of the occasions after them, by what had been learnt till then."""
    n_occasions, n_detectors = shape = cells.usage_station_days.T.shape
    found = np.flatnonzero(first < n_occasions)
    hazard = _hazards(cells, herd.of(found))
    caught = np.zeros((len(found), n_detectors, n_occasions), dtype=bool)
    caught[np.searchsorted(found, events.animal), events.detector, events.occasion] = True
    lots = [events]
    for s in range(1, n_occasions):
        now = np.flatnonzero(first[found] < s)
        if not now.size:
            continue
        state = _states(caught[now, :, :s], cells.rows.behaviours)
        rows = _rows_of(cells, herd.group[found[now]], state, s)
        rate = cells.usage_station_days[:, s] * hazard[now[:, None], rows]
        visits = rng.poisson(np.where(rows >= 0, rate, 0.0))
        animal, detector = np.nonzero(visits)
        repeats = visits[animal, detector]
        animal, detector = np.repeat(now[animal], repeats), np.repeat(detector, repeats)
        seen = kept_of(
            _Visits(animal=animal, occasion=np.full_like(animal, s), detector=detector),
            cells.detector_type,
            shape,
            rng,
        )
        caught[seen.animal, seen.detector, s] = True
        lots.append(replace(seen, animal=found[seen.animal]))
    return _sorted(lots)


def _hazards(cells: FittedCells, herd: Herd) -> Array:
    """Hazards of each animal in each row: (N, R)."""
    hazard = np.zeros((herd.n_animals, len(cells.data.row_detector)))
    for k in range(len(cells.class_shares)):
        who = np.flatnonzero(herd.of_class == k)
        if who.size:
            hazard[who] = cells.hazard_per_station_day(k, points=herd.point[who]).T
    return hazard


def _states(caught: NDArray[np.bool_], behaviours: tuple[str, ...]) -> Whole:
    """(N, J) state of behaviour of animals caught so on the (N, J, s) occasions before.

    As `estimate.rows.behaviour_state` has it of a whole history.
    """
    state = np.zeros(caught.shape[:2], dtype=np.intp)
    for bit, behaviour in enumerate(behaviours):
        before = np.any(caught, axis=2) if behaviour.startswith("b") else caught[:, :, -1]
        if not behaviour.endswith("k"):
            before = np.broadcast_to(np.any(before, axis=1)[:, None], before.shape)
        state |= before.astype(np.intp) << bit
    return state


def _rows_of(cells: FittedCells, group: Whole, state: Whole, occasion: int) -> Whole:
    """(N, J) rows of animals of these groups and states on an occasion; -1 where nothing works."""
    of_cell = cells.rows.of_cell
    s = occasion if of_cell.shape[3] > 1 else 0
    detector = np.arange(state.shape[1])
    return np.asarray(of_cell[group[:, None], state, detector, s])


def _sorted(lots: list[Events]) -> Events:
    columns = [np.concatenate([getattr(lot, name) for lot in lots]) for name in _COLUMNS]
    order = np.lexsort((columns[2], columns[1], columns[0]))
    animal, occasion, detector, count = (column[order] for column in columns)
    return Events(animal=animal, occasion=occasion, detector=detector, count=count)


_COLUMNS = ("animal", "occasion", "detector", "count")
