"""Photographs and all that belongs to them survive a backup, and a move to a server."""

import pytest
from ingest_until_killed import media_batch
from media_examples import deployment, media_file

from pardine.observe.check.finding import Verdict
from pardine.observe.clock import ClockCorrection
from pardine.observe.sighting import Sighting
from pardine.store.backup import backup_project, restore_backup
from pardine.store.clock_records import apply_clock_correction, read_clock_records
from pardine.store.deployments import read_deployments, save_deployments
from pardine.store.doctor import examine
from pardine.store.media import known_files, read_copies, read_refused, save_media
from pardine.store.media_page import read_media_page
from pardine.store.project import open_project
from pardine.store.runs import new_run
from pardine.store.sightings import read_sightings, save_sightings
from pardine.store.verdicts import read_verdicts, save_verdicts


@pytest.fixture
def full(sqlite_project):
    run = new_run("add", {})
    save_deployments(sqlite_project, [deployment("карта", x=1.0, y=2.0)], run=run)
    save_media(sqlite_project, media_batch("карта", 0), run=run)
    path = media_file(3, card="карта").path
    save_sightings(
        sqlite_project, [Sighting(code="s", deployment="карта", media=path)], folder="карта", run=run
    )
    apply_clock_correction(sqlite_project, ClockCorrection(deployment="карта", kind="offset", offset_s=5.0))
    save_verdicts(sqlite_project, [Verdict(key="f1", answer="mended", by="Simulated warden")])
    return sqlite_project


def contents(project) -> list:
    return [
        read_media_page(project, limit=1000).media, known_files(project, "карта"), read_refused(project),
        read_copies(project), read_sightings(project), read_clock_records(project), read_verdicts(project),
        read_deployments(project),
    ]  # fmt: skip


@pytest.mark.parametrize("on_server", [False, True])
def test_a_restored_project_has_all_photographs(full, tmp_path, on_server, request):
    backup_project(full, tmp_path / "b.zip")
    url = request.getfixturevalue("server_database") if on_server else None
    restore_backup(tmp_path / "b.zip", tmp_path / "r", database_url=url)
    with open_project(tmp_path / "r") as restored:
        assert contents(restored) == contents(full)
        # Local keys go on after those that were copied.
        assert save_media(restored, media_batch("карта", 1), run=new_run("add", {})).n_added == 200
        assert examine(restored) == []
