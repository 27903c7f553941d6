"""Kinds of station and the state of a season: what decides how a place looks before light falls on it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class SceneKind(StrEnum):
    """Where a station stands."""

    OAK_FOREST = "oak_forest"
    """Oak and other broadleaves beside a game trail; dry leaves stay on young oaks in winter."""
    PINE_FOREST = "pine_forest"
    """Korean pine with some broadleaves: darker, with a thick layer of needles and cones."""
    RIDGE = "ridge"
    """Rocky ridge with boulders, grass and few crooked trees."""
    STONY_SLOPE = "stony_slope"
    """High treeless slope of stones beside a boulder or a wall of stacked stones; far mountains."""


class Leaf(StrEnum):
    """State of the leaves."""

    SUMMER = "summer"
    AUTUMN = "autumn"
    BARE = "bare"


@dataclass(frozen=True, kw_only=True)
class Season:
    """How the year has changed a station.

    Attributes
    ----------
    leaf
        Leaves out, turning or fallen.
    snow_cover
        Share of the ground under snow, 0 to 1; drawn in steps of a quarter so that photographs of one
        deployment share their background.
    """

    leaf: Leaf = Leaf.SUMMER
    snow_cover: float = 0.0

    def __post_init__(self) -> None:
        if not 0.0 <= self.snow_cover <= 1.0:
            raise ValueError(f"snow_cover must be from 0 to 1, got {self.snow_cover}")

    @property
    def snow_class(self) -> int:
        """Snow cover in quarters, 0 (none) to 4 (all white)."""
        return round(self.snow_cover * 4)
