"""A design from tables, from a project, and of given stations; its files; its refusals."""

import csv
import json
import sqlite3
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace

import numpy as np
import pytest

from pardine.base.errors import AnalysisError, InputError
from pardine.cli import app
from pardine.exchange.design_file import DesignRequest
from pardine.exchange.survey_tables import ReadOptions
from pardine.store.project import create_project
from pardine.workflows.add import add_tables
from pardine.workflows.design import design_survey
from pardine.workflows.design_files import write_design
from pardine.workflows.estimate import estimate_project
from pardine.workflows.request import EstimateRequest

ANIMALS = {"density_per_100km2": 2.0, "lambda0": 0.03, "sigma_m": 2500.0}


@pytest.fixture
def habitat(tmp_path):
    """24 x 16 km of habitat in UTM, 1 km squares, with a road along its middle."""
    path = tmp_path / "habitat.csv"
    rows = [(650_000 + x, 4_750_000 + y) for x in range(0, 24_000, 1000) for y in range(0, 16_000, 1000)]
    path.write_text(
        "x,y,crs,road_m\n" + "".join(f"{x},{y},EPSG:32652,{abs(y - 4_758_000)}\n" for x, y in rows)
    )
    roads = "".join(f"{650_000 + x},4758000,EPSG:32652\n" for x in range(0, 24_000, 500))
    (tmp_path / "roads.csv").write_text("x,y,crs\n" + roads)
    return path


def local(tmp_path):
    path = tmp_path / "local.csv"
    path.write_text(
        "x,y\n" + "".join(f"{x},{y}\n" for x in range(0, 9000, 1000) for y in range(0, 9000, 1000))
    )
    return path


@pytest.mark.parametrize("by_column", [True, False])
def test_limits_of_access_spacing_and_budget(tmp_path, habitat, by_column):
    roads = {"access_covariate": "road_m"} if by_column else {"roads": tmp_path / "roads.csv"}
    request = DesignRequest(
        **ANIMALS,
        **roads,
        habitat=habitat,
        cameras=40,
        max_distance_m=2000.0,
        min_spacing_m=1900.0,
        camera_usd=100.0,
        travel_usd_per_km=1.0,
        budget_usd=3000.0,
    )
    designed = design_survey(request)
    xy_m = designed.plan.xy_m
    assert 10 <= len(xy_m) <= 20
    assert np.abs(xy_m[:, 1] - 4_758_000).max() <= 2000.0
    gaps = np.hypot(*(xy_m[:, None] - xy_m[None]).transpose(2, 0, 1))
    assert gaps[np.triu_indices(len(xy_m), 1)].min() >= 1900.0
    # 2 cameras a station, and 2 visits there and back from the road.
    cost = sum(200.0 + 4.0 * abs(y - 4_758_000) / 1000.0 for y in xy_m[:, 1])
    assert designed.layout.cost_usd == pytest.approx(cost) and cost <= 3000.0
    # 90 nights, of which one camera of two works on 1 - 0.1 x 0.1.
    np.testing.assert_allclose(designed.plan.usage_station_days.sum(axis=1), 89.1)


