"""Decisions about identity: any order gives one state, undo is exact, the same again is recorded once."""

from __future__ import annotations

import datetime as dt
import itertools
from pathlib import Path

import pytest

from pardine.identify.catalogue import Statement
from pardine.store.catalogue import (
    PairVerdict,
    read_catalogue,
    save_assertions,
    save_pair_verdicts,
    save_proposals,
    save_statements,
    undo_last,
)
from pardine.store.decisions import read_log, verify_log
from pardine.store.project import Project, create_project


@pytest.fixture
def project(tmp_path: Path):
    with create_project(tmp_path / "p", name="p") as made:
        yield made


def verdict(question: str, answer: str = "same", by: str = "Anna") -> PairVerdict:
    said = {"question": question, "first": "a", "second": "b", "answer": answer, "by": by}
    return PairVerdict(**said)


def test_verdicts_in_any_order_give_the_same_state(tmp_path: Path):
    said = [verdict("q1"), verdict("q2", "different", "Boris"), verdict("q3", "can't tell")]
    states = []
    for k, order in enumerate(itertools.permutations(said)):
        with create_project(tmp_path / str(k), name="p") as made:
            for each in order:
                save_pair_verdicts(made, [each])
            states.append(set(read_catalogue(made).verdicts))
    assert all(state == states[0] for state in states)
    assert len(states[0]) == 3


def test_undo_restores_exactly_what_held_before(project: Project):
    save_proposals(project, {"a": ("u", 0.9), "b": ("u", 0.8)}, {"u": "ID-001"}, author="pardine")
    save_pair_verdicts(project, [verdict("q1")])
    before = read_catalogue(project)
    save_pair_verdicts(project, [verdict("q1", "different")])
    save_assertions(project, {"b": "v"}, by="Anna")
    save_statements(project, [Statement(individual="u", topic="sex", value="F", by="Anna")])
    for _ in range(3):
        assert undo_last(project) is not None
    assert read_catalogue(project) == before


def test_what_a_run_proposed_is_not_undone_for_a_person(project: Project):
    save_proposals(project, {"a": ("u", 0.9)}, {"u": "ID-001"}, author="pardine")
    assert undo_last(project) is None


def test_a_person_is_heard_before_a_run(project: Project):
    save_proposals(project, {"a": ("u", 0.9), "b": ("u", 0.9)}, {"u": "ID-001"}, author="pardine")
    save_assertions(project, {"b": "v"}, by="Anna")
    assert read_catalogue(project).individual == {"a": "u", "b": "v"}
    save_assertions(project, {"b": None}, by="Anna")
    assert read_catalogue(project).individual == {"a": "u", "b": "u"}


def test_the_same_again_is_recorded_once_and_only_changes_are_written(project: Project):
    assert save_proposals(project, {"a": ("u", 0.9), "b": ("u", 0.8)}, {"u": "N"}, author="pardine") == 3
    assert save_proposals(project, {"a": ("u", 0.9), "b": ("w", 0.8)}, {"w": "M"}, author="pardine") == 2
    assert save_pair_verdicts(project, [verdict("q1")]) == 1
    assert save_pair_verdicts(project, [verdict("q1")]) == 0
    assert verify_log(read_log(project)) == []


def test_a_passage_that_is_gone_is_nobodys_but_its_history_stays(project: Project):
    save_proposals(project, {"a": ("u", 0.9), "b": ("u", 0.8)}, {"u": "N"}, author="pardine")
    save_proposals(project, {"a": ("u", 0.9)}, {}, author="pardine")
    assert set(read_catalogue(project).proposed) == {"a"}
    assert any(d.subject_uid == "b" and d.value is None for d in read_log(project))


def test_ages_of_two_days_stand_beside_each_other(project: Project):
    ages = [
        Statement(individual="u", topic="age_class", value="cub", on=dt.date(2024, 5, 1), by="x"),
        Statement(individual="u", topic="age_class", value="subadult", on=dt.date(2025, 5, 1), by="x"),
    ]
    assert save_statements(project, ages) == 2
    corrected = Statement(individual="u", topic="age_class", value="adult", on=dt.date(2025, 5, 1), by="y")
    save_statements(project, [corrected])
    assert set(read_catalogue(project).statements) == {ages[0], corrected}


def test_two_readers_of_one_question_stand_beside_each_other(project: Project):
    save_pair_verdicts(project, [verdict("q1"), verdict("q1", "different", "Boris")])
    assert {(v.by, v.answer) for v in read_catalogue(project).verdicts} == {
        ("Anna", "same"),
        ("Boris", "different"),
    }
