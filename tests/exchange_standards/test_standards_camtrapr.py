"""Camera and record tables of camtrapR, and tags of its photographs."""

import csv
import datetime as dt
from collections import Counter

import numpy as np
import pytest
from r_data import read_frame

from pardine.base.errors import InputError
from pardine.exchange.camtrapr import read_camera_table, read_record_table
from pardine.exchange.photo_tags import sightings_from_tags
from pardine.exchange.photographs.media_file import read_media_file
from pardine.observe.effort import occasion_edges, usage_from_intervals
from pardine.observe.media import MediaFile

HEADER = "Station,utm_x,utm_y,Setup_date,Retrieval_date,Problem1_from,Problem1_to,Problem1_cause\n"


def as_csv(frame, path):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(frame)
        writer.writerows(zip(*frame.values(), strict=True))
    return path


def written(folder, text):
    path = folder / "cameras.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def samples(camtrap_data):
    folder = camtrap_data / "camtrapR-sample" / "data"
    return lambda name: read_frame(folder / f"{name}.rda")


def test_real_camera_table(samples, tmp_path):
    records = read_camera_table(as_csv(samples("camtraps"), tmp_path / "camtraps.csv"), crs="EPSG:32650")
    assert [each.code for each in records.deployments] == ["StationA", "StationB", "StationC"]
    first = records.deployments[0]
    # Days above 12 further down the table tell that the day comes first.
    assert (first.starts, first.ends) == (dt.datetime(2009, 4, 2, 12), dt.datetime(2009, 5, 14, 12))
    assert (first.x, first.y, first.crs) == (526000, 604000, "EPSG:32650")
    edges = occasion_edges(dt.date(2009, 4, 1), dt.date(2009, 5, 31))
    days = usage_from_intervals(records.effort, ["StationA", "StationB", "StationC"], edges)[:, 0]
    # Station C worked from noon of 4 April until its problem began on 12 May and lasted to the end.
    assert days.tolist() == [42.0, 43.0, 37.5]
    assert [each.state for each in records.effort] == ["working"] * 3 + ["unknown"]


def test_real_camera_table_of_two_seasons(samples, tmp_path):
    records = read_camera_table(as_csv(samples("camtrapsMultiSeason"), tmp_path / "camtraps.csv"))
    assert len({each.code for each in records.deployments}) == 7
    assert records.deployments[6].code == "StationD__2010.0"
    problem = records.effort[-1]
    assert (problem.session, problem.station, problem.state) == ("2010.0", "StationD", "unknown")
    assert (problem.starts, problem.ends) == (dt.datetime(2010, 5, 20), dt.datetime(2010, 5, 31))


@pytest.mark.parametrize(
    ("name", "n_rows", "n_individuals"),
    [("recordTableSample", 39, 0), ("recordTableIndividualSample", 21, 3)],
)
def test_real_record_tables(samples, tmp_path, name, n_rows, n_individuals):
    frame = samples(name)
    records = read_record_table(as_csv(frame, tmp_path / "records.csv"), utc_offset_min=480)
    assert len(records.sightings) == n_rows == len(frame["Station"])
    assert [each.individual for each in records.sightings] == frame.get("Individual", [""] * n_rows)
    assert len({each.individual for each in records.sightings} - {""}) == n_individuals
    assert [each.species for each in records.sightings] == frame["Species"]
    moments = [each.starts.isoformat(" ") for each in records.sightings]
    assert moments == frame["DateTimeOriginal"]
    # Nothing of the author's computer is left in the paths.
    assert all(each.path.startswith("Station") for each in records.media)


def test_causes_and_slots(tmp_path):
    text = (
        "Station,camera,utm_x,utm_y,Setup_date,Retrieval_date,Problem1_from,Problem1_to,Problem1_cause\n"
        "S1,A,0,0,2024-03-01 10:00,2024-05-01 15:00,2024-04-20,2024-05-01,stolen\n"
        "S1,B,0,0,2024-03-01,2024-05-01,,,\n"
    )
    records = read_camera_table(written(tmp_path, text))
    works, stolen, other = records.effort
    assert (works.slot, works.starts, works.ends) == (
        "A",
        dt.datetime(2024, 3, 1, 10),
        dt.datetime(2024, 5, 1, 15),
    )
    assert (stolen.state, stolen.starts, stolen.ends) == ("stolen", dt.datetime(2024, 4, 20), works.ends)
    assert (other.slot, other.state) == ("B", "working")
    # The other camera of the station went on, until the noon of the last day.
    usage = usage_from_intervals(
        records.effort, ["S1"], occasion_edges(dt.date(2024, 3, 1), dt.date(2024, 5, 1))
    )
    assert usage[0, 0] == pytest.approx(61 + 2 / 24)


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ("S1,0,0,2024-05-01,2024-03-01,,,\n", "camtrapr.ends_before_it_starts"),
        ("S1,0,0,03/04/2024,05/06/2024,,,\n", "imported.bad_time"),
        ("S1,0,0,,2024-03-01,,,\n", "imported.bad_time"),
        ("S1,0,east,2024-03-01,2024-05-01,,,\n", "imported.bad_number"),
        ("S1,0,0,2024-03-01,2024-05-01,2024-04-01,,\n", "camtrapr.bad_problem"),
        ("S1,0,0,2024-03-01,2024-05-01,2024-04-10,2024-04-01,\n", "camtrapr.bad_problem"),
        ("S1,0,0,2024-03-01,2024-05-01,2025-04-10,2025-04-11,\n", "camtrapr.bad_problem"),
        ("S1,0,0,2024-03-01,2024-05-01,,,\n" * 2, "camtrapr.station_twice"),
    ],
)
def test_faulty_camera_tables_are_refused(tmp_path, rows, code):
    with pytest.raises(InputError) as refusal:
        read_camera_table(written(tmp_path, HEADER + rows))
    assert {problem.code for problem in refusal.value.problems} == {code}


