"""Texture of every surface: its own colour under daylight and infrared, and its small relief."""

from __future__ import annotations

import math

from pardine.base.compiled import compiled
from pardine.simulate.scene.arrays import FloatArray, IntArray
from pardine.simulate.scene.noise import cells, noise_slope, octaves, value_noise

LOOK_SEED, LOOK_CELL, LOOK_LICHEN, LOOK_MOSS, LOOK_SNOW = range(5)
"""Places in the array of a station's look: seed, cells a metre of the ground, lichen, moss, snow."""


@compiled
def _clip01(v: float) -> float:
    return min(1.0, max(0.0, v))


@compiled
def _ground(x: float, y: float, z: float, look: FloatArray, fine: float) -> tuple[float, float, float]:
    """Shade, warmth and moss of leaf litter or gravel."""
    seed, cell = int(look[0]), look[1]
    shade = 0.55 + 0.9 * octaves(3 * x, 3 * y, 3 * z, seed, 4)
    warm = 0.0
    if fine > 0.05:
        near, next_, name = cells(cell * x, cell * y, cell * z, seed + 3)
        edge = _clip01((next_ - near) * 4)
        small_near, small_next, small_name = cells(2.7 * cell * x, 2.7 * cell * y, 2.7 * cell * z, seed + 5)
        grain = (0.55 + 0.75 * name) * (0.6 + 0.4 * edge) * (0.75 + 0.5 * small_name)
        grain *= 0.75 + 0.25 * _clip01((small_next - small_near) * 5)
        shade *= 1 + fine * (grain - 1)
        warm = (name - 0.5) * 0.5 * fine
    moss = look[3] * _clip01((octaves(0.7 * x, 0.7 * y, 0.7 * z, seed + 21, 4) - 0.53) * 9)
    return shade, warm, moss


@compiled
def _rock(x: float, y: float, z: float, look: FloatArray, fine: float) -> tuple[float, float, float]:
    """Shade, warmth and lichen of stone; lichens are of the size of rosettes, rings and discs."""
    seed = int(look[0])
    body = octaves(2.1 * x, 4.2 * y, 2.1 * z, seed + 40, 5)
    stain = octaves(0.8 * x, 0.5 * y, 0.8 * z, seed + 47, 4) - 0.5
    shade = 0.45 + 1.1 * body
    crack = abs(octaves(2.6 * x, 2.6 * y, 2.6 * z, seed + 53, 4) - 0.5)
    shade *= 0.45 + 0.55 * _clip01(crack / 0.018)
    if fine > 0.05:
        near, next_, name = cells(5.5 * x, 3.5 * y, 5.5 * z, seed + 57)
        shade *= 0.8 + 0.4 * name  # facets of different tone
        shade *= 1 - 0.35 * fine * _clip01(1 - (next_ - near) * 12)
        grit = value_noise(130 * x, 130 * y, 130 * z, seed + 61)
        shade *= 1 + 0.45 * fine * (grit - 0.5)
    warp = 0.03 * value_noise(25 * x, 25 * y, 25 * z, seed + 63)
    near, next_, name = cells(13 * x + 13 * warp, 13 * y, 13 * z + 13 * warp, seed + 67)
    lichen = 0.0
    if name < look[2]:
        size = 0.22 + 1.1 * name
        lichen = _clip01((size - near) * 9) * (0.45 + 0.55 * _clip01(near / size * 2 - 0.6))
        if name * 1000 % 7 < 3:
            lichen = -lichen * 0.9  # a dark crust instead of a pale one
    return shade, stain * 1.3, lichen


@compiled
def _bark(x: float, y: float, z: float, look: FloatArray, fine: float) -> tuple[float, float, float]:
    """Shade, warmth and lichen of bark: plates between fissures that run upward."""
    seed = int(look[0])
    warp = 0.02 * value_noise(9 * x, 2 * y, 9 * z, seed + 70)
    near, next_, name = cells(30 * (x + warp), 4 * y, 30 * (z + warp), seed + 71)
    small_near, small_next, small_name = cells(75 * (x + warp), 14 * y, 75 * (z + warp), seed + 73)
    plate = _clip01((next_ - near) * 2.6)
    shade = (0.38 + 0.75 * plate) * (0.75 + 0.5 * name)
    scale = (0.72 + 0.4 * small_name) * (0.7 + 0.3 * _clip01((small_next - small_near) * 3))
    shade *= 1 + fine * (scale - 0.8)
    shade *= 0.6 + 0.8 * octaves(40 * x, 6 * y, 40 * z, seed + 75, 3)
    patch = octaves(5 * x, 3 * y, 5 * z, seed + 79, 4)
    lichen = look[2] * 1.6 * _clip01((patch - 0.56) * 12) * plate
    return 1.35 * shade, 0.2 * (name - 0.5), lichen


