"""Capture histories: which animal, on which occasion, at which detector, how often."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pardine.base.errors import AnalysisError, Notice, note, warning
from pardine.base.place import to_analysis_metres
from pardine.estimate.cameras import working_cameras
from pardine.observe.capture import ImportedCapture, Sex
from pardine.observe.session import DETECTOR_TYPES, DetectorType, Session
from pardine.observe.station import Station
from pardine.observe.survey import Survey
from pardine.observe.telemetry import Fix, one_a_day


@dataclass(frozen=True, kw_only=True, eq=False)
class CaptureHistory:
    """Detections of the independent animals of one session, the only thing `estimate` reads.

    n animals, J detectors (stations), S occasions, E events (one per animal, occasion and detector
    with at least one detection, sorted by animal, occasion, detector; no two alike).

    Attributes
    ----------
    session
        Session code.
    detector_type
        ``count``, ``proximity`` or ``multi``.
    detectors : J station codes
    xy_m : (J, 2) array
        Detector coordinates in the session's analysis metres.
    usage_station_days : (J, S) array
        Effort; 0 = not working.
    animals : n individual codes
        Independent animals: adults and subadults apart from their mother.
    sex : n values
        ``F``, ``M`` or ``None``.
    event_animal, event_occasion, event_detector, event_count : (E,) integer arrays
        0-based indices into animals, occasions and detectors; counts from 1 (always 1 unless the
        detector type is ``count``; ``multi``: one detector an animal and occasion).
    crs
        What ``xy_m`` is in: ``local``, an EPSG code, or PROJ text.
    duration_days
        Length of the session, ``None`` where its dates are not told.
    n_cubs_excluded
        Cubs with their mother, reported apart and never in the history.
    station_covariates, session_covariates
        Name to J texts, and name to text.
    last_occasion
        Name of an animal that was not released to the occasion (0-based) of its last capture.
    fixes
        Name of an animal to its (F, 2) telemetry fixes in the detectors' metres; animals that were
        caught, and others.
    notices
        What was noticed while it was made, such as an animal recorded with two sexes.

    Raises
    ------
    ValueError
        The arrays do not fit each other (a programmer's mistake; `capture_history` refuses what a
        person brought).
    """

    session: str
    detector_type: DetectorType
    detectors: tuple[str, ...]
    xy_m: NDArray[np.float64]
    usage_station_days: NDArray[np.float64]
    animals: tuple[str, ...]
    sex: tuple[Sex | None, ...]
    event_animal: NDArray[np.intp]
    event_occasion: NDArray[np.intp]
    event_detector: NDArray[np.intp]
    event_count: NDArray[np.intp]
    crs: str
    duration_days: int | None = None
    n_cubs_excluded: int = 0
    station_covariates: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    session_covariates: Mapping[str, str] = field(default_factory=dict)
    last_occasion: Mapping[str, int] = field(default_factory=dict)
    fixes: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()

    def __post_init__(self) -> None:
        for problem in _problems(self):
            raise ValueError(f"capture history of session {self.session!r}: {problem}")

    @property
    def n_animals(self) -> int:
        """Number of animals detected."""
        return len(self.animals)

    @property
    def n_detectors(self) -> int:
        """Number of detectors."""
        return len(self.detectors)

    @property
    def n_occasions(self) -> int:
        """Number of occasions."""
        return int(self.usage_station_days.shape[1])

    @property
    def n_detections(self) -> int:
        """Total detections."""
        return int(self.event_count.sum())

    @property
    def n_recaptures(self) -> int:
        """Detections beyond each animal's first."""
        return self.n_detections - self.n_animals

    @property
    def station_days(self) -> float:
        """Total effort."""
        return float(self.usage_station_days.sum())


def _problems(history: CaptureHistory) -> Iterator[str]:
    """What is wrong with the arrays of a capture history, in order; nothing where they are sound."""
    n_detectors, n_animals = len(history.detectors), len(history.animals)
    events = (history.event_animal, history.event_occasion, history.event_detector, history.event_count)
    if history.detector_type not in DETECTOR_TYPES:
        yield f"detector type {history.detector_type!r}"
    if history.xy_m.shape != (n_detectors, 2) or history.usage_station_days.ndim != 2:
        yield "xy_m must be (J, 2) and usage (J, S)"
    elif history.usage_station_days.shape[0] != n_detectors or len(history.sex) != n_animals:
        yield "one row of usage per detector and one sex per animal"
    elif not np.isfinite(history.xy_m).all() or not np.isfinite(history.usage_station_days).all():
        yield "coordinates and usage must be finite"
    elif (history.usage_station_days < 0.0).any():
        yield "usage must not be negative"
    elif len({event.shape for event in events}) != 1 or history.event_animal.ndim != 1:
        yield "event arrays must be of one length"
    elif history.event_animal.size:
        yield from _event_problems(history, np.stack(events))


