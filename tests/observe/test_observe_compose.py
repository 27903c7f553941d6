"""Sessions put together: effort from every source, windows chosen by effort, independent detections."""

import datetime as dt
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pardine.base.errors import AnalysisError
from pardine.observe.compose import FieldRecords, SessionPlan, compose_session, default_window
from pardine.observe.deployment import Deployment
from pardine.observe.detections import NamedSighting, independent_detections, of_species
from pardine.observe.effort import EffortInterval, usage_from_intervals
from pardine.observe.occasion import noon_edges, settled_intervals, usage_of
from pardine.observe.slot_effort import slot_effort, station_days_by_day
from pardine.observe.window import SessionWindow

DAY = dt.datetime(2026, 5, 1)
STATES = ("working", "dead", "stolen")


def interval(station, slot, start_h, hours, state="working"):
    starts = DAY + dt.timedelta(hours=start_h)
    return EffortInterval(
        session="", station=station, slot=slot, state=state,
        starts=starts, ends=starts + dt.timedelta(hours=hours),
    )  # fmt: skip


INTERVALS = st.lists(
    st.builds(
        interval,
        st.sampled_from(["K1", "K2"]),
        st.sampled_from(["A", "B", ""]),
        st.integers(0, 300),
        st.integers(1, 200),
        st.sampled_from(STATES),
    ),
    min_size=1,
    max_size=8,
)


@given(INTERVALS)
@settings(max_examples=60, deadline=None)
def test_settling_rows_changes_no_usage_and_leaves_no_overlap(intervals):
    edges = noon_edges(DAY.date(), 12, 5)
    settled = settled_intervals(intervals, "s", edges)
    before, after = usage_of(intervals, ["K1", "K2"], edges), usage_of(settled, ["K1", "K2"], edges)
    np.testing.assert_allclose(after.station_days, before.station_days, atol=1e-9)
    np.testing.assert_allclose(after.shortfall_days, before.shortfall_days, atol=1e-9)
    assert len({(i.station, i.slot, i.starts) for i in settled}) == len(settled)
    for one, other in itertools.pairwise(settled):
        if (one.station, one.slot) == (other.station, other.slot):
            assert one.ends <= other.starts


@given(INTERVALS)
@settings(max_examples=60, deadline=None)
def test_station_days_by_day_are_the_usage_of_each_day(intervals):
    first, days = station_days_by_day(intervals)
    if days.size:
        edges = noon_edges(first, int(days.size), 1)
        np.testing.assert_allclose(
            days, usage_from_intervals(intervals, ["K1", "K2"], edges).sum(axis=0), atol=1e-9
        )
        assert days.sum() == pytest.approx(
            usage_from_intervals(intervals, ["K1", "K2"], [DAY, DAY + dt.timedelta(days=60)]).sum()
        )


def records(deployments=(), told=(), sightings=(), **facts):
    effort = slot_effort(deployments, told, utc_offset_min=facts.get("utc_offset_min"))
    return FieldRecords(deployments=tuple(deployments), effort=effort, sightings=tuple(sightings), **facts)


def camera(code, station, start_day, n_days, **facts):
    starts = DAY + dt.timedelta(days=start_day, hours=12)
    place = {"x": 131.0, "y": 43.0, **facts}
    return Deployment(
        code=code, station=station, starts=starts, ends=starts + dt.timedelta(days=n_days), **place
    )


def test_the_default_window_holds_the_most_effort_and_the_earliest_of_alike():
    few = [camera("a", "K1", 0, 200), camera("b", "K2", 60, 50)]
    first, n_days, share = default_window(records(few))
    # Every window that holds all of b has as much; the earliest begins 20 days after a did.
    assert (first, n_days) == (dt.date(2026, 5, 21), 90)
    assert share == pytest.approx(140 / 250)
    assert default_window(records([camera("a", "K1", 0, 30)]))[1:] == (30, 1.0)
    with pytest.raises(AnalysisError) as caught:
        default_window(records([Deployment(code="x", station="K1")]))
    assert caught.value.code == "session.no_effort"


def test_what_tables_tell_holds_and_the_rest_is_assumed_and_told():
    deployments = [camera("told", "K1", 0, 10, slot="A"), camera("silent", "K2", 0, 10),
                   Deployment(code="undated", station="K3")]  # fmt: skip
    effort = slot_effort(deployments, [interval("K1", "A", 12, 48, "dead")])
    assert (effort.assumed, effort.undated) == (("silent",), ("undated",))
    assert [i.state for i in effort.intervals] == ["dead", "working"]


