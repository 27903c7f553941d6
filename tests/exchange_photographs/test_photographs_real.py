"""Real photographs: each trap in them has its right answer, each file that is refused its reason."""

import datetime as dt
from collections import Counter

import pytest

from pardine.exchange.photographs.folder_times import choose_times
from pardine.exchange.photographs.path_pattern import PathPattern
from pardine.exchange.photographs.scan import scan_folder

NOW = dt.datetime(2026, 1, 1)


@pytest.fixture(scope="module")
def camtrap(camtrap_data):
    return scan_folder(camtrap_data)


@pytest.fixture(scope="module")
def pamir(pamir_data):
    return scan_folder(pamir_data / "photos")


def by_name(scan):
    times = choose_times(scan.media, now=NOW)
    return {m.path.rpartition("/")[2]: (m, t) for m, t in zip(scan.media, times.times, strict=True)}


def test_every_refused_file_is_listed_with_its_reason(camtrap):
    refused = {notice.fields["file"]: notice.code for notice in camtrap.refused}
    tables = {
        *(
            f"camtrapR-sample/data/{name}.rda"
            for name in (
                "camtraps",
                "camtrapsMultiSeason",
                "recordTableIndividualSample",
                "recordTableIndividualSampleMultiSeason",
                "recordTableSample",
                "recordTableSampleMultiSeason",
                "timeShiftTable",
            )
        ),
        *(f"speciesnet-testdata/{name}" for name in ("LICENSE", "test_data/README.md")),
        *(
            f"speciesnet-testdata/test_data/{name}"
            for name in (
                "instances.json",
                "instances_with_errors.json",
                "local_filepaths.txt",
                "local_folders.txt",
                "local_instances.json",
            )
        ),
        *(
            f"tdwg-camtrap-dp-example/{name}"
            for name in (
                "LICENSE",
                "camtrap-dp-profile.json",
                "deployments-table-schema.json",
                "media-table-schema.json",
                "observations-table-schema.json",
                "example/datapackage.json",
                "example/datapackage.local.json",
                "example/deployments.csv",
                "example/media.csv",
                "example/observations.csv",
            )
        ),
        *(
            f"wiutils-wildlife-insights/{park}/{park}/{name}.csv"
            for park in ("cajambre", "cristales")
            for name in ("cameras", "deployments", "images", "projects")
        ),
        "wiutils-wildlife-insights/wiutils-1.1.0.dist-info/LICENSE.txt",
    }
    assert refused == {
        "speciesnet-testdata/test_data/african_elephants_truncated_file.jpg": "photograph.cut_short",
        **dict.fromkeys(tables, "photograph.not_media"),
    }
    assert Counter(media.kind for media in camtrap.media) == {"image": 195, "video": 1}


def test_official_example_is_read_whole(camtrap, tell):
    found = {name: pair for name, pair in by_name(camtrap).items() if "RCNX" in name}
    assert len(found) == 10
    for i, name in enumerate(sorted(found, key=lambda name: name[-8:])):
        media, time = found[name]
        assert (media.sequence_number, media.sequence_length, media.event_number) == (i + 1, 10, 4)
        assert (media.camera_serial, media.camera_label, media.temperature_c) == (
            "H2RXEM06043616",
            "MICA 318",
            2.0,
        )
        assert time.wall_clock.date() == dt.date(2021, 4, 11)
        assert time.agreement == "agree"


def test_the_makernote_that_other_programs_read_as_november(camtrap, tell):
    media, time = by_name(camtrap)["20210531082538-RCNX0031.JPG"]
    readings = {reading.source: reading for reading in media.readings}
    assert readings["exif"].wall_clock == dt.datetime(2021, 4, 11, 20, 43, 9)
    assert readings["makernote"].wall_clock == dt.datetime(2021, 4, 11, 20, 43, 9)
    assert readings["makernote"].day_month_swapped == dt.datetime(2021, 11, 4, 20, 43, 9)
    assert "file name" not in readings  # it begins with the moment of an upload in May
    assert time.wall_clock == dt.datetime(2021, 4, 11, 20, 43, 9)
    words = tell(time.notices[0])
    assert "2021-11-04" in words
    assert "2021-04-11" in words


def test_a_date_that_stands_only_in_the_makernote(camtrap):
    media, time = by_name(camtrap)["american_black_bear.jpg"]
    # Its strip and the day of the week in the MakerNote (Saturday) confirm the month.
    assert (time.wall_clock, time.source) == (dt.datetime(2010, 11, 6, 4, 4), "makernote")
    assert (media.camera_make, media.camera_label) == ("RECONYX", "UNIT03-CAM102")


def test_the_date_of_a_scanner_is_not_taken(camtrap):
    media, time = by_name(camtrap)["ocelot.jpg"]
    assert media.readings[0].wall_clock == dt.datetime(2006, 2, 10, 17, 6, 43)
    assert (time.wall_clock, time.accepted, time.notices[0].code) == (None, False, "photograph.scanner_date")


