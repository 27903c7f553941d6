"""Habitat masks: points where activity centres may be, and the area that each stands for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pardine.base.errors import InputError, warning
from pardine.base.place import GEOGRAPHIC, LOCAL, is_geographic, resolve_crs, transform
from pardine.base.units import M2_PER_HA, M2_PER_KM2
from pardine.exchange.numbers import is_missing
from pardine.exchange.place_checks import refuse_not_on_earth, rows_not_on_earth
from pardine.exchange.reading import Reading, group_rows
from pardine.exchange.station_table import coordinate_columns, coordinates
from pardine.observe.session import Session
from pardine.observe.survey import HabitatMask

ALL_SESSIONS = ("all", "все", "全部", "所有")
_AREA_UNITS_M2 = {"area_m2": 1.0, "area_ha": M2_PER_HA, "area_km2": M2_PER_KM2}
# Coordinates are written with some digits: two per cent of the spacing off its line is still regular.
_REGULAR_TOLERANCE = 0.02
_AREA_TOLERANCE = 0.01
# A thousand km on a side.
_MAX_AREA_M2 = 1e12


@dataclass(frozen=True, kw_only=True, eq=False)
class MaskPart:
    """The points of one session (or of all: ``None``) in a mask table.

    Attributes
    ----------
    mask
        With ``xy`` as the table has it.
    crs
        That the table names, or ``None``: that of the session.
    rows : (M,) array
        Records (0-based) of the points in the table.
    """

    mask: HabitatMask
    crs: str | None
    rows: NDArray[np.intp]
    reading: Reading


def read_mask_table(reading: Reading, session_codes: Sequence[str]) -> list[MaskPart]:
    """Masks of a table, one for each session it names, in their order.

    Parameters
    ----------
    reading
        The table.
    session_codes
        Sessions of the survey: ``all`` means every session unless one bears that name.
    """
    pair = coordinate_columns(reading)
    if pair is None or not reading.n_rows:
        if not reading.n_rows:
            reading.refuse("table.empty")
        return []
    xy = np.column_stack(coordinates(reading, pair))
    areas_m2 = _areas_m2(reading)
    crs = _mask_crs(reading, pair)
    covariates = {name: _text_array(cells) for name, cells in reading.covariates().items()}
    if reading.problems:
        return []
    parts = []
    for session, rows in _rows_by_session(reading, session_codes).items():
        index = np.array(rows)
        area_m2 = _cell_area_m2(reading, session, xy[index], index, areas_m2, crs)
        if area_m2 is None:
            continue
        mask = HabitatMask(
            session=session,
            xy=xy[index],
            cell_area_m2=area_m2,
            covariates={name: cells[index] for name, cells in covariates.items()},
            sha256=reading.table.sha256,
        )
        parts.append(MaskPart(mask=mask, crs=crs, rows=index, reading=reading))
    return parts


def fit_masks(parts: Sequence[MaskPart], sessions: Mapping[str, Session]) -> list[HabitatMask]:
    """Masks in the crs of their sessions; notices of sessions that they miss or do not know.

    A mask for all sessions in its own crs becomes one mask for each of them where it has to be
    transformed.
    """
    fitted: list[HabitatMask] = []
    taken: dict[str | None, Reading] = {}
    for part in parts:
        code = part.mask.session
        if code is not None and code not in sessions:
            part.reading.notices.append(warning("mask.unknown_session", file=part.reading.file, session=code))
        elif code in taken:
            part.reading.refuse("mask.twice", session=code or "all")
        else:
            taken[code] = part.reading
            fitted += _in_crs_of_sessions(part, sessions)
    if None not in taken:
        _warn_of_uncovered(parts, sessions, {code for code in taken if code is not None})
    return fitted


def cell_area_of_grid(xy: NDArray[np.float64]) -> float | None:
    """Area of a cell of a regular grid of points, ``None`` where it is not one.

    Parameters
    ----------
    xy : (M, 2) array
        In m. Rows and columns may have gaps; the spacing in x and in y may differ.

    Returns
    -------
    float or None
        In m2.
    """
    spacing = [_spacing(xy[:, axis]) for axis in (0, 1)]
    if spacing[0] is None or spacing[1] is None:
        return None
    return spacing[0] * spacing[1]


def _spacing(values: NDArray[np.float64]) -> float | None:
    """Distance between neighbouring grid lines, ``None`` where the values do not lie on such."""
    distinct = np.unique(values)
    gaps = np.diff(distinct)
    if gaps.size == 0:
        return None
    # Gaps far below the largest are the same line written with other digits.
    smallest = gaps[gaps > gaps.max() * 1e-6].min()
    lines = (distinct - distinct[0]) / smallest
    # The smallest gap carries rounding; the spacing over the whole range does not.
    n_lines = np.round(lines[-1])
    spacing = (distinct[-1] - distinct[0]) / n_lines if n_lines else smallest
    lines = (distinct - distinct[0]) / spacing
    regular = np.all(np.abs(lines - np.round(lines)) < _REGULAR_TOLERANCE)
    return float(round(spacing, 6)) if regular else None


def _text_array(cells: Sequence[str]) -> NDArray[np.str_]:
    """(M,) array of text; numpy is quicker when it is told the longest."""
    return np.array(cells, dtype=f"<U{max(1, *map(len, cells))}")


def _rows_by_session(reading: Reading, session_codes: Sequence[str]) -> dict[str | None, list[int]]:
    if "session" not in reading:
        return {None: list(range(reading.n_rows))}
    groups: dict[str | None, list[int]] = {}
    for code, rows in group_rows(reading.cells("session")).items():
        for_all = code not in session_codes and (is_missing(code) or code.casefold() in ALL_SESSIONS)
        groups.setdefault(None if for_all else code, []).extend(rows)
    return groups


def _areas_m2(reading: Reading) -> NDArray[np.float64] | None:
    for column, unit_m2 in _AREA_UNITS_M2.items():
        if column in reading:
            header = reading.used[column]
            areas = reading.numbers(header, expected="25")
            for row in np.flatnonzero((areas <= 0) | (areas > _MAX_AREA_M2 / unit_m2)).tolist():
                reading.refuse("mask.area_invalid", row, value=float(areas[row]))
            return np.minimum(areas, _MAX_AREA_M2) * unit_m2
    return None


def _mask_crs(reading: Reading, pair: tuple[str, str]) -> str | None:
    named = {cell for cell in reading.cells("crs") if not is_missing(cell)}
    if len(named) > 1:
        value, expected = ", ".join(sorted(named)[:5]), min(named)
        reading.refuse("table.unknown_word", 0, column=reading.used["crs"], value=value, expected=expected)
    try:
        return resolve_crs(named.pop()) if named else GEOGRAPHIC if pair[0] == "longitude" else None
    except InputError as error:
        reading.problems.append(error.notice)
        return None


def _cell_area_m2(
    reading: Reading,
    session: str | None,
    xy: NDArray[np.float64],
    rows: NDArray[np.intp],
    areas_m2: NDArray[np.float64] | None,
    crs: str | None,
) -> float | None:
    """Area of a cell as stated, else from the spacing; ``None`` where neither tells it (a problem)."""
    of_session = "" if session is None else f" “{session}”"
    _, first = np.unique(xy, axis=0, return_index=True)
    if first.size < len(xy):
        twice = sorted(set(range(len(xy))) - set(first.tolist()))
        for i in twice:
            reading.refuse("mask.point_twice", int(rows[i]), session=of_session)
    grid_area_m2 = None if crs is not None and is_geographic(crs) else cell_area_of_grid(xy)
    if areas_m2 is None:
        if grid_area_m2 is None:
            reading.refuse("mask.irregular", session=of_session)
        return grid_area_m2
    stated = areas_m2[rows]
    differing = np.flatnonzero(np.abs(stated - stated[0]) > _AREA_TOLERANCE * stated[0])
    if differing.size:
        i = int(differing[0])
        reading.refuse(
            "mask.areas_differ",
            int(rows[i]),
            session=of_session,
            value=float(stated[i]),
            expected=float(stated[0]),
        )
        return None
    area_m2 = float(stated[0])
    if grid_area_m2 is not None and abs(grid_area_m2 - area_m2) > _AREA_TOLERANCE * area_m2:
        reading.warn("mask.area_disagrees", session=of_session, value=area_m2, expected=grid_area_m2)
    return area_m2


def _in_crs_of_sessions(part: MaskPart, sessions: Mapping[str, Session]) -> list[HabitatMask]:
    mask = part.mask
    targets = list(sessions) if mask.session is None else [mask.session]
    wanted = {sessions[code].crs for code in targets}
    crs_of_points = {part.crs} if part.crs is not None else wanted
    if any(is_geographic(crs) for crs in crs_of_points) and (outside := rows_not_on_earth(mask.xy)):
        for i in outside:
            refuse_not_on_earth(part.reading, int(part.rows[i]), *mask.xy[i].tolist())
        return []
    if part.crs is None or wanted <= {part.crs}:
        return [mask]
    if LOCAL in wanted or part.crs == LOCAL:
        code = next(code for code in targets if LOCAL in (sessions[code].crs, part.crs))
        part.reading.refuse("mask.crs_differs", session=code)
        return []
    crs = part.crs
    if len(wanted) == 1:
        return [_moved(mask, mask.session, transform(mask.xy, crs, wanted.pop()))]
    return [_moved(mask, code, transform(mask.xy, crs, sessions[code].crs)) for code in targets]


def _moved(mask: HabitatMask, session: str | None, xy: NDArray[np.float64]) -> HabitatMask:
    return HabitatMask(
        session=session,
        xy=xy,
        cell_area_m2=mask.cell_area_m2,
        covariates=mask.covariates,
        sha256=mask.sha256,
    )


def _warn_of_uncovered(parts: Sequence[MaskPart], sessions: Mapping[str, Session], covered: set[str]) -> None:
    missing = [code for code in sessions if code not in covered]
    if not parts or not missing or not covered:
        return
    reading = parts[0].reading
    value = ", ".join(code for code in sessions if code in covered)
    reading.warn(
        "mask.covers_some_sessions",
        value=value,
        expected=", ".join(missing),
        covered=[code for code in sessions if code in covered],
        missing=missing,
    )
