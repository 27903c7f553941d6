"""Info strips: what lines of print say, and reading them from real and from drawn photographs."""

import datetime as dt
import random

import pytest
from strip_pictures import strip_picture

from pardine.base.errors import InputError
from pardine.exchange.photographs import strip_reader
from pardine.exchange.photographs.media_file import read_media_file
from pardine.exchange.photographs.strip_entry import as_entry, from_entry
from pardine.exchange.photographs.strip_reader import StripReader
from pardine.exchange.photographs.strip_text import parse_strip

MOMENT = dt.datetime(2012, 7, 18, 19, 46, 57)


@pytest.fixture(scope="module")
def reader():
    return StripReader()


@pytest.mark.parametrize(
    ("lines", "moments"),
    [
        (["2012-07-18 7:46:57 PM M 2/10 5°C", "PANTHERA-22 RECONYX"], [MOMENT]),
        (["2012-07-18 7", ":46:57", "PM"], [MOMENT]),
        (["2012-07-1819:46:57"], [MOMENT]),
        (["2O12-07-l8 19:46:57"], [MOMENT]),
        (["Bushnell M 73℉22℃ 07-18-2012 19:46:57"], [MOMENT]),
        (["07/08/2012 12:05 AM"], [dt.datetime(2012, 7, 8, 0, 5), dt.datetime(2012, 8, 7, 0, 5)]),
        (["2012-07-18 12:00:00 PM"], [dt.datetime(2012, 7, 18, 12)]),
    ],
)
def test_time_in_the_ways_that_cameras_print_it(lines, moments):
    assert parse_strip(lines).moments == tuple(moments)


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["RECONYX", "M 1/10", "19°C"],
        ["2012-07-18"],
        ["19:46:57"],
        ["2012-13-18 19:46:57"],
        ["2012-07-18 24:46:57"],
        ["2012-07-18 13:46:57 PM"],
        ["2012-07-18 19:46:57", "2012-07-19 19:46:57"],
        ["2012-07-18 19:46:57 19:47:57"],
        ["12012-07-18 19:46:57"],
    ],
)
def test_what_is_no_time_or_two_is_none(lines):
    assert parse_strip(lines).moments == ()
    assert parse_strip(lines).reading() is None


def test_the_other_way_to_read_a_date_is_kept():
    reading = parse_strip(["07-08-2012 12:05:01"]).reading()
    assert (reading.source, reading.wall_clock) == ("strip", dt.datetime(2012, 7, 8, 12, 5, 1))
    assert reading.day_month_swapped == dt.datetime(2012, 8, 7, 12, 5, 1)


@pytest.mark.parametrize(
    ("line", "celsius"),
    [("19°C", 19.0), ("-7 °C", -7.0), ("O°C", 0.0), ("86°F", 30.0), ("73℉22℃", 22.0), ("73°F 2°C", None),
     ("471°F", None), ("2012-07-18 19:46:57", None), ("M 1/10", None)],
)  # fmt: skip
def test_temperature(line, celsius):
    told = parse_strip([line]).temperature_c
    assert told == celsius if celsius is None else told == pytest.approx(celsius, abs=0.8)


@pytest.mark.parametrize(
    ("lines", "label"),
    [
        (["2012-07-18 7:46:57 PM M 2/10 5°C", "PANTHERA-22 RECONYX"], "PANTHERA-22"),
        (["RECONYX", "MICA 318"], "MICA 318"),
        (["Bushnell MCTLU10 73℉22℃ 04-21-2020 03:40:38"], "MCTLU10"),
        (["2017-07-13 12:09:23 PM M 3/3 71°F", "006017 RECONYX"], "006017"),
        (["  5℃ 41℉ 2024/01/21 15:19:15 0007"], "0007"),
        (["RECONYX"], ""),
    ],
)
def test_label_is_what_is_left(lines, label):
    assert parse_strip(lines).label == label


def test_serial_and_sequence():
    strip = parse_strip(["2012-07-18 7:46:57 PM M 2/10", "S/N: H500-1234"])
    assert (strip.serial, strip.sequence) == ("H500-1234", (2, 10))


def test_entries_are_read_back_and_damaged_ones_are_passed_over():
    lines = ("2012-07-18 7:46:57 PM", "горный барс 雪豹")
    assert from_entry(as_entry("ab", lines, "r 1")) == ("ab", lines)
    assert from_entry(b"{") is from_entry(b"[]") is from_entry(b'{"version": 0}') is None


def test_without_the_extra_a_sentence_says_how_to_install_it(monkeypatch):
    monkeypatch.setattr(strip_reader, "rapidocr", None)
    with pytest.raises(InputError, match=r"strip\.not_installed"):
        StripReader()


def test_drawn_strips_are_read(reader, tmp_path):
    rng, wrong = random.Random(5), []
    for number in range(6):
        moment = dt.datetime(2020, 1, 1) + dt.timedelta(seconds=rng.randrange(4 * 365 * 86_400))
        path = strip_picture(tmp_path / f"{number}.jpg", moment, label=f"K{number + 10}-A")
        strip = parse_strip(reader.lines(path))
        if strip.moments[:1] != (moment,):
            wrong.append((moment, strip))
    assert wrong == []


def test_a_picture_without_a_strip_tells_nothing_and_a_broken_one_is_refused(reader, tmp_path):
    path = strip_picture(tmp_path / "a.jpg", None)
    assert parse_strip(reader.lines(path)).moments == ()
    path.write_bytes(path.read_bytes()[:500])
    with pytest.raises(InputError, match=r"photograph\."):
        reader.lines(path)


def test_strips_of_real_photographs_agree_with_their_makernotes(reader, scr_data):
    """One photograph of each Reconyx camera of the Pamirs, and the example's: all read right."""
    photos = scr_data.parent / "pamir-snow-leopards" / "photos"
    chosen = {path.name.rsplit("__", 2)[0]: path for path in sorted(photos.iterdir())}
    example = scr_data.parent / "camtrap" / "tdwg-camtrap-dp-example" / "example" / "media"
    pictures = [*list(chosen.values())[1:5], min(example.glob("*.JPG"))]
    n_right = 0
    for path in pictures:
        media = read_media_file(path, root=path.parent)
        maker = [reading for reading in media.readings if reading.source == "makernote"]
        if not maker:
            continue
        strip = parse_strip(reader.lines(path))
        assert strip.moments == (maker[0].wall_clock,), path.name
        assert strip.temperature_c == pytest.approx(media.temperature_c, abs=0.8), path.name
        n_right += 1
    assert n_right >= 4
