import numpy as np
import pytest

from pardine.simulate.camera.geometry import CAMERA_HEIGHT_M, slot_view
from pardine.simulate.camera.models import CAMERA_MODELS

CAMERA = CAMERA_MODELS["scout-black-bar"].resized(640)


def view_of(is_b, deployment=0):
    return slot_view(CAMERA, is_b=is_b, across_m=7.0, ground_m=0.3, seed=9, deployment=deployment)


def test_rays_undo_projection(rng):
    view, rays = view_of(False), view_of(False).rays()
    rows, columns = rng.integers(0, view.height_px, 200), rng.integers(0, view.width_px, 200)
    depth = rng.uniform(0.5, 30, 200)
    points = view.position_m + rays[rows, columns] * depth[:, None]
    screen = view.project(points)
    assert screen[:, 0] == pytest.approx(columns, abs=0.02)
    assert screen[:, 1] == pytest.approx(rows, abs=0.02)
    assert 1 / screen[:, 2] == pytest.approx(depth, rel=1e-4)


def test_cameras_hang_low_and_look_at_each_other():
    a, b = view_of(False), view_of(True)
    for view in (a, b):
        assert view.position_m[1] - 0.3 == pytest.approx(CAMERA_HEIGHT_M, abs=0.15)
        assert np.allclose(view.axes @ view.axes.T, np.eye(3), atol=1e-9)
    assert a.axes[2] @ b.axes[2] < -0.9
    assert a.axes[0, 0] > 0.95 and b.axes[0, 0] < -0.95  # right of A is left of B
    assert a.axes[1, 1] > 0.95 and b.axes[1, 1] > 0.95
    assert a.project(b.position_m[None])[0, 2] > 0


def test_points_behind_are_not_seen():
    view = view_of(False)
    behind = view.position_m - view.axes[2] * np.array([[0.5], [3.0]])
    assert (view.project(behind)[:, 2] == 0).all()


def test_a_new_deployment_moves_the_aim_a_little():
    first, again, next_ = view_of(False), view_of(False), view_of(False, 1)
    assert np.array_equal(first.axes, again.axes)
    turn = np.degrees(np.arccos(first.axes[2] @ next_.axes[2]))
    assert 0 < turn < 5


def test_resizing_keeps_the_picture():
    big, small = CAMERA_MODELS["ridge-hd"], CAMERA_MODELS["ridge-hd"].resized(320)
    assert (small.width_px, small.height_px) == (320, 180)
    assert small.focal_px / small.width_px == pytest.approx(big.focal_px / big.width_px)
    assert small.top_bar_px == round(big.top_bar_px / 6)
    with pytest.raises(ValueError, match="width_px"):
        big.resized(4)
