"""Effort of a project's cameras: station-days, days with both sides, and what was lost to which cause."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pardine.base.errors import Notice
from pardine.exchange.survey_export import write_table
from pardine.observe.compose import FieldRecords, usage_in
from pardine.observe.occasion import SHORTFALLS, Usage, noon_edges
from pardine.observe.slot_effort import station_days_by_day
from pardine.store.project import Project
from pardine.workflows.sessions import read_field_records, stored_plans

USAGE_FOLDER, USAGE_NAME = "usage", "usage.csv"
Cell = str | float | int | None


@dataclass(frozen=True, kw_only=True)
class EffortSummary:
    """Effort of all stations from the first day to the last.

    Attributes
    ----------
    first_noon, n_days
        Time that it covers.
    n_stations
        Stations of which anything is told.
    station_days, both_sides_days
        Days with a camera at work, and those with two at once; ``None`` where no slots are told apart.
    lost_days
        Station-days lost, by cause; ``no record`` is not among them: a camera not yet set is no loss.
    of_stations
        Each station with its station-days, days with both sides and days lost by cause.
    notices
        What was taken for granted.
    """

    first_noon: dt.date
    n_days: int
    n_stations: int
    station_days: float
    both_sides_days: float | None
    lost_days: dict[str, float]
    of_stations: tuple[tuple[str, float, float | None, dict[str, float]], ...] = ()
    notices: tuple[Notice, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The summary as plain JSON values."""
        return {
            "first": self.first_noon.isoformat(),
            "days": self.n_days,
            "stations": self.n_stations,
            "station_days": self.station_days,
            "both_sides_days": self.both_sides_days,
            "lost_days": self.lost_days,
        }


def summarise_effort(project: Project) -> EffortSummary | None:
    """Effort of a project; ``None`` where nothing tells of any."""
    records = read_field_records(project, with_sightings=False)
    first, station_days = station_days_by_day(records.effort.intervals)
    n_days = int(station_days.size)
    if not n_days:
        return None
    usage = usage_in(records, noon_edges(first, n_days, n_days))
    return EffortSummary(
        first_noon=first,
        n_days=n_days,
        n_stations=len(usage.stations),
        station_days=float(usage.station_days.sum()),
        both_sides_days=_sum_if_told(usage.both_sides_days),
        lost_days=_lost(usage.shortfall_days.sum(axis=(0, 1))),
        of_stations=_of_stations(usage),
        notices=records.effort.notices,
    )


def _usage_by_day(records: FieldRecords) -> Usage | None:
    """Usage from the first noon with effort to the last."""
    first, station_days = station_days_by_day(records.effort.intervals)
    if not station_days.size:
        return None
    return usage_in(records, noon_edges(first, int(station_days.size), 1))


def write_usage(project: Project, folder: Path) -> tuple[Path, ...]:
    """Write the usage of every station on every occasion, with the cause of each shortfall.

    Of each session of photographs on its own occasions; without such a session, of all effort by day.
    Nothing is written where nothing tells of effort.
    """
    records = read_field_records(project, with_sightings=False)
    plans = stored_plans(project)
    usages = {code: usage_in(records, plan.edges) for code, plan in plans.items()}
    if not usages:
        everything = _usage_by_day(records)
        usages = {} if everything is None else {"": everything}
    rows = [row for code, usage in usages.items() for row in _rows(code, usage)]
    if not rows:
        return ()
    header = ["session", "station", "occasion", "start", "end", "station_days", "fraction",
              "both_sides_days", "cause"]  # fmt: skip
    # In a folder of its own: it is a result, which is not to be read back as a table of the survey.
    path = folder / USAGE_FOLDER / USAGE_NAME
    path.parent.mkdir()
    write_table(path, header, rows)
    return (path,)


def _rows(session: str, usage: Usage) -> list[Sequence[Cell]]:
    causes, fraction = usage.main_cause(), usage.fraction
    rows: list[Sequence[Cell]] = []
    for j, station in enumerate(usage.stations):
        for s, (start, end) in enumerate(zip(usage.edges[:-1], usage.edges[1:], strict=True)):
            both = float(usage.both_sides_days[j, s])
            rows.append(
                [session, station, s + 1, start.isoformat(" "), end.isoformat(" "),
                 round(float(usage.station_days[j, s]), 6), round(float(fraction[j, s]), 6),
                 None if np.isnan(both) else round(both, 6), causes[j][s]]
            )  # fmt: skip
    return rows


def _sum_if_told(days: NDArray[np.float64]) -> float | None:
    """Sum without what is not told; ``None`` where nothing is."""
    return None if np.isnan(days).all() else float(np.nansum(days))


def _of_stations(usage: Usage) -> tuple[tuple[str, float, float | None, dict[str, float]], ...]:
    return tuple(
        (
            station,
            float(usage.station_days[j].sum()),
            _sum_if_told(usage.both_sides_days[j]),
            _lost(usage.shortfall_days[j].sum(axis=0)),
        )
        for j, station in enumerate(usage.stations)
    )


def _lost(days: NDArray[np.float64]) -> dict[str, float]:
    """Days lost by cause; time of which nothing is told is no loss."""
    causes = zip(SHORTFALLS, days.tolist(), strict=True)
    return {cause: float(n) for cause, n in causes if n > 1e-9 and cause != "no record"}
