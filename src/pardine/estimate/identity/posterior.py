"""What the draws say: how many animals, which points are one animal, and which are in doubt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pardine.base.errors import AnalysisError
from pardine.base.result import Estimate
from pardine.estimate.identity.chain import Draws
from pardine.estimate.identity.convergence import bulk_effective_size, rhat, tail_effective_size

Array = NDArray[np.float64]

WORST_RHAT, FEWEST_EFFECTIVE = 1.01, 400.0
"""What is asked of log D before its interval is believed (Vehtari et al. 2021)."""

REFUSED_RHAT, REFUSED_EFFECTIVE = 1.1, 50.0
"""Beyond these no interval is given at all."""


@dataclass(frozen=True, kw_only=True)
class Convergence:
    """How well the chains agree about one number."""

    rhat: float
    bulk_effective: float
    tail_effective: float

    @property
    def is_good(self) -> bool:
        """Whether the interval can be reported as it is."""
        return self.rhat <= WORST_RHAT and self.bulk_effective >= FEWEST_EFFECTIVE


def convergence(values: NDArray[np.generic]) -> Convergence:
    """R-hat and effective sizes of (C, T) draws."""
    draws = np.asarray(values, np.float64)
    return Convergence(
        rhat=rhat(draws),
        bulk_effective=bulk_effective_size(draws),
        tail_effective=tail_effective_size(draws),
    )


def require_agreement(draws: Draws) -> Convergence:
    """Convergence of log density.

    Raises
    ------
    AnalysisError
        ``identity.chains_disagree``: the draws are too poor for any interval.
    """
    found = convergence(np.log(draws.density_per_100km2))
    if not found.rhat <= REFUSED_RHAT or found.bulk_effective < REFUSED_EFFECTIVE:
        raise AnalysisError(
            "identity.chains_disagree",
            parameter="log D",
            rhat=round(found.rhat, 3),
            size=round(found.bulk_effective),
        )
    return found


def interval(values: NDArray[np.generic], *, unit: str, level: float = 0.95) -> Estimate:
    """Posterior median with the equal-tailed interval."""
    tail = (1.0 - level) / 2.0
    lower, middle, upper = np.quantile(np.asarray(values, np.float64), [tail, 0.5, 1.0 - tail])
    return Estimate(
        value=float(middle),
        lower=float(lower),
        upper=float(upper),
        level=level,
        unit=unit,
        method="posterior of partition and density, equal-tailed interval",
        se=float(np.std(np.asarray(values, np.float64))),
    )


def together(draws: Draws) -> Array:
    """(n, n) probability that two points are the same animal; 1 on the diagonal."""
    labels = draws.labels.reshape(-1, draws.labels.shape[2])
    n = labels.shape[1]
    total = np.zeros((n, n))
    for drawn in labels:
        total += drawn[:, None] == drawn[None, :]
    return total / len(labels)


def doubt(same: Array) -> Array:
    """(n,) expected number of other points about which it is wrong to go by the likelier answer.

    Sum over the other points of min(p, 1 - p), where p is the probability of one animal: 0 where
    everything about a point is settled.
    """
    wrong = np.minimum(same, 1.0 - same)
    np.fill_diagonal(wrong, 0.0)
    return np.asarray(wrong.sum(axis=1))


def central_labels(draws: Draws, same: Array) -> NDArray[np.int64]:
    """The drawn partition that disagrees least with all others, pair by pair (Binder's loss).

    References
    ----------
    Binder (1978), Biometrika 65(1): 31-38.
    """
    labels = draws.labels.reshape(-1, draws.labels.shape[2])
    tried = labels[:: max(1, len(labels) // 500)]
    losses = [float(np.abs((drawn[:, None] == drawn[None, :]) - same).sum()) for drawn in tried]
    return np.asarray(tried[int(np.argmin(losses))], np.int64)


def identity_share(draws: Draws, given_partition: Array) -> float:
    """Share of the variance of log D that would go if all identities were known.

    Parameters
    ----------
    given_partition : (K,) array
        Variance of log D with the partition held at K of the draws (`chain.density_variance`).
    """
    total = float(np.var(np.log(draws.density_per_100km2)))
    if total <= 0.0:
        return 0.0
    return float(np.clip(1.0 - np.mean(given_partition) / total, 0.0, 1.0))
