"""Rules about times: dates that cannot be, clocks that step back, drift, or differ from their partner."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pardine.observe.check.finding import Finding, few
from pardine.observe.check.propose import propose_correction
from pardine.observe.check.season import Limits, Season, bounds_s, moment_of, seconds_of, shown
from pardine.observe.clock import ClockCheck, ClockCorrection, Clocks, local_clocks
from pardine.observe.clock_evidence import correction_from_checks, correction_from_partner
from pardine.observe.lag import ClockLag, estimate_lag

_MIN_SHARED = 6
_MIN_SHARED_FOR_DRIFT = 10
_FUTURE_S = 86_400.0


def no_time(season: Season, limits: Limits) -> Iterator[Finding]:
    """Photographs whose time no source tells."""
    for number, deployment in enumerate(season.deployments):
        rows = season.rows[number]
        lost = rows[np.isnat(season.local[rows])]
        if lost.size:
            yield Finding(
                rule="check.no_time",
                severity="warning",
                subject=deployment.code,
                deployments=(deployment.code,),
                evidence={"n": int(lost.size), "n_all": int(rows.size)},
                media=few(season.media.code[lost]),
            )


def impossible_date(season: Season, limits: Limits) -> Iterator[Finding]:
    """Photographs from the future, or older than digital camera traps."""
    oldest = np.datetime64(f"{limits.first_year}-01-01", "s")
    latest = np.datetime64(season.now, "s") + np.timedelta64(int(_FUTURE_S), "s")
    for number, deployment in enumerate(season.deployments):
        rows = season.rows[number]
        clocks = season.local[rows]
        wrong = (clocks < oldest) | (clocks > latest)
        if wrong.any():
            yield Finding(
                rule="check.impossible_date",
                severity="error",
                subject=deployment.code,
                deployments=(deployment.code,),
                evidence={"n": int(wrong.sum()), "n_all": int(rows.size), **_span(clocks[wrong])},
                media=few(season.media.code[rows[wrong]]),
                proposal=propose_correction(deployment, clocks, limits),
            )


def outside_deployment(season: Season, limits: Limits) -> Iterator[Finding]:
    """Photographs before their camera was set or after it was fetched."""
    for number, deployment in enumerate(season.deployments):
        first, last = bounds_s(deployment, limits.visit_tolerance_h)
        times = season.times[number]
        if not times.size or (times[0] >= first and times[-1] <= last):
            continue
        rows = season.rows[number]
        clocks = season.local[rows]
        known = ~np.isnat(clocks)
        seconds = clocks.astype(np.int64).astype(np.float64)
        outside = known & ((seconds < first) | (seconds > last))
        yield Finding(
            rule="check.outside_deployment",
            severity="error",
            subject=deployment.code,
            deployments=(deployment.code,),
            evidence={
                "n": int(outside.sum()),
                "n_all": int(rows.size),
                **_span(clocks[outside]),
                "starts": "—" if deployment.starts is None else f"{deployment.starts:%Y-%m-%d %H:%M}",
                "ends": "—" if deployment.ends is None else f"{deployment.ends:%Y-%m-%d %H:%M}",
            },
            media=few(season.media.code[rows[outside]]),
            proposal=propose_correction(deployment, clocks, limits),
        )


def time_backwards(season: Season, limits: Limits) -> Iterator[Finding]:
    """Photographs that are earlier than those the camera wrote before them."""
    for number, deployment in enumerate(season.deployments):
        rows = season.rows[number]
        usable = (season.media.file_number[rows] >= 0) & ~np.isnat(season.local[rows])
        rows = rows[usable]
        written = season.media.file_number[rows]
        # Two cards in one deployment repeat each other's numbers, and then numbers are no order.
        if rows.size < 2 or np.unique(written).size < 0.99 * rows.size:
            continue
        seconds = season.local[rows].astype(np.int64)
        steps = np.diff(seconds)
        back = np.flatnonzero(steps < -limits.backwards_s)
        if not back.size or _counter_turned_over(written, seconds, back):
            continue
        yield Finding(
            rule="check.time_backwards",
            severity="error",
            subject=deployment.code,
            deployments=(deployment.code,),
            evidence={
                "n": int(back.size),
                "hours": float(-steps[back].min() / 3600),
                "before": shown(float(seconds[back[0]])),
                "after": shown(float(seconds[back[0] + 1])),
            },
            media=few(season.media.code[rows[[back[0], back[0] + 1]]]),
            proposal=propose_correction(deployment, season.local[rows], limits),
        )


def clock_check(season: Season, limits: Limits) -> Iterator[Finding]:
    """Photographs of a reference clock from which the camera's clock differs."""
    for deployment in season.deployments:
        checks = _after_correction(season, deployment.code)
        if not checks or max(abs(check.behind_s) for check in checks) <= limits.reference_s:
            continue
        correction = correction_from_checks(deployment.code, checks)
        yield Finding(
            rule="check.clock_check",
            severity="error",
            subject=deployment.code,
            deployments=(deployment.code,),
            evidence={
                "n": len(checks),
                "minutes": max((check.behind_s for check in checks), key=abs) / 60,
                "drift": correction.drift_s_per_day,
            },
            media=few(check.media for check in checks if check.media),
            proposal=correction,
        )


