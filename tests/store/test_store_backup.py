"""Backups: whole while others write, verified, and a restored project is the project."""

import json
import sqlite3
import threading
import zipfile

import pytest
from sqlalchemy import insert, select
from survey_examples import as_values, small_sources, small_survey, table

from pardine.base.errors import ProjectError
from pardine.base.identifiers import sha256_of_bytes
from pardine.store import schema
from pardine.store.backup import backup_project, restore_backup, verify_backup
from pardine.store.decisions import Draft, append, read_log
from pardine.store.doctor import examine
from pardine.store.project import open_project
from pardine.store.results import latest_result, save_result
from pardine.store.runs import all_runs, finish_run, new_run, start_run
from pardine.store.statements import assert_sex
from pardine.store.survey import read_sources, read_survey, save_survey


@pytest.fixture
def full(project):
    """A project with something in every table."""
    survey, sources = small_survey(), small_sources()
    save_survey(project, survey, sources, run=new_run("add", {}))
    newer = [table("captures", b"newer")]
    save_survey(project, survey, newer, run=new_run("add", {}), replace=True)
    assert_sex(project, "Кедровая 2024", "Leo 9", "M", author="Simulated warden")
    run = start_run(project, "estimate", {"a": 1}, seed=7)
    save_result(project, run, "fit", {"D": 1.5})
    finish_run(project, run)
    return project


def test_a_restored_project_is_the_project(full, tmp_path):
    archive = tmp_path / "резервная копия.zip"
    manifest = backup_project(full, archive)
    assert verify_backup(archive).n_rows == manifest.n_rows
    restore_backup(archive, tmp_path / "restored 豹")
    with open_project(tmp_path / "restored 豹") as restored:
        assert (restored.uid, restored.name) == (full.uid, full.name)
        assert as_values(read_survey(restored)) == as_values(read_survey(full))
        assert read_sources(restored, superseded=True) == read_sources(full, superseded=True)
        assert read_log(restored) == read_log(full)
        assert all_runs(restored) == all_runs(full)
        assert latest_result(restored, "fit") == latest_result(full, "fit")
        assert examine(restored) == []
        assert not restored.on_server


def test_a_backup_can_be_restored_to_a_server_and_worked_on(full, tmp_path, second_server_database):
    backup_project(full, tmp_path / "b.zip")
    restore_backup(tmp_path / "b.zip", tmp_path / "r", database_url=second_server_database)
    with open_project(tmp_path / "r") as restored:
        assert restored.on_server
        assert not (restored.directory / "pardine.sqlite").exists()
        assert as_values(read_survey(restored)) == as_values(read_survey(full))
        assert read_log(restored) == read_log(full)
        # Local keys go on after those that were copied.
        save_survey(restored, small_survey("later"), [table("stations", b"x")], run=new_run("add", {}))
        assert_sex(restored, "later", "Leo 9", "F")
        assert examine(restored) == []


def test_a_restored_project_starts_a_chain_of_its_own(full, tmp_path):
    backup_project(full, tmp_path / "b.zip")
    restore_backup(tmp_path / "b.zip", tmp_path / "r")
    with open_project(tmp_path / "r") as restored:
        assert restored.origin != full.origin


def test_a_backup_made_while_others_write_is_whole(sqlite_project, tmp_path):
    stop = threading.Event()
    written = []

    def write() -> None:
        with open_project(sqlite_project.directory) as project:
            while not stop.is_set():
                written.extend(append(project, [Draft(kind="k", subject_uid="s", after=len(written))] * 3))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(5):
            manifest = backup_project(sqlite_project, tmp_path / f"{number}.zip")
            assert verify_backup(tmp_path / f"{number}.zip").members == manifest.members
            assert manifest.n_rows["decision"] % 3 == 0
    finally:
        stop.set()
        writer.join()
    assert len(written) > 0


def test_nothing_is_written_over(full, tmp_path):
    archive = tmp_path / "b.zip"
    backup_project(full, archive)
    for again in (lambda: backup_project(full, archive), lambda: restore_backup(archive, full.directory)):
        with pytest.raises(ProjectError) as caught:
            again()
        assert caught.value.code == "backup.target_exists"


