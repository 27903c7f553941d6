"""Simulated deployments and what their cards hold, with known faults of clocks and cards.

Written from what happens in the field and without a look at the rules that search for it. Faults of the
cameras themselves (dead, buried, stolen) are in `faults`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from pardine.base.randomness import stream
from pardine.observe.check_sheet import CameraVisit, effort_from_visits
from pardine.observe.clock import ClockCheck, Clocks
from pardine.observe.deployment import Deployment
from pardine.observe.effort import EffortInterval, State
from pardine.observe.media_columns import MediaColumns, media_columns
from pardine.simulate.card_clocks import SimulatedClock, draw_clock

CardFault = Literal[
    "drift", "twelve hours", "day and month", "reset", "offset", "mixed cards", "copied card", "missing card"
]
CARD_FAULTS: tuple[CardFault, ...] = get_args(CardFault)
CLOCK_KINDS: tuple[CardFault, ...] = ("drift", "twelve hours", "day and month", "reset", "offset")

SLOTS = ("A", "B")
_DAY_S = 86_400.0
_PHOTOGRAPHS_A_TRIGGER = 3
_FILES_A_FOLDER = 9999
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
class CardSettings:
    """How the simulated field work goes; assumptions, not estimates.

    Attributes
    ----------
    first_day, days
        First possible day of a deployment, and its usual length.
    visits_a_day, visits_spread
        Median visits of animals and people to a station, and their spread among stations (log scale).
    partner_prob
        A station has a second camera.
    reference_prob
        The team photographs a reference clock at both ends.
    serial_prob, label_prob
        Files name the camera; they name the station.
    dead_prob
        A camera dies on the way, and the sheet says so.
    daily_prob
        The cameras of a station take a picture each noon, by their own clocks.
    """

    first_day: dt.date = dt.date(2024, 5, 1)
    days: int = 60
    visits_a_day: float = 2.0
    visits_spread: float = 0.8
    partner_prob: float = 0.9
    reference_prob: float = 0.5
    serial_prob: float = 0.85
    label_prob: float = 0.4
    dead_prob: float = 0.15
    daily_prob: float = 0.2


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


@dataclass(frozen=True, kw_only=True, eq=False)
class _Card:
    """One deployment with its photographs; ``shared`` counts visits that its partner recorded too."""

    station: str
    slot: str
    starts: dt.datetime
    ends: dt.datetime
    found: State
    serial: str
    file_serial: str
    label: str
    clock: SimulatedClock
    true_s: Seconds
    sequence: NDArray[np.int64]
    infrared: NDArray[np.int64]
    file_number: NDArray[np.int64]
    code: NDArray[np.str_]
    sha256: NDArray[np.str_]
    checks_s: tuple[float, ...]
    shared: int
    copies: tuple[_Card, ...] = field(default=())
    is_lost: bool = False


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
    stations: list[list[_Card]] = []
    injected: list[tuple[CardFault, int]] = []
    for number, kind in enumerate(faults):
        stations.append(_draw_station(f"F{number:04d}", kind, chosen, stream(seed, "faulty", number)))
        injected.append((kind, len(stations) - 1))
        if kind in ("mixed cards", "copied card"):
            rng = stream(seed, "other of faulty", number)
            stations.append(_draw_station(f"G{number:04d}", None, chosen, rng, like=stations[-1][0]))
            _exchange(kind, stations[-2], stations[-1])
        elif kind == "missing card":
            stations[-1][0] = replace(stations[-1][0], is_lost=True)
    first_sound = len(stations)
    for number in range(n_sound):
        stations.append(_draw_station(f"S{number:04d}", None, chosen, stream(seed, "sound", number)))
    return _assemble(stations, injected, first_sound)


def _draw_station(
    code: str,
    kind: CardFault | None,
    settings: CardSettings,
    rng: np.random.Generator,
    like: _Card | None = None,
) -> list[_Card]:
    """The one or two cards of a station; the fault of a clock is at the first."""
    day = int(rng.integers(0, 15))
    if kind == "day and month":
        # Only a day up to 12 that is not the month's own number can be exchanged with it.
        days = [d for d in range(12) if d + 1 != settings.first_day.month]
        day = int(rng.choice(days))
    starts = dt.datetime.combine(settings.first_day, dt.time(9)) + dt.timedelta(
        days=day, minutes=5 * int(rng.integers(0, 96))
    )
    if like is not None:
        starts = like.starts.replace(hour=9) + dt.timedelta(minutes=5 * int(rng.integers(0, 96)))
    ends = starts.replace(hour=9, minute=0) + dt.timedelta(
        days=settings.days + int(rng.integers(-5, 6)), minutes=5 * int(rng.integers(0, 96))
    )
    visits_s = _draw_visits(_seconds(starts), _seconds(ends), settings, rng)
    n_slots = 2 if rng.random() < settings.partner_prob else 1
    is_daily = rng.random() < settings.daily_prob
    cards: list[_Card] = []
    seen: list[NDArray[np.bool_]] = []
    for slot in range(n_slots):
        of_clock = kind if slot == 0 and kind in CLOCK_KINDS else None
        card, recorded = _draw_card(
            code, SLOTS[slot], starts, ends, visits_s, of_clock, is_daily, settings, rng
        )
        cards.append(card)
        seen.append(recorded)
    shared = int((seen[0] & seen[1]).sum()) if n_slots == 2 else 0
    return [replace(card, shared=shared) for card in cards]


def _draw_visits(starts_s: float, ends_s: float, settings: CardSettings, rng: np.random.Generator) -> Seconds:
    """Beginnings of the visits of animals and people, some soon after another, by night and by day."""
    rate = settings.visits_a_day * float(np.exp(rng.normal(0.0, settings.visits_spread)))
    days = (ends_s - starts_s) / _DAY_S
    n = int(rng.poisson(np.clip(rate, 0.3, 25.0) * days))
    midnight_s = starts_s - starts_s % _DAY_S
    by_night = rng.random(n) < rng.uniform(0.3, 0.8)
    hour = np.where(by_night, rng.normal(24.0, 3.0, n), rng.normal(12.0, 3.5, n))
    visits_s = midnight_s + rng.integers(0, int(days) + 1, n) * _DAY_S + hour * 3600.0
    again = visits_s[rng.random(n) < 0.2]
    visits_s = np.sort(np.concatenate([visits_s, again + rng.uniform(600.0, 2400.0, again.size)]))
    return np.asarray(visits_s[(visits_s > starts_s + 1800.0) & (visits_s < ends_s - 1800.0)])


def _draw_card(
    station: str,
    slot: str,
    starts: dt.datetime,
    ends: dt.datetime,
    visits_s: Seconds,
    kind: CardFault | None,
    is_daily: bool,
    settings: CardSettings,
    rng: np.random.Generator,
) -> tuple[_Card, NDArray[np.bool_]]:
    """A card, and which of the visits it recorded."""
    starts_s, ends_s = _seconds(starts), _seconds(ends)
    recorded = rng.random(visits_s.size) < rng.uniform(0.5, 0.95)
    dies = rng.random() < settings.dead_prob
    died_s = float(rng.uniform(starts_s + 0.3 * (ends_s - starts_s), ends_s)) if dies else np.inf
    recorded &= visits_s < died_s
    triggers_s = _draw_triggers(visits_s[recorded], starts_s, ends_s, rng)
    clock = draw_clock(kind, starts, ends, rng)
    if is_daily:
        # The picture is taken when the camera takes it to be noon.
        each_s = starts_s + np.arange(0.0, ends_s - starts_s, 1.0 * _DAY_S)
        ahead_s = clock.shows(each_s) - each_s
        noons_s = each_s - each_s % _DAY_S + (0.5 * _DAY_S - ahead_s) % _DAY_S
        noons_s = noons_s[(noons_s > starts_s) & (noons_s < ends_s)]
        triggers_s = np.sort(np.concatenate([triggers_s, noons_s]))
    triggers_s = triggers_s[triggers_s < died_s]
    true_s = np.repeat(np.round(triggers_s), _PHOTOGRAPHS_A_TRIGGER)
    sequence = np.tile(np.arange(1, _PHOTOGRAPHS_A_TRIGGER + 1), triggers_s.size)
    true_s = true_s + sequence - 1
    hour = (true_s % _DAY_S) / 3600.0
    serial = f"H{rng.integers(10**9):09d}"
    told = rng.random(3)
    ends_told = (starts_s, ends_s) if not dies else (starts_s,)
    prefix = rng.bytes(20).hex()
    n = true_s.size
    numbers = _file_numbers(n, rng)
    codes = [
        f"{station}/{slot}/{number // 10_000:03d}CARDS/IMG_{number % 10_000:04d}.JPG" for number in numbers
    ]
    card = _Card(
        station=station,
        slot=slot,
        starts=starts,
        ends=ends,
        found="dead" if dies else "working",
        serial=serial,
        file_serial=serial if told[0] < settings.serial_prob else "",
        label=f"{station}{slot}" if told[1] < settings.label_prob else "",
        clock=clock,
        true_s=true_s,
        sequence=sequence,
        infrared=((hour < 5.5) | (hour > 19.5)).astype(np.int64),
        file_number=numbers,
        code=np.array(codes, dtype=np.str_),
        sha256=np.array([f"{prefix}{i:024x}" for i in range(n)], dtype=np.str_),
        checks_s=ends_told if told[2] < settings.reference_prob else (),
        shared=0,
    )
    return card, recorded


def _draw_triggers(visits_s: Seconds, starts_s: float, ends_s: float, rng: np.random.Generator) -> Seconds:
    """Triggers of visits, one or more each, and of the team at both ends."""
    n_each = 1 + rng.poisson(1.0, visits_s.size)
    within = np.concatenate([np.arange(n) for n in n_each]) if visits_s.size else np.zeros(0)
    delays_s = rng.uniform(0.0, 15.0, visits_s.size)
    # A partner that comes round the corner first sees the animal up to a quarter of a minute earlier.
    of_visits_s = np.repeat(visits_s + delays_s, n_each) + within * rng.uniform(8.0, 45.0, within.size)
    team_s = np.concatenate(
        [
            starts_s + rng.uniform(-300.0, 600.0, int(rng.integers(2, 6))),
            ends_s + rng.uniform(-300.0, 300.0, int(rng.integers(1, 4))),
        ]
    )
    return np.sort(np.concatenate([of_visits_s, team_s]))


def _file_numbers(n: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Numbers as a camera counts, on into the next folder after 9999."""
    count = int(rng.integers(0, 9000)) + np.arange(n)
    return np.asarray((100 + count // _FILES_A_FOLDER) * 10_000 + count % _FILES_A_FOLDER + 1)


def _exchange(kind: CardFault, one: list[_Card], other: list[_Card]) -> None:
    """Mix up the cards of slot A of two stations, or copy the second's into the first's folder too."""
    if kind == "copied card":
        one[0] = replace(one[0], copies=(other[0],))
        return
    first = {name: getattr(one[0], name) for name in _ON_THE_CARD}
    one[0] = replace(one[0], **{name: getattr(other[0], name) for name in _ON_THE_CARD})
    other[0] = replace(other[0], **first)


def _assemble(
    stations: Sequence[list[_Card]], injected: Sequence[tuple[CardFault, int]], first_sound: int
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


def _sheets(cards: Sequence[_Card]) -> list[CameraVisit]:
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


def _last_media(cards: Sequence[_Card]) -> dict[str, dt.datetime]:
    """Last photographs of cameras that died, as people find them once the clocks are right."""
    return {
        f"{card.station}_{card.slot}_{card.starts:%Y%m%d-%H%M}": _moment(float(card.true_s[-1]))
        for card in cards
        if card.found == "dead" and card.true_s.size
    }


def _media(held: Sequence[tuple[int, _Card]]) -> MediaColumns:
    sizes = [card.true_s.size for _, card in held]

    def joined(name: str) -> NDArray[np.generic]:
        return np.concatenate([getattr(card, name) for _, card in held])

    def repeated(values: Sequence[str | int]) -> NDArray[np.generic]:
        return np.repeat(np.array(values), sizes)

    return media_columns(
        code=joined("code"),
        deployment=repeated([number for number, _ in held]),
        wall_clock=_clocks(np.concatenate([card.clock.shows(card.true_s) for _, card in held])),
        sha256=joined("sha256"),
        file_number=joined("file_number"),
        serial=repeated([card.file_serial for _, card in held]),
        label=repeated([card.label for _, card in held]),
        sequence_number=joined("sequence"),
        infrared=joined("infrared"),
    )


def _checks(card: _Card) -> tuple[ClockCheck, ...]:
    true_s = np.array(card.checks_s)
    return tuple(
        ClockCheck(wall_clock=_moment(float(shown)), reference_clock=_moment(float(true)))
        for shown, true in zip(card.clock.shows(true_s), true_s, strict=True)
    )


def _has_evidence(kind: CardFault, concerned: Sequence[_Card]) -> bool:
    card = concerned[0]
    if kind in ("copied card", "missing card"):
        return True
    if kind == "mixed cards":
        return any(c.true_s.size and (c.file_serial or c.label) for c in concerned)
    shown_s = card.clock.shows(card.true_s)
    error_s = np.abs(shown_s - card.true_s)
    checks_s = np.array(card.checks_s)
    checked = bool((np.abs(card.clock.shows(checks_s) - checks_s) >= 120.0).any())
    outside_s = np.maximum(_seconds(card.starts) - shown_s, shown_s - _seconds(card.ends))
    shared = card.shared >= 12 and error_s.max(initial=0.0) >= 180.0
    return checked or bool(outside_s.max(initial=0.0) >= 4 * 3600.0) or shared


def _seconds(moment: dt.datetime) -> float:
    return float(np.datetime64(moment, "s").astype(np.int64))


def _moment(seconds: float) -> dt.datetime:
    return dt.datetime(1970, 1, 1) + dt.timedelta(seconds=round(seconds))


def _clocks(seconds: Seconds) -> Clocks:
    return np.rint(seconds).astype(np.int64).astype("datetime64[s]")
