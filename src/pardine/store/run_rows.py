"""Runs as rows, within a transaction that is already open."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Table, insert, select, update

from pardine.base.errors import ProjectError
from pardine.base.provenance import Artefact, RunRecord, RunStatus, canonical_json
from pardine.store import schema
from pardine.store.clock import utc_now
from pardine.store.decisions import read_heads

# Kind of an input that names the end of a chain of decisions, so that a later cut is found.
DECISIONS = "decisions"


def write_run(connection: Connection, run: RunRecord) -> int:
    """Write a run with its inputs within a transaction; return its local key."""
    table = schema.run
    row = {
        "uid": run.uid,
        "workflow": run.workflow,
        "parameters": canonical_json(dict(run.parameters)),
        "seed": None if run.seed is None else str(run.seed),
        "version": run.version,
        "source_sha256": run.source_sha256,
        "status": run.status,
        "started_utc": run.started_utc,
        "finished_utc": run.finished_utc,
        "host": platform.node(),
        "pid": os.getpid(),
    }
    run_id: int = connection.scalars(insert(table).returning(table.c.id), [row]).one()
    # The ends of the decision chains as this run saw them: a second witness against a later cut.
    ends = (
        Artefact(kind=DECISIONS, name=f"{origin}:{seq}", sha256=digest)
        for origin, (seq, digest) in sorted(read_heads(connection).items())
        if seq
    )
    write_artefacts(connection, schema.run_input, run_id, [*run.inputs, *ends])
    write_artefacts(connection, schema.run_output, run_id, run.outputs)
    return run_id


def write_artefacts(connection: Connection, table: Table, run_id: int, artefacts: Iterable[Artefact]) -> None:
    """Write what a run read or made."""
    rows = [{"run_id": run_id, "kind": a.kind, "name": a.name, "sha256": a.sha256} for a in artefacts]
    if rows:
        connection.execute(insert(table), rows)


def add_inputs_within(connection: Connection, run: RunRecord, inputs: Iterable[Artefact]) -> None:
    """Write what else a run read, once it is known."""
    write_artefacts(connection, schema.run_input, run_id_of(connection, run.uid), inputs)


def end_run_within(
    connection: Connection, run: RunRecord, status: RunStatus, outputs: Iterable[Artefact] = ()
) -> RunRecord:
    """Mark a run as ended within a transaction."""
    table = schema.run
    finished = utc_now()
    outputs = tuple(outputs)
    write_artefacts(connection, schema.run_output, run_id_of(connection, run.uid), outputs)
    values = {"status": status, "finished_utc": finished}
    connection.execute(update(table).where(table.c.uid == run.uid).values(**values))
    return replace(run, status=status, finished_utc=finished, outputs=run.outputs + outputs)


def run_id_of(connection: Connection, uid: str) -> int:
    """Local key of a run.

    Raises
    ------
    ProjectError
        ``run.unknown``.
    """
    found = find_run_id(connection, uid)
    if found is None:
        raise ProjectError("run.unknown", value=uid)
    return found


def find_run_id(connection: Connection, uid: str) -> int | None:
    """Local key of a run, ``None`` where it was not written."""
    return connection.scalar(select(schema.run.c.id).where(schema.run.c.uid == uid))


def read_runs_where(connection: Connection, condition: Any) -> tuple[RunRecord, ...]:
    """Runs that meet a condition, or all, in the order they started."""
    query = select(schema.run).order_by(schema.run.c.id)
    rows = connection.execute(query if condition is None else query.where(condition)).all()
    return tuple(_run_record(connection, row) for row in rows)


def _run_record(connection: Connection, row: Any) -> RunRecord:
    inputs = _read_artefacts(connection, schema.run_input, row.id)
    return RunRecord(
        uid=row.uid,
        workflow=row.workflow,
        parameters=json.loads(row.parameters),
        seed=None if row.seed is None else int(row.seed),
        version=row.version,
        source_sha256=row.source_sha256,
        status=row.status,
        started_utc=row.started_utc,
        finished_utc=row.finished_utc,
        inputs=tuple(a for a in inputs if a.kind != DECISIONS),
        outputs=_read_artefacts(connection, schema.run_output, row.id),
    )


def _read_artefacts(connection: Connection, table: Table, run_id: int) -> tuple[Artefact, ...]:
    rows = connection.execute(select(table).where(table.c.run_id == run_id).order_by(table.c.id))
    return tuple(Artefact(kind=r.kind, name=r.name, sha256=r.sha256) for r in rows)


def witnessed_decisions(connection: Connection) -> list[tuple[str, int, str]]:
    """Ends of decision chains that runs saw: (origin, seq, hash)."""
    table = schema.run_input
    rows = connection.execute(select(table.c.name, table.c.sha256).where(table.c.kind == DECISIONS))
    parted = ((name.rpartition(":"), digest) for name, digest in rows)
    return [(origin, int(seq), digest) for (origin, _, seq), digest in parted]
