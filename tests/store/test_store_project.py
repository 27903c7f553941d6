"""The project folder: made whole or not at all, opened by its own version, told apart from its copies."""

import os
import shutil
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
from sqlalchemy import text, update

from pardine.base.errors import ProjectError
from pardine.store import database, schema
from pardine.store.decisions import Draft, append, merge_logs, read_heads, read_log, verify_log
from pardine.store.doctor import examine
from pardine.store.location import _mount_type, network_share_type
from pardine.store.project import create_project, find_project, open_project


def code_of(function, *args, **kwargs) -> str:
    with pytest.raises(ProjectError) as caught:
        function(*args, **kwargs)
    return caught.value.code


def test_a_project_is_its_settings_its_database_and_what_can_be_derived(sqlite_project):
    sqlite_project.close()
    names = {path.name for path in sqlite_project.directory.iterdir()}
    assert names == {"project.toml", "pardine.sqlite", "derived"}


def test_open_finds_the_same_project(project):
    with open_project(project.directory) as again:
        assert (again.uid, again.name, again.origin) == (project.uid, "Барс", project.origin)


def test_names_of_any_kind_come_back(tmp_path):
    name = 'Барс\n"豹" \\ \x7f'
    with create_project(tmp_path / "p", name=name) as project:
        assert project.name == name


def test_sqlite_is_safe_against_power_loss(sqlite_project):
    with sqlite_project.read() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30_000}


def test_making_a_project_does_not_import_alembic(tmp_path):
    script = (
        "import sys, pathlib; from pardine.store.project import create_project;"
        "create_project(pathlib.Path(sys.argv[1]), name='x').close(); print('alembic' in sys.modules)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", script, tmp_path / "p"], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "False"


def test_a_folder_is_a_project_once(project):
    assert code_of(create_project, project.directory, name="again") == "project.exists"


def test_a_database_without_settings_is_left_alone(sqlite_project):
    sqlite_project.close()
    (sqlite_project.directory / "project.toml").unlink()
    assert code_of(create_project, sqlite_project.directory, name="x") == "project.leftover_database"


@pytest.mark.parametrize("ending", ["-wal", "-shm", "-journal"])
def test_a_log_without_its_database_is_left_alone(tmp_path, ending):
    (tmp_path / f"pardine.sqlite{ending}").touch()
    assert code_of(create_project, tmp_path, name="x") == "project.leftover_database"


KILLED_IN_THE_MIDDLE = """
import os, pathlib, sys
from pardine.store import schema
from pardine.store.project import create_project
make = schema.create_tables
def make_and_die(connection):
    make(connection)
    connection.commit()
    os._exit(9)
schema.create_tables = make_and_die
create_project(pathlib.Path(sys.argv[1]), name="killed")
"""


def test_making_a_project_again_after_a_kill(tmp_path):
    folder = tmp_path / "p"
    assert subprocess.run([sys.executable, "-c", KILLED_IN_THE_MIDDLE, folder]).returncode == 9
    assert (folder / "pardine.sqlite.partial-wal").stat().st_size > 0
    assert code_of(open_project, folder) == "project.not_found"
    with create_project(folder, name="again") as project:
        assert examine(project) == []
        names = {path.name for path in folder.iterdir()}
        assert "pardine.sqlite.partial-wal" not in names


def test_a_server_database_holds_one_project(server_database, tmp_path):
    create_project(tmp_path / "first", name="first", database_url=server_database).close()
    code = code_of(create_project, tmp_path / "second", name="second", database_url=server_database)
    assert code == "project.server_not_empty"
    assert not (tmp_path / "second" / "project.toml").exists()


def test_a_folder_is_found_from_within(sqlite_project):
    deep = sqlite_project.directory / "tables" / "2026"
    deep.mkdir(parents=True)
    assert find_project(deep) == sqlite_project.directory.resolve()


def test_no_project_is_said_so(tmp_path):
    assert code_of(find_project, tmp_path) == "project.not_found"
    assert code_of(open_project, tmp_path) == "project.not_found"


