"""A session put together from deployments, their effort and named animals, through an open window."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from pardine.base.errors import AnalysisError, InputError, Notice, note, warning
from pardine.base.place import GEOGRAPHIC, LOCAL, transform
from pardine.observe.deployment import Deployment
from pardine.observe.detections import (
    INDEPENDENCE_MIN,
    Detection,
    NamedSighting,
    captures_of,
    independent_detections,
    of_species,
)
from pardine.observe.effort import EffortInterval
from pardine.observe.occasion import Usage, noon_edges, settled_intervals, usage_of
from pardine.observe.session import DetectorType, Session
from pardine.observe.slot_effort import SlotEffort, station_days_by_day
from pardine.observe.station import Station
from pardine.observe.survey import Survey
from pardine.observe.window import SESSION_DAYS, SessionWindow

# Places of one station that differ by more are told; farther apart they are no one place.
_SAME_PLACE_M, _TWO_PLACES_M = 100.0, 1000.0
_DEGREE_M = 111_320.0
Place = tuple[float, float, str]


@dataclass(frozen=True, kw_only=True)
class SessionPlan:
    """What a person chose of a session.

    Attributes
    ----------
    code
        Its name.
    species
        Scientific name of the animals that are counted.
    window
        Its days, with the reason.
    occasion_days
        Length of an occasion.
    independence_min
        Minutes after which an animal counts again at a station.
    detector_type
        ``count``: as many detections as are independent; else at most one an occasion.
    """

    code: str
    species: str
    window: SessionWindow
    occasion_days: int = 1
    independence_min: float = INDEPENDENCE_MIN
    detector_type: DetectorType = "count"

    @property
    def edges(self) -> tuple[dt.datetime, ...]:
        """Moments between the occasions."""
        return noon_edges(self.window.first_noon, self.window.n_days, self.occasion_days)

    def as_dict(self) -> dict[str, object]:
        """The plan as plain JSON values."""
        return {
            "code": self.code,
            "species": self.species,
            "first_noon": self.window.first_noon.isoformat(),
            "n_days": self.window.n_days,
            "reason": self.window.reason,
            "occasion_days": self.occasion_days,
            "independence_min": self.independence_min,
            "detector_type": self.detector_type,
        }


@dataclass(frozen=True, kw_only=True, eq=False)
class FieldRecords:
    """What a project holds of cameras and named animals.

    Attributes
    ----------
    deployments
        All.
    effort
        Of all slots.
    sightings
        Of animals with a name, of all species.
    places
        Of stations by code, from tables; deployments tell theirs themselves.
    utc_offset_min
        Of the local times; ``None`` where nothing tells it.
    notices
        Of the check sheets.
    """

    deployments: tuple[Deployment, ...]
    effort: SlotEffort
    sightings: tuple[NamedSighting, ...]
    places: Mapping[str, Place] = field(default_factory=dict)
    utc_offset_min: int | None = None
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class Composed:
    """A session as a survey of its own, its usage with causes, and what should be known of it."""

    survey: Survey
    usage: Usage
    notices: tuple[Notice, ...]


def usage_in(records: FieldRecords, edges: Sequence[dt.datetime]) -> Usage:
    """Usage of all stations that are known to stand somewhere within some occasions, with causes."""
    intervals = settled_intervals(records.effort.intervals, "", edges)
    return usage_of(intervals, sorted({interval.station for interval in intervals}), edges)


def default_window(records: FieldRecords, n_days: int = SESSION_DAYS) -> tuple[dt.date, int, float]:
    """The days with the most effort: first noon, how many days, and their share of all station-days.

    Detections are not looked at, so that the choice cannot lean towards an answer. Of windows with
    as much effort the earliest is taken; where there is less time than asked for, all of it.

    Raises
    ------
    AnalysisError
        ``session.no_effort``.
    """
    first, station_days = station_days_by_day(records.effort.intervals)
    if not station_days.sum():
        raise AnalysisError("session.no_effort", n=len(records.deployments))
    if station_days.size <= n_days:
        return first, int(station_days.size), 1.0
    sums = np.convolve(station_days, np.ones(n_days), mode="valid")
    # Sums of floats in another order differ in their last digits: such windows are as good.
    start = int(np.flatnonzero(sums >= sums.max() - 1e-9)[0])
    return first + dt.timedelta(days=start), n_days, float(sums[start] / station_days.sum())


def compose_session(records: FieldRecords, plan: SessionPlan) -> Composed:
    """Put a session together.

    Stations that worked within the window, each with its usage in station-days on occasions from noon
    to noon; independent detections of named animals, counted per station and occasion. A detection from
    a time when no camera of its station worked, by the effort, is left out and told.

    Raises
    ------
    AnalysisError
        ``session.no_effort_in_window``; ``session.stations_without_place`` with every station;
        ``session.places_apart``.
    """
    edges = plan.edges
    usage = usage_in(records, edges)
    worked = usage.station_days.sum(axis=1) > 0.0
    codes = [code for code, is_used in zip(usage.stations, worked.tolist(), strict=True) if is_used]
    if not codes:
        raise AnalysisError(
            "session.no_effort_in_window",
            session=plan.code,
            first=plan.window.first_noon.isoformat(),
            n_days=plan.window.n_days,
        )
    places, crs, of_places = _places(records, codes, plan.code)
    detections, of_names = independent_detections(
        of_species(records.sightings, plan.species), gap_min=plan.independence_min
    )
    kept, of_detections = _within_effort(detections, usage, plan)
    days = dict(zip(usage.stations, usage.station_days.tolist(), strict=True))
    stations = tuple(
        Station(
            session=plan.code,
            code=code,
            x=places[code][0],
            y=places[code][1],
            usage_station_days=tuple(days[code]),
        )
        for code in codes
    )
    effort = settled_intervals(
        [i for i in records.effort.intervals if i.station in set(codes)], plan.code, edges
    )
    survey = Survey(
        sessions=(_session(plan, crs, records.utc_offset_min),),
        stations=stations,
        captures=captures_of(kept, session=plan.code, edges=edges),
        effort=effort,
    )
    notices = (*records.notices, *_of_effort(records, edges), *of_places, *of_names, *of_detections)
    return Composed(survey=survey, usage=usage, notices=tuple(dict.fromkeys(notices)))


def _session(plan: SessionPlan, crs: str, utc_offset_min: int | None) -> Session:
    days = dt.timedelta(days=plan.window.n_days - 1)
    return Session(
        code=plan.code,
        n_occasions=len(plan.edges) - 1,
        detector_type=plan.detector_type,
        crs=crs,
        starts_on=plan.window.first_noon,
        ends_on=plan.window.first_noon + days,
        utc_offset_min=utc_offset_min,
        covariates={"species": plan.species, "occasion_days": str(plan.occasion_days)},
    )


def _of_effort(records: FieldRecords, edges: Sequence[dt.datetime]) -> tuple[Notice, ...]:
    """Of the effort, what concerns the time of the session."""
    assumed = set(records.effort.assumed)
    concerned = [
        d.code
        for d in records.deployments
        if d.code in assumed and d.starts and d.ends and d.starts < edges[-1] and d.ends > edges[0]
    ]
    own = SlotEffort(intervals=(), assumed=tuple(concerned), undated=records.effort.undated)
    return own.notices


def _within_effort(
    detections: Sequence[Detection], usage: Usage, plan: SessionPlan
) -> tuple[list[Detection], list[Notice]]:
    """Detections within the window at a time when their station worked, and how many were left out."""
    edges = np.array(plan.edges, dtype="datetime64[s]")
    row = {code: j for j, code in enumerate(usage.stations)}
    kept: list[Detection] = []
    outside: list[Detection] = []
    without: list[Detection] = []
    for each in detections:
        occasion = int(np.searchsorted(edges, np.datetime64(each.at, "s"), side="right")) - 1
        if not 0 <= occasion < len(edges) - 1:
            outside.append(each)
        elif each.station in row and usage.station_days[row[each.station], occasion] > 0.0:
            kept.append(each)
        else:
            without.append(each)
    notices = []
    if outside:
        n_animals = len({d.individual for d in outside} - {d.individual for d in kept})
        # A season holds more than its window; most of it outside is rather a fault of dates.
        told = warning if len(outside) > len(kept) else note
        notices.append(told("session.outside_window", session=plan.code, n=len(outside), n_animals=n_animals))
    if without:
        one = without[0]
        facts = {"individual": one.individual, "station": one.station, "at": f"{one.at:%Y-%m-%d %H:%M}"}
        notices.append(
            warning("session.detections_without_effort", session=plan.code, n=len(without), **facts)
        )
    return kept, notices


# --- places ----------------------------------------------------------------------------------------


def _places(
    records: FieldRecords, codes: Sequence[str], session: str
) -> tuple[dict[str, tuple[float, float]], str, list[Notice]]:
    """Place of each station in one crs: that of a table, else the middle of its deployments."""
    told: dict[str, list[Place]] = defaultdict(list)
    for each in records.deployments:
        if not (math.isnan(each.x) or math.isnan(each.y)):
            told[each.station].append((each.x, each.y, each.crs))
    found = {code: [records.places[code]] if code in records.places else told[code] for code in codes}
    lost = [code for code in codes if not found[code]]
    if lost:
        raise AnalysisError(
            "session.stations_without_place",
            session=session,
            n=len(lost),
            value=", ".join(lost[:8]) + (", …" if len(lost) > 8 else ""),
        )
    systems = {crs for places in found.values() for _, _, crs in places}
    if LOCAL in systems and len(systems) > 1:
        raise InputError("session.places_mixed", session=session, value=", ".join(sorted(systems)))
    crs = next(iter(systems)) if len(systems) == 1 else GEOGRAPHIC
    places: dict[str, tuple[float, float]] = {}
    notices = []
    for code, of_station in found.items():
        xy = np.array([_in_crs(place, crs) for place in of_station])
        x, y = (float(value) for value in np.median(xy, axis=0))
        spread_m = _spread_m(xy, crs)
        if spread_m > _TWO_PLACES_M:
            raise AnalysisError("session.places_apart", session=session, station=code, value=round(spread_m))
        if spread_m > _SAME_PLACE_M:
            notices.append(warning("session.places_differ", station=code, value=round(spread_m)))
        places[code] = (x, y)
    return places, crs, notices


def _in_crs(place: Place, crs: str) -> tuple[float, float]:
    x, y, own = place
    if own == crs:
        return x, y
    moved = transform(np.array([[x, y]]), own, crs)[0]
    return float(moved[0]), float(moved[1])


def _spread_m(xy: np.ndarray[tuple[int, int], np.dtype[np.float64]], crs: str) -> float:
    """Largest extent of some places in metres."""
    extent = np.ptp(xy, axis=0)
    if crs == GEOGRAPHIC:
        extent = extent * _DEGREE_M * np.array([math.cos(math.radians(float(xy[0, 1]))), 1.0])
    return float(np.hypot(*extent))


def effort_of_slots(records: FieldRecords, edges: Sequence[dt.datetime]) -> tuple[EffortInterval, ...]:
    """Effort of all slots within some time, settled."""
    return settled_intervals(records.effort.intervals, "", edges)
