"""Kinds of pattern, seasons, and the style of an individual's coat within its species."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, unique

from pardine.simulate.body.vocabulary import Species


@unique
class Pattern(Enum):
    """What a coat is marked with."""

    ROSETTES = "rosettes"
    SMOKY_ROSETTES = "smoky rosettes"
    SPOTS = "spots"
    STRIPES = "stripes"
    PLAIN = "plain"


@unique
class Season(Enum):
    """Season as coats show it; the value is how far the winter coat has grown."""

    SUMMER = 0.0
    AUTUMN = 0.65
    WINTER = 1.0
    SPRING = 0.55


PATTERN_OF = {
    Species.LEOPARD: Pattern.ROSETTES,
    Species.SNOW_LEOPARD: Pattern.SMOKY_ROSETTES,
    Species.TIGER: Pattern.STRIPES,
    Species.SIKA_DEER: Pattern.SPOTS,
}


def pattern_of(species: Species) -> Pattern:
    """Pattern that a species wears."""
    return PATTERN_OF.get(species, Pattern.PLAIN)


@dataclass(frozen=True, kw_only=True)
class Style:
    """How one individual differs from others of its species: factors about 1, shares about 0.

    Individuals share the style of their species: these differences are small, and what tells two
    animals apart is where their marks are.
    """

    spacing: float
    openness: float
    thickness: float
    lobes: float
    darkness: float
    warmth: float
    fill: float
