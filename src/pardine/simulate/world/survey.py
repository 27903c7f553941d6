"""The tables that an office would hold of a simulated world, and the truth behind them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pardine.base.identifiers import sha256_of_bytes
from pardine.base.randomness import stream
from pardine.estimate.statespace import StateSpace
from pardine.observe.capture import ImportedCapture
from pardine.observe.session import Session
from pardine.observe.station import Station
from pardine.observe.survey import HabitatMask, Survey
from pardine.simulate.world.faults import effort_intervals
from pardine.simulate.world.scenario import Scenario
from pardine.simulate.world.truth import SimulatedSurvey, TrueAnimal, Truth
from pardine.simulate.world.world import World, WorldYear, draw_world


def simulate_survey(scenario: Scenario, *, seed: int) -> SimulatedSurvey:
    """Draw a survey with known truth; the same for the same scenario and seed, in whatever process."""
    return survey_of(draw_world(scenario, seed=seed))


def survey_of(world: World) -> SimulatedSurvey:
    """Sessions, stations, captures, effort and mask of a world, as an office would bring them."""
    scenario = world.scenario
    survey = Survey(
        sessions=tuple(_session(scenario, year.year) for year in world.years),
        stations=tuple(station for year in world.years for station in _stations(world, year)),
        captures=tuple(capture for year in world.years for capture in _captures(world, year)),
        masks=(_habitat_mask(world.habitat),),
        effort=tuple(
            interval
            for year in world.years
            for interval in effort_intervals(
                year.states,
                session=scenario.sessions[year.year],
                stations=world.station_codes,
                starts=scenario.occasion_edges(year.year)[0],
            )
        ),
    )
    return SimulatedSurvey(survey=survey, truths=tuple(truth_of_year(world, year) for year in world.years))


def truth_of_year(world: World, year: WorldYear) -> Truth:
    """What an estimate of this session should find."""
    scenario, area_km2 = world.scenario, world.habitat.area_km2
    n_detections = np.bincount(
        year.events.animal, weights=year.events.count, minlength=len(year.animals)
    ).astype(int)
    n_cubs: dict[str, int] = {}
    for animal in year.living:
        if animal.mother:
            n_cubs[animal.mother] = n_cubs.get(animal.mother, 0) + 1
    is_drawn = year.year == 0 and scenario.animals.n_animals is None
    realised = 100.0 * len(year.animals) / area_km2
    return Truth(
        session=scenario.sessions[year.year],
        animals=tuple(
            TrueAnimal(
                code=animal.code,
                sex=animal.sex,
                age_class=animal.age_class,
                x_m=animal.x_m,
                y_m=animal.y_m,
                n_detections=int(n_detections[i]),
                n_cubs=n_cubs.get(animal.code, 0),
            )
            for i, animal in enumerate(year.animals)
        ),
        region_area_km2=area_km2,
        density_per_100km2=scenario.animals.density_per_100km2 if is_drawn else realised,
        detection=scenario.movement.detection,
        seed=world.seed,
    )


def _stations(world: World, year: WorldYear) -> list[Station]:
    return [
        Station(
            session=world.scenario.sessions[year.year],
            code=code,
            x=float(x),
            y=float(y),
            usage_station_days=tuple(days),
        )
        for code, (x, y), days in zip(
            world.station_codes, world.xy_m, year.usage_station_days.tolist(), strict=True
        )
    ]


def _captures(world: World, year: WorldYear) -> list[ImportedCapture]:
    """The capture table: what was recorded of each animal, cubs after their mother."""
    scenario, records, events = world.scenario, world.scenario.records, year.events
    index = (year.year,) if year.year else ()
    recorded = stream(world.seed, "what was recorded", *index).random((len(year.animals), 2)) < (
        records.sex_recorded_prob,
        records.age_recorded_prob,
    )
    rng = stream(world.seed, "cubs seen", *index)
    table: list[ImportedCapture] = []
    for i, animal in enumerate(year.animals):
        own = [
            ImportedCapture(
                session=scenario.sessions[year.year],
                individual=animal.code,
                occasion=int(events.occasion[e]) + 1,
                station=world.station_codes[events.detector[e]],
                count=int(events.count[e]),
                sex=animal.sex if recorded[i, 0] else None,
                age_class=animal.age_class if recorded[i, 1] else None,
            )
            for e in np.flatnonzero(events.animal == i)
        ]
        table += own
        for cub in (other for other in year.living if other.mother == animal.code):
            table += [_as_cub(c, cub.code) for c in own if rng.random() < records.cub_seen_prob]
    return table


def _as_cub(of_mother: ImportedCapture, code: str) -> ImportedCapture:
    return replace(of_mother, individual=code, count=1, sex=None, age_class="cub")


def _session(scenario: Scenario, year: int) -> Session:
    survey = scenario.survey
    return Session(
        code=scenario.sessions[year],
        n_occasions=scenario.n_occasions,
        detector_type=survey.detector_type,
        crs=scenario.landscape.crs,
        starts_on=scenario.starts_on(year),
        ends_on=scenario.ends_on(year),
        utc_offset_min=survey.utc_offset_min,
        # Where a table of sessions says it, so that effort intervals part into the same occasions.
        covariates={"occasion_days": str(survey.occasion_days)},
    )


def _habitat_mask(habitat: StateSpace) -> HabitatMask:
    table = "x,y\n" + "".join(f"{x:.0f},{y:.0f}\n" for x, y in habitat.xy_m)
    return HabitatMask(
        session=None,
        xy=habitat.xy_m,
        cell_area_m2=habitat.cell_area_m2,
        covariates={},
        sha256=sha256_of_bytes(table.encode()),
    )
