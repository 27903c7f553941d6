"""Which pair to ask a person about next, and when to stop asking.

The draws of the grouping hold every answer: in some a pair is one animal, in others two. Asking
about it settles not that pair alone but all that hang on it, so the worth of a question is how much
of the uncertainty about all pairs, or about a number such as N, its answer is expected to take away.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
Worth = Callable[[NDArray[np.int32], Ints], Array]
"""Worth of asking about each of (Q, 2) pairs, from (T, n) draws of labels."""

_MOST_PAIRS = 3000


@dataclass(frozen=True, kw_only=True)
class Asker:
    """How often a reviewer errs, or is thought to err."""

    false_split: float = 0.0
    false_merge: float = 0.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Questions:
    """Questions in the order in which to ask them.

    Attributes
    ----------
    pairs : (Q, 2) int64
        Points.
    worth : (Q,) float64
        Expected fall of the summed variance of all pairs, or of what the hook says.
    probability : (Q,) float64
        That the pair is one animal.
    """

    pairs: Ints
    worth: Array
    probability: Array


@dataclass(frozen=True, kw_only=True)
class Errors:
    """Links expected to be wrong in a grouping: over pairs that can be judged at all."""

    wrong_splits: float
    wrong_merges: float


def next_questions(
    draws: NDArray[np.int32],
    askable: NDArray[np.bool_],
    *,
    n: int = 20,
    asker: Asker | None = None,
    worth: Worth | None = None,
) -> Questions:
    """Pairs worth asking about, the best first.

    Parameters
    ----------
    draws : (T, n_points)
        Partitions drawn from the posterior.
    askable : (n_points, n_points) bool
        Pairs that a person could judge: something comparable, not answered yet.
    n
        How many at most.
    asker
        Who will answer.
    worth
        What an answer is worth; by default the expected fall of uncertainty about all links. The hook
        for the expected change of N or of density.
    """
    asker = asker or Asker()
    pairs, probability = _doubtful(draws, askable)
    if not len(pairs):
        return Questions(pairs=pairs, worth=np.empty(0), probability=probability)
    values = worth(draws, pairs) if worth is not None else links_settled(draws, pairs, asker=asker)
    order = np.lexsort((pairs[:, 1], pairs[:, 0], -values))[:n]
    return Questions(pairs=pairs[order], worth=values[order], probability=probability[order])


def links_settled(
    draws: NDArray[np.int32], pairs: Ints, *, asker: Asker | None = None, among: Ints | None = None
) -> Array:
    """Expected fall of the variance, summed over links, from the answer about each pair.

    Parameters
    ----------
    among : (L, 2)
        The links that matter; by default the pairs themselves.

    Notes
    -----
    Var(z_l) falls by Cov(z_l, answer)^2 / Var(answer).
    """
    asker = asker or Asker()
    answers = _together(draws, pairs)
    links = answers if among is None else _together(draws, among)
    covariance = (links - links.mean(axis=0)).T @ answers / len(draws)
    told = covariance * np.float32(1.0 - asker.false_split - asker.false_merge)
    says = answers.mean(axis=0) * (1.0 - asker.false_split) + (1.0 - answers.mean(axis=0)) * asker.false_merge
    spread = says * (1.0 - says)
    total = (told.astype(np.float64) ** 2).sum(axis=0)
    return np.where(spread > 0.0, total / np.where(spread > 0.0, spread, 1.0), 0.0)


def variance_settled(
    draws: NDArray[np.int32], values: Array, pairs: Ints, *, asker: Asker | None = None
) -> Array:
    """Expected fall of the variance of a number, such as log D, from the answer about each pair.

    Each draw holds an answer and a value, so the draws with either answer are what would be believed
    after hearing it: the variance falls by that between the two groups. A reviewer who errs mixes
    the groups.

    Parameters
    ----------
    values : (T,)
        The number in each draw.

    Returns
    -------
    (Q,) array
        In units of the variance of the values; 0 where all draws agree.
    """
    asker = asker or Asker()
    answers = _together(draws, pairs).astype(np.float64)
    p = answers.mean(axis=0)
    covariance = (values - values.mean()) @ answers / len(answers)
    says = p * (1.0 - asker.false_split) + (1.0 - p) * asker.false_merge
    spread = says * (1.0 - says)
    told = covariance * (1.0 - asker.false_split - asker.false_merge)
    return np.where(spread > 0.0, told**2 / np.where(spread > 0.0, spread, 1.0), 0.0)


def expected_errors(labels: Ints, together: NDArray[np.floating], comparable: NDArray[np.bool_]) -> Errors:
    """How many links of a grouping are expected to be wrong, by the posterior.

    Parameters
    ----------
    together : (n, n)
        Probability of one animal.
    comparable : (n, n) bool
        Pairs that show something comparable: the others cannot be right or wrong to anybody's eye.
    """
    upper = np.triu(comparable, 1)
    joined = labels[:, None] == labels[None, :]
    return Errors(
        wrong_splits=float(together[upper & ~joined].sum()),
        wrong_merges=float((1.0 - together[upper & joined]).sum()),
    )


def most_suspicious(
    labels: Ints, log_likelihood_ratio: NDArray[np.floating], comparable: NDArray[np.bool_], *, n: int = 20
) -> Questions:
    """Existing labels that the coats contradict most: pairs within a name unlike, across names alike.

    An audit of a catalogue that people have made: the grouping itself is not asked.
    """
    joined = labels[:, None] == labels[None, :]
    against = np.where(joined, -log_likelihood_ratio, log_likelihood_ratio)
    rows, columns = np.nonzero(np.triu(comparable & (against > 0.0), 1))
    order = np.argsort(-against[rows, columns], kind="stable")[:n]
    pairs = np.column_stack([rows[order], columns[order]]).astype(np.int64)
    ratio = log_likelihood_ratio[pairs[:, 0], pairs[:, 1]]
    return Questions(
        pairs=pairs,
        worth=np.asarray(np.abs(ratio), np.float64),
        probability=np.asarray(1.0 / (1.0 + np.exp(-ratio)), np.float64),
    )


def _together(draws: NDArray[np.int32], pairs: Ints) -> NDArray[np.float32]:
    """(T, Q) whether each pair is one animal in each draw."""
    return np.asarray(draws[:, pairs[:, 0]] == draws[:, pairs[:, 1]], np.float32)


def _doubtful(draws: NDArray[np.int32], askable: NDArray[np.bool_]) -> tuple[Ints, Array]:
    """Askable pairs on which the draws differ, at most 3,000 of the most doubtful."""
    n = draws.shape[1]
    share = np.zeros((n, n), np.float32)
    for drawn in draws:
        share += drawn[:, None] == drawn[None, :]
    share /= np.float32(len(draws))
    rows, columns = np.nonzero(np.triu(askable & (share > 0.0) & (share < 1.0), 1))
    p = share[rows, columns].astype(np.float64)
    most = np.argsort(np.abs(p - 0.5), kind="stable")[:_MOST_PAIRS]
    return np.column_stack([rows[most], columns[most]]).astype(np.int64), p[most]
