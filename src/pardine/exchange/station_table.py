"""The table of stations: where they stand, their effort on each occasion, their covariates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pardine.base.place import GEOGRAPHIC
from pardine.exchange.effort_table import EffortRow, read_intervals
from pardine.exchange.numbers import is_missing
from pardine.exchange.reading import Reading

# More than twice the way around the Earth, and more than a hundred years.
MAX_COORDINATE_M = 1e8
MAX_USAGE_DAYS = 36_525


@dataclass(frozen=True, kw_only=True)
class StationRow:
    """A station as its table has it.

    Attributes
    ----------
    crs
        ``EPSG:4326`` for longitude and latitude, what the table names, or ``None``.
    usage_days
        Effort by occasion (index 0 is occasion 1), NaN where blank; empty without columns of effort.
    reading, row
        Where it stands (0-based record).
    """

    session: str
    code: str
    x: float
    y: float
    crs: str | None
    usage_days: NDArray[np.float64]
    covariates: Mapping[str, str]
    reading: Reading
    row: int


def read_station_table(reading: Reading, default_session: str) -> tuple[list[StationRow], list[EffortRow]]:
    """Stations of a table, and intervals where it dates its cameras."""
    if not reading.require("station"):
        return [], []
    pair = coordinate_columns(reading)
    if pair is None:
        return [], []
    sessions, codes = reading.names("session", default_session), reading.names("station")
    x, y = coordinates(reading, pair)
    crs = row_crs(reading, pair)
    dated = "start" in reading and "end" in reading
    if not dated:
        # One of them alone says nothing of effort: it is a covariate.
        for column in ("start", "end", "state", "slot"):
            reading.used.pop(column, None)
    usage = _usage(reading)
    covariates = reading.covariates()
    first: dict[tuple[str, str], StationRow] = {}
    for row, key in enumerate(zip(sessions, codes, strict=True)):
        station = StationRow(
            session=key[0],
            code=key[1],
            x=float(x[row]),
            y=float(y[row]),
            crs=crs[row],
            usage_days=usage[row],
            covariates={name: cells[row] for name, cells in covariates.items()},
            reading=reading,
            row=row,
        )
        before = first.setdefault(key, station)
        if before is not station:
            _check_repeated(before, station, dated=dated)
    for names in _codes_by_session(first).values():
        reading.warn_of_alike("station", names)
    return list(first.values()), read_intervals(reading, default_session) if dated else []


def coordinate_columns(reading: Reading) -> tuple[str, str] | None:
    """Which pair of known columns holds the coordinates; a problem where there is none.

    Where a table has both, longitude and latitude say by themselves what they are; x and y are taken
    only where the table names their coordinate reference system.
    """
    geographic, projected = ("longitude", "latitude"), ("x", "y")
    pairs = (projected, geographic) if "crs" in reading else (geographic, projected)
    for pair in pairs:
        if all(column in reading for column in pair):
            for column in (*geographic, *projected):
                if column not in pair:
                    reading.used.pop(column, None)
            return pair
    started = next((pair for pair in pairs if any(column in reading for column in pair)), geographic)
    reading.require(*started)
    return None


def coordinates(reading: Reading, pair: tuple[str, str]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Both coordinates of each row; a number that no map reaches is a problem (a lost decimal sign)."""
    found = []
    for column in pair:
        header = reading.used[column]
        values = reading.numbers(header, expected="12345.6")
        for row in np.flatnonzero(np.abs(values) > MAX_COORDINATE_M).tolist():
            reading.refuse("table.coordinate_too_large", row, column=header, value=float(values[row]))
        found.append(values)
    return found[0], found[1]


def row_crs(reading: Reading, pair: tuple[str, str]) -> list[str | None]:
    """The crs that the table itself gives each row."""
    if pair == ("longitude", "latitude"):
        return [GEOGRAPHIC if is_missing(cell) else cell for cell in reading.cells("crs")]
    return [None if is_missing(cell) else cell for cell in reading.cells("crs")]


def _usage(reading: Reading) -> NDArray[np.float64]:
    """(R, S) effort; NaN where blank or where an occasion has no column."""
    last = max(reading.effort_columns, default=0)
    usage = np.full((reading.n_rows, last), np.nan)
    for occasion, header in reading.effort_columns.items():
        usage[:, occasion - 1] = reading.numbers(header, expected="0, 1, 2.5, ...", blank_allowed=True)
    for row, s in np.argwhere(usage < 0).tolist():
        station, value = reading.cells("station")[row], float(usage[row, s])
        reading.refuse("station.usage_negative", row, station=station, value=value)
    for row, s in np.argwhere(usage > MAX_USAGE_DAYS).tolist():
        station, value = reading.cells("station")[row], float(usage[row, s])
        reading.refuse("station.usage_too_long", row, station=station, value=value, expected=MAX_USAGE_DAYS)
    return usage


def _check_repeated(before: StationRow, station: StationRow, *, dated: bool) -> None:
    facts = {"station": station.code, "session": station.session}
    if not dated:
        station.reading.refuse("station.twice", station.row, **facts)
    elif (before.x, before.y) != (station.x, station.y):
        station.reading.refuse("station.moved", station.row, **facts)


def _codes_by_session(stations: Mapping[tuple[str, str], StationRow]) -> dict[str, list[str]]:
    codes: dict[str, list[str]] = {}
    for session, code in stations:
        codes.setdefault(session, []).append(code)
    return codes
