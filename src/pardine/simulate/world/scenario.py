"""A scenario: everything that a simulated survey is drawn from. Every key has a default."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, fields
from typing import Any

from pardine.observe.effort import occasion_edges
from pardine.observe.session import DetectorType
from pardine.reference.leopard import (
    ADULT_SURVIVAL,
    CUB_SURVIVAL,
    DENSITY,
    FEMALES_PER_MALE,
    LAMBDA0_PHINDA,
    SUBADULT_SURVIVAL,
)
from pardine.simulate.captures import TrueDetection
from pardine.simulate.world.faults import FaultRates
from pardine.simulate.world.keys import check_section, key, prob
from pardine.simulate.world.landscape import HillStrip

SUBADULT_SHARE = 0.2
"""Of independent animals; assumed: no share among Amur leopards has been read."""

SIGMA_M = 3500.0
"""Assumed, between the leopards of Phinda (2.5 km) and the snow leopards of Tost (7.0 km); no value
for the Amur leopard has been read."""


class _Section:
    """A part of a scenario: its keys are checked when it is made."""

    def __post_init__(self) -> None:
        check_section(self)


@dataclass(frozen=True, kw_only=True)
class SurveyKeys(_Section):
    """When and how the survey goes."""

    name: str = key("simulated winter", "Name of the session; with several years, the year follows")
    starts_on: dt.date = key(  # noqa: RUF009  # `key` makes a field, not a shared value
        dt.date(2025, 11, 15), "First day, of the first year"
    )
    days: int = key(90, "Length of a session", unit="days", low=1, high=366)
    occasion_days: int = key(10, "Length of an occasion; divides the days", unit="days", low=1, high=366)
    years: int = key(1, "Sessions, a year from each to the next", low=1, high=30)
    utc_offset_min: int = key(600, "Offset of the session's clock from UTC", unit="min", low=-720, high=840)
    detector_type: DetectorType = key(  # noqa: RUF009  # as above
        "count",
        "Capture histories: count (visits of an animal on an occasion), or proximity (whether any)",
        choices=("count", "proximity"),
    )


@dataclass(frozen=True, kw_only=True)
class AnimalKeys(_Section):
    """Who lives there in the first year."""

    species: str = key("leopard", "Whose coats and bodies", choices=("leopard", "snow leopard", "tiger"))
    density_per_100km2: float = key(
        DENSITY.value / (1.0 - SUBADULT_SHARE),
        "Independent animals; the published density is of adults, so subadults come on top",
        unit="animals per 100 km²",
        low=1e-3,
        high=1e4,
    )
    n_animals: int | None = key(
        None, "A fixed number of independent animals; left out: Poisson", low=1, high=100_000
    )
    habitat_exponent: float = key(
        1.0, "Density goes with this power of habitat suitability; 0: the same everywhere", high=5.0
    )
    female_prob: float = prob(
        FEMALES_PER_MALE.value / (1.0 + FEMALES_PER_MALE.value), "An animal is a female"
    )
    subadult_prob: float = prob(SUBADULT_SHARE, "An independent animal is a subadult")
    mother_prob: float = prob(0.25, "An adult female leads cubs, which never count in density")


@dataclass(frozen=True, kw_only=True)
class MovementKeys(_Section):
    """How animals use space, and how they come before cameras."""

    kind: str = key(
        "capture-recapture",
        "capture-recapture: visits are drawn from the model that estimates; moving: animals walk about "
        "their centres, and are photographed where their path comes near a station",
        choices=("capture-recapture", "moving"),
    )
    lambda0: float = key(
        LAMBDA0_PHINDA.value,
        "Visits to a station on the activity centre (capture-recapture)",
        unit="per station-day",
        low=1e-7,
        high=1e3,
    )
    g0: float | None = key(
        None, "Instead of lambda0: probability, half-normal", unit="per station-day", low=1e-7, high=0.999
    )
    sigma_m: float = key(SIGMA_M, "Spatial scale of females", unit="m", low=1.0, high=1e6)
    sigma_male_ratio: float = key(1.0, "Sigma of males over that of females", low=0.05, high=20.0)
    lambda0_male_ratio: float = key(
        1.0, "Visits of males over those of females, on the centre", low=0.0, high=100.0
    )
    return_days: float = key(
        4.0, "How fast a moving animal turns to its centre again", unit="days", low=0.05, high=365.0
    )
    persistence_h: float = key(2.0, "How long it keeps its course", unit="h", low=0.05, high=1000.0)
    step_min: int = key(30, "Step of the path", unit="min", low=1, high=120)
    reach_m: float = key(
        250.0, "A path that comes as near as this may pass the cameras", unit="m", low=1.0, high=1e5
    )
    photographed_prob: float = prob(0.6, "It then triggers a camera, each slot by itself (moving)")
    activity: str = key(
        "crepuscular",
        "When they are about",
        choices=("crepuscular", "nocturnal", "diurnal", "cathemeral"),
    )

    @property
    def detection(self) -> TrueDetection:
        """How a female is detected where visits are drawn from the model."""
        if self.g0 is not None:
            return TrueDetection(detection="HN", at_centre=self.g0, sigma_m=self.sigma_m)
        return TrueDetection(detection="HHN", at_centre=self.lambda0, sigma_m=self.sigma_m)

    @property
    def sexes_differ(self) -> bool:
        """Whether males use space or meet cameras otherwise than females."""
        return (self.sigma_male_ratio, self.lambda0_male_ratio) != (1.0, 1.0)


@dataclass(frozen=True, kw_only=True)
class DynamicsKeys(_Section):
    """What happens from one year to the next, where there are several."""

    adult_survival_prob: float = prob(ADULT_SURVIVAL.value, "An adult survives a year")
    subadult_survival_prob: float = prob(SUBADULT_SURVIVAL.value, "A subadult survives a year")
    cub_survival_prob: float = prob(CUB_SURVIVAL.value, "A cub survives a year; it dies with its mother")
    birth_prob: float = prob(
        0.97, "An adult female without cubs has a litter within a year (12 of 12.4 months)"
    )
    dispersal_female_m: float = key(
        7_000.0, "Mean distance at which a daughter settles", unit="m", low=1.0, high=1e6
    )
    dispersal_male_m: float = key(
        20_000.0, "Mean distance at which a son settles", unit="m", low=1.0, high=1e6
    )


@dataclass(frozen=True, kw_only=True)
class StationKeys(_Section):
    """Where the cameras stand."""

    n: int = key(40, "Stations, in two staggered rows along the strip", low=1, high=10_000)
    spacing_m: float = key(4_600.0, "Between neighbours of a row", unit="m", low=10.0, high=1e6)
    partner_prob: float = prob(1.0, "A station has a second camera")
    slot_misses_prob: float = prob(0.15, "One camera of a working pair misses a visit that the other records")


@dataclass(frozen=True, kw_only=True)
class CardKeys(_Section):
    """Faults of clocks and cards among deployments, and what team and cameras write down."""

    drift_prob: float = prob(0.03, "A clock drifts by 4 to 25 seconds a day")
    offset_prob: float = prob(0.02, "A clock is minutes, hours, a day or a year off")
    twelve_hours_prob: float = prob(0.01, "A clock is half a day off")
    day_and_month_prob: float = prob(0.01, "Day and month were set in the wrong order")
    reset_prob: float = prob(0.02, "A clock falls back to its factory date on the way")
    mixed_prob: float = prob(0.02, "A card lies in the folder of another camera, and that one's here")
    copied_prob: float = prob(0.01, "A card was copied into the folder of another camera, too")
    missing_prob: float = prob(0.01, "A card was lost on the way home")
    reference_prob: float = prob(0.5, "The team photographs a reference clock at both ends")
    serial_prob: float = prob(0.85, "Files name their camera")
    label_prob: float = prob(0.4, "Files name their station")
    daily_prob: float = prob(0.2, "The cameras of a station take a picture each noon")


def _rate(default: float, what: str) -> float:
    return key(default, f"Visits of {what}", unit="per station-day", high=200.0)


@dataclass(frozen=True, kw_only=True)
class VisitorKeys(_Section):
    """Who else comes by, or nobody at all."""

    sika_deer: float = _rate(0.12, "groups of sika deer")
    roe_deer: float = _rate(0.06, "roe deer, alone or few")
    wild_boar: float = _rate(0.05, "groups of wild boar")
    badger: float = _rate(0.03, "badgers")
    raccoon_dog: float = _rate(0.03, "raccoon dogs")
    hare: float = _rate(0.03, "hares")
    pheasant: float = _rate(0.02, "pheasants")
    people: float = _rate(0.05, "people, by day and more often near roads")
    blank: float = _rate(0.10, "wind and sun: photographs of nothing")
    stations_differ: float = key(
        0.6, "Spread of these rates among stations (standard deviation of the log)", unit="log", high=3.0
    )


@dataclass(frozen=True, kw_only=True)
class EncounterKeys(_Section):
    """What a visit looks like to a camera."""

    burst: int = key(3, "Photographs of one trigger", low=1, high=20)
    interval_s: float = key(1.0, "Between photographs of a trigger", unit="s", high=10.0)
    more_triggers: float = key(0.6, "Further triggers of a visit, on average", high=20.0)
    speed_m_s: float = key(0.9, "Walking speed, median", unit="m/s", low=0.1, high=20.0)


@dataclass(frozen=True, kw_only=True)
class PhotographKeys(_Section):
    """How large photographs are; the width of a camera's own pictures is that of ``full``."""

    small_width_px: int = key(
        480, "Width of the photographs of --photographs small", unit="px", low=64, high=4000
    )
    jpeg_quality: int = key(80, "Of the files", low=20, high=95)


