"""Shadows of animals: on themselves, on each other, on the ground; from sun, flash and open sky."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from pardine.simulate.camera.geometry import View
from pardine.simulate.camera.raster import draw_depth
from pardine.simulate.camera.shadow_map import ShadowMap, light_axes
from pardine.simulate.camera.standing import Herd
from pardine.simulate.scene.arrays import FloatArray

_CELL_M = 0.006
_SKY_CELL_M = 0.02
LAMP_ABOVE_LENS_M = 0.06


def shadow_of(herd: Herd, towards: FloatArray) -> ShadowMap:
    """Shadow map of all animals for a lamp far away in direction ``towards`` (3,)."""
    axes = light_axes(towards)
    seen = herd.vertices_m @ axes.T.astype(np.float32)
    corner = seen[:, :2].min(0) - 0.05
    span = seen[:, :2].max(0) + 0.05 - corner
    per_m = 1 / max(_CELL_M, float(span.max()) / 900)
    shape = (int(span[1] * per_m) + 2, int(span[0] * per_m) + 2)
    screen = seen.copy()
    screen[:, :2] = (seen[:, :2] - corner) * np.float32(per_m)
    nearest = np.full(shape, np.inf, np.float32)
    draw_depth(screen, herd.faces, nearest)
    return ShadowMap(nearest, axes, corner.astype(np.float64), per_m)


@dataclass(frozen=True, eq=False)
class SkyShade:
    """How much open sky the animals take from the ground below them.

    Attributes
    ----------
    shade : (N, M) float32
        Share taken, 0 to 1, by position (z, x).
    corner : (2,)
        x and z of the first cell.
    ground_m : float
        Height of the ground there.
    """

    shade: FloatArray
    corner: FloatArray
    ground_m: float


EMPTY_SKY_SHADE = SkyShade(np.zeros((1, 1), np.float32), np.full(2, 1e6), 0.0)


def sky_shade_of(herd: Herd) -> SkyShade:
    """Dark below paws, soft below the body: from the height of the animals above each patch of ground."""
    margin = 0.5
    low = herd.vertices_m[:, [0, 2]].min(0) - margin
    span = herd.vertices_m[:, [0, 2]].max(0) + margin - low
    shape = (int(span[1] / _SKY_CELL_M) + 1, int(span[0] / _SKY_CELL_M) + 1)
    ground = float(np.quantile(herd.vertices_m[:, 1], 0.002))
    screen = np.stack(
        [
            (herd.vertices_m[:, 0] - low[0]) / _SKY_CELL_M,
            (herd.vertices_m[:, 2] - low[1]) / _SKY_CELL_M,
            herd.vertices_m[:, 1] - ground,
        ],
        1,
    ).astype(np.float32)
    lowest = np.full(shape, np.inf, np.float32)
    draw_depth(screen, herd.faces, lowest)
    feet = cv2.GaussianBlur(np.exp(-np.maximum(lowest, 0) / 0.035).astype(np.float32), (0, 0), 1.2)
    body = cv2.GaussianBlur(np.exp(-np.maximum(lowest, 0) / 0.45).astype(np.float32), (0, 0), 7.0)
    shade = 1 - (1 - 0.75 * np.minimum(1, 1.3 * feet)) * (1 - 0.75 * np.minimum(1, body))
    return SkyShade(shade.astype(np.float32), low.astype(np.float64), ground)


def lamp_view(view: View) -> View:
    """The flash as an eye: a little above the lens, at half the picture's resolution."""
    lamp = view.position_m + view.axes[1] * LAMP_ABOVE_LENS_M
    return replace(
        view,
        position_m=lamp,
        focal_px=view.focal_px / 2,
        centre_px=((view.width_px // 2 - 1) / 2, (view.height_px // 2 - 1) / 2),
        distortion=0.0,
        radius_px=view.radius_px / 2,
        width_px=view.width_px // 2,
        height_px=view.height_px // 2,
    )


def flash_depth(herd: Herd, lamp: View) -> FloatArray:
    """Depth of the first animal that the flash meets, (H/2, W/2) float32, infinite where none."""
    screen = lamp.project(herd.vertices_m)
    in_front = screen[:, 2] > 0
    screen[:, 2] = np.where(in_front, 1 / np.where(in_front, screen[:, 2], 1), 0)
    usable = in_front[herd.faces].all(1)
    nearest = np.full((lamp.height_px, lamp.width_px), np.inf, np.float32)
    draw_depth(screen, herd.faces[usable], nearest)
    return nearest