def _event_problems(history: CaptureHistory, events: NDArray[np.intp]) -> Iterator[str]:
    limits = (history.n_animals, history.n_occasions, history.n_detectors)
    order = np.ravel_multi_index(tuple(events[:3]), limits, mode="clip")
    if (events[:3] < 0).any() or (events[:3].max(axis=1) >= limits).any():
        yield "event index out of range"
    elif (np.diff(order) <= 0).any():
        yield "events must be sorted by animal, occasion, detector, and unique"
    elif (events[3] < 1).any() or (history.detector_type != "count" and (events[3] > 1).any()):
        yield "event counts must be at least 1 (exactly 1 unless detectors count)"
    elif history.detector_type == "multi" and (np.diff(events[:2]) == 0).all(axis=0).any():
        yield "an animal at two detectors on an occasion"
    elif (history.usage_station_days[history.event_detector, history.event_occasion] <= 0.0).any():
        yield "a detection where usage is 0"
    elif len(np.unique(events[0])) != history.n_animals:
        yield "an animal without a detection"


def capture_history(survey: Survey, session_code: str, *, analysis_crs: str | None = None) -> CaptureHistory:
    """Capture history of one session: independent animals only, in analysis metres.

    Rows of one animal, occasion and station are added up (``count``) or mean one detection
    (``proximity``, ``multi``). Cubs with their mother are left out and counted. An animal recorded with both
    sexes is of unknown sex, and one recorded both as a cub and older is kept; a notice says so.

    Parameters
    ----------
    survey
        What was brought.
    session_code
        Which session.
    analysis_crs
        Projection for geographic coordinates, where the session already has one.

    Raises
    ------
    AnalysisError
        ``estimate.unknown_session``, ``estimate.no_stations``, ``estimate.detector_type_unknown``,
        or ``estimate.captures_refused`` with every problem: unknown station, occasion out of range,
        a capture where the effort is 0, an animal at two multi-catch detectors on an occasion.
    """
    session = _session(survey, session_code)
    if session.detector_type is None:
        raise AnalysisError("estimate.detector_type_unknown", session=session_code)
    stations = [s for s in survey.stations if s.session == session_code]
    if not stations:
        raise AnalysisError("estimate.no_stations", session=session_code)
    captures = [c for c in survey.captures if c.session == session_code]
    if problems := list(_table_problems(stations, captures, session)):
        raise AnalysisError("estimate.captures_refused", session=session_code, problems=problems)
    cubs, age_notices = _cubs(captures)
    captures = [c for c in captures if c.individual not in cubs]
    animals = tuple(dict.fromkeys(c.individual for c in captures))
    sexes, sex_notices = _sexes(captures, animals)
    xy_m, crs = to_analysis_metres(
        np.array([(s.x, s.y) for s in stations], dtype=np.float64), session.crs, analysis_crs=analysis_crs
    )
    brought = [f for f in survey.fixes if f.session == session_code and f.individual not in cubs]
    fixes, fix_notices = _fixes(brought, session, crs)
    events = _events(captures, animals, [s.code for s in stations], session.detector_type)
    return CaptureHistory(
        session=session_code,
        detector_type=session.detector_type,
        detectors=tuple(s.code for s in stations),
        xy_m=xy_m,
        usage_station_days=np.array([s.usage_station_days for s in stations], dtype=np.float64),
        animals=animals,
        sex=sexes,
        event_animal=events[:, 0],
        event_occasion=events[:, 1],
        event_detector=events[:, 2],
        event_count=events[:, 3],
        crs=crs,
        duration_days=session.duration_days,
        n_cubs_excluded=len(cubs),
        station_covariates={
            **working_cameras(session, stations, [e for e in survey.effort if e.session == session_code]),
            **_station_covariates(stations),
        },
        session_covariates=session.covariates,
        last_occasion={c.individual: c.occasion - 1 for c in captures if c.count == -1},
        fixes=fixes,
        notices=(*age_notices, *sex_notices, *fix_notices),
    )


def _session(survey: Survey, code: str) -> Session:
    for session in survey.sessions:
        if session.code == code:
            return session
    raise AnalysisError("estimate.unknown_session", session=code)


