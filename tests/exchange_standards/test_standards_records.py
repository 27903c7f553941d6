"""Our own records go out and come back: slots, hashes, projected places, effort, further columns."""

import datetime as dt

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_camtrap import MEDIA, METADATA, made_files, table_text, write_files
from referee import complaints

from pardine.base.errors import InputError
from pardine.exchange.camtrap_dp.custom import CLOCKS, IDENTITY, own_table
from pardine.exchange.camtrap_dp.from_records import package_from_records
from pardine.exchange.camtrap_dp.read import read_package
from pardine.exchange.camtrap_dp.write import write_package
from pardine.exchange.imported import ImportedMedia
from pardine.exchange.ledger import MAX_TOLD
from pardine.observe.clock import ClockCheck, ClockCorrection, ClockRecord
from pardine.observe.deployment import Deployment
from pardine.observe.effort import EffortInterval
from pardine.observe.sighting import BoundingBox, Sighting

STARTS, ENDS = dt.datetime(2024, 3, 1, 12), dt.datetime(2024, 5, 1, 12)
SEEN = dt.datetime(2024, 3, 10, 4, 15)


def deployment(**changes):
    facts = {"code": "S1-A", "station": "S1", "slot": "A", "x": 131.25, "y": 43.5, "starts": STARTS,
             "ends": ENDS, "utc_offset_min": 600, "camera_serial": "H500"}  # fmt: skip
    return Deployment(**{**facts, **changes})


def photograph(**changes):
    facts = {"code": "m1", "deployment": "S1-A", "path": "S1/1.JPG", "media_type": "image/jpeg",
             "public": False, "wall_clock": SEEN, "utc_offset_min": 600, "sha256": "ab" * 32}  # fmt: skip
    return ImportedMedia(**{**facts, **changes})


def sighting(**changes):
    facts = {"code": "o1", "deployment": "S1-A", "media": "m1", "starts": SEEN, "ends": SEEN,
             "utc_offset_min": 600, "kind": "animal", "species": "Panthera pardus", "count": 2, "sex": "F",
             "age_class": "cub", "individual": "F07",
             "box": BoundingBox(x=0.1, y=0.25, width=0.5, height=1 / 3), "method": "human",
             "by": "ranger", "probability": 0.9,
             "at": dt.datetime(2024, 6, 1, 9, tzinfo=dt.timezone(dt.timedelta(hours=3))),
             "attributes": {"observationLevel": "media"}}  # fmt: skip
    return Sighting(**{**facts, **changes})


def round_trip(folder, package):
    write_package(package, folder, audience="internal")
    return read_package(folder)


def test_records_come_back_whole(tmp_path, camtrap_data):
    effort = (
        EffortInterval(session="2024", station="S1", slot="A", starts=STARTS, ends=ENDS, state="working"),
        EffortInterval(session="2024", station="S1", slot="B", starts=STARTS, ends=ENDS, state="stolen"),
    )
    clock = ClockRecord(
        deployment="S1-A",
        utc_offset_min=600,
        corrections=(
            ClockCorrection(
                deployment="S1-A", kind="twelve hours", offset_s=-43200.0, reason="=night at noon"
            ),
            ClockCorrection(
                deployment="S1-A",
                kind="drift",
                offset_s=1 / 3,
                drift_s_per_day=-2.5,
                pivot=STARTS,
                applies_until=ENDS,
                checks=(ClockCheck(wall_clock=STARTS, reference_clock=ENDS, media="m1"),),
                by="ranger",
                at=SEEN,
            ),
        ),
    )
    clocks = (clock, ClockRecord(deployment="S1-A-spare"))
    identity = own_table(IDENTITY, [{"observationID": "o1", "individualID": "F07", "side": "left"}])
    package = package_from_records(
        [
            deployment(covariates={"snow_cm": "30", "habitat": "ridge"}),
            deployment(code="S1-A-spare", slot=""),
        ],
        [photograph(attributes={"strip": "S1A"})],
        [sighting()],
        METADATA,
        effort=effort,
        clocks=clocks,
        own={IDENTITY: identity},
    )
    again = round_trip(tmp_path, package)
    assert again.deployments == package.deployments
    assert again.deployments[0] == deployment(covariates={"habitat": "ridge", "snow_cm": "30"})
    assert again.media == (photograph(attributes={"strip": "S1A"}),)
    assert again.sightings == (sighting(),)
    assert again.effort == effort
    assert again.clocks == clocks == package.clocks
    assert again.own[IDENTITY].equals(identity)
    assert complaints(tmp_path, camtrap_data / "tdwg-camtrap-dp-example") == []


