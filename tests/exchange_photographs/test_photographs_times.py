"""One time out of several statements; a wrong date is never accepted in silence."""

import datetime as dt

import pytest

from pardine.exchange.photographs.file_names import NAME_PATTERNS, name_reading
from pardine.exchange.photographs.folder_times import choose_times
from pardine.exchange.photographs.times import choose_time, difference_text
from pardine.observe.media import MediaFile, TimeReading

MOMENT = dt.datetime(2021, 4, 11, 20, 43, 9)
NOW = dt.datetime(2022, 1, 1)


def said(source, after_s=0, **more):
    return TimeReading(source=source, wall_clock=MOMENT + dt.timedelta(seconds=after_s), text="", **more)


def file(path, *readings):
    return MediaFile(
        path=path, sha256=path, n_bytes=1, kind="image", width_px=1, height_px=1, readings=readings
    )


def test_readings_within_a_minute_agree():
    chosen = choose_time([said("file name", 60), said("exif"), said("makernote", -59)], now=NOW)
    assert (chosen.wall_clock, chosen.source, chosen.agreement) == (MOMENT, "exif", "agree")
    assert chosen.accepted
    assert chosen.notices == ()


@pytest.mark.parametrize("after_s", [61, -61, 43_200, 13 * 3600, 86_400 * 207])
def test_readings_apart_are_not_accepted(after_s, tell):
    chosen = choose_time([said("exif"), said("makernote", after_s)], now=NOW, file="a.jpg")
    assert (chosen.agreement, chosen.accepted) == ("disagree", False)
    assert chosen.notices[0].code == "photograph.times_disagree"
    words = tell(chosen.notices[0])
    assert "2021-04-11 20:43:09" in words
    assert str(MOMENT + dt.timedelta(seconds=after_s)) in words


def test_most_readings_are_proposed_where_they_disagree():
    chosen = choose_time([said("exif", 43_200), said("makernote"), said("strip")], now=NOW)
    assert (chosen.wall_clock, chosen.agreement) == (MOMENT, "disagree")


def test_one_reading_is_accepted():
    assert choose_time([said("makernote")], now=NOW).agreement == "single"


def test_no_reading(tell):
    chosen = choose_time([], now=NOW, file="a.jpg")
    assert (chosen.wall_clock, chosen.agreement, chosen.notices[0].code) == (
        None,
        "none",
        "photograph.no_time",
    )


def test_an_uncertain_reading_does_not_contradict():
    chosen = choose_time([said("exif", 9 * 86_400, certain=False), said("file name")], now=NOW)
    assert (chosen.source, chosen.agreement) == ("file name", "single")


@pytest.mark.parametrize("moment", [dt.datetime(2004, 12, 31, 23, 59), NOW + dt.timedelta(days=2)])
def test_before_2005_and_the_future_are_doubtful(moment, tell):
    chosen = choose_time([TimeReading(source="exif", wall_clock=moment, text="")], now=NOW)
    assert (chosen.agreement, chosen.accepted) == ("doubtful", False)
    assert chosen.notices[0].code == "photograph.time_out_of_range"


@pytest.mark.parametrize("camera", ["HP HP ScanJet 4070", "Canon CanoScan 9000F", "EPSON Perfection V600"])
def test_the_date_of_a_scanner_is_not_that_of_the_photograph(camera):
    chosen = choose_time([said("exif")], now=NOW, camera=camera)
    assert (chosen.wall_clock, chosen.accepted, chosen.notices[0].code) == (
        None,
        False,
        "photograph.scanner_date",
    )
    assert choose_time([said("exif"), said("file name", 9e6)], now=NOW, camera=camera).source == "file name"


def test_both_ways_to_read_day_and_month_are_told(tell):
    other = dt.datetime(2021, 11, 4, 20, 43, 9)
    chosen = choose_time([said("exif"), said("makernote", day_month_swapped=other)], now=NOW, file="a")
    assert (chosen.wall_clock, chosen.agreement) == (MOMENT, "agree")
    assert "2021-11-04" in tell(chosen.notices[0])
    assert "2021-04-11" in tell(chosen.notices[0])


def test_offsets_beside_both_compare_instants():
    readings = [said("exif", utc_offset_min=600), said("xmp", 3600, utc_offset_min=660)]
    assert choose_time(readings, now=NOW).agreement == "agree"


def test_a_name_is_not_believed_where_its_neighbours_names_are_wrong(tell):
    media = [file(f"card/{i}.jpg", said("exif"), said("file name", 13 * 3600)) for i in range(5)]
    media += [file("card/x.jpg", said("file name")), file("other/y.jpg", said("file name"))]
    told = choose_times(media, now=NOW)
    assert [time.agreement for time in told.times] == ["disagree"] * 5 + ["undecided", "single"]
    assert [(n.code, n.fields["n_files"]) for n in told.notices] == [
        ("photograph.times_disagree", 5),
        ("photograph.name_clock_off", 1),
    ]
    assert "+13:00:00" in tell(told.notices[1])


def test_one_notice_a_folder_and_difference():
    media = [
        file(f"{c}/{i}.jpg", said("exif"), said("file name", h))
        for c in "ab"
        for i in range(3)
        for h in (0, 7200)
    ]
    counts = [notice.fields["n_files"] for notice in choose_times(media, now=NOW).notices]
    assert counts == [3, 3]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("StationA__2009-04-21__00-40-00(1).JPG", dt.datetime(2009, 4, 21, 0, 40)),
        ("01__Station04__Camera2__2012-7-22__1-53-2(0).JPG", dt.datetime(2012, 7, 22, 1, 53, 2)),
        ("2012-07-17 19-20-22.jpg", dt.datetime(2012, 7, 17, 19, 20, 22)),
        ("IMG_20251112_100312.jpg", dt.datetime(2025, 11, 12, 10, 3, 12)),
        ("20120717192022.JPG", dt.datetime(2012, 7, 17, 19, 20, 22)),
        # A time of uploading, before the camera's own name.
        ("20200709093328-RCNX0001.JPG", None),
        ("20210531082541-IMG_0040.JPG", None),
        ("IMG_0001.JPG", None),
        ("2012-13-45 19-20-22.jpg", None),
        ("20121345192022.jpg", None),
        ("1234567890123456.jpg", None),
    ],
)
def test_times_in_names(name, expected):
    reading = name_reading(name)
    assert (reading and reading.wall_clock) == expected


def test_each_declared_pattern_fits_its_example():
    for pattern in NAME_PATTERNS:
        assert pattern.regex.search(pattern.example)
        assert (name_reading(pattern.example) is not None) == pattern.is_exposure


def test_differences():
    assert difference_text(dt.timedelta(hours=13)) == "+13:00:00"
    assert difference_text(-dt.timedelta(days=207, seconds=61)) == "-207 d 00:01:01"
