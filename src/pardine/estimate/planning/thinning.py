"""Fewer places for more: thinned evenly, and habitat of fewer points that stand for more of it."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from pardine.estimate.statespace import StateSpace

Array = NDArray[np.float64]


def thinned(xy_m: Array, n: int) -> NDArray[np.intp]:
    """Indices of at most n places, spread evenly: one a square of a grid that is just coarse enough."""
    kept = np.arange(len(xy_m))
    side_m = math.sqrt(max(float(np.prod(np.ptp(xy_m, axis=0))), 1.0) / n) / 2.0 if len(xy_m) else 0.0
    while len(kept) > n:
        side_m *= 1.05
        kept = one_a_square(xy_m, side_m)
    return kept


def one_a_square(xy_m: Array, side_m: float) -> NDArray[np.intp]:
    """Indices of the places nearest to the middle of their square of a grid; ties by order."""
    low = xy_m.min(axis=0)
    square = np.floor((xy_m - low) / side_m)
    off = ((xy_m - low - (square + 0.5) * side_m) ** 2).sum(axis=1)
    order = np.lexsort((off, square[:, 1], square[:, 0]))
    _, first = np.unique(square[order], axis=0, return_index=True)
    return np.sort(order[first])


def densest_part(xy_m: Array, n: int, reach_m: float) -> NDArray[np.intp]:
    """Indices of the n places nearest to the one that has most others within reach."""
    n_near = cKDTree(xy_m).query_ball_point(xy_m, reach_m, return_length=True)
    middle = xy_m[int(np.argmax(n_near))]
    return np.sort(np.argsort(np.hypot(*(xy_m - middle).T), kind="stable")[:n])


def coarser_habitat(
    state_space: StateSpace, density_per_km2: float | Array, n: int
) -> tuple[StateSpace, float | Array]:
    """Habitat of at most n points, and the density that keeps the number of animals.

    A point that is kept stands for all points that it is nearest to: their animals are its own, so
    cell area stays and density is added up.

    Parameters
    ----------
    state_space
        M points; covariates do not come along.
    density_per_km2 : float or (M,) array
    n
        At most so many points.
    """
    if state_space.n_points <= n:
        return state_space, density_per_km2
    kept = thinned(state_space.xy_m, n)
    _, nearest = cKDTree(state_space.xy_m[kept]).query(state_space.xy_m)
    density = np.broadcast_to(np.asarray(density_per_km2, dtype=np.float64), (state_space.n_points,))
    total = np.bincount(nearest, weights=density, minlength=len(kept)).astype(np.float64)
    return StateSpace(xy_m=state_space.xy_m[kept], cell_area_m2=state_space.cell_area_m2), total
