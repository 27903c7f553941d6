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
OPEN_FROM = 0.3  # of openness: rings this open have a deeper ground inside
REACH = 1.25  # of the spacing: how far a rosette is drawn
FAR_M = 1e3


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
def rosette_value(shape: Float32Array, along: float, across: float) -> tuple[float, float]:
    """Mark (m) and share inside the ring, at a place along and across the hair from a centre."""
    cos_turn, sin_turn = math.cos(shape[8]), math.sin(shape[8])
    u = (along * cos_turn + across * sin_turn) / shape[7]
    w = (across * cos_turn - along * sin_turn) * shape[7]
    r = math.sqrt(u * u + w * w)
    angle = math.atan2(w, u)
    lobe = 1.0 + shape[2] * math.cos(shape[6] * angle + shape[4])
    lobe += shape[3] * math.cos((shape[6] - 1.0) * angle + shape[5])
    ring = shape[0] * (1.0 + 0.10 * math.cos(2.0 * angle + shape[5]))
    within = 0.0
    if shape[9] > OPEN_FROM:
        within = min(1.0, max(0.0, 1.6 - 1.15 * r / max(shape[0], 1e-4)))
    return shape[1] * lobe - abs(r - ring), within


@njit(cache=True)
def facing(normals: Float32Array, p: int, q: int) -> float:
    """Cosine between the normals of two vertices: negative on the other side of a limb."""
    total = normals[p, 0] * normals[q, 0] + normals[p, 1] * normals[q, 1] + normals[p, 2] * normals[q, 2]
    return float(total)


@njit(cache=True)
def cell_range(x: float, reach: float, low: float, cell_m: float, n_cells: int) -> tuple[int, int]:
    """First and last cell of a `NeighbourGrid` within reach along one axis."""
    return max(0, int((x - reach - low) / cell_m)), min(n_cells - 1, int((x + reach - low) / cell_m))


@njit(cache=True)
def _draw_one(
    members: IntArray,
    v: int,
    shape: Float32Array,
    reach: float,
    warped: Float32Array,
    normals: Float32Array,
    fur: Float32Array,
    place: Float32Array,
    mark: Float32Array,
    inside: Float32Array,
    nearest: Float32Array,
    second: Float32Array,
) -> None:
    tx, ty, tz = fur[v, 0], fur[v, 1], fur[v, 2]
    bx = normals[v, 1] * tz - normals[v, 2] * ty
    by = normals[v, 2] * tx - normals[v, 0] * tz
    bz = normals[v, 0] * ty - normals[v, 1] * tx
    for p in members:
        if facing(normals, p, v) < 0.0:
            continue
        dx, dy, dz = warped[p, 0] - place[v, 0], warped[p, 1] - place[v, 1], warped[p, 2] - place[v, 2]
        away = math.sqrt(dx * dx + dy * dy + dz * dz)
        if away > reach:
            continue
        if away < nearest[p]:
            second[p] = nearest[p]
            nearest[p] = away
        elif away < second[p]:
            second[p] = away
        value, within = rosette_value(shape, dx * tx + dy * ty + dz * tz, dx * bx + dy * by + dz * bz)
        mark[p] = max(mark[p], value)
        inside[p] = max(inside[p], within)


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
    nearest = np.full(n, FAR_M, dtype=np.float32)
    second = np.full(n, FAR_M, dtype=np.float32)
    for c in range(centres.shape[0]):
        v = centres[c]
        reach = REACH * spacing_m[c]
        i0, i1 = cell_range(place[v, 0], reach, low[0], cell_m, grid_shape[0])
        j0, j1 = cell_range(place[v, 1], reach, low[1], cell_m, grid_shape[1])
        k0, k1 = cell_range(place[v, 2], reach, low[2], cell_m, grid_shape[2])
        for i in range(i0, i1 + 1):
            for j in range(j0, j1 + 1):
                first = (i * grid_shape[1] + j) * grid_shape[2]
                members = order[start[first + k0] : start[first + k1 + 1]]
                _draw_one(
                    members, v, shapes[c], reach, warped, normals, fur, place, mark, inside, nearest, second
                )
    for p in range(n):
        apart = 0.5 * (second[p] - nearest[p]) - keep_apart_m
        mark[p] = max(min(mark[p], apart), PLAIN)
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