def test_a_missing_folder_is_said_so(full, tmp_path):
    with pytest.raises(ProjectError) as caught:
        backup_project(full, tmp_path / "nowhere" / "b.zip")
    assert caught.value.code == "backup.cannot_write"


def repacked(archive, target, change):
    """A copy of a backup in which one file was changed and the manifest believes it."""
    with zipfile.ZipFile(archive) as packed:
        members = {name: packed.read(name) for name in packed.namelist()}
    change(members)
    with zipfile.ZipFile(target, "w") as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return target


def refused(archive, tmp_path) -> tuple[str, set[str]]:
    with pytest.raises(ProjectError) as caught:
        restore_backup(archive, tmp_path / "never")
    assert not (tmp_path / "never").exists()
    assert not list(tmp_path.glob(".pardine-*"))
    return caught.value.code, {problem.code for problem in caught.value.problems}


def test_a_changed_file_is_found(full, tmp_path):
    backup_project(full, tmp_path / "b.zip")

    def change(members):
        members["project.toml"] += b"# a word\n"

    archive = repacked(tmp_path / "b.zip", tmp_path / "c.zip", change)
    assert refused(archive, tmp_path) == ("backup.damaged", {"backup.member_damaged"})


def test_a_log_cut_short_is_found_even_with_a_matching_hash(full, tmp_path):
    backup_project(full, tmp_path / "b.zip")

    def change(members):
        (tmp_path / "x.sqlite").write_bytes(members["pardine.sqlite"])
        connection = sqlite3.connect(tmp_path / "x.sqlite")
        connection.execute("DROP TRIGGER decision_no_delete")
        connection.execute("DELETE FROM decision")
        connection.commit()
        connection.close()
        members["pardine.sqlite"] = (tmp_path / "x.sqlite").read_bytes()
        manifest = json.loads(members["manifest.json"])
        manifest["members"]["pardine.sqlite"] = sha256_of_bytes(members["pardine.sqlite"])
        members["manifest.json"] = json.dumps(manifest)

    archive = repacked(tmp_path / "b.zip", tmp_path / "c.zip", change)
    expected = {"backup.rows_differ", "log.cut_short", "log.witness_missing"}
    assert refused(archive, tmp_path) == ("backup.damaged", expected)


@pytest.mark.parametrize("content", [b"", b"a text", b"PK\x03\x04 cut off"])
def test_other_files_are_no_backup(tmp_path, content):
    (tmp_path / "b.zip").write_bytes(content)
    assert refused(tmp_path / "b.zip", tmp_path)[0] == "backup.not_a_backup"


def test_a_backup_without_its_parts_is_none(full, tmp_path):
    backup_project(full, tmp_path / "b.zip")
    archive = repacked(tmp_path / "b.zip", tmp_path / "c.zip", lambda m: m.pop("pardine.sqlite"))
    assert refused(archive, tmp_path)[0] == "backup.not_a_backup"


def test_a_backup_of_a_later_format_is_refused(full, tmp_path):
    backup_project(full, tmp_path / "b.zip")

    def change(members):
        members["manifest.json"] = members["manifest.json"].replace(b'"format":1', b'"format":2')

    archive = repacked(tmp_path / "b.zip", tmp_path / "c.zip", change)
    assert refused(archive, tmp_path)[0] == "backup.newer_format"


def test_large_bytes_are_copied(project, tmp_path):
    content = bytes(range(256)) * 20_000
    with project.transaction() as connection:
        row = {"sha256": "a" * 64, "n_bytes": len(content), "content": content}
        connection.execute(insert(schema.blob).values(**row))
    with pytest.raises(ProjectError) as caught:
        backup_project(project, tmp_path / "b.zip")
        restore_backup(tmp_path / "b.zip", tmp_path / "r")
    # The hash is wrong on purpose: the verification read the bytes and says so.
    assert [p.code for p in caught.value.problems] == ["blob.damaged"]
    with project.read() as connection:
        assert connection.scalar(select(schema.blob.c.content)) == content
