"""Times of day at which animals and people are about."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Hours = NDArray[np.float64]

# Peaks of each pattern: after sunrise (h), after sunset (h), height, width (h); and what lies below them.
# Assumed shapes: leopards' patterns differ from place to place with prey and people.
_SUNRISE, _SUNSET, _NOON, _MIDNIGHT = "sunrise", "sunset", "noon", "midnight"
_PATTERNS: dict[str, tuple[float, tuple[tuple[str, float, float, float], ...]]] = {
    "crepuscular": (0.25, ((_SUNRISE, 0.0, 1.0, 1.5), (_SUNSET, 0.5, 1.2, 2.0), (_MIDNIGHT, 0.0, 0.4, 4.0))),
    "nocturnal": (0.03, ((_MIDNIGHT, 0.0, 1.0, 3.5),)),
    "diurnal": (0.03, ((_NOON, 0.0, 1.0, 2.8),)),
    "cathemeral": (1.0, ()),
}
PATTERNS = tuple(_PATTERNS)


def activity(pattern: str, hour: Hours, sunrise_h: float, sunset_h: float) -> Hours:
    """How much is going on at hours of the day, over the mean of the day.

    Parameters
    ----------
    pattern
        ``crepuscular``, ``nocturnal``, ``diurnal`` or ``cathemeral`` (the same at all hours).
    hour : array
        Local hours, 0 to 24.
    """
    day = np.arange(0.0, 24.0, 0.05)
    mean = _shape(pattern, day, sunrise_h, sunset_h).mean()
    return np.asarray(_shape(pattern, hour, sunrise_h, sunset_h) / mean)


def _shape(pattern: str, hour: Hours, sunrise_h: float, sunset_h: float) -> Hours:
    floor, peaks = _PATTERNS[pattern]
    noon_h = (sunrise_h + sunset_h) / 2.0
    anchors = {_SUNRISE: sunrise_h, _SUNSET: sunset_h, _NOON: noon_h, _MIDNIGHT: noon_h + 12.0}
    shape = np.full(np.shape(hour), floor)
    for anchor, after_h, height, width_h in peaks:
        apart_h = (hour - anchors[anchor] - after_h + 12.0) % 24.0 - 12.0
        shape = shape + height * np.exp(-0.5 * (apart_h / width_h) ** 2)
    return np.asarray(shape)
