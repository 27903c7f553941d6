"""Places that cannot be or hardly can be: not on Earth, far from the others, two stations at one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pardine.base.place import is_geographic
from pardine.exchange.station_table import StationRow

# A station this many times as far from the middle as half of the stations are is a slip of a digit.
_FAR = 20.0


def check_places(code: str, rows: Sequence[StationRow], crs: str) -> None:
    """Warn of stations at one place, far from the others, or in degrees taken as metres."""
    xy = np.array([(row.x, row.y) for row in rows])
    if not np.isfinite(xy).all():
        return
    geographic = is_geographic(crs)
    if geographic and np.any(np.abs(xy) > (180.0, 90.0)):
        j = int(np.argmax(np.any(np.abs(xy) > (180.0, 90.0), axis=1)))
        if rows[j].crs is None or not rows[j].reading.problems:
            rows[j].reading.refuse(
                "station.not_on_earth",
                rows[j].row,
                column=rows[j].reading.used.get("x", "longitude"),
                value=f"{rows[j].x}, {rows[j].y}",
                expected="longitude, latitude",
            )
        return
    _warn_same_place(code, rows)
    spread = np.ptp(xy, axis=0)
    if not geographic and len(rows) > 1 and np.all(np.abs(xy) <= (180.0, 90.0)) and np.all(spread < 5.0):
        rows[0].reading.warn("station.looks_like_degrees", session=code)
    _warn_far_away(code, rows, xy, km_per_unit=111.2 if geographic else 1e-3)


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
