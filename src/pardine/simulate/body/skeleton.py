"""The skeleton of a body: the bones of a plan with left and right twins, in order of descent."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pardine.simulate.body.plan import SIDES, BodyPlan, Bone, Leg

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Skeleton:
    """Bones of one body in the rest pose.

    Attributes
    ----------
    names, parents
        Name of each bone, and the index of the bone that it hangs on (-1 for the root, which is first).
    head_m, tail_m
        (B, 3) ends; a bone turns about its head.
    part, side
        Body part and side (-1 left, +1 right, 0 neither) of each bone.
    legs, spine, neck, head, tail
        Names of bones by what they do (a paired bone without its side).
    upright
        Walks on two legs.
    """

    names: tuple[str, ...]
    parents: tuple[int, ...]
    head_m: FloatArray
    tail_m: FloatArray
    part: NDArray[np.uint8]
    side: NDArray[np.int8]
    legs: tuple[Leg, ...]
    spine: tuple[str, ...]
    neck: tuple[str, ...]
    head: str
    tail: tuple[str, ...]
    upright: bool

    def index(self, name: str) -> int:
        """Index of a bone by its name."""
        return self.names.index(name)


def skeleton_of(plan: BodyPlan) -> Skeleton:
    """Skeleton of a plan; paired bones become name_l and name_r."""
    bones = [one for bone in plan.bones for one in _twins(bone)]
    names = tuple(one[0] for one in bones)
    return Skeleton(
        names=names,
        parents=tuple(-1 if parent is None else names.index(parent) for _, parent, _, _ in bones),
        head_m=np.array([bone.head_m for _, _, bone, _ in bones]) * _mirrors(bones),
        tail_m=np.array([bone.tail_m for _, _, bone, _ in bones]) * _mirrors(bones),
        part=np.array([bone.part for _, _, bone, _ in bones], dtype=np.uint8),
        side=np.array([side for _, _, _, side in bones], dtype=np.int8),
        legs=plan.legs,
        spine=plan.spine,
        neck=plan.neck,
        head=plan.head,
        tail=plan.tail,
        upright=plan.upright,
    )


def _twins(bone: Bone) -> list[tuple[str, str | None, Bone, int]]:
    if not bone.paired:
        return [(bone.name, bone.parent, bone, 0)]
    paired_parent = bone.parent is not None and bone.parent.startswith("*")
    parent = bone.parent.removeprefix("*") if bone.parent is not None else None
    return [
        (bone.name + suffix, f"{parent}{suffix}" if paired_parent else parent, bone, side)
        for suffix, side in zip(SIDES, (-1, 1), strict=True)
    ]


def _mirrors(bones: list[tuple[str, str | None, Bone, int]]) -> FloatArray:
    return np.array([[1.0, 1.0, -1.0 if side < 0 else 1.0] for _, _, _, side in bones])
