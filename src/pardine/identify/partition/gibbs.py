"""One point at a time: which animal it was, given all others."""

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
    evidence_gains,
    evidence_with_each,
    join,
    leave,
    log_alone,
    log_closed_form_alone,
    log_predictive,
    members_of,
    refresh_slot,
    take_slot,
)

Array = NDArray[np.float64]

# A choice whose rough log probability is further below the best than this is not weighed at all. It
# is rough as the habitat has edges and animals hardly hide within the array: both are worth far less.
_HOPELESS = -35.0


@compiled
def sweep(state: State, problem: Problem, places: Places, rng: np.random.Generator) -> int:
    """Give every point its animal anew, in random order; how many changed.

    Each is drawn from its exact distribution given the others (Gibbs), so nothing is rejected.
    """
    every = np.ones(len(state.label))
    return _visit(state, problem, places, every, np.empty(len(every)), rng, False)


@compiled
def sweep_some(
    state: State, problem: Problem, places: Places, chance: Array, restless: Array, rng: np.random.Generator
) -> int:
    """As `sweep`, over points chosen at random each with its own chance.

    Parameters
    ----------
    chance : (n,)
        Of a visit. It may depend on anything but the state: then every visit leaves the posterior as
        it is, and so does any choice of visits.
    restless : (n,)
        Probability of another animal than it has, of the points visited; the others stay as given.
    """
    return _visit(state, problem, places, chance, restless, rng, False)


@compiled
def settle(state: State, problem: Problem, places: Places, rng: np.random.Generator) -> int:
    """Give every point its likeliest animal, in random order; how many changed."""
    every = np.ones(len(state.label))
    return _visit(state, problem, places, every, np.empty(len(every)), rng, True)


@compiled
def _visit(
    state: State,
    problem: Problem,
    places: Places,
    chance: Array,
    restless: Array,
    rng: np.random.Generator,
    greedy: bool,
) -> int:
    n = len(state.label)
    log_choice = np.empty(n + 1)
    slots = np.empty(n + 1, np.int64)
    with_sum = np.empty((len(problem.member), n))
    members = np.empty(n, np.int64)
    rest = np.empty(state.where.shape[1:])
    sums = _sums_of_places(state, problem, places)
    rough, gain = np.empty(n), np.empty(n)
    n_changed = 0
    for point in rng.permutation(n):
        if chance[point] < 1.0 and rng.random() >= chance[point]:
            continue
        home = state.label[point]
        log_rest, anchor, n_rest = 0.0, 0, 0
        k = members_of(state, home, point, members)
        if k:
            log_rest, anchor, n_rest = integrate(members[:k], problem.station, problem.log_sex, places, rest)
        leave(state, problem, point)
        here = places.station_xy_m[problem.station[point]]
        sums[home] -= here
        evidence_with_each(state, problem, point, with_sum)
        evidence_gains(state, problem, point, with_sum, gain)
        least = _roughly(state, problem, places, point, sums, gain, rough)
        if k and rough[home] < least:  # its animal is not among those that would be weighed: it stays
            join(state, problem, point, home)
            sums[home] += here
            continue
        n_choices = _weigh(
            state, problem, places, point, home, log_rest, rough, least, gain, log_choice, slots
        )
        log_choices = log_choice[:n_choices]
        at = log_choices.argmax() if greedy else draw(log_choices, rng)
        chosen = slots[at]
        stays = 1 if k else 0  # where staying stands in the list of choices
        restless[point] = 1.0 - _share(log_choices, stays)
        if chosen == home and k:
            join(state, problem, point, home)
            sums[home] += here
        elif chosen == NOBODY and not k:  # alone before, alone now: the slot is taken again as it was
            slot = take_slot(state)
            join(state, problem, point, slot)
            sums[slot] = here
        else:
            n_changed += 1
            if k:
                _keep_rest(state, home, log_rest, anchor, n_rest, rest)
            slot = chosen
            if chosen == NOBODY:
                slot = take_slot(state)
                sums[slot] = 0.0
            join(state, problem, point, slot)
            sums[slot] += here
            refresh_slot(state, problem, places, slot, members)
    return n_changed


