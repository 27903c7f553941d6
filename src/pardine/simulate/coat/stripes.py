"""Stripes: waves across the line of the hair that begin, fork and end, as a tiger's do.

Sparse wavelets are added up about scattered centres, as a complex number at each vertex; its phase is a
wave whose crests fork where wavelets of different phase meet (phasor noise). A slower noise sets how
broad a stripe is, so that it tapers and ends.

References
----------
Tricard T. and others (2019) Procedural phasor noise. ACM Transactions on Graphics 38(4).
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pardine.simulate.coat.rosettes import cell_range, facing

Float32Array = NDArray[np.float32]
IntArray = NDArray[np.int64]


@njit(cache=True)
def wave_sum(
    place: Float32Array,
    normals: Float32Array,
    along: Float32Array,
    centres: IntArray,
    wavelength_m: Float32Array,
    phase: Float32Array,
    long_over_broad: float,
    order: IntArray,
    start: IntArray,
    low: Float32Array,
    grid_shape: IntArray,
    cell_m: float,
) -> tuple[Float32Array, Float32Array]:
    """Real and imaginary part of the sum of wavelets at every vertex.

    Parameters
    ----------
    place, normals, along : (V, 3) arrays
        Vertices, normals, and the direction in which the wave runs (stripes lie across it).
    centres, wavelength_m, phase : (C,) arrays
        Of the wavelets.
    long_over_broad
        How much longer a wavelet is along the stripe than across it.
    """
    n = place.shape[0]
    real = np.zeros(n, dtype=np.float32)
    imaginary = np.zeros(n, dtype=np.float32)
    for c in range(centres.shape[0]):
        v = centres[c]
        width = 0.85 * wavelength_m[c]
        reach = 2.2 * width * long_over_broad
        tx, ty, tz = along[v, 0], along[v, 1], along[v, 2]
        i0, i1 = cell_range(place[v, 0], reach, low[0], cell_m, grid_shape[0])
        j0, j1 = cell_range(place[v, 1], reach, low[1], cell_m, grid_shape[1])
        k0, k1 = cell_range(place[v, 2], reach, low[2], cell_m, grid_shape[2])
        for i in range(i0, i1 + 1):
            for j in range(j0, j1 + 1):
                first = (i * grid_shape[1] + j) * grid_shape[2]
                for s in range(start[first + k0], start[first + k1 + 1]):
                    p = order[s]
                    alike = facing(normals, p, v)
                    if alike < -0.2:
                        continue
                    dx = place[p, 0] - place[v, 0]
                    dy = place[p, 1] - place[v, 1]
                    dz = place[p, 2] - place[v, 2]
                    u = dx * tx + dy * ty + dz * tz
                    across2 = dx * dx + dy * dy + dz * dz - u * u
                    fall = (u * u + across2 / (long_over_broad * long_over_broad)) / (width * width)
                    if fall > 4.8:
                        continue
                    weight = math.exp(-fall) * min(1.0, alike + 0.2)
                    angle = 2.0 * math.pi * u / wavelength_m[c] + phase[c]
                    real[p] += weight * math.cos(angle)
                    imaginary[p] += weight * math.sin(angle)
    return real, imaginary


def stripe_field(
    real: Float32Array, imaginary: Float32Array, wavelength_m: Float32Array, breadth: Float32Array
) -> Float32Array:
    """Signed mark (m): dark within `breadth` (share of the wavelength) of a crest; 0 or less is none."""
    phase = np.arctan2(imaginary, real)
    from_crest_m = np.abs(phase) / (2 * np.pi) * wavelength_m
    mark: Float32Array = (0.5 * breadth * wavelength_m - from_crest_m).astype(np.float32)
    return mark
