"""Simulated deployments and what their cards hold, with known faults of clocks and cards.

Written from what happens in the field and without a look at the rules that search for it. Faults of the
cameras themselves (dead, buried, stolen) are in `faults`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from pardine.base.randomness import stream
from pardine.observe.check_sheet import CameraVisit, effort_from_visits
from pardine.observe.clock import ClockCheck, Clocks
from pardine.observe.deployment import Deployment
from pardine.observe.effort import EffortInterval
from pardine.observe.media_columns import MediaColumns, media_columns
from pardine.simulate.season.card_clocks import CLOCK_KINDS, ClockKind, seconds_of
from pardine.simulate.season.card_contents import Card, CardSettings, draw_station

CardFault = Literal[ClockKind, "mixed cards", "copied card", "missing card"]
CARD_FAULTS: tuple[CardFault, ...] = get_args(CardFault)

# What goes along when a card lands in the folder of another camera.
_ON_THE_CARD = (
    "true_s",
    "sequence",
    "infrared",
    "file_number",
    "code",
    "sha256",
    "file_serial",
    "label",
    "clock",
)
Seconds = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class InjectedFault:
    """A fault that was put in.

    Attributes
    ----------
    kind
        What it is.
    deployments
        Those that carry it; the first is the one under study.
    has_evidence
        Whether anything in the data can tell of it; see `draw_cards`.
    """

    kind: CardFault
    deployments: tuple[str, ...]
    has_evidence: bool


@dataclass(frozen=True, kw_only=True, eq=False)
class SimulatedCards:
    """Deployments, their cards, sheets and reference clocks, with the truth beside them.

    Attributes
    ----------
    deployments, media
        As a season's check takes them.
    true_local : (M,) array of datetime64[s]
        Local time at which each photograph was really taken.
    visits, effort, clock_checks
        Check sheets, the effort they give, and photographs of reference clocks by deployment.
    faults
        What was put in.
    sound
        Deployments at stations without any fault.
    now
        After the last visit.
    """

    deployments: tuple[Deployment, ...]
    media: MediaColumns
    true_local: Clocks
    visits: tuple[CameraVisit, ...]
    effort: tuple[EffortInterval, ...]
    clock_checks: Mapping[str, tuple[ClockCheck, ...]]
    faults: tuple[InjectedFault, ...]
    sound: tuple[str, ...]
    now: dt.datetime


def draw_cards(
    faults: Sequence[CardFault], n_sound: int, seed: int, settings: CardSettings | None = None
) -> SimulatedCards:
    """Deployments with one fault each, and stations without any.

    Every fault is at slot A of a station of its own, with a sound camera at slot B where there is one;
    cards are mixed with, or copied from, another such station. A fault of a clock leaves evidence where
    (a) a reference clock was photographed and the error is 2 minutes or more, or (b) a photograph is
    dated 4 hours or more outside the visits of its camera, or (c) the partner recorded at least 12 of
    the same visits and the clock goes wrong by 3 minutes or more. Mixed cards leave evidence where files
    name the camera or the station; copied and missing cards always.

    Parameters
    ----------
    faults
        One deployment for each.
    n_sound
        Stations without a fault.
    seed
        Root seed; a station's numbers do not depend on how many there are.
    settings
        Defaults where ``None``.
    """
    chosen = settings or CardSettings()
    stations: list[list[Card]] = []
    injected: list[tuple[CardFault, int]] = []
    for number, kind in enumerate(faults):
        of_clock = next((one for one in CLOCK_KINDS if one == kind), None)
        stations.append(draw_station(f"F{number:04d}", of_clock, chosen, stream(seed, "faulty", number)))
        injected.append((kind, len(stations) - 1))
        if kind in ("mixed cards", "copied card"):
            rng = stream(seed, "other of faulty", number)
            stations.append(draw_station(f"G{number:04d}", None, chosen, rng, like=stations[-1][0]))
            _exchange(kind, stations[-2], stations[-1])
        elif kind == "missing card":
            stations[-1][0] = replace(stations[-1][0], is_lost=True)
    first_sound = len(stations)
    for number in range(n_sound):
        stations.append(draw_station(f"S{number:04d}", None, chosen, stream(seed, "sound", number)))
    return _assemble(stations, injected, first_sound)


def _exchange(kind: CardFault, one: list[Card], other: list[Card]) -> None:
    """Mix up the cards of slot A of two stations, or copy the second's into the first's folder too."""
    if kind == "copied card":
        one[0] = replace(one[0], copies=(other[0],))
        return
    first = {name: getattr(one[0], name) for name in _ON_THE_CARD}
    one[0] = replace(one[0], **{name: getattr(other[0], name) for name in _ON_THE_CARD})
    other[0] = replace(other[0], **first)


def _assemble(
    stations: Sequence[list[Card]], injected: Sequence[tuple[CardFault, int]], first_sound: int
) -> SimulatedCards:
    cards = [card for station in stations for card in station]
    sheets = effort_from_visits(_sheets(cards), last_media=_last_media(cards), utc_offset_min=600)
    code_of = {(d.station, d.slot): d.code for d in sheets.deployments}
    number_of = {d.code: number for number, d in enumerate(sheets.deployments)}
    faults = []
    for kind, at in injected:
        concerned = [stations[at][0]]
        if kind in ("mixed cards", "copied card"):
            concerned.append(stations[at + 1][0])
        codes = tuple(code_of[card.station, card.slot] for card in concerned)
        faults.append(
            InjectedFault(kind=kind, deployments=codes, has_evidence=_has_evidence(kind, concerned))
        )
    held = [
        (number_of[code_of[card.station, card.slot]], source)
        for card in cards
        if not card.is_lost
        for source in (card, *card.copies)
    ]
    return SimulatedCards(
        deployments=sheets.deployments,
        media=_media(held),
        true_local=_clocks(np.concatenate([card.true_s for _, card in held])),
        visits=tuple(_sheets(cards)),
        effort=sheets.intervals,
        clock_checks={code_of[c.station, c.slot]: _checks(c) for c in cards if c.checks_s and not c.is_lost},
        faults=tuple(faults),
        sound=tuple(code_of[c.station, c.slot] for station in stations[first_sound:] for c in station),
        now=max(card.ends for card in cards) + dt.timedelta(days=3),
    )


def _sheets(cards: Sequence[Card]) -> list[CameraVisit]:
    """Two visits a card: set, and fetched."""
    visits = []
    for card in cards:
        name = f"{card.station}{card.slot}-1"
        visit = CameraVisit(
            session="1",
            station=card.station,
            slot=card.slot,
            arrives=card.starts,
            leaves=card.starts,
            card_in=name,
            serial=card.serial,
        )
        visits.append(visit)
        visits.append(
            replace(
                visit,
                arrives=card.ends,
                leaves=card.ends,
                found=card.found,
                card_out=name,
                card_in="",
                serial="",
                leaves_camera=False,
            )
        )
    return visits


def _last_media(cards: Sequence[Card]) -> dict[str, dt.datetime]:
    """Last photographs of cameras that died, as people find them once the clocks are right."""
    return {
        f"{card.station}_{card.slot}_{card.starts:%Y%m%d-%H%M}": _moment(float(card.true_s[-1]))
        for card in cards
        if card.found == "dead" and card.true_s.size
    }


def _media(held: Sequence[tuple[int, Card]]) -> MediaColumns:
    sizes = [card.true_s.size for _, card in held]

    def joined(name: str) -> NDArray[np.generic]:
        return np.concatenate([getattr(card, name) for _, card in held])

    def repeated(values: Sequence[str | int]) -> NDArray[np.generic]:
        return np.repeat(np.array(values), sizes)

    shown = _clocks(np.concatenate([card.clock.shows(card.true_s) for _, card in held]))
    # A program has named the files by the time in them, a second late on every other one.
    named = shown + (np.arange(shown.size) % 2).astype("timedelta64[s]")
    return media_columns(
        code=joined("code"),
        deployment=repeated([number for number, _ in held]),
        wall_clock=shown,
        clock_source=np.full(shown.size, "exif"),
        readings={"exif": shown, "file name": named},
        sha256=joined("sha256"),
        file_number=joined("file_number"),
        serial=repeated([card.file_serial for _, card in held]),
        label=repeated([card.label for _, card in held]),
        sequence_number=joined("sequence"),
        infrared=joined("infrared"),
    )


def _checks(card: Card) -> tuple[ClockCheck, ...]:
    true_s = np.array(card.checks_s)
    return tuple(
        ClockCheck(wall_clock=_moment(float(shown)), reference_clock=_moment(float(true)))
        for shown, true in zip(card.clock.shows(true_s), true_s, strict=True)
    )


def _has_evidence(kind: CardFault, concerned: Sequence[Card]) -> bool:
    card = concerned[0]
    if kind in ("copied card", "missing card"):
        return True
    if kind == "mixed cards":
        return any(c.true_s.size and (c.file_serial or c.label) for c in concerned)
    shown_s = card.clock.shows(card.true_s)
    error_s = np.abs(shown_s - card.true_s)
    checks_s = np.array(card.checks_s)
    checked = bool((np.abs(card.clock.shows(checks_s) - checks_s) >= 120.0).any())
    outside_s = np.maximum(seconds_of(card.starts) - shown_s, shown_s - seconds_of(card.ends))
    shared = card.shared >= 12 and error_s.max(initial=0.0) >= 180.0
    return checked or bool(outside_s.max(initial=0.0) >= 4 * 3600.0) or shared


def _moment(seconds: float) -> dt.datetime:
    return dt.datetime(1970, 1, 1) + dt.timedelta(seconds=round(seconds))


def _clocks(seconds: Seconds) -> Clocks:
    return np.rint(seconds).astype(np.int64).astype("datetime64[s]")
