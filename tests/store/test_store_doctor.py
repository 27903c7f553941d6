"""The doctor: silent about a sound project, plain about an unsound one."""

import re
import sqlite3
from pathlib import Path

import pytest
from survey_examples import small_sources, small_survey

import pardine.store
from pardine.language.messages import MESSAGES
from pardine.language.translate import sentence
from pardine.store import doctor
from pardine.store.doctor import examine
from pardine.store.runs import new_run
from pardine.store.survey import save_survey


@pytest.fixture
def filled(sqlite_project):
    save_survey(sqlite_project, small_survey(), small_sources(), run=new_run("add", {}))
    sqlite_project.close()
    return sqlite_project


def with_sql(project, *statements: str) -> None:
    connection = sqlite3.connect(project.directory / "pardine.sqlite")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def test_a_sound_project_needs_no_doctor(project):
    save_survey(project, small_survey(), small_sources(), run=new_run("add", {}))
    assert examine(project) == []


def test_changed_bytes_are_found(filled):
    with_sql(filled, "UPDATE blob SET content = x'00' WHERE n_bytes = 1")
    assert [n.code for n in examine(filled)] == ["blob.damaged"]


def test_a_row_that_refers_to_nothing_is_found(filled):
    with_sql(filled, "UPDATE capture SET station_id = 99 WHERE occasion = 1")
    (found,) = examine(filled)
    assert found.code == "doctor.dangling_reference"
    assert dict(found.fields) == {"table": "capture", "value": 2}


def test_a_damaged_page_is_found(filled):
    with_sql(filled, "PRAGMA wal_checkpoint(TRUNCATE)")
    path = filled.directory / "pardine.sqlite"
    connection = sqlite3.connect(path)
    (page,) = connection.execute(
        "SELECT rootpage FROM sqlite_master WHERE name = 'ix_capture_station_id'"
    ).fetchone()
    (size,) = connection.execute("PRAGMA page_size").fetchone()
    connection.close()
    content = bytearray(path.read_bytes())
    content[(page - 1) * size + size - 40 : page * size] = b"\x01" * 40
    path.write_bytes(content)
    assert "doctor.integrity" in {n.code for n in examine(filled)}


def test_a_database_that_can_hardly_be_read_is_still_examined(filled):
    with_sql(filled, "PRAGMA wal_checkpoint(TRUNCATE)")
    path = filled.directory / "pardine.sqlite"
    content = path.read_bytes()
    # The first page, with the list of tables and the place in the migrations, stays.
    path.write_bytes(content[:40_960] + b"\x07" * (len(content) - 40_960))
    assert {n.code for n in examine(filled)} == {"doctor.integrity"}


def test_what_can_be_made_again_is_named(filled):
    (filled.derived / "crops").mkdir()
    (filled.derived / "crops" / "豹.jpg").write_bytes(b"0" * 250_000)
    (filled.directory / "pardine.sqlite.partial").touch()
    found = {n.code: n for n in examine(filled)}
    assert set(found) == {"doctor.derived", "doctor.leftover"}
    assert {n.severity for n in found.values()} == {"note"}
    assert (found["doctor.derived"].fields["n_files"], found["doctor.derived"].fields["value"]) == (1, 0.2)


def test_a_full_disk_is_warned_about(filled, monkeypatch):
    monkeypatch.setattr(doctor, "LITTLE_SPACE_MB", 10**12)
    (found,) = examine(filled)
    assert (found.code, found.severity) == ("doctor.little_space", "warning")


def test_every_code_of_the_store_has_a_sentence():
    folder = Path(pardine.store.__file__).parent
    pattern = re.compile(
        r'"((?:project|survey|individual|decision|run|result|blob|media|log|backup|upgrade|doctor)\.[a-z_]+)"'
    )
    used = {
        code for path in folder.glob("*.py") for code in pattern.findall(path.read_text(encoding="utf-8"))
    }
    parts = ("session", "station", "effort", "capture", "fix", "mask")
    used |= {f"survey.conflict_{part}" for part in parts}
    used |= {f"survey.doubled_{part}" for part in parts if part not in ("capture", "fix")}
    not_codes = {code for code in used if code.endswith((".toml", ".sqlite"))}
    assert used - not_codes <= set(MESSAGES)


def test_a_notice_of_the_store_becomes_a_sentence(filled):
    with_sql(filled, "UPDATE blob SET content = x'00' WHERE n_bytes = 1")
    assert sentence(examine(filled)[0]).startswith("Stored bytes are not what they were (sha256 ")
