"""The deployments of a simulated year: what stood where, which clock it had, and what became of its card."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pardine.base.randomness import stream
from pardine.observe.effort import State
from pardine.simulate.season.card_clocks import ClockKind, SimulatedClock, draw_clock
from pardine.simulate.world.faults import SLOTS, STATES, state_runs
from pardine.simulate.world.scenario import CARD_FAULT_KEYS, CardKeys
from pardine.simulate.world.team import NO_CAMERA
from pardine.simulate.world.world import World, WorldYear

_CLOCK_OF_KEY: dict[str, ClockKind] = {
    "drift_prob": "drift",
    "offset_prob": "offset",
    "twelve_hours_prob": "twelve hours",
    "day_and_month_prob": "day and month",
    "reset_prob": "reset",
}
_FAULT_OF_KEY = {
    **_CLOCK_OF_KEY,
    "mixed_prob": "mixed cards",
    "copied_prob": "copied card",
    "missing_prob": "missing card",
}


@dataclass(frozen=True, kw_only=True)
class Deployed:
    """One camera at one slot from one visit of the team to the next.

    Attributes
    ----------
    code
        As check sheets give it: station, slot and moment.
    station, slot, number
        Number of the station, 0 or 1, number of the deployment at this slot and year.
    starts, ends
        Visits, true local time.
    found, stopped
        State at the end, and since when; ``None`` where the camera worked.
    serial, file_serial, label
        Of the camera; what its files tell.
    clock
        What it shows.
    is_checked
        The team photographed a reference clock at both ends.
    takes_noons
        It takes a picture each noon.
    first_file
        Number of its first file.
    fault
        Of clock or card; empty: none.
    flash_dies_h
        Hour of the session from which its flash is dead; infinite: never. ``blind`` cameras then take no
        night photographs, the others black ones.
    """

    code: str
    station: int
    slot: int
    number: int
    starts: dt.datetime
    ends: dt.datetime
    found: State
    stopped: dt.datetime | None
    serial: str
    file_serial: str
    label: str
    clock: SimulatedClock
    is_checked: bool
    takes_noons: bool
    first_file: int
    fault: str
    flash_dies_h: float = float("inf")
    is_blind: bool = False

    @property
    def is_lost(self) -> bool:
        """Whether nobody has its card."""
        return self.fault == "missing card" or self.found == "stolen"


def draw_deployed(world: World, year: WorldYear) -> list[Deployed]:
    """Every deployment of a year, by station, slot and time; stolen cameras too, in their turn."""
    found = []
    for station, code in enumerate(world.station_codes):
        rng = stream(world.seed, "cameras", year.year, station)
        takes_noons = rng.random() < world.scenario.cards.daily_prob
        for slot in range(len(SLOTS)):
            serial = f"H{rng.integers(10**9):09d}"
            first_file = int(rng.integers(0, 9000))
            # As many numbers whatever there is, so that one station does not disturb the others.
            chances = rng.random((year.visit_h.shape[1], 6))
            flash = rng.random(3)
            if year.states[station, slot, 0] == NO_CAMERA:
                continue
            for number in range(len(chances) - 1):
                one = _deployed(
                    world, year, code, station, slot, number, chances, serial, takes_noons, first_file
                )
                if one is not None:
                    found.append(_with_dead_flash(one, world, flash))
    return found


def _deployed(
    world: World,
    year: WorldYear,
    station_code: str,
    station: int,
    slot: int,
    number: int,
    chances: NDArray[np.float64],
    serial: str,
    takes_noons: bool,
    first_file: int,
) -> Deployed | None:
    """The camera between two visits; ``None`` where none stood there, for it had been stolen."""
    scenario = world.scenario
    begin_h, end_h = (int(hour) for hour in year.visit_h[station, number : number + 2])
    own = year.states[station, slot, max(begin_h, 0) : min(end_h, year.states.shape[2])]
    found, stopped_h = _found(own, max(begin_h, 0))
    if found == "stolen" and begin_h > 0 and _was_stolen_before(year, station, slot, begin_h):
        return None
    midnight = scenario.occasion_edges(year.year)[0]
    # The team is at slot B a few minutes after slot A.
    chance = chances[number]
    starts, ends = (
        midnight + dt.timedelta(hours=hour, minutes=10 * slot + int(5 * chances[visit, 5]))
        for hour, visit in ((begin_h, number), (end_h, number + 1))
    )
    fault = "" if found == "stolen" else _fault(int(year.card_faults[station, slot, number]), starts)
    kind = next((k for k in _CLOCK_OF_KEY.values() if k == fault), None)
    cards: CardKeys = scenario.cards
    return Deployed(
        code=f"{station_code}_{SLOTS[slot]}_{starts:%Y%m%d-%H%M}",
        station=station,
        slot=slot,
        number=number,
        starts=starts,
        ends=ends,
        found=found,
        stopped=None if stopped_h is None else midnight + dt.timedelta(hours=stopped_h),
        serial=serial,
        file_serial=serial if chance[0] < cards.serial_prob else "",
        label=f"{station_code}{SLOTS[slot]}" if chance[1] < cards.label_prob else "",
        clock=draw_clock(kind, starts, ends, stream(world.seed, "clocks", year.year, station, slot, number)),
        is_checked=bool(chance[2] < cards.reference_prob),
        takes_noons=takes_noons,
        first_file=(first_file + 1500 * number) % 9000,
        fault=fault,
    )


def _found(own: np.ndarray[tuple[int], np.dtype[np.int8]], begin_h: int) -> tuple[State, int | None]:
    """State at the end of a stretch of hours, and the hour in which it began; lost cards worked."""
    if not own.size:
        return "working", None
    begin, _, state = state_runs(own)[-1]
    name = STATES[state]
    if name in ("working", "unknown"):
        return "working", None
    return name, None if name == "stolen" else begin_h + begin


def _was_stolen_before(year: WorldYear, station: int, slot: int, hour: int) -> bool:
    return bool(year.states[station, slot, hour - 1] == STATES.index("stolen"))


def _fault(number: int, starts: dt.datetime) -> str:
    """The fault that was drawn, unless this camera cannot have it."""
    if not number:
        return ""
    fault = _FAULT_OF_KEY[CARD_FAULT_KEYS[number - 1]]
    if fault == "day and month" and (starts.day > 12 or starts.day == starts.month):
        return "offset"  # no such date can be written the other way round
    return fault


def _with_dead_flash(
    one: Deployed, world: World, chance: np.ndarray[tuple[int], np.dtype[np.float64]]
) -> Deployed:
    """The flash of a slot dies at some hour of the session, and stays so for the rest of it."""
    if chance[0] >= world.scenario.faults.dead_flash_prob:
        return one
    dies_h = float(chance[1]) * 24.0 * world.scenario.survey.days
    return replace(one, flash_dies_h=dies_h, is_blind=bool(chance[2] < 0.5))
