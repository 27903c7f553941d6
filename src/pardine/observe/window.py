"""The window of a session: chosen openly, with its reason, and what other windows would give."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pardine.base.errors import InputError, Notice, warning
from pardine.observe.clock import Clocks
from pardine.observe.effort import EffortInterval
from pardine.observe.occasion import noon_edges, usage_of

SESSION_DAYS = 90
LONG_SESSION_DAYS = 120


@dataclass(frozen=True, kw_only=True)
class SessionWindow:
    """Days of a session, from noon to noon.

    Attributes
    ----------
    first_noon
        Day at whose noon it begins.
    n_days
        Its length.
    reason
        Why this window; never empty.
    """

    first_noon: dt.date
    n_days: int
    reason: str

    @property
    def edges(self) -> tuple[dt.datetime, dt.datetime]:
        """First and last moment."""
        start, *_, end = noon_edges(self.first_noon, self.n_days, self.n_days)
        return start, end


def choose_window(
    first_noon: dt.date, *, reason: str, n_days: int = SESSION_DAYS
) -> tuple[SessionWindow, tuple[Notice, ...]]:
    """A window with the reason a person gives, and a warning where it is long for a closed population.

    Raises
    ------
    InputError
        ``clock.window_without_reason``, ``clock.window_too_short``.
    """
    if not reason.strip():
        raise InputError("clock.window_without_reason")
    if n_days < 1:
        raise InputError("clock.window_too_short", value=n_days)
    long = n_days > LONG_SESSION_DAYS
    notices = (warning("clock.window_long", value=n_days, expected=LONG_SESSION_DAYS),) if long else ()
    return SessionWindow(first_noon=first_noon, n_days=n_days, reason=reason.strip()), notices


@dataclass(frozen=True, kw_only=True)
class WindowYield:
    """What one candidate window would give.

    Attributes
    ----------
    first_noon, n_days
        The window.
    n_animals, n_detections
        Within it.
    n_recaptured, n_moved
        Animals detected more than once, and at more than one station.
    n_stations
        Stations that worked.
    station_days, both_sides_days
        Effort, and that with two slots at once.
    """

    first_noon: dt.date
    n_days: int
    n_animals: int
    n_detections: int
    n_recaptured: int
    n_moved: int
    n_stations: int
    station_days: float
    both_sides_days: float


def candidate_windows(
    first: dt.date,
    last: dt.date,
    *,
    lengths_days: Sequence[int] = (60, 75, 90, 105, 120),
    step_days: int = 15,
) -> tuple[tuple[dt.date, int], ...]:
    """Windows of these lengths, shifted step by step, that lie between two days."""
    return tuple(
        (first + dt.timedelta(days=shift), n_days)
        for n_days in lengths_days
        for shift in range(0, (last - first).days - n_days + 1, step_days)
    )


def window_yields(
    windows: Iterable[tuple[dt.date, int]],
    *,
    animal: NDArray[np.int64],
    station: NDArray[np.int64],
    clocks: Clocks,
    intervals: Sequence[EffortInterval],
    stations: Sequence[str],
) -> tuple[WindowYield, ...]:
    """Animals, detections and effort of each candidate window, so that the choice can be seen.

    Parameters
    ----------
    windows
        First day and length, as `candidate_windows` gives them.
    animal, station : (N,) arrays
        Numbers of the animal and the station of each detection; an animal below 0 is not known.
    clocks : (N,) array of datetime64[s]
        Local time of each.
    intervals, stations
        Effort, and the J codes of the stations.
    """
    return tuple(
        _yield_of(first, n_days, animal, station, clocks, intervals, stations) for first, n_days in windows
    )


def _yield_of(
    first_noon: dt.date,
    n_days: int,
    animal: NDArray[np.int64],
    station: NDArray[np.int64],
    clocks: Clocks,
    intervals: Sequence[EffortInterval],
    stations: Sequence[str],
) -> WindowYield:
    edges = noon_edges(first_noon, n_days, n_days)
    starts, ends = (np.datetime64(edge, "s") for edge in (edges[0], edges[-1]))
    within = (clocks >= starts) & (clocks < ends) & (animal >= 0)
    _, n_each = np.unique(animal[within], return_counts=True)
    places = np.unique(np.column_stack([animal[within], station[within]]), axis=0)
    _, n_places = np.unique(places[:, 0], return_counts=True)
    usage = usage_of(intervals, stations, edges)
    return WindowYield(
        first_noon=first_noon,
        n_days=n_days,
        n_animals=int(n_each.size),
        n_detections=int(within.sum()),
        n_recaptured=int((n_each > 1).sum()),
        n_moved=int((n_places > 1).sum()),
        n_stations=int((usage.station_days > 0).any(axis=1).sum()),
        station_days=float(usage.station_days.sum()),
        both_sides_days=float(np.nansum(usage.both_sides_days)),
    )
