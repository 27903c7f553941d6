"""Colours of each species, as linear reflectance (red, green, blue)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pardine.simulate.body.vocabulary import BodyPart, Feature, Species

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
    parts, rump
        Colours of parts that differ from the trunk, and of a patch about the tail.
    halo
        How much the ground is darkened about marks: smoky edges.
    """

    summer: Rgb
    winter: Rgb
    pale: Rgb
    mark: Rgb = (0.020, 0.017, 0.014)
    inside: Rgb = (0.3, 0.2, 0.1)
    fill: float = 0.0
    infrared: float = 0.62
    infrared_mark: float = 0.28
    pale_below: float = 0.22
    pale_over: float = 0.40
    white_face: float = 0.0
    ear_back: Rgb = (0.03, 0.027, 0.024)
    ear_patch_m: float = 0.0
    iris: Rgb = (0.30, 0.26, 0.10)
    pupil_cosine: float = 0.90
    bare: Mapping[Feature, Rgb] = field(default_factory=dict)
    parts: Mapping[BodyPart, Rgb] = field(default_factory=dict)
    rump: Rgb | None = None
    halo: float = 0.0


PINK_NOSE: dict[Feature, Rgb] = {Feature.NOSE: (0.20, 0.10, 0.09)}
DARK_EYE: Rgb = (0.016, 0.012, 0.009)
BARE_RGB: dict[Feature, Rgb] = {
    Feature.EYE: (0.03, 0.025, 0.02),
    Feature.EYELID: (0.02, 0.017, 0.015),
    Feature.NOSE: (0.030, 0.028, 0.027),
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
        bare=PINK_NOSE,
        halo=0.12,
        iris=(0.26, 0.20, 0.06),
    ),
    Species.SNOW_LEOPARD: Palette(
        summer=(0.36, 0.335, 0.285),
        winter=(0.43, 0.41, 0.36),
        pale=(0.66, 0.64, 0.60),
        mark=(0.042, 0.039, 0.036),
        inside=(0.22, 0.205, 0.185),
        fill=0.8,
        infrared=0.66,
        white_face=0.8,
        ear_back=(0.10, 0.095, 0.09),
        ear_patch_m=0.016,
        halo=0.55,
        iris=(0.30, 0.31, 0.22),
        bare={Feature.NOSE: (0.16, 0.10, 0.09)},
    ),
    Species.TIGER: Palette(
        summer=(0.47, 0.205, 0.055),
        winter=(0.52, 0.29, 0.125),
        pale=(0.66, 0.62, 0.54),
        infrared=0.64,
        white_face=1.0,
        ear_patch_m=0.014,
        bare=PINK_NOSE,
        iris=(0.30, 0.22, 0.06),
    ),
    Species.SIKA_DEER: Palette(
        summer=(0.30, 0.155, 0.065),
        winter=(0.155, 0.125, 0.095),
        pale=(0.46, 0.40, 0.32),
        mark=(0.62, 0.56, 0.46),
        infrared=0.60,
        infrared_mark=0.66,
        pale_below=0.10,
        pale_over=0.25,
        ear_back=(0.2, 0.13, 0.08),
        iris=DARK_EYE,
        rump=(0.60, 0.56, 0.48),
        parts={BodyPart.TAIL: (0.5, 0.45, 0.38)},
    ),
    Species.ROE_DEER: Palette(
        summer=(0.33, 0.15, 0.055),
        winter=(0.18, 0.145, 0.11),
        pale=(0.36, 0.28, 0.19),
        infrared=0.60,
        pale_below=0.05,
        pale_over=0.30,
        iris=DARK_EYE,
        rump=(0.60, 0.55, 0.46),
        parts={BodyPart.HEAD: (0.22, 0.16, 0.10)},
    ),
    Species.WILD_BOAR: Palette(
        summer=(0.085, 0.072, 0.060),
        winter=(0.065, 0.054, 0.045),
        pale=(0.085, 0.075, 0.065),
        infrared=0.45,
        pale_below=0.05,
        iris=DARK_EYE,
        parts={BodyPart.FORE_LEG: (0.035, 0.030, 0.026), BodyPart.HIND_LEG: (0.05, 0.043, 0.037)},
        bare={Feature.NOSE: (0.07, 0.055, 0.05), Feature.EAR_INSIDE: (0.12, 0.10, 0.085)},
    ),
    Species.BADGER: Palette(
        summer=(0.30, 0.27, 0.23),
        winter=(0.36, 0.33, 0.29),
        pale=(0.035, 0.030, 0.027),
        mark=(0.02, 0.018, 0.016),
        infrared=0.5,
        infrared_mark=0.16,
        pale_below=0.30,
        pale_over=0.22,
        iris=DARK_EYE,
        parts={
            BodyPart.HEAD: (0.56, 0.53, 0.47),
            BodyPart.FORE_LEG: (0.030, 0.027, 0.024),
            BodyPart.HIND_LEG: (0.034, 0.030, 0.027),
            BodyPart.PAW: (0.025, 0.022, 0.020),
            BodyPart.SHOULDER: (0.10, 0.085, 0.07),
        },
    ),
    Species.RACCOON_DOG: Palette(
        summer=(0.22, 0.17, 0.11),
        winter=(0.30, 0.245, 0.175),
        pale=(0.045, 0.037, 0.030),
        mark=(0.025, 0.02, 0.018),
        infrared=0.55,
        infrared_mark=0.2,
        pale_below=0.22,
        pale_over=0.25,
        iris=DARK_EYE,
        parts={
            BodyPart.HEAD: (0.36, 0.31, 0.24),
            BodyPart.EAR: (0.06, 0.05, 0.045),
            BodyPart.FORE_LEG: (0.030, 0.027, 0.024),
            BodyPart.HIND_LEG: (0.034, 0.030, 0.027),
            BodyPart.PAW: (0.025, 0.022, 0.020),
            BodyPart.SHOULDER: (0.10, 0.085, 0.07),
        },
    ),
    Species.HARE: Palette(
        summer=(0.25, 0.19, 0.12),
        winter=(0.45, 0.41, 0.35),
        pale=(0.58, 0.53, 0.46),
        infrared=0.6,
        iris=(0.20, 0.13, 0.05),
        parts={BodyPart.TAIL: (0.55, 0.52, 0.48)},
    ),
    Species.PHEASANT: Palette(
        summer=(0.22, 0.105, 0.035),
        winter=(0.22, 0.105, 0.035),
        pale=(0.15, 0.07, 0.025),
        mark=(0.02, 0.02, 0.022),
        infrared=0.5,
        infrared_mark=0.2,
        iris=(0.30, 0.20, 0.05),
        parts={
            BodyPart.NECK: (0.016, 0.030, 0.026),
            BodyPart.HEAD: (0.10, 0.022, 0.018),
            BodyPart.TAIL: (0.22, 0.13, 0.06),
        },
    ),
    Species.PERSON: Palette(
        summer=(0.1, 0.1, 0.08), winter=(0.1, 0.1, 0.08), pale=(0.1, 0.1, 0.08), infrared=0.5
    ),
}
