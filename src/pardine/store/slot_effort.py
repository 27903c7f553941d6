"""Effort that packages and tables of cameras tell, kept until a session takes it up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import Connection, delete, insert, select

from pardine.base.errors import Notice
from pardine.base.identifiers import imported_uid
from pardine.base.provenance import RunRecord
from pardine.observe.effort import EffortInterval, State
from pardine.store import schema
from pardine.store.decisions import Draft, append_within
from pardine.store.keyed_rows import Row, StoreSummary, refuse_if_any
from pardine.store.project import Project
from pardine.store.run_rows import find_run_id, write_run

_FIELDS = ("session", "station", "slot", "starts", "ends", "state")


def save_slot_effort(
    project: Project,
    intervals: Sequence[EffortInterval],
    *,
    source: str,
    run: RunRecord,
    replace: bool = False,
    author: str | None = None,
) -> StoreSummary:
    """Store what a source says of the effort of its slots; brought again it adds nothing.

    Parameters
    ----------
    source
        Name of the package or table. What it told before and does not tell any more is withdrawn.
    run
        Written if it is not yet; ended by its owner.
    replace
        Whether rows may be withdrawn; they stay readable in a decision.

    Raises
    ------
    InputError
        ``media.refused`` with ``effort.source_differs``; nothing was changed.
    """
    table = schema.slot_effort
    rows = {_uid(project, source, row): row for row in map(_row, intervals)}
    with project.transaction() as connection:
        stored = _stored(connection, source)
        gone = [uid for uid in stored if uid not in rows] if rows else []
        if gone and not replace:
            facts = {"file": source, "n": len(gone), "value": _shown(stored[gone[0]])}
            refuse_if_any([Notice("effort.source_differs", facts)])
        new = {uid: row for uid, row in rows.items() if uid not in stored}
        run_id = find_run_id(connection, run.uid) or write_run(connection, run)
        if gone:
            connection.execute(delete(table).where(table.c.uid.in_(gone)))
        if new:
            links = {"source": source, "run_id": run_id}
            connection.execute(insert(table), [{"uid": uid, **row, **links} for uid, row in new.items()])
        drafts = [Draft(kind="replace.slot_effort", subject_uid=uid, before=stored[uid]) for uid in gone]
        append_within(connection, project, drafts, author=author)
    return StoreSummary(added=len(new), already_there=len(rows) - len(new), replaced=len(gone))


def read_slot_effort(project: Project) -> tuple[EffortInterval, ...]:
    """All of it, in the order it was brought."""
    table = schema.slot_effort
    with project.read() as connection:
        rows = connection.execute(select(table).order_by(table.c.id)).all()
    return tuple(
        EffortInterval(
            session=row.session,
            station=row.station,
            slot=row.slot,
            starts=dt.datetime.fromisoformat(row.starts),
            ends=dt.datetime.fromisoformat(row.ends),
            state=cast(State, row.state),
        )
        for row in rows
    )


def _stored(connection: Connection, source: str) -> dict[str, Row]:
    table = schema.slot_effort
    query = select(table).where(table.c.source == source).order_by(table.c.id)
    return {row.uid: {name: getattr(row, name) for name in _FIELDS} for row in connection.execute(query)}


def _row(interval: EffortInterval) -> Row:
    return {
        "session": interval.session,
        "station": interval.station,
        "slot": interval.slot,
        "starts": interval.starts.isoformat(),
        "ends": interval.ends.isoformat(),
        "state": interval.state,
    }


def _uid(project: Project, source: str, row: Row) -> str:
    return str(imported_uid(project.uid, "slot_effort", source, *row.values()))


def _shown(row: dict[str, Any]) -> str:
    return " ".join(filter(None, (row["station"], row["slot"], row["starts"], row["ends"], row["state"])))
