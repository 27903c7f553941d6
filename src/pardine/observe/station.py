"""Stations: places with one or two camera slots; a station is one detector of the analysis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Station:
    """A station in a session.

    Attributes
    ----------
    session, code
        Session code and the office's name of the station, unique together.
    x, y
        In the session's ``crs``: metres, or longitude and latitude in degrees.
    usage_station_days
        Effort on each occasion, in station-days (0 = not working, fractions allowed).
    covariates
        Further columns of the table, as text.
    table
        sha256 of the table that says so, ``None`` where not known; no part of what is said.
    """

    session: str
    code: str
    x: float
    y: float
    usage_station_days: tuple[float, ...]
    covariates: Mapping[str, str] = field(default_factory=dict)
    table: str | None = field(default=None, compare=False)
