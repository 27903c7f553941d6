"""Runs: what was done, with which choices and version, from which inputs to which outputs."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from pardine import __version__
from pardine.base.identifiers import new_uid
from pardine.base.provenance import Artefact, RunRecord, RunStatus, source_hash
from pardine.store import schema
from pardine.store.clock import utc_now
from pardine.store.processes import is_alive
from pardine.store.project import Project
from pardine.store.results import latest_result, result_by_uid
from pardine.store.run_rows import end_run_within, read_runs_where, run_id_of, write_run
from pardine.store.survey import SURVEY, survey_hash

RESULT = "result"


def new_run(
    workflow: str,
    parameters: Mapping[str, Any],
    *,
    seed: int | None = None,
    inputs: Sequence[Artefact] = (),
) -> RunRecord:
    """Record of a run that begins now; nothing is written."""
    return RunRecord(
        uid=str(new_uid()),
        workflow=workflow,
        parameters=dict(parameters),
        seed=seed,
        version=__version__,
        source_sha256=source_hash(),
        status="running",
        started_utc=utc_now(),
        inputs=tuple(inputs),
    )


def start_run(
    project: Project,
    workflow: str,
    parameters: Mapping[str, Any],
    *,
    seed: int | None = None,
    inputs: Sequence[Artefact] = (),
) -> RunRecord:
    """Write a run that begins now.

    It stays ``running`` until `finish_run` or `fail_run`; `abandoned_runs` recognises one whose
    process was killed.
    """
    run = new_run(workflow, parameters, seed=seed, inputs=inputs)
    with project.transaction() as connection:
        write_run(connection, run)
    return run


def finish_run(project: Project, run: RunRecord, *, outputs: Sequence[Artefact] = ()) -> RunRecord:
    """Mark a run as done and write what it made."""
    return _end_run(project, run, "done", outputs)


def fail_run(project: Project, run: RunRecord) -> RunRecord:
    """Mark a run as failed."""
    return _end_run(project, run, "failed", ())


def _end_run(project: Project, run: RunRecord, status: RunStatus, outputs: Sequence[Artefact]) -> RunRecord:
    with project.transaction() as connection:
        return end_run_within(connection, run, status, outputs)


def read_run(project: Project, uid: str) -> RunRecord:
    """One run.

    Raises
    ------
    ProjectError
        ``run.unknown``.
    """
    with project.read() as connection:
        run_id_of(connection, uid)
        return read_runs_where(connection, schema.run.c.uid == uid)[0]


def all_runs(project: Project, *, workflow: str | None = None) -> tuple[RunRecord, ...]:
    """Runs in the order they started."""
    condition = None if workflow is None else schema.run.c.workflow == workflow
    with project.read() as connection:
        return read_runs_where(connection, condition)


def abandoned_runs(project: Project) -> tuple[RunRecord, ...]:
    """Runs left ``running`` by a process of this machine that is no more."""
    table = schema.run
    condition = (table.c.status == "running") & (table.c.host == platform.node())
    with project.read() as connection:
        pids = connection.execute(select(table.c.uid, table.c.pid).where(condition)).all()
        gone = [uid for uid, pid in pids if not is_alive(pid)]
        return read_runs_where(connection, table.c.uid.in_(gone)) if gone else ()


def out_of_date(project: Project, run: RunRecord) -> tuple[Artefact, ...]:
    """Inputs of a run that are no longer what it read; empty where its results still hold.

    Surveys are compared by the hash of what an estimate reads; results by whether a newer one of the
    kind was made, or their own run is out of date. Other inputs (tables, files) are kept by their
    hash and cannot change.
    """
    return tuple(a for a in run.inputs if _has_changed(project, a))


def _has_changed(project: Project, artefact: Artefact) -> bool:
    if artefact.kind == SURVEY:
        return survey_hash(project, json.loads(artefact.name)) != artefact.sha256
    if artefact.kind == RESULT:
        read = result_by_uid(project, artefact.name)
        newest = latest_result(project, read.kind)
        is_newest = newest is not None and newest.uid == read.uid
        return not is_newest or bool(out_of_date(project, read_run(project, read.run_uid)))
    return False
