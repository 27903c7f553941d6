"""Local features: SIFT of a chip, upright in the body frame or turned with the coat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pardine.identify.body_frame import Chip

VERSION = 1
Descriptors = NDArray[np.integer[Any]]
N_BYTES = 128
_CLAHE_LIMIT, _CLAHE_TILES = 2.0, (6, 4)
# RootSIFT has unit length; 512 keeps two digits of its small entries, and no entry reaches 0.5 often.
_QUANTUM = 512.0


@dataclass(frozen=True, kw_only=True)
class SiftOptions:
    """How features are found.

    Attributes
    ----------
    n_keypoints
        At most, the strongest first.
    upright
        Whether the body frame gives the direction (a flank), or the coat itself does.
    contrast, edge
        Thresholds of SIFT.
    """

    n_keypoints: int = 300
    upright: bool = True
    contrast: float = 0.01
    edge: float = 12.0


@dataclass(frozen=True, kw_only=True)
class Features:
    """Local features of one chip.

    Attributes
    ----------
    xy
        (K, 2) pixels of the chip.
    scale
        (K,) diameter in pixels.
    angle_deg
        (K,) direction; 0 where features are upright.
    descriptors
        (K, 128) uint8, quantised RootSIFT, or (K, D) int8 of a network: inner products compare.
    frame_xy
        (K, 2) shares of the photograph's width and height, by which fixed background is known again.
    part
        (K,) codes of `body_part.BodyPart`, ``None`` where nobody told parts.
    """

    xy: NDArray[np.float32]
    scale: NDArray[np.float32]
    angle_deg: NDArray[np.float32]
    descriptors: Descriptors
    frame_xy: NDArray[np.float32]
    part: NDArray[np.uint8] | None = None

    def __len__(self) -> int:
        return len(self.xy)

    def __post_init__(self) -> None:
        if {len(self.scale), len(self.angle_deg), len(self.descriptors), len(self.frame_xy)} != {
            len(self.xy)
        }:
            raise ValueError("features need one entry a keypoint")
        if self.part is not None and len(self.part) != len(self.xy):
            raise ValueError("features need one part a keypoint")

    def chosen(self, keep: NDArray[np.bool_] | NDArray[np.intp]) -> Features:
        """Some of the features."""
        return Features(
            xy=self.xy[keep],
            scale=self.scale[keep],
            angle_deg=self.angle_deg[keep],
            descriptors=self.descriptors[keep],
            frame_xy=self.frame_xy[keep],
            part=None if self.part is None else self.part[keep],
        )


def no_features() -> Features:
    """Features of a picture that has none."""
    return Features(
        xy=np.zeros((0, 2), np.float32),
        scale=np.zeros(0, np.float32),
        angle_deg=np.zeros(0, np.float32),
        descriptors=np.zeros((0, N_BYTES), np.uint8),
        frame_xy=np.zeros((0, 2), np.float32),
    )


def sift_features(chip: Chip, options: SiftOptions) -> Features:
    """SIFT on the animal of a chip, as RootSIFT.

    References
    ----------
    Lowe 2004, Int J Comput Vis 60:91; Arandjelovic & Zisserman 2012, CVPR (RootSIFT).
    """
    grey = cv2.cvtColor(chip.image, cv2.COLOR_RGB2GRAY)
    even = cv2.createCLAHE(_CLAHE_LIMIT, _CLAHE_TILES).apply(grey)
    sift = cv2.SIFT.create(contrastThreshold=options.contrast, edgeThreshold=options.edge)
    # SIFT wants 255 for "look here".
    found = sift.detect(even, (chip.mask > 0).astype(np.uint8) * 255)
    chosen = _strongest(found, options)
    if not chosen:
        return no_features()
    kept, raw = sift.compute(even, chosen)
    xy = np.array([k.pt for k in kept], dtype=np.float32)
    return Features(
        xy=xy,
        scale=np.array([k.size for k in kept], dtype=np.float32),
        angle_deg=np.array([0.0 if options.upright else k.angle for k in kept], dtype=np.float32),
        descriptors=root_sift(np.asarray(raw, dtype=np.float32)),
        frame_xy=(xy @ chip.to_photograph[:, :2].T + chip.to_photograph[:, 2]).astype(np.float32),
    )


def root_sift(raw: NDArray[np.float32]) -> NDArray[np.uint8]:
    """(K, 128) SIFT as quantised RootSIFT."""
    share = raw / (raw.sum(axis=1, keepdims=True) + 1e-7)
    return np.asarray(np.minimum(np.sqrt(share) * _QUANTUM, 255.0), dtype=np.uint8)


def as_unit(descriptors: Descriptors) -> NDArray[np.float32]:
    """Quantised descriptors as float32 of unit length."""
    values = descriptors.astype(np.float32)
    length = np.sqrt((values * values).sum(axis=1, keepdims=True))
    return np.asarray(values / np.maximum(length, 1e-6), dtype=np.float32)


def _strongest(found: Sequence[cv2.KeyPoint], options: SiftOptions) -> list[cv2.KeyPoint]:
    """The strongest, each place and size once where the direction is given."""
    ordered = sorted(found, key=lambda k: (-k.response, k.pt, k.angle))
    if not options.upright:
        return ordered[: options.n_keypoints]
    seen: dict[tuple[float, float, float], cv2.KeyPoint] = {}
    for keypoint in ordered:
        keypoint.angle = 0.0
        seen.setdefault((keypoint.pt[0], keypoint.pt[1], keypoint.size), keypoint)
    return list(seen.values())[: options.n_keypoints]
