"""Layers of places as a GeoPackage, written with the standard library.

References
----------
OGC GeoPackage Encoding Standard 1.3, OGC 12-128r17.
"""

from __future__ import annotations

import contextlib
import sqlite3
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS

from pardine.base.place import LOCAL

Value = str | float | int | None

_APPLICATION_ID = 0x47504B47  # "GPKG"
_USER_VERSION = 10300
_UNDEFINED_CARTESIAN = -1
_OWN_SRS_ID = 100_000
# The standard requires these three rows.
_REQUIRED_SRS = (
    ("Undefined Cartesian SRS", -1, "NONE", -1, "undefined"),
    ("Undefined geographic SRS", 0, "NONE", 0, "undefined"),
)
_TABLES = """
CREATE TABLE gpkg_spatial_ref_sys (
  srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY, organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents (
  table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
  description TEXT DEFAULT '', last_change DATETIME NOT NULL, min_x DOUBLE, min_y DOUBLE,
  max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL,
  srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
"""


@dataclass(frozen=True, kw_only=True, eq=False)
class Layer:
    """A layer of points or of square cells.

    Attributes
    ----------
    name
        Of the table: letters, digits and underscores.
    xy_m : (K, 2) array
        Points, or middles of the cells, in ``crs``.
    crs
        ``local``, an EPSG code or PROJ text.
    columns
        Name to K values; text, whole numbers or numbers.
    cell_m
        Side of the square cells; ``None``: points.
    description
        What it holds, and for whom.
    """

    name: str
    xy_m: NDArray[np.float64]
    crs: str
    columns: Mapping[str, Sequence[Value]] = field(default_factory=dict)
    cell_m: float | None = None
    description: str = ""

    def __post_init__(self) -> None:
        if not self.name.isidentifier() or self.name.startswith(("gpkg_", "sqlite_")):
            raise ValueError(f"not a name of a layer: {self.name!r}")
        if any(len(values) != len(self.xy_m) for values in self.columns.values()):
            raise ValueError(f"{self.name}: one value a place in every column")

    @property
    def geometry(self) -> Literal["POINT", "POLYGON"]:
        """Kind of geometry."""
        return "POINT" if self.cell_m is None else "POLYGON"


def write_geopackage(path: Path, layers: Sequence[Layer], *, changed_utc: str) -> None:
    """Write layers as a new GeoPackage.

    Parameters
    ----------
    path
        Must not exist.
    layers
        At least one; names differ.
    changed_utc
        ISO 8601 with milliseconds, ending in ``Z``, as the standard wants it.

    Raises
    ------
    FileExistsError
        The file is there already.
    """
    path.open("xb").close()
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {_USER_VERSION}")
        for statement in filter(str.strip, _TABLES.split(";")):
            connection.execute(statement)
        srs_ids = _write_srs(connection, layers)
        for layer in layers:
            _write_layer(connection, layer, srs_ids[layer.crs], changed_utc)


def _write_srs(connection: sqlite3.Connection, layers: Sequence[Layer]) -> dict[str, int]:
    """Reference systems of the layers, and those that the standard requires."""
    rows = {row[1]: row for row in (*_REQUIRED_SRS, _srs("EPSG:4326", 4326))}
    ids: dict[str, int] = {LOCAL: _UNDEFINED_CARTESIAN}
    for crs in dict.fromkeys(layer.crs for layer in layers if layer.crs != LOCAL):
        own = _OWN_SRS_ID + len(ids)
        ids[crs] = CRS.from_user_input(crs).to_epsg(min_confidence=100) or own
        rows[ids[crs]] = _srs(crs, own)
    connection.executemany("INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, NULL)", rows.values())
    return ids


def _srs(crs: str, own_id: int) -> tuple[str, int, str, int, str]:
    known = CRS.from_user_input(crs)
    code = known.to_epsg(min_confidence=100)
    authority = "EPSG" if code is not None else "Pardine"
    name = known.name if code is not None else known.to_string()
    return name, code or own_id, authority, code or own_id, _wkt1(known)


def _wkt1(crs: CRS) -> str:
    """Definition as the standard's text of 2001; projections that it lacks in PROJ's own words."""
    return str(crs.to_wkt("WKT1_GDAL", pretty=False) or crs.to_wkt(pretty=False))


def _write_layer(connection: sqlite3.Connection, layer: Layer, srs_id: int, changed_utc: str) -> None:
    half = (layer.cell_m or 0.0) / 2.0
    extent: list[float | None] = [None] * 4
    if len(layer.xy_m):
        extent = [*(layer.xy_m.min(axis=0) - half).tolist(), *(layer.xy_m.max(axis=0) + half).tolist()]
    columns = "".join(f", {_quoted(name)} {_type(values)}" for name, values in layer.columns.items())
    connection.execute(
        f"CREATE TABLE {_quoted(layer.name)} "
        f"(fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom {layer.geometry}{columns})"
    )
    connection.execute(
        "INSERT INTO gpkg_contents VALUES (?, 'features', ?, ?, ?, ?, ?, ?, ?, ?)",
        (layer.name, layer.name, layer.description, changed_utc, *extent, srs_id),
    )
    connection.execute(
        "INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?, ?, 0, 0)",
        (layer.name, layer.geometry, srs_id),
    )
    names = ", ".join(["geom", *map(_quoted, layer.columns)])
    marks = ", ".join("?" * (1 + len(layer.columns)))
    geometries = (_geometry(x, y, srs_id, layer.cell_m) for x, y in layer.xy_m.tolist())
    connection.executemany(
        f"INSERT INTO {_quoted(layer.name)} ({names}) VALUES ({marks})",
        zip(geometries, *layer.columns.values(), strict=True),
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _type(values: Sequence[Value]) -> str:
    known = [value for value in values if value is not None]
    if known and all(isinstance(value, int) for value in known):
        return "INTEGER"
    return "DOUBLE" if known and not any(isinstance(value, str) for value in known) else "TEXT"


def _geometry(x: float, y: float, srs_id: int, cell_m: float | None) -> bytes:
    """Standard header without an envelope, then little-endian well-known binary."""
    header = struct.pack("<2sBBi", b"GP", 0, 1, srs_id)
    if cell_m is None:
        return header + struct.pack("<BIdd", 1, 1, x, y)
    half = cell_m / 2.0
    west, east, south, north = x - half, x + half, y - half, y + half
    ring = (west, south, east, south, east, north, west, north, west, south)
    return header + struct.pack("<BIII10d", 1, 3, 1, 5, *ring)
