"""The catalogue in the decision log: proposals of runs; assertions, statements and verdicts of people."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection

from pardine.identify.catalogue import TOPICS, Statement, Topic
from pardine.store.decisions import (
    Decision,
    Draft,
    append_within,
    fold,
    in_order,
    machine_user,
    read_log_within,
    undo_within,
)
from pardine.store.project import Project

PROPOSED = "identity.proposed"
ASSERTED = "identity.asserted"
PAIR_VERDICT = "pair.verdict"
_TOPIC_KIND: Mapping[Topic, str] = {topic: f"individual.{topic}" for topic in TOPICS}
_TOPIC_OF = {kind: topic for topic, kind in _TOPIC_KIND.items()}
BY_PEOPLE = (ASSERTED, PAIR_VERDICT, *_TOPIC_OF)
ALL_KINDS = (PROPOSED, *BY_PEOPLE)
FORMAT_VERSION = 1

Answer = Literal["same", "different", "can't tell", "not comparable"]
ANSWERS: tuple[Answer, ...] = ("same", "different", "can't tell", "not comparable")


@dataclass(frozen=True, kw_only=True)
class PairVerdict:
    """One reading of one question by one person.

    Attributes
    ----------
    question
        Key of the question; each reading of a pair has a question of its own.
    first, second
        Keys of passages.
    answer, by, at, remark
        What was said, by whom, when.
    known
        The truth, where the question was one whose answer is known.
    inclusion
        Probability with which the pair came to be asked, where chance chose it.
    """

    question: str
    first: str
    second: str
    answer: Answer
    by: str
    at: dt.datetime | None = None
    remark: str = ""
    known: bool | None = None
    inclusion: float | None = None


@dataclass(frozen=True, kw_only=True)
class CatalogueState:
    """What holds now.

    Attributes
    ----------
    proposed
        Passage key to (individual, sureness), by the last run.
    asserted
        Passage key to the individual that a person named.
    statements
        In force, in the order they were made.
    verdicts
        In force.
    """

    proposed: Mapping[str, tuple[str, float]]
    asserted: Mapping[str, str]
    statements: tuple[Statement, ...]
    verdicts: tuple[PairVerdict, ...]

    @property
    def individual(self) -> dict[str, str]:
        """Passage key to individual: a person is heard before a run."""
        return {key: uid for key, (uid, _) in self.proposed.items()} | dict(self.asserted)

    def names(self) -> dict[str, str]:
        """Name of each individual that has one."""
        return {s.individual: s.value for s in self.statements if s.topic == "name"}


def read_catalogue(project: Project) -> CatalogueState:
    """The fold of all decisions about identity: the same whatever order they came in."""
    with project.read() as connection:
        return _read(connection)


def _read(connection: Connection) -> CatalogueState:
    held = in_order(fold(read_log_within(connection, kinds=ALL_KINDS)).values())
    proposed: dict[str, tuple[str, float]] = {}
    asserted: dict[str, str] = {}
    statements: list[Statement] = []
    verdicts: list[PairVerdict] = []
    for decision in held:
        if decision.value is None:
            continue
        if decision.kind == PROPOSED:
            proposed[decision.subject_uid] = (decision.value["individual"], float(decision.value["sureness"]))
        elif decision.kind == ASSERTED:
            asserted[decision.subject_uid] = decision.value["individual"]
        elif decision.kind == PAIR_VERDICT:
            verdicts.append(_verdict(decision))
        else:
            statements.append(_statement(decision))
    return CatalogueState(
        proposed=proposed, asserted=asserted, statements=tuple(statements), verdicts=tuple(verdicts)
    )


def save_proposals(
    project: Project, proposed: Mapping[str, tuple[str, float]], names: Mapping[str, str], *, author: str
) -> int:
    """Record what a run proposes; only what changed is written, all or nothing.

    Parameters
    ----------
    proposed
        Passage key to (individual, sureness); passages that were proposed before and are not among these
        (their photographs are gone, or show another species) become nobody's.
    names
        Of individuals that have none yet.
    """
    with project.transaction() as connection:
        before = _read(connection)
        drafts = [
            Draft(kind=PROPOSED, subject_uid=key, before=_as_proposed(before.proposed.get(key)), after=after)
            for key, value in sorted(proposed.items())
            if (after := _as_proposed(value)) != _as_proposed(before.proposed.get(key))
        ]
        drafts += [
            Draft(kind=PROPOSED, subject_uid=key, before=_as_proposed(before.proposed[key]), after=None)
            for key in sorted(before.proposed.keys() - proposed.keys())
        ]
        drafts += [
            Draft(kind=_TOPIC_KIND["name"], subject_uid=uid, after=_as_value(name, None, author))
            for uid, name in sorted(names.items())
        ]
        append_within(connection, project, drafts, author=author)
    return len(drafts)


def save_assertions(project: Project, asserted: Mapping[str, str | None], *, by: str = "") -> int:
    """Record that passages are certain individuals (or, with ``None``, that nobody says so any more)."""
    author = by or machine_user()
    with project.transaction() as connection:
        before = _read(connection).asserted
        drafts = [
            Draft(
                kind=ASSERTED,
                subject_uid=key,
                before=None if key not in before else {"individual": before[key]},
                after=None if uid is None else {"version": FORMAT_VERSION, "individual": uid},
            )
            for key, uid in sorted(asserted.items())
            if before.get(key) != uid
        ]
        append_within(connection, project, drafts, author=author)
    return len(drafts)


def save_statements(project: Project, statements: Sequence[Statement]) -> int:
    """Record statements about individuals; the same again is recorded once."""
    with project.transaction() as connection:
        standing = set(_read(connection).statements)
        drafts = [(s.by or machine_user(), _statement_draft(s)) for s in statements if s not in standing]
        for author, own in itertools.groupby(drafts, key=lambda signed: signed[0]):
            append_within(connection, project, [draft for _, draft in own], author=author)
    return len(drafts)


def save_pair_verdicts(project: Project, verdicts: Sequence[PairVerdict]) -> int:
    """Record readings; one of the same person on the same question answers the one before."""
    with project.transaction() as connection:
        standing = {(v.question, v.by): v for v in _read(connection).verdicts}
        drafts: list[tuple[str, Draft]] = []
        for verdict in verdicts:
            before = standing.get((verdict.question, verdict.by))
            if before != verdict:
                old = None if before is None else _as_verdict(before)
                subject = f"{verdict.question}|{verdict.by}"
                draft = Draft(kind=PAIR_VERDICT, subject_uid=subject, before=old, after=_as_verdict(verdict))
                drafts.append((verdict.by, draft))
                standing[verdict.question, verdict.by] = verdict
        for author, own in itertools.groupby(drafts, key=lambda signed: signed[0]):
            append_within(connection, project, [draft for _, draft in own], author=author)
    return len(drafts)


def undo_last(project: Project, *, by: str = "") -> Decision | None:
    """Take back what a person decided last about identity; ``None`` where there is nothing to take back."""
    with project.transaction() as connection:
        held = in_order(fold(read_log_within(connection, kinds=ALL_KINDS)).values())
        mine = [d for d in held if d.kind in BY_PEOPLE and d.value is not None and d.author != "pardine"]
        mine = [d for d in mine if not by or d.author == by]
        if not mine:
            return None
        undo_within(connection, project, mine[-1].hash, author=by or None)
        return mine[-1]


def _as_proposed(value: tuple[str, float] | None) -> dict[str, Any] | None:
    if value is None:
        return None
    return {"version": FORMAT_VERSION, "individual": value[0], "sureness": round(value[1], 3)}


def _as_value(value: str, on: dt.date | None, by: str) -> dict[str, Any]:
    return {
        "version": FORMAT_VERSION,
        "value": value,
        "on": None if on is None else on.isoformat(),
        "by": by,
    }


def _statement_draft(statement: Statement) -> Draft:
    # Statements of two days stand beside each other; of one day the later answers the earlier.
    dated = "" if statement.on is None else f"@{statement.on.isoformat()}"
    return Draft(
        kind=_TOPIC_KIND[statement.topic],
        subject_uid=f"{statement.individual}{dated}",
        after=_as_value(statement.value, statement.on, statement.by),
    )


def _statement(decision: Decision) -> Statement:
    on = decision.value["on"]
    return Statement(
        individual=decision.subject_uid.partition("@")[0],
        topic=_TOPIC_OF[decision.kind],
        value=decision.value["value"],
        on=None if on is None else dt.date.fromisoformat(on),
        by=decision.value["by"],
    )


def _as_verdict(verdict: PairVerdict) -> dict[str, Any]:
    return {
        "version": FORMAT_VERSION,
        "question": verdict.question,
        "first": verdict.first,
        "second": verdict.second,
        "answer": verdict.answer,
        "by": verdict.by,
        "at": None if verdict.at is None else verdict.at.isoformat(),
        "remark": verdict.remark,
        "known": verdict.known,
        "inclusion": verdict.inclusion,
    }


def _verdict(decision: Decision) -> PairVerdict:
    content = dict(decision.value)
    content.pop("version")
    at = content.pop("at")
    return PairVerdict(**content, at=None if at is None else dt.datetime.fromisoformat(at))
