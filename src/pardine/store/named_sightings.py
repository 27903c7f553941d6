"""Sightings of animals that somebody gave a name, with the local time that their clock tells."""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import case, func, select

from pardine.observe.clock import ClockRecord, local_clocks
from pardine.observe.detections import NamedSighting
from pardine.observe.sighting import source_of
from pardine.store import schema
from pardine.store.clock_records import ACCEPTED
from pardine.store.project import Project


@dataclass(frozen=True, kw_only=True)
class SpeciesCount:
    """A species in the sightings of a project: how many there are, and how many name the animal."""

    species: str
    n_sightings: int
    n_named: int


def count_species(project: Project) -> tuple[SpeciesCount, ...]:
    """Species of animals in all sightings, the most often named first."""
    s = schema.sighting
    named = func.sum(case((s.c.individual != "", 1), else_=0))
    query = select(s.c.species, func.count(), named).where(s.c.kind == "animal").group_by(s.c.species)
    with project.read() as connection:
        rows = connection.execute(query).all()
    counts = [
        SpeciesCount(species=name, n_sightings=n, n_named=int(n_named or 0)) for name, n, n_named in rows
    ]
    return tuple(sorted(counts, key=lambda c: (-c.n_named, -c.n_sightings, c.species)))


def read_named_sightings(
    project: Project, records: Mapping[str, ClockRecord], *, utc_offset_min: int | None = None
) -> tuple[NamedSighting, ...]:
    """Sightings with a named animal at a known station, in the order they were brought.

    Parameters
    ----------
    records
        Clocks by deployment code. The time of a sighting is that of its photograph, as the camera showed
        it and after the corrections; of an event, its start after the same corrections. Photographs whose
        time waits for a person have none.
    utc_offset_min
        Of the local times that come out; where it or that of a sighting is not known, its time stays as
        it is.
    """
    s, m, d = schema.sighting, schema.media, schema.deployment
    columns = (
        s.c.code, s.c.individual, s.c.species, s.c.starts, s.c.ends, s.c.sex, s.c.age_class, s.c.said_by,
        s.c.method, d.c.station, d.c.code.label("deployment"), m.c.uid.label("media"), m.c.wall_clock,
        m.c.agreement, m.c.metadata.label("facts"), m.c.instant_utc, m.c.utc_offset_min,
        s.c.utc_offset_min.label("said_offset_min"),
    )  # fmt: skip
    # A photograph stands where its own deployment stood, whatever the sighting was brought with.
    joined = s.outerjoin(m, s.c.media_id == m.c.id).join(
        d, d.c.id == func.coalesce(m.c.deployment_id, s.c.deployment_id)
    )
    query = select(*columns).select_from(joined).where(s.c.kind == "animal", s.c.individual != "")
    with project.read() as connection:
        rows = connection.execute(query.order_by(s.c.id)).all()
    clocks = local_times(rows, records, utc_offset_min)
    return tuple(
        NamedSighting(
            individual=row.individual,
            species=row.species,
            station=row.station,
            deployment=row.deployment,
            at=None if np.isnat(clock) else clock.astype(dt.datetime),
            lasts_s=_lasts_s(row),
            sex=row.sex,
            age_class=row.age_class,
            media=row.media or "",
            by=row.said_by,
            method=row.method,
            source=source_of(row.code),
        )
        for row, clock in zip(rows, clocks, strict=True)
    )


def last_media_clocks(project: Project, records: Mapping[str, ClockRecord]) -> dict[str, dt.datetime]:
    """Local time of the last photograph of each deployment whose time can be relied on."""
    m, d = schema.media, schema.deployment
    query = (
        select(d.c.code, func.max(m.c.wall_clock))
        .select_from(m.join(d, m.c.deployment_id == d.c.id))
        .where(m.c.agreement.in_(ACCEPTED), m.c.wall_clock.is_not(None))
        .group_by(d.c.code)
    )
    with project.read() as connection:
        rows = connection.execute(query).all()
    found = {}
    for code, wall_clock in rows:
        corrections = records[code].corrections if code in records else ()
        local = local_clocks(np.array([wall_clock], dtype="datetime64[s]"), corrections)[0]
        found[code] = local.astype(dt.datetime)
    return found


def local_times(
    rows: Sequence[Any], records: Mapping[str, ClockRecord], utc_offset_min: int | None
) -> NDArray[np.datetime64]:
    """(N,) local times of rows of media or of sightings, NaT where none can be relied on."""
    clocks = np.full(len(rows), np.datetime64("NaT"), dtype="datetime64[s]")
    of_deployment: dict[str, list[int]] = defaultdict(list)
    for i, row in enumerate(rows):
        if row.instant_utc is not None and utc_offset_min is not None:
            clocks[i] = np.datetime64(row.instant_utc.removesuffix("Z"), "s") + _minutes(utc_offset_min)
            continue
        told = row.wall_clock if row.media else row.starts
        # A time that waits for a person counts once a correction covers it: then it has an instant.
        is_sure = not row.media or row.agreement in ACCEPTED or row.instant_utc is not None
        if told is not None and is_sure:
            clocks[i] = np.datetime64(told, "s")
            of_deployment[row.deployment].append(i)
    for code, own in of_deployment.items():
        record = records.get(code)
        clocks[own] = local_clocks(clocks[own], record.corrections if record else ())
        for i in own:
            stated = rows[i].utc_offset_min if rows[i].media else rows[i].said_offset_min
            if stated is None and record is not None:
                stated = record.utc_offset_min
            if stated is not None and utc_offset_min is not None:
                clocks[i] += _minutes(utc_offset_min - stated)
    return clocks


def _minutes(n: int) -> np.timedelta64:
    return np.timedelta64(60 * n, "s")


def _lasts_s(row: Any) -> float:
    if row.media:
        return float(json.loads(row.facts).get("duration_s") or 0.0)
    if row.starts is None or row.ends is None:
        return 0.0
    starts, ends = (dt.datetime.fromisoformat(text) for text in (row.starts, row.ends))
    return max((ends - starts).total_seconds(), 0.0)
