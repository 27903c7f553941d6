"""Check sheets to effort, usage with causes, windows."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pardine.base.errors import InputError
from pardine.observe.check_sheet import CameraVisit, deployment_code, effort_from_visits
from pardine.observe.effort import STATES, EffortInterval, usage_from_intervals
from pardine.observe.occasion import SHORTFALLS, noon_edges, usage_of
from pardine.observe.window import candidate_windows, choose_window, window_yields

DAY = dt.datetime(2024, 5, 1, 12)


def day(n, hour=12):
    return dt.datetime(2024, 5, 1, hour) + dt.timedelta(days=n)


def visit(n, found=None, **facts):
    return CameraVisit(
        **{
            "session": "1", "station": "S1", "slot": "A", "arrives": day(n), "leaves": day(n), "found": found,
            **facts,
        }
    )  # fmt: skip


def spans(effort):
    return [(i.slot, (i.starts - DAY).days, (i.ends - DAY).days, i.state) for i in effort.intervals]


def test_visits_become_deployments_and_effort():
    effort = effort_from_visits(
        [visit(60, "working", leaves_camera=False), visit(0, serial="H1", card_in="c1"), visit(30, "working")]
    )
    assert spans(effort) == [("A", 0, 30, "working"), ("A", 30, 60, "working")]
    first, _ = effort.deployments
    assert (first.code, first.camera_serial, first.covariates) == ("S1_A_20240501-1200", "H1", {"card": "c1"})
    assert effort.notices == ()


@pytest.mark.parametrize(
    ("facts", "last_day", "expected"),
    [
        ({"found": "dead", "stopped": day(12)}, 20, [("A", 0, 12, "working"), ("A", 12, 30, "dead")]),
        ({"found": "dead"}, 20, [("A", 0, 20, "working"), ("A", 20, 30, "dead")]),
        ({"found": "dead"}, None, [("A", 0, 30, "dead")]),
        ({"found": "full"}, 9, [("A", 0, 9, "working"), ("A", 9, 30, "full")]),
        # A stolen camera took its photographs along; photographs do not tell when one was moved.
        ({"found": "stolen"}, 20, [("A", 0, 30, "stolen")]),
        ({"found": "moved"}, 20, [("A", 0, 30, "moved")]),
        ({"found": None}, None, [("A", 0, 30, "unknown")]),
        # Photographs after the visit (a clock ahead) claim no more than there was.
        ({"found": "dead"}, 99, [("A", 0, 30, "working")]),
    ],
)
def test_failures_take_only_the_effort_that_is_not_proved(facts, last_day, expected):
    first = visit(0)
    last = {} if last_day is None else {deployment_code(first): day(last_day)}
    assert spans(effort_from_visits([first, visit(30, **facts)], last_media=last)) == expected


def test_slot_that_stays_empty_keeps_its_cause():
    effort = effort_from_visits(
        [
            visit(0),
            visit(30, "stolen", leaves_camera=False),
            visit(60, None, serial="H2"),
            visit(90, "working"),
        ]
    )
    assert spans(effort) == [("A", 0, 30, "stolen"), ("A", 30, 60, "stolen"), ("A", 60, 90, "working")]
    assert len(effort.deployments) == 2


def codes(effort):
    return [notice.code for notice in effort.notices]


def test_faults_of_sheets_are_told():
    assert codes(effort_from_visits([visit(0, card_in="c1"), visit(9, "working", card_out="c2")])) == [
        "checksheet.other_card",
        "checksheet.still_standing",
    ]
    late = visit(0, leaves=day(3))
    assert "checksheet.visits_overlap" in codes(effort_from_visits([late, visit(2, "working")]))
    stopped = visit(9, "dead", stopped=day(40))
    assert "checksheet.stopped_outside" in codes(effort_from_visits([visit(0), stopped]))
    assert "checksheet.stop_unknown" in codes(effort_from_visits([visit(0), visit(9, "dead")]))


def interval(first, last, state="working", slot="A", station="S1"):
    return EffortInterval(
        session="1", station=station, slot=slot, starts=day(first), ends=day(last), state=state
    )


intervals = st.lists(
    st.builds(
        lambda first, length, state, slot, station: interval(first, first + length, state, slot, station),
        st.integers(-3, 20),
        st.integers(1, 15),
        st.sampled_from(STATES),
        st.sampled_from(["A", "B", ""]),
        st.sampled_from(["S1", "S2"]),
    ),
    max_size=10,
)


@given(intervals, st.integers(1, 6))
def test_usage_agrees_with_effort_and_adds_up(rows, occasion_days):
    edges = noon_edges(dt.date(2024, 5, 1), 14, occasion_days)
    usage = usage_of(rows, ["S1", "S2"], edges)
    np.testing.assert_allclose(usage.station_days, usage_from_intervals(rows, ["S1", "S2"], edges))
    whole = usage.station_days + usage.shortfall_days.sum(axis=2)
    np.testing.assert_allclose(whole, np.broadcast_to(usage.lengths_days, whole.shape))
    assert (usage.fraction >= 0).all() and (usage.fraction <= 1 + 1e-12).all()
    assert (np.nan_to_num(usage.both_sides_days) <= usage.station_days + 1e-12).all()


def test_each_shortfall_has_its_cause():
    rows = [
        interval(0, 4),
        interval(4, 10, "dead"),
        interval(0, 6, slot="B"),
        interval(6, 10, "snowed", slot="B"),
    ]
    usage = usage_of(rows, ["S1"], noon_edges(dt.date(2024, 5, 1), 12, 12))
    assert usage.station_days[0, 0] == 6
    assert usage.both_sides_days[0, 0] == 4
    short = dict(zip(SHORTFALLS, usage.shortfall_days[0, 0], strict=True))
    assert {cause: days for cause, days in short.items() if days} == {"dead": 2, "snowed": 2, "no record": 2}
    assert usage.fraction[0, 0] == 0.5
    assert usage.main_cause() == [["dead"]]


def test_sides_are_not_known_where_slots_are_not_told():
    usage = usage_of([interval(0, 5, slot="")], ["S1"], noon_edges(dt.date(2024, 5, 1), 5, 5))
    assert usage.station_days[0, 0] == 5
    assert np.isnan(usage.both_sides_days[0, 0])
    assert usage.main_cause() == [[None]]


def test_window_needs_a_reason_and_long_ones_are_warned_of():
    window, notices = choose_window(dt.date(2024, 5, 1), reason="before the leaves fall")
    assert (window.n_days, window.edges, notices) == (90, (DAY, day(90)), ())
    _, notices = choose_window(dt.date(2024, 5, 1), reason="all there is", n_days=150)
    assert [n.code for n in notices] == ["clock.window_long"]
    with pytest.raises(InputError, match="without_reason"):
        choose_window(dt.date(2024, 5, 1), reason=" ")
    with pytest.raises(InputError, match="too_short"):
        choose_window(dt.date(2024, 5, 1), reason="x", n_days=0)


def test_sensitivity_counts_animals_and_effort_of_each_window():
    windows = candidate_windows(
        dt.date(2024, 5, 1), dt.date(2024, 5, 21), lengths_days=(10, 20), step_days=10
    )
    assert [(w.day, n) for w, n in windows] == [(1, 10), (11, 10), (1, 20)]
    yields = window_yields(
        windows,
        animal=np.array([0, 0, 1, -1]),
        station=np.array([0, 1, 0, 0]),
        clocks=np.array([day(1), day(12), day(15), day(2)], dtype="datetime64[s]"),
        intervals=[interval(0, 15), interval(0, 20, slot="B"), interval(5, 20, station="S2")],
        stations=["S1", "S2"],
    )
    assert [(y.n_animals, y.n_detections, y.n_recaptured, y.n_moved) for y in yields] == [
        (1, 1, 0, 0), (2, 2, 0, 0), (2, 3, 1, 1),
    ]  # fmt: skip
    assert [y.station_days for y in yields] == [15, 20, 35]
    assert yields[2].both_sides_days == 15
