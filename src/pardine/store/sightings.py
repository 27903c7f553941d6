"""Sightings into the project and out again: statements that stay who said them, never facts."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Select, delete, func, select

from pardine.base.errors import Notice
from pardine.base.identifiers import imported_uid
from pardine.base.provenance import RunRecord, canonical_json
from pardine.observe.sighting import BoundingBox, Sighting, source_of
from pardine.store import schema
from pardine.store.decisions import Draft, append_within
from pardine.store.keyed_rows import (
    Row,
    StoreSummary,
    plan_rows,
    read_rows,
    refuse_if_any,
    write_rows,
)
from pardine.store.media import deployment_ids
from pardine.store.media_rows import plain_text
from pardine.store.project import Project
from pardine.store.run_rows import find_run_id, write_run

_AT_ONCE = 300
_MOMENTS = ("starts", "ends", "said_at")
# What a tag or a folder's name can say.
_SAID = ("code", "kind", "species", "count", "sex", "age_class", "individual", "attributes")


def save_sightings(
    project: Project,
    sightings: Sequence[Sighting],
    *,
    folder: str,
    run: RunRecord,
    replace: bool = False,
    whole: Collection[str] = (),
    author: str | None = None,
) -> StoreSummary:
    """Store sightings of one source in one transaction; one is known by folder and code.

    Parameters
    ----------
    folder
        The folder or package that they came with, whose media they speak of; it is stored already.
    run, replace, author
        As of `save_deployments`.
    whole
        Paths of photographs whose tags and paths have been read anew: what they said before and do not
        say any more is withdrawn; it stays readable in a decision.

    Raises
    ------
    InputError
        ``media.refused`` with every ``media.unknown_folder``, ``media.unknown_deployment``,
        ``media.unknown_media``, ``media.doubled``, ``media.conflict``; nothing was changed.
    """
    with project.transaction() as connection:
        folder_id = _folder_id(connection, folder)
        deployments = deployment_ids(connection)
        media = _media_ids(connection, folder_id, {s.media for s in sightings if s.media})
        problems = _unknown(sightings, deployments, media)
        rows: dict[str, Row] = {}
        for sighting in sightings:
            uid = str(imported_uid(project.uid, "sighting", folder, sighting.code))
            row = _row(sighting, deployments, media)
            if rows.setdefault(uid, row) != row:
                problems.append(Notice("media.doubled", {"kind": "sighting", "code": sighting.code}))
        refuse_if_any(problems)
        drafts = _withdraw(connection, folder_id, whole, rows)
        stored = read_rows(connection, schema.sighting, rows)
        names = _names(connection, stored, rows) if stored else {}
        plan = plan_rows(stored, rows, "sighting", names, replace=replace)
        refuse_if_any(plan.problems)
        run_id = find_run_id(connection, run.uid) or write_run(connection, run)
        for row in (*plan.new.values(), *plan.changed.values()):
            row.update(run_id=run_id, source_id=None, folder_id=folder_id)
        write_rows(connection, schema.sighting, plan)
        append_within(connection, project, [*drafts, *plan.drafts], author=author)
    return plan.summary


def _withdraw(
    connection: Connection, folder_id: int, whole: Collection[str], brought: Mapping[str, Row]
) -> list[Draft]:
    """Delete what tags and paths of some files do not say any more."""
    s, m = schema.sighting, schema.media
    wanted = sorted(map(plain_text, whole))
    gone: dict[str, Row] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        chosen = m.c.path.in_(wanted[start : start + _AT_ONCE])
        of_files = select(m.c.id).where(m.c.folder_id == folder_id, chosen)
        stored = connection.execute(select(s).where(s.c.media_id.in_(of_files))).mappings()
        for row in map(dict, stored):
            if source_of(row["code"]) and _says_less(row, brought.get(row["uid"])):
                gone[row["uid"]] = row
    uids = list(gone)
    for start in range(0, len(uids), _AT_ONCE):
        connection.execute(delete(s).where(s.c.uid.in_(uids[start : start + _AT_ONCE])))
    return [
        Draft(kind="withdraw.sighting", subject_uid=uid, before={name: row[name] for name in _SAID})
        for uid, row in gone.items()
    ]


def _says_less(stored: Mapping[str, Any], brought: Row | None) -> bool:
    """Whether a statement is not made any more, or without something that it said."""
    return brought is None or any(stored[name] and not brought[name] for name in _SAID)


def read_sightings(
    project: Project, *, media: Collection[str] | None = None, deployment: str | None = None
) -> tuple[Sighting, ...]:
    """Stored sightings, in the order they were brought.

    Parameters
    ----------
    media
        Uids of media: only sightings of these.
    deployment
        Code: only sightings of it.
    """
    s, m, d = schema.sighting, schema.media, schema.deployment
    # Of some media: the database begins with these, and never looks through all sightings.
    joined = s.join(m, s.c.media_id == m.c.id, isouter=media is None)
    joined = joined.outerjoin(d, s.c.deployment_id == d.c.id)
    query = select(s, m.c.code.label("media"), d.c.code.label("deployment")).select_from(joined)
    if deployment is not None:
        query = query.where(d.c.code == deployment)
    with project.read() as connection:
        if media is None:
            rows = connection.execute(query.order_by(s.c.id)).all()
        else:
            rows = _of_media(connection, query, sorted(media))
    return tuple(_sighting(row) for row in rows)


def _of_media(connection: Connection, query: Select[Any], uids: Sequence[str]) -> list[Any]:
    rows: list[Any] = []
    for start in range(0, len(uids), _AT_ONCE):
        rows += connection.execute(query.where(schema.media.c.uid.in_(uids[start : start + _AT_ONCE])))
    return sorted(rows, key=lambda row: int(row.id))


# --- what they speak of ----------------------------------------------------------------------------


def _folder_id(connection: Connection, folder: str) -> int:
    table = schema.media_folder
    key = connection.scalar(select(table.c.id).where(table.c.name == folder))
    if key is None:
        refuse_if_any([Notice("media.unknown_folder", {"folder": folder})])
    return int(key or 0)


def _media_ids(connection: Connection, folder_id: int, codes: Collection[str]) -> dict[str, int]:
    """Local key of the newest occurrence of each file, by its code; for a file that was read, its path."""
    m = schema.media
    path_of = {plain_text(code): code for code in codes}
    found: dict[str, int] = {}
    wanted = sorted(path_of)
    for column in (m.c.path, m.c.code):
        for start in range(0, len(wanted), _AT_ONCE):
            chosen = column.in_(wanted[start : start + _AT_ONCE])
            query = select(column, func.max(m.c.id)).where(m.c.folder_id == folder_id, chosen)
            found.update((path_of[name], key) for name, key in connection.execute(query.group_by(column)))
    return found


def _unknown(
    sightings: Sequence[Sighting], deployments: Mapping[str, int], media: Mapping[str, int]
) -> list[Notice]:
    codes = sorted({s.deployment for s in sightings if s.deployment and s.deployment not in deployments})
    lost = sorted({s.media for s in sightings if s.media and s.media not in media})
    return [Notice("media.unknown_deployment", {"deployment": code}) for code in codes] + [
        Notice("media.unknown_media", {"value": code}) for code in lost
    ]


def _names(
    connection: Connection, stored: Mapping[str, Row], rows: Mapping[str, Row]
) -> dict[str, dict[int, str]]:
    """Uids of what stored and brought sightings speak of, for the decisions that keep former words."""
    m, d = schema.media, schema.deployment
    keys = {row["media_id"] for row in (*stored.values(), *(rows[uid] for uid in stored))}
    wanted = sorted(key for key in keys if key is not None)
    uids: dict[int, str] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        query = select(m.c.id, m.c.uid).where(m.c.id.in_(wanted[start : start + _AT_ONCE]))
        uids.update((key, uid) for key, uid in connection.execute(query))
    places = {key: uid for key, uid in connection.execute(select(d.c.id, d.c.uid))}
    return {"media_id": uids, "deployment_id": places}


# --- rows ------------------------------------------------------------------------------------------


def _row(sighting: Sighting, deployments: Mapping[str, int], media: Mapping[str, int]) -> Row:
    box = sighting.box
    return {
        "code": sighting.code,
        "deployment_id": deployments.get(sighting.deployment),
        "media_id": media.get(sighting.media),
        "event": sighting.event,
        "starts": _iso(sighting.starts),
        "ends": _iso(sighting.ends),
        "utc_offset_min": sighting.utc_offset_min,
        "kind": sighting.kind,
        "species": sighting.species,
        "count": sighting.count,
        "sex": sighting.sex,
        "age_class": sighting.age_class,
        "individual": sighting.individual,
        "box": None if box is None else canonical_json(dataclasses.asdict(box)),
        "method": sighting.method,
        "said_by": sighting.by,
        "said_at": _iso(sighting.at),
        "probability": sighting.probability,
        "attributes": canonical_json(dict(sighting.attributes)),
    }


def _sighting(row: Any) -> Sighting:
    moments = {name: _moment(getattr(row, name)) for name in _MOMENTS}
    return Sighting(
        code=row.code,
        deployment=row.deployment or "",
        media=row.media or "",
        event=row.event,
        starts=moments["starts"],
        ends=moments["ends"],
        utc_offset_min=row.utc_offset_min,
        kind=row.kind,
        species=row.species,
        count=row.count,
        sex=row.sex,
        age_class=row.age_class,
        individual=row.individual,
        box=None if row.box is None else BoundingBox(**json.loads(row.box)),
        method=row.method,
        by=row.said_by,
        at=moments["said_at"],
        probability=row.probability,
        attributes=json.loads(row.attributes),
    )


def _iso(moment: dt.datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _moment(text: str | None) -> dt.datetime | None:
    return None if text is None else dt.datetime.fromisoformat(text)
