"""Identifiers: the same for the same thing, different for different things."""

import hashlib
import uuid

from hypothesis import given
from hypothesis import strategies as st

from pardine.base.identifiers import imported_uid, new_uid, sha256_of_bytes, sha256_of_file

PROJECT = uuid.UUID("12345678-1234-5678-1234-567812345678")
# What cannot stand in a cell (control characters) separates the parts.
cells = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8)
keys = st.lists(cells, min_size=1, max_size=3).map(tuple)


@given(keys, keys)
def test_uids_are_equal_only_for_equal_keys(one, other):
    same = imported_uid(PROJECT, "station", *one) == imported_uid(PROJECT, "station", *other)
    assert same == (one == other)


def test_a_uid_depends_on_project_and_kind():
    uid = imported_uid(PROJECT, "station", "winter", "Барс-1")
    assert uid == uuid.uuid5(PROJECT, "station\x1fwinter\x1fБарс-1")
    assert uid.version == 5
    assert uid != imported_uid(PROJECT, "individual", "winter", "Барс-1")
    assert uid != imported_uid(uuid.UUID(int=1), "station", "winter", "Барс-1")


def test_new_uids_are_random():
    assert new_uid().version == 4
    assert len({new_uid() for _ in range(1000)}) == 1000


def test_sha256_of_a_file_is_that_of_its_bytes(tmp_path):
    content = bytes(range(256)) * 10_000  # more than one chunk
    path = tmp_path / "豹 и барс.bin"
    path.write_bytes(content)
    assert sha256_of_file(path) == sha256_of_bytes(content) == hashlib.sha256(content).hexdigest()


def test_sha256_of_nothing_is_the_known_one():
    assert sha256_of_bytes(b"").startswith("e3b0c44298fc1c149afbf4c8996fb924")
