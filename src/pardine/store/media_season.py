"""The media of a season as columns: what rules and encounters read, without a record for each."""

from __future__ import annotations

import datetime as dt
import json
from array import array
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from pardine.observe.deployment import Deployment
from pardine.observe.media import TimeReading
from pardine.observe.media_columns import MediaColumns, file_numbers, media_columns
from pardine.store import schema
from pardine.store.clock_records import ACCEPTED
from pardine.store.media_rows import reading_of
from pardine.store.project import Project

_NAMES = ("code", "deployment_id", "wall_clock", "sha256", "path", "serial", "label", "sequence_number",
          "infrared", "clock_source", "agreement")  # fmt: skip
_ROWS_AT_ONCE = 10_000
_EPOCH, _SECOND = dt.datetime(1970, 1, 1), dt.timedelta(seconds=1)


def read_media_columns(project: Project, deployments: Sequence[Deployment]) -> MediaColumns:
    """All media of some deployments, and those of no known deployment.

    Parameters
    ----------
    deployments
        Numbered by their place in this list; media of deployments that are not in it are left out.

    Returns
    -------
    MediaColumns
        In the order they were recorded. Brightness, contrast and views, which come from the pictures
        themselves, are not told.
    """
    m, d = schema.media, schema.deployment
    number = {deployment.code: place for place, deployment in enumerate(deployments)}
    with project.read() as connection:
        codes = connection.execute(select(d.c.id, d.c.code))
        place_of = {key: number[code] for key, code in codes if code in number}
        query = select(*(m.c[name] for name in _NAMES), m.c.readings).order_by(m.c.id)
        result = connection.execution_options(yield_per=_ROWS_AT_ONCE).execute(query)
        rows: list[tuple[Any, ...]] = []
        readings = _Readings()
        for part in result.partitions():
            for row in part:
                if row.deployment_id is None or row.deployment_id in place_of:
                    *facts, text = row
                    readings.take(len(rows), text, row.wall_clock, row.clock_source)
                    rows.append(tuple(facts))
    told = dict(zip(_NAMES, zip(*rows, strict=True), strict=True)) if rows else {name: () for name in _NAMES}
    return media_columns(
        code=_texts(told["code"]),
        deployment=[-1 if key is None else place_of[key] for key in told["deployment_id"]],
        wall_clock=np.array([clock or "NaT" for clock in told["wall_clock"]], dtype="datetime64[s]"),
        sha256=_texts(told["sha256"]),
        file_number=file_numbers(told["path"]),
        serial=_texts(told["serial"]),
        label=_texts(told["label"]),
        sequence_number=[n or 0 for n in told["sequence_number"]],
        infrared=[-1 if n is None else n for n in told["infrared"]],
        clock_source=_texts(told["clock_source"]),
        is_waiting=[agreement not in ACCEPTED for agreement in told["agreement"]],
        readings=readings.columns(len(rows)),
    )


class _Readings:
    """What each source says, gathered row by row, so that no text of a million files is held."""

    def __init__(self) -> None:
        self._rows: dict[str, array[int]] = {}
        self._seconds: dict[str, array[int]] = {}

    def take(self, row: int, text: str, clock: str | None, source: str | None) -> None:
        """The chosen time, and where there are several statements all that can stand alone."""
        told = {} if clock is None or source is None else {source: dt.datetime.fromisoformat(clock)}
        if text.count('"source"') > 1:
            told |= _standing([reading_of(facts) for facts in json.loads(text)["readings"]])
        for name, moment in told.items():
            self._rows.setdefault(name, array("q")).append(row)
            self._seconds.setdefault(name, array("q")).append((moment - _EPOCH) // _SECOND)

    def columns(self, n: int) -> dict[str, NDArray[np.datetime64]]:
        """One array of n clocks a source."""
        found = {}
        for name, rows in self._rows.items():
            found[name] = np.full(n, np.datetime64("NaT"), "datetime64[s]")
            found[name][np.array(rows)] = np.array(self._seconds[name]).astype("datetime64[s]")
        return found


def _standing(readings: Sequence[TimeReading]) -> dict[str, dt.datetime]:
    """Statements that can be set beside each other: neither uncertain ones nor those in UTC.

    Where two state different offsets from UTC, all are told at the first of them.
    """
    sure = [r for r in readings if r.certain and not (r.source == "container" and r.utc_offset_min == 0)]
    first = next((r.utc_offset_min for r in sure if r.utc_offset_min is not None), None)
    return {
        r.source: r.wall_clock
        if first is None or r.utc_offset_min is None
        else r.wall_clock + dt.timedelta(minutes=first - r.utc_offset_min)
        for r in sure
    }


def _texts(values: Sequence[str | None]) -> np.ndarray[tuple[int, ...], np.dtype[np.str_]]:
    return np.array([value or "" for value in values], dtype=np.str_)
