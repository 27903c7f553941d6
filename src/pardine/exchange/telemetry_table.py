"""The table of telemetry: fixes of collared animals, in the coordinates of their session."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pardine.base.errors import InputError
from pardine.base.place import LOCAL, is_geographic, resolve_crs, transform
from pardine.exchange.place_checks import refuse_not_on_earth, rows_not_on_earth
from pardine.exchange.reading import Reading, group_rows
from pardine.exchange.resolve import SessionParts
from pardine.exchange.station_table import coordinate_columns, coordinates, row_crs
from pardine.observe.effort import NOON
from pardine.observe.telemetry import Fix

# A fix this many times as far from the middle of the stations as the farthest station is a failed fix, a
# lost sign, or degrees taken for metres; no resident animal of the survey was there.
_FAR = 20.0
# Of a single station, or stations at one place: farther than a leopard disperses.
_LEAST_REACH = {True: 0.25, False: 25_000.0}


@dataclass(frozen=True, kw_only=True)
class FixRow:
    """A fix as its table has it; ``crs`` is what the table says, ``None``: that of the session."""

    fix: Fix
    crs: str | None
    reading: Reading
    row: int


def read_telemetry_table(reading: Reading, default_session: str) -> list[FixRow]:
    """Fixes of a table, in the coordinates of the table."""
    if not reading.require("individual"):
        return []
    pair = coordinate_columns(reading)
    if pair is None:
        return []
    sessions, individuals = reading.names("session", default_session), reading.names("individual")
    x, y = coordinates(reading, pair)
    if "date" in reading:
        # A time of day in a column of its own: the day is what tells fixes apart.
        reading.used.pop("fix_time", None)
    crs, moments = row_crs(reading, pair), reading.moments("date" if "date" in reading else "fix_time")
    reading.warn_of_alike("individual", individuals)
    return [
        FixRow(
            fix=Fix(
                session=sessions[row],
                individual=individuals[row],
                x=float(x[row]),
                y=float(y[row]),
                at=None if moment is None else moment.at(NOON),
                row=reading.line(row),
                table=reading.table.sha256,
            ),
            crs=crs[row],
            reading=reading,
            row=row,
        )
        for row, moment in enumerate(moments)
    ]


def fit_fixes(rows: Sequence[FixRow], sessions: Mapping[str, SessionParts]) -> list[Fix]:
    """Fixes in the crs of their sessions, in their order; each that cannot be is a problem."""
    fitted: dict[int, Fix] = {}
    for (code, crs), indices in group_rows([(row.fix.session, row.crs) for row in rows]).items():
        own = [rows[i] for i in indices]
        parts = sessions.get(code)
        if parts is None:
            for row in own:
                row.reading.refuse("session.unknown", row.row, session=code, expected=", ".join(sessions))
            continue
        xy = np.array([(row.fix.x, row.fix.y) for row in own])
        xy_of_session = _in_crs_of_session(own, xy, crs, parts)
        if xy_of_session is None:
            continue
        _refuse_far(own, xy_of_session, parts)
        for i, row, (x, y) in zip(indices, own, xy_of_session.tolist(), strict=True):
            fitted[i] = replace(row.fix, x=x, y=y)
    return [fitted[i] for i in sorted(fitted)]


def _in_crs_of_session(
    rows: Sequence[FixRow], xy: NDArray[np.float64], stated: str | None, parts: SessionParts
) -> NDArray[np.float64] | None:
    wanted = parts.session.crs
    try:
        crs = wanted if stated is None else resolve_crs(stated)
    except InputError as error:
        rows[0].reading.problems.append(error.notice)
        return None
    if is_geographic(crs) and (outside := rows_not_on_earth(xy)):
        for i in outside:
            refuse_not_on_earth(rows[i].reading, rows[i].row, *xy[i].tolist())
        return None
    if crs == wanted or not np.isfinite(xy).all():
        return xy
    if LOCAL in (crs, wanted):
        rows[0].reading.refuse("telemetry.crs_differs", rows[0].row, session=parts.session.code)
        return None
    return transform(xy, crs, wanted)


def _refuse_far(rows: Sequence[FixRow], xy: NDArray[np.float64], parts: SessionParts) -> None:
    stations = np.array([(station.x, station.y) for station in parts.stations])
    if not len(stations) or not np.isfinite(stations).all():
        return
    middle = np.median(stations, axis=0)
    reach = float(np.hypot(*(stations - middle).T).max())
    limit = _FAR * max(reach, _LEAST_REACH[is_geographic(parts.session.crs)])
    for i in np.flatnonzero(np.hypot(*(xy - middle).T) > limit).tolist():
        fix = rows[i].fix
        value = f"{fix.x:g}, {fix.y:g}"
        rows[i].reading.refuse(
            "telemetry.far_away", rows[i].row, individual=fix.individual, session=fix.session, value=value
        )
