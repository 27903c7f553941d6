"""Results as tables and maps: what each audience gets, and that the numbers are those of the fit."""

import csv
import json
import re
import sqlite3
import struct
import sys

import numpy as np
import pytest
from PIL import Image

from pardine.base.errors import InputError, ProjectError
from pardine.cli import app
from pardine.exchange.survey_tables import ReadOptions
from pardine.store.project import create_project
from pardine.workflows.add import add_tables
from pardine.workflows.estimate import estimate_project
from pardine.workflows.request import EstimateRequest
from pardine.workflows.results import export_results


@pytest.fixture(scope="module")
def project(tmp_path_factory, simulated):
    from pardine.exchange.survey_export import export_survey

    folder = tmp_path_factory.mktemp("results") / "tables"
    export_survey(simulated.survey, (), folder)
    home = folder.parent / "project"
    create_project(home, name="simulated").close()
    add_tables(home, [folder], ReadOptions())
    fit = estimate_project(home, EstimateRequest()).analysis.fits[-1]
    return home, fit


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(params=["internal", "partner", "public"])
def exported(request, tmp_path, project):
    return (
        request.param,
        export_results(project[0], tmp_path / "out", audience=request.param),
        tmp_path / "out",
    )


def test_every_file_is_told_and_there(exported):
    audience, outcome, out = exported
    assert sorted(outcome.files) == sorted(path for path in out.rglob("*") if path.is_file())
    assert (out / "secr").exists() == (audience == "internal")
    codes = {notice.code for notice in outcome.notices}
    assert codes == {"results.internal" if audience == "internal" else "results.generalised"}


def test_density_is_the_same_total_for_everybody(exported, project):
    _, _, out = exported
    n = project[1].sessions[0].n_realised.value
    total = sum(
        float(r["density_per_100km2"]) * float(r["habitat_km2"]) / 100 for r in rows_of(out / "density.csv")
    )
    assert total == pytest.approx(n, rel=1e-9)
    with sqlite3.connect(out / "results.gpkg") as connection:
        query = "SELECT SUM(density_per_100km2 * habitat_km2) / 100 FROM density_01"
        (of_layer,) = connection.execute(query).fetchone()
    connection.close()
    assert of_layer == pytest.approx(n, rel=1e-9)
    pixels = np.asarray(Image.open(out / "density_01.tif"))
    values = np.array([float(r["density_per_100km2"]) for r in rows_of(out / "density.csv")])
    np.testing.assert_allclose(np.sort(pixels[pixels >= 0]), np.sort(values).astype("f4"))


def test_places_are_as_the_audience_may_see_them(exported, simulated):
    audience, _, out = exported
    cell_m = {"internal": 1000.0, "partner": 1000.0, "public": 10_000.0}[audience]
    assert {float(r["cell_m"]) for r in rows_of(out / "density.csv")} == {cell_m}
    with sqlite3.connect(out / "results.gpkg") as connection:
        tables = {name for (name,) in connection.execute("SELECT table_name FROM gpkg_contents")}
        columns = {row[1] for row in connection.execute("PRAGMA table_info(stations_01)")}
    connection.close()
    assert ("stations_01" in tables) == (audience != "public")
    assert ("station" in columns) == (audience == "internal")
    if audience != "internal":
        everything = b"".join(path.read_bytes() for path in out.rglob("*") if path.is_file())
        for station in simulated.survey.stations:
            assert station.code.encode() not in everything
            assert struct.pack("<dd", station.x, station.y) not in everything
        for capture in simulated.survey.captures:
            assert capture.individual.encode() not in everything


def test_tables_hold_the_fit(exported, project):
    _, _, out = exported
    fit = project[1]
    density = next(r for r in rows_of(out / "estimates.csv") if r["quantity"] == "D")
    assert float(density["value"]) == fit.sessions[0].density_per_100km2.value
    found = {r["coefficient"]: float(r["estimate"]) for r in rows_of(out / "coefficients.csv")}
    assert found == {c.name: c.estimate for c in fit.coefficients}
    covariance = [float(r["covariance"]) for r in rows_of(out / "covariance.csv")]
    np.testing.assert_array_equal(np.reshape(covariance, fit.covariance.shape), fit.covariance)


def test_the_script_holds_data_and_model(tmp_path, project, simulated):
    export_results(project[0], tmp_path / "out", audience="internal")
    folder = tmp_path / "out" / "secr"
    script = (folder / "repeat-fit.R").read_text(encoding="ascii")
    assert 'detector_types <- c("count")' in script
    assert "model <- list(D ~ 1, lambda0 ~ 1, sigma ~ 1)" in script and "detectfn = 14" in script
    assert script.count("(") == script.count(")") and script.count("{") == script.count("}")
    cubs = {c.individual for c in simulated.survey.captures if c.age_class == "cub"}
    expected = sum(c.count for c in simulated.survey.captures if c.individual not in cubs)
    captures = rows_of(folder / "captures.csv")
    assert sum(int(r["count"]) for r in captures) == expected
    stations = rows_of(folder / "stations.csv")
    worked = sum(float(v) for r in stations for k, v in r.items() if k.startswith("usage_"))
    assert worked == pytest.approx(sum(sum(s.usage_station_days) for s in simulated.survey.stations))
    assert int(captures[0]["detector"]) <= len(stations)
    (log_density,) = re.findall(r"beta = c\(([-0-9.e]+),", script)
    per_ha = project[1].sessions[0].density_per_100km2.value / 1e4
    assert np.exp(float(log_density)) == pytest.approx(per_ha)


def test_refusals_change_nothing(tmp_path, project):
    (tmp_path / "mine").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError) as refused:
        export_results(project[0], tmp_path)
    assert refused.value.code == "export.folder_not_empty"
    create_project(tmp_path / "empty", name="empty").close()
    with pytest.raises(ProjectError) as refused:
        export_results(tmp_path / "empty", tmp_path / "out")
    assert refused.value.code == "report.no_estimate"
    assert not (tmp_path / "out").exists()


def test_the_command(tmp_path, project, monkeypatch, capsys):
    words = ["pardine", "export", str(tmp_path / "out"), "--project", str(project[0]), "--results", "--json"]
    monkeypatch.setattr(sys, "argv", words)
    app.app(words[1:], standalone_mode=False)
    answer = json.loads(capsys.readouterr().out)
    assert len(answer["files"]) == 6 and answer["warnings"][0]["code"] == "results.generalised"


def test_a_trend_of_density_has_maps_with_limits(tmp_path, field_folder):
    home = tmp_path / "project"
    create_project(home, name="simulated").close()
    add_tables(home, [field_folder], ReadOptions())
    estimate_project(home, EstimateRequest(model="D~x"))
    export_results(home, tmp_path / "out")
    for row in rows_of(tmp_path / "out" / "density.csv"):
        lower, value, upper = (float(row[f"{k}_per_100km2"]) for k in ("lower", "predicted", "upper"))
        assert 0.0 < lower < value < upper
    names = {path.name for path in (tmp_path / "out").glob("*.tif")}
    assert names == {f"{kind}_01.tif" for kind in ("density", "predicted", "lower", "upper")}
