"""The photographs of one camera taken through the stages together, and what they gave as bytes."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pardine.identify import background, body_frame, describe, features, foreground, quality
from pardine.identify.background import moved_masks
from pardine.identify.describe import Described
from pardine.identify.detect import box_mask
from pardine.identify.features import Features, no_features
from pardine.identify.foreground import Image, Mask
from pardine.identify.quality import Quality, Verdict
from pardine.identify.side import Side

VERSION = 1
# What is kept is made anew when any of these is raised.
STAGE_VERSIONS = [
    stage.VERSION for stage in (background, body_frame, describe, features, foreground, quality)
]
Box = tuple[float, float, float, float]
_GREY_SPREAD = 6.0
_FEATURES = ("xy", "scale", "angle_deg", "descriptors", "frame_xy")


@dataclass(frozen=True, kw_only=True, eq=False)
class View:
    """One animal in one photograph, to be described.

    Attributes
    ----------
    picture
        ``None`` where it cannot be read.
    side
        Of the animal.
    box
        Left, top, right, bottom in shares; ``None`` where nobody said.
    clear
        (H, W), 0 where the camera wrote; ``None`` where not known.
    """

    picture: Image | None
    side: Side
    box: tuple[float, float, float, float] | None = None
    clear: Mask | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class SeenCoat:
    """What a photograph gave.

    Attributes
    ----------
    grey
        Whether it has no colours: taken by infrared flash.
    scene
        Left, top, right, bottom of what the camera did not write over, in shares.
    """

    described: Described
    grey: bool
    unreadable: bool = False
    scene: Box = (0.0, 0.0, 1.0, 1.0)

    @property
    def animal(self) -> Box | None:
        """Where the coat was seen, in shares of the photograph; ``None`` where it was not."""
        xy = self.described.features.frame_xy
        if not len(xy):
            return None
        (left, top), (right, bottom) = xy.min(axis=0).tolist(), xy.max(axis=0).tolist()
        return (left, top, right, bottom)


def describe_scene(views: Sequence[View], others: Sequence[Image] = ()) -> list[SeenCoat]:
    """Describe photographs of one camera.

    Parameters
    ----------
    others
        More photographs of the camera, without the animal: they show its scene.
    """
    masks = _masks(views, others)
    return [_describe_one(view, mask) for view, mask in zip(views, masks, strict=True)]


def _describe_one(view: View, mask: Mask | None) -> SeenCoat:
    if view.picture is None:
        nothing = Described(
            features=no_features(), in_body_frame=False, background=no_features(),
            quality=Quality(verdict="no_animal"),
        )  # fmt: skip
        return SeenCoat(described=nothing, grey=False, unreadable=True)
    found = describe.describe(view.picture, side=view.side, mask=mask, clear=view.clear)
    return SeenCoat(described=found, grey=is_grey(view.picture), scene=_scene(view.clear))


def _scene(clear: Mask | None) -> Box:
    """What remains of the photograph once the strips are cut off."""
    if clear is None or not clear.any():
        return (0.0, 0.0, 1.0, 1.0)
    # Logos inside the picture leave holes; a strip takes whole rows, a rim whole columns.
    rows, columns = np.flatnonzero(clear.mean(axis=1) > 0.5), np.flatnonzero(clear.mean(axis=0) > 0.5)
    if not len(rows) or not len(columns):
        return (0.0, 0.0, 1.0, 1.0)
    height, width = clear.shape
    return (
        float(columns[0] / width),
        float(rows[0] / height),
        float((columns[-1] + 1) / width),
        float((rows[-1] + 1) / height),
    )


def is_grey(picture: Image) -> bool:
    """Whether a photograph has no colours: an infrared flash, or a black night."""
    small = picture[::8, ::8].astype(np.int16)
    return bool((small.max(axis=2) - small.min(axis=2)).mean() < _GREY_SPREAD)


def _masks(views: Sequence[View], others: Sequence[Image]) -> list[Mask | None]:
    """What moved before the scene of the camera, within the box where there is one."""
    masks: list[Mask | None] = [None] * len(views)
    by_shape: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for i, view in enumerate(views):
        if view.picture is not None:
            by_shape[view.picture.shape].append(i)
    for shape, members in by_shape.items():
        pictures = [p for i in members if (p := views[i].picture) is not None]
        scene = [p for p in others if p.shape == shape]
        moved = moved_masks([*pictures, *scene], views[members[0]].clear)
        for i, mask in zip(members, moved, strict=False):
            masks[i] = mask
    return [_within_box(view, mask) for view, mask in zip(views, masks, strict=True)]


def _within_box(view: View, mask: Mask | None) -> Mask | None:
    if view.box is None or view.picture is None:
        return mask
    boxed = box_mask(view.box, *view.picture.shape[:2])
    if mask is None or not (mask & boxed).any():
        return boxed
    return mask & boxed


def pack(seen: Sequence[SeenCoat]) -> bytes:
    """As bytes: numbers only, nothing that could run."""
    arrays: dict[str, np.ndarray] = {}
    for i, one in enumerate(seen):
        for part, found in (("coat", one.described.features), ("around", one.described.background)):
            for name in _FEATURES:
                arrays[f"{i}.{part}.{name}"] = getattr(found, name)
        q = one.described.quality
        arrays[f"{i}.numbers"] = np.array(
            [q.sharpness, q.brightness, q.contrast, q.animal_px, one.described.in_body_frame, one.grey,
             one.unreadable], np.float64,
        )  # fmt: skip
        arrays[f"{i}.verdict"] = np.array(q.verdict)
        arrays[f"{i}.scene"] = np.array(one.scene, np.float64)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, n=np.array(len(seen)), **arrays)  # type: ignore[arg-type]  # stubs of numpy
    return buffer.getvalue()


def unpack(content: bytes) -> list[SeenCoat]:
    """What `pack` wrote.

    Raises
    ------
    ValueError, KeyError, OSError
        Other bytes.
    """
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return [_unpacked(arrays, i) for i in range(int(arrays["n"]))]


def _unpacked(arrays: np.lib.npyio.NpzFile, i: int) -> SeenCoat:
    coat, around = (
        Features(**{name: arrays[f"{i}.{part}.{name}"] for name in _FEATURES}) for part in ("coat", "around")
    )
    sharpness, brightness, contrast, animal_px, in_frame, grey, unreadable = arrays[f"{i}.numbers"].tolist()
    left, top, right, bottom = arrays[f"{i}.scene"].tolist()
    verdict: Verdict = str(arrays[f"{i}.verdict"])  # type: ignore[assignment]  # written by `pack` alone
    return SeenCoat(
        described=Described(
            features=coat,
            in_body_frame=bool(in_frame),
            background=around,
            quality=Quality(
                verdict=verdict, sharpness=sharpness, brightness=brightness, contrast=contrast,
                animal_px=int(animal_px),
            ),
        ),
        grey=bool(grey),
        unreadable=bool(unreadable),
        scene=(left, top, right, bottom),
    )  # fmt: skip
