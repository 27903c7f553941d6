"""The reference page says what the code does."""

import re
from pathlib import Path

import pytest

from pardine.exchange.photographs.file_names import NAME_PATTERNS
from pardine.exchange.photographs.header import ReadLimits
from pardine.exchange.photographs.path_pattern import FIELDS, PathPattern
from pardine.exchange.photographs.thumbnails import SIZE_PX
from pardine.exchange.photographs.times import TRUST
from pardine.exchange.photographs.video_clock import CLOCK_OF_MAKE


@pytest.fixture(scope="module")
def page():
    path = Path(__file__).parents[2] / "docs" / "reference" / "photographs.md"
    return path.read_text(encoding="utf-8")


def test_every_name_pattern_make_and_field_is_told(page):
    assert all(f"`{pattern.example}`" in page for pattern in NAME_PATTERNS)
    assert all(f"`{make}`" in page for make in CLOCK_OF_MAKE)
    assert all(f"`{{{name}}}`" in page for name in FIELDS)


def test_order_of_trust_and_limits(page):
    flat = " ".join(page.split())
    assert ", ".join(f"`{source}`" for source in TRUST) in flat
    limits = ReadLimits()
    assert f"above {limits.pixels // 1_000_000} million" in flat
    assert f"above {limits.image_bytes >> 20} MB (video: {limits.video_bytes >> 30} GB)" in flat
    assert f"at most {SIZE_PX} pixels" in flat


def test_patterns_of_the_page_fit_their_examples(page):
    rows = re.findall(r"^\| `(\{station[^`]*)` \| `([^`]*)`", page, re.MULTILINE)
    assert len(rows) == 3
    for pattern, path in rows:
        assert PathPattern(pattern).match(path) is not None
