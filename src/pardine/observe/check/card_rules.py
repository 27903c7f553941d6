"""Rules about cards and cameras that are not where they should be."""

from __future__ import annotations

import itertools
import unicodedata
from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from pardine.observe.check.finding import Finding, few
from pardine.observe.check.season import Limits, Season, overlap_s
from pardine.observe.deployment import Deployment

_LOST = ("stolen", "burnt", "vandalised")
# A camera that is carried from one station to the next in a day is dated the same day at both.
_SAME_TIME_S = 12 * 3600.0


def no_deployment(season: Season, limits: Limits) -> Iterator[Finding]:
    """Photographs that belong to no deployment: no other rule looks at them, and they count nowhere."""
    rows = np.flatnonzero(season.media.deployment < 0)
    if rows.size:
        codes = few(season.media.code[rows])
        facts = {"n": int(rows.size), "value": codes[0]}
        yield Finding(rule="check.no_deployment", severity="error", subject="", evidence=facts, media=codes)


def same_hash(season: Season, limits: Limits) -> Iterator[Finding]:
    """The same file, byte for byte, in two deployments."""
    known = np.flatnonzero((season.media.sha256 != season.media.sha256.dtype.type()) & _placed(season))
    hashes, of = season.media.sha256[known], season.media.deployment[known]
    order = np.lexsort((of, hashes))
    hashes, of, known = hashes[order], of[order], known[order]
    same = np.flatnonzero((hashes[1:] == hashes[:-1]) & (of[1:] != of[:-1]))
    rows_of: dict[tuple[int, int], list[int]] = defaultdict(list)
    for i in same.tolist():
        rows_of[int(of[i]), int(of[i + 1])].append(int(known[i]))
    for (one, other), rows in sorted(rows_of.items()):
        codes = season.deployments[one].code, season.deployments[other].code
        yield Finding(
            rule="check.same_hash",
            severity="error",
            subject=codes[0],
            other=codes[1],
            deployments=codes,
            evidence={"n": len(rows), "n_all": int(season.rows[one].size)},
            media=few(season.media.code[rows]),
        )


def missing_card(season: Season, limits: Limits) -> Iterator[Finding]:
    """Deployments that have ended without a photograph, though their card was not lost."""
    for number, deployment in enumerate(season.deployments):
        if season.rows[number].size or deployment.ends is None or deployment.ends > season.now:
            continue
        if _was_lost(season, deployment) or _never_worked(season, deployment):
            continue
        yield Finding(
            rule="check.missing_card",
            severity="error",
            subject=deployment.code,
            deployments=(deployment.code,),
            evidence={
                "card": deployment.covariates.get("card", "—") or "—",
                "station": deployment.station,
                "ends": f"{deployment.ends:%Y-%m-%d}",
            },
        )


def serial_two_stations(season: Season, limits: Limits) -> Iterator[Finding]:
    """One camera that stands at two places at the same time."""
    by_serial: dict[str, list[int]] = defaultdict(list)
    for number, deployment in enumerate(season.deployments):
        # What the file says is surer than what was written by hand.
        serial = _most_common(season, number, "serial")[0] or deployment.camera_serial
        if serial:
            by_serial[serial].append(number)
    for serial, numbers in by_serial.items():
        for i, j in itertools.combinations(numbers, 2):
            one, other = season.deployments[i], season.deployments[j]
            elsewhere = (one.station, one.slot) != (other.station, other.slot)
            if elsewhere and overlap_s(one, other) > _SAME_TIME_S:
                yield Finding(
                    rule="check.serial_two_stations",
                    severity="error",
                    subject=one.code,
                    other=other.code,
                    deployments=(one.code, other.code),
                    evidence={"serial": serial, "station": one.station, "other_station": other.station},
                )


def serial_not_sheet(season: Season, limits: Limits) -> Iterator[Finding]:
    """Files that name another camera than the sheet."""
    of_serial = {d.camera_serial: d.code for d in season.deployments if d.camera_serial}
    for number, deployment in enumerate(season.deployments):
        if not deployment.camera_serial or not season.rows[number].size:
            continue
        serials = season.media.serial[season.rows[number]]
        other = (serials != "") & (serials != deployment.camera_serial)
        if other.any():
            serial = _mode(serials[other])
            yield Finding(
                rule="check.serial_not_sheet",
                severity="error",
                subject=deployment.code,
                other=of_serial.get(serial, ""),
                deployments=(deployment.code,),
                evidence={
                    "n": int(other.sum()),
                    "n_all": int(serials.size),
                    "serial": serial,
                    "expected": deployment.camera_serial,
                },
                media=few(season.media.code[season.rows[number][other]]),
            )


def label_not_station(season: Season, limits: Limits) -> Iterator[Finding]:
    """Labels on the strip or in the file that name another station or slot."""
    places = _places(season)
    for number, deployment in enumerate(season.deployments):
        label, share = _most_common(season, number, "label")
        place = places.get(_plain(label)) if label else None
        if place is None:
            continue
        station, slot = place
        if station != deployment.station or (slot and deployment.slot and slot != deployment.slot):
            yield Finding(
                rule="check.label_not_station",
                severity="error",
                subject=deployment.code,
                deployments=(deployment.code,),
                evidence={"label": label, "station": deployment.station, "percent": 100 * share},
                media=few(season.media.code[season.rows[number]]),
            )


def _places(season: Season) -> dict[str, tuple[str, str]]:
    """Station and slot by what a label may say of them; labels of two places name none."""
    said: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for deployment in season.deployments:
        said[_plain(deployment.station)].add((deployment.station, ""))
        if deployment.slot:
            said[_plain(deployment.station + deployment.slot)].add((deployment.station, deployment.slot))
    for station in season.stations:
        said[_plain(station)].add((station, ""))
    return {label: next(iter(places)) for label, places in said.items() if len(places) == 1}


def _plain(label: str) -> str:
    text = unicodedata.normalize("NFKC", label).casefold()
    return "".join(letter for letter in text if letter.isalnum())


def _most_common(season: Season, number: int, column: str) -> tuple[str, float]:
    """The commonest text of a column that is not blank, and its share of the deployment's files."""
    rows = season.rows[number]
    texts = getattr(season.media, column)[rows]
    told = texts[texts != ""]
    if not told.size:
        return "", 0.0
    text = _mode(told)
    return text, float((texts == text).mean())


def _mode(texts: np.ndarray) -> str:
    values, n = np.unique(texts, return_counts=True)
    return str(values[n.argmax()])


def _placed(season: Season) -> np.ndarray:
    return np.asarray(season.media.deployment >= 0)


def _was_lost(season: Season, deployment: Deployment) -> bool:
    """Whether the visit that ended it says that the camera was gone with its card."""
    return any(
        visit.found in _LOST and not visit.card_out
        for visit in season.visits
        if (visit.station, visit.slot, visit.arrives)
        == (deployment.station, deployment.slot, deployment.ends)
    )


def _never_worked(season: Season, deployment: Deployment) -> bool:
    """Whether the effort table says of all its time that it did not work."""
    own = [i for i in season.effort if i.station == deployment.station and i.slot in (deployment.slot, "")]
    if deployment.starts is None or deployment.ends is None:
        return False
    within = [i for i in own if i.starts < deployment.ends and i.ends > deployment.starts]
    return bool(within) and all(interval.state != "working" for interval in within)
