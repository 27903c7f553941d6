"""Tables of an office into one survey: all of it, or all that is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pardine.base.errors import InputError, Notice, note, warning
from pardine.exchange.capture_table import CaptureRow, check_captures, read_capture_table
from pardine.exchange.effort_table import EffortRow, read_effort_table, refuse_unknown_stations
from pardine.exchange.kinds import kind_of
from pardine.exchange.mask_table import fit_masks, read_mask_table
from pardine.exchange.options import ReadOptions
from pardine.exchange.reading import Reading, group_rows, limit_problems
from pardine.exchange.resolve import (
    Findings,
    SessionParts,
    facts_of,
    first_few,
    known_sessions,
    resolve_session,
    updated_session,
)
from pardine.exchange.session_table import SessionFacts, merge_facts, read_session_table
from pardine.exchange.source import SourceTable, TableKind
from pardine.exchange.station_table import StationRow, read_station_table
from pardine.exchange.tables import TABLE_SUFFIXES, Table, parse_table, read_table
from pardine.exchange.telemetry_table import fit_fixes, read_telemetry_table
from pardine.observe.effort import EffortInterval
from pardine.observe.session import Session
from pardine.observe.survey import HabitatMask, Survey

DEFAULT_SESSION = "1"
_PEEK_BYTES = 1 << 16

__all__ = ["Brought", "ReadOptions", "read_survey"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Brought:
    """A survey that was read, with all that a person should see before it is written.

    Attributes
    ----------
    survey
        What the tables bring. Sessions that were known before are in it where the tables refer to
        them; their stations are not.
    sources
        Tables it was read from, byte for byte.
    notices
        What was understood of each table, then warnings and notes.
    """

    survey: Survey
    sources: tuple[SourceTable, ...]
    notices: tuple[Notice, ...]


def read_survey(
    paths: Sequence[Path],
    options: ReadOptions,
    *,
    known: Survey | None = None,
    effort: Sequence[EffortInterval] = (),
) -> Brought:
    """Read tables and folders of tables as one survey.

    Parameters
    ----------
    paths
        Tables, or folders whose tables are taken (not those of folders within).
    options
        What the tables leave open.
    known
        What the project has already: captures may refer to its stations.
    effort
        Of check sheets, for sessions whose tables tell none.

    Raises
    ------
    InputError
        ``tables.nothing_found``, or ``tables.refused`` with every problem of every table.
    """
    findings = Findings()
    tables = _read_tables(paths, options, findings)
    readings = [Reading(table, kind) for table, kind in tables]
    if not readings and not findings.problems:
        raise InputError("tables.nothing_found", file=", ".join(path.name for path in paths))
    survey = _assemble(readings, options, known, effort, findings)
    problems = [*findings.problems, *(problem for reading in readings for problem in reading.problems)]
    if problems:
        limited = limit_problems(problems, lambda problem: str(problem.fields.get("file", "")))
        raise InputError("tables.refused", problems=limited, n_problems=len(problems))
    if findings.local_sessions:
        sessions = first_few(findings.local_sessions)
        findings.notices.append(note("session.local_assumed", session=sessions))
    if findings.unused_files:
        findings.notices.append(note("table.not_used", file=first_few(findings.unused_files)))
    notices = [reading.summary() for reading in readings]
    notices += [*findings.notices, *(notice for reading in readings for notice in reading.notices)]
    return Brought(
        survey=survey,
        sources=tuple(reading.source() for reading in readings),
        notices=tuple(dict.fromkeys(notices)),
    )


def _read_tables(
    paths: Sequence[Path], options: ReadOptions, findings: Findings
) -> list[tuple[Table, TableKind]]:
    """Each table with its kind; a mask named by an option stands in place of the others."""
    found: list[tuple[Table, TableKind]] = []
    masks = {path.resolve() for path in options.mask_paths}
    for path, named in _files(paths, findings):
        if path.resolve() in masks:
            continue
        if masks and not named and _starts_like_mask(path):
            findings.notices.append(note("table.mask_replaced", file=path.name))
            continue
        try:
            table = read_table(path)
        except InputError as error:
            if not named and path.suffix.lower() == ".txt":
                # A letter or a licence beside the tables; a table with that ending can be named.
                findings.unused_files.append(path.name)
            else:
                findings.problems += error.problems or [error.notice]
            continue
        kind = kind_of(table)
        if kind == "mask" and masks:
            findings.notices.append(note("table.mask_replaced", file=table.name))
        elif kind is not None:
            found.append((table, kind))
        elif named:
            header = ", ".join(table.header[:12])
            findings.problems.append(Notice("table.not_recognised", {"file": table.name, "value": header}))
        else:
            findings.unused_files.append(table.name)
    for path in options.mask_paths:
        try:
            found.append((read_table(path), "mask"))
        except InputError as error:
            findings.problems += error.problems or [error.notice]
    return found


def _starts_like_mask(path: Path) -> bool:
    """Whether the first rows of a large file are those of a mask, which then need not be read."""
    try:
        with path.open("rb") as file:
            start = file.read(_PEEK_BYTES)
        whole_lines = start[: start.rfind(b"\n") + 1]
        return len(start) == _PEEK_BYTES and kind_of(parse_table(whole_lines, path.name)) == "mask"
    except (OSError, InputError):
        return False


def _files(paths: Sequence[Path], findings: Findings) -> list[tuple[Path, bool]]:
    """Files to read, and whether a person named them (not only their folder)."""
    files: dict[Path, bool] = {}
    for path in paths:
        if not path.is_dir():
            files[path] = True
            continue
        for entry in _entries(path, findings):
            # Spreadsheets keep a lock file beside an open workbook; systems keep hidden ones.
            if entry.name.startswith((".", "~$")) or not entry.is_file():
                continue
            if entry.suffix.lower() in TABLE_SUFFIXES:
                files.setdefault(entry, False)
            else:
                findings.unused_files.append(entry.name)
    return list(files.items())


def _entries(folder: Path, findings: Findings) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError as error:
        facts = {"file": str(folder), "value": error.strerror or ""}
        findings.problems.append(Notice("table.unreadable_file", facts))
        return []


def _assemble(
    readings: Sequence[Reading],
    options: ReadOptions,
    known: Survey | None,
    sheet_effort: Sequence[EffortInterval],
    findings: Findings,
) -> Survey:
    of_kind: dict[TableKind, list[Reading]] = {
        kind: [reading for reading in readings if reading.kind == kind]
        for kind in ("sessions", "stations", "effort", "captures", "mask", "telemetry")
    }
    default = _default_session(readings, options, known, findings)
    facts = _session_facts(of_kind["sessions"], default)
    stations, efforts = _stations_and_effort(of_kind, default)
    efforts += _of_sheets(stations, efforts, sheet_effort)
    captures = [row for r in of_kind["captures"] for row in read_capture_table(r, default)]
    before = known_sessions(known)
    stations_are_sound = not findings.problems and not any(r.problems for r in of_kind["stations"])
    parts = _resolve(stations, efforts, captures, facts, options, before, findings)
    if not parts and stations_are_sound:
        findings.problems.append(Notice("tables.no_stations"))
    _warn_of_sessions_without_stations(of_kind["sessions"], facts, parts)
    # With the stations unreadable, every capture would be one at an unknown station.
    checked = (
        check_captures(captures, parts, from_zero=options.occasions_from_zero) if stations_are_sound else []
    )
    masks = _masks(of_kind["mask"], parts, sound=stations_are_sound)
    fix_rows = [row for r in of_kind["telemetry"] for row in read_telemetry_table(r, default)]
    fixes = fit_fixes(fix_rows, parts) if stations_are_sound else []
    used = {c.session for c in checked} | {m.session for m in masks} | {f.session for f in fixes}
    used |= facts.keys()
    kept = [part for code, part in parts.items() if part.is_new or code in used]
    resolved = {(s.session, s.code): s for part in kept if part.is_new for s in part.stations}
    return Survey(
        sessions=tuple(part.session for part in kept),
        stations=tuple(resolved[row.session, row.code] for row in stations),
        captures=tuple(checked),
        masks=tuple(masks),
        effort=tuple(effort.interval for effort in efforts),
        fixes=tuple(fixes),
    )


def _default_session(
    readings: Sequence[Reading], options: ReadOptions, known: Survey | None, findings: Findings
) -> str:
    """Session of tables that name none: the only one there is, else the one asked for, else ``1``."""
    silent = [r for r in readings if "session" not in r and r.kind != "mask"]
    named = {code for r in readings if "session" in r and r.kind != "mask" for code in r.cells("session")}
    named |= {session.code for session in known.sessions} if known else set()
    if not silent:
        return DEFAULT_SESSION
    if len(named) > 1 and options.session is None:
        for reading in silent:
            reading.require("session")
    code = options.session or (min(named) if len(named) == 1 else DEFAULT_SESSION)
    if len(named) != 1:
        findings.notices += [note("session.code_assumed", file=r.file, session=code) for r in silent]
    return code


def _session_facts(readings: Sequence[Reading], default: str) -> dict[str, SessionFacts]:
    facts: dict[str, SessionFacts] = {}
    for reading in readings:
        for code, of_table in read_session_table(reading, default).items():
            facts[code] = merge_facts(facts[code], of_table) if code in facts else of_table
    return facts


def _stations_and_effort(
    of_kind: Mapping[TableKind, Sequence[Reading]], default: str
) -> tuple[list[StationRow], list[EffortRow]]:
    stations: dict[tuple[str, str], StationRow] = {}
    efforts: list[EffortRow] = []
    for reading in of_kind["stations"]:
        rows, intervals = read_station_table(reading, default)
        efforts += intervals
        for row in rows:
            if stations.setdefault((row.session, row.code), row) is not row:
                reading.refuse("station.twice", row.row, station=row.code, session=row.session)
    for reading in of_kind["effort"]:
        efforts += read_effort_table(reading, default)
    return list(stations.values()), efforts


def _of_sheets(
    stations: Sequence[StationRow], efforts: Sequence[EffortRow], sheets: Sequence[EffortInterval]
) -> list[EffortRow]:
    """Effort of check sheets at stations of sessions whose tables tell of none.

    Sheets that name no session speak of the only one that there is.
    """
    readings = {(row.session, row.code): row.reading for row in stations}
    told = {effort.interval.session for effort in efforts}
    told |= {row.session for row in stations if row.usage_days.size}
    sessions = {row.session for row in stations}
    only = next(iter(sessions)) if len(sessions) == 1 else DEFAULT_SESSION
    rows = []
    for interval in sheets:
        session = only if interval.session == DEFAULT_SESSION else interval.session
        reading = readings.get((session, interval.station))
        if reading is not None and session not in told:
            rows.append(EffortRow(interval=replace(interval, session=session), reading=reading, row=0))
    return rows


def _resolve(
    stations: Sequence[StationRow],
    efforts: list[EffortRow],
    captures: Sequence[CaptureRow],
    facts: Mapping[str, SessionFacts],
    options: ReadOptions,
    before: dict[str, SessionParts],
    findings: Findings,
) -> dict[str, SessionParts]:
    """Sessions in the order of the session table, then of the stations; known ones first."""
    by_session = group_rows([row.session for row in stations])
    codes = {code: {stations[i].code for i in rows} for code, rows in by_session.items()}
    if stations:
        efforts[:] = refuse_unknown_stations(efforts, codes)
    order = [*(code for code in facts if code in by_session), *(c for c in by_session if c not in facts)]
    touched = facts.keys() | {row.capture.session for row in captures}
    parts = dict(before)
    for code in [code for code in before if code in touched]:
        parts[code] = updated_session(before[code], facts.get(code, SessionFacts()), options, findings)
    for code in order:
        of_session = facts.get(code, SessionFacts())
        if code in before:
            of_session = merge_facts(of_session, facts_of(before[code].session))
        shift = 1 if options.occasions_from_zero else 0
        occasions = [row.occasion or 0 for row in captures if row.capture.session == code]
        parts[code] = resolve_session(
            code,
            [stations[i] for i in by_session[code]],
            [effort for effort in efforts if effort.interval.session == code],
            of_session,
            options,
            int(min(max(occasions, default=0), 10_000)) + shift,
            findings,
        )
        if code in before:
            known = [s for s in before[code].stations if s.code not in codes[code]]
            parts[code] = replace(parts[code], stations=(*parts[code].stations, *known))
    return parts


def _warn_of_sessions_without_stations(
    readings: Sequence[Reading], facts: Mapping[str, SessionFacts], parts: Mapping[str, SessionParts]
) -> None:
    for code, fact in facts.items():
        if code not in parts:
            reading = next(r for r in readings if r.file == fact.file)
            reading.notices.append(warning("session.no_stations", file=fact.file, row=fact.row, session=code))


def _masks(
    readings: Sequence[Reading], parts: Mapping[str, SessionParts], *, sound: bool
) -> list[HabitatMask]:
    sessions: dict[str, Session] = {code: part.session for code, part in parts.items()}
    found = [part for reading in readings for part in read_mask_table(reading, list(sessions))]
    return fit_masks(found, sessions) if sound else []
