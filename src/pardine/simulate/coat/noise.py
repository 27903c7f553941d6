"""Smooth noise in space: the small irregularities of outlines and colours."""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

FloatArray = NDArray[np.floating]


@njit(cache=True)
def lattice_value(i: int, j: int, k: int, seed: int) -> float:
    """Pseudo-random value in [0, 1) of a point of the lattice."""
    n = (i * 374761393 + j * 668265263 + k * 1274126177 + seed * 974711) & 0xFFFFFFFF
    n = ((n ^ (n >> 13)) * 1274126177) & 0xFFFFFFFF
    n = ((n ^ (n >> 16)) * 2246822519) & 0xFFFFFFFF
    return ((n ^ (n >> 15)) & 0xFFFFFF) / 16777216.0


@njit(cache=True)
def value_noise(x: float, y: float, z: float, seed: int) -> float:
    """Noise in [0, 1) with features of about one unit, continuous with its slope."""
    i, j, k = math.floor(x), math.floor(y), math.floor(z)
    u, v, w = x - i, y - j, z - k
    u, v, w = u * u * (3 - 2 * u), v * v * (3 - 2 * v), w * w * (3 - 2 * w)
    total = 0.0
    for a in range(2):
        for b in range(2):
            for c in range(2):
                share = (u if a else 1 - u) * (v if b else 1 - v) * (w if c else 1 - w)
                total += share * lattice_value(i + a, j + b, k + c, seed)
    return total


@njit(cache=True)
def noise_at(points: FloatArray, per_m: float, seed: int, octaves: int) -> NDArray[np.float32]:
    """Sum of octaves of noise at (P, 3) points, mean 0, within -1 and 1.

    Parameters
    ----------
    per_m
        Features a metre of the first octave; each further one is twice as fine and half as strong.
    """
    out = np.empty(points.shape[0], dtype=np.float32)
    for p in range(points.shape[0]):
        total, strength, sum_of_strengths, scale = 0.0, 1.0, 0.0, per_m
        for octave in range(octaves):
            value = value_noise(
                points[p, 0] * scale, points[p, 1] * scale, points[p, 2] * scale, seed + octave
            )
            total += strength * (2.0 * value - 1.0)
            sum_of_strengths += strength
            strength *= 0.5
            scale *= 2.03
        out[p] = total / sum_of_strengths
    return out
