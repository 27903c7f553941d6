"""Where the bones go in a pose: spine and head by angles, legs by where their feet must be."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pardine.simulate.body.attitude import Pose
from pardine.simulate.body.gait import FootPlace, foot_place
from pardine.simulate.body.plan import SIDES, Leg
from pardine.simulate.body.skeleton import Skeleton
from pardine.simulate.body.turning import PITCH, ROLL, YAW, about, bent_joint, towards

FloatArray = NDArray[np.float64]
REACH = 0.975  # of a straight leg: the most that a leg is stretched
GIRDLE_SWING_RAD = 0.20
GIRDLE_RISE = 0.035  # of the hip's height: how far a shoulder blade rises over a planted leg
NARROW = 0.15
LOWEST_TAIL = 0.6  # of its lowest point in the rest pose
BOB = 0.012  # of the hip's height


@dataclass(frozen=True)
class BoneTransforms:
    """(B, 3, 4) transforms from the rest pose, and which feet carry weight."""

    matrices: FloatArray
    planted: tuple[bool, ...]


class _Frames:
    """Rotation of each bone and where its head is; the tail of a bone is where its rotation takes it."""

    def __init__(self, skeleton: Skeleton) -> None:
        self.skeleton = skeleton
        self.turn = np.tile(np.eye(3), (len(skeleton.names), 1, 1))
        self.head = skeleton.head_m.copy()

    def hang(self, name: str, extra: FloatArray) -> None:
        """Place a bone on its parent, turned by `extra` about its own head."""
        i = self.skeleton.index(name)
        parent = self.skeleton.parents[i]
        self.head[i] = self.carried(parent, self.skeleton.head_m[i])
        self.turn[i] = self.turn[parent] @ extra

    def carried(self, bone: int, rest_point: FloatArray) -> FloatArray:
        """Where a point of the rest pose is taken by a bone."""
        return np.asarray(self.head[bone] + self.turn[bone] @ (rest_point - self.skeleton.head_m[bone]))

    def aim(self, name: str, head: FloatArray, tail: FloatArray) -> None:
        """Place a bone by its two ends."""
        i = self.skeleton.index(name)
        rest = self.skeleton.tail_m[i] - self.skeleton.head_m[i]
        self.head[i] = head
        self.turn[i] = towards(rest, tail - head)

    def matrices(self) -> FloatArray:
        shift = self.head - np.einsum("bij,bj->bi", self.turn, self.skeleton.head_m)
        return np.concatenate([self.turn, shift[:, :, None]], axis=2)


def bone_transforms(skeleton: Skeleton, pose: Pose) -> BoneTransforms:
    """Transforms of all bones in a pose.

    The trunk is placed first; it is lowered as far as the feet on the ground ask, since a planted
    foot must stay where it is; then each leg reaches for its foot.
    """
    hip_m = float(skeleton.head_m[skeleton.index(skeleton.legs[0].upper + "_r"), 1])
    feet = _feet(skeleton, pose, hip_m)
    drop_m = pose.crouch * hip_m + BOB * hip_m * (pose.stride_m > 0) * math.cos(4 * math.pi * pose.phase)
    frames = _Frames(skeleton)
    for _ in range(3):
        _place_trunk(frames, pose, hip_m, drop_m)
        shortfall = max(_shortfall(frames, leg, suffix, place) for leg, suffix, place in feet)
        if shortfall <= 1e-6:
            break
        drop_m += shortfall + 1e-6
    for leg, suffix, place in feet:
        _reach(frames, leg, suffix, place)
    _turn_head(frames, pose)
    _turn_tail(frames, pose)
    if "arm_r" in skeleton.names:
        _swing_arms(frames, pose)
    return BoneTransforms(frames.matrices(), tuple(place.planted for _, _, place in feet))


def _feet(skeleton: Skeleton, pose: Pose, hip_m: float) -> list[tuple[Leg, str, FootPlace]]:
    feet = []
    for n, leg in enumerate(skeleton.legs):
        for k, suffix in enumerate(SIDES):
            after = leg.phase if not pose.trot else 0.5 * n
            place = foot_place(
                pose.phase - after - (0.5 if suffix == "_l" else 0.0),
                pose.stride_m,
                pose.duty,
                pose.lift * hip_m,
            )
            if pose.stride_m <= 0.0 and 2 * n + k < len(pose.stance):
                place = FootPlace(pose.stance[2 * n + k], 0.0, 0.0, 0.0, 0.0, True, 0.0)
            feet.append((leg, suffix, place))
    return feet


def _place_trunk(frames: _Frames, pose: Pose, hip_m: float, drop_m: float) -> None:
    """Spine: lowered, tilted forward by a crouch of the shoulders, bent sideways about its middle."""
    skeleton = frames.skeleton
    spine = skeleton.spine
    length_m = abs(
        skeleton.tail_m[skeleton.index(spine[-1]), 0] - skeleton.head_m[skeleton.index(spine[0]), 0]
    )
    tilt = 0.0 if skeleton.upright else -math.atan2(pose.fore_crouch * hip_m, max(length_m, 1e-6))
    sway = 0.05 * math.sin(2 * math.pi * pose.phase) if pose.stride_m > 0 else 0.0
    root = skeleton.index(spine[0])
    frames.turn[root] = about(YAW, -0.5 * pose.bend_rad) @ about(PITCH, tilt) @ about(ROLL, 0.6 * sway)
    frames.head[root] = skeleton.head_m[root] - np.array([0.0, drop_m, 0.0])
    for name in spine[1:]:
        frames.hang(name, about(YAW, pose.bend_rad / (len(spine) - 1)))


def _hip_and_ankle(
    frames: _Frames, leg: Leg, suffix: str, place: FootPlace
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Hip joint, joint of foot and lower leg, and root of the toes, from where the toes must be."""
    skeleton = frames.skeleton
    side = 1.0 if suffix == "_r" else -1.0
    upper, foot, toes = (skeleton.index(name + suffix) for name in (leg.upper, leg.foot, leg.toes))
    swing = -GIRDLE_SWING_RAD * place.swing if leg.girdle is not None else 0.0
    if leg.girdle is not None:
        frames.hang(leg.girdle + suffix, about(PITCH, swing))
        girdle = skeleton.index(leg.girdle + suffix)
        lifted = 0.35 - 0.95 * place.flex
        rise = GIRDLE_RISE * skeleton.head_m[upper, 1] * lifted
        frames.head[girdle] = frames.head[girdle] + np.array([0.0, rise, 0.0])
        hip = frames.carried(girdle, skeleton.head_m[upper])
    else:
        hip = frames.carried(skeleton.parents[upper], skeleton.head_m[upper])
    # in a walk the feet come down nearer to the middle than they stand
    inward_m = NARROW * side * abs(skeleton.head_m[toes, 2]) * (1.0 - place.flex)
    shift = np.array([place.forward_m, place.up_m, -inward_m])
    tip = skeleton.tail_m[toes] + shift
    toe_root = tip + about(PITCH, -place.toe_rad) @ (skeleton.head_m[toes] - skeleton.tail_m[toes])
    # a digitigrade foot leans back as it lands and forward as it leaves; a sole lies flat
    rock = 0.0 if skeleton.upright else 0.16 * place.swing * (1.0 - place.flex)
    lean = about(PITCH, -0.75 * (place.heel_rad + place.toe_rad) - rock - 0.45 * place.flex)
    ankle = toe_root + lean @ (skeleton.head_m[foot] - skeleton.head_m[toes])
    return hip, ankle, toe_root


