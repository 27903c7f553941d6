"""Deployments and check sheets into the project and out again."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from pardine.base.errors import Notice
from pardine.base.identifiers import imported_uid
from pardine.base.provenance import RunRecord, canonical_json
from pardine.exchange.source import SourceTable
from pardine.observe.check_sheet import CameraVisit
from pardine.observe.deployment import Deployment
from pardine.store import schema
from pardine.store.clock_records import refresh_instants
from pardine.store.decisions import append_within
from pardine.store.keyed_rows import (
    Row,
    RowPlan,
    StoreSummary,
    plan_rows,
    read_rows,
    refuse_if_any,
    source_ids,
    write_rows,
)
from pardine.store.project import Project
from pardine.store.run_rows import find_run_id, write_run
from pardine.store.source_tables import save_sources


def save_deployments(
    project: Project,
    deployments: Sequence[Deployment],
    *,
    run: RunRecord,
    replace: bool = False,
    author: str | None = None,
) -> StoreSummary:
    """Store deployments; what one leaves open a later table may fill.

    Where the offset of a clock becomes known or changes, the instants of its media follow in the same
    transaction.

    Parameters
    ----------
    run
        Written if it is not yet; ended by its owner.
    replace
        Whether a brought deployment takes the place of a stored one that differs; the former stays
        readable in a decision.

    Raises
    ------
    InputError
        ``media.refused`` with every ``media.conflict`` and ``media.doubled``; nothing was changed.
    """
    rows, problems = _by_uid(project, "deployment", [((d.code,), _deployment_row(d)) for d in deployments])
    with project.transaction() as connection:
        stored = read_rows(connection, schema.deployment, rows)
        plan = plan_rows(stored, rows, "deployment", {}, replace=replace)
        refuse_if_any(problems + plan.problems)
        run_id = find_run_id(connection, run.uid) or write_run(connection, run)
        _link(plan, {"run_id": run_id, "source_id": None})
        write_rows(connection, schema.deployment, plan)
        append_within(connection, project, plan.drafts, author=author)
        refresh_instants(connection, {row["code"] for row in plan.changed.values()})
    return plan.summary


def read_deployments(project: Project) -> tuple[Deployment, ...]:
    """All deployments, in the order they were brought."""
    table = schema.deployment
    with project.read() as connection:
        rows = connection.execute(select(table).order_by(table.c.id)).all()
    return tuple(_deployment(row) for row in rows)


def save_visits(
    project: Project,
    visits: Sequence[CameraVisit],
    sources: Sequence[SourceTable] = (),
    *,
    run: RunRecord,
    replace: bool = False,
    author: str | None = None,
) -> StoreSummary:
    """Store the rows of check sheets and the tables that they stand in, byte for byte.

    A visit is known by session, station, slot and arrival; otherwise as `save_deployments`.
    """
    keyed = [((v.session, v.station, v.slot, v.arrives.isoformat()), _visit_row(v)) for v in visits]
    rows, problems = _by_uid(project, "camera_visit", keyed)
    with project.transaction() as connection:
        stored = read_rows(connection, schema.camera_visit, rows)
        plan = plan_rows(stored, rows, "camera_visit", {}, replace=replace)
        refuse_if_any(problems + plan.problems)
        run_id = find_run_id(connection, run.uid) or write_run(connection, run)
        save_sources(connection, project, sources, run_id)
        tables = source_ids(connection)
        for row in (*plan.new.values(), *plan.changed.values()):
            row.update(run_id=run_id, source_id=tables.get(row.pop("table")))
        write_rows(connection, schema.camera_visit, plan)
        append_within(connection, project, plan.drafts, author=author)
    return plan.summary


def read_visits(project: Project) -> tuple[CameraVisit, ...]:
    """All visits, in the order they were brought."""
    v, t = schema.camera_visit, schema.source_table
    query = select(v, t.c.sha256.label("source_sha256")).outerjoin(t, v.c.source_id == t.c.id)
    with project.read() as connection:
        rows = connection.execute(query.order_by(v.c.id)).all()
    return tuple(_visit(row) for row in rows)


# --- rows ------------------------------------------------------------------------------------------


def _by_uid(
    project: Project, kind: Any, keyed: Sequence[tuple[tuple[str, ...], Row]]
) -> tuple[dict[str, Row], list[Notice]]:
    """Rows by uid, and those whose natural key stands twice with different words."""
    rows: dict[str, Row] = {}
    problems: list[Notice] = []
    for key, row in keyed:
        uid = str(imported_uid(project.uid, kind, *key))
        if uid in rows and {**rows[uid], "row": None} != {**row, "row": None}:
            problems.append(Notice("media.doubled", {"kind": kind, "code": " ".join(filter(None, key))}))
        rows.setdefault(uid, row)
    return rows, problems


def _link(plan: RowPlan, links: Mapping[str, Any]) -> None:
    for row in (*plan.new.values(), *plan.changed.values()):
        row.update(links)


def _deployment_row(deployment: Deployment) -> Row:
    return {
        "code": deployment.code,
        "station": deployment.station,
        "slot": deployment.slot,
        "x": None if math.isnan(deployment.x) else float(deployment.x),
        "y": None if math.isnan(deployment.y) else float(deployment.y),
        "crs": deployment.crs,
        "starts": _iso(deployment.starts),
        "ends": _iso(deployment.ends),
        "utc_offset_min": deployment.utc_offset_min,
        "camera_serial": deployment.camera_serial,
        "camera_model": deployment.camera_model,
        "covariates": canonical_json(dict(deployment.covariates)),
    }


def _deployment(row: Any) -> Deployment:
    return Deployment(
        code=row.code,
        station=row.station,
        slot=row.slot,
        x=math.nan if row.x is None else row.x,
        y=math.nan if row.y is None else row.y,
        crs=row.crs,
        starts=_moment(row.starts),
        ends=_moment(row.ends),
        utc_offset_min=row.utc_offset_min,
        camera_serial=row.camera_serial,
        camera_model=row.camera_model,
        covariates=json.loads(row.covariates),
    )


def _visit_row(visit: CameraVisit) -> Row:
    return {
        "session": visit.session,
        "station": visit.station,
        "slot": visit.slot,
        "arrives": visit.arrives.isoformat(),
        "leaves": visit.leaves.isoformat(),
        "found": visit.found,
        "stopped": _iso(visit.stopped),
        "card_out": visit.card_out,
        "card_in": visit.card_in,
        "serial": visit.serial,
        "leaves_camera": int(visit.leaves_camera),
        "covariates": canonical_json(dict(visit.covariates)),
        "row": visit.row,
        "table": visit.table,
    }


def _visit(row: Any) -> CameraVisit:
    return CameraVisit(
        session=row.session,
        station=row.station,
        slot=row.slot,
        arrives=dt.datetime.fromisoformat(row.arrives),
        leaves=dt.datetime.fromisoformat(row.leaves),
        found=row.found,
        stopped=_moment(row.stopped),
        card_out=row.card_out,
        card_in=row.card_in,
        serial=row.serial,
        leaves_camera=bool(row.leaves_camera),
        row=row.row,
        table=row.source_sha256,
        covariates=json.loads(row.covariates),
    )


def _iso(moment: dt.datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _moment(text: str | None) -> dt.datetime | None:
    return None if text is None else dt.datetime.fromisoformat(text)
