"""What the cards of a simulated station hold: visits, triggers, file numbers, labels."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from pardine.observe.effort import State
from pardine.simulate.season.card_clocks import ClockKind, SimulatedClock, draw_clock, seconds_of

SLOTS = ("A", "B")
_DAY_S = 86_400.0
_PHOTOGRAPHS_A_TRIGGER = 3
_FILES_A_FOLDER = 9999
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


@dataclass(frozen=True, kw_only=True, eq=False)
class Card:
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
    copies: tuple[Card, ...] = field(default=())
    is_lost: bool = False


def draw_station(
    code: str,
    kind: ClockKind | None,
    settings: CardSettings,
    rng: np.random.Generator,
    like: Card | None = None,
) -> list[Card]:
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
    visits_s = _draw_visits(seconds_of(starts), seconds_of(ends), settings, rng)
    n_slots = 2 if rng.random() < settings.partner_prob else 1
    is_daily = rng.random() < settings.daily_prob
    cards: list[Card] = []
    seen: list[NDArray[np.bool_]] = []
    for slot in range(n_slots):
        of_clock = kind if slot == 0 else None
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
    kind: ClockKind | None,
    is_daily: bool,
    settings: CardSettings,
    rng: np.random.Generator,
) -> tuple[Card, NDArray[np.bool_]]:
    """A card, and which of the visits it recorded."""
    starts_s, ends_s = seconds_of(starts), seconds_of(ends)
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
    card = Card(
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
