"""Real photographs, packages and exports through `pardine add`, counted."""

import hashlib
from collections import Counter

import pytest

from pardine.store.deployments import read_deployments
from pardine.store.media import media_counts
from pardine.store.project import open_project
from pardine.store.sightings import read_sightings

PAMIR = "{station}__Station{station}__Camera{slot}__{date}__{time}({n})"


def fingerprints(folder):
    return {
        p: (hashlib.sha256(p.read_bytes()).hexdigest(), p.stat().st_mtime_ns)
        for p in folder.rglob("*")
        if p.is_file()
    }


def test_all_171_pamir_photographs_come_in_and_no_doubtful_date_is_accepted(pamir_data, pardine_json, home):
    before = fingerprints(pamir_data / "photos")
    done = pardine_json("add", pamir_data / "photos", "--pattern", PAMIR, "--project", home)
    (folder,) = done["photographs"]
    assert (folder["read"], folder["added"], folder["refused"]) == (171, 171, [])
    assert folder["without_reliable_time"] == 171
    assert folder["without_deployment"] == 0
    codes = {notice["code"] for notice in folder["warnings"]}
    assert {"photograph.times_disagree", "photograph.name_clock_off", "add.times_waiting"} <= codes
    assert fingerprints(pamir_data / "photos") == before
    with open_project(home) as project:
        assert len(read_deployments(project)) == len(folder["new_deployments"]) == 20
        counts = media_counts(project)
    assert sum(count.n_media for count in counts.values()) == 171
    assert sum(count.n_without_instant for count in counts.values()) == 171


def test_adding_a_folder_again_reads_nothing(pamir_data, pardine_json, home):
    words = ("add", pamir_data / "photos", "--pattern", PAMIR, "--project", home)
    pardine_json(*words)
    (again,) = pardine_json(*words)["photographs"]
    assert (again["read"], again["unchanged"], again["added"]) == (0, 171, 0)


def test_a_dry_run_tells_and_stores_nothing(pamir_data, pardine_json, home):
    done = pardine_json("add", pamir_data / "photos", "--pattern", PAMIR, "--project", home, "--dry-run")
    assert done["photographs"][0]["read"] == 171
    assert done["photographs"][0]["run"] is None
    with open_project(home) as project:
        assert read_deployments(project) == ()
        assert media_counts(project) == {}


def test_ten_of_ten_of_the_official_example(camtrap_data, pardine_json, home):
    media = camtrap_data / "tdwg-camtrap-dp-example" / "example" / "media"
    (folder,) = pardine_json("add", media, "--project", home)["photographs"]
    assert (folder["added"], folder["refused"], folder["without_reliable_time"]) == (10, [], 0)


def test_official_package_with_all_its_rows(camtrap_data, pardine_json, home):
    path = camtrap_data / "tdwg-camtrap-dp-example" / "example"
    (records,) = pardine_json("add", path, "--project", home)["records"]
    assert records["kind"] == "Camtrap DP"
    assert [records[name] for name in ("deployments", "media", "sightings")] == [4, 423, 549]
    with open_project(home) as project:
        assert len(read_sightings(project)) == 549
    (again,) = pardine_json("add", path, "--project", home)["records"]
    assert {summary["added"] for summary in again["stored"].values()} == {0}


@pytest.mark.parametrize(("name", "n_rows"), [("cajambre", 5253), ("cristales", 4950)])
def test_wildlife_insights_exports_with_their_counts(camtrap_data, pardine_json, home, name, n_rows):
    path = camtrap_data / "wiutils-wildlife-insights" / name / name
    (records,) = pardine_json("add", path, "--project", home)["records"]
    assert (records["kind"], records["sightings"]) == ("Wildlife Insights", n_rows)
    with open_project(home) as project:
        assert len(read_sightings(project)) == n_rows
        counts = media_counts(project)
    assert sum(count.n_media for count in counts.values()) == records["media"]


def test_every_refused_file_of_the_collection_is_listed_by_name_and_reason(camtrap_data, pardine_json, home):
    (folder,) = pardine_json("add", camtrap_data / "speciesnet-testdata", "--project", home)["photographs"]
    refused = {notice["fields"]["file"]: notice["code"] for notice in folder["refused"]}
    warned = Counter(n["code"] for n in folder["refused"] if n["severity"] == "warning")
    assert any("truncated" in name for name in refused)
    assert warned
    assert folder["read"] + len(refused) == sum(
        path.is_file() for path in (camtrap_data / "speciesnet-testdata").rglob("*")
    )