def _shortfall(frames: _Frames, leg: Leg, suffix: str, place: FootPlace) -> float:
    """How much lower the trunk must be for a foot to be reached; less for one that swings."""
    hip, ankle, _ = _hip_and_ankle(frames, leg, suffix, place)
    upper_m, lower_m = _lengths(frames.skeleton, leg, suffix)
    level2 = (hip[0] - ankle[0]) ** 2 + (hip[2] - ankle[2]) ** 2
    highest = ankle[1] + math.sqrt(max((REACH * (upper_m + lower_m)) ** 2 - level2, 0.0))
    return float(max(0.0, hip[1] - highest)) * (1.0 - place.flex)


def _lengths(skeleton: Skeleton, leg: Leg, suffix: str) -> tuple[float, float]:
    bones = [skeleton.index(name + suffix) for name in (leg.upper, leg.lower)]
    upper_m, lower_m = (float(np.linalg.norm(skeleton.tail_m[i] - skeleton.head_m[i])) for i in bones)
    return upper_m, lower_m


def _reach(frames: _Frames, leg: Leg, suffix: str, place: FootPlace) -> None:
    """Bend a leg so that its toes come where they must be."""
    hip, ankle, toe_root = _hip_and_ankle(frames, leg, suffix, place)
    upper_m, lower_m = _lengths(frames.skeleton, leg, suffix)
    pole = np.array([1.0 if leg.knee_forward else -1.0, 0.0, 0.10 if suffix == "_r" else -0.10])
    knee = bent_joint(hip, ankle, upper_m, lower_m, pole)
    ankle = knee + lower_m * (ankle - knee) / np.linalg.norm(ankle - knee)
    frames.aim(leg.upper + suffix, hip, knee)
    frames.aim(leg.lower + suffix, knee, ankle)
    frames.aim(leg.foot + suffix, ankle, toe_root)
    toes = frames.skeleton.index(leg.toes + suffix)
    frames.head[toes] = toe_root
    frames.turn[toes] = about(PITCH, -place.toe_rad)


