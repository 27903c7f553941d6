"""The study of the null model runs, counts what it should, and its page says what its table holds."""

import csv
import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "docs" / "verification"


@pytest.fixture(scope="module")
def study():
    spec = importlib.util.spec_from_file_location(
        "null_model_study", ROOT / "verification" / "null_model_study.py"
    )
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


@pytest.fixture(scope="module")
def table():
    path = PAGES / "null-model.csv"
    if not path.exists():
        pytest.skip("the study has not been run")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_expected_detections_come_out(study):
    setting = study.SETTINGS[0]
    outcomes = [study.survey_and_fit(0, replicate) for replicate in range(40)]
    detections = [o.n_detections for o in outcomes]
    # Poisson animals with Poisson detections: the variance is about 60 (1 + 60 / 25).
    assert np.mean(detections) == pytest.approx(setting.n_detections, abs=4 * np.sqrt(60 * 3.4 / 40))
    assert np.mean([o.n_animals for o in outcomes]) == pytest.approx(
        setting.n_animals, abs=4 * np.sqrt(25 / 40)
    )


def test_a_small_study_writes_its_three_files(study, tmp_path):
    rows = study.run_study(4, 1, (0, 10))
    assert [(r["replicates"], r["judged"]) for r in rows] == [(4, "yes"), (4, "no")]
    study.write_table(rows, tmp_path / "null-model.csv")
    study.draw_figure(rows, tmp_path / "null-model.svg")
    study.write_page(rows, tmp_path / "null-model.md", "the command")
    assert "the command" in (tmp_path / "null-model.md").read_text(encoding="utf-8")
    assert (tmp_path / "null-model.svg").read_text(encoding="utf-8").startswith("<?xml")


def test_what_is_refused_is_counted_and_not_estimated(study):
    seen = {"n_animals": 3, "n_detected": 1, "n_detections": 1, "n_recaptures": 0}
    found = study.Outcome(**seen, density=(1.0, 0.5, 2.0), abundance=(3.0, 1.0, 9.0), sigma=(3e3, 2e3, 4e3))
    refused = study.Outcome(**seen, refusal="estimate.no_recaptures")
    row = study.summarise(study.SETTINGS[0], [found, found, refused])
    assert (row["replicates"], row["refused"], row["refusals"]) == (3, 1, "estimate.no_recaptures 1")


def test_median_and_its_error_are_those_of_a_known_law(study):
    rng = np.random.default_rng(1)
    medians, errors = zip(*(study.median_and_error(rng.normal(size=1000)) for _ in range(400)), strict=True)
    # The standard error of the median of normal numbers is sqrt(pi / 2) / sqrt(n).
    assert np.mean(errors) == pytest.approx(np.sqrt(np.pi / 2 / 1000), rel=0.1)
    assert np.std(medians) == pytest.approx(np.sqrt(np.pi / 2 / 1000), rel=0.15)


def test_the_published_table_holds_every_setting_in_full(study, table):
    settings = [(s.detector_type, str(s.n_animals), str(s.n_detections)) for s in study.SETTINGS]
    assert [(r["detector_type"], r["expected_animals"], r["expected_detections"]) for r in table] == settings
    assert all(int(r["replicates"]) >= 1000 for r in table)


def test_the_page_says_what_the_table_holds(study, table):
    page = (PAGES / "null-model.md").read_text(encoding="utf-8")
    judged = [r for r in table if r["judged"] == "yes"]
    reached = sum(r["reached"] == "yes" for r in judged)
    assert f"Reached in {reached} of {len(judged)} settings" in page
    for row in table:
        assert (
            study._row(
                row
                | {"median_detected": float(row["median_detected"])}
                | {"median_detections": float(row["median_detections"])}
            )
            in page
        )
    for row in judged:
        bias, coverage = float(row["median_relative_bias"]), float(row["coverage_density"])
        assert (row["reached"] == "yes") == (abs(bias) < 0.03 and 0.92 <= coverage <= 0.97)


def test_the_summary_quotes_the_table(table):
    summary = (PAGES / "README.md").read_text(encoding="utf-8")
    judged = [r for r in table if r["judged"] == "yes"]
    missed = [r for r in judged if r["reached"] == "no"]
    assert (len(judged), len(missed)) == (8, 1)
    row = missed[0]
    assert (row["detector_type"], row["expected_animals"], row["expected_detections"]) == (
        "count",
        "60",
        "60",
    )
    bias, error = (100 * float(row[c]) for c in ("median_relative_bias", "median_relative_bias_mc_error"))
    assert f"{bias:.1f} ± {error:.1f} %" in summary
    assert round(100 * float(row["coverage_density"])) == 95
    assert min(round(100 * float(r["coverage_abundance"])) for r in table) == 73
    assert min(float(r["coverage_abundance_whole"]) for r in table) >= 0.945
