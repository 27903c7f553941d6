"""Bursts, encounters, the lag of two clocks, and what sightings say of encounters."""

import csv
import datetime as dt
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pardine.observe.animals_seen import animals_seen
from pardine.observe.burst import find_bursts
from pardine.observe.encounter import encounter_codes, find_encounters, independent_events
from pardine.observe.lag import estimate_lag
from pardine.observe.sighting import Sighting


def seconds(*values):
    return np.array(values, dtype=np.int64).astype("datetime64[s]")


def slow_encounters(station, at_s, ends_s, gap_s):
    """The definition, in plain words: who comes within the gap of any before belongs to them."""
    groups = {}
    for i in np.lexsort((at_s, station)):
        of_station = groups.setdefault(int(station[i]), [])
        if of_station and at_s[i] - max(ends_s[j] for j in of_station[-1]) <= gap_s:
            of_station[-1].append(i)
        else:
            of_station.append([i])
    return {frozenset(map(int, group)) for of_station in groups.values() for group in of_station}


@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3000), st.integers(0, 700)), min_size=1, max_size=40)
)
def test_encounters_equal_the_definition(rows):
    station, at_s, lasts_s = (np.array(column) for column in zip(*rows, strict=True))
    found = find_encounters(station, seconds(*at_s), duration_s=lasts_s.astype(float))
    joined = {frozenset(np.flatnonzero(found.of_media == e).tolist()) for e in range(found.size)}
    assert joined == slow_encounters(station, at_s, at_s + lasts_s, 300)
    assert found.n_media.sum() == len(rows)


def test_gap_of_exactly_five_minutes_joins_and_slots_join():
    found = find_encounters(np.zeros(4, int), seconds(0, 300, 601, 5000), slot=np.array([0, 1, 1, 0]))
    assert found.of_media.tolist() == [0, 0, 1, 2]
    assert found.n_slots.tolist() == [2, 1, 1]
    assert found.ends.astype(int).tolist() == [300, 601, 5000]


def test_media_without_time_or_station_belong_to_no_encounter():
    clocks = np.array(["2024-05-01", "NaT", "2024-05-01"], dtype="datetime64[s]")
    found = find_encounters(np.array([0, 0, -1]), clocks)
    assert found.of_media.tolist() == [0, -1, -1]
    assert find_encounters(np.array([-1]), clocks[:1]).size == 0


def test_encounter_codes_are_unique_and_tell_station_and_moment():
    found = find_encounters(np.array([0, 1]), seconds(0, 0))
    assert encounter_codes(found, ["A1", "B2"]) == ["A1__1970-01-01T00-00-00", "B2__1970-01-01T00-00-00"]


def test_independence_filter_counts_from_the_last_that_counted():
    found = find_encounters(np.zeros(4, int), seconds(0, 1200, 2400, 4300))
    kept = independent_events(found, np.zeros(4, int), gap_min=30)
    assert kept.tolist() == [True, False, True, True]


def test_bursts_follow_the_makers_sequence():
    at = seconds(0, 1, 2, 3, 4, 5)
    bursts = find_bursts(np.zeros(6, int), at, sequence_number=np.array([1, 2, 3, 1, 2, 3]))
    assert bursts.tolist() == [0, 0, 0, 1, 1, 1]


def test_bursts_of_one_second_follow_the_file_numbers():
    sequence, written = np.array([2, 1, 2, 1]), np.array([11, 12, 13, 10])
    bursts = find_bursts(np.zeros(4, int), seconds(7, 7, 7, 7), sequence_number=sequence, file_number=written)
    assert bursts.tolist() == [0, 1, 1, 0]


def test_bursts_without_a_sequence_follow_the_gap_and_never_cross_deployments():
    at = np.array([0, 2, 8, 0], dtype="datetime64[s]")
    assert find_bursts(np.array([0, 0, 0, 1]), at).tolist() == [0, 0, 1, 2]
    lost = np.array(["NaT", "NaT"], dtype="datetime64[s]")
    assert sorted(find_bursts(np.zeros(2, int), lost).tolist()) == [0, 1]


def test_a_million_photographs_in_seconds():
    rng = np.random.default_rng(5)
    n = 1_000_000
    station, at = rng.integers(0, 200, n), rng.integers(0, 365 * 86_400, n).astype("datetime64[s]")
    begun = time.process_time()
    found = find_encounters(station, at, slot=rng.integers(0, 2, n))
    find_bursts(station, at, sequence_number=rng.integers(0, 4, n))
    assert time.process_time() - begun < 15
    assert found.n_media.sum() == n


def visits(rng, n, days=60):
    return np.sort(rng.uniform(0, days * 86_400, n))


