"""A body plan: bones, and the volumes that clothe them; lengths in metres, in the animal's own frame.

The frame is x towards the nose, y up, z to the animal's right, the ground at y = 0. What has a left
and a right twin is written once, on the right (z > 0); the twin mirrors it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from pardine.simulate.body.vocabulary import BodyPart, Feature

Point = tuple[float, float, float]
FloatArray = NDArray[np.float64]
SIDES = ("_l", "_r")


@dataclass(frozen=True, kw_only=True)
class Bone:
    """A bone from head to tail; it turns about its head."""

    name: str
    parent: str | None
    head_m: Point
    tail_m: Point
    part: BodyPart
    paired: bool = False


@dataclass(frozen=True, kw_only=True)
class Volume:
    """A round cone between two balls, squeezed along one direction, added to or carved from a body.

    Attributes
    ----------
    bone
        The bone that carries it.
    a_m, b_m, radius_a_m, radius_b_m
        The two balls.
    squeeze, squeeze_axis
        Thickness along the axis over thickness across it: 0.5 is a disc, 1.3 is wider.
    blend_m
        Width over which it melts into what was there before; for what is carved too.
    carve
        Takes away instead of adding.
    detail
        How often the mesh is halved near it.
    """

    bone: str
    a_m: Point
    b_m: Point
    radius_a_m: float
    radius_b_m: float
    blend_m: float = 0.03
    squeeze: float = 1.0
    squeeze_axis: Point = (0.0, 0.0, 1.0)
    carve: bool = False
    paired: bool = False
    detail: int = 0
    feature: Feature = Feature.FUR


@dataclass(frozen=True, kw_only=True)
class Leg:
    """Names of the bones of one pair of legs, from the girdle down, and how the foot rolls.

    Attributes
    ----------
    upper, lower
        The two bones that are bent so that the foot comes where it should.
    foot
        The bone between `lower` and the toes: held at an angle of its own.
    toes
        The bone that lies on the ground while the foot is down.
    girdle
        A bone above `upper` that swings with the leg (shoulder blade), or None.
    knee_forward
        The joint between upper and lower points forward (hind legs) or back (fore legs).
    phase
        When in a cycle of walking the right foot comes down; the left half a cycle later.
    """

    upper: str
    lower: str
    foot: str
    toes: str
    girdle: str | None
    knee_forward: bool
    phase: float


@dataclass(frozen=True, kw_only=True)
class BodyPlan:
    """Everything a body is built from."""

    bones: tuple[Bone, ...]
    volumes: tuple[Volume, ...]
    legs: tuple[Leg, ...]
    spine: tuple[str, ...]
    neck: tuple[str, ...]
    head: str
    tail: tuple[str, ...]
    cell_m: float
    fur_m: dict[BodyPart, float] = field(default_factory=dict)
    upright: bool = False


class PlanBuilder:
    """Collects bones and volumes in words near to those of anatomy."""

    def __init__(self) -> None:
        self.bones: list[Bone] = []
        self.volumes: list[Volume] = []

    def bone(
        self,
        name: str,
        parent: str | None,
        head_m: Point,
        tail_m: Point,
        part: BodyPart,
        *,
        paired: bool = False,
    ) -> None:
        """Add a bone; a paired one is called without its side."""
        self.bones.append(
            Bone(name=name, parent=parent, head_m=head_m, tail_m=tail_m, part=part, paired=paired)
        )

    def add(
        self,
        bone: str,
        a_m: Point,
        radius_a_m: float,
        b_m: Point | None = None,
        radius_b_m: float | None = None,
        *,
        blend_m: float = 0.03,
        squeeze: float = 1.0,
        squeeze_axis: Point = (0.0, 0.0, 1.0),
        carve: bool = False,
        detail: int = 0,
        feature: Feature = Feature.FUR,
        paired: bool | None = None,
    ) -> None:
        """Add a volume; without `b_m` it is a ball. It is paired when its bone is, unless said."""
        by_bone = any(one.name == bone and one.paired for one in self.bones)
        self.volumes.append(
            Volume(
                bone=bone,
                a_m=a_m,
                b_m=a_m if b_m is None else b_m,
                radius_a_m=radius_a_m,
                radius_b_m=radius_a_m if radius_b_m is None else radius_b_m,
                blend_m=blend_m,
                squeeze=squeeze,
                squeeze_axis=squeeze_axis,
                carve=carve,
                paired=by_bone if paired is None else paired,
                detail=detail,
                feature=feature,
            )
        )

    def along(self, bone: str, radius_a_m: float, radius_b_m: float, *, blend_m: float = 0.03) -> None:
        """Add a volume from the head to the tail of a bone."""
        found = next(one for one in self.bones if one.name == bone)
        self.add(bone, found.head_m, radius_a_m, found.tail_m, radius_b_m, blend_m=blend_m)


def scaled(plan: BodyPlan, factor: float) -> BodyPlan:
    """Body plan with all lengths multiplied; fur too."""

    def times(point: Point) -> Point:
        return (point[0] * factor, point[1] * factor, point[2] * factor)

    return replace(
        plan,
        bones=tuple(replace(one, head_m=times(one.head_m), tail_m=times(one.tail_m)) for one in plan.bones),
        volumes=tuple(
            replace(
                one,
                a_m=times(one.a_m),
                b_m=times(one.b_m),
                radius_a_m=one.radius_a_m * factor,
                radius_b_m=one.radius_b_m * factor,
                blend_m=one.blend_m * factor,
            )
            for one in plan.volumes
        ),
        cell_m=plan.cell_m * factor,
        fur_m={part: length * factor for part, length in plan.fur_m.items()},
    )
