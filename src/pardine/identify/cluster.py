"""Who is who: the best grouping of points into animals, and how sure each link of it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform
from scipy.special import gammaln, logsumexp

from pardine.base.randomness import stream
from pardine.identify.partition.evidence import Evidence
from pardine.identify.partition.gibbs import settle, sweep
from pardine.identify.partition.places import Places, nowhere
from pardine.identify.partition.points import Points
from pardine.identify.partition.side_links import link_or_unlink
from pardine.identify.partition.split_merge import split_or_merge
from pardine.identify.partition.state import Problem, State, empty_state, fill, log_target, make_problem

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

_MOST_SWEEPS = 200
_N_PARTNERS = 10
_MOST_ROUNDS = 12


@dataclass(frozen=True, kw_only=True, eq=False)
class Grouping:
    """Points in groups.

    Attributes
    ----------
    labels : (n,) int64
        Animal of each point, numbered in order of first appearance.
    log_target
        Log posterior of the partition, up to a constant.
    draws : (T, n) int32
        Partitions drawn from the posterior.
    """

    labels: Ints
    log_target: float
    draws: NDArray[np.int32]

    @property
    def n_animals(self) -> int:
        """Number of groups."""
        return int(self.labels.max()) + 1

    def together(self) -> NDArray[np.float32]:
        """(n, n) share of draws in which two points are one animal."""
        total = np.zeros((self.draws.shape[1],) * 2, np.float32)
        for drawn in self.draws:
            total += drawn[:, None] == drawn[None, :]
        return np.asarray(total / np.float32(len(self.draws)))


def group(
    points: Points,
    evidence: Evidence,
    *,
    unseen_animals: float,
    seed: int,
    n_draws: int = 200,
    start: Ints | None = None,
) -> Grouping:
    """Group points by evidence alone, wherever they were seen.

    A known animal is as likely as any other to be the next that passes, and ``unseen_animals`` times
    one of them is likely to be a new one; the evidence does the rest. The best partition is sought
    from an agglomerative start by moving points, splitting and merging until nothing gains; then the
    posterior is drawn from. Groups are never connected components: one wrong link cannot join two.

    Parameters
    ----------
    unseen_animals
        Expected number of animals that pass but have not been seen.
    n_draws
        Kept after a fifth as many to forget the start.
    start : (n,)
        Labels to start from, such as those before one more verdict; without: agglomeration.
    """
    at = Points(
        station=np.zeros(points.n, np.intp),
        left=points.left,
        right=points.right,
        sex_sighting=points.sex_sighting,
        apart=points.apart,
    )
    problem = make_problem(at, evidence)
    labels = agglomerate(at, evidence, cost=float(np.log(unseen_animals))) if start is None else start
    rng = stream(seed, "grouping")
    partners = likely_partners(evidence, points.n, _N_PARTNERS)
    best = np.asarray(labels, np.int64)
    for _ in range(_MOST_ROUNDS):
        n_animals = len(np.unique(best))
        places = nowhere(log_new=_log_new(points.n, n_animals, unseen_animals))
        state = empty_state(problem, places)
        fill(state, best, problem, places)
        for _ in range(points.n // 4 + 1):
            split_or_merge(state, problem, places, partners, rng)
        best, highest = _climb(state, problem, places, rng)
        if len(np.unique(best)) == n_animals:
            break
    links = _links_across(points, evidence)
    draws = []
    for k in range(n_draws + n_draws // 5):
        sweep(state, problem, places, rng)
        for _ in range(points.n // 4 + 1):
            split_or_merge(state, problem, places, partners, rng)
        link_or_unlink(state, problem, places, rng)
        if k >= n_draws // 5:
            draws.append(_by_hard_links(state.label, points, links).astype(np.int32))
        value = log_target(state, problem)
        if value > highest:
            best, highest = in_order(state.label), value
    return Grouping(
        labels=_by_hard_links(best, points, links),
        log_target=highest,
        draws=np.array(draws, np.int32).reshape(len(draws), points.n),
    )


def _links_across(points: Points, evidence: Evidence) -> Ints:
    """(P, 2) pairs of a left-only and a right-only point that somebody held to be one animal."""
    left, right = points.left & ~points.right, points.right & ~points.left
    total = np.zeros((points.n, points.n), np.float32)
    for layer in evidence.layers:
        total += np.where(layer.member[:, None] & layer.member[None, :], layer.llr, np.float32(0.0))
    return np.argwhere((total > 0.0) & left[:, None] & right[None, :]).astype(np.int64)


def _by_hard_links(labels: NDArray[np.integer], points: Points, links: Ints) -> Ints:
    """The partition, left and right parted where neither a view of both nor a person joins them.

    That few animals are likelier than many would join them too, but it is no evidence of who is who.
    """
    labels = in_order(labels)
    linked = np.zeros(int(labels.max()) + 1, np.bool_)
    linked[labels[points.left & points.right]] = True
    together = labels[links[:, 0]] == labels[links[:, 1]]
    linked[labels[links[together, 0]]] = True
    right_alone = points.right & ~points.left & ~linked[labels]
    return in_order(2 * labels + right_alone)


def _log_new(n_points: int, n_animals: int, unseen_animals: float) -> float:
    """Log odds for one more animal, at about so many animals.

    Were each of A = K + U animals as likely to be the next, U of them unseen, a partition into K would have
    the probability A! / (A - K)! / A^n; U is Poisson. This is the change of its logarithm with K.
    """
    higher = _log_partition(n_points, n_animals + 1, unseen_animals)
    return float(higher - _log_partition(n_points, n_animals, unseen_animals))


def _log_partition(n_points: int, n_animals: int, unseen_animals: float) -> float:
    unseen = np.arange(int(unseen_animals + 10.0 * np.sqrt(unseen_animals) + 10.0))
    total = n_animals + unseen
    # 1 / U! of the falling factorial beside the Poisson's own
    terms = gammaln(total + 1.0) - 2.0 * gammaln(unseen + 1.0)
    terms += unseen * np.log(unseen_animals) - unseen_animals - n_points * np.log(total)
    return float(logsumexp(terms))


def _climb(state: State, problem: Problem, places: Places, rng: np.random.Generator) -> tuple[Ints, float]:
    """Move each point to where it is likeliest until none moves."""
    for _ in range(_MOST_SWEEPS):
        if not settle(state, problem, places, rng):
            break
    return in_order(state.label), log_target(state, problem)


def agglomerate(points: Points, evidence: Evidence, *, cost: float) -> Ints:
    """Average linkage on the summed evidence, cut where joining stops to gain.

    Pairs that are certainly two animals are as far apart as can be, so groups that hold one are
    joined last; the moves that follow part whatever is left of them.
    """
    n = points.n
    if n < 2:
        return np.zeros(n, np.int64)
    total = np.zeros((n, n), np.float64)
    for layer in evidence.layers:
        total += np.where(layer.member[:, None] & layer.member[None, :], layer.llr, 0.0)
    total[points.apart[:, 0], points.apart[:, 1]] = -1e3
    total[points.apart[:, 1], points.apart[:, 0]] = -1e3
    highest = max(float(total.max()), cost) + 1.0
    distance = highest - total
    np.fill_diagonal(distance, 0.0)
    tree = linkage(squareform(distance, checks=False), "average")
    labels = fcluster(tree, highest - max(cost, 0.0), "distance")
    return in_order(_part(np.asarray(labels, np.int64), points))


def _part(labels: Ints, points: Points) -> Ints:
    """Take out one of any two points that are certainly two animals."""
    labels = labels.copy()
    for one, other in points.apart:
        if labels[one] == labels[other]:
            labels[other] = labels.max() + 1
    return labels


def likely_partners(evidence: Evidence, n: int, n_partners: int = _N_PARTNERS) -> Ints:
    """(n, K) points that the layers of evidence hold most likely to be the same animal as each."""
    if n < 2 or not (evidence.layers or evidence.coats):
        return np.empty((n, 0), np.int64)
    scores = np.zeros((n, n)) if evidence.coats is None else evidence.coats.of_pairs()
    for layer in evidence.layers:
        scores += layer.llr
    np.fill_diagonal(scores, -np.inf)
    k = min(n_partners, n - 1)
    return np.argpartition(-scores, k - 1, axis=1)[:, :k].astype(np.int64)


def in_order(labels: NDArray[np.integer]) -> Ints:
    """Labels numbered in order of first appearance: equal partitions get equal labels."""
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return np.asarray(rank[inverse], np.int64)
