"""Trees, shrubs, grass, herbs and the litter that they drop."""

from __future__ import annotations

import numpy as np

from pardine.simulate.scene.arrays import FloatArray, IntArray
from pardine.simulate.scene.ground import Relief
from pardine.simulate.scene.mesh import Material, Mesh, grid_faces, piece
from pardine.simulate.scene.noise import octaves_at


def trunk(
    rng: np.random.Generator,
    relief: Relief,
    x_m: float,
    z_m: float,
    radius_m: float,
    colour: FloatArray,
    *,
    near: bool,
) -> Mesh:
    """Stem up to 14 m with a flared foot and, when ``near``, fissured bark in the surface itself."""
    n_round, n_up = (40, 150) if near else (9, 16)
    height = np.concatenate([[-0.3], np.linspace(0, 1, n_up - 1) ** 1.4 * (7 if near else 14)])
    angle = np.linspace(0, 2 * np.pi, n_round, endpoint=False)
    up, turn = np.meshgrid(height, angle, indexing="ij")
    up, turn = up.ravel(), turn.ravel()
    seed = int(rng.integers(1, 100_000))
    lean = rng.normal(0, 0.035, 2)
    foot = 1 + 0.6 * np.exp(-np.maximum(up, 0) * 4 / (0.5 + radius_m * 4)) * (
        1 + 0.35 * np.cos(4 * turn + seed)
    )
    radius = radius_m * (1 - 0.035 * np.maximum(up, 0)) * foot
    ring = np.stack([np.cos(turn), 0 * turn, np.sin(turn)], 1)
    if near:
        where = np.stack([radius_m * np.cos(turn), 0.16 * up, radius_m * np.sin(turn)], 1).astype(np.float32)
        radius = radius + 0.035 * (octaves_at(where, 24.0, seed, 3) - 0.5)
    along = np.stack([0 * up, 0.35 * up, 0 * up], 1).astype(np.float32)
    bend = 0.5 * radius_m * (octaves_at(along, 1.0, seed + 5, 2) - 0.5)
    points = ring * radius[:, None]
    points[:, 0] += lean[0] * up + bend * 2
    points[:, 2] += lean[1] * up
    points[:, 1] = up
    normals = ring + np.array([0, 0.05, 0])
    points += [x_m, relief.height_at(x_m, z_m), z_m]
    made = piece(points, grid_faces(n_up, n_round, closed=True), Material.BARK, colour)
    return made if near else piece(points, made.faces, Material.BARK, colour, normals)


def tubes(
    starts: FloatArray, ends: FloatArray, radius_start: FloatArray, radius_end: FloatArray,
    colour: FloatArray, material: Material = Material.WOOD,
) -> Mesh:  # fmt: skip
    """Twigs: a three-sided tube from each start to each end, (N, 3), with radii (N,)."""
    axis = ends - starts
    axis = axis / np.maximum(1e-9, np.linalg.norm(axis, axis=1, keepdims=True))
    aside = np.cross(axis, np.where(np.abs(axis[:, 1:2]) < 0.9, [[0.0, 1.0, 0.0]], [[1.0, 0.0, 0.0]]))
    aside /= np.linalg.norm(aside, axis=1, keepdims=True)
    third = np.cross(axis, aside)
    rings, outward = [], []
    for angle in (0.0, 2 * np.pi / 3, 4 * np.pi / 3):
        direction = np.cos(angle) * aside + np.sin(angle) * third
        rings.append(
            np.stack([starts + direction * radius_start[:, None], ends + direction * radius_end[:, None]], 1)
        )
        outward.append(np.stack([direction, direction], 1))
    points = np.stack(rings, 1).reshape(-1, 3)  # (N, 3 sides, 2 ends)
    normals = np.stack(outward, 1).reshape(-1, 3)
    side = np.array([[0, 1, 2], [1, 3, 2], [2, 3, 4], [3, 5, 4], [4, 5, 0], [5, 1, 0]])
    faces = (np.arange(len(starts))[:, None, None] * 6 + side[None]).reshape(-1, 3)
    tint = np.repeat(np.broadcast_to(colour, (len(starts), 3)), 6, 0)
    return piece(points, faces.astype(np.int32), material, tint, normals)


