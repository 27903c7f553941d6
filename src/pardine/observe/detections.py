"""Named animals in encounters, and the independent detections that follow: counts for an analysis."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from pardine.base.errors import Notice, warning
from pardine.observe.capture import AgeClass, ImportedCapture, Sex
from pardine.observe.encounter import Encounters, find_encounters, independent_events
from pardine.observe.sighting import Method

INDEPENDENCE_MIN = 30.0


@dataclass(frozen=True, kw_only=True)
class NamedSighting:
    """Somebody's statement that an animal with a name was at a station.

    Attributes
    ----------
    individual, species
        Species empty where not told.
    station
        Code.
    deployment
        Code.
    at
        Local time after correction of the clock; ``None`` where no time can be relied on.
    lasts_s
        Of an event or a video.
    sex, age_class
        As stated.
    media
        What tells files apart; empty where the statement is about an event.
    by, method
        Who said so.
    source
        Where it stands, where one person may have said it in two places: tags, name of the file.
    """

    individual: str
    species: str
    station: str
    deployment: str = ""
    at: dt.datetime | None = None
    lasts_s: float = 0.0
    sex: Sex | None = None
    age_class: AgeClass | None = None
    media: str = ""
    by: str = ""
    method: Method | None = None
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class Detection:
    """One independent detection of an animal at a station."""

    individual: str
    station: str
    at: dt.datetime
    sex: Sex | None = None
    age_class: AgeClass | None = None


def of_species(sightings: Iterable[NamedSighting], species: str) -> list[NamedSighting]:
    """Sightings of a species, and those that tell none but of an animal that others say is of it."""
    sightings = list(sightings)
    wanted = species.casefold()
    told: dict[str, set[str]] = defaultdict(set)
    for each in sightings:
        if each.species:
            told[each.individual].add(each.species.casefold())
    return [
        each
        for each in sightings
        if (each.species.casefold() == wanted if each.species else told[each.individual] in (set(), {wanted}))
    ]


def independent_detections(
    sightings: Iterable[NamedSighting], *, gap_min: float = INDEPENDENCE_MIN
) -> tuple[tuple[Detection, ...], tuple[Notice, ...]]:
    """Independent detections of each animal at each station.

    Photographs of a station are joined into encounters, both slots together; each animal counts once
    an encounter, and again at the station only after so many minutes. Of one file a person is heard
    before a machine.

    Parameters
    ----------
    sightings
        Of one species.
    gap_min
        Minutes since the detection that counted last.

    Returns
    -------
    detections
        By station, animal and time; cubs are among them, each with its age class.
    notices
        Sightings without a time, and files that people named differently.
    """
    heard, notices = _heard(list(sightings))
    dated = [each for each in heard if each.at is not None]
    if len(dated) < len(heard):
        first = next(each for each in heard if each.at is None)
        facts = {"n": len(heard) - len(dated), "individual": first.individual, "station": first.station}
        notices.append(warning("session.sightings_undated", **facts))
    if not dated:
        return (), tuple(notices)
    stations = sorted({each.station for each in dated})
    animals = sorted({each.individual for each in dated})
    number_of = {code: number for number, code in enumerate(stations)}
    station = np.array([number_of[each.station] for each in dated], dtype=np.int64)
    clocks = np.array([each.at for each in dated], dtype="datetime64[s]")
    encounters = find_encounters(
        station, clocks, duration_s=np.array([each.lasts_s for each in dated], dtype=np.float64)
    )
    members: dict[tuple[int, int], list[NamedSighting]] = defaultdict(list)
    place = {name: number for number, name in enumerate(animals)}
    for number, each in zip(encounters.of_media.tolist(), dated, strict=True):
        members[number, place[each.individual]].append(each)
    keys = sorted(members)
    visits = _visits(encounters, np.array([number for number, _ in keys], dtype=np.int64))
    counts = independent_events(visits, np.array([k for _, k in keys], dtype=np.int64), gap_min=gap_min)
    detections = [
        _detection(members[key], first.astype(dt.datetime))
        for key, first, is_counted in zip(keys, visits.starts, counts.tolist(), strict=True)
        if is_counted
    ]
    return tuple(sorted(detections, key=lambda d: (d.station, d.individual, d.at))), tuple(notices)


def captures_of(
    detections: Iterable[Detection], *, session: str, edges: Sequence[dt.datetime]
) -> tuple[ImportedCapture, ...]:
    """Counts per animal, station and occasion; what lies outside the occasions is passed over."""
    moments = np.array(edges, dtype="datetime64[s]")
    counts: Counter[tuple[str, int, str, Sex | None, AgeClass | None]] = Counter()
    for each in detections:
        occasion = int(np.searchsorted(moments, np.datetime64(each.at, "s"), side="right"))
        if 0 < occasion < len(edges):
            counts[each.individual, occasion, each.station, each.sex, each.age_class] += 1
    return tuple(
        ImportedCapture(
            session=session,
            individual=individual,
            occasion=occasion,
            station=station,
            count=count,
            sex=sex,
            age_class=age_class,
        )
        for (individual, occasion, station, sex, age_class), count in sorted(
            counts.items(), key=lambda item: (*item[0][:3], item[0][3] or "", item[0][4] or "")
        )
    )


def _heard(sightings: Sequence[NamedSighting]) -> tuple[list[NamedSighting], list[Notice]]:
    """Sightings without those of machines where a person spoke, and files on which people differ."""
    by_file: dict[str, list[NamedSighting]] = defaultdict(list)
    for each in sightings:
        if each.media:
            by_file[each.media].append(each)
    with_person = {file for file, own in by_file.items() if any(s.method != "machine" for s in own)}
    heard = [s for s in sightings if s.method != "machine" or s.media not in with_person]
    torn = []
    for own in by_file.values():
        names: dict[tuple[str, str], set[str]] = defaultdict(set)
        for each in own:
            if each.method != "machine":
                names[each.by, each.source].add(each.individual)
        if len({frozenset(said) for said in names.values()}) > 1:
            torn.append(own[0])
    if not torn:
        return heard, []
    first = torn[0]
    facts = {
        "n": len(torn),
        "station": first.station,
        "at": f"{first.at:%Y-%m-%d %H:%M}" if first.at else "",
    }
    return heard, [warning("session.names_differ", **facts)]


def _visits(encounters: Encounters, number: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Encounters:
    """The encounters, each as often as it holds animals."""
    return Encounters(
        of_media=np.zeros(0, dtype=np.int64),
        station=encounters.station[number],
        starts=encounters.starts[number],
        ends=encounters.ends[number],
        n_media=encounters.n_media[number],
        n_slots=encounters.n_slots[number],
    )


def _detection(said: Sequence[NamedSighting], at: dt.datetime) -> Detection:
    sexes = {each.sex for each in said if each.sex is not None}
    ages = [each.age_class for each in said if each.age_class is not None]
    return Detection(
        individual=said[0].individual,
        station=said[0].station,
        at=at,
        sex=next(iter(sexes)) if len(sexes) == 1 else None,
        age_class=Counter(ages).most_common(1)[0][0] if ages else None,
    )
