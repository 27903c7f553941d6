"""Runs and results: what was read and made, and whether it still holds."""

import subprocess
import sys

import pytest
from survey_examples import small_sources, small_survey

from pardine import __version__
from pardine.base.errors import ProjectError
from pardine.base.provenance import Artefact, source_hash
from pardine.store.results import all_results, latest_result, save_result
from pardine.store.runs import (
    abandoned_runs,
    all_runs,
    fail_run,
    finish_run,
    new_run,
    out_of_date,
    read_run,
    start_run,
)
from pardine.store.statements import assert_sex
from pardine.store.survey import read_survey, save_survey, survey_input


@pytest.fixture
def surveyed(project):
    save_survey(project, small_survey("2023"), small_sources(), run=new_run("add", {}))
    save_survey(project, small_survey("2024"), (), run=new_run("add", {}))
    return project


def estimate(project, session: str, value: float):
    read = survey_input(read_survey(project, sessions={session}))
    run = start_run(project, "estimate", {"session": session}, seed=2**70, inputs=[read])
    save_result(project, run, "fit", {"D": value})
    return finish_run(project, run)


def test_a_run_comes_back_as_it_was(project):
    read = Artefact(kind="file", name="маска.csv", sha256="0" * 64)
    made = Artefact(kind="file", name="report.html", sha256="1" * 64)
    run = start_run(project, "report", {"b": [1, 2.5, None], "a": "豹"}, seed=2**70, inputs=[read])
    assert read_run(project, run.uid) == run
    done = finish_run(project, run, outputs=[made])
    assert read_run(project, run.uid) == done
    assert (done.status, done.inputs, done.outputs) == ("done", (read,), (made,))
    assert (done.version, done.source_sha256) == (__version__, source_hash())
    assert done.finished_utc > done.started_utc


def test_runs_are_listed_in_order(project):
    runs = [start_run(project, name, {}) for name in ("add", "estimate", "add")]
    assert all_runs(project) == tuple(runs)
    assert [r.uid for r in all_runs(project, workflow="add")] == [runs[0].uid, runs[2].uid]


def test_a_failed_run_says_so(project):
    run = fail_run(project, start_run(project, "estimate", {}))
    assert read_run(project, run.uid).status == "failed"


def test_an_unknown_run_is_said_so(project):
    with pytest.raises(ProjectError) as caught:
        finish_run(project, new_run("add", {}))
    assert caught.value.code == "run.unknown"


def test_results_follow_each_other(project):
    run = start_run(project, "estimate", {})
    first = save_result(project, run, "fit", {"D": 1.25, "é": [None, "豹"]})
    second = save_result(project, run, "fit", {"D": 2})
    assert latest_result(project, "fit") == second
    assert all_results(project, "fit") == (first, second) == all_results(project)
    assert latest_result(project, "surface") is None
    assert [a.name for a in read_run(project, run.uid).outputs] == [first.uid, second.uid]


def test_the_same_result_is_kept_once(project):
    run = start_run(project, "estimate", {})
    assert save_result(project, run, "fit", {"D": 1}) == save_result(project, run, "fit", {"D": 1})
    assert len(all_results(project)) == 1


def test_a_result_that_is_not_finite_is_a_mistake_of_ours(project):
    run = start_run(project, "estimate", {})
    with pytest.raises(ValueError, match="Out of range"):
        save_result(project, run, "fit", {"D": float("nan")})


def test_an_estimate_holds_until_its_captures_are_corrected(surveyed):
    run = estimate(surveyed, "2023", 1.0)
    assert out_of_date(surveyed, run) == ()
    assert_sex(surveyed, "2023", "Leo 9", "M")
    assert out_of_date(surveyed, run) == run.inputs


def test_an_estimate_holds_when_another_session_is_corrected(surveyed):
    run = estimate(surveyed, "2023", 1.0)
    assert_sex(surveyed, "2024", "Leo 9", "M")
    assert out_of_date(surveyed, run) == ()


def test_a_report_is_out_of_date_with_its_estimate(surveyed):
    estimate(surveyed, "2023", 1.0)
    read = latest_result(surveyed, "fit").as_input()
    report = finish_run(surveyed, start_run(surveyed, "report", {}, inputs=[read]))
    assert out_of_date(surveyed, report) == ()
    assert_sex(surveyed, "2023", "Leo 9", "M")
    assert out_of_date(surveyed, report) == (read,)


def test_a_report_is_out_of_date_with_a_newer_estimate(surveyed):
    estimate(surveyed, "2023", 1.0)
    read = latest_result(surveyed, "fit").as_input()
    report = finish_run(surveyed, start_run(surveyed, "report", {}, inputs=[read]))
    estimate(surveyed, "2023", 2.0)
    assert out_of_date(surveyed, report) == (read,)


def test_a_run_of_a_killed_process_is_recognised(project):
    script = (
        "import os, sys, pathlib; from pardine.store.project import open_project;"
        "from pardine.store.runs import start_run;"
        "start_run(open_project(pathlib.Path(sys.argv[1])), 'estimate', {}); os._exit(9)"
    )
    mine = start_run(project, "add", {})
    assert subprocess.run([sys.executable, "-c", script, project.directory]).returncode == 9
    assert [run.workflow for run in abandoned_runs(project)] == ["estimate"]
    assert read_run(project, mine.uid).status == "running"