def test_tables_without_needed_columns_are_refused(tmp_path):
    path = written(tmp_path, "Station,Setup_date\nS1,2024-03-01\n")
    for read, missing in ((read_camera_table, {"end"}), (read_record_table, {"species", "date", "time"})):
        with pytest.raises(InputError) as refusal:
            read(path)
        assert {problem.fields["column"] for problem in refusal.value.problems} == missing


def photograph(*tags):
    return MediaFile(
        path="S1/1.JPG", sha256="0" * 64, n_bytes=1, kind="image", width_px=1, height_px=1, tags=tags
    )


def test_tags_of_one_animal():
    tags = ("Species|Leopard Cat", "individual|2", "sex|female", "Trip|spring", "Leopard Cat")
    (sighting,), notices = sightings_from_tags([photograph(*tags)], {"S1/1.JPG": "dep1"})
    assert (sighting.species, sighting.individual, sighting.sex) == ("Leopard Cat", "2", "F")
    assert (sighting.deployment, sighting.media, sighting.method) == ("dep1", "S1/1.JPG", "human")
    assert sighting.attributes == {"Trip": "spring"}
    assert notices == ()


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        (("Species|Roe deer", "Species|Wild boar"), [("Roe deer", ""), ("Wild boar", "")]),
        (("Species|Leopard", "individual|F1", "individual|M2"), [("Leopard", "F1"), ("Leopard", "M2")]),
        (("individual|F1",), [("", "F1")]),
        (("Leopard", "F1"), []),
        (("Species|Leopard", "Species|Leopard"), [("Leopard", "")]),
    ],
)
def test_tags_of_several_animals(tags, expected):
    sightings, _ = sightings_from_tags([photograph(*tags)])
    assert [(each.species, each.individual) for each in sightings] == expected
    assert len({each.code for each in sightings}) == len(expected)


def test_individuals_of_several_species_are_not_guessed():
    tags = ("Species|Leopard", "Species|Tiger", "individual|F1")
    sightings, notices = sightings_from_tags([photograph(*tags)])
    assert [(each.species, each.individual) for each in sightings] == [("Leopard", ""), ("Tiger", "")]
    assert [notice.code for notice in notices] == ["camtrapr.tags_ambiguous"]


def test_effort_is_finite(tmp_path):
    text = HEADER + "S1,0,0,2024-03-01,2024-05-01,,,\n"
    effort = read_camera_table(written(tmp_path, text)).effort
    assert np.isfinite([(each.ends - each.starts).total_seconds() for each in effort]).all()


def tagged(folder):
    media = [read_media_file(path, root=folder) for path in sorted(folder.rglob("*.JPG"))]
    return sightings_from_tags(media)[0]


def test_tags_of_real_photographs_are_those_of_their_record_table(camtrap_data, samples, tmp_path):
    pictures = camtrap_data / "camtrapR-sample" / "inst" / "pictures"
    sightings = tagged(pictures / "sample_images_indiv_tag")
    assert Counter(each.individual for each in sightings) == {"1": 12, "2": 11, "3": 3}
    by_name = {each.media.rpartition("/")[2]: each.individual for each in sightings}
    frame = samples("recordTableIndividualSample")
    records = read_record_table(as_csv(frame, tmp_path / "records.csv"))
    names = [each.media.rpartition("/")[2] for each in records.sightings]
    assert [by_name[name] for name in names] == [each.individual for each in records.sightings]


def test_species_of_real_photographs(camtrap_data):
    pictures = camtrap_data / "camtrapR-sample" / "inst" / "pictures"
    counts = Counter(each.species for each in tagged(pictures / "sample_images_species_tag"))
    assert sum(counts.values()) == 68
    assert (counts["Leopard Cat"], counts["Mouse Deer"], counts["Moonrat"]) == (26, 17, 9)
