"""Effort: intervals with a cause become station-days."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pardine.observe.effort import STATES, EffortInterval, occasion_edges, occasion_of, usage_from_intervals

DAY0 = dt.datetime(2024, 1, 10)


def interval(start_day, end_day, state="working", slot="", station="A1"):
    return EffortInterval(
        session="s",
        station=station,
        slot=slot,
        state=state,
        starts=DAY0 + dt.timedelta(days=start_day),
        ends=DAY0 + dt.timedelta(days=end_day),
    )


def usage(intervals, edges=(DAY0, DAY0 + dt.timedelta(days=10))):
    return usage_from_intervals(intervals, ["A1"], edges)[0]


def test_whole_session_is_one_occasion_by_default():
    edges = occasion_edges(dt.date(2024, 1, 10), dt.date(2024, 1, 19))
    assert edges == (DAY0, DAY0 + dt.timedelta(days=10))


def test_occasions_change_at_noon_and_the_last_may_be_shorter():
    edges = occasion_edges(dt.date(2024, 1, 10), dt.date(2024, 1, 19), 4)
    assert edges == (
        DAY0,
        dt.datetime(2024, 1, 14, 12),
        dt.datetime(2024, 1, 18, 12),
        dt.datetime(2024, 1, 20),
    )


def test_a_night_belongs_to_one_occasion():
    edges = occasion_edges(dt.date(2024, 1, 10), dt.date(2024, 1, 19), 4)
    assert occasion_of(dt.datetime(2024, 1, 14, 2), edges) == 1
    assert occasion_of(dt.datetime(2024, 1, 14, 23), edges) == 2
    assert occasion_of(dt.datetime(2024, 1, 15, 4), edges) == 2
    assert occasion_of(dt.datetime(2024, 1, 20), edges) is None


@pytest.mark.parametrize(("last", "days"), [(dt.date(2024, 1, 9), None), (dt.date(2024, 1, 19), 0)])
def test_impossible_sessions_are_a_programmers_mistake(last, days):
    with pytest.raises(ValueError, match=r"session ends|at least one day"):
        occasion_edges(dt.date(2024, 1, 10), last, days)


def test_two_slots_at_once_count_once():
    assert usage([interval(0, 6, slot="A"), interval(2, 8, slot="B")]) == [8.0]


def test_a_station_works_while_one_slot_works():
    intervals = [interval(0, 10, slot="A"), interval(0, 10, slot="B"), interval(3, 10, "stolen", slot="A")]
    assert usage(intervals) == [10.0]


def test_a_failure_takes_away_from_its_slot():
    assert usage([interval(0, 10, slot="A"), interval(3, 5, "dead", slot="A")]) == [8.0]


def test_a_failure_without_a_slot_stops_the_whole_station():
    intervals = [interval(0, 10, slot="A"), interval(0, 10, slot="B"), interval(4, 9, "burnt")]
    assert usage(intervals) == [5.0]


def test_station_without_intervals_has_no_effort():
    assert np.all(usage_from_intervals([], ["A1", "A2"], [DAY0, DAY0 + dt.timedelta(days=1)]) == 0.0)


def test_time_outside_the_session_is_cut_off():
    assert usage([interval(-5, 2), interval(9, 30)]) == [3.0]


spans = st.tuples(
    st.integers(-48, 300), st.integers(1, 200), st.sampled_from(STATES), st.sampled_from(["", "A", "B"])
)


@given(st.lists(spans, max_size=12), st.integers(1, 10))
def test_usage_equals_an_hour_by_hour_count(rows, occasion_days):
    """The plain slow twin: ask for each hour of the session whether a slot works."""
    intervals = [interval(a / 24, (a + n) / 24, state, slot) for a, n, state, slot in rows]
    edges = occasion_edges(DAY0.date(), DAY0.date() + dt.timedelta(days=9), occasion_days)
    hours = np.zeros(len(edges) - 1)
    for hour in range(240):
        moment = DAY0 + dt.timedelta(hours=hour, minutes=30)
        current = [i for i in intervals if i.starts <= moment < i.ends]
        works = {i.slot for i in current if i.state == "working"}
        fails = {i.slot for i in current if i.state != "working"}
        if works - fails and "" not in fails:
            hours[occasion_of(moment, edges) - 1] += 1
    assert usage_from_intervals(intervals, ["A1"], edges)[0] == pytest.approx(hours / 24)