def test_files_hold_the_layout_and_say_that_it_is_internal(tmp_path, habitat):
    designed = design_survey(DesignRequest(**ANIMALS, habitat=habitat, cameras=20), seed=4)
    files, notices = write_design(designed, tmp_path / "out", "en")
    assert {path.name for path in files} == {path.name for path in (tmp_path / "out").iterdir()}
    assert [notice.code for notice in notices] == ["design.internal"]
    with (tmp_path / "out" / "stations.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = np.array([(float(r["x"]), float(r["y"])) for r in rows])
    np.testing.assert_array_equal(found, designed.plan.xy_m)
    with sqlite3.connect(tmp_path / "out" / "design.gpkg") as connection:
        codes = [code for (code,) in connection.execute("SELECT station FROM stations")]
        (description,) = connection.execute(
            "SELECT description FROM gpkg_contents WHERE table_name = 'stations'"
        ).fetchone()
    connection.close()
    assert codes == [r["station"] for r in rows] and "INTERNAL" in description
    gpx = ET.parse(tmp_path / "out" / "stations.gpx").getroot()
    waypoints = gpx.findall("{*}wpt")
    assert len(waypoints) == 10 and "INTERNAL" in gpx.findtext("{*}metadata/{*}desc")
    assert all(130.5 < float(w.get("lon")) < 131.5 and 42.5 < float(w.get("lat")) < 43.5 for w in waypoints)
    kept = json.loads((tmp_path / "out" / "design.json").read_text(encoding="utf-8"))
    assert kept["audience"] == "internal" and kept["seed"] == 4 and kept["request"]["cameras"] == 20
    assert (tmp_path / "out" / "precision.svg").read_bytes().startswith(b"<svg")


def test_a_vast_habitat_is_searched_in_part(tmp_path):
    path = tmp_path / "vast.csv"
    steps = range(0, 400_000, 4000)
    path.write_text("x,y\n" + "".join(f"{x},{y}\n" for x in steps for y in steps))
    designed = design_survey(DesignRequest(**ANIMALS, habitat=path, cameras=16, nights=60))
    assert "design.part_considered" in {notice.code for notice in designed.notices}
    assert len(designed.plan.xy_m) == 8 and designed.expected.cv_density < 1.5


def test_the_same_seed_gives_the_same_stations(habitat):
    request = DesignRequest(**ANIMALS, habitat=habitat, cameras=16)
    one, two = design_survey(request, seed=1), design_survey(request, seed=1)
    np.testing.assert_array_equal(one.plan.xy_m, two.plan.xy_m)
    assert one.by_stations == two.by_stations


def test_given_stations_are_judged_where_they_stand(tmp_path, habitat):
    stations = tmp_path / "stations.csv"
    stations.write_text(
        "station,x,y,crs\n"
        + "".join(
            f"K{i},{655_000 + 3000 * (i % 4)},{4_753_000 + 3000 * (i // 4)},EPSG:32652\n" for i in range(12)
        )
    )
    designed = design_survey(DesignRequest(**ANIMALS, habitat=habitat, stations=stations), n_surveys=40)
    assert designed.sites.names == tuple(f"K{i}" for i in range(12))
    assert designed.by_stations == () and len(designed.by_nights) == 6
    assert designed.simulated.n_surveys == 40
    error = 4 * designed.simulated.cv_mc_error
    assert designed.expected.cv_density == pytest.approx(designed.simulated.cv_density, abs=error)


def test_effort_of_given_stations_is_theirs(tmp_path, habitat):
    stations = tmp_path / "stations.csv"
    places = "".join(f"{655_000 + 3000 * i},4758000,EPSG:32652,30,{5 * i}\n" for i in range(4))
    stations.write_text("x,y,crs,usage_1,usage_2\n" + places)
    designed = design_survey(DesignRequest(**ANIMALS, habitat=habitat, stations=stations))
    np.testing.assert_array_equal(designed.plan.usage_station_days, [[30, 0], [30, 5], [30, 10], [30, 15]])
    assert dict(designed.by_nights)[90.0] == designed.expected.cv_density
    stations.write_text("x,y,crs,usage_1\n655000,4758000,EPSG:32652,0\n")
    with pytest.raises(AnalysisError) as refused:
        design_survey(DesignRequest(**ANIMALS, habitat=habitat, stations=stations))
    assert refused.value.code == "design.tells_nothing"
    stations.write_text("x,y,crs,usage_1\n655000,4758000,EPSG:32652,-3\n")
    with pytest.raises(InputError) as refused:
        design_survey(DesignRequest(**ANIMALS, habitat=habitat, stations=stations))
    assert refused.value.code == "tables.refused"


def test_a_project_gives_habitat_and_animals(tmp_path, field_folder):
    home = tmp_path / "project"
    create_project(home, name="simulated").close()
    add_tables(home, [field_folder], ReadOptions())
    fit = estimate_project(home, EstimateRequest()).analysis.fits[0].sessions[0]
    designed = design_survey(DesignRequest(cameras=16), home)
    assert designed.expectation.density_per_100km2 == fit.density_per_100km2.value
    assert designed.expectation.values["sigma"] == fit.parameters["sigma"].value
    assert designed.sites.state_space.area_km2 == fit.region_area_km2
    assert "design.from_project" in {notice.code for notice in designed.notices}


def test_stand_ins_are_named_and_local_maps_have_no_gpx(tmp_path):
    designed = design_survey(DesignRequest(habitat=local(tmp_path), cameras=12, sigma_m=1500.0))
    stand_ins = [n.fields["parameter"] for n in designed.notices if n.code == "design.stand_in"]
    assert stand_ins == ["D", "lambda0"]
    assert {"design.goal_missed", "design.few_moved"} <= {n.code for n in designed.notices}
    files, notices = write_design(designed, tmp_path / "out", "zh")
    assert "design.no_gpx" in {notice.code for notice in notices}
    assert not any(path.suffix == ".gpx" for path in files)


@pytest.mark.parametrize(
    ("choices", "code"),
    [
        ({}, "design.no_limit"),
        ({"cameras": 1}, "design.too_few_cameras"),
        ({"cameras": 10, "max_distance_m": 100.0}, "design.no_access"),
        ({"cameras": 10, "max_distance_m": 1.0, "access_covariate": "road"}, "design.no_covariate"),
        ({"cameras": 10, "budget_usd": 50.0, "camera_usd": 100.0}, "design.too_dear"),
        ({"budget_usd": 50.0}, "design.no_limit"),
    ],
)
def test_what_cannot_be_designed_is_refused(habitat, choices, code):
    with pytest.raises(InputError) as refused:
        design_survey(DesignRequest(**ANIMALS, habitat=habitat, **choices))
    assert refused.value.code == code


def test_no_place_within_reach_of_a_road(tmp_path, habitat):
    (tmp_path / "roads.csv").write_text("x,y,crs\n1,2,EPSG:32652\n")
    request = DesignRequest(
        **ANIMALS, habitat=habitat, cameras=9, roads=tmp_path / "roads.csv", max_distance_m=100.0
    )
    with pytest.raises(InputError) as refused:
        design_survey(request)
    assert refused.value.code == "design.no_sites"


def test_one_station_tells_nothing(habitat):
    with pytest.raises(AnalysisError) as refused:
        design_survey(DesignRequest(**ANIMALS, habitat=habitat, cameras=2))
    assert refused.value.code == "design.tells_nothing"


def run(monkeypatch, capsys, *words):
    monkeypatch.setattr(sys, "argv", ["pardine", *map(str, words)])
    try:
        app.main()
        code = 0
    except SystemExit as left:
        code = left.code or 0
    output = capsys.readouterr()
    return code, output.out, output.err


def test_the_command(tmp_path, habitat, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "design.toml"
    file.write_text(
        "[survey]\ncameras = 40\n[animals]\ndensity_per_100km2 = 2\nlambda0 = 0.03\nsigma_m = 2500\n"
        '[places]\nhabitat = "habitat.csv"\n',
        encoding="utf-8",
    )
    code, out, _ = run(monkeypatch, capsys, "design", file, "--cameras", 24, "--json", "--dry-run")
    answer = json.loads(out)
    assert code == 0 and answer["n_stations"] == 12 and answer["files"] == []
    assert not (tmp_path / "design").exists()
    code, out, err = run(
        monkeypatch, capsys, "design", file, "--cameras", 24, "--simulate", 20, "--lang", "ru"
    )
    assert code == 0 and (tmp_path / "design" / "stations.gpx").is_file()
    assert "для внутреннего" in err
    again = run(monkeypatch, capsys, "design", file)
    assert again[0] == 2 and "design" in again[2]
    words = (
        "--cameras",
        16,
        "--habitat",
        habitat,
        "--roads",
        tmp_path / "roads.csv",
        "--max-distance-m",
        900,
    )
    code, out, _ = run(monkeypatch, capsys, "design", *words, "--dry-run", "--json")
    assert code == 0 and {s["y"] for s in json.loads(out)["stations"]} == {4_758_000.0}
    code, out, _ = run(monkeypatch, capsys, "design", tmp_path / "none.toml", "--json")
    assert code == 2 and json.loads(out)["error"]["code"] == "design.cannot_read"


def test_many_surveys_without_an_estimate_are_told(tmp_path, habitat):
    animals = ANIMALS | {"density_per_100km2": 0.8}
    request = DesignRequest(**animals, habitat=habitat, cameras=8, nights=30, model="lambda0~b")
    request = replace(request, coefficients={"lambda0.b[TRUE]": 0.3})
    designed = design_survey(request, seed=2, n_surveys=8)
    assert designed.simulated is not None
    told = next(notice for notice in designed.notices if notice.code == "design.surveys_refused")
    assert told.fields["value"] == designed.simulated.n_refused > 0
    assert all(code in told.fields["detail"] for code in designed.simulated.refusals)


def test_a_model_is_simulated_on_covariates_of_habitat_and_stations(tmp_path, habitat):
    request = DesignRequest(
        **ANIMALS,
        habitat=habitat,
        cameras=36,
        model="D~road_m, lambda0~road_m",
        coefficients={"D.road_m": 1e-4, "lambda0.road_m": -1e-4},
    )
    with pytest.raises(InputError) as refused:
        design_survey(request)
    assert refused.value.code == "design.model_needs_simulation"
    designed = design_survey(request, seed=2, n_surveys=12)
    assert designed.model is not None and designed.simulated is not None
    beyond = np.abs(designed.plan.xy_m[:, 1] - 4_758_000)
    told = [float(text) for text in designed.model.station_covariates["road_m"]]
    np.testing.assert_allclose(told, beyond)
    assert designed.simulated.n_surveys == 12 and designed.simulated.n_refused < 6
    assert designed.simulated.mean_animals == pytest.approx(designed.expected.n_animals, rel=0.5)
