"""When the team comes, and which of its deployments end up with a fault of clock or card."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from pardine.base.randomness import stream
from pardine.simulate.world.faults import HOURS_A_DAY, STATES, FaultRates, draw_slot_states
from pardine.simulate.world.scenario import CARD_FAULT_KEYS, CardKeys, Scenario

NO_CAMERA = -1
"""State of a slot that does not exist."""

_SET_WITHIN_DAYS, _FETCHED_WITHIN_DAYS = 4, 3
_BY_DAY_H = (9, 17)


def draw_visit_hours(
    n_stations: int, n_days: int, rates: FaultRates, rng: np.random.Generator
) -> NDArray[np.int64]:
    """(J, K + 1) hours, from the session's beginning, of the visits to each station.

    The first sets the cameras up before the session, the last fetches them after it.
    """
    n_between = math.ceil(n_days / rates.visit_every_days) - 1
    at_hour = rng.integers(*_BY_DAY_H, (2, n_stations))
    before = at_hour[0] - HOURS_A_DAY * rng.integers(1, _SET_WITHIN_DAYS + 1, n_stations)
    after = at_hour[1] + HOURS_A_DAY * (n_days + rng.integers(0, _FETCHED_WITHIN_DAYS, n_stations))
    days = np.arange(1, n_between + 1) * rates.visit_every_days
    shifts = rng.integers(-2, 3, (n_stations, n_between)) if rates.visit_every_days > 10 else 0
    hours = rng.integers(*_BY_DAY_H, (n_stations, n_between))
    between = np.clip((days + shifts) * HOURS_A_DAY + hours, 1, n_days * HOURS_A_DAY - 1)
    return np.column_stack([before, np.sort(between, axis=1), after]).astype(np.int64)


def draw_card_faults(
    shape: tuple[int, int, int], cards: CardKeys, rng: np.random.Generator
) -> NDArray[np.int8]:
    """(J, 2, K) fault of the deployment between two visits: number in `CARD_FAULT_KEYS` from 1; 0 none."""
    edges = np.cumsum([getattr(cards, name) for name in CARD_FAULT_KEYS])
    chance = rng.random(shape)
    fault = np.searchsorted(edges, chance, side="right") + 1
    return np.where(fault > len(CARD_FAULT_KEYS), 0, fault).astype(np.int8)


def draw_team_year(
    scenario: Scenario, seed: int, replicate: int
) -> tuple[NDArray[np.int64], NDArray[np.int8], NDArray[np.int8]]:
    """Visits, states of the slots and faults of deployments; of one year, or of one replicate.

    Returns
    -------
    visit_h : (J, K + 1) array
    states : (J, 2, H) array
        With lost cards as ``unknown``, and `NO_CAMERA` where a station has no partner.
    card_faults : (J, 2, K) array
    """
    n, n_days = scenario.stations.n, scenario.survey.days
    visit_h = draw_visit_hours(n, n_days, scenario.faults, stream(seed, "visits of the team", replicate))
    states = draw_slot_states(visit_h, n_days, scenario.faults, stream(seed, "faults", replicate))
    # Whether a station has a partner is a matter of the place, not of the year.
    alone = stream(seed, "partners").random(n) >= scenario.stations.partner_prob
    states[alone, 1, :] = NO_CAMERA
    shape = (n, 2, visit_h.shape[1] - 1)
    card_faults = draw_card_faults(shape, scenario.cards, stream(seed, "cards", replicate))
    lost = CARD_FAULT_KEYS.index("missing_prob") + 1
    for j, slot, k in np.argwhere(card_faults == lost).tolist():
        begin, end = max(visit_h[j, k], 0), visit_h[j, k + 1]
        hours = states[j, slot, begin:end]
        if (hours == NO_CAMERA).any() or (hours == STATES.index("stolen")).any():
            card_faults[j, slot, k] = 0
        else:
            hours[:] = STATES.index("unknown")
    return visit_h, states, card_faults
