"""Everything a person is told of an estimate whose identities are uncertain."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pardine.base.bulk import InlineExecutor
from pardine.base.result import Estimate
from pardine.estimate.identity.chain import Draws, Model, Schedule, density_variance, sample
from pardine.estimate.identity.posterior import (
    Convergence,
    central_labels,
    doubt,
    identity_share,
    interval,
    require_agreement,
    together,
)
from pardine.estimate.identity.prior import LogNormal, Priors
from pardine.estimate.identity.question import animals_at_stake, doubtful_pairs

Array = NDArray[np.float64]

_N_HELD = 4
"""Drawn partitions at which the variance of log D given identities is measured."""
_FEWEST_WEIGHTED = 50.0
_PRIOR_FIELDS = {"density": "density_per_100km2", "lambda0": "lambda0_per_day", "sigma": "sigma_m"}


@dataclass(frozen=True, kw_only=True)
class PriorChange:
    """Density under another prior, by weighting the same draws.

    Attributes
    ----------
    parameter
        ``density``, ``lambda0`` or ``sigma``.
    factor
        By which the prior's median is moved.
    density_per_100km2, lower, upper
        Median and limits; ``None`` where too few draws carry the weight.
    """

    parameter: str
    factor: float
    density_per_100km2: float | None
    lower: float | None
    upper: float | None


@dataclass(frozen=True, kw_only=True, eq=False)
class Answer:
    """The answer in numbers.

    Attributes
    ----------
    density_per_100km2, n_animals, n_seen
        Expected density; animals that live in the habitat; of these, photographed.
    labels : (n,)
        The partition that disagrees least with all draws.
    doubt : (n,)
        Of each passage: expected number of wrong links.
    identity_share
        Of the variance of log D, what would go if all identities were known.
    at_stake
        By how many animals N would be expected to move if every doubtful pair were answered.
    """

    density_per_100km2: Estimate
    n_animals: Estimate
    n_seen: Estimate
    labels: NDArray[np.int64]
    doubt: Array
    n_doubtful_pairs: int
    identity_share: float
    at_stake: float
    convergence: Convergence
    priors: Priors
    sensitivity: tuple[PriorChange, ...]

    def as_dict(self) -> dict[str, Any]:
        """The answer as plain JSON values."""
        estimates = ("density_per_100km2", "n_animals", "n_seen")
        return {
            **{name: asdict(getattr(self, name)) for name in estimates},
            "labels": self.labels.tolist(),
            "doubt": [round(float(value), 4) for value in self.doubt],
            "n_doubtful_pairs": self.n_doubtful_pairs,
            "identity_share": self.identity_share,
            "animals_at_stake": self.at_stake,
            "convergence": asdict(self.convergence),
            "priors": asdict(self.priors),
            "sensitivity": [asdict(change) for change in self.sensitivity],
        }


def answer(
    model: Model,
    *,
    seed: int,
    schedule: Schedule | None = None,
    level: float = 0.95,
    make_executor: Callable[[], Executor] = InlineExecutor,
) -> Answer:
    """Sample and summarise.

    Raises
    ------
    AnalysisError
        ``identity.chains_disagree``.
    """
    draws = sample(model, seed=seed, schedule=schedule, make_executor=make_executor)
    agreement = require_agreement(draws)
    same = together(draws)
    pairs = doubtful_pairs(same)
    return Answer(
        density_per_100km2=interval(
            draws.density_per_100km2, unit="independent animals per 100 km2", level=level
        ),
        n_animals=interval(draws.n_animals, unit="animals", level=level),
        n_seen=interval(draws.n_seen, unit="animals", level=level),
        labels=central_labels(draws, same),
        doubt=doubt(same),
        n_doubtful_pairs=len(pairs),
        identity_share=identity_share(draws, _held(model, draws, seed)),
        at_stake=animals_at_stake(draws, pairs[:400]),
        convergence=agreement,
        priors=model.priors,
        sensitivity=prior_sensitivity(model, draws, level=level),
    )


def _held(model: Model, draws: Draws, seed: int) -> Array:
    """Variance of log D with the partition held at draws spread over the chains."""
    n_chains, n_draws = draws.n_seen.shape
    held = []
    for k in range(_N_HELD):
        chain, at = k % n_chains, (2 * k + 1) * n_draws // (2 * _N_HELD)
        labels = draws.labels[chain, at].astype(np.int64)
        held.append(density_variance(model, labels, draws.parameters[chain, at], seed=seed + k))
    return np.array(held)


def prior_sensitivity(model: Model, draws: Draws, *, level: float = 0.95) -> tuple[PriorChange, ...]:
    """Density if the median of a prior were half or twice as large, by importance weights."""
    n_density = model.habitat.design.shape[1]
    parameters = draws.parameters.reshape(-1, draws.parameters.shape[2])
    density = draws.density_per_100km2.ravel()
    now = _log_prior(parameters, model.priors, n_density, model.n_sexes)
    changes = []
    for name, field in (
        ("density", "density_per_100km2"),
        ("lambda0", "lambda0_per_day"),
        ("sigma", "sigma_m"),
    ):
        prior: LogNormal = getattr(model.priors, field)
        for factor in (0.5, 2.0):
            moved = LogNormal(median=prior.median * factor, log_sd=prior.log_sd)
            other = Priors(**{**vars(model.priors), field: moved})
            log_weight = _log_prior(parameters, other, n_density, model.n_sexes) - now
            changes.append(_weighted(name, factor, density, log_weight, level))
    return tuple(changes)


def _log_prior(parameters: Array, priors: Priors, n_density: int, n_sexes: int) -> Array:
    mean, sd = priors.as_normal(n_density, n_sexes)
    return np.asarray(-0.5 * (((parameters - mean) / sd) ** 2).sum(axis=1))


def _weighted(name: str, factor: float, density: Array, log_weight: Array, level: float) -> PriorChange:
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    if 1.0 / float((weight**2).sum()) < _FEWEST_WEIGHTED:
        return PriorChange(parameter=name, factor=factor, density_per_100km2=None, lower=None, upper=None)
    order = np.argsort(density)
    share = np.cumsum(weight[order])
    tail = (1.0 - level) / 2.0
    at = np.minimum(np.searchsorted(share, [tail, 0.5, 1.0 - tail]), len(density) - 1)
    lower, middle, upper = density[order][at]
    return PriorChange(
        parameter=name,
        factor=factor,
        density_per_100km2=float(middle),
        lower=float(lower),
        upper=float(upper),
    )
