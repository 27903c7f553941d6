"""What the photographs of a gallery say about each other, pair by pair, and one number for each pair."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from pardine.base.bulk import InlineExecutor, map_tasks
from pardine.base.randomness import stream
from pardine.identify.agreement import Look, agreement, closest_pairs
from pardine.identify.describe import Described
from pardine.identify.embedding import nearest
from pardine.identify.features import N_BYTES, Features, as_unit
from pardine.identify.gallery import Gallery
from pardine.identify.index import Index, build_index, shortlist, votes
from pardine.identify.plugin import load_plugin
from pardine.identify.verify import Prepared, Verified, VerifyOptions, prepare, verify

VERSION = 1
# What a pair is told by; columns of `PairTable.evidence`.
EVIDENCE = ("votes", "before", "support", "weight", "n_inliers", "spread_px", "bend", "shift")
_CROWD = 6000
_CROWD_A_PHOTOGRAPH = 25


@dataclass(frozen=True, kw_only=True)
class MatchOptions:
    """How a gallery is matched.

    Attributes
    ----------
    n_shortlist
        Photographs that each is compared with closely.
    n_laid
        Photographs, of those, that each is laid upon, to see whether the coats agree all over.
    verifier
        Name of a plug-in of the group ``pardine.verify`` in place of the built-in geometry.
    """

    n_shortlist: int = 200
    n_laid: int = 20
    verify: VerifyOptions = field(default_factory=VerifyOptions)
    verifier: str | None = None
    seed: int = 1


def check_pair(a: Prepared, b: Prepared, *, upright: bool, options: MatchOptions) -> Verified:
    """What geometry says of two photographs, by the plug-in where one is named."""
    if options.verifier is None:
        return verify(a, b, upright=upright, options=options.verify)
    found = load_plugin("pardine.verify", options.verifier).function(a, b)
    if not isinstance(found, Verified):
        raise TypeError(f"{options.verifier} gives {type(found).__name__}, not Verified")
    return found


@dataclass(frozen=True, kw_only=True)
class PairTable:
    """Evidence of the pairs that were looked at closely; all others have none.

    Attributes
    ----------
    first, second
        (P,) photographs, ``first < second``.
    evidence
        (P, 8) columns as of `EVIDENCE`.
    n_photographs
        Of the gallery.
    agreement
        (P, 2) mean and lower quartile of `agreement.Agreement`; NaN for pairs that were not laid upon each
        other, for geometry left little of them. ``None`` where it was not looked at.
    """

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    evidence: NDArray[np.float64]
    n_photographs: int
    agreement: NDArray[np.float64] | None = None

    def matrix(self, score: NDArray[np.float64], *, floor: float = 0.0) -> NDArray[np.float64]:
        """(N, N) symmetric scores of the pairs, ``floor`` where nobody looked."""
        full = np.full((self.n_photographs, self.n_photographs), floor)
        full[self.first, self.second] = full[self.second, self.first] = score
        return full


def match_gallery(
    described: Sequence[Described],
    gallery: Gallery,
    options: MatchOptions,
    *,
    make_executor: Callable[[], Executor] = InlineExecutor,
    on_done: Callable[[int, int], None] | None = None,
) -> PairTable:
    """Compare every photograph with its shortlist among those it may be compared with.

    Identities are not looked at: only encounters, sides and photographs of several animals.
    """
    tables, maps = [], [np.zeros((0, 2, 3))]
    for in_frame in (True, False):
        members = np.array(
            [i for i, d in enumerate(described) if len(d.features) and d.in_body_frame == in_frame],
            dtype=np.int64,
        )
        if len(members) > 1:
            features = [described[i].features for i in members]
            vectors = [described[i].embedding for i in members]
            table, affine = _match_kind(
                members, features, vectors, gallery, in_frame, options, make_executor, on_done
            )
            tables.append(table)
            maps.append(affine)
    none = np.zeros(0, np.int64)
    found = PairTable(
        first=np.concatenate([none, *(t.first for t in tables)]),
        second=np.concatenate([none, *(t.second for t in tables)]),
        evidence=np.concatenate([np.zeros((0, len(EVIDENCE))), *(t.evidence for t in tables)]),
        n_photographs=len(described),
    )
    looks = [d.look for d in described]
    if all(look is None for look in looks):
        return found
    return replace(
        found, agreement=_agreements(found, looks, np.concatenate(maps), options.n_laid, make_executor)
    )


def _agreements(
    table: PairTable, looks: Sequence[Look | None], maps: NDArray[np.float64], n_laid: int,
    make_executor: Callable[[], Executor],
) -> NDArray[np.float64]:  # fmt: skip
    """(P, 2) agreement of the pairs that geometry left most of, NaN for all others."""
    found = np.full((len(table.first), 2), np.nan)
    chosen = closest_pairs(table.first, table.second, table.evidence[:, EVIDENCE.index("weight")], n_laid)
    tasks, members = [], []
    for first in np.unique(table.first[chosen]):
        own = np.flatnonzero(chosen & (table.first == first))
        a, others = looks[first], [looks[j] for j in table.second[own]]
        if a is None or any(other is None for other in others):
            continue
        tasks.append(_Laid(a=a, others=tuple(o for o in others if o is not None), maps=maps[own]))
        members.append(own)
    for own, values in zip(members, map_tasks(_lay_some, tasks, make_executor=make_executor), strict=True):
        found[own] = values
    return found


def _match_kind(
    members: NDArray[np.int64], features: Sequence[Features],
    vectors: Sequence[NDArray[np.float32] | None], gallery: Gallery, in_frame: bool,
    options: MatchOptions, make_executor: Callable[[], Executor], on_done: Callable[[int, int], None] | None,
) -> tuple[PairTable, NDArray[np.float64]]:  # fmt: skip
    """Evidence and (P, 2, 3) maps of photographs whose features are of one kind."""
    encounter = gallery.encounter[members]
    allowed = gallery.comparable[np.ix_(members, members)]
    index = build_index([f.descriptors for f in features], encounter, stream(options.seed, "cells"))
    counts = np.array([_votes(index, f, e) for f, e in zip(features, encounter, strict=True)])
    counts = np.where(allowed, counts, 0.0)
    wanted = np.zeros_like(allowed)
    for i, row in enumerate(counts):
        wanted[i, shortlist(row, options.n_shortlist)] = True
    # A network's own shortlist beside that of the votes: the two miss different photographs.
    wanted |= nearest(vectors, allowed, options.n_shortlist)
    wanted = np.triu((wanted | wanted.T) & allowed, 1)
    prepared = _prepared(features, encounter, gallery.side[members], options.seed)
    tasks = [
        _Task(a=prepared[i], others=tuple(prepared[j] for j in np.flatnonzero(wanted[i])), in_frame=in_frame,
              options=options)
        for i in range(len(members)) if wanted[i].any()
    ]  # fmt: skip
    rows, columns = np.nonzero(wanted)
    answers = map_tasks(_verify_some, tasks, make_executor=make_executor, on_done=on_done)
    n_told = len(EVIDENCE) - 1
    found = np.concatenate([np.zeros((0, n_told + 6)), *answers])
    both = (counts + counts.T)[rows, columns]
    table = PairTable(
        first=members[rows],
        second=members[columns],
        evidence=np.column_stack([both, found[:, :n_told]]),
        n_photographs=len(gallery),
    )
    return table, found[:, n_told:].reshape(-1, 2, 3)


def _votes(index: Index, features: Features, encounter: np.int64) -> NDArray[np.float64]:
    counts = votes(index, features.descriptors, int(encounter))
    return np.asarray(counts / np.sqrt(max(len(features), 1)), dtype=np.float64)


def _prepared(
    features: Sequence[Features], encounter: NDArray[np.int64], side: NDArray[np.int64], seed: int
) -> list[Prepared]:
    """Chance levels against a crowd of the same side from other encounters."""
    rng = stream(seed, "crowd")
    a_photograph = min(_CROWD_A_PHOTOGRAPH, max(_CROWD // max(len(features) // 2, 1), 2))
    picked = [rng.permutation(len(f))[:a_photograph] for f in features]
    units = [as_unit(f.descriptors[p]) for f, p in zip(features, picked, strict=True)]
    crowd = np.concatenate(units)
    of_encounter, of_side = (np.repeat(c, [len(p) for p in picked]) for c in (encounter, side))
    return [
        prepare(f, crowd[(of_encounter != e) & (of_side == s)])
        for f, e, s in zip(features, encounter, side, strict=True)
    ]


def crowd_of(described: Sequence[Described]) -> NDArray[np.float32]:
    """A few descriptors of each, against which chance is told."""
    a_photograph = max(_CROWD // max(len(described), 1), 2)
    few = [
        as_unit(d.features.descriptors[:: max(len(d.features) // a_photograph, 1)])
        for d in described
        if len(d.features)
    ]
    return np.concatenate(few) if few else np.zeros((0, N_BYTES), np.float32)


def query_seconds(
    described: Sequence[Described], gallery: Gallery, options: MatchOptions, *, n_queries: int = 10
) -> float:
    """Median time that one more query takes, from its features to its ranked list.

    The gallery's own preparation (cells, chance levels) is not counted: it is made once.
    """
    usable = [i for i, d in enumerate(described) if len(d.features)]
    if len(usable) < 2:
        return float("nan")
    features = [described[i].features for i in usable]
    encounter = gallery.encounter[usable]
    index = build_index([f.descriptors for f in features], encounter, stream(options.seed, "timing"))
    crowd = crowd_of([described[i] for i in usable])
    prepared = [prepare(f, crowd[:256]) for f in features]
    looks = [described[i].look for i in usable]
    taken = []
    for i in range(0, len(usable), max(len(usable) // n_queries, 1)):
        began = time.perf_counter()
        query = prepare(features[i], crowd)
        counts = votes(index, features[i].descriptors, int(encounter[i]))
        near = shortlist(counts, options.n_shortlist)
        upright = described[usable[i]].in_body_frame
        found = [check_pair(query, prepared[j], upright=upright, options=options) for j in near]
        for k in np.argsort([-f.weight for f in found])[: options.n_laid]:
            a, b = looks[i], looks[near[k]]
            if a is not None and b is not None:
                agreement(a, b, found[k].affine)
        taken.append(time.perf_counter() - began)
    # The first call may wait for the compiler.
    return float(np.median(taken[1:] or taken))


@dataclass(frozen=True, kw_only=True)
class _Task:
    a: Prepared
    others: tuple[Prepared, ...]
    in_frame: bool
    options: MatchOptions


def _verify_some(task: _Task) -> NDArray[np.float64]:
    """(P, 7 + 6) evidence of one photograph with each of its partners, and the map between them."""
    rows = []
    for other in task.others:
        found = check_pair(task.a, other, upright=task.in_frame, options=task.options)
        rows.append(
            (found.weight_before, found.support, found.weight, found.n_inliers, found.spread_px, found.bend,
             found.shift, *found.affine.ravel())
        )  # fmt: skip
    return np.array(rows, dtype=np.float64).reshape(-1, len(EVIDENCE) - 1 + 6)


@dataclass(frozen=True, kw_only=True)
class _Laid:
    a: Look
    others: tuple[Look, ...]
    maps: NDArray[np.float64]


def _lay_some(task: _Laid) -> NDArray[np.float64]:
    """(P, 2) agreement of one coat with each of its partners."""
    cv2.setNumThreads(1)
    found = [agreement(task.a, b, m) for b, m in zip(task.others, task.maps, strict=True)]
    return np.array([(each.mean, each.lower) for each in found])
