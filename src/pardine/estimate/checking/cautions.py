"""What the fit and its data together say that a biologist can act on, beside what `diagnose` says.

Each is a question that is asked in the field: do the animals move between stations, does the array
reach past them, was effort put where the animals are, do the sexes move alike, does one animal make
the estimate, were some animals never matched?
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull, QhullError
from scipy.special import fdtrc, stdtr

from pardine.base.errors import Notice, warning
from pardine.estimate.checking.cells import cells_of_fit
from pardine.estimate.checking.expectations import expected_at_stations, expected_of_animals
from pardine.estimate.checking.ghosts import MOST_NUMBERS, ghost_warnings
from pardine.estimate.checking.goodness import detections_by_station
from pardine.estimate.fitted import Fit
from pardine.estimate.history import CaptureHistory
from pardine.estimate.statespace import StateSpace

Array = NDArray[np.float64]

# sigma rests on animals seen at several stations; with fewer it is a guess about those.
FEWEST_MOVERS = 5
# Share of animals seen at outermost stations only beyond which the array seems to miss them.
LARGEST_SHARE_AT_EDGE = 0.6
LARGEST_SHARE_OF_ONE = 0.4
FEWEST_STATIONS = 10
FEWEST_ANIMALS_TO_SHARE = 4
# A warning without being asked: rarer than 5 %, for many sessions are looked at.
SIGNIFICANT = 0.01
SMALLEST_CORRELATION = 0.4


def cautions(
    fit: Fit, histories: Sequence[CaptureHistory], state_spaces: Sequence[StateSpace]
) -> tuple[Notice, ...]:
    """Warnings about a fit, in the order of a field day: animals, stations, effort, sexes, identities.

    Parameters
    ----------
    fit, histories, state_spaces
        A fit and what it was fitted to.
    """
    return (
        *_movement(histories),
        *(notice for history in histories for notice in _edge(history)),
        *(notice for history in histories for notice in _one_animal(history)),
        *_effort(fit, histories, state_spaces),
        *_sexes(fit, histories),
        *ghost_warnings(fit, histories, state_spaces),
    )


def _movement(histories: Sequence[CaptureHistory]) -> Iterator[Notice]:
    n_animals = sum(history.n_animals for history in histories)
    movers = sum(int((n_places(history) > 1).sum()) for history in histories)
    if movers < FEWEST_MOVERS:
        yield warning("caution.few_movers", value=movers, n=n_animals, expected=FEWEST_MOVERS)


def n_places(history: CaptureHistory) -> NDArray[np.intp]:
    """Different places at which each of the (n,) animals was seen."""
    at = np.column_stack([history.event_animal, history.xy_m[history.event_detector]])
    pairs = np.unique(at, axis=0)
    return np.bincount(pairs[:, 0].astype(np.intp), minlength=history.n_animals)


def _edge(history: CaptureHistory) -> Iterator[Notice]:
    """Most animals were seen at outermost stations only, and more than such stations would explain."""
    outer = outermost(history.xy_m)
    if outer is None or history.n_animals < FEWEST_MOVERS:
        return
    inside = np.unique(history.event_animal[~outer[history.event_detector]])
    share = 1.0 - len(inside) / history.n_animals
    if share > max(LARGEST_SHARE_AT_EDGE, float(outer.mean())):
        yield warning(
            "caution.edge",
            session=history.session,
            value=history.n_animals - len(inside),
            n=history.n_animals,
        )


def outermost(xy_m: Array) -> NDArray[np.bool_] | None:
    """Which of the (J, 2) stations are corners of the array; ``None`` where they stand in a line."""
    if len(xy_m) < FEWEST_STATIONS:
        return None
    try:
        corners = ConvexHull(xy_m - xy_m.mean(axis=0)).vertices
    except QhullError:
        return None
    outer = np.zeros(len(xy_m), dtype=bool)
    outer[corners] = True
    return outer


def _one_animal(history: CaptureHistory) -> Iterator[Notice]:
    if history.n_animals < FEWEST_ANIMALS_TO_SHARE:
        return
    per_animal = np.bincount(history.event_animal, weights=history.event_count)
    share = float(per_animal.max() / per_animal.sum())
    if share > LARGEST_SHARE_OF_ONE:
        yield warning(
            "caution.one_animal_dominates",
            session=history.session,
            individual=history.animals[int(per_animal.argmax())],
            percent=round(100.0 * share),
        )


def _effort(
    fit: Fit, histories: Sequence[CaptureHistory], state_spaces: Sequence[StateSpace]
) -> Iterator[Notice]:
    """More detections than effort explains just where effort was high, or just where it was low.

    The model accounts for effort as it is; so what is left over should not go with effort. Where it
    does, effort followed the animals (or avoided them), and density is that of the places chosen.
    """
    chosen = [
        position
        for position, (history, state_space) in enumerate(zip(histories, state_spaces, strict=True))
        if _tells_of_effort(history, state_space)
    ]
    everywhere = cells_of_fit(fit, histories, state_spaces) if chosen else ()
    for position in chosen:
        history, cells = histories[position], everywhere[position]
        usage = history.usage_station_days.sum(axis=1)
        working = usage > 0.0
        expected = expected_at_stations(history, cells, expected_of_animals(history, cells))
        left_over = np.sqrt(detections_by_station(history).sum(axis=0)) - np.sqrt(expected)
        correlation, p = rank_correlation(usage[working], left_over[working])
        if p < SIGNIFICANT and abs(correlation) >= SMALLEST_CORRELATION:
            code = "caution.effort_follows_animals" if correlation > 0.0 else "caution.effort_avoids_animals"
            yield warning(code, session=history.session, correlation=round(correlation, 2))


def _tells_of_effort(history: CaptureHistory, state_space: StateSpace) -> bool:
    """Whether effort differs among enough stations, and enough animals were seen, to compare them."""
    usage = history.usage_station_days.sum(axis=1)
    working = usage > 0.0
    too_large = history.n_detectors * state_space.n_points > MOST_NUMBERS
    is_even = working.sum() < FEWEST_STATIONS or np.ptp(usage[working]) == 0.0
    return not is_even and not too_large and history.n_animals >= FEWEST_MOVERS


def rank_correlation(x: Array, y: Array) -> tuple[float, float]:
    """Spearman's correlation of two (n,) arrays, and its two-sided p-value by Student's t."""
    # By hand: scipy.stats takes longer to import than a survey takes to fit.
    ranks = _ranks(x), _ranks(y)
    correlation = float(np.corrcoef(ranks[0], ranks[1])[0, 1])
    freedom = len(x) - 2
    t = correlation * math.sqrt(freedom / max(1.0 - correlation**2, 1e-15))
    return correlation, float(2.0 * stdtr(freedom, -abs(t)))


def _ranks(values: Array) -> Array:
    """Ranks from 1; equal values share the mean of theirs."""
    _, group, n = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(n) - (n - 1) / 2.0)[group])


def _sexes(fit: Fit, histories: Sequence[CaptureHistory]) -> Iterator[Notice]:
    """Females and males differ in how far they move, and no term of the model knows sexes."""
    if knows_sexes(fit):
        return
    (female_m2, female_freedom), (male_m2, male_freedom) = (spread_of(histories, s) for s in ("F", "M"))
    if min(female_freedom, male_freedom) < 2 * FEWEST_MOVERS or min(female_m2, male_m2) <= 0.0:
        return
    ratio = male_m2 / female_m2
    tail = float(fdtrc(male_freedom, female_freedom, ratio))
    if 2.0 * min(tail, 1.0 - tail) < SIGNIFICANT:
        yield warning(
            "caution.sexes_differ",
            female_km=round(math.sqrt(female_m2) / 1000.0, 2),
            male_km=round(math.sqrt(male_m2) / 1000.0, 2),
        )


def knows_sexes(fit: Fit) -> bool:
    """Whether a detection parameter differs between classes of animals."""
    return any("h2" in term or "sex" in term for p in fit.spec.parameters for term in p.terms)


def spread_of(histories: Sequence[CaptureHistory], sex: str) -> tuple[float, int]:
    """Variance of detections about each animal's mean place, per axis in m2, and its degrees of freedom.

    One place an animal and occasion counts once: several records of one visit tell nothing of movement.
    """
    squares, freedom = 0.0, 0
    for history in histories:
        for animal in [i for i, s in enumerate(history.sex) if s == sex]:
            places = history.xy_m[history.event_detector[history.event_animal == animal]]
            squares += float(((places - places.mean(axis=0)) ** 2).sum())
            freedom += 2 * (len(places) - 1)
    return (squares / freedom if freedom else 0.0), freedom
