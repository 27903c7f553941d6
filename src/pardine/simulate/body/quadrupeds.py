"""Body plan of deer, boar, badger, raccoon dog and hare, from their measures."""

from __future__ import annotations

import math
from functools import partial
from itertools import pairwise

from pardine.simulate.body.plan import BodyPlan, Leg, PlanBuilder, Point, scaled
from pardine.simulate.body.quadruped_shapes import QuadrupedShape
from pardine.simulate.body.vocabulary import BodyPart, Feature

# joints as shares of the hip's (or withers') height: forward of the hip (or shoulder), and up
HOOFED_HIND = ((0.17, 0.66), (-0.19, 0.46), (-0.125, 0.115), (-0.05, 0.020))
PAWED_HIND = ((0.25, 0.68), (-0.14, 0.355), (-0.085, 0.085), (0.06, 0.042))
HOOFED_FORE = ((0.03, 0.64), (-0.10, 0.51), (-0.055, 0.29), (-0.055, 0.095), (0.01, 0.018))
PAWED_FORE = ((0.05, 0.62), (-0.11, 0.47), (-0.06, 0.17), (-0.02, 0.07), (0.10, 0.035))
TAIL_BONES = 3
LEGS = (
    Leg(
        upper="thigh",
        lower="shank",
        foot="hind_foot",
        toes="hind_toes",
        girdle=None,
        knee_forward=True,
        phase=0.0,
    ),
    Leg(
        upper="upper_arm",
        lower="forearm",
        foot="fore_foot",
        toes="fore_toes",
        girdle="shoulder",
        knee_forward=False,
        phase=0.25,
    ),
)


def quadruped_plan(shape: QuadrupedShape) -> BodyPlan:
    """Body plan of an animal of these measures."""
    builder = PlanBuilder()
    _trunk(builder, shape)
    _fore_legs(builder, shape)
    _hind_legs(builder, shape)
    _tail(builder, shape)
    _neck_and_head(builder, shape)
    fur = dict.fromkeys(BodyPart, shape.fur_m) | {
        BodyPart.HEAD: 0.3 * shape.fur_m,
        BodyPart.FORE_LEG: 0.4 * shape.fur_m,
        BodyPart.HIND_LEG: 0.5 * shape.fur_m,
        BodyPart.PAW: 0.2 * shape.fur_m,
        BodyPart.EAR: 0.2 * shape.fur_m,
    }
    plan = BodyPlan(
        bones=tuple(builder.bones),
        volumes=tuple(builder.volumes),
        legs=LEGS,
        spine=("pelvis", "loin", "chest"),
        neck=("neck", "nape"),
        head="head",
        tail=tuple(f"tail{i}" for i in range(TAIL_BONES)),
        cell_m=max(0.0040, 0.0062 * shape.shoulder_m / 0.66),
        fur_m=fur,
    )
    return scaled(plan, shape.size)


def _hip(shape: QuadrupedShape) -> Point:
    return (-0.5 * shape.trunk_m, shape.hip_m, 0.42 * shape.rump_m)


def _shoulder_x(shape: QuadrupedShape) -> float:
    return 0.5 * shape.trunk_m


def _trunk(builder: PlanBuilder, s: QuadrupedShape) -> None:
    back, front = -0.5 * s.trunk_m, 0.5 * s.trunk_m
    rump_y = s.hip_m + 0.15 * s.rump_m
    chest_y = s.shoulder_m - 1.02 * s.chest_m
    middle_y = 0.5 * (rump_y + chest_y) - 0.1 * s.loin_m
    builder.bone(
        "pelvis",
        None,
        (back - 0.35 * s.rump_m, rump_y, 0),
        (back + 0.6 * s.rump_m, rump_y, 0),
        BodyPart.FLANK,
    )
    builder.bone("loin", "pelvis", (back + 0.6 * s.rump_m, rump_y, 0), (0.0, middle_y, 0), BodyPart.FLANK)
    builder.bone("chest", "loin", (0.0, middle_y, 0), (front, chest_y, 0), BodyPart.FLANK)
    wide = partial(builder.add, blend_m=0.35 * s.loin_m, squeeze=s.narrow)
    wide("pelvis", (back - 0.1 * s.rump_m, rump_y, 0), s.rump_m, (back + 0.5 * s.rump_m, rump_y, 0), s.rump_m)
    wide("loin", (back + 0.5 * s.rump_m, rump_y, 0), s.loin_m, (0.0, middle_y, 0), s.belly_m)
    wide("chest", (0.0, middle_y, 0), s.belly_m, (front - 0.4 * s.chest_m, chest_y, 0), s.chest_m)
    wide(
        "chest",
        (front - 0.3 * s.chest_m, chest_y - 0.1 * s.chest_m, 0),
        0.86 * s.chest_m,
        (front + 0.25 * s.chest_m, chest_y, 0),
        0.66 * s.chest_m,
    )


