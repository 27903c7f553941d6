"""What a person's answer about one pair of points would be worth for the estimate."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pardine.estimate.identity.chain import Draws
from pardine.identify.queue import Asker, variance_settled

Array = NDArray[np.float64]


def density_settled(draws: Draws, pairs: NDArray[np.int64], *, asker: Asker | None = None) -> Array:
    """Expected fall of var(log D) from asking about each of (Q, 2) pairs of points."""
    labels = draws.labels.reshape(-1, draws.labels.shape[2])
    return variance_settled(labels, np.log(draws.density_per_100km2).ravel(), pairs, asker=asker)


def doubtful_pairs(same: Array, *, least: float = 0.02) -> NDArray[np.int64]:
    """(Q, 2) pairs of points whose probability of being one animal is neither near 0 nor near 1."""
    upper = np.triu(np.minimum(same, 1.0 - same) >= least, 1)
    return np.argwhere(upper).astype(np.int64)


def animals_at_stake(draws: Draws, pairs: NDArray[np.int64]) -> float:
    """By how many animals N would be expected to move if all these pairs were answered without error.

    The square root of the variance of N that the answers explain together (linear regression of N on
    all answers, shrunk by cross-validation over halves of the draws), so that few draws do not
    promise what chance made.
    """
    if not len(pairs):
        return 0.0
    labels = draws.labels.reshape(-1, draws.labels.shape[2])
    n_animals = draws.n_animals.ravel().astype(np.float64)
    same = (labels[:, pairs[:, 0]] == labels[:, pairs[:, 1]]).astype(np.float64)
    explained = 0.0
    halves = np.arange(len(same)) % 2
    for half in (0, 1):
        fit, held = halves != half, halves == half
        centre, mean = same[fit].mean(axis=0), n_animals[fit].mean()
        x = same[fit] - centre
        ridge = x.T @ x + np.eye(len(pairs)) * max(1.0, 0.01 * len(x))
        slope = np.linalg.solve(ridge, x.T @ (n_animals[fit] - mean))
        predicted = (same[held] - centre) @ slope
        explained += 0.5 * float(np.cov(predicted, n_animals[held])[0, 1])
    return float(np.sqrt(max(0.0, explained)))
