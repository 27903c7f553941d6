"""What a table holds, told by its columns; its name decides only where they leave it open."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

import numpy as np

from pardine.exchange.columns import find_columns, find_effort_columns, plain
from pardine.exchange.mask_table import cell_area_of_grid
from pardine.exchange.numbers import parse_numbers
from pardine.exchange.source import TableKind
from pardine.exchange.tables import Table

_ALL = ("session", "station", "individual", "x", "y", "longitude", "latitude", "start", "end")
_AREAS = ("area_ha", "area_m2", "area_km2")
# A column that is only an identifier or a site says little of what its table holds.
_WEAK_STATION_NAMES = ("id", "code", "site", "site_id", "编号")
_MASK_NAMES = ("mask", "habitat", "маска", "местообитан", "掩膜", "栖息地", "生境")
_STATION_NAMES = ("station", "detector", "trap", "camera", "станц", "детектор", "ловуш", "站", "位点", "相机")
_TELEMETRY_NAMES = ("telemetry", "collar", "gps", "fixes", "телеметр", "ошейник", "遥测", "项圈", "颈圈")
_MIN_MASK_POINTS = 200


def kind_of(table: Table) -> TableKind | None:
    """What the table holds, ``None`` where that is not a survey's table."""
    columns = find_columns(table.header, _ALL)
    placed = {"x", "y"} <= columns.keys() or {"longitude", "latitude"} <= columns.keys()
    if placed and "individual" in columns and _is_telemetry(table, columns):
        return "telemetry"
    if "individual" in columns and "station" in columns:
        return "captures"
    if placed:
        return _placed_kind(table, columns.get("station"))
    if "station" in columns and {"start", "end"} <= columns.keys():
        # A session table with a site has dates too, but one row a session.
        is_session_table = _one_row_a_session(table, columns) and _is_weak(columns["station"])
        return "sessions" if is_session_table else "effort"
    if broken := _kind_with_a_gap(table, columns):
        return broken
    if _one_row_a_session(table, columns) and ("station" not in columns or _is_weak(columns["station"])):
        return "sessions"
    return None


def _is_telemetry(table: Table, columns: dict[str, str]) -> bool:
    """Whether places of animals are fixes of collars: not at a station, or so by the file's name."""
    name = PurePath(table.name).stem.casefold()
    if "station" in columns:
        return _is_weak(columns["station"]) and any(word in name for word in _TELEMETRY_NAMES)
    return not find_columns(table.header, ("occasion",))


def _kind_with_a_gap(table: Table, columns: dict[str, str]) -> TableKind | None:
    """Captures without a station, stations without a coordinate: read, to be told what is missing."""
    if "individual" in columns and find_columns(table.header, ("occasion", "date", "count")):
        return "captures"
    started = {"x", "y", "longitude", "latitude"} & columns.keys() or find_effort_columns(table.header)
    if "station" in columns and not _is_weak(columns["station"]) and started and "individual" not in columns:
        return "stations"
    return None


def _placed_kind(table: Table, station_column: str | None) -> TableKind:
    """Stations or mask, for a table with coordinates."""
    if station_column is None or find_columns(table.header, _AREAS):
        return "mask"
    if not _is_weak(station_column) or find_effort_columns(table.header):
        return "stations"
    name = PurePath(table.name).stem.casefold()
    if any(word in name for word in _STATION_NAMES):
        return "stations"
    if any(word in name for word in _MASK_NAMES) or _is_grid(table):
        return "mask"
    return "stations"


def _is_weak(station_column: str) -> bool:
    return plain(station_column) in _WEAK_STATION_NAMES


def _one_row_a_session(table: Table, columns: dict[str, str]) -> bool:
    if "session" not in columns or "individual" in columns:
        return False
    codes: Sequence[str] = table.column(columns["session"])
    return len(set(codes)) == len(codes)


def _is_grid(table: Table) -> bool:
    """Whether the coordinates are those of a large regular grid, session by session or all at once."""
    columns = find_columns(table.header, ("session", "x", "y"))
    if table.n_rows < _MIN_MASK_POINTS or not {"x", "y"} <= columns.keys():
        return False
    xy = np.column_stack(
        [parse_numbers(table.column(columns[axis]), table.separator).values for axis in ("x", "y")]
    )
    if "session" in columns:
        codes = table.column(columns["session"])
        xy = xy[np.array([code == codes[0] for code in codes])]
    return bool(np.isfinite(xy).all()) and cell_area_of_grid(xy) is not None