def slot_lag(season: Season, limits: Limits) -> Iterator[Finding]:
    """Two cameras of a station whose clocks differ on the visits that both recorded."""
    for one, other in season.partners:
        lag = estimate_lag(season.visit_starts[one], season.visit_starts[other])
        if lag is None or lag.confidence < limits.lag_confidence or lag.n_shared < _MIN_SHARED:
            continue
        at_ends = _lag_at_ends(lag, season.visit_starts[one])
        if max(map(abs, at_ends)) <= limits.lag_s + lag.spread_s:
            continue
        codes = season.deployments[one].code, season.deployments[other].code
        yield Finding(
            rule="check.slot_lag",
            severity="error",
            subject=codes[0],
            other=codes[1],
            deployments=codes,
            evidence={
                "n": lag.n_shared,
                "minutes": lag.lag_s / 60,
                "first": at_ends[0] / 60,
                "last": at_ends[1] / 60,
                "confidence": lag.confidence,
            },
            proposal=_of_unchecked(season, lag, codes, limits),
        )


def _lag_at_ends(lag: ClockLag, visits_s: NDArray[np.float64]) -> tuple[float, float]:
    if lag.n_shared < _MIN_SHARED_FOR_DRIFT:
        return lag.lag_s, lag.lag_s
    return lag.at(float(visits_s[0])), lag.at(float(visits_s[-1]))


def _of_unchecked(
    season: Season, lag: ClockLag, codes: tuple[str, str], limits: Limits
) -> ClockCorrection | None:
    """A correction for the camera whose partner's clock was checked and found right."""
    right = [_is_right(season, code, limits) for code in codes]
    if right[0] == right[1]:
        return None
    drift = lag.drift_s_per_day if lag.n_shared >= _MIN_SHARED_FOR_DRIFT else 0.0
    pivot = moment_of(lag.pivot_s)
    if right[0]:
        return correction_from_partner(codes[1], lag_s=lag.lag_s, drift_s_per_day=drift, pivot=pivot)
    return correction_from_partner(codes[0], lag_s=-lag.lag_s, drift_s_per_day=-drift, pivot=pivot)


def _is_right(season: Season, code: str, limits: Limits) -> bool:
    checks = _after_correction(season, code)
    return bool(checks) and all(abs(check.behind_s) <= limits.reference_s for check in checks)


def _after_correction(season: Season, code: str) -> tuple[ClockCheck, ...]:
    """Reference clocks with the camera's clock as it is after the corrections so far."""
    checks, record = season.clock_checks.get(code, ()), season.clocks.get(code)
    if record is None or not checks:
        return checks
    walls = np.array([check.wall_clock for check in checks], dtype="datetime64[s]")
    corrected = local_clocks(walls, record.corrections).astype(np.int64).tolist()
    return tuple(
        replace(check, wall_clock=moment_of(seconds))
        for check, seconds in zip(checks, corrected, strict=True)
    )


def _counter_turned_over(
    written: NDArray[np.int64], seconds: NDArray[np.int64], back: NDArray[np.int64]
) -> bool:
    """Whether the one step back is where a counter without folders went from 9999 to 1."""
    at_ends = written[-1] % 10_000 >= 9_900 and written[0] % 10_000 <= 100
    return bool(back.size == 1 and at_ends and seconds[-1] <= seconds[0])


def _span(clocks: Clocks) -> dict[str, str]:
    known = clocks[~np.isnat(clocks)]
    early, late = (seconds_of(c.astype(object)) for c in (known.min(), known.max()))
    return {"first": shown(early), "last": shown(late)}