@pytest.mark.parametrize(
    "content",
    [b"name = ", b"\xff\xfe", b"format = 1\nname = 'x'\n", b"format = 1\nname = 3\nuid = 'x'\n",
     b"format = 'one'\nname = 'x'\nuid = 'a'\n"],
)  # fmt: skip
def test_broken_settings_are_said_so(sqlite_project, content):
    (sqlite_project.directory / "project.toml").write_bytes(content)
    assert code_of(open_project, sqlite_project.directory) == "project.broken_settings"


def test_settings_of_a_later_format_are_refused(sqlite_project):
    path = sqlite_project.directory / "project.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("format = 1", "format = 2"), encoding="utf-8")
    assert code_of(open_project, sqlite_project.directory) == "project.newer_format"


@pytest.mark.parametrize("content", [b"x,y\n1,2\n" * 100, "станция;豹\n".encode() * 100])
def test_a_text_file_called_database_is_refused(sqlite_project, content):
    sqlite_project.close()
    (sqlite_project.directory / "pardine.sqlite").write_bytes(content)
    assert code_of(open_project, sqlite_project.directory) == "project.not_a_database"


@pytest.mark.parametrize("content", [b"", b"x"])
def test_an_empty_file_called_database_is_refused(sqlite_project, content):
    sqlite_project.close()
    (sqlite_project.directory / "pardine.sqlite").write_bytes(content)
    assert code_of(open_project, sqlite_project.directory) == "project.not_a_project_database"


def test_a_missing_database_is_not_made_anew(sqlite_project):
    sqlite_project.close()
    (sqlite_project.directory / "pardine.sqlite").unlink()
    assert code_of(open_project, sqlite_project.directory) == "project.database_missing"
    assert not (sqlite_project.directory / "pardine.sqlite").exists()


def test_a_database_of_another_project_is_refused(project):
    with project.transaction() as connection:
        connection.execute(update(schema.project).values(uid=str(uuid.uuid4())))
    assert code_of(open_project, project.directory) == "project.uid_differs"


@pytest.mark.parametrize("revision", ["9999", "abc"])
def test_a_newer_database_is_refused(project, revision):
    with project.transaction() as connection:
        connection.execute(update(schema.alembic_version).values(version_num=revision))
    assert code_of(open_project, project.directory) == "project.newer"


def test_an_older_database_is_refused_with_what_to_do(project, monkeypatch):
    monkeypatch.setattr(schema, "REVISION", "0002")
    assert code_of(open_project, project.directory) == "project.older"


def test_a_password_in_an_address_is_refused(tmp_path):
    for url in ("postgresql://me:secret@host/db", "postgresql://me@host/db?password=secret"):
        assert (
            code_of(create_project, tmp_path / "p", name="x", database_url=url) == "project.password_in_url"
        )
    assert not (tmp_path / "p").exists()


@pytest.mark.parametrize("url", ["mysql://host/db", "sqlite:///x.db", "nonsense", "postgresql://host"])
def test_other_databases_are_refused(tmp_path, url):
    assert code_of(create_project, tmp_path / "p", name="x", database_url=url) == "project.bad_database_url"


def test_a_server_that_does_not_answer_is_said_so(tmp_path):
    url = "postgresql://me@127.0.0.1:1/db"
    assert code_of(create_project, tmp_path / "p", name="x", database_url=url) == "project.database_refused"


def test_the_password_comes_from_the_environment(server_database, tmp_path, monkeypatch):
    monkeypatch.setenv("PARDINE_DATABASE_PASSWORD", "secret")
    with create_project(tmp_path / "p", name="x", database_url=server_database) as project:
        settings = (project.directory / "project.toml").read_text(encoding="utf-8")
        assert project.engine.url.password == "secret"
    assert "secret" not in settings


UNPRIVILEGED = """
import os, sys, pathlib, sqlalchemy
from pardine.base.errors import ProjectError
from pardine.store.project import create_project, open_project
sqlalchemy.create_engine("sqlite://").connect().close()
# Root may write anywhere, so it steps down, after the imports that only it may read.
if os.geteuid() == 0:
    os.setgid(65534); os.setuid(65534)
folder = pathlib.Path(sys.argv[2])
try:
    if sys.argv[1] == "create":
        create_project(folder, name="x")
    else:
        with open_project(folder) as project, project.transaction() as connection:
            connection.exec_driver_sql("UPDATE project SET name = 'changed'")
except ProjectError as error:
    print(error.code)
"""


