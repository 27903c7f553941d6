"""The lag between the clocks of a station's two cameras, from the visits that both recorded."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import poisson

MAX_LAG_S = 26 * 3600
_BIN_S = 60
_MAX_DRIFT_S_PER_DAY = 30.0
_NEAR_S = 90.0
_DAY_S = 86_400.0
_MAX_PAIRS = 400_000
# Visits follow the hours of the day, so more pairs meet at some lags than at others; the background
# is taken from the lags around, and made this much larger.
_BACKGROUND_MARGIN = 1.5
_NEARLY = 0.8
# Pictures that a camera takes each day at a set time of its own clock tell nothing of the other clock.
_DAILY_SHARE = 0.3
_MIN_DAILY = 5

Seconds = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class ClockLag:
    """How far clock B is ahead of clock A.

    Attributes
    ----------
    lag_s
        Clock B less clock A at ``pivot_s``.
    drift_s_per_day
        Growth of the lag; 0 where it cannot be told from 0.
    pivot_s
        Clock A in the middle of the shared visits.
    n_shared
        Visits on which the lag rests.
    n_a, n_b
        Visits that each recorded.
    confidence
        1 less the chance that visits without any relation agree so often at some lag; near 1 or
        the lag means nothing.
    spread_s
        Median distance of the shared visits from the line.
    """

    lag_s: float
    drift_s_per_day: float
    pivot_s: float
    n_shared: int
    n_a: int
    n_b: int
    confidence: float
    spread_s: float

    def at(self, clock_a_s: float) -> float:
        """The lag at a moment of clock A."""
        return self.lag_s + self.drift_s_per_day * (clock_a_s - self.pivot_s) / _DAY_S


def estimate_lag(
    visits_a_s: Seconds, visits_b_s: Seconds, *, max_lag_s: float = MAX_LAG_S, min_shared: int = 5
) -> ClockLag | None:
    """The lag at which the most visits of two cameras agree.

    The differences of all pairs of visits are counted in bins of a minute. Visits of one animal pile up
    at the lag of the clocks, all other pairs spread out; the highest place wins. Where a clock drifts
    the pile is tilted: tilts of up to 30 s a day are tried, and one is taken only where it gathers a
    quarter more visits than none. Pictures taken daily at a set time are left out.

    Parameters
    ----------
    visits_a_s, visits_b_s : (A,), (B,) arrays
        Beginnings of visits in seconds of the two wall clocks, in any order; one value a visit, not one
        a photograph.
    max_lag_s
        Largest lag that is looked for, both ways.
    min_shared
        Fewer visits at the best lag are no evidence.

    Returns
    -------
    ClockLag or None
        ``None`` where too few visits agree.
    """
    a, b = without_daily(np.sort(visits_a_s)), without_daily(np.sort(visits_b_s))
    of_a, difference_s = _pairs(a, b, max_lag_s)
    if difference_s.size < min_shared:
        return None
    centre = float(np.median(a))
    days = (of_a - centre) / _DAY_S
    drift, mode_s = _best_tilt(days, difference_s, max_lag_s)
    near = np.abs(difference_s - mode_s - drift * days) <= _BIN_S * 1.5
    # An upright pile is narrow enough as it is: a line through it would only follow chance.
    slope, lag_s = _line(days[near], difference_s[near], tilted=drift != 0.0 or near.sum() >= 10)
    residual_s = difference_s - lag_s - slope * days
    shared = np.abs(residual_s) <= _NEAR_S
    n_shared = int(min(np.unique(of_a[shared]).size, shared.sum()))
    if n_shared < min_shared:
        return None
    pivot_days = float(np.median(days[shared]))
    return ClockLag(
        lag_s=lag_s + slope * pivot_days,
        drift_s_per_day=slope,
        pivot_s=centre + pivot_days * _DAY_S,
        n_shared=n_shared,
        n_a=int(a.size),
        n_b=int(b.size),
        confidence=_confidence(residual_s, n_shared, max_lag_s),
        spread_s=float(np.median(np.abs(residual_s[shared]))),
    )


def without_daily(visits_s: Seconds) -> Seconds:
    """Visits without those in a minute of the day in which something happens on most days.

    Parameters
    ----------
    visits_s : (A,) array
        In seconds of the camera's own clock.
    """
    if not visits_s.size:
        return visits_s
    n_minutes = int(_DAY_S // 60)
    minute = np.floor(visits_s % _DAY_S / 60).astype(np.int64)
    counts = np.bincount(minute, minlength=n_minutes)
    days = float(np.ptp(visits_s)) / _DAY_S
    # A set time may fall on either side of a full minute.
    two = np.maximum(counts + np.roll(counts, 1), counts + np.roll(counts, -1))
    is_daily = (two >= max(_MIN_DAILY, _DAILY_SHARE * days)) & (counts > 0)
    return np.asarray(visits_s[~is_daily[minute]])


def _pairs(a: Seconds, b: Seconds, max_lag_s: float) -> tuple[Seconds, Seconds]:
    """Clock A and difference of every pair of visits that are at most `max_lag_s` apart."""
    first = np.searchsorted(b, a - max_lag_s, "left")
    last = np.searchsorted(b, a + max_lag_s, "right")
    n_each = last - first
    total = int(n_each.sum())
    if total > _MAX_PAIRS:
        # Evenly thinned A visits tell as much; a busy trail would take gigabytes.
        keep = np.arange(0, a.size, total // _MAX_PAIRS + 1)
        a, first, n_each = a[keep], first[keep], n_each[keep]
        total = int(n_each.sum())
    of_a = np.repeat(a, n_each)
    within = np.arange(total) - np.repeat(np.cumsum(n_each) - n_each, n_each)
    return of_a, b[np.repeat(first, n_each) + within] - of_a


def _best_tilt(days: Seconds, difference_s: Seconds, max_lag_s: float) -> tuple[float, float]:
    """Drift (0 unless another gathers clearly more) and the lag of its highest pile."""
    upright_height, upright_mode_s = _mode(difference_s, max_lag_s)
    span_days = float(np.ptp(days))
    if span_days < 1.0:
        return 0.0, upright_mode_s
    # A step moves the ends of the pile by one bin.
    step = 2.0 * _BIN_S / span_days
    best = (upright_height * 1.25, 0.0, upright_mode_s)
    for n in range(1, int(_MAX_DRIFT_S_PER_DAY / step) + 1):
        for drift in (n * step, -n * step):
            height, mode_s = _mode(difference_s - drift * days, max_lag_s)
            if height > best[0]:
                best = (height, drift, mode_s)
    return best[1], best[2]


def _mode(difference_s: Seconds, max_lag_s: float) -> tuple[float, float]:
    """Height and place of the highest pile, two neighbouring bins wide.

    Daily pictures and daily passers-by pile up at every whole day; of piles that are nearly as high as
    the highest, the one nearest to no lag is meant.
    """
    # Tilting moves differences beyond the largest lag; they are no candidates.
    n_bins = int(2 * max_lag_s // _BIN_S) + 1
    numbers = np.floor((difference_s + max_lag_s) / _BIN_S).astype(np.int64)
    counts = np.bincount(numbers[(numbers >= 0) & (numbers < n_bins)], minlength=n_bins)
    two = counts[:-1] + counts[1:]
    high = np.flatnonzero(two >= _NEARLY * two.max())
    places_s = (high + 1) * _BIN_S - max_lag_s
    best = int(np.abs(places_s).argmin())
    # Next to it may stand a higher part of the same pile.
    beside = high[np.abs(high - high[best]) <= 2]
    top = int(beside[two[beside].argmax()])
    return float(two[top]), (top + 1) * _BIN_S - max_lag_s


def _line(days: Seconds, difference_s: Seconds, *, tilted: bool) -> tuple[float, float]:
    """Slope and intercept by least squares, once more without what lies far off."""
    slope, lag_s = 0.0, float(np.median(difference_s))
    for reach_s in (np.inf, 30.0, 20.0):
        near = np.abs(difference_s - lag_s - slope * days) <= reach_s
        if near.sum() < 3:
            break
        if not tilted or np.ptp(days[near]) < 1.0:
            slope, lag_s = 0.0, float(np.median(difference_s[near]))
            continue
        fitted = np.polyfit(days[near], difference_s[near], 1)
        slope, lag_s = float(fitted[0]), float(fitted[1])
    return slope, lag_s


def _confidence(residual_s: Seconds, n_shared: int, max_lag_s: float) -> float:
    """1 less the chance of such a pile among pairs without relation, at any of the places tried."""
    around = np.abs(residual_s)
    ring_s = min(2 * 3600.0, max_lag_s) - 2 * _NEAR_S
    n_around = int(((around > 2 * _NEAR_S) & (around <= 2 * _NEAR_S + ring_s)).sum())
    background = _BACKGROUND_MARGIN * (n_around + 1) * _NEAR_S / ring_s
    n_places = 2 * max_lag_s / _BIN_S
    return float(max(0.0, 1.0 - n_places * poisson.sf(n_shared - 1, background)))
