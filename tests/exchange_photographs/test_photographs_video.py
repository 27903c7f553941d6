"""MP4, MOV and AVI: frames, and what their clocks mean."""

import datetime as dt
import struct

import cv2
import numpy as np
import photograph_files as files
import pytest

from pardine.base.errors import InputError
from pardine.exchange.photographs.avi import parse_spoken_date
from pardine.exchange.photographs.media_file import read_media_file
from pardine.exchange.photographs.thumbnails import decode_small
from pardine.exchange.photographs.times import choose_time
from pardine.exchange.photographs.video_clock import container_reading

MOMENT = dt.datetime(2024, 7, 5, 12, 17, 34)
NOW = dt.datetime(2026, 1, 1)


@pytest.mark.parametrize("wide", [False, True])
def test_frames_length_and_extent(read, wide):
    media = read(files.mp4(MOMENT, wide=wide), "a.MP4")
    assert (media.kind, media.width_px, media.height_px) == ("video", 640, 360)
    assert (media.n_frames, media.duration_s) == (250, 10.0)


def test_a_make_without_a_rule_is_left_to_a_person(read):
    media = read(files.mp4(MOMENT, make="BUSHNELL"), "a.MP4")
    assert media.camera_make == "BUSHNELL"
    (reading,) = media.readings
    assert (reading.wall_clock, reading.certain) == (MOMENT, False)
    chosen = choose_time(media.readings, now=NOW)
    assert (chosen.agreement, chosen.accepted) == ("undecided", False)
    assert chosen.notices[0].code == "photograph.time_uncertain"


def test_an_undecided_clock_that_another_source_confirms_is_accepted(read):
    media = read(files.mp4(MOMENT), "20240705_121735.MP4")
    chosen = choose_time(media.readings, now=NOW)
    assert (chosen.wall_clock, chosen.agreement) == (dt.datetime(2024, 7, 5, 12, 17, 35), "agree")


def test_a_telephone_keeps_utc(read):
    media = read(files.mp4(MOMENT, keys={"com.android.version": "14"}), "a.mp4")
    (reading,) = media.readings
    assert (reading.utc_offset_min, reading.certain, media.camera_make) == (0, True, "Android")
    chosen = choose_time(media.readings, now=NOW, utc_offset_min=600)
    assert (chosen.wall_clock, chosen.utc_offset_min) == (dt.datetime(2024, 7, 5, 22, 17, 34), 600)


def test_utc_beside_a_name_in_local_time_gives_the_local_time(read):
    media = read(files.mp4(MOMENT, keys={"com.android.version": "14"}), "20240705_221734.mp4")
    chosen = choose_time(media.readings, now=NOW)
    assert (chosen.wall_clock.hour, chosen.source, chosen.agreement) == (22, "file name", "agree")


def test_apple_states_local_time_with_its_offset(read):
    keys = {
        "com.apple.quicktime.make": "Apple",
        "com.apple.quicktime.model": "iPhone 12",
        "com.apple.quicktime.creationdate": "2024-07-05T22:17:34+1000",
    }
    media = read(files.mp4(MOMENT, keys=keys), "a.MOV")
    (reading,) = media.readings
    assert (reading.wall_clock.hour, reading.utc_offset_min) == (22, 600)
    assert (media.camera_make, media.camera_model) == ("Apple", "iPhone 12")


def test_an_office_can_state_its_cameras(tmp_path):
    path = tmp_path / "a.mp4"
    path.write_bytes(files.mp4(MOMENT, make="BUSHNELL"))
    media = read_media_file(path, root=tmp_path, clocks={"bushnell": "local"})
    (reading,) = media.readings
    assert (reading.certain, reading.utc_offset_min) == (True, None)


def test_seconds_since_1970_are_recognised_and_undecided():
    seconds = int((MOMENT - dt.datetime(1970, 1, 1)).total_seconds())
    reading = container_reading(seconds, "gopro", {"gopro": "local"})
    assert (reading.wall_clock, reading.certain) == (MOMENT, False)


