"""Sessions put together from all tables: crs, occasions, and each station's effort."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pardine.base.errors import InputError, Notice, note, warning
from pardine.base.place import LOCAL, resolve_crs
from pardine.exchange.effort_table import EffortRow
from pardine.exchange.options import ReadOptions
from pardine.exchange.place_checks import check_places
from pardine.exchange.session_table import OCCASION_DAYS, SessionFacts, merge_facts
from pardine.exchange.station_table import StationRow
from pardine.observe.effort import occasion_edges, usage_from_intervals
from pardine.observe.session import DetectorType, Session
from pardine.observe.station import Station
from pardine.observe.survey import Survey

# A day's length and rounding in the field book: an effort of 30.4 in a month of 30 days is no error.
_SLACK_DAYS = 0.5


@dataclass(kw_only=True)
class Findings:
    """Problems and notices that no single table owns.

    Attributes
    ----------
    local_sessions
        Sessions whose x and y were taken as metres of a local map.
    unused_files
        Files of a folder that hold no table of the survey.
    """

    problems: list[Notice] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    local_sessions: list[str] = field(default_factory=list)
    unused_files: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class SessionParts:
    """A session with its stations and, where it has dates, the moments between its occasions.

    Attributes
    ----------
    usage_days
        Effort on each occasion by station code.
    edges
        As `occasion_edges` returns them; ``None`` without dates or where they do not fit the effort.
    is_new
        Whether its stations came with the tables (not from what was known before).
    """

    session: Session
    stations: tuple[Station, ...]
    edges: tuple[dt.datetime, ...] | None
    is_new: bool

    @cached_property
    def usage_days(self) -> dict[str, tuple[float, ...]]:
        """Effort on each occasion by station code."""
        return {station.code: station.usage_station_days for station in self.stations}


def first_few(names: Sequence[str], n: int = 8) -> str:
    """The names in one line; after the first n, dots."""
    return ", ".join([*names[:n], *(["…"] if len(names) > n else [])])


def known_sessions(known: Survey | None) -> dict[str, SessionParts]:
    """Sessions that the project has already."""
    parts = {}
    for session in known.sessions if known else ():
        stations = tuple(s for s in known.stations if s.session == session.code) if known else ()
        parts[session.code] = SessionParts(
            session=session, stations=stations, edges=_edges_of(session), is_new=False
        )
    return parts


def facts_of(session: Session) -> SessionFacts:
    """What is known of a session, as if its table said so; a local map may just have been assumed."""
    days = session.covariates.get(OCCASION_DAYS, "")
    return SessionFacts(
        starts_on=session.starts_on,
        ends_on=session.ends_on,
        utc_offset_min=session.utc_offset_min,
        detector_type=session.detector_type,
        crs=None if session.crs == LOCAL else session.crs,
        n_occasions=session.n_occasions,
        occasion_days=int(days) if days.isdecimal() else None,
        covariates=session.covariates,
        table=session.table,
    )


def updated_session(
    parts: SessionParts, facts: SessionFacts, options: ReadOptions, findings: Findings
) -> SessionParts:
    """A known session with what a new session table adds to it."""
    known = parts.session
    merged = merge_facts(facts, facts_of(known))
    session = replace(
        known,
        crs=known.crs if facts.crs is None else _session_crs(known.code, (), merged, options, findings),
        starts_on=merged.starts_on,
        ends_on=merged.ends_on,
        utc_offset_min=merged.utc_offset_min,
        detector_type=_detector_type(known.code, merged, options, findings),
        covariates=merged.covariates,
        table=merged.table,
    )
    return replace(parts, session=session, edges=_edges_of(session))


def _edges_of(session: Session) -> tuple[dt.datetime, ...] | None:
    if session.starts_on is None or session.ends_on is None:
        return None
    if session.ends_on < session.starts_on:
        return None
    edges = occasion_edges(session.starts_on, session.ends_on, facts_of(session).occasion_days)
    return edges if len(edges) == session.n_occasions + 1 else None


def resolve_session(
    code: str,
    rows: Sequence[StationRow],
    efforts: Sequence[EffortRow],
    facts: SessionFacts,
    options: ReadOptions,
    n_captured_occasions: int,
    findings: Findings,
) -> SessionParts:
    """One session from its stations, intervals and facts.

    Parameters
    ----------
    code
        Of the session.
    rows, efforts
        Its stations (at least one) and intervals.
    facts
        What the session table says.
    options
        What a person added.
    n_captured_occasions
        Largest occasion of its captures: the number of occasions where nothing else tells it.
    findings
        Takes the problems and notices.
    """
    crs = _session_crs(code, rows, facts, options, findings)
    starts_on, ends_on = _dates(facts, efforts)
    edges = occasion_edges(starts_on, ends_on, facts.occasion_days) if starts_on and ends_on else None
    usage, source = _usage(code, rows, efforts, facts, options, edges, n_captured_occasions, findings)
    n_occasions = usage.shape[1]
    if edges is not None and n_occasions and len(edges) != n_occasions + 1:
        if facts.occasion_days is not None and source != "assumed":
            fields = {"session": code, "value": len(edges) - 1, "expected": n_occasions}
            findings.problems.append(Notice("session.occasions_differ", fields))
        edges = None
    if source == "columns" and starts_on is not None and ends_on is not None:
        _check_lengths(rows, usage, edges, float((ends_on - starts_on).days + 1))
    _warn_of_idle(code, rows, usage)
    check_places(code, rows, crs)
    session = Session(
        code=code,
        n_occasions=n_occasions,
        detector_type=_detector_type(code, facts, options, findings),
        crs=crs,
        starts_on=starts_on,
        ends_on=ends_on,
        utc_offset_min=facts.utc_offset_min,
        covariates=facts.covariates,
        table=facts.table,
    )
    stations = tuple(
        Station(
            session=code,
            code=row.code,
            x=row.x,
            y=row.y,
            usage_station_days=tuple(days.tolist()),
            covariates=row.covariates,
            table=row.reading.table.sha256,
        )
        for row, days in zip(rows, usage, strict=True)
    )
    return SessionParts(session=session, stations=stations, edges=edges, is_new=True)


def _warn_of_idle(code: str, rows: Sequence[StationRow], usage: NDArray[np.float64]) -> None:
    idle = [row for row, days in zip(rows, usage, strict=True) if days.size and not days.any()]
    if idle:
        idle[0].reading.warn("station.never_worked", station=first_few([r.code for r in idle]), session=code)


def _session_crs(
    code: str,
    rows: Sequence[StationRow],
    facts: SessionFacts,
    options: ReadOptions,
    findings: Findings,
) -> str:
    stated = [text for text in (facts.crs, *(row.crs for row in rows)) if text is not None]
    try:
        named = list(dict.fromkeys(resolve_crs(text) for text in dict.fromkeys(stated)))
        asked = resolve_crs(options.crs) if options.crs is not None else None
    except InputError as error:
        findings.problems.append(error.notice)
        return LOCAL
    if len(named) > 1 or (named and asked is not None and asked != named[0]):
        facts_of = {"session": code, "column": "crs", "value": named[0]}
        findings.problems.append(
            Notice("session.differs", {**facts_of, "expected": (*named[1:], asked)[0] or named[0]})
        )
    if not named and asked is None:
        findings.local_sessions.append(code)
    return (*named, asked or LOCAL)[0]


def _detector_type(
    code: str, facts: SessionFacts, options: ReadOptions, findings: Findings
) -> DetectorType | None:
    stated, asked = facts.detector_type, options.detector_type
    if stated is not None and asked is not None and stated != asked:
        fields = {"session": code, "column": "detector_type", "value": stated, "expected": asked}
        findings.problems.append(Notice("session.differs", fields))
    return stated or asked


def _dates(facts: SessionFacts, efforts: Sequence[EffortRow]) -> tuple[dt.date | None, dt.date | None]:
    """First and last day: as stated, else of the intervals."""
    starts = [effort.interval.starts.date() for effort in efforts]
    ends = [(effort.interval.ends - dt.timedelta(microseconds=1)).date() for effort in efforts]
    first = facts.starts_on or min(starts, default=None)
    last = facts.ends_on or max(ends, default=None)
    return (first, last) if first is None or last is None or first <= last else (None, None)


def _usage(
    code: str,
    rows: Sequence[StationRow],
    efforts: Sequence[EffortRow],
    facts: SessionFacts,
    options: ReadOptions,
    edges: tuple[dt.datetime, ...] | None,
    n_captured_occasions: int,
    findings: Findings,
) -> tuple[NDArray[np.float64], str]:
    """(J, S) effort and where it is from: columns, intervals, an assumption or nowhere."""
    usage = _usage_of_columns(rows)
    if usage.shape[1]:
        return usage, "columns"
    if efforts and edges is not None:
        _note_outside(code, efforts, edges)
        intervals = [effort.interval for effort in efforts]
        return usage_from_intervals(intervals, [row.code for row in rows], edges), "intervals"
    if options.assume_full_effort:
        n_occasions = facts.n_occasions or (len(edges) - 1 if edges else n_captured_occasions) or 1
        findings.notices.append(warning("station.effort_assumed", session=code))
        days = np.ones(n_occasions)
        if edges is not None and len(edges) == n_occasions + 1:
            days = _lengths_days(edges)
        return np.tile(days, (len(rows), 1)), "assumed"
    rows[0].reading.refuse("station.no_effort", session=code)
    return np.zeros((len(rows), 0)), "nowhere"


def _usage_of_columns(rows: Sequence[StationRow]) -> NDArray[np.float64]:
    """Effort by column, cut to the occasions that exist in this session; blanks are problems.

    An occasion exists where at least one station of the session has effort written for it; trailing
    occasions without any belong to longer sessions of the same table.
    """
    width = max(row.usage_days.size for row in rows)
    usage = np.full((len(rows), width), np.nan)
    for j, row in enumerate(rows):
        usage[j, : row.usage_days.size] = row.usage_days
    told = np.flatnonzero(~np.isnan(usage).all(axis=0))
    usage = usage[:, : told[-1] + 1 if told.size else 0]
    for j, occasion in np.argwhere(np.isnan(usage)).tolist():
        row = rows[j]
        row.reading.refuse("station.usage_blank", row.row, station=row.code, occasion=occasion + 1)
    return np.where(np.isnan(usage), 0.0, usage)


def _check_lengths(
    rows: Sequence[StationRow],
    usage: NDArray[np.float64],
    edges: tuple[dt.datetime, ...] | None,
    session_days: float,
) -> None:
    """A station cannot work longer than its session, or its occasion, lasts."""
    possible = np.array([session_days])
    worked = usage.sum(axis=1, keepdims=True)
    if edges is not None:
        possible = _lengths_days(edges)
        worked = usage
    for j, s in np.argwhere(worked > possible + _SLACK_DAYS).tolist():
        row = rows[j]
        value, expected = float(worked[j, s]), float(possible[s])
        row.reading.refuse(
            "station.usage_too_long", row.row, station=row.code, value=value, expected=expected
        )


def _lengths_days(edges: Sequence[dt.datetime]) -> NDArray[np.float64]:
    """(S,) length of each occasion."""
    return np.array([(end - start) / dt.timedelta(days=1) for start, end in itertools.pairwise(edges)])


def _note_outside(code: str, efforts: Sequence[EffortRow], edges: tuple[dt.datetime, ...]) -> None:
    outside: dict[str, int] = {}
    readings = {}
    for effort in efforts:
        if effort.interval.starts < edges[0] or effort.interval.ends > edges[-1]:
            outside[effort.reading.file] = outside.get(effort.reading.file, 0) + 1
            readings[effort.reading.file] = effort.reading
    for file, n in outside.items():
        readings[file].notices.append(note("effort.outside_session", file=file, n=n, session=code))
