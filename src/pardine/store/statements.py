"""What people decided about an animal's sex and age class after the tables had been brought.

A table's rows keep what they state. A correction is a decision that holds for every capture of the
animal in its session; the former values stay readable, and an undo brings them back.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from pardine.base.errors import ProjectError
from pardine.observe.capture import AgeClass, Sex
from pardine.store import schema
from pardine.store.decisions import Decision, Draft, append_within, fold, read_log_within
from pardine.store.project import Project
from pardine.store.survey_records import individual_uid

ASSERT_SEX = "assert.sex"
ASSERT_AGE_CLASS = "assert.age_class"
# Kind of decision to the column of a capture that it corrects.
ASSERTIONS = {ASSERT_SEX: "sex", ASSERT_AGE_CLASS: "age_class"}


def assert_sex(
    project: Project, session: str, individual: str, sex: Sex | None, *, author: str | None = None
) -> Decision:
    """Decide an animal's sex; ``None``: it is not known after all.

    Raises
    ------
    ProjectError
        ``individual.unknown``.
    """
    return _assert(project, ASSERT_SEX, session, individual, sex, author)


def assert_age_class(
    project: Project, session: str, individual: str, age_class: AgeClass | None, *, author: str | None = None
) -> Decision:
    """Decide an animal's age class in a session; ``None``: it is not known after all.

    Raises
    ------
    ProjectError
        ``individual.unknown``.
    """
    return _assert(project, ASSERT_AGE_CLASS, session, individual, age_class, author)


def _assert(
    project: Project, kind: str, session: str, individual: str, value: str | None, author: str | None
) -> Decision:
    uid = individual_uid(project.uid, session, individual)
    with project.transaction() as connection:
        known = connection.scalar(select(schema.individual.c.id).where(schema.individual.c.uid == uid))
        if known is None:
            raise ProjectError("individual.unknown", session=session, individual=individual)
        decided = standing_assertions(connection)
        if (kind, uid) in decided:
            before = decided[kind, uid]
        else:
            before = _stated(connection, known, ASSERTIONS[kind])
        draft = Draft(kind=kind, subject_uid=uid, before=before, after=value)
        return append_within(connection, project, [draft], author=author)[0]


def _stated(connection: Connection, individual_id: int, column: str) -> Any:
    """What the rows of an animal state: one value, or the list of those that contradict each other."""
    table = schema.capture
    query = select(table.c[column]).where(table.c.individual_id == individual_id).distinct()
    values = sorted(value for value in connection.scalars(query) if value is not None)
    return values[0] if len(values) == 1 else (values or None)


def standing_assertions(connection: Connection) -> dict[tuple[str, str], Any]:
    """Values in force by (kind, individual uid)."""
    state = fold(read_log_within(connection, kinds=ASSERTIONS))
    return {question: decision.value for question, decision in state.items()}
