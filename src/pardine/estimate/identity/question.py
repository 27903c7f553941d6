"""What a person's answer about one pair of points would be worth for the estimate."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pardine.estimate.identity.chain import Draws

Array = NDArray[np.float64]


def variance_explained(
    draws: Draws,
    pairs: NDArray[np.intp],
    *,
    false_split: float = 0.0,
    false_merge: float = 0.0,
) -> Array:
    """Expected fall of var(log D) from asking about each pair.

    Each draw holds an answer (one animal or two) and a log D, so the draws with either answer are
    what would be believed after hearing it: var(log D) falls by the variance between the two groups.
    A reviewer who errs mixes the groups.

    Parameters
    ----------
    pairs : (Q, 2) array
        Points.
    false_split, false_merge
        The reviewer's probabilities of "different" for one animal and of "same" for two.

    Returns
    -------
    (Q,) array
        In units of var(log D); 0 where all draws agree.

    Notes
    -----
    With p = P(same) and means m1, m0 of log D by truth, an answer "same" is given with probability
    r = p (1 - false_split) + (1 - p) false_merge, and the variance between answers is
    r (1 - r) (M1 - M0)^2 with M1, M0 the means of log D by answer.
    """
    labels = draws.labels.reshape(-1, draws.labels.shape[2])
    log_density = np.log(draws.density_per_100km2).ravel()
    centred = log_density - log_density.mean()
    same = (labels[:, pairs[:, 0]] == labels[:, pairs[:, 1]]).astype(np.float64)
    p = same.mean(axis=0)
    covariance = centred @ same / len(same)
    says_same = p * (1.0 - false_split) + (1.0 - p) * false_merge
    spread = says_same * (1.0 - says_same)
    told = covariance * (1.0 - false_split - false_merge)
    return np.where(spread > 0.0, told**2 / np.where(spread > 0.0, spread, 1.0), 0.0)


def doubtful_pairs(same: Array, *, least: float = 0.02) -> NDArray[np.intp]:
    """(Q, 2) pairs of points whose probability of being one animal is neither near 0 nor near 1."""
    upper = np.triu(np.minimum(same, 1.0 - same) >= least, 1)
    return np.argwhere(upper)


def animals_at_stake(draws: Draws, pairs: NDArray[np.intp]) -> float:
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
