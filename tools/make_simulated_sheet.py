"""Draw docs/images/simulated-photographs.jpg: simulated photographs of many stations, day and night.

Run as ``python tools/make_simulated_sheet.py [--out FILE] [--seed N]``. Every picture is simulated.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import cv2
import numpy as np

from pardine.base.randomness import stream
from pardine.simulate.body.pose import standing_pose, walking_pose
from pardine.simulate.body.surface import Body, build_body
from pardine.simulate.body.vocabulary import AgeClass, Sex, Species
from pardine.simulate.camera.models import CAMERA_MODELS
from pardine.simulate.camera.photograph import photograph
from pardine.simulate.camera.shot import Light, Placed, Shot, Slot, StripText, Weather
from pardine.simulate.coat.coat import Coat, draw_coat, wear
from pardine.simulate.coat.kinds import Season as CoatSeason
from pardine.simulate.coat.kinds import pattern_of
from pardine.simulate.scene.arrays import ByteArray
from pardine.simulate.scene.kinds import Leaf, SceneKind, Season
from pardine.simulate.scene.station import StationScene, build_station_scene

CELL_PX = (480, 270)
KINDS = (
    (SceneKind.OAK_FOREST, Species.LEOPARD),
    (SceneKind.STONY_SLOPE, Species.SNOW_LEOPARD),
    (SceneKind.PINE_FOREST, Species.LEOPARD),
    (SceneKind.RIDGE, Species.LEOPARD),
)
CAMERAS = tuple(CAMERA_MODELS)
SEASONS = (Season(leaf=Leaf.SUMMER), Season(leaf=Leaf.AUTUMN), Season(leaf=Leaf.BARE, snow_cover=1.0))


def animal(
    rng: np.random.Generator, bodies: dict[Species, Body], species: Species, season: Season
) -> tuple[Body, Coat]:
    """One more individual of a species."""
    if species not in bodies:
        bodies[species] = build_body(species, Sex.MALE, AgeClass.ADULT)
    body = bodies[species]
    winter = CoatSeason.WINTER if season.leaf is Leaf.BARE else CoatSeason.SUMMER
    return body, wear(draw_coat(body, pattern_of(species), rng), winter, AgeClass.ADULT)


def one_shot(
    rng: np.random.Generator, scene: StationScene, species: Species, bodies: dict[Species, Body], i: int
) -> Shot:
    """A shot such as a season brings: any light, distance and heading."""
    camera = CAMERA_MODELS[CAMERAS[i % len(CAMERAS)]]
    season = SEASONS[int(rng.integers(len(SEASONS)))]
    night = bool(rng.random() < 0.5)
    slot = Slot.A if rng.random() < 0.5 else Slot.B
    body, coat = animal(rng, bodies, species, season)
    away = float(np.exp(rng.uniform(np.log(1.7), np.log(scene.across_m * 0.75))))
    heading = float(rng.choice([0.0, np.pi]) + rng.normal(0, 0.45))
    still = rng.random() < 0.25
    placed = Placed(
        body=body,
        coat=coat,
        pose=standing_pose(rng, body) if still else walking_pose(rng, body),
        x_m=float(rng.normal(0, 0.30 * away)),
        z_m=away if slot is Slot.A else scene.across_m - away,
        heading_rad=heading,
        speed_m_s=0.0 if still else float(rng.uniform(0.5, 1.3)),
    )
    snowing = season.snow_cover > 0 and rng.random() < 0.3
    return Shot(
        scene=scene,
        slot=slot,
        camera=camera,
        light=Light.NIGHT if night else (Light.DUSK if rng.random() < 0.2 else Light.DAY),
        sun_elevation_deg=float(rng.uniform(8, 50)),
        sun_azimuth_deg=float(rng.uniform(80, 280)),
        weather=Weather(
            cloud=float(rng.choice([0.05, 0.3, 0.9, 1.0])),
            visibility_m=60.0 if rng.random() < 0.1 else float("inf"),
            snowfall=0.6 if snowing else 0.0,
        ),
        season=season,
        animals=(placed,),
        strip=StripText(
            wall_clock=datetime(2025, 1, 1) + timedelta(minutes=int(rng.integers(0, 500_000))),
            temperature_c=float(rng.uniform(-15, 25)),
            camera_name=f"ST-{scene.seed % 100:02d}{slot}",
            moon=float(rng.random()),
            frame=int(rng.integers(1, 4)),
        ),
        jpeg_quality=int(rng.integers(60, 90)),
        seed=int(rng.integers(1, 2**31)),
    )


def sheet(seed: int, n_rows: int, n_columns: int, width_px: int | None) -> ByteArray:
    """Contact sheet (H, W, 3) RGB with a line that says what it is."""
    rng = stream(seed, "contact sheet")
    bodies: dict[Species, Body] = {}
    cells = []
    for i in range(n_rows * n_columns):
        kind, species = KINDS[i % len(KINDS)]
        shot = one_shot(rng, build_station_scene(seed * 100 + i, kind), species, bodies, i)
        if width_px is not None:
            shot = replace(shot, camera=shot.camera.resized(width_px))
        cells.append(_fitted(photograph(shot).image))
    rows = [np.hstack(cells[r * n_columns : (r + 1) * n_columns]) for r in range(n_rows)]
    line = np.full((26, rows[0].shape[1], 3), 30, np.uint8)
    cv2.putText(
        line, "SIMULATED photographs: no real animal, place or camera", (8, 18), cv2.FONT_HERSHEY_SIMPLEX,
        0.5, (235, 235, 235), 1, cv2.LINE_AA,
    )  # fmt: skip
    return np.vstack([*rows, line])


def _fitted(picture: ByteArray) -> ByteArray:
    """Picture inside one cell, whatever its shape."""
    width, height = CELL_PX
    k = min(width / picture.shape[1], height / picture.shape[0])
    size = (round(picture.shape[1] * k), round(picture.shape[0] * k))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    cell = np.zeros((height, width, 3), np.uint8)
    top, left = (height - size[1]) // 2, (width - size[0]) // 2
    cell[top : top + size[1], left : left + size[0]] = small
    return cell


def main() -> None:
    """Write the sheet, as JPEG or PNG by the name of the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("docs/images/simulated-photographs.jpg"))
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--rows", type=int, default=4)
    parser.add_argument("--columns", type=int, default=3)
    parser.add_argument("--width", type=int, default=None)
    chosen = parser.parse_args()
    picture = sheet(chosen.seed, chosen.rows, chosen.columns, chosen.width)
    options = [cv2.IMWRITE_JPEG_QUALITY, 72] if chosen.out.suffix == ".jpg" else []
    cv2.imwrite(str(chosen.out), picture[..., ::-1], options)


if __name__ == "__main__":
    main()
