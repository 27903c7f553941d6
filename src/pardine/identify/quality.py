"""How much a chip can tell: sharpness, light and size in numbers, and a verdict where it tells nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np

from pardine.identify.body_frame import Chip

VERSION = 1
Verdict = Literal["good", "poor", "no_animal", "too_small", "black", "several_animals"]
_BLACK, _FLAT = 12.0, 2.0
_SHARP_ENOUGH = 2.0
_LIGHT_ENOUGH = 25.0


@dataclass(frozen=True, kw_only=True)
class Quality:
    """What can be seen of the coat.

    Attributes
    ----------
    verdict
        ``good`` and ``poor`` are matched; the others say why a photograph is not.
    sharpness
        Mean absolute Laplacian over the contrast of the coat: about 0.1 blurred, 0.5 crisp.
    brightness, contrast
        Mean and standard deviation of grey values inside the mask, 0 to 255.
    animal_px
        Pixels of the chip that are animal.
    """

    verdict: Verdict
    sharpness: float = 0.0
    brightness: float = 0.0
    contrast: float = 0.0
    animal_px: int = 0

    @property
    def can_match(self) -> bool:
        """Whether features of it mean anything."""
        return self.verdict in ("good", "poor")


def chip_quality(chip: Chip | None) -> Quality:
    """Judge a chip; ``None`` means that no animal was found."""
    if chip is None or not chip.mask.any():
        return Quality(verdict="no_animal")
    grey = cv2.cvtColor(chip.image, cv2.COLOR_RGB2GRAY).astype(np.float32)
    inside = chip.mask > 0
    brightness, contrast = float(grey[inside].mean()), float(grey[inside].std())
    laplacian = np.abs(cv2.Laplacian(grey, cv2.CV_32F))[inside]
    sharpness = float(laplacian.mean() / max(contrast, 1.0))
    verdict: Verdict = "good"
    if brightness < _BLACK or contrast < _FLAT:
        verdict = "black" if brightness < _BLACK else "poor"
    elif brightness < _LIGHT_ENOUGH or laplacian.mean() < _SHARP_ENOUGH:
        verdict = "poor"
    return Quality(
        verdict=verdict, sharpness=sharpness, brightness=brightness, contrast=contrast,
        animal_px=int(inside.sum()),
    )  # fmt: skip
