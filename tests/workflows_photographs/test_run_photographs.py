"""`pardine run` of packages and photographs; folders that hold packages below them."""

import csv
import importlib.util
import shutil
from pathlib import Path

import pytest
from named_package import DENSITY_PER_100KM2, SPECIES, named_package

from pardine.language.translate import sentence
from pardine.observe.detections import independent_detections
from pardine.store.clock_records import read_clock_records
from pardine.store.decisions import read_log
from pardine.store.named_sightings import read_named_sightings
from pardine.store.project import open_project
from pardine.store.results import latest_result
from pardine.workflows.sort_paths import kind_of_path, sort_paths

_SPEC = importlib.util.spec_from_file_location(
    "photograph_files", Path(__file__).parents[1] / "exchange_photographs" / "photograph_files.py"
)
_FILES = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_FILES)


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


def tagged(name, minute):
    """A photograph with the tag of an animal, as digiKam writes it."""
    tags = f"<rdf:Bag><rdf:li>{f'individual|{name}' if name else 'looked at'}</rdf:li></rdf:Bag>"
    body = f"<lr:hierarchicalSubject>{tags}</lr:hierarchicalSubject>"
    body += f"<exif:DateTimeOriginal>2025-05-03T10:{minute:02}:00</exif:DateTimeOriginal>"
    return _FILES.photograph(xmp=_FILES.xmp_packet(body))


def test_a_photograph_named_differently_by_path_and_tags_is_told(pardine_json, home, tmp_path):
    folder = tmp_path / "sorted"
    for number, (by_path, by_tag) in enumerate([("F1", "F1"), ("F1", "M2")]):
        file = folder / "K1" / by_path / f"IMG_000{number}.JPG"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(tagged(by_tag, number * 40))
    pattern = ("--pattern", "{station}/{individual}/**", "--utc-offset", "+08:00")
    done = pardine_json("add", folder, *pattern, "--project", home)
    (told,) = [n for n in done["photographs"][0]["warnings"] if n["code"] == "add.names_differ"]
    assert told["fields"] == {"file": "K1/F1/IMG_0001.JPG", "n": 1, "value": "F1", "other": "M2"}
    with open_project(home) as project:
        named = read_named_sightings(project, read_clock_records(project))
    detections, notices = independent_detections(named)
    assert [(d.individual, f"{d.at:%H:%M}") for d in detections] == [
        ("F1", "10:00"),
        ("F1", "10:40"),
        ("M2", "10:40"),
    ]
    (notice,) = notices
    assert notice.code == "session.names_differ" and notice.fields["n"] == 1
    assert "2025-05-03 10:40" in sentence(notice)

    # The false tag is taken out of the file: the name goes with it.
    (folder / "K1" / "F1" / "IMG_0001.JPG").write_bytes(tagged(None, 40))
    pardine_json("add", folder, *pattern, "--project", home)
    with open_project(home) as project:
        named = read_named_sightings(project, read_clock_records(project))
        withdrawn = [d.value for d in read_log(project) if d.kind == "withdraw.sighting"]
    detections, notices = independent_detections(named)
    assert ({d.individual for d in detections}, notices) == ({"F1"}, ())
    assert len(withdrawn) == 1
