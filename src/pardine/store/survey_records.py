"""A survey as records by uid, and what is the same, new, different or gone between two of them."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from pardine.base.errors import Notice
from pardine.base.identifiers import Kind, imported_uid, sha256_of_bytes
from pardine.observe.capture import ImportedCapture
from pardine.observe.effort import EffortInterval
from pardine.observe.session import Session
from pardine.observe.station import Station
from pardine.observe.survey import HabitatMask, Survey
from pardine.observe.telemetry import Fix
from pardine.store.mask_bytes import encode_mask

Record = TypeVar("Record")


@dataclass(frozen=True, kw_only=True)
class KeptMask:
    """A habitat mask by the hash of its points; two are the same when points and cells are.

    Attributes
    ----------
    session
        Session code, or ``None``: for every session.
    cell_area_m2
        Area that each point stands for.
    points_sha256
        Of the bytes that `mask_bytes` makes of points and covariates.
    table
        sha256 of the table they came from.
    """

    session: str | None
    cell_area_m2: float
    points_sha256: str
    table: str = field(compare=False)


@dataclass(frozen=True)
class Records:
    """The parts of a survey by uid, each in the order of its table."""

    session: dict[str, Session] = field(default_factory=dict)
    station: dict[str, Station] = field(default_factory=dict)
    effort: dict[str, EffortInterval] = field(default_factory=dict)
    capture: dict[str, ImportedCapture] = field(default_factory=dict)
    fix: dict[str, Fix] = field(default_factory=dict)
    mask: dict[str, KeptMask] = field(default_factory=dict)


def individual_uid(project_uid: uuid.UUID, session: str, name: str) -> str:
    """Uid of an animal; names are unique within a session."""
    return str(imported_uid(project_uid, "individual", session, name))


def records_of(project_uid: uuid.UUID, survey: Survey) -> tuple[Records, dict[str, bytes], list[Notice]]:
    """Records of a survey by uid.

    Returns
    -------
    records : Records
    points : dict
        Bytes of the masks' points by their sha256.
    problems : list of Notice
        ``survey.doubled_*``: the survey says the same thing twice.
    """
    problems: list[Notice] = []
    points: dict[str, bytes] = {}

    def keyed(kind: Kind, named: Iterable[tuple[tuple[str, ...], Record]]) -> dict[str, Record]:
        found: dict[str, Record] = {}
        for key, record in named:
            uid = str(imported_uid(project_uid, kind, *key))
            if uid in found:
                problems.append(Notice(f"survey.doubled_{kind}", label(record)))
            found[uid] = record
        return found

    records = Records(
        session=keyed("session", (((s.code,), s) for s in survey.sessions)),
        station=keyed("station", (((s.session, s.code), s) for s in survey.stations)),
        effort=keyed("effort", ((_effort_key(e), e) for e in survey.effort)),
        capture=keyed("capture", _numbered(survey.captures)),
        fix=keyed("fix", _numbered_fixes(survey.fixes)),
        mask=keyed("mask", ((_mask_key(m), _kept(m, points)) for m in survey.masks)),
    )
    return records, points, problems


def _effort_key(effort: EffortInterval) -> tuple[str, ...]:
    return (effort.session, effort.station, effort.slot, effort.starts.isoformat())


def _mask_key(mask: HabitatMask) -> tuple[str, ...]:
    return () if mask.session is None else (mask.session,)


def _kept(mask: HabitatMask, points: dict[str, bytes]) -> KeptMask:
    content = encode_mask(mask.xy, mask.covariates)
    digest = sha256_of_bytes(content)
    points[digest] = content
    return KeptMask(
        session=mask.session,
        cell_area_m2=float(mask.cell_area_m2),
        points_sha256=digest,
        table=mask.sha256,
    )


def _numbered(captures: Iterable[ImportedCapture]) -> Iterator[tuple[tuple[str, ...], ImportedCapture]]:
    """Captures with their natural keys: animal, occasion, station, and a number among alike ones.

    Rows of one animal at one station on one occasion are numbered by what they say, not by where
    they stand, so that a table sorted otherwise gives the same uids.
    """
    captures = tuple(captures)
    alike: dict[Hashable, list[int]] = defaultdict(list)
    for index, c in enumerate(captures):
        alike[c.session, c.individual, c.occasion, c.station].append(index)
    numbers = [1] * len(captures)
    for indices in alike.values():
        if len(indices) > 1:
            indices.sort(key=lambda i: _statement(captures[i]))
            for number, index in enumerate(indices, start=1):
                numbers[index] = number
    for c, number in zip(captures, numbers, strict=True):
        yield (c.session, c.individual, str(c.occasion), c.station, str(number)), c


def _numbered_fixes(fixes: Iterable[Fix]) -> Iterator[tuple[tuple[str, ...], Fix]]:
    """Fixes with their natural keys: animal and time, else animal and place; alike ones are numbered."""
    fixes = tuple(fixes)
    keys = [(f.session, f.individual, *_time_or_place(f)) for f in fixes]
    numbers = [1] * len(fixes)
    alike: dict[Hashable, int] = defaultdict(int)
    for index in sorted(range(len(fixes)), key=lambda i: (fixes[i].x, fixes[i].y)):
        alike[keys[index]] += 1
        numbers[index] = alike[keys[index]]
    for key, number, fix in zip(keys, numbers, fixes, strict=True):
        yield (*key, str(number)), fix


def _time_or_place(fix: Fix) -> tuple[str, ...]:
    if fix.at is not None:
        return (fix.at.isoformat(),)
    return (repr(float(fix.x) + 0.0), repr(float(fix.y) + 0.0))


def _statement(capture: ImportedCapture) -> tuple[int, str, str]:
    return (capture.count, capture.sex or "", capture.age_class or "")


def label(record: object) -> dict[str, Any]:
    """What a person calls a record: its session, station, individual, row."""
    names = ("session", "code", "station", "slot", "starts", "individual", "occasion", "at", "row")
    facts = {name: getattr(record, name) for name in names if hasattr(record, name)}
    return {name: _plain(value) for name, value in facts.items()}


def content_of(record: Any) -> dict[str, Any]:
    """A record as plain JSON values."""
    return {f.name: _plain(getattr(record, f.name)) for f in dataclasses.fields(record)}


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date):  # datetimes too
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    return list(value) if isinstance(value, tuple) else value


@dataclass(frozen=True)
class Difference(Generic[Record]):
    """What brought records are to stored ones, by uid.

    Attributes
    ----------
    new
        Not stored yet.
    same
        Uids stored with the same content.
    different
        Uid to (stored, brought).
    """

    new: dict[str, Record]
    same: frozenset[str]
    different: dict[str, tuple[Record, Record]]


def compare(stored: Mapping[str, Record], brought: Mapping[str, Record]) -> Difference[Record]:
    """Compare by uid; in which table a record stands, and on which line, is no difference."""
    both = [uid for uid in brought if uid in stored]
    different = {uid: (stored[uid], brought[uid]) for uid in both if not _alike(stored[uid], brought[uid])}
    return Difference(
        new={uid: record for uid, record in brought.items() if uid not in stored},
        same=frozenset(uid for uid in both if uid not in different),
        different=different,
    )


def _alike(stored: object, brought: object) -> bool:
    if isinstance(stored, ImportedCapture) and isinstance(brought, ImportedCapture):
        # The rest of its content is in the uid.
        return _statement(stored) == _statement(brought)
    return stored == brought


def stands_elsewhere(stored: Any, brought: Any) -> bool:
    """Whether a known table says a thing elsewhere than the store has it: another table or line."""
    places = [(record.table, getattr(record, "row", None)) for record in (stored, brought)]
    return brought.table is not None and places[0] != places[1]


def told_session(stored: Session, brought: Session, *, prefer_brought: bool) -> Session | None:
    """A session as both tell it: what one leaves open the other may fill.

    Returns
    -------
    Session or None
        ``None`` where they contradict each other and ``prefer_brought`` is false.
    """
    first, second = (brought, stored) if prefer_brought else (stored, brought)
    covariates = {**second.covariates, **first.covariates}
    filled = {
        name: getattr(second, name)
        for name in ("detector_type", "starts_on", "ends_on", "utc_offset_min")
        if getattr(first, name) is None
    }
    table = brought.table or stored.table
    told = dataclasses.replace(first, covariates=covariates, table=table, **filled)
    if prefer_brought:
        return told
    # Nothing may be lost of either: filling the other way round must give the same.
    other = told_session(stored, brought, prefer_brought=True)
    return told if told == other else None


def differing_fields(stored: Any, brought: Any) -> Iterator[tuple[str, Any, Any]]:
    """Name and both values of each field in which two records differ."""
    for f in dataclasses.fields(stored):
        values = getattr(stored, f.name), getattr(brought, f.name)
        if f.compare and f.name != "row" and values[0] != values[1]:
            yield f.name, _plain(values[0]), _plain(values[1])
