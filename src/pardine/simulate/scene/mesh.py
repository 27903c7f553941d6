"""Triangles with a material and a colour: built piece by piece, merged once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from pardine.base.compiled import compiled
from pardine.simulate.scene.arrays import FloatArray, IntArray


class Material(IntEnum):
    """How a surface is textured; see ``scene.surface``."""

    GROUND = 0
    ROCK = 1
    BARK = 2
    LEAF = 3
    GRASS = 4
    WOOD = 5
    """Dead wood, poles, the box of a camera: plain with grain."""
    FAR = 6
    """Mountains: smooth shading with haze."""


@dataclass(frozen=True)
class Mesh:
    """Triangles in the station frame (x right, y up, z into slot A's scene), metres.

    Attributes
    ----------
    vertices : (V, 3) float32
    normals : (V, 3) float32
    tint : (V, 3) float32
        Linear reflectance before the material's texture.
    faces : (F, 3) int32
    material : (F,) uint8
    """

    vertices: FloatArray
    normals: FloatArray
    tint: FloatArray
    faces: IntArray
    material: IntArray


def piece(
    vertices: FloatArray,
    faces: IntArray,
    material: Material,
    tint: FloatArray,
    normals: FloatArray | None = None,
) -> Mesh:
    """One object; normals from its triangles unless given, tint of one colour or one a vertex."""
    points = np.ascontiguousarray(vertices, dtype=np.float32)
    triangles = np.ascontiguousarray(faces, dtype=np.int32)
    directions = vertex_normals(points, triangles) if normals is None else normals.astype(np.float32)
    colours = np.ascontiguousarray(np.broadcast_to(tint, points.shape), dtype=np.float32)
    return Mesh(points, directions, colours, triangles, np.full(len(triangles), material, np.uint8))


def merge(pieces: Iterable[Mesh]) -> Mesh:
    """All pieces as one mesh, in their order."""
    parts = list(pieces)
    if not parts:
        raise ValueError("nothing to merge")
    starts = np.cumsum([0] + [len(p.vertices) for p in parts[:-1]])
    return Mesh(
        np.concatenate([p.vertices for p in parts]),
        np.concatenate([p.normals for p in parts]),
        np.concatenate([p.tint for p in parts]),
        np.concatenate([p.faces + np.int32(s) for p, s in zip(parts, starts, strict=True)]),
        np.concatenate([p.material for p in parts]),
    )


@compiled
def vertex_normals(vertices: FloatArray, faces: IntArray) -> FloatArray:
    """Unit normals weighted by the area of the triangles around, (V, 3) float32."""
    normals = np.zeros((len(vertices), 3), np.float32)
    for t in range(len(faces)):
        a, b, c = faces[t, 0], faces[t, 1], faces[t, 2]
        ux, uy, uz = (
            vertices[b, 0] - vertices[a, 0],
            vertices[b, 1] - vertices[a, 1],
            vertices[b, 2] - vertices[a, 2],
        )
        vx, vy, vz = (
            vertices[c, 0] - vertices[a, 0],
            vertices[c, 1] - vertices[a, 1],
            vertices[c, 2] - vertices[a, 2],
        )
        nx, ny, nz = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
        for v in (a, b, c):
            normals[v, 0] += nx
            normals[v, 1] += ny
            normals[v, 2] += nz
    for v in range(len(normals)):
        length = np.sqrt(normals[v, 0] ** 2 + normals[v, 1] ** 2 + normals[v, 2] ** 2)
        if length > 0:
            for k in range(3):
                normals[v, k] /= length
        else:
            normals[v, 1] = 1.0
    return normals


def grid_faces(n_rows: int, n_columns: int, *, closed: bool = False) -> IntArray:
    """Triangles of a sheet of points numbered row by row; ``closed`` joins last column to first."""
    columns = np.arange(n_columns if closed else n_columns - 1)
    row = np.arange(n_rows - 1)[:, None] * n_columns
    a = (row + columns).ravel()
    b = (row + (columns + 1) % n_columns).ravel()
    c, d = a + n_columns, b + n_columns
    return np.concatenate([np.stack([a, b, c], 1), np.stack([b, d, c], 1)]).astype(np.int32)


def turned(points: FloatArray, angle_rad: FloatArray | float) -> FloatArray:
    """Points (..., 3) turned about the vertical by angles that broadcast over (...)."""
    c, s = np.cos(angle_rad), np.sin(angle_rad)
    x, y, z = points[..., 0], points[..., 1], points[..., 2]
    return np.stack([c * x + s * z, y, c * z - s * x], -1)
