"""Weights of groups: found again where the right one is known, and reliability that tells a wrong one."""

from __future__ import annotations

import numpy as np
import pytest

from pardine.base.errors import AnalysisError
from pardine.identify.partition.evidence import GaussianCoats, composite_weight
from pardine.identify.partition.weights import Joins, draw_joins, fit_weight, reliability_by_size
from pardine.simulate.pair_scores import ScoreWorld, draw_pair_scores


def joins_with_weight(numerator: float, exponent: float, n: int = 6000) -> Joins:
    """Joins whose log likelihood ratio is exactly that of the given weight."""
    rng = np.random.default_rng(2)
    one, other = rng.integers(1, 12, n), rng.integers(1, 12, n)
    same = rng.random(n) < 0.5
    # normal with mean +-s^2/2 and variance s^2 is its own log likelihood ratio
    spread = rng.uniform(0.5, 3.0, n)
    ratio = np.where(same, 0.5, -0.5) * spread**2 + spread * rng.standard_normal(n)
    both = numerator / (one + other) ** exponent
    return Joins(
        size_one=one,
        size_other=other,
        sum_one=np.zeros(n),
        sum_other=np.zeros(n),
        sum_both=ratio / both,
        same=same,
    )


@pytest.mark.parametrize(("numerator", "exponent"), [(2.0, 1.0), (1.2, 0.5)])
def test_the_right_weight_is_found_again(numerator, exponent):
    joins = joins_with_weight(numerator, exponent)
    found = fit_weight(joins)
    sizes = np.array([4, 10, 20])
    assert found.of_sizes(20)[sizes] == pytest.approx(numerator / sizes**exponent, rel=0.1)
    assert found.log_loss <= found.unweighted_log_loss
    for row in reliability_by_size(joins, found.of_sizes(40)):
        assert row.predicted == pytest.approx(row.observed, abs=0.05)
        assert row.over_confidence == pytest.approx(1.0, abs=0.25)


def test_evidence_doubled_is_told_as_over_confident():
    joins = joins_with_weight(2.0, 1.0)
    doubled = 2.0 * composite_weight(40)
    rows = [r for r in reliability_by_size(joins, doubled) if r.n_joins > 500]
    assert rows
    assert all(row.over_confidence == pytest.approx(2.0, rel=0.15) for row in rows)


def test_sums_of_drawn_joins_are_those_of_the_groups():
    rng = np.random.default_rng(3)
    animal = np.repeat(np.arange(12), [2, 5] * 6)
    llr = rng.normal(size=(42, 42))
    llr = llr + llr.T
    joins = draw_joins(llr, animal, rng, n=200)
    assert joins.same.sum() == 100
    assert (joins.size_one + joins.size_other <= 10).all()
    assert (joins.sum_one[joins.size_one == 1] == 0.0).all()
    pair = (joins.size_one == 1) & (joins.size_other == 1)
    assert pair.any()
    assert np.isin(np.round(joins.sum_both[pair], 9), np.round(llr, 9)).all()


def test_too_few_animals_are_refused():
    with pytest.raises(AnalysisError) as refusal:
        draw_joins(np.zeros((3, 3)), np.array([0, 1, 2]), np.random.default_rng(1))
    assert refusal.value.code == "identity.too_few_groups"


def test_scores_of_one_animal_are_higher_and_closed_form_of_pairs_is_that_of_groups():
    rng = np.random.default_rng(4)
    animal = np.repeat(np.arange(12), 4)
    scores = draw_pair_scores(animal, ScoreWorld(blur=0.1), rng)
    same = (animal[:, None] == animal[None, :]) & ~np.eye(48, dtype=bool)
    assert np.array_equal(scores.score, scores.score.T)
    assert scores.score[same].mean() > scores.score[animal[:, None] != animal[None, :]].mean() + 1.0
    coats = GaussianCoats(embedding=rng.normal(size=(5, 3)), variance=rng.uniform(0.2, 2.0, 5))
    table = coats.of_pairs()
    for a in range(5):
        for b in range(a):
            assert table[a, b] == pytest.approx(coats.of_group(np.array([a, b])), abs=1e-9)
