"""What all tests share: the real data where they are, a clean environment, and the slow switch."""

import os
from pathlib import Path

import pytest

DATA = Path(__file__).resolve().parents[1].parent / "shared" / "data"
REQUIRE_DATA = os.environ.get("PARDINE_REQUIRE_DATA") == "1"


def pytest_addoption(parser):
    parser.addoption("--slow", action="store_true", help="run the slow tests too")


def pytest_collection_modifyitems(config, items):
    if config.getoption("--slow"):
        return
    slow = [item for item in items if "slow" in item.keywords]
    config.hook.pytest_deselected(items=slow)
    items[:] = [item for item in items if "slow" not in item.keywords]


@pytest.fixture(scope="session")
def scr_data() -> Path:
    """Folder of real capture histories; a test without it is skipped, or fails where data are required."""
    return _data_folder("scr")


@pytest.fixture(scope="session")
def camtrap_data() -> Path:
    """Folder of real photographs and exports of camera traps; as `scr_data`."""
    return _data_folder("camtrap")


@pytest.fixture(scope="session")
def pamir_data() -> Path:
    """Folder of 171 real photographs of snow leopards; as `scr_data`."""
    return _data_folder("pamir-snow-leopards")


def _data_folder(name: str) -> Path:
    folder = DATA / name
    if folder.is_dir():
        return folder
    if REQUIRE_DATA:
        pytest.fail(f"real data are required (PARDINE_REQUIRE_DATA=1) but {name} is not there")
    pytest.skip(f"real data “{name}” are not on this machine")
