"""How a visit goes past the two cameras of a station: the way, its pauses, and what sets a camera off."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# Where an encounter begins and ends along the trail, and how long a camera needs after a burst.
_VIEW_M = 2.6
_RECOVERY_S = (1.5, 4.0)
_LONGEST_S = 150.0


@dataclass(frozen=True, kw_only=True)
class Passing:
    """The way of the first of a group past a station, and of the others behind it.

    Attributes
    ----------
    times_s, along_m
        Corners of the way along the trail, in slot A's picture from left to right; times since its start.
    direction
        1 towards the right of slot A's picture, -1 towards its left.
    yaw_rad
        By how much the way is turned against the trail.
    off_trail_m
        How far beyond the middle of the trail, seen from camera A, the way crosses the middle.
    behind_m, beside_m
        Of each of the group: how far behind the first, and beside its way.
    """

    times_s: tuple[float, ...]
    along_m: tuple[float, ...]
    direction: int
    yaw_rad: float
    off_trail_m: float
    behind_m: tuple[float, ...]
    beside_m: tuple[float, ...]

    @property
    def heading_rad(self) -> float:
        """Where the nose points: 0 to the right of slot A's picture, growing away from camera A."""
        return self.yaw_rad if self.direction == 1 else np.pi - self.yaw_rad

    @property
    def lasts_s(self) -> float:
        """Until the last of the group has gone."""
        return self.times_s[-1]

    def place(self, time_s: float, member: int = 0) -> tuple[float, float, float, bool]:
        """Where one of the group is: x, z from the middle of the trail, way gone in m, whether it walks.

        Each of the group follows the way of the first, some metres behind.
        """
        first = float(np.interp(time_s, self.times_s, self.along_m))
        along = first - self.behind_m[member]
        corner = int(np.searchsorted(self.times_s, time_s, side="right"))
        walks = 0 < corner < len(self.times_s) and self.along_m[corner] != self.along_m[corner - 1]
        x = self.direction * along
        slope = self.direction * np.tan(self.yaw_rad)
        return x, self.off_trail_m + self.beside_m[member] + x * slope, along + _VIEW_M, walks


def draw_passing(n: int, speed_m_s: float, more_triggers: float, rng: np.random.Generator) -> Passing:
    """The way of a group of n past a station."""
    behind = np.concatenate([[0.0], np.cumsum(rng.uniform(0.9, 2.2, max(n - 1, 0)))])
    n_pauses = int(rng.poisson(more_triggers))
    stops = np.sort(rng.uniform(-1.4, 1.4, n_pauses))
    pauses_s = rng.uniform(3.0, 20.0, n_pauses)
    times, along = [0.0], [-_VIEW_M]
    for stop, pause_s in zip(stops.tolist(), pauses_s.tolist(), strict=True):
        times.append(times[-1] + (stop - along[-1]) / speed_m_s)
        along.append(stop)
        times.append(times[-1] + pause_s)
        along.append(stop)
    end = _VIEW_M + float(behind[-1])
    times.append(times[-1] + (end - along[-1]) / speed_m_s)
    along.append(end)
    return Passing(
        times_s=tuple(times),
        along_m=tuple(along),
        direction=1 if rng.random() < 0.5 else -1,
        yaw_rad=float(np.clip(rng.normal(0.0, np.radians(16.0)), -0.8, 0.8)),
        off_trail_m=float(np.clip(rng.normal(0.0, 0.5), -1.3, 1.3)),
        behind_m=tuple(behind.tolist()),
        beside_m=tuple(rng.uniform(-0.4, 0.4, max(n, 1)).tolist()),
    )


def trigger_times_s(passing: Passing, burst_s: float, rng: np.random.Generator) -> list[float]:
    """When one camera is set off: as soon as somebody is before it, and again after each burst."""
    reach_m = rng.uniform(0.9, 2.1)
    times: list[float] = []
    at, step = 0.0, 0.25
    end = min(passing.lasts_s, _LONGEST_S)
    while at <= end:
        in_reach = any(
            abs(passing.place(at, member)[0]) <= reach_m for member in range(len(passing.behind_m))
        )
        if in_reach:
            times.append(at)
            at += burst_s + rng.uniform(*_RECOVERY_S)
        else:
            at += step
    # Whoever was told to have been recorded set the camera off at least once.
    return times or [passing.lasts_s / 2.0]


def draw_blank_triggers_s(more_triggers: float, rng: np.random.Generator) -> list[float]:
    """When wind and sun set a camera off."""
    n = 1 + int(rng.poisson(more_triggers))
    return sorted(float(at_s) for at_s in rng.uniform(0.0, 60.0, n))
