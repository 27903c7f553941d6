"""Slow twins of the loops over pixels that are not triangles."""

import math

import numpy as np
import pytest

from pardine.simulate.camera import lens
from pardine.simulate.camera.fur import comb
from pardine.simulate.camera.hide import Lit, marking_share
from pardine.simulate.camera.models import CAMERA_MODELS
from pardine.simulate.camera.sensor import develop, exposure_gain, jpeg_bytes, jpeg_picture, vignette
from pardine.simulate.camera.shadow_map import light_axes, lit_share
from pardine.simulate.camera.standing import station_axes
from pardine.simulate.scene.noise import value_noise


def test_share_of_light_equals_its_slow_twin(rng):
    towards = np.array([0.3, 0.8, -0.5])
    axes, corner, per_m = light_axes(towards / np.linalg.norm(towards)), np.array([-1.0, -1.5]), 10.0
    nearest = np.where(rng.random((30, 25)) < 0.5, np.inf, rng.uniform(-2, 2, (30, 25))).astype(np.float32)
    for point in rng.uniform(-2.5, 2.5, (200, 3)):
        across = (axes @ point)[:2] - corner
        column, row = (math.floor(v * per_m + 0.5) for v in across)
        light = 0
        for i in (column - 1, column, column + 1):
            for j in (row - 1, row, row + 1):
                outside = not (0 <= i < 25 and 0 <= j < 30)
                light += outside or nearest[j, i] > (axes @ point)[2] - 0.02
        fast = lit_share(nearest, axes, corner, per_m, *point, 0.02)
        if -1 <= across[0] * per_m <= 25 and -1 <= across[1] * per_m <= 30:
            assert fast == pytest.approx(light / 9)
        else:
            assert fast == 1.0


def test_light_axes_are_upright_to_each_other():
    axes = light_axes(np.array([0.0, 1.0, 0.0]))
    assert np.allclose(axes @ axes.T, np.eye(3)) and np.allclose(axes[2], [0, -1, 0])


def test_hair_carries_colour_from_its_root(rng):
    h, w = 12, 16
    alpha = np.zeros((h, w), np.float32)
    alpha[3:9, 3:10] = 1
    radiance = (rng.random((h, w, 3)) * alpha[..., None]).astype(np.float32)
    flow = (np.array([4.0, 1.5]) * alpha[..., None]).astype(np.float32)
    lit = Lit(radiance, alpha, flow, np.zeros((h, w), np.float32))
    out, coverage, deep = comb(lit, 0.5 * alpha, reach_px=3, seed=8)
    # Twin at one pixel beyond the outline, to which a hair of the animal reaches.
    x, y = 11, 6
    assert alpha[y, x] == 0 and deep[y, x] == 0.5
    length = math.hypot(4.0, 1.5)
    ax, ay = 4 / length, 1.5 / length
    across, along = ax * y - ay * x, ax * x + ay * y
    strand = value_noise(across, along / 7, 0.3, 8)
    lock = value_noise(across / 3.5, along / 16, 7.3, 9)
    back = 0.6 * (0.6 * strand + 0.4 * lock)
    px, py = x - 4 * back, y - 1.5 * back
    i, j, p, q = int(px), int(py), px % 1, py % 1
    weights = [
        ((1 - p) * (1 - q), j, i),
        (p * (1 - q), j, i + 1),
        ((1 - p) * q, j + 1, i),
        (p * q, j + 1, i + 1),
    ]
    assert coverage[y, x] == pytest.approx(sum(k * alpha[a, b] for k, a, b in weights), abs=1e-5)
    expected = (0.78 + 0.44 * strand) * sum(k * radiance[a, b] for k, a, b in weights)
    assert out[y, x] == pytest.approx(expected, abs=1e-5)


def test_marks_have_a_soft_edge_of_stated_width():
    shares = [marking_share(f, 0.004) for f in (-0.01, -0.002, 0.0, 0.002, 0.01)]
    assert shares == pytest.approx([0, 0, 0.5, 1, 1])


def test_animals_mirror_into_the_station_frame():
    axes = station_axes(0.0)
    assert np.allclose(axes, [[1, 0, 0], [0, 1, 0], [0, 0, -1]])  # right side towards slot A
    assert np.linalg.det(station_axes(1.1)) == pytest.approx(-1)


def test_blur_by_distance_is_that_of_a_thin_lens():
    assert lens.blur_of_distance_px(lens.FOCUS_M, 2500) == pytest.approx(0)
    near = lens.blur_of_distance_px(1.0, 2500)
    assert near == pytest.approx(lens.APERTURE_M * 2500 * (1 - 1 / lens.FOCUS_M))


def test_streak_keeps_light_and_spreads_along_the_way():
    point = np.zeros((41, 61), np.float32)
    point[20, 30] = 1
    out = lens.streak(point, np.array([12.0, 0.0]))
    assert out.sum() == pytest.approx(1, abs=1e-4)
    assert (out[20] > 0.01).sum() >= 12 and out[18].sum() < 0.01
    assert lens.streak(point, np.array([0.3, 0.0])) is point


def test_way_over_the_picture_is_projected():
    way = lens.movement_px(
        np.array([1.0, 0, 0]), np.array([0, 0.5, 4.0]), 0.02, np.eye(3), np.array([0, 0.5, 0]), 2000.0
    )
    assert way == pytest.approx([10.0, 0.0])


def test_developing_brightens_with_light_and_only_noise_differs():
    camera = CAMERA_MODELS["ridge-hd"].resized(160)
    shape = (camera.height_px, camera.width_px)
    steps = []
    for level in (0.02, 0.1, 0.5, 3.0):
        for infrared in (False, True):
            light = np.full(shape if infrared else (*shape, 3), level, np.float32)
            picture = develop(
                light,
                camera,
                np.random.default_rng(1),
                gain=1.0,
                balance=np.ones(3),
                noise=1.0,
                infrared=infrared,
            )
            steps.append(picture[30:60, 60:100].mean())
    assert steps[::2] == sorted(steps[::2]) and steps[1::2] == sorted(steps[1::2])
    assert steps[-1] > 230 and steps[0] < 60


def test_meter_brings_dim_and_bright_to_the_same_grey():
    scene = np.random.default_rng(1).gamma(2, 0.1, (200, 300, 3)).astype(np.float32)
    assert exposure_gain(scene * 0.1, bias=1.0) == pytest.approx(
        10 * exposure_gain(scene, bias=1.0), rel=0.01
    )


def test_corners_are_darker():
    camera = CAMERA_MODELS["ridge-43"].resized(200)
    kept = vignette(camera)
    assert kept.max() == pytest.approx(1, abs=1e-3) and kept[0, 0] < 0.8
    assert np.allclose(kept, kept[::-1, ::-1], atol=1e-5)


def test_compression_round_trip():
    picture = np.zeros((40, 60, 3), np.uint8)
    picture[:, 30:] = (200, 40, 10)
    back = jpeg_picture(jpeg_bytes(picture, 90))
    assert np.abs(back[5:-5, 35:-5].astype(int) - [200, 40, 10]).max() < 12
    with pytest.raises(ValueError, match="JPEG"):
        jpeg_picture(b"no")
