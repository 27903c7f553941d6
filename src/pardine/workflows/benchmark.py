"""`pardine benchmark`: how good the matcher is on photographs whose animals are known."""

from __future__ import annotations

import time
import warnings
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import PIL.Image
from numpy.typing import NDArray

from pardine.base.bulk import local_executor, map_tasks
from pardine.base.errors import AnalysisError, InputError, Notice, note, warning
from pardine.base.randomness import stream
from pardine.exchange.photographs.thumbnails import decode_small
from pardine.identify.background import fixed_features, moved_masks
from pardine.identify.describe import Described, describe
from pardine.identify.evaluate import Evaluation, evaluate, permutation_interval
from pardine.identify.features import no_features
from pardine.identify.foreground import Image, Mask
from pardine.identify.fusion import cross_fitted
from pardine.identify.gallery import Gallery, make_gallery
from pardine.identify.index import build_index, votes
from pardine.identify.plugin import load_plugin
from pardine.identify.quality import Quality
from pardine.identify.score import (
    EVIDENCE,
    MatchOptions,
    PairTable,
    crowd_of,
    match_gallery,
    query_seconds,
)
from pardine.identify.strip import MIN_FOR_LOGO, find_overlay
from pardine.identify.verify import VerifyOptions, prepare, verify
from pardine.workflows.benchmark_labels import LabelledFile, read_labels
from pardine.workflows.watch import SILENT, Watcher

LONG_SIDE_PX = 1280
_FILES_A_TASK = 24
_OVERLAY_SAMPLE = 24
_MIRROR_SAMPLE = 40
_FEW_QUERIES = 100


@dataclass(frozen=True, kw_only=True)
class BenchmarkOptions:
    """How a benchmark is run.

    Attributes
    ----------
    n_workers
        Processes.
    seed
        Of folds, bootstrap and permutations.
    n_shortlist
        Photographs that each query is compared with closely.
    n_bootstrap, n_permutations
        Resamples of individuals; deals of identities.
    feature
        Name of a plug-in of the group ``pardine.feature`` in place of SIFT.
    """

    n_workers: int = 1
    seed: int = 2026
    n_shortlist: int = 200
    n_bootstrap: int = 1000
    n_permutations: int = 200
    feature: str | None = None


@dataclass(frozen=True, kw_only=True)
class Background:
    """What the background alone gives, other stations only, and what chance would."""

    top1: float
    chance_low: float
    chance_high: float


@dataclass(frozen=True, kw_only=True)
class Benchmarked:
    """The outcome of a benchmark.

    Attributes
    ----------
    evaluation
        Accuracy and shares.
    score
        ``fused``: utilities with weights from other individuals; ``weight``: geometry alone, where the
        labels hold too few animals to fit weights.
    background
        As `Background`.
    mirror_share
        Share of photographs whose own mirror image resembles them more than any of another encounter.
    verdicts
        Number of photographs by verdict of `pardine.identify.quality.Quality`, or ``unreadable``.
    cpu_ms_per_photo
        Processor time of all stages.
    query_ms
        Time from the features of a query to its ranked list.
    """

    evaluation: Evaluation
    score: str
    background: Background
    mirror_share: float
    verdicts: dict[str, int]
    cpu_ms_per_photo: float
    query_ms: float
    notices: tuple[Notice, ...]


