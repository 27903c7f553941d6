"""Who came by each station and when: leopards, other animals, people, and nobody at all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pardine.base.randomness import stream
from pardine.simulate.world.landscape import distance_to_lines_m
from pardine.simulate.world.scenario import VisitorKeys
from pardine.simulate.world.sun import sunrise_and_sunset_h
from pardine.simulate.world.visits import activity_by_hour
from pardine.simulate.world.world import World, WorldYear, visits_of_year

Kind = Literal["animal", "human", "blank"]

SCIENTIFIC_NAMES = {
    "leopard": "Panthera pardus",
    "snow leopard": "Panthera uncia",
    "tiger": "Panthera tigris",
    "sika deer": "Cervus nippon",
    "roe deer": "Capreolus pygargus",
    "wild boar": "Sus scrofa",
    "badger": "Meles leucurus",
    "raccoon dog": "Nyctereutes procyonoides",
    "hare": "Lepus timidus",
    "pheasant": "Phasianus colchicus",
    "person": "Homo sapiens",
}


@dataclass(frozen=True, kw_only=True)
class _Visitor:
    """How visitors of a kind come; assumed."""

    kind: Kind
    species: str
    activity: str
    more_in_group: float
    speed_m_s: float


_VISITORS: dict[str, _Visitor] = {
    "sika_deer": _Visitor(kind="animal", species="sika deer", activity="crepuscular", more_in_group=0.9,
                          speed_m_s=1.0),
    "roe_deer": _Visitor(kind="animal", species="roe deer", activity="crepuscular", more_in_group=0.3,
                         speed_m_s=1.0),
    "wild_boar": _Visitor(kind="animal", species="wild boar", activity="nocturnal", more_in_group=1.5,
                          speed_m_s=1.0),
    "badger": _Visitor(kind="animal", species="badger", activity="nocturnal", more_in_group=0.0,
                       speed_m_s=0.7),
    "raccoon_dog": _Visitor(kind="animal", species="raccoon dog", activity="nocturnal", more_in_group=0.3,
                            speed_m_s=0.7),
    "hare": _Visitor(kind="animal", species="hare", activity="nocturnal", more_in_group=0.0, speed_m_s=1.0),
    "pheasant": _Visitor(kind="animal", species="pheasant", activity="diurnal", more_in_group=0.4,
                         speed_m_s=0.5),
    "people": _Visitor(kind="human", species="person", activity="diurnal", more_in_group=0.6, speed_m_s=1.2),
    "blank": _Visitor(kind="blank", species="", activity="diurnal", more_in_group=0.0, speed_m_s=1.0),
}  # fmt: skip

# Within about this distance of a road people come four times as often.
_NEAR_ROAD_M, _MORE_NEAR_ROADS = 1000.0, 3.0


@dataclass(frozen=True, kw_only=True)
class Encounter:
    """One visit to one station.

    Attributes
    ----------
    code
        Year, station and number.
    station
        Its number.
    hour
        From the beginning of the session.
    kind, species
        What came; no species where nothing did.
    individuals
        Codes of cats, each in the order in which they walk; empty for all others.
    n
        How many came.
    speed_m_s
        Walking speed.
    """

    code: str
    station: int
    hour: float
    kind: Kind
    species: str
    individuals: tuple[str, ...]
    n: int
    speed_m_s: float


def draw_encounters(world: World, year: WorldYear) -> list[Encounter]:
    """Every encounter of a year, by station and time, whether or not a camera records it."""
    drawn = [*_of_cats(world, year), *_of_visitors(world, year)]
    drawn.sort(key=lambda each: (each[0], each[1]))
    return [
        Encounter(
            code=f"{year.year + 1}-{world.station_codes[station]}-{number:04d}",
            station=station,
            hour=hour,
            kind=kind,
            species=species,
            individuals=individuals,
            n=n,
            speed_m_s=speed,
        )
        for number, (station, hour, kind, species, individuals, n, speed) in enumerate(drawn)
    ]


_Drawn = tuple[int, float, Kind, str, tuple[str, ...], int, float]


def _of_cats(world: World, year: WorldYear) -> Iterable[_Drawn]:
    """Visits of independent animals, mothers with those of their cubs that are seen."""
    scenario = world.scenario
    rng = stream(world.seed, "company of visits", year.year)
    visits = visits_of_year(world, year)
    cubs: dict[str, list[str]] = {}
    for animal in year.living:
        if animal.mother:
            cubs.setdefault(animal.mother, []).append(animal.code)
    for row, station, hour in zip(visits.animal, visits.station, visits.hour, strict=True):
        code = year.animals[int(row)].code
        own = cubs.get(code, [])
        seen = rng.random(len(own)) < scenario.records.cub_seen_prob
        company = tuple(cub for cub, is_seen in zip(own, seen, strict=True) if is_seen)
        speed = scenario.encounters.speed_m_s * float(np.exp(rng.normal(0.0, 0.25)))
        yield (
            int(station), float(hour), "animal", scenario.animals.species, (code, *company),
            1 + len(company), speed,
        )  # fmt: skip


def _of_visitors(world: World, year: WorldYear) -> Iterable[_Drawn]:
    scenario = world.scenario
    days = scenario.survey.days
    rises, sets = sunrise_and_sunset_h(
        scenario.starts_on(year.year), scenario.survey.utc_offset_min, scenario.landscape.middle_lon_lat
    )
    weights = _rates_of_stations(world)
    for declared in fields(VisitorKeys):
        if declared.name not in _VISITORS:
            continue
        visitor = _VISITORS[declared.name]
        rng = stream(world.seed, f"visits of {declared.name}", year.year)
        rate = getattr(scenario.visitors, declared.name) * weights[declared.name]
        cumulative = np.cumsum(activity_by_hour(visitor.activity, rises, sets))
        for station, n in enumerate(rng.poisson(rate * days)):
            hour_of_day = np.searchsorted(cumulative, rng.random(n) * cumulative[-1], side="right")
            hours = rng.integers(0, days, n) * 24 + np.minimum(hour_of_day, 23) + rng.random(n)
            in_group = 1 + rng.poisson(visitor.more_in_group, n)
            speeds = visitor.speed_m_s * np.exp(rng.normal(0.0, 0.25, n))
            for hour, size, speed in zip(hours, in_group, speeds, strict=True):
                size = int(size) if visitor.kind != "blank" else 0
                yield station, float(hour), visitor.kind, visitor.species, (), size, float(speed)


def _rates_of_stations(world: World) -> dict[str, NDArray[np.float64]]:
    """(J,) factor of each station for each kind of visitor; the same in all years."""
    strip, spread = world.scenario.landscape, world.scenario.visitors.stations_differ
    n = world.scenario.stations.n
    weights = {}
    for name in _VISITORS:
        log = stream(world.seed, f"stations of {name}").normal(0.0, spread, n) - spread**2 / 2.0
        weights[name] = np.exp(log)
    road_m = distance_to_lines_m(world.xy_m, strip.roads_m(world.seed))
    weights["people"] = weights["people"] * (1.0 + _MORE_NEAR_ROADS * np.exp(-road_m / _NEAR_ROAD_M))
    return weights
