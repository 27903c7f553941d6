"""`pardine benchmark`: how good the matcher is on photographs whose animals are known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pardine.base.bulk import local_executor
from pardine.base.errors import AnalysisError, Notice, note, warning
from pardine.base.randomness import stream
from pardine.exchange.megadetector import read_detections
from pardine.identify.background import fixed_features
from pardine.identify.describe import Described
from pardine.identify.detect import Detection
from pardine.identify.evaluate import Evaluation, evaluate, permutation_interval
from pardine.identify.fusion import cross_fitted, plain_scores
from pardine.identify.gallery import Gallery, make_gallery
from pardine.identify.index import build_index, votes
from pardine.identify.plugin import load_plugin
from pardine.identify.score import (
    EVIDENCE,
    MatchOptions,
    PairTable,
    check_pair,
    crowd_of,
    match_gallery,
    query_seconds,
)
from pardine.identify.side import Side
from pardine.identify.side_check import mirror_fit
from pardine.identify.verify import prepare
from pardine.workflows.benchmark_keep import Keeper, pack_table, table_address, unpack_table
from pardine.workflows.benchmark_labels import LabelledFile, read_labels
from pardine.workflows.benchmark_photographs import Stages, describe_files
from pardine.workflows.benchmark_seen import Seen
from pardine.workflows.watch import SILENT, Watcher

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
    stages
        Stages in place of the built-in ones.
    verifier
        Name of a plug-in of the group ``pardine.verify``.
    boxes
        MegaDetector's results for the photographs.
    keep
        Folder in which what was made is kept, so that a second run is quick.
    """

    n_workers: int = 1
    seed: int = 2026
    n_shortlist: int = 200
    n_bootstrap: int = 1000
    n_permutations: int = 200
    stages: Stages = field(default_factory=Stages)
    verifier: str | None = None
    boxes: Path | None = None
    keep: Path | None = None


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
        ``fused``: utilities with weights from other individuals; ``plain``: geometry and agreement without
        any weights, where the labels hold too few animals to fit some.
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
    stages, told = _with_boxes(options, files)
    notices = [*notices, *told]
    stages.check()
    if options.verifier is not None:
        load_plugin("pardine.verify", options.verifier)
    watch.tell(notices)
    watch.stage("photographs")
    seen = describe_files(
        files, stages, seed=options.seed, n_workers=options.n_workers, keep=options.keep, watch=watch
    )
    files = _with_sides(files, seen)
    gallery = make_gallery([file.photo for file in files])
    described = without_fixed([s.described for s in seen], gallery)
    watch.stage("match")
    matching = MatchOptions(n_shortlist=options.n_shortlist, verifier=options.verifier, seed=options.seed)
    table = _matched(described, gallery, matching, options, watch)
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
        mirror_share=_mirror_share(seen, described, table, matching),
        verdicts=dict(Counter(s.verdict for s in seen)),
        cpu_ms_per_photo=1000.0 * float(np.mean([s.cpu_s for s in seen])),
        query_ms=1000.0 * query_seconds(described, gallery, matching),
        notices=(
            *notices,
            *_notices(seen, files, evaluation),
            *_wrong_sides(files, described, table, options),
        ),
    )


def final_scores(table: PairTable, gallery: Gallery, seed: int) -> tuple[NDArray[np.float64], str]:
    """The scores that are judged, and their name."""
    fused = cross_fitted(table, gallery, stream(seed, "folds"))
    if fused is not None:
        return fused, "fused"
    return table.matrix(plain_scores(table), floor=-np.inf), "plain"


def _matched(
    described: Sequence[Described], gallery: Gallery, matching: MatchOptions, options: BenchmarkOptions,
    watch: Watcher,
) -> PairTable:  # fmt: skip
    """Evidence of the pairs, read where a former run kept it."""
    keeper = None if options.keep is None else Keeper(options.keep)
    address = table_address(described, gallery, matching) if keeper else ""
    if keeper and (kept := keeper.read(address, unpack_table)) is not None:
        return kept
    table = match_gallery(
        described, gallery, matching, make_executor=_executor(options.n_workers), on_done=watch.done
    )
    if keeper:
        keeper.write(address, pack_table(table))
    return table


