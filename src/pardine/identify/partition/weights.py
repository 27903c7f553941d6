"""How much the summed evidence of a group weighs: fitted where the truth is known, and judged there.

Log likelihood ratios of pairs are calibrated one by one, but the pairs of a group share photographs
and an animal shares its light, its pose and its wet fur: their sum says too much. What a grouping asks
of evidence is whether two groups of photographs are one animal, so that is what the weights are
fitted to: groups drawn from known animals, half of them two parts of one animal, half parts of two.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from pardine.base.errors import AnalysisError

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

SIZES = (2, 5, 10, 20)
"""Sizes of the joined group for which reliability is shown."""

_FEWEST_OF_EACH = 20
# Drawn towards the weight 2 / k as if that had been seen with this standard deviation.
_PRIOR_SD = 1.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Joins:
    """Q pairs of groups, of which it is known whether they are one animal.

    Attributes
    ----------
    size_one, size_other : (Q,)
    sum_one, sum_other, sum_both : (Q,)
        Sums of the pairs' log likelihood ratios within each group, and within the two together.
    same : (Q,) bool
    """

    size_one: Ints
    size_other: Ints
    sum_one: Array
    sum_other: Array
    sum_both: Array
    same: NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class FittedWeight:
    """Weight ``numerator / k^exponent`` of a group of k.

    Attributes
    ----------
    log_loss, unweighted_log_loss, default_log_loss
        Mean negative log probability of the truth where one and two animals are equally likely: as
        fitted, with all pairs taken as independent, and with 2 / k; on the joins given.
    """

    numerator: float
    exponent: float
    log_loss: float
    unweighted_log_loss: float
    default_log_loss: float

    def of_sizes(self, n: int) -> Array:
        """(n + 1,) weight by size."""
        return _weight(np.arange(n + 1), self.numerator, self.exponent)


@dataclass(frozen=True, kw_only=True)
class JoinReliability:
    """How far the evidence for joins into groups of about one size can be believed.

    Attributes
    ----------
    size
        Of the group when joined.
    n_joins
    predicted, observed
        Mean probability of one animal, one and two being equally likely before; and the share.
    over_confidence
        Slope of the log likelihood ratio in a logistic regression on the truth, inverted: 1 where it
        says what it should, above 1 where it says too much.
    log_loss
        Of the truth; log 2 = 0.693 is knowing nothing.
    """

    size: int
    n_joins: int
    predicted: float
    observed: float
    over_confidence: float
    log_loss: float


def draw_joins(
    llr: NDArray[np.floating], animal: NDArray[np.integer], rng: np.random.Generator, *, n: int = 2000
) -> Joins:
    """Draw pairs of groups from photographs of known animals.

    Parameters
    ----------
    llr : (P, P)
        Of pairs, on animals that the calibration of pairs has not seen.
    animal : (P,)
        Truth.
    n
        Joins: half of one animal, half of two.
    """
    members = [np.flatnonzero(animal == a) for a in np.unique(animal)]
    rows: list[tuple[int, int, float, float, float, bool]] = []
    several = [m for m in members if len(m) > 1]
    if not several or len(members) < 2:
        raise AnalysisError("identity.too_few_groups", count=len(several), limit=_FEWEST_OF_EACH)
    for k in range(n):
        whole = rng.permutation(several[rng.integers(len(several))])
        cut = int(rng.integers(1, len(whole)))
        one, other = whole[:cut], whole[cut:]
        if k % 2:  # a stranger's photographs in place of the second part, of as many as he has
            stranger = members[rng.integers(len(members))]
            while animal[stranger[0]] == animal[one[0]]:
                stranger = members[rng.integers(len(members))]
            other = rng.permutation(stranger)[: len(other)]
        both = np.concatenate([one, other])
        rows.append((len(one), len(other), _sum(llr, one), _sum(llr, other), _sum(llr, both), k % 2 == 0))
    columns = list(zip(*rows, strict=True))
    return Joins(
        size_one=np.array(columns[0]),
        size_other=np.array(columns[1]),
        sum_one=np.array(columns[2]),
        sum_other=np.array(columns[3]),
        sum_both=np.array(columns[4]),
        same=np.array(columns[5], np.bool_),
    )


def together(several: list[Joins]) -> Joins:
    """Joins of several surveys as one."""
    names = ("size_one", "size_other", "sum_one", "sum_other", "sum_both", "same")
    return Joins(**{name: np.concatenate([getattr(joins, name) for joins in several]) for name in names})


def fit_weight(joins: Joins) -> FittedWeight:
    """Numerator and exponent for which the joins' log likelihood ratios predict the truth best.

    Raises
    ------
    AnalysisError
        ``identity.too_few_groups``: fewer than 20 joins of either kind.
    """
    fewest = min(int(joins.same.sum()), int((~joins.same).sum()))
    if fewest < _FEWEST_OF_EACH:
        raise AnalysisError("identity.too_few_groups", count=fewest, limit=_FEWEST_OF_EACH)

    def loss(at: Array) -> float:
        ratio = _ratio(joins, float(np.exp(at[0])), float(at[1]))
        pull = 0.5 * ((at[0] - np.log(2.0)) ** 2 + (at[1] - 1.0) ** 2) / _PRIOR_SD**2
        return float(len(joins.same) * _log_loss(ratio, joins.same) + pull)

    found = minimize(loss, np.array([np.log(2.0), 1.0]), method="L-BFGS-B", bounds=[(-3.0, 3.0), (0.0, 3.0)])
    numerator, exponent = float(np.exp(found.x[0])), float(found.x[1])
    return FittedWeight(
        numerator=numerator,
        exponent=exponent,
        log_loss=_log_loss(_ratio(joins, numerator, exponent), joins.same),
        unweighted_log_loss=_log_loss(_ratio(joins, 1.0, 0.0), joins.same),
        default_log_loss=_log_loss(_ratio(joins, 2.0, 1.0), joins.same),
    )


def reliability_by_size(joins: Joins, weight: Array) -> tuple[JoinReliability, ...]:
    """Reliability of joins into groups of about 2, 5, 10 and 20 (sizes nearest each, by ratio).

    Parameters
    ----------
    weight : (n + 1,)
        By size, such as `FittedWeight.of_sizes`; judged on joins that it was not fitted to.
    """
    size = joins.size_one + joins.size_other
    ratio = _ratio_by(joins, weight)
    nearest = np.abs(np.log(size[:, None] / np.array(SIZES)[None, :])).argmin(axis=1)
    found = []
    for k, of_size in enumerate(SIZES):
        own = nearest == k
        if own.any():
            found.append(_reliability(of_size, ratio[own], joins.same[own]))
    return tuple(found)


def _reliability(size: int, ratio: Array, same: NDArray[np.bool_]) -> JoinReliability:
    slope = 1.0
    if same.any() and not same.all():

        def loss(log_slope: Array) -> float:
            return _log_loss(np.exp(log_slope[0]) * ratio, same)

        slope = float(np.exp(minimize(loss, np.zeros(1), method="L-BFGS-B", bounds=[(-5.0, 5.0)]).x[0]))
    return JoinReliability(
        size=size,
        n_joins=len(same),
        predicted=float(expit(ratio).mean()),
        observed=float(same.mean()),
        over_confidence=1.0 / slope,
        log_loss=_log_loss(ratio, same),
    )


def _sum(llr: NDArray[np.floating], group: NDArray[np.intp]) -> float:
    return float(np.triu(llr[np.ix_(group, group)], 1).sum(dtype=np.float64))


def _ratio(joins: Joins, numerator: float, exponent: float) -> Array:
    largest = int((joins.size_one + joins.size_other).max())
    return _ratio_by(joins, _weight(np.arange(largest + 1), numerator, exponent))


def _ratio_by(joins: Joins, weight: Array) -> Array:
    """Log likelihood ratio of one animal against two."""
    both = weight[joins.size_one + joins.size_other] * joins.sum_both
    return np.asarray(
        both - weight[joins.size_one] * joins.sum_one - weight[joins.size_other] * joins.sum_other
    )


def _weight(size: NDArray[np.integer], numerator: float, exponent: float) -> Array:
    return np.asarray(numerator / np.maximum(size, 2.0) ** exponent)


def _log_loss(ratio: Array, same: NDArray[np.bool_]) -> float:
    return float(np.logaddexp(0.0, np.where(same, -ratio, ratio)).mean())
