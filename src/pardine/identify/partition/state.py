"""A partition of the points into animals, kept with all sums that a move needs.

Everything here is compiled. A cluster is a slot c in arrays: its members as a doubly linked list,
the log of its sum over mask and sex, the weights of that sum (where the animal lives, over the mask
points nearest its most central station, as far as they matter: `centre`), and for each layer of
evidence its number of members and sum of pairs.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pardine.base.compiled import compiled
from pardine.identify.partition.centre import hazard_at, integrate
from pardine.identify.partition.evidence import Evidence
from pardine.identify.partition.places import Places
from pardine.identify.partition.points import FEMALE, MALE, UNSEXED, Points, log_sex_sightings

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
NOBODY = -1
# Nobody starts with a group whose passages lie so far apart (log of its sum over the mask).
_IMPOSSIBLE = -600.0


class Problem(NamedTuple):
    """What stays as it is while the sampler runs.

    Attributes
    ----------
    station : (n,)
    left, right : (n,)
    log_sex : (n, G)
        Log probability of the point's sex sighting for an animal of each sex.
    apart_starts, apart : (n + 1,), (2 P,)
        Points that are certainly another animal, as a list a point.
    llr, member, weight : (L, n, n), (L, n), (L, n + 1)
        Layers of evidence.
    embedding, precision : (n, K), (n,)
        Of the closed form; K = 0 where there is none.
    """

    station: Ints
    left: NDArray[np.bool_]
    right: NDArray[np.bool_]
    log_sex: Array
    apart_starts: Ints
    apart: Ints
    llr: NDArray[np.float32]
    member: NDArray[np.bool_]
    weight: Array
    embedding: Array
    precision: Array


class State(NamedTuple):
    """A partition with its sums; slots 0..n-1, of which those with ``size`` > 0 are in use.

    Attributes
    ----------
    label, following, preceding : (n,)
        Slot of each point, and its neighbours in the slot's list.
    size, first : (n,)
    log_integral : (n,)
        Log of the sum over mask and sex.
    where : (n, G, M)
        Weights of that sum, adding up to 1.
    anchor, n_where : (n,)
        They go over so many mask points nearest this station.
    predictive : (n, G, J)
        Sum of the weights times the hazard of each station; NaN until somebody asks.
    pair_sum, n_members : (L, n)
        Of each layer.
    total_precision, total_mean : (n,), (n, K)
        Of the closed form.
    unused, n_unused : (n,), (1,)
        A stack of free slots.
    alone : (G, J)
        Sum of base times hazard: an animal with one passage.
    """

    label: Ints
    following: Ints
    preceding: Ints
    size: Ints
    first: Ints
    log_integral: Array
    where: Array
    anchor: Ints
    n_where: Ints
    predictive: Array
    pair_sum: Array
    n_members: Ints
    total_precision: Array
    total_mean: Array
    unused: Ints
    n_unused: Ints
    alone: Array


def make_problem(points: Points, evidence: Evidence, *, n_sexes: int = 1, sex_error: float = 0.05) -> Problem:
    """Lay out points and evidence for the compiled moves."""
    n = points.n
    by_sighting = {
        sighting: log_sex_sightings(np.array([sighting], np.int8), n_sexes, sex_error)
        for sighting in (UNSEXED, FEMALE, MALE)
    }
    starts, apart = points.neighbours_apart()
    layers, coats = evidence.layers, evidence.coats
    return Problem(
        station=points.station.astype(np.int64),
        left=points.left,
        right=points.right,
        log_sex=np.array([by_sighting[int(s)] for s in points.sex_sighting]),
        apart_starts=starts.astype(np.int64),
        apart=apart.astype(np.int64),
        llr=np.array([layer.llr for layer in layers], np.float32).reshape(len(layers), n, n),
        member=np.array([layer.member for layer in layers], np.bool_).reshape(len(layers), n),
        weight=np.array([layer.weight for layer in layers], np.float64).reshape(len(layers), n + 1),
        embedding=np.zeros((n, 0)) if coats is None else np.ascontiguousarray(coats.embedding),
        precision=np.ones(n) if coats is None else 1.0 / coats.variance,
    )


def empty_state(problem: Problem, places: Places) -> State:
    """Memory for a partition; nobody is in it yet."""
    n, n_layers = len(problem.station), len(problem.member)
    n_sexes, n_points = places.log_base.shape
    n_stations = len(places.by_distance)
    return State(
        label=np.full(n, NOBODY, np.int64),
        following=np.full(n, NOBODY, np.int64),
        preceding=np.full(n, NOBODY, np.int64),
        size=np.zeros(n, np.int64),
        first=np.full(n, NOBODY, np.int64),
        log_integral=np.zeros(n),
        # touched only where a cluster's animal may live: the rest is never given real memory
        where=np.empty((n, n_sexes, n_points)),
        anchor=np.zeros(n, np.int64),
        n_where=np.zeros(n, np.int64),
        predictive=np.empty((n, n_sexes, n_stations)),
        pair_sum=np.zeros((n_layers, n)),
        n_members=np.zeros((n_layers, n), np.int64),
        total_precision=np.ones(n),
        total_mean=np.zeros((n, problem.embedding.shape[1])),
        unused=np.arange(n)[::-1].astype(np.int64),
        n_unused=np.array([n], np.int64),
        alone=np.empty((n_sexes, n_stations)),
    )


def fill(state: State, labels: NDArray[np.int64], problem: Problem, places: Places) -> None:
    """Put a partition, given by labels, into an empty state.

    A group so far apart that no animal could have made all its passages is taken as so many animals.
    """
    weights = np.empty(state.where.shape[1:])
    for label in np.unique(labels):
        group = np.flatnonzero(labels == label).astype(np.int64)
        together = integrate(group, problem.station, problem.log_sex, places, weights)[0] > _IMPOSSIBLE
        slot = take_slot(state)
        for k, point in enumerate(group):
            if k and not together:
                slot = take_slot(state)
            join(state, problem, int(point), slot)
    refresh(state, problem, places)


@compiled
def take_slot(state: State) -> int:
    """A free slot, emptied."""
    state.n_unused[0] -= 1
    slot = int(state.unused[state.n_unused[0]])
    state.size[slot] = 0
    state.first[slot] = NOBODY
    state.pair_sum[:, slot] = 0.0
    state.n_members[:, slot] = 0
    state.total_precision[slot] = 1.0
    state.total_mean[slot] = 0.0
    return slot


@compiled
def join(state: State, problem: Problem, point: int, slot: int) -> None:
    """Put a point at the head of a slot's list and into its evidence, not into its sum over the mask."""
    _add_evidence(state, problem, point, slot, 1.0)
    after = state.first[slot]
    state.preceding[point] = NOBODY
    state.following[point] = after
    state.first[slot] = point
    if after != NOBODY:
        state.preceding[after] = point
    state.label[point] = slot
    state.size[slot] += 1


