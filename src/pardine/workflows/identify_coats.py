"""Photographs of a species through the stages of coat evidence, each camera's kept by what it was made of."""

from __future__ import annotations

import warnings
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import PIL.Image

from pardine.base.bulk import local_executor, map_tasks
from pardine.base.errors import InputError
from pardine.base.identifiers import sha256_of_bytes
from pardine.base.provenance import canonical_json
from pardine.exchange.photographs.thumbnails import decode_small
from pardine.identify import strip
from pardine.identify.foreground import Image, Mask
from pardine.identify.passages import Shot
from pardine.identify.scene import STAGE_VERSIONS, VERSION, SeenCoat, View, describe_scene, pack, unpack
from pardine.identify.strip import MIN_FOR_LOGO, find_overlay
from pardine.store.coat_photographs import read_other_files
from pardine.store.derived import DAMAGED, DerivedKey, read_derived, write_derived
from pardine.store.project import Project
from pardine.workflows.watch import Watcher

STAGE = "coats"
LONG_SIDE_PX = 1280
_A_TASK = 24
_SCENE_PHOTOGRAPHS = 8
_OVERLAY_SAMPLE = 24
Size = tuple[int, int]


@dataclass(frozen=True, kw_only=True, eq=False)
class _Task:
    """Some shots of one camera, and where their description goes."""

    shots: tuple[Shot, ...]
    files: tuple[Path, ...]
    others: tuple[Path, ...]
    clear: dict[Size, Mask]


def describe_shots(
    project: Project, shots: Sequence[Shot], files: Sequence[Path], *, n_workers: int, watch: Watcher
) -> list[SeenCoat]:
    """Describe all shots; those of a camera that were described before are read.

    A run that was broken off goes on where it was: each camera's photographs are kept when done.
    """
    clear = overlays(files)
    batches = _batches(shots)
    tasks = [_task(project, shots, files, batch, clear) for batch in batches]
    keys = [_key(task) for task in tasks]
    kept = [_read(project, key, len(task.shots)) for key, task in zip(keys, tasks, strict=True)]
    missing = [k for k, found in enumerate(kept) if found is None]
    make: Callable[[], Executor] = partial(local_executor, n_workers)
    # Kept task by task rather than at the end, so that a kill costs at most what was in work.
    for start in range(0, len(missing), 4 * n_workers):
        chosen = missing[start : start + 4 * n_workers]
        for k, content in zip(chosen, map_tasks(_describe, [tasks[k] for k in chosen], make_executor=make),
                              strict=True):  # fmt: skip
            write_derived(project, keys[k], content)
            kept[k] = unpack(content)
        watch.done(min(start + 4 * n_workers, len(missing)), len(missing))
    seen: dict[int, SeenCoat] = {}
    for batch, found in zip(batches, kept, strict=True):
        seen.update(zip(batch, found or [], strict=True))
    return [seen[i] for i in range(len(shots))]


def _batches(shots: Sequence[Shot]) -> list[list[int]]:
    by_camera: dict[str, list[int]] = defaultdict(list)
    for i, shot in enumerate(shots):
        by_camera[shot.deployment or shot.media].append(i)
    return [own[k : k + _A_TASK] for own in by_camera.values() for k in range(0, len(own), _A_TASK)]


def _task(
    project: Project,
    shots: Sequence[Shot],
    files: Sequence[Path],
    batch: Sequence[int],
    clear: dict[Size, Mask],
) -> _Task:
    own = tuple(shots[i] for i in batch)
    known = {shot.sha256 for shot in own}
    deployment = own[0].deployment
    others = read_other_files(project, deployment, known, _SCENE_PHOTOGRAPHS) if deployment else []
    return _Task(shots=own, files=tuple(files[i] for i in batch), others=tuple(others), clear=clear)


def _key(task: _Task) -> DerivedKey:
    views = [
        [s.sha256, s.side.value, None if s.box is None else [s.box.x, s.box.y, s.box.width, s.box.height]]
        for s in task.shots
    ]
    covers = {f"{w}x{h}": sha256_of_bytes(mask.tobytes()) for (w, h), mask in sorted(task.clear.items())}
    return DerivedKey(
        sha256=sha256_of_bytes(canonical_json(views).encode("utf-8")),
        stage=STAGE,
        version=VERSION,
        parameters={
            "stages": [*STAGE_VERSIONS, strip.VERSION],
            "long_side_px": LONG_SIDE_PX,
            "clear": covers,
            "scene": [path.name for path in task.others],
        },
        suffix=".npz",
    )


def _read(project: Project, key: DerivedKey, n: int) -> list[SeenCoat] | None:
    content = read_derived(project, key)
    if content is None:
        return None
    try:
        found = unpack(content)
    except DAMAGED:
        return None  # cut short by a power failure: made again
    return found if len(found) == n else None


def _describe(task: _Task) -> bytes:
    cv2.setNumThreads(1)
    pictures = [picture_of(path) for path in task.files]
    others = [p for path in task.others if (p := picture_of(path)) is not None]
    views = [
        View(
            picture=picture,
            side=shot.side,
            box=None if shot.box is None else (
                shot.box.x, shot.box.y, shot.box.x + shot.box.width, shot.box.y + shot.box.height
            ),
            clear=None if picture is None else task.clear.get((picture.shape[1], picture.shape[0])),
        )
        for shot, picture in zip(task.shots, pictures, strict=True)
    ]  # fmt: skip
    return pack(describe_scene(views, others))


def picture_of(path: Path, size_px: int = LONG_SIDE_PX) -> Image | None:
    """A photograph as RGB, ``None`` where it cannot be read."""
    try:
        return np.asarray(decode_small(path, size_px), dtype=np.uint8)
    except InputError:
        return None


def overlays(files: Sequence[Path]) -> dict[Size, Mask]:
    """What is clear of writing, by width and height of the decoded photographs."""
    by_size: dict[Size, list[Path]] = defaultdict(list)
    for path in files:
        if (size := _size(path)) is not None:
            by_size[size].append(path)
    clear: dict[Size, Mask] = {}
    for group in by_size.values():
        sample = group[:: max(len(group) // _OVERLAY_SAMPLE, 1)][:_OVERLAY_SAMPLE]
        pictures = [p for path in sample if (p := picture_of(path)) is not None]
        alike = [p for p in pictures if p.shape == pictures[0].shape]
        if len(alike) >= MIN_FOR_LOGO:
            clear[alike[0].shape[1], alike[0].shape[0]] = find_overlay(alike).clear()
    return clear


def _size(path: Path) -> Size | None:
    try:
        with warnings.catch_warnings(), PIL.Image.open(path) as picture:
            # A size that Pillow warns of is refused when the picture is decoded.
            warnings.simplefilter("ignore")
            return picture.size
    except (OSError, ValueError, PIL.Image.DecompressionBombError):
        return None