@pytest.mark.parametrize("lag_s", [-43_200.0, -65.0, 0.0, 12.0, 3600.0, 86_400.0])
def test_lag_is_found_to_seconds(lag_s):
    rng = np.random.default_rng(7)
    both = visits(rng, 30)
    a = np.concatenate([both + rng.uniform(0, 15, 30), visits(rng, 20)])
    b = np.concatenate([both + lag_s + rng.uniform(0, 15, 30), visits(rng, 20)])
    lag = estimate_lag(a, b)
    assert lag.lag_s == pytest.approx(lag_s, abs=10)
    assert abs(lag.drift_s_per_day) < 0.5
    assert lag.confidence > 0.999
    assert lag.n_shared >= 28


@pytest.mark.parametrize("drift", [-25.0, -4.0, 10.0])
def test_drift_is_found_from_shared_visits(drift):
    rng = np.random.default_rng(8)
    both = visits(rng, 60)
    ahead_s = drift * both / 86_400
    lag = estimate_lag(
        np.concatenate([both, visits(rng, 30)]),
        np.concatenate([both + ahead_s + rng.uniform(-10, 10, 60), visits(rng, 30)]),
    )
    assert lag.drift_s_per_day == pytest.approx(drift, abs=0.3)
    assert np.abs([lag.at(a) - s for a, s in zip(both, ahead_s, strict=True)]).max() < 30


def test_visits_without_relation_give_no_confident_lag():
    confident = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        lag = estimate_lag(visits(rng, 150), visits(rng, 150))
        confident += lag is not None and lag.confidence > 0.999
    assert confident <= 1


def test_daily_pictures_tell_nothing_of_the_other_clock():
    rng = np.random.default_rng(9)
    both = visits(rng, 25)
    noons = np.arange(60) * 86_400.0 + 43_200.0
    lag = estimate_lag(np.concatenate([both, noons]), np.concatenate([both + 900.0, noons + 1.0]))
    assert lag.lag_s == pytest.approx(900.0, abs=5)


def test_daily_passers_by_are_not_taken_for_a_lag_of_a_day():
    rng = np.random.default_rng(10)
    herd = np.arange(60) * 86_400.0 + 30_000.0 + rng.uniform(-900, 900, 60)
    a, b = (herd[rng.random(60) < 0.7] + rng.uniform(0, 10) for _ in range(2))
    assert abs(estimate_lag(a, b).lag_s) < 20


def test_no_lag_without_visits():
    assert estimate_lag(np.array([]), np.array([1.0, 2.0])) is None


def sighting(code, media, **facts):
    return Sighting(code=code, deployment="d", media=media, kind="animal", species="Panthera pardus", **facts)


def test_animals_of_an_encounter_are_the_most_of_one_photograph():
    said = [
        sighting("1", "p1", age_class="cub", by="Ana", method="human"),
        sighting("2", "p1", age_class="cub", by="Ana", method="human"),
        sighting("3", "p2", age_class="cub", by="Ana", method="human"),
        sighting("4", "p2", age_class="adult", count=1, individual="F7", by="Ana", method="human"),
    ]
    (seen,) = animals_seen(said, {"p1": 4, "p2": 4})
    assert {(a.age_class, a.count, a.individuals) for a in seen.animals} == {
        ("cub", 2, ()),
        ("adult", 1, ("F7",)),
    }
    assert not seen.differs


def test_names_raise_the_number_and_people_are_heard_before_machines():
    said = [
        sighting("1", "p1", individual="F7", by="Ana", method="human"),
        sighting("2", "p2", individual="M2", by="Ana", method="human"),
        sighting("3", "p1", count=5, by="detector 5", method="machine"),
    ]
    (seen,) = animals_seen(said, {"p1": 0, "p2": 0})
    assert [(a.count, a.individuals, a.by) for a in seen.animals] == [(2, ("F7", "M2"), "Ana")]


def test_voices_that_differ_are_both_kept():
    said = [
        sighting("1", "p1", count=1, by="Ana", method="human"),
        sighting("2", "p1", count=2, by="Oleg", method="human"),
    ]
    (seen,) = animals_seen(said, {"p1": 0})
    assert seen.differs
    assert [a.by for a in seen.animals] == ["Ana", "Oleg"]


def test_real_photographs_nest_in_the_days_of_their_stations(pamir_data):
    with (pamir_data / "labels.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    stations = sorted({row["station"] for row in rows})
    at = np.array([dt.datetime.fromisoformat(row["filename_time"]) for row in rows], dtype="datetime64[s]")
    station = np.array([stations.index(row["station"]) for row in rows])
    found = find_encounters(station, at)
    days = {}
    for number, row in zip(found.of_media.tolist(), rows, strict=True):
        days.setdefault(number, set()).add(row["encounter"])
    assert len(rows) == 171
    assert all(len(of_encounter) == 1 for of_encounter in days.values())
    assert found.size >= len({row["encounter"] for row in rows}) == 32
