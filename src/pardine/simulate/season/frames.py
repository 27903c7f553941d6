"""Every photograph of a simulated year: which camera took it, when, and of whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from pardine.base.randomness import stream
from pardine.simulate.season.cameras import Deployed
from pardine.simulate.season.card_clocks import seconds_of
from pardine.simulate.season.encounters import Encounter
from pardine.simulate.season.passing import Passing, draw_blank_triggers_s, draw_passing, trigger_times_s
from pardine.simulate.world.scenario import EncounterKeys
from pardine.simulate.world.sun import NIGHT_BELOW_DEG, sun_position_deg
from pardine.simulate.world.world import World, WorldYear

_DAY_S, _HOUR_S = 86_400.0, 3600.0


@dataclass(frozen=True, kw_only=True)
class Frame:
    """One photograph as it was taken.

    Attributes
    ----------
    true_s
        True local time in seconds, as `numpy.datetime64` counts.
    since_s
        Seconds since the encounter began; where everybody is then follows from it.
    place_in_burst
        From 1.
    event
        Number of the trigger on its card.
    encounter
        Which; -1: the team itself, or the picture of noon.
    is_night, is_black
        Taken with the flash; and its flash was dead.
    """

    true_s: float
    since_s: float
    place_in_burst: int
    event: int
    encounter: int
    is_team: bool
    is_night: bool
    is_black: bool


@dataclass(frozen=True, kw_only=True)
class SeasonYear:
    """All that happened before the cameras of one year.

    Attributes
    ----------
    deployed
        Every deployment.
    encounters, passings
        Who came by; and how, but for blanks (``None``).
    frames
        Photographs of each deployment by time, those of lost cards too.
    recorded
        Slots (0, 1) that recorded each encounter.
    """

    deployed: tuple[Deployed, ...]
    encounters: tuple[Encounter, ...]
    passings: tuple[Passing | None, ...]
    frames: tuple[tuple[Frame, ...], ...]
    recorded: tuple[frozenset[int], ...]


@dataclass(frozen=True, kw_only=True)
class _Trigger:
    at_s: float
    since_s: float
    encounter: int
    is_team: bool


def draw_season_year(
    world: World, year: WorldYear, encounters: Sequence[Encounter], deployed: Sequence[Deployed]
) -> SeasonYear:
    """Let everybody pass, and the cameras take their photographs."""
    keys = world.scenario.encounters
    at_place: dict[tuple[int, int], list[int]] = defaultdict(list)
    for number, one in enumerate(deployed):
        at_place[one.station, one.slot].append(number)
    triggers: list[list[_Trigger]] = [[] for _ in deployed]
    passings: list[Passing | None] = []
    recorded: list[frozenset[int]] = []
    begin_s = seconds_of(world.scenario.occasion_edges(year.year)[0])
    for number, encounter in enumerate(encounters):
        rng = stream(world.seed, "passing", year.year, number)
        passing = None
        if encounter.kind != "blank":
            passing = draw_passing(max(encounter.n, 1), encounter.speed_m_s, keys.more_triggers, rng)
        passings.append(passing)
        slots = _recording_slots(world, year, encounter, rng)
        recorded.append(slots)
        for slot in sorted(slots):
            at_s = begin_s + encounter.hour * _HOUR_S
            at = _standing(deployed, at_place[encounter.station, slot], at_s)
            if at is None:
                continue
            for since_s in _times_s(passing, keys, rng):
                trigger = _Trigger(at_s=at_s + since_s, since_s=since_s, encounter=number, is_team=False)
                triggers[at].append(trigger)
    frames = tuple(
        tuple(_frames(world, year, one, [*own, *_own_triggers(world, year, number, one)]))
        for number, (one, own) in enumerate(zip(deployed, triggers, strict=True))
    )
    return SeasonYear(
        deployed=tuple(deployed),
        encounters=tuple(encounters),
        passings=tuple(passings),
        frames=frames,
        recorded=tuple(recorded),
    )


def _recording_slots(
    world: World, year: WorldYear, encounter: Encounter, rng: np.random.Generator
) -> frozenset[int]:
    """Working slots that record an encounter. A visit that a capture history counts is recorded by one."""
    states = year.states[encounter.station]
    hour = min(int(encounter.hour), states.shape[1] - 1)
    working = [slot for slot in (0, 1) if states[slot, hour] == 0]
    scenario = world.scenario
    is_moving = scenario.movement.kind == "moving" and bool(encounter.individuals)
    seen = scenario.movement.photographed_prob if is_moving else 1.0 - scenario.stations.slot_misses_prob
    chance = rng.random(3)
    recording = [slot for slot in working if chance[slot] < seen]
    if encounter.individuals and working and not recording:
        recording = [working[int(chance[2] * len(working))]]
    return frozenset(recording)


def _times_s(passing: Passing | None, keys: EncounterKeys, rng: np.random.Generator) -> list[float]:
    if passing is None:
        return draw_blank_triggers_s(keys.more_triggers, rng)
    return trigger_times_s(passing, keys.burst * keys.interval_s, rng)


def _standing(deployed: Sequence[Deployed], numbers: Sequence[int], at_s: float) -> int | None:
    """The deployment of a slot at a moment."""
    for number in numbers:
        if seconds_of(deployed[number].starts) <= at_s < seconds_of(deployed[number].ends):
            return number
    return None


def _own_triggers(world: World, year: WorldYear, number: int, one: Deployed) -> Iterable[_Trigger]:
    """The team at both ends, and the noons of cameras that take them, while the camera works."""
    rng = stream(world.seed, "team before the camera", year.year, number)
    starts_s, ends_s = seconds_of(one.starts), seconds_of(one.ends)
    stopped_s = ends_s if one.stopped is None else seconds_of(one.stopped)
    setting = starts_s + np.sort(rng.uniform(0.0, 300.0, int(rng.integers(1, 4))))
    fetching = ends_s - np.sort(rng.uniform(0.0, 180.0, int(rng.integers(1, 3))))[::-1]
    team = setting if one.stopped is not None else np.concatenate([setting, fetching])
    for at_s in team.tolist():
        yield _Trigger(at_s=at_s, since_s=0.0, encounter=-1, is_team=True)
    if one.takes_noons:
        for at_s in _noons_s(one, starts_s, stopped_s).tolist():
            yield _Trigger(at_s=at_s, since_s=0.0, encounter=-1, is_team=False)


def _noons_s(one: Deployed, starts_s: float, ends_s: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """True times at which the camera takes it to be noon."""
    each_s = np.arange(starts_s, ends_s, _DAY_S)
    ahead_s = one.clock.shows(each_s) - each_s
    noons_s = each_s - each_s % _DAY_S + (0.5 * _DAY_S - ahead_s) % _DAY_S
    return np.asarray(noons_s[(noons_s > starts_s) & (noons_s < ends_s)])


def _frames(world: World, year: WorldYear, one: Deployed, triggers: Sequence[_Trigger]) -> Iterable[Frame]:
    """Bursts of each trigger, while the camera is not busy with the one before."""
    scenario = world.scenario
    keys = scenario.encounters
    session_s = seconds_of(scenario.occasion_edges(year.year)[0])
    taken = sorted(triggers, key=lambda trigger: trigger.at_s)
    utc_s = np.array([t.at_s for t in taken]) - 60.0 * scenario.survey.utc_offset_min
    elevation, _ = sun_position_deg(utc_s, scenario.landscape.middle_lon_lat)
    ready_s, event = -np.inf, 0
    for trigger, above_deg in zip(taken, elevation.tolist(), strict=True):
        is_night = above_deg < NIGHT_BELOW_DEG
        is_black = is_night and (trigger.at_s - session_s) / _HOUR_S >= one.flash_dies_h
        if trigger.at_s < ready_s or (is_black and one.is_blind):
            continue
        event += 1
        is_single = trigger.encounter < 0 and not trigger.is_team
        for k in range(1 if is_single else keys.burst):
            after_s = k * keys.interval_s
            yield Frame(
                true_s=trigger.at_s + after_s,
                since_s=trigger.since_s + after_s,
                place_in_burst=k + 1,
                event=event,
                encounter=trigger.encounter,
                is_team=trigger.is_team,
                is_night=is_night,
                is_black=is_black,
            )
        ready_s = trigger.at_s + (1 if is_single else keys.burst) * keys.interval_s + 0.5
