"""Verdicts on findings of the season's check: decisions, so that each can be answered and none is lost."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from typing import Any

from pardine.observe.check.finding import Verdict
from pardine.store.decisions import Draft, append_within, fold, machine_user, read_log_within
from pardine.store.project import Project

CHECK_VERDICT = "check.verdict"
FORMAT_VERSION = 1


def save_verdicts(project: Project, verdicts: Sequence[Verdict]) -> int:
    """Record verdicts, all or none, and return how many were new; the same again is recorded once.

    A later verdict on a finding answers the one before, which stays readable.
    """
    with project.transaction() as connection:
        standing = {subject: d.value for (_, subject), d in fold(_log(connection)).items()}
        drafts: list[tuple[str, Draft]] = []
        for verdict in verdicts:
            before, after = standing.get(verdict.key), _as_json(verdict)
            if before != after:
                draft = Draft(kind=CHECK_VERDICT, subject_uid=verdict.key, before=before, after=after)
                drafts.append((verdict.by or machine_user(), draft))
                standing[verdict.key] = after
        for author, own in itertools.groupby(drafts, key=lambda signed: signed[0]):
            append_within(connection, project, [draft for _, draft in own], author=author)
    return len(drafts)


def read_verdicts(project: Project) -> tuple[Verdict, ...]:
    """The verdict in force on each finding that has one."""
    with project.read() as connection:
        state = fold(_log(connection))
    return tuple(_verdict(subject, decision.value) for (_, subject), decision in state.items())


def _log(connection: Any) -> Any:
    return read_log_within(connection, kinds=(CHECK_VERDICT,))


def _as_json(verdict: Verdict) -> dict[str, Any]:
    content = {
        "version": FORMAT_VERSION,
        "answer": verdict.answer,
        "by": verdict.by,
        "at": None if verdict.at is None else verdict.at.isoformat(),
        "remark": verdict.remark,
    }
    # Left out where there is none, as in verdicts of before.
    return content if verdict.time is None else {**content, "time": verdict.time.isoformat()}


def _verdict(key: str, content: dict[str, Any]) -> Verdict:
    at, time = content["at"], content.get("time")
    return Verdict(
        key=key,
        answer=content["answer"],
        by=content["by"],
        at=None if at is None else dt.datetime.fromisoformat(at),
        remark=content["remark"],
        time=None if time is None else dt.datetime.fromisoformat(time),
    )
