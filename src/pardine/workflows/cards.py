"""Which deployment the photographs of a card belong to, by what their paths tell."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pardine.base.errors import Notice, warning
from pardine.exchange.photographs.path_pattern import PathFacts
from pardine.observe.deployment import Deployment

# Folders that a camera makes on its card; a card may hold several.
_CAMERA_FOLDER = re.compile(r"(?i)dcim|\d{3}[A-Z0-9_]{5}")

Moment = dt.datetime | None


@dataclass(frozen=True, kw_only=True)
class Placed:
    """Deployments of photographs.

    Attributes
    ----------
    codes
        Deployment code by path; paths that are missing belong to none.
    made
        Deployments that the paths tell of and no table did.
    notices
        Cards that could be of several deployments.
    """

    codes: Mapping[str, str]
    made: tuple[Deployment, ...]
    notices: tuple[Notice, ...]


def place_photographs(
    clocks: Mapping[str, Moment],
    places: Mapping[str, PathFacts],
    deployments: Sequence[Deployment],
    *,
    utc_offset_min: int | None = None,
) -> Placed:
    """Give each photograph its deployment, card by card.

    A deployment or card that the path names is believed. Of several deployments of one station and
    slot, the one in whose time most photographs of the card were taken is meant; the photographs of one
    card stay together, so that a wrong clock does not part them. Where no pattern says anything, a
    folder that is named like a deployment is of it.

    Parameters
    ----------
    clocks
        Wall clock by path, ``None`` where there is none.
    places
        What the pattern found in the paths.
    deployments
        Those that are known.
    utc_offset_min
        Of deployments that are made.
    """
    cards: dict[tuple[str, PathFacts], list[str]] = defaultdict(list)
    known = {d.code: d for d in deployments}
    for path in clocks:
        facts = _whose(places.get(path), path, known)
        if facts is not None:
            cards[card_folder(path), facts].append(path)
    codes: dict[str, str] = {}
    made: dict[str, Deployment] = {}
    notices: list[Notice] = []
    for (folder, facts), paths in cards.items():
        found = _candidates(facts, deployments)
        if not found:
            new = _made(facts, utc_offset_min)
            found = [made.setdefault(new.code, known.get(new.code, new))]
        chosen = found[0] if len(found) == 1 else _by_time(found, [clocks[path] for path in paths])
        if chosen is None:
            notices.append(_unclear(folder, facts, len(found), len(paths)))
        else:
            codes.update((path, chosen.code) for path in paths)
    new_ones = tuple(d for code, d in made.items() if code not in known)
    return Placed(codes=codes, made=new_ones, notices=tuple(notices))


def card_folder(path: str) -> str:
    """Folder of the card that a path lies on, without the folders that the camera itself made."""
    parts = path.split("/")[:-1]
    while parts and _CAMERA_FOLDER.fullmatch(parts[-1]):
        parts.pop()
    return "/".join(parts)


def _whose(facts: PathFacts | None, path: str, known: Mapping[str, Deployment]) -> PathFacts | None:
    """The part of a path's facts that tells deployments apart; ``None`` where there is no such part."""
    if facts is not None and (facts.deployment or facts.station):
        return PathFacts(station=facts.station, slot=facts.slot or facts.camera, deployment=facts.deployment)
    named = [part for part in path.split("/")[:-1] if part in known]
    return PathFacts(deployment=named[-1]) if facts is None and named else None


def _candidates(facts: PathFacts, deployments: Sequence[Deployment]) -> list[Deployment]:
    if facts.deployment:
        named = [d for d in deployments if d.code == facts.deployment]
        return named or [d for d in deployments if d.covariates.get("card") == facts.deployment]
    return [d for d in deployments if (d.station, d.slot) == (facts.station, facts.slot)]


def _made(facts: PathFacts, utc_offset_min: int | None) -> Deployment:
    code = facts.deployment or "_".join(filter(None, (facts.station, facts.slot)))
    return Deployment(
        code=code, station=facts.station or code, slot=facts.slot, utc_offset_min=utc_offset_min
    )


def _by_time(found: Sequence[Deployment], clocks: Sequence[Moment]) -> Deployment | None:
    """The deployment in whose time most of a card's photographs lie; ``None`` where none holds a majority."""
    told = [clock for clock in clocks if clock is not None]
    n_within = [sum(_within(d, clock) for clock in told) for d in found]
    best = max(range(len(found)), key=n_within.__getitem__)
    return found[best] if 2 * n_within[best] > len(told) else None


def _within(deployment: Deployment, clock: dt.datetime) -> bool:
    after_start = deployment.starts is None or clock >= deployment.starts
    return after_start and (deployment.ends is None or clock <= deployment.ends)


def _unclear(folder: str, facts: PathFacts, n_deployments: int, n_files: int) -> Notice:
    station = " ".join(filter(None, (facts.station or facts.deployment, facts.slot)))
    return warning("add.card_unclear", file=folder or ".", station=station, n=n_deployments, n_files=n_files)
