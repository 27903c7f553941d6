"""Which correction would bring photographs back between the visits of their camera."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from pardine.base.errors import InputError
from pardine.observe.check.season import Limits, bounds_s, moment_of
from pardine.observe.clock import ClockCorrection, Clocks, local_clocks
from pardine.observe.clock_evidence import (
    day_and_month_read_correction,
    day_and_month_set_correction,
    reset_correction,
    twelve_hour_correction,
)
from pardine.observe.deployment import Deployment

# An offset of any size fits something; it is proposed only if the photographs of both visits fit it.
_SAME_LENGTH_S = 3600.0
_RESET_JUMP = np.timedelta64(20, "D")


def propose_correction(deployment: Deployment, clocks: Clocks, limits: Limits) -> ClockCorrection | None:
    """The simplest correction after which every photograph lies between the visits.

    Tried in this order: 12 hours, day and month read in the wrong order, day and month set in the wrong
    order, a clock that fell back on the way, one whole offset that fits both visits.

    Parameters
    ----------
    deployment
        With the visits at both ends.
    clocks : (M,) array of datetime64[s]
        Its local times in the order the camera wrote them.
    limits
        Tolerance of the visits.

    Returns
    -------
    ClockCorrection or None
        A proposal only; a person decides. ``None`` too where all lie between the visits as it is.
    """
    known = clocks[~np.isnat(clocks)]
    if not known.size or deployment.starts is None or deployment.ends is None:
        return None
    first, last = (moment_of(seconds) for seconds in bounds_s(deployment, limits.visit_tolerance_h))
    if _fits(known, first, last):
        return None
    for correction in _candidates(deployment.code, deployment.starts, deployment.ends, known):
        if _fits(local_clocks(known, (correction,)), first, last):
            return correction
    return None


def _fits(clocks: Clocks, first: dt.datetime, last: dt.datetime) -> bool:
    return bool(clocks.min() >= np.datetime64(first, "s") and clocks.max() <= np.datetime64(last, "s"))


def _candidates(
    code: str, starts: dt.datetime, ends: dt.datetime, clocks: Clocks
) -> Iterator[ClockCorrection]:
    early, late = (moment_of(float(c.astype(np.int64))) for c in (clocks.min(), clocks.max()))
    middle = starts + (ends - starts) / 2
    yield twelve_hour_correction(code, camera_is_ahead=early + (late - early) / 2 > middle)
    yield day_and_month_read_correction(code)
    with contextlib.suppress(InputError):
        yield day_and_month_set_correction(code, shown_at_setting=early)
    yield from _reset(code, ends, clocks)
    offset = starts - early
    if abs((ends - late - offset).total_seconds()) <= _SAME_LENGTH_S:
        yield ClockCorrection(deployment=code, kind="offset", offset_s=offset.total_seconds())


def _reset(code: str, ends: dt.datetime, clocks: Clocks) -> Iterator[ClockCorrection]:
    """Since the largest step back the clock ran from its factory date; the last visit tells the offset."""
    steps = np.diff(clocks)
    if not steps.size or steps.min() > -_RESET_JUMP:
        return
    at = int(steps.argmin()) + 1
    since = clocks[at:]
    if since.max() >= clocks[:at].min():
        return
    shown = moment_of(float(since[-1].astype(np.int64)))
    correction = reset_correction(code, shown=shown, true_local=ends)
    until = moment_of(float(clocks[:at].min().astype(np.int64)))
    yield replace(correction, applies_until=until)
