"""The command line as a script meets it: outputs, exit codes, words in three languages."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pardine.cli import app
from pardine.exchange.survey_export import export_survey
from pardine.simulate.world.scenario import Scenario
from pardine.simulate.world.survey import simulate_survey


@pytest.fixture
def field_folder(tmp_path) -> Path:
    folder = tmp_path / "съёмка 调查 2026"
    export_survey(simulate_survey(Scenario(), seed=5).survey, (), folder)
    return folder


@pytest.fixture
def pardine(monkeypatch, capsys):
    """Run a command in this process; gives exit code, standard output and standard error."""

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["pardine", *map(str, words)])
        try:
            app.main()
            code = 0
        except SystemExit as left:
            code = left.code or 0
        output = capsys.readouterr()
        return code, output.out, output.err

    return run


def test_every_step_of_the_main_job(pardine, tmp_path, field_folder):
    project = tmp_path / "проект"
    assert pardine("new", project)[0] == 0
    assert pardine("add", field_folder, "--project", project)[0] == 0
    code, out, _ = pardine("estimate", "--project", project, "--json")
    assert code == 0
    assert json.loads(out)["fits"][0]["converged"] is True
    code, out, _ = pardine("report", "--project", project, "--json")
    assert code == 0
    assert [Path(file).suffix for file in json.loads(out)["files"]] == [".html", ".pdf"]
    assert pardine("export", tmp_path / "out", "--project", project)[0] == 0
    assert pardine("doctor", "--project", project)[0] == 0
    assert pardine("backup", tmp_path / "backup.zip", "--project", project)[0] == 0
    assert pardine("restore", tmp_path / "backup.zip", tmp_path / "restored")[0] == 0
    code, again, _ = pardine("estimate", "--project", tmp_path / "restored", "--json")
    assert code == 0
    assert json.loads(again)["fits"][0]["log_likelihood"] == pytest.approx(
        json.loads(pardine("estimate", "--project", project, "--json")[1])["fits"][0]["log_likelihood"], abs=0
    )


def test_run_for_scripts_keeps_nothing(pardine, tmp_path, field_folder, monkeypatch):
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    code, out, err = pardine("run", field_folder, "--json")
    assert code == 0 and err == ""
    (fit,) = json.loads(out)["fits"]
    assert set(fit["coefficients"]) == {"D", "lambda0", "sigma"}
    assert {"log_likelihood", "n_parameters", "seconds", "density", "abundance"} <= set(fit)
    assert fit["density"]["lower"] < fit["density"]["value"] < fit["density"]["upper"]
    assert sorted(tmp_path.rglob("*")) == before


def test_half_normal_probability_names_g0(pardine, field_folder):
    code, out, _ = pardine("run", field_folder, "--json", "--detection", "HN")
    assert code == 0
    assert json.loads(out)["fits"][0]["coefficients"]["g0"]["link"] == "logit"


def test_density_is_per_hectare_on_the_link_scale_of_scripts(pardine, field_folder):
    fit = json.loads(pardine("run", field_folder, "--json")[1])["fits"][0]
    import math

    assert math.exp(fit["coefficients"]["D"]["estimate"]) * 1e4 == pytest.approx(fit["density"]["value"])


@pytest.mark.parametrize(("language", "word"), [("en", "proximity"), ("ru", "Укажите"), ("zh", "请")])
def test_an_unstated_detector_type_is_refused_in_words(pardine, field_folder, language, word):
    sessions = field_folder / "sessions.csv"
    sessions.write_text(sessions.read_text("utf-8").replace("count", ""), "utf-8")
    code, out, err = pardine("run", field_folder, "--dry-run", "--lang", language)
    assert code == 1 and out == ""
    assert word in err and "Traceback" not in err


def test_refused_tables_are_one_json_object_with_every_problem(pardine, tmp_path):
    (tmp_path / "stations.csv").write_text("station,x,y,usage_1\nA,1,2,-3\nA,x,2,1\n", "utf-8")
    code, out, _ = pardine("run", tmp_path, "--json", "--detector", "count")
    refused = json.loads(out)
    assert code == 2
    assert refused["error"]["code"] == "tables.refused"
    assert len(refused["problems"]) >= 2
    assert all(problem["message"] for problem in refused["problems"])


def test_bad_usage_leaves_with_two(pardine):
    assert pardine("estimate", "--level", "7")[0] == 2
    assert pardine("nonsense")[0] == 2


def test_outside_a_project_it_says_what_to_do(pardine, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, _, err = pardine("estimate")
    assert code == 1
    assert "pardine new" in err


def test_version(pardine):
    assert pardine("--version")[1].startswith("pardine ")


def test_help_answers_at_once():
    """Under 0.3 s of processor time, the best of five: the machine may be busy with other things."""
    spent = []
    for _ in range(5):
        before = os.times()
        subprocess.run([sys.executable, "-m", "pardine", "--help"], check=True, capture_output=True)
        after = os.times()
        spent.append(
            after.children_user + after.children_system - before.children_user - before.children_system
        )
    assert min(spent) < 0.3


def test_null_fit_is_quick_in_a_new_process(scr_data):
    began = time.perf_counter()
    command = [sys.executable, "-m", "pardine", "run", str(scr_data / "snowleopard_Gobi_TNN"), "--json"]
    mask = str(scr_data / "masks" / "snowleopard_Tost2012.csv")
    done = subprocess.run(
        [*command, "--detector", "count", "--mask", mask], check=True, capture_output=True, text=True
    )
    assert json.loads(done.stdout)["fits"][0]["log_likelihood"] == pytest.approx(-210.3099601, abs=1e-4)
    assert time.perf_counter() - began < 10.0
