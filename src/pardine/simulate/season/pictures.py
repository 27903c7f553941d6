"""What each photograph file of a season is to show and to say, before a pixel of it is drawn."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pardine.base.randomness import stream
from pardine.simulate.camera.models import CAMERA_MODELS, StripLayout
from pardine.simulate.scene.kinds import SceneKind
from pardine.simulate.season.cards import CardInFolder
from pardine.simulate.season.exif import CameraTags
from pardine.simulate.season.frames import Frame, SeasonYear
from pardine.simulate.season.weather import Day, draw_days, temperature_c
from pardine.simulate.world.faults import SLOTS
from pardine.simulate.world.population import Animal
from pardine.simulate.world.sun import sun_position_deg
from pardine.simulate.world.world import World, WorldYear

_MAKES_WITH_NOTE = (StripLayout.TWO_BARS, StripLayout.TWO_BARS_COMPACT)
_MARGIN_DAYS = 6
_IN_VIEW_M = 2.0
# Shares of the places where stations stand; assumed.
_FOREST_PLACES = {SceneKind.OAK_FOREST: 0.5, SceneKind.PINE_FOREST: 0.2, SceneKind.RIDGE: 0.3}
_HIGH_PLACES = {SceneKind.RIDGE: 0.4, SceneKind.STONY_SLOPE: 0.6}


@dataclass(frozen=True, kw_only=True)
class Member:
    """One of those before a camera.

    Attributes
    ----------
    code
        Of a cat; else empty.
    species, sex, age_class
        Words of `simulate.body.vocabulary`.
    x_m, off_trail_m, heading_rad
        Where it is and where it goes, station frame, from the middle of the trail.
    gone_m
        Way walked since the encounter began: the phase of its stride.
    speed_m_s
        0 where it stands.
    number
        Within the encounter.
    """

    code: str
    species: str
    sex: str
    age_class: str
    x_m: float
    off_trail_m: float
    heading_rad: float
    gone_m: float
    speed_m_s: float
    number: int


@dataclass(frozen=True, kw_only=True)
class Picture:
    """One photograph file.

    Attributes
    ----------
    path
        Below the folder of the simulation, with slashes.
    deployment, folder
        Codes of the deployment that took it, and of the one in whose folder it lies.
    station, slot, session_year, deployment_number
        Where it was taken.
    tags
        What its EXIF says.
    true_local, wall_clock
        When it was taken, and what the camera showed.
    encounter, encounter_number
        Code and number; empty and -1 for the team and for noons.
    place_in_burst, event
        Within the trigger, and number of the trigger on the card.
    members
        Cats, other animals or people in view.
    kind
        ``animal``, ``human``, ``blank``.
    camera, camera_name
        Code of the make; what the strip says.
    scene_seed, scene_kind
        Of the station's place.
    sun_elevation_deg, sun_azimuth_deg, day, is_winter_coat, leaf
        Light and season.
    is_night, is_black
        As of the frame.
    frame_number
        Among those of its deployment, with the deployment the name of its random numbers.
    """

    path: str
    deployment: str
    folder: str
    station: int
    slot: int
    session_year: int
    deployment_number: int
    tags: CameraTags
    true_local: dt.datetime
    wall_clock: dt.datetime
    encounter: str
    encounter_number: int
    place_in_burst: int
    event: int
    members: tuple[Member, ...]
    kind: str
    camera: str
    camera_name: str
    scene_seed: int
    scene_kind: str
    sun_elevation_deg: float
    sun_azimuth_deg: float
    day: Day
    coat_season: str
    leaf: str
    is_night: bool
    is_black: bool
    frame_number: int


def pictures_of(
    world: World, year: WorldYear, season: SeasonYear, cards: Sequence[CardInFolder]
) -> Iterator[Picture]:
    """Every photograph file of a year, card by card in the order of their folders."""
    survey = world.scenario.survey
    first = world.scenario.starts_on(year.year) - dt.timedelta(days=_MARGIN_DAYS)
    days = draw_days(first, survey.days + 3 * _MARGIN_DAYS, world.seed, year.year)
    kinds = {animal.code: animal for animal in year.living}
    places = [_place(world, station) for station in range(len(world.station_codes))]
    lon_lat = world.scenario.landscape.middle_lon_lat
    for card in cards:
        one, frames = season.deployed[card.deployed], season.frames[card.deployed]
        true_s = np.array([frame.true_s for frame in frames])
        shown_s = one.clock.shows(true_s)
        elevation, azimuth = sun_position_deg(true_s - 60.0 * survey.utc_offset_min, lon_lat)
        scene_seed, scene_kind, camera = places[one.station]
        model = CAMERA_MODELS[camera]
        name = f"{world.station_codes[one.station]}{SLOTS[one.slot]}"
        for number, frame in enumerate(frames):
            true_local = _moment(frame.true_s)
            day = days[min(max((true_local.date() - first).days, 0), len(days) - 1)]
            wall_clock = _moment(float(shown_s[number]))
            cats = season.encounters[frame.encounter] if frame.encounter >= 0 else None
            members = tuple(_members(season, frame, kinds))
            yield Picture(
                path=f"{card.path}/{_file_name(one.first_file + number)}",
                deployment=one.code,
                folder=card.folder,
                station=one.station,
                slot=one.slot,
                session_year=year.year,
                deployment_number=one.number,
                tags=CameraTags(
                    make=model.maker,
                    model=model.name,
                    taken=wall_clock,
                    flash=frame.is_night,
                    serial=one.file_serial,
                    label=one.label,
                    has_note=model.layout in _MAKES_WITH_NOTE,
                    sequence=frame.place_in_burst,
                    of_sequence=world.scenario.encounters.burst
                    if frame.encounter >= 0 or frame.is_team
                    else 1,
                    event=frame.event,
                    temperature_c=temperature_c(day, (frame.true_s % 86_400.0) / 3600.0),
                ),
                true_local=true_local,
                wall_clock=wall_clock,
                encounter=cats.code if cats else "",
                encounter_number=frame.encounter,
                place_in_burst=frame.place_in_burst,
                event=frame.event,
                members=members,
                kind=_kind(members),
                camera=camera,
                camera_name=name if one.label else "",
                scene_seed=scene_seed,
                scene_kind=scene_kind,
                sun_elevation_deg=float(elevation[number]),
                sun_azimuth_deg=float(azimuth[number]),
                day=day,
                coat_season=_coat_season(true_local.month),
                leaf=_leaf(true_local.month),
                is_night=frame.is_night,
                is_black=frame.is_black,
                frame_number=number,
            )


def _members(season: SeasonYear, frame: Frame, kinds: Mapping[str, Animal]) -> Iterator[Member]:
    """Everybody in view, by where the encounter is at the moment of the frame."""
    if frame.is_team:
        yield Member(
            code="", species="person", sex="male", age_class="adult", x_m=0.3, off_trail_m=0.2,
            heading_rad=0.4 * frame.event, gone_m=0.0, speed_m_s=0.0, number=frame.event % 4,
        )  # fmt: skip
        return
    if frame.encounter < 0:
        return
    encounter, passing = season.encounters[frame.encounter], season.passings[frame.encounter]
    if passing is None:
        return
    for number in range(encounter.n):
        x, off, gone, walks = passing.place(frame.since_s, number)
        if abs(x) > _IN_VIEW_M:
            continue
        code = encounter.individuals[number] if number < len(encounter.individuals) else ""
        animal = kinds.get(code)
        sex = animal.sex if animal else "F" if number % 2 else "M"
        yield Member(
            code=code,
            species=encounter.species,
            sex="female" if sex == "F" else "male",
            age_class=animal.age_class if animal else "adult",
            x_m=x,
            off_trail_m=off,
            heading_rad=float(passing.heading_rad),
            gone_m=gone,
            speed_m_s=encounter.speed_m_s if walks else 0.0,
            number=number,
        )


def _kind(members: Sequence[Member]) -> str:
    if not members:
        return "blank"
    return "human" if members[0].species == "person" else "animal"


def _place(world: World, station: int) -> tuple[int, str, str]:
    """Seed and kind of a station's scene, and the make of its cameras; for all years."""
    rng = stream(world.seed, "place of station", station)
    seed = int(rng.integers(1, 2**31))
    shares = _HIGH_PLACES if world.scenario.animals.species == "snow leopard" else _FOREST_PLACES
    edges = np.cumsum(list(shares.values()))
    kind = list(shares)[min(int(np.searchsorted(edges, rng.random())), len(shares) - 1)]
    cameras = tuple(CAMERA_MODELS)
    return seed, kind.value, cameras[int(rng.integers(len(cameras)))]


def _file_name(count: int) -> str:
    return f"{100 + count // 9999:03d}CARDS/IMG_{count % 9999 + 1:04d}.JPG"


def _moment(seconds: float) -> dt.datetime:
    return dt.datetime(1970, 1, 1) + dt.timedelta(seconds=int(seconds))


def _coat_season(month: int) -> str:
    return {12: "WINTER", 1: "WINTER", 2: "WINTER", 3: "WINTER", 4: "SPRING", 5: "SPRING",
            9: "AUTUMN", 10: "AUTUMN", 11: "WINTER"}.get(month, "SUMMER")  # fmt: skip


def _leaf(month: int) -> str:
    return "summer" if 5 <= month <= 9 else "autumn" if month == 10 else "bare"
