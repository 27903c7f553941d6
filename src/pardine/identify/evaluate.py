"""How good a matcher is, measured the honest way.

No photograph answers for one of its own encounter. A query with a mate has the same animal in another
encounter, comparably; queries without one are apart (open set). Accuracy is told per photograph, per
encounter-side, and balanced over individuals, each with a bootstrap interval over individuals, and
beside each stands what always guessing the commonest animal would give.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pardine.identify.gallery import Gallery, Ints

Scores = NDArray[np.float64]
Pooling = Literal["best", "soft"]
NOTHING = -np.inf


@dataclass(frozen=True, kw_only=True)
class Share:
    """A share with its 95 % bootstrap interval over individuals; NaN where nothing could be counted."""

    value: float
    low: float
    high: float

    def as_list(self) -> list[float | None]:
        """Interval for JSON."""
        return [None if np.isnan(v) else round(float(v), 4) for v in (self.low, self.high)]


@dataclass(frozen=True, kw_only=True)
class Ranks:
    """Where the right animal came for each query with a mate.

    Attributes
    ----------
    query
        (Q,) row of the query: a photograph, or the first of an encounter-side.
    identity
        (Q,) its animal.
    rank
        (Q,) number of animals before the right one; ties count as before.
    n_candidates
        (Q,) animals that were compared.
    """

    query: Ints
    identity: Ints
    rank: Ints
    n_candidates: Ints


@dataclass(frozen=True, kw_only=True)
class OpenSet:
    """Queries whose animal is in no other encounter, against those whose animal is.

    Attributes
    ----------
    n_queries
        Without a mate.
    auc
        Chance that the best score of a query with a mate lies above that of one without.
    false_accepts
        Share of queries without a mate that a threshold accepts which accepts half of the others.
    """

    n_queries: int
    auc: float
    false_accepts: float


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """What `pardine benchmark` tells of a matrix of scores."""

    n_photographs: int
    n_individuals: int
    n_encounters: int
    n_queries: int
    n_encounter_queries: int
    n_nothing_comparable: int
    top1: Share
    top5: Share
    top20: Share
    encounter_top1: Share
    encounter_top5: Share
    balanced_top1: Share
    balanced_top5: Share
    majority_top1: float
    majority_encounter_top1: float
    majority_balanced_top1: float
    open_set: OpenSet
    best_pairs_precision: float
    n_best_pairs: int
    same_station_share: float
    same_station_expected: float


def evaluate(
    scores: Scores,
    gallery: Gallery,
    rng: np.random.Generator,
    *,
    n_bootstrap: int = 1000,
    pooling: Pooling = "best",
) -> Evaluation:
    """Judge a matrix of scores.

    Parameters
    ----------
    scores
        (N, N); row i holds how well each photograph answers for photograph i. Higher is more alike,
        ``-inf`` means that nothing could be compared.
    gallery
        Labels of the same N photographs.
    rng
        Of the bootstrap.
    n_bootstrap
        Resamples of individuals.
    pooling
        How photographs of one animal speak together: ``best``: its best photograph's score; ``soft``:
        the logarithm of the sum of exp(score), where scores are utilities or log-odds.

    Raises
    ------
    ValueError
        The shapes differ.
    """
    if scores.shape != gallery.comparable.shape:
        raise ValueError("scores need one row and one column a photograph")
    allowed = np.where(gallery.comparable, scores, NOTHING)
    photo = photo_ranks(allowed, gallery, pooling)
    unit = unit_ranks(allowed, gallery, pooling)
    guess, guess_units = majority_ranks(gallery, photo), majority_ranks(gallery, unit)
    precision, n_pairs = best_pairs(allowed, gallery)
    share, expected = same_station(allowed, gallery)
    draw = _Bootstrap(rng, n_bootstrap)
    single = ~gallery.several
    return Evaluation(
        n_photographs=len(gallery),
        n_individuals=len(np.unique(gallery.identity[single])),
        n_encounters=len(np.unique(gallery.encounter)),
        n_queries=len(photo.query),
        n_encounter_queries=len(unit.query),
        n_nothing_comparable=int((~gallery.comparable.any(axis=1) & single).sum()),
        top1=draw.share(photo, 1),
        top5=draw.share(photo, 5),
        top20=draw.share(photo, 20),
        encounter_top1=draw.share(unit, 1),
        encounter_top5=draw.share(unit, 5),
        balanced_top1=draw.balanced(unit, 1),
        balanced_top5=draw.balanced(unit, 5),
        majority_top1=_mean(guess),
        majority_encounter_top1=_mean(guess_units),
        majority_balanced_top1=_mean(_by_individual(guess_units, unit.identity)),
        open_set=open_set(allowed, gallery),
        best_pairs_precision=precision,
        n_best_pairs=n_pairs,
        same_station_share=share,
        same_station_expected=expected,
    )


def photo_ranks(allowed: Scores, gallery: Gallery, pooling: Pooling = "best") -> Ranks:
    """Ranks of single photographs."""
    queries = np.flatnonzero(gallery.has_mate)
    return _ranks(queries, allowed[queries], gallery.comparable[queries], gallery, pooling)


def unit_ranks(allowed: Scores, gallery: Gallery, pooling: Pooling = "best") -> Ranks:
    """Ranks of encounter-sides: the best score that any of its photographs has with any of an animal.

    Photographs of one visit are correlated: the best comparable pair speaks for all of them, and no
    number of near copies adds to it.
    """
    first, rows, reach = [], [], []
    for unit in np.unique(gallery.unit[gallery.has_mate]):
        own = np.flatnonzero(gallery.unit == unit)
        first.append(own[0])
        rows.append(allowed[own].max(axis=0))
        reach.append(gallery.comparable[own].any(axis=0))
    queries = np.array(first, dtype=np.int64)
    shape = (len(first), len(gallery))
    return _ranks(
        queries, np.array(rows).reshape(shape), np.array(reach, bool).reshape(shape), gallery, pooling
    )


def majority_ranks(gallery: Gallery, ranks: Ranks) -> NDArray[np.float64]:
    """(Q,) chance that the commonest animal among the other encounters is the right one; ties share it."""
    pairs = np.unique(np.stack([gallery.encounter, gallery.identity], axis=1)[~gallery.several], axis=0)
    counts = np.bincount(pairs[:, 1], minlength=int(gallery.identity.max(initial=0)) + 1)
    right = []
    for query in ranks.query:
        others = counts.copy()
        own = pairs[pairs[:, 0] == gallery.encounter[query], 1]
        others[own] -= 1
        commonest = np.flatnonzero(others == others.max())
        right.append(float(gallery.identity[query] in commonest) / len(commonest))
    return np.array(right, dtype=np.float64)


def best_pairs(allowed: Scores, gallery: Gallery, n_pairs: int = 20) -> tuple[float, int]:
    """Share of one animal among the best pairs of encounter-sides, each pair of units counted once."""
    rows, columns = np.nonzero(np.triu(gallery.comparable, 1))
    values = np.maximum(allowed[rows, columns], allowed[columns, rows])
    seen: set[tuple[int, int]] = set()
    right: list[bool] = []
    for k in np.argsort(-values, kind="stable"):
        if len(right) == n_pairs or not np.isfinite(values[k]):
            break
        a, b = sorted((int(gallery.unit[rows[k]]), int(gallery.unit[columns[k]])))
        if (a, b) not in seen:
            seen.add((a, b))
            right.append(bool(gallery.identity[rows[k]] == gallery.identity[columns[k]]))
    return (float(np.mean(right)) if right else float("nan")), len(right)


def same_station(allowed: Scores, gallery: Gallery) -> tuple[float, float]:
    """Share of best matches that come from the query's own station, and the share by chance alone.

    NaN where no station holds several encounters.
    """
    if not gallery.has_stations:
        return float("nan"), float("nan")
    queries = np.flatnonzero(np.isfinite(allowed).any(axis=1))
    if not len(queries):
        return float("nan"), float("nan")
    here = gallery.station[:, None] == gallery.station[None, :]
    best = allowed[queries].argmax(axis=1)
    by_chance = [here[q][gallery.comparable[q]].mean() for q in queries]
    return float(here[queries, best].mean()), float(np.mean(by_chance))


def open_set(allowed: Scores, gallery: Gallery) -> OpenSet:
    """How well the best score tells a known animal from a new one."""
    best = allowed.max(axis=1)
    usable = ~gallery.several & gallery.comparable.any(axis=1)
    known, new = best[usable & gallery.has_mate], best[usable & ~gallery.has_mate]
    if not len(known) or not len(new):
        return OpenSet(n_queries=len(new), auc=float("nan"), false_accepts=float("nan"))
    above = (known[:, None] > new[None, :]).mean() + 0.5 * (known[:, None] == new[None, :]).mean()
    threshold = np.median(known)
    return OpenSet(n_queries=len(new), auc=float(above), false_accepts=float((new >= threshold).mean()))


def permutation_interval(
    scores: Scores, gallery: Gallery, rng: np.random.Generator, *, n_permutations: int = 500
) -> tuple[float, float]:
    """Interval (95 %) of encounter top-1 when identities are dealt to encounters by chance.

    What a score that knows nothing of animals would reach on these very encounters.
    """
    allowed = np.where(gallery.comparable, scores, NOTHING)
    encounters, first = np.unique(gallery.encounter, return_index=True)
    position = np.searchsorted(encounters, gallery.encounter)
    single = ~gallery.several[first]
    reached = []
    for _ in range(n_permutations):
        dealt = gallery.identity[first].copy()
        dealt[single] = rng.permutation(dealt[single])
        ranks = unit_ranks(allowed, _relabelled(gallery, dealt[position]))
        if len(ranks.rank):
            reached.append(float((ranks.rank == 0).mean()))
    if not reached:
        return float("nan"), float("nan")
    low, high = np.quantile(reached, [0.025, 0.975])
    return float(low), float(high)


def _relabelled(gallery: Gallery, identity: Ints) -> Gallery:
    return Gallery(
        identity=identity,
        encounter=gallery.encounter,
        station=gallery.station,
        side=gallery.side,
        unit=gallery.unit,
        several=gallery.several,
        comparable=gallery.comparable,
    )


def _ranks(
    queries: Ints, scores: Scores, reach: NDArray[np.bool_], gallery: Gallery, pooling: Pooling
) -> Ranks:
    n_codes = int(gallery.identity.max(initial=0)) + 1
    rank, n_candidates = [], []
    for query, row, within in zip(queries, scores, reach, strict=True):
        best = _pooled(row[within], gallery.identity[within], n_codes, pooling)
        candidates = np.unique(gallery.identity[within])
        right = gallery.identity[query]
        others = candidates[candidates != right]
        rank.append(int((best[others] >= best[right]).sum()))
        n_candidates.append(len(candidates))
    return Ranks(
        query=np.asarray(queries, dtype=np.int64),
        identity=gallery.identity[queries],
        rank=np.array(rank, dtype=np.int64),
        n_candidates=np.array(n_candidates, dtype=np.int64),
    )


def _pooled(scores: Scores, identity: Ints, n_codes: int, pooling: Pooling) -> Scores:
    """(C,) score of each animal from those of its photographs."""
    best = np.full(n_codes, NOTHING)
    np.maximum.at(best, identity, scores)
    if pooling == "best":
        return best
    # Where an animal has no score, its photographs add nothing to nothing.
    above = np.where(np.isfinite(scores), scores - np.where(np.isfinite(best), best, 0.0)[identity], NOTHING)
    total = np.bincount(identity, np.exp(above), minlength=n_codes)
    return np.where(np.isfinite(best), best + np.log(np.maximum(total, 1.0)), NOTHING)


class _Bootstrap:
    """Resamples individuals, not photographs: photographs of one animal are not independent."""

    def __init__(self, rng: np.random.Generator, n_resamples: int) -> None:
        self._rng = rng
        self._n = n_resamples

    def share(self, ranks: Ranks, within: int) -> Share:
        hit = (ranks.rank < within).astype(np.float64)
        sums, counts = _sums(hit, ranks.identity)
        return self._interval(_mean(hit), sums, counts)

    def balanced(self, ranks: Ranks, within: int) -> Share:
        each = _by_individual((ranks.rank < within).astype(np.float64), ranks.identity)
        return self._interval(_mean(each), each, np.ones(len(each)))

    def _interval(self, value: float, sums: Scores, counts: Scores) -> Share:
        if not len(sums):
            return Share(value=float("nan"), low=float("nan"), high=float("nan"))
        drawn = self._rng.integers(0, len(sums), (self._n, len(sums)))
        low, high = np.quantile(sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1), [0.025, 0.975])
        return Share(value=value, low=float(low), high=float(high))


def _sums(values: Scores, identity: Ints) -> tuple[Scores, Scores]:
    _, position = np.unique(identity, return_inverse=True)
    sums = np.bincount(position, values).astype(np.float64)
    return sums, np.bincount(position).astype(np.float64)


def _by_individual(values: Scores, identity: Ints) -> Scores:
    sums, counts = _sums(values, identity)
    return np.asarray(sums / np.maximum(counts, 1.0))


def _mean(values: Scores) -> float:
    return float(values.mean()) if len(values) else float("nan")
