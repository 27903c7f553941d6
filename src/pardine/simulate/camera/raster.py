"""Triangles to pixels: nearest surface at each pixel centre, with weights that are right in perspective."""

from __future__ import annotations

import math

import numpy as np

from pardine.base.compiled import compiled
from pardine.simulate.scene.arrays import FloatArray, IntArray


@compiled
def draw_triangles(
    screen: FloatArray,
    faces: IntArray,
    inverse_depth: FloatArray,
    triangle: IntArray,
    weight_1: FloatArray,
    weight_2: FloatArray,
    first: int,
) -> None:
    """Draw into four (H, W) buffers what is nearer than what they hold.

    Parameters
    ----------
    screen : (V, 3) float32
        Column and row of each vertex (pixel centres at whole numbers) and 1/depth; depth not positive
        means behind the camera, and its triangles are left out.
    faces : (F, 3) int32
    inverse_depth : (H, W) float32
        0 where empty; larger is nearer.
    triangle : (H, W) int32
        Gets ``first`` plus the row of the triangle seen.
    weight_1, weight_2 : (H, W) float32
        Weights of the triangle's second and third corner at the point seen.
    """
    height, width = inverse_depth.shape
    for t in range(len(faces)):
        a, b, c = faces[t, 0], faces[t, 1], faces[t, 2]
        ia, ib, ic = screen[a, 2], screen[b, 2], screen[c, 2]
        if ia <= 0 or ib <= 0 or ic <= 0:
            continue
        x0, y0 = screen[a, 0], screen[a, 1]
        x1, y1 = screen[b, 0], screen[b, 1]
        x2, y2 = screen[c, 0], screen[c, 1]
        low_x, high_x = min(x0, x1, x2), max(x0, x1, x2)
        low_y, high_y = min(y0, y1, y2), max(y0, y1, y2)
        if high_x < 0 or high_y < 0 or low_x > width - 1 or low_y > height - 1:
            continue
        area = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
        if area == 0:
            continue
        scale = 1.0 / area
        for y in range(max(0, math.ceil(low_y)), min(height - 1, math.floor(high_y)) + 1):
            for x in range(max(0, math.ceil(low_x)), min(width - 1, math.floor(high_x)) + 1):
                w1 = ((x - x0) * (y2 - y0) - (x2 - x0) * (y - y0)) * scale
                w2 = ((x1 - x0) * (y - y0) - (x - x0) * (y1 - y0)) * scale
                w0 = 1 - w1 - w2
                if w0 < -1e-6 or w1 < -1e-6 or w2 < -1e-6:
                    continue
                nearness = w0 * ia + w1 * ib + w2 * ic
                if nearness > inverse_depth[y, x]:
                    inverse_depth[y, x] = nearness
                    triangle[y, x] = first + t
                    weight_1[y, x] = w1 * ib / nearness
                    weight_2[y, x] = w2 * ic / nearness


@compiled
def draw_depth(screen: FloatArray, faces: IntArray, nearest: FloatArray) -> None:
    """Smallest third coordinate of each pixel, for shadow maps; linear over the triangle.

    Parameters
    ----------
    screen : (V, 3) float32
        Column, row, and distance along the light.
    nearest : (H, W) float32
        Distance of the first surface that the light meets; start with infinity.
    """
    height, width = nearest.shape
    for t in range(len(faces)):
        a, b, c = faces[t, 0], faces[t, 1], faces[t, 2]
        x0, y0 = screen[a, 0], screen[a, 1]
        x1, y1 = screen[b, 0], screen[b, 1]
        x2, y2 = screen[c, 0], screen[c, 1]
        low_x, high_x = min(x0, x1, x2), max(x0, x1, x2)
        low_y, high_y = min(y0, y1, y2), max(y0, y1, y2)
        if not (high_x >= 0 and high_y >= 0 and low_x <= width - 1 and low_y <= height - 1):
            continue
        area = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
        if area == 0:
            continue
        for y in range(max(0, math.ceil(low_y)), min(height - 1, math.floor(high_y)) + 1):
            for x in range(max(0, math.ceil(low_x)), min(width - 1, math.floor(high_x)) + 1):
                w1 = ((x - x0) * (y2 - y0) - (x2 - x0) * (y - y0)) / area
                w2 = ((x1 - x0) * (y - y0) - (x - x0) * (y1 - y0)) / area
                w0 = 1 - w1 - w2
                if w0 < -1e-6 or w1 < -1e-6 or w2 < -1e-6:
                    continue
                distance = w0 * screen[a, 2] + w1 * screen[b, 2] + w2 * screen[c, 2]
                if distance < nearest[y, x]:
                    nearest[y, x] = distance


def empty_buffers(height: int, width: int) -> tuple[FloatArray, IntArray, FloatArray, FloatArray]:
    """Buffers of :func:`draw_triangles` with nothing in them: nearness 0, triangle -1."""
    return (
        np.zeros((height, width), np.float32),
        np.full((height, width), -1, np.int32),
        np.zeros((height, width), np.float32),
        np.zeros((height, width), np.float32),
    )
