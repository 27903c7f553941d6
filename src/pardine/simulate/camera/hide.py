"""Light on the animals: markings at pixel sharpness, relief, sun with self-shadow, sky, flash, eye shine."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from pardine.base.compiled import compiled
from pardine.simulate.camera.raster import draw_triangles, empty_buffers
from pardine.simulate.camera.shadow_map import ShadowMap, lit_share
from pardine.simulate.camera.standing import Herd
from pardine.simulate.scene.arrays import FloatArray, IntArray
from pardine.simulate.scene.light import canopy_light
from pardine.simulate.scene.noise import noise_slope, octaves, value_noise

# Of the length of the hair: how far clumps carry an edge, and how soft it is; share that tips veil.
CLUMPING, EDGE_SOFTNESS, VEIL = 0.5, 0.10, 0.45


@dataclass(frozen=True, eq=False)
class Patch:
    """Animals drawn into a part of the picture, finer than its pixels where they are small.

    Attributes
    ----------
    left, top
        Column and row of the picture's pixel at the patch's corner.
    fine
        Patch pixels a picture pixel, along each axis.
    inverse_depth, triangle, weight_1, weight_2 : (h, w)
        As :func:`~pardine.simulate.camera.raster.draw_triangles` gives them.
    """

    left: int
    top: int
    fine: int
    inverse_depth: FloatArray
    triangle: IntArray
    weight_1: FloatArray
    weight_2: FloatArray


def draw_patch(
    herd: Herd, screen: FloatArray, *, width_px: int, height_px: int, margin_px: int
) -> Patch | None:
    """Draw the animals; None when no part of them falls into the picture.

    Parameters
    ----------
    screen : (V, 3) float32
        From :meth:`View.project`.
    margin_px
        Room for fur around the outline.
    """
    seen = screen[:, 2] > 0
    if not seen.any():
        return None
    low = np.floor(screen[seen, :2].min(0)) - margin_px
    high = np.ceil(screen[seen, :2].max(0)) + margin_px + 1
    left, top = (int(v) for v in np.maximum(low, 0))
    right, bottom = int(min(high[0], width_px)), int(min(high[1], height_px))
    if right - left < 2 or bottom - top < 2:
        return None
    fine = 2 if (right - left) * (bottom - top) < 330_000 else 1
    buffers = empty_buffers((bottom - top) * fine, (right - left) * fine)
    moved = screen.copy()
    # Half a fine pixel of shift keeps the mean of each fine * fine block at the pixel's centre.
    moved[:, 0] = (screen[:, 0] - left) * fine + (fine - 1) / 2
    moved[:, 1] = (screen[:, 1] - top) * fine + (fine - 1) / 2
    draw_triangles(moved, herd.faces, *buffers, 0)
    if not (buffers[1] >= 0).any():
        return None
    return Patch(left, top, fine, *buffers)


@dataclass(frozen=True, eq=False)
class Lamps:
    """All light that falls on the animals.

    Attributes
    ----------
    sun, towards_sun : (3,)
        Colour (zero at night) and direction.
    sky, bounce : (3,)
        From above, and from the ground below.
    cover, canopy_seed
        Of the crowns.
    flash : (3,)
        Power of the camera's flash, 0 by day.
    infrared
        Reflectances under infrared instead of colours.
    herd_shadow, scene_shadow
        For the sun.
    """

    sun: FloatArray
    towards_sun: FloatArray
    sky: FloatArray
    bounce: FloatArray
    cover: float
    canopy_seed: int
    flash: FloatArray
    infrared: bool
    herd_shadow: ShadowMap
    scene_shadow: ShadowMap


@dataclass(frozen=True, eq=False)
class Lit:
    """Animals of a patch under light.

    Attributes
    ----------
    radiance : (h, w, 3) float32
    alpha : (h, w) float32
        1 where an animal is.
    flow : (h, w, 2) float32
        Hair from root to tip in patch pixels.
    glow : (h, w) float32
        Light that eyes throw back.
    """

    radiance: FloatArray
    alpha: FloatArray
    flow: FloatArray
    glow: FloatArray


def light_patch(
    patch: Patch,
    herd: Herd,
    lamps: Lamps,
    *,
    camera_m: FloatArray,
    axes: FloatArray,
    focal_px: float,
    openness: FloatArray,
) -> Lit:
    """Shade every pixel of a patch.

    Parameters
    ----------
    camera_m, axes, focal_px
        Of the view.
    openness : (h, w) float32
        Share of the sky that neighbouring parts of the animals leave open.
    """
    height, width = patch.triangle.shape
    lit = Lit(
        np.zeros((height, width, 3), np.float32),
        np.zeros((height, width), np.float32),
        np.zeros((height, width, 2), np.float32),
        np.zeros((height, width), np.float32),
    )
    sun, scene = lamps.herd_shadow, lamps.scene_shadow
    _shade(
        patch.triangle, patch.weight_1, patch.weight_2, herd.faces, herd.face_animal, herd.vertices_m,
        herd.normals, herd.fur_direction, herd.rest_m, herd.skin, herd.mark_colours, herd.hair_seed,
        camera_m.astype(np.float64), np.ascontiguousarray(axes, np.float64), focal_px * patch.fine,
        lamps.sun.astype(np.float64), lamps.towards_sun.astype(np.float64), lamps.sky.astype(np.float64),
        lamps.bounce.astype(np.float64), lamps.cover, lamps.canopy_seed, lamps.flash.astype(np.float64),
        lamps.infrared, sun.nearest, sun.axes, sun.corner, sun.cells_per_m,
        scene.nearest, scene.axes, scene.corner, scene.cells_per_m, openness,
        lit.radiance, lit.alpha, lit.flow, lit.glow,
    )  # fmt: skip
    return lit


@compiled
def marking_share(field: float, blur_m: float) -> float:
    """Share of dark hair where the mark field has this value: a soft edge as wide as hair lies."""
    t = min(1.0, max(0.0, field / blur_m + 0.5))
    return t * t * (3 - 2 * t)


@compiled
def _shade(
    triangle: IntArray, weight_1: FloatArray, weight_2: FloatArray, faces: IntArray, face_animal: IntArray,
    vertices: FloatArray, normals: FloatArray, fur: FloatArray, rest: FloatArray, skin: FloatArray,
    mark_colours: FloatArray, hair_seed: IntArray, camera: FloatArray, axes: FloatArray, focal_px: float,
    sun: FloatArray, towards: FloatArray, sky: FloatArray, bounce: FloatArray, cover: float, canopy_seed: int,
    flash: FloatArray, infrared: bool,
    herd_map: FloatArray, herd_axes: FloatArray, herd_corner: FloatArray, herd_per_m: float,
    scene_map: FloatArray, scene_axes: FloatArray, scene_corner: FloatArray, scene_per_m: float,
    openness: FloatArray,
    radiance: FloatArray, alpha: FloatArray, flow: FloatArray, glow: FloatArray,
) -> None:  # fmt: skip
    height, width = triangle.shape
    has_sun = sun[0] + sun[1] + sun[2] > 1e-5
    has_flash = flash[0] > 0
    for r in range(height):
        for c in range(width):
            t = triangle[r, c]
            if t < 0:
                continue
            ia, ib, ic = faces[t, 0], faces[t, 1], faces[t, 2]
            w1, w2 = float(weight_1[r, c]), float(weight_2[r, c])
            w0 = 1 - w1 - w2
            x = w0 * vertices[ia, 0] + w1 * vertices[ib, 0] + w2 * vertices[ic, 0]
            y = w0 * vertices[ia, 1] + w1 * vertices[ib, 1] + w2 * vertices[ic, 1]
            z = w0 * vertices[ia, 2] + w1 * vertices[ib, 2] + w2 * vertices[ic, 2]
            nx = w0 * normals[ia, 0] + w1 * normals[ib, 0] + w2 * normals[ic, 0]
            ny = w0 * normals[ia, 1] + w1 * normals[ib, 1] + w2 * normals[ic, 1]
            nz = w0 * normals[ia, 2] + w1 * normals[ib, 2] + w2 * normals[ic, 2]
            hx = w0 * fur[ia, 0] + w1 * fur[ib, 0] + w2 * fur[ic, 0]
            hy = w0 * fur[ia, 1] + w1 * fur[ib, 1] + w2 * fur[ic, 1]
            hz = w0 * fur[ia, 2] + w1 * fur[ib, 2] + w2 * fur[ic, 2]
            qx = w0 * rest[ia, 0] + w1 * rest[ib, 0] + w2 * rest[ic, 0]
            qy = w0 * rest[ia, 1] + w1 * rest[ib, 1] + w2 * rest[ic, 1]
            qz = w0 * rest[ia, 2] + w1 * rest[ib, 2] + w2 * rest[ic, 2]
            field = w0 * skin[ia, 0] + w1 * skin[ib, 0] + w2 * skin[ic, 0]
            eye = w0 * skin[ia, 5] + w1 * skin[ib, 5] + w2 * skin[ic, 5]
            length = w0 * skin[ia, 6] + w1 * skin[ib, 6] + w2 * skin[ic, 6]
            wet = w0 * skin[ia, 7] + w1 * skin[ib, 7] + w2 * skin[ic, 7]
            animal = face_animal[t]
            hair = 31 * hair_seed[animal]
            # Coat in locks: what muscle and hair do to a smooth body; more where hair is long.
            lock = min(1.0, length / 0.03)
            if eye < 0.5:
                _, gx, gy, gz = noise_slope(13 * qx, 13 * qy, 13 * qz, hair + 11)
                nx, ny, nz = nx - 0.22 * gx, ny - 0.22 * gy, nz - 0.22 * gz
                _, gx, gy, gz = noise_slope(70 * qx, 70 * qy, 70 * qz, hair + 12)
                k = 0.16 * lock
                nx, ny, nz = nx - k * gx, ny - k * gy, nz - k * gz
            size = math.sqrt(nx * nx + ny * ny + nz * nz) + 1e-9
            nx, ny, nz = nx / size, ny / size, nz / size
            dx, dy, dz = camera[0] - x, camera[1] - y, camera[2] - z
            distance = math.sqrt(dx * dx + dy * dy + dz * dz)
            facing = (nx * dx + ny * dy + nz * dz) / distance
            # Clumps of hair carry the edge of a marking along, and pale tips veil it here and there.
            ragged = 0.0044 * (0.3 + lock) * (octaves(150 * qx, 150 * qy, 150 * qz, hair + 13, 2) - 0.5)
            ragged += CLUMPING * length * (octaves(55 * qx, 55 * qy, 55 * qz, hair + 15, 2) - 0.5)
            dark = marking_share(field + ragged, 0.0018 + EDGE_SOFTNESS * length)
            dark *= 0.96 - VEIL * lock * octaves(24 * qx, 24 * qy, 24 * qz, hair + 16, 2)
            if eye > 0.5:
                dark = 0.0
            grain = 0.86 + 0.28 * value_noise(95 * qx, 95 * qy, 95 * qz, hair + 14)
            depth = -(axes[2, 0] * dx + axes[2, 1] * dy + axes[2, 2] * dz)
            direct, gloss = 0.0, 0.0
            slant = nx * towards[0] + ny * towards[1] + nz * towards[2]
            if has_sun and slant > -0.12:
                direct = (slant + 0.12) / 1.12 * canopy_light(x, y, z, towards, cover, canopy_seed)
                out_x, out_y, out_z = x + 0.012 * nx, y + 0.012 * ny, z + 0.012 * nz
                direct *= lit_share(herd_map, herd_axes, herd_corner, herd_per_m, out_x, out_y, out_z, 0.012)
                direct *= lit_share(scene_map, scene_axes, scene_corner, scene_per_m, x, y, z, 0.04)
                gloss = _gloss(
                    towards[0] + dx / distance, towards[1] + dy / distance, towards[2] + dz / distance,
                    hx, hy, hz, nx, ny, nz, wet,
                )  # fmt: skip
            open_ = openness[r, c]
            up = 0.5 + 0.5 * ny
            lamp = 0.0
            if has_flash:
                forward = depth / distance
                beam = math.exp(-(1 - forward * forward) * 5.0)
                lamp = (0.22 + 0.78 * max(0.0, facing) ** 0.75) * beam / (distance * distance + 0.25)
                lamp *= 0.55 + 0.45 * open_
            rim = 0.18 * (1 - max(0.0, facing)) ** 3 * lock
            for k in range(3):
                if infrared:
                    base = w0 * skin[ia, 4] + w1 * skin[ib, 4] + w2 * skin[ic, 4]
                    mark = mark_colours[animal, 3]
                else:
                    base = w0 * skin[ia, 1 + k] + w1 * skin[ib, 1 + k] + w2 * skin[ic, 1 + k]
                    mark = mark_colours[animal, k]
                colour = (base * (1 - dark) + mark * dark) * grain
                ambient = sky[k] * up * (0.25 + 0.75 * open_) + bounce[k] * (1 - up) * open_
                light = sun[k] * direct + ambient * (1 + rim) + flash[k] * lamp
                radiance[r, c, k] = colour * light + gloss * sun[k] * direct
            alpha[r, c] = 1.0
            if has_flash and eye > 0.5:
                # Fur runs back from the nose: against it is where the eye looks; only then it shines.
                gaze = -(hx * dx + hy * dy + hz * dz) / distance
                shine = max(0.0, gaze - 0.3) * max(0.0, facing - 0.3)
                glow[r, c] = 2.2 * shine * flash[1] / (distance * distance + 0.25)
            if eye < 0.5:
                _lay_hair(hx, hy, hz, dx, dy, dz, axes, focal_px * length / depth, flow[r, c])


@compiled
def _gloss(
    mx: float, my: float, mz: float, hx: float, hy: float, hz: float, nx: float, ny: float, nz: float,
    wet: float,
) -> float:  # fmt: skip
    """Shine of hair along its lie, and of what is wet, for the direction (m) between lamp and lens."""
    half = math.sqrt(mx * mx + my * my + mz * mz) + 1e-9
    along = (mx * hx + my * hy + mz * hz) / half
    sheen = max(0.0, (mx * nx + my * ny + mz * nz) / half)
    return float(0.05 * max(0.0, 1 - along * along) ** 14 + 0.9 * wet * sheen**60)


@compiled
def _lay_hair(
    hx: float, hy: float, hz: float, dx: float, dy: float, dz: float, axes: FloatArray, scale: float,
    flow: FloatArray,
) -> None:  # fmt: skip
    """Project a unit hair (h) at a point (the lens lies at d from it) into columns and rows."""
    right = axes[0, 0] * hx + axes[0, 1] * hy + axes[0, 2] * hz
    above = axes[1, 0] * hx + axes[1, 1] * hy + axes[1, 2] * hz
    into = axes[2, 0] * hx + axes[2, 1] * hy + axes[2, 2] * hz
    depth = -(axes[2, 0] * dx + axes[2, 1] * dy + axes[2, 2] * dz)
    at_x = -(axes[0, 0] * dx + axes[0, 1] * dy + axes[0, 2] * dz) / depth
    at_y = -(axes[1, 0] * dx + axes[1, 1] * dy + axes[1, 2] * dz) / depth
    flow[0] = scale * (right - into * at_x)
    flow[1] = -scale * (above - into * at_y)


def patch_openness(patch: Patch, focal_px: float) -> FloatArray:
    """Share of open sky from the depths around each pixel of the animals, (h, w) float32."""
    # A pixel well behind the mean of its surroundings lies in a fold or between legs.
    log_depth = np.log(1 / np.maximum(patch.inverse_depth, 1e-3)).astype(np.float32)
    inside = (patch.triangle >= 0).astype(np.float32)
    nearness = float(np.max(patch.inverse_depth))
    out = np.ones_like(inside)
    for reach_m, strength in ((0.05, 5.0), (0.14, 3.0)):
        k = int(max(1, reach_m * focal_px * patch.fine * nearness)) | 1
        weight = cv2.blur(inside, (k, k)) + 1e-6
        mean = cv2.blur(log_depth * inside, (k, k)) / weight
        out *= 1 - np.clip((log_depth - mean - 0.003) * strength * inside, 0, 0.6)
    return out
