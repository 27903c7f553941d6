"""Photographs of a species, with what was said of each animal on them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sqlalchemy import func, select

from pardine.observe.clock import ClockRecord
from pardine.observe.detections import NamedSighting
from pardine.observe.sighting import BoundingBox, Method
from pardine.store import schema
from pardine.store.clock_records import ACCEPTED
from pardine.store.named_sightings import local_times
from pardine.store.project import Project

SIDE = "side"
"""Attribute of a sighting that tells the side of the animal."""


@dataclass(frozen=True, kw_only=True)
class SpeciesSighting:
    """One sighting of an animal on one photograph.

    Attributes
    ----------
    media, sha256, file, folder, path
        Photograph; the place where it was read; name of the folder that was added, and the path below it.
    deployment, station
        Codes; empty where not known.
    at
        Corrected time in UTC, else as the camera showed it; ``None`` where not known.
    infrared
        By the camera.
    count, side, individual, box, method, by
        As the sighting says.
    """

    media: str
    sha256: str
    file: Path
    folder: str
    path: str
    deployment: str
    station: str
    at: dt.datetime | None
    infrared: bool | None
    count: int | None
    side: str
    individual: str
    box: BoundingBox | None
    method: Method | None
    by: str


def read_species_sightings(project: Project, species: str, *, but_by: str = "") -> list[SpeciesSighting]:
    """Sightings of a species on photographs that were read, by folder and path.

    Parameters
    ----------
    but_by
        Leave out what this voice said (the groups of an earlier run).
    """
    s, m, d, f = schema.sighting, schema.media, schema.deployment, schema.media_folder
    columns = (
        m.c.uid, m.c.sha256, m.c.path, m.c.wall_clock, m.c.agreement, m.c.instant_utc, m.c.infrared,
        f.c.place, f.c.name.label("folder"), d.c.code.label("deployment"), d.c.station,
        s.c.count.label("n_animals"), s.c.individual,
        s.c.box, s.c.method, s.c.said_by, s.c.attributes,
    )  # fmt: skip
    joined = s.join(m, s.c.media_id == m.c.id).join(f, m.c.folder_id == f.c.id)
    joined = joined.outerjoin(d, d.c.id == func.coalesce(m.c.deployment_id, s.c.deployment_id))
    query = select(*columns).select_from(joined).where(s.c.kind == "animal", m.c.sha256.is_not(None))
    query = query.where(func.lower(s.c.species) == species.lower(), m.c.mtime_ns.is_not(None))
    with project.read() as connection:
        rows = connection.execute(query.order_by(f.c.name, m.c.path, s.c.id)).all()
    return [
        SpeciesSighting(
            media=row.uid,
            sha256=row.sha256,
            file=Path(row.place, row.path),
            folder=row.folder,
            path=row.path,
            deployment=row.deployment or "",
            station=row.station or "",
            at=_moment(row.instant_utc, row.wall_clock if row.agreement in ACCEPTED else None),
            infrared=None if row.infrared is None else bool(row.infrared),
            count=row.n_animals,
            side=str(json.loads(row.attributes).get(SIDE, "")),
            individual=row.individual,
            box=None if row.box is None else BoundingBox(**json.loads(row.box)),
            method=row.method,
            by=row.said_by,
        )
        for row in rows
        if not but_by or row.said_by != but_by
    ]


def read_other_files(project: Project, deployment: str, without: Collection[str], limit: int) -> list[Path]:
    """A few photographs of a deployment that are not among some hashes: they show its scene."""
    m, d, f = schema.media, schema.deployment, schema.media_folder
    joined = m.join(d, m.c.deployment_id == d.c.id).join(f, m.c.folder_id == f.c.id)
    query = select(f.c.place, m.c.path, m.c.sha256).select_from(joined)
    query = query.where(d.c.code == deployment, m.c.kind == "image", m.c.mtime_ns.is_not(None))
    with project.read() as connection:
        rows = connection.execute(query.order_by(m.c.path)).all()
    left = [Path(place, path) for place, path, sha256 in rows if sha256 not in without]
    return left[:: max(len(left) // max(limit, 1), 1)][:limit]


def media_by_tail(project: Project) -> dict[str, list[tuple[str, str, str]]]:
    """Folder, path and deployment of every file by its name, to find what a table means."""
    m, f, d = schema.media, schema.media_folder, schema.deployment
    joined = m.join(f, m.c.folder_id == f.c.id).outerjoin(d, m.c.deployment_id == d.c.id)
    with project.read() as connection:
        rows = connection.execute(select(f.c.name, m.c.path, d.c.code).select_from(joined)).all()
    found: dict[str, list[tuple[str, str, str]]] = {}
    for folder, path, code in rows:
        found.setdefault(path.rpartition("/")[2].casefold(), []).append((folder, path, code or ""))
    return found


def read_photograph_times(
    project: Project, media: Collection[str], records: Mapping[str, ClockRecord], utc_offset_min: int | None
) -> dict[str, NamedSighting]:
    """Station and local time of photographs by uid, as sightings of nobody yet; as `read_named_sightings`."""
    m, d = schema.media, schema.deployment
    columns = (
        m.c.uid.label("media"), m.c.wall_clock, m.c.agreement, m.c.instant_utc, m.c.utc_offset_min,
        d.c.station, d.c.code.label("deployment"),
    )  # fmt: skip
    query = select(*columns).select_from(m.join(d, m.c.deployment_id == d.c.id)).order_by(m.c.id)
    with project.read() as connection:
        rows = [row for row in connection.execute(query).all() if row.media in media]
    clocks = local_times(rows, records, utc_offset_min)
    return {
        row.media: NamedSighting(
            individual="",
            species="",
            station=row.station,
            deployment=row.deployment,
            at=None if np.isnat(clock) else clock.astype(dt.datetime),
            media=row.media,
        )
        for row, clock in zip(rows, clocks, strict=True)
    }


def _moment(instant: str | None, wall_clock: str | None) -> dt.datetime | None:
    told = instant.removesuffix("Z") if instant is not None else wall_clock
    return None if told is None else dt.datetime.fromisoformat(told)
