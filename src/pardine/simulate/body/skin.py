"""Skin: which bones move a point of the surface, and by how much."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy import sparse

from pardine.simulate.body.distance import volume_distances, volume_table
from pardine.simulate.body.plan import BodyPlan
from pardine.simulate.body.skeleton import Skeleton

FloatArray = NDArray[np.float64]
Float32Array = NDArray[np.float32]
N_BONES_A_VERTEX = 4
SOLE_PULL = 1e4
FALL_OFF = 0.020  # of the body's length scale: distance over which a bone's pull falls to 1/e
DEEP = -0.6  # a point deep inside a volume is not pulled more than this many fall-offs


def bone_pull(plan: BodyPlan, skeleton: Skeleton, vertices: FloatArray, length_m: float) -> Float32Array:
    """(V, B) pull of each bone on each vertex: nearness to the volumes that it carries."""
    table = volume_table(plan.volumes)
    away = volume_distances(table.rows, vertices)
    fall_off = FALL_OFF * length_m
    near = np.exp(-np.maximum(away / fall_off, DEEP))
    pull = np.zeros((len(vertices), len(skeleton.names)), dtype=np.float32)
    left = _side_share(-vertices[:, 2], fall_off)
    right = _side_share(vertices[:, 2], fall_off)
    for j, volume in enumerate(plan.volumes):
        if volume.carve:
            continue
        if volume.bone in skeleton.names:
            bone = skeleton.index(volume.bone)
            both = near[:, j].max(axis=1) if volume.paired else near[:, j, 0]
            np.maximum(pull[:, bone], both, out=pull[:, bone])
            continue
        for suffix, twin, share in (("_r", 0, right), ("_l", 1, left)):
            bone = skeleton.index(volume.bone + suffix)
            np.maximum(pull[:, bone], near[:, j, twin] * share, out=pull[:, bone])
    _pin_soles(pull, skeleton, vertices)
    return pull


def _pin_soles(pull: Float32Array, skeleton: Skeleton, vertices: FloatArray) -> None:
    """Below the root of its toes a foot moves with the toes alone: what lies on the ground stays there."""
    for leg in skeleton.legs:
        for suffix in ("_l", "_r"):
            toes = skeleton.index(leg.toes + suffix)
            root = skeleton.head_m[toes]
            reach_m = 1.3 * float(np.linalg.norm(skeleton.tail_m[toes] - root))
            below = (vertices[:, 1] < 0.8 * root[1]) & (np.linalg.norm(vertices - root, axis=1) < reach_m)
            pull[below, toes] *= SOLE_PULL


def _side_share(outward_m: FloatArray, fall_off_m: float) -> FloatArray:
    """Near 1 on a bone's own side of the body, near 0 beyond the middle."""
    share: FloatArray = 1.0 / (1.0 + np.exp(-np.clip(outward_m / (0.3 * fall_off_m), -40, 40)))
    return share


def smoothed_weights(
    pull: Float32Array, averaging: sparse.csr_array, n_times: int
) -> tuple[NDArray[np.int32], Float32Array]:
    """The strongest four bones of each vertex and their weights, which add up to one."""
    weights = pull / pull.sum(axis=1, keepdims=True)
    means = averaging.astype(np.float32)
    for _ in range(n_times):
        weights = 0.4 * weights + 0.6 * (means @ weights)
    strongest = np.argsort(-weights, axis=1, kind="stable")[:, :N_BONES_A_VERTEX]
    kept = np.take_along_axis(weights, strongest, axis=1)
    kept = np.where(kept < 0.02, 0.0, kept)
    kept /= kept.sum(axis=1, keepdims=True)
    return strongest.astype(np.int32), kept.astype(np.float32)


@njit(cache=True)
def move_skin(
    vertices: Float32Array,
    normals: Float32Array,
    fur: Float32Array,
    bones: NDArray[np.int32],
    weights: Float32Array,
    transforms: Float32Array,
) -> tuple[Float32Array, Float32Array, Float32Array]:
    """Vertices, normals and fur directions moved by linear-blend skinning.

    Parameters
    ----------
    vertices, normals, fur : (V, 3) arrays
        Rest pose.
    bones, weights : (V, 4) arrays
    transforms : (B, 3, 4) array
        Of each bone, from the rest pose to the pose.
    """
    n = vertices.shape[0]
    moved = np.zeros((n, 3), dtype=np.float32)
    turned = np.zeros((n, 3), dtype=np.float32)
    combed = np.zeros((n, 3), dtype=np.float32)
    for i in range(n):
        for j in range(bones.shape[1]):
            w = weights[i, j]
            if w == 0.0:
                continue
            m = transforms[bones[i, j]]
            for k in range(3):
                moved[i, k] += w * (
                    m[k, 0] * vertices[i, 0] + m[k, 1] * vertices[i, 1] + m[k, 2] * vertices[i, 2] + m[k, 3]
                )
                turned[i, k] += w * (
                    m[k, 0] * normals[i, 0] + m[k, 1] * normals[i, 1] + m[k, 2] * normals[i, 2]
                )
                combed[i, k] += w * (m[k, 0] * fur[i, 0] + m[k, 1] * fur[i, 1] + m[k, 2] * fur[i, 2])
        for direction in (turned, combed):
            size = (direction[i, 0] ** 2 + direction[i, 1] ** 2 + direction[i, 2] ** 2) ** np.float32(0.5)
            if size > 0.0:
                for k in range(3):
                    direction[i, k] /= size
    return moved, turned, combed
