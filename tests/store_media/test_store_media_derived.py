"""What can be made again: addressed by what made it, whole or absent, and no loss when deleted."""

import threading

import pytest

from pardine.store.derived import (
    DerivedKey,
    delete_derived,
    derived_sizes,
    leftover_parts,
    read_derived,
    write_derived,
)
from pardine.store.doctor import examine

KEY = DerivedKey(sha256="ab" * 32, stage="crop", version=1, parameters={"margin": 0.1}, suffix=".jpg")


def test_an_entry_is_found_by_what_made_it(sqlite_project):
    assert read_derived(sqlite_project, KEY) is None
    path = write_derived(sqlite_project, KEY, b"picture")
    assert read_derived(sqlite_project, KEY) == b"picture"
    assert path == KEY.path(sqlite_project)
    others = [
        DerivedKey(sha256="cd" * 32, stage="crop", version=1, parameters={"margin": 0.1}, suffix=".jpg"),
        DerivedKey(sha256="ab" * 32, stage="crop", version=2, parameters={"margin": 0.1}, suffix=".jpg"),
        DerivedKey(sha256="ab" * 32, stage="crop", version=1, parameters={"margin": 0.2}, suffix=".jpg"),
        DerivedKey(sha256="ab" * 32, stage="feature", version=1, parameters={"margin": 0.1}, suffix=".jpg"),
    ]
    assert [read_derived(sqlite_project, other) for other in others] == [None] * 4


def test_deleting_loses_nothing_but_time(sqlite_project):
    write_derived(sqlite_project, KEY, b"picture")
    write_derived(sqlite_project, DerivedKey(sha256="x", stage="feature", version=1, parameters={}), b"12")
    assert derived_sizes(sqlite_project) == {"crop": (1, 7), "feature": (1, 2)}
    (told,) = examine(sqlite_project)
    assert (told.code, told.fields["n_files"]) == ("doctor.derived", 2)
    delete_derived(sqlite_project, "crop")
    assert list(derived_sizes(sqlite_project)) == ["feature"]
    delete_derived(sqlite_project)
    assert (derived_sizes(sqlite_project), examine(sqlite_project)) == ({}, [])
    assert write_derived(sqlite_project, KEY, b"picture").read_bytes() == b"picture"


def test_many_may_write_one_entry_while_others_read(sqlite_project):
    contents = set()

    def work() -> None:
        for _ in range(50):
            write_derived(sqlite_project, KEY, b"x" * 100_000)
            contents.add(read_derived(sqlite_project, KEY))

    write_derived(sqlite_project, KEY, b"x" * 100_000)
    readers = [threading.Thread(target=lambda: contents.add(read_derived(sqlite_project, KEY)))]
    writer = threading.Thread(target=work)
    for thread in (*readers, writer):
        thread.start()
    for thread in (*readers, writer):
        thread.join()
    assert contents == {b"x" * 100_000}
    assert leftover_parts(sqlite_project) == ()


def test_what_a_killed_process_left_is_found_and_no_entry(sqlite_project):
    path = KEY.path(sqlite_project)
    path.parent.mkdir(parents=True)
    part = path.with_name(f"{path.name}.4194305.part")
    part.write_bytes(b"half")
    path.touch()
    assert read_derived(sqlite_project, KEY) is None
    assert leftover_parts(sqlite_project) == (part,)
    assert str(part) in {n.fields.get("file") for n in examine(sqlite_project) if n.code == "doctor.leftover"}


def test_an_entry_holds_something(sqlite_project):
    with pytest.raises(ValueError, match="something"):
        write_derived(sqlite_project, KEY, b"")
