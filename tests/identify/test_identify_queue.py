"""The next question is the one that settles most; asking stops at the errors that may remain."""

from __future__ import annotations

import numpy as np
import pytest

from pardine.identify.queue import (
    Asker,
    expected_errors,
    links_settled,
    most_suspicious,
    next_questions,
    variance_settled,
)


def two_blocks_in_doubt(n_draws=400, seed=1):
    """Points 0-3 and 4-7 are two solid groups that may be one animal; 8 and 9 are a loose pair."""
    rng = np.random.default_rng(seed)
    draws = np.zeros((n_draws, 10), np.int32)
    joined = rng.random(n_draws) < 0.5
    draws[:, 4:8] = np.where(joined, 0, 1)[:, None]
    draws[:, 8] = 2
    draws[:, 9] = np.where(rng.random(n_draws) < 0.5, 2, 3)
    return draws


def test_question_between_two_groups_is_worth_all_its_links():
    draws = two_blocks_in_doubt()
    askable = ~np.eye(10, dtype=bool)
    asked = next_questions(draws, askable, n=40)
    assert {tuple(pair) for pair in asked.pairs[:16].tolist()} == {
        (a, b) for a in range(4) for b in range(4, 8)
    }
    assert asked.worth[0] == pytest.approx(16 * asked.worth[16], rel=0.1)
    assert len(asked.pairs) == 17  # links that no draw doubts are not asked about
    assert asked.probability[:17] == pytest.approx(0.5, abs=0.06)


def test_answered_and_incomparable_pairs_are_not_asked():
    draws = two_blocks_in_doubt()
    askable = np.zeros((10, 10), bool)
    askable[8, 9] = askable[9, 8] = True
    assert next_questions(draws, askable).pairs.tolist() == [[8, 9]]
    assert len(next_questions(draws, np.zeros((10, 10), bool)).pairs) == 0


def test_hook_can_ask_for_the_number_of_animals_instead():
    """Two solid groups and a loose pair move N by one alike, whatever the number of their links."""
    draws = two_blocks_in_doubt()
    n_animals = np.array([len(set(row)) for row in draws.tolist()], float)
    asked = next_questions(
        draws, ~np.eye(10, dtype=bool), n=40, worth=lambda d, pairs: variance_settled(d, n_animals, pairs)
    )
    assert asked.worth.max() == pytest.approx(0.25, rel=0.15)
    assert asked.worth.min() == pytest.approx(0.25, rel=0.15)


def test_answers_of_one_who_errs_are_worth_less():
    draws = two_blocks_in_doubt()
    pair = np.array([[0, 4]])
    sure = links_settled(draws, pair)[0]
    erring = links_settled(draws, pair, asker=Asker(false_split=0.125, false_merge=0.03))[0]
    guessing = links_settled(draws, pair, asker=Asker(false_split=0.5, false_merge=0.5))[0]
    assert 0.5 * sure < erring < 0.9 * sure
    assert guessing == pytest.approx(0.0, abs=1e-9)


def test_expected_errors_by_hand():
    labels = np.array([0, 0, 1])
    together = np.array([[1.0, 0.9, 0.2], [0.9, 1.0, 0.3], [0.2, 0.3, 1.0]])
    comparable = np.ones((3, 3), bool)
    found = expected_errors(labels, together, comparable)
    assert (found.wrong_splits, found.wrong_merges) == pytest.approx((0.5, 0.1))
    comparable[1, 2] = comparable[2, 1] = False
    assert expected_errors(labels, together, comparable).wrong_splits == pytest.approx(0.2)


def test_audit_lists_labels_that_the_coats_contradict():
    labels = np.array([0, 0, 1, 1])
    ratio = np.array([[0, 5, -4, 6.0], [5, 0, -3, -2], [-4, -3, 0, -7], [6, -2, -7, 0]])
    found = most_suspicious(labels, ratio, np.ones((4, 4), bool))
    assert found.pairs.tolist() == [[2, 3], [0, 3]]  # one name, unlike; two names, alike
    assert found.probability[0] < 0.01 and found.probability[1] > 0.99
