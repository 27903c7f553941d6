"""Habitat masks: areas stated or from the spacing, sessions covered or missed, coordinates moved."""

import numpy as np
import pytest

from pardine.exchange.mask_table import cell_area_of_grid
from pardine.exchange.survey_tables import ReadOptions, read_survey

STATIONS = "session,station,x,y,usage\na,1,0,0,5\nb,1,0,0,5\n"
GRID = [(x, y) for x in (0, 500, 1000) for y in (0, 500)]


def mask_text(rows, header="x,y"):
    return header + "\n" + "".join(",".join(map(str, row)) + "\n" for row in rows)


def test_area_is_inferred_from_regular_spacing(bring):
    survey = bring(
        {"s.csv": STATIONS, "mask.csv": mask_text([("all", *p) for p in GRID], "session,x,y")}
    ).survey
    (mask,) = survey.masks
    assert (mask.session, mask.cell_area_m2, mask.xy.shape) == (None, 250_000.0, (6, 2))


def test_grid_may_have_holes_and_rounding():
    x = np.round(np.arange(40) * 1223.0531163 + 4_087_120.36, 3)
    xy = np.array([(a, b) for i, a in enumerate(x) for j, b in enumerate(x) if (i * j) % 7 != 3])
    assert cell_area_of_grid(xy) == pytest.approx(1223.0531163**2, rel=1e-6)


def test_scattered_points_are_no_grid(refusal):
    xy = np.random.default_rng(1).uniform(0, 10_000, (200, 2)).tolist()
    (problem,) = refusal({"mask.csv": mask_text(xy)})
    assert problem.code == "mask.irregular"


@pytest.mark.parametrize(
    ("header", "area", "area_m2"),
    [("area_ha", 25, 250_000.0), ("cell_area_m2", 250_000, 250_000.0), ("площадь_га", 25, 250_000.0)],
)
def test_area_may_be_stated(bring, header, area, area_m2):
    rows = [(*p, area) for p in GRID]
    survey = bring({"s.csv": STATIONS, "m.csv": mask_text(rows, f"x,y,{header}")}).survey
    assert survey.masks[0].cell_area_m2 == area_m2


def test_area_in_another_unit_is_doubted(bring, codes):
    rows = [(*p, 0.25) for p in GRID]
    brought = bring({"s.csv": STATIONS, "m.csv": mask_text(rows, "x,y,area_ha")})
    assert codes(brought.notices) == ["mask.area_disagrees"]


@pytest.mark.parametrize(
    ("rows", "code", "row"),
    [
        ([*GRID, (0, 0)], "mask.point_twice", 8),
        ([(0, "x")], "table.not_a_number", 2),
        ([(0, "")], "table.missing_value", 2),
    ],
)
def test_broken_masks_are_refused(refusal, rows, code, row):
    problems = refusal({"mask.csv": mask_text(rows)})
    assert (code, row) in [(p.code, p.fields.get("row")) for p in problems]


@pytest.mark.parametrize(("area", "code"), [(0, "mask.area_invalid"), (50, "mask.areas_differ")])
def test_areas_that_cannot_be_are_refused(refusal, area, code):
    rows = [(0, 0, 25), (500, 0, area)]
    (problem,) = refusal({"mask.csv": mask_text(rows, "x,y,area_ha")})
    assert (problem.code, problem.fields["row"]) == (code, 3)


def test_mask_of_some_sessions_is_warned_of(bring):
    rows = [("a", *p) for p in GRID] + [("z", *p) for p in GRID]
    brought = bring({"s.csv": STATIONS, "mask.csv": mask_text(rows, "session,x,y")})
    assert [m.session for m in brought.survey.masks] == ["a"]
    told = {n.code: n.fields for n in brought.notices if n.severity == "warning"}
    assert told["mask.unknown_session"]["session"] == "z"
    assert told["mask.covers_some_sessions"]["missing"] == ["b"]


def test_mask_that_is_named_takes_the_place_of_the_others(write, tmp_path):
    folder = write({"s.csv": STATIONS, "mask.csv": mask_text(GRID)})
    other = tmp_path / "маска.csv"
    other.write_text(mask_text([(*p, 25) for p in GRID[:4]], "x,y,area_ha"), encoding="utf-8")
    brought = read_survey([folder], ReadOptions(mask_paths=(other,)))
    assert [len(m.xy) for m in brought.survey.masks] == [4]
    assert "table.mask_replaced" in {n.code for n in brought.notices}
    assert {s.name for s in brought.sources} == {"s.csv", "маска.csv"}


def test_two_masks_of_one_session_are_refused(refusal):
    (problem,) = refusal({"mask1.csv": mask_text(GRID), "mask2.csv": mask_text(GRID)})
    assert problem.code == "mask.twice"


def test_covariates_stay_text_by_session(bring):
    rows = [("a", 0, 0, "x"), ("a", 500, 500, ""), ("b", 0, 0, "ель"), ("b", 500, 500, "z")]
    survey = bring({"s.csv": STATIONS, "mask.csv": mask_text(rows, "session,x,y,Topo")}).survey
    assert [m.covariates["Topo"].tolist() for m in survey.masks] == [["x", ""], ["ель", "z"]]


def test_geographic_mask_follows_projected_stations(bring):
    stations = "station,x,y,crs,usage\nA,500000,4760000,EPSG:32652,5\n"
    rows = [(129.0, 43.0, 25), (129.01, 43.0, 25)]
    survey = bring({"s.csv": stations, "mask.csv": mask_text(rows, "lon,lat,area_ha")}).survey
    # 129 degrees east is the central meridian of zone 52.
    assert survey.masks[0].xy[0] == pytest.approx([500_000, 4_760_814], abs=100)


def test_geographic_mask_of_a_local_map_is_refused(refusal):
    rows = [(129.0, 43.0, 25), (129.01, 43.0, 25)]
    (problem,) = refusal({"mask.csv": mask_text(rows, "lon,lat,area_ha")})
    assert problem.code == "mask.crs_differs"


def test_geographic_mask_needs_its_area(refusal):
    rows = [(x / 100, 43 + y / 100) for x, y in GRID]
    (problem,) = refusal(
        {"stations.csv": "session,station,lon,lat,usage_1,usage_2\ns,A1,1,43,5,5\ns,A3,1,43.1,5,5\n"}
        | {"mask.csv": mask_text(rows, "lon,lat")}
    )
    assert problem.code == "mask.irregular"


def test_mask_in_metres_does_not_fit_stations_in_degrees(refusal):
    stations = "session,station,lon,lat,usage_1,usage_2\ns,A1,1,43,5,5\ns,A3,1,43.1,5,5\n"
    rows = [(500_000, 4_700_000, 25), (500_500, 4_700_000, 25)]
    problems = refusal({"stations.csv": stations, "mask.csv": mask_text(rows, "x,y,area_ha")})
    assert [(p.code, p.fields["row"], p.fields["column"]) for p in problems] == [
        ("station.not_on_earth", 2, "x"),
        ("station.not_on_earth", 3, "x"),
    ]
