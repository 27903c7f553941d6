"""One point at a time: which animal it was, given all others."""

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
    evidence_gain,
    evidence_with_each,
    integrate,
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

# A choice less likely than this (log, against the best known) is not worth its sum over the mask:
# exp(-36) is below the rounding of the probabilities.
_HOPELESS = -36.0


@compiled
def sweep(state: State, problem: Problem, places: Places, rng: np.random.Generator) -> int:
    """Give every point its animal anew, in random order; how many changed.

    Each is drawn from its exact distribution given the others (Gibbs), so nothing is rejected.
    """
    return _visit_all(state, problem, places, rng, False)


@compiled
def settle(state: State, problem: Problem, places: Places, rng: np.random.Generator) -> int:
    """Give every point its likeliest animal, in random order; how many changed."""
    return _visit_all(state, problem, places, rng, True)


@compiled
def _visit_all(state: State, problem: Problem, places: Places, rng: np.random.Generator, greedy: bool) -> int:
    n = len(state.label)
    log_choice = np.empty(n + 1)
    slots = np.empty(n + 1, np.int64)
    with_sum = np.empty((len(problem.member), n))
    members = np.empty(n, np.int64)
    rest = np.empty(state.where.shape[1:])
    highest_log_hazard = _highest_log_hazard(places)
    n_changed = 0
    for point in rng.permutation(n):
        home = state.label[point]
        was_first = state.first[home] == point
        log_rest = 0.0
        k = members_of(state, home, point, members)
        if k:
            log_rest = integrate(members[:k], problem, places, rest, problem.station[members[0]])
        leave(state, problem, point)
        n_choices = _weigh(
            state, problem, places, point, home, log_rest, highest_log_hazard, log_choice, slots, with_sum
        )
        log_choices = log_choice[:n_choices]
        chosen = slots[log_choices.argmax() if greedy else draw(log_choices, rng)]
        if chosen == home and k:
            join(state, problem, point, home, was_first)
        elif chosen == NOBODY and not k:  # alone before, alone now: the slot is taken again as it was
            join(state, problem, point, take_slot(state), True)
        else:
            n_changed += 1
            if k:
                _keep_rest(state, problem, places, home, log_rest, rest)
            slot = take_slot(state) if chosen == NOBODY else chosen
            join(state, problem, point, slot, False)
            refresh_slot(state, problem, places, slot, members)
    return n_changed


@compiled
def _weigh(
    state: State,
    problem: Problem,
    places: Places,
    point: int,
    home: int,
    log_rest: float,
    highest_log_hazard: Array,
    log_choice: Array,
    slots: NDArray[np.int64],
    with_sum: Array,
) -> int:
    """Unnormalised log probabilities of a free point's choices: a new animal, home, every other."""
    evidence_with_each(state, problem, point, with_sum)
    slots[0] = NOBODY
    log_choice[0] = log_alone(state, problem, point) + log_closed_form_alone(problem, point)
    best = log_choice[0]
    n_choices = 1
    if state.size[home]:
        slots[1] = home
        gain = evidence_gain(state, problem, point, home, with_sum)
        log_choice[1] = gain + state.log_integral[home] - log_rest
        best = max(best, log_choice[1])
        n_choices = 2
    ceiling = highest_log_hazard[problem.station[point]]
    for slot in range(len(state.size)):
        if state.size[slot] == 0 or slot == home or is_apart(state, problem, point, slot):
            continue
        gain = evidence_gain(state, problem, point, slot, with_sum)
        if gain + ceiling < best + _HOPELESS:
            continue
        slots[n_choices] = slot
        log_choice[n_choices] = gain + log_predictive(state, problem, places, slot, point)
        best = max(best, log_choice[n_choices])
        n_choices += 1
    return n_choices


@compiled
def _keep_rest(
    state: State, problem: Problem, places: Places, slot: int, log_rest: float, rest: Array
) -> None:
    """The slot that a point has left: its sum over the mask without the point."""
    n_reached = places.n_reached[problem.station[state.first[slot]]]
    state.log_integral[slot] = log_rest
    for g in range(len(rest)):
        for r in range(n_reached):
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
def _highest_log_hazard(places: Places) -> Array:
    """(J,) log of the largest hazard of each station: no predictive exceeds it."""
    n_sexes, n_stations, _ = places.hazard.shape
    highest = np.empty(n_stations)
    for j in range(n_stations):
        value = 0.0
        for g in range(n_sexes):
            value = max(value, places.hazard[g, j].max())
        highest[j] = math.log(value) if value > 0.0 else -np.inf
    return highest


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
