"""Moves of several points at once: an animal into two, two into one.

Two points are picked. If they are one animal now, its other points are dealt out to the two one by
one, each by its probability given those dealt before; if they are two animals, the same deal is
played back to learn how probable it was. Sequentially allocated merge-split with exact weights.

References
----------
Dahl & Newcomb (2022), Journal of Computational and Graphical Statistics 31(3): 800-809.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from pardine.base.compiled import compiled
from pardine.identify.partition.places import Places
from pardine.identify.partition.state import (
    NOBODY,
    Problem,
    State,
    integrate,
    join,
    leave,
    log_evidence,
    members_of,
    refresh_slot,
    take_slot,
)

Array = NDArray[np.float64]
Ints = NDArray[np.int64]


@compiled
def split_or_merge(
    state: State, problem: Problem, places: Places, partners: Ints, rng: np.random.Generator
) -> bool:
    """One attempt; whether it was accepted.

    Parameters
    ----------
    partners : (n, K)
        Points that are likely the same animal as each: half of the pairs are picked among them. The
        chance to pick a pair does not depend on the partition, so it cancels.
    """
    n = len(state.label)
    one = int(rng.integers(0, n))
    other = int(rng.integers(0, n))
    if partners.shape[1] and rng.random() < 0.5:
        other = int(partners[one, rng.integers(0, partners.shape[1])])
    if one == other:
        return False
    if state.label[one] == state.label[other]:
        return _split(state, problem, places, one, other, rng)
    return _merge(state, problem, places, one, other, rng)


@compiled
def _split(
    state: State, problem: Problem, places: Places, one: int, other: int, rng: np.random.Generator
) -> bool:
    slot = state.label[one]
    group = np.empty(state.size[slot], np.int64)
    members_of(state, slot, NOBODY, group)
    rest = group[(group != one) & (group != other)]
    rng.shuffle(rest)
    to_other = np.zeros(len(rest), np.bool_)
    log_deal, log_parts = _deal(problem, places, one, other, rest, to_other, False, rng)
    log_whole = state.log_integral[slot] + log_evidence(state, problem, slot)
    if not _accept(log_parts - log_whole - log_deal, rng):
        return False
    moved = np.append(rest[to_other], other)
    move_to_new(state, problem, places, moved)
    refresh_slot(state, problem, places, slot, group)
    return True


@compiled
def _merge(
    state: State, problem: Problem, places: Places, one: int, other: int, rng: np.random.Generator
) -> bool:
    slot, gone = state.label[one], state.label[other]
    if slots_apart(state, problem, gone, slot):
        return False
    n_one, n_gone = state.size[slot], state.size[gone]
    group = np.empty(n_one + n_gone, np.int64)
    members_of(state, slot, NOBODY, group)
    members_of(state, gone, NOBODY, group[n_one:])
    rest = group[(group != one) & (group != other)]
    rng.shuffle(rest)
    to_other = np.zeros(len(rest), np.bool_)
    for k in range(len(rest)):
        to_other[k] = state.label[rest[k]] == gone
    log_deal, log_parts = _deal(problem, places, one, other, rest, to_other, True, rng)
    weights = np.empty(state.where.shape[1:])
    log_whole = integrate(group, problem, places, weights, problem.station[group[0]])
    if log_whole == -np.inf:
        return False
    log_whole += evidence_of(problem, group)
    if not _accept(log_whole - log_parts + log_deal, rng):
        return False
    for point in group[n_one:]:
        leave(state, problem, point)
        join(state, problem, point, slot, False)
    refresh_slot(state, problem, places, slot, group)
    return True


@compiled
def _accept(log_ratio: float, rng: np.random.Generator) -> bool:
    return math.log(1.0 - rng.random()) < log_ratio


@compiled
def _deal(
    problem: Problem,
    places: Places,
    one: int,
    other: int,
    rest: Ints,
    to_other: NDArray[np.bool_],
    forced: bool,
    rng: np.random.Generator,
) -> tuple[float, float]:
    """Deal points out to two animals; log probability of the deal, and log target of the two."""
    shape = places.log_base.shape
    groups = np.empty((2, len(rest) + 1), np.int64)
    groups[0, 0], groups[1, 0] = one, other
    sizes = np.ones(2, np.int64)
    weights = np.empty((2, shape[0], shape[1]))
    log_integral = np.empty(2)
    log_proof = np.zeros(2)
    for side in range(2):
        anchor = problem.station[groups[side, 0]]
        log_integral[side] = integrate(groups[side, :1], problem, places, weights[side], anchor)
        log_proof[side] = evidence_of(problem, groups[side, :1])
    log_deal = 0.0
    log_grow, log_with = np.empty(2), np.empty(2)
    for k in range(len(rest)):
        point = rest[k]
        for side in range(2):
            group = groups[side, : sizes[side] + 1]
            group[-1] = point
            log_grow[side] = _log_growth(problem, places, weights[side], group)
            log_with[side] = evidence_of(problem, group)
        preference = (log_grow[1] + log_with[1] - log_proof[1]) - (log_grow[0] + log_with[0] - log_proof[0])
        if math.isnan(preference):  # neither may have it
            return -np.inf, -np.inf
        if not forced:
            to_other[k] = rng.random() < 1.0 / (1.0 + math.exp(-preference))
        side = 1 if to_other[k] else 0
        if log_grow[side] == -np.inf:
            return -np.inf, -np.inf
        log_deal -= np.log1p(math.exp(preference if side == 0 else -preference))
        sizes[side] += 1
        log_integral[side] += log_grow[side]
        log_proof[side] = log_with[side]
        _narrow(problem, places, weights[side], groups[side, 0], point, log_grow[side])
    return log_deal, log_integral.sum() + log_proof.sum()


@compiled
def _log_growth(problem: Problem, places: Places, weights: Array, group: Ints) -> float:
    """Log of how much a group's sum grows with its last point; minus infinity where they are apart."""
    point = group[-1]
    for k in range(problem.apart_starts[point], problem.apart_starts[point + 1]):
        for member in group[:-1]:
            if member == problem.apart[k]:
                return -np.inf
    anchor, station = problem.station[group[0]], problem.station[point]
    total = 0.0
    for g in range(len(weights)):
        mean = 0.0
        for r in range(places.n_reached[anchor]):
            mean += weights[g, r] * places.hazard[g, station, places.by_distance[anchor, r]]
        total += math.exp(problem.log_sex[point, g]) * mean
    return math.log(total) if total > 0.0 else -np.inf


