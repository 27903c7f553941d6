"""Photographs and video into the project, in batches that are stored whole or not at all.

An ingest that was killed goes on where it was: `known_files` tells what is stored, and a batch that is
brought again adds nothing. Originals are never written; their bytes stay where they lie.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection, bindparam, delete, func, insert, select, tuple_, update

from pardine.base.errors import Notice, warning
from pardine.base.identifiers import imported_uid
from pardine.base.provenance import RunRecord, canonical_json
from pardine.exchange.photographs.scan import FileStamp
from pardine.store import schema
from pardine.store.blobs import add_blobs
from pardine.store.clock_records import (
    ACCEPTED,
    as_clocks,
    as_offsets,
    instants_of,
    read_clocks_within,
    refresh_instants,
)
from pardine.store.decisions import Draft, append_within
from pardine.store.keyed_rows import Row, read_rows, refuse_if_any
from pardine.store.media_rows import MediaBatch, file_row, imported_row, media_uid, plain_text
from pardine.store.project import Project
from pardine.store.run_rows import find_run_id, write_run

_AT_ONCE = 300


@dataclass(frozen=True, kw_only=True)
class MediaSummary:
    """What a batch brought.

    Attributes
    ----------
    n_added, n_already_there
        Photographs and videos.
    n_given_deployment
        Stored ones whose deployment became known, or another with ``replace``.
    n_refused
        Files set aside, those known from before included.
    notices
        Files that hold other bytes than when they were first brought.
    """

    n_added: int
    n_already_there: int
    n_given_deployment: int
    n_refused: int
    notices: tuple[Notice, ...] = ()


def save_media(
    project: Project,
    batch: MediaBatch,
    *,
    run: RunRecord,
    replace: bool = False,
    author: str | None = None,
) -> MediaSummary:
    """Store a batch in one transaction; what is stored already stays as it is.

    Parameters
    ----------
    run
        Written if it is not yet; ended by its owner, after the last batch.
    replace
        Whether stored media may change their deployment; the former one stays readable in a decision.

    Raises
    ------
    InputError
        ``media.refused`` with every ``media.unknown_deployment`` and ``media.other_deployment``;
        nothing of the batch was stored.
    """
    brought = _brought(project, batch)
    with project.transaction() as connection:
        wanted = _deployments_wanted(connection, batch)
        stored = read_rows(connection, schema.media, brought)
        new = {uid: row for uid, row in brought.items() if uid not in stored}
        moved = {
            uid: (stored[uid]["deployment_id"], row["deployment"])
            for uid, row in brought.items()
            if uid in stored
            and row["deployment"]
            and wanted[row["deployment"]] != stored[uid]["deployment_id"]
        }
        if not replace:
            _refuse_other_deployments(connection, brought, moved)
        run_id = find_run_id(connection, run.uid) or write_run(connection, run)
        folder_id = _folder_id(connection, project, batch)
        add_blobs(connection, ((n.file.sha256, n.file.n_bytes, None) for n in batch.media))
        changed = _changed_files(connection, folder_id, batch.folder, new)
        _insert_media(connection, new, wanted, {"folder_id": folder_id, "run_id": run_id})
        _move(connection, project, moved, wanted, author)
        _write_refused(connection, project, batch, folder_id, run_id)
        _write_copies(connection, batch, folder_id)
    return MediaSummary(
        n_added=len(new),
        n_already_there=len(brought) - len(new),
        n_given_deployment=len(moved),
        n_refused=len(batch.refused),
        notices=changed,
    )


def _brought(project: Project, batch: MediaBatch) -> dict[str, Row]:
    """Rows by uid, with the code of the deployment in place of its key."""
    rows = [{**file_row(new), "deployment": new.deployment} for new in batch.media]
    rows += [{**imported_row(media), "deployment": media.deployment} for media in batch.imported]
    return {
        media_uid(project.uid, batch.folder, row["path"], row["sha256"] or row["code"]): row for row in rows
    }


def _deployments_wanted(connection: Connection, batch: MediaBatch) -> dict[str, int]:
    """Local keys of the deployments that a batch names."""
    named = {new.deployment for new in batch.media} | {media.deployment for media in batch.imported}
    known = deployment_ids(connection)
    missing = sorted(code for code in named if code and code not in known)
    refuse_if_any([Notice("media.unknown_deployment", {"deployment": code}) for code in missing])
    return known


def deployment_ids(connection: Connection) -> dict[str, int]:
    """Local keys of all deployments by code."""
    table = schema.deployment
    return {code: key for code, key in connection.execute(select(table.c.code, table.c.id))}


def _refuse_other_deployments(
    connection: Connection, brought: Mapping[str, Row], moved: Mapping[str, tuple[int | None, str]]
) -> None:
    codes = {key: code for code, key in deployment_ids(connection).items()} if moved else {}
    problems = [
        Notice(
            "media.other_deployment",
            {"file": brought[uid]["path"], "value": code, "stored": codes[before]},
        )
        for uid, (before, code) in moved.items()
        if before is not None
    ]
    refuse_if_any(problems)


def _folder_id(connection: Connection, project: Project, batch: MediaBatch) -> int:
    """Local key of a folder, which is made where it is new and told its place where that changed."""
    table = schema.media_folder
    found = connection.execute(select(table).where(table.c.name == batch.folder)).first()
    if found is None:
        uid = str(imported_uid(project.uid, "media_folder", batch.folder))
        row = {"uid": uid, "name": batch.folder, "place": batch.place or batch.folder}
        key: int = connection.scalars(insert(table).returning(table.c.id), [row]).one()
        return key
    if batch.place and batch.place != found.place:
        connection.execute(update(table).where(table.c.id == found.id).values(place=batch.place))
    return int(found.id)


def _changed_files(
    connection: Connection, folder_id: int, folder: str, new: Mapping[str, Row]
) -> tuple[Notice, ...]:
    """Paths that are stored already, with other bytes."""
    table = schema.media
    paths = sorted({row["path"] for row in new.values() if row["sha256"] is not None})
    known: list[str] = []
    for start in range(0, len(paths), _AT_ONCE):
        query = select(table.c.path).where(
            table.c.folder_id == folder_id,
            table.c.path.in_(paths[start : start + _AT_ONCE]),
            table.c.sha256.is_not(None),
        )
        known += connection.scalars(query)
    return tuple(warning("media.file_changed", file=path, folder=folder) for path in sorted(set(known)))


def _insert_media(
    connection: Connection, new: Mapping[str, Row], wanted: Mapping[str, int], links: Row
) -> None:
    if not new:
        return
    instants = _instants(connection, list(new.values()))
    rows = []
    for (uid, row), instant in zip(new.items(), instants, strict=True):
        content = {name: value for name, value in row.items() if name != "deployment"}
        key = wanted[row["deployment"]] if row["deployment"] else None
        rows.append({"uid": uid, **content, **links, "deployment_id": key, "instant_utc": instant})
    connection.execute(insert(schema.media), rows)


def _instants(connection: Connection, rows: Sequence[Row]) -> list[str | None]:
    """Instants of new rows, each by the clock of its deployment."""
    codes = np.array([row["deployment"] for row in rows], dtype=object)
    clocks = as_clocks([row["wall_clock"] for row in rows])
    offsets = as_offsets([row["utc_offset_min"] for row in rows])
    accepted = np.array([row["agreement"] in ACCEPTED for row in rows], dtype=np.bool_)
    records = read_clocks_within(connection, set(codes) - {""})
    found: list[str | None] = [None] * len(rows)
    for code in sorted(set(codes)):
        own = np.flatnonzero(codes == code)
        instants = instants_of(clocks[own], accepted[own], offsets[own], records.get(code))
        for place, instant in zip(own.tolist(), instants, strict=True):
            found[place] = instant
    return found


def _move(
    connection: Connection,
    project: Project,
    moved: Mapping[str, tuple[int | None, str]],
    wanted: Mapping[str, int],
    author: str | None,
) -> None:
    """Give stored media their deployment, and the instants of its clock."""
    if not moved:
        return
    codes = {key: code for code, key in wanted.items()}
    table = schema.media
    rows = [{"_uid": uid, "_deployment": wanted[code]} for uid, (_, code) in moved.items()]
    statement = update(table).where(table.c.uid == bindparam("_uid"))
    connection.execute(statement.values(deployment_id=bindparam("_deployment")), rows)
    refresh_instants(connection, {code for _, code in moved.values()})
    drafts = [
        Draft(kind="replace.media", subject_uid=uid, before=codes[before], after=code)
        for uid, (before, code) in moved.items()
        if before is not None
    ]
    append_within(connection, project, drafts, author=author)


def _write_refused(
    connection: Connection, project: Project, batch: MediaBatch, folder_id: int, run_id: int
) -> None:
    """The latest reason of each file that was set aside; none for a file that could be read after all."""
    table = schema.refused_file
    refused = {plain_text(str(notice.fields.get("file", ""))): notice for notice in batch.refused}
    paths = [*refused, *(new.file.path for new in batch.media)]
    for start in range(0, len(paths), _AT_ONCE):
        chosen = table.c.path.in_(paths[start : start + _AT_ONCE])
        connection.execute(delete(table).where(table.c.folder_id == folder_id, chosen))
    rows = [
        {
            "uid": str(imported_uid(project.uid, "refused_file", batch.folder, path)),
            "folder_id": folder_id,
            "path": path,
            "severity": notice.severity,
            "reason": notice.code,
            "fields": _fields_json(notice),
            "run_id": run_id,
        }
        for path, notice in refused.items()
    ]
    if rows:
        connection.execute(insert(table), rows)


def _fields_json(notice: Notice) -> str:
    """Facts of a notice; what is no JSON value as its text."""
    plain = (str, int, float, bool, type(None))
    facts = {name: v if isinstance(v, plain) else str(v) for name, v in notice.fields.items()}
    return canonical_json(facts).encode("utf-8", "backslashreplace").decode("utf-8")


def _write_copies(connection: Connection, batch: MediaBatch, folder_id: int) -> None:
    keys = _newest_ids(connection, folder_id, {p for copy in batch.copies for p in (copy.path, copy.of)})
    pairs = {
        (keys[copy.path], keys[copy.of]): copy
        for copy in batch.copies
        if copy.path in keys and copy.of in keys
    }
    table = schema.media_copy
    known: set[tuple[int, int]] = set()
    for start in range(0, len(pairs), _AT_ONCE):
        chosen = tuple_(table.c.media_id, table.c.of_id).in_(list(pairs)[start : start + _AT_ONCE])
        query = select(table.c.media_id, table.c.of_id).where(chosen)
        known |= {(one, other) for one, other in connection.execute(query)}
    rows = [
        {"media_id": one, "of_id": other, "evidence": c.evidence, "difference_grey": float(c.difference_grey)}
        for (one, other), c in pairs.items()
        if (one, other) not in known
    ]
    if rows:
        connection.execute(insert(table), rows)


def _newest_ids(connection: Connection, folder_id: int, paths: Collection[str]) -> dict[str, int]:
    """Local key of the newest occurrence at each path."""
    table = schema.media
    wanted, found = sorted(paths), dict[str, int]()
    for start in range(0, len(wanted), _AT_ONCE):
        chosen = table.c.path.in_(wanted[start : start + _AT_ONCE])
        query = select(table.c.path, func.max(table.c.id)).where(table.c.folder_id == folder_id, chosen)
        found.update((path, key) for path, key in connection.execute(query.group_by(table.c.path)))
    return found


# --- what is stored --------------------------------------------------------------------------------


def known_files(project: Project, folder: str) -> dict[str, FileStamp]:
    """Size, time of the last change and hash of each stored file of a folder, by its path.

    What `scan_folder` takes as ``known``. Of a path whose bytes changed, the newest are told.
    """
    m, f, b = schema.media, schema.media_folder, schema.blob
    query = (
        select(m.c.path, b.c.n_bytes, m.c.mtime_ns, m.c.sha256)
        .select_from(m.join(f).join(b, m.c.sha256 == b.c.sha256))
        .where(f.c.name == folder, m.c.mtime_ns.is_not(None))
        .order_by(m.c.id)
    )
    with project.read() as connection:
        return {
            row.path: FileStamp(row.n_bytes, row.mtime_ns, row.sha256) for row in connection.execute(query)
        }


def read_refused(project: Project, folder: str | None = None) -> tuple[Notice, ...]:
    """Files that were set aside, by path, each with its reason."""
    r, f = schema.refused_file, schema.media_folder
    query = select(r.c.reason, r.c.fields, r.c.severity).join_from(r, f).order_by(f.c.name, r.c.path)
    if folder is not None:
        query = query.where(f.c.name == folder)
    with project.read() as connection:
        rows = connection.execute(query).all()
    return tuple(Notice(row.reason, json.loads(row.fields), row.severity) for row in rows)


@dataclass(frozen=True, kw_only=True)
class MediaCount:
    """Media of one deployment, in numbers.

    Attributes
    ----------
    n_media
        Photographs and videos.
    n_without_instant
        Those whose time is not known or waits for a person.
    first_utc, last_utc
        Earliest and latest instant as text, ``None`` where there is none.
    """

    n_media: int
    n_without_instant: int
    first_utc: str | None
    last_utc: str | None


def media_counts(project: Project) -> dict[str, MediaCount]:
    """Counts by deployment code, deployments without media among them.

    Media whose deployment is not known stand under the empty code, where there are any.
    """
    m, d = schema.media, schema.deployment
    instant = m.c.instant_utc
    numbers = (func.count(m.c.id), func.count(instant), func.min(instant), func.max(instant))
    told = select(d.c.code, *numbers).select_from(d.outerjoin(m)).group_by(d.c.code).order_by(d.c.code)
    untold = select(*numbers).where(m.c.deployment_id.is_(None))
    with project.read() as connection:
        rows = [*connection.execute(told).all(), ("", *connection.execute(untold).one())]
    return {
        code: MediaCount(n_media=n, n_without_instant=n - n_timed, first_utc=first, last_utc=last)
        for code, n, n_timed, first, last in rows
        if code or n
    }


def find_same_bytes(project: Project, *, across_deployments: bool = False) -> tuple[tuple[str, ...], ...]:
    """Groups of media uids of the same bytes.

    Parameters
    ----------
    across_deployments
        Only groups that stand in two deployments or more.
    """
    m = schema.media
    kinds = func.count(m.c.deployment_id.distinct()) if across_deployments else func.count()
    doubled = select(m.c.sha256).where(m.c.sha256.is_not(None)).group_by(m.c.sha256).having(kinds > 1)
    query = select(m.c.sha256, m.c.uid).where(m.c.sha256.in_(doubled)).order_by(m.c.sha256, m.c.id)
    groups: dict[str, list[str]] = {}
    with project.read() as connection:
        for digest, uid in connection.execute(query):
            groups.setdefault(digest, []).append(uid)
    return tuple(tuple(group) for group in groups.values())


def read_copies(project: Project) -> tuple[tuple[str, str, str, float], ...]:
    """Pairs of media of one picture: (uid of the copy, uid of the original, evidence, difference)."""
    c, one, other = schema.media_copy, schema.media.alias("one"), schema.media.alias("other")
    joined = c.join(one, c.c.media_id == one.c.id).join(other, c.c.of_id == other.c.id)
    columns = (one.c.uid, other.c.uid, c.c.evidence, c.c.difference_grey)
    with project.read() as connection:
        rows = connection.execute(select(*columns).select_from(joined).order_by(c.c.id)).all()
    return tuple((row[0], row[1], row[2], row[3]) for row in rows)
