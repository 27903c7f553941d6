"""What encounters show, from sightings: species, age classes and numbers, and who said so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pardine.observe.capture import AgeClass, Sex
from pardine.observe.sighting import Method, Sighting

_Group = tuple[str, AgeClass | None, Sex | None]


@dataclass(frozen=True, kw_only=True)
class AnimalsSeen:
    """Animals of one species, age class and sex in one encounter, by one voice.

    Attributes
    ----------
    encounter
        Number of the encounter.
    species, age_class, sex
        ``None`` or empty where not told.
    count
        The most that one photograph shows: an animal that stays for ten photographs is one animal.
    individuals
        Names that were given, sorted.
    by, method
        Who said so; a person is heard before a machine, of persons each is heard.
    """

    encounter: int
    species: str
    age_class: AgeClass | None
    sex: Sex | None
    count: int
    individuals: tuple[str, ...]
    by: str
    method: Method | None


@dataclass(frozen=True, kw_only=True)
class EncounterSighted:
    """One encounter's animals, and whether the voices differ."""

    encounter: int
    animals: tuple[AnimalsSeen, ...]
    differs: bool


def animals_seen(
    sightings: Iterable[Sighting], encounter_of: Mapping[str, int]
) -> tuple[EncounterSighted, ...]:
    """Sum up what was said of each encounter.

    Parameters
    ----------
    sightings
        Of animals; others are passed over.
    encounter_of
        Number of the encounter of a media code, or of a source's event.

    Returns
    -------
    tuple
        By encounter. Where any person spoke of an encounter, machines are not heard. Several sightings
        of one photograph add up; of several photographs the largest number holds; names that were
        given raise the number to at least as many.
    """
    by_encounter: dict[int, list[Sighting]] = defaultdict(list)
    for sighting in sightings:
        number = encounter_of.get(sighting.media or sighting.event)
        if sighting.kind == "animal" and number is not None:
            by_encounter[number].append(sighting)
    return tuple(_sum_up(number, by_encounter[number]) for number in sorted(by_encounter))


def _sum_up(number: int, sightings: list[Sighting]) -> EncounterSighted:
    people = [s for s in sightings if s.method != "machine"]
    voices: dict[tuple[str, Method | None], list[Sighting]] = defaultdict(list)
    for sighting in people or sightings:
        voices[sighting.by, sighting.method].append(sighting)
    said = [_of_voice(number, by, method, heard) for (by, method), heard in voices.items()]
    stated = {frozenset((a.species, a.age_class, a.sex, a.count) for a in animals) for animals in said}
    return EncounterSighted(
        encounter=number,
        animals=tuple(animals for of_voice in said for animals in of_voice),
        differs=len(stated) > 1,
    )


def _of_voice(number: int, by: str, method: Method | None, heard: list[Sighting]) -> list[AnimalsSeen]:
    counts: dict[_Group, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    names: dict[_Group, set[str]] = defaultdict(set)
    for sighting in heard:
        group = (sighting.species, sighting.age_class, sighting.sex)
        counts[group][sighting.media] += 1 if sighting.count is None else sighting.count
        if sighting.individual:
            names[group].add(sighting.individual)
    return [
        AnimalsSeen(
            encounter=number,
            species=species,
            age_class=age_class,
            sex=sex,
            count=max(*of_media.values(), len(names[species, age_class, sex])),
            individuals=tuple(sorted(names[species, age_class, sex])),
            by=by,
            method=method,
        )
        for (species, age_class, sex), of_media in counts.items()
    ]
