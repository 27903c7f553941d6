"""Rules about what several sources say of one photograph's time, the info strip among them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from pardine.observe.check.finding import Finding, few
from pardine.observe.check.season import Limits, Season
from pardine.observe.clock import ClockCorrection, ClockFault, Clocks

# The camera's own clock first: a pair is told in this order, and a correction goes towards it.
_CAMERA = ("exif", "makernote", "strip")
_SOURCES = (*_CAMERA, "xmp", "container", "file name", "table")
_HALF_DAY_S = 43_200.0
# So many photographs of one difference are no accident; strips are read of about five.
_MIN_ALIKE = 3


def times_disagree(season: Season, limits: Limits) -> Iterator[Finding]:
    """Photographs of which two sources tell different times, and no correction has settled it."""
    told = [source for source in _SOURCES if source in season.media.readings]
    for number, deployment in enumerate(season.deployments):
        rows = season.rows[number]
        for one, other in itertools.combinations(told, 2):
            both, apart_s = _apart(season, number, one, other, limits)
            off = np.abs(apart_s) > limits.reading_s
            if not off.any():
                continue
            common_s, n_alike = _commonest(apart_s[off], limits.reading_s)
            first = rows[both][off][0]
            yield Finding(
                rule="check.times_disagree",
                severity="error",
                subject=deployment.code,
                other=f"{one} / {other}",
                deployments=(deployment.code,),
                evidence={
                    "n": int(off.sum()),
                    "n_all": int(both.sum()),
                    "source": one,
                    "other_source": other,
                    "hours": common_s / 3600,
                    "n_alike": n_alike,
                    "first": _text(season.media.readings[one][first]),
                    "other_first": _text(season.media.readings[other][first]),
                },
                media=few(season.media.code[rows[both][off]]),
                proposal=_towards_camera(
                    season, number, (one, other), -common_s, n_alike == both.sum() and n_alike >= _MIN_ALIKE
                ),
            )


def strip_alone(season: Season, limits: Limits) -> Iterator[Finding]:
    """Photographs whose time stands on the info strip alone; it counts once a person says it is right."""
    strips = season.media.readings.get("strip")
    if strips is None:
        return
    others = [clocks for source, clocks in season.media.readings.items() if source != "strip"]
    alone = ~np.isnat(strips)
    for clocks in others:
        alone &= np.isnat(clocks)
    for number, deployment in enumerate(season.deployments):
        for row in season.rows[number][alone[season.rows[number]]]:
            yield Finding(
                rule="check.strip_alone",
                severity="warning",
                subject=deployment.code,
                other=str(season.media.code[row]),
                deployments=(deployment.code,),
                evidence={"value": _text(strips[row])},
                media=(str(season.media.code[row]),),
            )


def time_to_read(season: Season, limits: Limits) -> Iterator[Finding]:
    """Photographs of which no source tells the time, one by one, so that a person can write it in."""
    strips = season.media.readings.get("strip")
    for number, deployment in enumerate(season.deployments):
        rows = season.rows[number]
        untold = np.isnat(season.media.wall_clock[rows])
        if strips is not None:
            untold &= np.isnat(strips[rows])
        for row in rows[untold][: limits.to_read]:
            code = str(season.media.code[row])
            yield Finding(
                rule="check.time_to_read",
                severity="note",
                subject=deployment.code,
                other=code,
                deployments=(deployment.code,),
                media=(code,),
            )


def strip_confirms(season: Season, limits: Limits) -> Iterator[Finding]:
    """Deployments whose times wait for a person, and whose strips agree with them."""
    strips = season.media.readings.get("strip")
    if strips is None:
        return
    for number, deployment in enumerate(season.deployments):
        rows = season.rows[number]
        waiting = rows[season.media.is_waiting[rows] & ~np.isnat(season.media.wall_clock[rows])]
        record = season.clocks.get(deployment.code)
        if not waiting.size or (record is not None and record.corrections):
            continue
        read = rows[~np.isnat(strips[rows]) & ~np.isnat(season.media.wall_clock[rows])]
        apart_s = np.abs(_seconds(strips[read] - season.media.wall_clock[read]))
        if read.size < _MIN_ALIKE or (apart_s > limits.reading_s).any():
            continue
        yield Finding(
            rule="check.strip_confirms",
            severity="note",
            subject=deployment.code,
            deployments=(deployment.code,),
            evidence={"n": int(read.size), "n_waiting": int(waiting.size)},
            media=few(season.media.code[read]),
            proposal=ClockCorrection(deployment=deployment.code, kind="offset", offset_s=0.0),
        )


def _apart(
    season: Season, number: int, one: str, other: str, limits: Limits
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Which rows both sources tell of, and by how many seconds the other is ahead there; 0 where settled."""
    rows = season.rows[number]
    first, second = season.media.readings[one][rows], season.media.readings[other][rows]
    both = ~np.isnat(first) & ~np.isnat(second)
    apart_s = _seconds(second[both] - first[both])
    local, chosen = season.local[rows][both], season.media.clock_source[rows][both]
    for earlier in _SOURCES[: _SOURCES.index(one)]:
        # What an earlier source says too is told of that one.
        if (known := season.media.readings.get(earlier)) is not None:
            apart_s[np.abs(_seconds(known[rows][both] - first[both])) <= limits.reading_s] = 0.0
    corrected = local != season.media.wall_clock[rows][both]
    kept = _was_kept(season, season.deployments[number].code)
    for source, clocks in ((one, second), (other, first)):
        # A correction that brought the chosen time to the other source has settled the pair.
        left_s = _seconds(clocks[both] - local)
        apart_s[(chosen == source) & (kept | (corrected & (np.abs(left_s) <= limits.reading_s)))] = 0.0
    return both, apart_s


def _was_kept(season: Season, deployment: str) -> bool:
    """Whether a person has said that the chosen times are right, by a correction of nothing."""
    record = season.clocks.get(deployment)
    return record is not None and any(
        c.kind == "offset" and not c.offset_s and not c.drift_s_per_day for c in record.corrections
    )


def _commonest(apart_s: NDArray[np.float64], width_s: float) -> tuple[float, int]:
    """The difference that most photographs share within the tolerance, and how many do."""
    ordered = np.sort(apart_s)
    n_within = np.searchsorted(ordered, ordered + width_s, side="right") - np.arange(ordered.size)
    at = int(n_within.argmax())
    n_alike = int(n_within[at])
    return float(np.median(ordered[at : at + n_alike])), n_alike


def _towards_camera(
    season: Season, number: int, pair: tuple[str, str], offset_s: float, is_sure: bool
) -> ClockCorrection | None:
    """An offset, where the times are of names or tables and the camera's own clock is off from them all."""
    camera, other = pair
    rows = season.rows[number]
    chosen = season.media.clock_source[rows][~np.isnat(season.media.wall_clock[rows])]
    deployment = season.deployments[number].code
    record = season.clocks.get(deployment)
    if not is_sure or camera not in _CAMERA or other in _CAMERA or not (chosen == other).all():
        return None
    if record is not None and record.corrections:
        return None
    kind: ClockFault = "twelve hours" if abs(abs(offset_s) - _HALF_DAY_S) <= 60 else "offset"
    return ClockCorrection(deployment=deployment, kind=kind, offset_s=offset_s)


def _seconds(differences: NDArray[np.timedelta64]) -> NDArray[np.float64]:
    """NaN where one of the two is not told."""
    seconds = differences.astype("timedelta64[s]").astype(np.int64).astype(np.float64)
    return np.where(np.isnat(differences), np.nan, seconds)


def _text(clock: Clocks) -> str:
    return str(clock).replace("T", " ")
