"""Poses: feet on the ground do not slide, legs keep their lengths, frames follow each other smoothly."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from bodies import body_of

from pardine.simulate.body.attitude import Pose
from pardine.simulate.body.gait import foot_place
from pardine.simulate.body.pose import (
    crouching_pose,
    hip_height_m,
    pose_body,
    standing_pose,
    walked,
    walking_pose,
)
from pardine.simulate.body.posed_bones import bone_transforms
from pardine.simulate.body.skin import move_skin
from pardine.simulate.body.turning import PITCH, YAW, about, bent_joint, towards
from pardine.simulate.body.vocabulary import AgeClass, BodyPart, Sex, Species

WALKERS = [Species.LEOPARD, Species.TIGER, Species.SIKA_DEER, Species.PERSON, Species.PHEASANT]
MM = 1e-3


def soles(body):
    """Vertices of each foot that are held by its toes alone, in the order of `PosedBody.planted`."""
    out = []
    for leg in body.skeleton.legs:
        for suffix in ("_l", "_r"):
            toes = body.skeleton.index(leg.toes + suffix)
            share = np.where(body.bone_indices == toes, body.bone_weights, 0).sum(axis=1)
            out.append(share > 0.999)
    return out


@pytest.mark.parametrize("species", WALKERS)
def test_planted_feet_do_not_slide(species):
    body = body_of(species)
    pose = replace(walking_pose(np.random.default_rng(5), body), bend_rad=0.2)
    step_m = pose.stride_m / 60
    feet = soles(body)
    assert all(foot.sum() >= 5 for foot in feet)
    now, n_planted = pose_body(body, pose), 0
    for n in range(1, 61):
        then = pose_body(body, walked(pose, n * step_m))
        for k, foot in enumerate(feet):
            if now.planted[k] and then.planted[k]:
                n_planted += 1
                over_ground = then.vertices_m[foot] + [step_m, 0, 0] - now.vertices_m[foot]
                assert np.abs(over_ground).max() < 0.1 * MM
        now = then
    assert n_planted > 60 * 0.5 * len(feet) * pose.duty  # most of the time something was compared


@pytest.mark.parametrize("trot", [False, True])
def test_no_foot_in_the_ground_and_some_on_it(trot):
    body = body_of()
    pose = walking_pose(np.random.default_rng(8), body, trot=trot)
    paws = body.part == BodyPart.PAW
    lowest = [
        pose_body(body, replace(pose, phase=phase)).vertices_m[paws, 1].min()
        for phase in np.arange(0, 1, 0.05)
    ]
    assert min(lowest) > -12 * MM and max(lowest) < 25 * MM


def test_frames_follow_smoothly():
    body = body_of()
    pose = walking_pose(np.random.default_rng(6), body)
    frames = [pose_body(body, replace(pose, phase=phase)).vertices_m for phase in np.arange(0, 1.001, 0.01)]
    jump_m = max(np.linalg.norm(b - a, axis=1).max() for a, b in pairwise(frames))
    assert jump_m < 0.06 * pose.stride_m  # the swinging foot is the fastest, at a few times the walk
    assert frames[0] == pytest.approx(frames[-1], abs=1e-5)


def test_walk_and_trot_differ_in_who_is_down():
    body = body_of()
    walk = walking_pose(np.random.default_rng(1), body)
    down = [sum(pose_body(body, replace(walk, phase=phase)).planted) for phase in np.arange(0, 1, 0.02)]
    assert min(down) >= 2 and max(down) <= 4 and np.mean(down) == pytest.approx(4 * walk.duty, abs=0.1)
    trot = replace(walking_pose(np.random.default_rng(1), body, trot=True), phase=0.1)
    left_hind, right_hind, left_fore, right_fore = pose_body(body, trot).planted
    assert left_hind == right_fore and right_hind == left_fore and left_hind != right_hind


@pytest.mark.parametrize("species", WALKERS)
def test_bones_keep_their_lengths(species):
    body = body_of(species)
    skeleton = body.skeleton
    for pose in (
        walking_pose(np.random.default_rng(3), body),
        crouching_pose(np.random.default_rng(4), body),
    ):
        matrices = bone_transforms(skeleton, pose).matrices
        turn = matrices[:, :, :3]
        assert np.einsum("bij,bkj->bik", turn, turn) == pytest.approx(
            np.tile(np.eye(3), (len(turn), 1, 1)), abs=1e-6
        )
        for leg in skeleton.legs:
            for suffix in ("_l", "_r"):
                above, below = (skeleton.index(name + suffix) for name in (leg.upper, leg.lower))
                knee = [m[:, :3] @ skeleton.head_m[below] + m[:, 3] for m in matrices[[above, below]]]
                assert knee[0] == pytest.approx(knee[1], abs=1e-6)  # they meet at the joint


def test_crouching_and_sniffing_go_down():
    body = body_of()
    tall = pose_body(body, Pose()).vertices_m
    low = pose_body(body, Pose(crouch=0.3)).vertices_m
    assert low[body.part == BodyPart.BACK, 1].mean() < tall[body.part == BodyPart.BACK, 1].mean() - 0.1
    sniffing = pose_body(body, standing_pose(np.random.default_rng(2), body, sniffing=True)).vertices_m
    head = body.part == BodyPart.HEAD
    assert sniffing[head, 1].min() < 0.55 * tall[head, 1].min()


def test_a_tail_does_not_sink_into_the_ground():
    body = body_of(Species.SNOW_LEOPARD)
    tail = body.part == BodyPart.TAIL
    for pose in (Pose(tail_pitch_rad=-1.2), Pose(crouch=0.35), Pose(tail_pitch_rad=-0.8, crouch=0.2)):
        assert pose_body(body, pose).vertices_m[tail, 1].min() > -0.01


def test_turns_go_the_way_they_say():
    body = body_of()
    nose = int(np.argmax(body.vertices_m[:, 0]))
    left = pose_body(body, Pose(neck_yaw_rad=0.4, head_yaw_rad=0.3)).vertices_m[nose]
    assert left[2] < -0.05  # z is to the right
    assert (
        pose_body(body, Pose(head_pitch_rad=0.4)).vertices_m[nose, 1]
        > pose_body(body, Pose()).vertices_m[nose, 1]
    )
    tail_tip = int(np.argmin(body.vertices_m[:, 0]))
    assert (
        pose_body(body, Pose(tail_pitch_rad=0.8)).vertices_m[tail_tip, 1] > body.vertices_m[tail_tip, 1] + 0.1
    )


def test_skin_kernel_is_its_slow_twin():
    body = body_of()
    rng = np.random.default_rng(9)
    some = rng.choice(len(body.vertices_m), 300, replace=False)
    transforms = bone_transforms(body.skeleton, walking_pose(rng, body)).matrices.astype(np.float32)
    found = move_skin(
        body.vertices_m[some],
        body.normals[some],
        body.fur_direction[some],
        body.bone_indices[some],
        body.bone_weights[some],
        transforms,
    )
    mixed = np.einsum("vj,vjab->vab", body.bone_weights[some], transforms[body.bone_indices[some]])
    place = np.einsum("vab,vb->va", mixed[:, :, :3], body.vertices_m[some]) + mixed[:, :, 3]
    turned = np.einsum("vab,vb->va", mixed[:, :, :3], body.normals[some])
    assert found[0] == pytest.approx(place, abs=1e-5)
    assert found[1] == pytest.approx(turned / np.linalg.norm(turned, axis=1)[:, None], abs=1e-4)


def test_a_foot_leaves_and_meets_the_ground_at_its_speed():
    stride, duty, tiny = 0.9, 0.64, 1e-6
    for phase in (0.1, duty - 1e-4, duty + 1e-5, 1 - 1e-5):
        before, after = (foot_place(phase + d, stride, duty, 0.1) for d in (-tiny, tiny))
        assert (after.forward_m - before.forward_m) / (2 * tiny) == pytest.approx(-stride, rel=0.01)
    assert foot_place(duty + 0.18, stride, duty, 0.1).up_m > 0.05
    assert foot_place(0.3, 0.0, duty, 0.1).forward_m == 0.0


def test_rotations_by_hand():
    assert about(YAW, np.pi / 2) @ [1, 0, 0] == pytest.approx([0, 0, -1])  # left is -z
    assert about(PITCH, np.pi / 2) @ [1, 0, 0] == pytest.approx([0, 1, 0])
    start, end = np.array([1.0, 2.0, 0.5]), np.array([-0.3, 1.0, 2.0])
    assert towards(start, end) @ start / np.linalg.norm(start) == pytest.approx(end / np.linalg.norm(end))
    assert towards(start, 2 * start) == pytest.approx(np.eye(3))
    assert towards(np.array([1.0, 0, 0]), np.array([-1.0, 0, 0])) @ [1, 0, 0] == pytest.approx([-1, 0, 0])
    knee = bent_joint(np.zeros(3), np.array([0.0, -5.0, 0.0]), 4.0, 3.0, np.array([1.0, 0.0, 0.0]))
    assert knee == pytest.approx([2.4, -3.2, 0.0])  # the triangle 3-4-5


def test_poses_are_those_of_the_seed_and_impossible_ones_refused():
    body = body_of(Species.LEOPARD, Sex.FEMALE, AgeClass.CUB)
    first, again = (pose_body(body, walking_pose(np.random.default_rng(7), body)) for _ in range(2))
    assert np.array_equal(first.vertices_m, again.vertices_m)
    for wrong in (Pose(duty=0.95), Pose(stride_m=-0.1)):
        with pytest.raises(ValueError, match="duty"):
            pose_body(body, wrong)
    assert walked(Pose(), 1.0) == Pose()
    assert hip_height_m(body) < 0.5
