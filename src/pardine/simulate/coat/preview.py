"""A plain picture of a body and its coat, without scene or camera: to judge shapes and patterns by eye.

Orthographic, lit from above by one light: a developer's tool. Photographs come from the simulated camera.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

Float32Array = NDArray[np.float32]
BACKGROUND = 0.30
LIGHT = (0.25, 0.85, 0.45)  # in the frame of the view: right, up, towards the viewer


@njit(cache=True)
def _draw(
    screen: Float32Array,
    faces: NDArray[np.int32],
    light: Float32Array,
    colour: Float32Array,
    mark: Float32Array,
    mark_colour: Float32Array,
    image: Float32Array,
    depth: Float32Array,
) -> None:
    height, width = depth.shape
    for t in range(faces.shape[0]):
        a, b, c = faces[t]
        x0, y0, x1, y1, x2, y2 = (
            screen[a, 0],
            screen[a, 1],
            screen[b, 0],
            screen[b, 1],
            screen[c, 0],
            screen[c, 1],
        )
        area = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
        if area >= 0.0:  # rows of an image run down: triangles that face the viewer turn clockwise
            continue
        for row in range(
            max(0, math.ceil(min(y0, y1, y2))), min(height - 1, math.floor(max(y0, y1, y2))) + 1
        ):
            for column in range(
                max(0, math.ceil(min(x0, x1, x2))), min(width - 1, math.floor(max(x0, x1, x2))) + 1
            ):
                w1 = ((column - x0) * (y2 - y0) - (x2 - x0) * (row - y0)) / area
                w2 = ((x1 - x0) * (row - y0) - (column - x0) * (y1 - y0)) / area
                w0 = 1.0 - w1 - w2
                if w0 < 0.0 or w1 < 0.0 or w2 < 0.0:
                    continue
                near = w0 * screen[a, 2] + w1 * screen[b, 2] + w2 * screen[c, 2]
                if near <= depth[row, column]:
                    continue
                depth[row, column] = near
                dark = w0 * mark[a] + w1 * mark[b] + w2 * mark[c] > 0.0
                shade = w0 * light[a] + w1 * light[b] + w2 * light[c]
                for k in range(3):
                    plain = w0 * colour[a, k] + w1 * colour[b, k] + w2 * colour[c, k]
                    marked = w0 * mark_colour[a, k] + w1 * mark_colour[b, k] + w2 * mark_colour[c, k]
                    image[row, column, k] = (marked if dark else plain) * shade


def preview(
    vertices_m: Float32Array,
    faces: NDArray[np.int32],
    normals: Float32Array,
    *,
    base_rgb: Float32Array | None = None,
    mark: Float32Array | None = None,
    mark_rgb: Float32Array | None = None,
    yaw_deg: float = 0.0,
    pitch_deg: float = 0.0,
    pixels_per_m: float = 400.0,
    size: tuple[int, int] = (400, 640),
    centre_m: tuple[float, float, float] = (-0.1, 0.4, 0.0),
) -> NDArray[np.uint8]:
    """Picture (H, W, 3) of a body seen from afar.

    Parameters
    ----------
    yaw_deg
        0: from its right side, nose to the right; 90: from in front; -90: from behind; 180: its left.
    pitch_deg
        How far from above.
    """
    yaw, pitch = math.radians(yaw_deg), math.radians(pitch_deg)
    right = np.array([math.cos(yaw), 0.0, -math.sin(yaw)])
    towards_level = np.array([math.sin(yaw), 0.0, math.cos(yaw)])
    towards = math.cos(pitch) * towards_level + np.array([0.0, math.sin(pitch), 0.0])
    axes = np.stack([right, np.cross(towards, right), towards]).astype(np.float32)
    seen = (vertices_m - np.array(centre_m, dtype=np.float32)) @ axes.T
    height, width = size
    screen = np.column_stack(
        [width / 2 + pixels_per_m * seen[:, 0], height / 2 - pixels_per_m * seen[:, 1], seen[:, 2]]
    ).astype(np.float32)
    light_axis = np.array(LIGHT) / np.linalg.norm(LIGHT)
    facing = np.clip((normals @ axes.T) @ light_axis, 0.0, None)
    light = (0.42 + 0.16 * normals[:, 1] + 0.62 * facing).astype(np.float32)
    n = len(vertices_m)
    grey = np.full((n, 3), 0.45, dtype=np.float32)
    image = np.full((height, width, 3), BACKGROUND, dtype=np.float32)
    depth = np.full((height, width), -np.inf, dtype=np.float32)
    _draw(
        screen,
        faces,
        light,
        grey if base_rgb is None else base_rgb.astype(np.float32),
        np.full(n, -1.0, dtype=np.float32) if mark is None else mark.astype(np.float32),
        grey if mark_rgb is None else np.broadcast_to(mark_rgb, (n, 3)).astype(np.float32),
        image,
        depth,
    )
    return (255.0 * np.clip(image, 0.0, 1.0) ** (1 / 2.2) + 0.5).astype(np.uint8)
