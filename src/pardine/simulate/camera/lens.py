"""What the lens does: blur by distance and movement, dirt on the window; flakes in the air before it."""

from __future__ import annotations

import math
from itertools import pairwise

import cv2
import numpy as np

from pardine.simulate.scene.arrays import FloatArray

APERTURE_M = 0.0014
FOCUS_M = 4.5


def blur_of_distance_px(depth_m: float, focal_px: float) -> float:
    """Diameter of the disc that a point at this distance becomes, in pixels."""
    return APERTURE_M * focal_px * abs(1 / max(0.15, depth_m) - 1 / FOCUS_M)


def movement_px(
    velocity_m_s: FloatArray, centre_m: FloatArray, exposure_s: float, axes: FloatArray, camera_m: FloatArray,
    focal_px: float,
) -> FloatArray:  # fmt: skip
    """Way of an animal's middle over the picture during the exposure: columns and rows (2,)."""
    local, moved = axes @ (centre_m - camera_m), axes @ velocity_m_s * exposure_s
    depth = max(0.5, float(local[2]))
    return np.array(
        [
            focal_px * (moved[0] - moved[2] * local[0] / depth) / depth,
            -focal_px * (moved[1] - moved[2] * local[1] / depth) / depth,
        ]
    )


def streak(image: FloatArray, way_px: FloatArray) -> FloatArray:
    """Image blurred along a straight way; unchanged when it is shorter than a pixel."""
    length = float(np.hypot(*way_px))
    if length < 1.0:
        return image
    length = min(length, 121.0)
    half = math.ceil(length / 2)
    kernel = np.zeros((2 * half + 1, 2 * half + 1), np.float32)
    unit = way_px / np.hypot(*way_px)
    for t in np.linspace(-length / 2, length / 2, 4 * half + 1):
        x, y = half + t * unit[0], half + t * unit[1]
        i, j = int(x), int(y)
        p, q = x - i, y - j
        for dj, di, w in ((0, 0, (1 - p) * (1 - q)), (0, 1, p * (1 - q)), (1, 0, (1 - p) * q), (1, 1, p * q)):
            if j + dj < len(kernel) and i + di < len(kernel):
                kernel[j + dj, i + di] += w
    return np.asarray(cv2.filter2D(image, -1, kernel / kernel.sum()))


def soften(image: FloatArray, diameter_px: float) -> FloatArray:
    """Image through a disc of this diameter (as a normal curve of the same spread)."""
    sigma = diameter_px / 4
    return image if sigma < 0.25 else np.asarray(cv2.GaussianBlur(image, (0, 0), sigma))


def soften_by_depth(image: FloatArray, depth_m: FloatArray, focal_px: float) -> FloatArray:
    """Blur each point by its distance: blurred copies, mixed; what is near spreads over what is far.

    Parameters
    ----------
    image : (H, W) or (H, W, C) float32
    depth_m : (H, W) float32
        Infinite where there is sky.
    """
    spread = APERTURE_M * focal_px * np.abs(1 / np.maximum(depth_m, 0.2) - 1 / FOCUS_M) / 4
    near = np.where(depth_m < FOCUS_M, spread, 0).astype(np.float32)
    k = 2 * max(1, round(focal_px / 700)) + 1
    spread = np.maximum(np.where(depth_m < FOCUS_M, 0, spread), cv2.dilate(near, np.ones((k, k), np.uint8)))
    levels = (0.0, 0.7, 1.8, 4.5)
    out = image
    for low, high in pairwise(levels):
        if not (spread > low).any():
            break
        share = np.clip((spread - low) / (high - low), 0, 1).astype(np.float32)
        blurred = cv2.GaussianBlur(image, (0, 0), high)
        out = out + (blurred - out) * (share[..., None] if image.ndim == 3 else share)
    return np.asarray(out, np.float32)


def flakes(
    rng: np.random.Generator, height: int, width: int, *, snowfall: float, flash: bool, exposure_s: float
) -> FloatArray:
    """Brightness (H, W) float32 that falling snow adds: streaks by day, glaring discs near a flash."""
    layer = np.zeros((height, width), np.float32)
    n = rng.poisson(snowfall * (220 if flash else 900))
    nearest = 0.3 if flash else 0.9
    depth = nearest * (10 / nearest) ** rng.random(n)
    for i in range(n):
        size = 0.0035 * width / depth[i] * rng.uniform(0.4, 1.3)
        blur = abs(1 / depth[i] - 1 / FOCUS_M) * width * 0.0009
        radius = max(0.6, 0.5 * size + blur)
        if radius > 0.05 * width:
            continue
        bright = (2.2 / (depth[i] ** 1.4) if flash else 0.55) * min(1.0, (0.5 * size / radius) ** 1.2 + 0.04)
        fall = 0.0 if flash else 0.9 * exposure_s * width / depth[i]
        x, y = rng.uniform(0, width), rng.uniform(0, height)
        end = (round((x + 0.3 * fall) * 8), round((y + fall) * 8))
        cv2.line(
            layer, (round(x * 8), round(y * 8)), end, float(min(bright, 3.0)), max(1, round(2 * radius)),
            cv2.LINE_AA, 3,
        )  # fmt: skip
    return np.asarray(cv2.GaussianBlur(layer, (0, 0), max(0.6, width / 1600)))


def window(
    image: FloatArray, rng: np.random.Generator, *, condensation: float, lens_snow: float
) -> FloatArray:
    """Picture (H, W, 3) through a fogged or snowed-up window."""
    height, width = image.shape[:2]
    grid_y, grid_x = np.mgrid[0:height, 0:width].astype(np.float32) / width
    out = image
    if condensation > 0:
        x, y, reach = rng.uniform(0.2, 0.8), rng.uniform(0.1, 0.5), rng.uniform(0.25, 0.6)
        spot = np.exp(-(((grid_x - x) ** 2 + (grid_y - y) ** 2) / reach**2))
        share = np.clip(condensation * (0.35 + 0.9 * spot), 0, 0.96)[..., None].astype(np.float32)
        # Blurred at a quarter of the size: nothing fine is left in it.
        small = cv2.resize(out, (width // 4, height // 4), interpolation=cv2.INTER_AREA)
        veil = cv2.resize(cv2.GaussianBlur(small, (0, 0), max(0.8, width / 160)), (width, height))
        mean = float(out.mean())
        out = out * (1 - share) + (0.75 * veil + 0.35 * mean) * share
    if lens_snow > 0:
        edge = np.zeros((height, width), np.float32)
        for _ in range(int(3 + 12 * lens_snow)):
            centre = (int(rng.uniform(0, width)), int(height * (1 - 0.5 * lens_snow * rng.random() ** 2)))
            cv2.circle(edge, centre, int(width * rng.uniform(0.03, 0.12)), 1.0, -1)
        share = np.clip(cv2.GaussianBlur(edge, (0, 0), width / 70) * (0.5 + lens_snow), 0, 0.95)[..., None]
        out = out * (1 - share) + float(out.mean()) * 1.9 * share
    return np.asarray(out, np.float32)