def test_deployments_of_another_offset_are_moved_to_that_of_the_session():
    one = camera("a", "K1", 0, 10, utc_offset_min=480)
    (moved,) = slot_effort([one], [], utc_offset_min=600).intervals
    assert moved.starts - one.starts == dt.timedelta(hours=2)


def seen(animal, station, minutes, **facts):
    at = None if minutes is None else DAY + dt.timedelta(days=1, minutes=minutes)
    return NamedSighting(
        individual=animal, species=facts.pop("species", "P. u."), station=station, at=at, **facts
    )


def test_animals_of_one_encounter_count_each_and_again_after_half_an_hour():
    sightings = [seen("F1", "K1", 0), seen("F2", "K1", 1), seen("F1", "K1", 4), seen("F1", "K1", 29),
                 seen("F1", "K1", 45), seen("F1", "K2", 2)]  # fmt: skip
    detections, notices = independent_detections(sightings)
    found = sorted(
        (d.individual, d.station, (d.at - DAY - dt.timedelta(days=1)).seconds // 60) for d in detections
    )
    # 29 minutes later is not independent; 45 minutes after the one that counted is.
    assert found == [("F1", "K1", 0), ("F1", "K1", 45), ("F1", "K2", 2), ("F2", "K1", 0)]
    assert notices == ()


def test_a_person_is_heard_before_a_machine_and_people_who_differ_are_told():
    file = {"media": "m1", "by": "x"}
    heard, _ = independent_detections(
        [
            seen("F1", "K1", 0, **file, method="human"),
            seen("F9", "K1", 0, media="m1", by="net", method="machine"),
        ]
    )
    assert [d.individual for d in heard] == ["F1"]
    both, notices = independent_detections(
        [seen("F1", "K1", 0, **file, method="human"), seen("F2", "K1", 0, media="m1", by="y", method="human")]
    )
    assert {d.individual for d in both} == {"F1", "F2"}
    assert [n.code for n in notices] == ["session.names_differ"]


def test_sightings_without_a_time_are_told_and_not_used():
    detections, (notice,) = independent_detections([seen("F1", "K1", None), seen("F1", "K1", 3)])
    assert len(detections) == 1
    assert (notice.code, notice.fields["n"]) == ("session.sightings_undated", 1)


def test_a_species_is_the_named_one_and_animals_that_are_known_as_it():
    sightings = [seen("F1", "K1", 0), seen("F1", "K1", 1, species=""), seen("T", "K1", 2, species="P. t."),
                 seen("T", "K1", 3, species=""), seen("?", "K1", 4, species="")]  # fmt: skip
    assert [s.individual for s in of_species(sightings, "p. U.")] == ["F1", "F1", "?"]


def plan(**facts):
    window = SessionWindow(first_noon=DAY.date(), n_days=10, reason="test")
    return SessionPlan(code="s", species="P. u.", window=window, **facts)


def test_detections_without_effort_or_window_are_left_out_and_told():
    deployments = [camera("a", "K1", 0, 10), camera("b", "K2", 5, 5, x=131.1)]
    sightings = [seen("F1", "K1", 600), seen("F1", "K2", 600), seen("F1", "K1", 60 * 24 * 30)]
    made = compose_session(records(deployments, sightings=sightings), plan())
    assert [(c.individual, c.station) for c in made.survey.captures] == [("F1", "K1")]
    codes = {n.code for n in made.notices}
    assert {"session.detections_without_effort", "session.outside_window", "session.effort_assumed"} <= codes
    usage = {s.code: s.usage_station_days for s in made.survey.stations}
    assert usage == {"K1": (1.0,) * 10, "K2": (0.0,) * 5 + (1.0,) * 5}


def test_stations_need_places_that_can_be_one():
    nowhere = Deployment(code="a", station="K1", starts=DAY, ends=DAY + dt.timedelta(days=9))
    with pytest.raises(AnalysisError) as caught:
        compose_session(records([nowhere]), plan())
    assert caught.value.code == "session.stations_without_place"
    made = compose_session(records([nowhere], places={"K1": (500.0, 700.0, "local")}), plan())
    assert (made.survey.stations[0].x, made.survey.sessions[0].crs) == (500.0, "local")
    far = [camera("a", "K1", 0, 9), camera("b", "K1", 0, 9, y=43.1, slot="B")]
    with pytest.raises(AnalysisError) as caught:
        compose_session(records(far), plan())
    assert caught.value.code == "session.places_apart"
    near = [camera("a", "K1", 0, 9), camera("b", "K1", 0, 9, y=43.002, slot="B")]
    assert "session.places_differ" in {n.code for n in compose_session(records(near), plan()).notices}
