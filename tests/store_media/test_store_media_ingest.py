"""Batches of photographs: whole or not at all, resumable, and out again as they came in."""

import datetime as dt

import pytest
from media_examples import NOW, START, batch, deployment, media_file, new_media
from sqlalchemy import func, select

from pardine.base.errors import InputError, note, warning
from pardine.exchange.imported import ImportedMedia
from pardine.exchange.photographs.copies import Copy
from pardine.exchange.photographs.header import ReadLimits
from pardine.exchange.photographs.scan import scan_folder
from pardine.exchange.photographs.times import choose_time
from pardine.observe.media import MediaFile, TimeReading
from pardine.store import schema
from pardine.store.decisions import read_log
from pardine.store.deployments import save_deployments
from pardine.store.doctor import examine
from pardine.store.media import (
    find_same_bytes,
    known_files,
    media_counts,
    read_copies,
    read_refused,
    save_media,
)
from pardine.store.media_page import read_media_page
from pardine.store.media_rows import MediaBatch, NewMedia
from pardine.store.runs import new_run
from pardine.store.survey import survey_hash


@pytest.fixture
def run():
    return new_run("add", {})


@pytest.fixture
def camera(project, run):
    save_deployments(project, [deployment()], run=run)
    return project


def codes(caught) -> list[str]:
    return sorted({problem.code for problem in caught.value.problems})


def n_rows(project, table) -> int:
    with project.read() as connection:
        return connection.scalar(select(func.count()).select_from(table))


def test_a_file_comes_out_as_it_went_in(camera, run):
    save_media(camera, batch([4]), run=run)
    (media,) = read_media_page(camera).media
    file = media_file(4)
    assert (media.folder, media.path, media.sha256, media.kind) == (
        "E:/2024",
        file.path,
        file.sha256,
        "image",
    )
    assert (media.serial, media.label) == ("H500", "K1 豹")
    assert (media.sequence_number, media.event_number, media.infrared) == (2, 1, True)
    assert media.readings == file.readings
    assert media.deployment == "K1_A"
    assert media.wall_clock == START + dt.timedelta(minutes=28)
    assert media.instant_utc == dt.datetime(2024, 5, 1, 4, 28, tzinfo=dt.UTC)
    assert (media.clock_source, media.agreement) == ("exif", "single")
    assert media.metadata == {
        "width_px": 2048, "height_px": 1536, "camera_make": "RECONYX", "sequence_length": 3,
        "temperature_c": -11.5, "tags": ["species|Panthera pardus"],
    }  # fmt: skip


def test_the_same_batch_again_adds_nothing(camera, run):
    first = save_media(camera, batch(range(5)), run=run)
    again = save_media(camera, batch(range(3, 8)), run=run)
    assert (first.n_added, first.n_already_there) == (5, 0)
    assert (again.n_added, again.n_already_there, again.notices) == (3, 2, ())
    assert n_rows(camera, schema.media) == 8
    assert examine(camera) == []


def test_a_scan_knows_what_is_stored(camera, run, tmp_path):
    cards = tmp_path / "cards"
    cards.mkdir()
    (cards / "not a picture.txt").write_text("x", encoding="utf-8")
    save_media(camera, batch(range(4)), run=run)
    known = known_files(camera, "E:/2024")
    file = media_file(3)
    assert len(known) == 4
    assert tuple(known[file.path]) == (1003, 10**18 + 3, file.sha256)
    assert known_files(camera, "F:/") == {}
    assert scan_folder(cards, known=known, limits=ReadLimits()).media == ()


def test_an_unknown_deployment_refuses_the_whole_batch(camera, run):
    mixed = MediaBatch(folder="E:/2024", media=[new_media(1), new_media(2, code="K9")])
    with pytest.raises(InputError) as caught:
        save_media(camera, mixed, run=run)
    assert codes(caught) == ["media.unknown_deployment"]
    assert n_rows(camera, schema.media) == n_rows(camera, schema.blob) == 0


