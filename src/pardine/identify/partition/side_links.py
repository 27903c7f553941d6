"""Which left flank belongs to which right one: moves that link or part the sides of an animal.

Without a passage that shows both sides, only place ties a left-hand group to a right-hand one. Such
groups are large, and moving their points one by one would go through partitions that nobody
believes; so whole sides move.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from pardine.base.compiled import compiled
from pardine.identify.partition.centre import integrate
from pardine.identify.partition.gibbs import draw
from pardine.identify.partition.places import Places
from pardine.identify.partition.split_merge import evidence_of, move_to_new, slots_apart
from pardine.identify.partition.state import (
    NOBODY,
    Problem,
    State,
    join,
    leave,
    log_evidence,
    members_of,
    refresh_slot,
)

Ints = NDArray[np.int64]

LEFT_ONLY, RIGHT_ONLY, LOOSELY_BOTH, TIED = 1, 2, 3, 0
"""What a group's points show: one side; both, but no point both; a point with both."""


@compiled
def link_or_unlink(state: State, problem: Problem, places: Places, rng: np.random.Generator) -> bool:
    """One attempt to join a left-hand and a right-hand animal, or to part one; whether accepted."""
    kinds = side_kinds(state, problem)
    if rng.random() < 0.5:
        return _link(state, problem, places, kinds, rng)
    return _unlink(state, problem, places, kinds, rng)


@compiled
def side_kinds(state: State, problem: Problem) -> Ints:
    """(n,) kind of every slot in use; -1 for the others."""
    kinds = np.full(len(state.size), -1, np.int64)
    for slot in range(len(kinds)):
        if state.size[slot] > 0:
            kinds[slot] = _side_kind(state, problem, slot)
    return kinds


@compiled
def _side_kind(state: State, problem: Problem, slot: int) -> int:
    left, right = False, False
    point = state.first[slot]
    while point != NOBODY:
        if problem.left[point] and problem.right[point]:
            return TIED
        left = left or problem.left[point]
        right = right or problem.right[point]
        point = state.following[point]
    return (LEFT_ONLY if left else 0) + (RIGHT_ONLY if right else 0)


@compiled
def _link(state: State, problem: Problem, places: Places, kinds: Ints, rng: np.random.Generator) -> bool:
    lefts, rights = np.flatnonzero(kinds == LEFT_ONLY), np.flatnonzero(kinds == RIGHT_ONLY)
    if len(lefts) == 0 or len(rights) == 0:
        return False
    slot = lefts[rng.integers(0, len(lefts))]
    log_choice = np.empty(len(rights))
    for k in range(len(rights)):
        log_choice[k] = _log_gain(state, problem, places, slot, rights[k])
    if log_choice.max() == -np.inf:
        return False
    k = draw(log_choice, rng)
    log_forth = _log_share(log_choice, k) - math.log(len(lefts))
    log_back = -math.log((kinds == LOOSELY_BOTH).sum() + 1)
    if math.log(1.0 - rng.random()) >= log_choice[k] + log_back - log_forth:
        return False
    group = np.empty(len(state.label), np.int64)
    n_moved = members_of(state, rights[k], NOBODY, group)
    for point in group[:n_moved].copy():
        leave(state, problem, point)
        join(state, problem, point, slot)
    refresh_slot(state, problem, places, slot, group)
    return True


@compiled
def _unlink(state: State, problem: Problem, places: Places, kinds: Ints, rng: np.random.Generator) -> bool:
    both = np.flatnonzero(kinds == LOOSELY_BOTH)
    if len(both) == 0:
        return False
    slot = both[rng.integers(0, len(both))]
    group = np.empty(len(state.label), np.int64)
    n_members = members_of(state, slot, NOBODY, group)
    members = group[:n_members].copy()
    on_right = problem.right[members]
    before = state.log_integral[slot] + log_evidence(state, problem, slot)
    parted = move_to_new(state, problem, places, members[on_right])
    refresh_slot(state, problem, places, slot, group)
    after = state.log_integral[slot] + log_evidence(state, problem, slot)
    after += state.log_integral[parted] + log_evidence(state, problem, parted)
    lefts, rights = kinds == LEFT_ONLY, np.flatnonzero(kinds == RIGHT_ONLY)
    log_choice = np.empty(len(rights) + 1)
    for k in range(len(rights)):
        log_choice[k] = _log_gain(state, problem, places, slot, rights[k])
    log_choice[-1] = before - after
    log_back = _log_share(log_choice, len(rights)) - math.log(lefts.sum() + 1)
    log_forth = -math.log(len(both))
    if math.log(1.0 - rng.random()) < after - before + log_back - log_forth:
        return True
    for point in members[on_right]:
        leave(state, problem, point)
        join(state, problem, point, slot)
    refresh_slot(state, problem, places, slot, group)
    return False


@compiled
def _log_gain(state: State, problem: Problem, places: Places, left: int, right: int) -> float:
    """Log target of two groups as one animal, less that of them apart."""
    if slots_apart(state, problem, left, right):
        return -np.inf
    n_left, n_right = state.size[left], state.size[right]
    group = np.empty(n_left + n_right, np.int64)
    members_of(state, left, NOBODY, group)
    members_of(state, right, NOBODY, group[n_left:])
    weights = np.empty(state.where.shape[1:])
    together = integrate(group, problem.station, problem.log_sex, places, weights)[0]
    apart = state.log_integral[left] + state.log_integral[right]
    apart += log_evidence(state, problem, left) + log_evidence(state, problem, right)
    return float(together + evidence_of(problem, group) - apart)


@compiled
def _log_share(log_choice: np.typing.NDArray[np.float64], k: int) -> float:
    highest = log_choice.max()
    return float(log_choice[k] - highest - math.log(np.exp(log_choice - highest).sum()))
