"""Passages whose animals have no names, and what a matcher says of pairs of them: two tables.

Passages: ``passage``, ``station``, ``left``, ``right`` (1 or 0: a usable view of that flank), ``sex``
where seen. Pairs: ``first``, ``second``, ``side`` (left, right; blank: whatever both show), and
``log_likelihood_ratio``, natural logarithm, same animal against different ones. Pairs without a row say
nothing; the word ``different`` in place of a number is certainty, such as two animals in one frame.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pardine.base.errors import InputError, Notice
from pardine.exchange.numbers import parse_numbers
from pardine.exchange.tables import Table, read_table
from pardine.exchange.words import SEX_WORDS, find_word
from pardine.identify.partition.points import FEMALE, MALE, UNSEXED, Points

SIDES = ("left", "right", "")
CERTAIN = "different"
_FLAGS = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False, "": False}


@dataclass(frozen=True, kw_only=True, eq=False)
class PassageEvidence:
    """Passages and pairs, in the order of the first table.

    Attributes
    ----------
    names
        Of the passages.
    points
        Stations as positions in the list that was given.
    log_ratio
        Side (``left``, ``right`` or blank) to an (n, n) matrix; 0 where nothing is said.
    """

    names: tuple[str, ...]
    points: Points
    log_ratio: dict[str, NDArray[np.float32]]


def read_passages(passages: Path, pairs: Path, stations: Sequence[str]) -> PassageEvidence:
    """Read both tables.

    Parameters
    ----------
    stations
        Codes of the session's stations.

    Raises
    ------
    InputError
        ``tables.refused`` with every problem; what `tables.read_table` raises.
    """
    table, pair_table = read_table(passages), read_table(pairs)
    problems = [
        *_missing_columns(table, ("passage", "station", "left", "right")),
        *_missing_columns(pair_table, ("first", "second", "log_likelihood_ratio")),
    ]
    _refuse(problems)
    names = tuple(table.column("passage"))
    problems += list(_passage_problems(table, stations))
    _refuse(problems)
    apart, ratios = _pairs(pair_table, names, problems)
    _refuse(problems)
    at = {code: k for k, code in enumerate(stations)}
    sexes = table.column("sex") if "sex" in table.position else [""] * table.n_rows
    codes = {"F": FEMALE, "M": MALE}
    return PassageEvidence(
        names=names,
        points=Points(
            station=np.array([at[code] for code in table.column("station")], np.intp),
            left=np.array([_FLAGS[cell.lower()] for cell in table.column("left")], np.bool_),
            right=np.array([_FLAGS[cell.lower()] for cell in table.column("right")], np.bool_),
            sex_sighting=np.array(
                [codes.get(find_word(cell, SEX_WORDS) or "", UNSEXED) for cell in sexes], np.int8
            ),
            apart=apart,
        ),
        log_ratio=ratios,
    )


def _refuse(problems: Sequence[Notice]) -> None:
    if problems:
        raise InputError("tables.refused", problems=list(problems), n_problems=len(problems))


def _missing_columns(table: Table, names: Sequence[str]) -> Iterator[Notice]:
    for name in names:
        if name not in table.position:
            yield Notice("table.missing_column", {"file": table.name, "column": name, "expected": name})


def _passage_problems(table: Table, stations: Sequence[str]) -> Iterator[Notice]:
    known, seen = frozenset(stations), set[str]()
    for row, (name, station) in enumerate(zip(table.column("passage"), table.column("station"), strict=True)):
        place = {"file": table.name, "row": table.row_numbers[row]}
        if not name or name in seen:
            code = "table.missing_value" if not name else "passage.twice"
            yield Notice(code, {**place, "column": "passage", "value": name})
        seen.add(name)
        if station not in known:
            expected = ", ".join(stations[:8])
            yield Notice("passage.unknown_station", {**place, "value": station, "expected": expected})
        for side in ("left", "right"):
            cell = table.column(side)[row]
            if cell.lower() not in _FLAGS:
                facts = {**place, "column": side, "value": cell, "expected": "1, 0"}
                yield Notice("table.unknown_word", facts)


def _pairs(
    table: Table, names: Sequence[str], problems: list[Notice]
) -> tuple[NDArray[np.intp], dict[str, NDArray[np.float32]]]:
    position = {name: k for k, name in enumerate(names)}
    cells = table.column("log_likelihood_ratio")
    numbers = parse_numbers(
        ["" if cell.lower() == CERTAIN else cell for cell in cells], table.separator
    ).values
    sides = table.column("side") if "side" in table.position else [""] * table.n_rows
    ratios: dict[str, NDArray[np.float32]] = {}
    apart: list[tuple[int, int]] = []
    told: set[tuple[int, int, str]] = set()
    for row, (first, second, side) in enumerate(
        zip(table.column("first"), table.column("second"), sides, strict=True)
    ):
        place = {"file": table.name, "row": table.row_numbers[row]}
        unknown = [name for name in (first, second) if name not in position]
        value = float(numbers[row])
        if unknown or first == second:
            problems.append(Notice("passage.pair_unknown", {**place, "value": (unknown or [first])[0]}))
            continue
        one, other = sorted((position[first], position[second]))
        if side.lower() not in SIDES:
            facts = {**place, "column": "side", "value": side, "expected": "left, right"}
            problems.append(Notice("table.unknown_word", facts))
        elif cells[row].lower() == CERTAIN:
            apart.append((one, other))
        elif not np.isfinite(value):
            facts = {**place, "column": "log_likelihood_ratio", "value": cells[row]}
            problems.append(Notice("passage.ratio_unread", facts))
        elif (one, other, side.lower()) in told:
            problems.append(Notice("passage.pair_twice", {**place, "value": f"{first}, {second}"}))
        else:
            told.add((one, other, side.lower()))
            matrix = ratios.setdefault(side.lower(), np.zeros((len(names),) * 2, np.float32))
            matrix[one, other] = matrix[other, one] = value
    return np.array(apart, np.intp).reshape(-1, 2), ratios
