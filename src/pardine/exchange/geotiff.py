"""A raster as GeoTIFF: one band of 32-bit floats in a classic little-endian TIFF.

References
----------
TIFF Revision 6.0, Adobe 1992; OGC GeoTIFF Standard 1.1, OGC 19-008r4.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS

from pardine.base.place import LOCAL

NODATA = -9999.0

_SHORT, _LONG, _ASCII, _DOUBLE = 3, 4, 2, 12
_FORMAT = {_SHORT: "H", _LONG: "I", _DOUBLE: "d"}
# Keys of the GeoTIFF directory.
_MODEL_TYPE, _RASTER_TYPE, _CITATION = 1024, 1025, 1026
_GEODETIC_CRS, _ANGULAR_UNITS, _PROJECTED_CRS, _PCS_CITATION = 2048, 2054, 3072, 3073
_PROJECTION, _METHOD, _LINEAR_UNITS = 3074, 3075, 3076
_CENTRE_LONGITUDE, _CENTRE_LATITUDE, _FALSE_EASTING, _FALSE_NORTHING = 3088, 3089, 3082, 3083
_USER_DEFINED, _METRE, _DEGREE, _LAEA, _WGS84 = 32767, 9001, 9102, 10, 4326
_ASCII_PARAMS, _DOUBLE_PARAMS = 34737, 34736


@dataclass(frozen=True, kw_only=True, eq=False)
class Raster:
    """Square cells on a north-up grid.

    Attributes
    ----------
    value : (rows, columns) array
        First row in the north; NaN where there is no cell.
    west_m, north_m
        Outer corner of the first cell.
    cell_m
        Side of a cell.
    """

    value: NDArray[np.float64]
    west_m: float
    north_m: float
    cell_m: float


def raster_of_cells(xy_m: NDArray[np.float64], value: NDArray[np.float64], cell_m: float) -> Raster:
    """The smallest raster that holds these cells.

    Parameters
    ----------
    xy_m : (M, 2) array
        Middles of cells of a regular grid.
    value : (M,) array
    cell_m
        Side of a cell.

    Raises
    ------
    ValueError
        The cells do not lie on a grid of that spacing, or there are none.
    """
    if not len(xy_m):
        raise ValueError("a raster needs a cell")
    low = xy_m.min(axis=0)
    place = (xy_m - low) / cell_m
    index = np.rint(place).astype(np.int64)
    if np.abs(place - index).max() > 0.05 or len(np.unique(index, axis=0)) < len(index):
        raise ValueError(f"the cells do not lie on a grid of {cell_m} m")
    n_columns, n_rows = (index.max(axis=0) + 1).tolist()
    grid = np.full((n_rows, n_columns), np.nan)
    grid[n_rows - 1 - index[:, 1], index[:, 0]] = value
    north = float(low[1]) + (n_rows - 0.5) * cell_m
    return Raster(value=grid, west_m=float(low[0]) - cell_m / 2.0, north_m=north, cell_m=cell_m)


def geotiff_bytes(raster: Raster, crs: str, *, description: str = "") -> bytes:
    """A raster as the bytes of a GeoTIFF.

    Parameters
    ----------
    raster
        What to write; NaN becomes `NODATA`.
    crs
        ``local`` (an engineering map without a place on Earth), an EPSG code, or a Lambert
        azimuthal equal-area projection of WGS 84 as `base.place.equal_area_crs` makes it; other
        projections are named in words, which most programs cannot read.
    description
        Of the band: ASCII letters are kept.
    """
    n_rows, n_columns = raster.value.shape
    pixels = np.where(np.isnan(raster.value), NODATA, raster.value).astype("<f4").tobytes()
    directory, doubles, letters = _geo_keys(crs)
    entries: list[tuple[int, int, list[int] | list[float] | bytes]] = [
        (256, _LONG, [n_columns]),
        (257, _LONG, [n_rows]),
        (258, _SHORT, [32]),
        (259, _SHORT, [1]),
        (262, _SHORT, [1]),
        *([(270, _ASCII, _ascii(description))] if description else []),
        (273, _LONG, [8]),
        (277, _SHORT, [1]),
        (278, _LONG, [n_rows]),
        (279, _LONG, [len(pixels)]),
        (284, _SHORT, [1]),
        (339, _SHORT, [3]),
        (33550, _DOUBLE, [raster.cell_m, raster.cell_m, 0.0]),
        (33922, _DOUBLE, [0.0, 0.0, 0.0, raster.west_m, raster.north_m, 0.0]),
        (34735, _SHORT, directory),
        *([(_DOUBLE_PARAMS, _DOUBLE, doubles)] if doubles else []),
        (_ASCII_PARAMS, _ASCII, letters),
        (42113, _ASCII, _ascii(f"{NODATA:g}")),
    ]
    return _tiff(entries, pixels)


def _tiff(entries: list[tuple[int, int, list[int] | list[float] | bytes]], pixels: bytes) -> bytes:
    """Header, pixels in one strip, the directory, then the values that do not fit into it."""
    start = 8 + len(pixels) + len(pixels) % 2
    after = start + 2 + 12 * len(entries) + 4
    directory, outside = struct.pack("<H", len(entries)), b""
    for tag, kind, values in entries:
        content = (
            values if isinstance(values, bytes) else struct.pack(f"<{len(values)}{_FORMAT[kind]}", *values)
        )
        directory += struct.pack("<HHI", tag, kind, len(values))
        if len(content) <= 4:
            directory += content.ljust(4, b"\0")
        else:
            directory += struct.pack("<I", after + len(outside))
            outside += content + b"\0" * (len(content) % 2)
    header = struct.pack("<2sHI", b"II", 42, start)
    return header + pixels + b"\0" * (len(pixels) % 2) + directory + struct.pack("<I", 0) + outside


def _ascii(text: str) -> bytes:
    return text.encode("ascii", "replace") + b"\0"


def _geo_keys(crs: str) -> tuple[list[int], list[float], bytes]:
    """The key directory, its doubles and its letters."""
    if crs == LOCAL:
        return _directory(
            [(_MODEL_TYPE, _USER_DEFINED), (_RASTER_TYPE, 1)], [], "local metres, no place on Earth"
        )
    known = CRS.from_user_input(crs)
    code = known.to_epsg(min_confidence=100)
    if code is not None:
        key = _PROJECTED_CRS if known.is_projected else _GEODETIC_CRS
        model = 1 if known.is_projected else 2
        return _directory([(_MODEL_TYPE, model), (_RASTER_TYPE, 1), (key, code)], [], known.name)
    given = [(_MODEL_TYPE, 1), (_RASTER_TYPE, 1), (_PROJECTED_CRS, _USER_DEFINED), (_LINEAR_UNITS, _METRE)]
    operation = known.coordinate_operation
    if operation is None or operation.method_name != "Lambert Azimuthal Equal Area":
        return _directory(given, [], known.to_string())
    values = {parameter.name: float(parameter.value) for parameter in operation.params}
    doubles = [
        (_FALSE_EASTING, values.get("False easting", 0.0)),
        (_FALSE_NORTHING, values.get("False northing", 0.0)),
        (_CENTRE_LONGITUDE, values["Longitude of natural origin"]),
        (_CENTRE_LATITUDE, values["Latitude of natural origin"]),
    ]
    shorts = [*given, (_GEODETIC_CRS, _WGS84), (_ANGULAR_UNITS, _DEGREE), (_PROJECTION, _USER_DEFINED)]
    return _directory([*shorts, (_METHOD, _LAEA)], doubles, known.to_string())


def _directory(
    shorts: list[tuple[int, int]], doubles: list[tuple[int, float]], citation: str
) -> tuple[list[int], list[float], bytes]:
    letters = citation.encode("ascii", "replace").replace(b"|", b"/") + b"|"
    # key, where its value lies (0: here), how many, value or position
    keys = [(key, 0, 1, value) for key, value in shorts]
    keys += [(key, _DOUBLE_PARAMS, 1, position) for position, (key, _) in enumerate(doubles)]
    keys.append((_CITATION, _ASCII_PARAMS, len(letters), 0))
    keys.sort()
    directory = [1, 1, 0, len(keys), *(number for key in keys for number in key)]
    return directory, [value for _, value in doubles], letters + b"\0"