def test_files_without_a_date_are_told(camtrap):
    without = {name for name, (_, time) in by_name(camtrap).items() if time.agreement == "none"}
    assert without == {
        "ocelot.jpg",
        "mousedeer.JPG",
        "african_elephants_bw.jpg",
        "african_elephants_cmyk.jpg",
        "sample_image_oct.jpg",
        "conda-prompt-base.png",
        "conda-prompt-speciesnet.png",
    }


def test_what_was_changed_by_programs(camtrap):
    found = by_name(camtrap)
    rotated, _ = found["african_elephants_with_exif_orientation.jpg"]
    assert (rotated.width_px, rotated.height_px) == (1536, 2048)
    assert [(n.fields["file"].rpartition("/")[2], n.code) for n in camtrap.notices] == [
        ("african_elephants_cmyk.jpg", "photograph.printing_colours")
    ]
    looks = [
        {c.path.rpartition("/")[2], c.of.rpartition("/")[2]}
        for c in camtrap.recoded
        if c.evidence == "same look"
    ]
    assert looks == [{"african_elephants.jpg", "african_elephants_with_exif_orientation.jpg"}]


def test_the_video_of_a_telephone(camtrap):
    media, time = by_name(camtrap)["20251112_100312.mp4"]
    assert (media.width_px, media.height_px, media.n_frames) == (1280, 720, 34)
    assert (time.wall_clock, time.agreement) == (dt.datetime(2025, 11, 12, 10, 3, 12), "agree")


def test_tags_of_camtrapr(camtrap):
    tagged = [m for m in camtrap.media if "/sample_images_indiv_tag/" in m.path]
    assert len(tagged) == 26
    assert all(m.tags[0] == "Species|Leopard Cat" and m.tags[1].startswith("individual|") for m in tagged)
    by_species = [m for m in camtrap.media if "/sample_images_species_tag/" in m.path]
    assert all(len(m.tags) == 1 and m.tags[0].startswith("Species|") for m in by_species)


def test_renamed_files_keep_the_cameras_time(camtrap):
    pattern = PathPattern("{station}__{date}__{time}({n})")
    renamed = [m for m in camtrap.media if "__2009-" in m.path]
    assert len(renamed) == 162
    for media in renamed:
        facts = pattern.match(media.path)
        exif = next(reading for reading in media.readings if reading.source == "exif")
        assert facts.reading.wall_clock == exif.wall_clock
        assert facts.station in ("StationA", "StationB", "StationC")


def test_all_photographs_of_the_pamir_are_read(pamir):
    assert (len(pamir.media), pamir.refused, pamir.recoded, pamir.duplicates) == (171, (), (), ())
    assert Counter(media.camera_make for media in pamir.media) == {"RECONYX": 140, "Panthera V4": 29, "": 2}
    assert Counter((m.width_px, m.height_px) for m in pamir.media) == {(1920, 1080): 142, (2048, 1536): 29}
    assert all(m.camera_label.startswith("PANTHERA-") for m in pamir.media if m.camera_make == "RECONYX")


def test_names_of_the_pamir_are_hours_off_and_none_is_accepted(pamir):
    times = choose_times(pamir.media, now=NOW)
    assert not any(time.accepted for time in times.times)
    told = {(n.code, n.fields.get("difference"), n.fields["n_files"]) for n in times.notices}
    assert told == {
        ("photograph.times_disagree", "-13:00:00", 140),
        ("photograph.times_disagree", "+01:00:00", 29),
        ("photograph.name_clock_off", "+01:00:00, -13:00:00", 2),
    }


def test_the_makernotes_of_the_pamir_read_as_the_strips_do(pamir):
    media, time = by_name(pamir)["01__Station05__Camera1__2012-7-16__15-14-30(4).JPG"]
    # Read by eye from the strip: 2012-07-17 4:14:31 AM, M 4/10, 1 °C, PANTHERA-24.
    assert time.wall_clock == dt.datetime(2012, 7, 17, 4, 14, 31)
    assert (media.sequence_number, media.sequence_length, media.temperature_c) == (4, 10, 1.0)
    assert media.camera_label == "PANTHERA-24"


def test_a_name_half_a_year_off_is_not_accepted(pamir):
    # Read by eye from the strip: 2012-07-25 4:05:10 AM; the name says 2013-01-07 11:14:30.
    media, time = by_name(pamir)["02__Station24__Camera1__2013-1-7__11-14-30(6).JPG"]
    assert [reading.source for reading in media.readings] == ["file name"]
    assert not time.accepted


def test_stations_of_the_pamir_by_pattern(pamir_data):
    pattern = PathPattern("{station}__Station{station}__Camera{slot}__{date}__{time}({n})")
    scan = scan_folder(pamir_data / "photos", pattern=pattern, look_for_copies=False)
    assert (len(scan.places), scan.unfit) == (171, ())
    assert {place.station for place in scan.places.values()} >= {"01-04", "02-24"}
