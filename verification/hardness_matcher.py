"""A plain matcher, the same for real and simulated photographs: RootSIFT, ratio 0.8, one affine map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

LONG_SIDE_PX, MOST_KEYPOINTS, RATIO, REACH_PX = 640, 800, 0.8, 8.0
STRIP_SHARE = 0.037
LEAST_AREA_PX = 500

ByteArray = NDArray[np.uint8]
Float32Array = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Features:
    """Places (N, 2) and RootSIFT descriptors (N, 128) of one photograph."""

    places_px: Float32Array
    descriptors: Float32Array


EMPTY = Features(np.empty((0, 2), np.float32), np.empty((0, 128), np.float32))


def without_strip(mask: ByteArray) -> ByteArray:
    """The mask (H, W) without the rows in which cameras print."""
    kept, rows = mask.copy(), int(STRIP_SHARE * len(mask))
    kept[:rows] = 0
    kept[len(mask) - rows :] = 0
    return kept


def describe(grey: ByteArray, mask: ByteArray) -> Features:
    """Features within a mask (H, W), cut to its box and scaled to a long side of 640 pixels."""
    ys, xs = np.nonzero(mask)
    if len(ys) < LEAST_AREA_PX:
        return EMPTY
    box = np.s_[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1]
    k = LONG_SIDE_PX / max(grey[box].shape)
    way = cv2.INTER_AREA if k < 1 else cv2.INTER_LINEAR
    small = cv2.resize(grey[box], None, fx=k, fy=k, interpolation=way)
    inside = cv2.resize(mask[box], small.shape[::-1], interpolation=cv2.INTER_NEAREST)
    points, found = cv2.SIFT_create().detectAndCompute(small, inside)
    if found is None:
        return EMPTY
    # Cut here: OpenCV's own limit counts what lies outside the mask, too.
    strongest = np.argsort([-p.response for p in points], kind="stable")[:MOST_KEYPOINTS]
    points, found = [points[k] for k in strongest], found[strongest]
    root = np.sqrt(found / (found.sum(1, keepdims=True) + 1e-9))
    return Features(np.array([p.pt for p in points], np.float32), root.astype(np.float32))


def n_inliers(one: Features, other: Features) -> int:
    """Matches that pass the ratio test and that one affine map explains; each place counts once."""
    if len(one.places_px) < 4 or len(other.places_px) < 4:
        return 0
    likeness = one.descriptors @ other.descriptors.T
    best = np.argpartition(-likeness, 1, axis=1)[:, :2]
    two = np.take_along_axis(likeness, best, axis=1)
    order = np.argsort(-two, axis=1)
    best, two = np.take_along_axis(best, order, axis=1), np.take_along_axis(two, order, axis=1)
    away = np.sqrt(np.maximum(2.0 - 2.0 * two, 0.0))
    good = np.flatnonzero(away[:, 0] < RATIO * away[:, 1])
    if len(good) < 4:
        return 0
    here, there = one.places_px[good], other.places_px[best[good, 0]]
    cv2.setRNGSeed(1)
    found = cv2.estimateAffine2D(here, there, ransacReprojThreshold=REACH_PX)[1]
    if found is None:
        return 0
    kept = there[found.ravel() > 0]
    return len(np.unique(kept, axis=0))


def best_of(frames: Sequence[Features], others: Sequence[Features]) -> int:
    """Inliers of the best pair of frames of two encounters."""
    return max((n_inliers(a, b) for a in frames for b in others), default=0)
