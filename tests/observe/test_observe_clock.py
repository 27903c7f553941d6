"""Clock corrections: exact inverses, previews, evidence to correction."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pardine.base.errors import InputError
from pardine.observe.clock import (
    ClockCheck,
    ClockCorrection,
    ClockRecord,
    apply_correction,
    exchange_day_and_month,
    instants_utc,
    local_clocks,
    preview_correction,
    undo_correction,
)
from pardine.observe.clock_evidence import (
    correction_from_checks,
    correction_from_partner,
    day_and_month_read_correction,
    day_and_month_set_correction,
    reset_correction,
    twelve_hour_correction,
)

DAY = dt.datetime(2024, 5, 10, 12)
moments = st.datetimes(dt.datetime(2000, 1, 1), dt.datetime(2099, 12, 31)).map(
    lambda m: m.replace(microsecond=0)
)


def clocks(*texts):
    return np.array(texts, dtype="datetime64[s]")


@st.composite
def corrections(draw):
    pivot = draw(moments)
    return ClockCorrection(
        deployment="d",
        kind=draw(st.sampled_from(["offset", "drift", "day and month", "reset", "twelve hours"])),
        offset_s=draw(st.integers(-(10**7), 10**7)),
        drift_s_per_day=draw(st.floats(-30, 30)),
        pivot=pivot,
        applies_until=draw(st.none() | moments),
    )


@given(
    st.lists(corrections(), max_size=4, unique=True), corrections(), st.lists(moments, min_size=1, max_size=9)
)
def test_taking_back_restores_exactly(before, correction, walls):
    record = ClockRecord(deployment="d", utc_offset_min=600)
    for one in before:
        record = apply_correction(record, one)
    if correction in record.corrections:
        return
    wall = np.array(walls, dtype="datetime64[s]")
    there_and_back = undo_correction(apply_correction(record, correction), correction)
    assert there_and_back == record
    assert (instants_utc(wall, there_and_back) == instants_utc(wall, record)).all()


@given(moments)
def test_exchanging_day_and_month_twice_gives_the_first_and_is_that_of_the_calendar(moment):
    wall = np.array([moment], dtype="datetime64[s]")
    once = exchange_day_and_month(wall)
    assert (exchange_day_and_month(once) == wall).all()
    expected = moment.replace(month=moment.day, day=moment.month) if moment.day <= 12 else moment
    assert once[0].astype(object) == expected


def test_correction_in_the_middle_can_be_taken_back():
    record = ClockRecord(deployment="d", utc_offset_min=0)
    hour = ClockCorrection(deployment="d", kind="offset", offset_s=3600)
    swap = day_and_month_read_correction("d")
    record = apply_correction(apply_correction(record, swap), hour)
    assert undo_correction(record, swap).corrections == (hour,)


def test_instants_have_no_zone_names():
    record = ClockRecord(deployment="d", utc_offset_min=600)
    assert instants_utc(clocks("2024-05-10T08:00:00", "NaT"), record)[0] == np.datetime64(
        "2024-05-09T22:00:00"
    )
    with pytest.raises(InputError, match=r"clock\.no_offset"):
        instants_utc(clocks("2024-05-10"), ClockRecord(deployment="d"))


def test_drift_line_through_reference_clocks():
    checks = [
        ClockCheck(wall_clock=DAY, reference_clock=DAY + dt.timedelta(seconds=30)),
        ClockCheck(
            wall_clock=DAY + dt.timedelta(days=60),
            reference_clock=DAY + dt.timedelta(days=60, seconds=30 - 600),
        ),
    ]
    correction = correction_from_checks("d", checks)
    assert correction.kind == "drift"
    assert correction.drift_s_per_day == pytest.approx(-10.0)
    wall = clocks(DAY, DAY + dt.timedelta(days=30), DAY + dt.timedelta(days=60))
    assert (local_clocks(wall, [correction]) - wall).astype(int).tolist() == [30, -270, -570]


def test_one_reference_clock_is_an_offset_and_none_is_refused():
    one = ClockCheck(wall_clock=DAY, reference_clock=DAY - dt.timedelta(minutes=7))
    assert correction_from_checks("d", [one]).offset_s == -420
    with pytest.raises(InputError, match=r"clock\.no_checks"):
        correction_from_checks("d", [])


def test_swaps_and_resets():
    assert local_clocks(
        clocks("2024-05-10T01:30:00"), [twelve_hour_correction("d", camera_is_ahead=False)]
    ) == (np.datetime64("2024-05-10T13:30:00"))
    # Set to 5 April instead of 4 May: a camera runs on from there, so 6 April is 5 May.
    was_set = day_and_month_set_correction("d", shown_at_setting=dt.datetime(2024, 4, 5, 10))
    assert local_clocks(clocks("2024-04-06T10:00:00"), [was_set])[0] == np.datetime64("2024-05-05T10:00:00")
    with pytest.raises(InputError, match=r"clock\.no_swap"):
        day_and_month_set_correction("d", shown_at_setting=dt.datetime(2024, 4, 13))
    reset = reset_correction(
        "d", shown=dt.datetime(2012, 1, 11), true_local=DAY, reset_until=dt.datetime(2013, 1, 1)
    )
    fixed = local_clocks(clocks("2024-05-01", "2012-01-01"), [reset])
    assert fixed.tolist() == [dt.datetime(2024, 5, 1), DAY - dt.timedelta(days=10)]
    with pytest.raises(InputError, match=r"clock\.reset_outside"):
        reset_correction("d", shown=DAY, true_local=DAY, reset_until=dt.datetime(2013, 1, 1))


def test_partner_that_is_right_corrects_the_other():
    correction = correction_from_partner("b", lag_s=120.0, drift_s_per_day=6.0, pivot=DAY)
    wall = clocks(DAY, DAY + dt.timedelta(days=10))
    assert (local_clocks(wall, [correction]) - wall).astype(int).tolist() == [-120, -180]


def test_preview_shows_what_would_change_and_changes_nothing():
    record = ClockRecord(deployment="d", utc_offset_min=600)
    wall = clocks("2024-05-10T20:00:00", "2024-05-11T03:00:00", "NaT")
    correction = twelve_hour_correction("d", camera_is_ahead=True)
    visits = {"starts": dt.datetime(2024, 5, 10, 7, 50), "ends": dt.datetime(2024, 5, 10, 20)}
    preview = preview_correction(record, correction, wall, **visits)
    assert (preview.n_changed, preview.smallest_shift_s, preview.largest_shift_s) == (2, -43_200, -43_200)
    assert (preview.n_outside_before, preview.n_outside_after) == (1, 0)
    assert preview.after[0] == np.datetime64("2024-05-10T08:00:00")
    assert record.corrections == ()


def test_preview_tells_of_photographs_that_would_run_backwards():
    bounded = ClockCorrection(
        deployment="d", kind="offset", offset_s=7200, applies_until=dt.datetime(2024, 5, 10, 12)
    )
    wall = clocks("2024-05-10T11:00:00", "2024-05-10T12:30:00")
    preview = preview_correction(ClockRecord(deployment="d"), bounded, wall)
    assert (preview.n_backwards_before, preview.n_backwards_after) == (0, 1)
    assert preview.n_outside_after is None


def test_record_refuses_what_is_not_its_own():
    record = ClockRecord(deployment="d")
    own = twelve_hour_correction("d", camera_is_ahead=True)
    with pytest.raises(InputError, match=r"clock\.other_deployment"):
        apply_correction(record, twelve_hour_correction("e", camera_is_ahead=True))
    with pytest.raises(InputError, match=r"clock\.applied_already"):
        apply_correction(apply_correction(record, own), own)
    with pytest.raises(InputError, match=r"clock\.not_applied"):
        undo_correction(record, own)
