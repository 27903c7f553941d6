"""What packages say of themselves, and their further resources, through add and export."""

import importlib.util
import json
import shutil
from pathlib import Path

import pytest
from named_package import METADATA, named_package

_SPEC = importlib.util.spec_from_file_location(
    "standards_referee_of_metadata", Path(__file__).parents[1] / "exchange_standards" / "referee.py"
)
_REFEREE = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_REFEREE)


@pytest.fixture
def official(camtrap_data):
    return camtrap_data / "tdwg-camtrap-dp-example"


@pytest.fixture
def example(official, tmp_path):
    """The official example with a further resource."""
    folder = tmp_path / "example"
    shutil.copytree(official / "example", folder, ignore=shutil.ignore_patterns("media"))
    descriptor = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    (folder / "погода.csv").write_bytes(b"\xef\xbb\xbfday;mm\r\n1;2,5\r\n")
    descriptor["resources"].append({"name": "weather", "path": "погода.csv", "note": "as it is"})
    (folder / "datapackage.json").write_text(json.dumps(descriptor, ensure_ascii=False), encoding="utf-8")
    return folder


def metadata(folder):
    document = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    resources = {each["name"]: each for each in document.pop("resources")}
    return document, resources


def test_metadata_and_further_resources_come_back(example, official, pardine_json, home, tmp_path):
    pardine_json("add", example, "--project", home)
    out = tmp_path / "out"
    pardine_json("export", out, "--camtrap-dp", "--for", "internal", "--project", home)
    (before, _), (after, resources) = metadata(example), metadata(out)
    assert before.pop("created") != after.pop("created")
    assert before["project"].pop("individualAnimals") == after["project"].pop("individualAnimals")
    assert after == before
    assert resources["weather"] == {"name": "weather", "path": "погода.csv", "note": "as it is"}
    assert (out / "погода.csv").read_bytes() == (example / "погода.csv").read_bytes()
    assert _REFEREE.complaints(out, official) == []


def test_the_descriptor_is_kept_byte_for_byte(example, pardine_json, home, tmp_path):
    pardine_json("add", example, "--project", home)
    pardine_json("export", tmp_path / "out", "--project", home)
    for name in ("datapackage.json", "погода.csv"):
        assert (tmp_path / "out" / "sources" / name).read_bytes() == (example / name).read_bytes()


def test_others_are_not_told_addresses_nor_resources(example, official, pardine_json, home, tmp_path):
    pardine_json("add", example, "--project", home)
    out = tmp_path / "out"
    done = pardine_json("export", out, "--camtrap-dp", "--for", "public", "--project", home)
    document, resources = metadata(out)
    assert [c["title"] for c in document["contributors"]] == [
        c["title"] for c in metadata(example)[0]["contributors"]
    ]
    assert "@" not in json.dumps(document["contributors"]) + json.dumps(document["sources"])
    assert "weather" not in resources
    assert not (out / "погода.csv").exists()
    assert "export.resources_left_out" in {notice["code"] for notice in done["warnings"]}
    assert _REFEREE.complaints(out, official) == []


def test_two_packages_are_put_together(example, official, pardine_json, home, tmp_path):
    other = tmp_path / "other"
    named_package(other)
    pardine_json("add", example, other, "--project", home)
    out = tmp_path / "out"
    words = ("--for", "internal", "--contributor", "Обе стороны")
    pardine_json("export", out, "--camtrap-dp", *words, "--project", home)
    document, _ = metadata(out)
    first, _ = metadata(example)
    titles = [c["title"] for c in document["contributors"]]
    assert titles[0] == "Обе стороны"
    assert {c["title"] for c in first["contributors"]} | {METADATA["contributors"][0]["title"]} < set(titles)
    names = [each["scientificName"] for each in document["taxonomic"]]
    assert len(names) == len(set(names))
    assert {"Panthera uncia", *(each["scientificName"] for each in first["taxonomic"])} == set(names)
    # Identifier and citation are those of one package: they stand among the sources.
    assert "id" not in document
    assert first["title"] in {source["title"] for source in document["sources"]}
    assert document["temporal"]["start"] == min(first["temporal"]["start"], "2025-05-01")
    assert document["temporal"]["end"] == "2025-07-30"
    assert "samplingDesign" in document["project"]
    west = min(x for x, _ in document["spatial"]["coordinates"][0])
    east = max(x for x, _ in document["spatial"]["coordinates"][0])
    assert west < 10 < 130 < east
    assert _REFEREE.complaints(out, official) == []
