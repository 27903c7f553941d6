"""Reviewers' two error rates come back from simulated verdicts, within their intervals."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit

from pardine.base.errors import AnalysisError
from pardine.identify.reviewers import Verdict, estimate_rates


def simulated_verdicts(rates, n_pairs, seed, *, spread=1.0, known_share=0.3, read_by=2):
    """Each pair read by some of the reviewers; logit of the error moves with the pair's difficulty."""
    rng = np.random.default_rng(seed)
    same = rng.random(n_pairs) < 0.5
    difficulty = rng.standard_normal(n_pairs)
    nodes = np.random.default_rng(0).standard_normal(20_000)

    def level(rate):  # the logit whose mean over difficulties is the rate
        low, high = -12.0, 6.0
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if expit(middle + spread * nodes).mean() < rate else (low, middle)
        return low

    levels = {name: (level(split), level(merge)) for name, (split, merge) in rates.items()}
    verdicts = []
    for pair in range(n_pairs):
        for name in rng.permutation(list(rates))[:read_by]:
            errs = rng.random() < expit(levels[name][0 if same[pair] else 1] + spread * difficulty[pair])
            verdicts.append(Verdict(pair=pair, reviewer=str(name), says_same=bool(same[pair] ^ errs)))
    known = rng.random(n_pairs) < known_share
    coat = expit(rng.normal(np.where(same, 2.0, -2.0), 2.0))
    return verdicts, np.where(known, same.astype(float), coat)


def test_rates_lie_within_their_intervals():
    rates = {"first": (0.125, 0.02), "second": (0.03, 0.03), "third": (0.25, 0.01), "fourth": (0.05, 0.10)}
    inside, n = 0, 0
    for seed in range(8):
        for found in estimate_rates(*simulated_verdicts(rates, 700, seed)):
            for estimate, truth in zip(
                (found.false_split, found.false_merge), rates[found.reviewer], strict=True
            ):
                inside += estimate.lower <= truth <= estimate.upper
                n += 1
    assert n == 64
    assert inside >= 56


def test_many_known_answers_give_the_observed_shares():
    rates = {"only": (0.12, 0.04)}
    verdicts, truth = simulated_verdicts(rates, 6000, 1, spread=0.0, known_share=1.0, read_by=1)
    found = estimate_rates(verdicts, truth)[0]
    wrong_splits = np.mean([not v.says_same for v in verdicts if truth[v.pair] == 1.0])
    assert found.false_split.value == pytest.approx(wrong_splits, abs=0.01)
    assert found.n_known == found.n_verdicts == 6000


def test_of_whom_nothing_is_known_little_is_said():
    verdicts = [Verdict(pair=0, reviewer="new", says_same=True)]
    found = estimate_rates(verdicts, np.array([1.0]))[0]
    assert found.false_split.lower < 0.015 and found.false_split.upper > 0.2
    assert estimate_rates([], np.empty(0)) == ()


def test_two_verdicts_of_one_reviewer_on_one_pair_are_refused():
    verdicts = [Verdict(pair=3, reviewer="a", says_same=s) for s in (True, False)]
    with pytest.raises(AnalysisError) as refusal:
        estimate_rates(verdicts, np.full(4, 0.5))
    assert refusal.value.code == "reviewers.twice"


def test_shared_difficulty_is_not_taken_for_two_careless_reviewers():
    """Both err on the same hard pairs: their common errors say little about either's other pairs."""
    rates = {"a": (0.1, 0.1), "b": (0.1, 0.1)}
    verdicts, probability = simulated_verdicts(rates, 1500, 5, spread=2.0, known_share=0.5)
    for found in estimate_rates(verdicts, probability):
        assert found.false_split.value == pytest.approx(0.1, abs=0.035)
        assert found.false_merge.value == pytest.approx(0.1, abs=0.035)
