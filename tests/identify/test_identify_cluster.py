"""Grouping by evidence: known animals come back, no chain swallows two groups, certain pairs stay apart."""

from __future__ import annotations

import numpy as np
import pytest

from pardine.identify.cluster import agglomerate, group, in_order
from pardine.identify.partition.evidence import Evidence, Layer
from pardine.identify.partition.points import Points, all_one_side


def same_pairs(labels):
    return np.triu(labels[:, None] == labels[None, :], 1)


def f1(found, truth):
    a, b = same_pairs(found), same_pairs(truth)
    return 2.0 * (a & b).sum() / (a.sum() + b.sum())


def one_layer(llr):
    """Pairs drawn independently: their plain sum is the exact evidence, so every weight is 1."""
    n = len(llr)
    llr = ((llr + llr.T) / 2).astype(np.float32)
    return Evidence(layers=(Layer(llr=llr, member=np.ones(n, bool), weight=np.ones(n + 1)),))


def drawn_survey(n_animals, per_animal, separation, seed):
    """Log likelihood ratios of normal scores: N(+s/2, s) for one animal, N(-s/2, s) for two."""
    rng = np.random.default_rng(seed)
    truth = np.repeat(np.arange(n_animals), per_animal)
    n = len(truth)
    same = truth[:, None] == truth[None, :]
    noise = rng.normal(0.0, np.sqrt(separation), (n, n))
    noise = np.triu(noise, 1)
    llr = np.where(same, separation / 2.0, -separation / 2.0) + noise + noise.T
    return truth, one_layer(llr)


def test_good_evidence_gives_the_animals_back():
    truth, evidence = drawn_survey(20, 6, 25.0, 1)
    found = group(all_one_side(np.zeros(120, np.intp)), evidence, unseen_animals=5.0, seed=1, n_draws=40)
    assert found.n_animals == 20
    assert f1(found.labels, truth) == 1.0
    together = found.together()
    assert np.allclose(np.diag(together), 1.0)
    assert together[same_pairs(truth)].mean() > 0.98


def test_weak_evidence_leaves_probabilities_that_can_be_believed():
    """Among pairs said to be one animal with probability about p, about p are."""
    said, were = [], []
    for seed in range(6):
        rng = np.random.default_rng(seed)
        truth = np.repeat(np.arange(30), 2)
        rng.shuffle(truth)
        same = truth[:, None] == truth[None, :]
        s = 9.0
        noise = np.triu(rng.normal(0.0, np.sqrt(s), same.shape), 1)
        llr = np.where(same, s / 2.0, -s / 2.0) + noise + noise.T
        found = group(all_one_side(np.zeros(60, np.intp)), one_layer(llr), unseen_animals=1.0, seed=seed,
                      n_draws=150)  # fmt: skip
        upper = np.triu_indices(60, 1)
        said.append(found.together()[upper])
        were.append(same[upper])
    p, y = np.concatenate(said), np.concatenate(were)
    for low, high in ((0.1, 0.4), (0.4, 0.7), (0.7, 1.01)):
        inside = (p >= low) & (p < high)
        assert inside.sum() > 20
        assert y[inside].mean() == pytest.approx(p[inside].mean(), abs=0.15)


def test_one_false_link_between_two_large_groups_does_not_merge_them():
    truth, evidence = drawn_survey(2, 20, 16.0, 2)
    llr = evidence.layers[0].llr.copy()
    llr[0, 20] = llr[20, 0] = 40.0  # as confident as a shared background makes a matcher
    found = group(all_one_side(np.zeros(40, np.intp)), one_layer(llr), unseen_animals=3.0, seed=3, n_draws=40)
    sizes = np.bincount(found.labels)
    assert found.n_animals >= 2
    assert sizes.max() <= 21
    assert f1(found.labels, truth) > 0.9


def test_two_animals_in_one_frame_are_never_joined():
    rng = np.random.default_rng(4)
    llr = np.full((12, 12), 6.0) + rng.normal(0.0, 0.1, (12, 12))
    points = Points(
        station=np.zeros(12, np.intp),
        left=np.ones(12, bool),
        right=np.zeros(12, bool),
        sex_sighting=np.full(12, -1, np.int8),
        apart=np.array([[0, 1], [1, 2], [0, 2]]),
    )
    found = group(points, one_layer(llr), unseen_animals=1.0, seed=5, n_draws=60)
    for drawn in [found.labels, *found.draws]:
        assert len({drawn[0], drawn[1], drawn[2]}) == 3


def test_left_and_right_are_not_joined_without_a_view_of_both():
    truth, evidence = drawn_survey(3, 8, 25.0, 6)
    left = np.tile([True] * 4 + [False] * 4, 3)
    layer = evidence.layers[0]
    sided = Evidence(
        layers=tuple(
            Layer(llr=np.where(m[:, None] & m[None, :], layer.llr, 0).astype(np.float32), member=m,
                  weight=layer.weight)
            for m in (left, ~left)
        )
    )  # fmt: skip
    points = Points(
        station=np.zeros(24, np.intp), left=left, right=~left, sex_sighting=np.full(24, -1, np.int8)
    )
    found = group(points, sided, unseen_animals=20.0, seed=7, n_draws=40)
    for side in (left, ~left):
        assert f1(found.labels[side], truth[side]) == 1.0
    mixed = [
        bool(left[found.labels == k].any() and (~left)[found.labels == k].any())
        for k in range(found.n_animals)
    ]
    assert not any(mixed)


def test_same_seed_same_groups_and_labels_in_order():
    _, evidence = drawn_survey(5, 5, 9.0, 8)
    points = all_one_side(np.zeros(25, np.intp))
    a = group(points, evidence, unseen_animals=2.0, seed=9, n_draws=20)
    b = group(points, evidence, unseen_animals=2.0, seed=9, n_draws=20)
    assert np.array_equal(a.labels, b.labels) and np.array_equal(a.draws, b.draws)
    assert in_order(np.array([5, 5, 2, 9, 2])).tolist() == [0, 0, 1, 2, 1]
    assert agglomerate(
        all_one_side(np.zeros(1, np.intp)), one_layer(np.zeros((1, 1))), cost=0.0
    ).tolist() == [0]
