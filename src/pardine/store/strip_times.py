"""Times read from info strips into the project, where another source agrees or a person has said so.

A time that already stands is never touched: a strip settles only what waits, or what has no time at all. What
a strip settled carries its reading, by which it can be taken back.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, select, update

from pardine.exchange.photographs.times import agree, choose_time
from pardine.observe.media import TimeReading
from pardine.store import schema
from pardine.store.clock_records import ACCEPTED, refresh_instants
from pardine.store.media_rows import reading_of, readings_text, time_row
from pardine.store.project import Project

_AT_ONCE = 300


def settle_strip_times(
    project: Project, strips: Mapping[str, TimeReading], *, confirmed: Collection[str], now: dt.datetime
) -> int:
    """Give waiting photographs the times of their strips, and return how many were given one.

    Parameters
    ----------
    strips
        What each strip says, by the sha256 of its photograph.
    confirmed
        Those that a person has read or found read right, so that they may stand alone. A photograph that
        has its time from its strip alone and is no longer among them loses it again.
    now
        As of `choose_time`.
    """
    m, d = schema.media, schema.deployment
    columns = (
        m.c.id, m.c.sha256, m.c.readings, m.c.agreement, m.c.clock_source, m.c.wall_clock, d.c.code
    )  # fmt: skip
    joined = m.outerjoin(d, m.c.deployment_id == d.c.id)
    wanted = sorted(strips)
    with project.transaction() as connection:
        given = 0
        touched: set[str] = set()
        for start in range(0, len(wanted), _AT_ONCE):
            chosen = m.c.sha256.in_(wanted[start : start + _AT_ONCE])
            for row in connection.execute(select(*columns).select_from(joined).where(chosen)).all():
                content = _settled(row, strips[row.sha256], row.sha256 in confirmed, now)
                if content is None:
                    continue
                given += content["agreement"] in ACCEPTED
                touched.add(row.code or "")
                _write(connection, row.id, content)
        refresh_instants(connection, touched - {""})
    return given


def _settled(row: Any, strip: TimeReading, is_confirmed: bool, now: dt.datetime) -> dict[str, Any] | None:
    """New columns of a photograph; ``None`` where it stays as it is."""
    readings = tuple(reading_of(facts) for facts in json.loads(row.readings)["readings"])
    others = tuple(reading for reading in readings if reading.source != "strip")
    if row.agreement in ACCEPTED:
        if row.clock_source != "strip" or others:
            return None
        if is_confirmed:
            # Read once more by a person: what it says now.
            is_same = row.wall_clock == strip.wall_clock.isoformat()
            return None if is_same else _columns((strip,), now)
        return _columns((), now)
    supported = any(agree(strip, other) for other in others)
    if not supported and (others or not is_confirmed):
        return None
    columns = _columns((*others, strip), now)
    return columns if columns["agreement"] in ACCEPTED else None


def _columns(readings: tuple[TimeReading, ...], now: dt.datetime) -> dict[str, Any]:
    return {**time_row(choose_time(readings, now=now)), "readings": readings_text(readings)}


def _write(connection: Connection, key: int, content: Mapping[str, Any]) -> None:
    # Without a deployment nothing recomputes an instant, and without an offset there is none.
    connection.execute(update(schema.media).where(schema.media.c.id == key).values(**content))
