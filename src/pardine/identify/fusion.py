"""One number out of several: the log-odds that a pair shows one animal, by logistic regression.

Each piece of evidence enters as it is and relative to the other pairs of the same two photographs, so
that a photograph which is like everything convinces nobody. Folds are disjoint by individual.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from pardine.identify.gallery import Gallery, folds_of_individuals
from pardine.identify.score import EVIDENCE, PairTable

VERSION = 1
Values = NDArray[np.float64]
_PENALTY = 1.0
_LOGGED = ("votes", "before", "support", "weight", "n_inliers")


@dataclass(frozen=True, kw_only=True)
class Fusion:
    """Weights of the standardised columns, and what standardises them."""

    mean: Values
    deviation: Values
    weights: Values
    intercept: float

    def log_odds(self, columns: Values) -> Values:
        """(P,) log-odds of pairs."""
        return np.asarray((columns - self.mean) / self.deviation @ self.weights + self.intercept)


def fusion_columns(table: PairTable) -> Values:
    """(P, F) columns of pairs: logarithms, and the same relative to each photograph's other pairs."""
    logs = np.column_stack(
        [np.log1p(_SCALE[name] * table.evidence[:, EVIDENCE.index(name)]) for name in _LOGGED]
    )
    return np.column_stack([logs, *(_relative(table, logs[:, k]) for k in range(logs.shape[1]))])


_SCALE = {"votes": 30.0, "before": 1.0, "support": 3.0, "weight": 3.0, "n_inliers": 0.3}


def fit_fusion(columns: Values, same: NDArray[np.bool_]) -> Fusion:
    """Logistic regression with a small ridge; pairs of one animal and of two weigh alike in total.

    Raises
    ------
    ValueError
        Pairs of one kind only.
    """
    if same.all() or not same.any():
        raise ValueError("pairs of one animal and pairs of two are needed")
    mean, deviation = columns.mean(axis=0), columns.std(axis=0) + 1e-9
    x = (columns - mean) / deviation
    sign = np.where(same, 1.0, -1.0)

    def loss(w: Values) -> tuple[float, Values]:
        margin = sign * (x @ w[:-1] + w[-1])
        slope = -sign * expit(-margin)
        value = np.logaddexp(0.0, -margin).sum() + 0.5 * _PENALTY * w[:-1] @ w[:-1]
        return float(value), np.append(x.T @ slope + _PENALTY * w[:-1], slope.sum())

    start = np.zeros(x.shape[1] + 1)
    found = minimize(loss, start, jac=True, method="L-BFGS-B").x
    return Fusion(mean=mean, deviation=deviation, weights=found[:-1], intercept=float(found[-1]))


def cross_fitted(
    table: PairTable, gallery: Gallery, rng: np.random.Generator, *, n_folds: int = 5
) -> Values | None:
    """(N, N) log-odds; row i by weights that never saw a pair with the animal of photograph i, nor its fold.

    Returns
    -------
    Rows of queries; not symmetric, since each row has its own fold. ``None`` where the labels hold too
    few animals that were met twice.
    """
    columns = fusion_columns(table)
    same = gallery.identity[table.first] == gallery.identity[table.second]
    if len(np.unique(gallery.identity[table.first[same]])) < 2 * n_folds:
        return None
    fold = folds_of_individuals(gallery.identity, n_folds, rng)
    full = np.full((table.n_photographs, table.n_photographs), -np.inf)
    for held in range(n_folds):
        seen = (fold[table.first] != held) & (fold[table.second] != held)
        odds = fit_fusion(columns[seen], same[seen]).log_odds(columns)
        scores = table.matrix(odds, floor=-np.inf)
        full[fold == held] = scores[fold == held]
    return full


def _relative(table: PairTable, values: Values) -> Values:
    """How far a value stands above those of both photographs' other pairs, in their deviations."""
    ends = np.concatenate([table.first, table.second])
    both = np.concatenate([values, values])
    count = np.maximum(np.bincount(ends, minlength=table.n_photographs), 1)
    mean = np.bincount(ends, both, minlength=table.n_photographs) / count
    square = np.bincount(ends, both**2, minlength=table.n_photographs) / count
    spread = np.sqrt(np.maximum(square - mean**2, 0.0)) + 0.05
    one = (values - mean[table.first]) / spread[table.first]
    other = (values - mean[table.second]) / spread[table.second]
    return np.asarray(0.5 * (one + other))