def test_projected_places_keep_their_metres(tmp_path):
    made = deployment(x=700_000.0, y=4_820_000.25, crs="EPSG:32652")
    again = round_trip(tmp_path, package_from_records([made], [], [], METADATA))
    assert again.deployments == (made,)
    longitude, latitude = (float(again.tables["deployments"][name][0]) for name in ("longitude", "latitude"))
    assert (longitude, latitude) == (pytest.approx(131.474, abs=0.001), pytest.approx(43.506, abs=0.001))


def test_local_maps_cannot_be_shared():
    with pytest.raises(InputError) as refusal:
        package_from_records([deployment(crs="local")], [], [], METADATA)
    assert refusal.value.code == "camtrapdp.no_place"


@pytest.mark.parametrize(
    ("deployments", "media", "sightings", "code"),
    [
        ([deployment(utc_offset_min=None)], [], [], "camtrapdp.no_offset"),
        ([deployment(x=float("nan"))], [], [], "imported.missing_value"),
        ([deployment(ends=None)], [], [], "imported.missing_value"),
        ([deployment()], [photograph(path="../1.JPG")], [], "camtrapdp.unsafe_media_path"),
        ([deployment()], [photograph(deployment="S9")], [], "camtrapdp.unknown_key"),
        ([deployment()], [], [sighting(media="m9")], "camtrapdp.unknown_key"),
        ([deployment(), deployment()], [], [], "camtrapdp.not_unique"),
    ],
)
def test_records_that_break_the_standard_are_refused(deployments, media, sightings, code):
    with pytest.raises(InputError) as refusal:
        package_from_records(deployments, media, sightings, METADATA)
    assert {problem.code for problem in refusal.value.problems} == {code}


def test_nothing_is_overwritten(tmp_path):
    package = read_package(write_files(tmp_path / "in", made_files()))
    write_package(package, tmp_path / "out", audience="internal")
    before = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    with pytest.raises(InputError) as refusal:
        write_package(package, tmp_path / "out", audience="internal")
    assert refusal.value.code == "export.file_exists"
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == before


def test_resources_of_others_come_back_byte_for_byte(tmp_path):
    files = made_files()
    files["datapackage.json"] = files["datapackage.json"].replace(
        b'"resources": [', b'"resources": [{"name": "weather", "path": "more/weather.csv"}, '
    )
    files["more/weather.csv"] = b"day;snow\r\n1;30\r\n"
    package = read_package(write_files(tmp_path / "in", files))
    round_trip(tmp_path / "out", package)
    assert (tmp_path / "out" / "more" / "weather.csv").read_bytes() == files["more/weather.csv"]


def test_partners_and_public_learn_no_exact_place(tmp_path):
    made = deployment(
        x=700_000.0, y=4_820_000.25, crs="EPSG:32652", covariates={"note": "below the red rock"}
    )
    package = package_from_records([made], [photograph()], [sighting()], METADATA)
    for audience in ("partner", "public"):
        folder = tmp_path / audience
        write_package(package, folder, audience=audience)
        text = "".join(path.read_text(encoding="utf-8") for path in folder.iterdir())
        exact = [package.tables["deployments"][name][0] for name in ("longitude", "latitude")]
        for secret in (*exact, "4820000", "red rock", "ranger", "H500"):
            assert secret not in text, secret


def test_effort_that_cannot_be_read_is_refused(tmp_path):
    interval = EffortInterval(session="", station="S1", starts=STARTS, ends=ENDS, state="snowed")
    package = package_from_records([deployment()], [], [], METADATA, effort=[interval])
    write_package(package, tmp_path, audience="internal")
    path = tmp_path / "pardine-effort.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("snowed", "melted"), encoding="utf-8")
    with pytest.raises(InputError) as refusal:
        read_package(tmp_path)
    assert [problem.code for problem in refusal.value.problems] == ["camtrapdp.bad_effort"]


