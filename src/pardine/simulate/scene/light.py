"""Light of a place: where the sun stands, its colour, the sky's, and the gaps in the canopy."""

from __future__ import annotations

import math

import numpy as np

from pardine.base.compiled import compiled
from pardine.simulate.scene.arrays import FloatArray
from pardine.simulate.scene.kinds import Leaf, SceneKind
from pardine.simulate.scene.noise import value_noise

AZIMUTH_STEP_DEG = 30.0
ELEVATIONS_DEG = (6.0, 16.0, 30.0, 50.0)
"""Directions of the sun are drawn in classes, so that a background can be kept for each."""

_CANOPY_M = 8.0


def sun_class(elevation_deg: float, azimuth_deg: float, facing_deg: float) -> tuple[int, int]:
    """Class of elevation and of azimuth relative to where slot A looks."""
    nearest = int(np.argmin([abs(e - elevation_deg) for e in ELEVATIONS_DEG]))
    return nearest, round((azimuth_deg - facing_deg) % 360 / AZIMUTH_STEP_DEG) % round(360 / AZIMUTH_STEP_DEG)


def sun_direction(elevation_class: int, azimuth_class: int) -> FloatArray:
    """Unit vector towards the sun, station frame (3,)."""
    up = math.radians(ELEVATIONS_DEG[elevation_class])
    turn = math.radians(azimuth_class * AZIMUTH_STEP_DEG)
    return np.array([math.cos(up) * math.sin(turn), math.sin(up), math.cos(up) * math.cos(turn)])


def canopy_cover(kind: SceneKind, leaf: Leaf) -> float:
    """Share of direct sun that crowns above the frame take away."""
    wood = {
        SceneKind.OAK_FOREST: (0.74, 0.52, 0.34),
        SceneKind.PINE_FOREST: (0.72, 0.68, 0.64),
        SceneKind.RIDGE: (0.25, 0.18, 0.12),
        SceneKind.STONY_SLOPE: (0.0, 0.0, 0.0),
    }[kind]
    return wood[(Leaf.SUMMER, Leaf.AUTUMN, Leaf.BARE).index(leaf)]


@compiled
def canopy_light(x: float, y: float, z: float, sun: FloatArray, cover: float, seed: int) -> float:
    """Share of the sun that reaches a point through the crowns, 0 to 1.

    The point is carried along the ray to the height of the crowns, so light spots fall on the ground,
    on trunks and on an animal as one pattern, which moves over the animal as it walks.
    """
    if cover <= 0:
        return 1.0
    k = (_CANOPY_M - y) / max(0.15, sun[1])
    u, v = x + k * sun[0], z + k * sun[2]
    crowns = 0.5 * value_noise(0.55 * u, 0.5, 0.55 * v, seed + 201)
    crowns += 0.3 * value_noise(2.3 * u, 0.5, 2.3 * v, seed + 202)
    crowns += 0.2 * value_noise(6.5 * u, 0.5, 6.5 * v, seed + 203)
    open_ = (crowns - (0.22 + 0.48 * cover)) / 0.07
    return min(1.0, max(0.0, open_ + 0.5))


def sun_colour(elevation_deg: float, cloud: float) -> FloatArray:
    """Irradiance of the direct sun relative to noon, linear RGB (3,); none below the horizon."""
    if elevation_deg <= -1.0:
        return np.zeros(3)
    height = math.sin(math.radians(max(0.5, elevation_deg)))
    path = 1 / (height + 0.15 * (max(0.0, elevation_deg) + 3.9) ** -1.25)
    through = np.exp(-np.array([0.09, 0.15, 0.26]) * min(path, 16.0))
    return np.asarray(3.4 * through * (1 - 0.96 * min(1.0, cloud * 1.05)))


def sky_colour(elevation_deg: float, cloud: float) -> FloatArray:
    """Irradiance of sky and clouds from above, linear RGB (3,); blue when clear, grey when overcast."""
    level = float(np.interp(elevation_deg, [-12, -6, -2, 4, 15, 40], [0.0004, 0.006, 0.06, 0.28, 0.7, 1.0]))
    clear = np.array([0.42, 0.56, 0.80])
    grey = np.array([0.80, 0.82, 0.84]) * 1.15
    return np.asarray(level * (clear * (1 - cloud) + grey * cloud))