@dataclass(frozen=True, kw_only=True)
class RecordKeys(_Section):
    """What the office's tables tell."""

    cub_seen_prob: float = prob(0.7, "A cub is seen when its mother is")
    sex_recorded_prob: float = prob(0.8, "The table tells a detected animal's sex")
    age_recorded_prob: float = prob(0.9, "The table tells its age class")


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """What to simulate: sections of keys, in the order in which a survey comes about."""

    survey: SurveyKeys = field(default_factory=SurveyKeys)
    landscape: HillStrip = field(default_factory=HillStrip)
    animals: AnimalKeys = field(default_factory=AnimalKeys)
    movement: MovementKeys = field(default_factory=MovementKeys)
    dynamics: DynamicsKeys = field(default_factory=DynamicsKeys)
    stations: StationKeys = field(default_factory=StationKeys)
    faults: FaultRates = field(default_factory=FaultRates)
    cards: CardKeys = field(default_factory=CardKeys)
    visitors: VisitorKeys = field(default_factory=VisitorKeys)
    encounters: EncounterKeys = field(default_factory=EncounterKeys)
    photographs: PhotographKeys = field(default_factory=PhotographKeys)
    records: RecordKeys = field(default_factory=RecordKeys)

    def __post_init__(self) -> None:
        for conflict in conflicts_of({each.name: getattr(self, each.name) for each in fields(self)}):
            raise ValueError(f"[{conflict.section}] {conflict.name}: {conflict.detail}")

    @property
    def n_occasions(self) -> int:
        """Occasions of a session."""
        return self.survey.days // self.survey.occasion_days

    @property
    def sessions(self) -> tuple[str, ...]:
        """Codes of the sessions, one a year."""
        survey = self.survey
        if survey.years == 1:
            return (survey.name,)
        return tuple(f"{survey.name} {survey.starts_on.year + year}" for year in range(survey.years))

    def starts_on(self, year: int) -> dt.date:
        """First day of a year's session; a 29th of February is the 28th in other years."""
        first = self.survey.starts_on
        day = 28 if (first.month, first.day) == (2, 29) and year else first.day
        return first.replace(year=first.year + year, day=day)

    def ends_on(self, year: int) -> dt.date:
        """Its last day."""
        return self.starts_on(year) + dt.timedelta(days=self.survey.days - 1)

    def occasion_edges(self, year: int = 0) -> tuple[dt.datetime, ...]:
        """Moments that part a year's session into its occasions."""
        return occasion_edges(self.starts_on(year), self.ends_on(year), self.survey.occasion_days)


