"""Hair: colour carried along the lie of the fur, in strands, which also roughens the outline."""

from __future__ import annotations

import math

import cv2
import numpy as np

from pardine.base.compiled import compiled
from pardine.simulate.camera.hide import Lit
from pardine.simulate.scene.arrays import FloatArray
from pardine.simulate.scene.noise import value_noise

_LAID = 0.6
"""How much of a hair's length lies along the skin."""


def comb(
    lit: Lit, nearness: FloatArray, *, reach_px: int, seed: int
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Radiance (premultiplied, (h, w, 3)), coverage (h, w) and nearness (h, w) of animals with fur.

    Parameters
    ----------
    lit
        Smooth-skinned animals.
    nearness : (h, w) float32
        1/depth, 0 outside.
    reach_px
        How far hair stands out of the outline, in patch pixels.
    seed
        Of the strands.
    """
    k = 2 * max(1, reach_px) + 1
    inside = lit.alpha > 0
    weight = cv2.blur(lit.alpha, (k, k))
    near = weight > 1e-4
    flow = lit.flow.copy()
    around = cv2.blur(lit.flow, (k, k)) / np.maximum(weight, 1e-4)[..., None]
    flow[~inside] = np.where(near[~inside, None], around[~inside], 0)
    deep = np.where(inside, nearness, cv2.dilate(nearness, np.ones((k, k), np.uint8)))
    radiance, coverage = np.zeros_like(lit.radiance), np.zeros_like(lit.alpha)
    _comb(lit.radiance, lit.alpha, flow, seed, radiance, coverage)
    return radiance, coverage, np.asarray(deep, np.float32)


@compiled
def _comb(
    radiance: FloatArray,
    alpha: FloatArray,
    flow: FloatArray,
    seed: int,
    out: FloatArray,
    coverage: FloatArray,
) -> None:
    height, width = alpha.shape
    for y in range(height):
        for x in range(width):
            u, v = float(flow[y, x, 0]), float(flow[y, x, 1])
            length = math.sqrt(u * u + v * v)
            if length < 0.4:
                if alpha[y, x] > 0:
                    coverage[y, x] = alpha[y, x]
                    for k in range(3):
                        out[y, x, k] = radiance[y, x, k]
                continue
            # A strand is narrow across the lie of the fur and long along it.
            ax, ay = u / length, v / length
            across, along = ax * y - ay * x, ax * x + ay * y
            thin = max(1.0, 0.06 * length)
            strand = value_noise(across / thin, along / (7 * thin), 0.3, seed)
            lock = value_noise(across / (3.5 * thin), along / (16 * thin), 7.3, seed + 1)
            back = _LAID * (0.6 * strand + 0.4 * lock)
            if alpha[y, x] > 0:
                # On the animal hairs reach as far forward as back, so that no marking is displaced.
                back -= 0.5 * _LAID
                i, j = int(x - u * back + 0.5), int(y - v * back + 0.5)
                if i < 0 or j < 0 or i >= width or j >= height or alpha[j, i] == 0:
                    back = 0.0
            px, py = x - u * back, y - v * back
            i, j = int(px), int(py)
            if px < 0 or py < 0 or i >= width - 1 or j >= height - 1:
                continue
            p, q = px - i, py - j
            w00, w10, w01, w11 = (1 - p) * (1 - q), p * (1 - q), (1 - p) * q, p * q
            cover = (
                w00 * alpha[j, i] + w10 * alpha[j, i + 1] + w01 * alpha[j + 1, i] + w11 * alpha[j + 1, i + 1]
            )
            coverage[y, x] = cover
            light = 1.0
            if length > 3:
                light = 0.78 + 0.44 * strand
            for k in range(3):
                out[y, x, k] = light * (
                    w00 * radiance[j, i, k]
                    + w10 * radiance[j, i + 1, k]
                    + w01 * radiance[j + 1, i, k]
                    + w11 * radiance[j + 1, i + 1, k]
                )
