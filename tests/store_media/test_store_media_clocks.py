"""Corrections of clocks: shown before, applied whole, taken back exactly, and kept as decisions."""

import dataclasses
import datetime as dt

import numpy as np
import pytest
from media_examples import NOW, START, batch, deployment, media_file
from sqlalchemy import select

from pardine.base.errors import InputError
from pardine.exchange.photographs.times import choose_time
from pardine.observe.clock import ClockCheck, ClockCorrection, ClockRecord, instants_utc
from pardine.observe.clock_evidence import correction_from_checks, reset_correction
from pardine.store import schema
from pardine.store.clock_records import (
    apply_clock_correction,
    preview_clock_correction,
    read_clock_records,
    refresh_instants,
    set_clock_offset,
    undo_clock_correction,
)
from pardine.store.decisions import read_log, undo, verify_log
from pardine.store.deployments import save_deployments
from pardine.store.media import media_counts, save_media
from pardine.store.media_rows import MediaBatch, NewMedia
from pardine.store.runs import new_run

HOUR = ClockCorrection(deployment="K1_A", kind="offset", offset_s=3600.0, reason="partner camera")
SWAP = ClockCorrection(deployment="K1_A", kind="day and month", applies_until=dt.datetime(2024, 5, 1, 13))


@pytest.fixture
def run():
    return new_run("add", {})


@pytest.fixture
def camera(project, run):
    save_deployments(project, [deployment(), deployment("K2_A", station="K2")], run=run)
    save_media(project, batch(range(20)), run=run)
    save_media(project, batch(range(5), folder="F:/", code="K2_A", content="other"), run=run)
    return project


def rows(project) -> list:
    m, d = schema.media, schema.deployment
    query = select(d.c.code, m.c.wall_clock, m.c.instant_utc).join_from(m, d).order_by(m.c.id)
    with project.read() as connection:
        return connection.execute(query).all()


def as_computed(project) -> None:
    """Every stored instant is what the pure functions make of wall clocks and records."""
    records = read_clock_records(project)
    for code, record in records.items():
        own = [row for row in rows(project) if row.code == code]
        expected = instants_utc(np.array([r.wall_clock for r in own], "datetime64[s]"), record)
        assert [f"{moment}Z" for moment in expected] == [r.instant_utc for r in own]


def test_a_correction_changes_all_instants_of_its_deployment_and_no_other(camera):
    before = rows(camera)
    change = apply_clock_correction(camera, HOUR, author="Simulated warden")
    assert change.n_changed == 20
    assert change.record.corrections == (HOUR,)
    after = rows(camera)
    assert [r.wall_clock for r in after] == [r.wall_clock for r in before]
    assert {r.code for r, old in zip(after, before, strict=True) if r != old} == {"K1_A"}
    as_computed(camera)
    assert verify_log(read_log(camera)) == []


def test_corrections_apply_in_their_order_and_are_taken_back_exactly(camera):
    untouched = rows(camera)
    apply_clock_correction(camera, SWAP)
    swapped = rows(camera)
    apply_clock_correction(camera, HOUR)
    as_computed(camera)
    assert read_clock_records(camera)["K1_A"].corrections == (SWAP, HOUR)
    assert undo_clock_correction(camera, HOUR).n_changed == 20
    assert rows(camera) == swapped
    undo_clock_correction(camera, SWAP)
    assert rows(camera) == untouched
    assert read_clock_records(camera)["K1_A"] == ClockRecord(deployment="K1_A", utc_offset_min=480)
    assert [d.kind for d in read_log(camera)] == ["clock.correction"] * 2 + ["undo"] * 2
    # Once taken back, it may be made anew.
    apply_clock_correction(camera, SWAP)
    assert rows(camera) == swapped