def _fore_legs(builder: PlanBuilder, s: QuadrupedShape) -> None:
    joints = HOOFED_FORE if s.hoofed else PAWED_FORE
    x, h = _shoulder_x(s), s.shoulder_m
    z = 0.52 * s.chest_m * s.narrow
    top: Point = (x - 0.10 * h, 0.90 * h, 0.6 * z)
    at: list[Point] = [(x + dx * h, y * h, z) for dx, y in joints]
    builder.bone("shoulder", "chest", top, at[0], BodyPart.SHOULDER, paired=True)
    builder.bone("upper_arm", "*shoulder", at[0], at[1], BodyPart.SHOULDER, paired=True)
    builder.bone("forearm", "*upper_arm", at[1], at[2], BodyPart.FORE_LEG, paired=True)
    builder.bone("fore_foot", "*forearm", at[2], at[3], BodyPart.FORE_LEG, paired=True)
    builder.bone("fore_toes", "*fore_foot", at[3], at[4], BodyPart.PAW, paired=True)
    a, c = s.arm_m, s.cannon_m
    builder.add("shoulder", top, 0.6 * a, at[0], 0.9 * a, blend_m=0.5 * a, squeeze=0.7)
    builder.add("upper_arm", at[0], 0.95 * a, at[1], 0.75 * a, blend_m=0.5 * a, squeeze=0.8)
    builder.add("forearm", at[1], 0.66 * a, at[2], 1.25 * c, blend_m=0.35 * a)
    builder.add("fore_foot", at[2], 1.25 * c, at[3], 1.02 * c, blend_m=0.2 * c)
    _foot(builder, s, "fore", at[3], at[4])


def _hind_legs(builder: PlanBuilder, s: QuadrupedShape) -> None:
    joints = HOOFED_HIND if s.hoofed else PAWED_HIND
    hip, h = _hip(s), s.hip_m
    z = 0.60 * s.rump_m * s.narrow
    at: list[Point] = [(hip[0] + dx * h, y * h, z) for dx, y in joints]
    builder.bone("thigh", "pelvis", hip, at[0], BodyPart.HIND_LEG, paired=True)
    builder.bone("shank", "*thigh", at[0], at[1], BodyPart.HIND_LEG, paired=True)
    builder.bone("hind_foot", "*shank", at[1], at[2], BodyPart.HIND_LEG, paired=True)
    builder.bone("hind_toes", "*hind_foot", at[2], at[3], BodyPart.PAW, paired=True)
    t, c = s.thigh_m, s.cannon_m
    behind = (hip[0] - 0.35 * t, hip[1] - 0.15 * t, 0.8 * z)
    builder.add("thigh", hip, t, at[0], 0.66 * t, blend_m=0.5 * t, squeeze=0.75)
    builder.add(
        "thigh", behind, 0.75 * t, (at[0][0] - 0.7 * t, at[0][1], z), 0.42 * t, blend_m=0.5 * t, squeeze=0.75
    )
    builder.add("shank", at[0], 0.56 * t, at[1], 1.35 * c, blend_m=0.35 * t)
    builder.add("hind_foot", at[1], 1.35 * c, at[2], 1.02 * c, blend_m=0.2 * c)
    _foot(builder, s, "hind", at[2], at[3])