def _turn_head(frames: _Frames, pose: Pose) -> None:
    skeleton = frames.skeleton
    share = 1.0 / max(len(skeleton.neck), 1)
    nod = 0.03 * math.cos(4 * math.pi * pose.phase + 0.8) if pose.stride_m > 0 else 0.0
    for name in skeleton.neck:
        turn = about(YAW, share * (pose.neck_yaw_rad - 0.5 * pose.bend_rad))
        frames.hang(name, turn @ about(PITCH, share * (pose.neck_pitch_rad + pose.fore_crouch) + share * nod))
    # the head keeps its level while the neck goes down: cats carry their eyes level
    level = -0.85 * (pose.neck_pitch_rad + nod) + pose.head_pitch_rad
    frames.hang(
        skeleton.head, about(YAW, pose.head_yaw_rad) @ about(PITCH, level) @ about(ROLL, pose.head_roll_rad)
    )
    for name in skeleton.names:
        if name.startswith("ear"):
            side = 1.0 if name.endswith("_r") else -1.0
            frames.hang(name, about(YAW, -0.5 * side * pose.ears_back) @ about(PITCH, 0.35 * pose.ears_back))


def _turn_tail(frames: _Frames, pose: Pose) -> None:
    """Bend the tail; one that would sink into the ground is carried higher."""
    skeleton = frames.skeleton
    tail = [skeleton.index(name) for name in skeleton.tail]
    if not tail:
        return
    lowest_m = LOWEST_TAIL * float(skeleton.tail_m[tail, 1].min())
    pitch_rad = pose.tail_pitch_rad
    for _ in range(12):
        _bend_tail(frames, pose, pitch_rad)
        ends = [frames.carried(bone, skeleton.tail_m[bone])[1] for bone in tail]
        if min(ends) >= lowest_m:
            break
        pitch_rad += 0.12


def _bend_tail(frames: _Frames, pose: Pose, pitch_rad: float) -> None:
    n = len(frames.skeleton.tail)
    for i, name in enumerate(frames.skeleton.tail):
        wave = pose.tail_wave_rad * math.sin(pose.tail_phase_rad + 9.0 * i / n)
        yaw = (pose.tail_yaw_rad + wave) / n
        # a pitch of the tail lifts its middle most: the root is held, the tip hangs over
        frames.hang(name, about(YAW, yaw) @ about(PITCH, -pitch_rad / n * (1.6 - 1.2 * i / n)))


def _swing_arms(frames: _Frames, pose: Pose) -> None:
    """Arms of a person: each swings with the opposite leg."""
    swing = 0.45 * min(1.0, pose.stride_m) * math.sin(2 * math.pi * (pose.phase + 0.2))
    for side, suffix in zip((-1.0, 1.0), SIDES, strict=True):
        frames.hang("arm" + suffix, about(PITCH, side * swing))
        frames.hang("lower_arm" + suffix, about(PITCH, 0.35 + 0.25 * max(0.0, side * swing)))
        frames.hang("hand" + suffix, np.eye(3))
