"""A survey into the project, all or nothing, and out of it again exactly as it was."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from pardine.base.errors import InputError, Notice
from pardine.base.provenance import Artefact, RunRecord, canonical_json
from pardine.exchange.source import SourceTable
from pardine.observe.capture import ImportedCapture
from pardine.observe.effort import EffortInterval
from pardine.observe.session import Session
from pardine.observe.station import Station
from pardine.observe.survey import HabitatMask, Survey
from pardine.observe.telemetry import Fix
from pardine.store.blobs import add_blobs, get_blob
from pardine.store.decisions import append_within
from pardine.store.mask_bytes import decode_mask, encode_mask
from pardine.store.project import Project
from pardine.store.run_rows import add_inputs_within, end_run_within, find_run_id, write_run
from pardine.store.source_tables import (
    linked_sources,
    mark_superseded,
    read_sources,
    restore_linked,
    save_sources,
    source_keys,
)
from pardine.store.statements import ASSERTIONS, standing_assertions
from pardine.store.survey_plan import Plan, SaveSummary, make_plan
from pardine.store.survey_records import (
    KeptMask,
    Records,
    content_of,
    individual_uid,
    records_of,
)
from pardine.store.survey_rows import (
    PARTS,
    Keys,
    Links,
    delete_records,
    insert_individuals,
    insert_records,
    move_records,
    read_keys,
    read_records,
    update_records,
)

__all__ = [
    "SaveSummary",
    "preview_survey",
    "read_sources",
    "read_survey",
    "save_survey",
    "survey_hash",
    "survey_hash_of",
    "survey_input",
]

SURVEY = "survey"


def save_survey(
    project: Project,
    survey: Survey,
    sources: Sequence[SourceTable],
    *,
    run: RunRecord,
    replace: bool = False,
    whole: Collection[str] = (),
    author: str | None = None,
) -> SaveSummary:
    """Store a survey and the tables it came from in one transaction.

    Adding the same tables again adds nothing. A session may be told in parts: what one table leaves
    open (its detector type, its dates) a later one may fill.

    Parameters
    ----------
    run
        The run that brings it. A run that is not written yet (`runs.new_run`) is written and ended in
        the same transaction; one that was started stays for its owner to finish.
    replace, whole
        See `survey_plan.make_plan`.
    author
        Who decides that values are replaced; by default the user of the machine.

    Raises
    ------
    InputError
        ``survey.refused`` with all problems: records that differ from stored ones, sessions that mix
        imported captures with photographs, unknown stations. Nothing was changed.
    """
    brought, points, doubled = records_of(project.uid, survey)
    with project.transaction() as connection:
        plan = _checked_plan(connection, brought, doubled, replace=replace, whole=whole)
        run_id = find_run_id(connection, run.uid)
        is_ours = run_id is None
        if run_id is None:
            run_id = write_run(connection, run)
        n_sources = save_sources(connection, project, sources, run_id)
        tables = source_keys(connection)
        linked = linked_sources(connection)
        add_blobs(connection, ((digest, len(content), content) for digest, content in points.items()))
        n_individuals = _write(connection, project, plan, tables, run_id)
        append_within(connection, project, plan.drafts, author=author)
        mark_superseded(connection, linked, tables, plan.successor)
        restore_linked(connection)
        read = [Artefact(kind="source_table", name=s.name, sha256=s.sha256) for s in sources]
        add_inputs_within(connection, run, [a for a in read if a not in run.inputs])
        if is_ours:
            end_run_within(connection, run, "done")
    return plan.summary(n_individuals=n_individuals, n_sources=n_sources)


def preview_survey(project: Project, survey: Survey, *, replace: bool = False) -> SaveSummary:
    """What `save_survey` would do, and refuse, without doing it.

    New animals are counted; source tables are not.
    """
    brought, _, doubled = records_of(project.uid, survey)
    with project.read() as connection:
        plan = _checked_plan(connection, brought, doubled, replace=replace)
        keys = read_keys(connection)
    named = _individuals(project, plan).values()
    n_new = sum(1 for animal in named if animal not in keys.individual)
    return plan.summary(n_individuals=n_new, n_sources=0)


def _checked_plan(
    connection: Connection,
    brought: Records,
    doubled: list[Notice],
    *,
    replace: bool,
    whole: Collection[str] = (),
) -> Plan:
    codes = {s.code for s in brought.session.values()}
    for name in ("station", "effort", "capture", "fix", "mask"):
        codes |= {r.session for r in getattr(brought, name).values() if r.session is not None}
    plan = make_plan(read_records(connection, codes), brought, replace=replace, whole=whole)
    problems = doubled + plan.problems
    if problems:
        raise InputError("survey.refused", problems=problems, n_problems=len(problems))
    return plan


def _individuals(project: Project, plan: Plan) -> dict[str, tuple[str, str]]:
    changes = (plan.new["capture"], plan.changed["capture"])
    animals = dict.fromkeys((c.session, c.individual) for part in changes for c in part.values())
    return {individual_uid(project.uid, *animal): animal for animal in animals}


def _write(
    connection: Connection,
    project: Project,
    plan: Plan,
    tables: Mapping[str, Mapping[str, int]],
    run_id: int,
) -> int:
    # Whoever refers to another goes before it.
    for part in reversed(PARTS):
        delete_records(connection, part, plan.gone[part.name])
    n_individuals = 0
    keys = Keys()
    for part in PARTS:
        links = Links(run_id, tables[part.name])
        if part.name == "capture":
            n_individuals = insert_individuals(connection, _individuals(project, plan), keys)
            keys = read_keys(connection)
        insert_records(connection, part, plan.new[part.name], keys, links)
        update_records(connection, part, plan.changed[part.name], keys, links)
        move_records(connection, part, plan.moved[part.name], keys, links)
        if part.name in ("session", "station"):
            keys = read_keys(connection)
    return n_individuals


# --- reading ---------------------------------------------------------------------------------------


def read_survey(
    project: Project, *, sessions: Collection[str] | None = None, corrected: bool = True
) -> Survey:
    """The stored survey, in the order in which it was brought.

    Parameters
    ----------
    sessions
        Only these; masks for every session are always among them.
    corrected
        With what people have since decided about sex and age class; without: as the tables say.
    """
    with project.read() as connection:
        return _read(connection, project, sessions, corrected=corrected)


def _read(
    connection: Connection, project: Project, sessions: Collection[str] | None, *, corrected: bool
) -> Survey:
    records = read_records(connection, sessions)
    captures = tuple(records.capture.values())
    if corrected:
        captures = _corrected(project, captures, standing_assertions(connection))
    return Survey(
        sessions=tuple(records.session.values()),
        stations=tuple(records.station.values()),
        captures=captures,
        masks=tuple(_mask(connection, kept) for kept in records.mask.values()),
        effort=tuple(records.effort.values()),
        fixes=tuple(records.fix.values()),
    )


def _corrected(
    project: Project, captures: tuple[ImportedCapture, ...], decided: Mapping[tuple[str, str], Any]
) -> tuple[ImportedCapture, ...]:
    if not decided:
        return captures
    animals = {(c.session, c.individual) for c in captures}
    changes: dict[tuple[str, str], dict[str, Any]] = {}
    for animal in animals:
        uid = individual_uid(project.uid, *animal)
        said = {name: decided[kind, uid] for kind, name in ASSERTIONS.items() if (kind, uid) in decided}
        if said:
            changes[animal] = said
    return tuple(
        dataclasses.replace(c, **changes[c.session, c.individual])
        if (c.session, c.individual) in changes
        else c
        for c in captures
    )


def _mask(connection: Connection, kept: KeptMask) -> HabitatMask:
    xy, covariates = decode_mask(get_blob(connection, kept.points_sha256))
    return HabitatMask(
        session=kept.session,
        xy=xy,
        cell_area_m2=kept.cell_area_m2,
        covariates=covariates,
        sha256=kept.table,
    )


# --- what an estimate reads, as one hash -----------------------------------------------------------


def survey_hash(project: Project, sessions: Collection[str] | None = None) -> str:
    """Hash of what an estimate of these sessions reads now."""
    return survey_hash_of(read_survey(project, sessions=sessions))


def survey_hash_of(survey: Survey) -> str:
    """Hash of a survey's content, whatever the order of its rows and tables.

    sha256 over canonical JSON. From which table a record came, and where it stood there, are no
    content.
    """
    parts: dict[str, list[Any]] = {
        "sessions": [_content(s) for s in survey.sessions],
        "stations": [_station_content(s) for s in survey.stations],
        "effort": [_content(e) for e in survey.effort],
        "captures": [
            [c.session, c.individual, c.occasion, c.station, c.count, c.sex or "", c.age_class or ""]
            for c in survey.captures
        ],
        "masks": [
            [m.session, float(m.cell_area_m2), hashlib.sha256(encode_mask(m.xy, m.covariates)).hexdigest()]
            for m in survey.masks
        ],
    }
    parts["captures"].sort()
    if survey.fixes:
        # A survey without collars keeps the hash that it had before there were fixes.
        parts["fixes"] = sorted(_fix_content(fix) for fix in survey.fixes)
    for name in ("sessions", "stations", "effort", "masks"):
        parts[name].sort(key=canonical_json)
    return hashlib.sha256(canonical_json(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _fix_content(fix: Fix) -> list[Any]:
    at = "" if fix.at is None else fix.at.isoformat()
    return [fix.session, fix.individual, at, float(fix.x) + 0.0, float(fix.y) + 0.0]


def _station_content(station: Station) -> dict[str, Any]:
    # One spelling a number: 1 is 1.0, and -0.0 is 0.0, which SQLite does not tell apart.
    numbers = {
        "x": float(station.x) + 0.0,
        "y": float(station.y) + 0.0,
        "usage_station_days": [float(days) + 0.0 for days in station.usage_station_days],
    }
    return {**_content(station), **numbers}


def _content(record: Session | Station | EffortInterval) -> dict[str, Any]:
    return {name: value for name, value in content_of(record).items() if name != "table"}


def survey_input(survey: Survey) -> Artefact:
    """What a run names as its input when it read these sessions."""
    codes = sorted(s.code for s in survey.sessions)
    return Artefact(kind=SURVEY, name=canonical_json(codes), sha256=survey_hash_of(survey))
