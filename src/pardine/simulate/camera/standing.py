"""Animals put on the ground of a station: one mesh of all of them, in the station frame."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pardine.simulate.body.pose import pose_body
from pardine.simulate.camera.shot import Placed
from pardine.simulate.scene.arrays import FloatArray, IntArray
from pardine.simulate.scene.station import StationScene

SNOW_SINK_M = 0.05
MARK, RED, GREEN, BLUE, INFRARED, EYE, FUR_LENGTH, GLOSS = range(8)
"""Columns of :attr:`Herd.skin`."""


@dataclass(frozen=True, eq=False)
class Herd:
    """All animals of one photograph.

    Attributes
    ----------
    vertices_m, normals, fur_direction : (V, 3) float32
        Station frame, posed.
    rest_m : (V, 3) float32
        The same skin in its body's rest pose.
    skin : (V, 8) float32
        Mark field, ground colour (linear), infrared reflectance, eye share, length of fur, gloss.
    mark_colours : (A, 4) float32
        Of the markings of each animal: red, green, blue, infrared.
    faces : (F, 3) int32
    face_animal : (F,) int16
    part : (V,) uint8
    side : (V,) int8
    hair_seed : (A,) int64
    velocity_m_s : (A, 3)
    centre_m : (A, 3)
    """

    vertices_m: FloatArray
    normals: FloatArray
    fur_direction: FloatArray
    rest_m: FloatArray
    skin: FloatArray
    mark_colours: FloatArray
    faces: IntArray
    face_animal: IntArray
    part: IntArray
    side: IntArray
    hair_seed: IntArray
    velocity_m_s: FloatArray
    centre_m: FloatArray


def station_axes(heading_rad: float) -> FloatArray:
    """Rows: where an animal's forward, up and right point in the station frame (3, 3).

    The animal's frame is right-handed and the station's left-handed (as an image with depth is), so
    this mirrors: an animal that walks to the right in slot A's picture shows its right side to A.
    """
    c, s = math.cos(heading_rad), math.sin(heading_rad)
    return np.array([[c, 0.0, s], [0.0, 1.0, 0.0], [s, 0.0, -c]], np.float32)


def stand(animals: Sequence[Placed], scene: StationScene, snow_cover: float) -> Herd:
    """Pose every animal and put it where it stands, tilted with the ground below it."""
    placed = [_one(a, scene, SNOW_SINK_M * snow_cover) for a in animals]
    starts = np.cumsum([0] + [len(p[0]) for p in placed[:-1]])
    return Herd(
        vertices_m=np.concatenate([p[0] for p in placed]),
        normals=np.concatenate([p[1] for p in placed]),
        fur_direction=np.concatenate([p[2] for p in placed]),
        rest_m=np.concatenate([a.body.vertices_m for a in animals]),
        skin=np.concatenate([_skin(a) for a in animals]),
        mark_colours=np.array(
            [[*np.asarray(a.coat.mark_rgb), float(a.coat.infrared_mark)] for a in animals], np.float32
        ),
        faces=np.concatenate([a.body.faces + np.int32(s) for a, s in zip(animals, starts, strict=True)]),
        face_animal=np.concatenate([np.full(len(a.body.faces), i, np.int16) for i, a in enumerate(animals)]),
        part=np.concatenate([a.body.part for a in animals]),
        side=np.concatenate([a.body.side for a in animals]),
        hair_seed=np.array([a.hair_seed % 1_000_003 for a in animals], np.int64),
        velocity_m_s=np.array([station_axes(a.heading_rad)[0] * a.speed_m_s for a in animals]),
        centre_m=np.array([p[0].mean(0) for p in placed]),
    )


def _one(animal: Placed, scene: StationScene, sink_m: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    posed = pose_body(animal.body, animal.pose)
    axes = station_axes(animal.heading_rad)
    # Long hair stands off the skin; the outline that a camera sees is the hair's.
    outline = posed.vertices_m + posed.normals * np.asarray(animal.coat.puff_m, np.float32)[:, None]
    points = (outline * np.float32(animal.scale)) @ axes
    x, z, reach = animal.x_m, animal.z_m, 0.45 * animal.scale
    slope_x = (scene.ground_m(x + reach, z) - scene.ground_m(x - reach, z)) / (2 * reach)
    slope_z = (scene.ground_m(x, z + reach) - scene.ground_m(x, z - reach)) / (2 * reach)
    middle = np.mean([scene.ground_m(x + dx, z + dz) for dx in (-reach, 0, reach) for dz in (-0.15, 0.15)])
    points[:, 1] += slope_x * points[:, 0] + slope_z * points[:, 2] + np.float32(middle - sink_m)
    points += np.array([x, 0, z], np.float32)
    return points.astype(np.float32), posed.normals @ axes, posed.fur_direction @ axes


def _skin(animal: Placed) -> FloatArray:
    coat = animal.coat
    return np.concatenate(
        [
            np.asarray(coat.mark, np.float32)[:, None],
            np.asarray(coat.base_rgb, np.float32),
            np.asarray(coat.infrared_base, np.float32)[:, None],
            np.asarray(coat.eye, np.float32)[:, None],
            np.asarray(coat.fur_length_m, np.float32)[:, None] * np.float32(animal.scale),
            np.asarray(coat.gloss, np.float32)[:, None],
        ],
        axis=1,
    )
