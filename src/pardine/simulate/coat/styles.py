"""Measures of patterns by part of the body, on the reference cat; animals scale them with their size.

Spacing is from centre to centre. Rosettes of leopards are a few centimetres across; they open on
the flank, close toward neck, legs and belly, and are small solid spots on the head.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pardine.simulate.body.vocabulary import BodyPart
from pardine.simulate.coat.kinds import Pattern
from pardine.simulate.coat.places import Place

Float32Array = NDArray[np.float32]
FloatArray = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class RosetteStyle:
    """Rosettes of one kind of pattern.

    Attributes
    ----------
    spacing_m, openness
        By part: distance of centres; 1 for open rings, 0 for spots (for stripes: wavelength, and share
        of it that is dark).
    ring, thickness, spot
        Radius of a ring, half its thickness, radius of a spot, over the spacing.
    lobes
        How deeply rings are broken.
    warp
        Irregularity of outlines.
    keep_apart_m
        Half the least gap between neighbours.
    """

    spacing_m: Mapping[BodyPart, float]
    openness: Mapping[BodyPart, float]
    ring: float
    thickness: float
    spot: float
    lobes: float
    warp: float
    keep_apart_m: float

    def adjusted(
        self, place: Place, spacing_m: Float32Array, openness: FloatArray
    ) -> tuple[Float32Array, FloatArray]:
        """Spacing and openness closed and narrowed down the legs, along the spine and under the belly."""
        limb = place.shares[:, [BodyPart.HIND_LEG, BodyPart.FORE_LEG, BodyPart.PAW, BodyPart.SHOULDER]].sum(
            axis=1
        )
        down = limb * np.clip((0.92 - place.limb_height) / 0.45, 0.0, 1.0)
        trunk = place.shares[:, [BodyPart.FLANK]].sum(axis=1)
        spine = trunk * np.clip(1.0 - place.middle / 0.05, 0.0, 1.0) * (place.dorsal > 0.6)
        belly = trunk * np.clip((0.38 - place.dorsal) / 0.3, 0.0, 1.0)
        narrower = 1.0 - 0.26 * down - 0.28 * spine - 0.06 * belly
        closed = np.clip(openness * (1.0 - 1.4 * down - 0.55 * spine - 1.0 * belly), 0.0, 1.0)
        return (spacing_m * narrower).astype(np.float32), closed


LEOPARD_SPACING = {
    BodyPart.FLANK: 0.066,
    BodyPart.SHOULDER: 0.054,
    BodyPart.HIND_LEG: 0.058,
    BodyPart.FORE_LEG: 0.038,
    BodyPart.NECK: 0.036,
    BodyPart.HEAD: 0.0165,
    BodyPart.EAR: 0.02,
    BodyPart.TAIL: 0.046,
    BodyPart.PAW: 0.020,
}
LEOPARD_OPENNESS = {
    BodyPart.FLANK: 1.0,
    BodyPart.SHOULDER: 0.75,
    BodyPart.HIND_LEG: 0.95,
    BodyPart.FORE_LEG: 0.0,
    BodyPart.NECK: 0.1,
    BodyPart.HEAD: 0.0,
    BodyPart.EAR: 0.0,
    BodyPart.TAIL: 0.35,
    BodyPart.PAW: 0.0,
}
REGIONS: dict[Pattern, RosetteStyle] = {
    Pattern.ROSETTES: RosetteStyle(
        spacing_m=LEOPARD_SPACING,
        openness=LEOPARD_OPENNESS,
        ring=0.325,
        thickness=0.100,
        spot=0.27,
        lobes=0.58,
        warp=0.22,
        keep_apart_m=0.0022,
    ),
    Pattern.SMOKY_ROSETTES: RosetteStyle(
        spacing_m={
            **LEOPARD_SPACING,
            BodyPart.FLANK: 0.078,
            BodyPart.SHOULDER: 0.066,
            BodyPart.HIND_LEG: 0.076,
            BodyPart.NECK: 0.050,
            BodyPart.TAIL: 0.085,
            BodyPart.FORE_LEG: 0.044,
            BodyPart.HEAD: 0.018,
        },
        openness={**LEOPARD_OPENNESS, BodyPart.HIND_LEG: 0.7, BodyPart.SHOULDER: 0.5, BodyPart.TAIL: 0.6},
        ring=0.33,
        thickness=0.105,
        spot=0.28,
        lobes=0.70,
        warp=0.34,
        keep_apart_m=0.004,
    ),
    Pattern.SPOTS: RosetteStyle(
        spacing_m={**LEOPARD_SPACING, BodyPart.FLANK: 0.058, BodyPart.HIND_LEG: 0.055},
        openness=dict.fromkeys(BodyPart, 0.0),
        ring=0.3,
        thickness=0.1,
        spot=0.17,
        lobes=0.3,
        warp=0.2,
        keep_apart_m=0.004,
    ),
    Pattern.STRIPES: RosetteStyle(
        spacing_m={
            **dict.fromkeys(BodyPart, 0.060),
            BodyPart.HEAD: 0.030,
            BodyPart.FORE_LEG: 0.075,
            BodyPart.SHOULDER: 0.085,
            BodyPart.NECK: 0.060,
            BodyPart.TAIL: 0.062,
            BodyPart.PAW: 0.05,
        },
        openness={
            **dict.fromkeys(BodyPart, 0.36),
            BodyPart.HEAD: 0.36,
            BodyPart.FORE_LEG: 0.16,
            BodyPart.SHOULDER: 0.24,
            BodyPart.PAW: 0.0,
            BodyPart.TAIL: 0.46,
            BodyPart.EAR: 0.0,
        },
        ring=0.0,
        thickness=0.0,
        spot=0.0,
        lobes=0.0,
        warp=0.0,
        keep_apart_m=0.0,
    ),
}
