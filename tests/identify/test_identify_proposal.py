"""Groups follow coats and people; one wrong link joins nobody; incomparable says nothing."""

from __future__ import annotations

import json

import numpy as np
import pytest

from pardine.identify.calibrate import Calibration
from pardine.identify.fusion import Fusion
from pardine.identify.pairs import ComparedPairs, Looks, compare_passages
from pardine.identify.proposal import (
    Comparable,
    Said,
    coat_layers,
    people_layer,
    propose,
    with_readings,
)
from pardine.identify.review import (
    Reading,
    StopRule,
    audit_pairs,
    choose_questions,
    second_looks,
    suspicious_labels,
)
from pardine.identify.score import PairTable
from pardine.identify.weights import Weights, weight_of_absence, weights_json, weights_of_json


def views_of(n: int) -> Comparable:
    everyone = np.ones(n, np.bool_)
    return Comparable(left=everyone, right=~everyone, apart=np.empty((0, 2), np.intp), encounter=np.arange(n))


def pairs_of(llr: np.ndarray) -> tuple[ComparedPairs, np.ndarray]:
    rows, columns = np.triu_indices(len(llr), 1)
    words = np.full(len(rows), "left")
    pairs = ComparedPairs(
        first=rows, second=columns, side=words, score=llr[rows, columns],
        photographs=np.column_stack([rows, columns]), stratum=np.full(len(rows), "day"),
    )  # fmt: skip
    return pairs, llr[rows, columns]


def found_for(llr: np.ndarray, said: list[Said] = [], n_draws: int = 60):  # noqa: B006 - never changed
    views = views_of(len(llr))
    layers = coat_layers(views, *pairs_of(llr), not_shortlisted=-2.0, group_weight=(2.0**0.5, 0.5))
    people = people_layer(len(llr), said)
    chosen = layers if people is None else (*layers, people)
    return propose(views, chosen, unseen_animals=2.0, seed=1, n_draws=n_draws)


