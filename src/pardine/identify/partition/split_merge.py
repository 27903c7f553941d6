"""Moves of several points at once: an animal into two, two into one.

Two points are picked. If they are one animal now, its other points are dealt out to the two one by
one, each by about its probability given those dealt before; if they are two animals, the same deal is
played back to learn how probable it was (sequentially allocated merge-split). The deal goes by the
coats, and by place as if the habitat were even and had no edge: that needs no sum over the mask, and
a deal only proposes. What it proposes is judged by the sums themselves.

References
----------
Dahl & Newcomb (2022), Journal of Computational and Graphical Statistics 31(3): 800-809.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from pardine.base.compiled import compiled
from pardine.identify.partition.centre import integrate
from pardine.identify.partition.places import Places
from pardine.identify.partition.state import (
    NOBODY,
    Problem,
    State,
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
    return _attempt(state, problem, places, partners, int(rng.integers(0, len(state.label))), rng)


@compiled
def split_or_merge_some(
    state: State,
    problem: Problem,
    places: Places,
    partners: Ints,
    picked: Array,
    n_attempts: int,
    rng: np.random.Generator,
) -> int:
    """Several attempts, the first point of each picked by given odds; how many were accepted.

    Parameters
    ----------
    picked : (n,)
        Cumulative probability of each point to be picked first, fixed beforehand.
    """
    n_accepted = 0
    for _ in range(n_attempts):
        one = min(int(np.searchsorted(picked, rng.random(), side="right")), len(picked) - 1)
        n_accepted += 1 if _attempt(state, problem, places, partners, one, rng) else 0
    return n_accepted


@compiled
def _attempt(
    state: State, problem: Problem, places: Places, partners: Ints, one: int, rng: np.random.Generator
) -> bool:
    other = int(rng.integers(0, len(state.label)))
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
    log_deal = _deal(problem, places, one, other, rest, to_other, False, rng)
    if log_deal == -np.inf:
        return False
    parts = np.append(rest[~to_other], one), np.append(rest[to_other], other)
    log_ratio = -state.log_integral[slot] - log_evidence(state, problem, slot) - log_deal
    weights = np.empty(state.where.shape[1:])
    for part in parts:
        log_ratio += integrate(part, problem.station, problem.log_sex, places, weights)[0]
        log_ratio += evidence_of(problem, part)
    if math.log(1.0 - rng.random()) >= log_ratio:
        return False
    move_to_new(state, problem, places, parts[1])
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
    log_u = math.log(1.0 - rng.random())
    log_ratio = evidence_of(problem, group)
    for part in (slot, gone):
        log_ratio -= state.log_integral[part] + log_evidence(state, problem, part)
    weights = np.empty(state.where.shape[1:])
    log_ratio += integrate(group, problem.station, problem.log_sex, places, weights)[0]
    if log_u >= log_ratio:  # the deal's probability can only make it worse
        return False
    rest = group[(group != one) & (group != other)]
    rng.shuffle(rest)
    to_other = np.zeros(len(rest), np.bool_)
    for k in range(len(rest)):
        to_other[k] = state.label[rest[k]] == gone
    if log_u >= log_ratio + _deal(problem, places, one, other, rest, to_other, True, rng):
        return False
    for point in group[n_one:]:
        leave(state, problem, point)
        join(state, problem, point, slot)
    refresh_slot(state, problem, places, slot, group)
    return True


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
) -> float:
    """Deal points out to two animals, or play a given deal back; log probability of the deal."""
    group = np.empty((2, len(rest) + 1), np.int64)
    sizes = np.zeros(2, np.int64)
    moments = np.zeros((2, 3))
    log_sex = np.zeros((2, len(places.log_base)))
    for side in range(2):
        group[side, 0] = one if side == 0 else other
        _take(problem, places, group[side, 0], moments[side], log_sex[side])
        sizes[side] = 1
    log_proof = np.array([evidence_of(problem, group[side, :1]) for side in range(2)])
    log_deal = 0.0
    log_with, log_grow = np.empty(2), np.empty(2)
    for k in range(len(rest)):
        point = rest[k]
        for side in range(2):
            group[side, sizes[side]] = point
            dealt = group[side, : sizes[side] + 1]
            log_grow[side] = -np.inf
            log_with[side] = log_proof[side]
            if not _is_apart(problem, dealt):
                log_with[side] = evidence_of(problem, dealt)
                log_grow[side] = _log_growth(problem, places, point, moments[side], log_sex[side])
                log_grow[side] += log_with[side] - log_proof[side]
        if log_grow[0] == -np.inf and log_grow[1] == -np.inf:  # neither may have it
            return -np.inf
        preference = log_grow[1] - log_grow[0]
        if not forced:
            to_other[k] = rng.random() < 1.0 / (1.0 + math.exp(-preference))
        side = 1 if to_other[k] else 0
        if log_grow[side] == -np.inf:
            return -np.inf
        log_deal -= np.log1p(math.exp(preference if side == 0 else -preference))
        sizes[side] += 1
        log_proof[side] = log_with[side]
        _take(problem, places, point, moments[side], log_sex[side])
    return log_deal


@compiled
def _take(problem: Problem, places: Places, point: int, moments: Array, log_sex: Array) -> None:
    """Add a point to a group's number, sums of coordinates and sums by sex."""
    station = problem.station[point]
    moments[0] += 1.0
    moments[1] += places.station_xy_m[station, 0]
    moments[2] += places.station_xy_m[station, 1]
    for g in range(len(log_sex)):
        log_sex[g] += problem.log_sex[point, g] + places.log_height[g, station]


@compiled
def _log_growth(problem: Problem, places: Places, point: int, moments: Array, log_sex: Array) -> float:
    """Log of about how much a group's sum grows with a point, on an endless even habitat."""
    station = problem.station[point]
    n = moments[0]
    across = places.station_xy_m[station, 0] - moments[1] / n
    up = places.station_xy_m[station, 1] - moments[2] / n
    more = (across * across + up * up) * n / (n + 1.0)
    before, after = -np.inf, -np.inf
    for g in range(len(log_sex)):
        sigma = places.sigma_m[g] * (1.7 if places.exponential[0] else 1.0)
        joined = log_sex[g] + problem.log_sex[point, g] + places.log_height[g, station]
        before = np.logaddexp(before, log_sex[g] + 2.0 * math.log(sigma))
        after = np.logaddexp(after, joined + 2.0 * math.log(sigma) - 0.5 * more / (sigma * sigma))
    return float(after - before + math.log(n / (n + 1.0)))


@compiled
def _is_apart(problem: Problem, group: Ints) -> bool:
    """Whether the last point of a group is certainly another animal than one before it."""
    point = group[-1]
    for k in range(problem.apart_starts[point], problem.apart_starts[point + 1]):
        for member in group[:-1]:
            if member == problem.apart[k]:
                return True
    return False


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
        join(state, problem, point, slot)
    refresh_slot(state, problem, places, slot, np.empty(len(state.label), np.int64))
    return slot
