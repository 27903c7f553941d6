"""Moving animals: the kernels against plain twins, home ranges, and what stations see of them."""

import numpy as np
import pytest

from pardine.simulate.world.faults import first_hours
from pardine.simulate.world.movement import draw_path, find_passages, gait, walk
from pardine.simulate.world.scenario import AnimalKeys, MovementKeys, Scenario, StationKeys
from pardine.simulate.world.visits import activity_by_hour
from pardine.simulate.world.world import draw_world, history_of_year, visits_of_year

EVEN = np.ones(24)


def way(**changes):
    keys = {"return_days": 2.0, "persistence_h": 2.0, "step_min": 30, "activity_by_hour": EVEN} | changes
    return gait(**keys)


def plain_walk(start, noise, hour, carry, shake):
    path = [start[:, 0]]
    state = start.copy()
    for step in range(len(noise)):
        state = np.array(
            [carry[hour[step]] @ state[axis] + shake[hour[step]] @ noise[step, axis] for axis in (0, 1)]
        )
        path.append(state[:, 0])
    return np.array(path)


def plain_passages(path, xy, reach):
    found = []
    for j, place in enumerate(xy):
        inside = False
        for step in range(len(path) - 1):
            way_m, off = path[step + 1] - path[step], place - path[step]
            share = np.clip(off @ way_m / (way_m @ way_m), 0.0, 1.0) if way_m.any() else 0.0
            near = np.linalg.norm(off - share * way_m) <= reach
            if near and not inside:
                found.append((j, step + share))
            inside = near
    return np.array(found).reshape(-1, 2)


def test_walking_is_that_of_the_plain_twin():
    rng = np.random.default_rng(1)
    one = way(activity_by_hour=activity_by_hour("nocturnal", 6.0, 18.0))
    noise, hour = rng.standard_normal((200, 2, 2)), np.arange(200) // 2 % 24
    start = rng.standard_normal((2, 2))
    fast = walk(start, noise, hour, one.carry, one.shake)
    np.testing.assert_allclose(fast, plain_walk(start, noise, hour, one.carry, one.shake), atol=1e-12)


def test_passages_are_those_of_the_plain_twin():
    rng = np.random.default_rng(2)
    path = rng.uniform(-15, 15, (200, 2))
    xy = rng.uniform(-15, 15, (25, 2))
    np.testing.assert_allclose(find_passages(path, xy, 0.8), plain_passages(path, xy, 0.8))
    assert len(find_passages(path, xy, 0.8)) > 16  # the table grew
    assert find_passages(path, np.full((1, 2), 1e6), 1.0).shape == (0, 2)


def test_in_the_long_run_the_home_range_is_normal_with_sigma():
    path = draw_path(way(return_days=0.5), 24 * 1500, 3000.0, np.random.default_rng(3))
    assert path.std(axis=0) == pytest.approx([3000.0, 3000.0], rel=0.08)
    assert np.abs(path.mean(axis=0)).max() < 400.0
    share_within = (np.hypot(*path.T) < 2.448 * 3000.0).mean()  # 95 % of a normal home range
    assert share_within == pytest.approx(0.95, abs=0.02)


def test_animals_walk_at_the_hours_of_their_activity():
    by_hour = activity_by_hour("nocturnal", 6.0, 18.0)
    path = draw_path(way(activity_by_hour=by_hour), 24 * 200, 3000.0, np.random.default_rng(4))
    steps = np.linalg.norm(np.diff(path, axis=0), axis=1).reshape(200, 24, 2).mean(axis=(0, 2))
    assert np.corrcoef(steps, by_hour)[0, 1] > 0.95
    assert steps[[23, 0, 1]].mean() > 4 * steps[[11, 12, 13]].mean()


def test_visits_of_moving_animals_fall_while_a_camera_works():
    scenario = Scenario(
        movement=MovementKeys(kind="moving"), animals=AnimalKeys(n_animals=25), stations=StationKeys(n=40)
    )
    world = draw_world(scenario, seed=5)
    (year,) = world.years
    visits = visits_of_year(world, year)
    assert visits.animal.size > 20
    works = year.states[visits.station, :, visits.hour.astype(int)] == 0
    assert works.any(axis=1).all()
    history = history_of_year(world, year)
    assert history.n_detections == visits.animal.size
    assert (year.usage_station_days[year.events.detector, year.events.occasion] > 0).all()


def test_moments_of_drawn_visits_follow_working_hours_and_activity():
    scenario = Scenario(animals=AnimalKeys(n_animals=600), movement=MovementKeys(activity="nocturnal"))
    world = draw_world(scenario, seed=6)
    (year,) = world.years
    visits = visits_of_year(world, year)
    hours = visits.hour.astype(int)
    assert (year.states[visits.station, :, hours] == 0).any(axis=1).all()
    edges = first_hours(scenario.occasion_edges())
    counted = np.zeros((600, 40, 9), dtype=int)
    np.add.at(counted, (visits.animal, visits.station, np.searchsorted(edges, hours, "right") - 1), 1)
    drawn = np.zeros_like(counted)
    drawn[year.events.animal, year.events.detector, year.events.occasion] = year.events.count
    np.testing.assert_array_equal(counted, drawn)
    night = ((hours % 24 >= 21) | (hours % 24 < 4)).mean()
    assert night > 0.6


def test_males_range_farther_where_the_scenario_says_so():
    keys = MovementKeys(sigma_m=2000.0, sigma_male_ratio=2.0, lambda0_male_ratio=0.5)
    world = draw_world(Scenario(animals=AnimalKeys(n_animals=1500), movement=keys), seed=7)
    (year,) = world.years
    distance = {"F": [], "M": []}
    for row, detector in zip(year.events.animal, year.events.detector, strict=True):
        animal = year.animals[row]
        distance[animal.sex].append(np.hypot(*(world.xy_m[detector] - (animal.x_m, animal.y_m))))
    # Detections lie around the centre as the hazard times the even spread of stations: root mean square
    # distance sigma times the root of two.
    rms = {sex: np.sqrt(np.mean(np.square(own))) / np.sqrt(2.0) for sex, own in distance.items()}
    assert rms["F"] == pytest.approx(2000.0, rel=0.1)
    assert rms["M"] == pytest.approx(4000.0, rel=0.1)
