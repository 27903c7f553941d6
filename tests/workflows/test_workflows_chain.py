"""The main job from end to end: tables in, estimate and report out, every step kept."""

import csv
import datetime as dt
import re

import pytest

from pardine.base.errors import AnalysisError, InputError, ProjectError
from pardine.exchange.options import ReadOptions
from pardine.store.project import create_project, open_project
from pardine.store.results import all_results
from pardine.store.runs import all_runs, out_of_date
from pardine.store.survey import read_sources, read_survey
from pardine.workflows.add import add_tables
from pardine.workflows.demo import run_demo
from pardine.workflows.estimate import estimate_in, estimate_project
from pardine.workflows.export import export_project
from pardine.workflows.look import look_at_folder
from pardine.workflows.report import report_project
from pardine.workflows.request import EstimateRequest
from pardine.workflows.run import run_path


@pytest.fixture
def project_folder(tmp_path):
    folder = tmp_path / "проект 项目"
    create_project(folder, name="test").close()
    return folder


def test_run_keeps_every_step(tmp_path, field_folder, simulated):
    ran = run_path(field_folder, tmp_path / "home", ReadOptions(), EstimateRequest(), audience="internal")
    with open_project(tmp_path / "home") as project:
        assert [run.workflow for run in all_runs(project)] == ["add", "estimate"]
        assert all(run.status == "done" for run in all_runs(project))
        assert read_survey(project).captures == tuple(
            sorted(read_survey(project).captures, key=lambda capture: capture.row)
        )
        (result,) = all_results(project)
    assert result.run_uid == ran.estimated.run.uid
    html, pdf = ran.reported.files
    assert result.run_uid[:8] in html.read_text("utf-8")
    assert pdf.read_bytes().startswith(b"%PDF")


def test_run_again_adds_nothing_and_says_so(tmp_path, field_folder):
    run_path(field_folder, tmp_path / "home", ReadOptions(), EstimateRequest())
    again = run_path(field_folder, tmp_path / "home", ReadOptions(), EstimateRequest())
    assert again.ingested.tables.saved.changes_nothing


def test_estimate_from_the_project_equals_estimate_from_the_tables(field_folder, project_folder):
    add_tables(project_folder, [field_folder], ReadOptions())
    kept = estimate_project(project_folder, EstimateRequest()).analysis.fits[0]
    looked = look_at_folder(field_folder, ReadOptions(), EstimateRequest())[0].fits[0]
    assert kept.log_likelihood == looked.log_likelihood
    assert kept.sessions == looked.sessions


def test_dry_runs_write_nothing(field_folder, project_folder):
    added = add_tables(project_folder, [field_folder], ReadOptions(), dry_run=True)
    assert added.saved.added["station"] == 40
    with open_project(project_folder) as project:
        assert read_survey(project).stations == () and all_runs(project) == ()


def test_cubs_and_independent_animals_are_counted_apart(field_folder, simulated):
    analysis, _ = look_at_folder(field_folder, ReadOptions(), EstimateRequest())
    assert analysis.fits[0].sessions[0].n_animals == simulated.truth.n_detected
    assert not any("cub" in animal for animal in analysis.histories[0].animals)


def test_a_correction_makes_the_estimate_out_of_date(field_folder, project_folder):
    add_tables(project_folder, [field_folder], ReadOptions())
    with open_project(project_folder) as project:
        run = estimate_in(project, EstimateRequest()).run
        assert out_of_date(project, run) == ()
    _change_a_count(field_folder / "captures.csv")
    with pytest.raises(InputError) as refused:
        add_tables(project_folder, [field_folder], ReadOptions())
    assert refused.value.problems
    add_tables(project_folder, [field_folder], ReadOptions(), replace=True)
    with open_project(project_folder) as project:
        assert out_of_date(project, run)
    with pytest.raises(ProjectError, match="out_of_date"):
        report_project(project_folder)


def _change_a_count(path):
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    column = rows[0].index("count")
    rows[1][column] = str(int(rows[1][column]) + 1)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


