"""The tables of a design: habitat, places where stations may stand, roads, a layout to judge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pardine.base.errors import InputError
from pardine.base.place import GEOGRAPHIC, LOCAL, resolve_crs, to_analysis_metres, transform
from pardine.estimate.statespace import StateSpace
from pardine.exchange.columns import find_columns, find_effort_columns
from pardine.exchange.mask_table import read_mask_table
from pardine.exchange.numbers import is_missing
from pardine.exchange.place_checks import refuse_not_on_earth, rows_not_on_earth
from pardine.exchange.reading import Reading, limit_problems
from pardine.exchange.station_table import coordinate_columns, coordinates
from pardine.exchange.tables import read_table

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Places:
    """Places of a table.

    Attributes
    ----------
    xy_m : (K, 2) array
        In the analysis metres of the design.
    covariates
        Name to K numbers, of the columns that hold numbers.
    names
        Codes, where the table has a column of stations; else empty.
    usage_days : (K, S) array or None
        Station-days on each occasion, where the table has columns of effort.
    """

    xy_m: Array
    covariates: Mapping[str, Array]
    names: tuple[str, ...] = ()
    usage_days: Array | None = None


def read_habitat(path: Path, crs: str | None) -> tuple[StateSpace, str]:
    """Habitat points in analysis metres, and the crs of those.

    Raises
    ------
    InputError
        ``tables.refused`` with every problem, ``design.several_habitats``.
    """
    reading = Reading(read_table(path), "mask")
    parts = read_mask_table(reading, [])
    _refuse(reading)
    if len(parts) != 1:
        raise InputError("design.several_habitats", file=path.name, value=len(parts))
    mask, named = parts[0].mask, parts[0].crs
    own = named or (resolve_crs(crs) if crs else LOCAL)
    _refuse_not_on_earth(reading, mask.xy, own)
    xy_m, analysis_crs = to_analysis_metres(mask.xy, own)
    space = StateSpace(xy_m=xy_m, cell_area_m2=mask.cell_area_m2, covariates=_numbers(reading, without=()))
    return space, analysis_crs


def read_places(path: Path, crs: str | None, analysis_crs: str) -> Places:
    """Places of any table with coordinates, moved to the analysis metres of the habitat.

    Raises
    ------
    InputError
        ``tables.refused`` with every problem, ``design.crs_differs``.
    """
    reading = Reading(read_table(path), "mask")
    pair = coordinate_columns(reading)
    if pair is None or not reading.n_rows:
        if not reading.n_rows:
            reading.refuse("table.empty")
        _refuse(reading)
        return Places(xy_m=np.zeros((0, 2)), covariates={})
    xy = np.column_stack(coordinates(reading, pair))
    own = _crs_of(reading, pair, crs)
    effort = find_effort_columns(reading.table.header)
    usage_days = _usage(reading, tuple(effort.values())) if effort else None
    _refuse(reading)
    _refuse_not_on_earth(reading, xy, own)
    station = find_columns(reading.table.header, ("station",)).get("station")
    names = tuple(reading.table.column(station)) if station else ()
    return Places(
        xy_m=_moved(xy, own, analysis_crs, path.name),
        covariates=_numbers(reading, without=(*((station,) if station else ()), *effort.values())),
        names=names if all(names) and len(set(names)) == len(names) else (),
        usage_days=usage_days,
    )


def _usage(reading: Reading, headers: tuple[str, ...]) -> Array:
    """Station-days by place and occasion; what is blank or negative is a problem."""
    columns = [reading.numbers(header, expected="0, 1, 2.5, ...") for header in headers]
    usage_days = np.column_stack(columns)
    for row, k in np.argwhere(usage_days < 0.0).tolist():
        value = float(usage_days[row, k])
        reading.refuse("table.not_a_number", row, column=headers[k], value=value, expected="0, 1, 2.5, ...")
    return usage_days


def _crs_of(reading: Reading, pair: tuple[str, str], crs: str | None) -> str:
    named = {cell for cell in reading.cells("crs") if not is_missing(cell)}
    if len(named) > 1:
        reading.refuse(
            "table.unknown_word",
            0,
            column=reading.used["crs"],
            value=", ".join(sorted(named)[:5]),
            expected=min(named),
        )
    if named:
        return resolve_crs(min(named))
    if pair[0] == "longitude":
        return GEOGRAPHIC
    return resolve_crs(crs) if crs else LOCAL


def _moved(xy: Array, crs: str, analysis_crs: str, file: str) -> Array:
    if crs == analysis_crs:
        return xy
    if LOCAL in (crs, analysis_crs):
        raise InputError("design.crs_differs", file=file, value=crs, expected=analysis_crs)
    return transform(xy, crs, analysis_crs)


def _numbers(reading: Reading, *, without: tuple[str, ...]) -> dict[str, Array]:
    """Columns that hold numbers, NaN where blank."""
    found: dict[str, Array] = {}
    for name, cells in reading.covariates(without=without).items():
        try:
            found[name] = np.array([np.nan if is_missing(cell) else float(cell) for cell in cells])
        except ValueError:
            continue  # words: nothing that a distance could be read from
    return found


def _refuse_not_on_earth(reading: Reading, xy: Array, crs: str) -> None:
    if crs == GEOGRAPHIC and (outside := rows_not_on_earth(xy)):
        for row in outside:
            refuse_not_on_earth(reading, row, *xy[row].tolist())
        _refuse(reading)


def _refuse(reading: Reading) -> None:
    if reading.problems:
        limited = limit_problems(reading.problems, lambda problem: str(problem.fields.get("file", "")))
        raise InputError("tables.refused", problems=limited, n_problems=len(reading.problems))
