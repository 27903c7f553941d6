"""Identification on the command line: what is refused, and that nothing was changed by it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pardine.base.errors import AnalysisError, InputError, ProjectError
from pardine.identify.weights import shipped_weights
from pardine.store.decisions import read_log
from pardine.store.project import create_project, open_project
from pardine.workflows.catalogue import audit_names, take_back, write_catalogue
from pardine.workflows.identify import IdentifyRequest, identify_project
from pardine.workflows.questions import ask, explain


@pytest.fixture
def home(tmp_path: Path) -> Path:
    create_project(tmp_path / "p", name="p").close()
    return tmp_path / "p"


def test_without_sightings_it_is_asked_which_species(home: Path):
    with pytest.raises(InputError) as refused:
        identify_project(home, IdentifyRequest())
    assert refused.value.code == "identify.species_unclear"


def test_a_table_of_photographs_that_are_not_there_changes_nothing(home: Path, tmp_path: Path):
    table = tmp_path / "animals.csv"
    table.write_text("file,side\nIMG_1.JPG,left\n", encoding="utf-8")
    with pytest.raises(InputError) as refused:
        identify_project(home, IdentifyRequest(species="leopard", sightings=table))
    assert [p.code for p in refused.value.problems] == ["identify.unknown_file"]
    with open_project(home) as project:
        assert read_log(project) == ()


@pytest.mark.parametrize("what", ["explain", "ask", "audit", "catalogue"])
def test_before_the_first_run_there_is_nothing_to_tell(home: Path, tmp_path: Path, what: str):
    calls = {
        "explain": lambda: explain(home, "ID-001", IdentifyRequest()),
        "ask": lambda: ask(home, tmp_path / "q.csv", None, IdentifyRequest()),
        "audit": lambda: audit_names(home),
        "catalogue": lambda: write_catalogue(home, tmp_path / "c.csv"),
    }
    with pytest.raises(ProjectError) as refused:
        calls[what]()
    assert refused.value.code == "identify.nothing_yet"


def test_with_nothing_said_there_is_nothing_to_take_back(home: Path):
    with pytest.raises(InputError) as refused:
        take_back(home)
    assert refused.value.code == "identify.nothing_to_undo"


def test_the_weights_that_ship_rise_with_the_score_and_say_where_they_come_from():
    weights = shipped_weights()
    assert "simulated" in weights.source
    assert (weights.calibration.slopes >= 0.0).all()
    assert weights.not_shortlisted <= 0.0


def test_a_species_without_photographs_is_told(home: Path, tmp_path: Path):
    with pytest.raises((InputError, AnalysisError)) as refused:
        identify_project(home, IdentifyRequest(species="leopard"))
    assert refused.value.code == "session.species_unknown"
