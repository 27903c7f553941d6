"""Marks of one animal on the vertices of its body, by kind of pattern."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pardine.simulate.body.surface import Body
from pardine.simulate.body.vocabulary import Feature
from pardine.simulate.coat.faces import with_face
from pardine.simulate.coat.kinds import Pattern, Style
from pardine.simulate.coat.noise import noise_at
from pardine.simulate.coat.places import Place, place_on_body
from pardine.simulate.coat.rosettes import PLAIN, rosette_field, rosette_shapes
from pardine.simulate.coat.scatter import NeighbourGrid, scatter
from pardine.simulate.coat.stripes import stripe_field, wave_sum
from pardine.simulate.coat.styles import REGIONS, RosetteStyle

Float32Array = NDArray[np.float32]
TIGER_WAVE = 0.062
STRIPE_LENGTH = 3.2


@dataclass(frozen=True)
class Markings:
    """Signed mark (m) and inside of rosettes (0 to 1) of each vertex."""

    mark: Float32Array
    inside: Float32Array


def draw_style(rng: np.random.Generator) -> Style:
    """How an individual differs from others of its species."""
    return Style(
        spacing=float(np.exp(rng.normal(0.0, 0.06))),
        openness=float(rng.normal(0.0, 0.06)),
        thickness=float(np.exp(rng.normal(0.0, 0.07))),
        lobes=float(np.exp(rng.normal(0.0, 0.12))),
        darkness=float(np.exp(rng.normal(0.0, 0.10))),
        warmth=float(rng.normal(0.0, 1.0)),
        fill=float(np.exp(rng.normal(0.0, 0.20))),
    )


def draw_markings(body: Body, pattern: Pattern, style: Style, rng: np.random.Generator) -> Markings:
    """Marks of one animal; nothing where the skin is bare."""
    place = place_on_body(body)
    if pattern is Pattern.PLAIN:
        empty = np.full(len(body.vertices_m), PLAIN, dtype=np.float32)
        marks = Markings(empty, np.zeros_like(empty))
    elif pattern is Pattern.STRIPES:
        marks = _stripes(body, place, style, rng)
    else:
        marks = _rosettes(body, place, pattern, style, rng)
    mark, inside = with_face(body, place, pattern, marks.mark, marks.inside, rng)
    mark = np.where(body.feature == Feature.FUR, mark, np.float32(PLAIN))
    return Markings(mark.astype(np.float32), inside)


def _warped(body: Body, scale_m: float, strength: float, rng: np.random.Generator) -> Float32Array:
    """Vertices shifted by noise: what is drawn about them gets irregular outlines."""
    seed = int(rng.integers(1, 2**20))
    shift = np.column_stack([noise_at(body.vertices_m, 1.0 / scale_m, seed + 40 * k, 2) for k in range(3)])
    return (body.vertices_m + np.float32(strength * scale_m) * shift).astype(np.float32)


def _rosettes(body: Body, place: Place, pattern: Pattern, style: Style, rng: np.random.Generator) -> Markings:
    regions: RosetteStyle = REGIONS[pattern]
    size = place.size
    spacing = (place.of_parts(regions.spacing_m) * size * style.spacing).astype(np.float32)
    openness = np.clip(place.of_parts(regions.openness) + style.openness, 0.0, 1.0)
    spacing, openness = regions.adjusted(place, spacing, openness)
    jittered = spacing * rng.uniform(0.88, 1.12, len(spacing)).astype(np.float32)
    centres = scatter(body.vertices_m, jittered, rng)
    shapes = rosette_shapes(
        spacing[centres],
        openness[centres].astype(np.float32),
        ring=regions.ring,
        thickness=regions.thickness * style.thickness,
        spot=regions.spot * style.thickness,
        lobes=regions.lobes * style.lobes,
        rng=rng,
    )
    mark, inside = rosette_field(
        _warped(body, 0.024 * size, regions.warp, rng),
        body.normals,
        body.fur_direction,
        body.vertices_m,
        centres,
        shapes,
        spacing[centres],
        keep_apart_m=regions.keep_apart_m * size,
    )
    return Markings(mark, inside)


def _stripes(body: Body, place: Place, style: Style, rng: np.random.Generator) -> Markings:
    wavelength = (place.of_parts(REGIONS[Pattern.STRIPES].spacing_m) * place.size * style.spacing).astype(
        np.float32
    )
    centres = scatter(body.vertices_m, 0.9 * wavelength, rng)
    grid = NeighbourGrid(body.vertices_m, 0.03)
    real, imaginary = wave_sum(
        _warped(body, 0.09 * place.size, 0.22, rng),
        body.normals,
        body.fur_direction,
        centres,
        wavelength[centres],
        rng.uniform(0.0, 2 * np.pi, len(centres)).astype(np.float32),
        STRIPE_LENGTH,
        grid.order,
        grid.start,
        grid.low,
        grid.shape,
        grid.cell_m,
    )
    breadth = place.of_parts(REGIONS[Pattern.STRIPES].openness) * style.thickness
    slow = noise_at(body.vertices_m, 7.0 / place.size, int(rng.integers(1, 2**20)), 2)
    breadth = breadth * (0.85 + 0.95 * slow + 0.25 * (body.dorsal - 0.5))
    mark = stripe_field(real, imaginary, wavelength, breadth.astype(np.float32))
    return Markings(mark, np.zeros_like(mark))
