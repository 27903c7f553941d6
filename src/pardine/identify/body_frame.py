"""The normalised body frame: every flank drawn at one size, its head to the left."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pardine.identify.foreground import Image, Mask
from pardine.identify.side import Side

VERSION = 1
FRAME_WIDTH_PX, FRAME_HEIGHT_PX = 480, 300
_MARGIN = 0.06
# Percentiles rather than extremes: a tail or a twig shall not set the scale.
_X_PERCENT, _Y_PERCENT = (1.0, 99.0), (1.5, 97.0)
_MIN_PIXELS = 64


@dataclass(frozen=True, kw_only=True)
class Chip:
    """An animal cut out of a photograph, in its body frame.

    Attributes
    ----------
    image
        (H, W, 3) RGB.
    mask
        (H, W), 1 where it is animal.
    side
        What the photograph shows.
    to_photograph
        (2, 3) affine map from chip pixels to shares (0 to 1) of the photograph's width and height.
    """

    image: Image
    mask: Mask
    side: Side
    to_photograph: NDArray[np.float64]


def body_frame(photograph: Image, mask: Mask, side: Side) -> Chip | None:
    """Cut the animal out so that its trunk fills a frame of one size.

    Parameters
    ----------
    photograph
        (H, W, 3) RGB.
    mask
        (H, W), 1 where it is animal.
    side
        A right flank is mirrored, so that heads of both flanks point to the left; mirrored frames are
        still never compared with the other flank.

    Returns
    -------
    Chip or None
        ``None`` where the mask holds too little to be an animal.
    """
    ys, xs = np.nonzero(mask)
    if len(xs) < _MIN_PIXELS:
        return None
    left, right = np.percentile(xs, _X_PERCENT)
    top, bottom = np.percentile(ys, _Y_PERCENT)
    if right - left < 4 or bottom - top < 4:
        return None
    wide, high = right - left, bottom - top
    box = (left - _MARGIN * wide, top - _MARGIN * high, right + _MARGIN * wide, bottom + _MARGIN * high)
    return cut(photograph, mask, box, side, size=(FRAME_WIDTH_PX, FRAME_HEIGHT_PX))


def cut(
    photograph: Image,
    mask: Mask,
    box: tuple[float, float, float, float],
    side: Side,
    *,
    size: tuple[int, int],
) -> Chip:
    """Draw a box (left, top, right, bottom; pixels) at a given size; right flanks are mirrored."""
    left, top, right, bottom = box
    x_scale, y_scale = (right - left) / size[0], (bottom - top) / size[1]
    mirrored = side is Side.RIGHT
    to_pixels = np.array(
        [[-x_scale if mirrored else x_scale, 0.0, right if mirrored else left], [0.0, y_scale, top]]
    )
    shrink = max(x_scale, y_scale)
    smooth = cv2.GaussianBlur(photograph, (0, 0), 0.5 * shrink) if shrink > 1.25 else photograph
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    image = cv2.warpAffine(smooth, to_pixels, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    inside = cv2.warpAffine(mask, to_pixels, size, flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP)
    height, width = photograph.shape[:2]
    return Chip(
        image=np.asarray(image, dtype=np.uint8),
        mask=np.asarray(inside, dtype=np.uint8),
        side=side,
        to_photograph=to_pixels / np.array([[width], [height]]),
    )
