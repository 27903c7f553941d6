"""What goes wrong with cameras in a winter: dead, buried, full, stolen; and the effort that is left.

Faults of clocks and cards are in `season.card_faults`.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pardine.observe.effort import EffortInterval, State
from pardine.simulate.world.keys import check_section, key, prob

SLOTS = ("A", "B")
STATES: tuple[State, ...] = ("working", "snowed", "full", "dead", "stolen", "unknown")
"""States by their numbers. Unknown: the card was lost on the way home."""
HOURS_A_DAY = 24


@dataclass(frozen=True, kw_only=True)
class FaultRates:
    """How often cameras fail in a season: assumptions of the simulation, not estimates."""

    snowed_prob: float = prob(0.25, "A station is buried, both slots")
    snowed_days: int = key(15, "For so many days at most", unit="days", low=1, high=366)
    full_prob: float = prob(0.08, "A slot's card is full, until the next visit")
    dead_prob: float = prob(0.25, "A slot's batteries are dead, until the next visit")
    stolen_prob: float = prob(
        0.10, "A station loses both cameras and the cards in them; replaced at the next visit but one"
    )
    dead_flash_prob: float = prob(0.03, "A slot's flash dies: no night photographs, or black ones")
    visit_every_days: int = key(45, "Between visits of the team", unit="days", low=1, high=366)

    def __post_init__(self) -> None:
        check_section(self)


def draw_slot_states(
    visit_h: NDArray[np.int64], n_days: int, rates: FaultRates, rng: np.random.Generator
) -> NDArray[np.int8]:
    """State of each slot in each hour of a session.

    A stolen camera takes its card along, so that its station has nothing to show since the visit before.

    Parameters
    ----------
    visit_h : (J, K + 1) array
        Hours, from the session's beginning, at which the team is at each station.

    Returns
    -------
    (J, 2, H) array
        Numbers of `STATES`; 0 = working.
    """
    n_hours = n_days * HOURS_A_DAY
    states = np.zeros((len(visit_h), len(SLOTS), n_hours), dtype=np.int8)
    for station, visits in enumerate(visit_h):
        # As many numbers whatever happens, so that one rate does not disturb the others.
        happens, begins, lasts = rng.random((3, 6))
        start_h = (begins * n_hours).astype(int)
        after = np.searchsorted(visits, start_h, side="right")
        until_visit = np.minimum(visits[after], n_hours)
        if happens[0] < rates.snowed_prob:
            melts = start_h[0] + int((0.2 + 0.8 * lasts[0]) * rates.snowed_days * HOURS_A_DAY)
            states[station, :, start_h[0] : min(melts, until_visit[0])] = STATES.index("snowed")
        for slot in (0, 1):
            for k, state, probability in ((1, "full", rates.full_prob), (3, "dead", rates.dead_prob)):
                if happens[k + slot] < probability:
                    states[station, slot, start_h[k + slot] : until_visit[k + slot]] = STATES.index(state)
        if happens[5] < rates.stolen_prob:
            begin = max(visits[after[5] - 1], 0)
            end = visits[min(after[5] + 1, visits.size - 1)]
            states[station, :, begin:end] = STATES.index("stolen")
    return states


def usage_of_states(states: NDArray[np.int8], edges: Sequence[dt.datetime]) -> NDArray[np.float64]:
    """(J, S) station-days: a station works while at least one of its slots does.

    The quick form of `observe.effort.usage_from_intervals` for whole hours.

    Parameters
    ----------
    states : (J, 2, H) array
        As `draw_slot_states` returns them.
    edges : S + 1 moments
        As `observe.effort.occasion_edges` returns them; H hours from the first to the last.
    """
    working = (states == 0).any(axis=1).astype(np.int64)
    hours = np.add.reduceat(working, first_hours(edges)[:-1], axis=1)
    return np.asarray(hours / float(HOURS_A_DAY))


def first_hours(edges: Sequence[dt.datetime]) -> NDArray[np.int64]:
    """(S + 1,) whole hours from the first of these moments to each."""
    return np.array([(edge - edges[0]) // dt.timedelta(hours=1) for edge in edges], dtype=np.int64)


def effort_intervals(
    states: NDArray[np.int8], *, session: str, stations: tuple[str, ...], starts: dt.datetime
) -> tuple[EffortInterval, ...]:
    """The hours of `draw_slot_states` as intervals with a cause, by station, slot and time."""
    return tuple(
        EffortInterval(
            session=session,
            station=code,
            slot=slot,
            starts=starts + dt.timedelta(hours=begin),
            ends=starts + dt.timedelta(hours=end),
            state=STATES[state],
        )
        for j, code in enumerate(stations)
        for i, slot in enumerate(SLOTS)
        for begin, end, state in state_runs(states[j, i])
        if state >= 0
    )


def state_runs(hours: NDArray[np.int8]) -> list[tuple[int, int, int]]:
    """Begin, end (not included) and state of each stretch of equal hours."""
    changes = np.flatnonzero(np.diff(hours)) + 1
    edges = [0, *changes.tolist(), hours.size]
    return [(begin, end, int(hours[begin])) for begin, end in itertools.pairwise(edges)]
