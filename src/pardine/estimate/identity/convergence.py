"""Whether chains agree: rank-normalised split R-hat and effective sample sizes.

References
----------
Vehtari, Gelman, Simpson, Carpenter & Buerkner (2021), Bayesian Analysis 16(2): 667-718.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Array = NDArray[np.float64]


def rhat(draws: Array) -> float:
    """Largest of the rank-normalised split R-hat of the draws and of their distance from the median.

    Parameters
    ----------
    draws : (chains, draws) array

    Returns
    -------
    1.0 where all draws are equal, NaN where fewer than four draws a chain exist.
    """
    if draws.shape[1] < 4:
        return float("nan")
    if np.ptp(draws) == 0.0:
        return 1.0
    halves = _split(draws)
    folded = np.abs(halves - np.median(halves))
    return max(_rhat(_normal_scores(halves)), _rhat(_normal_scores(folded)))


def bulk_effective_size(draws: Array) -> float:
    """Effective number of independent draws for the bulk of the distribution."""
    return _effective_size(_normal_scores(_split(draws)))


def tail_effective_size(draws: Array) -> float:
    """Effective number of independent draws for the 5 % and 95 % quantiles, the worse of the two."""
    halves = _split(draws)
    limits = np.quantile(halves, [0.05, 0.95])
    return min(_effective_size((halves <= limit).astype(np.float64)) for limit in limits)


def _split(draws: Array) -> Array:
    half = draws.shape[1] // 2
    return np.concatenate([draws[:, :half], draws[:, -half:]])


def _normal_scores(draws: Array) -> Array:
    ranks = stats.rankdata(draws, method="average").reshape(draws.shape)
    return np.asarray(stats.norm.ppf((ranks - 0.375) / (draws.size + 0.25)))


def _rhat(draws: Array) -> float:
    n = draws.shape[1]
    within = draws.var(axis=1, ddof=1).mean()
    if within == 0.0:
        return 1.0 if np.ptp(draws.mean(axis=1)) == 0.0 else float("inf")
    between = n * draws.mean(axis=1).var(ddof=1)
    return float(np.sqrt((n - 1) / n + between / within / n))


def _effective_size(draws: Array) -> float:
    """By Geyer's initial monotone sequence over the pooled autocorrelation of all chains."""
    n_chains, n = draws.shape
    if n < 4 or np.ptp(draws) == 0.0:
        return float(draws.size)
    covariances = np.array([_autocovariance(chain) for chain in draws])
    within = covariances[:, 0].mean() * n / (n - 1)
    pooled = within * (n - 1) / n
    if n_chains > 1:
        pooled += draws.mean(axis=1).var(ddof=1)
    correlation = 1.0 - (within - covariances.mean(axis=0) * n / (n - 1)) / pooled
    correlation[0] = 1.0
    pairs = correlation[: n - n % 2].reshape(-1, 2).sum(axis=1)
    n_positive = int(np.argmax(pairs <= 0.0)) if (pairs <= 0.0).any() else len(pairs)
    monotone = np.minimum.accumulate(pairs[: max(n_positive, 1)])
    time = max(-1.0 + 2.0 * monotone.sum(), 1.0 / np.log10(draws.size))
    return float(draws.size / time)


def _autocovariance(chain: Array) -> Array:
    n = len(chain)
    centred = chain - chain.mean()
    spectrum = np.fft.rfft(centred, 2 * n)
    return np.fft.irfft(spectrum * np.conj(spectrum), 2 * n)[:n] / n