def test_a_deployment_may_become_known_later(camera, run):
    save_media(camera, batch(range(3), code=""), run=run)
    assert media_counts(camera)[""].n_without_instant == 3
    told = save_media(camera, batch(range(3)), run=run)
    assert (told.n_added, told.n_given_deployment) == (0, 3)
    counts = media_counts(camera)
    assert set(counts) == {"K1_A"}
    assert counts["K1_A"].n_without_instant == 0
    assert counts["K1_A"].first_utc == "2024-05-01T04:00:00Z"
    assert read_log(camera) == ()


def test_another_deployment_is_refused_and_replaced_only_when_asked(camera, run):
    save_deployments(camera, [deployment("K2_A", station="K2", utc_offset_min=600)], run=run)
    save_media(camera, batch([1]), run=run)
    with pytest.raises(InputError) as caught:
        save_media(camera, batch([1], code="K2_A"), run=run)
    assert codes(caught) == ["media.other_deployment"]
    save_media(camera, batch([1], code="K2_A"), run=run, replace=True, author="Simulated warden")
    (media,) = read_media_page(camera).media
    assert (media.deployment, media.instant_utc.hour) == ("K2_A", 2)
    (decision,) = read_log(camera)
    assert (decision.kind, decision.value_before, decision.value) == ("replace.media", "K1_A", "K2_A")


def test_a_file_with_other_bytes_is_kept_beside_the_first_and_told(camera, run):
    save_media(camera, batch([1]), run=run)
    again = save_media(camera, batch([1], content="another card"), run=run)
    assert again.n_added == 1
    assert [n.code for n in again.notices] == ["media.file_changed"]
    newest = media_file(1, content="another card")
    assert known_files(camera, "E:/2024")[newest.path].sha256 == newest.sha256


def test_refused_files_are_listed_until_they_can_be_read(camera, run):
    path = media_file(1).path
    reasons = [warning("photograph.not_decodable", file=path), note("photograph.unknown_kind", file="a.txt")]
    save_media(camera, MediaBatch(folder="E:/2024", refused=reasons), run=run)
    save_media(camera, MediaBatch(folder="E:/2024", refused=reasons), run=run)
    assert read_refused(camera) == tuple(sorted(reasons, key=lambda n: n.fields["file"]))
    save_media(camera, batch([1]), run=run)
    assert [n.fields["file"] for n in read_refused(camera, "E:/2024")] == ["a.txt"]


def test_the_same_bytes_in_two_deployments_are_found(camera, run):
    save_deployments(camera, [deployment("K2_A", station="K2")], run=run)
    twice = [new_media(1), new_media(1, card="copy", content=media_file(1).path), new_media(2)]
    save_media(camera, MediaBatch(folder="E:/2024", media=twice), run=run)
    elsewhere = MediaBatch(folder="F:/", media=[new_media(2, code="K2_A", content=media_file(2).path)])
    save_media(camera, elsewhere, run=run)
    assert sorted(len(group) for group in find_same_bytes(camera)) == [2, 2]
    (group,) = find_same_bytes(camera, across_deployments=True)
    assert {m.deployment for m in read_media_page(camera).media if str(m.uid) in group} == {"K1_A", "K2_A"}
    assert n_rows(camera, schema.blob) == 2


def test_a_picture_saved_again_is_marked_as_a_copy(camera, run):
    copy = Copy(path=media_file(2).path, of=media_file(1).path, evidence="same look", difference_grey=0.3)
    marked = MediaBatch(folder="E:/2024", media=[new_media(1), new_media(2)], copies=[copy])
    for _ in range(2):
        save_media(camera, marked, run=run)
    ((one, other, evidence, difference),) = read_copies(camera)
    uid = {m.path: str(m.uid) for m in read_media_page(camera).media}
    assert (one, other, evidence, difference) == (uid[copy.path], uid[copy.of], "same look", 0.3)


