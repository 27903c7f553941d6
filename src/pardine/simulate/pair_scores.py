"""Scores of pairs as a matcher that counts corresponding markings would give them, without pixels.

On purpose not the model that the evidence is calibrated with. A photograph shows its animal's coat
through its own pose, light and blur: part of that disturbance is in few directions that all photographs
share (a bent body is bent alike in all), so that errors of pairs that share a photograph go together.
The score is a count of corresponding markings, which falls with how unlike two views are and with how
poor the worse of them is, and some markings correspond by chance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

POOR, FAIR, GOOD = "poor", "fair", "good"


@dataclass(frozen=True, kw_only=True)
class ScoreWorld:
    """How coats and photographs differ.

    Attributes
    ----------
    blur
        Variance of a photograph about its animal, relative to that between animals; drawn anew for
        every photograph (gamma, shape 1.5), with heavy tails.
    pose_share
        Share of that variance which lies in two directions common to all.
    n_dimensions
        In which coats differ.
    n_markings
        That correspond in two equal views.
    by_chance
        Mean number that correspond in any two views.
    """

    blur: float
    pose_share: float = 0.4
    n_dimensions: int = 8
    n_markings: float = 40.0
    by_chance: float = 2.0


@dataclass(frozen=True, kw_only=True, eq=False)
class PairScores:
    """Scores of all pairs.

    Attributes
    ----------
    score : (n, n)
        Logarithm of one plus the corresponding markings; symmetric.
    stratum : (n, n) of words
        Quality of the worse photograph, as far as anybody sees it.
    """

    score: Array
    stratum: NDArray[np.str_]


def draw_pair_scores(animal: NDArray[np.integer], world: ScoreWorld, rng: np.random.Generator) -> PairScores:
    """Draw the scores of photographs of the given animals."""
    n, k = len(animal), world.n_dimensions
    coat = rng.standard_normal((int(animal.max()) + 1, k))
    variance = world.blur * rng.gamma(1.5, 1.0 / 1.5, n)
    scale = np.ones(k)
    scale[:2] = np.sqrt(world.pose_share * k / 2.0)
    scale[2:] = np.sqrt((1.0 - world.pose_share) * k / (k - 2.0))
    tails = rng.standard_normal((n, k)) / np.sqrt(rng.chisquare(5.0, n) / 5.0)[:, None]
    seen = coat[animal] + np.sqrt(variance)[:, None] * scale * tails
    unlike = ((seen[:, None, :] - seen[None, :, :]) ** 2).mean(axis=2)
    worse = np.maximum(variance[:, None], variance[None, :])
    expected = world.by_chance + world.n_markings * np.exp(-1.5 * unlike) / (1.0 + worse)
    count = np.triu(rng.poisson(expected), 1)
    looks = worse * np.exp(0.3 * np.triu(rng.standard_normal((n, n)), 1))
    looks = np.triu(looks, 1) + np.triu(looks, 1).T
    limits = world.blur * np.array([0.6, 1.5])
    stratum = np.where(looks < limits[0], GOOD, np.where(looks < limits[1], FAIR, POOR))
    return PairScores(score=np.log1p(count + count.T), stratum=stratum.astype(np.str_))
