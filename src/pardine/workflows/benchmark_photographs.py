"""Labelled photographs taken through the stages of coat evidence; a second run reads what the first kept."""

from __future__ import annotations

import time
import warnings
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import PIL.Image
from numpy.typing import NDArray

from pardine.base.bulk import local_executor, map_tasks
from pardine.base.errors import InputError
from pardine.base.randomness import stream
from pardine.exchange.photographs.thumbnails import decode_small
from pardine.identify.background import moved_masks
from pardine.identify.body_frame import Chip
from pardine.identify.describe import Described, describe
from pardine.identify.detect import Detection, Detector, detect, open_detector
from pardine.identify.embedding import embed, open_embedder
from pardine.identify.features import Features, no_features
from pardine.identify.foreground import Image, Mask
from pardine.identify.keypoint_network import network_features, open_network
from pardine.identify.model_file import ModelFile
from pardine.identify.plugin import load_plugin
from pardine.identify.quality import Quality
from pardine.identify.strip import MIN_FOR_LOGO, find_overlay
from pardine.workflows.benchmark_keep import Keeper, pack_seen, task_address, unpack_seen
from pardine.workflows.benchmark_labels import LabelledFile
from pardine.workflows.benchmark_seen import Seen
from pardine.workflows.watch import Watcher

LONG_SIDE_PX = 1280
_FILES_A_TASK = 24
_OVERLAY_SAMPLE = 24
_MIRROR_SAMPLE = 40
Find = Callable[[Chip], Features]


@dataclass(frozen=True, kw_only=True)
class Stages:
    """Stages in place of the built-in ones.

    Attributes
    ----------
    detect, side, feature
        Names of plug-ins of the groups ``pardine.detect``, ``pardine.side``, ``pardine.feature``.
    detector
        An ONNX detector; not beside ``detect``.
    network, projection
        A keypoint network, and a linear map of its descriptors; not beside ``feature``.
    embedder, embedder_projection
        A network that gives one vector a chip, for a shortlist of its own; and a linear map of it.
    boxes
        Boxes of each photograph by its name in the labels, as MegaDetector found them.
    """

    detect: str | None = None
    side: str | None = None
    feature: str | None = None
    detector: ModelFile | None = None
    network: ModelFile | None = None
    projection: ModelFile | None = None
    embedder: ModelFile | None = None
    embedder_projection: ModelFile | None = None
    boxes: Mapping[str, tuple[Detection, ...]] = field(default_factory=dict)

    def check(self) -> None:
        """Refuse now rather than after an hour what is not there.

        Raises
        ------
        InputError
            ``plugin.*``, ``detector.*``.
        """
        self.opened()

    def opened(self) -> Opened:
        """Plug-ins loaded and weights opened."""
        find: Find | None = None
        if self.feature is not None:
            find = load_plugin("pardine.feature", self.feature).function
        elif self.network is not None:
            find = partial(network_features, open_network(self.network, self.projection))
        look: Callable[[Image], Sequence[Detection]] | None = None
        if self.detect is not None:
            look = load_plugin("pardine.detect", self.detect).function
        elif self.detector is not None:
            look = partial(_detected, open_detector(self.detector.path, self.detector.sha256))
        side = None if self.side is None else load_plugin("pardine.side", self.side).function
        vector = None
        if self.embedder is not None:
            vector = partial(embed, open_embedder(self.embedder, self.embedder_projection))
        return Opened(find=find, look=look, side=side, embed=vector)

    def address(self) -> dict[str, Any]:
        """What decides the outcome, as JSON values: names with versions, and hashes."""
        groups = {"pardine.detect": self.detect, "pardine.side": self.side, "pardine.feature": self.feature}
        plugins = {
            group: [name, load_plugin(group, name).version]  # type: ignore[arg-type]  # keys of the line above
            for group, name in groups.items()
            if name is not None
        }
        files = {
            "detector": self.detector,
            "network": self.network,
            "projection": self.projection,
            "embedder": self.embedder,
            "embedder projection": self.embedder_projection,
        }
        return plugins | {name: file.sha256.lower() for name, file in files.items() if file is not None}