@compiled
def _texture(
    kind: int, x: float, y: float, z: float, look: FloatArray, fine: float
) -> tuple[float, float, float, float, float]:
    """Shade, warmth, growth (lichen or moss), and strength and grain of the small relief of a material."""
    seed = int(look[0])
    if kind == 0:
        shade, warm, growth = _ground(x, y, z, look, fine)
        return shade, warm, growth, 0.55, 24.0
    if kind == 1:
        shade, warm, growth = _rock(x, y, z, look, fine)
        return shade, warm, growth, 0.60, 14.0
    if kind == 2:
        shade, warm, growth = _bark(x, y, z, look, fine)
        return shade, warm, growth, 0.45, 30.0
    if kind == 5:
        return 0.6 + 0.8 * octaves(70 * x, 12 * y, 70 * z, seed + 5, 3), 0.0, 0.0, 0.0, 0.0
    if kind == 6:
        return 0.7 + 0.6 * octaves(0.05 * x, 0.12 * y, 0.05 * z, seed + 8, 4), 0.0, 0.0, 0.0, 0.0
    return 0.75 + 0.5 * value_noise(60 * x, 60 * y, 60 * z, seed), 0.0, 0.0, 0.0, 0.0


@compiled
def _grown_over(
    kind: int, growth: float, red: float, green: float, blue: float, infrared: float
) -> tuple[float, float, float, float]:
    """Colours below moss on the ground, pale lichen, or a dark crust where negative; infrared of leaves."""
    if kind == 3 or kind == 4:
        return red, green, blue, 0.30 + 1.1 * green
    if kind == 0 and growth > 0:
        return (
            red * (1 - 0.75 * growth) + 0.06 * growth,
            green * (1 - 0.55 * growth) + 0.11 * growth,
            blue * (1 - 0.75 * growth) + 0.03 * growth,
            infrared + 0.22 * growth,
        )
    if growth < 0:
        dark = 1 + 0.6 * growth
        return red * dark, green * dark, blue * dark, infrared * (1 + 0.4 * growth)
    if growth > 0:
        left = 1 - 0.75 * growth
        red, green, blue = (
            red * left + 0.37 * growth,
            green * left + 0.38 * growth,
            blue * left + 0.31 * growth,
        )
        infrared += 0.14 * growth
    return red, green, blue, infrared * (0.8 if kind == 2 else 1.0)


@compiled
def _snow(
    kind: int, x: float, y: float, z: float, lie_y: float, ny: float, look: FloatArray
) -> tuple[float, float]:
    """Share of a point under snow, and how bright the snow is there."""
    cover, seed = look[4], int(look[0])
    deep = octaves(1.7 * x, 1.7 * y, 1.7 * z, seed + 120, 4)
    lies = _clip01((0.75 * abs(lie_y) + 0.25 * ny - 0.36 + 0.25 * (deep - 0.5)) * 7)
    # Thin snow lies in patches; under full cover it hides all that faces up.
    on = _clip01((deep - (1.02 - 1.05 * cover)) * 14 + 0.5) * lies
    if kind == 3 or kind == 4:
        on *= 0.55 * cover
    return on, 0.80 + 0.10 * (deep - 0.5) + 0.05 * (value_noise(45 * x, 45 * y, 45 * z, seed + 3) - 0.5)


