"""Photographs of the study of hardness: real ones with their masks, and a simulated twin of their survey."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from hardness_matcher import ByteArray

from pardine.base.randomness import stream
from pardine.simulate.body.pose import crouching_pose, standing_pose, walking_pose
from pardine.simulate.body.surface import Body, build_body
from pardine.simulate.body.vocabulary import AgeClass, Sex, Species
from pardine.simulate.camera.models import CAMERA_MODELS
from pardine.simulate.camera.photograph import Photograph, photograph
from pardine.simulate.camera.shot import Light, Placed, Shot, Slot, StripText, Weather
from pardine.simulate.coat.coat import Coat, draw_coat, wear
from pardine.simulate.coat.kinds import Season as CoatSeason
from pardine.simulate.coat.kinds import pattern_of
from pardine.simulate.scene.kinds import SceneKind
from pardine.simulate.scene.station import StationScene, build_station_scene

MOST_FRAMES, PIECE_M = 4, 0.03


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One encounter of the list: who, where, by which camera, in which light."""

    code: str
    animals: frozenset[str]
    station: str
    files: tuple[str, ...]
    is_white_flash: bool
    is_infrared: bool


@dataclass(frozen=True, eq=False)
class Frame:
    """A photograph in grey (H, W), its mask (H, W) of 0 and 1, and the pieces of skin seen, if known."""

    grey: ByteArray
    mask: ByteArray
    skin: frozenset[tuple[str, ...]] = frozenset()


def listed(folder: Path, *, check_half: bool) -> list[Listed]:
    """Encounters of one half of the sorted list of codes, with up to four photographs each."""
    with (folder / "labels.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    codes = sorted({row["encounter"] for row in rows})
    chosen = codes[len(codes) // 2 :] if check_half else codes[: len(codes) // 2]
    found = []
    for code in chosen:
        own = [row for row in rows if row["encounter"] == code]
        at = np.unique(np.linspace(0, len(own) - 1, MOST_FRAMES).round().astype(int))
        files = tuple(own[k]["file"] for k in at)
        picture = cv2.imread(str(folder / "photos" / files[0]))
        saturation = cv2.cvtColor(picture, cv2.COLOR_BGR2HSV)[..., 1].mean()
        found.append(
            Listed(
                code=code,
                animals=frozenset(own[0]["identity"].split("|")),
                station=own[0]["station"],
                files=files,
                is_white_flash=picture.shape[0] == 1536,
                is_infrared=bool(saturation < 8),
            )
        )
    return found


def real_frames(folder: Path, one: Listed) -> Iterator[Frame]:
    """The real photographs of an encounter that have a mask."""
    for name in one.files:
        mask_path = folder / "masks" / (Path(name).stem + ".png")
        if not mask_path.exists():
            continue
        grey = cv2.imread(str(folder / "photos" / name), cv2.IMREAD_GRAYSCALE)
        mask = (cv2.imread(str(mask_path), cv2.IMREAD_GRAYSCALE) > 127).astype(np.uint8)
        yield Frame(grey, cv2.resize(mask, grey.shape[::-1], interpolation=cv2.INTER_NEAREST))


@lru_cache(maxsize=8)
def _body(species: Species, sex: Sex) -> Body:
    return build_body(species, sex, AgeClass.ADULT)


@lru_cache(maxsize=32)
def _dressed(name: str, seed: int) -> tuple[Body, Coat]:
    sex = Sex.MALE if stream(seed, f"sex {name}").random() < 0.5 else Sex.FEMALE
    body = _body(Species.SNOW_LEOPARD, sex)
    pattern = draw_coat(body, pattern_of(Species.SNOW_LEOPARD), stream(seed, f"coat {name}"))
    return body, wear(pattern, CoatSeason.SUMMER, AgeClass.ADULT)


def twin_frames(one: Listed, seed: int) -> Iterator[Frame]:
    """The same encounter as it might have been: same animals, station, camera and light, simulated."""
    empty, shots = twin_shots(one, seed)
    before = cv2.cvtColor(photograph(empty).image, cv2.COLOR_RGB2GRAY)
    for names, shot in shots:
        taken = photograph(shot, with_truth=True)
        grey = cv2.cvtColor(taken.image, cv2.COLOR_RGB2GRAY)
        yield Frame(np.asarray(grey, np.uint8), motion_mask(grey, before), skin_seen(taken, names))


def skin_seen(taken: Photograph, names: Sequence[str]) -> frozenset[tuple[str, ...]]:
    """Pieces of skin of some 3 cm that a photograph shows, each by animal, side and place."""
    truth = taken.truth
    if truth is None:
        return frozenset()
    seen: set[tuple[str, ...]] = set()
    for number, name in enumerate(names):
        own = np.zeros(truth.animal.shape, bool)
        own[::4, ::4] = truth.animal[::4, ::4] == number
        places = np.floor(truth.surface_m[own].astype(np.float32) / PIECE_M).astype(int)
        pieces = np.unique(np.column_stack([truth.side[own], places]), axis=0)
        seen |= {(name, *(str(v) for v in piece.tolist())) for piece in pieces}
    return frozenset(seen)


def motion_mask(grey: ByteArray, before: ByteArray) -> ByteArray:
    """What has changed since an empty frame, as motion masks tell it: loosely, with shadows and digits."""
    width = grey.shape[1]
    now, then = grey.astype(np.float32), before.astype(np.float32)
    then *= float(np.median(now[::8, ::8]) + 1) / float(np.median(then[::8, ::8]) + 1)
    spread = width / 480
    changed = np.abs(cv2.GaussianBlur(now, (0, 0), spread) - cv2.GaussianBlur(then, (0, 0), spread))
    level = max(14.0, float(np.quantile(changed, 0.5)) * 4)
    mask = (changed > level).astype(np.uint8)
    wide = round(width / 48) | 1
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (wide, wide)))
    narrow = round(width / 320) | 1
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((narrow, narrow), np.uint8))
    outer = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0]
    filled = np.zeros_like(mask)
    cv2.drawContours(filled, [c for c in outer if cv2.contourArea(c) > 3e-4 * mask.size], -1, 1, -1)
    return np.asarray(filled, np.uint8)


