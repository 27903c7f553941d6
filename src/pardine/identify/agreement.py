"""Whether two coats agree all over, once one is laid upon the other: not at keypoints only.

Geometry proposes one affine map. The first chip is drawn through it, what is left of the bend is taken up by
optical flow of a few pixels, and then light and dark are correlated in small windows wherever both show the
animal. A wrong animal's coat can be bent until some spots meet; the rest then disagrees.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pardine.identify.body_frame import Chip

VERSION = 2
Floats = NDArray[np.float32]
SHRUNK = 0.5
_CLAHE_LIMIT, _CLAHE_TILES = 2.0, (6, 4)
_LOCAL_PX, _STEADY = 9.0, 20.0
_MIDDLE, _STEP = 128.0, 50.0
_MAX_FLOW_PX = 9.0
_WINDOW_PX = 21
_LEAST_VARIANCE = 100.0
_LEAST_PX = 800


@dataclass(frozen=True, kw_only=True, eq=False)
class Look:
    """A chip at half its size, its light made even.

    Attributes
    ----------
    image
        (h, w) uint8; 128 is the mean of the surroundings.
    mask
        (h, w), 1 where it is animal.
    """

    image: NDArray[np.uint8]
    mask: NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """How well two coats agree, -1 to 1.

    Attributes
    ----------
    mean
        Correlation over all of the overlap.
    lower
        That only a quarter of the overlap falls short of: a wrong coat agrees in places.
    """

    mean: float
    lower: float


NO_AGREEMENT = Agreement(mean=0.0, lower=0.0)


def look_of(chip: Chip) -> Look:
    """Light and dark of a coat against their surroundings, whatever the lamp."""
    grey = cv2.createCLAHE(_CLAHE_LIMIT, _CLAHE_TILES).apply(cv2.cvtColor(chip.image, cv2.COLOR_RGB2GRAY))
    height, width = grey.shape
    size = (max(round(width * SHRUNK), 8), max(round(height * SHRUNK), 8))
    small = cv2.GaussianBlur(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), (0, 0), 0.8)
    mask = cv2.resize((chip.mask > 0).astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
    # Only the coat is its own surroundings: the edge of a body is much the same in all animals.
    values, inside = small.astype(np.float32), mask.astype(np.float32)
    share = cv2.GaussianBlur(inside, (0, 0), _LOCAL_PX) + 1e-3
    away = (values - cv2.GaussianBlur(values * inside, (0, 0), _LOCAL_PX) / share) * inside
    spread = np.sqrt(cv2.GaussianBlur(away * away, (0, 0), _LOCAL_PX) / share + _STEADY)
    return Look(
        image=np.clip(away / spread * _STEP + _MIDDLE, 0, 255).astype(np.uint8),
        mask=np.asarray(mask, np.uint8),
    )


def agreement(a: Look, b: Look, affine: NDArray[np.float64]) -> Agreement:
    """Correlation of two coats where both are seen, the first laid upon the second.

    Parameters
    ----------
    affine
        (2, 3) map from chip pixels of the first to those of the second, as of `verify`.

    Returns
    -------
    Zeros where too little overlaps to tell, or there is no map.

    References
    ----------
    Kroeger et al. 2016, ECCV (dense inverse search).
    """
    height, width = b.mask.shape
    halved = np.asarray(affine, np.float64) * np.array([1.0, 1.0, SHRUNK])
    laid = np.asarray(cv2.warpAffine(a.mask, halved, (width, height), flags=cv2.INTER_NEAREST), np.uint8)
    both = (laid & b.mask).astype(np.float32)
    if both.sum() < _LEAST_PX:
        return NO_AGREEMENT
    drawn = np.asarray(cv2.warpAffine(a.image, halved, (width, height), borderValue=_MIDDLE), np.uint8)
    bent = _bent(drawn, b.image).astype(np.float32) - _MIDDLE
    return _correlation(bent, b.image.astype(np.float32) - _MIDDLE, both)


def closest_pairs(
    first: NDArray[np.int64], second: NDArray[np.int64], weight: NDArray[np.float64], n_closest: int
) -> NDArray[np.bool_]:
    """(P,) pairs that are among the best of either photograph, and follow a map at all."""
    chosen = np.zeros(len(first), np.bool_)
    if not len(first):
        return chosen
    ends, pair = np.concatenate([first, second]), np.tile(np.arange(len(first)), 2)
    order = np.lexsort((-weight[pair], ends))
    starts = np.flatnonzero(np.append(True, np.diff(ends[order]) != 0))
    place = np.arange(len(order)) - np.repeat(starts, np.diff(np.append(starts, len(order))))
    chosen[pair[order[place < n_closest]]] = True
    return np.asarray(chosen & (weight > 0.0), np.bool_)


def _bent(drawn: NDArray[np.uint8], target: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A picture drawn through the small flow that makes it more like another."""
    height, width = target.shape
    search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST)
    search.setFinestScale(1)
    found = search.calc(target, drawn, np.zeros((height, width, 2), np.float32))
    flow = np.clip(found, -_MAX_FLOW_PX, _MAX_FLOW_PX).astype(np.float32)
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    return np.asarray(
        cv2.remap(drawn, x + flow[..., 0], y + flow[..., 1], cv2.INTER_LINEAR, borderValue=_MIDDLE), np.uint8
    )


def _correlation(a: Floats, b: Floats, both: Floats) -> Agreement:
    """Of the correlation in a window around each pixel of the overlap, masked pixels left out."""

    def window(values: Floats) -> Floats:
        return np.asarray(cv2.boxFilter(values, -1, (_WINDOW_PX, _WINDOW_PX)), np.float32)

    share = window(both) + 1e-6
    a, b = a * both, b * both
    mean_a, mean_b = window(a) / share, window(b) / share
    covariance = window(a * b) / share - mean_a * mean_b
    variance_a, variance_b = window(a * a) / share - mean_a**2, window(b * b) / share - mean_b**2
    correlation = covariance / np.sqrt(np.maximum(variance_a * variance_b, _LEAST_VARIANCE))
    seen = correlation[both > 0]
    return Agreement(mean=float(seen.mean()), lower=float(np.quantile(seen, 0.25)))
