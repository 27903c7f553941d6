"""What a photograph is of: station, slot, camera, instant, weather, and who stands where."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from pardine.simulate.body.attitude import Pose
from pardine.simulate.body.surface import Body
from pardine.simulate.camera.models import CameraModel
from pardine.simulate.coat.coat import Coat
from pardine.simulate.scene.kinds import Season
from pardine.simulate.scene.station import StationScene


class Slot(StrEnum):
    """One of the two cameras of a station; they face each other across the trail."""

    A = "A"
    B = "B"


class Light(StrEnum):
    """What the camera works with."""

    DAY = "day"
    DUSK = "dusk"
    """Little daylight left: long exposure in colour, much noise."""
    NIGHT = "night"
    """The camera's own flash: infrared, or white where the model has one."""


@dataclass(frozen=True, kw_only=True)
class Weather:
    """State of the air.

    Attributes
    ----------
    cloud
        0 clear to 1 overcast: sun and hard shadows fade, light turns grey.
    visibility_m
        Distance at which fog hides nearly everything; infinite without fog.
    snowfall
        0 none to 1 heavy: flakes in the air, bright discs near the flash at night.
    """

    cloud: float = 0.3
    visibility_m: float = math.inf
    snowfall: float = 0.0


@dataclass(frozen=True, kw_only=True)
class StripText:
    """What the camera prints: its own clock's reading, whatever the true time."""

    wall_clock: datetime
    temperature_c: float
    camera_name: str
    moon: float = 0.5
    """Phase: 0 new, 0.5 full, towards 1 new again."""
    frame: int = 1
    frames: int = 3


@dataclass(frozen=True, kw_only=True, eq=False)
class Placed:
    """An animal (or person) on the ground of a station.

    Attributes
    ----------
    body, coat, pose
        From ``simulate.body`` and ``simulate.coat``.
    x_m, z_m
        Position of the body's origin on the ground, station frame.
    heading_rad
        Where the nose points: 0 towards +x (to the right in slot A's picture), growing towards +z.
    speed_m_s
        Along the heading; blurs the picture by exposure.
    scale
        Size against the body's build, as between individuals.
    hair_seed
        How the hair lies: it parts and clumps anew from visit to visit, and frays the markings with it.
    """

    body: Body
    coat: Coat
    pose: Pose
    x_m: float
    z_m: float
    heading_rad: float
    speed_m_s: float = 0.0
    scale: float = 1.0
    hair_seed: int = 0


@dataclass(frozen=True, kw_only=True, eq=False)
class Shot:
    """One release of the shutter.

    Attributes
    ----------
    scene, slot, camera, deployment
        Place and camera. A new ``deployment`` number moves the aim by a degree or so, as when a camera
        is opened and closed; all photographs of one number share their background.
    light, sun_elevation_deg, sun_azimuth_deg, weather, season
        The instant; azimuth clockwise from north.
    animals
        Nobody, one or more.
    strip
        Text of the info strip.
    flash_dead
        At night nothing is lit.
    condensation, lens_snow
        0 none to 1: a fogged or snowed-up window.
    jpeg_quality
        1 to 95.
    seed
        Of noise, flakes and exposure.
    """

    scene: StationScene
    slot: Slot
    camera: CameraModel
    strip: StripText
    light: Light = Light.DAY
    sun_elevation_deg: float = 35.0
    sun_azimuth_deg: float = 180.0
    season: Season = field(default_factory=Season)
    weather: Weather = field(default_factory=Weather)
    animals: tuple[Placed, ...] = ()
    deployment: int = 0
    flash_dead: bool = False
    condensation: float = 0.0
    lens_snow: float = 0.0
    jpeg_quality: int = 80
    seed: int = 0

    def __post_init__(self) -> None:
        if not 1 <= self.jpeg_quality <= 95:
            raise ValueError(f"jpeg_quality must be from 1 to 95, got {self.jpeg_quality}")
        for name in ("condensation", "lens_snow"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise ValueError(f"{name} must be from 0 to 1, got {getattr(self, name)}")
