"""Photographs that were stored before their deployment was known: given it, and told what it was before."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, delete, select, update

from pardine.store import schema
from pardine.store.clock_records import read_clock_records, refresh_instants
from pardine.store.decisions import Draft, append_within
from pardine.store.media import deployment_ids
from pardine.store.project import Project

_AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class LooseFile:
    """A photograph or video of no deployment, or of one that only its path told of.

    Attributes
    ----------
    uid, folder, path
        Of the file.
    deployment
        Code of the deployment that was made of its path; empty where it has none.
    wall_clock
        As the camera showed it, ISO text; ``None`` where no source tells.
    """

    uid: str
    folder: str
    path: str
    deployment: str
    wall_clock: str | None


def loose_files(project: Project) -> tuple[LooseFile, ...]:
    """Files whose deployment no table has told of yet.

    Those of deployments without a start and an end, which paths made; deployments whose clock somebody
    has corrected are left as they are, for the correction speaks of them.
    """
    m, d, f = schema.media, schema.deployment, schema.media_folder
    corrected = [code for code, record in read_clock_records(project).items() if record.corrections]
    made = d.c.starts.is_(None) & d.c.ends.is_(None) & d.c.code.not_in(corrected)
    query = (
        select(m.c.uid, f.c.name, m.c.path, d.c.code, m.c.wall_clock)
        .select_from(m.join(f).outerjoin(d, m.c.deployment_id == d.c.id))
        .where(m.c.mtime_ns.is_not(None), m.c.deployment_id.is_(None) | made)
        .order_by(m.c.id)
    )
    with project.read() as connection:
        rows = connection.execute(query).all()
    return tuple(
        LooseFile(uid=uid, folder=folder, path=path, deployment=code or "", wall_clock=clock)
        for uid, folder, path, code, clock in rows
    )


def assign_deployments(
    project: Project, codes: Mapping[str, str], *, author: str | None = None
) -> dict[tuple[str, str], int]:
    """Give stored media their deployment, with the instants of its clock, and their sightings with them.

    Parameters
    ----------
    codes
        Deployment code by the uid of the file; a code must be stored already.

    Returns
    -------
    dict
        (former code, new code) to number of files; the former is empty where there was none. It stays
        readable in a decision.
    """
    m, s = schema.media, schema.sighting
    with project.transaction() as connection:
        ids = deployment_ids(connection)
        former = _deployments_of(connection, codes)
        names = {key: code for code, key in ids.items()}
        moved = {uid: code for uid, code in codes.items() if uid in former and former[uid][1] != ids[code]}
        if not moved:
            return {}
        rows = [{"_uid": uid, "_deployment": ids[code]} for uid, code in moved.items()]
        statement = update(m).where(m.c.uid == bindparam("_uid"))
        connection.execute(statement.values(deployment_id=bindparam("_deployment")), rows)
        of_sightings = [{"_media": former[uid][0], "_deployment": ids[code]} for uid, code in moved.items()]
        follow = update(s).where(s.c.media_id == bindparam("_media"))
        connection.execute(follow.values(deployment_id=bindparam("_deployment")), of_sightings)
        refresh_instants(connection, set(moved.values()))
        told: dict[tuple[str, str], int] = {}
        drafts = []
        for uid, code in moved.items():
            before = former[uid][1]
            was = "" if before is None else names[before]
            told[was, code] = told.get((was, code), 0) + 1
            if was:
                drafts.append(Draft(kind="replace.media", subject_uid=uid, before=was, after=code))
        append_within(connection, project, drafts, author=author)
    return told


def withdraw_empty(project: Project, codes: Collection[str], *, author: str | None = None) -> list[str]:
    """Take away deployments without media and sightings; each stays readable in a decision.

    Returns
    -------
    list
        Codes that were taken away.
    """
    d, m, s = schema.deployment, schema.media, schema.sighting
    used = select(m.c.deployment_id).where(m.c.deployment_id.is_not(None))
    spoken_of = select(s.c.deployment_id).where(s.c.deployment_id.is_not(None))
    empty = d.c.id.not_in(used) & d.c.id.not_in(spoken_of)
    with project.transaction() as connection:
        rows = connection.execute(select(d).where(d.c.code.in_(list(codes)), empty)).all()
        drafts = [
            Draft(
                kind="replace.deployment",
                subject_uid=row.uid,
                before={"code": row.code, "station": row.station, "slot": row.slot},
            )
            for row in rows
        ]
        connection.execute(delete(d).where(d.c.id.in_([row.id for row in rows])))
        append_within(connection, project, drafts, author=author)
    return [row.code for row in rows]


def _deployments_of(connection: Connection, uids: Collection[str]) -> dict[str, tuple[int, int | None]]:
    """Local keys of media and of their deployment, by uid."""
    table, wanted = schema.media, list(uids)
    found: dict[str, tuple[int, int | None]] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        query = select(table.c.uid, table.c.id, table.c.deployment_id)
        chosen = query.where(table.c.uid.in_(wanted[start : start + _AT_ONCE]))
        found.update((uid, (key, deployment)) for uid, key, deployment in connection.execute(chosen))
    return found
