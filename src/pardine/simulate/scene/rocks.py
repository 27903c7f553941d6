"""Stones, boulders, cliffs and walls of stacked stones."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from pardine.simulate.scene.arrays import FloatArray, IntArray
from pardine.simulate.scene.ground import Relief
from pardine.simulate.scene.mesh import Material, Mesh, piece, turned
from pardine.simulate.scene.noise import octaves_at


@lru_cache(maxsize=8)
def sphere(n_rows: int) -> tuple[FloatArray, IntArray]:
    """Unit sphere of ``2 * n_rows**2`` quads: points (V, 3) and triangles (F, 3)."""
    n = 2 * n_rows
    polar = np.linspace(0, np.pi, n_rows + 1)[:, None]
    round_ = np.linspace(0, 2 * np.pi, n, endpoint=False)[None]
    points = np.stack(
        [np.sin(polar) * np.cos(round_), np.cos(polar) + 0 * round_, np.sin(polar) * np.sin(round_)], -1
    )
    column = np.arange(n)
    a = (np.arange(n_rows)[:, None] * n + column).ravel()
    b = (np.arange(n_rows)[:, None] * n + (column + 1) % n).ravel()
    faces = np.concatenate([np.stack([a, b, a + n], 1), np.stack([b, b + n, a + n], 1)])
    return points.reshape(-1, 3).astype(np.float32), faces.astype(np.int32)


def rock_shape(rng: np.random.Generator, n_rows: int, *, angular: float) -> FloatArray:
    """A stone about the origin with a radius near 1: lumps, then planes broken off, (V, 3)."""
    points, _ = sphere(n_rows)
    seed = int(rng.integers(1, 100_000))
    lumps = 0.8 * (octaves_at(points + rng.uniform(0, 50, 3).astype(np.float32), 1.2, seed, 3) - 0.5)
    fine = 0.22 * (octaves_at(points, 5.0, seed + 7, 4) - 0.5)
    shape = np.asarray(points * (1 + lumps + fine)[:, None])
    for _ in range(int(3 + 8 * angular)):
        normal = rng.normal(0, 1, 3)
        normal /= np.linalg.norm(normal)
        over = shape @ normal - rng.uniform(0.45, 0.85)
        shape = np.asarray(shape - np.maximum(0, over)[:, None] * normal * 0.92)
    if n_rows >= 12:  # grain after breaking, or planes look cast
        grain = octaves_at(shape.astype(np.float32), 9.0, seed + 13, 3) - 0.5
        return np.asarray(shape * (1 + 0.10 * grain[:, None]), dtype=np.float32)
    return np.asarray(shape, dtype=np.float32)


def scattered_stones(
    rng: np.random.Generator,
    relief: Relief,
    x_m: FloatArray,
    z_m: FloatArray,
    radius_m: FloatArray,
    colours: FloatArray,
) -> list[Mesh]:
    """Small stones at points (N,) with radii (N,) and colours (N, 3), of a few shapes each turned."""
    _, faces = sphere(6)
    pieces = []
    kinds = rng.integers(0, 10, len(x_m))
    for kind in range(10):
        shape = rock_shape(rng, 6, angular=0.6)
        chosen = np.flatnonzero(kinds == kind)
        if len(chosen) == 0:
            continue
        squash = rng.uniform(0.55, 1.25, (len(chosen), 1, 3)) * [1, 0.75, 1]
        straight = shape[None] * squash * radius_m[chosen, None, None]
        points = turned(straight, rng.uniform(0, 2 * np.pi, (len(chosen), 1)))
        points[..., 0] += x_m[chosen, None]
        points[..., 1] += (relief.height_m(x_m[chosen], z_m[chosen]) + 0.25 * radius_m[chosen])[:, None]
        points[..., 2] += z_m[chosen, None]
        pieces.append(_copies(points, faces, Material.ROCK, colours[chosen]))
    return pieces


def _copies(points: FloatArray, faces: IntArray, material: Material, colours: FloatArray) -> Mesh:
    n, each = points.shape[:2]
    start = (np.arange(n) * each)[:, None, None]
    return piece(
        points.reshape(-1, 3), (faces[None] + start).reshape(-1, 3), material, np.repeat(colours, each, 0)
    )


def boulder(
    rng: np.random.Generator,
    relief: Relief,
    x_m: float,
    z_m: float,
    radius_m: FloatArray,
    colour: FloatArray,
    *,
    sunk: float = 0.35,
) -> Mesh:
    """One large rock with half axes ``radius_m`` (3,), its lower part in the ground."""
    n_rows = int(np.clip(28 + 34 * np.max(radius_m), 30, 110))
    shape = rock_shape(rng, n_rows, angular=0.9) * radius_m
    points = turned(shape, rng.uniform(0, 2 * np.pi))
    base = relief.height_at(x_m, z_m) + (1 - 2 * sunk) * float(radius_m[1]) * 0.7
    return piece(points + np.array([x_m, base, z_m]), sphere(n_rows)[1], Material.ROCK, colour)


def stacked_wall(
    rng: np.random.Generator, relief: Relief, start_m: FloatArray, end_m: FloatArray, colour: FloatArray
) -> list[Mesh]:
    """Wall of flat stones laid in courses from one ground point (x, z) to another."""
    length = float(np.hypot(*(end_m - start_m)))
    courses, stone = int(rng.integers(5, 9)), 0.24
    n = max(3, int(length / stone))
    course = np.tile(np.arange(courses), n)
    along = np.repeat((np.arange(n) + 0.5) / n, courses) + rng.uniform(-0.4, 0.4, n * courses) / n
    keep = rng.random(len(along)) > 0.12 * course / courses + 0.03
    along, course = along[keep], course[keep]
    x = start_m[0] + (end_m[0] - start_m[0]) * along + rng.normal(0, 0.05, len(along))
    z = start_m[1] + (end_m[1] - start_m[1]) * along + rng.normal(0, 0.05, len(along))
    heading = np.arctan2(-(end_m[1] - start_m[1]), end_m[0] - start_m[0])
    _, faces = sphere(10)
    pieces = []
    for kind in range(6):
        shape = rock_shape(rng, 10, angular=1.0)
        chosen = np.flatnonzero(np.arange(len(along)) % 6 == kind)
        half = rng.uniform([0.12, 0.05, 0.12], [0.24, 0.09, 0.22], (len(chosen), 3))
        points = turned(shape[None] * half[:, None], heading + rng.normal(0, 0.25, (len(chosen), 1)))
        points[..., 0] += x[chosen, None]
        points[..., 1] += (relief.height_m(x[chosen], z[chosen]) + 0.05 + 0.115 * course[chosen])[:, None]
        points[..., 2] += z[chosen, None]
        shade = rng.uniform(0.7, 1.25, (len(chosen), 1)) * colour
        pieces.append(_copies(points, faces, Material.ROCK, shade))
    return pieces


def cliff(
    rng: np.random.Generator, relief: Relief, x_m: float, z_m: float, width_m: float, height_m: float,
    facing_rad: float, colour: FloatArray,
) -> Mesh:  # fmt: skip
    """Rock face standing behind the trail: a sheet with ledges, fissures and overhangs."""
    n_u, n_v = 260, 130
    u, v = np.meshgrid(np.linspace(-0.5, 0.5, n_u), np.linspace(-0.08, 1, n_v))
    flat = np.stack([u.ravel() * width_m, v.ravel() * height_m, 0 * u.ravel()], 1).astype(np.float32)
    seed = int(rng.integers(1, 100_000))
    stretch = np.array([1, 0.45, 1], np.float32)
    deep = 1.6 * (octaves_at(flat * stretch, 0.55, seed, 3) - 0.5)
    ledges = 0.5 * (octaves_at(flat * np.array([0.5, 1.8, 1], np.float32), 1.6, seed + 9, 4) - 0.5)
    steps = np.floor(deep * 5 + ledges * 6) / 9
    out = 0.7 * deep + 0.5 * ledges + 0.9 * steps - 0.25 * flat[:, 1] / height_m * 1.6
    level = np.stack([flat[:, 0], 0 * flat[:, 0], 0 * flat[:, 0]], 1)
    crest = octaves_at(level, 0.35, seed + 23, 2) + 0.12 * octaves_at(level, 2.0, seed + 27, 2)
    shoulder = np.clip((0.5 - np.abs(u.ravel())) / 0.22, 0, 1)
    flat[:, 1] *= (0.45 + 0.85 * crest) * (0.25 + 0.75 * shoulder * (2 - shoulder))
    out -= 1.5 * np.maximum(0, np.abs(u.ravel()) - 0.38) * width_m * 0.5
    out += 0.08 * (octaves_at(flat, 7.0, seed + 17, 4) - 0.5)
    points = flat + np.stack([0.3 * ledges, 0 * out, -out], 1).astype(np.float32)
    points = turned(points, facing_rad) + np.array([x_m, relief.height_at(x_m, z_m) - 0.2, z_m])
    a = (np.arange(n_v - 1)[:, None] * n_u + np.arange(n_u - 1)).ravel()
    faces = np.concatenate(
        [np.stack([a, a + n_u, a + 1], 1), np.stack([a + 1, a + n_u, a + n_u + 1], 1)]
    ).astype(np.int32)
    return piece(points, faces, Material.ROCK, colour)
