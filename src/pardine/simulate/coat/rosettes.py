"""Rosettes: rings that are broken into lobes, or close to a spot, drawn about centres on the surface.

One shape serves all: at distance r and angle a from a centre, the mark is dark where

    thickness(a) - |r - ring| > 0

with a ring radius that is zero for a spot, and a thickness that swells and vanishes in lobes, so that
a ring breaks into two to five blobs. Neighbouring rosettes keep apart: nothing is dark near the line
that is as far from one centre as from the other, which makes packed rosettes angular, as they are.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pardine.simulate.coat.scatter import NeighbourGrid

Float32Array = NDArray[np.float32]
IntArray = NDArray[np.int64]
PLAIN = -0.02  # mark where nothing is near (m): far from any edge
N_SHAPE = 10


def rosette_shapes(
    spacing_m: Float32Array,
    openness: Float32Array,
    *,
    ring: float,
    thickness: float,
    spot: float,
    lobes: float,
    rng: np.random.Generator,
) -> Float32Array:
    """(C, 10) shapes of rosettes: ring radius, thickness, strengths, phases and numbers of lobes, form.

    Parameters
    ----------
    spacing_m, openness : (C,) arrays
        Of the place of each centre; openness 0 is a spot, 1 a wide ring.
    ring, thickness, spot
        Radius of an open ring, half its thickness, and radius of a spot, over the spacing.
    lobes
        How deeply a ring is broken: 0 whole, 1 into separate blobs.
    """
    n = len(spacing_m)
    opened = np.clip(openness + rng.normal(0.0, 0.13, n), 0.0, 1.0)
    shapes = np.empty((n, N_SHAPE), dtype=np.float32)
    shapes[:, 0] = spacing_m * ring * opened * rng.uniform(0.82, 1.14, n)
    shapes[:, 1] = spacing_m * (spot * (1 - opened) + thickness * opened) * rng.uniform(0.8, 1.2, n)
    shapes[:, 2] = lobes * opened * rng.uniform(0.45, 1.15, n)
    shapes[:, 3] = (0.18 + 0.5 * lobes * opened) * rng.uniform(0.2, 1.0, n)
    shapes[:, 4:6] = rng.uniform(0.0, 2 * np.pi, (n, 2))
    shapes[:, 6] = rng.choice([2.0, 3.0, 3.0, 4.0, 4.0, 5.0], size=n)
    shapes[:, 7] = np.exp(rng.normal(0.05, 0.13, n))  # long over broad, along the hair
    shapes[:, 8] = rng.normal(0.0, 0.45, n)  # turn against the hair
    shapes[:, 9] = opened
    return shapes


@njit(cache=True)
def draw_rosettes(
    warped: Float32Array,
    normals: Float32Array,
    fur: Float32Array,
    place: Float32Array,
    centres: IntArray,
    shapes: Float32Array,
    spacing_m: Float32Array,
    keep_apart_m: float,
    order: IntArray,
    start: IntArray,
    low: Float32Array,
    grid_shape: IntArray,
    cell_m: float,
) -> tuple[Float32Array, Float32Array]:
    """Signed mark (m, dark above 0) and inside of rings (0 to 1) at every vertex.

    Parameters
    ----------
    warped, normals, fur, place : (V, 3) arrays
        Vertices shifted a little by noise (irregular outlines), normals, directions of hair, vertices.
    centres : (C,) array
        Indices of the vertices in the middle of rosettes.
    shapes, spacing_m
        Of each rosette, see `rosette_shapes`.
    keep_apart_m
        Half the least gap between neighbours.
    order, start, low, grid_shape, cell_m
        A `NeighbourGrid` of the vertices.
    """
    n = place.shape[0]
    mark = np.full(n, PLAIN, dtype=np.float32)
    inside = np.zeros(n, dtype=np.float32)
    nearest = np.full(n, np.float32(1e3), dtype=np.float32)
    second = np.full(n, np.float32(1e3), dtype=np.float32)
    for c in range(centres.shape[0]):
        v = centres[c]
        shape = shapes[c]
        reach = 1.25 * spacing_m[c]
        tx, ty, tz = fur[v, 0], fur[v, 1], fur[v, 2]
        bx = normals[v, 1] * tz - normals[v, 2] * ty
        by = normals[v, 2] * tx - normals[v, 0] * tz
        bz = normals[v, 0] * ty - normals[v, 1] * tx
        cos_turn, sin_turn = math.cos(shape[8]), math.sin(shape[8])
        lo = np.empty(3, dtype=np.int64)
        hi = np.empty(3, dtype=np.int64)
        for k in range(3):
            lo[k] = max(0, int((place[v, k] - reach - low[k]) / cell_m))
            hi[k] = min(grid_shape[k] - 1, int((place[v, k] + reach - low[k]) / cell_m))
        for i in range(lo[0], hi[0] + 1):
            for j in range(lo[1], hi[1] + 1):
                first = (i * grid_shape[1] + j) * grid_shape[2]
                for s in range(start[first + lo[2]], start[first + hi[2] + 1]):
                    p = order[s]
                    if (
                        normals[p, 0] * normals[v, 0]
                        + normals[p, 1] * normals[v, 1]
                        + normals[p, 2] * normals[v, 2]
                        < 0.0
                    ):
                        continue
                    dx = warped[p, 0] - place[v, 0]
                    dy = warped[p, 1] - place[v, 1]
                    dz = warped[p, 2] - place[v, 2]
                    away = math.sqrt(dx * dx + dy * dy + dz * dz)
                    if away > reach:
                        continue
                    if away < nearest[p]:
                        second[p] = nearest[p]
                        nearest[p] = away
                    elif away < second[p]:
                        second[p] = away
                    along = dx * tx + dy * ty + dz * tz
                    across = dx * bx + dy * by + dz * bz
                    u = (along * cos_turn + across * sin_turn) / shape[7]
                    w = (across * cos_turn - along * sin_turn) * shape[7]
                    r = math.sqrt(u * u + w * w)
                    angle = math.atan2(w, u)
                    lobe = 1.0 + shape[2] * math.cos(shape[6] * angle + shape[4])
                    lobe += shape[3] * math.cos((shape[6] - 1.0) * angle + shape[5])
                    ring = shape[0] * (1.0 + 0.10 * math.cos(2.0 * angle + shape[5]))
                    value = shape[1] * lobe - abs(r - ring)
                    if value > mark[p]:
                        mark[p] = value
                    if shape[9] > 0.3:
                        within = min(1.0, max(0.0, 1.6 - 1.15 * r / max(shape[0], 1e-4)))
                        inside[p] = max(inside[p], within)
    for p in range(n):
        apart = 0.5 * (second[p] - nearest[p]) - keep_apart_m
        if apart < mark[p]:
            mark[p] = max(apart, PLAIN)
    return mark, inside


def rosette_field(
    warped: Float32Array,
    normals: Float32Array,
    fur: Float32Array,
    place: Float32Array,
    centres: IntArray,
    shapes: Float32Array,
    spacing_m: Float32Array,
    *,
    keep_apart_m: float,
) -> tuple[Float32Array, Float32Array]:
    """`draw_rosettes` with a grid of its own."""
    grid = NeighbourGrid(place, 0.02)
    mark, inside = draw_rosettes(
        warped,
        normals,
        fur,
        place,
        centres,
        shapes,
        spacing_m,
        keep_apart_m,
        grid.order,
        grid.start,
        grid.low,
        grid.shape,
        grid.cell_m,
    )
    return mark, inside