def test_rows_are_followed_down_to_their_table(tmp_path, field_folder, project_folder):
    header, *rows = (field_folder / "captures.csv").read_text("utf-8").splitlines()
    (field_folder / "captures.csv").unlink()
    for name, part in (("1.csv", rows[::2]), ("2.csv", rows[1::2])):
        (field_folder / name).write_text("\n".join([header, *part]) + "\n", "utf-8")
    add_tables(project_folder, [field_folder], ReadOptions())
    with open_project(project_folder) as project:
        captures = read_survey(project).captures
        lines = {s.sha256: s.content.decode().splitlines() for s in read_sources(project)}
    assert {lines[c.table][c.row - 1] for c in captures} == set(rows)
    estimate_project(project_folder, EstimateRequest())
    html = report_project(project_folder, audience="internal", out=tmp_path).files[0].read_text("utf-8")
    keys = [f"T{n}" for n, of in enumerate(lines.values(), start=1) if of[0] == header]
    assert len(keys) == 2 and all(re.search(rf"\b{key}: \d", html) for key in keys)
    assert not re.search(
        r"\bT[2-9]: \d", report_project(project_folder, out=tmp_path).files[0].read_text("utf-8")
    )


def test_a_failed_estimate_is_kept_as_failed(tmp_path, project_folder, field_folder):
    rows = (field_folder / "captures.csv").read_text("utf-8").splitlines()
    (field_folder / "captures.csv").write_text("\n".join(rows[:2]) + "\n", "utf-8")
    add_tables(project_folder, [field_folder], ReadOptions())
    with pytest.raises(AnalysisError):
        estimate_project(project_folder, EstimateRequest())
    with open_project(project_folder) as project:
        assert [run.status for run in all_runs(project, workflow="estimate")] == ["failed"]


def test_report_without_an_estimate_is_refused(project_folder):
    with pytest.raises(ProjectError, match="no_estimate"):
        report_project(project_folder)


def test_export_gives_back_every_added_row(tmp_path, field_folder, project_folder):
    add_tables(project_folder, [field_folder], ReadOptions())
    export_project(project_folder, tmp_path / "out")
    exported = tmp_path / "second"
    create_project(exported, name="second").close()
    add_tables(exported, [tmp_path / "out"], ReadOptions())
    with open_project(project_folder) as first, open_project(exported) as second:
        assert read_survey(first) == read_survey(second) or _same_rows(
            read_survey(first), read_survey(second)
        )
    originals = {path.name: path.read_bytes() for path in (tmp_path / "out" / "sources").iterdir()}
    assert {path.read_bytes() for path in field_folder.iterdir()} <= set(originals.values())


def _same_rows(one, other):
    """Equal but for the row numbers, which are those of each file."""
    plain = [
        [(c.session, c.individual, c.occasion, c.station, c.count, c.sex, c.age_class) for c in s.captures]
        for s in (one, other)
    ]
    return (one.sessions, one.stations, one.effort, plain[0]) == (
        other.sessions,
        other.stations,
        other.effort,
        plain[1],
    )


def test_a_model_file_is_read_and_kept_resolved(tmp_path, field_folder):
    model = tmp_path / "model.toml"
    model.write_text(
        'detection = "HN"\n[mask]\nkind = "buffer"\nbuffer_m = 16000\nspacing_m = 1500\n', "utf-8"
    )
    analysis, _ = look_at_folder(field_folder, ReadOptions(), EstimateRequest(model=str(model)))
    spec = analysis.fits[0].spec
    assert (spec.detection, spec.mask.buffer_m, spec.mask.spacing_m) == ("HN", 16000.0, 1500.0)
    with pytest.raises(InputError, match="cannot_read"):
        look_at_folder(field_folder, ReadOptions(), EstimateRequest(model="missing.toml"))


def assert_demonstrates(demo):
    (estimates,) = demo.ran.estimated.analysis.fits[0].sessions
    assert estimates.n_animals == demo.truth.n_detected
    assert demo.ingested.photographs[0].n_added == demo.simulated.n_photographs > 300
    assert demo.ingested.photographs[0].n_without_deployment == 0
    assert demo.ingested.sheets.n_visits > 70
    assert demo.checked.n_media == demo.simulated.n_photographs
    assert "simulated" in demo.ran.reported.files[0].read_text("utf-8")


def test_demo_shows_truth_beside_the_estimate(tmp_path):
    assert_demonstrates(run_demo(tmp_path / "demo", seed=3, photographs="tiny"))
    with pytest.raises(ProjectError, match="folder_not_empty"):
        run_demo(tmp_path / "demo", seed=3)


@pytest.mark.slow
def test_demo_draws_photographs_within_three_minutes(tmp_path):
    began = dt.datetime.now()
    assert_demonstrates(run_demo(tmp_path / "demo", seed=3))
    assert (dt.datetime.now() - began).total_seconds() < 180.0
