"""Height of the ground of a station, everywhere and for both cameras the same."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from pardine.base.compiled import compiled
from pardine.simulate.scene.arrays import FloatArray
from pardine.simulate.scene.noise import octaves


@dataclass(frozen=True, kw_only=True)
class Relief:
    """Shape of the ground.

    Attributes
    ----------
    seed
        Of the noise.
    middle_z_m
        Where the trail runs (along x).
    roughness_m
        Height of the small relief; a third of it on the trail.
    tilt_x, tilt_z
        Slope of the whole place.
    rise
        How steeply hills rise beyond some ten metres.
    """

    seed: int
    middle_z_m: float
    roughness_m: float
    tilt_x: float
    tilt_z: float
    rise: float

    @property
    def numbers(self) -> FloatArray:
        """As the kernels take it."""
        return np.array(
            [self.seed, self.middle_z_m, self.roughness_m, self.tilt_x, self.tilt_z, self.rise], np.float64
        )

    def height_m(self, x_m: FloatArray, z_m: FloatArray) -> FloatArray:
        """Height above the datum of the station at points (N,), float32."""
        return np.asarray(_heights(np.asarray(x_m, np.float64), np.asarray(z_m, np.float64), self.numbers))

    def height_at(self, x_m: float, z_m: float) -> float:
        """Height of one point."""
        return float(ground_height(x_m, z_m, self.numbers))


@compiled
def ground_height(x: float, z: float, relief: FloatArray) -> float:
    """Height at one point; ``relief`` as in :attr:`Relief.numbers`."""
    seed = int(relief[0])
    across = z - relief[1]
    off_trail = min(1.0, max(0.0, (abs(across + 0.35 * math.sin(0.7 * x + seed)) - 0.35) / 0.9))
    small = octaves(1.1 * x, 0.0, 1.1 * z, seed, 4) - 0.5
    height = relief[2] * small * 2 * (0.35 + 0.65 * off_trail) + 0.05 * off_trail
    height += relief[3] * x + relief[4] * across
    distance = math.sqrt(x * x + across * across)
    if distance > 7:
        # Hills begin where no animal is measured any more; their height varies with direction.
        hills = octaves(0.09 * x, 3.0, 0.09 * z, seed + 31, 3)
        height += relief[5] * (distance - 7) * max(0.0, 2.4 * hills - 0.45)
    return float(height)


@compiled
def _heights(x: FloatArray, z: FloatArray, relief: FloatArray) -> FloatArray:
    out = np.empty(len(x), np.float32)
    for i in range(len(x)):
        out[i] = ground_height(x[i], z[i], relief)
    return out
