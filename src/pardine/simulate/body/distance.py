"""Signed distance from a body: many squeezed round cones melted into each other.

The union is a quadratic smooth minimum, taken one volume after the other, so that each volume has its
own width of blending: a thigh melts into the flank over centimetres, a toe keeps its outline. A
paired volume first joins with its mirror image, which keeps the body symmetric to the last bit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pardine.simulate.body.plan import Volume

FloatArray = NDArray[np.float64]
PAIR_BLEND_MAX_M = 0.012  # twins melt little: two thighs keep the cleft between them
FAR_M = 1e3
STEEPEST = 1.25  # of the distance, a metre a metre: cones that taper are a little steeper than 1


@dataclass(frozen=True)
class VolumeTable:
    """Volumes as columns of one array for the kernels: see `volume_table`."""

    rows: FloatArray


def volume_table(volumes: tuple[Volume, ...]) -> VolumeTable:
    """Volumes as rows: a, b, radii, squeeze, its axis, blend, carve, paired, centre, bounding radius."""
    rows = np.zeros((len(volumes), 20))
    for row, one in zip(rows, volumes, strict=True):
        a, b = np.array(one.a_m), np.array(one.b_m)
        axis = np.array(one.squeeze_axis)
        reach = np.linalg.norm(b - a) / 2 + max(one.radius_a_m, one.radius_b_m)
        row[0:3], row[3:6] = a, b
        row[6], row[7] = one.radius_a_m, one.radius_b_m
        row[8], row[9:12] = one.squeeze, axis / np.linalg.norm(axis)
        row[12], row[13], row[14] = one.blend_m, one.carve, one.paired
        row[15:18] = (a + b) / 2
        row[18] = reach * max(1.0, one.squeeze)
    return VolumeTable(rows)


@njit(cache=True)
def cone_distance(row: FloatArray, x: float, y: float, z: float) -> float:
    """Distance of a point from one squeezed round cone, negative inside."""
    stretch = 1.0 / row[8] - 1.0
    px, py, pz = x - row[0], y - row[1], z - row[2]
    ux, uy, uz = row[3] - row[0], row[4] - row[1], row[5] - row[2]
    if stretch != 0.0:
        along = stretch * (px * row[9] + py * row[10] + pz * row[11])
        px, py, pz = px + along * row[9], py + along * row[10], pz + along * row[11]
        along = stretch * (ux * row[9] + uy * row[10] + uz * row[11])
        ux, uy, uz = ux + along * row[9], uy + along * row[10], uz + along * row[11]
    length2 = ux * ux + uy * uy + uz * uz
    t = 0.0
    if length2 > 0.0:
        t = min(1.0, max(0.0, (px * ux + py * uy + pz * uz) / length2))
    px, py, pz = px - t * ux, py - t * uy, pz - t * uz
    away = math.sqrt(px * px + py * py + pz * pz) - (row[6] * (1.0 - t) + row[7] * t)
    return float(away * min(1.0, row[8]))


@njit(cache=True)
def smooth_min(a: float, b: float, blend: float) -> float:
    """Quadratic smooth minimum; equal to the minimum where they differ by more than `blend`."""
    h = max(blend - abs(a - b), 0.0)
    return min(a, b) - h * h / (4.0 * blend)


@njit(cache=True)
def melted(row: FloatArray, total: float, x: float, y: float, z: float) -> float:
    """Distance from the body with one volume more, given that from those before it."""
    paired = row[14] > 0.0
    zm = abs(z) if paired else z
    away = cone_distance(row, x, y, zm)
    if paired:
        away = smooth_min(away, cone_distance(row, x, y, -zm), min(row[12], PAIR_BLEND_MAX_M))
    if row[13] > 0.0:
        return -smooth_min(-total, away, row[12])
    return smooth_min(total, away, row[12])


@njit(cache=True)
def matters(row: FloatArray, total: float, slack_m: float, x: float, y: float, z: float) -> bool:
    """Whether a volume can change the distance at a point: its bounding ball says so without a root.

    A volume farther than its blend changes nothing. `slack_m` asks for the neighbourhood too.
    """
    dx, dy, dz = x - row[15], y - row[16], (abs(z) if row[14] > 0.0 else z) - row[17]
    within = row[12] + (abs(total) if row[13] > 0.0 else max(total, 0.0)) + PAIR_BLEND_MAX_M + slack_m
    limit = row[18] + within * max(row[8], 1.0 / row[8])
    return bool(dx * dx + dy * dy + dz * dz <= limit * limit)


@njit(cache=True)
def body_distance(rows: FloatArray, x: float, y: float, z: float) -> float:
    """Signed distance of a point from the body."""
    total = FAR_M
    for i in range(rows.shape[0]):
        if matters(rows[i], total, 0.0, x, y, z):
            total = melted(rows[i], total, x, y, z)
    return total


@njit(cache=True)
def distances(rows: FloatArray, points: FloatArray) -> FloatArray:
    """Signed distances of (P, 3) points from the body."""
    out = np.empty(points.shape[0])
    for i in range(points.shape[0]):
        out[i] = body_distance(rows, points[i, 0], points[i, 1], points[i, 2])
    return out


@njit(cache=True)
def gradients(rows: FloatArray, points: FloatArray, step_m: float) -> FloatArray:
    """Unit gradients of the distance at (P, 3) points: outward normals on the surface.

    From the distance at the corners of a small tetrahedron; volumes that matter nowhere near it are
    found once.
    """
    out = np.empty((points.shape[0], 3))
    near = np.empty(rows.shape[0], dtype=np.int64)
    for i in range(points.shape[0]):
        x, y, z = points[i]
        n_near = 0
        total = FAR_M
        for j in range(rows.shape[0]):
            if matters(rows[j], total, 8.0 * step_m, x, y, z):
                near[n_near] = j
                n_near += 1
                total = melted(rows[j], total, x, y, z)
        gx, gy, gz = 0.0, 0.0, 0.0
        for a, b, c in ((1.0, 1.0, 1.0), (1.0, -1.0, -1.0), (-1.0, 1.0, -1.0), (-1.0, -1.0, 1.0)):
            value = FAR_M
            for k in range(n_near):
                value = melted(rows[near[k]], value, x + a * step_m, y + b * step_m, z + c * step_m)
            gx, gy, gz = gx + a * value, gy + b * value, gz + c * value
        size = math.sqrt(gx * gx + gy * gy + gz * gz) + 1e-12
        out[i, 0], out[i, 1], out[i, 2] = gx / size, gy / size, gz / size
    return out


@njit(cache=True)
def volume_distances(rows: FloatArray, points: FloatArray) -> NDArray[np.float32]:
    """Distance of each of (P, 3) points from each of M volumes (mirror twins apart): (P, M, 2).

    The last axis is right (as written) and left (mirrored).
    """
    out = np.empty((points.shape[0], rows.shape[0], 2), dtype=np.float32)
    for i in range(points.shape[0]):
        x, y, z = points[i]
        for j in range(rows.shape[0]):
            out[i, j, 0] = cone_distance(rows[j], x, y, z)
            out[i, j, 1] = cone_distance(rows[j], x, y, -z)
    return out


@njit(cache=True)
def sampled_distances(
    rows: FloatArray, xs: FloatArray, ys: FloatArray, zs: FloatArray, coarse: int
) -> NDArray[np.float32]:
    """Signed distance on a grid, exact near the surface, with the right sign far from it.

    Every `coarse`-th point is tried first; a block is filled with that value where the surface
    cannot pass through it.
    """
    nx, ny, nz = len(xs), len(ys), len(zs)
    out = np.empty((nx, ny, nz), dtype=np.float32)
    half = coarse // 2
    # a block is as far across as its diagonal; one cell more keeps both ends of a crossed edge exact
    reach = STEEPEST * (math.sqrt(3.0) * half + 1.0) * (xs[1] - xs[0])
    for i0 in range(0, nx, coarse):
        for j0 in range(0, ny, coarse):
            for k0 in range(0, nz, coarse):
                i1, j1, k1 = min(i0 + coarse, nx), min(j0 + coarse, ny), min(k0 + coarse, nz)
                ic, jc, kc = min(i0 + half, nx - 1), min(j0 + half, ny - 1), min(k0 + half, nz - 1)
                middle = body_distance(rows, xs[ic], ys[jc], zs[kc])
                near = abs(middle) < reach
                for i in range(i0, i1):
                    for j in range(j0, j1):
                        for k in range(k0, k1):
                            out[i, j, k] = body_distance(rows, xs[i], ys[j], zs[k]) if near else middle
    return out
