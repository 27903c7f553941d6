"""What a season holds: failures, times, faults and photographs as the scenario says."""

import collections
import datetime as dt
import itertools
from dataclasses import replace

import numpy as np
import pytest

from pardine.exchange.photographs.makernote_reconyx import read_reconyx
from pardine.simulate.season.exif import CameraTags, maker_note
from pardine.simulate.season.passing import draw_passing, trigger_times_s
from pardine.simulate.world.faults import STATES, FaultRates, draw_slot_states
from pardine.simulate.world.scenario import (
    CARD_FAULT_KEYS,
    CardKeys,
    EncounterKeys,
    Scenario,
    StationKeys,
    SurveyKeys,
    VisitorKeys,
)
from pardine.simulate.world.team import draw_card_faults, draw_visit_hours
from pardine.workflows.simulate import draw_season

SCENARIO = Scenario(
    survey=SurveyKeys(days=60, occasion_days=10),
    stations=StationKeys(n=30, spacing_m=3000.0),
    faults=FaultRates(dead_flash_prob=0.3),
    cards=CardKeys(mixed_prob=0.1, copied_prob=0.05, missing_prob=0.05),
)


@pytest.fixture(scope="module")
def season():
    return draw_season(SCENARIO, seed=8)


@pytest.fixture(scope="module")
def year(season):
    return season.years[0]


@pytest.mark.parametrize(
    ("name", "rate", "slots_fail_alone"),
    [("snowed", 0.3, False), ("full", 0.2, True), ("dead", 0.4, True), ("stolen", 0.1, False)],
)
def test_slots_fail_as_often_as_the_rates_say(name, rate, slots_fail_alone):
    none = dict.fromkeys(("snowed_prob", "full_prob", "dead_prob", "stolen_prob"), 0.0)
    rates = FaultRates(**none | {f"{name}_prob": rate})
    rng = np.random.default_rng(1)
    visits = draw_visit_hours(2000, 90, rates, rng)
    failed = (draw_slot_states(visits, 90, rates, rng) == STATES.index(name)).any(axis=2)
    error = 4.0 * np.sqrt(rate * (1.0 - rate) / 2000)
    assert failed.mean(axis=0) == pytest.approx([rate, rate], abs=error)
    assert (failed[:, 0] == failed[:, 1]).all() != slots_fail_alone


def test_a_failure_ends_with_a_visit():
    rates = FaultRates(dead_prob=1.0, snowed_prob=0.0, full_prob=0.0, stolen_prob=0.0)
    rng = np.random.default_rng(2)
    visits = draw_visit_hours(50, 90, rates, rng)
    states = draw_slot_states(visits, 90, rates, rng)
    for station in range(50):
        ends = np.flatnonzero(np.diff((states[station, 0] == STATES.index("dead")).astype(int)) == -1) + 1
        assert set(ends) <= set(visits[station])


def test_the_team_comes_by_day():
    visits = draw_visit_hours(200, 90, FaultRates(), np.random.default_rng(3))
    assert ((visits % 24 >= 9) & (visits % 24 < 17)).all()
    assert (visits[:, 0] < 0).all()
    assert (visits[:, -1] >= 90 * 24).all()
    assert (np.diff(visits, axis=1) > 0).all()


def test_faults_of_cards_are_as_frequent_as_their_keys():
    keys = CardKeys(drift_prob=0.2, offset_prob=0.1, twelve_hours_prob=0.05, mixed_prob=0.0)
    drawn = draw_card_faults((400, 2, 25), keys, np.random.default_rng(4))
    shares = np.bincount(drawn.ravel(), minlength=len(CARD_FAULT_KEYS) + 1) / drawn.size
    expected = np.array([getattr(keys, name) for name in CARD_FAULT_KEYS])
    assert shares[1:] == pytest.approx(expected, abs=0.012)


