"""EXIF, MakerNotes, XMP and IPTC of photographs that are built here."""

import datetime as dt
import hashlib

import photograph_files as files
import pytest
from photograph_files import ASCII, LONG, SHORT, UNDEFINED

from pardine.exchange.photographs.exif import parse_moment, parse_offset_min, read_exif
from pardine.exchange.photographs.keywords import merge_keywords
from pardine.exchange.photographs.makernote_reconyx import read_reconyx
from pardine.exchange.photographs.times import choose_time

MOMENT = dt.datetime(2021, 4, 11, 20, 43, 9)
TEXT = "2021:04:11 20:43:09"
LATER = dt.datetime(2026, 1, 1)


@pytest.mark.parametrize("order", ["<", ">"])
def test_exif_in_both_byte_orders(read, order):
    exif = files.tiff(
        {files.MAKE: (ASCII, "ACME "), files.MODEL: (ASCII, "T-1\0\0")},
        {
            files.ORIGINAL: (ASCII, TEXT),
            files.OFFSET_ORIGINAL: (ASCII, "+10:00"),
            files.FRACTION_ORIGINAL: (ASCII, "25"),
            files.FLASH: (SHORT, 25),
            files.SERIAL: (ASCII, "S/N 77"),
        },
        order=order,
    )
    media = read(files.photograph(exif=exif))
    (reading,) = media.readings
    assert reading.wall_clock == MOMENT.replace(microsecond=250_000)
    assert (reading.source, reading.text, reading.utc_offset_min) == ("exif", TEXT, 600)
    assert (media.camera_make, media.camera_model, media.camera_serial) == ("ACME", "T-1", "S/N 77")
    assert media.infrared is True
    assert (media.width_px, media.height_px) == (64, 48)


def test_the_date_of_exposure_is_taken_before_the_others():
    other = {files.DATE_TIME: (ASCII, "2024:01:01 00:00:00")}
    block = files.tiff(
        other, {files.ORIGINAL: (ASCII, TEXT), files.DIGITIZED: (ASCII, "2023:01:01 00:00:00")}
    )
    assert read_exif(block).readings[0].wall_clock == MOMENT


def test_a_date_of_the_last_change_is_uncertain():
    (reading,) = read_exif(files.tiff({files.DATE_TIME: (ASCII, TEXT)})).readings
    assert not reading.certain


@pytest.mark.parametrize("text", ["0000:00:00 00:00:00", "    :  :     :  :  ", ""])
def test_no_date_is_no_reading_and_no_notice(examine, text):
    examined = examine(files.photograph(exif=files.dated(text)))
    assert examined.media.readings == ()
    assert examined.notices == ()


def test_a_date_that_is_none_is_told(examine):
    examined = examine(files.photograph(exif=files.dated("2021:13:41 20:43:09")))
    assert examined.media.readings == ()
    assert [notice.code for notice in examined.notices] == ["photograph.bad_date"]


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("+09:00", 540), ("-03:30", -210), ("Z", 0), ("+0530", 330), ("+19:00", None), ("9", None), ("", None)],
)
def test_offsets(text, minutes):
    assert parse_offset_min(text) == minutes


@pytest.mark.parametrize("text", ["2021-04-11T20:43:09", "2021/04/11 20:43:09", "2021:04:11 20:43:09.55"])
def test_moments_as_programs_write_them(text):
    assert parse_moment(text) == MOMENT


@pytest.mark.parametrize(("flash", "fired"), [(0, False), (1, True), (24, False), (25, True), (32, None)])
def test_flash(flash, fired):
    assert read_exif(files.tiff({}, {files.FLASH: (SHORT, flash)})).infrared is fired


def test_hyperfire_makernote(read):
    note = files.hyperfire_note(dt.datetime(2024, 2, 29, 4, 5, 6))
    media = read(files.photograph(exif=files.tiff({}, {files.MAKER_NOTE: (UNDEFINED, note)})))
    (reading,) = media.readings
    assert (reading.source, reading.wall_clock) == ("makernote", dt.datetime(2024, 2, 29, 4, 5, 6))
    assert (media.sequence_number, media.sequence_length, media.event_number) == (2, 3, 70_000)
    assert (media.temperature_c, media.infrared) == (-21.0, True)
    assert (media.camera_make, media.camera_serial, media.camera_label) == ("RECONYX", "H500AB", "ST-04")


@pytest.mark.parametrize("day_first", [False, True])
def test_hyperfire_2_date_is_settled_by_the_day_of_the_week(day_first):
    reading = read_reconyx(files.hyperfire_2_note(MOMENT, day_first=day_first)).reading
    assert reading.wall_clock == MOMENT
    assert reading.day_month_swapped == dt.datetime(2021, 11, 4, 20, 43, 9)
    assert reading.certain


def test_hyperfire_2_date_that_the_weekday_does_not_settle_is_uncertain():
    # 1 March and 3 January 2020 fell on a Sunday and a Friday: Tuesday (3) settles nothing.
    reading = read_reconyx(files.hyperfire_2_note(dt.datetime(2020, 3, 1, 5, 0, 0), weekday=3)).reading
    assert not reading.certain
    assert reading.day_month_swapped is not None


def test_hyperfire_2_day_above_twelve_has_one_reading():
    reading = read_reconyx(files.hyperfire_2_note(dt.datetime(2021, 4, 30, 1, 2, 3))).reading
    assert (reading.wall_clock.day, reading.day_month_swapped, reading.certain) == (30, None, True)


MADE_BY_DOCUMENTATION = [files.ultrafire_note, files.microfire_note, files.hyperfire_4k_note]


