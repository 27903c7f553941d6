"""Small simulated surveys as an office would hold them."""

from pathlib import Path

import pytest

from pardine.exchange.survey_export import export_survey
from pardine.simulate.world.scenario import Scenario
from pardine.simulate.world.survey import simulate_survey


@pytest.fixture(scope="session")
def simulated():
    return simulate_survey(Scenario(), seed=5)


@pytest.fixture
def field_folder(tmp_path, simulated) -> Path:
    folder = tmp_path / "полевые 野外 tables"
    export_survey(simulated.survey, (), folder)
    return folder
