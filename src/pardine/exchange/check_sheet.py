"""Check sheets as tables: one row for one visit to one camera."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pardine.base.errors import InputError, Notice
from pardine.exchange.columns import find_columns
from pardine.exchange.effort_table import SLOT_LETTERS
from pardine.exchange.numbers import is_missing
from pardine.exchange.reading import Reading, limit_problems
from pardine.exchange.source import SourceTable
from pardine.exchange.tables import Table, read_table
from pardine.exchange.words import STATE_WORDS, find_word
from pardine.observe.check_sheet import CameraVisit
from pardine.observe.effort import NOON, State

_YesNo = Literal["yes", "no"]
_YES_NO: dict[_YesNo, tuple[str, ...]] = {
    "yes": ("yes", "y", "1", "true", "да", "д", "是", "有"),
    "no": ("no", "n", "0", "false", "removed", "нет", "н", "снята", "否", "无"),
}
# A state on the row that sets a camera for the first time says that it was set, not how it was found.
_SET_WORDS = (
    "set",
    "set up",
    "setup",
    "installed",
    "new",
    "установлена",
    "установка",
    "новая",
    "布设",
    "安装",
)


@dataclass(frozen=True, kw_only=True)
class CheckSheets:
    """Visits that were read, the tables byte for byte, and what was understood of them."""

    visits: tuple[CameraVisit, ...]
    sources: tuple[SourceTable, ...]
    notices: tuple[Notice, ...]


def is_check_sheet(table: Table) -> bool:
    """Whether the columns are those of a check sheet: station, arrival, and a card, a state or a leave."""
    found = find_columns(table.header, ("station", "arrive", "date", "card_in", "card_out", "leave", "state"))
    others = find_columns(table.header, ("start", "end", "individual", "longitude", "x"))
    told = found.keys() - {"station", "arrive", "date"}
    return "station" in found and bool({"arrive", "date"} & found.keys()) and bool(told) and not others


def read_check_sheets(paths: Sequence[Path], *, default_session: str = "1") -> CheckSheets:
    """Read check sheets (csv, tsv, xlsx).

    Parameters
    ----------
    paths
        Tables.
    default_session
        Session of rows in a table without a column for it.

    Raises
    ------
    InputError
        ``tables.refused`` with every problem of every table; what `tables.read_table` raises.
    """
    readings = [Reading(read_table(path), "check sheet") for path in paths]
    visits = [visit for reading in readings for visit in visits_of(reading, default_session)]
    problems = [problem for reading in readings for problem in reading.problems]
    if problems:
        limited = limit_problems(problems, lambda problem: str(problem.fields.get("file", "")))
        raise InputError("tables.refused", problems=limited, n_problems=len(problems))
    return CheckSheets(
        visits=tuple(visits),
        sources=tuple(reading.source() for reading in readings),
        notices=tuple(n for reading in readings for n in (reading.summary(), *reading.notices)),
    )


def visits_of(reading: Reading, default_session: str) -> list[CameraVisit]:
    """Visits of one table; problems are noted in the reading.

    A day without a time of day means noon. Where the sheet has no column that says whether a camera
    stays, one stays unless the row names a card taken, none left, and the table names cards left elsewhere.
    """
    # A sheet with one date a row means the visit.
    arrival = "date" if "date" in reading and "arrive" not in reading else "arrive"
    if not reading.require("station", arrival):
        return []
    sessions = reading.names("session", default_session)
    stations = reading.names("station")
    reading.warn_of_alike("station", stations)
    columns = {name: reading.cells(name) for name in ("slot", "card_out", "card_in", "serial")}
    arrives, leaves, stopped = (reading.moments(name) for name in (arrival, "leave", "stopped"))
    states = _states(reading)
    stays = _stays(reading)
    covariates = reading.covariates()
    visits = []
    for row in range(reading.n_rows):
        arrived = arrives[row]
        if arrived is None:
            if not reading.cells(arrival)[row]:
                reading.refuse("table.missing_value", row, column=reading.used[arrival])
            continue
        arrives_at = arrived.at(NOON)
        left = leaves[row]
        leaves_at = left.at(arrives_at.time()) if left else arrives_at
        if leaves_at < arrives_at:
            reading.refuse("checksheet.leaves_before_arriving", row, station=stations[row])
            continue
        since = stopped[row]
        visits.append(
            CameraVisit(
                session=sessions[row],
                station=stations[row],
                slot=_slot(columns["slot"][row]),
                arrives=arrives_at,
                leaves=leaves_at,
                found=states[row],
                stopped=since.at(dt.time()) if since else None,
                card_out=_name(columns["card_out"][row]),
                card_in=_name(columns["card_in"][row]),
                serial=_name(columns["serial"][row]),
                leaves_camera=stays[row],
                row=reading.line(row),
                table=reading.table.sha256,
                covariates={name: cells[row] for name, cells in covariates.items()},
            )
        )
    return visits


def _states(reading: Reading) -> list[State | None]:
    """State that was found; ``None`` on a row that sets a camera."""
    found: list[State | None] = []
    for row, cell in enumerate(reading.cells("state")):
        state = find_word(cell, STATE_WORDS)
        is_set = cell.casefold().strip(" .") in _SET_WORDS
        if state is None and not is_missing(cell) and not is_set:
            expected = ", ".join(STATE_WORDS)
            reading.refuse(
                "table.unknown_word", row, column=reading.used["state"], value=cell, expected=expected
            )
        found.append(state)
    return found


def _stays(reading: Reading) -> list[bool]:
    """Whether a camera stands there after each visit."""
    if "camera_left" in reading:
        words = reading.words("camera_left", _YES_NO)
        return [word != "no" for word in words]
    taken = [bool(_name(cell)) for cell in reading.cells("card_out")]
    left = [bool(_name(cell)) for cell in reading.cells("card_in")]
    return [
        card_left or not (card_taken and any(left)) for card_taken, card_left in zip(taken, left, strict=True)
    ]


def _slot(cell: str) -> str:
    return cell.translate(SLOT_LETTERS).upper() if len(cell) == 1 else cell


def _name(cell: str) -> str:
    return "" if is_missing(cell) else cell
