"""A season as the rules see it: deployments, media, sheets and effort, and the limits in force."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pardine.observe.check_sheet import CameraVisit
from pardine.observe.clock import ClockCheck, ClockRecord, Clocks, local_clocks
from pardine.observe.deployment import Deployment
from pardine.observe.effort import EffortInterval
from pardine.observe.encounter import ENCOUNTER_GAP_S, find_encounters
from pardine.observe.media_columns import MediaColumns


@dataclass(frozen=True, kw_only=True)
class Limits:
    """From where on something is a finding. Listed in docs/reference/checks.md.

    Attributes
    ----------
    visit_tolerance_h
        Photographs so many hours before or after the visits of the sheet are not outside yet.
    first_year
        No digital camera trap is older.
    backwards_s
        Steps back in time that rounding and a clock that sets itself may make.
    lag_s, lag_confidence
        Lag of two clocks at a station, and how sure it must be.
    reference_s
        Difference from a photographed reference clock.
    reading_s
        Difference between two sources of one photograph's time.
    silent_days, chance
        Shortest silence that is looked at; largest chance of what was seen if nothing were wrong.
    storm_an_hour
        Photographs of one camera in an hour.
    blocked_brightness, blocked_contrast
        A thumbnail darker or with less contrast shows nothing.
    view_correlation
        Views before and after a shift agree less than this.
    blind_days
        Shortest time that a blocked or moved view must last.
    effort_gap_h
        Hours without a row between the rows of a slot.
    to_read
        Photographs of a deployment that are listed one by one for a person to read their time.
    """

    visit_tolerance_h: float = 3.0
    first_year: int = 2005
    backwards_s: float = 120.0
    lag_s: float = 60.0
    lag_confidence: float = 0.999
    reference_s: float = 60.0
    reading_s: float = 60.0
    silent_days: float = 4.0
    chance: float = 1e-4
    storm_an_hour: int = 300
    blocked_brightness: float = 0.02
    blocked_contrast: float = 0.015
    view_correlation: float = 0.5
    blind_days: float = 2.0
    effort_gap_h: float = 24.0
    to_read: int = 20


@dataclass(frozen=True, kw_only=True, eq=False)
class Season:
    """What is checked at once.

    Attributes
    ----------
    deployments
        Numbered by `MediaColumns.deployment`.
    media
        Photographs and videos.
    now
        Local time of the check: nothing can be later.
    clocks
        Record of a deployment's clock by its code, where corrections were made.
    clock_checks
        Photographs of a reference clock by deployment code.
    visits
        Check sheets.
    effort
        Intervals of the effort table.
    stations
        All station codes that the project knows, to read labels by.
    """

    deployments: tuple[Deployment, ...]
    media: MediaColumns
    now: dt.datetime
    clocks: Mapping[str, ClockRecord] = field(default_factory=dict)
    clock_checks: Mapping[str, tuple[ClockCheck, ...]] = field(default_factory=dict)
    visits: tuple[CameraVisit, ...] = ()
    effort: tuple[EffortInterval, ...] = ()
    stations: tuple[str, ...] = ()

    @cached_property
    def rows(self) -> list[NDArray[np.int64]]:
        """Rows of each deployment's media, as the camera wrote them where that is known, else by time."""
        of, media = self.media.deployment, self.media
        order = np.lexsort((self.local, media.file_number, of))
        bounds = np.searchsorted(of[order], np.arange(len(self.deployments) + 1))
        return [order[a:b] for a, b in itertools.pairwise(bounds)]

    @cached_property
    def local(self) -> Clocks:
        """(M,) local time of each, after the corrections of its deployment."""
        local = self.media.wall_clock.copy()
        for number, deployment in enumerate(self.deployments):
            record = self.clocks.get(deployment.code)
            if record is not None and record.corrections:
                own = self.media.deployment == number
                local[own] = local_clocks(local[own], record.corrections)
        return local

    @cached_property
    def times(self) -> list[NDArray[np.float64]]:
        """Sorted local times of each deployment in seconds, without those that have none."""
        found = []
        for rows in self.rows:
            clocks = self.local[rows]
            found.append(np.sort(clocks[~np.isnat(clocks)].astype(np.int64).astype(np.float64)))
        return found

    def tells_hours(self, number: int) -> bool:
        """Whether a deployment's times tell more than the day."""
        times = self.times[number]
        return bool(times.size and (times % 86_400.0 != 0.0).any())

    @cached_property
    def visit_starts(self) -> list[NDArray[np.float64]]:
        """Beginnings of each deployment's own visits in seconds, sorted."""
        found = find_encounters(self.media.deployment, self.local, gap_s=ENCOUNTER_GAP_S)
        starts = found.starts.astype(np.int64).astype(np.float64)
        bounds = np.searchsorted(found.station, np.arange(len(self.deployments) + 1))
        return [starts[a:b] for a, b in itertools.pairwise(bounds)]

    @cached_property
    def partners(self) -> list[tuple[int, int]]:
        """Pairs of deployments at two slots of a station whose times overlap, in the order of slots."""
        of_station: dict[str, list[int]] = {}
        for number, deployment in enumerate(self.deployments):
            of_station.setdefault(deployment.station, []).append(number)
        pairs = []
        for numbers in of_station.values():
            for i in numbers:
                for j in numbers:
                    one, other = self.deployments[i], self.deployments[j]
                    if one.slot and other.slot and one.slot < other.slot and overlap_s(one, other) > 0:
                        pairs.append((i, j))
        return pairs

    def partner_of(self, number: int) -> int | None:
        """The deployment at the other slot that shares the most time with this one."""
        candidates = [j if i == number else i for i, j in self.partners if number in (i, j)]
        mine = self.deployments[number]
        return max(candidates, key=lambda j: overlap_s(mine, self.deployments[j]), default=None)


def overlap_s(one: Deployment, other: Deployment) -> float:
    """Seconds for which two deployments stand at once; infinite where their dates leave that open."""
    starts = [d.starts for d in (one, other) if d.starts is not None]
    ends = [d.ends for d in (one, other) if d.ends is not None]
    if not starts or not ends:
        return float("inf")
    return (min(ends) - max(starts)).total_seconds()


def bounds_s(deployment: Deployment, tolerance_h: float) -> tuple[float, float]:
    """First and last second at which a deployment's camera may have photographed.

    A visit that is dated without a time of day (noon or midnight sharp) may have been at any hour.
    """
    tolerance = dt.timedelta(hours=tolerance_h)
    first, last = float("-inf"), float("inf")
    if deployment.starts is not None:
        start = deployment.starts
        if _is_a_day(start):
            start = dt.datetime.combine(start.date(), dt.time())
        first = seconds_of(start - tolerance)
    if deployment.ends is not None:
        end = deployment.ends
        if _is_a_day(end):
            end = dt.datetime.combine(end.date(), dt.time()) + dt.timedelta(days=1)
        last = seconds_of(end + tolerance)
    return first, last


def seconds_of(moment: dt.datetime) -> float:
    """A local time in seconds, counted as `numpy.datetime64` counts."""
    return float(np.datetime64(moment, "s").astype(np.int64))


def moment_of(seconds: float) -> dt.datetime:
    """The inverse of `seconds_of`, to whole seconds."""
    return dt.datetime(1970, 1, 1) + dt.timedelta(seconds=round(seconds))


def shown(seconds: float) -> str:
    """A moment as it stands in a sentence."""
    return f"{moment_of(seconds):%Y-%m-%d %H:%M}"


def _is_a_day(moment: dt.datetime) -> bool:
    return moment.time() in (dt.time(), dt.time(12))
