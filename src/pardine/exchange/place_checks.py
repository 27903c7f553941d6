"""Places that cannot be or hardly can be: not on Earth, far from the others, two stations at one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pardine.base.place import is_geographic
from pardine.exchange.reading import Reading
from pardine.exchange.station_table import StationRow

# A station this many times as far from the middle as half of the stations are is a slip of a digit.
_FAR = 20.0


def check_places(code: str, rows: Sequence[StationRow], crs: str) -> None:
    """Warn of stations at one place, far from the others, or in degrees taken as metres."""
    xy = np.array([(row.x, row.y) for row in rows])
    if not np.isfinite(xy).all():
        return
    geographic = is_geographic(crs)
    if geographic and (outside := rows_not_on_earth(xy)):
        for j in outside:
            refuse_not_on_earth(rows[j].reading, rows[j].row, rows[j].x, rows[j].y)
        return
    _warn_same_place(code, rows)
    spread = np.ptp(xy, axis=0)
    if not geographic and len(rows) > 1 and np.all(np.abs(xy) <= (180.0, 90.0)) and np.all(spread < 5.0):
        rows[0].reading.warn("station.looks_like_degrees", session=code)
    _warn_far_away(code, rows, xy, km_per_unit=111.2 if geographic else 1e-3)


def rows_not_on_earth(xy_deg: NDArray[np.float64]) -> list[int]:
    """Rows of (K, 2) longitudes and latitudes that no place has."""
    return np.flatnonzero(np.any(np.abs(xy_deg) > (180.0, 90.0), axis=1)).tolist()


def refuse_not_on_earth(reading: Reading, row: int, x: float, y: float) -> None:
    """Note a longitude or latitude beyond its limits as a problem of the table."""
    wrong, value = ("longitude", x) if abs(x) > 180.0 else ("latitude", y)
    known = wrong if wrong in reading else {"longitude": "x", "latitude": "y"}[wrong]
    reading.refuse("station.not_on_earth", row, column=reading.used[known], value=value, expected=wrong)


def _warn_same_place(code: str, rows: Sequence[StationRow]) -> None:
    first: dict[tuple[float, float], StationRow] = {}
    for row in rows:
        other = first.setdefault((row.x, row.y), row)
        if other is not row:
            row.reading.warn("station.same_place", row.row, station=row.code, other=other.code, session=code)


def _warn_far_away(
    code: str, rows: Sequence[StationRow], xy: NDArray[np.float64], *, km_per_unit: float
) -> None:
    """Warn of a station many times as far from the middle as stations usually are: a slip of a digit."""
    if len(rows) < 5:
        return
    offset = xy - np.median(xy, axis=0)
    if km_per_unit > 1.0:
        offset[:, 0] *= np.cos(np.radians(np.median(xy[:, 1])))
    distance_km = np.hypot(*offset.T) * km_per_unit
    for j in np.flatnonzero(distance_km > _FAR * np.median(distance_km)).tolist():
        if distance_km[j] > 1.0:
            row, value = rows[j], round(float(distance_km[j]), 1)
            row.reading.warn("station.far_away", row.row, station=row.code, session=code, value=value)
