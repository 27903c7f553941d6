"""Simulated surveys shared by the report's tests."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from made_surveys import make_many, make_section


@pytest.fixture(scope="session")
def section():
    return make_section()


@pytest.fixture(scope="session")
def many():
    return make_many()
