"""What a thumbnail shows in a few numbers: how bright it is, how much it differs, and a coarse picture."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

VIEW_CELLS = 8
_SIDE_PX = 64


class View(NamedTuple):
    """Brightness and contrast from 0 to 1, and (64,) mean grey values of an 8 x 8 grid."""

    brightness: float
    contrast: float
    cells: NDArray[np.float64]


def view_of(thumbnail: Path) -> View | None:
    """The view of a thumbnail; ``None`` where there is none, or it cannot be read."""
    try:
        with Image.open(thumbnail) as picture:
            small = picture.convert("L").resize((_SIDE_PX, _SIDE_PX), Image.Resampling.BOX)
    except (OSError, ValueError):
        return None
    grey = np.asarray(small, dtype=np.float64) / 255.0
    block = _SIDE_PX // VIEW_CELLS
    cells = grey.reshape(VIEW_CELLS, block, VIEW_CELLS, block).mean(axis=(1, 3))
    return View(float(grey.mean()), float(grey.std()), cells.ravel())
