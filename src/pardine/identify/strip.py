"""What the camera wrote into the picture: strips of one colour along the edges, and logos.

Strips match each other perfectly across photographs and make confident wrong pairs, so they go first.
A strip is found by its rows (almost all of one colour, the same in every photograph, from the very edge
inwards); a logo by its pixels, which stay while everything around them changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pardine.identify.foreground import Image, Mask

VERSION = 1
MIN_FOR_LOGO = 5
_BAND_SHARE = 0.15
# A row of text leaves more than half of its strip uncovered.
_FLAT_SHARE, _FLAT_SHARE_WORST = 0.5, 0.4
_COLOUR_SPREAD = 10
# Behind the last row a strip ends at once; a dark sky fades.
_FLAT_SHARE_BEHIND, _ROWS_BEHIND = 0.3, 3
# Sensors fade along the rim, and text is blurred by JPEG: a little more than what was found.
_RIM_SHARE = 0.008
_LOGO_SPREAD, _SCENE_SPREAD = 14.0, 14.0
# An overexposed sky and a black night stay the same too, but they are no writing.
_DARK, _BRIGHT = 12.0, 243.0
_LOGO_WIDTH_PX = 480
_LOGO_SHARE, _LOGOS_SHARE = 4e-4, 0.03


@dataclass(frozen=True, kw_only=True)
class Overlay:
    """What covers photographs of one size from one camera or make.

    Attributes
    ----------
    width_px, height_px
        Of the photographs.
    top_px, bottom_px
        Rows that a strip takes at each edge; 0 where there is none.
    logos
        Boxes (left, top, right, bottom) in pixels.
    """

    width_px: int
    height_px: int
    top_px: int = 0
    bottom_px: int = 0
    logos: tuple[tuple[int, int, int, int], ...] = ()

    def clear(self) -> Mask:
        """(H, W) mask: 1 where the scene is seen."""
        rim = max(round(_RIM_SHARE * self.height_px), 2)
        seen = np.ones((self.height_px, self.width_px), np.uint8)
        seen[: self.top_px + rim] = 0
        seen[self.height_px - self.bottom_px - rim :] = 0
        seen[:, :rim], seen[:, self.width_px - rim :] = 0, 0
        for left, top, right, bottom in self.logos:
            seen[top:bottom, left:right] = 0
        return seen


def find_overlay(photographs: Sequence[Image]) -> Overlay:
    """Strips and logos of photographs of one size.

    Parameters
    ----------
    photographs
        (H, W, 3) RGB, all of one size: of one deployment, or of several with the same make of camera.
        About twenty are enough. Logos need at least five, and scenes that differ.

    Raises
    ------
    ValueError
        No photographs, or of different sizes.
    """
    if len({p.shape for p in photographs}) != 1:
        raise ValueError("photographs of one size are needed")
    height, width = photographs[0].shape[:2]
    band = int(_BAND_SHARE * height)
    top = _strip_rows([p[:band] for p in photographs])
    bottom = _strip_rows([p[height - band :][::-1] for p in photographs])
    return Overlay(
        width_px=width, height_px=height, top_px=top, bottom_px=bottom,
        logos=_logos(photographs, top, bottom),
    )  # fmt: skip


def _strip_rows(bands: Sequence[Image]) -> int:
    """Rows from the edge (row 0) inwards that one colour fills."""
    colours = np.array([np.median(band[:3].reshape(-1, 3), axis=0) for band in bands])
    colour = np.median(colours, axis=0)
    if np.median(np.abs(colours - colour).max(axis=1)) > _COLOUR_SPREAD:
        return 0
    near = [np.abs(band.astype(np.int16) - colour).max(axis=2) <= _COLOUR_SPREAD for band in bands]
    share = np.array([rows.mean(axis=1) for rows in near])
    usual, worst = np.median(share, axis=0), np.quantile(share, 0.1, axis=0)
    filled = (usual >= _FLAT_SHARE) & (worst >= _FLAT_SHARE_WORST)
    n_rows = len(filled) if filled.all() else int(np.argmin(filled))
    behind = share[:, min(n_rows + _ROWS_BEHIND, len(filled) - 1)]
    return n_rows if behind.min() < _FLAT_SHARE_BEHIND else 0


def _logos(photographs: Sequence[Image], top: int, bottom: int) -> tuple[tuple[int, int, int, int], ...]:
    if len(photographs) < MIN_FOR_LOGO:
        return ()
    height, width = photographs[0].shape[:2]
    scale = _LOGO_WIDTH_PX / width
    size = (_LOGO_WIDTH_PX, max(round(height * scale), 8))
    stack = np.array([cv2.resize(p, size, interpolation=cv2.INTER_AREA) for p in photographs], np.float32)
    usual = np.median(stack, axis=0)
    away = np.abs(stack - usual).max(axis=3)
    scene = np.median(away, axis=0)[round(top * scale) : size[1] - round(bottom * scale)]
    if np.median(scene) < _SCENE_SPREAD:
        # The scene itself stays: what does not change is no sign of a logo.
        return ()
    written = (usual.max(axis=2) > _DARK) & (usual.min(axis=2) < _BRIGHT)
    stays = (np.quantile(away, 0.9, axis=0) < _LOGO_SPREAD) & written
    boxes = _boxes(_outer(stays, top * scale, bottom * scale))
    if sum((r - x) * (b - y) for x, y, r, b in boxes) > _LOGOS_SHARE * stays.size:
        return ()
    return tuple(_scaled(box, scale, width, height) for box in boxes)


def _outer(constant: NDArray[np.bool_], top: float, bottom: float) -> Mask:
    """Constant pixels near the edges, strips left out."""
    height, width = constant.shape
    outer = np.zeros_like(constant)
    rows, columns = round(_BAND_SHARE * height), round(_BAND_SHARE * width)
    outer[:rows], outer[height - rows :] = True, True
    outer[:, :columns], outer[:, width - columns :] = True, True
    outer[: round(top) + 1], outer[height - round(bottom) - 1 :] = False, False
    joined = cv2.morphologyEx((constant & outer).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    return np.asarray(joined, dtype=np.uint8)


def _boxes(constant: Mask) -> list[tuple[int, int, int, int]]:
    n_regions, _, table, _ = cv2.connectedComponentsWithStats(constant)
    least = _LOGO_SHARE * constant.size
    return [
        (int(x), int(y), int(x + w), int(y + h)) for x, y, w, h, area in table[1:n_regions] if area >= least
    ]


def _scaled(
    box: tuple[int, int, int, int], scale: float, width: int, height: int
) -> tuple[int, int, int, int]:
    left, top, right, bottom = ((v + d) / scale for v, d in zip(box, (-2, -2, 2, 2), strict=True))
    return max(int(left), 0), max(int(top), 0), min(int(right) + 1, width), min(int(bottom) + 1, height)