def run_benchmark(
    folder: Path, labels: Path, options: BenchmarkOptions, *, watch: Watcher = SILENT
) -> Benchmarked:
    """Measure the matcher on a folder of labelled photographs.

    Raises
    ------
    InputError
        What `read_labels` raises.
    AnalysisError
        ``benchmark.no_queries``: no animal was met in two encounters, comparably.
    """
    watch.stage("read")
    files, notices = read_labels(labels, folder)
    gallery = make_gallery([file.photo for file in files])
    if not gallery.has_mate.any():
        raise AnalysisError("benchmark.no_queries", file=labels.name)
    if options.feature is not None:
        load_plugin("pardine.feature", options.feature)  # refused now rather than after an hour
    watch.tell(notices)
    watch.stage("photographs")
    seen = _describe_all(files, options, watch)
    described = without_fixed([s.described for s in seen], gallery)
    watch.stage("match")
    matching = MatchOptions(n_shortlist=options.n_shortlist, seed=options.seed)
    table = match_gallery(
        described, gallery, matching, make_executor=_executor(options.n_workers), on_done=watch.done
    )
    watch.stage("judge")
    scores, score = final_scores(table, gallery, options.seed)
    evaluation = evaluate(
        scores,
        gallery,
        stream(options.seed, "bootstrap"),
        n_bootstrap=options.n_bootstrap,
        pooling="soft" if score == "fused" else "best",
    )
    return Benchmarked(
        evaluation=evaluation,
        score=score,
        background=background_alone(files, [s.described for s in seen], options),
        mirror_share=_mirror_share(seen, described, table),
        verdicts=dict(Counter(s.verdict for s in seen)),
        cpu_ms_per_photo=1000.0 * float(np.mean([s.cpu_s for s in seen])),
        query_ms=1000.0 * query_seconds(described, gallery, matching),
        notices=(*notices, *_notices(seen, files, evaluation)),
    )


def final_scores(table: PairTable, gallery: Gallery, seed: int) -> tuple[NDArray[np.float64], str]:
    """The scores that are judged, and their name."""
    fused = cross_fitted(table, gallery, stream(seed, "folds"))
    if fused is not None:
        return fused, "fused"
    return table.matrix(table.evidence[:, EVIDENCE.index("weight")], floor=-np.inf), "weight"


def without_fixed(described: Sequence[Described], gallery: Gallery) -> list[Described]:
    """The same without features that stay at their place of a station's pictures."""
    if not gallery.has_stations:
        return list(described)
    fixed = fixed_features([d.features for d in described], gallery.station, gallery.encounter)
    return [replace(d, features=d.features.chosen(~f)) for d, f in zip(described, fixed, strict=True)]


def background_alone(
    files: Sequence[LabelledFile], described: Sequence[Described], options: BenchmarkOptions
) -> Background:
    """Encounter top-1 from what lies around the animals, photographs of the same station left out."""
    gallery = make_gallery([file.photo for file in files], exclude_same_station=True)
    if not gallery.has_mate.any():
        return Background(top1=float("nan"), chance_low=float("nan"), chance_high=float("nan"))
    features = [d.background for d in described]
    # Cells hold all photographs of a station as one group, which a query never sees.
    index = build_index(
        [f.descriptors for f in features], gallery.station, stream(options.seed, "background cells")
    )
    rows = [votes(index, f.descriptors, int(s)) for f, s in zip(features, gallery.station, strict=True)]
    scores = np.array(rows, dtype=np.float64)
    scores /= np.sqrt(np.maximum([len(f) for f in features], 1))[None, :]
    judged = evaluate(scores, gallery, stream(options.seed, "background"), n_bootstrap=1)
    low, high = permutation_interval(
        scores, gallery, stream(options.seed, "permutations"), n_permutations=options.n_permutations
    )
    return Background(top1=judged.encounter_top1.value, chance_low=low, chance_high=high)


@dataclass(frozen=True, kw_only=True)
class _Task:
    files: tuple[LabelledFile, ...]
    mirrored: frozenset[str]
    clear: dict[tuple[int, int], Mask]
    feature: str | None


@dataclass(frozen=True, kw_only=True)
class _Seen:
    described: Described
    mirror: Described | None
    verdict: str
    cpu_s: float


