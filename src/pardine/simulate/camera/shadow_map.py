"""Shadow maps of a far lamp: what its rays meet first."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from pardine.base.compiled import compiled
from pardine.simulate.scene.arrays import FloatArray


@dataclass(frozen=True, eq=False)
class ShadowMap:
    """What a far lamp meets first, by position across its rays.

    Attributes
    ----------
    nearest : (N, M) float32
        Distance along the light; infinite where it meets nothing.
    axes : (3, 3)
        Two directions across and the one along the light.
    corner : (2,)
        Position across of the first cell.
    cells_per_m : float
    """

    nearest: FloatArray
    axes: FloatArray
    corner: FloatArray
    cells_per_m: float


EMPTY_SHADOW = ShadowMap(np.full((1, 1), np.inf, np.float32), np.eye(3), np.full(2, 1e6), 1.0)


def light_axes(towards: FloatArray) -> FloatArray:
    """Rows: two directions across the light and the one along it, away from the lamp."""
    along = -towards / np.linalg.norm(towards)
    aside = np.cross(along, [0.0, 1.0, 0.0] if abs(along[1]) < 0.95 else [1.0, 0.0, 0.0])
    aside /= np.linalg.norm(aside)
    return np.stack([aside, np.cross(along, aside), along])


@compiled
def lit_share(
    nearest: FloatArray, axes: FloatArray, corner: FloatArray, per_m: float, x: float, y: float, z: float,
    bias_m: float,
) -> float:  # fmt: skip
    """Share of nine neighbouring rays that reach a point, 0 to 1."""
    height, width = nearest.shape
    u = (axes[0, 0] * x + axes[0, 1] * y + axes[0, 2] * z - corner[0]) * per_m
    v = (axes[1, 0] * x + axes[1, 1] * y + axes[1, 2] * z - corner[1]) * per_m
    if u < -1 or v < -1 or u > width or v > height:
        return 1.0
    along = axes[2, 0] * x + axes[2, 1] * y + axes[2, 2] * z - bias_m
    column, row, light = math.floor(u + 0.5), math.floor(v + 0.5), 0
    for dv in range(-1, 2):
        for du in range(-1, 2):
            i, j = column + du, row + dv
            if i < 0 or j < 0 or i >= width or j >= height or nearest[j, i] > along:
                light += 1
    return light / 9.0