@pytest.mark.parametrize(
    "text", ["=1+1", "@SUM(A1)", "-cmd", "'=x", "+7 999", 'say "yes"', "a\nb", "семь, 豹"]
)
def test_free_text_comes_back_and_runs_in_no_spreadsheet(tmp_path, text):
    made = sighting(individual=text, by=text, attributes={"observationLevel": "media", "note": text})
    package = package_from_records([deployment()], [photograph()], [made], METADATA)
    again = round_trip(tmp_path, package)
    assert again.sightings == (made,)
    cells = pl.read_csv(tmp_path / "observations.csv", infer_schema=False)
    assert not cells["individualID"][0].startswith(("=", "@", "-", "+"))


plain_text = st.text(
    st.characters(blacklist_categories=("Cc", "Cs", "Zs", "Zl", "Zp", "Cf")), min_size=1, max_size=12
).filter(lambda text: text not in ("NA", "NaN", "nan") and text == text.strip())


@settings(max_examples=40, deadline=None)
@given(name=plain_text, share=st.floats(0, 1), offset=st.integers(-720, 840))
def test_any_name_number_and_offset_comes_back(tmp_path_factory, name, share, offset):
    made = sighting(individual=name, probability=share, utc_offset_min=offset)
    package = package_from_records([deployment()], [photograph()], [made], METADATA)
    assert round_trip(tmp_path_factory.mktemp("any"), package).sightings == (made,)


def test_tables_in_parts_are_joined(tmp_path):
    lines = table_text("media").splitlines(keepends=True)
    files = made_files()
    del files["media.csv"]
    files["media_1.csv"] = "".join(lines[:3]).encode()
    files["media_2.csv"] = "".join([lines[0], *lines[3:]]).encode()
    files["datapackage.json"] = files["datapackage.json"].replace(
        b'"path": "media.csv"', b'"path": ["media_1.csv", "media_2.csv"]'
    )
    assert [each.code for each in read_package(write_files(tmp_path, files)).media] == [
        f"m{i}" for i in range(5)
    ]


def test_only_the_first_repairs_of_a_column_are_told_all_are_kept(tmp_path):
    rows = [
        {**MEDIA[i % 5], "mediaID": f"m{i}", "timestamp": f"2024-03-10 00:{i:02d}:00+10:00"}
        for i in range(40)
    ]
    files = {**made_files(), "media.csv": table_text("media", rows).encode()}
    package = read_package(write_files(tmp_path, files))
    told = [notice.code for notice in package.notices]
    assert told == ["camtrapdp.repaired"] * MAX_TOLD + ["imported.more_repairs"]
    assert package.repairs.height == 40


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("700000.0", "far east", "camtrapdp.not_number"),
        ("S1-A,A", "S9-A,A", "camtrapdp.unknown_key"),
        ("S1-A,A", ",A", "imported.missing_value"),
        ("crs", "projection", "imported.missing_column"),
    ],
)
def test_our_own_tables_are_checked_too(tmp_path, old, new, code):
    made = deployment(x=700_000.0, y=4_820_000.25, crs="EPSG:32652")
    write_package(package_from_records([made], [], [], METADATA), tmp_path, audience="internal")
    path = tmp_path / "pardine-cameras.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError) as refusal:
        read_package(tmp_path)
    assert [problem.code for problem in refusal.value.problems] == [code]


def test_a_package_without_any_row_is_a_package(tmp_path):
    again = round_trip(tmp_path, package_from_records([], [], [], METADATA))
    assert again.n_rows == 0
    assert again.deployments == again.media == again.sightings == again.effort == ()


@pytest.mark.parametrize(
    ("column", "value"),
    [("kind", "eternal"), ("pivot", "noon"), ("checks", "[1]"), ("checks", "{"), ("driftSPerDay", "1.0")],
)
def test_clocks_that_cannot_be_read_are_refused(tmp_path, column, value):
    made = own_table(CLOCKS, [{"deploymentID": "S1-A", "kind": "offset", "offsetS": "60", column: value}])
    package = package_from_records([deployment()], [], [], METADATA, own={CLOCKS: made})
    write_package(package, tmp_path, audience="internal")
    with pytest.raises(InputError) as refusal:
        read_package(tmp_path)
    assert [problem.code for problem in refusal.value.problems] == ["camtrapdp.bad_clock"]
