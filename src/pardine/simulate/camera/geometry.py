"""Where a camera of a station hangs, and where a point of the station falls in its picture."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from pardine.base.randomness import stream
from pardine.simulate.camera.models import CameraModel
from pardine.simulate.scene.arrays import FloatArray

CAMERA_HEIGHT_M = 0.45
_NEAREST_M = 0.12


@dataclass(frozen=True, eq=False)
class View:
    """A camera in the station frame.

    Attributes
    ----------
    position_m : (3,)
        Lens.
    axes : (3, 3)
        Rows: right, up and forward of the camera, in station coordinates.
    focal_px, centre_px
        Projection before distortion.
    distortion, radius_px
        Radial distortion ``1 + distortion * (r / radius_px)^2`` of the undistorted radius.
    width_px, height_px
        Size of the picture.
    """

    position_m: FloatArray
    axes: FloatArray
    focal_px: float
    centre_px: tuple[float, float]
    distortion: float
    radius_px: float
    width_px: int
    height_px: int

    def camera_frame(self, points_m: FloatArray) -> FloatArray:
        """Station points (..., 3) in the camera frame (right, up, forward)."""
        return np.asarray((points_m - self.position_m) @ self.axes.T, dtype=np.float32)

    def project(self, points_m: FloatArray) -> FloatArray:
        """Column, row and 1/depth of station points; 1/depth is 0 behind or against the lens.

        Parameters
        ----------
        points_m : (N, 3) array

        Returns
        -------
        (N, 3) float32 array
        """
        local = self.camera_frame(points_m)
        depth = local[:, 2]
        seen = depth > _NEAREST_M
        inverse = np.where(seen, 1 / np.where(seen, depth, 1), 0)
        u, v = self.focal_px * local[:, 0] * inverse, -self.focal_px * local[:, 1] * inverse
        # Far outside the frame the polynomial turns back; held there, nothing returns into view.
        squared = np.minimum((u * u + v * v) / self.radius_px**2, 3.0)
        k = 1 + self.distortion * squared
        columns, rows = self.centre_px
        return np.stack([columns + u * k, rows + v * k, inverse], 1).astype(np.float32)

    def rays(self) -> FloatArray:
        """Direction (H, W, 3) float32 seen by each pixel, station frame, with forward part 1.

        A point seen is ``position + ray * depth``.
        """
        column, row = np.meshgrid(
            np.arange(self.width_px) - self.centre_px[0], np.arange(self.height_px) - self.centre_px[1]
        )
        k = _undistortion(np.hypot(column, row) / self.radius_px, self.distortion)
        x, y = column * k / self.focal_px, -row * k / self.focal_px
        local = np.stack([x, y, np.ones_like(x)], -1).astype(np.float32)
        return np.asarray(local @ self.axes.astype(np.float32))


def _undistortion(radius: FloatArray, distortion: float) -> FloatArray:
    """Factor from distorted to undistorted radius, by Newton's method."""
    undistorted = np.array(radius, dtype=np.float64)
    for _ in range(6):
        excess = undistorted * (1 + distortion * undistorted**2) - radius
        undistorted -= excess / (1 + 3 * distortion * undistorted**2)
    return np.asarray(np.divide(undistorted, radius, out=np.ones_like(undistorted), where=radius > 0))


def slot_view(
    camera: CameraModel, *, is_b: bool, across_m: float, ground_m: float, seed: int, deployment: int
) -> View:
    """Camera of slot A (at the origin, looking along z) or B (across the trail, looking back).

    Parameters
    ----------
    across_m
        Distance between the two cameras.
    ground_m
        Height of the ground below this camera.
    seed, deployment
        Of the aim: each mounting points a little elsewhere.
    """
    rng = stream(seed, "camera aim", int(is_b), deployment)
    fixed = stream(seed, "camera mount", int(is_b))
    yaw = math.radians(fixed.normal(0, 4.0) + rng.normal(0, 0.8)) + (math.pi if is_b else 0.0)
    pitch = math.radians(fixed.uniform(-4.0, 2.5) + rng.normal(0, 0.5))
    roll = math.radians(fixed.normal(0, 1.2) + rng.normal(0, 0.4))
    forward = np.array([math.sin(yaw) * math.cos(pitch), math.sin(pitch), math.cos(yaw) * math.cos(pitch)])
    level = np.array([math.cos(yaw), 0.0, -math.sin(yaw)])
    upright = np.cross(forward, level)  # x right, y up, z forward is left-handed: z cross x is up
    right = math.cos(roll) * level + math.sin(roll) * upright
    up = np.cross(forward, right)
    height = CAMERA_HEIGHT_M + float(fixed.normal(0, 0.03))
    return View(
        position_m=np.array([0.0, ground_m + height, across_m if is_b else 0.0]),
        axes=np.stack([right, up, forward]),
        focal_px=camera.focal_px,
        centre_px=((camera.width_px - 1) / 2, (camera.height_px - 1) / 2),
        distortion=camera.distortion,
        radius_px=camera.width_px / 2,
        width_px=camera.width_px,
        height_px=camera.height_px,
    )