@compiled
def _share(log_choice: Array, k: int) -> float:
    """Probability of a choice."""
    total = 0.0
    for value in log_choice:
        total += math.exp(min(value - log_choice[k], 700.0))
    return 1.0 / total


@compiled
def _sums_of_places(state: State, problem: Problem, places: Places) -> Array:
    """(n, 2) sum of the coordinates of every slot's points."""
    sums = np.zeros((len(state.size), 2))
    for point in range(len(state.label)):
        sums[state.label[point]] += places.station_xy_m[problem.station[point]]
    return sums


@compiled
def _roughly(
    state: State, problem: Problem, places: Places, point: int, sums: Array, gain: Array, rough: Array
) -> float:
    """Rough log probability of every slot for a free point, and below what it is not worth weighing.

    By coats, and by place as on an endless even habitat. Only the other points enter, so that which
    choices are weighed does not depend on where the point was: the draw among them stays exact.
    """
    station = problem.station[point]
    x, y = places.station_xy_m[station, 0], places.station_xy_m[station, 1]
    best = log_alone(state, problem, point) + log_closed_form_alone(problem, point)
    widest, highest = 0.0, -np.inf
    for g in range(len(places.sigma_m)):
        widest = max(widest, places.sigma_m[g])
        highest = max(highest, places.log_height[g, station])
    exponential = places.exponential[0]
    for slot in range(len(rough)):
        n = state.size[slot]
        if n == 0:
            rough[slot] = -np.inf
            continue
        across, up = x - sums[slot, 0] / n, y - sums[slot, 1] / n
        squared = (across * across + up * up) / (widest * widest) * n / (n + 1.0)
        shape = math.sqrt(squared) if exponential else 0.5 * squared
        rough[slot] = highest - shape + gain[slot]
        best = max(best, rough[slot])
    return best + _HOPELESS


@compiled
def _weigh(
    state: State,
    problem: Problem,
    places: Places,
    point: int,
    home: int,
    log_rest: float,
    rough: Array,
    least: float,
    gain: Array,
    log_choice: Array,
    slots: NDArray[np.int64],
) -> int:
    """Unnormalised log probabilities of a free point's choices: a new animal, home, every other."""
    slots[0] = NOBODY
    log_choice[0] = log_alone(state, problem, point) + log_closed_form_alone(problem, point)
    n_choices = 1
    if state.size[home]:
        slots[1] = home
        log_choice[1] = gain[home] + state.log_integral[home] - log_rest
        n_choices = 2
    for slot in range(len(rough)):
        if rough[slot] < least or slot == home or is_apart(state, problem, point, slot):
            continue
        slots[n_choices] = slot
        log_choice[n_choices] = gain[slot] + log_predictive(state, problem, places, slot, point)
        n_choices += 1
    return n_choices


@compiled
def _keep_rest(state: State, slot: int, log_rest: float, anchor: int, n_rest: int, rest: Array) -> None:
    """The slot that a point has left: its sum over the mask without the point."""
    state.log_integral[slot] = log_rest
    state.anchor[slot] = anchor
    state.n_where[slot] = n_rest
    for g in range(len(rest)):
        for r in range(n_rest):
            state.where[slot, g, r] = rest[g, r]
    state.predictive[slot] = np.nan


@compiled
def is_apart(state: State, problem: Problem, point: int, slot: int) -> bool:
    """Whether a slot holds a point that is certainly another animal than this one."""
    for k in range(problem.apart_starts[point], problem.apart_starts[point + 1]):
        if state.label[problem.apart[k]] == slot:
            return True
    return False


@compiled
def draw(log_choice: Array, rng: np.random.Generator) -> int:
    """Index drawn with probability proportional to the exponentials."""
    highest = log_choice.max()
    if highest == -np.inf:
        return 0
    weight = np.exp(log_choice - highest)
    target = rng.random() * weight.sum()
    for k in range(len(weight)):
        target -= weight[k]
        if target < 0.0:
            return k
    return len(weight) - 1
