"""What info strips say beside other sources: for the season's check, and to settle times that wait."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from pardine.exchange.photographs.strip_entry import STAGE, from_entry
from pardine.exchange.photographs.strip_text import StripText, parse_strip
from pardine.observe.check.finding import Finding, Verdict, key_of
from pardine.observe.check.season import Season
from pardine.observe.media import TimeReading
from pardine.observe.media_columns import MediaColumns
from pardine.store.project import DERIVED_NAME, Project
from pardine.store.strip_times import settle_strip_times
from pardine.store.verdicts import read_verdicts

_AGREE = np.timedelta64(60, "s")


def read_strip_texts(project: Project) -> dict[str, StripText]:
    """What the strips that were read say, by the sha256 of their photographs."""
    folder = project.directory / DERIVED_NAME / STAGE
    entries = (from_entry(path.read_bytes()) for path in sorted(folder.glob("*/*.json")))
    return {sha256: parse_strip(lines) for sha256, lines in filter(None, entries)}


def with_strips(media: MediaColumns, strips: Mapping[str, StripText]) -> MediaColumns:
    """Media with what their strips say.

    Of a date that can be read both ways the one is taken that is nearer to another source. Labels and
    serials are taken where the file itself tells none and the strip's time agrees with another source.
    """
    rows = np.flatnonzero(np.isin(media.sha256, list(strips))) if strips else np.zeros(0, np.int64)
    if not rows.size:
        return media
    told = media.readings.get("strip", np.full(media.size, np.datetime64("NaT"), "datetime64[s]")).copy()
    # As wide as the longest of either, for numpy cuts what is longer.
    serial, label = media.serial.astype(object), media.label.astype(object)
    others = {source: clocks for source, clocks in media.readings.items() if source != "strip"}
    for row in rows.tolist():
        strip = strips[str(media.sha256[row])]
        clock, agrees = _nearest(strip, [clocks[row] for clocks in others.values()])
        if not np.isnat(clock):
            told[row] = clock
        if agrees:
            serial[row] = serial[row] or strip.serial
            label[row] = label[row] or strip.label
    return replace(
        media,
        readings={**others, "strip": told},
        serial=serial.astype(np.str_),
        label=label.astype(np.str_),
    )


def settle_strips(project: Project, season: Season) -> int:
    """Give waiting photographs the times of strips that agree, or that a person has read or found read right.

    “No fault” on ``check.strip_alone`` says that a strip was read right. A time beside a verdict on it or on
    ``check.time_to_read`` is what the person read on the photograph, and holds in place of the strip's.

    Parameters
    ----------
    season
        With its strips, as of `with_strips`.
    """
    media = season.media
    verdicts = {verdict.key: verdict for verdict in read_verdicts(project)}
    strips = media.readings.get("strip", np.full(media.size, np.datetime64("NaT"), "datetime64[s]"))
    readings, confirmed = {}, set()
    for row in np.flatnonzero(~np.isnat(strips) | np.isnat(media.wall_clock)).tolist():
        number, sha256 = int(media.deployment[row]), str(media.sha256[row])
        deployment = season.deployments[number].code if number >= 0 else ""
        said = _verdict_on(verdicts, deployment, str(media.code[row]))
        if said is not None and said.time is not None:
            readings[sha256] = _reading(np.datetime64(said.time, "s"))
            confirmed.add(sha256)
        elif not np.isnat(strips[row]):
            readings[sha256] = _reading(strips[row])
            if said is not None and said.answer == "no fault":
                confirmed.add(sha256)
    return settle_strip_times(project, readings, confirmed=confirmed, now=dt.datetime.now())


def _verdict_on(verdicts: Mapping[str, Verdict], deployment: str, code: str) -> Verdict | None:
    """What a person said of a photograph's time."""
    keys = [key_of(rule, deployment, code) for rule in ("check.strip_alone", "check.time_to_read")]
    told = (verdicts[key] for key in keys if key in verdicts)
    return next((verdict for verdict in told if verdict.answer != "unclear"), None)


def with_times_read(findings: Sequence[Finding], verdicts: Sequence[Verdict]) -> tuple[Verdict, ...]:
    """Verdicts, those with a time that a person read told of the strip that stands alone since then too."""
    of = {verdict.key: verdict for verdict in verdicts}
    also = [
        replace(of[told], key=finding.key)
        for finding in findings
        if finding.rule == "check.strip_alone"
        and finding.key not in of
        and (told := key_of("check.time_to_read", finding.subject, finding.other)) in of
    ]
    return (*verdicts, *also)


def _nearest(strip: StripText, others: list[np.datetime64]) -> tuple[np.datetime64, bool]:
    """The way to read a strip's time that is nearest to another source, and whether they agree."""
    ways = [np.datetime64(moment, "s") for moment in strip.moments]
    if not ways:
        return np.datetime64("NaT"), False
    known = [other for other in others if not np.isnat(other)]
    if not known:
        return ways[0], False
    best = min(ways, key=lambda way: min(abs(way - other) for other in known))
    return best, bool(min(abs(best - other) for other in known) <= _AGREE)


def _reading(clock: np.datetime64) -> TimeReading:
    moment: dt.datetime = clock.astype(object)
    return TimeReading(source="strip", wall_clock=moment, text=str(clock).replace("T", " "))
