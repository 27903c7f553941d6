"""`pardine run` of packages and photographs; folders that hold packages below them."""

import csv
import shutil

import pytest
from named_package import DENSITY_PER_100KM2, SPECIES, named_package

from pardine.store.project import open_project
from pardine.store.results import latest_result
from pardine.workflows.sort_paths import kind_of_path, sort_paths


@pytest.fixture
def package(tmp_path):
    folder = tmp_path / "пакет v1.2"
    named_package(folder)
    return folder


def test_a_package_with_names_goes_through_to_the_report(package, pardine_json, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = pardine_json("run", package, "--species", SPECIES, "--project", tmp_path / "kept")
    density = done["fits"][0]["sessions"][0]["density"]
    assert density["lower"] < DENSITY_PER_100KM2 < density["upper"]
    assert [name.endswith((".html", ".pdf")) for name in done["report"]] == [True, True]
    with open_project(tmp_path / "kept") as project:
        assert latest_result(project, "estimate") is not None


def test_looking_at_a_package_keeps_nothing(package, pardine_json, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.iterdir())
    looked = pardine_json("run", package)
    kept = pardine_json("run", package, "--project", tmp_path / "kept")
    assert looked["fits"][0]["log_likelihood"] == kept["fits"][0]["log_likelihood"]
    shutil.rmtree(tmp_path / "kept")
    assert sorted(tmp_path.iterdir()) == before


def test_where_no_animal_has_a_name_the_chain_ends_with_the_check(pardine, pardine_json, tmp_path):
    folder = tmp_path / "package"
    named_package(folder, name_animals=False)
    done = pardine_json("run", folder, "--project", tmp_path / "home")
    assert done["fits"] == []
    assert done["check"]["media"] > 100
    assert "run.names_missing" in {notice["code"] for notice in done["warnings"]}
    assert (tmp_path / "home" / "reports" / "check.html").is_file()
    code, out, _ = pardine("run", folder, "--project", tmp_path / "home2")
    assert code == 0 and "check.html" in out


@pytest.fixture
def two_photographs(pamir_data, tmp_path):
    folder = tmp_path / "cards"
    folder.mkdir()
    for file in sorted((pamir_data / "photos").glob("*.JPG"))[:2]:
        shutil.copy(file, folder)
    return folder


def test_photographs_of_no_deployment_are_a_finding(two_photographs, pardine_json, home):
    pardine_json("add", two_photographs, "--project", home)
    (finding,) = pardine_json("check", "--project", home)["findings"]
    assert finding["rule"] == "check.no_deployment"
    assert finding["evidence"]["n"] == 2 and finding["severity"] == "error"


def test_an_empty_project_is_not_called_faultless(pardine_json, home):
    codes = {notice["code"] for notice in pardine_json("check", "--project", home)["warnings"]}
    assert "check.nothing_added" in codes


def test_packages_below_a_folder_are_found(package, tmp_path):
    office = tmp_path / "office"
    (office / "2025").mkdir(parents=True)
    office_package = package.rename(office / "2025" / "package")
    (office / "list.csv").write_text("to do,done\ncall,yes\n", encoding="utf-8")
    found = sort_paths([office])
    assert found.records == [(office_package, "Camtrap DP")]
    assert found.tables == [] and found.photographs == []


def test_schemas_of_a_standard_are_no_package(camtrap_data):
    example = camtrap_data / "tdwg-camtrap-dp-example"
    for schema in sorted(example.glob("*.json")):
        assert kind_of_path(schema) == "tables", schema.name
    found = sort_paths([example])
    assert found.records == [(example / "example", "Camtrap DP")]


def test_exports_below_a_folder_are_all_taken(camtrap_data, pardine_json, home):
    exports = camtrap_data / "wiutils-wildlife-insights"
    done = pardine_json("add", exports, "--project", home)
    assert sorted(record["sightings"] for record in done["records"]) == [4950, 5253]


def test_the_table_of_findings_is_written_anew_but_no_verdict_is_lost(
    two_photographs, pardine, pardine_json, home
):
    table = home / "findings.csv"
    pardine_json("add", two_photographs, "--project", home)
    words = ("check", "--project", home, "--csv", table)
    pardine_json(*words)
    untouched = table.read_bytes()
    pardine_json(*words)
    assert table.read_bytes() == untouched
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows
    rows[0] |= {"verdict": "no fault", "by": "Анна"}
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    written = table.read_bytes()
    code, _, err = pardine(*words)
    assert code == 2 and "1 verdict" in err
    assert table.read_bytes() == written
    assert pardine_json(*words, "--verdicts", table)["new_verdicts"] == 1
    pardine_json(*words)
    assert "Анна" in table.read_text(encoding="utf-8")
    other = home / "letter.csv"
    other.write_text("dear,all\n1,2\n", encoding="utf-8")
    code, _, err = pardine("check", "--project", home, "--csv", other)
    assert code == 2 and other.read_text(encoding="utf-8") == "dear,all\n1,2\n"
