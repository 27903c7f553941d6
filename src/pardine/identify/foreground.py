"""The animal's silhouette inside a crop: colours told apart by GrabCut from where a body usually is."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Mask = NDArray[np.uint8]
Prior = NDArray[np.float32]

VERSION = 1
_LONG_SIDE_PX = 128
_SURE_ANIMAL, _SURE_GROUND, _LIKELY = 0.9, 0.04, 0.45
_BORDER_SHARE = 0.03


@dataclass(frozen=True, kw_only=True)
class BodyPrior:
    """Where in a crop a standing animal's trunk usually lies: an ellipse, with a core that is certain.

    Attributes
    ----------
    centre, radii
        Of the ellipse, as shares of width and height.
    core_radii
        Of the part that is taken as the animal in any case.
    """

    centre: tuple[float, float] = (0.60, 0.40)
    radii: tuple[float, float] = (0.36, 0.30)
    core_radii: tuple[float, float] = (0.16, 0.12)

    def mirrored(self) -> BodyPrior:
        """The same for an animal that faces the other way."""
        return BodyPrior(
            centre=(1.0 - self.centre[0], self.centre[1]), radii=self.radii, core_radii=self.core_radii
        )

    def draw(self, height: int, width: int) -> Prior:
        """(H, W) share from 0 to 1 of how much a place is expected to be animal."""
        y, x = np.mgrid[0:height, 0:width].astype(np.float32)
        x, y = (x + 0.5) / width - self.centre[0], (y + 0.5) / height - self.centre[1]
        prior = np.clip(1.15 - 0.65 * ((x / self.radii[0]) ** 2 + (y / self.radii[1]) ** 2), 0.0, 0.89)
        prior[(x / self.core_radii[0]) ** 2 + (y / self.core_radii[1]) ** 2 < 1.0] = 1.0
        rows, columns = max(int(_BORDER_SHARE * height), 1), max(int(_BORDER_SHARE * width), 1)
        prior[:rows], prior[-rows:], prior[:, :columns], prior[:, -columns:] = 0.0, 0.0, 0.0, 0.0
        return np.asarray(prior, dtype=np.float32)


CENTRED = BodyPrior(centre=(0.5, 0.45), radii=(0.40, 0.34), core_radii=(0.16, 0.14))
FACING_LEFT = BodyPrior()


def silhouette(crop: Image, prior: Prior, *, n_rounds: int = 2) -> Mask:
    """The largest body-like region of a crop, 1 where it is animal.

    Parameters
    ----------
    crop
        (H, W, 3) RGB.
    prior
        (h, w) of any size: from 0 (certainly not animal) to 1 (certainly).
    n_rounds
        Rounds of GrabCut.

    Returns
    -------
    (H, W) mask; the prior's own likely region where colours tell nothing apart (all black, one colour).

    References
    ----------
    Rother, Kolmogorov & Blake 2004, ACM Trans Graph 23:309 (GrabCut).
    """
    height, width = crop.shape[:2]
    scale = min(1.0, _LONG_SIDE_PX / max(height, width))
    size = (max(round(scale * width), 8), max(round(scale * height), 8))
    small = np.asarray(cv2.resize(crop, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    expected = np.asarray(cv2.resize(prior, size, interpolation=cv2.INTER_LINEAR), dtype=np.float32)
    found = _tidy(_grab_cut(small, expected, n_rounds), expected)
    return np.asarray(cv2.resize(found, (width, height), interpolation=cv2.INTER_NEAREST), dtype=np.uint8)


def _grab_cut(small: Image, prior: Prior, n_rounds: int) -> Mask:
    state = np.where(prior > _LIKELY, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    state[prior > _SURE_ANIMAL] = cv2.GC_FGD
    state[prior < _SURE_GROUND] = cv2.GC_BGD
    likely = (prior > _LIKELY).astype(np.uint8)
    is_animal = (state == cv2.GC_FGD) | (state == cv2.GC_PR_FGD)
    # Blur hides stripes and spots from the colour model: the coat shall be one colour.
    lab = cv2.cvtColor(cv2.GaussianBlur(small, (0, 0), 2.0), cv2.COLOR_RGB2LAB)
    if np.ptp(lab.reshape(-1, 3), axis=0).max() < 4 or not is_animal.any() or is_animal.all():
        return likely
    ground, animal = np.zeros((1, 65)), np.zeros((1, 65))
    # k-means inside starts from OpenCV's own generator: the same photograph shall give the same mask.
    cv2.setRNGSeed(0)
    # The rectangle is not read in this mode.
    cv2.grabCut(lab, state, (0, 0, 1, 1), ground, animal, n_rounds, cv2.GC_INIT_WITH_MASK)
    return np.asarray((state == cv2.GC_FGD) | (state == cv2.GC_PR_FGD), dtype=np.uint8)


def _tidy(found: Mask, prior: Prior) -> Mask:
    """Holes closed, legs and twigs cut off, and of what remains the region most expected."""
    width = max(5, int(0.10 * found.shape[0])) | 1
    closed = cv2.morphologyEx(found, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width))
    opened = cv2.morphologyEx(closed, cv2.MORPH_OPEN, disc)
    n_regions, regions = cv2.connectedComponents(opened)
    if n_regions < 2:
        return (prior > _LIKELY).astype(np.uint8)
    expected = np.bincount(regions.ravel(), weights=prior.ravel(), minlength=n_regions)
    return np.asarray(regions == 1 + int(np.argmax(expected[1:])), dtype=np.uint8)
