"""Canonical JSON and the hash of the package's own source."""

import json
import math
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pardine
from pardine.base import provenance
from pardine.base.provenance import canonical_json, finite_or_none, source_hash

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(values)
def test_canonical_json_reads_back(value):
    assert json.loads(canonical_json(value)) == value


@given(st.dictionaries(st.text(), st.integers(), min_size=2))
def test_canonical_json_does_not_know_the_order(value):
    assert canonical_json(value) == canonical_json(dict(reversed(value.items())))


def test_canonical_json_is_plain_and_keeps_letters():
    assert canonical_json({"b": [1, 2.5], "a": "барс"}) == '{"a":"барс","b":[1,2.5]}'


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_refused_and_has_a_word(value):
    with pytest.raises(ValueError, match="JSON"):
        canonical_json({"x": value})
    assert finite_or_none(value) is None


def test_finite_numbers_stay():
    assert (finite_or_none(1.5), finite_or_none(0.0), finite_or_none(None)) == (1.5, 0.0, None)


def test_source_hash_covers_every_module():
    sources = [name for name, _ in provenance._python_sources(files("pardine"), "")]
    folder = Path(pardine.__file__).parent
    assert sorted(sources) == sorted(f"/{p.relative_to(folder).as_posix()}" for p in folder.rglob("*.py"))
    assert len(source_hash()) == 64


def test_source_hash_changes_with_a_letter_but_not_with_line_ends(tmp_path):
    def sources(text):
        (tmp_path / "a.py").write_bytes(text)
        return provenance._python_sources(tmp_path, "")

    assert sources(b"x = 1\n") == sources(b"x = 1\r\n")
    assert sources(b"x = 1\n") != sources(b"x = 2\n")
