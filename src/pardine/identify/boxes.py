"""From boxes that say where animals are to the mask of one, or to the verdict that there are several."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pardine.identify.detect import Detection, box_mask
from pardine.identify.foreground import CENTRED, FACING_LEFT, Image, Mask, silhouette
from pardine.identify.side import Side

VERSION = 1
# Below it a box is a guess of the detector: it neither hides an animal nor makes a second one.
SURE = 0.5
_SECOND_AREA = 0.3
_MARGIN = 0.06
_LEAST_MOVED = 0.15


def chosen_box(detections: Sequence[Detection]) -> Detection | None:
    """The surest box, ``None`` where there is none."""
    return max(detections, key=lambda d: d.score, default=None)


def shows_several(detections: Sequence[Detection]) -> bool:
    """Whether two sure boxes hold an animal each, so that a coat would be nobody's in particular.

    A cub far behind counts as scenery: a box of less than a third of the largest one's area.
    """
    sure = [_area(d) for d in detections if d.score >= SURE]
    return sum(area > _SECOND_AREA * max(sure) for area in sure) > 1


def mask_in_box(
    photograph: Image, box: tuple[float, float, float, float], side: Side, moved: Mask | None
) -> Mask:
    """The animal inside a box: what moved there, else what colours tell apart.

    Parameters
    ----------
    photograph
        (H, W, 3) RGB.
    box
        Left, top, right, bottom as shares.
    moved
        (H, W), what differs from the usual scene of the station.
    """
    height, width = photograph.shape[:2]
    boxed = box_mask(box, height, width)
    if moved is not None and (moved & boxed).sum() > _LEAST_MOVED * boxed.sum():
        return np.asarray(moved & boxed, np.uint8)
    left, top, right, bottom = _enlarged(box)
    rows = slice(int(top * height), max(round(bottom * height), int(top * height) + 8))
    columns = slice(int(left * width), max(round(right * width), int(left * width) + 8))
    crop = np.ascontiguousarray(photograph[rows, columns])
    prior = {Side.LEFT: FACING_LEFT, Side.RIGHT: FACING_LEFT.mirrored()}.get(side, CENTRED)
    found = np.zeros((height, width), np.uint8)
    found[rows, columns] = silhouette(crop, prior.draw(128, 128))
    return found


def _enlarged(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    left, top, right, bottom = box
    dx, dy = _MARGIN * (right - left), _MARGIN * (bottom - top)
    return max(left - dx, 0.0), max(top - dy, 0.0), min(right + dx, 1.0), min(bottom + dy, 1.0)


def _area(detection: Detection) -> float:
    left, top, right, bottom = detection.box
    return (right - left) * (bottom - top)
