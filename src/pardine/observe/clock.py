"""Clocks: from what a camera showed to instants, by corrections that are records and can be taken back.

    wall clock  --corrections, in order-->  local clock  --minus utc_offset_min-->  instant in UTC

A wall clock is never rewritten. A correction is added to or taken from the record of its deployment, and
everything is computed anew from the wall clocks; so taking a correction back restores exactly what was.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from pardine.base.errors import InputError

ClockFault = Literal["offset", "drift", "twelve hours", "day and month", "reset"]
CLOCK_FAULTS: tuple[ClockFault, ...] = get_args(ClockFault)
Clocks = NDArray[np.datetime64]
_DAY_S = 86_400.0


@dataclass(frozen=True, kw_only=True)
class ClockCheck:
    """A photograph of a reference clock: what the camera showed, and what was true.

    Attributes
    ----------
    wall_clock
        The camera's, as it stamped the photograph.
    reference_clock
        The clock in the picture, at the deployment's ``utc_offset_min``.
    media
        Code or path of the photograph.
    """

    wall_clock: dt.datetime
    reference_clock: dt.datetime
    media: str = ""

    @property
    def behind_s(self) -> float:
        """Seconds by which the camera is behind; negative where it is ahead."""
        return (self.reference_clock - self.wall_clock).total_seconds()


@dataclass(frozen=True, kw_only=True)
class ClockCorrection:
    """How the clock of one deployment is put right.

    Attributes
    ----------
    deployment
        Its code.
    kind
        ``day and month`` exchanges day and month of each date that can be read both ways (a day above
        12 was read as it stood); every other kind adds ``offset_s + drift_s_per_day * days since pivot``.
    offset_s, drift_s_per_day, pivot
        Seconds to add at the pivot, and how they grow with the camera's own days.
    applies_from, applies_until
        Wall clocks it applies to, the end not included; ``None``: without a bound.
    checks
        Photographs of a reference clock that it rests on.
    reason
        Other evidence, in a person's words.
    by, at
        Who made it, and when.
    """

    deployment: str
    kind: ClockFault
    offset_s: float = 0.0
    drift_s_per_day: float = 0.0
    pivot: dt.datetime | None = None
    applies_from: dt.datetime | None = None
    applies_until: dt.datetime | None = None
    checks: tuple[ClockCheck, ...] = ()
    reason: str = ""
    by: str = ""
    at: dt.datetime | None = None

    def __post_init__(self) -> None:
        if self.kind not in CLOCK_FAULTS:
            raise ValueError(f"unknown kind of correction {self.kind!r}")
        if self.drift_s_per_day and self.pivot is None:
            raise ValueError("a drift needs a pivot")
        if not (np.isfinite(self.offset_s) and np.isfinite(self.drift_s_per_day)):
            raise ValueError("a correction is finite")


@dataclass(frozen=True, kw_only=True)
class ClockRecord:
    """The clock of one deployment: its offset from UTC and its corrections, in the order they apply."""

    deployment: str
    utc_offset_min: int | None = None
    corrections: tuple[ClockCorrection, ...] = ()


def apply_correction(record: ClockRecord, correction: ClockCorrection) -> ClockRecord:
    """The record with one more correction, after those it has.

    Raises
    ------
    InputError
        ``clock.other_deployment``, or ``clock.applied_already`` for the very same correction.
    """
    if correction.deployment != record.deployment:
        raise InputError("clock.other_deployment", value=correction.deployment, expected=record.deployment)
    if correction in record.corrections:
        raise InputError("clock.applied_already", deployment=record.deployment, kind=correction.kind)
    return replace(record, corrections=(*record.corrections, correction))


def undo_correction(record: ClockRecord, correction: ClockCorrection) -> ClockRecord:
    """The record without a correction; of ``apply_correction`` the exact inverse.

    Raises
    ------
    InputError
        ``clock.not_applied``: the record does not hold it.
    """
    if correction not in record.corrections:
        raise InputError("clock.not_applied", deployment=record.deployment, kind=correction.kind)
    return replace(record, corrections=tuple(c for c in record.corrections if c != correction))


def local_clocks(wall_clocks: Clocks, corrections: Sequence[ClockCorrection]) -> Clocks:
    """Local time from what the camera showed.

    Parameters
    ----------
    wall_clocks : (M,) array of datetime64[s]
        NaT stays NaT.
    corrections
        Each works on what the one before it left.

    Returns
    -------
    (M,) array of datetime64[s]
        Rounded to whole seconds.
    """
    clocks = np.asarray(wall_clocks, dtype="datetime64[s]").copy()
    for correction in corrections:
        affected = _affected(clocks, correction)
        chosen = clocks[affected]
        if correction.kind == "day and month":
            clocks[affected] = exchange_day_and_month(chosen)
        else:
            clocks[affected] = chosen + _seconds_to_add(chosen, correction)
    return clocks


def instants_utc(wall_clocks: Clocks, record: ClockRecord) -> Clocks:
    """Instants in UTC of what a deployment's camera showed.

    Raises
    ------
    InputError
        ``clock.no_offset``: nobody has said how far the local clock is from UTC.
    """
    if record.utc_offset_min is None:
        raise InputError("clock.no_offset", deployment=record.deployment)
    return local_clocks(wall_clocks, record.corrections) - np.timedelta64(record.utc_offset_min * 60, "s")


def exchange_day_and_month(clocks: Clocks) -> Clocks:
    """Each date with day and month exchanged where that is a date too; twice gives back the first.

    Examples
    --------
    >>> exchange_day_and_month(np.array(["2021-04-11T05:00:00", "2021-04-13"], "datetime64[s]"))
    array(['2021-11-04T05:00:00', '2021-04-13T00:00:00'], dtype='datetime64[s]')
    """
    years = clocks.astype("datetime64[Y]")
    months = clocks.astype("datetime64[M]")
    days = clocks.astype("datetime64[D]")
    month_number = (months - years).astype(np.int64)
    day_number = (days - months).astype(np.int64)
    exchanged = (years.astype("datetime64[M]") + day_number).astype("datetime64[D]") + month_number
    both_ways = (day_number < 12) & ~np.isnat(clocks)
    return np.where(both_ways, exchanged + (clocks - days), clocks).astype("datetime64[s]")


@dataclass(frozen=True, kw_only=True, eq=False)
class ClockPreview:
    """What a correction would change, shown before it is applied.

    Attributes
    ----------
    correction
        The one in question.
    before, after : (M,) arrays of datetime64[s]
        Local clocks without and with it.
    n_changed
        Photographs whose time would change.
    smallest_shift_s, largest_shift_s
        Of those that would change; 0 where none would.
    n_outside_before, n_outside_after
        Photographs before the camera was set or after it was fetched; ``None`` where that is not told.
    n_backwards_before, n_backwards_after
        Photographs that are earlier than the one before them in the order given.
    n_without_instant
        Photographs that would have no instant even so; ``None`` where that is not told.
    """

    correction: ClockCorrection
    before: Clocks
    after: Clocks
    n_changed: int
    smallest_shift_s: float
    largest_shift_s: float
    n_outside_before: int | None
    n_outside_after: int | None
    n_backwards_before: int
    n_backwards_after: int
    n_without_instant: int | None = None


def preview_correction(
    record: ClockRecord,
    correction: ClockCorrection,
    wall_clocks: Clocks,
    *,
    starts: dt.datetime | None = None,
    ends: dt.datetime | None = None,
) -> ClockPreview:
    """What a correction would change; nothing is changed.

    Parameters
    ----------
    record
        Of the deployment, as it is.
    correction
        To be judged, after those of the record.
    wall_clocks : (M,) array of datetime64[s]
        In the order of the file numbers, where that is known.
    starts, ends
        Visits at which the camera was set and fetched, local time.

    Raises
    ------
    InputError
        As `apply_correction`.
    """
    before = local_clocks(wall_clocks, record.corrections)
    after = local_clocks(wall_clocks, apply_correction(record, correction).corrections)
    shifts_s = (after - before)[~np.isnat(before)].astype(np.int64)
    shifts_s = shifts_s[shifts_s != 0]
    return ClockPreview(
        correction=correction,
        before=before,
        after=after,
        n_changed=int(shifts_s.size),
        smallest_shift_s=float(shifts_s.min()) if shifts_s.size else 0.0,
        largest_shift_s=float(shifts_s.max()) if shifts_s.size else 0.0,
        n_outside_before=_n_outside(before, starts, ends),
        n_outside_after=_n_outside(after, starts, ends),
        n_backwards_before=_n_backwards(before),
        n_backwards_after=_n_backwards(after),
    )


def _affected(clocks: Clocks, correction: ClockCorrection) -> NDArray[np.bool_]:
    affected = ~np.isnat(clocks)
    if correction.applies_from is not None:
        affected &= clocks >= np.datetime64(correction.applies_from, "s")
    if correction.applies_until is not None:
        affected &= clocks < np.datetime64(correction.applies_until, "s")
    return affected


def _seconds_to_add(clocks: Clocks, correction: ClockCorrection) -> NDArray[np.timedelta64]:
    seconds = np.full(clocks.shape, correction.offset_s, dtype=np.float64)
    if correction.pivot is not None and correction.drift_s_per_day:
        days = (clocks - np.datetime64(correction.pivot, "s")).astype(np.float64) / _DAY_S
        seconds += correction.drift_s_per_day * days
    return np.asarray(np.rint(seconds).astype("timedelta64[s]"))


def _n_outside(clocks: Clocks, starts: dt.datetime | None, ends: dt.datetime | None) -> int | None:
    if starts is None and ends is None:
        return None
    outside = np.zeros(clocks.shape, dtype=np.bool_)
    if starts is not None:
        outside |= clocks < np.datetime64(starts, "s")
    if ends is not None:
        outside |= clocks > np.datetime64(ends, "s")
    return int(outside.sum())


def _n_backwards(clocks: Clocks) -> int:
    known = clocks[~np.isnat(clocks)]
    return int((np.diff(known) < np.timedelta64(0, "s")).sum())
