"""The media of a season as columns: what rules and encounters read, without a record for each."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from pardine.observe.deployment import Deployment
from pardine.observe.media_columns import MediaColumns, file_numbers, media_columns
from pardine.store import schema
from pardine.store.clock_records import ACCEPTED
from pardine.store.project import Project

_NAMES = ("code", "deployment_id", "wall_clock", "sha256", "path", "serial", "label", "sequence_number",
          "infrared", "clock_source", "agreement", "readings")  # fmt: skip
_ROWS_AT_ONCE = 10_000


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
        query = select(*(m.c[name] for name in _NAMES)).order_by(m.c.id)
        result = connection.execution_options(yield_per=_ROWS_AT_ONCE).execute(query)
        rows = [
            tuple(row)
            for part in result.partitions()
            for row in part
            if row.deployment_id is None or row.deployment_id in place_of
        ]
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
        readings=_readings(told["readings"], told["wall_clock"], told["clock_source"]),
    )


def _readings(
    texts: Sequence[str], wall_clocks: Sequence[str | None], sources: Sequence[str | None]
) -> dict[str, NDArray[np.datetime64]]:
    """What each source says: of files with one reading the chosen time, of others all that stand alone."""
    found: dict[str, NDArray[np.datetime64]] = {}

    def keep(source: str, row: int, clock: str) -> None:
        if source not in found:
            found[source] = np.full(len(texts), np.datetime64("NaT"), "datetime64[s]")
        found[source][row] = np.datetime64(clock[:19], "s")

    for row, (text, clock, source) in enumerate(zip(texts, wall_clocks, sources, strict=True)):
        if text.count('"source"') > 1:
            for other, moment in _standing(json.loads(text)["readings"]):
                keep(other, row, moment)
        elif clock is not None and source is not None:
            keep(source, row, clock)
    return found


def _standing(readings: Sequence[dict[str, Any]]) -> list[tuple[str, str]]:
    """Sources and moments that can be set beside each other: neither uncertain ones nor those in UTC."""
    return [
        (reading["source"], reading["wall_clock"])
        for reading in readings
        if reading["certain"] and not (reading["source"] == "container" and reading["utc_offset_min"] == 0)
    ]


def _texts(values: Sequence[str | None]) -> np.ndarray[tuple[int, ...], np.dtype[np.str_]]:
    return np.array([value or "" for value in values], dtype=np.str_)