@dataclass(frozen=True, kw_only=True)
class Conflict:
    """Keys that cannot be together: where a person should look, and what is wrong."""

    section: str
    name: str
    detail: str
    code: str
    fields: dict[str, Any]


def conflicts_of(sections: dict[str, Any]) -> list[Conflict]:
    """What no survey can be drawn from, although each key by itself is allowed."""
    survey, strip, stations = sections["survey"], sections["landscape"], sections["stations"]
    cards = sections["cards"]
    found = []
    if survey.days % survey.occasion_days:
        fields_ = {"value": survey.days, "expected": survey.occasion_days}
        found.append(_conflict("survey", "occasion_days", "scenario.occasions_do_not_divide", fields_))
    if survey.years > 1 and survey.days > 365:
        found.append(_conflict("survey", "days", "scenario.sessions_overlap", {"value": survey.days}))
    if strip.length_m < 2.0 * strip.grid_m or strip.half_width_m - strip.narrowing_m < strip.grid_m:
        at = "end_m" if strip.length_m < 2.0 * strip.grid_m else "half_width_m"
        found.append(_conflict("landscape", at, "scenario.landscape_too_small", {"value": strip.grid_m}))
        return found
    needed_m = (stations.n - 1) * stations.spacing_m / 2.0
    if needed_m > strip.length_m:
        most = int(2.0 * strip.length_m / stations.spacing_m) + 1
        fields_ = {"value": stations.n, "needed_km": round(needed_m / 1000.0, 1)}
        fields_ |= {"length_km": round(strip.length_m / 1000.0, 1), "expected": most}
        found.append(_conflict("stations", "n", "scenario.stations_do_not_fit", fields_))
    total = sum(getattr(cards, name) for name in CARD_FAULT_KEYS)
    if total > 1.0:
        found.append(
            _conflict("cards", CARD_FAULT_KEYS[0], "scenario.faults_above_one", {"value": round(total, 3)})
        )
    return found


CARD_FAULT_KEYS = (
    "drift_prob", "offset_prob", "twelve_hours_prob", "day_and_month_prob", "reset_prob", "mixed_prob",
    "copied_prob", "missing_prob",
)  # fmt: skip
"""Of a deployment one fault at most: these add up to 1 or less."""


def _conflict(section: str, name: str, code: str, told: dict[str, Any]) -> Conflict:
    detail = f"{code} {told}"
    return Conflict(section=section, name=name, detail=detail, code=code, fields=told)