@compiled
def _narrow(
    problem: Problem, places: Places, weights: Array, first: int, point: int, log_growth: float
) -> None:
    """Weights of a group's sum once the point has joined."""
    anchor, station = problem.station[first], problem.station[point]
    for g in range(len(weights)):
        factor = math.exp(problem.log_sex[point, g] - log_growth)
        for r in range(places.n_reached[anchor]):
            weights[g, r] *= factor * places.hazard[g, station, places.by_distance[anchor, r]]


@compiled
def evidence_of(problem: Problem, group: Ints) -> float:
    """Log evidence of a list of points, as `partition.log_evidence` has it for a slot."""
    value = 0.0
    for layer in range(len(problem.member)):
        k, total = 0, 0.0
        for a in range(len(group)):
            if not problem.member[layer, group[a]]:
                continue
            k += 1
            for b in range(a):
                if problem.member[layer, group[b]]:
                    total += problem.llr[layer, group[a], group[b]]
        value += problem.weight[layer, k] * total
    n_dimensions = problem.embedding.shape[1]
    if n_dimensions:
        precision, mean = 1.0, np.zeros(n_dimensions)
        for point in group:
            precision += problem.precision[point]
            mean += problem.precision[point] * problem.embedding[point]
        value += 0.5 * ((mean * mean).sum() / precision - n_dimensions * math.log(precision))
    return float(value)


@compiled
def slots_apart(state: State, problem: Problem, small: int, other: int) -> bool:
    """Whether two slots hold points that are certainly two animals."""
    point = state.first[small]
    while point != NOBODY:
        for k in range(problem.apart_starts[point], problem.apart_starts[point + 1]):
            if state.label[problem.apart[k]] == other:
                return True
        point = state.following[point]
    return False


@compiled
def move_to_new(state: State, problem: Problem, places: Places, moved: Ints) -> int:
    """Make one new animal of some of a slot's points; the slot left behind is not refreshed."""
    for point in moved:
        leave(state, problem, point)
    slot = take_slot(state)
    for point in moved:
        join(state, problem, point, slot, False)
    refresh_slot(state, problem, places, slot, np.empty(len(state.label), np.int64))
    return slot