def as_nobody(action: str, folder: Path) -> str:
    return subprocess.run(
        [sys.executable, "-c", UNPRIVILEGED, action, folder], capture_output=True, text=True, check=True
    ).stdout.strip()


@pytest.mark.skipif(os.name != "posix", reason="folders are made read-only through POSIX permissions")
def test_a_read_only_folder_is_said_so(tmp_path):
    for folder in (tmp_path, *list(tmp_path.parents)[:3]):
        folder.chmod(0o755)
    folder = tmp_path / "read only"
    folder.mkdir(mode=0o555)
    assert as_nobody("create", folder / "p") == "project.cannot_write"
    assert as_nobody("create", folder) == "project.cannot_open"
    with create_project(tmp_path / "mine", name="mine") as mine:
        mine.directory.chmod(0o555)
    assert as_nobody("write", mine.directory) in ("project.read_only", "project.cannot_open")


def test_a_copy_starts_a_chain_of_its_own(sqlite_project, tmp_path):
    draft = Draft(kind="assert.sex", subject_uid="a", after="F")
    append(sqlite_project, [draft], author="A")
    sqlite_project.close()
    shutil.copytree(sqlite_project.directory, tmp_path / "copy")
    with open_project(tmp_path / "copy") as copy, open_project(sqlite_project.directory) as original:
        assert copy.origin != original.origin
        append(copy, [draft], author="B")
        append(original, [draft], author="A")
        merged = merge_logs(read_log(copy), read_log(original))
        assert len(merged) == 3
        assert verify_log(merged) == []


def test_a_restored_file_in_place_starts_a_chain_of_its_own(sqlite_project, tmp_path):
    path = sqlite_project.directory / "pardine.sqlite"
    append(sqlite_project, [Draft(kind="k", subject_uid="a", after=1)], author="A")
    sqlite_project.close()
    shutil.copy(path, tmp_path / "kept")
    with open_project(sqlite_project.directory) as before:
        append(before, [Draft(kind="k", subject_uid="a", after=2)], author="A")
        sent_away, old_origin = read_log(before), before.origin
    path.unlink()
    shutil.copy(tmp_path / "kept", tmp_path / "occupies the old file number")
    shutil.copy(tmp_path / "kept", path)
    with open_project(sqlite_project.directory) as after:
        # A file system may hand out the old file number again; then the fork itself is found.
        append(after, [Draft(kind="k", subject_uid="a", after=3)], author="A")
        forked = verify_log(merge_logs(sent_away, read_log(after)))
        assert (after.origin != old_origin) == (forked == [])


def test_origins_are_made_once(project):
    assert project.origin == project.origin
    with project.read() as connection:
        assert list(read_heads(connection)) == [str(project.origin)]


MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
server:/export /mnt/park\\040data nfs4 rw 0 0
//nas/share /mnt/nas cifs rw 0 0
tmpfs /mnt/nas/local tmpfs rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/home/x", "ext4"), ("/mnt/park data/survey", "nfs4"), ("/mnt/nas/a/b", "cifs"),
     ("/mnt/nas/local/p", "tmpfs"), ("/mnt/nas2", "ext4")],
)  # fmt: skip
def test_the_mount_of_a_path_is_the_nearest(path, kind):
    assert _mount_type(path, MOUNTS) == kind


def test_a_local_folder_is_no_network_share(tmp_path):
    assert network_share_type(tmp_path) is None


def test_errors_of_ours_keep_their_traceback(project):
    with pytest.raises(Exception, match="nonexistent") as caught, project.read() as connection:
        connection.execute(text("SELECT * FROM nonexistent"))
    assert not isinstance(caught.value, ProjectError)


def test_a_writer_that_waits_too_long_is_told(project, monkeypatch):
    monkeypatch.setattr(database, "BUSY_TIMEOUT_S", 1)
    with (
        open_project(project.directory) as other,
        project.transaction(),
        pytest.raises(ProjectError) as caught,
        other.transaction(),
    ):
        pass
    assert caught.value.code == "project.busy"
