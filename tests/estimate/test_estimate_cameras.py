"""Working cameras from effort by slot."""

import datetime as dt
from dataclasses import replace

import pytest

from pardine.estimate.cameras import working_cameras
from pardine.observe.effort import EffortInterval, occasion_edges, usage_from_intervals
from pardine.observe.session import Session
from pardine.observe.station import Station

START, END = dt.date(2024, 3, 1), dt.date(2024, 3, 20)


def interval(station, slot, first, last, state="working"):
    begins = dt.datetime(2024, 3, 1)
    return EffortInterval(
        session="A",
        station=station,
        slot=slot,
        starts=begins + dt.timedelta(days=first),
        ends=begins + dt.timedelta(days=last),
        state=state,
    )


EFFORT = [
    interval("one", "A", 0, 20),
    interval("one", "B", 0, 20),
    interval("one", "B", 10, 20, "dead"),
    interval("two", "A", 0, 10),
    interval("two", "B", 5, 10),
]


def stations(effort, n_days=10):
    usage = usage_from_intervals(effort, ["one", "two"], occasion_edges(START, END, n_days))
    return [
        Station(session="A", code=code, x=0.0, y=0.0, usage_station_days=tuple(row))
        for code, row in zip(("one", "two"), usage.tolist(), strict=True)
    ]


def test_cameras_by_station_and_occasion():
    session = Session(code="A", n_occasions=2, starts_on=START, ends_on=END)
    found = working_cameras(session, stations(EFFORT), EFFORT)
    assert list(found) == ["ncameras_1", "ncameras_2"]
    # Occasions change at noon: half a day after the failure belongs to the first occasion.
    assert float(found["ncameras_1"][0]) == pytest.approx((2 * 10 + 0.5) / 10.5, abs=1e-5)
    assert float(found["ncameras_1"][1]) == pytest.approx(1.5)
    assert found["ncameras_2"] == ("1", "")


def test_nothing_where_slots_or_occasions_are_not_told():
    session = Session(code="A", n_occasions=2, starts_on=START, ends_on=END)
    one_slot = [replace(e, slot="") for e in EFFORT]
    assert working_cameras(session, stations(EFFORT), one_slot) == {}
    other = [replace(s, usage_station_days=(1.0, 1.0)) for s in stations(EFFORT)]
    assert working_cameras(session, other, EFFORT) == {}
    assert working_cameras(replace(session, starts_on=None), stations(EFFORT), EFFORT) == {}
