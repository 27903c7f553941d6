"""`design.toml` and its tables: what is read, what is refused and how."""

import numpy as np
import pytest

from pardine.base.errors import InputError
from pardine.exchange.design_file import KEYS, DesignRequest, check_request, read_design_file
from pardine.exchange.design_places import read_habitat, read_places


def written(tmp_path, text):
    path = tmp_path / "design.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_everything_left_out_has_its_default(tmp_path):
    assert read_design_file(written(tmp_path, "")) == DesignRequest()


def test_values_and_files_are_read(tmp_path):
    request = read_design_file(
        written(
            tmp_path,
            """
            [survey]
            cameras = 40
            detector_type = "proximity"
            camera_working_prob = 1
            [animals]
            sigma_m = 3000
            [places]
            habitat = "生境.csv"
            crs = " EPSG:32652 "
            """,
        )
    )
    assert (request.cameras, request.detector_type, request.camera_working_prob) == (40, "proximity", 1.0)
    assert request.sigma_m == 3000.0 and request.crs == "EPSG:32652"
    assert request.habitat == tmp_path / "生境.csv"
    assert request.as_dict()["habitat"] == "生境.csv"


def test_keys_are_the_fields_of_the_request():
    assert {key.name for key in KEYS} | {"coefficients"} == set(DesignRequest.__dataclass_fields__)
    assert all(key.help for key in KEYS)


@pytest.mark.parametrize("key", [k for k in KEYS if k.kind in ("number", "whole")], ids=lambda k: k.name)
def test_every_number_has_limits(tmp_path, key):
    for value in (key.low - 1, key.high * 2, "many", True, float("nan")):
        text = f'"{value}"' if isinstance(value, str) else str(value).lower()
        with pytest.raises(InputError) as refused:
            read_design_file(written(tmp_path, f"[{key.section}]\n{key.name} = {text}\n"))
        assert refused.value.code == "design.bad_value"
        assert refused.value.notice.fields["column"] == key.name


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[survey\n", "design.not_toml"),
        ("[survey]\ncamera = 3\n", "design.unknown_key"),
        ("[places]\ncameras = 3\n", "design.unknown_key"),
        ("cameras = 3\n", "design.unknown_key"),
        ("[extra]\n", "design.unknown_key"),
        ("[survey]\ncameras = 2.5\n", "design.bad_value"),
        ("[survey]\ndetector_type = 'multi'\n", "design.bad_value"),
        ("[places]\nhabitat = ''\n", "design.bad_value"),
        ("[animals]\ng0 = 0.1\nlambda0 = 0.1\n", "design.two_detections"),
        ("[coefficients]\n'sigma.h2[M]' = 'large'\n", "design.bad_value"),
        ("[coefficients]\n'sigma.h2[M]' = nan\n", "design.bad_value"),
    ],
)
def test_what_is_wrong_is_refused(tmp_path, text, code):
    with pytest.raises(InputError) as refused:
        read_design_file(written(tmp_path, text))
    assert refused.value.code == code


def test_coefficients_of_a_model_are_read_by_name(tmp_path):
    text = "[simulation]\nmodel = 'hcov=sex, sigma~h2'\n[coefficients]\n'sigma.h2[M]' = 0.7\n"
    request = read_design_file(written(tmp_path, text))
    assert request.model == "hcov=sex, sigma~h2" and request.coefficients == {"sigma.h2[M]": 0.7}


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(InputError) as refused:
        read_design_file(tmp_path / "no.toml")
    assert refused.value.code == "design.cannot_read"


def test_options_are_checked_like_the_file():
    with pytest.raises(InputError) as refused:
        check_request(DesignRequest(nights=0))
    assert refused.value.code == "design.bad_value"


def test_habitat_in_degrees_is_moved_to_metres_and_roads_with_it(tmp_path):
    habitat = tmp_path / "habitat.csv"
    habitat.write_text(
        "longitude,latitude,area_ha,road_m,kind\n131,43,100,5,a\n131.01,43,100,,b\n", encoding="utf-8"
    )
    space, crs = read_habitat(habitat, None)
    assert crs.startswith("+proj=laea") and space.cell_area_m2 == 1e6
    assert np.hypot(*np.diff(space.xy_m, axis=0)[0]) == pytest.approx(815.0, rel=0.01)
    np.testing.assert_array_equal(space.covariates["road_m"], [5.0, np.nan])
    assert "kind" not in space.covariates
    (tmp_path / "roads.csv").write_text("name,lat,lon\nr,43,131\n", encoding="utf-8")
    places = read_places(tmp_path / "roads.csv", None, crs)
    np.testing.assert_allclose(places.xy_m, space.xy_m[:1], atol=1e-6)


def test_codes_of_given_stations_are_kept(tmp_path):
    path = tmp_path / "stations.csv"
    path.write_text("station,x,y\nB2,1,2\nA1,3,4\n", encoding="utf-8")
    places = read_places(path, None, "local")
    assert places.names == ("B2", "A1")
    np.testing.assert_array_equal(places.xy_m, [[1, 2], [3, 4]])


@pytest.mark.parametrize(
    ("table", "crs", "code"),
    [
        ("x,y\n1,2\n", None, "design.crs_differs"),
        ("longitude,latitude\n200,43\n", None, "tables.refused"),
        ("a,b\n1,2\n", None, "tables.refused"),
        ("longitude,latitude\n", None, "tables.refused"),
        ("longitude,latitude\nx,43\n", None, "tables.refused"),
        ("x,y\n1,2\n", "EPSG:99999", "place.unknown_crs"),
    ],
)
def test_places_that_cannot_be_read_are_refused(tmp_path, table, crs, code):
    path = tmp_path / "roads.csv"
    path.write_text(table, encoding="utf-8")
    with pytest.raises(InputError) as refused:
        read_places(path, crs, "EPSG:32652")
    assert refused.value.code == code


def test_habitat_of_two_sessions_is_refused(tmp_path):
    path = tmp_path / "habitat.csv"
    rows = "".join(f"{s},{x},{y}\n" for s in "ab" for x in (0, 100) for y in (0, 100))
    path.write_text("session,x,y\n" + rows, encoding="utf-8")
    with pytest.raises(InputError) as refused:
        read_habitat(path, None)
    assert refused.value.code == "design.several_habitats"