def _with_sides(files: Sequence[LabelledFile], seen: Sequence[Seen]) -> list[LabelledFile]:
    """Files with the side that a model saw, where the labels tell none."""
    return [
        replace(file, photo=replace(file.photo, side=s.described.side))
        if file.photo.side is Side.UNKNOWN
        else file
        for file, s in zip(files, seen, strict=True)
    ]


def _with_boxes(options: BenchmarkOptions, files: Sequence[LabelledFile]) -> tuple[Stages, list[Notice]]:
    """Stages with the boxes of a result file, and which photographs it says nothing of."""
    if options.boxes is None:
        return options.stages, []
    records = read_detections(options.boxes)
    found: dict[str, list[Detection]] = {s.media: [] for s in records.sightings if s.kind != "unclassified"}
    for sighting in records.sightings:
        if sighting.kind == "animal" and sighting.box is not None:
            box, score = sighting.box, sighting.probability
            corners = (box.x, box.y, box.x + box.width, box.y + box.height)
            found[sighting.media].append(Detection(box=corners, score=1.0 if score is None else score))
    named: dict[str, list[str]] = {}
    for path in found:
        named.setdefault(path.rpartition("/")[2], []).append(path)
    boxes: dict[str, tuple[Detection, ...]] = {}
    for name in (file.photo.name for file in files):
        plain = name.replace("\\", "/")
        paths = [plain] if plain in found else named.get(plain.rpartition("/")[2], [])
        if len(paths) == 1:  # two folders may hold files of one name: neither is meant for sure
            boxes[name] = tuple(found[paths[0]])
    missing = len(files) - len(boxes)
    told = [warning("benchmark.no_boxes", file=options.boxes.name, n=missing, expected=len(files))]
    return replace(options.stages, boxes=boxes), told if missing else []


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


def _mirror_share(
    seen: Sequence[Seen], described: Sequence[Described], table: PairTable, matching: MatchOptions
) -> float:
    best = table.matrix(table.evidence[:, EVIDENCE.index("weight")]).max(axis=1)
    wins = []
    for i, one in enumerate(seen):
        if one.mirror is None or not len(described[i].features) or not len(one.mirror.features):
            continue
        crowd = crowd_of([described[j] for j in range(len(described)) if j != i])
        a, b = prepare(described[i].features, crowd), prepare(one.mirror.features, crowd)
        found = check_pair(a, b, upright=described[i].in_body_frame, options=matching)
        wins.append(found.weight >= best[i])
    return float(np.mean(wins)) if wins else float("nan")


def _wrong_sides(
    files: Sequence[LabelledFile], described: Sequence[Described], table: PairTable, options: BenchmarkOptions
) -> list[Notice]:
    """Photographs that seem to have been given the wrong flank."""
    if options.stages.feature is not None or options.stages.network is not None:
        return []  # only SIFT can be mirrored without looking again
    own = table.matrix(table.evidence[:, EVIDENCE.index("weight")]).max(axis=1)
    fit = mirror_fit(described, [file.photo.side for file in files], own, stream(options.seed, "mirror fit"))
    return [
        warning(
            "benchmark.side_suspect",
            file=files[i].photo.name,
            value=files[i].photo.side.value,
            other=files[fit.best[i]].photo.name,
        )
        for i in np.flatnonzero(fit.suspect).tolist()
    ]


def _executor(n_workers: int) -> Callable[[], Executor]:
    return lambda: local_executor(n_workers)


def _notices(seen: Sequence[Seen], files: Sequence[LabelledFile], evaluation: Evaluation) -> list[Notice]:
    """What a person should know before believing the numbers."""
    found = [
        warning("benchmark.unreadable", file=file.photo.name)
        for file, s in zip(files, seen, strict=True)
        if s.verdict == "unreadable"
    ]
    blind = sum(s.verdict in ("no_animal", "too_small", "black", "several_animals") for s in seen)
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
