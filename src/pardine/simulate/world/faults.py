"""What goes wrong with cameras in a winter: dead, buried, full, stolen; and the effort that is left.

Faults of clocks and cards are in `card_faults`.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pardine.observe.effort import EffortInterval, State

SLOTS = ("A", "B")
_HOURS_A_DAY = 24
_STATES: tuple[State, ...] = ("working", "snowed", "full", "dead", "stolen")


@dataclass(frozen=True, kw_only=True)
class FaultRates:
    """How often cameras fail in a season.

    Attributes
    ----------
    snowed_prob, snowed_days
        A station is buried, both slots, for so many days at most.
    full_prob, dead_prob
        A slot's card is full, its batteries are dead, until the next visit.
    stolen_prob
        A station loses both cameras; they are replaced at the next visit but one, or never.
    visit_every_days
        Between visits.

    Notes
    -----
    The rates are assumptions of the simulation, not estimates.
    """

    snowed_prob: float = 0.25
    snowed_days: int = 15
    full_prob: float = 0.08
    dead_prob: float = 0.25
    stolen_prob: float = 0.10
    visit_every_days: int = 45


def draw_slot_states(
    n_stations: int, n_days: int, rates: FaultRates, rng: np.random.Generator
) -> NDArray[np.int8]:
    """State of each slot in each hour.

    Returns
    -------
    (J, 2, H) array
        Numbers of states (see `effort_intervals`); 0 = working.
    """
    n_hours = n_days * _HOURS_A_DAY
    visit_h = rates.visit_every_days * _HOURS_A_DAY
    states = np.zeros((n_stations, len(SLOTS), n_hours), dtype=np.int8)
    for station in range(n_stations):
        # As many numbers whatever happens, so that one rate does not disturb the others.
        happens, begins, lasts = rng.random((3, 6))
        start_h = (begins * n_hours).astype(int)
        until_visit = (start_h // visit_h + 1) * visit_h
        if happens[0] < rates.snowed_prob:
            end = start_h[0] + int((0.2 + 0.8 * lasts[0]) * rates.snowed_days * _HOURS_A_DAY)
            states[station, :, start_h[0] : end] = _STATES.index("snowed")
        for slot in (0, 1):
            for k, state, prob in ((1, "full", rates.full_prob), (3, "dead", rates.dead_prob)):
                if happens[k + slot] < prob:
                    states[station, slot, start_h[k + slot] : until_visit[k + slot]] = _STATES.index(state)
        if happens[5] < rates.stolen_prob:
            states[station, :, start_h[5] : until_visit[5] + visit_h] = _STATES.index("stolen")
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
    first_hours = [(edge - edges[0]) // dt.timedelta(hours=1) for edge in edges[:-1]]
    working = (states == 0).any(axis=1).astype(np.int64)
    hours = np.add.reduceat(working, np.array(first_hours), axis=1)
    return np.asarray(hours / float(_HOURS_A_DAY))


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
            state=_STATES[state],
        )
        for j, code in enumerate(stations)
        for i, slot in enumerate(SLOTS)
        for begin, end, state in _runs(states[j, i])
    )


def _runs(hours: NDArray[np.int8]) -> list[tuple[int, int, int]]:
    """Begin, end (not included) and state of each stretch of equal hours."""
    changes = np.flatnonzero(np.diff(hours)) + 1
    edges = [0, *changes.tolist(), hours.size]
    return [(begin, end, int(hours[begin])) for begin, end in itertools.pairwise(edges)]
