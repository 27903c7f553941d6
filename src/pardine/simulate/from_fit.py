"""Surveys drawn from a fitted model: the same stations, effort and covariates, other animals.

Whatever can be fitted can be drawn, for the hazards are those of the fit (`estimate.cells`). An animal
has a class with the class's estimated proportion, and a place by the fitted density. It meets every
station as a Poisson process; what is kept of its visits is a matter of the detector type. Until its
first capture an animal is naive whatever the model says of learning, so all animals are drawn naive
first, and the few that were caught are drawn again from the next occasion on (`simulate.visits`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pardine.estimate.checking.cells import FittedCells
from pardine.estimate.history import CaptureHistory
from pardine.estimate.likelihood.one_session import of_class
from pardine.estimate.telemetry import KERNELS
from pardine.observe.capture import SEXES, Sex
from pardine.simulate.captures import Events
from pardine.simulate.visits import Herd, draw_captures, select

Array = NDArray[np.float64]
Whole = NDArray[np.intp]

# So many animals, and so many of their meetings with rows, are drawn at once at most.
_LARGEST_BATCH = 2000
_LARGEST_MEETINGS = 4_000_000


@dataclass(frozen=True, kw_only=True, eq=False)
class _Seen:
    """Animals that were detected, and what became of them."""

    herd: Herd
    events: Events


def draw_survey(
    cells: Sequence[FittedCells],
    histories: Sequence[CaptureHistory],
    rng: np.random.Generator,
    *,
    same_animals: bool = False,
    known_sexes: float | None = None,
) -> tuple[CaptureHistory, ...]:
    """One survey of every session, drawn from a fitted model.

    Parameters
    ----------
    cells
        What the fit expects of each session (`estimate.cells.cells_of_fit`).
    histories
        The sessions observed: their stations, effort, occasions and covariates are kept; the share of
        animals whose sex is recorded (where classes are sexes), the chance not to be released after
        a capture, and the number of collars and of their fixes are those observed.
    rng
        Source of the numbers.
    same_animals
        Whether as many animals are detected in each session as were observed; else their number is
        that of a Poisson process of the fitted density.
    known_sexes
        Share of the animals whose sex is recorded, where classes are sexes; ``None``: as observed.

    Returns
    -------
    tuple of CaptureHistory
        Animals have a sex only where the model has; a session may be without captures unless
        ``same_animals``.
    """
    return tuple(
        _draw_session(own, history, rng, same_animals, known_sexes)
        for own, history in zip(cells, histories, strict=True)
    )


def _draw_session(
    cells: FittedCells,
    history: CaptureHistory,
    rng: np.random.Generator,
    same_animals: bool,
    known_sexes: float | None,
) -> CaptureHistory:
    if same_animals:
        lots = [_draw_detected(cells, g, int(n), rng) for g, n in enumerate(cells.data.group_size)]
    else:
        numbers = rng.poisson(cells.expected_animals.sum(axis=(1, 2)))
        lots = [_draw_animals(cells, g, int(n), rng) for g, n in enumerate(numbers)]
    seen = _join(lots)
    drawn = with_events(history, seen.events)
    drawn = replace(drawn, sex=_sexes(cells, history, seen.herd, rng, known_sexes))
    drawn = _with_losses(drawn, history, rng)
    return _with_collars(drawn, cells, history, seen.herd, rng)


# ---- who lives where, and is detected


def _draw_herd(cells: FittedCells, group: int, n_animals: int, rng: np.random.Generator) -> Herd:
    """Animals of a group, scattered as the fit expects them."""
    expected = cells.expected_animals[group]
    cumulative = np.cumsum(expected)
    place = rng.random(n_animals) * cumulative[-1]
    cell = np.minimum(np.searchsorted(cumulative, place, side="right"), len(cumulative) - 1)
    of_class, point = np.divmod(cell, expected.shape[1])
    return Herd(group=np.full(n_animals, group), of_class=of_class, point=point)


def _draw_animals(cells: FittedCells, group: int, n_animals: int, rng: np.random.Generator) -> _Seen:
    """The detected of so many animals."""
    n_rows = len(cells.data.row_detector)
    n_batch = max(1, min(_LARGEST_BATCH, _LARGEST_MEETINGS // n_rows))
    lots = [_empty()]
    for first in range(0, n_animals, n_batch):
        herd = _draw_herd(cells, group, min(n_batch, n_animals - first), rng)
        events = draw_captures(cells, herd, rng)
        found = np.unique(events.animal)
        renumbered = replace(events, animal=np.searchsorted(found, events.animal))
        lots.append(_Seen(herd=herd.of(found), events=renumbered))
    return _join(lots)


def _draw_detected(cells: FittedCells, group: int, n_detected: int, rng: np.random.Generator) -> _Seen:
    """The first so many animals that are detected at all."""
    lots = [_empty()]
    n_found = 0
    if n_detected:
        expected = cells.expected_animals[group]
        share = float((expected * cells.detection_prob[group]).sum() / expected.sum())
    while n_found < n_detected:
        n_batch = min(int(1.2 * (n_detected - n_found) / share) + 5, _LARGEST_BATCH)
        lots.append(_draw_animals(cells, group, n_batch, rng))
        n_found += lots[-1].herd.n_animals
    seen = _join(lots)
    kept = np.arange(n_detected)
    return _Seen(herd=seen.herd.of(kept), events=select(seen.events, seen.events.animal < n_detected))


def _empty() -> _Seen:
    none = np.zeros(0, dtype=np.intp)
    return _Seen(
        herd=Herd(group=none, of_class=none, point=none),
        events=Events(animal=none, occasion=none, detector=none, count=none),
    )


def _join(lots: Sequence[_Seen]) -> _Seen:
    """Lots of animals one after the other, each of them detected."""
    first = np.cumsum([0, *(lot.herd.n_animals for lot in lots)])
    animals = [lot.events.animal + start for lot, start in zip(lots, first, strict=False)]
    others = {
        name: np.concatenate([getattr(lot.events, name) for lot in lots])
        for name in ("occasion", "detector", "count")
    }
    herd = {
        name: np.concatenate([getattr(lot.herd, name) for lot in lots])
        for name in ("group", "of_class", "point")
    }
    return _Seen(herd=Herd(**herd), events=Events(animal=np.concatenate(animals), **others))


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
        last_occasion={},
        fixes={},
        notices=(),
    )


# ---- what is known of the animals


def _sexes(
    cells: FittedCells, history: CaptureHistory, herd: Herd, rng: np.random.Generator, share: float | None
) -> tuple[Sex | None, ...]:
    """Recorded sexes: of all animals where sexes are groups, of the observed share where classes."""
    if cells.rows.n_groups > 1:
        return tuple(SEXES[g] for g in herd.group.tolist())
    if cells.spec.hcov != "sex":
        return (None,) * herd.n_animals
    if share is None:
        n_known = sum(sex is not None for sex in history.sex)
        share = n_known / history.n_animals if history.n_animals else 0.0
    known = set(rng.permutation(herd.n_animals)[: round(share * herd.n_animals)].tolist())
    return tuple(SEXES[k] if i in known else None for i, k in enumerate(herd.of_class.tolist()))


def _with_losses(drawn: CaptureHistory, history: CaptureHistory, rng: np.random.Generator) -> CaptureHistory:
    """Some captures end as some of the observed did: the animal is not released."""
    if not history.last_occasion or not drawn.n_animals:
        return drawn
    n_captures = len(np.unique(_key(history)))
    chance = len(history.last_occasion) / n_captures
    captures = np.unique(_key(drawn))
    lost = captures[rng.random(captures.size) < chance]
    animal, occasion = np.divmod(lost, drawn.n_occasions)
    last = np.full(drawn.n_animals, drawn.n_occasions)
    np.minimum.at(last, animal, occasion)
    kept = drawn.event_occasion <= last[drawn.event_animal]
    return replace(
        drawn,
        event_animal=drawn.event_animal[kept],
        event_occasion=drawn.event_occasion[kept],
        event_detector=drawn.event_detector[kept],
        event_count=drawn.event_count[kept],
        last_occasion={drawn.animals[i]: int(last[i]) for i in np.unique(animal)},
    )


def _key(history: CaptureHistory) -> Whole:
    """One number for each animal and occasion of a capture."""
    return np.asarray(history.event_animal * history.n_occasions + history.event_occasion)


def _with_collars(
    drawn: CaptureHistory, cells: FittedCells, history: CaptureHistory, herd: Herd, rng: np.random.Generator
) -> CaptureHistory:
    """As many collars as were worn, on animals detected and on others, with as many fixes each."""
    if not history.fixes:
        return drawn
    caught = [len(xy) for name, xy in history.fixes.items() if name in history.animals]
    others = [len(xy) for name, xy in history.fixes.items() if name not in history.animals]
    wearers = rng.permutation(drawn.n_animals)[: len(caught)]
    origin_xy_m = history.xy_m.mean(axis=0)
    n_points = len(cells.data.mask_xy_m)
    fixes: dict[str, Array] = {}
    for animal, n_fixes in zip(wearers.tolist(), caught, strict=False):
        centre = cells.data.mask_xy_m[herd.point[animal]] + origin_xy_m
        fixes[drawn.animals[animal]] = centre + _steps(cells, int(herd.of_class[animal]), n_fixes, rng)
    for number, n_fixes in enumerate(others):
        centre = cells.data.mask_xy_m[rng.integers(n_points)] + origin_xy_m
        which = int(rng.choice(len(cells.class_shares), p=cells.class_shares))
        fixes[f"C{number + 1:03d}"] = centre + _steps(cells, which, n_fixes, rng)
    return replace(drawn, fixes=fixes)


def _steps(cells: FittedCells, which: int, n_fixes: int, rng: np.random.Generator) -> Array:
    """(F, 2) fixes of an animal of a class about its centre, by the use of space of its detection.

    Collars are fitted only where sigma is the same in the whole session.
    """
    sigma_m = float(of_class(cells.theta["sigma"], which).reshape(-1)[0])
    if KERNELS[cells.spec.detection] == "half-normal":
        return np.asarray(sigma_m * rng.standard_normal((n_fixes, 2)))
    # A density exp(-r / sigma) over the plane: r has two exponential steps, in any direction.
    distance = rng.gamma(2.0, sigma_m, n_fixes)
    angle = rng.uniform(0.0, 2.0 * np.pi, n_fixes)
    return np.column_stack([distance * np.cos(angle), distance * np.sin(angle)])
