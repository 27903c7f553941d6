"""Signed distance of melted round cones, against a plain slow twin and what geometry says."""

import numpy as np
import pytest

from pardine.simulate.body.build_plans import body_plan
from pardine.simulate.body.distance import (
    FAR_M,
    PAIR_BLEND_MAX_M,
    distances,
    gradients,
    sampled_distances,
    volume_distances,
    volume_table,
)
from pardine.simulate.body.plan import PlanBuilder
from pardine.simulate.body.vocabulary import AgeClass, BodyPart, Sex, Species


def slow_cone(volume, point):
    """One round cone: nearest point of the axis after space is stretched along the squeezed direction."""
    axis = np.array(volume.squeeze_axis) / np.linalg.norm(volume.squeeze_axis)
    stretch = np.eye(3) + (1 / volume.squeeze - 1) * np.outer(axis, axis)
    p, u = stretch @ (point - volume.a_m), stretch @ (np.array(volume.b_m) - volume.a_m)
    t = np.clip(p @ u / (u @ u), 0, 1) if u @ u > 0 else 0.0
    radius = volume.radius_a_m * (1 - t) + volume.radius_b_m * t
    return (np.linalg.norm(p - t * u) - radius) * min(1.0, volume.squeeze)


def slow_min(a, b, blend):
    return min(a, b) - max(blend - abs(a - b), 0.0) ** 2 / (4 * blend)


def slow_distance(volumes, point):
    total = FAR_M
    for one in volumes:
        mirrored = point * [1, 1, -1]
        away = slow_cone(one, point)
        if one.paired:
            away = slow_min(away, slow_cone(one, mirrored), min(one.blend_m, PAIR_BLEND_MAX_M))
        total = -slow_min(-total, away, one.blend_m) if one.carve else slow_min(total, away, one.blend_m)
    return total


@pytest.mark.parametrize("species", [Species.LEOPARD, Species.SIKA_DEER, Species.PERSON])
def test_kernel_is_its_slow_twin(species):
    plan = body_plan(species, Sex.MALE, AgeClass.ADULT)
    rng = np.random.default_rng(2)
    middle = np.array([one.a_m for one in plan.volumes])
    points = middle[rng.integers(len(middle), size=400)] + rng.normal(0.0, 0.06, (400, 3))
    expected = [slow_distance(plan.volumes, point) for point in points]
    assert distances(volume_table(plan.volumes).rows, points) == pytest.approx(expected, abs=1e-12)


def ball(radius_m=0.1, **others):
    builder = PlanBuilder()
    builder.bone("trunk", None, (0, 0, 0), (1, 0, 0), BodyPart.FLANK)
    builder.add("trunk", (0.2, 0.1, 0.0), radius_m, **others)
    return volume_table(tuple(builder.volumes)).rows


def test_a_ball_is_a_ball():
    points = np.random.default_rng(1).normal(size=(50, 3))
    expected = np.linalg.norm(points - [0.2, 0.1, 0.0], axis=1) - 0.1
    assert distances(ball(), points) == pytest.approx(expected)
    assert gradients(ball(), points, 1e-4) == pytest.approx(
        (points - [0.2, 0.1, 0.0]) / np.linalg.norm(points - [0.2, 0.1, 0.0], axis=1)[:, None], abs=1e-3
    )


def test_squeezed_to_a_disc():
    rows = ball(squeeze=0.5, squeeze_axis=(1.0, 0.0, 0.0))
    on_surface = np.array([[0.25, 0.1, 0.0], [0.2, 0.2, 0.0], [0.2, 0.1, 0.1]])
    assert distances(rows, on_surface) == pytest.approx([0, 0, 0], abs=1e-12)


def test_symmetric_to_the_last_bit():
    rows = volume_table(body_plan(Species.LEOPARD, Sex.FEMALE, AgeClass.CUB).volumes).rows
    points = np.random.default_rng(4).uniform(-0.5, 0.5, (300, 3))
    assert np.array_equal(distances(rows, points), distances(rows, points * [1, 1, -1]))


def test_grid_is_exact_near_the_surface_and_right_in_sign():
    rows = volume_table(body_plan(Species.HARE, Sex.MALE, AgeClass.ADULT).volumes).rows
    xs, ys, zs = np.arange(-0.35, 0.4, 0.011), np.arange(-0.05, 0.45, 0.011), np.arange(-0.12, 0.12, 0.011)
    grid = sampled_distances(rows, xs, ys, zs, 4)
    points = np.stack(np.meshgrid(xs, ys, zs, indexing="ij"), axis=-1).reshape(-1, 3)
    exact = distances(rows, points).reshape(grid.shape)
    near = np.abs(exact) < 0.011
    assert grid[near] == pytest.approx(exact[near], abs=1e-6)
    assert np.array_equal(grid < 0, exact < 0)


def test_distances_of_volumes_apart():
    plan = body_plan(Species.ROE_DEER, Sex.FEMALE, AgeClass.ADULT)
    point = np.array([[0.1, 0.4, 0.07]])
    found = volume_distances(volume_table(plan.volumes).rows, point)[0]
    for one, (right, left) in zip(plan.volumes, found, strict=True):
        assert right == pytest.approx(slow_cone(one, point[0]), abs=1e-6)
        assert left == pytest.approx(slow_cone(one, point[0] * [1, 1, -1]), abs=1e-6)