def twin_shots(one: Listed, seed: int) -> tuple[Shot, list[tuple[list[str], Shot]]]:
    """The shot of an empty place, and those of an encounter's twin there with the animals' names."""
    rng = stream(seed, f"twin of {one.code}")
    scene = _scene(one.station, seed)
    camera = CAMERA_MODELS["panther-white" if one.is_white_flash else "ridge-hd"]
    night = one.is_infrared or one.is_white_flash
    moment = dt.datetime(2012, 7, 1) + dt.timedelta(minutes=int(rng.integers(0, 100_000)))
    base = Shot(
        scene=scene,
        slot=Slot.A,
        camera=camera,
        strip=_strip(one, moment, 1),
        light=Light.NIGHT if night else Light.DAY,
        sun_elevation_deg=float(rng.uniform(12, 60)),
        sun_azimuth_deg=float(rng.uniform(80, 280)),
        weather=Weather(cloud=float(rng.choice([0.05, 0.3, 0.9]))),
        deployment=int(rng.integers(1, 1000)),
        jpeg_quality=80,
        seed=int(rng.integers(1, 2**30)),
    )
    facing = float(rng.uniform(0, 2 * np.pi))
    shots = []
    for number in range(len(one.files)):
        moment += dt.timedelta(seconds=int(rng.integers(2, 30)))
        names = _seen(one, rng)
        animals = tuple(_placed(name, scene, facing, seed, rng) for name in names)
        strip = _strip(one, moment, number + 1)
        shots.append((names, replace(base, animals=animals, strip=strip, seed=base.seed + number + 1)))
    return base, shots


def _strip(one: Listed, moment: dt.datetime, number: int) -> StripText:
    return StripText(
        wall_clock=moment, temperature_c=12.0, camera_name=f"CAMERA-{one.station[-2:]}", frame=number,
        frames=10,
    )  # fmt: skip


@lru_cache(maxsize=4)
def _scene(station: str, seed: int) -> StationScene:
    return build_station_scene(
        int(stream(seed, f"scene {station}").integers(1, 2**30)), SceneKind.STONY_SLOPE
    )


def _seen(one: Listed, rng: np.random.Generator) -> list[str]:
    """Of a group one or more are in the picture."""
    names = sorted(one.animals)
    seen = [name for name in names if rng.random() < 0.6]
    return seen or [names[int(rng.integers(len(names)))]]


def _placed(name: str, scene: StationScene, facing_rad: float, seed: int, rng: np.random.Generator) -> Placed:
    """An animal at a marking rock: near, for a while, turned any way."""
    body, coat = _dressed(name, seed)
    away = float(np.clip(np.exp(rng.normal(np.log(2.5), 0.38)), 1.1, 6.0))
    chance = rng.random()
    if chance < 0.45:
        pose, speed = walking_pose(rng, body), float(rng.uniform(0.3, 0.9))
    elif chance < 0.85:
        pose, speed = standing_pose(rng, body, sniffing=bool(rng.random() < 0.4)), 0.0
    else:
        pose, speed = crouching_pose(rng, body), 0.0
    return Placed(
        body=body,
        coat=coat,
        pose=pose,
        x_m=float(rng.normal(0, 0.24 * away)),
        z_m=away,
        heading_rad=facing_rad + float(rng.normal(0, 0.9)),
        speed_m_s=speed,
        hair_seed=int(rng.integers(1, 2**20)),
        scale=float(np.clip(stream(seed, f"size {name}").normal(1.0, 0.04), 0.88, 1.12)),
    )