@pytest.mark.parametrize("make_note", MADE_BY_DOCUMENTATION)
def test_makernotes_known_from_documentation_alone(read, make_note):
    note = make_note(MOMENT)
    media = read(files.photograph(exif=files.tiff({}, {files.MAKER_NOTE: (UNDEFINED, note)})))
    (reading,) = media.readings
    assert (reading.source, reading.wall_clock, reading.certain) == ("makernote", MOMENT, False)
    assert reading.day_month_swapped == dt.datetime(2021, 11, 4, 20, 43, 9)
    assert (media.sequence_number, media.sequence_length, media.event_number) == (2, 3, 70_000)
    assert (media.temperature_c, media.infrared) == (-21.0, True)
    assert (media.camera_make, media.camera_serial, media.camera_label) == ("RECONYX", "U500AB", "ST-04")


@pytest.mark.parametrize("make_note", MADE_BY_DOCUMENTATION)
def test_their_clock_is_accepted_only_beside_another_that_agrees(read, make_note):
    note = {files.MAKER_NOTE: (UNDEFINED, make_note(MOMENT))}
    alone = read(files.photograph(exif=files.tiff({}, note)))
    assert choose_time(alone.readings, now=LATER).agreement == "undecided"
    both = read(files.photograph(exif=files.tiff({}, {**note, files.ORIGINAL: (ASCII, TEXT)})))
    assert choose_time(both.readings, now=LATER).agreement == "agree"


def test_impossible_date_of_a_makernote_is_told(examine):
    note = bytearray(files.hyperfire_note(MOMENT))
    note[0x1C] = 77
    examined = examine(files.photograph(exif=files.tiff({}, {files.MAKER_NOTE: (UNDEFINED, bytes(note))})))
    assert [notice.code for notice in examined.notices] == ["photograph.bad_date"]
    assert examined.media.camera_serial == "H500AB"


@pytest.mark.parametrize("note", [b"", b"\x01\xf1", b"RECONYXH2\0" + bytes(20), b"RECONYXUF\0" + bytes(20)])
def test_other_makernotes_tell_nothing(note):
    assert read_reconyx(note) is None


def test_xmp_tags_and_date(read):
    body = (
        "<lr:hierarchicalSubject><rdf:Bag><rdf:li>Species</rdf:li><rdf:li>Species|Leopard</rdf:li>"
        "</rdf:Bag></lr:hierarchicalSubject>"
        "<digiKam:TagsList><rdf:Seq><rdf:li>Species/Leopard</rdf:li><rdf:li>individual/М7</rdf:li></rdf:Seq>"
        "</digiKam:TagsList><dc:subject><rdf:Bag><rdf:li>Leopard</rdf:li><rdf:li>night</rdf:li></rdf:Bag>"
        "</dc:subject><exif:DateTimeOriginal>2021-04-11T20:43:09+10:00</exif:DateTimeOriginal>"
    )
    media = read(
        files.photograph(xmp=files.xmp_packet(body) + b" " * 2000, iptc=files.iptc_keywords("night", "2"))
    )
    assert media.tags == ("Species|Leopard", "individual|М7", "night", "2")
    (reading,) = media.readings
    assert (reading.source, reading.wall_clock, reading.utc_offset_min) == ("xmp", MOMENT, 600)


def test_windows_keywords(read):
    words = "leopard;ночь".encode("utf-16-le") + b"\0\0"
    media = read(files.photograph(exif=files.tiff({0x9C9E: (1, words)})))
    assert media.tags == ("leopard", "ночь")


def test_parents_and_levels_are_told_once():
    assert merge_keywords(["a|b", "a", "a|b|c"], ["b", "x", "x", "a|b"]) == ("a|b|c", "x")


@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
        '<!DOCTYPE x SYSTEM "file:///etc/hostname">',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>',
    ],
)
def test_xmp_with_entities_is_not_read(examine, head):
    examined = examine(files.photograph(xmp=files.xmp_packet("", head=head)))
    assert [notice.code for notice in examined.notices] == ["photograph.xmp_unreadable"]


def test_xmp_of_many_levels_is_not_read(examine):
    body = "<dc:subject>" * 100 + "</dc:subject>" * 100
    assert (
        examine(files.photograph(xmp=files.xmp_packet(body))).notices[0].code == "photograph.xmp_unreadable"
    )


def test_png_and_tiff(read):
    exif = files.dated(TEXT)
    png = files.picture(form="PNG")
    chunk = len(exif).to_bytes(4, "big") + b"eXIf" + exif + bytes(4)
    media = read(png[:33] + chunk + png[33:], "a.png")
    assert (media.width_px, media.height_px, media.readings[0].wall_clock) == (64, 48, MOMENT)
    media = read(files.picture(form="TIFF", tiffinfo={files.MAKE: "ACME"}), "a.tif")
    assert (media.width_px, media.height_px, media.camera_make) == (64, 48, "ACME")


def test_a_directory_that_points_at_itself_is_read_once(examine):
    block = files.tiff({files.MAKE: (ASCII, "ACME"), files.EXIF_POINTER: (LONG, 8)})
    examined = examine(files.photograph(exif=block))
    assert (examined.media.camera_make, examined.notices[0].code) == ("ACME", "photograph.exif_damaged")
    assert examined.notices[0].fields["value"] == "loop"


def test_hash_and_size_are_of_the_file(read):
    content = files.picture()
    media = read(content, "a/b/IMG 1.JPG")
    assert (media.path, media.n_bytes, media.kind) == ("a/b/IMG 1.JPG", len(content), "image")
    assert media.sha256 == hashlib.sha256(content).hexdigest()
