"""From a matcher's scores to the probability that two views show one animal, and its weight as evidence.

The outcome is one of three: same, different, or nothing comparable. What cannot be compared says
nothing, so its log likelihood ratio is 0. The rest goes through a monotone curve of the log-odds,
fitted by penalised logistic regression, whose level and slope may differ by stratum (side, day or
infrared, quality) as far as the pairs of that stratum insist on it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, logit

from pardine.base.errors import AnalysisError

Array = NDArray[np.float64]

_N_KNOTS = 5
_CURVE_RIDGE = 0.05
_STRATUM_RIDGE = 4.0
_FEWEST_OF_EACH = 20
_LARGEST_LOG_ODDS = 12.0


@dataclass(frozen=True, kw_only=True, eq=False)
class JudgedPairs:
    """Pairs whose truth is known, and how they came to be known.

    Attributes
    ----------
    score : (P,) float64
        The matcher's, or several matchers' fused; larger means more alike.
    same : (P,) bool
        The truth.
    stratum : (P,) of words
    inclusion : (P,) float64
        Probability with which the pair came to be judged: 1 for all of an audit that looked at all,
        the sampling rate of a random audit, and for pairs that the queue picked the probability with
        which it would pick them.

    Raises
    ------
    AnalysisError
        ``calibrate.inclusion``: not in (0, 1].
    """

    score: Array
    same: NDArray[np.bool_]
    stratum: NDArray[np.str_]
    inclusion: Array

    def __post_init__(self) -> None:
        if not len(self.score) == len(self.same) == len(self.stratum) == len(self.inclusion):
            raise ValueError("columns of judged pairs differ in length")
        bad = np.flatnonzero(~((self.inclusion > 0.0) & (self.inclusion <= 1.0)))
        if len(bad):
            raise AnalysisError("calibrate.inclusion", value=float(self.inclusion[bad[0]]), row=int(bad[0]))
        if not np.isfinite(self.score).all():
            raise ValueError("a score is not finite: what cannot be compared is left out")


@dataclass(frozen=True, kw_only=True, eq=False)
class Calibration:
    """A fitted curve from score to log-odds.

    Attributes
    ----------
    knots : (K,) float64
        Scores at which the slope may change.
    level, slopes
        Log-odds at score 0 of the standard scale, and non-negative slopes: of the whole, then of each
        stretch beyond a knot.
    strata
        Stratum to (shift, factor): log-odds = shift + factor * common curve.
    base_log_odds
        Of the share of the same animal among the calibration pairs (weighted to the population).
    n_same, n_different
        Judged pairs behind it.
    """

    knots: Array
    level: float
    slopes: Array
    strata: dict[str, tuple[float, float]]
    base_log_odds: float
    n_same: int
    n_different: int

    def log_odds(self, score: Array, stratum: NDArray[np.str_]) -> Array:
        """Logit of P(same | score, comparable); an unknown stratum goes by the common curve."""
        common = self.level + _basis(score, self.knots) @ self.slopes
        shift = np.array([self.strata.get(str(s), (0.0, 1.0))[0] for s in stratum])
        factor = np.array([self.strata.get(str(s), (0.0, 1.0))[1] for s in stratum])
        return np.clip(shift + factor * common, -_LARGEST_LOG_ODDS, _LARGEST_LOG_ODDS)

    def probability(self, score: Array, stratum: NDArray[np.str_]) -> Array:
        """P(same | score, comparable)."""
        return np.asarray(expit(self.log_odds(score, stratum)))

    def log_likelihood_ratio(
        self, score: Array, stratum: NDArray[np.str_], comparable: NDArray[np.bool_]
    ) -> Array:
        """Weight of the evidence: logit P(same) less the logit of the base rate; 0 where incomparable."""
        filled = np.where(comparable, score, 0.0)
        return np.where(comparable, self.log_odds(filled, stratum) - self.base_log_odds, 0.0)


def fit_calibration(pairs: JudgedPairs) -> Calibration:
    """Fit the curve; each pair weighs 1 / inclusion, scaled so that the weights add up to their number.

    Raises
    ------
    AnalysisError
        ``calibrate.too_few``: fewer than 20 pairs of one animal, or of two.
    """
    n_same = int(pairs.same.sum())
    n_different = len(pairs.same) - n_same
    if min(n_same, n_different) < _FEWEST_OF_EACH:
        raise AnalysisError("calibrate.too_few", same=n_same, different=n_different, limit=_FEWEST_OF_EACH)
    weight = 1.0 / pairs.inclusion
    weight *= len(weight) / weight.sum()
    knots = np.quantile(pairs.score[pairs.same], np.linspace(0.1, 0.9, _N_KNOTS))
    basis = _basis(pairs.score, knots)
    level, slopes = _fit_common(basis, pairs.same, weight)
    common = level + basis @ slopes
    strata = {
        str(name): _fit_stratum(common[own], pairs.same[own], weight[own])
        for name in np.unique(pairs.stratum)
        for own in [pairs.stratum == name]
    }
    share = float(np.average(pairs.same, weights=weight))
    return Calibration(
        knots=knots,
        level=level,
        slopes=slopes,
        strata=strata,
        base_log_odds=float(logit(share)),
        n_same=n_same,
        n_different=n_different,
    )


def _basis(score: Array, knots: Array) -> Array:
    """The score itself and what it exceeds each knot by: non-negative weights make a rising curve."""
    return np.column_stack([score, np.maximum(score[:, None] - knots[None, :], 0.0)])


def _fit_common(basis: Array, same: NDArray[np.bool_], weight: Array) -> tuple[float, Array]:
    scale = basis.std(axis=0) + 1e-9
    columns = basis / scale

    def loss(parameters: Array) -> tuple[float, Array]:
        odds = parameters[0] + columns @ parameters[1:]
        value = float(weight @ (np.logaddexp(0.0, odds) - same * odds))
        pull = weight * (expit(odds) - same)
        value += 0.5 * _CURVE_RIDGE * float(parameters[2:] @ parameters[2:])
        slope = np.concatenate([[pull.sum()], columns.T @ pull])
        slope[2:] += _CURVE_RIDGE * parameters[2:]
        return value, slope

    # beyond the first stretch the curve may bend either way, as long as it rises: bounded by the sum
    start = np.zeros(columns.shape[1] + 1)
    start[0] = logit(np.clip(np.average(same, weights=weight), 1e-6, 1.0 - 1e-6))
    bounds = [(None, None)] + [(0.0, None)] * columns.shape[1]
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 2000})
    return float(found.x[0]), np.asarray(found.x[1:] / scale)


def _fit_stratum(common: Array, same: NDArray[np.bool_], weight: Array) -> tuple[float, float]:
    """Shift and log factor of one stratum, drawn towards 0 and 1."""

    def loss(parameters: Array) -> tuple[float, Array]:
        factor = np.exp(parameters[1])
        odds = parameters[0] + factor * common
        pull = weight * (expit(odds) - same)
        value = float(weight @ (np.logaddexp(0.0, odds) - same * odds))
        value += 0.5 * _STRATUM_RIDGE * float(parameters @ parameters)
        slope = np.array([pull.sum(), float(pull @ common) * factor])
        return value, slope + _STRATUM_RIDGE * parameters

    bounds = [(-6.0, 6.0), (-2.0, 2.0)]
    found = minimize(loss, np.zeros(2), jac=True, method="L-BFGS-B", bounds=bounds)
    return float(found.x[0]), float(np.exp(found.x[1]))


@dataclass(frozen=True, kw_only=True)
class Reliability:
    """How far probabilities can be believed.

    Attributes
    ----------
    log_loss, base_log_loss
        Mean negative log probability of the truth; of the base rate alone.
    calibration_error
        Expected calibration error over ten bins of equal width; NaN where no pair was.
    calibration_error_above
        The same among pairs with P above 0.1, where it matters.
    """

    n_pairs: int
    log_loss: float
    base_log_loss: float
    calibration_error: float
    calibration_error_above: float

    @property
    def gain(self) -> float:
        """Share of the base rate's log loss that is saved."""
        return 1.0 - self.log_loss / self.base_log_loss if self.base_log_loss > 0.0 else 0.0


