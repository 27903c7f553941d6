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
    quarter more visits than none.

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
    a, b = np.sort(visits_a_s), np.sort(visits_b_s)
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
    """Height and place of the highest pile, two neighbouring bins wide."""
    # Tilting moves differences beyond the largest lag; they are no candidates.
    n_bins = int(2 * max_lag_s // _BIN_S) + 1
    numbers = np.floor((difference_s + max_lag_s) / _BIN_S).astype(np.int64)
    counts = np.bincount(numbers[(numbers >= 0) & (numbers < n_bins)], minlength=n_bins)
    two = counts[:-1] + counts[1:]
    best = int(np.argmax(two))
    return float(two[best]), (best + 1) * _BIN_S - max_lag_s


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
