"""An animal keeps its marks while it grows: a pattern carried from one body to another of its species."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from pardine.simulate.body.surface import Body
from pardine.simulate.body.turning import towards
from pardine.simulate.coat.coat import CoatPattern

FloatArray = NDArray[np.float64]
N_NEAREST = 4
NORMAL_WEIGHT_M = 0.03  # skins that face apart are held this much farther apart than they are


def carried_over(pattern: CoatPattern, body: Body) -> CoatPattern:
    """The same animal's marks on another body: of its youth, or of its later age.

    Each point of the new body is taken to its place on the old one by the bones that move it, each
    stretched in length and girth as that bone differs, and has the marks of the skin there.

    Raises
    ------
    ValueError
        For a body of another species.
    """
    if body.species is not pattern.body.species:
        raise ValueError(f"marks of a {pattern.body.species.value} do not fit a {body.species.value}")
    if body is pattern.body:
        return pattern
    there, normals = places_on(body, pattern.body)
    old = pattern.body
    tree = cKDTree(np.hstack([old.vertices_m, NORMAL_WEIGHT_M * old.normals]))
    away, nearest = tree.query(np.hstack([there, NORMAL_WEIGHT_M * normals]), k=N_NEAREST)
    weight: FloatArray = 1.0 / (np.asarray(away) + 1e-4) ** 2
    weight = weight / np.sum(weight, axis=1, keepdims=True)
    growth = _length_m(body) / _length_m(old)
    mark = growth * (weight * pattern.mark[nearest]).sum(axis=1)
    inside = (weight * pattern.inside[nearest]).sum(axis=1)
    return replace(pattern, body=body, mark=mark.astype(np.float32), inside=inside.astype(np.float32))


def places_on(body: Body, other: Body) -> tuple[FloatArray, FloatArray]:
    """(V, 3) place and normal on `other` that correspond to each vertex of `body`."""
    girth = _girths(other) / _girths(body)
    vertices, normals = body.vertices_m.astype(float), body.normals.astype(float)
    there, turned = np.zeros_like(vertices), np.zeros_like(vertices)
    for bone in range(len(body.skeleton.names)):
        axis, length_m = _axis(body, bone)
        other_axis, other_length_m = _axis(other, bone)
        turn = towards(axis, other_axis)
        along = np.outer(axis, axis)
        stretch = turn @ (other_length_m / length_m * along + girth[bone] * (np.eye(3) - along))
        share = np.where(body.bone_indices == bone, body.bone_weights, 0.0).sum(axis=1)
        moved = share > 0
        local = vertices[moved] - body.skeleton.head_m[bone]
        there[moved] += share[moved, None] * (other.skeleton.head_m[bone] + local @ stretch.T)
        turned[moved] += share[moved, None] * (normals[moved] @ turn.T)
    return there, turned


def _axis(body: Body, bone: int) -> tuple[FloatArray, float]:
    line = body.skeleton.tail_m[bone] - body.skeleton.head_m[bone]
    length_m = float(np.linalg.norm(line))
    return line / length_m, length_m


def _girths(body: Body) -> FloatArray:
    """(B,) mean distance of the skin from the line of each bone; the body's scale where it has none."""
    out = np.full(len(body.skeleton.names), _length_m(body) * 0.05)
    for bone in range(len(out)):
        own = body.bone_indices[:, 0] == bone
        if own.any():
            axis, _ = _axis(body, bone)
            local = body.vertices_m[own] - body.skeleton.head_m[bone]
            out[bone] = np.linalg.norm(local - np.outer(local @ axis, axis), axis=1).mean()
    return out


def _length_m(body: Body) -> float:
    return float(np.ptp(body.skeleton.head_m[:, 0]))
