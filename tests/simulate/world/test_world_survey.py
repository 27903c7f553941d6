"""The simulated survey: what an office would bring, and the truth behind it."""

import datetime as dt
import itertools
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pytest

from pardine.base.bulk import local_executor, map_tasks
from pardine.base.place import transform
from pardine.observe.effort import STATES, usage_from_intervals
from pardine.simulate.world.landscape import HillStrip, station_places
from pardine.simulate.world.scenario import AnimalKeys, Scenario, SurveyKeys
from pardine.simulate.world.survey import simulate_survey
from pardine.simulate.world.world import draw_layout

SEEDS = range(30)


@pytest.fixture(scope="module")
def surveys():
    return [simulate_survey(Scenario(), seed=seed) for seed in SEEDS]


def simulate_one(seed):
    return simulate_survey(Scenario(animals=AnimalKeys(n_animals=8)), seed=seed)


def test_the_strip_lies_where_it_is_said_to_lie():
    points = HillStrip().state_space(1000.0).xy_m
    lon_lat = transform(points, "EPSG:32652", "EPSG:4326")
    assert (lon_lat.min(axis=0) >= (130.5, 42.6)).all()
    assert (lon_lat.max(axis=0) <= (131.5, 43.6)).all()
    assert HillStrip().length_m > 100_000.0
    assert len(points) == pytest.approx(HillStrip().length_m / 1000.0 * 29.0, rel=0.02)  # about 29 km wide


def test_forty_stations_stand_four_to_five_km_apart_inside_the_habitat():
    strip = HillStrip()
    places = station_places(strip, 40, 4600.0, np.random.default_rng(1))
    apart = np.linalg.norm(places[:, None] - places[None], axis=2) + np.diag([np.inf] * 40)
    assert apart.min() > 3_900.0
    assert apart.min(axis=1).max() < 5_300.0
    assert strip.contains(places).all()


def test_stations_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="60 stations"):
        station_places(HillStrip(), 60, 4600.0, np.random.default_rng(1))


def test_enough_animals_and_detections_for_a_fair_estimate(surveys):
    detected = np.median([s.truth.n_detected for s in surveys])
    detections = np.median([sum(a.n_detections for a in s.truth.animals) for s in surveys])
    assert 25 <= detected <= 35
    assert 60 <= detections <= 120


def test_truth_agrees_with_the_tables(surveys):
    for simulated in surveys:
        seen = {}
        for capture in simulated.survey.captures:
            if capture.age_class != "cub":
                seen[capture.individual] = seen.get(capture.individual, 0) + capture.count
        truth = {a.code: a.n_detections for a in simulated.truth.animals if a.n_detections}
        assert seen == truth
        assert simulated.truth.n_detected == len(truth)
        area_km2 = len(simulated.survey.masks[0].xy) * simulated.survey.masks[0].cell_area_m2 / 1e6
        assert simulated.truth.region_area_km2 == area_km2
        expected = 100 * simulated.truth.n_animals / area_km2
        assert simulated.truth.realised_density_per_100km2 == pytest.approx(expected)


def test_density_is_that_of_the_scenario_on_average(surveys):
    realised = [s.truth.realised_density_per_100km2 for s in surveys]
    expected = surveys[0].truth.density_per_100km2
    se = np.sqrt(expected * 100 / surveys[0].truth.region_area_km2 / len(realised))
    assert np.mean(realised) == pytest.approx(expected, abs=4 * se)


def test_usage_is_what_the_effort_intervals_say(surveys):
    scenario = Scenario()
    for simulated in surveys[:5]:
        stations = simulated.survey.stations
        codes = [station.code for station in stations]
        from_intervals = usage_from_intervals(simulated.survey.effort, codes, scenario.occasion_edges())
        np.testing.assert_allclose([s.usage_station_days for s in stations], from_intervals, atol=1e-12)


def test_both_slots_are_told_from_the_first_day_to_the_last(surveys):
    for simulated in surveys[:5]:
        by_slot = {}
        for interval in simulated.survey.effort:
            by_slot.setdefault((interval.station, interval.slot), []).append(interval)
        assert len(by_slot) == 80
        for intervals in by_slot.values():
            assert intervals[0].starts == dt.datetime(2025, 11, 15)
            assert intervals[-1].ends == dt.datetime(2025, 11, 15) + dt.timedelta(days=90)
            assert all(a.ends == b.starts for a, b in itertools.pairwise(intervals))


def test_cameras_fail_for_several_causes(surveys):
    states = {interval.state for s in surveys for interval in s.survey.effort}
    assert states == {"working", "snowed", "full", "dead", "stolen", "unknown"}
    assert states <= set(STATES)
    for simulated in surveys:
        lost = 1 - sum(sum(s.usage_station_days) for s in simulated.survey.stations) / (40 * 90)
        assert 0.01 < lost < 0.25


def test_no_capture_where_no_camera_worked(surveys):
    for simulated in surveys:
        usage = {s.code: s.usage_station_days for s in simulated.survey.stations}
        assert all(usage[c.station][c.occasion - 1] > 0 for c in simulated.survey.captures)


def test_cubs_appear_only_with_their_mother(surveys):
    cubs = 0
    for simulated in surveys:
        with_mother = {(c.individual, c.occasion, c.station) for c in simulated.survey.captures}
        mothers = {a.code: a for a in simulated.truth.animals if a.n_cubs}
        assert all((m.sex, m.age_class) == ("F", "adult") for m in mothers.values())
        for capture in simulated.survey.captures:
            if capture.age_class == "cub":
                mother = capture.individual.split("-cub")[0]
                assert (mother, capture.occasion, capture.station) in with_mother
                assert mother in mothers
                cubs += 1
    assert cubs > 0


def test_sex_and_age_are_recorded_for_a_part_and_never_wrongly(surveys):
    known_sex = known_age = n = 0
    for simulated in surveys:
        truth = {a.code: a for a in simulated.truth.animals}
        rows = {c.individual: c for c in simulated.survey.captures if c.age_class != "cub"}
        for code, row in rows.items():
            assert row.sex in (None, truth[code].sex)
            assert row.age_class in (None, truth[code].age_class)
            known_sex += row.sex is not None
            known_age += row.age_class is not None
            n += 1
    assert known_sex / n == pytest.approx(0.8, abs=0.06)
    assert known_age / n == pytest.approx(0.9, abs=0.05)


def test_proximity_survey_counts_at_most_one():
    captures = simulate_survey(Scenario(survey=SurveyKeys(detector_type="proximity")), seed=1).survey.captures
    assert {c.count for c in captures} == {1}


def test_the_same_survey_in_any_number_of_processes():
    inline = [simulate_one(seed) for seed in (1, 2, 3)]
    spawned = map_tasks(simulate_one, [1, 2, 3], make_executor=lambda: local_executor(2))
    assert isinstance(local_executor(2), ProcessPoolExecutor)
    for here, there in zip(inline, spawned, strict=True):
        assert here.truth == there.truth
        assert here.survey.captures == there.survey.captures
        assert here.survey.effort == there.survey.effort


def test_layout_of_a_replicate_stands_alone():
    first, again, other = (draw_layout(Scenario(), seed=1, replicate=r) for r in (0, 0, 1))
    np.testing.assert_array_equal(first[1], again[1])
    assert not np.array_equal(first[1], other[1])


def test_days_that_do_not_divide_into_occasions_are_refused():
    with pytest.raises(ValueError, match="occasion_days"):
        Scenario(survey=SurveyKeys(occasion_days=13))