@compiled
def leave(state: State, problem: Problem, point: int) -> None:
    """Take a point out of its slot's list and evidence; an emptied slot becomes free."""
    slot = state.label[point]
    before, after = state.preceding[point], state.following[point]
    if before == NOBODY:
        state.first[slot] = after
    else:
        state.following[before] = after
    if after != NOBODY:
        state.preceding[after] = before
    state.label[point] = NOBODY
    state.size[slot] -= 1
    _add_evidence(state, problem, point, slot, -1.0)
    if state.size[slot] == 0:
        state.unused[state.n_unused[0]] = slot
        state.n_unused[0] += 1


@compiled
def _add_evidence(state: State, problem: Problem, point: int, slot: int, sign: float) -> None:
    """Evidence of a point with the slot's members (itself not among them), added or taken away."""
    for layer in range(len(problem.member)):
        if not problem.member[layer, point]:
            continue
        other = state.first[slot]
        total = 0.0
        while other != NOBODY:
            if problem.member[layer, other]:
                total += problem.llr[layer, point, other]
            other = state.following[other]
        state.pair_sum[layer, slot] += sign * total
        state.n_members[layer, slot] += 1 if sign > 0.0 else -1
    state.total_precision[slot] += sign * problem.precision[point]
    for k in range(problem.embedding.shape[1]):
        state.total_mean[slot, k] += sign * problem.precision[point] * problem.embedding[point, k]


@compiled
def log_evidence(state: State, problem: Problem, slot: int) -> float:
    """Log evidence of a slot's members being one animal, less what each point says alone."""
    value = 0.0
    for layer in range(len(problem.member)):
        value += problem.weight[layer, state.n_members[layer, slot]] * state.pair_sum[layer, slot]
    return value + _log_closed_form(state.total_precision[slot], state.total_mean[slot])


@compiled
def _log_closed_form(total_precision: float, total_mean: Array) -> float:
    square = 0.0
    for value in total_mean:
        square += value * value
    return float(0.5 * (square / total_precision - len(total_mean) * math.log(total_precision)))


@compiled
def log_closed_form_alone(problem: Problem, point: int) -> float:
    """The closed form of a point by itself."""
    precision = problem.precision[point]
    square = 0.0
    for value in problem.embedding[point]:
        square += value * value * precision * precision
    n_dimensions = problem.embedding.shape[1]
    return float(0.5 * (square / (1.0 + precision) - n_dimensions * math.log(1.0 + precision)))


@compiled
def evidence_with_each(state: State, problem: Problem, point: int, with_sum: Array) -> None:
    """Sum of pairs of a free point with the members of every slot, into ``with_sum`` (L, n)."""
    with_sum[:] = 0.0
    for layer in range(len(problem.member)):
        if problem.member[layer, point]:
            row, members = problem.llr[layer, point], problem.member[layer]
            for other in range(len(members)):
                slot = state.label[other]
                if members[other] and slot != NOBODY:
                    with_sum[layer, slot] += row[other]


