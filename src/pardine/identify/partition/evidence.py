"""What coats and people say about a group of points being one animal, relative to all different."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Layer:
    """One kind of evidence between pairs of points.

    Attributes
    ----------
    llr : (n, n) float32
        Log likelihood ratio, same animal against different animals; symmetric, diagonal ignored;
        0 for a pair that cannot be compared: it says nothing.
    member : (n,) bool
        Points that take part, such as those that show the left side.
    weight : (n + 1,) float64
        Factor of a group's sum of pairs, by its number k of members (k below 2 is never used).
        Pairs within a group are correlated: k (k - 1) / 2 sums count each photograph k - 1 times.
    """

    llr: NDArray[np.float32]
    member: NDArray[np.bool_]
    weight: Array

    def __post_init__(self) -> None:
        n = len(self.member)
        if self.llr.shape != (n, n) or self.weight.shape != (n + 1,):
            raise ValueError("llr must be (n, n) and weight (n + 1,)")
        if not np.isfinite(self.llr).all():
            raise ValueError("a log likelihood ratio is not finite: what is certain goes into Points.apart")
        if not np.array_equal(self.llr, self.llr.T):
            raise ValueError("llr is not symmetric")

    def of_group(self, points: NDArray[np.intp]) -> float:
        """Log evidence of a group, relative to all different."""
        members = points[self.member[points]]
        pairs = self.llr[np.ix_(members, members)]
        return float(self.weight[len(members)] * np.triu(pairs, 1).sum(dtype=np.float64))


@dataclass(frozen=True, kw_only=True, eq=False)
class GaussianCoats:
    """Embeddings with a closed-form likelihood of a group.

    An individual is drawn from N(0, I), each of its photographs from N(individual, variance I).

    Attributes
    ----------
    embedding : (n, K) float64
        Scaled so that individuals differ with variance 1 in each dimension.
    variance : (n,) float64
        Of the photograph about its individual: its quality.
    """

    embedding: Array
    variance: Array

    def of_group(self, points: NDArray[np.intp]) -> float:
        """Log evidence of a group, relative to all different."""
        alone = sum(self._log_marginal(points[k : k + 1]) for k in range(len(points)))
        return self._log_marginal(points) - alone

    def of_pairs(self) -> Array:
        """(n, n) log evidence of every pair, relative to two animals."""
        precision = 1.0 / self.variance
        mean = self.embedding * precision[:, None]
        square = (mean**2).sum(axis=1)
        n_dimensions = self.embedding.shape[1]
        alone = 0.5 * square / (1.0 + precision) - 0.5 * n_dimensions * np.log1p(precision)
        total = 1.0 + precision[:, None] + precision[None, :]
        squares = square[:, None] + square[None, :] + 2.0 * mean @ mean.T
        joined = 0.5 * squares / total - 0.5 * n_dimensions * np.log(total)
        return np.asarray(joined - alone[:, None] - alone[None, :])

    def _log_marginal(self, points: NDArray[np.intp]) -> float:
        """Log density of the group's embeddings, less the terms that no partition changes."""
        precision = 1.0 / self.variance[points]
        total = 1.0 + precision.sum()
        mean = precision @ self.embedding[points]
        n_dimensions = self.embedding.shape[1]
        return float(-0.5 * n_dimensions * math.log(total) + 0.5 * (mean @ mean) / total)


@dataclass(frozen=True, kw_only=True, eq=False)
class Evidence:
    """All that is known of coats: layers of pairs, and embeddings where there are any."""

    layers: tuple[Layer, ...] = ()
    coats: GaussianCoats | None = None

    def of_group(self, points: NDArray[np.intp]) -> float:
        """Log evidence of a group, relative to all different."""
        exact = 0.0 if self.coats is None else self.coats.of_group(points)
        return exact + sum(layer.of_group(points) for layer in self.layers)


def composite_weight(n: int, *, numerator: float = 2.0, exponent: float = 1.0) -> Array:
    """Weight of a group's summed pairs by its size k: ``numerator / k^exponent``, at most 1.

    With the default 2 / k the sum grows with k - 1, as independent evidence on k - 1 links would.
    """
    k = np.arange(n + 1, dtype=np.float64)
    return np.minimum(1.0, numerator / np.maximum(k, 2.0) ** exponent)


def verdict_llr(*, says_same: bool, false_split: float, false_merge: float) -> float:
    """Log likelihood ratio of one person's verdict, from that person's two error rates.

    Parameters
    ----------
    says_same
        The verdict.
    false_split, false_merge
        Probability of "different" for one animal, and of "same" for two.

    Raises
    ------
    ValueError
        A rate of 0 or 1: nobody is certain, and the ratio would be infinite.
    """
    if not (0.0 < false_split < 1.0 and 0.0 < false_merge < 1.0):
        raise ValueError("error rates of a reviewer lie between 0 and 1")
    if says_same:
        return math.log(1.0 - false_split) - math.log(false_merge)
    return math.log(false_split) - math.log(1.0 - false_merge)
