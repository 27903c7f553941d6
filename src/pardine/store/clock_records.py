"""Clocks of deployments: corrections as decisions, and the instants that follow from them.

A correction is a decision with a uid of its own, its evidence and its reason; taking it back is another
decision. The wall clocks of media are never rewritten. `instant_utc` of a deployment's media is computed
anew in the transaction that writes the decision, so that no reader sees one without the other.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select, text

from pardine.base.errors import InputError
from pardine.base.identifiers import new_uid
from pardine.observe.clock import (
    ClockCheck,
    ClockCorrection,
    ClockPreview,
    ClockRecord,
    Clocks,
    apply_correction,
    local_clocks,
    preview_correction,
    undo_correction,
)
from pardine.observe.media_columns import file_numbers
from pardine.store import schema
from pardine.store.decisions import (
    CLOCK_CORRECTION,
    CLOCK_OFFSET,
    Decision,
    Draft,
    append_within,
    fold,
    read_log_within,
    undo_within,
)
from pardine.store.project import Project

FORMAT_VERSION = 1
# A time that stands by itself; any other waits for a person, or for a correction that covers it.
ACCEPTED = ("agree", "single")

_MOMENTS = ("pivot", "applies_from", "applies_until", "at")
_LARGEST_OFFSET_MIN = 14 * 60
# One statement for a whole deployment, each database in its own words.
_SET_INSTANTS = {
    "sqlite": "UPDATE media SET instant_utc = json_extract(j.value, '$[1]') FROM json_each(:rows) AS j"
    " WHERE media.id = json_extract(j.value, '$[0]')",
    "postgresql": "UPDATE media SET instant_utc = j.value ->> 1"
    " FROM json_array_elements(CAST(:rows AS json)) AS j(value)"
    " WHERE media.id = CAST(j.value ->> 0 AS integer)",
}


@dataclass(frozen=True, kw_only=True)
class ClockChange:
    """What a decision about a clock did.

    Attributes
    ----------
    decision
        As it stands in the log.
    record
        The clock's record from now on.
    n_changed
        Photographs and videos whose local time or instant changed.
    n_without_instant
        Those that have no instant now, because their time is not known or not settled, or nobody has
        said how far the clock is from UTC.
    """

    decision: Decision
    record: ClockRecord
    n_changed: int
    n_without_instant: int


def read_clock_records(
    project: Project, deployments: Collection[str] | None = None
) -> dict[str, ClockRecord]:
    """Clock of each deployment by its code, corrections in the order they apply."""
    with project.read() as connection:
        return read_clocks_within(connection, deployments)


def apply_clock_correction(
    project: Project, correction: ClockCorrection, *, author: str | None = None
) -> ClockChange:
    """Correct the clock of a deployment, and all instants of its media, in one transaction.

    Raises
    ------
    InputError
        ``media.unknown_deployment``, ``clock.applied_already``.
    """
    with project.transaction() as connection:
        before = _times(connection, correction.deployment)
        apply_correction(before.record, correction)
        content = {"version": FORMAT_VERSION, **_as_json(correction)}
        content["deployment"] = _deployment(connection, correction.deployment).uid
        draft = Draft(kind=CLOCK_CORRECTION, subject_uid=str(new_uid()), after=content)
        (decision,) = append_within(connection, project, [draft], author=author)
        return _changed(connection, before, decision)


def undo_clock_correction(
    project: Project, correction: ClockCorrection, *, author: str | None = None
) -> ClockChange:
    """Take a correction back; every instant becomes what it would be without it.

    Raises
    ------
    InputError
        ``media.unknown_deployment``; ``clock.not_applied``: the record does not hold it.
    """
    with project.transaction() as connection:
        before = _times(connection, correction.deployment)
        undo_correction(before.record, correction)
        (decided,) = (
            decision
            for decision, code, found in _corrections(connection)
            if code == correction.deployment and found == correction
        )
        decision = undo_within(connection, project, decided.hash, author=author)
        return _changed(connection, before, decision)


def set_clock_offset(
    project: Project, deployment: str, utc_offset_min: int | None, *, author: str | None = None
) -> ClockChange:
    """Decide how far the clock of a deployment was from UTC, whatever its table says.

    Parameters
    ----------
    utc_offset_min
        ``None``: what the deployment's own table says holds again.

    Raises
    ------
    InputError
        ``media.unknown_deployment``, ``media.bad_offset``.
    """
    _refuse_bad_offset(deployment, utc_offset_min)
    with project.transaction() as connection:
        before = _times(connection, deployment)
        uid, offset = _deployment(connection, deployment).uid, before.record.utc_offset_min
        draft = Draft(kind=CLOCK_OFFSET, subject_uid=uid, before=offset, after=utc_offset_min)
        (decision,) = append_within(connection, project, [draft], author=author)
        return _changed(connection, before, decision)


def preview_clock_offset(project: Project, deployment: str, utc_offset_min: int) -> int:
    """How many instants an offset from UTC would change; nothing is changed.

    Raises
    ------
    InputError
        As `set_clock_offset`.
    """
    _refuse_bad_offset(deployment, utc_offset_min)
    with project.read() as connection:
        now = _times(connection, deployment)
    then = now.instants_by(replace(now.record, utc_offset_min=utc_offset_min))
    return sum(old != new for old, new in zip(now.instants, then, strict=True))


def _refuse_bad_offset(deployment: str, utc_offset_min: int | None) -> None:
    if utc_offset_min is not None and abs(utc_offset_min) > _LARGEST_OFFSET_MIN:
        raise InputError("media.bad_offset", deployment=deployment, value=utc_offset_min)


def preview_clock_correction(project: Project, correction: ClockCorrection) -> ClockPreview:
    """What a correction would change; nothing is changed.

    Raises
    ------
    InputError
        As `apply_clock_correction`.
    """
    with project.read() as connection:
        times = _times(connection, correction.deployment)
        row = _deployment(connection, correction.deployment)
    starts, ends = (None if m is None else dt.datetime.fromisoformat(m) for m in (row.starts, row.ends))
    order = np.argsort(file_numbers(times.paths), kind="stable")
    clocks = times.wall_clocks[order]
    preview = preview_correction(times.record, correction, clocks, starts=starts, ends=ends)
    then = times.instants_by(apply_correction(times.record, correction))
    return replace(preview, n_without_instant=then.count(None))


@dataclass(frozen=True, kw_only=True)
class _Times:
    """A deployment's record and what is stored of its media's times, by path."""

    record: ClockRecord
    paths: list[str]
    wall_clocks: Clocks
    accepted: NDArray[np.bool_]
    offsets_min: NDArray[np.float64]
    instants: list[str | None]

    def instants_by(self, record: ClockRecord) -> list[str | None]:
        """The instants that another record would give."""
        return instants_of(self.wall_clocks, self.accepted, self.offsets_min, record)


def _times(connection: Connection, deployment: str) -> _Times:
    record, m = _record(connection, deployment), schema.media
    columns = (m.c.path, m.c.wall_clock, m.c.agreement, m.c.utc_offset_min, m.c.instant_utc)
    query = select(*columns).where(m.c.deployment_id == _deployment(connection, deployment).id)
    rows = connection.execute(query.order_by(m.c.path, m.c.id)).all()
    paths, clocks, agreements, offsets, instants = ([row[n] for row in rows] for n in range(len(columns)))
    return _Times(
        record=record,
        paths=paths,
        wall_clocks=as_clocks(clocks),
        accepted=np.array([agreement in ACCEPTED for agreement in agreements], dtype=np.bool_),
        offsets_min=as_offsets(offsets),
        instants=instants,
    )


def _changed(connection: Connection, before: _Times, decision: Decision) -> ClockChange:
    refresh_instants(connection, [before.record.deployment])
    after = _times(connection, before.record.deployment)
    local_before = local_clocks(before.wall_clocks, before.record.corrections)
    local_after = local_clocks(before.wall_clocks, after.record.corrections)
    changed = (local_before != local_after) & ~np.isnat(before.wall_clocks)
    changed |= np.array(before.instants, dtype=object) != np.array(after.instants, dtype=object)
    return ClockChange(
        decision=decision,
        record=after.record,
        n_changed=int(changed.sum()),
        n_without_instant=after.instants.count(None),
    )


# --- records from decisions ------------------------------------------------------------------------


def read_clocks_within(
    connection: Connection, deployments: Collection[str] | None = None
) -> dict[str, ClockRecord]:
    """As `read_clock_records`, within an open transaction."""
    table = schema.deployment
    rows = connection.execute(select(table.c.code, table.c.uid, table.c.utc_offset_min)).all()
    wanted = None if deployments is None else set(deployments)
    state = fold(read_log_within(connection, kinds=(CLOCK_OFFSET,)))
    offsets = {uid: d.value for (_, uid), d in state.items() if d.value is not None}
    corrections: dict[str, list[ClockCorrection]] = {}
    for _, code, correction in _corrections(connection):
        corrections.setdefault(code, []).append(correction)
    return {
        row.code: ClockRecord(
            deployment=row.code,
            utc_offset_min=offsets.get(row.uid, row.utc_offset_min),
            corrections=tuple(corrections.get(row.code, ())),
        )
        for row in rows
        if wanted is None or row.code in wanted
    }


def _corrections(connection: Connection) -> list[tuple[Decision, str, ClockCorrection]]:
    """Corrections in force, in the order of their decisions, with the code of their deployment."""
    table = schema.deployment
    codes = {uid: code for uid, code in connection.execute(select(table.c.uid, table.c.code))}
    state = fold(read_log_within(connection, kinds=(CLOCK_CORRECTION,)))
    found = []
    for decision in state.values():
        # A decision of a colleague may be about a deployment that is not here.
        code = codes.get(decision.value["deployment"])
        if code is not None:
            found.append((decision, code, _from_json(decision.value, code)))
    return found


def _record(connection: Connection, deployment: str) -> ClockRecord:
    _deployment(connection, deployment)
    return read_clocks_within(connection, [deployment])[deployment]


def _deployment(connection: Connection, code: str) -> Any:
    table = schema.deployment
    row = connection.execute(select(table).where(table.c.code == code)).first()
    if row is None:
        raise InputError("media.unknown_deployment", deployment=code)
    return row


def _as_json(correction: ClockCorrection) -> dict[str, Any]:
    content = dataclasses.asdict(correction)
    for name in _MOMENTS:
        content[name] = _iso(content[name])
    content["checks"] = [
        {
            "wall_clock": check.wall_clock.isoformat(),
            "reference_clock": check.reference_clock.isoformat(),
            "media": check.media,
        }
        for check in correction.checks
    ]
    return content


def _from_json(content: dict[str, Any], deployment: str) -> ClockCorrection:
    facts = {
        name: value for name, value in content.items() if name not in ("version", "deployment", "checks")
    }
    moments = {name: _moment(facts[name]) for name in _MOMENTS}
    checks = tuple(
        ClockCheck(
            wall_clock=dt.datetime.fromisoformat(check["wall_clock"]),
            reference_clock=dt.datetime.fromisoformat(check["reference_clock"]),
            media=check["media"],
        )
        for check in content["checks"]
    )
    return ClockCorrection(**{**facts, **moments}, deployment=deployment, checks=checks)


def _iso(moment: dt.datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _moment(text_of: str | None) -> dt.datetime | None:
    return None if text_of is None else dt.datetime.fromisoformat(text_of)


# --- instants --------------------------------------------------------------------------------------


def instants_of(
    wall_clocks: Clocks,
    accepted: NDArray[np.bool_],
    own_offsets_min: NDArray[np.float64],
    record: ClockRecord | None,
) -> list[str | None]:
    """Instants in UTC as text, ``None`` where a time is not known or not accepted.

    Parameters
    ----------
    wall_clocks : (M,) array of datetime64[s]
        NaT where no source tells.
    accepted : (M,) array
        Whether the time stands by itself; one that does not counts once a correction covers it.
    own_offsets_min : (M,) array
        As the files state them, NaN where they do not; used where the record knows none.
    record
        Clock of the deployment, ``None`` where no deployment is known.
    """
    local, settled = wall_clocks, accepted.copy()
    for correction in record.corrections if record is not None else ():
        settled |= _covered(local, correction)
        local = local_clocks(local, [correction])
    offsets_min = own_offsets_min
    if record is not None and record.utc_offset_min is not None:
        offsets_min = np.full(local.shape, float(record.utc_offset_min))
    known = settled & ~np.isnat(local) & np.isfinite(offsets_min)
    shifts = np.where(known, offsets_min, 0).astype(np.int64) * 60
    texts = np.datetime_as_string(local - shifts.astype("timedelta64[s]"), unit="s").tolist()
    return [f"{moment}Z" if is_known else None for moment, is_known in zip(texts, known, strict=True)]


def _covered(clocks: Clocks, correction: ClockCorrection) -> NDArray[np.bool_]:
    covered = ~np.isnat(clocks)
    if correction.applies_from is not None:
        covered &= clocks >= np.datetime64(correction.applies_from, "s")
    if correction.applies_until is not None:
        covered &= clocks < np.datetime64(correction.applies_until, "s")
    return np.asarray(covered, dtype=np.bool_)


def as_clocks(texts: Sequence[str | None]) -> Clocks:
    """Wall clocks as they are stored, NaT where there is none."""
    return np.array([value or "NaT" for value in texts], dtype="datetime64[s]")


def as_offsets(values: Sequence[int | None]) -> NDArray[np.float64]:
    """Offsets in minutes, NaN where there is none."""
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def refresh_instants(connection: Connection, deployments: Collection[str]) -> int:
    """Compute the instants of these deployments' media anew, and return how many changed."""
    records = read_clocks_within(connection, deployments)
    return sum(_refresh(connection, record) for record in records.values())


def _refresh(connection: Connection, record: ClockRecord) -> int:
    m, d = schema.media, schema.deployment
    columns = (m.c.id, m.c.wall_clock, m.c.utc_offset_min, m.c.agreement, m.c.instant_utc)
    query = select(*columns).join_from(m, d).where(d.c.code == record.deployment)
    rows = connection.execute(query).all()
    if not rows:
        return 0
    keys, clocks, offsets, agreements, before = zip(*rows, strict=True)
    accepted = np.isin(np.array(agreements), ACCEPTED)
    after = instants_of(as_clocks(clocks), accepted, as_offsets(offsets), record)
    changed = [[key, new] for key, old, new in zip(keys, before, after, strict=True) if old != new]
    if changed:
        statement = text(_SET_INSTANTS[connection.dialect.name])
        connection.execute(statement, {"rows": json.dumps(changed)})
    return len(changed)