@compiled
def evidence_gains(state: State, problem: Problem, point: int, with_sum: Array, gain: Array) -> None:
    """Change of every slot's log evidence when a free point joins it, into ``gain`` (n,).

    All slots in one call: to hand a state over costs more than a slot's sum.
    """
    gain[:] = 0.0
    for layer in range(len(problem.member)):
        if problem.member[layer, point]:
            weight = problem.weight[layer]
            for slot in range(len(gain)):
                if state.size[slot] > 0:
                    k, total = state.n_members[layer, slot], state.pair_sum[layer, slot]
                    gain[slot] += weight[k + 1] * (total + with_sum[layer, slot]) - weight[k] * total
    n_dimensions = problem.embedding.shape[1]
    if n_dimensions:
        precision = problem.precision[point]
        for slot in range(len(gain)):
            if state.size[slot] == 0:
                continue
            joined, before = 0.0, 0.0
            for k in range(n_dimensions):
                mean = state.total_mean[slot, k]
                before += mean * mean
                mean += precision * problem.embedding[point, k]
                joined += mean * mean
            total = state.total_precision[slot]
            with_point = total + precision
            gain[slot] += 0.5 * (joined / with_point - n_dimensions * math.log(with_point))
            gain[slot] -= 0.5 * (before / total - n_dimensions * math.log(total))


@compiled
def members_of(state: State, slot: int, but: int, members: Ints) -> int:
    """Points of a slot, without one of them, into ``members``; how many."""
    k = 0
    point = state.first[slot]
    while point != NOBODY:
        if point != but:
            members[k] = point
            k += 1
        point = state.following[point]
    return k


@compiled
def refresh_slot(state: State, problem: Problem, places: Places, slot: int, members: Ints) -> None:
    """Make a slot's sum over the mask anew; nothing is asked of stations yet."""
    k = members_of(state, slot, NOBODY, members)
    state.log_integral[slot], state.anchor[slot], state.n_where[slot] = integrate(
        members[:k], problem.station, problem.log_sex, places, state.where[slot]
    )
    state.predictive[slot] = np.nan


@compiled
def refresh(state: State, problem: Problem, places: Places) -> None:
    """Make all sums over the mask anew, as when the parameters have changed."""
    members = np.empty(len(state.label), np.int64)
    for slot in range(len(state.size)):
        if state.size[slot] > 0:
            refresh_slot(state, problem, places, slot, members)
    state.alone[:] = 0.0
    for g in range(len(places.log_base)):
        for j in range(state.alone.shape[1]):
            total = 0.0
            for r in range(places.n_reached[j]):
                m = places.by_distance[j, r]
                total += math.exp(places.log_base[g, m]) * hazard_at(places, g, j, m)
            state.alone[g, j] = total


@compiled
def log_integrals(state: State, problem: Problem, places: Places) -> Array:
    """(n,) log sum over mask and sex of every slot under other parameters; 0 for unused slots."""
    members = np.empty(len(state.label), np.int64)
    weights = np.empty(state.where.shape[1:])
    values = np.zeros(len(state.size))
    for slot in range(len(state.size)):
        if state.size[slot] > 0:
            k = members_of(state, slot, NOBODY, members)
            values[slot] = integrate(members[:k], problem.station, problem.log_sex, places, weights)[0]
    return values


@compiled
def log_alone(state: State, problem: Problem, point: int) -> float:
    """Log of the sum over mask and sex of an animal with this passage only."""
    total = 0.0
    for g in range(len(state.alone)):
        total += math.exp(problem.log_sex[point, g]) * state.alone[g, problem.station[point]]
    return math.log(total) if total > 0.0 else -np.inf


@compiled
def log_predictive(state: State, problem: Problem, places: Places, slot: int, point: int) -> float:
    """Log of how much a slot's sum grows when a point joins: its hazard where the animal may live."""
    station = problem.station[point]
    total = 0.0
    for g in range(len(places.log_base)):
        if math.isnan(state.predictive[slot, g, station]):
            order = places.by_distance[state.anchor[slot]]
            mean = 0.0
            for r in range(state.n_where[slot]):
                mean += state.where[slot, g, r] * hazard_at(places, g, station, order[r])
            state.predictive[slot, g, station] = mean
        total += math.exp(problem.log_sex[point, g]) * state.predictive[slot, g, station]
    return math.log(total) if total > 0.0 else -np.inf


@compiled
def log_target(state: State, problem: Problem) -> float:
    """Sum over animals of log integral and log evidence (without -Lambda and the priors)."""
    value = 0.0
    for slot in range(len(state.size)):
        if state.size[slot] > 0:
            value += state.log_integral[slot] + log_evidence(state, problem, slot)
    for point in range(len(state.label)):
        value -= log_closed_form_alone(problem, point)
    return value
