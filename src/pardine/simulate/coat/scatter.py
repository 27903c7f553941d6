"""Points scattered over a surface, not nearer to each other than the place allows, and who is near them."""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

Float32Array = NDArray[np.float32]
IntArray = NDArray[np.int64]


@njit(cache=True)
def _cells(points: Float32Array, low: Float32Array, cell_m: float, shape: IntArray) -> IntArray:
    out = np.empty(points.shape[0], dtype=np.int64)
    for p in range(points.shape[0]):
        i = int((points[p, 0] - low[0]) / cell_m)
        j = int((points[p, 1] - low[1]) / cell_m)
        k = int((points[p, 2] - low[2]) / cell_m)
        out[p] = (i * shape[1] + j) * shape[2] + k
    return out


@njit(cache=True)
def _throw(
    points: Float32Array,
    order: IntArray,
    spacing_m: Float32Array,
    cell: IntArray,
    shape: IntArray,
    n_reach: int,
) -> IntArray:
    chosen = np.empty(points.shape[0], dtype=np.int64)
    first = np.full(shape[0] * shape[1] * shape[2], -1, dtype=np.int64)
    following = np.full(points.shape[0], -1, dtype=np.int64)
    n = 0
    for p in order:
        spacing2 = spacing_m[p] * spacing_m[p]
        if spacing2 <= 0.0:
            continue
        i, rest = cell[p] // (shape[1] * shape[2]), cell[p] % (shape[1] * shape[2])
        j, k = rest // shape[2], rest % shape[2]
        free = True
        for a in range(max(0, i - n_reach), min(shape[0], i + n_reach + 1)):
            for b in range(max(0, j - n_reach), min(shape[1], j + n_reach + 1)):
                for c in range(max(0, k - n_reach), min(shape[2], k + n_reach + 1)):
                    q = first[(a * shape[1] + b) * shape[2] + c]
                    while q >= 0 and free:
                        dx = points[p, 0] - points[q, 0]
                        dy = points[p, 1] - points[q, 1]
                        dz = points[p, 2] - points[q, 2]
                        free = dx * dx + dy * dy + dz * dz >= spacing2
                        q = following[q]
        if free:
            chosen[n] = p
            n += 1
            following[p] = first[cell[p]]
            first[cell[p]] = p
    return chosen[:n]


def scatter(points: Float32Array, spacing_m: Float32Array, rng: np.random.Generator) -> IntArray:
    """Indices of points thrown like darts: a dart too near to an earlier one does not stick.

    Parameters
    ----------
    points : (P, 3) array
        Vertices of a surface.
    spacing_m : (P,) array
        Least distance of a point from those chosen before it; 0 chooses none there.
    """
    low, shape, cell_m = _grid(points, float(spacing_m.max()) / 2)
    cell = _cells(points, low, cell_m, shape)
    return np.asarray(_throw(points, rng.permutation(len(points)), spacing_m, cell, shape, 2))


def _grid(points: Float32Array, cell_m: float) -> tuple[Float32Array, IntArray, float]:
    low = points.min(axis=0) - np.float32(1e-4)
    cell_m = max(cell_m, 1e-3)
    shape = np.array([math.floor(x / cell_m) + 1 for x in points.max(axis=0) - low], dtype=np.int64)
    return low, shape, cell_m


class NeighbourGrid:
    """Points sorted into cubes, to find those near a place."""

    def __init__(self, points: Float32Array, cell_m: float) -> None:
        self.low, self.shape, self.cell_m = _grid(points, cell_m)
        cell = _cells(points, self.low, self.cell_m, self.shape)
        self.order = np.argsort(cell, kind="stable")
        n_cells = int(np.prod(self.shape))
        self.start = np.searchsorted(cell[self.order], np.arange(n_cells + 1)).astype(np.int64)
