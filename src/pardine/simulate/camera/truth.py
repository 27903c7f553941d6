"""What each pixel of a photograph truly shows, and which pixels of two show the same piece of skin."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from pardine.base.compiled import compiled
from pardine.simulate.camera.raster import draw_triangles, empty_buffers
from pardine.simulate.camera.standing import Herd
from pardine.simulate.scene.arrays import BoolArray, FloatArray, IntArray

_HIDDEN_M = 0.02


@dataclass(frozen=True, eq=False)
class PixelTruth:
    """Truth of one photograph, at the picture's own pixels.

    Attributes
    ----------
    animal : (H, W) int16
        Position in ``shot.animals``; -1 where none is seen (hidden by scenery or strip counts as none).
    part : (H, W) uint8
        ``BodyPart``; 255 where there is no animal.
    side : (H, W) int8
        -1 left, +1 right, 0 neither or no animal.
    surface_m : (H, W, 3) float16
        Rest-pose position of the skin seen: the same animal and position are the same piece of skin.
        Not a number where there is no animal.
    """

    animal: IntArray
    part: IntArray
    side: IntArray
    surface_m: FloatArray


def pixel_truth(
    herd: Herd | None, screen: FloatArray | None, scenery_nearness: FloatArray, bars: BoolArray
) -> PixelTruth:
    """Truth of a picture from its geometry: no light, blur or hair enters.

    Parameters
    ----------
    herd, screen
        Animals and their projection; None for a blank.
    scenery_nearness : (H, W) float32
        1/depth of the empty station.
    bars : (H,) bool
        Rows that the info strip hides.
    """
    shape = scenery_nearness.shape
    truth = PixelTruth(
        np.full(shape, -1, np.int16),
        np.full(shape, 255, np.uint8),
        np.zeros(shape, np.int8),
        np.full((*shape, 3), np.nan, np.float16),
    )
    if herd is None or screen is None:
        return truth
    nearness, triangle, w1, w2 = empty_buffers(*shape)
    draw_triangles(screen, herd.faces, nearness, triangle, w1, w2, 0)
    triangle[hidden(nearness, scenery_nearness)] = -1
    triangle[bars] = -1
    surface = np.full((*shape, 3), np.nan, np.float32)
    _fill(
        triangle, w1, w2, herd.faces, herd.face_animal, herd.rest_m, herd.part, herd.side,
        truth.animal, truth.part, truth.side, surface,
    )  # fmt: skip
    truth.surface_m[:] = surface
    return truth


def hidden(nearness: FloatArray, scenery_nearness: FloatArray) -> BoolArray:
    """Where scenery stands before an animal; paws in grass and snow are hidden too."""
    with np.errstate(divide="ignore"):
        return np.asarray((1 / scenery_nearness < 1 / nearness - _HIDDEN_M) & (nearness > 0))


@compiled
def _fill(
    triangle: IntArray, weight_1: FloatArray, weight_2: FloatArray, faces: IntArray, face_animal: IntArray,
    rest: FloatArray, part: IntArray, side: IntArray, animal_out: IntArray, part_out: IntArray,
    side_out: IntArray, surface: FloatArray,
) -> None:  # fmt: skip
    height, width = triangle.shape
    for r in range(height):
        for c in range(width):
            t = triangle[r, c]
            if t < 0:
                continue
            w1, w2 = weight_1[r, c], weight_2[r, c]
            w0 = 1 - w1 - w2
            corner = 0
            if w1 >= w0 and w1 >= w2:
                corner = 1
            elif w2 >= w0:
                corner = 2
            v = faces[t, corner]
            animal_out[r, c] = face_animal[t]
            part_out[r, c] = part[v]
            side_out[r, c] = side[v]
            for k in range(3):
                surface[r, c, k] = (
                    w0 * rest[faces[t, 0], k] + w1 * rest[faces[t, 1], k] + w2 * rest[faces[t, 2], k]
                )


def same_skin(
    truth_a: PixelTruth, animal_a: int, truth_b: PixelTruth, animal_b: int, tolerance_m: float = 0.004
) -> IntArray:
    """Pixels of two photographs that show the same piece of one animal's skin.

    Both positions must be of the same individual in the same body (its rest pose); the caller knows
    who is who.

    Parameters
    ----------
    animal_a, animal_b
        Position of the individual among the animals of each shot.
    tolerance_m
        Largest distance on the rest pose. Storage as float16 adds up to half a millimetre.

    Returns
    -------
    (N, 4) int32 array
        Row and column in the first, row and column in the second photograph: for each pixel of the
        first its nearest one in the second. Empty when no skin is shared.
    """
    rows_a, points_a, kind_a = _skin_points(truth_a, animal_a)
    rows_b, points_b, kind_b = _skin_points(truth_b, animal_b)
    if len(points_a) == 0 or len(points_b) == 0:
        return np.empty((0, 4), np.int32)
    distance, nearest = cKDTree(points_b).query(points_a, distance_upper_bound=tolerance_m)
    found, nearest = np.flatnonzero(np.isfinite(distance)), np.asarray(nearest)
    # The two faces of an ear lie within millimetres of each other; side and part tell them apart.
    found = found[(kind_a[found] == kind_b[nearest[found]]).all(1)]
    return np.concatenate([rows_a[found], rows_b[nearest[found]]], axis=1).astype(np.int32)


def _skin_points(truth: PixelTruth, animal: int) -> tuple[IntArray, FloatArray, IntArray]:
    where = np.argwhere(truth.animal == animal)
    rows, columns = where[:, 0], where[:, 1]
    points = truth.surface_m[rows, columns].astype(np.float32)
    return where, points, np.stack([truth.part[rows, columns].astype(np.int16), truth.side[rows, columns]], 1)
