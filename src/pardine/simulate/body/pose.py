"""Poses: walking, trotting, standing, crouching, sniffing; and the body moved into them."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pardine.simulate.body.attitude import Pose
from pardine.simulate.body.posed_bones import BoneTransforms, bone_transforms
from pardine.simulate.body.skin import move_skin
from pardine.simulate.body.surface import Body

Float32Array = NDArray[np.float32]
STRIDE_PER_LEG = 1.55  # length of a walking stride over the height of the hip
TROT_PER_WALK = 1.25


@dataclass(frozen=True, kw_only=True)
class PosedBody:
    """A body in a pose, in the animal's frame (x forward, y up, z right; the ground at y = 0).

    Attributes
    ----------
    vertices_m, normals, fur_direction
        (V, 3), in the order of the body's vertices.
    planted
        (4,) whether left hind, right hind, left fore, right fore foot carries weight; (2,) of two legs.
    """

    vertices_m: Float32Array
    normals: Float32Array
    fur_direction: Float32Array
    planted: tuple[bool, ...]


def hip_height_m(body: Body) -> float:
    """Height of the hip joint above the ground in the rest pose."""
    skeleton = body.skeleton
    return float(skeleton.head_m[skeleton.index(skeleton.legs[0].upper + "_r"), 1])


def walked(pose: Pose, distance_m: float) -> Pose:
    """The pose after the animal has gone this way: phase tied to distance, so that no foot slides."""
    if pose.stride_m <= 0.0:
        return pose
    return replace(pose, phase=(pose.phase + distance_m / pose.stride_m) % 1.0)


def pose_body(body: Body, pose: Pose) -> PosedBody:
    """Move a body into a pose.

    Raises
    ------
    ValueError
        For a pose that no leg could hold: duty outside 0.2 to 0.9, a negative stride.
    """
    if not 0.2 <= pose.duty <= 0.9 or pose.stride_m < 0.0:
        raise ValueError(f"duty must be 0.2 to 0.9 and stride >= 0, got {pose.duty} and {pose.stride_m}")
    moved: BoneTransforms = bone_transforms(body.skeleton, pose)
    vertices, normals, fur = move_skin(
        body.vertices_m,
        body.normals,
        body.fur_direction,
        body.bone_indices,
        body.bone_weights,
        moved.matrices.astype(np.float32),
    )
    return PosedBody(vertices_m=vertices, normals=normals, fur_direction=fur, planted=moved.planted)


def walking_pose(rng: np.random.Generator, body: Body, *, trot: bool = False) -> Pose:
    """A pose of an animal under way: any phase, head and tail as chance has it."""
    stride = STRIDE_PER_LEG * hip_height_m(body) * rng.uniform(0.88, 1.08) * (TROT_PER_WALK if trot else 1.0)
    return replace(
        _carriage(rng),
        phase=float(rng.uniform()),
        stride_m=float(stride),
        duty=float(rng.uniform(0.42, 0.47) if trot else rng.uniform(0.61, 0.68)),
        trot=trot,
        lift=float(rng.uniform(0.10, 0.16)),
        crouch=float(rng.uniform(0.0, 0.05)),
    )


def standing_pose(rng: np.random.Generator, body: Body, *, sniffing: bool = False) -> Pose:
    """A pose of an animal that has stopped: looking about, or with its nose near the ground."""
    hip = hip_height_m(body)
    a, b, c, d = (float(x) for x in rng.uniform(-0.22, 0.22, size=4) * hip)
    pose = replace(_carriage(rng), stance=(a, b, c, d))
    pose = replace(pose, neck_yaw_rad=pose.neck_yaw_rad * 1.6, head_yaw_rad=pose.head_yaw_rad * 1.5)
    if not sniffing:
        return pose
    return replace(
        pose,
        neck_pitch_rad=float(rng.uniform(-1.15, -0.75)),
        head_pitch_rad=float(rng.uniform(-1.0, -0.6)),
        fore_crouch=float(rng.uniform(0.06, 0.16)),
    )


def crouching_pose(rng: np.random.Generator, body: Body) -> Pose:
    """A pose of an animal low over the ground, as cats stalk or wait."""
    pose = standing_pose(rng, body)
    return replace(
        pose,
        crouch=float(rng.uniform(0.15, 0.32)),
        neck_pitch_rad=float(rng.uniform(-0.6, -0.3)),
        head_pitch_rad=float(rng.uniform(0.2, 0.5)),
    )


def _carriage(rng: np.random.Generator) -> Pose:
    """Head, trunk and tail of an animal at ease."""
    turn = float(np.clip(rng.normal(0.0, 0.30), -0.9, 0.9))
    return Pose(
        bend_rad=float(np.clip(rng.normal(0.0, 0.10), -0.3, 0.3)),
        neck_yaw_rad=0.55 * turn,
        head_yaw_rad=0.45 * turn + float(rng.normal(0.0, 0.08)),
        neck_pitch_rad=float(np.clip(rng.normal(-0.22, 0.16), -0.6, 0.25)),
        head_pitch_rad=float(np.clip(rng.normal(-0.05, 0.12), -0.4, 0.3)),
        head_roll_rad=float(rng.normal(0.0, 0.05)),
        tail_yaw_rad=float(rng.normal(0.0, 0.5)),
        tail_pitch_rad=float(rng.normal(0.0, 0.35)),
        tail_wave_rad=float(abs(rng.normal(0.0, 0.25))),
        tail_phase_rad=float(rng.uniform(0.0, 2 * math.pi)),
        ears_back=float(np.clip(rng.normal(0.0, 0.25), 0.0, 1.0)),
    )
