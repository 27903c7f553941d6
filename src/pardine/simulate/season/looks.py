"""Drawn photographs of a season: bodies, coats and places are kept from one photograph to the next."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from pardine.base.randomness import stream
from pardine.simulate.body.pose import standing_pose, walked, walking_pose
from pardine.simulate.body.surface import Body, build_body
from pardine.simulate.body.vocabulary import AgeClass, BodyPart, Sex, Species
from pardine.simulate.camera.models import CAMERA_MODELS
from pardine.simulate.camera.photograph import photograph
from pardine.simulate.camera.shot import Light, Placed, Shot, Slot, StripText, Weather
from pardine.simulate.camera.truth import PixelTruth
from pardine.simulate.coat.coat import Coat, CoatPattern, draw_coat, wear
from pardine.simulate.coat.growth import carried_over
from pardine.simulate.coat.kinds import Season as CoatSeason
from pardine.simulate.coat.kinds import pattern_of
from pardine.simulate.scene.kinds import Leaf, SceneKind, Season
from pardine.simulate.scene.station import StationScene, build_station_scene
from pardine.simulate.season.pictures import Member, Picture

# Vertices of small pictures may stand farther apart: a pixel is wider.
_COARSE_CELL_M, _FINE_WIDTH_PX = 0.012, 1000
_LEAST_PART_SHARE = 0.02
_DUSK_BELOW_DEG = 2.0
_NEW_MOON, _MONTH_DAYS = dt.datetime(2000, 1, 6, 18, 14), 29.530588


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What can be seen of one animal: its side, parts of its skin, and its share of the picture."""

    side: str
    parts: tuple[str, ...]
    share: float


def draw_picture(
    picture: Picture, width_px: int | None, jpeg_quality: int, seed: int
) -> tuple[bytes, list[Seen]]:
    """A photograph as JPEG without metadata, and what of each of its members can be seen.

    Parameters
    ----------
    width_px
        ``None``: the camera's own.
    seed
        Of the world: coats and places are the same in all its photographs.
    """
    shot = shot_of(picture, width_px, jpeg_quality, seed)
    taken = photograph(shot, with_truth=bool(picture.members))
    if taken.truth is None:
        return taken.jpeg, []
    is_dark = picture.is_black
    return taken.jpeg, [_seen(taken.truth, k, is_dark=is_dark) for k in range(len(picture.members))]


def geometric_side(member: Member, slot: int, half_across_m: float = 3.6) -> str:
    """Side that a camera sees of an animal, by where they stand."""
    x, z = member.x_m, half_across_m + member.off_trail_m
    camera_z = 0.0 if slot == 0 else 2.0 * half_across_m
    to_camera = np.array([-x, camera_z - z])
    to_camera /= max(float(np.hypot(*to_camera)), 1e-6)
    c, s = math.cos(member.heading_rad), math.sin(member.heading_rad)
    rightward = float(to_camera @ np.array([s, -c]))
    if abs(rightward) >= 0.35:
        return "right" if rightward > 0.0 else "left"
    return "front" if float(to_camera @ np.array([c, s])) > 0.0 else "rear"


def shot_of(picture: Picture, width_px: int | None, jpeg_quality: int, seed: int) -> Shot:
    """What a photograph of a season is of; the parameters are those of :func:`draw_picture`."""
    scene = _scene(picture.scene_seed, picture.scene_kind)
    model = CAMERA_MODELS[picture.camera]
    camera = model if width_px is None else model.resized(width_px)
    light = Light.NIGHT if picture.is_night else Light.DAY
    if not picture.is_night and picture.sun_elevation_deg < _DUSK_BELOW_DEG:
        light = Light.DUSK
    rng = stream(seed, f"shot {picture.deployment}", picture.frame_number)
    return Shot(
        scene=scene,
        slot=Slot.A if picture.slot == 0 else Slot.B,
        camera=camera,
        strip=StripText(
            wall_clock=picture.wall_clock,
            temperature_c=float(picture.tags.temperature_c),
            camera_name=picture.camera_name,
            moon=_moon(picture),
            frame=picture.tags.sequence,
            frames=picture.tags.of_sequence,
        ),
        light=light,
        sun_elevation_deg=picture.sun_elevation_deg,
        sun_azimuth_deg=picture.sun_azimuth_deg,
        weather=Weather(cloud=picture.day.cloud, snowfall=picture.day.snowfall),
        season=Season(leaf=Leaf(picture.leaf), snow_cover=round(4.0 * picture.day.snow_cover) / 4.0),
        animals=tuple(_placed(picture, member, scene, camera.width_px, seed) for member in picture.members),
        deployment=picture.deployment_number + 100 * picture.session_year,
        flash_dead=picture.is_black,
        jpeg_quality=jpeg_quality,
        seed=int(rng.integers(2**31)),
    )