def reliability(probability: Array, same: NDArray[np.bool_], weight: Array | None = None) -> Reliability:
    """Judge probabilities against the truth, on pairs that the curve has not seen."""
    weight = np.ones(len(same)) if weight is None else weight
    share = float(np.average(same, weights=weight))
    p = np.clip(probability, 1e-12, 1.0 - 1e-12)
    loss = -np.where(same, np.log(p), np.log1p(-p))
    entropy = 0.0 if share in (0.0, 1.0) else -(share * np.log(share) + (1 - share) * np.log1p(-share))
    above = probability > 0.1
    return Reliability(
        n_pairs=len(same),
        log_loss=float(np.average(loss, weights=weight)),
        base_log_loss=float(entropy),
        calibration_error=_calibration_error(probability, same, weight),
        calibration_error_above=_calibration_error(probability[above], same[above], weight[above]),
    )


def _calibration_error(probability: Array, same: NDArray[np.bool_], weight: Array) -> float:
    if not len(same):
        return float("nan")
    bin_of = np.minimum((probability * 10.0).astype(np.intp), 9)
    total = np.bincount(bin_of, weight, 10)
    gap = np.bincount(bin_of, weight * (probability - same), 10)
    return float(np.abs(gap).sum() / total.sum())


def travel_log_odds(
    distance_m: Array, hours_apart: Array, *, usual_km_per_h: float = 1.5, softness: float = 1.0
) -> Array:
    """How much less likely one animal is where the way between two encounters is long and the time short.

    A term of its own, to be switched on by a person, and never a hard limit: a clock that is wrong by
    12 hours makes any speed impossible. It falls with the logarithm of the speed beyond the usual one.
    """
    speed_km_per_h = distance_m / 1000.0 / np.maximum(np.abs(hours_apart), 1.0 / 60.0)
    return np.asarray(-softness * np.log1p(np.maximum(speed_km_per_h / usual_km_per_h - 1.0, 0.0)))
