"""Repeatable noise in space: lattice values, sums of octaves, cells; the same for every worker."""

from __future__ import annotations

import math

import numpy as np

from pardine.base.compiled import compiled
from pardine.simulate.scene.arrays import FloatArray


@compiled
def lattice_value(i: int, j: int, k: int, seed: int) -> float:
    """Value of one lattice point, 0 to 1, by integer hashing."""
    n = (i * 374761393 + j * 668265263 + k * 1274126177 + seed * 974711) & 0xFFFFFFFF
    n = ((n ^ (n >> 13)) * 1274126177) & 0xFFFFFFFF
    return ((n ^ (n >> 16)) & 0xFFFF) / 65535.0


@compiled
def value_noise(x: float, y: float, z: float, seed: int) -> float:
    """Smoothly interpolated lattice values, 0 to 1, one feature a unit."""
    i, j, k = math.floor(x), math.floor(y), math.floor(z)
    u, v, w = x - i, y - j, z - k
    u, v, w = u * u * (3 - 2 * u), v * v * (3 - 2 * v), w * w * (3 - 2 * w)
    a = lattice_value(i, j, k, seed) * (1 - u) + lattice_value(i + 1, j, k, seed) * u
    b = lattice_value(i, j + 1, k, seed) * (1 - u) + lattice_value(i + 1, j + 1, k, seed) * u
    c = lattice_value(i, j, k + 1, seed) * (1 - u) + lattice_value(i + 1, j, k + 1, seed) * u
    d = lattice_value(i, j + 1, k + 1, seed) * (1 - u) + lattice_value(i + 1, j + 1, k + 1, seed) * u
    return (a * (1 - v) + b * v) * (1 - w) + (c * (1 - v) + d * v) * w


@compiled
def octaves(x: float, y: float, z: float, seed: int, n_octaves: int) -> float:
    """Sum of noise of ever finer grain, scaled to a mean of one half, 0 to 1."""
    total, amplitude, frequency, weight = 0.0, 1.0, 1.0, 0.0
    for level in range(n_octaves):
        total += amplitude * value_noise(x * frequency, y * frequency, z * frequency, seed + level)
        weight += amplitude
        amplitude *= 0.5
        frequency *= 2.03
    return total / weight


@compiled
def noise_slope(x: float, y: float, z: float, seed: int) -> tuple[float, float, float, float]:
    """Noise and its three derivatives: relief without a second evaluation."""
    i, j, k = math.floor(x), math.floor(y), math.floor(z)
    u, v, w = x - i, y - j, z - k
    du, dv, dw = 6 * u * (1 - u), 6 * v * (1 - v), 6 * w * (1 - w)
    u, v, w = u * u * (3 - 2 * u), v * v * (3 - 2 * v), w * w * (3 - 2 * w)
    a = lattice_value(i, j, k, seed)
    b = lattice_value(i + 1, j, k, seed)
    c = lattice_value(i, j + 1, k, seed)
    d = lattice_value(i + 1, j + 1, k, seed)
    e = lattice_value(i, j, k + 1, seed)
    f = lattice_value(i + 1, j, k + 1, seed)
    g = lattice_value(i, j + 1, k + 1, seed)
    h = lattice_value(i + 1, j + 1, k + 1, seed)
    k1, k2, k3 = b - a, c - a, e - a
    k4, k5, k6 = a - b - c + d, a - c - e + g, a - b - e + f
    k7 = -a + b + c - d + e - f - g + h
    value = a + k1 * u + k2 * v + k3 * w + k4 * u * v + k5 * v * w + k6 * w * u + k7 * u * v * w
    return (
        value,
        du * (k1 + k4 * v + k6 * w + k7 * v * w),
        dv * (k2 + k5 * w + k4 * u + k7 * w * u),
        dw * (k3 + k6 * u + k5 * v + k7 * u * v),
    )


@compiled
def cells(x: float, y: float, z: float, seed: int) -> tuple[float, float, float]:
    """Nearest scattered points: distances to the first and second, and a value 0 to 1 of the first.

    One point a unit cube; the difference of the two distances is zero along the walls between cells.
    """
    i0, j0, k0 = math.floor(x), math.floor(y), math.floor(z)
    first, second, name = 9.0, 9.0, 0.0
    for i in range(i0 - 1, i0 + 2):
        for j in range(j0 - 1, j0 + 2):
            for k in range(k0 - 1, k0 + 2):
                px = i + lattice_value(i, j, k, seed) - x
                py = j + lattice_value(i, j, k, seed + 101) - y
                pz = k + lattice_value(i, j, k, seed + 202) - z
                d = px * px + py * py + pz * pz
                if d < first:
                    second = first
                    first = d
                    name = lattice_value(i, j, k, seed + 303)
                elif d < second:
                    second = d
    return math.sqrt(first), math.sqrt(second), name


@compiled
def octaves_at(points: FloatArray, frequency: float, seed: int, n_octaves: int) -> FloatArray:
    """:func:`octaves` at many points.

    Parameters
    ----------
    points : (N, 3) array
    frequency
        Features a metre of the coarsest octave.

    Returns
    -------
    (N,) float32 array, 0 to 1
    """
    out = np.empty(len(points), np.float32)
    for i in range(len(points)):
        out[i] = octaves(
            points[i, 0] * frequency, points[i, 1] * frequency, points[i, 2] * frequency, seed, n_octaves
        )
    return out