def test_a_time_that_nobody_believes_gives_no_instant(camera, run):
    reset = media_file(1, wall_clock=dt.datetime(2000, 1, 1))
    doubtful = choose_time(reset.readings, now=NOW)
    save_media(camera, MediaBatch(folder="x", media=[NewMedia(file=reset, time=doubtful, deployment="K1_A")]),
               run=run)  # fmt: skip
    (media,) = read_media_page(camera).media
    assert (media.agreement, media.wall_clock.year, media.instant_utc) == ("doubtful", 2000, None)


def test_a_file_may_state_its_offset_where_no_deployment_does(camera, run):
    reading = TimeReading(source="exif", wall_clock=START, text="x", utc_offset_min=60)
    chosen = choose_time([reading], now=NOW)
    file = media_file(1, readings=(reading,))
    save_media(camera, MediaBatch(folder="x", media=[NewMedia(file=file, time=chosen)]), run=run)
    (media,) = read_media_page(camera).media
    assert media.instant_utc.hour == 11


def test_words_that_no_database_keeps_are_kept_as_far_as_they_can_be(camera, run):
    reading = TimeReading(source="exif", wall_clock=START, text="2024\0\udc80")
    file = media_file(1, readings=(reading,), camera_serial="H\x00500\udcff", tags=("\ud800", "a\0b"))
    save_media(camera, MediaBatch(folder="x", media=[NewMedia(file=file)]), run=run)
    (media,) = read_media_page(camera).media
    assert media.serial == "H500?"
    assert media.readings == (reading,)
    assert media.metadata["tags"] == ["\ud800", "a\0b"]


def test_media_of_a_package_need_no_bytes(camera, run):
    table = [
        ImportedMedia(code="m1", path="https://example.org/1.jpg", deployment="K1_A", wall_clock=START,
                      utc_offset_min=480, media_type="image/jpeg", public=False, attributes={"a": "1"}),
        ImportedMedia(code="m2", path="https://example.org/1.jpg", kind="video"),
    ]  # fmt: skip
    package = MediaBatch(folder="package", imported=table)
    assert save_media(camera, package, run=run).n_added == 2
    assert save_media(camera, package, run=run).n_added == 0
    first, second = read_media_page(camera).media
    assert (first.code, first.sha256, first.clock_source) == ("m1", "", "table")
    assert first.metadata == {"media_type": "image/jpeg", "public": False, "attributes": {"a": "1"}}
    assert (second.kind, second.instant_utc) == ("video", None)


def test_real_photographs_come_in_and_again_add_nothing(project, run, pamir_data):
    scan = scan_folder(pamir_data)
    found = [
        NewMedia(
            file=f, time=choose_time(f.readings, now=NOW, file=f.path), mtime_ns=scan.stamps[f.path].mtime_ns
        )
        for f in scan.media
    ]
    real = MediaBatch(folder="pamir", media=found, refused=scan.refused, copies=scan.recoded)
    saved = save_media(project, real, run=run)
    assert saved.n_added == len(scan.media) >= 171
    assert save_media(project, real, run=run).n_added == 0
    again = scan_folder(pamir_data, known=known_files(project, "pamir"))
    assert again.media == ()
    assert len(again.unchanged) == saved.n_added
    assert {m.path: m.readings for m in read_media_page(project, limit=1000).media} == {
        f.path: f.readings for f in scan.media
    }


def test_photographs_do_not_change_what_an_estimate_reads(camera, run):
    before = survey_hash(camera)
    save_media(camera, batch(range(5)), run=run)
    assert survey_hash(camera) == before


def test_a_large_video_keeps_its_size(camera, run):
    video = MediaFile(path="v.mp4", sha256="ab" * 32, n_bytes=5 * 2**31, kind="video", width_px=1,
                      height_px=1, duration_s=30.5, n_frames=915)  # fmt: skip
    save_media(camera, MediaBatch(folder="x", media=[NewMedia(file=video, mtime_ns=2**60)]), run=run)
    assert known_files(camera, "x")["v.mp4"].n_bytes == 5 * 2**31