def _table_problems(
    stations: Sequence[Station], captures: Sequence[ImportedCapture], session: Session
) -> Iterator[Notice]:
    by_code = {station.code: station for station in stations}
    for station in stations:
        facts = {"session": session.code, "station": station.code}
        if len(station.usage_station_days) != session.n_occasions:
            n_found = len(station.usage_station_days)
            yield Notice(
                "estimate.usage_length", {**facts, "value": n_found, "expected": session.n_occasions}
            )
        elif not all(0.0 <= u < np.inf for u in station.usage_station_days):
            yield Notice("estimate.usage_not_a_number", facts)
        if not np.isfinite((station.x, station.y)).all():
            yield Notice("estimate.place_not_a_number", facts)
    for capture in captures:
        where: dict[str, str | int] = {
            "session": session.code,
            "station": capture.station,
            "occasion": capture.occasion,
            "individual": capture.individual,
        }
        if capture.station not in by_code:
            yield Notice("estimate.unknown_station", where)
        elif not 1 <= capture.occasion <= session.n_occasions:
            yield Notice("estimate.occasion_out_of_range", {**where, "expected": session.n_occasions})
        elif (
            not sum(by_code[capture.station].usage_station_days[capture.occasion - 1 : capture.occasion]) > 0
        ):
            yield Notice("estimate.capture_without_effort", where)

    if session.detector_type == "multi":
        yield from _caught_twice(captures)


def _caught_twice(captures: Sequence[ImportedCapture]) -> Iterator[Notice]:
    """Animals at two stations on an occasion: impossible where a catch holds the animal."""
    first: dict[tuple[str, int], str] = {}
    for c in captures:
        station = first.setdefault((c.individual, c.occasion), c.station)
        if station != c.station:
            where = {"session": c.session, "individual": c.individual, "occasion": c.occasion}
            stations = f"{station}, {c.station}"
            yield Notice("estimate.caught_twice", {**where, "station": stations})


def _cubs(captures: Sequence[ImportedCapture]) -> tuple[frozenset[str], list[Notice]]:
    """Animals that every statement of age calls a cub, and notices for the contradictory."""
    stated: dict[str, set[str]] = {}
    for capture in captures:
        if capture.age_class is not None:
            stated.setdefault(capture.individual, set()).add(capture.age_class)
    session = captures[0].session if captures else ""
    torn = [name for name, ages in stated.items() if "cub" in ages and len(ages) > 1]
    notices = [warning("estimate.age_contradicts", session=session, individual=name) for name in torn]
    return frozenset(name for name, ages in stated.items() if ages == {"cub"}), notices


def _sexes(
    captures: Sequence[ImportedCapture], animals: Sequence[str]
) -> tuple[tuple[Sex | None, ...], list[Notice]]:
    stated: dict[str, set[Sex]] = {}
    for capture in captures:
        if capture.sex is not None:
            stated.setdefault(capture.individual, set()).add(capture.sex)
    session = captures[0].session if captures else ""
    torn = [name for name in animals if len(stated.get(name, ())) > 1]
    notices = [warning("estimate.sex_contradicts", session=session, individual=name) for name in torn]
    known = {name: next(iter(sexes)) for name, sexes in stated.items() if len(sexes) == 1}
    return tuple(known.get(name) for name in animals), notices


def _fixes(
    brought: Sequence[Fix], session: Session, crs: str
) -> tuple[dict[str, NDArray[np.float64]], list[Notice]]:
    """Fixes of each animal in the detectors' metres, at most one a day, and what was done to them."""
    used = one_a_day(brought)
    if not used:
        return {}, []
    xy = np.array([(fix.x, fix.y) for fix in used], dtype=np.float64)
    xy_m, _ = to_analysis_metres(xy, session.crs, analysis_crs=crs)
    rows: dict[str, list[int]] = {}
    for row, fix in enumerate(used):
        rows.setdefault(fix.individual, []).append(row)
    facts = {"session": session.code, "n": len(used), "n_animals": len(rows)}
    notices = [note("estimate.fixes_used", **facts)]
    if len(used) < len(brought):
        notices.append(warning("estimate.fixes_thinned", **facts, n_brought=len(brought)))
    return {name: xy_m[own] for name, own in rows.items()}, notices


def _events(
    captures: Sequence[ImportedCapture],
    animals: Sequence[str],
    stations: Sequence[str],
    detector_type: DetectorType,
) -> NDArray[np.intp]:
    """(E, 4) array of animal, occasion, detector, count, sorted and unique."""
    animal_index = {name: i for i, name in enumerate(animals)}
    station_index = {code: j for j, code in enumerate(stations)}
    counts: dict[tuple[int, int, int], int] = {}
    for c in captures:
        key = (animal_index[c.individual], c.occasion - 1, station_index[c.station])
        counts[key] = counts.get(key, 0) + abs(c.count) if detector_type == "count" else 1
    rows = [(*key, count) for key, count in sorted(counts.items())]
    return np.array(rows, dtype=np.intp).reshape(-1, 4)


def _station_covariates(stations: Sequence[Station]) -> dict[str, tuple[str, ...]]:
    names = dict.fromkeys(name for station in stations for name in station.covariates)
    return {name: tuple(station.covariates.get(name, "") for station in stations) for name in names}
