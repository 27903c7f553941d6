"""Rows of the database and the records of a survey: one becomes the other."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Select, Table, bindparam, delete, insert, select, update

from pardine.base.provenance import canonical_json
from pardine.observe.capture import ImportedCapture
from pardine.observe.effort import EffortInterval
from pardine.observe.session import Session
from pardine.observe.station import Station
from pardine.observe.telemetry import Fix
from pardine.store import schema
from pardine.store.survey_records import KeptMask, Records

Row = dict[str, Any]
Codes = Collection[str] | None


@dataclass
class Keys:
    """Local keys of what records refer to by code."""

    session: dict[str, int] = field(default_factory=dict)
    station: dict[tuple[str, str], int] = field(default_factory=dict)
    individual: dict[tuple[str, str], int] = field(default_factory=dict)


def read_keys(connection: Connection) -> Keys:
    """Local keys of everything stored."""
    se, st, i = schema.session, schema.station, schema.individual
    sessions = connection.execute(select(se.c.code, se.c.id))
    stations = connection.execute(select(se.c.code, st.c.code, st.c.id).join_from(st, se))
    animals = connection.execute(select(se.c.code, i.c.name, i.c.id).join_from(i, se))
    return Keys(
        session=dict(iter(sessions)),
        station={(session, code): key for session, code, key in stations},
        individual={(session, name): key for session, name, key in animals},
    )


# --- records to rows -------------------------------------------------------------------------------


def _session_row(session: Session, _keys: Keys) -> Row:
    return {
        "code": session.code,
        "n_occasions": session.n_occasions,
        "detector_type": session.detector_type,
        "crs": session.crs,
        "starts_on": _iso(session.starts_on),
        "ends_on": _iso(session.ends_on),
        "utc_offset_min": session.utc_offset_min,
        "evidence": session.evidence,
        "covariates": canonical_json(dict(session.covariates)),
    }


def _station_row(station: Station, keys: Keys) -> Row:
    return {
        "session_id": keys.session[station.session],
        "code": station.code,
        "x": float(station.x),
        "y": float(station.y),
        "usage_station_days": canonical_json(list(station.usage_station_days)),
        "covariates": canonical_json(dict(station.covariates)),
    }


def _effort_row(effort: EffortInterval, keys: Keys) -> Row:
    return {
        "station_id": keys.station[effort.session, effort.station],
        "slot": effort.slot,
        "starts": effort.starts.isoformat(),
        "ends": effort.ends.isoformat(),
        "state": effort.state,
    }


def _capture_row(capture: ImportedCapture, keys: Keys) -> Row:
    return {
        "individual_id": keys.individual[capture.session, capture.individual],
        "station_id": keys.station[capture.session, capture.station],
        "occasion": capture.occasion,
        "count": capture.count,
        "sex": capture.sex,
        "age_class": capture.age_class,
        "row": capture.row,
    }


def _fix_row(fix: Fix, keys: Keys) -> Row:
    return {
        "session_id": keys.session[fix.session],
        "individual": fix.individual,
        "x": float(fix.x),
        "y": float(fix.y),
        "at": None if fix.at is None else fix.at.isoformat(),
        "row": fix.row,
    }


def _mask_row(mask: KeptMask, keys: Keys) -> Row:
    return {
        "session_id": None if mask.session is None else keys.session[mask.session],
        "cell_area_m2": mask.cell_area_m2,
        "table_sha256": mask.table,
        "points_sha256": mask.points_sha256,
    }


def _iso(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()


@dataclass(frozen=True)
class Part:
    """One part of a survey in the database: its name in `Records`, its table, its rows.

    ``place`` are the columns that say where a record stands, besides the source table.
    """

    name: str
    table: Table
    row: Callable[[Any, Keys], Row]
    place: tuple[str, ...] = ()


# In the order in which they refer to each other.
PARTS = (
    Part("session", schema.session, _session_row),
    Part("station", schema.station, _station_row),
    Part("effort", schema.effort_interval, _effort_row),
    Part("capture", schema.capture, _capture_row, ("row",)),
    Part("fix", schema.telemetry_fix, _fix_row, ("row",)),
    Part("mask", schema.mask, _mask_row, ("table_sha256",)),
)


@dataclass(frozen=True)
class Links:
    """What brought the records of a part: the run, and the local keys of source tables by sha256."""

    run_id: int
    tables: Mapping[str, int]

    def of(self, record: Any) -> Row:
        """Columns of a record that point to them; a table that is not kept is no table."""
        return {"run_id": self.run_id, "source_id": self.tables.get(record.table)}


def insert_records(
    connection: Connection, part: Part, records: Mapping[str, Any], keys: Keys, links: Links
) -> None:
    """Write new records, with links to the run and the source table that brought them."""
    rows = [{"uid": uid, **part.row(record, keys), **links.of(record)} for uid, record in records.items()]
    if rows:
        connection.execute(insert(part.table), rows)


def update_records(
    connection: Connection, part: Part, records: Mapping[str, Any], keys: Keys, links: Links
) -> None:
    """Write other content to stored records; their keys and uids stay."""
    rows = [{"_uid": uid, **part.row(record, keys), **links.of(record)} for uid, record in records.items()]
    if rows:
        connection.execute(update(part.table).where(part.table.c.uid == bindparam("_uid")), rows)


def move_records(
    connection: Connection, part: Part, records: Mapping[str, Any], keys: Keys, links: Links
) -> None:
    """Point stored records to where they stand now; the run that first brought them stays."""
    rows = [
        {
            "_uid": uid,
            "source_id": links.tables[record.table],
            **{name: part.row(record, keys)[name] for name in part.place},
        }
        for uid, record in records.items()
        if record.table in links.tables
    ]
    if rows:
        connection.execute(update(part.table).where(part.table.c.uid == bindparam("_uid")), rows)


def delete_records(connection: Connection, part: Part, uids: Iterable[str]) -> None:
    """Take records out of the tables; what they said stays in the decisions."""
    rows = [{"_uid": uid} for uid in uids]
    if rows:
        connection.execute(delete(part.table).where(part.table.c.uid == bindparam("_uid")), rows)


def insert_individuals(connection: Connection, individuals: Mapping[str, tuple[str, str]], keys: Keys) -> int:
    """Write the animals, uid to (session, name), that are not stored; return how many."""
    rows = [
        {"uid": uid, "session_id": keys.session[session], "name": name}
        for uid, (session, name) in individuals.items()
        if (session, name) not in keys.individual
    ]
    if rows:
        connection.execute(insert(schema.individual), rows)
    return len(rows)


# --- rows to records -------------------------------------------------------------------------------


def read_records(connection: Connection, codes: Codes = None) -> Records:
    """Stored records of some sessions, or of all; masks for every session are always among them."""
    return Records(
        session=_read_sessions(connection, codes),
        station=_read_stations(connection, codes),
        effort=_read_effort(connection, codes),
        capture=_read_captures(connection, codes),
        fix=_read_fixes(connection, codes),
        mask=_read_masks(connection, codes),
    )


def _read_sessions(connection: Connection, codes: Codes) -> dict[str, Session]:
    table = schema.session
    query = _with_source(select(table), table).order_by(table.c.id)
    rows = connection.execute(_of(query, codes))
    return {
        row.uid: Session(
            code=row.code,
            n_occasions=row.n_occasions,
            detector_type=row.detector_type,
            crs=row.crs,
            starts_on=_day(row.starts_on),
            ends_on=_day(row.ends_on),
            utc_offset_min=row.utc_offset_min,
            evidence=row.evidence,
            covariates=json.loads(row.covariates),
            table=row.source_sha256,
        )
        for row in rows
    }


def _read_stations(connection: Connection, codes: Codes) -> dict[str, Station]:
    st, se = schema.station, schema.session
    query = select(st, se.c.code.label("session")).join_from(st, se)
    query = _with_source(query, st).order_by(st.c.id)
    return {
        row.uid: Station(
            session=row.session,
            code=row.code,
            x=row.x,
            y=row.y,
            usage_station_days=tuple(json.loads(row.usage_station_days)),
            covariates=json.loads(row.covariates),
            table=row.source_sha256,
        )
        for row in connection.execute(_of(query, codes))
    }


def _read_effort(connection: Connection, codes: Codes) -> dict[str, EffortInterval]:
    e, st, se = schema.effort_interval, schema.station, schema.session
    names = (se.c.code.label("session"), st.c.code.label("station"))
    query = select(e, *names).select_from(e.join(st, e.c.station_id == st.c.id).join(se))
    query = _with_source(query, e).order_by(e.c.id)
    return {
        row.uid: EffortInterval(
            session=row.session,
            station=row.station,
            slot=row.slot,
            starts=dt.datetime.fromisoformat(row.starts),
            ends=dt.datetime.fromisoformat(row.ends),
            state=row.state,
            table=row.source_sha256,
        )
        for row in connection.execute(_of(query, codes))
    }


def _read_captures(connection: Connection, codes: Codes) -> dict[str, ImportedCapture]:
    c, i, st, se = schema.capture, schema.individual, schema.station, schema.session
    columns = (c.c.uid, se.c.code, i.c.name, c.c.occasion, st.c.code, c.c.count, c.c.sex, c.c.age_class)
    joined = c.join(i, c.c.individual_id == i.c.id).join(st, c.c.station_id == st.c.id).join(
        se, st.c.session_id == se.c.id
    )  # fmt: skip
    query = _with_source(select(*columns, c.c.row).select_from(joined), c).order_by(c.c.id)
    return {
        uid: ImportedCapture(
            session=session,
            individual=individual,
            occasion=occasion,
            station=station,
            count=count,
            sex=sex,
            age_class=age_class,
            row=row,
            table=table,
        )
        for (
            uid, session, individual, occasion, station, count, sex, age_class, row, table
        ) in connection.execute(_of(query, codes))
    }  # fmt: skip


def _read_fixes(connection: Connection, codes: Codes) -> dict[str, Fix]:
    f, se = schema.telemetry_fix, schema.session
    query = _with_source(select(f, se.c.code.label("session")).join_from(f, se), f).order_by(f.c.id)
    return {
        row.uid: Fix(
            session=row.session,
            individual=row.individual,
            x=row.x,
            y=row.y,
            at=None if row.at is None else dt.datetime.fromisoformat(row.at),
            row=row.row,
            table=row.source_sha256,
        )
        for row in connection.execute(_of(query, codes))
    }


def _read_masks(connection: Connection, codes: Codes) -> dict[str, KeptMask]:
    m, se = schema.mask, schema.session
    query = select(m, se.c.code.label("session")).select_from(m.outerjoin(se)).order_by(m.c.id)
    if codes is not None:
        query = query.where(se.c.code.in_(codes) | m.c.session_id.is_(None))
    return {
        row.uid: KeptMask(
            session=row.session,
            cell_area_m2=row.cell_area_m2,
            points_sha256=row.points_sha256,
            table=row.table_sha256,
        )
        for row in connection.execute(query)
    }


def _with_source(query: Select[Any], part: Table) -> Select[Any]:
    """The query with ``source_sha256``, null where a record knows no table."""
    t = schema.source_table
    query = query.add_columns(t.c.sha256.label("source_sha256"))
    return query.outerjoin(t, part.c.source_id == t.c.id)


def _of(query: Select[Any], codes: Codes) -> Select[Any]:
    return query if codes is None else query.where(schema.session.c.code.in_(codes))


def _day(text: str | None) -> dt.date | None:
    return None if text is None else dt.date.fromisoformat(text)
