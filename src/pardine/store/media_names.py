"""Photographs by what a person calls them, and by the files they lie in."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select

from pardine.base.errors import InputError
from pardine.store import schema
from pardine.store.project import Project


class NamedMedia(NamedTuple):
    """A photograph or video: its uid, path below its folder, hash, and what its camera showed."""

    uid: str
    path: str
    sha256: str
    wall_clock: dt.datetime | None


def find_media_by_name(project: Project, deployment: str, name: str) -> tuple[NamedMedia, ...]:
    """Media of one deployment that go by a name, in the order of their paths.

    Parameters
    ----------
    deployment
        Its code.
    name
        Code, path below the folder that was added, the end of such a path, or where the file lies; both
        kinds of slashes part folders.
    """
    m, d, f = schema.media, schema.deployment, schema.media_folder
    joined = m.join(d, m.c.deployment_id == d.c.id).join(f, m.c.folder_id == f.c.id)
    columns = (m.c.uid, m.c.path, m.c.sha256, m.c.wall_clock, m.c.code, f.c.place)
    query = select(*columns).select_from(joined).where(d.c.code == deployment).order_by(m.c.path, m.c.id)
    wanted = _plain(name)
    with project.read() as connection:
        rows = connection.execute(query).all()
    found = [row for row in rows if _goes_by(wanted, row.path, row.code, row.place)]
    exact = [row for row in found if wanted in (_plain(row.path), _plain(row.code))]
    return tuple(
        NamedMedia(
            row.uid,
            row.path,
            row.sha256 or "",
            None if row.wall_clock is None else dt.datetime.fromisoformat(row.wall_clock),
        )
        for row in exact or found
    )


class PictureFile(NamedTuple):
    """A photograph of a deployment, by its file."""

    deployment: str
    sha256: str
    file: Path


def read_picture_files(project: Project, deployment: str | None = None) -> tuple[PictureFile, ...]:
    """Photographs that were read from files, by deployment, in the order of their paths.

    Parameters
    ----------
    deployment
        Code; ``None``: all deployments.

    Raises
    ------
    InputError
        ``media.unknown_deployment``.
    """
    m, d, f = schema.media, schema.deployment, schema.media_folder
    joined = m.join(d, m.c.deployment_id == d.c.id).join(f, m.c.folder_id == f.c.id)
    query = select(d.c.code, m.c.sha256, f.c.place, m.c.path).select_from(joined)
    query = query.where(m.c.kind == "image", m.c.sha256.is_not(None), m.c.mtime_ns.is_not(None))
    with project.read() as connection:
        if deployment is not None:
            if connection.scalar(select(d.c.id).where(d.c.code == deployment)) is None:
                raise InputError("media.unknown_deployment", deployment=deployment)
            query = query.where(d.c.code == deployment)
        rows = connection.execute(query.order_by(d.c.code, m.c.path, m.c.id)).all()
    return tuple(PictureFile(code, sha256, Path(place, path)) for code, sha256, place, path in rows)


def _goes_by(wanted: str, path: str, code: str, place: str) -> bool:
    whole = f"{_plain(place)}/{_plain(path)}"
    return wanted in (_plain(code), whole) or whole.endswith(f"/{wanted}")


def _plain(name: str) -> str:
    return name.replace("\\", "/").strip().rstrip("/")
