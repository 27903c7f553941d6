"""Decisions in the database: written once at the end of this project's chain, never changed.

What a log means, and how it is verified, is in `decision_log`, whose functions can be had from here.
"""

from __future__ import annotations

import getpass
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, update

from pardine.base.errors import ProjectError
from pardine.base.provenance import canonical_json
from pardine.store import schema
from pardine.store.clock import utc_now
from pardine.store.decision_log import (
    UNDO,
    Decision,
    Log,
    Question,
    fold,
    in_order,
    merge_logs,
    seal,
    verify_log,
)
from pardine.store.project import Project, origin_of

__all__ = [
    "CLOCK_CORRECTION",
    "CLOCK_OFFSET",
    "UNDO",
    "Decision",
    "Draft",
    "append",
    "append_within",
    "fold",
    "in_order",
    "machine_user",
    "merge_logs",
    "read_heads",
    "read_log",
    "read_log_within",
    "seal",
    "undo",
    "undo_within",
    "verify_log",
]

CLOCK_CORRECTION = "clock.correction"
CLOCK_OFFSET = "clock.offset"
# Kinds whose change has to be followed by other rows in the same transaction.
_WITH_CONSEQUENCES = (CLOCK_CORRECTION, CLOCK_OFFSET)
# More subjects than this and one reading of the whole log is quicker than asking for each.
_MANY_SUBJECTS = 500


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A decision to be written: the question, the answer before and after.

    Attributes
    ----------
    kind
        What is decided, such as ``"assert.sex"``.
    subject_uid
        About what.
    before, after
        JSON values; ``None`` where there is none.
    supersedes
        Hash of the decision that this one answers; ``None``: the one now in force on this question.
    """

    kind: str
    subject_uid: str
    before: Any = None
    after: Any = None
    supersedes: str | None = None


def append(project: Project, drafts: Sequence[Draft], *, author: str | None = None) -> Log:
    """Write decisions at the end of this project's chain, all or none.

    Parameters
    ----------
    author
        Who decides; by default the user of the machine.
    """
    with project.transaction() as connection:
        return append_within(connection, project, drafts, author=author)


def append_within(
    connection: Connection, project: Project, drafts: Sequence[Draft], *, author: str | None = None
) -> Log:
    """Write decisions within a write transaction that is already open."""
    if not drafts:
        return ()
    origin = str(origin_of(project, connection))
    seq, previous = connection.execute(_heads_query(origin)).one()
    standing = _standing(connection, drafts)
    written: list[Decision] = []
    for draft in drafts:
        question = (draft.kind, draft.subject_uid)
        seq += 1
        decision = seal(
            origin=origin,
            seq=seq,
            author=author or machine_user(),
            utc=utc_now(),
            kind=draft.kind,
            subject_uid=draft.subject_uid,
            before=canonical_json(draft.before),
            after=canonical_json(draft.after),
            supersedes=draft.supersedes or standing.get(question),
            prev_hash=previous,
        )
        previous = standing[question] = decision.hash
        written.append(decision)
    connection.execute(insert(schema.decision), [asdict(d) for d in written])
    head = {"head_seq": seq, "head_hash": previous}
    connection.execute(update(schema.origin).where(schema.origin.c.uid == origin).values(**head))
    return tuple(written)


def _heads_query(origin: str) -> Any:
    table = schema.origin
    return select(table.c.head_seq, table.c.head_hash).where(table.c.uid == origin)


def _standing(connection: Connection, drafts: Sequence[Draft]) -> dict[Question, str]:
    """Hash of the decision now in force on each question of the drafts, undo decisions apart."""
    questions = {(d.kind, d.subject_uid) for d in drafts if d.kind != UNDO and d.supersedes is None}
    if not questions:
        return {}
    table = schema.decision
    query = select(table).where(table.c.kind.in_(sorted({kind for kind, _ in questions} | {UNDO})))
    subjects = sorted({subject for _, subject in questions})
    if len(subjects) <= _MANY_SUBJECTS:
        query = query.where(table.c.subject_uid.in_(subjects))
    state = fold(_decisions(connection.execute(query)))
    return {question: d.hash for question, d in state.items() if question in questions}


def undo(project: Project, decision_hash: str, *, author: str | None = None) -> Decision:
    """Take a decision back; an undo can itself be undone.

    Raises
    ------
    ProjectError
        ``decision.unknown``: no such decision.
    ValueError
        It is about a clock: `clock_records.undo_clock_correction` also sets the instants anew.
    """
    with project.transaction() as connection:
        if _question_kind(connection, decision_hash) in _WITH_CONSEQUENCES:
            raise ValueError("a decision about a clock is taken back by store.clock_records")
        return undo_within(connection, project, decision_hash, author=author)


def undo_within(
    connection: Connection, project: Project, decision_hash: str, *, author: str | None = None
) -> Decision:
    """Take a decision back within a write transaction that is already open."""
    found = _find(connection, decision_hash)
    draft = Draft(
        kind=UNDO,
        subject_uid=found.subject_uid,
        before=found.value,
        after=found.value_before,
        supersedes=found.hash,
    )
    return append_within(connection, project, [draft], author=author)[0]


def _find(connection: Connection, decision_hash: str) -> Decision:
    found = next(_decisions(_rows_with_hash(connection, decision_hash)), None)
    if found is None:
        raise ProjectError("decision.unknown", value=decision_hash)
    return found


def _question_kind(connection: Connection, decision_hash: str) -> str:
    """What a decision is about, seen through any number of undos."""
    found = _find(connection, decision_hash)
    while found.kind == UNDO and found.supersedes is not None:
        found = _find(connection, found.supersedes)
    return found.kind


def _rows_with_hash(connection: Connection, decision_hash: str) -> Iterable[Any]:
    return connection.execute(select(schema.decision).where(schema.decision.c.hash == decision_hash))


def machine_user() -> str:
    """Name of the person logged in on this machine, as far as the machine knows it."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return "unknown"


def read_log(project: Project) -> Log:
    """All decisions of all origins, in the order in which they fold."""
    with project.read() as connection:
        return read_log_within(connection)


def read_log_within(connection: Connection, *, kinds: Iterable[str] | None = None) -> Log:
    """Decisions within an open transaction; with ``kinds``, only these and every undo."""
    query = select(schema.decision)
    if kinds is not None:
        query = query.where(schema.decision.c.kind.in_([*kinds, UNDO]))
    return in_order(_decisions(connection.execute(query)))


def read_heads(connection: Connection) -> dict[str, tuple[int, str]]:
    """End of each chain, as its origin recorded it: origin to (seq, hash)."""
    table = schema.origin
    rows = connection.execute(select(table.c.uid, table.c.head_seq, table.c.head_hash))
    return {uid: (seq, digest) for uid, seq, digest in rows}


def _decisions(rows: Iterable[Any]) -> Iterator[Decision]:
    return (Decision(**row._mapping) for row in rows)