def branching(
    rng: np.random.Generator, feet: FloatArray, length_m: FloatArray, *, levels: int, children: int,
    spread: float,
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:  # fmt: skip
    """Skeleton of shrubs: starts, ends (N, 3), radii (N,) at both; each branch bears ``children``.

    Parameters
    ----------
    feet : (S, 3) array
        Where stems leave the ground.
    length_m : (S,) array
        Length of the stems.
    spread
        Angle between a branch and its parent, as a tangent.
    """
    direction = np.stack(
        [rng.normal(0, 0.25, len(feet)), np.ones(len(feet)), rng.normal(0, 0.25, len(feet))], 1
    )
    start, length = feet, length_m
    radius = 0.006 * length**1.2 + 0.002
    found = []
    for level in range(levels):
        direction = direction / np.linalg.norm(direction, axis=1, keepdims=True)
        middle = (
            start + direction * (length * 0.5)[:, None] + rng.normal(0, 0.06, start.shape) * length[:, None]
        )
        end = start + direction * length[:, None] + rng.normal(0, 0.05, start.shape) * length[:, None]
        found += [(start, middle, radius, radius * 0.8), (middle, end, radius * 0.8, radius * 0.35)]
        if level == levels - 1:
            break
        n = len(start)
        share = rng.uniform(0.25, 1.0, (n, children, 1))
        bent = np.where(share < 0.5, start[:, None] * (1 - 2 * share) + middle[:, None] * 2 * share,
                        middle[:, None] * (2 - 2 * share) + end[:, None] * (2 * share - 1))  # fmt: skip
        aside = rng.normal(0, spread, (n, children, 3)) + np.array([0, 0.12, 0])
        start = bent.reshape(-1, 3)
        direction = (direction[:, None] + aside).reshape(-1, 3)
        length = (length[:, None] * rng.uniform(0.35, 0.6, (n, children))).reshape(-1)
        radius = np.repeat(radius * 0.5, children)
    starts, ends, thick, thin = (np.concatenate([f[k] for f in found]) for k in range(4))
    return starts, ends, thick, thin


def leaves(
    rng: np.random.Generator,
    centres: FloatArray,
    size_m: FloatArray,
    colours: FloatArray,
    *,
    lying: float = 0.0,
) -> Mesh:
    """Oval folded leaves at points (N, 3) with half lengths (N,); ``lying`` 1 lays them flat."""
    n = len(centres)
    axis = rng.normal(0, 1, (n, 3)) * [1, 1 - 0.85 * lying, 1]
    axis /= np.linalg.norm(axis, axis=1, keepdims=True)
    aside = np.cross(axis, rng.normal(0, 1, (n, 3)) * (1 - lying) + np.array([0, 1.0, 0]) * lying)
    aside /= np.maximum(1e-6, np.linalg.norm(aside, axis=1, keepdims=True))
    normal = np.cross(axis, aside)
    normal *= np.where(normal[:, 1:2] < 0, -1, 1)
    length, width = size_m[:, None], size_m[:, None] * rng.uniform(0.35, 0.65, (n, 1))
    curl = normal * length * rng.uniform(-0.1, 0.4, (n, 1))
    bent = normal * length * rng.uniform(-0.3, 0.3, (n, 1))
    corners = [centres - axis * length + bent, centres + axis * length + bent]
    for along, out, sign in ((-0.45, 0.85, -1), (0.4, 1.0, -1), (-0.45, 0.85, 1), (0.4, 1.0, 1)):
        corners.append(centres + axis * length * along + aside * width * out * sign + curl)
    shape = np.array([[0, 2, 3], [0, 3, 1], [0, 5, 4], [0, 1, 5]])
    faces = (np.arange(n)[:, None, None] * 6 + shape[None]).reshape(-1, 3).astype(np.int32)
    points = np.stack(corners, 1).reshape(-1, 3)
    return piece(points, faces, Material.LEAF, np.repeat(colours, 6, 0), np.repeat(normal, 6, 0))


def blades(
    rng: np.random.Generator, feet: FloatArray, length_m: FloatArray, width_m: FloatArray,
    colours: FloatArray, *, droop: float = 0.6,
) -> Mesh:  # fmt: skip
    """Blades of grass or fronds from points (N, 3): three bent strips each, tapering."""
    n = len(feet)
    angle, bend = rng.uniform(0, 2 * np.pi, n), droop * rng.uniform(0.2, 1.4, n)
    out = np.stack([np.cos(angle), 0 * angle, np.sin(angle)], 1)
    aside = np.stack([-np.sin(angle), 0 * angle, np.cos(angle)], 1)
    rows = []
    for step in range(4):
        t = step / 3
        spine = feet + out * (bend * length_m * t * t)[:, None]
        spine = spine + np.array([0, 1.0, 0]) * (length_m * t * (1 - 0.35 * bend * t))[:, None]
        half = (width_m * (1 - 0.95 * t) ** 0.8)[:, None]
        rows += [spine - aside * half, spine + aside * half]
    points = np.stack(rows, 1)
    strip = np.array([[0, 1, 2], [1, 3, 2], [2, 3, 4], [3, 5, 4], [4, 5, 6], [5, 7, 6]])
    faces: IntArray = (np.arange(n)[:, None, None] * 8 + strip[None]).reshape(-1, 3).astype(np.int32)
    normals = np.repeat(out * 0.5 + np.array([0, 0.8, 0]), 8, 0)
    shade = np.tile(np.repeat([0.6, 0.85, 1.05, 1.2], 2), n)[:, None]
    return piece(points.reshape(-1, 3), faces, Material.GRASS, np.repeat(colours, 8, 0) * shade, normals)
