"""Where on a body a point of the skin is: part, side, how dorsal, which way its fur lies, how long it is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from pardine.simulate.body.plan import BodyPlan
from pardine.simulate.body.skeleton import Skeleton
from pardine.simulate.body.vocabulary import BodyPart

FloatArray = NDArray[np.float64]
MIDDLE_SHARE = 0.010  # of the body's length: nearer to the middle plane than this is neither side
BACK_MIN, BELLY_MAX = 0.80, -0.55  # upward part of the normal
N_FUR_SMOOTHINGS = 12


def parts(
    vertices: FloatArray,
    normals: FloatArray,
    strongest: NDArray[np.int32],
    skeleton: Skeleton,
    eye_m: FloatArray | None,
) -> NDArray[np.uint8]:
    """(V,) body part: that of the strongest bone, the trunk and the head divided further."""
    part = skeleton.part[strongest].copy()
    trunk = part == BodyPart.FLANK
    part[trunk & (normals[:, 1] > BACK_MIN)] = BodyPart.BACK
    part[trunk & (normals[:, 1] < BELLY_MAX)] = BodyPart.BELLY
    if eye_m is not None:
        above = (vertices[:, 1] > eye_m[1] + 0.012) & (vertices[:, 0] < eye_m[0] + 0.01)
        part[(part == BodyPart.HEAD) & above & (normals[:, 1] > 0.35)] = BodyPart.FOREHEAD
    return part


def sides(
    vertices: FloatArray, strongest: NDArray[np.int32], skeleton: Skeleton, length_m: float
) -> NDArray[np.int8]:
    """(V,) side: of the strongest bone where it is paired, else of the place, 0 near the middle."""
    by_place = np.where(
        np.abs(vertices[:, 2]) < MIDDLE_SHARE * length_m, 0, np.where(vertices[:, 2] > 0, 1, -1)
    )
    by_bone = skeleton.side[strongest]
    side: NDArray[np.int8] = np.where(by_bone != 0, by_bone, by_place).astype(np.int8)
    return side


def dorsality(vertices: FloatArray, normals: FloatArray, part: NDArray[np.uint8]) -> FloatArray:
    """(V,) how much a point belongs to the upper, outer side: 1 on the back, 0 on belly and inner legs."""
    outward = normals[:, 2] * np.sign(vertices[:, 2])
    legs = np.isin(part, (BodyPart.FORE_LEG, BodyPart.HIND_LEG, BodyPart.PAW))
    trunk = 0.62 + 0.75 * normals[:, 1]
    limb = 0.70 + 0.48 * outward + 0.15 * normals[:, 1]
    tail = part == BodyPart.TAIL
    value = np.where(legs, limb, np.where(tail, 0.6 + 0.6 * normals[:, 1], trunk))
    return np.clip(value, 0.0, 1.0)


def smoothed(values: FloatArray, averaging: sparse.csr_array, n_times: int) -> FloatArray:
    """Values spread over the surface by repeated means of neighbours."""
    out = values
    for _ in range(n_times):
        out = 0.4 * out + 0.6 * (averaging @ out)
    return out


def fur_directions(
    normals: FloatArray,
    bones: NDArray[np.int32],
    weights: NDArray[np.float32],
    skeleton: Skeleton,
    averaging: sparse.csr_array,
) -> FloatArray:
    """(V, 3) tangent unit vectors along which the hair lies: back along the trunk, down the limbs."""
    axis = skeleton.tail_m - skeleton.head_m
    axis /= np.linalg.norm(axis, axis=1, keepdims=True) + 1e-12
    forward = np.isin(skeleton.part, (BodyPart.FLANK, BodyPart.NECK, BodyPart.HEAD, BodyPart.FOREHEAD))
    if not skeleton.upright:
        axis[forward] = np.array([-1.0, -0.25, 0.0])
        axis[skeleton.part == BodyPart.NECK] = np.array([-0.85, -0.5, 0.0])
    axis[skeleton.part == BodyPart.EAR] = np.array([-0.3, 1.0, 0.0])
    lie = np.einsum("vj,vjk->vk", weights.astype(float), axis[bones])
    lie = smoothed(lie, averaging, N_FUR_SMOOTHINGS)
    lie -= normals * (lie * normals).sum(axis=1, keepdims=True)
    size = np.linalg.norm(lie, axis=1, keepdims=True)
    any_tangent = np.cross(normals, np.array([0.0, 0.0, 1.0]))
    lie = np.where(size > 1e-6, lie, any_tangent)
    return np.asarray(lie / (np.linalg.norm(lie, axis=1, keepdims=True) + 1e-12))


def fur_lengths(
    part: NDArray[np.uint8],
    dorsal: FloatArray,
    bare: NDArray[np.bool_],
    plan: BodyPlan,
    averaging: sparse.csr_array,
) -> FloatArray:
    """(V,) length of hair (m): by part, longer below the trunk, none where the skin is bare."""
    by_part = np.zeros(max(BodyPart) + 1)
    for one, length_m in plan.fur_m.items():
        by_part[one] = length_m
    length = by_part[part]
    below = np.isin(part, (BodyPart.BELLY, BodyPart.FLANK, BodyPart.NECK, BodyPart.TAIL))
    length = np.where(below, length * (1.25 - 0.35 * dorsal), length)
    length = smoothed(length, averaging, 10)
    return np.where(bare, 0.0, length)
