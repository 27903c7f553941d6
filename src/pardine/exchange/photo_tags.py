"""Tags that people gave photographs in digiKam or another program, as sightings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pardine.base.errors import Notice, warning
from pardine.exchange.camtrapr import SPECIES_KINDS
from pardine.exchange.columns import plain
from pardine.exchange.words import AGE_WORDS, SEX_WORDS, find_word
from pardine.observe.media import MediaFile
from pardine.observe.sighting import Sighting

# Names of the groups under which photographs are tagged.
_TAG_GROUPS = {
    "species": "species", "taxon": "species", "individual": "individual", "individuals": "individual",
    "animal_id": "individual", "sex": "sex", "age": "age", "age_class": "age", "count": "count",
    "number": "count",
}  # fmt: skip


def sightings_from_tags(
    media: Iterable[MediaFile], deployments: Mapping[str, str] | None = None
) -> tuple[tuple[Sighting, ...], tuple[Notice, ...]]:
    """What people tagged in digiKam or another program of photographs: species, individuals, and more.

    Parameters
    ----------
    media
        With their ``tags``; those of a form ``group|value`` are read, single words are not.
    deployments
        Deployment of each file by its path.

    Returns
    -------
    sightings
        One for each species of a photograph, or one for each individual where the species is one.
    notices
        Photographs whose individuals cannot be told to belong to one of several species.
    """
    sightings: list[Sighting] = []
    notices: list[Notice] = []
    for each in media:
        groups, attributes = _grouped(each.tags)
        species, individuals = groups.get("species", []), groups.get("individual", [])
        if not species and not individuals:
            continue
        if len(species) > 1 and individuals:
            facts = {"file": each.path, "value": ", ".join(individuals), "expected": ", ".join(species)}
            notices.append(warning("camtrapr.tags_ambiguous", **facts))
            individuals = []
        pairs = [(name, "") for name in species] if not individuals else []
        pairs += [(species[0] if species else "", individual) for individual in individuals]
        deployment = (deployments or {}).get(each.path, "")
        sightings += [
            _tagged(each.path, deployment, number, pair, groups, attributes, alone=len(pairs) == 1)
            for number, pair in enumerate(pairs, start=1)
        ]
    return tuple(sightings), tuple(notices)


def _grouped(tags: Sequence[str]) -> tuple[dict[str, list[str]], dict[str, str]]:
    """Values of known groups, and all other groups as attributes."""
    groups: dict[str, list[str]] = {}
    attributes: dict[str, str] = {}
    for tag in dict.fromkeys(tags):
        *path, value = (part.strip() for part in tag.split("|"))
        if not path or not value:
            continue
        known = _TAG_GROUPS.get(plain(path[-1]))
        if known and value not in groups.setdefault(known, []):
            groups[known].append(value)
        elif not known:
            attributes["|".join(path)] = value
    return groups, attributes


def _tagged(
    path: str,
    deployment: str,
    number: int,
    pair: tuple[str, str],
    groups: Mapping[str, list[str]],
    attributes: Mapping[str, str],
    *,
    alone: bool,
) -> Sighting:
    """One sighting; sex, age and number are told of it only where it is the only one."""
    species, individual = pair
    said = {name: values[0] for name, values in groups.items() if alone and len(values) == 1}
    count = said.get("count", "")
    kind = SPECIES_KINDS.get(species.casefold(), "animal")
    return Sighting(
        code=f"{path}#tag{number}",
        deployment=deployment,
        media=path,
        kind=kind,
        species=species if kind == "animal" else "",
        count=int(count) if count.isdecimal() and int(count) > 0 else None,
        sex=find_word(said.get("sex", ""), SEX_WORDS),
        age_class=find_word(said.get("age", ""), AGE_WORDS),
        individual=individual,
        method="human",
        attributes=dict(attributes),
    )