def _describe_all(files: Sequence[LabelledFile], options: BenchmarkOptions, watch: Watcher) -> list[_Seen]:
    """Take all photographs through the stages, those of a station together."""
    clear, cpu_s = _overlays(files)
    chosen = stream(options.seed, "mirror").permutation(len(files))[:_MIRROR_SAMPLE]
    mirrored = frozenset(files[i].photo.name for i in chosen)
    batches = _batches(files)
    tasks = [
        _Task(files=tuple(files[i] for i in b), mirrored=mirrored, clear=clear, feature=options.feature)
        for b in batches
    ]
    answers = map_tasks(_describe_some, tasks, make_executor=_executor(options.n_workers), on_done=watch.done)
    seen = {
        i: s for batch, some in zip(batches, answers, strict=True) for i, s in zip(batch, some, strict=True)
    }
    return [replace(seen[i], cpu_s=seen[i].cpu_s + cpu_s / len(files)) for i in range(len(files))]


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


def _describe_some(task: _Task) -> list[_Seen]:
    cv2.setNumThreads(1)
    began = time.process_time()
    pictures = [_picture(file.path) for file in task.files]
    masks = _masks(task, pictures)
    shared_s = (time.process_time() - began) / len(task.files)
    return [
        _describe_one(file, picture, mask, task, shared_s)
        for file, picture, mask in zip(task.files, pictures, masks, strict=True)
    ]


def _describe_one(
    file: LabelledFile, picture: Image | None, mask: Mask | None, task: _Task, shared_s: float
) -> _Seen:
    if picture is None:
        nothing = Described(
            features=no_features(), in_body_frame=False, background=no_features(),
            quality=Quality(verdict="no_animal"),
        )  # fmt: skip
        return _Seen(described=nothing, mirror=None, verdict="unreadable", cpu_s=shared_s)
    began = time.process_time()
    clear = task.clear.get(picture.shape[:2])
    side = file.photo.side
    find = None if task.feature is None else load_plugin("pardine.feature", task.feature).function
    found = describe(picture, side=side, mask=mask, clear=clear, find_features=find)
    cpu_s = time.process_time() - began + shared_s
    mirror = None
    if file.photo.name in task.mirrored:
        mirror = describe(
            _flipped(picture), side=side, mask=None if mask is None else _flipped(mask),
            clear=None if clear is None else _flipped(clear), find_features=find,
        )  # fmt: skip
    return _Seen(described=found, mirror=mirror, verdict=found.quality.verdict, cpu_s=cpu_s)


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


def _mirror_share(seen: Sequence[_Seen], described: Sequence[Described], table: PairTable) -> float:
    best = table.matrix(table.evidence[:, EVIDENCE.index("weight")]).max(axis=1)
    wins = []
    for i, one in enumerate(seen):
        if one.mirror is None or not len(described[i].features) or not len(one.mirror.features):
            continue
        crowd = crowd_of([described[j] for j in range(len(described)) if j != i])
        a, b = prepare(described[i].features, crowd), prepare(one.mirror.features, crowd)
        found = verify(a, b, upright=described[i].in_body_frame, options=VerifyOptions())
        wins.append(found.weight >= best[i])
    return float(np.mean(wins)) if wins else float("nan")


def _executor(n_workers: int) -> Callable[[], Executor]:
    return lambda: local_executor(n_workers)


def _notices(seen: Sequence[_Seen], files: Sequence[LabelledFile], evaluation: Evaluation) -> list[Notice]:
    """What a person should know before believing the numbers."""
    found = [
        warning("benchmark.unreadable", file=file.photo.name)
        for file, s in zip(files, seen, strict=True)
        if s.verdict == "unreadable"
    ]
    blind = sum(s.verdict in ("no_animal", "too_small", "black") for s in seen)
    if blind:
        found.append(warning("benchmark.nothing_seen", n=blind, expected=len(files)))
    several = sum(file.photo.several for file in files)
    if several:
        found.append(note("benchmark.several_left_out", n=several))
    if evaluation.n_encounter_queries < _FEW_QUERIES:
        found.append(
            warning("benchmark.few_queries", n=evaluation.n_encounter_queries, expected=_FEW_QUERIES)
        )
    return found
