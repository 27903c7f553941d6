"""The coat of one animal: where it is dark, and what colour it has in a season and at an age."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pardine.simulate.body.surface import Body
from pardine.simulate.body.vocabulary import AgeClass
from pardine.simulate.coat.colours import dressed_colours
from pardine.simulate.coat.kinds import Pattern, Season, Style
from pardine.simulate.coat.markings import Markings, draw_markings, draw_style

Float32Array = NDArray[np.float32]
CUB_FUR, WINTER_FUR = 1.15, 1.75  # length of hair over that of an adult in summer


@dataclass(frozen=True, kw_only=True)
class CoatPattern:
    """What stays with one animal all its life: its marks, on the vertices of one body.

    Attributes
    ----------
    body
        The body on whose vertices the fields lie.
    kind, style
        Kind of pattern; how this individual differs.
    mark
        (V,) signed field (m): dark where above 0; interpolate, then threshold.
    inside
        (V,) 0 to 1: within a rosette, where the ground colour is deeper.
    """

    body: Body
    kind: Pattern
    style: Style
    mark: Float32Array
    inside: Float32Array
    shade_seed: int


@dataclass(frozen=True, kw_only=True)
class Coat:
    """A coat as it is seen: per vertex of its body.

    Attributes
    ----------
    mark
        (V,) signed field (m), that of the pattern.
    base_rgb, mark_rgb
        (V, 3) and (3,): linear reflectance 0 to 1 of the ground colour and of dark marks.
    infrared_base, infrared_mark
        (V,) and a number: reflectance under the camera's infrared flash.
    fur_length_m
        (V,) length of hair in this season.
    gloss, eye
        (V,) 0 to 1: how much a wet or bare surface shines; inside of an eye (shines back at a flash).
    puff_m
        (V,) how far the outline stands off the body for the length of the hair.
    """

    mark: Float32Array
    base_rgb: Float32Array
    mark_rgb: Float32Array
    infrared_base: Float32Array
    infrared_mark: float
    fur_length_m: Float32Array
    gloss: Float32Array
    eye: Float32Array
    puff_m: Float32Array


def draw_coat(body: Body, pattern: Pattern, rng: np.random.Generator) -> CoatPattern:
    """Draw the marks of one animal.

    Parameters
    ----------
    body
        Build of the animal; its two flanks get different marks by nature of fields on a surface.
    pattern
        Kind of marks: `kinds.pattern_of(species)`.
    rng
        Stream of this animal.
    """
    style = draw_style(rng)
    marks: Markings = draw_markings(body, pattern, style, rng)
    return CoatPattern(
        body=body,
        kind=pattern,
        style=style,
        mark=marks.mark,
        inside=marks.inside,
        shade_seed=int(rng.integers(1, 2**20)),
    )


def wear(coat_pattern: CoatPattern, season: Season, age_class: AgeClass) -> Coat:
    """The coat in a season and at an age: hair and colours change, the marks never do."""
    body = coat_pattern.body
    winter = season.value
    cub = age_class is AgeClass.CUB
    colours = dressed_colours(
        body,
        coat_pattern.kind,
        coat_pattern.style,
        coat_pattern.mark,
        coat_pattern.inside,
        coat_pattern.shade_seed,
        winter=winter,
        cub=cub,
    )
    length = body.fur_length_m * np.float32((1.0 + (WINTER_FUR - 1.0) * winter) * (CUB_FUR if cub else 1.0))
    return Coat(
        mark=coat_pattern.mark,
        base_rgb=colours.base_rgb,
        mark_rgb=colours.mark_rgb,
        infrared_base=colours.infrared_base,
        infrared_mark=colours.infrared_mark,
        fur_length_m=length,
        gloss=colours.gloss,
        eye=body.eye,
        puff_m=(length - body.fur_length_m) * np.float32(0.35),
    )
