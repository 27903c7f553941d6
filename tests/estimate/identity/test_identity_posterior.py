"""Summaries of draws by hand, convergence on known series, questions on draws whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from pardine.base.errors import AnalysisError
from pardine.estimate.identity.chain import Draws, Schedule, density_variance, sample
from pardine.estimate.identity.convergence import bulk_effective_size, rhat, tail_effective_size
from pardine.estimate.identity.posterior import (
    central_labels,
    convergence,
    doubt,
    identity_share,
    interval,
    require_agreement,
    together,
)
from pardine.estimate.identity.question import animals_at_stake, density_settled, doubtful_pairs
from pardine.identify.queue import Asker


def draws_of(labels, log_density, n_animals=None):
    labels = np.asarray(labels, np.int32)[None]
    log_density = np.asarray(log_density, float)[None]
    n_seen = np.array([[len(set(row)) for row in labels[0].tolist()]])
    return Draws(
        names=("log_density_per_m2",),
        parameters=log_density[..., None],
        labels=labels,
        n_seen=n_seen,
        n_animals=n_seen if n_animals is None else np.asarray(n_animals)[None],
        density_per_100km2=np.exp(log_density),
        log_posterior=np.zeros_like(log_density),
    )


def test_together_doubt_and_centre_by_hand():
    draws = draws_of([[0, 0, 1], [0, 0, 1], [0, 1, 1], [0, 0, 1]], [0.0, 0.1, 0.2, 0.3])
    same = together(draws)
    assert same[0, 1] == 0.75 and same[1, 2] == 0.25 and same[0, 2] == 0.0
    assert doubt(same).tolist() == [0.25, 0.5, 0.25]
    assert central_labels(draws, same).tolist() == [0, 0, 1]
    assert doubtful_pairs(same).tolist() == [[0, 1], [1, 2]]


def test_value_of_a_question_is_the_variance_between_its_answers():
    rng = np.random.default_rng(3)
    joined = rng.random(4000) < 0.3
    log_density = np.where(joined, -0.4, 0.1) + 0.05 * rng.standard_normal(4000)
    labels = np.column_stack([np.zeros(4000), ~joined, np.full(4000, 2)]).astype(int)
    draws = draws_of(labels, log_density)
    pairs = np.array([[0, 1], [0, 2]])
    worth = density_settled(draws, pairs)
    by_hand = joined.mean() * (1 - joined.mean()) * 0.5**2
    assert worth[0] == pytest.approx(by_hand, rel=0.02)
    assert worth[1] == 0.0  # all draws agree: nothing to learn
    erring = density_settled(draws, pairs, asker=Asker(false_split=0.1, false_merge=0.05))
    p = joined.mean()
    r = p * 0.9 + (1 - p) * 0.05
    after_same, after_other = p * 0.9 / r, p * 0.1 / (1 - r)
    assert erring[0] == pytest.approx(r * (1 - r) * (0.5 * (after_same - after_other)) ** 2, rel=0.02)
    assert erring[0] < worth[0]
    # a coin instead of a reviewer tells nothing
    assert density_settled(draws, pairs, asker=Asker(false_split=0.5, false_merge=0.5))[0] == pytest.approx(
        0.0
    )


def test_animals_at_stake_counts_what_answers_move_and_not_chance():
    rng = np.random.default_rng(4)
    joined = rng.random(3000) < 0.5
    labels = np.column_stack([np.zeros(3000), ~joined, np.full(3000, 2), np.full(3000, 3)]).astype(int)
    draws = draws_of(labels, rng.standard_normal(3000) * 0.1, n_animals=20 + 2 * ~joined)
    assert animals_at_stake(draws, np.array([[0, 1]])) == pytest.approx(1.0, rel=0.05)
    unrelated = draws_of(labels, rng.standard_normal(3000) * 0.1, n_animals=rng.poisson(20, 3000))
    assert animals_at_stake(unrelated, np.array([[0, 1]])) < 0.35


def test_effective_size_of_independent_and_of_autoregressive_draws():
    rng = np.random.default_rng(5)
    independent = rng.standard_normal((4, 2000))
    assert bulk_effective_size(independent) == pytest.approx(8000, rel=0.15)
    assert tail_effective_size(independent) == pytest.approx(8000, rel=0.3)
    series = np.zeros((4, 8000))
    for t in range(1, 8000):
        series[:, t] = 0.9 * series[:, t - 1] + rng.standard_normal(4)
    # (1 - phi) / (1 + phi) of the draws
    assert bulk_effective_size(series) == pytest.approx(32000 * 0.1 / 1.9, rel=0.2)


def test_rhat_tells_chains_apart_in_place_and_in_spread():
    rng = np.random.default_rng(6)
    alike = rng.standard_normal((4, 1000))
    assert rhat(alike) < 1.01
    assert rhat(alike + np.array([[0], [0], [0], [1.0]])) > 1.1
    assert rhat(alike * np.array([[1], [1], [1], [4.0]])) > 1.1
    assert rhat(np.ones((4, 100))) == 1.0
    assert np.isnan(rhat(alike[:, :3]))


def test_chains_that_disagree_give_no_interval():
    rng = np.random.default_rng(7)
    labels = np.zeros((4, 500, 2), np.int32)
    apart = rng.standard_normal((4, 500)) * 0.1 + np.array([[0.0], [0.0], [1.0], [1.0]])
    draws = draws_of(labels[0], apart[0])
    poor = Draws(
        **{
            **draws.__dict__,
            "labels": labels,
            "density_per_100km2": np.exp(apart),
        }
    )
    with pytest.raises(AnalysisError) as refusal:
        require_agreement(poor)
    assert refusal.value.code == "identity.chains_disagree"
    assert convergence(rng.standard_normal((4, 1000))).is_good


def test_interval_is_equal_tailed():
    estimate = interval(np.arange(1001.0), unit="animals")
    assert (estimate.lower, estimate.value, estimate.upper) == pytest.approx((25.0, 500.0, 975.0))


def test_one_seed_gives_the_same_draws_for_any_number_of_workers(small_model):
    from pardine.base.bulk import local_executor

    schedule = Schedule(n_chains=2, n_warmup=5, n_draws=5)
    alone = sample(small_model, seed=9, schedule=schedule)
    two = sample(small_model, seed=9, schedule=schedule, make_executor=lambda: local_executor(2))
    assert np.array_equal(alone.parameters, two.parameters)
    assert np.array_equal(alone.labels, two.labels)
    assert np.array_equal(alone.n_animals, two.n_animals)


def test_known_identities_leave_identity_no_share(small_model):
    draws = sample(small_model, seed=9, schedule=Schedule(n_chains=2, n_warmup=100, n_draws=200))
    labels = central_labels(draws, together(draws))
    held = density_variance(small_model, labels, draws.parameters[0, -1], seed=1)
    assert held > 0.0
    assert 0.0 <= identity_share(draws, np.array([held])) < 0.6