@dataclass(frozen=True, kw_only=True)
class Opened:
    """Stages ready to be used; ``None`` where the built-in one is."""

    find: Find | None
    look: Callable[[Image], Sequence[Detection]] | None
    side: Callable[[Chip], Any] | None
    embed: Callable[[Chip], NDArray[np.float32]] | None


@dataclass(frozen=True, kw_only=True)
class _Task:
    files: tuple[LabelledFile, ...]
    mirrored: frozenset[str]
    clear: dict[tuple[int, int], Mask]
    stages: Stages


def describe_files(
    files: Sequence[LabelledFile],
    stages: Stages,
    *,
    seed: int,
    n_workers: int,
    keep: Path | None = None,
    watch: Watcher,
) -> list[Seen]:
    """Take all photographs through the stages, those of a station together.

    Parameters
    ----------
    keep
        Folder in which what was described is kept, by the bytes and the stages that it was made of.
    """
    clear, cpu_s = _overlays(files)
    chosen = stream(seed, "mirror").permutation(len(files))[:_MIRROR_SAMPLE]
    mirrored = frozenset(files[i].photo.name for i in chosen)
    batches = _batches(files)
    tasks = [
        _Task(files=tuple(files[i] for i in batch), mirrored=mirrored, clear=clear, stages=stages)
        for batch in batches
    ]
    keeper = None if keep is None else Keeper(keep)
    addresses = [_address(task) for task in tasks] if keeper else [""] * len(tasks)
    kept = [keeper.read(a, unpack_seen) if keeper else None for a in addresses]
    missing = [k for k, found in enumerate(kept) if found is None]
    make_executor: Callable[[], Executor] = partial(local_executor, n_workers)
    # Kept a few tasks at a time, so that a run that is broken off goes on where it was.
    step = 4 * n_workers if keeper else max(len(missing), 1)
    for start in range(0, len(missing), step):
        some = missing[start : start + step]
        answers = map_tasks(
            _describe_some,
            [tasks[k] for k in some],
            make_executor=make_executor,
            on_done=None if keeper else watch.done,
        )
        for k, answer in zip(some, answers, strict=True):
            kept[k] = answer
            if keeper:
                keeper.write(addresses[k], pack_seen(answer))
        if keeper:
            watch.done(min(start + step, len(missing)), len(missing))
    seen: dict[int, Seen] = {}
    for batch, found in zip(batches, kept, strict=True):
        seen.update(zip(batch, found or [], strict=True))
    return [replace(seen[i], cpu_s=seen[i].cpu_s + cpu_s / len(files)) for i in range(len(files))]


def _address(task: _Task) -> str:
    boxes = {
        file.photo.name: [[*d.box, d.score] for d in found]
        for file in task.files
        if (found := task.stages.boxes.get(file.photo.name)) is not None
    }
    parameters = {"long_side_px": LONG_SIDE_PX, "stages": task.stages.address(), "boxes": boxes}
    return task_address(task.files, task.mirrored, task.clear, parameters)


def _batches(files: Sequence[LabelledFile]) -> list[list[int]]:
    """Positions of files, those of a station in one batch, so that its scene can be learned."""
    by_station: dict[str, list[int]] = defaultdict(list)
    for i, file in enumerate(files):
        by_station[file.photo.station].append(i)
    return [
        group[start : start + _FILES_A_TASK]
        for group in by_station.values()
        for start in range(0, len(group), _FILES_A_TASK)
    ]