def _placed(picture: Picture, member: Member, scene: StationScene, width_px: int, seed: int) -> Placed:
    cell_m = _COARSE_CELL_M if width_px < _FINE_WIDTH_PX else None
    species = Species(member.species)
    body = _body(species, Sex(member.sex), AgeClass(member.age_class), cell_m)
    coat = _coat(
        member.code or f"{member.species} {member.number}", body_key(body), picture.coat_season, seed, cell_m
    )
    # One carriage for each animal in an encounter: it does not change its mind between two frames.
    rng = stream(seed, f"carriage {picture.encounter} {member.code}", member.number)
    hair_seed = int(stream(seed, f"hair {picture.encounter} {member.code}", member.number).integers(1, 2**20))
    size = float(np.clip(stream(seed, f"size {member.code}", member.number).normal(1.0, 0.04), 0.88, 1.12))
    if member.speed_m_s > 0.0:
        pose = walked(walking_pose(rng, body), member.gone_m / size)
    else:
        pose = standing_pose(rng, body, sniffing=bool(rng.random() < 0.3))
    return Placed(
        body=body,
        coat=coat,
        pose=pose,
        x_m=member.x_m,
        z_m=scene.trail_z_m + member.off_trail_m,
        heading_rad=member.heading_rad,
        speed_m_s=member.speed_m_s,
        scale=size,
        hair_seed=hair_seed,
    )


BodyKey = tuple[Species, Sex, AgeClass]


def body_key(body: Body) -> BodyKey:
    """What kind of animal a body is of."""
    return body.species, body.sex, body.age_class


@lru_cache(maxsize=32)
def _body(species: Species, sex: Sex, age_class: AgeClass, cell_m: float | None) -> Body:
    return build_body(species, sex, age_class, cell_m=cell_m)


@lru_cache(maxsize=64)
def _pattern(name: str, kind: BodyKey, seed: int, cell_m: float | None) -> CoatPattern:
    """Marks are drawn on the grown body of the sex, so that an animal keeps them as it grows up."""
    species, sex, age_class = kind
    grown = _body(species, sex, AgeClass.ADULT, cell_m)
    if age_class is not AgeClass.ADULT:
        return carried_over(
            _pattern(name, (species, sex, AgeClass.ADULT), seed, cell_m), _body(*kind, cell_m)
        )
    return draw_coat(grown, pattern_of(species), stream(seed, f"coat of {name}"))


@lru_cache(maxsize=96)
def _coat(name: str, kind: BodyKey, season: str, seed: int, cell_m: float | None) -> Coat:
    return wear(_pattern(name, kind, seed, cell_m), CoatSeason[season], kind[2])


@lru_cache(maxsize=64)
def _scene(seed: int, kind: str) -> StationScene:
    return build_station_scene(seed, SceneKind(kind))


def _moon(picture: Picture) -> float:
    days = (picture.true_local - _NEW_MOON).total_seconds() / 86_400.0
    return days / _MONTH_DAYS % 1.0


def _seen(truth: PixelTruth, member: int, *, is_dark: bool) -> Seen:
    own = truth.animal == member
    n = int(own.sum())
    if is_dark or not n:
        return Seen(side="", parts=(), share=0.0)
    sides = Counter({side: int((truth.side[own] == side).sum()) for side in (-1, 1)})
    parts = np.bincount(truth.part[own], minlength=256) / n
    names = tuple(part.name.lower() for part in BodyPart if parts[part] >= _LEAST_PART_SHARE)
    total = sides[-1] + sides[1]
    if total and max(sides.values()) >= 0.75 * total:
        side = "left" if sides[-1] > sides[1] else "right"
    else:
        side = "front" if parts[BodyPart.HEAD] >= parts[BodyPart.TAIL] else "rear"
    return Seen(side=side, parts=names, share=n / own.size)