def _foot(builder: PlanBuilder, s: QuadrupedShape, which: str, root: Point, tip: Point) -> None:
    c = s.cannon_m
    if not s.hoofed:
        paw = 1.15 * c
        middle = (0.5 * (root[0] + tip[0]), paw, root[2])
        builder.add(f"{which}_toes", (root[0], root[1], root[2]), 1.02 * c, middle, paw, blend_m=0.4 * c)
        for side in (-0.7, 0.0, 0.7):
            end = (tip[0] - 0.25 * abs(side) * c, 0.72 * c, root[2] + side * c)
            builder.add(f"{which}_toes", middle, 0.7 * c, end, 0.70 * c, blend_m=0.25 * c, detail=1)
        return
    builder.add(
        f"{which}_toes",
        root,
        1.05 * c,
        (0.5 * (root[0] + tip[0]), 0.5 * root[1], root[2]),
        0.9 * c,
        blend_m=0.2 * c,
    )
    for side in (-0.55, 0.55):  # the two halves of a hoof
        start = (0.55 * root[0] + 0.45 * tip[0], 0.45 * root[1] + 0.2 * c, root[2] + 0.6 * side * c)
        end = (tip[0] + 0.2 * c, 0.75 * c, root[2] + side * c)
        builder.add(
            f"{which}_toes", start, 0.75 * c, end, 0.72 * c, blend_m=0.15 * c, detail=1, feature=Feature.CLAW
        )


def _tail(builder: PlanBuilder, s: QuadrupedShape) -> None:
    x, y = -0.5 * s.trunk_m - 0.85 * s.rump_m, s.hip_m + 0.55 * s.rump_m
    step = s.tail_m / TAIL_BONES
    parent = "pelvis"
    for i, angle in enumerate((-50.0, -66.0, -76.0)):
        end = (x - step * math.cos(math.radians(angle)), y + step * math.sin(math.radians(angle)), 0.0)
        builder.bone(f"tail{i}", parent, (x, y, 0.0), end, BodyPart.TAIL)
        thin = (
            (1.0 - 0.2 * i, 0.8 - 0.2 * i)
            if s.tail_m < 0.15 or s.tail_girth_m < 0.02
            else (1.0, 1.0 - 0.12 * i)
        )
        builder.add(
            f"tail{i}",
            (x, y, 0.0),
            thin[0] * s.tail_girth_m,
            end,
            thin[1] * s.tail_girth_m,
            blend_m=0.6 * s.tail_girth_m,
        )
        x, y, parent = end[0], end[1], f"tail{i}"


def _neck_and_head(builder: PlanBuilder, s: QuadrupedShape) -> None:
    root: Point = (_shoulder_x(s) + 0.15 * s.chest_m, s.shoulder_m - 0.9 * s.chest_m, 0.0)
    joint: Point = (_shoulder_x(s) + s.neck_end[0], s.shoulder_m + s.neck_end[1], 0.0)
    middle: Point = (0.55 * root[0] + 0.45 * joint[0], 0.5 * (root[1] + joint[1]), 0.0)
    builder.bone("neck", "chest", root, middle, BodyPart.NECK)
    builder.bone("nape", "neck", middle, joint, BodyPart.NECK)
    between = 0.5 * (s.neck_root_m + s.neck_top_m)
    builder.add("neck", root, s.neck_root_m, middle, between, blend_m=0.5 * s.neck_root_m, squeeze=0.8)
    builder.add("nape", middle, between, joint, s.neck_top_m, blend_m=0.3 * s.neck_top_m, squeeze=0.85)
    _Head(builder, s, joint).build()


