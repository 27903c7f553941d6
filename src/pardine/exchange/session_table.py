"""The session table: dates, clock, detector type and covariates of each session."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from pardine.exchange.numbers import is_missing
from pardine.exchange.reading import Reading
from pardine.exchange.words import DETECTOR_WORDS, find_word
from pardine.observe.session import DetectorType

# Kept with the covariates too: a session record has no place for it, and effort is derived from it.
OCCASION_DAYS = "occasion_days"
_OFFSET = re.compile(r"(?:UTC|GMT)?\s*([+-]?)(\d{1,2})(?::?([0-5]\d))?(?:\.0+)?", re.IGNORECASE)
_LARGEST_OFFSET_MIN = 14 * 60


@dataclass(frozen=True, kw_only=True)
class SessionFacts:
    """What the tables say of one session; ``None`` where they do not.

    Attributes
    ----------
    file, row
        Where it is described (line of the file); ``None`` for a session without a row of its own.
    table
        sha256 of the file.
    """

    starts_on: dt.date | None = None
    ends_on: dt.date | None = None
    utc_offset_min: int | None = None
    detector_type: DetectorType | None = None
    crs: str | None = None
    n_occasions: int | None = None
    occasion_days: int | None = None
    covariates: Mapping[str, str] = field(default_factory=dict)
    file: str = ""
    row: int | None = None
    table: str | None = None


def read_session_table(reading: Reading, default_session: str) -> dict[str, SessionFacts]:
    """Facts of each session of the table; problems are noted in the reading."""
    codes = reading.names("session", default_session)
    starts, ends = reading.moments("start"), reading.moments("end")
    detector_types = _detector_types(reading)
    offsets = [_utc_offset_min(reading, row, cell) for row, cell in enumerate(reading.cells("utc_offset"))]
    n_occasions = _whole_numbers(reading, "n_occasions")
    occasion_days = _whole_numbers(reading, OCCASION_DAYS)
    crs = reading.cells("crs")
    covariates = reading.covariates()
    facts: dict[str, SessionFacts] = {}
    for row, code in enumerate(codes):
        if code in facts:
            reading.refuse("session.twice", row, session=code)
            continue
        first, last = starts[row], ends[row]
        days = occasion_days[row]
        if first and last and last.day < first.day:
            reading.refuse("session.ends_before_start", row, session=code)
            first = last = None
        facts[code] = SessionFacts(
            starts_on=first.day if first else None,
            ends_on=last.day if last else None,
            utc_offset_min=offsets[row],
            detector_type=detector_types[row],
            crs=None if is_missing(crs[row]) else crs[row],
            n_occasions=n_occasions[row],
            occasion_days=days,
            covariates={
                **({OCCASION_DAYS: str(days)} if days else {}),
                **{name: cells[row] for name, cells in covariates.items()},
            },
            file=reading.file,
            row=reading.line(row),
            table=reading.table.sha256,
        )
    return facts


def merge_facts(one: SessionFacts, other: SessionFacts) -> SessionFacts:
    """Facts of both; where both speak, the first."""
    return replace(
        one,
        starts_on=one.starts_on or other.starts_on,
        ends_on=one.ends_on or other.ends_on,
        utc_offset_min=one.utc_offset_min if one.utc_offset_min is not None else other.utc_offset_min,
        detector_type=one.detector_type or other.detector_type,
        crs=one.crs or other.crs,
        n_occasions=one.n_occasions or other.n_occasions,
        occasion_days=one.occasion_days or other.occasion_days,
        covariates={**other.covariates, **one.covariates},
        table=one.table or other.table,
    )


def _detector_types(reading: Reading) -> list[DetectorType | None]:
    types: list[DetectorType | None] = []
    for row, cell in enumerate(reading.cells("detector_type")):
        found = None if is_missing(cell) else find_word(cell, DETECTOR_WORDS)
        if found is None and not is_missing(cell):
            reading.refuse("session.detector_type_unsupported", row, value=cell)
        types.append(found)
    return types


def _utc_offset_min(reading: Reading, row: int, cell: str) -> int | None:
    if is_missing(cell):
        return None
    match = _OFFSET.fullmatch(cell.replace("\u2212", "-"))
    minutes = int(match.group(2)) * 60 + int(match.group(3) or 0) if match else _LARGEST_OFFSET_MIN + 1
    if match is None or minutes > _LARGEST_OFFSET_MIN:
        expected = "+10, +05:30, UTC+8"
        column = reading.used["utc_offset"]
        reading.refuse("table.unknown_word", row, column=column, value=cell, expected=expected)
        return None
    return -minutes if match.group(1) == "-" else minutes


def _whole_numbers(reading: Reading, column: str) -> list[int | None]:
    """Whole numbers from 1 of a known column; ``None`` where blank or refused."""
    if column not in reading:
        return [None] * reading.n_rows
    header = reading.used[column]
    found: list[int | None] = []
    for row, number in enumerate(reading.numbers(header, expected="1, 2, 3, ...", blank_allowed=True)):
        whole = bool(number >= 1 and number < 1e5 and number == int(number))
        if not whole and number == number:
            value = reading.table.column(header)[row]
            reading.refuse("table.not_a_number", row, column=header, value=value, expected="1, 2, 3, ...")
        found.append(int(number) if whole else None)
    return found
