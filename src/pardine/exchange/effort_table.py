"""Effort as intervals with a cause: one row for what a station or slot did from start to end."""

from __future__ import annotations

from dataclasses import dataclass

from pardine.exchange.names import similar_name
from pardine.exchange.reading import Reading
from pardine.exchange.words import STATE_WORDS
from pardine.observe.effort import NOON, EffortInterval, State

# Cyrillic letters that look like the slots A and B.
SLOT_LETTERS = str.maketrans("АВав", "ABAB")


@dataclass(frozen=True, kw_only=True)
class EffortRow:
    """An interval with its record (0-based) in the table it came from."""

    interval: EffortInterval
    reading: Reading
    row: int


def read_intervals(reading: Reading, default_session: str) -> list[EffortRow]:
    """Intervals of an effort table, or of a station table that dates its cameras.

    A day without a time of day means noon, at the start as at the end: intervals that follow each
    other then join, and each counts its nights.
    """
    if not reading.require("start", "end"):
        return []
    sessions = reading.cells("session") if "session" in reading else [default_session] * reading.n_rows
    stations = reading.cells("station")
    starts, ends = reading.moments("start"), reading.moments("end")
    states: list[State | None] = ["working"] * reading.n_rows
    if "state" in reading:
        states = reading.words("state", STATE_WORDS)
    rows = []
    for row, slot in enumerate(reading.cells("slot")):
        start, end = starts[row], ends[row]
        if start is None or end is None:
            _refuse_blank(reading, row)
            continue
        starts_at, ends_at = start.at(NOON), end.at(NOON)
        if ends_at <= starts_at:
            reading.refuse("effort.ends_before_start", row, station=stations[row])
            continue
        interval = EffortInterval(
            session=sessions[row],
            station=stations[row],
            slot=slot.translate(SLOT_LETTERS).upper() if len(slot) == 1 else slot,
            starts=starts_at,
            ends=ends_at,
            state=states[row] or "unknown",
            table=reading.table.sha256,
        )
        rows.append(EffortRow(interval=interval, reading=reading, row=row))
    return rows


def read_effort_table(reading: Reading, default_session: str) -> list[EffortRow]:
    """Intervals of a table of its own."""
    if not reading.require("station"):
        return []
    reading.names("session", default_session)
    reading.names("station")
    return read_intervals(reading, default_session)


def refuse_unknown_stations(rows: list[EffortRow], stations: dict[str, set[str]]) -> list[EffortRow]:
    """Intervals of stations that the survey has; each of another station is a problem."""
    known = []
    for effort in rows:
        interval = effort.interval
        of_session = stations.get(interval.session)
        if of_session is None:
            expected = ", ".join(list(stations)[:8])
            effort.reading.refuse("session.unknown", effort.row, session=interval.session, expected=expected)
        elif interval.station not in of_session:
            similar = similar_name(interval.station, of_session)
            effort.reading.refuse(
                "effort.unknown_station",
                effort.row,
                station=interval.station,
                session=interval.session,
                similar=f" ({similar}?)" if similar else "",
            )
        else:
            known.append(effort)
    return known


def _refuse_blank(reading: Reading, row: int) -> None:
    """A blank start or end is a problem; one that could not be read already is."""
    for column in ("start", "end"):
        if not reading.cells(column)[row]:
            reading.refuse("table.missing_value", row, column=reading.used[column])