def test_photographs_lie_within_their_deployment_while_the_camera_works(season, year):
    begins = np.datetime64(SCENARIO.occasion_edges()[0], "s").astype(float)
    states = season.world.years[0].states
    for one, frames in zip(year.deployed, year.frames, strict=True):
        times = np.array([f.true_s for f in frames])
        assert (np.diff(times) > 0).all()
        low, high = (np.datetime64(at, "s").astype(float) for at in (one.starts, one.ends))
        assert ((times >= low) & (times <= high + 10.0)).all()
        for frame in frames:
            if frame.encounter >= 0 and frame.since_s < 5.0:
                hour = int((frame.true_s - frame.since_s - begins) // 3600)
                assert states[one.station, one.slot, min(hour, states.shape[2] - 1)] == 0


def test_every_visit_that_counts_is_recorded_by_a_working_camera(season, year):
    cats = [k for k, e in enumerate(year.encounters) if e.individuals]
    assert cats
    assert all(year.recorded[k] for k in cats)
    n_visits = season.world.years[0].events.count.sum()
    assert len(cats) == n_visits


def test_visitors_come_as_often_as_the_scenario_says():
    keys = VisitorKeys(sika_deer=0.4, people=0.3, stations_differ=0.0)
    scenario = replace(SCENARIO, visitors=keys)
    (one,) = draw_season(scenario, seed=9).years
    counts = collections.Counter(e.species for e in one.encounters)
    station_days = 30 * 60
    for name, rate in (("sika deer", 0.4), ("wild boar", 0.05), ("", 0.10)):
        assert abs(counts[name] - rate * station_days) < 4 * np.sqrt(rate * station_days)
    by_day = [8 <= e.hour % 24 < 17 for e in one.encounters if e.species == "person"]
    assert np.mean(by_day) > 0.8
    by_night = [e.hour % 24 > 19 or e.hour % 24 < 6 for e in one.encounters if e.species == "badger"]
    assert np.mean(by_night) > 0.6  # of ten hours


def test_lost_and_stolen_cards_are_nowhere_and_mixed_ones_elsewhere(season, year):
    (cards,) = season.cards
    lying = {card.deployed for card in cards}
    for number, one in enumerate(year.deployed):
        assert (number in lying) != one.is_lost
    (faults,) = season.faults
    of = {one.code: number for number, one in enumerate(year.deployed)}
    folder = {card.deployed: card.folder for card in cards if not card.path.endswith("/copy")}
    mixed = [f for f in faults if f.kind == "mixed cards"]
    assert mixed
    for fault in mixed:
        first, second = fault.deployments
        assert (folder[of[first]], folder[of[second]]) == (second, first)
    own = [number for number, one in enumerate(year.deployed) if one.fault == "" and number in folder]
    swapped = {of[f.deployments[1]] for f in mixed}
    assert all(folder[n] == year.deployed[n].code for n in own if n not in swapped)


def test_dead_flashes_take_no_photograph_or_a_black_one(year):
    dead = [(o, f) for o, f in zip(year.deployed, year.frames, strict=True) if np.isfinite(o.flash_dies_h)]
    assert dead
    begins = np.datetime64(SCENARIO.occasion_edges()[0], "s").astype(float)
    for one, frames in dead:
        after = [f for f in frames if f.is_night and f.true_s - begins >= one.flash_dies_h * 3600 + 10]
        assert not (one.is_blind and after)
        assert all(f.is_black for f in after)


def test_cubs_walk_with_their_mother(season, year):
    mother_of = {a.code: a.mother for a in season.world.years[0].living}
    groups = [e.individuals for e in year.encounters if len(e.individuals) > 1]
    assert groups
    for first, *others in groups:
        assert not mother_of[first]
        assert all(mother_of[other] == first for other in others)


def test_a_group_passes_in_one_line_and_leaves():
    rng = np.random.default_rng(5)
    for n in (1, 3):
        passing = draw_passing(n, 0.9, 1.0, rng)
        start = [passing.place(0.0, k)[0] * passing.direction for k in range(n)]
        end = [passing.place(passing.lasts_s, k)[0] * passing.direction for k in range(n)]
        assert start == sorted(start, reverse=True)
        assert max(start) < -2.0
        assert min(end) > 2.0
        times = trigger_times_s(passing, 3.0, rng)
        assert times == sorted(times)
        assert all(b - a >= 3.0 for a, b in itertools.pairwise(times))


def test_speed_along_the_way_is_the_walking_speed():
    passing = draw_passing(1, 1.2, 0.0, np.random.default_rng(6))
    x0, _, gone0, walks = passing.place(1.0)
    x1, _, gone1, _ = passing.place(2.0)
    assert abs(x1 - x0) == pytest.approx(1.2)
    assert gone1 - gone0 == pytest.approx(1.2)
    assert walks


def test_the_maker_note_reads_back():
    tags = CameraTags(
        make="TRAILCAM",
        model="RIDGE HD",
        taken=dt.datetime(2025, 4, 11, 13, 5, 7),
        flash=True,
        serial="H012345678",
        label="S01A",
        has_note=True,
        sequence=2,
        of_sequence=3,
        event=70_001,
        temperature_c=-7,
    )
    read = read_reconyx(maker_note(tags))
    assert (read.sequence_number, read.sequence_length, read.event_number) == (2, 3, 70_001)
    assert (read.temperature_c, read.serial, read.label, read.infrared) == (-7.0, "H012345678", "S01A", True)
    assert read.reading.wall_clock == tags.taken
    assert read.reading.certain


def test_bursts_are_as_long_as_the_scenario_says():
    scenario = replace(SCENARIO, encounters=EncounterKeys(burst=5, interval_s=0.5))
    (one,) = draw_season(scenario, seed=10).years
    for frames in one.frames[:10]:
        sizes = collections.Counter(f.event for f in frames if f.encounter >= 0 or f.is_team)
        assert set(sizes.values()) <= {5}
