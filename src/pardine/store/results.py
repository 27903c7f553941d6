"""Results: what runs found, as canonical JSON that is never changed, only followed by newer ones."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, insert, select

from pardine.base.errors import ProjectError
from pardine.base.identifiers import imported_uid, sha256_of_bytes
from pardine.base.provenance import Artefact, RunRecord, canonical_json
from pardine.store import schema
from pardine.store.clock import utc_now
from pardine.store.project import Project
from pardine.store.run_rows import run_id_of, write_artefacts


@dataclass(frozen=True, kw_only=True)
class StoredResult:
    """One result of a run.

    Attributes
    ----------
    uid
        From run, kind and content.
    run_uid
        The run that made it.
    kind
        Such as ``"fit"``.
    content
        Plain JSON values.
    sha256
        Of the canonical JSON text.
    created_utc
        ISO 8601, ending in ``Z``.
    """

    uid: str
    run_uid: str
    kind: str
    content: Any
    sha256: str
    created_utc: str

    def as_input(self) -> Artefact:
        """What a later run names as its input when it read this result."""
        return Artefact(kind="result", name=self.uid, sha256=self.sha256)


def save_result(project: Project, run: RunRecord, kind: str, content: Mapping[str, Any]) -> StoredResult:
    """Keep a result of a run that was started; the same again is kept once.

    Raises
    ------
    ValueError
        A number in it is not finite.
    """
    text = canonical_json(dict(content))
    digest = sha256_of_bytes(text.encode("utf-8", "surrogatepass"))
    uid = str(imported_uid(uuid.UUID(run.uid), "result", kind, digest))
    row = {"uid": uid, "kind": kind, "content": text, "sha256": digest, "created_utc": utc_now()}
    with project.transaction() as connection:
        run_id = run_id_of(connection, run.uid)
        found = _first(connection, _query().where(schema.result.c.uid == uid))
        if found is not None:
            return found
        connection.execute(insert(schema.result).values(**row, run_id=run_id))
        write_artefacts(
            connection, schema.run_output, run_id, [Artefact(kind="result", name=uid, sha256=digest)]
        )
    return StoredResult(**{**row, "content": json.loads(text)}, run_uid=run.uid)


def latest_result(project: Project, kind: str) -> StoredResult | None:
    """The newest result of a kind, ``None`` where there is none."""
    query = _query().where(schema.result.c.kind == kind).order_by(schema.result.c.id.desc())
    with project.read() as connection:
        return _first(connection, query.limit(1))


def result_by_uid(project: Project, uid: str) -> StoredResult:
    """One result.

    Raises
    ------
    ProjectError
        ``result.unknown``.
    """
    with project.read() as connection:
        found = _first(connection, _query().where(schema.result.c.uid == uid))
    if found is None:
        raise ProjectError("result.unknown", value=uid)
    return found


def all_results(project: Project, kind: str | None = None) -> tuple[StoredResult, ...]:
    """Results in the order they were made."""
    query = _query().order_by(schema.result.c.id)
    with project.read() as connection:
        rows = connection.execute(query if kind is None else query.where(schema.result.c.kind == kind))
        return tuple(_result(row) for row in rows)


def _query() -> Select[Any]:
    return select(schema.result, schema.run.c.uid.label("run_uid")).join_from(schema.result, schema.run)


def _first(connection: Connection, query: Select[Any]) -> StoredResult | None:
    row = connection.execute(query).first()
    return None if row is None else _result(row)


def _result(row: Any) -> StoredResult:
    return StoredResult(
        uid=row.uid,
        run_uid=row.run_uid,
        kind=row.kind,
        content=json.loads(row.content),
        sha256=row.sha256,
        created_utc=row.created_utc,
    )