def test_a_clock_at_zero_is_no_reading(read):
    assert read(files.mp4(), "a.mp4").readings == ()


def test_avi(read):
    media = read(files.avi(b"Fri Jul 05 12:17:34 2024\n\0"), "a.AVI")
    assert (media.kind, media.width_px, media.height_px, media.n_frames) == ("video", 640, 480, 150)
    assert media.duration_s == pytest.approx(10.0, abs=0.01)
    (reading,) = media.readings
    assert (reading.source, reading.wall_clock) == ("container", MOMENT)


@pytest.mark.parametrize(
    "text", ["FRI JUL  5 12:17:34 2024", "2024-07-05 12:17:34", "2024/07/05 12:17:34", "2024:07:05 12:17:34"]
)
def test_dates_of_avi(text):
    assert parse_spoken_date(text) == MOMENT


@pytest.mark.parametrize("text", ["", "Fri Jux 05 12:17:34 2024", "Fri Feb 31 12:17:34 2024", "now"])
def test_no_dates_of_avi(text):
    assert parse_spoken_date(text) is None


# --- videos that a real encoder has made ---------------------------------------------------------


def encoded(path, code, *, n_frames=20):
    """A video of 2 seconds whose red grows and whose blue fades; ``None`` where this machine cannot."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*code), 10, (320, 240))
    if not writer.isOpened():
        pytest.skip(f"no encoder for {code} here")
    for number in range(n_frames):
        writer.write(np.full((240, 320, 3), (250 - 12 * number, 128, 12 * number), np.uint8))
    writer.release()
    return path


def with_clock(path, moment):
    """The same video with a moment in the header of its movie."""
    data = bytearray(path.read_bytes())
    place = data.index(b"mvhd") + 8
    struct.pack_into(">I", data, place, int((moment - dt.datetime(1904, 1, 1)).total_seconds()))
    path.write_bytes(bytes(data))


ENCODED = [("a.avi", "MJPG"), ("a.mp4", "mp4v"), ("a.mov", "mp4v")]


@pytest.mark.parametrize(("name", "code"), ENCODED)
def test_videos_of_a_real_encoder_are_read(tmp_path, name, code):
    media = read_media_file(encoded(tmp_path / name, code), root=tmp_path)
    assert (media.kind, media.width_px, media.height_px) == ("video", 320, 240)
    assert (media.n_frames, media.duration_s) == (20, pytest.approx(2.0))


@pytest.mark.parametrize("name", ["20240705_121735.mp4", "20240705_121735.mov"])
def test_their_clock_counts_beside_a_name_that_agrees(tmp_path, name):
    with_clock(encoded(tmp_path / name, "mp4v"), MOMENT)
    media = read_media_file(tmp_path / name, root=tmp_path)
    assert {reading.source: reading.certain for reading in media.readings} == {
        "container": False,
        "file name": True,
    }
    assert choose_time(media.readings, now=NOW).agreement == "agree"


@pytest.mark.parametrize(("name", "code"), ENCODED)
def test_a_frame_is_grabbed_from_within(tmp_path, name, code):
    frame = decode_small(encoded(tmp_path / name, code), 160)
    assert frame.size == (160, 120)
    red, _, blue = np.asarray(frame).reshape(-1, 3).mean(axis=0)
    # The last of 20 frames, for the video ends before the 30th.
    assert red == pytest.approx(228, abs=12) and blue == pytest.approx(22, abs=12)


@pytest.mark.parametrize(("name", "code"), ENCODED)
def test_damaged_pictures_give_a_frame_or_a_reason(tmp_path, name, code):
    path = encoded(tmp_path / name, code)
    data = bytearray(path.read_bytes())
    place = data.index(b"mdat" if name != "a.avi" else b"movi") + 4
    length = 4000
    data[place : place + length] = b"\x55" * length
    path.write_bytes(bytes(data))
    try:
        frame = decode_small(path, 160)
    except InputError as error:
        assert error.code.startswith("photograph.")
    else:
        assert frame.size == (160, 120)
