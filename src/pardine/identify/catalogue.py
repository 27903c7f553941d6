"""The catalogue: individuals whose uids and names outlive regrouping, and what was stated of each.

All of it is a fold over decisions: which passages are whom, names, dated statements of sex, age class
and mother. Nothing is a fact; a later statement answers an earlier one, which stays readable.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

Topic = Literal["name", "sex", "age_class", "mother"]
TOPICS: tuple[Topic, ...] = ("name", "sex", "age_class", "mother")
Ints = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Statement:
    """Somebody's dated statement about an individual.

    Attributes
    ----------
    individual
        Uid.
    topic, value
        What: a name; ``F`` or ``M``; ``adult``, ``subadult`` or ``cub``; the mother's uid. Empty: unknown.
    on
        The day on which it held; ``None`` for all time (a name, a sex).
    by
        Who.
    """

    individual: str
    topic: Topic
    value: str
    on: dt.date | None = None
    by: str = ""


@dataclass(frozen=True, kw_only=True)
class Individual:
    """One animal of the catalogue.

    Attributes
    ----------
    uid, name
        The uid never changes; the name may.
    passages
        Keys, by time.
    sides
        ``left``, ``right``: those of which a usable view is known.
    stations
        Codes, sorted.
    first_seen, last_seen
        Of dated passages; ``None`` where none is dated.
    sureness
        Mean probability of its links; of an animal seen once, that it is an animal of its own.
    sex, mother
        As last stated.
    age_classes
        (day, age class) in order of time; a day of ``None`` comes first.
    best
        Media uid of the best photograph of each side.
    """

    uid: str
    name: str
    passages: tuple[str, ...]
    sides: tuple[str, ...]
    stations: tuple[str, ...]
    first_seen: dt.datetime | None
    last_seen: dt.datetime | None
    sureness: float
    sex: str = ""
    mother: str = ""
    age_classes: tuple[tuple[dt.date | None, str], ...] = ()
    best: Mapping[str, str] | None = None

    def age_class_on(self, day: dt.date | None) -> str:
        """The age class last stated on or before a day; without such a statement the earliest one."""
        dated = [each for each in self.age_classes if day is None or each[0] is None or each[0] <= day]
        chosen = dated[-1] if dated else (self.age_classes[0] if self.age_classes else None)
        return "" if chosen is None else chosen[1]

    @property
    def is_ghost_risk(self) -> bool:
        """Seen in one passage: it may be a known animal that was not recognised."""
        return len(self.passages) == 1


@dataclass(frozen=True, kw_only=True, eq=False)
class Assignment:
    """Which individual each group of passages is.

    Attributes
    ----------
    individual : list of n
        Uid for each passage.
    new
        Uids that no passage had before.
    vacated
        Uids that had passages and have none any more; their names stay theirs.
    """

    individual: tuple[str, ...]
    new: tuple[str, ...]
    vacated: tuple[str, ...]


def assign_individuals(
    labels: Ints, before: Sequence[str], *, asserted: Sequence[str], new_uid: Mapping[int, str]
) -> Assignment:
    """Give each group the individual with which it shares most passages, so that names stay.

    What a person asserted counts more than any number of passages that only a run proposed: after a
    merge the larger keeps its name, after a split the part that holds more of it.

    Parameters
    ----------
    labels : (n,)
        Groups, numbered from 0.
    before
        (n,) uid of the individual that each passage was, empty where none.
    asserted
        (n,) uid that a person asserted, empty where nobody did.
    new_uid
        Uid for each group in case it is nobody known.
    """
    n_groups = int(labels.max()) + 1 if len(labels) else 0
    known = sorted({uid for uid in (*before, *asserted) if uid})
    place = {uid: k for k, uid in enumerate(known)}
    shared = np.zeros((n_groups, len(known)))
    for label, was, said in zip(labels.tolist(), before, asserted, strict=True):
        if said:
            shared[label, place[said]] += len(labels) + 1.0
        elif was:
            shared[label, place[was]] += 1.0
    rows, columns = linear_sum_assignment(-shared) if known else (np.empty(0, int), np.empty(0, int))
    uid_of = {int(g): known[int(k)] for g, k in zip(rows, columns, strict=True) if shared[g, k] > 0.0}
    fresh = [g for g in range(n_groups) if g not in uid_of]
    uid_of.update({g: new_uid[g] for g in fresh})
    given = set(uid_of.values())
    return Assignment(
        individual=tuple(uid_of[label] for label in labels.tolist()),
        new=tuple(uid_of[g] for g in fresh),
        vacated=tuple(uid for uid in sorted({u for u in before if u}) if uid not in given),
    )


def next_names(taken: Iterable[str], n: int, *, prefix: str = "ID") -> list[str]:
    """Names that nobody bears or ever bore: ``ID-001``, ``ID-002`` ..."""
    used = set(taken)
    names: list[str] = []
    number = 0
    while len(names) < n:
        number += 1
        name = f"{prefix}-{number:03d}"
        if name not in used:
            names.append(name)
    return names


@dataclass(frozen=True, kw_only=True)
class PassageFacts:
    """What the catalogue tells of a passage.

    Attributes
    ----------
    key, station, at
        As of `pardine.identify.passages.Passage`.
    sides
        Usable ones.
    best
        Side to (media uid, how good), of the best photograph.
    """

    key: str
    station: str
    at: dt.datetime | None
    sides: tuple[str, ...]
    best: Mapping[str, tuple[str, float]]


def individuals_of(
    passages: Sequence[PassageFacts],
    individual: Mapping[str, str],
    sureness: Mapping[str, float],
    statements: Iterable[Statement],
) -> tuple[Individual, ...]:
    """The catalogue: individuals with at least one passage, by name.

    Parameters
    ----------
    individual
        Passage key to uid; passages that are nobody's are left out.
    sureness
        By passage key.
    statements
        Those in force, in the order they were made.
    """
    said: dict[str, list[Statement]] = defaultdict(list)
    for each in statements:
        said[each.individual].append(each)
    own: dict[str, list[PassageFacts]] = defaultdict(list)
    for passage in passages:
        if uid := individual.get(passage.key, ""):
            own[uid].append(passage)
    found = [_individual(uid, members, said[uid], sureness) for uid, members in own.items()]
    return tuple(sorted(found, key=lambda each: (each.name, each.uid)))


def _individual(
    uid: str, members: Sequence[PassageFacts], said: Sequence[Statement], sureness: Mapping[str, float]
) -> Individual:
    ordered = sorted(members, key=lambda p: (p.at is None, p.at or dt.datetime.min, p.key))
    dated = [p.at for p in ordered if p.at is not None]
    last: dict[Topic, str] = {each.topic: each.value for each in said}
    ages = sorted(
        ((each.on, each.value) for each in said if each.topic == "age_class"),
        key=lambda a: (a[0] is not None, a[0] or dt.date.min),
    )
    best: dict[str, tuple[str, float]] = {}
    for passage in ordered:
        for side, (media, quality) in passage.best.items():
            if side not in best or quality > best[side][1]:
                best[side] = (media, quality)
    return Individual(
        uid=uid,
        name=last.get("name", ""),
        passages=tuple(p.key for p in ordered),
        sides=tuple(sorted({side for p in members for side in p.sides})),
        stations=tuple(sorted({p.station for p in members if p.station})),
        first_seen=dated[0] if dated else None,
        last_seen=dated[-1] if dated else None,
        sureness=float(np.mean([sureness.get(p.key, 1.0) for p in members])),
        sex=last.get("sex", ""),
        mother=last.get("mother", ""),
        age_classes=tuple(ages),
        best={side: media for side, (media, _) in sorted(best.items())},
    )


def families(individuals: Iterable[Individual]) -> dict[str, tuple[str, ...]]:
    """Uids of the young of each mother that is named."""
    young: dict[str, list[str]] = defaultdict(list)
    for each in individuals:
        if each.mother:
            young[each.mother].append(each.uid)
    return {mother: tuple(sorted(uids)) for mother, uids in sorted(young.items())}


def counted_animals(individuals: Sequence[Individual], side: str) -> frozenset[str]:
    """Uids that a count of one side may hold.

    Parameters
    ----------
    side
        ``left`` or ``right``: animals of which that side is known, with all that is linked to them;
        ``both``: only those of which both are known.

    Notes
    -----
    An animal known from the left alone and one known from the right alone may be the same, so the two
    kinds are never counted together.
    """
    wanted = {"left", "right"} if side == "both" else {side}
    return frozenset(each.uid for each in individuals if wanted <= set(each.sides))


def better_side(individuals: Sequence[Individual]) -> str:
    """The side of which more animals are known; the left where it is a tie."""
    known = Counter(side for each in individuals for side in each.sides)
    return "right" if known["right"] > known["left"] else "left"
