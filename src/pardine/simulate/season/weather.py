"""Weather of a simulated season: cloud, snow and temperature by day, the same for all stations."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from pardine.base.randomness import stream


@dataclass(frozen=True, kw_only=True)
class Day:
    """One day.

    Attributes
    ----------
    cloud, snowfall, snow_cover
        0 to 1.
    mean_c
        Temperature of the day; noon is warmer, the end of the night colder.
    """

    cloud: float
    snowfall: float
    snow_cover: float
    mean_c: float


# Monthly means of a continental coast at 43 degrees north, rounded; assumed.
_MEAN_C = (-12.0, -8.0, -1.0, 7.0, 13.0, 17.0, 21.0, 21.0, 16.0, 9.0, -1.0, -9.0)
_FREEZING_C = 0.0


def draw_days(first: dt.date, n_days: int, seed: int, year: int) -> tuple[Day, ...]:
    """Weather from some days before a session to some days after it, by date."""
    rng = stream(seed, "weather", year)
    days = []
    cover, departure = 0.3, 0.0
    for number in range(n_days):
        date = first + dt.timedelta(days=number)
        departure = 0.7 * departure + rng.normal(0.0, 2.5)
        mean_c = _MEAN_C[date.month - 1] + departure
        cloud = float(np.clip(rng.beta(0.7, 0.9), 0.0, 1.0))
        falls = cloud > 0.6 and rng.random() < 0.35 and mean_c < _FREEZING_C
        snowfall = float(rng.uniform(0.2, 1.0)) if falls else 0.0
        thaw = 0.03 + 0.05 * max(mean_c, 0.0)
        cover = float(np.clip(cover + 0.8 * snowfall - thaw, 0.0, 1.0)) if mean_c < 5.0 else 0.0
        days.append(Day(cloud=cloud, snowfall=snowfall, snow_cover=cover, mean_c=mean_c))
    return tuple(days)


def temperature_c(day: Day, hour: float) -> int:
    """What a camera in the shade shows at an hour of the day."""
    swing = 5.0 * (1.0 - 0.5 * day.cloud)
    return round(day.mean_c + swing * float(np.cos((hour - 14.5) / 24.0 * 2.0 * np.pi)))
