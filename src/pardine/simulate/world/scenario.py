"""A small survey with a known truth: who lives there, and what the tables of the office would say."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pardine.base.identifiers import sha256_of_bytes
from pardine.base.randomness import stream
from pardine.estimate.statespace import StateSpace
from pardine.observe.capture import ImportedCapture
from pardine.observe.effort import EffortInterval, occasion_edges
from pardine.observe.session import DetectorType, Session
from pardine.observe.station import Station
from pardine.observe.survey import HabitatMask, Survey
from pardine.reference.leopard import DENSITY, FEMALES_PER_MALE, LAMBDA0_PHINDA, LITTER_SIZE_PROB
from pardine.simulate.captures import Events, TrueDetection, draw_centres, draw_events
from pardine.simulate.world.faults import FaultRates, draw_slot_states, effort_intervals, usage_of_states
from pardine.simulate.world.landscape import HillStrip, station_places
from pardine.simulate.world.truth import SimulatedSurvey, TrueAnimal, Truth

SUBADULT_SHARE = 0.2
"""Of independent animals; assumed: no share among Amur leopards has been read."""

SIGMA_M = 3500.0
"""Assumed, between the leopards of Phinda (2.5 km) and the snow leopards of Tost (7.0 km); no value
for the Amur leopard has been read."""


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """What to simulate.

    Attributes
    ----------
    session
        Its code.
    starts_on, n_days, n_occasions
        The session; days divide evenly into occasions.
    utc_offset_min
        Its clock: Vladivostok.
    landscape, mask_spacing_m
        Habitat, and the grid of its mask.
    n_stations, station_spacing_m
        Two-slot stations in two rows.
    faults
        How cameras fail.
    density_per_100km2
        Independent animals. The published density is of adults, so subadults come on top.
    n_animals
        A fixed number of independent animals; ``None``: Poisson.
    subadult_prob
        That an independent animal is a subadult.
    female_prob
        That it is a female.
    mother_prob
        That an adult female leads cubs, which are detected with her but never count.
    cub_seen_prob
        That a cub is seen when its mother is.
    sex_recorded_prob, age_recorded_prob
        That the table tells a detected animal's sex, age class.
    detection, detector_type
        How animals are detected; both sexes and age classes alike.
    """

    session: str = "simulated winter"
    starts_on: dt.date = dt.date(2025, 11, 15)
    n_days: int = 90
    n_occasions: int = 9
    utc_offset_min: int = 600
    landscape: HillStrip = field(default_factory=HillStrip)
    mask_spacing_m: float = 1000.0
    n_stations: int = 40
    station_spacing_m: float = 4600.0
    faults: FaultRates = field(default_factory=FaultRates)
    density_per_100km2: float = DENSITY.value / (1.0 - SUBADULT_SHARE)
    n_animals: int | None = None
    subadult_prob: float = SUBADULT_SHARE
    female_prob: float = FEMALES_PER_MALE.value / (1.0 + FEMALES_PER_MALE.value)
    mother_prob: float = 0.25
    cub_seen_prob: float = 0.7
    sex_recorded_prob: float = 0.8
    age_recorded_prob: float = 0.9
    detection: TrueDetection = field(
        default_factory=lambda: TrueDetection(
            detection="HHN", at_centre=LAMBDA0_PHINDA.value, sigma_m=SIGMA_M
        )
    )
    detector_type: DetectorType = "count"

    def __post_init__(self) -> None:
        if self.n_days % self.n_occasions:
            raise ValueError(f"{self.n_days} days do not divide into {self.n_occasions} occasions")

    @property
    def ends_on(self) -> dt.date:
        """Last day of the session."""
        return self.starts_on + dt.timedelta(days=self.n_days - 1)

    @property
    def occasion_edges(self) -> tuple[dt.datetime, ...]:
        """Moments that part the session into its occasions."""
        return occasion_edges(self.starts_on, self.ends_on, self.n_days // self.n_occasions)


def simulate_survey(scenario: Scenario, *, seed: int) -> SimulatedSurvey:
    """Draw a survey with known truth; the same for the same scenario and seed, in whatever process."""
    habitat = scenario.landscape.state_space(scenario.mask_spacing_m)
    stations, survey_effort = _draw_stations(scenario, seed)
    places = np.array([(station.x, station.y) for station in stations])
    usage = np.array([station.usage_station_days for station in stations])
    centres = draw_centres(
        habitat,
        scenario.density_per_100km2 / 100.0,
        stream(seed, "activity centres"),
        n_animals=scenario.n_animals,
    )
    events = draw_events(
        centres, places, usage, scenario.detection, scenario.detector_type, stream(seed, "detections")
    )
    animals = _draw_animals(scenario, centres, events, stream(seed, "sex, age and cubs"))
    survey = Survey(
        sessions=(_session(scenario),),
        stations=stations,
        captures=_captures(scenario, animals, events, seed),
        masks=(_habitat_mask(habitat),),
        effort=survey_effort,
    )
    truth = Truth(
        animals=animals,
        region_area_km2=habitat.area_km2,
        density_per_100km2=scenario.density_per_100km2,
        detection=scenario.detection,
        seed=seed,
    )
    return SimulatedSurvey(survey=survey, truth=truth)


def draw_layout(
    scenario: Scenario, *, seed: int, replicate: int = 0
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int8]]:
    """Stations of a scenario and what their cameras did.

    Returns
    -------
    xy_m : (J, 2) array
    usage_station_days : (J, S) array
    states : (J, 2, H) array
        As `faults.draw_slot_states` returns them.
    """
    xy_m = station_places(
        scenario.landscape,
        scenario.n_stations,
        scenario.station_spacing_m,
        stream(seed, "stations", replicate),
    )
    states = draw_slot_states(
        scenario.n_stations, scenario.n_days, scenario.faults, stream(seed, "faults", replicate)
    )
    return xy_m, usage_of_states(states, scenario.occasion_edges), states


def _draw_stations(scenario: Scenario, seed: int) -> tuple[tuple[Station, ...], tuple[EffortInterval, ...]]:
    xy_m, usage, states = draw_layout(scenario, seed=seed)
    codes = tuple(f"S{j + 1:02d}" for j in range(scenario.n_stations))
    stations = tuple(
        # A satellite receiver tells metres, not fractions of them.
        Station(
            session=scenario.session,
            code=code,
            x=round(float(x), 0),
            y=round(float(y), 0),
            usage_station_days=tuple(days),
        )
        for code, (x, y), days in zip(codes, xy_m, usage.tolist(), strict=True)
    )
    intervals = effort_intervals(
        states, session=scenario.session, stations=codes, starts=scenario.occasion_edges[0]
    )
    return stations, intervals


def _draw_animals(
    scenario: Scenario, centres: NDArray[np.float64], events: Events, rng: np.random.Generator
) -> tuple[TrueAnimal, ...]:
    n_detections = np.bincount(events.animal, weights=events.count, minlength=len(centres)).astype(int)
    sizes, weights = np.array(list(LITTER_SIZE_PROB)), np.array(list(LITTER_SIZE_PROB.values()))
    litters = rng.choice(sizes, size=len(centres), p=weights / weights.sum())
    return tuple(
        TrueAnimal(
            code=f"L{i + 1:02d}",
            sex="F" if female else "M",
            age_class="subadult" if subadult else "adult",
            x_m=float(centres[i, 0]),
            y_m=float(centres[i, 1]),
            n_detections=int(n_detections[i]),
            n_cubs=int(litters[i]) if female and not subadult and mother else 0,
        )
        for i, (female, subadult, mother) in enumerate(
            rng.random((len(centres), 3))
            < (scenario.female_prob, scenario.subadult_prob, scenario.mother_prob)
        )
    )


def _captures(
    scenario: Scenario, animals: tuple[TrueAnimal, ...], events: Events, seed: int
) -> tuple[ImportedCapture, ...]:
    """The capture table: what was recorded of each animal, cubs after their mother."""
    recorded = stream(seed, "what was recorded").random((len(animals), 2)) < (
        scenario.sex_recorded_prob,
        scenario.age_recorded_prob,
    )
    rng = stream(seed, "cubs seen")
    table: list[ImportedCapture] = []
    for i, animal in enumerate(animals):
        own = [
            ImportedCapture(
                session=scenario.session,
                individual=animal.code,
                occasion=int(events.occasion[e]) + 1,
                station=f"S{events.detector[e] + 1:02d}",
                count=int(events.count[e]),
                sex=animal.sex if recorded[i, 0] else None,
                age_class=animal.age_class if recorded[i, 1] else None,
            )
            for e in np.flatnonzero(events.animal == i)
        ]
        table += own
        for cub in range(animal.n_cubs):
            table += [_as_cub(c, cub + 1) for c in own if rng.random() < scenario.cub_seen_prob]
    return tuple(table)


def _as_cub(of_mother: ImportedCapture, number: int) -> ImportedCapture:
    return ImportedCapture(
        session=of_mother.session,
        individual=f"{of_mother.individual}-cub{number}",
        occasion=of_mother.occasion,
        station=of_mother.station,
        age_class="cub",
    )


def _session(scenario: Scenario) -> Session:
    return Session(
        code=scenario.session,
        n_occasions=scenario.n_occasions,
        detector_type=scenario.detector_type,
        crs=scenario.landscape.crs,
        starts_on=scenario.starts_on,
        ends_on=scenario.ends_on,
        utc_offset_min=scenario.utc_offset_min,
        # Where a table of sessions says it, so that effort intervals part into the same occasions.
        covariates={"occasion_days": str(scenario.n_days // scenario.n_occasions)},
    )


def _habitat_mask(habitat: StateSpace) -> HabitatMask:
    table = "x,y\n" + "".join(f"{x:.0f},{y:.0f}\n" for x, y in habitat.xy_m)
    return HabitatMask(
        session=None,
        xy=habitat.xy_m,
        cell_area_m2=habitat.cell_area_m2,
        covariates={},
        sha256=sha256_of_bytes(table.encode()),
    )
