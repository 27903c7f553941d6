"""A survey as clean tables that read back to the same survey, beside the originals byte for byte."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TextIO

from pardine.base.errors import InputError
from pardine.base.place import GEOGRAPHIC
from pardine.exchange.formulas import neutralise
from pardine.exchange.source import SourceTable
from pardine.observe.session import Session
from pardine.observe.survey import HabitatMask, Survey

SOURCES_FOLDER = "sources"

Cell = str | float | int | None


def export_survey(survey: Survey, sources: Sequence[SourceTable], folder: Path) -> tuple[Path, ...]:
    """Write a survey as UTF-8 tables that `read_survey` reads back, and its originals.

    Parameters
    ----------
    survey
        What to write.
    sources
        Original tables, written unchanged under ``sources/``.
    folder
        Made where it is missing; nothing in it is overwritten.

    Returns
    -------
    tuple of Path
        Files that were written.

    Raises
    ------
    InputError
        ``export.file_exists``: a file to be written is already there; nothing was written.

    Notes
    -----
    Text that a spreadsheet would run as a formula gets an apostrophe, which reading takes away. The
    records that are read back name these tables as theirs, and captures stand on other lines.
    """
    tables = _tables(survey)
    originals = _original_names(sources)
    paths = [folder / name for name in tables]
    paths += [folder / SOURCES_FOLDER / name for name in originals]
    for path in paths:
        if path.exists():
            raise InputError("export.file_exists", file=str(path))
    folder.mkdir(parents=True, exist_ok=True)
    if originals:
        (folder / SOURCES_FOLDER).mkdir(exist_ok=True)
    for name, (header, rows) in tables.items():
        write_table(folder / name, header, rows)
    for name, content in originals.items():
        (folder / SOURCES_FOLDER / name).write_bytes(content)
    return tuple(paths)


def write_table(path: Path, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Write one csv table: UTF-8, comma, point; text neutralised, numbers as they are."""
    with path.open("x", encoding="utf-8", newline="") as file:
        _write_rows(file, header, rows)


def table_bytes(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """One csv table as `write_table` writes it."""
    file = io.StringIO(newline="")
    _write_rows(file, header, rows)
    return file.getvalue().encode("utf-8")


def _write_rows(file: TextIO, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([neutralise(name) for name in header])
    writer.writerows([_cell(cell) for cell in row] for row in rows)


Tables = dict[str, tuple[list[str], list[list[Cell]]]]


def _tables(survey: Survey) -> Tables:
    tables: Tables = {
        "sessions.csv": _sessions(survey),
        "stations.csv": _stations(survey),
        "captures.csv": _captures(survey),
    }
    if survey.effort:
        tables["effort.csv"] = _effort(survey)
    if survey.fixes:
        tables["telemetry.csv"] = _telemetry(survey)
    crs = {session.code: session.crs for session in survey.sessions}
    for number, mask in enumerate(survey.masks, start=1):
        tables[f"mask_{number:03d}.csv"] = _mask(mask, crs)
    return tables


def _sessions(survey: Survey) -> tuple[list[str], list[list[Cell]]]:
    names = _names(session.covariates for session in survey.sessions)
    known = ["session", "n_occasions", "detector_type", "crs", "start", "end", "utc_offset"]
    return known + names, [[*_session_cells(s), *_values(s.covariates, names)] for s in survey.sessions]


def _session_cells(session: Session) -> list[Cell]:
    return [
        session.code,
        session.n_occasions,
        session.detector_type,
        session.crs,
        session.starts_on.isoformat() if session.starts_on else None,
        session.ends_on.isoformat() if session.ends_on else None,
        _offset_text(session.utc_offset_min),
    ]


def _offset_text(minutes: int | None) -> str | None:
    if minutes is None:
        return None
    sign = "-" if minutes < 0 else "+"
    # With UTC before it no spreadsheet takes it for a sum or a time of day.
    return f"UTC{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def _stations(survey: Survey) -> tuple[list[str], list[list[Cell]]]:
    names = _names(station.covariates for station in survey.stations)
    n_occasions = max((len(s.usage_station_days) for s in survey.stations), default=0)
    x, y = _coordinate_names(survey)
    header = ["session", "station", x, y, *(f"usage_{k}" for k in range(1, n_occasions + 1)), *names]
    rows: list[list[Cell]] = []
    for station in survey.stations:
        usage = station.usage_station_days
        blanks = [None] * (n_occasions - len(usage))
        covariates = _values(station.covariates, names)
        rows.append([station.session, station.code, station.x, station.y, *usage, *blanks, *covariates])
    return header, rows


def _coordinate_names(survey: Survey) -> tuple[str, str]:
    geographic = all(session.crs == GEOGRAPHIC for session in survey.sessions)
    return ("longitude", "latitude") if geographic else ("x", "y")


def _telemetry(survey: Survey) -> tuple[list[str], list[list[Cell]]]:
    header = ["session", "individual", *_coordinate_names(survey), "time"]
    rows: list[list[Cell]] = [
        [f.session, f.individual, f.x, f.y, None if f.at is None else f.at.isoformat(" ", "seconds")]
        for f in survey.fixes
    ]
    return header, rows


def _captures(survey: Survey) -> tuple[list[str], list[list[Cell]]]:
    header = ["session", "individual", "occasion", "station", "count", "sex", "age_class"]
    rows: list[list[Cell]] = [
        [c.session, c.individual, c.occasion, c.station, c.count, c.sex, c.age_class] for c in survey.captures
    ]
    return header, rows


def _effort(survey: Survey) -> tuple[list[str], list[list[Cell]]]:
    header = ["session", "station", "slot", "start", "end", "state"]
    rows: list[list[Cell]] = [
        [e.session, e.station, e.slot, e.starts.isoformat(" "), e.ends.isoformat(" "), e.state]
        for e in survey.effort
    ]
    return header, rows


def _mask(mask: HabitatMask, crs_of_session: Mapping[str, str]) -> tuple[list[str], list[list[Cell]]]:
    crs = {crs for code, crs in crs_of_session.items() if mask.session in (None, code)}
    named = [crs.pop()] if len(crs) == 1 else []
    header = ["session", "x", "y", *(["crs"] if named else []), "area_m2", *mask.covariates]
    covariates = [values.tolist() for values in mask.covariates.values()]
    session = "all" if mask.session is None else mask.session
    rows: list[list[Cell]] = [
        [session, x, y, *named, mask.cell_area_m2, *values]
        for (x, y), *values in zip(mask.xy.tolist(), *covariates, strict=True)
    ]
    return header, rows


def _names(covariates: Iterable[Mapping[str, str]]) -> list[str]:
    """Names of all covariates, in the order in which they first appear."""
    return list(dict.fromkeys(name for each in covariates for name in each))


def _values(covariates: Mapping[str, str], names: Sequence[str]) -> list[str]:
    return [covariates.get(name, "") for name in names]


def _cell(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return neutralise(cell)
    # The shortest text that reads back to the same number; whole numbers without a point.
    return str(int(cell)) if cell == int(cell) and abs(cell) < 1e15 else repr(float(cell))


def _original_names(sources: Sequence[SourceTable]) -> dict[str, bytes]:
    """A file name for each original; the same name for another content gets its hash before it."""
    originals: dict[str, bytes] = {}
    for source in sources:
        # The name may have been stored on another system.
        name = PurePosixPath(PureWindowsPath(source.name).name).name or source.sha256[:12]
        if originals.get(name, source.content) != source.content:
            name = f"{source.sha256[:12]}_{name}"
        originals[name] = source.content
    return originals
