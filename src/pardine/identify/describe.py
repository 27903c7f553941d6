"""From a photograph to what can be compared: the stages in their order.

photograph → what the camera wrote is cleared → silhouette → chip → quality → features of the coat, and,
apart, features of what lies around it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from pardine.identify.agreement import Look, look_of
from pardine.identify.body_frame import Chip, body_frame, cut
from pardine.identify.boxes import chosen_box, mask_in_box, shows_several
from pardine.identify.detect import Detection
from pardine.identify.eyes import head_parts, shining_head, without_head
from pardine.identify.features import Features, SiftOptions, no_features, sift_features
from pardine.identify.foreground import CENTRED, FACING_LEFT, Image, Mask, silhouette
from pardine.identify.quality import Quality, chip_quality
from pardine.identify.side import Side

VERSION = 3
MIN_SIDE_PX = 32
_MAX_CHIP_PX = 720
_CHIP_ROOT_AREA_PX = 340.0
_MAX_ENLARGED = 2.0
_LEAST_SHARE = 4e-4
_SECOND_ANIMAL = 0.4
_BACKGROUND_PX = 640
_AROUND_SHARE = 0.03


@dataclass(frozen=True, kw_only=True)
class DescribeOptions:
    """Parameters of the stages."""

    frame: SiftOptions = field(default_factory=SiftOptions)
    free: SiftOptions = field(default_factory=lambda: SiftOptions(n_keypoints=500, upright=False))
    background: SiftOptions = field(default_factory=lambda: SiftOptions(n_keypoints=150, upright=False))


@dataclass(frozen=True, kw_only=True)
class Described:
    """What a photograph gives to compare.

    Attributes
    ----------
    features
        Of the coat.
    in_body_frame
        Whether they lie in the body frame (a flank), so that place and direction can be compared.
    background
        Features of everything but the animal; no evidence of who it is.
    quality
        With the verdict.
    side
        That was told, or that a model saw where nobody told.
    look
        The coat itself, small; ``None`` where nothing can be matched.
    embedding
        (D,) unit vector of a network, where one was named.
    """

    features: Features
    in_body_frame: bool
    background: Features
    quality: Quality
    side: Side = Side.UNKNOWN
    look: Look | None = None
    embedding: NDArray[np.float32] | None = None


def describe(
    photograph: Image,
    *,
    side: Side = Side.UNKNOWN,
    mask: Mask | None = None,
    clear: Mask | None = None,
    options: DescribeOptions | None = None,
    find_features: Callable[[Chip], Features] | None = None,
    find_side: Callable[[Chip], Side] | None = None,
    embed: Callable[[Chip], NDArray[np.float32]] | None = None,
    detections: Sequence[Detection] | None = None,
) -> Described:
    """Take one photograph through all stages.

    Parameters
    ----------
    photograph
        (H, W, 3) RGB.
    side
        What it shows, where a person or a model told.
    mask
        (H, W), 1 where the animal is; found from colours where ``None``.
    clear
        (H, W), 0 where the camera wrote into the picture.
    find_features
        A plug-in's, in place of SIFT, for the coat.
    find_side
        A plug-in's; asked only where ``side`` was not told.
    embed
        A network's vector of the whole chip.
    detections
        Boxes of a detector: none of them means no animal, several sure ones that nobody can say whose coat
        it is; ``None`` where no detector looked.
    """
    chosen = options or DescribeOptions()
    if min(photograph.shape[:2]) < MIN_SIDE_PX:
        return _nothing(Quality(verdict="too_small"))
    if detections is not None:
        if shows_several(detections):
            return _nothing(Quality(verdict="several_animals"))
        best = chosen_box(detections)
        if best is None:
            return _nothing(Quality(verdict="no_animal"))
        given = None if mask is None else _at_size_of(photograph, mask)
        mask = mask_in_box(photograph, best.box, side, given)
    found = _animal(photograph, side, mask)
    if clear is not None:
        found = found & clear
    largest, _ = largest_region(found)
    chip = cut_out(photograph, largest, side)
    if find_side is not None and side is Side.UNKNOWN and chip is not None:
        side = Side(find_side(chip))
        chip = cut_out(photograph, largest, side)
    quality = chip_quality(chip)
    around = _background(photograph, found, clear, chosen.background)
    if chip is None or not quality.can_match:
        return _nothing(quality, around)
    if find_features is None:
        coat = sift_features(chip, chosen.frame if side.is_flank else chosen.free)
    else:
        coat = find_features(chip)
    # Flanks show no face; elsewhere a face that looks into the lens must not carry a match.
    head = None if side.is_flank else shining_head(chip)
    if head is not None:
        coat, shown = replace(coat, part=head_parts(head, coat.xy)), without_head(chip, head)
    else:
        shown = chip
    return Described(
        features=coat,
        in_body_frame=side.is_flank,
        background=around,
        quality=quality,
        side=side,
        look=look_of(shown),
        embedding=None if embed is None else embed(chip),
    )


def cut_out(photograph: Image, mask: Mask, side: Side) -> Chip | None:
    """The animal in its body frame where a flank is seen, else upright at a size of its own."""
    if side.is_flank:
        return body_frame(photograph, mask, side)
    ys, xs = np.nonzero(mask)
    if not len(xs):
        return None
    box = (float(xs.min()), float(ys.min()), float(xs.max() + 1), float(ys.max() + 1))
    wide, high = box[2] - box[0], box[3] - box[1]
    scale = min(
        _MAX_ENLARGED, _CHIP_ROOT_AREA_PX / np.sqrt(len(xs)), _MAX_CHIP_PX / max(wide, high)
    )  # fmt: skip
    size = (max(round(wide * scale), 16), max(round(high * scale), 16))
    return cut(photograph, mask, box, side, size=size)


def largest_region(mask: Mask) -> tuple[Mask, int]:
    """The largest connected region, and how many are nearly as large; nothing where all are tiny."""
    n_regions, regions, table, _ = cv2.connectedComponentsWithStats((mask > 0).astype(np.uint8))
    areas = table[1:n_regions, cv2.CC_STAT_AREA]
    if not len(areas) or areas.max() < _LEAST_SHARE * mask.size:
        return np.zeros_like(mask, dtype=np.uint8), 0
    largest = (regions == 1 + int(np.argmax(areas))).astype(np.uint8)
    return largest, int((areas > _SECOND_ANIMAL * areas.max()).sum())


def _animal(photograph: Image, side: Side, mask: Mask | None) -> Mask:
    if mask is not None:
        return _at_size_of(photograph, mask)
    prior = {Side.LEFT: FACING_LEFT, Side.RIGHT: FACING_LEFT.mirrored()}.get(side, CENTRED)
    return silhouette(photograph, prior.draw(128, 128))


def _at_size_of(photograph: Image, mask: Mask) -> Mask:
    if mask.shape != photograph.shape[:2]:
        mask = np.asarray(
            cv2.resize(mask, photograph.shape[1::-1], interpolation=cv2.INTER_NEAREST), np.uint8
        )
    return (mask > 0).astype(np.uint8)


def _background(photograph: Image, animal: Mask, clear: Mask | None, options: SiftOptions) -> Features:
    """Features outside a wide margin around the animal."""
    height, width = photograph.shape[:2]
    scale = min(1.0, _BACKGROUND_PX / max(height, width))
    size = (max(round(width * scale), 16), max(round(height * scale), 16))
    small = cv2.resize(animal, size, interpolation=cv2.INTER_NEAREST)
    outside = 1 - _boxed(np.asarray(small, np.uint8), round(_AROUND_SHARE * size[0]))
    if clear is not None:
        seen = cv2.resize(clear, size, interpolation=cv2.INTER_NEAREST)
        outside = np.asarray(outside * seen, dtype=np.uint8)
    chip = Chip(
        image=np.asarray(cv2.resize(photograph, size, interpolation=cv2.INTER_AREA), np.uint8),
        mask=np.asarray(outside, np.uint8),
        side=Side.UNKNOWN,
        to_photograph=np.array([[1.0 / size[0], 0.0, 0.0], [0.0, 1.0 / size[1], 0.0]]),
    )
    return sift_features(chip, options)


def _boxed(animal: Mask, margin: int) -> Mask:
    """Boxes around all that may be animal: masks lose legs, tails and shadows."""
    n_regions, _, table, _ = cv2.connectedComponentsWithStats(animal)
    covered = np.zeros_like(animal)
    for left, top, wide, high, _ in table[1:n_regions]:
        covered[max(top - margin, 0) : top + high + margin, max(left - margin, 0) : left + wide + margin] = 1
    return covered


def _nothing(quality: Quality, background: Features | None = None) -> Described:
    return Described(
        features=no_features(), in_body_frame=False, background=background or no_features(), quality=quality
    )
