"""Upgrades: backed up, all or nothing, and the old project stays usable when one fails."""

import os
import shutil
import subprocess
import sys

import pytest
from sqlalchemy import inspect, update
from survey_examples import as_values, small_sources, small_survey

from pardine.base.errors import ProjectError
from pardine.store import schema
from pardine.store.backup import verify_backup
from pardine.store.migrate import SHIPPED_VERSIONS
from pardine.store.project import open_project, revision_of
from pardine.store.runs import new_run
from pardine.store.survey import read_survey, save_survey
from pardine.store.upgrade import upgrade_project

# A revision that makes a table anew, which is the hardest thing one can ask of SQLite.
LATER = """
import os
import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    op.create_table("later", sa.Column("id", sa.Integer, primary_key=True))
    with op.batch_alter_table("station") as batch:
        batch.add_column(sa.Column("altitude_m", sa.Double))
        batch.alter_column("code", new_column_name="name")
    {ending}
"""
FAILS = "raise RuntimeError('no')"
KILLED = "os._exit(9)"
DANGLES = "op.execute('UPDATE station SET session_id = 99')"


@pytest.fixture
def filled(project):
    save_survey(project, small_survey(), small_sources(), run=new_run("add", {}))
    project.close()
    return project


@pytest.fixture
def versions(tmp_path):
    folder = tmp_path / "later versions 50%"
    shutil.copytree(SHIPPED_VERSIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))

    def ending_with(ending: str):
        (folder / "v0002.py").write_text(LATER.format(ending=ending), encoding="utf-8")
        return folder

    return ending_with


def as_it_was(project) -> None:
    with open_project(project.directory) as again:
        assert as_values(read_survey(again)) == as_values(small_survey())
        with again.read() as connection:
            assert not inspect(connection).has_table("later")
            assert revision_of(connection) == "0001"


def backups(project) -> list:
    return sorted((project.directory / "backups").glob("*.zip"))


def test_a_project_of_this_version_needs_no_upgrade(filled):
    assert upgrade_project(filled.directory) is None
    assert backups(filled) == []


def test_an_upgrade_backs_up_first_and_keeps_every_row(filled, versions):
    done = upgrade_project(filled.directory, versions=versions("pass"))
    assert (done.before, done.after) == ("0001", "0002")
    assert backups(filled) == [done.backup]
    assert verify_backup(done.backup).revision == "0001"
    with filled.read() as connection:
        names = connection.exec_driver_sql("SELECT name, altitude_m FROM station ORDER BY id").all()
        assert [tuple(row) for row in names] == [("K1", None), ("K2", None)]
        assert connection.exec_driver_sql("SELECT count(*) FROM capture").scalar_one() == 3
    filled.close()
    with pytest.raises(ProjectError) as caught:
        open_project(filled.directory)
    assert caught.value.code == "project.newer"


@pytest.mark.parametrize("ending", [FAILS, "op.execute('SELECT * FROM nowhere')"])
def test_an_upgrade_that_fails_changes_nothing(filled, versions, ending):
    with pytest.raises(ProjectError) as caught:
        upgrade_project(filled.directory, versions=versions(ending))
    assert caught.value.code == "upgrade.failed"
    (backup,) = backups(filled)
    assert caught.value.notice.fields["backup"] == str(backup)
    verify_backup(backup)
    as_it_was(filled)


def test_an_upgrade_that_leaves_rows_dangling_changes_nothing(filled, versions):
    with pytest.raises(ProjectError) as caught:
        upgrade_project(filled.directory, versions=versions(DANGLES))
    assert caught.value.code == "upgrade.failed"
    as_it_was(filled)


def test_a_killed_upgrade_changes_nothing(filled, versions):
    script = (
        "import sys, pathlib; from pardine.store.upgrade import upgrade_project;"
        "upgrade_project(pathlib.Path(sys.argv[1]), versions=pathlib.Path(sys.argv[2]))"
    )
    command = [sys.executable, "-c", script, filled.directory, versions(KILLED)]
    assert subprocess.run(command, env=os.environ).returncode == 9
    (backup,) = backups(filled)
    verify_backup(backup)
    as_it_was(filled)


def test_a_newer_project_is_not_upgraded(filled):
    with filled.transaction() as connection:
        connection.execute(update(schema.alembic_version).values(version_num="9999"))
    with pytest.raises(ProjectError) as caught:
        upgrade_project(filled.directory)
    assert caught.value.code == "project.newer"
