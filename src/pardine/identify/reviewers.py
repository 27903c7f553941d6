"""How often each reviewer errs: false splits and false merges, from known answers and second readings.

A pair may be hard for everybody, so the errors of two readers of it go together. Each reviewer has
two rates, each pair a difficulty that all its readers share; pairs whose answer is known (two
photographs of one burst, two animals in one frame) tie the rates down, the others come in with the
probability that the coats give them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, log_expit, logit, logsumexp, ndtri

from pardine.base.errors import AnalysisError
from pardine.base.result import Estimate

Array = NDArray[np.float64]

_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(9)
_LOG_WEIGHTS = np.log(_WEIGHTS / _WEIGHTS.sum())
# Before anything is known a reviewer errs in about 5 % of pairs, in 1 to 25 % nineteen times of twenty.
_PRIOR_LOGIT, _PRIOR_SD = float(logit(0.05)), 1.0
_DIFFICULTY_SD = 1.0
_STEP = 1e-3


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """One reading of one pair.

    Attributes
    ----------
    pair
        Number of the pair.
    reviewer
        Who.
    says_same
        What; "can't tell" and "not comparable" are no verdicts here.
    """

    pair: int
    reviewer: str
    says_same: bool


@dataclass(frozen=True, kw_only=True)
class ReviewerRates:
    """Error rates of one reviewer, over pairs of all difficulties.

    Attributes
    ----------
    false_split
        Probability of "different" for one animal.
    false_merge
        Probability of "same" for two.
    n_verdicts, n_known
        Verdicts behind them, and those on pairs whose answer is known.
    """

    reviewer: str
    false_split: Estimate
    false_merge: Estimate
    n_verdicts: int
    n_known: int


def estimate_rates(
    verdicts: Sequence[Verdict], same_probability: Array, *, level: float = 0.95
) -> tuple[ReviewerRates, ...]:
    """Error rates of all reviewers together, by name.

    Parameters
    ----------
    verdicts
        Readings, one a reviewer and pair.
    same_probability : (P,)
        That a pair is one animal: 1 or 0 where the answer is known, else what coats say of it
        without the verdicts.

    Returns
    -------
    tuple
        Posterior mode with an interval from the curvature, on the logit scale; a reviewer of whom
        little is known has the wide interval of the prior.

    Raises
    ------
    AnalysisError
        ``reviewers.twice``: two verdicts of one reviewer on one pair.
    """
    names = sorted({v.reviewer for v in verdicts})
    if not names:
        return ()
    pairs, (who, of_pair, says_same) = _table(verdicts, names)
    log_prior = _log_prior_of_truth(np.asarray(same_probability, np.float64)[pairs])

    def loss(parameters: Array) -> float:
        return _negative_log_posterior(parameters, who, of_pair, says_same, log_prior)

    start = np.concatenate([np.full(2 * len(names), _PRIOR_LOGIT), [0.5]])
    bounds = [(-9.0, 3.0)] * (2 * len(names)) + [(0.0, 4.0)]
    found = minimize(loss, start, method="L-BFGS-B", bounds=bounds)
    covariance: Array = np.asarray(np.linalg.pinv(_hessian(loss, found.x)), np.float64)
    known = np.isin(same_probability, (0.0, 1.0))
    return tuple(
        ReviewerRates(
            reviewer=name,
            false_split=_rate(found.x, covariance, 2 * r, level),
            false_merge=_rate(found.x, covariance, 2 * r + 1, level),
            n_verdicts=sum(v.reviewer == name for v in verdicts),
            n_known=sum(v.reviewer == name and bool(known[v.pair]) for v in verdicts),
        )
        for r, name in enumerate(names)
    )


def _table(
    verdicts: Sequence[Verdict], names: list[str]
) -> tuple[NDArray[np.intp], tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.bool_]]]:
    seen: set[tuple[int, str]] = set()
    for verdict in verdicts:
        key = (verdict.pair, verdict.reviewer)
        if key in seen:
            raise AnalysisError("reviewers.twice", reviewer=verdict.reviewer, value=verdict.pair)
        seen.add(key)
    pairs, of_pair = np.unique([v.pair for v in verdicts], return_inverse=True)
    number = {name: k for k, name in enumerate(names)}
    who = np.array([number[v.reviewer] for v in verdicts], np.intp)
    return pairs.astype(np.intp), (who, of_pair.astype(np.intp), np.array([v.says_same for v in verdicts]))


def _log_prior_of_truth(same_probability: Array) -> Array:
    """(P, 2) log probability of two animals and of one."""
    with np.errstate(divide="ignore"):
        return np.log(np.column_stack([1.0 - same_probability, same_probability]))


def _negative_log_posterior(
    parameters: Array,
    who: NDArray[np.intp],
    of_pair: NDArray[np.intp],
    says_same: NDArray[np.bool_],
    log_prior: Array,
) -> float:
    """Sum over pairs of the log mean over truth and difficulty of the product over readers."""
    spread = parameters[-1]
    errs = parameters[:-1].reshape(-1, 2)[who][:, None, :] + spread * _NODES[None, :, None]
    # truth 0: two animals, "same" is the error; truth 1: one animal, "different" is the error
    log_two = np.where(says_same[:, None], log_expit(errs[..., 1]), log_expit(-errs[..., 1]))
    log_one = np.where(says_same[:, None], log_expit(-errs[..., 0]), log_expit(errs[..., 0]))
    by_pair = np.zeros((len(log_prior), len(_NODES), 2))
    np.add.at(by_pair, of_pair, np.stack([log_two, log_one], axis=-1))
    log_pairs = logsumexp(by_pair + _LOG_WEIGHTS[None, :, None] + log_prior[:, None, :], axis=(1, 2))
    prior = float(np.sum(((parameters[:-1] - _PRIOR_LOGIT) / _PRIOR_SD) ** 2))
    return float(-log_pairs.sum() + 0.5 * prior + 0.5 * (spread / _DIFFICULTY_SD) ** 2)


def _rate(mode: Array, covariance: Array, k: int, level: float) -> Estimate:
    """The rate over pairs of all difficulties, with its interval."""
    tail = float(ndtri(0.5 + level / 2.0))
    se = float(np.sqrt(max(covariance[k, k], 0.0)))
    lower, middle, upper = (_mean_rate(mode[k] + shift, mode[-1]) for shift in (-tail * se, 0.0, tail * se))
    return Estimate(
        value=middle,
        lower=lower,
        upper=upper,
        level=level,
        unit="probability",
        method="posterior mode, logit-normal interval",
    )


def _mean_rate(log_odds: float, spread: float) -> float:
    return float(np.exp(_LOG_WEIGHTS) @ expit(log_odds + spread * _NODES))


def _hessian(loss: Callable[[Array], float], at: Array) -> Array:
    """Second derivatives by central differences."""
    n = len(at)
    steps = np.eye(n) * _STEP
    at = np.maximum(at, np.concatenate([np.full(n - 1, -np.inf), [2.0 * _STEP]]))
    hessian = np.empty((n, n))
    for i in range(n):
        for j in range(i, n):
            corners = (
                loss(at + steps[i] + steps[j])
                - loss(at + steps[i] - steps[j])
                - loss(at - steps[i] + steps[j])
                + loss(at - steps[i] - steps[j])
            )
            hessian[i, j] = hessian[j, i] = corners / (4.0 * _STEP**2)
    return hessian
