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


def source_ids(
    connection: Connection, project: Project, sources: Sequence[SourceTable]
) -> dict[str, int | None]:
    """Local key of the table that each part of a survey came from.

    ``None`` where no table of the part's kind was brought, or several: a record does not say which
    of several it stood in.
    """
    table = schema.source_table
    key_of = dict(iter(connection.execute(select(table.c.uid, table.c.id))))
    ids: dict[str, int | None] = {}
    for part, kinds in _KINDS_OF_PART.items():
        brought = [{source_uid(project.uid, s) for s in sources if s.kind == kind} for kind in kinds]
        uids = next((found for found in brought if found), set())
        ids[part] = key_of[uids.pop()] if len(uids) == 1 else None
    return ids


def linked_sources(connection: Connection) -> frozenset[int]:
    """Local keys of the tables that stored records stand in."""
    queries = [select(part.table.c.source_id) for part in PARTS]
    return frozenset(key for key in connection.scalars(union(*queries)) if key is not None)


def link_masks(connection: Connection, run_id: int) -> None:
    """Point the masks of a run to their tables, which they know by hash however many were brought."""
    mask, table = schema.mask, schema.source_table
    theirs = select(table.c.id).where(table.c.kind == "mask", table.c.sha256 == mask.c.table_sha256)
    statement = update(mask).where(mask.c.run_id == run_id)
    connection.execute(statement.values(source_id=theirs.scalar_subquery()))


def mark_superseded(
    connection: Connection, linked_before: frozenset[int], brought: Mapping[str, int | None]
) -> None:
    """Say of each table that has lost its last record which brought table took its place."""
    table = schema.source_table
    kind_of = {row.id: row.kind for row in connection.execute(select(table.c.id, table.c.kind))}
    newer = {kind_of[key]: key for key in brought.values() if key is not None}
    for lost in linked_before - linked_sources(connection):
        if kind_of[lost] in newer:
            statement = update(table).where(table.c.id == lost)
            connection.execute(statement.values(superseded_by=newer[kind_of[lost]]))


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
