"""Marks that every animal of a species has: face, backs of ears, tail.

They differ little between individuals, which is what makes two animals alike to a matcher.
Places on the head are in metres on the reference cat: forward of the neck's joint, up, outward.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pardine.simulate.body.surface import Body
from pardine.simulate.body.vocabulary import CATS, BodyPart, Species
from pardine.simulate.coat.kinds import Pattern
from pardine.simulate.coat.noise import noise_at
from pardine.simulate.coat.places import Place
from pardine.simulate.coat.rosettes import PLAIN

Float32Array = NDArray[np.float32]
FloatArray = NDArray[np.float64]
EYE = np.array([0.146, 0.0245, 0.0375])
WHISKER_ROWS = ((-0.020, 0.185), (-0.028, 0.180), (-0.036, 0.178), (-0.043, 0.182))
TAIL_BANDS = {Pattern.ROSETTES: 11.0, Pattern.SMOKY_ROSETTES: 8.0, Pattern.STRIPES: 11.0}

# dark lines of a face: start, end, half breadth
MASKS = {
    Species.BADGER: (
        ((0.195, 0.004, 0.016), (0.099, 0.034, 0.046), 0.013),
        ((0.099, 0.034, 0.046), (0.015, 0.045, 0.056), 0.020),
    ),
    Species.RACCOON_DOG: (((0.125, 0.030, 0.040), (0.070, -0.020, 0.085), 0.026),),
    Species.PHEASANT: (((0.030, 0.100, 0.0), (0.075, 0.098, 0.0), 0.055),),
}


def with_face(
    body: Body,
    place: Place,
    pattern: Pattern,
    mark: Float32Array,
    inside: Float32Array,
    rng: np.random.Generator,
) -> tuple[Float32Array, Float32Array]:
    """Marks with those of face, ears and tail that the whole species shares."""
    if body.species in MASKS:
        return _masked(body, place, mark), inside
    if body.species not in CATS:
        return mark, inside
    on_head = place.shares[:, BodyPart.HEAD] + place.shares[:, BodyPart.EAR] > 0.5
    found = _cleared(place, on_head, mark.astype(np.float64))
    for drawn in (_lines(place, rng), _whisker_spots(place, rng)):
        found = np.where(on_head, np.maximum(found, drawn), found)
    found = _banded_tail(body, place, pattern, found, rng)
    found = _ear_backs(body, found)
    return found.astype(np.float32), np.where(on_head, np.float32(0), inside)


def _masked(body: Body, place: Place, mark: Float32Array) -> Float32Array:
    """Dark lines through the eyes of a badger and a raccoon dog."""
    out = mark.astype(np.float64)
    for start, end, half in MASKS[body.species]:
        out = np.maximum(out, half - _segment(place.head, start, end))
    return np.where(place.shares[:, BodyPart.HEAD] > 0.3, out, mark).astype(np.float32)


def _cleared(place: Place, on_head: NDArray[np.bool_], mark: FloatArray) -> FloatArray:
    """No chance marks on muzzle, chin and about the eyes."""
    eye = np.linalg.norm(place.head - EYE, axis=1) - 0.021
    muzzle = 0.170 - place.head[:, 0]
    nose_bridge = np.max(
        [0.118 - place.head[:, 0], place.head[:, 2] - 0.018, place.head[:, 1] - 0.042], axis=0
    )
    room = np.minimum(np.minimum(eye, muzzle), nose_bridge)
    return np.where(on_head, np.minimum(mark, room), mark)


def _segment(points: FloatArray, start: tuple[float, ...], end: tuple[float, ...]) -> FloatArray:
    a, b = np.array(start), np.array(end)
    t = np.clip((points - a) @ (b - a) / float((b - a) @ (b - a)), 0.0, 1.0)
    return np.asarray(np.linalg.norm(points - a - t[:, None] * (b - a), axis=1))


def _lines(place: Place, rng: np.random.Generator) -> FloatArray:
    """Rim and corners of the eyes, and broken lines across the cheek."""
    lines = (
        ((0.160, 0.018, 0.024), (0.172, 0.004, 0.019), 0.0030),  # inner corner of the eye
        ((0.138, 0.026, 0.052), (0.112, 0.022, 0.066), 0.0034),  # outer corner
        ((0.118, 0.000, 0.062), (0.075, -0.012, 0.083), 0.0036),  # upper cheek
        ((0.130, -0.026, 0.060), (0.085, -0.042, 0.078), 0.0034),  # lower cheek
    )
    shift = rng.normal(0.0, 0.0025, (len(lines), 3))
    out = np.full(len(place.head), PLAIN)
    for (start, end, half), move in zip(lines, shift, strict=True):
        away = _segment(place.head - move, start, end)
        out = np.maximum(out, half * rng.uniform(0.7, 1.2) - away)
    broken = noise_at(place.head, 75.0, int(rng.integers(1, 2**20)), 2)
    return np.asarray(out + 0.0042 * broken - 0.0008)


def _whisker_spots(place: Place, rng: np.random.Generator) -> FloatArray:
    """Rows of small dark dots from which the whiskers grow."""
    out = np.full(len(place.head), PLAIN)
    for up, start in WHISKER_ROWS:
        for n in range(5):
            # rows of the two sides differ a little in every animal; here both share their places
            dot = np.array([start + 0.0065 * n, up - 0.0008 * n]) + rng.normal(0.0, 0.0012, 2)
            away = np.hypot(place.head[:, 0] - dot[0], place.head[:, 1] - dot[1])
            out = np.maximum(
                out, np.where(place.head[:, 2] > 0.012, rng.uniform(0.0012, 0.0021) - away, PLAIN)
            )
    return out


def _ear_backs(body: Body, mark: FloatArray) -> FloatArray:
    """The back of an ear is dark, with a pale patch in its middle, which the colours draw."""
    back = (body.part == BodyPart.EAR) & (body.normals[:, 0] < 0.25)
    return np.where(back, PLAIN, mark)


def _banded_tail(
    body: Body, place: Place, pattern: Pattern, mark: FloatArray, rng: np.random.Generator
) -> FloatArray:
    """Spots run together to bands toward the end of the tail; the tip is dark."""
    n_bands = TAIL_BANDS.get(pattern)
    if n_bands is None:
        return mark
    noise = noise_at(body.vertices_m, 28.0 / place.size, int(rng.integers(1, 2**20)), 2)
    tail_m = 0.86 * place.size
    wave = (place.along_tail * n_bands * rng.uniform(0.92, 1.08) + 0.30 * noise + rng.uniform()) % 1.0
    broad = rng.uniform(0.20, 0.26)
    band = (broad - np.abs(wave - 0.5)) * tail_m / n_bands
    start = 0.12 if pattern is Pattern.STRIPES else 0.58
    blend = np.clip((place.along_tail - start) / 0.12, 0.0, 1.0) * place.shares[:, BodyPart.TAIL]
    below = np.clip((body.normals[:, 1] + 0.75) / 0.25, 0.0, 1.0) if pattern is Pattern.ROSETTES else 1.0
    banded = band * below + (1.0 - below) * PLAIN
    tip = (place.along_tail - 0.95) * tail_m
    return np.maximum(
        np.asarray(mark * (1 - blend) + banded * blend), np.where(place.along_tail > 0.9, tip, PLAIN)
    )
