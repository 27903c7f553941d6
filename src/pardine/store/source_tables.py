"""Tables as the office sent them, kept byte for byte, and which of them were superseded."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, insert, select, union, update

from pardine.base.identifiers import imported_uid
from pardine.exchange.source import SourceTable, TableKind
from pardine.store import schema
from pardine.store.blobs import add_blobs, get_blob
from pardine.store.project import Project
from pardine.store.survey_rows import PARTS

# Which kinds of table fill a part of a survey, the likeliest first.
_KINDS_OF_PART: dict[str, tuple[TableKind, ...]] = {
    "session": ("sessions",),
    "station": ("stations",),
    # A table of stations may hold the dates of its cameras.
    "effort": ("effort", "stations"),
    "capture": ("captures",),
    "fix": ("telemetry",),
    "mask": ("mask",),
}


def source_uid(project_uid: uuid.UUID, source: SourceTable) -> str:
    """Uid of a table: the same bytes read as the same kind are the same table."""
    return str(imported_uid(project_uid, "source_table", source.kind, source.sha256))


def save_sources(
    connection: Connection, project: Project, sources: Sequence[SourceTable], run_id: int
) -> int:
    """Keep tables that are not kept yet; return how many are new."""
    add_blobs(connection, ((s.sha256, len(s.content), s.content) for s in sources))
    table = schema.source_table
    by_uid = {source_uid(project.uid, s): s for s in sources}
    known = set(connection.scalars(select(table.c.uid)))
    rows = [{**_source_row(s), "uid": uid, "run_id": run_id} for uid, s in by_uid.items() if uid not in known]
    if rows:
        connection.execute(insert(table), rows)
    return len(rows)


def _source_row(source: SourceTable) -> dict[str, Any]:
    return {
        "sha256": source.sha256,
        "name": source.name,
        "kind": source.kind,
        "encoding": source.encoding,
        "separator": source.separator,
        "decimal": source.decimal,
        "n_rows": source.n_rows,
    }


def source_keys(connection: Connection) -> dict[str, dict[str, int]]:
    """Local keys of kept tables by sha256, for each part of a survey that they may hold."""
    table = schema.source_table
    rows = connection.execute(select(table.c.kind, table.c.sha256, table.c.id)).all()
    return {
        part: {sha256: key for kind in reversed(kinds) for of_kind, sha256, key in rows if of_kind == kind}
        for part, kinds in _KINDS_OF_PART.items()
    }


def linked_sources(connection: Connection) -> frozenset[int]:
    """Local keys of the tables that stored records stand in."""
    queries = [select(part.table.c.source_id) for part in PARTS]
    return frozenset(key for key in connection.scalars(union(*queries)) if key is not None)


def mark_superseded(
    connection: Connection,
    linked_before: frozenset[int],
    keys: Mapping[str, Mapping[str, int]],
    successor: Mapping[str, Mapping[str, str]],
) -> None:
    """Say of each table that has lost its last record which table took its place.

    Parameters
    ----------
    linked_before
        As `linked_sources` gave them before the change.
    keys
        As `source_keys` returns them.
    successor
        For each part, table to the table that takes its place, by sha256.
    """
    table = schema.source_table
    lost = linked_before - linked_sources(connection)
    newer: dict[int, int] = {}
    # A table of stations with dates is followed by the one that has its stations.
    for part in PARTS:
        of_part = keys[part.name]
        for old, new in successor[part.name].items():
            if new in of_part and of_part.get(old) in lost:
                newer.setdefault(of_part[old], of_part[new])
    for key, newer_key in newer.items():
        connection.execute(update(table).where(table.c.id == key).values(superseded_by=newer_key))


def restore_linked(connection: Connection) -> None:
    """Tables that were superseded and hold records again, because they were brought again."""
    table = schema.source_table
    back = table.c.id.in_(linked_sources(connection))
    statement = update(table).where(table.c.superseded_by.is_not(None), back)
    connection.execute(statement.values(superseded_by=None))


def read_sources(project: Project, *, superseded: bool = False) -> tuple[SourceTable, ...]:
    """Tables byte for byte, in the order they came; with ``superseded`` also those replaced since."""
    table = schema.source_table
    query = select(table).order_by(table.c.id)
    if not superseded:
        query = query.where(table.c.superseded_by.is_(None))
    with project.read() as connection:
        rows = connection.execute(query).all()
        return tuple(
            SourceTable(
                name=row.name,
                kind=row.kind,
                content=get_blob(connection, row.sha256),
                sha256=row.sha256,
                encoding=row.encoding,
                separator=row.separator,
                decimal=row.decimal,
                n_rows=row.n_rows,
            )
            for row in rows
        )
