"""One number out of several pieces of evidence, by a conditional logit over each query's candidates.

For a query, exactly one animal of the gallery is right; the model gives each candidate photograph a
utility, and the chance of an animal is the share of its photographs in the sum of exp(utility). Each
piece of evidence enters as it is, relative to the query's other candidates, and relative to the other
photographs that the candidate was compared with, so that a photograph which is like everything
convinces nobody. Folds are disjoint by individual.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from pardine.identify.gallery import Gallery, folds_of_individuals
from pardine.identify.score import EVIDENCE, PairTable

VERSION = 3
Values = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
_RIDGE = 3.0
_START = 0.05
# Units in which each piece of evidence is of the order of one, before its logarithm.
_SCALE = {
    "votes": 30.0, "before": 1.0, "support": 3.0, "weight": 3.0, "n_inliers": 0.3,
    "spread_px": 0.05, "bend": 3.0, "shift": 0.05,
}  # fmt: skip
_LEAST_SPREAD = 0.05
_PLAIN_AGREEMENT = 10.0


@dataclass(frozen=True, kw_only=True)
class Directed:
    """Every pair twice: as what the second says of the first, and the first of the second.

    Attributes
    ----------
    query, other
        (2 P,) photographs.
    columns
        (2 P, F) evidence: as it is, relative to the query's others, relative to the other's others; then,
        where it was looked at, whether and how well the coats agree where one is laid upon the other.
    """

    query: Ints
    other: Ints
    columns: Values


@dataclass(frozen=True, kw_only=True)
class Fusion:
    """Weights of the standardised columns, and what standardises them."""

    mean: Values
    deviation: Values
    weights: Values

    def utility(self, columns: Values) -> Values:
        """(P,) utility of pairs; differences within a query matter."""
        return np.asarray((columns - self.mean) / self.deviation @ self.weights)


def directed_pairs(table: PairTable) -> Directed:
    """Turn a table of pairs into what each photograph of them is told."""
    query, other = (
        np.concatenate(ends) for ends in ((table.first, table.second), (table.second, table.first))
    )
    logs = np.column_stack([np.log1p(_SCALE[n] * table.evidence[:, EVIDENCE.index(n)]) for n in EVIDENCE])
    both = np.concatenate([logs, logs])
    n = table.n_photographs
    columns = [both, _relative(both, query, n), _relative(both, other, n)]
    if table.agreement is not None:
        columns.append(_laid(table.agreement, logs[:, EVIDENCE.index("weight")], query, other, n))
    return Directed(query=query, other=other, columns=np.hstack(columns))


def fit_fusion(columns: Values, query: Ints, same: Bools) -> Fusion:
    """Weights that make the right animal's photographs most likely among each query's candidates.

    Parameters
    ----------
    columns
        (P, F) of directed pairs.
    query
        (P,) query of each.
    same
        (P,) whether both show one animal. Queries without such a pair tell nothing and are left out.

    Raises
    ------
    ValueError
        No query has both a right and a wrong candidate.

    References
    ----------
    McFadden 1974 (conditional logit).
    """
    order = np.argsort(query, kind="stable")
    _, group = np.unique(query[order], return_inverse=True)
    right, total = np.bincount(group, same[order]), np.bincount(group)
    order = order[((right > 0) & (right < total))[group]]
    if not len(order):
        raise ValueError("pairs of one animal and pairs of two are needed")
    x, is_same = columns[order], same[order]
    mean, deviation = x.mean(axis=0), x.std(axis=0) + 1e-9
    starts = np.flatnonzero(np.append(True, np.diff(query[order]) != 0))
    z = (x - mean) / deviation
    found = minimize(
        _loss, np.full(z.shape[1], _START), args=(z, is_same, starts), jac=True, method="L-BFGS-B"
    )
    return Fusion(mean=mean, deviation=deviation, weights=np.asarray(found.x))


def cross_fitted(
    table: PairTable, gallery: Gallery, rng: np.random.Generator, *, n_folds: int = 5
) -> Values | None:
    """(N, N) utilities; row i by weights that saw no pair with an animal of the fold of photograph i.

    Returns
    -------
    Rows of queries, ``-inf`` where nobody looked; not symmetric, since each row has its own fold.
    ``None`` where the labels hold too few animals that were met twice.
    """
    same = gallery.identity[table.first] == gallery.identity[table.second]
    if len(np.unique(gallery.identity[table.first[same]])) < 2 * n_folds:
        return None
    pairs = directed_pairs(table)
    same = np.concatenate([same, same])
    fold = folds_of_individuals(gallery.identity, n_folds, rng)
    full = np.full((table.n_photographs, table.n_photographs), -np.inf)
    for held in range(n_folds):
        seen = (fold[pairs.query] != held) & (fold[pairs.other] != held)
        fusion = fit_fusion(pairs.columns[seen], pairs.query[seen], same[seen])
        own = fold[pairs.query] == held
        full[pairs.query[own], pairs.other[own]] = fusion.utility(pairs.columns[own])
    return full


def _loss(weights: Values, z: Values, same: Bools, starts: NDArray[np.intp]) -> tuple[float, Values]:
    """Negative log-likelihood of the right animals with a ridge, and its gradient."""
    utility = z @ weights
    sizes = np.diff(np.append(starts, len(z)))
    exp = np.exp(utility - np.repeat(np.maximum.reduceat(utility, starts), sizes))
    total, right = np.add.reduceat(exp, starts), np.add.reduceat(exp * same, starts) + 1e-300
    value = (np.log(total) - np.log(right)).sum() + 0.5 * _RIDGE * weights @ weights
    slope = exp / np.repeat(total, sizes) - exp * same / np.repeat(right, sizes)
    return float(value), z.T @ slope + _RIDGE * weights


def _laid(agreement: Values, weight: Values, query: Ints, other: Ints, n: int) -> Values:
    """(2 P, 8) of pairs that were laid upon each other; zeros for all others.

    Whether they were; mean agreement times the weight of geometry; then mean and lower quartile of the
    agreement, each as it is and relative to either end's other such pairs.
    """
    both = np.concatenate([agreement, agreement])
    was = np.isfinite(both[:, 0])
    columns = np.zeros((len(both), 8))
    columns[:, 0] = was
    columns[was, 1] = both[was, 0] * np.concatenate([weight, weight])[was]
    columns[was, 2:4] = both[was]
    columns[was, 4:6] = _relative(both[was], query[was], n)
    columns[was, 6:8] = _relative(both[was], other[was], n)
    return columns


def plain_scores(table: PairTable) -> Values:
    """(P,) one number a pair without any weights that were learned, for sets too small to learn some.

    How far the weight of geometry stands above that of either photograph's other pairs, and as much more as
    the coats agree where one is laid upon the other.
    """
    logs = np.log1p(_SCALE["weight"] * table.evidence[:, [EVIDENCE.index("weight")]])
    n = table.n_photographs
    above = _relative(logs, table.first, n)[:, 0] + _relative(logs, table.second, n)[:, 0]
    if table.agreement is None:
        return np.asarray(above)
    return np.asarray(above + _PLAIN_AGREEMENT * np.nan_to_num(table.agreement[:, 0], nan=0.0))


def _relative(values: Values, ends: Ints, n: int) -> Values:
    """How far values stand above those of the other pairs with the same end, in their deviations."""
    count = np.maximum(np.bincount(ends, minlength=n), 1)
    columns = []
    for column in values.T:
        mean = np.bincount(ends, column, minlength=n) / count
        square = np.bincount(ends, column**2, minlength=n) / count
        spread = np.sqrt(np.maximum(square - mean**2, 0.0)) + _LEAST_SPREAD
        columns.append((column - mean[ends]) / spread[ends])
    return np.column_stack(columns)