@compiled
def texture_surface(
    triangle: IntArray,
    weight_1: FloatArray,
    weight_2: FloatArray,
    vertices: FloatArray,
    normals: FloatArray,
    tint: FloatArray,
    faces: IntArray,
    material: IntArray,
    camera: FloatArray,
    focal_px: float,
    look: FloatArray,
    albedo: FloatArray,
    normal_seen: FloatArray,
) -> None:
    """Fill ``albedo`` (H, W, 4: red, green, blue, infrared; linear) and ``normal_seen`` (H, W, 3).

    Where no triangle is seen both are left as they are. Detail finer than a pixel is left out.
    """
    height, width = triangle.shape
    seed = int(look[0])
    for row in range(height):
        for column in range(width):
            t = triangle[row, column]
            if t < 0:
                continue
            a, b, c = faces[t, 0], faces[t, 1], faces[t, 2]
            w1, w2 = weight_1[row, column], weight_2[row, column]
            w0 = 1 - w1 - w2
            x = w0 * vertices[a, 0] + w1 * vertices[b, 0] + w2 * vertices[c, 0]
            y = w0 * vertices[a, 1] + w1 * vertices[b, 1] + w2 * vertices[c, 1]
            z = w0 * vertices[a, 2] + w1 * vertices[b, 2] + w2 * vertices[c, 2]
            nx = w0 * normals[a, 0] + w1 * normals[b, 0] + w2 * normals[c, 0]
            ny = w0 * normals[a, 1] + w1 * normals[b, 1] + w2 * normals[c, 1]
            nz = w0 * normals[a, 2] + w1 * normals[b, 2] + w2 * normals[c, 2]
            red = w0 * tint[a, 0] + w1 * tint[b, 0] + w2 * tint[c, 0]
            green = w0 * tint[a, 1] + w1 * tint[b, 1] + w2 * tint[c, 1]
            blue = w0 * tint[a, 2] + w1 * tint[b, 2] + w2 * tint[c, 2]
            lie_y = ny / (math.sqrt(nx * nx + ny * ny + nz * nz) + 1e-9)  # before small relief
            dx, dy, dz = camera[0] - x, camera[1] - y, camera[2] - z
            distance = math.sqrt(dx * dx + dy * dy + dz * dz)
            # 1 where a pixel covers 2 mm, 0 where it covers 3 cm.
            fine = _clip01(1.15 - distance / focal_px / 0.026)
            kind = material[t]
            shade, warm, growth, relief, grain = _texture(kind, x, y, z, look, fine)
            if relief > 0:
                for octave in range(3):
                    f = grain * (0.22, 1.0, 2.6)[octave]
                    k = relief * (1.0, 0.8, 0.6 * fine)[octave]
                    _, gx, gy, gz = noise_slope(f * x, f * y, f * z, seed + 90 + octave)
                    nx -= k * gx
                    ny -= k * gy
                    nz -= k * gz
            length = math.sqrt(nx * nx + ny * ny + nz * nz) + 1e-9
            nx, ny, nz = nx / length, ny / length, nz / length
            if (kind == 3 or kind == 4 or kind == 1) and nx * dx + ny * dy + nz * dz < 0:
                nx, ny, nz = -nx, -ny, -nz  # leaves have two sides; a cliff's sheet is seen from one
            red *= shade * (1 + 0.55 * warm)
            green *= shade * (1 + 0.05 * warm)
            blue *= shade * (1 - 0.65 * warm)
            infrared = 0.55 * (red + green + blue) / 3 + 0.12 * shade
            red, green, blue, infrared = _grown_over(kind, growth, red, green, blue, infrared)
            if look[4] > 0 and kind != 6:
                on, bright = _snow(kind, x, y, z, lie_y, ny, look)
                red = red * (1 - on) + bright * on
                green = green * (1 - on) + bright * 1.005 * on
                blue = blue * (1 - on) + bright * 1.03 * on
                infrared = infrared * (1 - on) + 0.72 * on
                if kind == 0:  # snow smooths the relief below
                    nx, nz = nx * (1 - 0.75 * on), nz * (1 - 0.75 * on)
                    ny = ny * (1 - 0.75 * on) + 0.75 * on
                    length = math.sqrt(nx * nx + ny * ny + nz * nz) + 1e-9
                    nx, ny, nz = nx / length, ny / length, nz / length
            albedo[row, column, 0] = _clip01(red)
            albedo[row, column, 1] = _clip01(green)
            albedo[row, column, 2] = _clip01(blue)
            albedo[row, column, 3] = _clip01(infrared)
            normal_seen[row, column, 0] = nx
            normal_seen[row, column, 1] = ny
            normal_seen[row, column, 2] = nz
