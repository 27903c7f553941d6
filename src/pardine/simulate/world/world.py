"""A world drawn from a scenario: places, and for each year animals, cameras and detections."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pardine.base.randomness import stream
from pardine.estimate.history import CaptureHistory
from pardine.estimate.statespace import StateSpace
from pardine.simulate.captures import Events
from pardine.simulate.world.faults import first_hours, usage_of_states
from pardine.simulate.world.landscape import station_places
from pardine.simulate.world.population import Animal, draw_population, next_year
from pardine.simulate.world.scenario import Scenario
from pardine.simulate.world.sun import sunrise_and_sunset_h
from pardine.simulate.world.team import draw_team_year
from pardine.simulate.world.visits import (
    Visits,
    activity_by_hour,
    draw_model_events,
    draw_passages,
    events_of_visits,
    photographed,
    visits_of_events,
)


@dataclass(frozen=True, kw_only=True, eq=False)
class WorldYear:
    """One session of a world.

    Attributes
    ----------
    year
        Number, from 0.
    living
        Everybody, cubs after their mothers.
    animals
        The independent ones among them: what density and abundance count.
    visit_h, states, card_faults
        As `team.draw_team_year` returns them.
    usage_station_days : (J, S) array
    events
        Detections of `animals`.
    visits
        Where animals move, the visits behind the events; else they are drawn by `visits_of_year`.
    """

    year: int
    living: tuple[Animal, ...]
    animals: tuple[Animal, ...]
    visit_h: NDArray[np.int64]
    states: NDArray[np.int8]
    card_faults: NDArray[np.int8]
    usage_station_days: NDArray[np.float64]
    events: Events
    visits: Visits | None


@dataclass(frozen=True, kw_only=True, eq=False)
class World:
    """All that is true.

    Attributes
    ----------
    habitat, suitability
        Points of the mask, and how good each is over the mean.
    xy_m : (J, 2) array
        Stations, on whole metres as a satellite receiver tells them.
    years
        One for each session.
    """

    scenario: Scenario
    seed: int
    habitat: StateSpace
    suitability: NDArray[np.float64]
    xy_m: NDArray[np.float64]
    years: tuple[WorldYear, ...]

    @property
    def station_codes(self) -> tuple[str, ...]:
        """Codes of the stations."""
        return station_codes(self.scenario.stations.n)


def station_codes(n_stations: int) -> tuple[str, ...]:
    """Codes of so many stations."""
    return tuple(f"S{j + 1:02d}" for j in range(n_stations))


def draw_world(scenario: Scenario, *, seed: int) -> World:
    """Draw a world; the same for the same scenario and seed, in whatever process."""
    strip = scenario.landscape
    habitat = strip.state_space(strip.grid_m)
    suitability = _suitability(scenario, habitat, seed)
    xy_m = np.round(_stations(scenario, seed, 0), 0)
    living = draw_population(scenario, habitat, suitability, seed)
    years = []
    for year in range(scenario.survey.years):
        if year:
            living = next_year(living, scenario.dynamics, habitat, year, seed)
        years.append(_draw_year(scenario, seed, year, living, xy_m))
    return World(
        scenario=scenario, seed=seed, habitat=habitat, suitability=suitability, xy_m=xy_m, years=tuple(years)
    )


def draw_layout(
    scenario: Scenario, *, seed: int, replicate: int = 0
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int8]]:
    """Stations of a scenario and what their cameras did.

    Returns
    -------
    xy_m : (J, 2) array
    usage_station_days : (J, S) array
    states : (J, 2, H) array
        As `team.draw_team_year` returns them.
    """
    _, states, _ = draw_team_year(scenario, seed, replicate)
    return _stations(scenario, seed, replicate), usage_of_states(states, scenario.occasion_edges()), states


def visits_of_year(world: World, year: WorldYear) -> Visits:
    """Every visit with its moment; where visits are drawn from the model, moments are drawn here."""
    if year.visits is not None:
        return year.visits
    scenario = world.scenario
    return visits_of_events(
        year.events,
        (year.states == 0).any(axis=1),
        first_hours(scenario.occasion_edges(year.year)),
        _activity(scenario, year.year),
        stream(world.seed, "moments of visits", year.year),
    )


def history_of_year(world: World, year: WorldYear) -> CaptureHistory:
    """Capture history of a year, without tables and pixels between; sexes are those of the animals."""
    events, scenario = year.events, world.scenario
    detected, event_animal = np.unique(events.animal, return_inverse=True)
    return CaptureHistory(
        session=scenario.sessions[year.year],
        detector_type=scenario.survey.detector_type,
        detectors=world.station_codes,
        xy_m=world.xy_m,
        usage_station_days=year.usage_station_days,
        animals=tuple(year.animals[i].code for i in detected.tolist()),
        sex=tuple(year.animals[i].sex for i in detected.tolist()),
        event_animal=event_animal.astype(np.intp),
        event_occasion=events.occasion,
        event_detector=events.detector,
        event_count=events.count,
        crs=scenario.landscape.crs,
        duration_days=scenario.survey.days,
    )


def _draw_year(
    scenario: Scenario, seed: int, year: int, living: list[Animal], xy_m: NDArray[np.float64]
) -> WorldYear:
    visit_h, states, card_faults = draw_team_year(scenario, seed, year)
    edges = scenario.occasion_edges(year)
    usage = usage_of_states(states, edges)
    animals = tuple(animal for animal in living if not animal.mother)
    index = (year,) if year else ()
    visits = None
    if scenario.movement.kind == "moving":
        passages = draw_passages(scenario, animals, xy_m, _activity(scenario, year), seed, year)
        rng = stream(seed, "photographed", year)
        visits = photographed(passages, states, scenario.movement.photographed_prob, rng)
        proximity = scenario.survey.detector_type == "proximity"
        events = events_of_visits(visits, first_hours(edges), proximity=proximity)
    else:
        events = draw_model_events(scenario, animals, xy_m, usage, seed, *index)
    return WorldYear(
        year=year,
        living=tuple(living),
        animals=animals,
        visit_h=visit_h,
        states=states,
        card_faults=card_faults,
        usage_station_days=usage,
        events=events,
        visits=visits,
    )


def _stations(scenario: Scenario, seed: int, replicate: int) -> NDArray[np.float64]:
    stations = scenario.stations
    rng = stream(seed, "stations", replicate)
    return station_places(scenario.landscape, stations.n, stations.spacing_m, rng)


def _suitability(scenario: Scenario, habitat: StateSpace, seed: int) -> NDArray[np.float64]:
    strip = scenario.landscape
    if strip.unevenness == 0.0:
        return np.ones(habitat.n_points)
    return strip.suitability(strip.grid_m, seed)


def _activity(scenario: Scenario, year: int) -> NDArray[np.float64]:
    """By hour, for the sun in the middle of the session."""
    survey = scenario.survey
    middle = scenario.starts_on(year) + (scenario.ends_on(year) - scenario.starts_on(year)) / 2
    sunrise_h, sunset_h = sunrise_and_sunset_h(
        middle, survey.utc_offset_min, scenario.landscape.middle_lon_lat
    )
    return activity_by_hour(scenario.movement.activity, sunrise_h, sunset_h)
