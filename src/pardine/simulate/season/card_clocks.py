"""Clocks of simulated cameras: what they show at a true local time."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

ClockKind = Literal["drift", "twelve hours", "day and month", "reset", "offset"]
CLOCK_KINDS: tuple[ClockKind, ...] = get_args(ClockKind)

_DAY_S = 86_400.0
_FACTORY_DATES = ("2000-01-01", "2010-01-01", "2012-01-01", "2015-01-01", "2018-01-01")
# A sound clock is set by eye, and stays within half a minute.
_SOUND_OFFSET_S = 10.0
_SOUND_DRIFT_S_PER_DAY = 0.15

Seconds = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class SimulatedClock:
    """A camera's clock: an offset that grows, and a moment at which it may fall back.

    Attributes
    ----------
    set_s
        True local time in seconds at which it was set.
    offset_s, drift_s_per_day
        Seconds by which it is ahead when set, and what is added a day.
    reset_s, factory_s
        True time at which it falls back, and what it then shows; never where infinite.
    """

    set_s: float
    offset_s: float
    drift_s_per_day: float
    reset_s: float = float("inf")
    factory_s: float = 0.0

    def shows(self, true_s: Seconds) -> Seconds:
        """What it shows, in seconds, at true local times."""
        ahead_s = self.offset_s + self.drift_s_per_day * (true_s - self.set_s) / _DAY_S
        if not np.isfinite(self.reset_s):
            return np.asarray(true_s + ahead_s)
        return np.where(true_s < self.reset_s, true_s + ahead_s, self.factory_s + true_s - self.reset_s)


def draw_clock(
    kind: ClockKind | None, starts: dt.datetime, ends: dt.datetime, rng: np.random.Generator
) -> SimulatedClock:
    """A clock with one fault, or a sound one where the kind is ``None``."""
    set_s = seconds_of(starts)
    offset_s = float(np.clip(rng.normal(0.0, _SOUND_OFFSET_S), -20.0, 20.0))
    drift = float(np.clip(rng.normal(0.0, _SOUND_DRIFT_S_PER_DAY), -0.3, 0.3))
    sign = 1.0 if rng.random() < 0.5 else -1.0
    reset_s, factory_s = float("inf"), 0.0
    if kind == "drift":
        drift += sign * rng.uniform(4.0, 25.0)
    elif kind == "twelve hours":
        offset_s += sign * 43_200.0
    elif kind == "day and month":
        offset_s += seconds_of(starts.replace(month=starts.day, day=starts.month)) - set_s
    elif kind == "offset":
        offset_s += sign * _draw_offset_s(rng)
    elif kind == "reset":
        reset_s = set_s + rng.uniform(0.0, 0.8) * (seconds_of(ends) - set_s)
        factory_s = float(np.datetime64(str(rng.choice(_FACTORY_DATES)), "s").astype(np.int64))
    return SimulatedClock(
        set_s=set_s, offset_s=offset_s, drift_s_per_day=drift, reset_s=reset_s, factory_s=factory_s
    )


def _draw_offset_s(rng: np.random.Generator) -> float:
    """Minutes or hours, a day, or a year."""
    which = rng.random()
    if which < 0.5:
        return float(np.exp(rng.uniform(np.log(300.0), np.log(36_000.0))))
    return 86_400.0 if which < 0.7 else 366 * 86_400.0


def seconds_of(moment: dt.datetime) -> float:
    """A local time in seconds, counted as `numpy.datetime64` counts."""
    return float(np.datetime64(moment, "s").astype(np.int64))
