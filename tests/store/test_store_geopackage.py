"""GeoPackages are read back with plain SQL and by taking the geometries apart."""

import sqlite3
import struct

import numpy as np
import pytest
from pyproj import CRS

from pardine.base.place import equal_area_crs
from pardine.store.geopackage import Layer, write_geopackage

MOMENT = "2026-01-02T03:04:05.000Z"
LAEA = equal_area_crs(131.0, 43.0)


@pytest.fixture
def written(tmp_path):
    path = tmp_path / "результаты.gpkg"
    layers = [
        Layer(
            name="density",
            xy_m=np.array([[500.0, 500.0], [1500.0, 500.0]]),
            crs=LAEA,
            columns={"session": ["a", "б"], "density": [1.25, None], "n": [1, 2]},
            cell_m=1000.0,
            description="for tests",
        ),
        Layer(name="stations", xy_m=np.array([[7.5, -8.25]]), crs="EPSG:32652", columns={'a "b"': ["x'y"]}),
        Layer(name="nothing", xy_m=np.zeros((0, 2)), crs="local"),
    ]
    write_geopackage(path, layers, changed_utc=MOMENT)
    with sqlite3.connect(path) as connection:
        yield connection
    connection.close()


def one(connection, query, *values):
    (row,) = connection.execute(query, values).fetchall()
    return row


def test_it_says_what_it_is(written):
    assert one(written, "PRAGMA application_id") == (0x47504B47,)
    assert one(written, "PRAGMA user_version") == (10300,)
    assert one(written, "PRAGMA integrity_check") == ("ok",)
    assert written.execute("PRAGMA foreign_key_check").fetchall() == []


def test_contents_and_extents(written):
    rows = written.execute(
        "SELECT table_name, data_type, identifier, description, last_change, min_x, min_y, max_x, max_y"
        " FROM gpkg_contents ORDER BY rowid"
    ).fetchall()
    assert rows == [
        ("density", "features", "density", "for tests", MOMENT, 0.0, 0.0, 2000.0, 1000.0),
        ("stations", "features", "stations", "", MOMENT, 7.5, -8.25, 7.5, -8.25),
        ("nothing", "features", "nothing", "", MOMENT, None, None, None, None),
    ]
    geometry = written.execute("SELECT * FROM gpkg_geometry_columns ORDER BY rowid").fetchall()
    assert [row[:3] for row in geometry] == [
        ("density", "geom", "POLYGON"),
        ("stations", "geom", "POINT"),
        ("nothing", "geom", "POINT"),
    ]
    assert all(row[4:] == (0, 0) for row in geometry)


def test_reference_systems(written):
    systems = {row[1]: row for row in written.execute("SELECT * FROM gpkg_spatial_ref_sys")}
    assert {-1, 0, 4326, 32652} <= systems.keys()
    assert systems[4326][2:4] == ("EPSG", 4326)
    (own,) = systems.keys() - {-1, 0, 4326, 32652}
    assert CRS.from_wkt(systems[own][4]).coordinate_operation.method_name == "Lambert Azimuthal Equal Area"
    used = dict(written.execute("SELECT table_name, srs_id FROM gpkg_contents"))
    assert used == {"density": own, "stations": 32652, "nothing": -1}


def test_geometries_are_well_known_binary(written):
    (blob,) = one(written, "SELECT geom FROM stations")
    magic, version, flags, srs = struct.unpack_from("<2sBBi", blob)
    assert (magic, version, flags, srs) == (b"GP", 0, 1, 32652)
    assert struct.unpack_from("<BIdd", blob, 8) == (1, 1, 7.5, -8.25)
    (blob,) = one(written, "SELECT geom FROM density WHERE fid = 2")
    assert struct.unpack_from("<BIII", blob, 8) == (1, 3, 1, 5)
    ring = np.array(struct.unpack_from("<10d", blob, 21)).reshape(5, 2)
    np.testing.assert_array_equal(ring[0], ring[-1])
    np.testing.assert_array_equal(ring.min(axis=0), [1000.0, 0.0])
    np.testing.assert_array_equal(ring.max(axis=0), [2000.0, 1000.0])
    # Counter-clockwise, as the standard wants the outer ring.
    x, y = ring.T
    assert (x[:-1] * y[1:] - x[1:] * y[:-1]).sum() / 2 == pytest.approx(1e6)
    assert len(blob) == 8 + 13 + 80


def test_columns_keep_values_and_kinds(written):
    assert written.execute("SELECT session, density, n FROM density").fetchall() == [
        ("a", 1.25, 1),
        ("б", None, 2),
    ]
    kinds = {row[1]: row[2] for row in written.execute("PRAGMA table_info(density)")}
    assert kinds == {
        "fid": "INTEGER",
        "geom": "POLYGON",
        "session": "TEXT",
        "density": "DOUBLE",
        "n": "INTEGER",
    }
    assert one(written, 'SELECT "a ""b""" FROM stations') == ("x'y",)


def test_nothing_is_overwritten(tmp_path):
    path = tmp_path / "there.gpkg"
    path.write_bytes(b"mine")
    with pytest.raises(FileExistsError):
        write_geopackage(path, [], changed_utc=MOMENT)
    assert path.read_bytes() == b"mine"


@pytest.mark.parametrize("name", ["gpkg_contents", "sqlite_x", "a; DROP", ""])
def test_names_of_layers_are_checked(name):
    with pytest.raises(ValueError, match="not a name"):
        Layer(name=name, xy_m=np.zeros((0, 2)), crs="local")
