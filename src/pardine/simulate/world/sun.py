"""Where the sun stands: day, dusk and night of a simulated station."""

from __future__ import annotations

import datetime as dt

import numpy as np
from numpy.typing import NDArray

Angles = NDArray[np.float64]

NIGHT_BELOW_DEG = -4.0
"""Below this elevation cameras use their flash."""
_RISEN_DEG = -0.833


def sun_position_deg(utc_s: Angles, lon_lat: tuple[float, float]) -> tuple[Angles, Angles]:
    """Elevation of the sun and its azimuth clockwise from north, to about half a degree.

    Parameters
    ----------
    utc_s : array
        Seconds since 1970-01-01 UTC.
    lon_lat
        Degrees.

    References
    ----------
    The mean-element formulas of the Astronomical Almanac's low-precision sun.
    """
    lon, lat = lon_lat
    days = np.asarray(utc_s) / 86_400.0 - 10_957.5  # since noon of 2000-01-01
    anomaly = np.radians((357.528 + 0.9856003 * days) % 360.0)
    mean_longitude = (280.460 + 0.9856474 * days) % 360.0
    ecliptic = np.radians(mean_longitude + 1.915 * np.sin(anomaly) + 0.020 * np.sin(2.0 * anomaly))
    tilt = np.radians(23.439 - 0.0000004 * days)
    declination = np.arcsin(np.sin(tilt) * np.sin(ecliptic))
    ascension = np.arctan2(np.cos(tilt) * np.sin(ecliptic), np.cos(ecliptic))
    sidereal_deg = (280.46062 + 360.98564737 * days) % 360.0
    hour_angle = np.radians(sidereal_deg + lon) - ascension
    latitude = np.radians(lat)
    sine = np.sin(latitude) * np.sin(declination) + np.cos(latitude) * np.cos(declination) * np.cos(
        hour_angle
    )
    east = -np.cos(declination) * np.sin(hour_angle)
    north = np.sin(declination) * np.cos(latitude) - np.cos(declination) * np.sin(latitude) * np.cos(
        hour_angle
    )
    return np.degrees(np.arcsin(np.clip(sine, -1.0, 1.0))), np.degrees(np.arctan2(east, north)) % 360.0


def utc_seconds(local: dt.datetime, utc_offset_min: int) -> float:
    """Seconds since 1970-01-01 UTC of a local time."""
    return (local - dt.datetime(1970, 1, 1)).total_seconds() - 60.0 * utc_offset_min


def sunrise_and_sunset_h(
    day: dt.date, utc_offset_min: int, lon_lat: tuple[float, float]
) -> tuple[float, float]:
    """Local hours of sunrise and sunset; 6 and 18 where the sun does not rise or set that day."""
    midnight_s = utc_seconds(dt.datetime.combine(day, dt.time()), utc_offset_min)
    minutes = np.arange(0.0, 1440.0)
    elevation, _ = sun_position_deg(midnight_s + 60.0 * minutes, lon_lat)
    is_up = elevation > _RISEN_DEG
    if is_up.all() or not is_up.any():
        return 6.0, 18.0
    rises = np.flatnonzero(is_up & ~np.roll(is_up, 1))[0]
    sets = np.flatnonzero(~is_up & np.roll(is_up, 1))[0]
    return float(minutes[rises] / 60.0), float(minutes[sets] / 60.0)
