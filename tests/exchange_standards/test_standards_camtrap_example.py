"""The official example goes in and out without loss, and the referee has nothing against it."""

import datetime as dt
import json

import jsonschema
import pytest
from referee import complaints

from pardine.exchange.camtrap_dp.from_records import package_from_records
from pardine.exchange.camtrap_dp.read import read_package
from pardine.exchange.camtrap_dp.specification import SPECIFICATION
from pardine.exchange.camtrap_dp.write import write_package


@pytest.fixture(scope="module")
def official(camtrap_data):
    return camtrap_data / "tdwg-camtrap-dp-example"


@pytest.fixture(scope="module")
def example(official):
    return read_package(official / "example")


@pytest.mark.parametrize("name", SPECIFICATION)
def test_our_specification_is_that_of_the_official_schema(official, name):
    schema = json.loads((official / f"{name}-table-schema.json").read_text(encoding="utf-8"))
    ours = SPECIFICATION[name]
    assert ours.columns == tuple(field["name"] for field in schema["fields"])
    for field, theirs in zip(ours.fields, schema["fields"], strict=True):
        limits = theirs["constraints"]
        assert field.type == theirs["type"], field.name
        assert field.required == limits.get("required", False), field.name
        assert field.unique == limits.get("unique", False), field.name
        assert field.words == tuple(limits.get("enum", ())), field.name
        assert (field.minimum, field.maximum) == (limits.get("minimum"), limits.get("maximum")), field.name
        assert (field.pattern is not None) == ("pattern" in limits), field.name
    assert ours.key == schema["primaryKey"]
    keys = {(key["fields"], key["reference"]["resource"]) for key in schema.get("foreignKeys", [])}
    assert set(ours.references) == keys


def test_example_has_its_rows_and_needs_no_repair(example):
    assert {name: frame.height for name, frame in example.tables.items()} == {
        "deployments": 4,
        "media": 423,
        "observations": 549,
    }
    assert example.repairs.is_empty()
    assert [len(example.deployments), len(example.media), len(example.sightings)] == [4, 423, 549]


def test_winter_offset_on_a_day_of_summer_time_is_told(example):
    told = [notice for notice in example.notices if notice.code == "camtrapdp.summer_time"]
    assert [(n.fields["deployment"], n.fields["value"], n.fields["expected"]) for n in told] == [
        ("62c200a9", "+01:00", "+02:00")
    ]
    assert told[0].severity == "warning"
    assert told[0].fields["n_days"] == 22


def test_records_hold_what_the_rows_say(example):
    deployment = next(each for each in example.deployments if each.code == "62c200a9")
    assert deployment.starts == dt.datetime(2021, 3, 27, 21, 38, 18)
    assert deployment.utc_offset_min == 60
    assert (deployment.x, deployment.y, deployment.camera_serial) == (4.013, 50.699, "315")
    photograph = next(each for each in example.media if each.code == "7ab33b3a")
    assert photograph.path == "media/20210531082538-RCNX0031.JPG"
    assert photograph.wall_clock == dt.datetime(2021, 4, 11, 20, 43, 9)
    duck = next(each for each in example.sightings if each.code == "705e6036")
    assert (duck.species, duck.sex, duck.age_class, duck.count) == ("Anas platyrhynchos", "F", "adult", 1)
    assert (duck.media, duck.event, duck.utc_offset_min) == ("", "4bb69c45", 0)
    boxed = [each for each in example.sightings if each.box]
    assert len(boxed) == 20
    assert all(each.method == "machine" and each.probability for each in boxed)


@pytest.mark.parametrize("through_records", [False, True])
def test_import_export_import_gives_identical_rows(example, official, tmp_path, through_records):
    package = example
    if through_records:
        package = package_from_records(
            example.deployments, example.media, example.sightings, example.metadata, others=example.others
        )
    write_package(package, tmp_path, audience="internal")
    again = read_package(tmp_path)
    for name, frame in example.tables.items():
        assert again.tables[name].equals(frame), name
    assert again.metadata == example.metadata
    assert again.others == example.others
    assert again.deployments == example.deployments
    assert again.media == example.media
    assert again.sightings == example.sightings
    assert complaints(tmp_path, official) == []


def test_export_keeps_the_official_profile(example, official, tmp_path):
    write_package(example, tmp_path, audience="internal")
    profile = json.loads((official / "camtrap-dp-profile.json").read_text(encoding="utf-8"))
    # Parts of the profile that lie elsewhere on the network are not at hand.
    own_part = profile["allOf"][1]
    own_part["properties"]["spatial"].pop("$ref")
    schema = {"$defs": profile["$defs"], **own_part}
    written = json.loads((tmp_path / "datapackage.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(written)


def test_referee_finds_the_faults_that_we_find(example, official, tmp_path):
    """The referee is no rubber stamp: a fault written past the checks is complained of."""
    write_package(example, tmp_path, audience="internal")
    path = tmp_path / "observations.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",animal,", ",beast,", 1), encoding="utf-8")
    assert len(complaints(tmp_path, official)) == 1


def test_the_public_gets_no_places_and_no_people(example, official, tmp_path):
    write_package(example, tmp_path)
    public = read_package(tmp_path)
    true = {each.code: each for each in example.deployments}
    for each in public.deployments:
        assert (each.x, each.y) != (true[each.code].x, true[each.code].y)
        assert abs(each.x - true[each.code].x) <= 0.05 + 1e-9
        assert int(each.covariates["coordinateUncertainty"]) > 6000
    text = "".join((tmp_path / f"{name}.csv").read_text(encoding="utf-8") for name in SPECIFICATION)
    assert "Van der beeck" not in text
    assert "B_DM_val" not in text
    humans = {each.media for each in public.sightings if each.kind == "human"}
    assert humans
    assert not any(each.public for each in public.media if each.code in humans)
    assert complaints(tmp_path, official) == []
