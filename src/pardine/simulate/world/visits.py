"""Visits of animals to stations: drawn from the capture-recapture model, or from moving animals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pardine.base.randomness import stream
from pardine.simulate.captures import Events, TrueDetection, draw_events_at
from pardine.simulate.world.activity import activity
from pardine.simulate.world.movement import draw_path, find_passages, gait
from pardine.simulate.world.population import Animal
from pardine.simulate.world.scenario import MovementKeys, Scenario

# Farther than so many sigma no path comes in the life of a simulated animal.
_REACH_SIGMA = 6.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Visits:
    """Visits in which a camera was triggered, sorted by animal, time and station; all of length V.

    Attributes
    ----------
    animal, station : arrays
        Row of the independent animal, number of the station.
    hour : array
        From the beginning of the session.
    """

    animal: NDArray[np.intp]
    station: NDArray[np.intp]
    hour: NDArray[np.float64]


def hazards_per_station_day(
    animals: Sequence[Animal], xy_m: NDArray[np.float64], movement: MovementKeys
) -> NDArray[np.float64]:
    """(N, J) rate at which each animal comes before each station."""
    centres = np.array([(a.x_m, a.y_m) for a in animals]).reshape(-1, 2)
    distance_m = np.sqrt(((centres[:, None, :] - xy_m[None, :, :]) ** 2).sum(axis=2))
    of_female = movement.detection
    hazard = of_female.hazard_per_station_day(distance_m)
    if movement.sexes_differ:
        of_male = TrueDetection(
            detection=of_female.detection,
            at_centre=of_female.at_centre,
            sigma_m=movement.sigma_m * movement.sigma_male_ratio,
        )
        males = np.array([a.sex == "M" for a in animals], dtype=np.bool_)
        rate = of_male.hazard_per_station_day(distance_m[males])
        hazard[males] = movement.lambda0_male_ratio * rate
    return np.asarray(hazard)


def draw_model_events(
    scenario: Scenario,
    animals: Sequence[Animal],
    xy_m: NDArray[np.float64],
    usage_station_days: NDArray[np.float64],
    seed: int,
    *index: int,
) -> Events:
    """Detections of independent animals from the capture-recapture model."""
    hazard = hazards_per_station_day(animals, xy_m, scenario.movement)
    rng = stream(seed, "detections", *index)
    return draw_events_at(hazard, usage_station_days, scenario.survey.detector_type, rng)


def visits_of_events(
    events: Events,
    works: NDArray[np.bool_],
    first_hours: NDArray[np.int64],
    activity_by_hour: NDArray[np.float64],
    rng: np.random.Generator,
) -> Visits:
    """Moments of the visits that events count: while the station works, at hours of the animals.

    Parameters
    ----------
    works : (J, H) array
        Hours in which a station works.
    first_hours : (S + 1,) array
        Of the occasions.
    activity_by_hour : (24,) array
        By local hour.
    """
    n_each = events.count
    animal = np.repeat(events.animal, n_each)
    station = np.repeat(events.detector, n_each)
    chance = rng.random((int(n_each.sum()), 2))
    hour = np.empty(animal.size)
    weight = np.tile(np.maximum(activity_by_hour, 1e-6), works.shape[1] // 24)
    at = 0
    for occasion, j, count in zip(events.occasion, events.detector, n_each, strict=True):
        first, last = first_hours[occasion], first_hours[occasion + 1]
        cumulative = np.cumsum(weight[first:last] * works[j, first:last])
        own = chance[at : at + count]
        which = np.searchsorted(cumulative, own[:, 0] * cumulative[-1], side="right")
        hour[at : at + count] = first + np.minimum(which, last - first - 1) + own[:, 1]
        at += count
    return _sorted(animal, station, hour)


def draw_passages(
    scenario: Scenario,
    animals: Sequence[Animal],
    xy_m: NDArray[np.float64],
    activity_by_hour: NDArray[np.float64],
    seed: int,
    *index: int,
) -> Visits:
    """All passages of moving animals near stations, whether or not a camera works or sees them."""
    movement = scenario.movement
    way = gait(
        return_days=movement.return_days,
        persistence_h=movement.persistence_h,
        step_min=movement.step_min,
        activity_by_hour=activity_by_hour,
    )
    n_hours = 24 * scenario.survey.days
    found: list[tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]] = []
    for i, animal in enumerate(animals):
        sigma_m = movement.sigma_m * (movement.sigma_male_ratio if animal.sex == "M" else 1.0)
        relative_m = xy_m - (animal.x_m, animal.y_m)
        near = np.flatnonzero((np.abs(relative_m) <= _REACH_SIGMA * sigma_m + movement.reach_m).all(axis=1))
        if not near.size:
            continue
        path = draw_path(way, n_hours, sigma_m, stream(seed, "path", *index, i))
        passages = find_passages(path, relative_m[near], movement.reach_m)
        station = near[passages[:, 0].astype(np.intp)]
        found.append((np.full(station.size, i, dtype=np.intp), station, passages[:, 1] * way.step_h))
    if not found:
        nobody = np.zeros(0, dtype=np.intp)
        return Visits(animal=nobody, station=nobody, hour=np.zeros(0))
    animal_rows, station, hour = (np.concatenate(column) for column in zip(*found, strict=True))
    return _sorted(animal_rows, station, hour)


def photographed(
    passages: Visits, states: NDArray[np.int8], photographed_prob: float, rng: np.random.Generator
) -> Visits:
    """The passages that at least one working slot records, each slot by itself."""
    hour = np.minimum(passages.hour.astype(np.int64), states.shape[2] - 1)
    works = states[passages.station, :, hour] == 0
    seen = (works & (rng.random(works.shape) < photographed_prob)).any(axis=1)
    return Visits(animal=passages.animal[seen], station=passages.station[seen], hour=passages.hour[seen])


def events_of_visits(visits: Visits, first_hours: NDArray[np.int64], *, proximity: bool) -> Events:
    """Visits counted by animal, occasion and station."""
    occasion = np.searchsorted(first_hours, visits.hour, side="right") - 1
    occasion = np.minimum(occasion, first_hours.size - 2)
    key = np.column_stack([visits.animal, occasion, visits.station])
    unique, count = np.unique(key, axis=0, return_counts=True)
    animal, of_occasion, detector = unique.T.astype(np.intp) if unique.size else np.zeros((3, 0), np.intp)
    count = np.ones_like(count) if proximity else count
    return Events(animal=animal, occasion=of_occasion, detector=detector, count=count.astype(np.intp))


def activity_by_hour(pattern: str, sunrise_h: float, sunset_h: float) -> NDArray[np.float64]:
    """(24,) activity of each hour over the mean of the day."""
    quarters = (np.arange(24)[:, None] + np.array([0.125, 0.375, 0.625, 0.875])).astype(np.float64)
    by_hour = activity(pattern, quarters, sunrise_h, sunset_h).mean(axis=1)
    return np.asarray(by_hour / by_hour.mean())


def _sorted(animal: NDArray[np.intp], station: NDArray[np.intp], hour: NDArray[np.float64]) -> Visits:
    order = np.lexsort((station, hour, animal))
    return Visits(animal=animal[order], station=station[order], hour=hour[order])
