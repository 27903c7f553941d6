"""Scores become probabilities that can be believed, and evidence relative to the base rate."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit, logit

from pardine.base.errors import AnalysisError
from pardine.identify.calibrate import (
    JudgedPairs,
    fit_calibration,
    reliability,
    travel_log_odds,
)


def drawn_pairs(n: int, seed: int, *, share: float = 0.1) -> tuple[JudgedPairs, np.ndarray]:
    """Scores whose true log-odds are known: normal by truth, infrared with half the separation."""
    rng = np.random.default_rng(seed)
    same = rng.random(n) < share
    infrared = rng.random(n) < 0.5
    apart = np.where(infrared, 1.2, 2.4)
    score = rng.normal(np.where(same, apart, 0.0), 1.0)
    odds = logit(share) + apart * score - apart**2 / 2.0
    stratum = np.where(infrared, "infrared", "day")
    return JudgedPairs(score=score, same=same, stratum=stratum, inclusion=np.ones(n)), odds


def test_probabilities_are_those_that_drew_the_pairs():
    fitted = fit_calibration(drawn_pairs(20_000, 1)[0])
    held, odds = drawn_pairs(20_000, 2)
    p = fitted.probability(held.score, held.stratum)
    assert np.abs(p - expit(odds)).mean() < 0.015
    found = reliability(p, held.same)
    assert found.calibration_error < 0.01
    assert found.calibration_error_above < 0.04
    best = reliability(expit(odds), held.same)
    assert found.gain == pytest.approx(best.gain, abs=0.02)
    for name in ("day", "infrared"):
        own = held.stratum == name
        assert reliability(p[own], held.same[own]).calibration_error < 0.015


def test_evidence_is_the_log_likelihood_ratio_whatever_the_base_rate_was():
    """The ratio of densities does not know how many pairs of one animal were judged."""
    for share in (0.05, 0.4):
        pairs, odds = drawn_pairs(30_000, 3, share=share)
        fitted = fit_calibration(pairs)
        common = np.abs(pairs.score - 1.0) < 1.0
        ratio = fitted.log_likelihood_ratio(pairs.score, pairs.stratum, np.ones(len(pairs.score), bool))
        assert np.abs(ratio - (odds - logit(share)))[common].mean() < 0.15


def test_what_cannot_be_compared_says_nothing():
    fitted = fit_calibration(drawn_pairs(2000, 4)[0])
    ratio = fitted.log_likelihood_ratio(
        np.array([3.0, np.nan]), np.array(["day", "day"]), np.array([True, False])
    )
    assert ratio[0] > 1.0 and ratio[1] == 0.0


def test_curve_never_falls_and_unknown_stratum_goes_by_the_common_curve():
    fitted = fit_calibration(drawn_pairs(3000, 5)[0])
    score = np.linspace(-5.0, 8.0, 200)
    for name in ("day", "infrared", "never seen"):
        assert (np.diff(fitted.log_odds(score, np.full(200, name))) >= -1e-9).all()


def test_pairs_picked_by_the_queue_are_weighted_back():
    """Pairs with high scores were judged ten times as often: uncorrected, P would be too high."""
    pairs, odds = drawn_pairs(60_000, 6)
    rng = np.random.default_rng(7)
    inclusion = np.where(pairs.same, 0.5, 0.05)  # chosen by what turned out to be the truth: the worst case
    kept = rng.random(len(odds)) < inclusion
    fitted = fit_calibration(
        JudgedPairs(
            score=pairs.score[kept],
            same=pairs.same[kept],
            stratum=pairs.stratum[kept],
            inclusion=inclusion[kept],
        )
    )
    p = fitted.probability(pairs.score, pairs.stratum)
    assert reliability(p, pairs.same).calibration_error < 0.02
    assert fitted.base_log_odds == pytest.approx(logit(0.1), abs=0.1)


def test_reliability_by_hand():
    found = reliability(np.array([0.05, 0.05, 0.8, 0.8]), np.array([False, True, True, True]))
    assert found.calibration_error == pytest.approx((0.9 + 0.4) / 4)
    assert found.calibration_error_above == pytest.approx(0.2)
    assert found.base_log_loss == pytest.approx(-(0.75 * np.log(0.75) + 0.25 * np.log(0.25)))


def test_too_few_pairs_and_impossible_inclusion_are_refused():
    few = drawn_pairs(60, 8)[0]
    with pytest.raises(AnalysisError) as refusal:
        fit_calibration(few)
    assert refusal.value.code == "calibrate.too_few"
    with pytest.raises(AnalysisError) as refusal:
        JudgedPairs(score=few.score, same=few.same, stratum=few.stratum, inclusion=np.zeros(60))
    assert refusal.value.code == "calibrate.inclusion"


def test_travel_lowers_the_odds_softly_and_never_forbids():
    terms = travel_log_odds(np.array([0.0, 3000.0, 30_000.0, 30_000.0]), np.array([0.0, 24.0, 1.0, 0.0]))
    assert terms[0] == terms[1] == 0.0
    assert -10.0 < terms[3] < terms[2] < -2.0