def _overlays(files: Sequence[LabelledFile]) -> tuple[dict[tuple[int, int], Mask], float]:
    """What is clear of writing, by the size of the photographs; found where there are enough of a size."""
    began = time.process_time()
    by_size: dict[tuple[int, int], list[LabelledFile]] = defaultdict(list)
    for file in files:
        if (size := _size(file.path)) is not None:
            by_size[size].append(file)
    clear = {}
    for group in by_size.values():
        sample = group[:: max(len(group) // _OVERLAY_SAMPLE, 1)][:_OVERLAY_SAMPLE]
        pictures = [p for file in sample if (p := _picture(file.path)) is not None]
        alike = [p for p in pictures if p.shape == pictures[0].shape]
        if len(alike) >= MIN_FOR_LOGO:
            clear[alike[0].shape[:2]] = find_overlay(alike).clear()
    return clear, time.process_time() - began


def _size(path: Path) -> tuple[int, int] | None:
    """Width and height from the head of the file alone."""
    try:
        with warnings.catch_warnings(), PIL.Image.open(path) as picture:
            # A size that Pillow warns of is refused when the picture is decoded.
            warnings.simplefilter("ignore")
            return picture.size
    except (OSError, ValueError, PIL.Image.DecompressionBombError):
        return None


def _picture(path: Path, size_px: int = LONG_SIDE_PX) -> Image | None:
    """A photograph as RGB, ``None`` where it cannot be read."""
    try:
        return np.asarray(decode_small(path, size_px), dtype=np.uint8)
    except InputError:
        return None


def _describe_some(task: _Task) -> list[Seen]:
    cv2.setNumThreads(1)
    opened = task.stages.opened()
    began = time.process_time()
    pictures = [_picture(file.path) for file in task.files]
    masks = _masks(task, pictures)
    shared_s = (time.process_time() - began) / len(task.files)
    return [
        _describe_one(file, picture, mask, task, opened, shared_s)
        for file, picture, mask in zip(task.files, pictures, masks, strict=True)
    ]


def _describe_one(
    file: LabelledFile, picture: Image | None, mask: Mask | None, task: _Task, opened: Opened, shared_s: float
) -> Seen:
    if picture is None:
        nothing = Described(
            features=no_features(), in_body_frame=False, background=no_features(),
            quality=Quality(verdict="no_animal"), side=file.photo.side,
        )  # fmt: skip
        return Seen(described=nothing, mirror=None, verdict="unreadable", cpu_s=shared_s)
    began = time.process_time()
    clear = task.clear.get(picture.shape[:2])
    detections: Sequence[Detection] | None = task.stages.boxes.get(file.photo.name)
    if detections is None and opened.look is not None:
        detections = opened.look(picture)
    described = partial(
        describe, side=file.photo.side, find_features=opened.find, find_side=opened.side, embed=opened.embed
    )
    found = described(picture, mask=mask, clear=clear, detections=detections)
    cpu_s = time.process_time() - began + shared_s
    mirror = None
    if file.photo.name in task.mirrored:
        mirror = described(
            _flipped(picture),
            mask=None if mask is None else _flipped(mask),
            clear=None if clear is None else _flipped(clear),
            detections=None if detections is None else [_mirrored(d) for d in detections],
        )
    return Seen(described=found, mirror=mirror, verdict=found.quality.verdict, cpu_s=cpu_s)


def _detected(detector: Detector, photograph: Image) -> list[Detection]:
    return detect(detector, photograph)


def _mirrored(detection: Detection) -> Detection:
    left, top, right, bottom = detection.box
    return Detection(box=(1.0 - right, top, 1.0 - left, bottom), score=detection.score)


def _flipped(picture: Image) -> Image:
    return np.ascontiguousarray(picture[:, ::-1])


def _masks(task: _Task, pictures: Sequence[Image | None]) -> list[Mask | None]:
    """Masks that are given, else what moved before the scene of the station."""
    masks = [None if file.mask is None else _read_mask(file.mask) for file in task.files]
    if not task.files[0].photo.station or all(mask is not None for mask in masks):
        return masks
    by_shape: dict[tuple[int, int], list[int]] = defaultdict(list)
    for i, picture in enumerate(pictures):
        if picture is not None:
            by_shape[picture.shape[0], picture.shape[1]].append(i)
    for shape, members in by_shape.items():
        scene = [p for i in members if (p := pictures[i]) is not None]
        moved = moved_masks(scene, task.clear.get(shape))
        for i, mask in zip(members, moved, strict=True):
            given = masks[i]
            masks[i] = mask if given is None else given
    return masks


def _read_mask(path: Path) -> Mask | None:
    content = np.fromfile(path, dtype=np.uint8)
    mask = cv2.imdecode(content, cv2.IMREAD_GRAYSCALE) if len(content) else None
    return None if mask is None else (np.asarray(mask) > 0).astype(np.uint8)
