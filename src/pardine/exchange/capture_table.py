"""The capture table: which animal, on which occasion, at which station, how often."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from pardine.base.errors import Notice, note, warning
from pardine.exchange.names import similar_name
from pardine.exchange.numbers import is_missing
from pardine.exchange.reading import Reading, group_rows
from pardine.exchange.resolve import SessionParts, first_few
from pardine.exchange.words import AGE_WORDS, SEX_WORDS
from pardine.observe.capture import ImportedCapture
from pardine.observe.effort import NOON, occasion_of


@dataclass(frozen=True, kw_only=True)
class CaptureRow:
    """A capture as its table has it; ``occasion`` and ``count`` are not yet checked.

    Attributes
    ----------
    occasion, count
        As written; ``None`` where blank or unreadable, or where the table has no such column.
    moment
        When, where the table has dates.
    """

    capture: ImportedCapture
    occasion: float | None
    count: float | None
    moment: dt.datetime | None
    reading: Reading
    row: int


def read_capture_table(reading: Reading, default_session: str) -> list[CaptureRow]:
    """Rows of a capture table, without those that say that nothing was caught."""
    if not reading.require("individual", "station"):
        return []
    keep = [row for row in range(reading.n_rows) if not _says_no_capture(reading, row)]
    sessions = reading.cells("session") if "session" in reading else [default_session] * reading.n_rows
    reading.names("session", rows=keep)
    individuals, stations = reading.names("individual", rows=keep), reading.names("station", rows=keep)
    occasions, counts = _numbers(reading, "occasion"), _numbers(reading, "count")
    moments = reading.moments("date")
    sexes, ages = reading.words("sex", SEX_WORDS), reading.words("age_class", AGE_WORDS)
    reading.warn_of_alike("individual", [individuals[row] for row in keep])
    return [
        CaptureRow(
            capture=ImportedCapture(
                session=sessions[row],
                individual=individuals[row],
                occasion=1,
                station=stations[row],
                sex=sexes[row],
                age_class=ages[row],
                row=reading.line(row),
                table=reading.table.sha256,
            ),
            occasion=occasions[row],
            count=counts[row],
            moment=moment.at(NOON) if (moment := moments[row]) else None,
            reading=reading,
            row=row,
        )
        for row in keep
    ]


def check_captures(
    rows: Sequence[CaptureRow], sessions: Mapping[str, SessionParts], *, from_zero: bool
) -> list[ImportedCapture]:
    """Captures that fit the survey, one for each animal, occasion and station.

    Parameters
    ----------
    rows
        Of all capture tables.
    sessions
        The survey's sessions with their stations and effort.
    from_zero
        Whether the tables count occasions from 0.
    """
    found: list[tuple[int, ImportedCapture]] = []
    removed: list[CaptureRow] = []
    for session, indices in group_rows([row.capture.session for row in rows]).items():
        parts = sessions.get(session)
        if parts is None:
            _refuse_session([rows[i] for i in indices], list(sessions))
            continue
        _warn_of_two_sexes([rows[i] for i in indices])
        shift = _first_occasion_shift([rows[i] for i in indices], from_zero=from_zero)
        of_session = [(i, checked) for i in indices if (checked := _checked(rows[i], parts, shift))]
        _refuse_return_of_removed(rows, of_session)
        found += _merge(rows, of_session, parts)
        removed += [rows[i] for i, capture in of_session if capture.count == -1]
    _warn_of_removed(removed)
    return [capture for _, capture in sorted(found, key=lambda item: item[0])]


def _says_no_capture(reading: Reading, row: int) -> bool:
    """A row without an animal and without a station or count: the session is named, nothing was caught."""
    if not is_missing(reading.cells("individual")[row]):
        return False
    return is_missing(reading.cells("station")[row]) or reading.cells("count")[row] == "0"


def _numbers(reading: Reading, column: str) -> list[float | None]:
    """Numbers as written; ``None`` where the column is missing or the cell could not be read."""
    if column not in reading:
        return [None] * reading.n_rows
    numbers = reading.numbers(reading.used[column], expected="1, 2, 3, ...", blank_allowed=True)
    return [None if np.isnan(number) else number for number in numbers.tolist()]


def _refuse_session(rows: Sequence[CaptureRow], known: Sequence[str]) -> None:
    expected = ", ".join(known[:8])
    for row in rows:
        row.reading.refuse("session.unknown", row.row, session=row.capture.session, expected=expected)


def _warn_of_two_sexes(rows: Sequence[CaptureRow]) -> None:
    first: dict[str, CaptureRow] = {}
    told: set[str] = set()
    for row in rows:
        individual, sex = row.capture.individual, row.capture.sex
        if sex is None:
            continue
        before = first.setdefault(individual, row).capture.sex
        if before != sex and individual not in told:
            told.add(individual)
            session = row.capture.session
            row.reading.warn(
                "capture.two_sexes", row.row, individual=individual, session=session, value=sex, other=before
            )


def _first_occasion_shift(rows: Sequence[CaptureRow], *, from_zero: bool) -> int | None:
    """What to add to occasions; ``None`` where they count from 0 and nobody said so (a problem)."""
    if from_zero:
        return 1
    for row in rows:
        if row.occasion == 0:
            row.reading.refuse("capture.occasion_zero_based", row.row, session=row.capture.session)
            return None
    return 0


def _checked(row: CaptureRow, parts: SessionParts, shift: int | None) -> ImportedCapture | None:
    """The capture with its occasion and count; ``None`` where it does not fit (a problem)."""
    usage_days = parts.usage_days.get(row.capture.station)
    if usage_days is None:
        _refuse_station(row, list(parts.usage_days))
    count = _count(row, parts)
    occasion = None if shift is None else _occasion(row, parts, shift)
    if usage_days is None or count is None or occasion is None:
        return None
    if usage_days[occasion - 1] <= 0.0:
        capture = row.capture
        row.reading.refuse(
            "capture.not_working",
            row.row,
            station=capture.station,
            individual=capture.individual,
            occasion=occasion,
        )
        return None
    return replace(row.capture, occasion=occasion, count=count)


def _refuse_station(row: CaptureRow, known: Sequence[str]) -> None:
    station, session = row.capture.station, row.capture.session
    similar = similar_name(station, known)
    row.reading.refuse(
        "capture.unknown_station",
        row.row,
        station=station,
        session=session,
        value=station,
        similar=f" ({similar}?)" if similar else "",
    )


def _count(row: CaptureRow, parts: SessionParts) -> int | None:
    """Detections of the row; -1 is one detection of an animal that was not released."""
    if "count" not in row.reading:
        return 1
    cell = row.reading.cells("count")[row.row]
    if row.count is None:
        if is_missing(cell):
            row.reading.refuse("table.missing_value", row.row, column=row.reading.used["count"])
        return None
    if row.count == -1 and parts.session.detector_type != "count":
        return -1
    if row.count < 1 or row.count != int(row.count) or row.count > 1e6:
        row.reading.refuse("capture.count_below_one", row.row, column=row.reading.used["count"], value=cell)
        return None
    return int(row.count)


def _occasion(row: CaptureRow, parts: SessionParts, shift: int) -> int | None:
    n_occasions = parts.session.n_occasions
    if "occasion" in row.reading:
        cell = row.reading.cells("occasion")[row.row]
        if row.occasion is None:
            if is_missing(cell):
                row.reading.refuse("table.missing_value", row.row, column=row.reading.used["occasion"])
            return None
        occasion = row.occasion + shift
        if 1 <= occasion <= n_occasions and occasion == int(occasion):
            return int(occasion)
        if n_occasions:
            row.reading.refuse(
                "capture.unknown_occasion",
                row.row,
                value=cell,
                expected=n_occasions,
                session=row.capture.session,
            )
        return None
    if row.moment is not None and parts.edges is not None:
        return _occasion_of_date(row, row.moment, parts.edges)
    if n_occasions == 1 and "date" not in row.reading:
        return 1
    _refuse_without_occasion(row, parts)
    return None


def _occasion_of_date(row: CaptureRow, moment: dt.datetime, edges: tuple[dt.datetime, ...]) -> int | None:
    occasion = occasion_of(moment, edges)
    if occasion is None:
        last_day = (edges[-1] - dt.timedelta(days=1)).date()
        expected = f"{edges[0].date().isoformat()} – {last_day.isoformat()}"
        value, session = moment.date().isoformat(), row.capture.session
        row.reading.refuse(
            "capture.outside_session", row.row, value=value, expected=expected, session=session
        )
    return occasion


def _refuse_without_occasion(row: CaptureRow, parts: SessionParts) -> None:
    """Neither an occasion nor a date that can be placed: told once a table and session."""
    if "date" not in row.reading:
        if not any(problem.code == "table.missing_column" for problem in row.reading.problems):
            row.reading.require("occasion")
    elif parts.edges is None:
        fields = {"file": row.reading.file, "session": row.capture.session}
        problem = Notice("session.needs_dates", fields)
        if problem not in row.reading.problems:
            row.reading.problems.append(problem)
    elif is_missing(row.reading.cells("date")[row.row]):
        row.reading.refuse("table.missing_value", row.row, column=row.reading.used["date"])


def _refuse_return_of_removed(
    rows: Sequence[CaptureRow], of_session: Sequence[tuple[int, ImportedCapture]]
) -> None:
    """A count of -1 says that the animal was not released: it cannot be caught again."""
    last: dict[str, int] = {}
    for _, capture in of_session:
        last[capture.individual] = max(last.get(capture.individual, 0), capture.occasion)
    for i, capture in of_session:
        if capture.count == -1 and capture.occasion < last[capture.individual]:
            column = rows[i].reading.used["count"]
            rows[i].reading.refuse("capture.count_below_one", rows[i].row, column=column, value="-1")


def _warn_of_removed(removed: Sequence[CaptureRow]) -> None:
    for indices in group_rows([row.reading.file for row in removed]).values():
        first = removed[indices[0]]
        sessions = first_few(list(dict.fromkeys(removed[i].capture.session for i in indices)))
        first.reading.warn("capture.not_released", first.row, n=len(indices), session=sessions)


def _merge(
    rows: Sequence[CaptureRow], of_session: Sequence[tuple[int, ImportedCapture]], parts: SessionParts
) -> list[tuple[int, ImportedCapture]]:
    """One capture for each animal, occasion and station, at the place of its first row."""
    binary = parts.session.detector_type in ("proximity", "multi")
    merged: dict[tuple[str, int, str], tuple[int, ImportedCapture]] = {}
    n_repeated: dict[str, int] = {}
    for i, capture in of_session:
        was_removed = capture.count == -1
        capture = replace(capture, count=abs(capture.count))
        key = (capture.individual, capture.occasion, capture.station)
        file = rows[i].reading.file
        if key in merged:
            first, before = merged[key]
            was_removed = was_removed or before.count == -1
            capture = _joined(replace(before, count=abs(before.count)), capture)
            i = first
            n_repeated[file] = n_repeated.get(file, 0) + 1
        elif binary and capture.count > 1:
            n_repeated[file] = n_repeated.get(file, 0) + 1
        count = -1 if was_removed else 1 if binary else capture.count
        merged[key] = (i, replace(capture, count=count))
    code = "capture.once" if binary else "capture.summed"
    readings = {rows[i].reading.file: rows[i].reading for i, _ in of_session}
    for file, n in n_repeated.items():
        make = warning if binary else note
        readings[file].notices.append(make(code, file=file, n=n, session=parts.session.code))
    return list(merged.values())


def _joined(before: ImportedCapture, capture: ImportedCapture) -> ImportedCapture:
    """Two rows of the same animal, occasion and station as one, with what either knows.

    It stands where the first of them stands.
    """
    return replace(
        before,
        count=before.count + capture.count,
        sex=before.sex or capture.sex,
        age_class=before.age_class or capture.age_class,
    )
