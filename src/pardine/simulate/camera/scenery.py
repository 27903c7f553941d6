"""Light on the empty station for one instant: sun or flash, sky, shadows of the animals, fog."""

from __future__ import annotations

import math

import numpy as np

from pardine.base.compiled import compiled
from pardine.simulate.camera.backdrop import Backdrop
from pardine.simulate.camera.geometry import View
from pardine.simulate.camera.shadow_map import ShadowMap, lit_share
from pardine.simulate.camera.shadows import SkyShade
from pardine.simulate.scene.arrays import ByteArray, FloatArray

SUN_UNIT = 160.0
"""What a stored sun value of full light is; see :meth:`Backdrop.sun`."""


def daylight(
    empty: Backdrop,
    sun_on: ByteArray,
    *,
    sun: FloatArray,
    sky: FloatArray,
    cloud: float,
    visibility_m: float,
    shadow: ShadowMap,
    sky_shade: SkyShade,
) -> FloatArray:
    """Radiance (H, W, 3) float32, linear, of the station by day.

    Parameters
    ----------
    sun_on : (H, W) uint8
        From :meth:`Backdrop.sun`.
    sun, sky : (3,)
        Colours of both lights.
    cloud, visibility_m
        State of the air.
    shadow, sky_shade
        Of the animals.
    """
    out = np.empty((*empty.inverse_depth.shape, 3), np.float32)
    _daylight(
        empty.albedo, empty.inverse_depth, empty.rays, empty.openness, sun_on, empty.view.position_m,
        sun.astype(np.float64), sky.astype(np.float64), cloud, 1 / visibility_m,
        shadow.nearest, shadow.axes, shadow.corner, shadow.cells_per_m,
        sky_shade.shade, sky_shade.corner, sky_shade.ground_m, out,
    )  # fmt: skip
    return out


@compiled
def taken_sky(shade: FloatArray, corner: FloatArray, ground_m: float, x: float, y: float, z: float) -> float:
    """Share of the sky that animals take from a point of the ground, 0 to 1."""
    i, j = int((x - corner[0]) / 0.02 + 0.5), int((z - corner[1]) / 0.02 + 0.5)
    if i < 0 or j < 0 or j >= shade.shape[0] or i >= shade.shape[1]:
        return 0.0
    above = y - ground_m
    return float(shade[j, i]) * max(0.0, 1 - max(0.0, above) / 0.25)


@compiled
def _daylight(
    albedo: ByteArray, nearness: FloatArray, rays: FloatArray, openness: ByteArray, sun_on: ByteArray,
    camera: FloatArray, sun: FloatArray, sky: FloatArray, cloud: float, fog_per_m: float,
    shadow: FloatArray, axes: FloatArray, corner: FloatArray, per_m: float,
    shade: FloatArray, shade_corner: FloatArray, ground_m: float, out: FloatArray,
) -> None:  # fmt: skip
    height, width = nearness.shape
    reflectance = (np.arange(256) / 255.0) ** 2
    mean_sky = (sky[0] + sky[1] + sky[2]) / 3
    for r in range(height):
        for c in range(width):
            n = nearness[r, c]
            if n <= 0:
                clouds = min(1.0, reflectance[albedo[r, c, 0]] * (0.3 + cloud) + 1.1 * cloud * cloud)
                up = max(0.0, rays[r, c, 1])
                pale = math.exp(-3.5 * up)
                for k in range(3):
                    blue = sky[k] * (0.75 + 0.5 * pale) * (1.25, 1.1, 1.0)[k] ** pale * (0.55, 0.8, 1.15)[k]
                    out[r, c, k] = blue * (1 - clouds) + (1.1 * sky[k] + 0.35 * sun[k]) * clouds
                continue
            depth = 1 / n
            x = camera[0] + rays[r, c, 0] * depth
            y = camera[1] + rays[r, c, 1] * depth
            z = camera[2] + rays[r, c, 2] * depth
            direct = sun_on[r, c] / 160.0
            if direct > 0 and depth < 40:
                direct *= lit_share(shadow, axes, corner, per_m, x, y, z, 0.02)
            open_ = openness[r, c] / 255.0
            if depth < 15:
                open_ *= 1 - taken_sky(shade, shade_corner, ground_m, x, y, z)
            haze = 1 - math.exp(-depth * (3 * fog_per_m + 0.0006))
            for k in range(3):
                lit = reflectance[albedo[r, c, k]] * (sun[k] * direct + sky[k] * open_)
                veil = 0.75 * mean_sky + 0.10 * sky[k] + 0.08 * sun[k]
                out[r, c, k] = lit * (1 - haze) + haze * veil


def flashlight(
    empty: Backdrop, *, power: float, infrared: bool, lamp: View, nearest: FloatArray, visibility_m: float
) -> FloatArray:
    """Radiance by night: (H, W) float32 under infrared, (H, W, 3) under a white flash.

    Parameters
    ----------
    power
        Of the flash; 0 when it is dead.
    lamp, nearest
        From :func:`~pardine.simulate.camera.shadows.lamp_view` and ``flash_depth``.
    """
    out = np.empty((*empty.inverse_depth.shape, 1 if infrared else 3), np.float32)
    _flashlight(
        empty.albedo, empty.inverse_depth, empty.rays, empty.flash, empty.view.position_m, lamp.position_m,
        np.ascontiguousarray(lamp.axes), lamp.focal_px, lamp.centre_px[0], lamp.centre_px[1], nearest,
        power, 1 / visibility_m, 3 if infrared else 0, out,
    )  # fmt: skip
    return out[..., 0] if infrared else out


@compiled
def _flashlight(
    albedo: ByteArray, nearness: FloatArray, rays: FloatArray, flash: FloatArray, camera: FloatArray,
    lamp: FloatArray, axes: FloatArray, focal_px: float, centre_x: float, centre_y: float,
    nearest: FloatArray, power: float, fog_per_m: float, first: int, out: FloatArray,
) -> None:  # fmt: skip
    height, width = nearness.shape
    rows, columns = nearest.shape
    n_channels = out.shape[2]
    reflectance = (np.arange(256) / 255.0) ** 2
    for r in range(height):
        for c in range(width):
            n = nearness[r, c]
            if n <= 0:
                for k in range(n_channels):
                    out[r, c, k] = 0.02 * power * fog_per_m
                continue
            depth = 1 / n
            light = power * flash[r, c]
            dx = camera[0] + rays[r, c, 0] * depth - lamp[0]
            dy = camera[1] + rays[r, c, 1] * depth - lamp[1]
            dz = camera[2] + rays[r, c, 2] * depth - lamp[2]
            w = axes[2, 0] * dx + axes[2, 1] * dy + axes[2, 2] * dz
            if w > 0.2:
                u = int(centre_x + focal_px * (axes[0, 0] * dx + axes[0, 1] * dy + axes[0, 2] * dz) / w + 0.5)
                v = int(centre_y - focal_px * (axes[1, 0] * dx + axes[1, 1] * dy + axes[1, 2] * dz) / w + 0.5)
                if 0 <= u < columns and 0 <= v < rows and nearest[v, u] < w - 0.04:
                    light *= 0.25
            mist = 0.35 * power * (1 - math.exp(-3 * depth * fog_per_m)) / (1 + depth)
            for k in range(n_channels):
                out[r, c, k] = (
                    reflectance[albedo[r, c, first + k]] * light * math.exp(-3 * depth * fog_per_m) + mist
                )