def two_animals(n_each: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    truth = np.repeat([0, 1], n_each)
    llr = np.where(truth[:, None] == truth[None, :], 2.5, -2.5) + rng.normal(0.0, 1.0, (2 * n_each,) * 2)
    llr = np.triu(llr, 1)
    return llr + llr.T, truth


def test_two_animals_are_two_groups():
    llr, truth = two_animals(8)
    assert np.array_equal(found_for(llr).labels, truth)


def test_a_chain_of_one_certain_link_and_a_wrong_verdict_merges_nobody():
    llr, truth = two_animals(12)
    llr[0, 12] = llr[12, 0] = 10.0
    said = [Said(first=1, second=13, says_same=True, false_split=0.1, false_merge=0.03)]
    labels = found_for(llr, said).labels
    across = labels[truth == 0][:, None] == labels[truth == 1][None, :]
    assert across.sum() <= 12  # at most one passage strays
    assert max(np.bincount(labels)) <= 13


def test_verdicts_of_several_people_part_what_coats_join():
    llr, _ = two_animals(1)
    llr[0, 1] = llr[1, 0] = 2.0
    said = [Said(first=0, second=1, says_same=False, false_split=0.05, false_merge=0.05)] * 3
    assert found_for(llr).labels.tolist() == [0, 0]
    assert found_for(llr, said).labels.tolist() == [0, 1]


def test_order_of_the_verdicts_changes_nothing():
    llr, _ = two_animals(4)
    said = [
        Said(first=a, second=b, says_same=a % 2 == 0, false_split=0.1, false_merge=0.03)
        for a, b in ((0, 5), (1, 4), (2, 3))
    ]
    one, other = found_for(llr, said), found_for(llr, said[::-1])
    assert np.array_equal(one.grouping.draws, other.grouping.draws)


def test_what_shows_no_common_flank_has_no_evidence():
    views = Comparable(
        left=np.array([True, True, False]), right=np.array([False, True, True]),
        apart=np.empty((0, 2), np.intp), encounter=np.arange(3),
    )  # fmt: skip
    empty = np.zeros(0, np.int64)
    pairs = ComparedPairs(
        first=empty, second=empty, side=np.zeros(0, "<U5"), score=np.zeros(0),
        photographs=np.zeros((0, 2), np.int64), stratum=np.zeros(0, "<U3"),
    )  # fmt: skip
    left, right = coat_layers(views, pairs, np.zeros(0), not_shortlisted=-2.0)
    assert left.llr[0, 1] == -2.0
    assert left.llr[0, 2] == right.llr[0, 2] == 0.0
    assert not views.pairs()[0, 2]


def test_the_best_photographs_speak_for_two_passages():
    table = PairTable(
        first=np.array([0, 1, 0]), second=np.array([2, 2, 1]), evidence=np.zeros((3, 8)), n_photographs=3
    )
    looks = Looks(
        passage=np.array([1, 1, 0]), side=np.full(3, "left"), infrared=np.array([False, True, True]),
        poor=np.array([False, False, True]), usable=np.ones(3, np.bool_),
    )  # fmt: skip
    pairs = compare_passages(table, np.array([1.0, 3.0, 9.0]), looks)
    assert (pairs.first.tolist(), pairs.second.tolist(), pairs.score.tolist()) == ([0], [1], [3.0])
    assert pairs.photographs.tolist() == [[2, 1]]
    assert pairs.stratum.tolist() == ["infrared, poor"]


def test_questions_hide_known_answers_and_draw_audits_with_their_probability():
    llr, _ = two_animals(8)
    llr *= 0.4
    found, views = found_for(llr), views_of(16)
    chosen = choose_questions(
        found, views, [], [(3, 3, True), (0, 9, False)], n=20, known_share=0.1, audit_share=0.2,
        rng=np.random.default_rng(1),
    )  # fmt: skip
    assert sorted(q.known for q in chosen if q.purpose == "known") == [False, True]
    audits = [q for q in chosen if q.purpose == "audit"]
    assert len(audits) == 4
    assert all(q.inclusion is not None and 0.0 < q.inclusion <= 1.0 for q in audits)
    assert len({(q.first, q.second) for q in chosen}) == len(chosen)


def test_pairs_that_were_read_are_not_asked_again_unless_a_second_look_is_due():
    llr, _ = two_animals(3)
    found = found_for(llr * 0.2)
    readings = [Reading(first=a, second=b, by="x", says_same=None) for a in range(6) for b in range(a + 1, 6)]
    chosen = choose_questions(
        found, views_of(6), readings, [], n=10, known_share=0.0, audit_share=0.0, rng=np.random.default_rng(1)
    )
    assert chosen == ()


def test_a_merge_of_two_large_groups_needs_a_second_look():
    llr, _ = two_animals(4)
    llr[:4, 4:] = llr[4:, :4] = 0.3
    said = [Said(first=0, second=4, says_same=True, false_split=0.1, false_merge=0.01)]
    found = found_for(llr, said)
    assert found.labels.max() == 0
    reading = Reading(first=0, second=4, by="x", says_same=True)
    assert [(q.first, q.second, q.reading) for q in second_looks(found, [reading])] == [(0, 4, 2)]
    again = Reading(first=0, second=4, by="y", says_same=True)
    assert second_looks(found, [reading, again]) == []


def test_the_stop_rule_waits_for_second_looks():
    llr, _ = two_animals(8)
    found = found_for(llr * 4.0)
    assert StopRule().is_met(found, 0)
    assert not StopRule().is_met(found, 1)


def test_audits_are_drawn_from_likely_and_unlikely_pairs():
    llr, _ = two_animals(8)
    found = found_for(llr)
    drawn = audit_pairs(found, views_of(16), [], n=10, rng=np.random.default_rng(1))
    assert sum(q.probability > 0.1 for q in drawn) == 5


def test_the_most_contradicted_name_comes_first():
    llr, _ = two_animals(4)
    names = ["a", "a", "a", "b", "b", "b", "b", "b"]  # the fourth is wrongly called b
    worst = suspicious_labels(names, llr, views_of(8), n=7)
    assert all(3 in pair[:2] for pair in worst)


def test_absence_from_a_shortlist_never_speaks_for_one_animal():
    assert weight_of_absence(100, 1000, 5, 800) < -2.0
    assert weight_of_absence(100, 1000, 90, 10) == 0.0


def test_weights_come_back_from_their_file():
    weights = Weights(
        fusion=Fusion(mean=np.arange(3.0), deviation=np.ones(3), weights=np.array([0.1, -0.2, 0.3])),
        calibration=Calibration(
            knots=np.array([0.5]), level=-3.0, slopes=np.array([1.0, 0.2]), strata={"day": (0.1, 1.1)},
            base_log_odds=-2.5, n_same=30, n_different=400,
        ),
        not_shortlisted=-1.5, group_weight=(1.4, 0.5), source="test",
    )  # fmt: skip
    again = weights_of_json(json.loads(json.dumps(weights_json(weights))))
    score, words = np.array([0.0, 1.0, 4.0]), np.array(["day", "infrared", "day"])
    assert again.calibration.log_odds(score, words) == pytest.approx(
        weights.calibration.log_odds(score, words)
    )
    assert (again.not_shortlisted, again.group_weight) == (-1.5, (1.4, 0.5))


def test_one_more_verdict_at_once_leads_where_grouping_anew_does():
    llr, _ = two_animals(6)
    llr[0, 1:6] = llr[1:6, 0] = 0.4
    found = found_for(llr, n_draws=400)
    assert 0.02 < found.together[0, 1] < 0.98
    said = [Said(first=0, second=1, says_same=True, false_split=0.1, false_merge=0.02)]
    quick, anew = with_readings(found, views_of(12), said, seed=1), found_for(llr, said, n_draws=400)
    assert quick.together[0, 1] > found.together[0, 1]
    assert np.abs(quick.together - anew.together).max() < 0.15
    assert np.array_equal(quick.labels, anew.labels)