class _Head:
    """Head of a deer, boar or small carnivore: skull, snout, eyes, ears, and what grows on it."""

    def __init__(self, builder: PlanBuilder, shape: QuadrupedShape, joint: Point) -> None:
        self.builder, self.s, self.joint = builder, shape, joint

    def at(self, forward: float, up: float, right: float = 0.0) -> Point:
        """Point in shares of the head's length, along its slope."""
        c, d, m = math.cos(self.s.head_down), math.sin(self.s.head_down), self.s.head_m
        return (
            self.joint[0] + m * (forward * c + up * d),
            self.joint[1] + m * (up * c - forward * d),
            m * right,
        )

    def build(self) -> None:
        """Add all of it."""
        s, at, add = self.s, self.at, self.builder.add
        r = s.skull_m / s.head_m
        self.builder.bone("head", "nape", at(0, 0), at(1, 0), BodyPart.HEAD)
        add(
            "head",
            at(0.16, 0.12 * r),
            s.skull_m,
            at(0.40, 0.0),
            0.86 * s.skull_m,
            blend_m=0.4 * s.skull_m,
            squeeze=0.86,
            detail=1,
        )
        add(
            "head",
            at(0.38, -0.02),
            0.80 * s.skull_m,
            at(0.90, -0.04),
            s.snout_m,
            blend_m=0.4 * s.skull_m,
            squeeze=0.85,
            detail=1,
        )
        add(
            "head",
            at(0.22, -0.55 * r),
            0.6 * s.skull_m,
            at(0.82, -0.13),
            0.62 * s.snout_m,
            blend_m=0.3 * s.skull_m,
            detail=1,
        )
        end = 1.0 if not s.tusks and s.snout_m < 0.04 else 0.94
        add(
            "head",
            at(end - 0.05, 0.02),
            0.62 * s.snout_m,
            at(end, 0.0),
            0.55 * s.snout_m,
            blend_m=0.2 * s.snout_m,
            squeeze=1.3,
            detail=1,
            feature=Feature.NOSE,
        )
        self._eyes(r)
        self._ears(r)
        if s.antler_m > 0.0:
            self._antlers(r)
        if s.tusks:
            for up, ahead in ((-0.02, 0.80), (0.06, 0.82)):
                add(
                    "head",
                    at(0.76, -0.10, 0.09),
                    0.010,
                    at(ahead, up, 0.115),
                    0.005,
                    blend_m=0.004,
                    paired=True,
                    detail=1,
                    feature=Feature.HORN,
                )

    def _eyes(self, r: float) -> None:
        size = max(0.0085, 0.17 * self.s.skull_m)
        self.builder.add(
            "head",
            self.at(0.42, 0.42 * r, 0.62 * r),
            size,
            blend_m=0.2 * size,
            paired=True,
            detail=2,
            feature=Feature.EYE,
        )

    def _ears(self, r: float) -> None:
        s = self.s
        m, half = s.ear_m / s.head_m, 0.5 * s.ear_breadth * s.ear_m
        base = self.at(0.10, 0.62 * r, 0.52 * r)
        tip = self.at(0.10 - 0.35 * m, 0.62 * r + 0.75 * m, 0.52 * r + 0.55 * m)
        middle = tuple(0.5 * (p + q) for p, q in zip(base, tip, strict=True))
        mid: Point = (middle[0], middle[1], middle[2])
        axis = (0.85, 0.1, 0.5)
        self.builder.bone("ear", "head", base, tip, BodyPart.EAR, paired=True)
        flat = partial(self.builder.add, squeeze=0.36, squeeze_axis=axis, detail=1)
        flat("ear", base, 0.7 * half, mid, half, blend_m=0.3 * half)
        flat("ear", mid, half, tip, 0.42 * half, blend_m=0.15 * half)
        ahead: Point = (mid[0] + 0.42 * half, mid[1], mid[2] + 0.25 * half)
        self.builder.add(
            "ear",
            ahead,
            0.66 * half,
            blend_m=0.2 * half,
            squeeze=0.5,
            squeeze_axis=axis,
            carve=True,
            detail=1,
            feature=Feature.EAR_INSIDE,
        )

    def _antlers(self, r: float) -> None:
        """A beam with tines; a roe's are short and steep."""
        length = self.s.antler_m
        root = self.at(0.16, 0.9 * r, 0.28 * r)
        knots: list[Point] = [root]
        for back, up, out in ((-0.16, 0.34, 0.22), (-0.20, 0.70, 0.36), (-0.06, 1.0, 0.36)):
            knots.append((root[0] + back * length, root[1] + up * length, root[2] + out * length))
        thick = 0.030 * length + 0.004
        for i, (a, b) in enumerate(pairwise(knots)):
            self._tine(a, b, thick * (1 - 0.22 * i), thick * (0.78 - 0.22 * i))
        for a, ahead, up in ((knots[0], 0.26, 0.16), (knots[1], 0.24, 0.18), (knots[2], -0.16, 0.22)):
            self._tine(
                a,
                (a[0] + ahead * length, a[1] + up * length, a[2] + 0.04 * length),
                0.75 * thick,
                0.3 * thick,
            )

    def _tine(self, a: Point, b: Point, thick_m: float, thin_m: float) -> None:
        self.builder.add(
            "head", a, thick_m, b, thin_m, blend_m=0.004, paired=True, detail=1, feature=Feature.HORN
        )
