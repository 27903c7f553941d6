"""Clock corrections from their evidence: reference clocks, swaps, resets, the partner's clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np

from pardine.base.errors import InputError
from pardine.observe.clock import ClockCheck, ClockCorrection

_HALF_DAY_S = 43_200.0
_DAY = dt.timedelta(days=1)


def correction_from_checks(deployment: str, checks: Sequence[ClockCheck]) -> ClockCorrection:
    """Offset from one photograph of a reference clock, a drift line from two or more.

    Parameters
    ----------
    deployment
        Its code.
    checks
        Photographs of a reference clock; a line needs two that are at least a day apart, else their
        median is a whole offset.

    Raises
    ------
    InputError
        ``clock.no_checks``.

    Examples
    --------
    >>> day = dt.datetime(2024, 5, 1, 12)
    >>> late = ClockCheck(wall_clock=day + 10 * _DAY, reference_clock=day + dt.timedelta(10, 60))
    >>> correction_from_checks("A1", [ClockCheck(wall_clock=day, reference_clock=day), late]).drift_s_per_day
    6.0
    """
    if not checks:
        raise InputError("clock.no_checks", deployment=deployment)
    pivot = min(check.wall_clock for check in checks)
    days = np.array([(check.wall_clock - pivot) / _DAY for check in checks])
    behind_s = np.array([check.behind_s for check in checks])
    if np.ptp(days) < 1.0:
        return ClockCorrection(
            deployment=deployment, kind="offset", offset_s=float(np.median(behind_s)), checks=tuple(checks)
        )
    drift, offset = np.polyfit(days, behind_s, 1)
    return ClockCorrection(
        deployment=deployment,
        kind="drift",
        offset_s=_rounded(offset),
        drift_s_per_day=_rounded(drift),
        pivot=pivot,
        checks=tuple(checks),
    )


def twelve_hour_correction(deployment: str, *, camera_is_ahead: bool, reason: str = "") -> ClockCorrection:
    """For a camera whose morning and afternoon were exchanged when it was set."""
    seconds = -_HALF_DAY_S if camera_is_ahead else _HALF_DAY_S
    return ClockCorrection(deployment=deployment, kind="twelve hours", offset_s=seconds, reason=reason)


def day_and_month_read_correction(deployment: str, *, reason: str = "") -> ClockCorrection:
    """For dates that a program or a person read in the wrong order: each date is exchanged."""
    return ClockCorrection(deployment=deployment, kind="day and month", reason=reason)


def day_and_month_set_correction(
    deployment: str, *, shown_at_setting: dt.datetime, reason: str = ""
) -> ClockCorrection:
    """For a camera that was set to the wrong date and ran on from there: one offset for all its time.

    Parameters
    ----------
    deployment
        Its code.
    shown_at_setting
        What the camera showed when it was set, such as its first photograph.
    reason
        In a person's words.

    Raises
    ------
    InputError
        ``clock.no_swap``: the day is above 12, so it cannot have been taken for a month.
    """
    if shown_at_setting.day > 12:
        raise InputError("clock.no_swap", deployment=deployment, value=shown_at_setting.date().isoformat())
    meant = shown_at_setting.replace(month=shown_at_setting.day, day=shown_at_setting.month)
    seconds = (meant - shown_at_setting).total_seconds()
    return ClockCorrection(deployment=deployment, kind="offset", offset_s=seconds, reason=reason)


def reset_correction(
    deployment: str,
    *,
    shown: dt.datetime,
    true_local: dt.datetime,
    reset_from: dt.datetime | None = None,
    reset_until: dt.datetime | None = None,
    reason: str = "",
) -> ClockCorrection:
    """For a camera that fell back to its factory date and ran on from there.

    Parameters
    ----------
    deployment
        Its code.
    shown, true_local
        One moment at which both clocks are known, such as the visit at which it was fetched.
    reset_from, reset_until
        Wall clocks since the reset; without them all photographs are taken to be since the reset.
    reason
        In a person's words.

    Raises
    ------
    InputError
        ``clock.reset_outside``: the moment shown is not among the wall clocks since the reset.
    """
    too_early = reset_from is not None and shown < reset_from
    too_late = reset_until is not None and shown >= reset_until
    if too_early or too_late:
        raise InputError("clock.reset_outside", deployment=deployment, value=shown.isoformat(sep=" "))
    return ClockCorrection(
        deployment=deployment,
        kind="reset",
        offset_s=(true_local - shown).total_seconds(),
        applies_from=reset_from,
        applies_until=reset_until,
        reason=reason,
    )


def correction_from_partner(
    deployment: str,
    *,
    lag_s: float,
    drift_s_per_day: float = 0.0,
    pivot: dt.datetime | None = None,
    reason: str = "",
) -> ClockCorrection:
    """For a camera whose partner at the station is known to be right.

    Parameters
    ----------
    deployment
        Code of the one to correct.
    lag_s, drift_s_per_day, pivot
        Seconds by which it is ahead of its partner at the pivot, as `lag.estimate_lag` finds them.
    reason
        In a person's words.
    """
    return ClockCorrection(
        deployment=deployment,
        kind="drift" if drift_s_per_day else "offset",
        offset_s=-lag_s,
        drift_s_per_day=-drift_s_per_day,
        pivot=pivot,
        reason=reason,
    )


def _rounded(seconds: float) -> float:
    """Without the dust of the least-squares solution, which would show in a record that people read."""
    return float(np.round(seconds, 6))
