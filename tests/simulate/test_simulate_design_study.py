"""The committed study of designs is of the layouts and the code that are here."""

import csv
import runpy
from pathlib import Path

import pytest

from pardine.estimate.planning.information import expected_precision

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def study():
    return runpy.run_path(str(ROOT / "verification" / "design_study.py"))


def test_committed_predictions_are_those_of_the_code(study):
    with (ROOT / "docs" / "verification" / "design.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    layouts = study["layouts"]()
    assert [row["layout"] for row in rows] == [layout.name for layout in layouts]
    for row, layout in zip(rows, layouts, strict=True):
        predicted = expected_precision(study["plan_of"](layout)).cv_density
        assert predicted == pytest.approx(float(row["cv_predicted"]), rel=0.02)
        assert int(row["surveys"]) >= 500
        ratio = float(row["cv_predicted"]) / float(row["cv_simulated"])
        assert (abs(ratio - 1) <= 0.10) == (row["reached"] == "yes")


def test_a_small_study_runs(study, tmp_path):
    rows = [study["study"](study["layouts"]()[5], 5, 12, 1)]
    study["write_table"](rows, tmp_path / "design.csv")
    study["draw_figure"](rows, tmp_path / "design.svg")
    study["write_page"](rows, tmp_path / "design.md", "command")
    assert rows[0]["surveys"] == 12 and "3 groups of 4" in (tmp_path / "design.md").read_text(
        encoding="utf-8"
    )
