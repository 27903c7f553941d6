"""Photographs compared with each other: what is usable, evidence by pair, and what it is worth."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from pardine.base.bulk import local_executor
from pardine.base.identifiers import sha256_of_bytes
from pardine.base.provenance import canonical_json
from pardine.identify import index, score, verify
from pardine.identify.background import fixed_features
from pardine.identify.describe import Described
from pardine.identify.gallery import Gallery, Photo, make_gallery
from pardine.identify.pairs import ComparedPairs, Looks, compare_passages, fused_scores
from pardine.identify.passages import Passages, Shot
from pardine.identify.scene import STAGE_VERSIONS, SeenCoat
from pardine.identify.score import MatchOptions, PairTable, match_gallery
from pardine.identify.weights import Weights
from pardine.store.derived import DAMAGED, DerivedKey, read_derived, write_derived
from pardine.store.project import Project
from pardine.workflows.watch import Watcher

STAGE = "pairs"
_POOR = "poor"


@dataclass(frozen=True, kw_only=True, eq=False)
class Matched:
    """All that photographs say of each other.

    Attributes
    ----------
    looks
        Of the photographs.
    table
        Evidence of the pairs of photographs that were compared closely.
    pairs
        The same between passages.
    log_ratio : (P,)
        Log likelihood ratio of each of `pairs`.
    """

    looks: Looks
    table: PairTable
    pairs: ComparedPairs
    log_ratio: NDArray[np.float64]


def looks_of(shots: Sequence[Shot], seen: Sequence[SeenCoat], passages: Passages) -> Looks:
    """What is known of each photograph before any two are compared."""
    passage = np.full(len(shots), -1, np.int64)
    for k, each in enumerate(passages.all):
        passage[list(each.shots)] = k
    return Looks(
        passage=passage,
        side=np.array([s.side.value for s in shots], np.str_),
        infrared=np.array(
            [
                s.infrared if s.infrared is not None else found.grey
                for s, found in zip(shots, seen, strict=True)
            ],
            np.bool_,
        ),
        poor=np.array([found.described.quality.verdict == _POOR for found in seen], np.bool_),
        usable=np.array(
            [
                len(found.described.features) > 0 and not s.several
                for s, found in zip(shots, seen, strict=True)
            ],
            np.bool_,
        ),
    )


def match_shots(
    project: Project,
    shots: Sequence[Shot],
    seen: Sequence[SeenCoat],
    passages: Passages,
    weights: Weights,
    *,
    n_workers: int,
    watch: Watcher,
) -> Matched:
    """Compare all photographs of one flank; the table of a former run of the same photographs is read."""
    looks = looks_of(shots, seen, passages)
    table = pair_table(project, shots, seen, passages, n_workers=n_workers, watch=watch)
    pairs = compare_passages(table, fused_scores(table, weights.fusion), looks)
    ratio = weights.calibration.log_likelihood_ratio(
        pairs.score, pairs.stratum, np.ones(len(pairs), np.bool_)
    )
    return Matched(looks=looks, table=table, pairs=pairs, log_ratio=ratio)


def pair_table(
    project: Project,
    shots: Sequence[Shot],
    seen: Sequence[SeenCoat],
    passages: Passages,
    *,
    n_workers: int,
    watch: Watcher,
) -> PairTable:
    """Evidence by pair of photographs, kept by what it was made of."""
    gallery = gallery_of(shots, passages)
    key = _key(shots, seen, gallery)
    content = read_derived(project, key)
    if content is not None and (kept := _unpacked(content, len(shots))) is not None:
        return kept
    described = without_fixed([s.described for s in seen], gallery)
    table = match_gallery(
        described,
        gallery,
        MatchOptions(),
        make_executor=partial(local_executor, n_workers),
        on_done=watch.done,
    )
    write_derived(project, key, _packed(table))
    return table


def gallery_of(shots: Sequence[Shot], passages: Passages) -> Gallery:
    """Shots as photographs of a gallery: none answers for another of its own encounter."""
    encounter = {i: f"{p.encounter}" for p in passages.all for i in p.shots}
    photos = [
        Photo(
            name=shot.media,
            identity="",
            encounter=encounter.get(i, f"several {i}"),
            side=shot.side,
            station=shot.station,
            several=shot.several,
        )
        for i, shot in enumerate(shots)
    ]
    found = make_gallery(photos)
    # Sides that differ are never compared here: a passage is grouped by its flanks alone.
    flank = np.array([s.side.is_flank for s in shots], np.bool_)
    side = np.array([s.side.value for s in shots], np.str_)
    same_flank = flank[:, None] & (side[:, None] == side[None, :])
    return replace(found, comparable=found.comparable & same_flank)


def without_fixed(described: Sequence[Described], gallery: Gallery) -> list[Described]:
    """The same without features that stay at their place of a station's pictures."""
    if not gallery.has_stations:
        return list(described)
    fixed = fixed_features([d.features for d in described], gallery.station, gallery.encounter)
    return [replace(d, features=d.features.chosen(~f)) for d, f in zip(described, fixed, strict=True)]


def _key(shots: Sequence[Shot], seen: Sequence[SeenCoat], gallery: Gallery) -> DerivedKey:
    facts = [
        [s.sha256, s.side.value, int(gallery.encounter[i]), int(gallery.station[i]), s.several,
         len(seen[i].described.features), sha256_of_bytes(seen[i].described.features.descriptors.tobytes())]
        for i, s in enumerate(shots)
    ]  # fmt: skip
    options = MatchOptions()
    return DerivedKey(
        sha256=sha256_of_bytes(canonical_json(facts).encode("utf-8")),
        stage=STAGE,
        version=score.VERSION,
        parameters={
            "stages": [*STAGE_VERSIONS, index.VERSION, verify.VERSION],
            "n_shortlist": options.n_shortlist,
            "seed": options.seed,
        },
        suffix=".npz",
    )


def _packed(table: PairTable) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        first=table.first.astype(np.int32),
        second=table.second.astype(np.int32),
        evidence=table.evidence.astype(np.float32),
    )
    return buffer.getvalue()


def _unpacked(content: bytes, n: int) -> PairTable | None:
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            return PairTable(
                first=arrays["first"].astype(np.int64),
                second=arrays["second"].astype(np.int64),
                evidence=arrays["evidence"].astype(np.float64),
                n_photographs=n,
            )
    except DAMAGED:
        return None  # cut short by a power failure: made again