def test_a_correction_keeps_its_evidence(camera):
    checks = [
        ClockCheck(wall_clock=START, reference_clock=START + dt.timedelta(seconds=20), media="карта 1/1.JPG"),
        ClockCheck(wall_clock=START + dt.timedelta(10), reference_clock=START + dt.timedelta(10, 140)),
    ]
    drift = correction_from_checks("K1_A", checks)
    drift = dataclasses.replace(drift, by="Simulated warden", at=NOW, reason="hand-held receiver")
    assert apply_clock_correction(camera, drift).record.corrections == (drift,)
    as_computed(camera)
    (decision,) = read_log(camera)
    assert (decision.value["version"], decision.value["checks"][0]["media"]) == (1, "карта 1/1.JPG")


def test_what_would_change_is_shown_before(camera):
    before = rows(camera)
    shown = preview_clock_correction(camera, HOUR)
    assert (shown.n_changed, shown.smallest_shift_s, shown.largest_shift_s) == (20, 3600, 3600)
    assert (shown.n_outside_before, shown.n_backwards_before) == (0, 0)
    assert rows(camera) == before
    assert read_log(camera) == ()


def test_the_same_correction_twice_is_refused(camera):
    apply_clock_correction(camera, HOUR)
    for wrong, code in (
        (lambda: apply_clock_correction(camera, HOUR), "clock.applied_already"),
        (lambda: undo_clock_correction(camera, SWAP), "clock.not_applied"),
        (lambda: apply_clock_correction(camera, dataclasses.replace(HOUR, deployment="K9")),
         "media.unknown_deployment"),
        (lambda: set_clock_offset(camera, "K1_A", 4000), "media.bad_offset"),
    ):  # fmt: skip
        with pytest.raises(InputError) as caught:
            wrong()
        assert caught.value.code == code
    assert len(read_log(camera)) == 1


def test_a_decision_about_a_clock_cannot_be_undone_without_its_instants(camera):
    decision = apply_clock_correction(camera, HOUR).decision
    undone = undo_clock_correction(camera, HOUR).decision
    for wrong in (decision, undone):
        with pytest.raises(ValueError, match="clock"):
            undo(camera, wrong.hash)


def test_the_offset_of_a_clock_may_be_decided(camera):
    assert set_clock_offset(camera, "K1_A", 600).n_changed == 20
    as_computed(camera)
    assert rows(camera)[0].instant_utc == "2024-05-01T02:00:00Z"
    set_clock_offset(camera, "K1_A", None)
    assert rows(camera)[0].instant_utc == "2024-05-01T04:00:00Z"


def test_an_offset_that_a_later_table_tells_gives_instants(project, run):
    save_deployments(project, [deployment(utc_offset_min=None)], run=run)
    save_media(project, batch(range(3)), run=run)
    assert media_counts(project)["K1_A"].n_without_instant == 3
    assert save_deployments(project, [deployment()], run=run).completed == 1
    assert media_counts(project)["K1_A"].n_without_instant == 0
    as_computed(project)


def test_a_reset_clock_gets_instants_from_its_correction(camera, run):
    reset = [media_file(100 + n, wall_clock=dt.datetime(2000, 1, 1, n)) for n in range(3)]
    found = [NewMedia(file=f, time=choose_time(f.readings, now=NOW), deployment="K1_A") for f in reset]
    save_media(camera, MediaBatch(folder="E:/2024", media=found), run=run)
    assert media_counts(camera)["K1_A"].n_without_instant == 3
    correction = reset_correction(
        "K1_A", shown=dt.datetime(2000, 1, 1, 2), true_local=dt.datetime(2024, 7, 1, 12),
        reset_until=dt.datetime(2001, 1, 1), reason="fetched at noon",
    )  # fmt: skip
    assert apply_clock_correction(camera, correction).n_changed == 3
    count = media_counts(camera)["K1_A"]
    assert (count.n_without_instant, count.last_utc) == (0, "2024-07-01T04:00:00Z")


def test_media_that_come_after_a_correction_are_corrected_too(camera, run):
    apply_clock_correction(camera, HOUR)
    save_media(camera, batch(range(20, 30)), run=run)
    as_computed(camera)
    with camera.transaction() as connection:
        assert refresh_instants(connection, ["K1_A", "K2_A"]) == 0
