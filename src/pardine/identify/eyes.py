"""Where a face looks into the flash: two eyes that shine, and the head around them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations

import cv2
import numpy as np
from numpy.typing import NDArray

from pardine.identify.body_frame import Chip
from pardine.identify.body_part import BodyPart

VERSION = 1
_PIECE_SHARE = 0.14
_ABOVE, _BRIGHT = 90, 225
_COLOURED = 10.0
_MIN_PX, _MAX_SHARE = 4, 0.03
_MAX_LONG, _MIN_FILLED = 1.8, 0.55
_MAX_UNLIKE = 2.5
_APART = (2.0, 9.0)
_MAX_TILT = 0.6
_HEAD_BELOW, _HEAD_RADIUS = 0.25, 1.9


@dataclass(frozen=True, kw_only=True)
class Head:
    """A circle of chip pixels that holds a face and its ears."""

    x: float
    y: float
    radius: float

    def holds(self, xy: NDArray[np.float32]) -> NDArray[np.bool_]:
        """(K,) whether points lie in it."""
        away = np.hypot(xy[:, 0] - self.x, xy[:, 1] - self.y)
        return np.asarray(away < self.radius, np.bool_)


@dataclass(frozen=True, kw_only=True)
class _Spot:
    x: float
    y: float
    wide: float
    area: int
    glow: float


def shining_head(chip: Chip) -> Head | None:
    """The head of an animal whose two eyes give an infrared flash back; ``None`` where no pair shines."""
    spots = _spots(chip)
    pairs = [(a.glow + b.glow, a, b) for a, b in combinations(spots, 2) if _may_be_eyes(a, b)]
    if not pairs:
        return None
    _, a, b = max(pairs, key=lambda pair: pair[0])
    apart = float(np.hypot(a.x - b.x, a.y - b.y))
    return Head(x=0.5 * (a.x + b.x), y=0.5 * (a.y + b.y) + _HEAD_BELOW * apart, radius=_HEAD_RADIUS * apart)


def head_parts(head: Head | None, xy: NDArray[np.float32]) -> NDArray[np.uint8]:
    """(K,) codes of `BodyPart`: the head, or not known."""
    if head is None:
        return np.full(len(xy), BodyPart.UNKNOWN, np.uint8)
    return np.where(head.holds(xy), BodyPart.HEAD, BodyPart.UNKNOWN).astype(np.uint8)


def without_head(chip: Chip, head: Head) -> Chip:
    """The same chip, its head no part of the animal."""
    mask = np.ascontiguousarray(chip.mask.copy())
    cv2.circle(mask, (round(head.x), round(head.y)), round(head.radius), (0.0,), -1)
    return replace(chip, mask=mask)


def _spots(chip: Chip) -> list[_Spot]:
    """Small round spots far brighter than the coat around them."""
    grey = cv2.cvtColor(chip.image, cv2.COLOR_RGB2GRAY)
    inside = (chip.mask > 0).astype(np.uint8)
    area = int(inside.sum())
    if not area or float(np.ptp(chip.image[inside > 0], axis=1).mean()) > _COLOURED:
        return []  # by day eyes do not shine, and much else is white
    size = max(int(_PIECE_SHARE * np.sqrt(max(area, 1))), 3) | 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    glow = cv2.morphologyEx(grey, cv2.MORPH_TOPHAT, disc)
    found = ((glow > _ABOVE) & (grey > _BRIGHT) & (inside > 0)).astype(np.uint8)
    n_regions, _, table, centres = cv2.connectedComponentsWithStats(found)
    spots = []
    for (left, top, wide, high, n), (x, y) in zip(table[1:n_regions], centres[1:n_regions], strict=True):
        long, short = max(wide, high), max(min(wide, high), 1)
        if n < _MIN_PX or n > _MAX_SHARE * area or long > _MAX_LONG * short or n < _MIN_FILLED * wide * high:
            continue
        brightest = float(glow[top : top + high, left : left + wide].max())
        spots.append(_Spot(x=float(x), y=float(y), wide=float(long), area=int(n), glow=brightest))
    return sorted(spots, key=lambda s: -s.glow)[:12]


def _may_be_eyes(a: _Spot, b: _Spot) -> bool:
    """Two spots of one size, side by side, some widths apart."""
    if max(a.area, b.area) > _MAX_UNLIKE * min(a.area, b.area):
        return False
    apart, wide = float(np.hypot(a.x - b.x, a.y - b.y)), 0.5 * (a.wide + b.wide)
    return _APART[0] * wide < apart < _APART[1] * wide and abs(a.y - b.y) < _MAX_TILT * abs(a.x - b.x)
