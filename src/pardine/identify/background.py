"""What stays where it is at a station: the scene behind the animal, and so what moved in front of it."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from pardine.identify.features import Features, as_unit
from pardine.identify.foreground import Image, Mask

VERSION = 1
MIN_FOR_SCENE = 4
_SMALL_PX = 320
_GREY_SATURATION = 10.0
_LEAST_CHANGE = 14.0
_SPREADS = 4.0
_AREA_SHARE = (0.002, 0.6)
_SAME_PLACE_SHARE, _SAME_LOOK = 0.012, 0.80


def moved_masks(photographs: Sequence[Image], clear: Mask | None = None) -> list[Mask | None]:
    """Where each photograph of a station differs from its usual scene.

    Parameters
    ----------
    photographs
        (H, W, 3) RGB of one camera, all of one size; by day and by infrared flash apart.
    clear
        (H, W), 0 where the camera wrote into the picture.

    Returns
    -------
    (H, W) masks; ``None`` where the scene is not known well enough, or nothing or everything moved
    (another light, a camera that was knocked).
    """
    small = [_small(p) for p in photographs]
    seen = None if clear is None else _nearest(clear, small[0].shape[1::-1])
    infrared = np.array([_is_grey(p) for p in small])
    masks: list[Mask | None] = [None] * len(photographs)
    for kind in (False, True):
        members = np.flatnonzero(infrared == kind).tolist()
        if len(members) < MIN_FOR_SCENE:
            continue
        greys = [cv2.cvtColor(small[i], cv2.COLOR_RGB2GRAY).astype(np.float32) for i in members]
        for i, found in zip(members, _differences(greys, seen), strict=True):
            if found is not None:
                masks[i] = _nearest(found, photographs[i].shape[1::-1])
    return masks


def fixed_features(
    features: Sequence[Features], station: NDArray[np.int64], encounter: NDArray[np.int64]
) -> list[NDArray[np.bool_]]:
    """Which features of each photograph are seen at the same place of the picture in another encounter.

    An animal does not return to the pixel: what looks alike at the same place of the same station's
    photographs, in another encounter, is rock, twig or writing.
    """
    fixed = [np.zeros(len(f), np.bool_) for f in features]
    units = [as_unit(f.descriptors) for f in features]
    for i, one in enumerate(features):
        others = np.flatnonzero((station == station[i]) & (encounter != encounter[i])).tolist()
        for j in others:
            if len(one) and len(features[j]):
                fixed[i] |= _at_same_place(one, features[j], units[i], units[j])
    return fixed


def _at_same_place(
    one: Features, other: Features, unit: NDArray[np.float32], others: NDArray[np.float32]
) -> NDArray[np.bool_]:
    near = (np.abs(one.frame_xy[:, None] - other.frame_xy[None]) < _SAME_PLACE_SHARE).all(axis=2)
    return np.asarray((near & (unit @ others.T > _SAME_LOOK)).any(axis=1))


def _differences(greys: Sequence[NDArray[np.float32]], seen: Mask | None) -> list[Mask | None]:
    scene = np.median(np.array(greys), axis=0).astype(np.float32)
    return [_moved(_as_bright_as(grey, scene) - scene, seen) for grey in greys]


def _as_bright_as(grey: NDArray[np.float32], scene: NDArray[np.float32]) -> NDArray[np.float32]:
    """The picture in the scene's light: middle and spread made equal."""
    middle, wanted = np.median(grey), np.median(scene)
    spread, wanted_spread = np.median(np.abs(grey - middle)) + 1.0, np.median(np.abs(scene - wanted)) + 1.0
    gain = np.clip(wanted_spread / spread, 0.5, 2.0)
    return np.asarray((grey - middle) * gain + wanted, dtype=np.float32)


def _moved(difference: NDArray[np.float32], seen: Mask | None) -> Mask | None:
    away = cv2.GaussianBlur(np.abs(difference), (0, 0), 2.0)
    limit = max(_LEAST_CHANGE, _SPREADS * float(np.median(away)))
    found = (away > limit).astype(np.uint8)
    if seen is not None:
        found &= seen
    opened = cv2.morphologyEx(found, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    closed = cv2.morphologyEx(opened, cv2.MORPH_CLOSE, np.ones((15, 15), np.uint8))
    low, high = _AREA_SHARE
    return np.asarray(closed, np.uint8) if low < closed.mean() < high else None


def _small(photograph: Image) -> Image:
    height, width = photograph.shape[:2]
    size = (_SMALL_PX, max(round(height * _SMALL_PX / width), 16))
    return np.asarray(cv2.resize(photograph, size, interpolation=cv2.INTER_AREA), np.uint8)


def _nearest(mask: Mask, size: Sequence[int]) -> Mask:
    return np.asarray(cv2.resize(mask, (size[0], size[1]), interpolation=cv2.INTER_NEAREST), np.uint8)


def _is_grey(photograph: Image) -> bool:
    pixels = photograph.reshape(-1, 3).astype(np.int16)
    return bool((pixels.max(axis=1) - pixels.min(axis=1)).mean() < _GREY_SATURATION)
