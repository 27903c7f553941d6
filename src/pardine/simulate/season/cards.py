"""In which folder each card of a simulated year lies: mixed up, copied twice, or lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from pardine.base.randomness import stream
from pardine.simulate.season.cameras import Deployed
from pardine.simulate.season.card_clocks import CLOCK_KINDS, seconds_of
from pardine.simulate.season.frames import SeasonYear
from pardine.simulate.world.world import World, WorldYear

Evidence = Literal["", "files", "reference clock"]

_SHARED_VISITS, _LAG_S, _OUTSIDE_S, _CHECKED_S = 12, 180.0, 4 * 3600.0, 120.0


@dataclass(frozen=True, kw_only=True)
class CardInFolder:
    """A card as it was copied.

    Attributes
    ----------
    deployed
        Number of the deployment that filled it.
    folder
        Code of the deployment whose folder it was put into.
    path
        The folder, below that of the simulation.
    """

    deployed: int
    folder: str
    path: str


@dataclass(frozen=True, kw_only=True)
class PlantedFault:
    """A fault of clock, card or flash.

    Attributes
    ----------
    kind
        Which.
    deployments
        Those that carry it; the first is the one that it happened to.
    evidence
        What can tell of it: ``files`` (with the sheets), only a ``reference clock`` that the team
        photographed, or nothing (empty); see `find_evidence`.
    """

    kind: str
    deployments: tuple[str, ...]
    evidence: Evidence

    @property
    def has_evidence(self) -> bool:
        """Whether a check of files and sheets can find it."""
        return self.evidence == "files"


def settle_cards(
    world: World, year: WorldYear, season: SeasonYear
) -> tuple[list[CardInFolder], list[PlantedFault]]:
    """Put every card that was not lost into a folder, as the team did."""
    deployed = season.deployed
    folder_of = {number: one.code for number, one in enumerate(deployed) if not one.is_lost}
    partner_of = _partners(world, year, deployed)
    cards: list[CardInFolder] = []
    for number, one in enumerate(deployed):
        other = partner_of.get(number)
        if one.fault == "mixed cards" and other is not None:
            folder_of[number], folder_of[other] = folder_of[other], folder_of[number]
    for number, folder in folder_of.items():
        cards.append(CardInFolder(deployed=number, folder=folder, path=f"photographs/{folder}"))
    for number, one in enumerate(deployed):
        other = partner_of.get(number)
        if one.fault == "copied card" and other is not None:
            path = f"photographs/{one.code}/copy"
            cards.append(CardInFolder(deployed=other, folder=one.code, path=path))
    faults = [
        PlantedFault(
            kind=one.fault,
            deployments=(one.code, *([deployed[partner_of[number]].code] if number in partner_of else [])),
            evidence=find_evidence(season, number, partner_of.get(number)),
        )
        for number, one in enumerate(deployed)
        if one.fault and (number in partner_of or one.fault not in ("mixed cards", "copied card"))
    ]
    faults += [
        PlantedFault(
            kind="dead flash",
            deployments=(one.code,),
            evidence=_shows_dead_flash(season, number, world, year),
        )
        for number, one in enumerate(deployed)
        if not one.is_lost and _has_dead_flash(one, world, year)
    ]
    return sorted(cards, key=lambda card: (card.folder, card.path)), faults


def find_evidence(season: SeasonYear, number: int, other: int | None) -> Evidence:
    """What can tell of a fault, without a look at the rules that search for it.

    A fault of a clock shows in the files where a photograph is dated 4 hours or more outside the visits of
    its camera, or where the partner recorded at least 12 of the same visits and the clock goes wrong by 3
    minutes or more; else a reference clock at both ends shows an error of 2 minutes or more. Mixed cards
    leave evidence where files name the camera or the station; copied and missing cards always.
    """
    one, frames = season.deployed[number], season.frames[number]
    if one.fault in ("copied card", "missing card"):
        return "files"
    if one.fault == "mixed cards":
        others = [one] if other is None else [one, season.deployed[other]]
        return "files" if any(each.file_serial or each.label for each in others) else ""
    true_s = np.array([frame.true_s for frame in frames])
    if one.fault not in CLOCK_KINDS or not true_s.size:
        return ""
    shown_s = one.clock.shows(true_s)
    error_s = np.abs(shown_s - true_s)
    starts_s, ends_s = seconds_of(one.starts), seconds_of(one.ends)
    outside_s = np.maximum(starts_s - shown_s, shown_s - ends_s).max()
    both_ends = np.array([starts_s, ends_s])
    is_checked = one.is_checked and np.abs(one.clock.shows(both_ends) - both_ends).max() >= _CHECKED_S
    shared = _n_shared(season, number) >= _SHARED_VISITS and error_s.max() >= _LAG_S
    if outside_s >= _OUTSIDE_S or shared:
        return "files"
    return "reference clock" if is_checked else ""


def planted(season: SeasonYear, faults: Sequence[PlantedFault]) -> SeasonYear:
    """The season whose deployments carry only faults that could be planted."""
    kept = {fault.deployments[0] for fault in faults if fault.kind != "dead flash"}
    deployed = tuple(one if one.code in kept else replace(one, fault="") for one in season.deployed)
    return replace(season, deployed=deployed)


def _partners(world: World, year: WorldYear, deployed: Sequence[Deployed]) -> dict[int, int]:
    """Another station's sound card of the same visit, for each card that is mixed up or copied."""
    taken: set[int] = set()
    partners = {}
    for number, one in enumerate(deployed):
        if one.fault not in ("mixed cards", "copied card") or one.is_lost:
            continue
        sound = [
            k
            for k, other in enumerate(deployed)
            if other.number == one.number
            and other.station != one.station
            and not other.fault
            and not other.is_lost
            and k not in taken
        ]
        if sound:
            rng = stream(world.seed, "other card", year.year, number)
            partners[number] = sound[int(rng.integers(len(sound)))]
            taken.add(partners[number])
    return partners


def _n_shared(season: SeasonYear, number: int) -> int:
    """Encounters that the other slot's camera recorded, too."""
    one = season.deployed[number]
    own = {frame.encounter for frame in season.frames[number]} - {-1}
    others: set[int] = set()
    for k, other in enumerate(season.deployed):
        if other.station == one.station and other.slot != one.slot and not other.is_lost:
            others |= {frame.encounter for frame in season.frames[k]}
    return len(own & others)


def _has_dead_flash(one: Deployed, world: World, year: WorldYear) -> bool:
    session_s = seconds_of(world.scenario.occasion_edges(year.year)[0])
    return session_s + 3600.0 * one.flash_dies_h < seconds_of(one.ends)


def _shows_dead_flash(season: SeasonYear, number: int, world: World, year: WorldYear) -> Evidence:
    """Whether the partner took photographs by night at twenty encounters since then, and this one none."""
    one = season.deployed[number]
    session_s = seconds_of(world.scenario.occasion_edges(year.year)[0])
    dies_s = session_s + 3600.0 * one.flash_dies_h
    nights: set[int] = set()
    for k, other in enumerate(season.deployed):
        if other.station == one.station and other.slot != one.slot and not other.is_lost:
            nights |= {
                f.encounter
                for f in season.frames[k]
                if f.is_night and not f.is_black and dies_s <= f.true_s < seconds_of(one.ends)
            }
    return "files" if one.is_blind and len(nights - {-1}) >= 20 else ""
