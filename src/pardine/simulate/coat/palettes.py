"""Colours of each species, as linear reflectance (red, green, blue)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pardine.simulate.body.vocabulary import Feature, Species

Rgb = tuple[float, float, float]


@dataclass(frozen=True, kw_only=True)
class Palette:
    """Colours of a species.

    Attributes
    ----------
    summer, winter
        Upper side in either season.
    pale
        Belly, throat, inner legs.
    mark, inside, fill
        Marks; ground inside rosettes, and how much of it shows.
    infrared, infrared_mark
        Reflectance of hair under the flash, and of marks.
    pale_below, pale_over
        Dorsality below which all is pale, and over how much it turns.
    white_face, ear_back, ear_patch_m
        How white muzzle and eye patches are; back of the ear, and its pale patch on the reference cat.
    iris, pupil_cosine
        Colour of the eye; cosine of the half angle of the pupil.
    bare
        Colours of what is not fur, where they differ from `BARE_RGB`.
    """

    summer: Rgb
    winter: Rgb
    pale: Rgb
    mark: Rgb = (0.020, 0.017, 0.014)
    inside: Rgb = (0.3, 0.2, 0.1)
    fill: float = 0.0
    infrared: float = 0.62
    infrared_mark: float = 0.24
    pale_below: float = 0.22
    pale_over: float = 0.40
    white_face: float = 0.0
    ear_back: Rgb = (0.03, 0.027, 0.024)
    ear_patch_m: float = 0.0
    iris: Rgb = (0.30, 0.26, 0.10)
    pupil_cosine: float = 0.93
    bare: Mapping[Feature, Rgb] = field(default_factory=dict)


BARE_RGB: dict[Feature, Rgb] = {
    Feature.EYE: (0.03, 0.025, 0.02),
    Feature.EYELID: (0.02, 0.017, 0.015),
    Feature.NOSE: (0.20, 0.10, 0.09),
    Feature.MOUTH: (0.03, 0.022, 0.02),
    Feature.EAR_INSIDE: (0.42, 0.36, 0.30),
    Feature.CLAW: (0.06, 0.055, 0.05),
    Feature.HORN: (0.20, 0.15, 0.10),
    Feature.SKIN: (0.45, 0.28, 0.20),
    Feature.JACKET: (0.08, 0.10, 0.06),
    Feature.TROUSERS: (0.09, 0.085, 0.075),
    Feature.BOOT: (0.03, 0.025, 0.02),
    Feature.HAT: (0.05, 0.05, 0.05),
    Feature.PACK: (0.14, 0.05, 0.03),
    Feature.BEAK: (0.30, 0.28, 0.20),
}
PALETTES: dict[Species, Palette] = {
    Species.LEOPARD: Palette(
        summer=(0.44, 0.265, 0.115),
        winter=(0.52, 0.385, 0.225),
        pale=(0.62, 0.57, 0.48),
        inside=(0.34, 0.185, 0.072),
        fill=0.75,
        white_face=0.9,
        ear_patch_m=0.017,
        iris=(0.34, 0.33, 0.16),
    ),
    Species.SNOW_LEOPARD: Palette(
        summer=(0.36, 0.335, 0.285),
        winter=(0.47, 0.455, 0.415),
        pale=(0.66, 0.64, 0.60),
        mark=(0.032, 0.030, 0.028),
        inside=(0.22, 0.205, 0.185),
        fill=0.8,
        infrared=0.66,
        white_face=0.8,
        ear_back=(0.10, 0.095, 0.09),
        ear_patch_m=0.016,
        iris=(0.42, 0.44, 0.34),
        bare={Feature.NOSE: (0.16, 0.10, 0.09)},
    ),
    Species.TIGER: Palette(
        summer=(0.47, 0.205, 0.055),
        winter=(0.52, 0.29, 0.125),
        pale=(0.66, 0.62, 0.54),
        infrared=0.64,
        white_face=1.0,
        ear_patch_m=0.014,
        iris=(0.40, 0.33, 0.12),
    ),
}
