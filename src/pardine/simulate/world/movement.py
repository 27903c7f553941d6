"""Animals that walk about their centres, and the stations that their paths come near.

The position is an Ornstein-Uhlenbeck process with foraging: velocity keeps its course for a while, and
the position returns to the centre, with a normal distribution of standard deviation sigma around it in
the long run. Time runs faster at the hours at which the animal is active. So a half-normal detection
function of the same sigma holds on average, but visits come in clusters, which no capture-recapture
model of independent visits knows.

References
----------
Fleming C.H., Calabrese J.M., Mueller T. and others (2014). From fine-scale foraging to home ranges: a
semivariance approach to identifying movement modes across spatiotemporal scales. American Naturalist.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import expm

from pardine.base.compiled import compiled

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

_HOURS_A_DAY = 24
_BLOCK = 24


@dataclass(frozen=True, kw_only=True, eq=False)
class Gait:
    """How animals move from one step to the next, by hour of the day and for a sigma of 1.

    Attributes
    ----------
    step_h
        Length of a step.
    carry : (24, 2, 2) array
        What position and velocity become without chance.
    shake : (24, 2, 2) array
        Lower triangle that makes their chance part of two standard normals.
    start_velocity
        Standard deviation of the velocity, per hour.
    """

    step_h: float
    carry: Floats
    shake: Floats
    start_velocity: float


def gait(*, return_days: float, persistence_h: float, step_min: int, activity_by_hour: Floats) -> Gait:
    """The exact transition of each step.

    Parameters
    ----------
    return_days, persistence_h
        Time scales of position and velocity.
    step_min
        Step in minutes.
    activity_by_hour : (24,) array
        Over the mean of the day: by how much time runs faster.
    """
    of_position, of_velocity = 1.0 / (_HOURS_A_DAY * return_days), 1.0 / persistence_h
    drift = np.array([[0.0, 1.0], [-of_position * of_velocity, -(of_position + of_velocity)]])
    lasting = np.diag([1.0, of_position * of_velocity])
    step_h = step_min / 60.0
    carry = np.array([expm(drift * step_h * pace) for pace in activity_by_hour])
    chance = lasting - carry @ lasting @ carry.transpose(0, 2, 1)
    # Rounding may leave a very small negative eigenvalue where a step is very short.
    shake = np.linalg.cholesky(chance + 1e-14 * lasting)
    return Gait(step_h=step_h, carry=carry, shake=shake, start_velocity=float(np.sqrt(lasting[1, 1])))


def draw_path(way: Gait, n_hours: int, sigma_m: float, rng: np.random.Generator) -> Floats:
    """(S + 1, 2) places relative to the centre, in metres, one a step from midnight of the first day."""
    n_steps = round(n_hours / way.step_h)
    start = rng.standard_normal((2, 2)) * np.array([1.0, way.start_velocity])
    noise = rng.standard_normal((n_steps, 2, 2))
    hour = ((np.arange(n_steps) + 0.5) * way.step_h % _HOURS_A_DAY).astype(np.int64)
    return np.asarray(sigma_m * walk(start, noise, hour, way.carry, way.shake))


@compiled
def walk(start: Floats, noise: Floats, hour: Whole, carry: Floats, shake: Floats) -> Floats:
    """(S + 1, 2) places from (axis, place and velocity) at the start and (S, axis, 2) normals."""
    n = noise.shape[0]
    path = np.empty((n + 1, 2))
    for axis in range(2):
        place, velocity = start[axis, 0], start[axis, 1]
        path[0, axis] = place
        for step in range(n):
            h = hour[step]
            first, second = noise[step, axis, 0], noise[step, axis, 1]
            moved = carry[h, 0, 0] * place + carry[h, 0, 1] * velocity + shake[h, 0, 0] * first
            velocity = carry[h, 1, 0] * place + carry[h, 1, 1] * velocity + shake[h, 1, 0] * first
            velocity += shake[h, 1, 1] * second
            place = moved
            path[step + 1, axis] = place
    return path


@compiled
def find_passages(path: Floats, xy: Floats, reach: float) -> Floats:
    """(P, 2) station and moment (in steps) of each time that a path comes within reach of a station.

    A stay within reach is one passage, at the nearest point of the step in which it begins.
    """
    n_steps = path.shape[0] - 1
    n_blocks = (n_steps + _BLOCK - 1) // _BLOCK
    # A station that is far from the box around a stretch of the path is far from all of it.
    box = np.empty((n_blocks, 4))
    for block in range(n_blocks):
        first, last = block * _BLOCK, min((block + 1) * _BLOCK, n_steps)
        low_x, high_x, low_y, high_y = np.inf, -np.inf, np.inf, -np.inf
        for step in range(first, last + 1):
            low_x, high_x = min(low_x, path[step, 0]), max(high_x, path[step, 0])
            low_y, high_y = min(low_y, path[step, 1]), max(high_y, path[step, 1])
        box[block, 0], box[block, 1] = low_x - reach, high_x + reach
        box[block, 2], box[block, 3] = low_y - reach, high_y + reach
    found = np.empty((16, 2))
    n = 0
    for j in range(xy.shape[0]):
        x, y = xy[j, 0], xy[j, 1]
        inside = False
        for block in range(n_blocks):
            if x < box[block, 0] or x > box[block, 1] or y < box[block, 2] or y > box[block, 3]:
                inside = False
                continue
            for step in range(block * _BLOCK, min((block + 1) * _BLOCK, n_steps)):
                from_x, from_y = x - path[step, 0], y - path[step, 1]
                dx, dy = path[step + 1, 0] - path[step, 0], path[step + 1, 1] - path[step, 1]
                length2 = dx * dx + dy * dy
                share = 0.0
                if length2 > 0.0:
                    share = min(max((from_x * dx + from_y * dy) / length2, 0.0), 1.0)
                off_x, off_y = from_x - share * dx, from_y - share * dy
                is_near = off_x * off_x + off_y * off_y <= reach * reach
                if is_near and not inside:
                    if n == found.shape[0]:
                        more = np.empty((2 * n, 2))
                        more[:n] = found
                        found = more
                    found[n, 0] = j
                    found[n, 1] = step + share
                    n += 1
                inside = is_near
    return found[:n]
