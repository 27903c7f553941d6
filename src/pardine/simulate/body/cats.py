"""Body plan of a cat, from its proportions."""

from __future__ import annotations

import math
from functools import partial

import numpy as np

from pardine.simulate.body.cat_shapes import CatShape
from pardine.simulate.body.plan import BodyPlan, Leg, PlanBuilder, Point, scaled
from pardine.simulate.body.vocabulary import BodyPart, Feature

ELBOW_M = 0.38  # below it a leg stretches with its length, above it the trunk is only lifted
HEAD_JOINT: Point = (0.580, 0.658, 0.0)
SHOULDER_X_M, HIP_X_M = 0.36, -0.46
TAIL_BONES = 14
TAIL_M, LOWEST_TAIL_M = 0.86, 0.09
TAIL_SLOPES_DEG = (-18.0, -44.0, -57.0, -60.0, -52.0, -36.0, -14.0, 10.0, 30.0)  # hangs, and turns up
TAIL_GIRTHS_M = (0.037, 0.032, 0.030, 0.029, 0.0285, 0.0285, 0.028, 0.026, 0.019)
FUR_M = {
    BodyPart.FLANK: 0.026,
    BodyPart.SHOULDER: 0.022,
    BodyPart.HIND_LEG: 0.022,
    BodyPart.FORE_LEG: 0.015,
    BodyPart.NECK: 0.028,
    BodyPart.HEAD: 0.008,
    BodyPart.FOREHEAD: 0.008,
    BodyPart.EAR: 0.008,
    BodyPart.BELLY: 0.038,
    BodyPart.BACK: 0.024,
    BodyPart.TAIL: 0.026,
    BodyPart.PAW: 0.010,
}


def cat_plan(shape: CatShape) -> BodyPlan:
    """Body plan of a cat of these proportions."""
    builder = PlanBuilder()
    place = _Place(shape)
    _trunk(builder, place)
    _fore_legs(builder, place)
    _hind_legs(builder, place)
    _tail(builder, place)
    _neck(builder, place)
    _head(builder, place)
    _face(builder, place)
    _ears(builder, place)
    plan = BodyPlan(
        bones=tuple(builder.bones),
        volumes=tuple(builder.volumes),
        legs=CAT_LEGS,
        spine=("pelvis", "loin", "ribs", "chest"),
        neck=("neck", "nape"),
        head="head",
        tail=tuple(f"tail{i}" for i in range(TAIL_BONES)),
        cell_m=0.0062,
        fur_m={part: length * shape.fur for part, length in FUR_M.items()},
    )
    return scaled(plan, shape.size)


CAT_LEGS = (
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


class _Place:
    """Where points of the reference cat lie on a cat of other proportions."""

    def __init__(self, shape: CatShape) -> None:
        self.shape = shape

    def __call__(self, x: float, y: float, z: float = 0.0) -> Point:
        shape = self.shape
        lift = ELBOW_M * (shape.leg_length - 1.0)
        new_y = y * shape.leg_length if y < ELBOW_M else y + lift
        middle = min(max(x, HIP_X_M), SHOULDER_X_M)
        return (x - middle + middle * shape.trunk_length, new_y, z * (0.5 + 0.5 * shape.girth))

    def head(self, forward: float, up: float, right: float = 0.0) -> Point:
        """Point of the head, from the joint of the neck; the muzzle grows in front of the eyes."""
        joint, shape = self(*HEAD_JOINT), self.shape
        beyond = max(0.0, forward - 0.15)
        forward = min(forward, 0.15) + beyond * shape.muzzle_length
        return (joint[0] + forward * shape.head, joint[1] + up * shape.head, right * shape.head)


def _trunk(builder: PlanBuilder, at: _Place) -> None:
    g, b = at.shape.girth, at.shape.girth * at.shape.belly
    builder.bone("pelvis", None, at(-0.46, 0.575), at(-0.30, 0.565), BodyPart.FLANK)
    builder.bone("loin", "pelvis", at(-0.30, 0.565), at(-0.06, 0.555), BodyPart.FLANK)
    builder.bone("ribs", "loin", at(-0.06, 0.555), at(0.16, 0.555), BodyPart.FLANK)
    builder.bone("chest", "ribs", at(0.16, 0.555), at(0.36, 0.57), BodyPart.FLANK)
    builder.add("pelvis", at(-0.43, 0.545), 0.112 * g, at(-0.28, 0.545), 0.110 * g, squeeze=0.86)
    builder.add("loin", at(-0.28, 0.545), 0.108 * g, at(-0.06, 0.525), 0.122 * g, blend_m=0.06, squeeze=0.88)
    builder.add("loin", at(-0.20, 0.515), 0.088 * b, at(-0.02, 0.490), 0.112 * b, blend_m=0.06, squeeze=0.9)
    builder.add("ribs", at(-0.06, 0.520), 0.128 * g, at(0.14, 0.510), 0.142 * g, blend_m=0.06, squeeze=0.84)
    builder.add("chest", at(0.14, 0.510), 0.144 * g, at(0.30, 0.515), 0.128 * g, blend_m=0.06, squeeze=0.80)
    builder.add("chest", at(0.20, 0.47), 0.115 * g, at(0.34, 0.485), 0.100 * g, blend_m=0.06, squeeze=0.82)
    builder.add("chest", at(0.24, 0.60), 0.062 * g, at(0.36, 0.60), 0.070 * g, blend_m=0.07)  # withers


def _fore_legs(builder: PlanBuilder, at: _Place) -> None:
    k, p = at.shape.leg_girth, at.shape.paw
    builder.bone(
        "shoulder", "chest", at(0.27, 0.635, 0.045), at(0.385, 0.475, 0.082), BodyPart.SHOULDER, paired=True
    )
    builder.bone(
        "upper_arm",
        "*shoulder",
        at(0.385, 0.475, 0.082),
        at(0.275, 0.355, 0.092),
        BodyPart.SHOULDER,
        paired=True,
    )
    builder.bone(
        "forearm",
        "*upper_arm",
        at(0.275, 0.355, 0.092),
        at(0.315, 0.118, 0.078),
        BodyPart.FORE_LEG,
        paired=True,
    )
    builder.bone(
        "fore_foot",
        "*forearm",
        at(0.315, 0.118, 0.078),
        at(0.350, 0.042, 0.078),
        BodyPart.FORE_LEG,
        paired=True,
    )
    builder.bone(
        "fore_toes", "*fore_foot", at(0.350, 0.042, 0.078), at(0.425, 0.020, 0.078), BodyPart.PAW, paired=True
    )
    builder.add(
        "shoulder",
        at(0.27, 0.61, 0.058),
        0.042 * k,
        at(0.37, 0.49, 0.078),
        0.066 * k,
        blend_m=0.05,
        squeeze=0.8,
    )
    builder.add(
        "upper_arm",
        at(0.355, 0.47, 0.080),
        0.074 * k,
        at(0.285, 0.375, 0.086),
        0.060 * k,
        blend_m=0.05,
        squeeze=0.85,
    )
    builder.add(
        "upper_arm",
        at(0.27, 0.46, 0.078),
        0.055 * k,
        at(0.262, 0.365, 0.088),
        0.040 * k,
        blend_m=0.04,
        squeeze=0.85,
    )
    builder.add("forearm", at(0.280, 0.35, 0.090), 0.053 * k, at(0.306, 0.22, 0.083), 0.040 * k, blend_m=0.03)
    builder.add(
        "forearm", at(0.306, 0.22, 0.083), 0.040 * k, at(0.316, 0.12, 0.078), 0.033 * k, blend_m=0.004
    )
    builder.add(
        "fore_foot", at(0.316, 0.12, 0.078), 0.033 * k, at(0.345, 0.055, 0.078), 0.034 * p, blend_m=0.006
    )
    _paw(builder, at, "fore", x_m=0.350, z_m=0.078, girth=p)


def _hind_legs(builder: PlanBuilder, at: _Place) -> None:
    k, p = at.shape.leg_girth, at.shape.paw
    builder.bone(
        "thigh", "pelvis", at(-0.395, 0.535, 0.062), at(-0.262, 0.365, 0.088), BodyPart.HIND_LEG, paired=True
    )
    builder.bone(
        "shank", "*thigh", at(-0.262, 0.365, 0.088), at(-0.470, 0.190, 0.080), BodyPart.HIND_LEG, paired=True
    )
    builder.bone(
        "hind_foot",
        "*shank",
        at(-0.470, 0.190, 0.080),
        at(-0.440, 0.042, 0.078),
        BodyPart.HIND_LEG,
        paired=True,
    )
    builder.bone(
        "hind_toes",
        "*hind_foot",
        at(-0.440, 0.042, 0.078),
        at(-0.365, 0.020, 0.078),
        BodyPart.PAW,
        paired=True,
    )
    builder.add(
        "thigh",
        at(-0.41, 0.530, 0.060),
        0.098 * k,
        at(-0.305, 0.400, 0.080),
        0.076 * k,
        blend_m=0.05,
        squeeze=0.72,
    )
    builder.add(
        "thigh",
        at(-0.46, 0.500, 0.055),
        0.072 * k,
        at(-0.40, 0.355, 0.080),
        0.052 * k,
        blend_m=0.05,
        squeeze=0.75,
    )
    builder.add(
        "thigh",
        at(-0.31, 0.43, 0.075),
        0.062 * k,
        at(-0.275, 0.365, 0.086),
        0.058 * k,
        blend_m=0.05,
        squeeze=0.75,
    )
    builder.add(
        "shank", at(-0.285, 0.360, 0.086), 0.058 * k, at(-0.385, 0.270, 0.084), 0.043 * k, blend_m=0.03
    )
    builder.add(
        "shank", at(-0.385, 0.270, 0.084), 0.043 * k, at(-0.463, 0.195, 0.080), 0.030 * k, blend_m=0.005
    )
    builder.add(
        "shank", at(-0.41, 0.33, 0.082), 0.030 * k, at(-0.480, 0.205, 0.080), 0.018 * k, blend_m=0.035
    )
    builder.add(
        "hind_foot", at(-0.466, 0.190, 0.080), 0.0305 * k, at(-0.452, 0.11, 0.079), 0.0285 * k, blend_m=0.008
    )
    builder.add(
        "hind_foot", at(-0.452, 0.11, 0.079), 0.0285 * k, at(-0.440, 0.055, 0.078), 0.032 * p, blend_m=0.006
    )
    _paw(builder, at, "hind", x_m=-0.440, z_m=0.078, girth=0.94 * p)


def _paw(builder: PlanBuilder, at: _Place, which: str, *, x_m: float, z_m: float, girth: float) -> None:
    """A broad paw: the ball of the foot, and four toes that show from the front."""
    p = girth
    x, _, z = at(x_m, 0.040, z_m)
    builder.add(
        f"{which}_toes",
        (x - 0.004, 0.036 * p, z),
        0.033 * p,
        (x + 0.040 * p, 0.031 * p, z),
        0.028 * p,
        blend_m=0.02,
        squeeze=1.22,
        detail=1,
    )
    for side, ahead in ((-0.032, 0.052), (-0.011, 0.068), (0.011, 0.068), (0.032, 0.050)):
        toe = (x + ahead * p, 0.0215 * p, z + side * p)
        root = (x + (ahead - 0.034) * p, 0.036 * p, z + 0.75 * side * p)
        builder.add(f"{which}_toes", root, 0.017 * p, toe, 0.0195 * p, blend_m=0.006, detail=1)


def _tail(builder: PlanBuilder, at: _Place) -> None:
    """A tail that hangs, and turns up at its end."""
    shape = at.shape
    x, y, _ = at(-0.495, 0.575)
    step = TAIL_M * shape.tail_length / TAIL_BONES
    along = np.linspace(0.0, 1.0, TAIL_BONES + 1)
    angles = np.interp(
        along[:-1] + 0.5 / TAIL_BONES, np.linspace(0, 1, len(TAIL_SLOPES_DEG)), TAIL_SLOPES_DEG
    )
    while y + step * np.sin(np.radians(angles)).cumsum().min() < LOWEST_TAIL_M:
        angles *= 0.96  # a long tail on short legs is carried higher
    girths = np.interp(along, np.linspace(0, 1, len(TAIL_GIRTHS_M)), TAIL_GIRTHS_M).tolist()
    parent = "pelvis"
    for i, angle in enumerate(angles.tolist()):
        end = (x - step * math.cos(math.radians(angle)), y + step * math.sin(math.radians(angle)), 0.0)
        builder.bone(f"tail{i}", parent, (x, y, 0.0), end, BodyPart.TAIL)
        fat = shape.tail_girth * (1.0 if i else 0.6 + 0.4 / shape.tail_girth)
        builder.add(
            f"tail{i}",
            (x, y, 0.0),
            girths[i] * fat,
            end,
            girths[i + 1] * shape.tail_girth,
            blend_m=0.03 if i == 0 else 0.004,
        )
        x, y, parent = end[0], end[1], f"tail{i}"


def _neck(builder: PlanBuilder, at: _Place) -> None:
    n = at.shape.neck_girth
    builder.bone("neck", "chest", at(0.36, 0.57), at(0.475, 0.620), BodyPart.NECK)
    builder.bone("nape", "neck", at(0.475, 0.620), at(*HEAD_JOINT), BodyPart.NECK)
    builder.add("neck", at(0.33, 0.535), 0.118 * n, at(0.47, 0.600), 0.098 * n, blend_m=0.06, squeeze=0.86)
    builder.add("nape", at(0.47, 0.600), 0.098 * n, at(0.58, 0.650), 0.083 * n, blend_m=0.05, squeeze=0.92)


class _HeadVolumes:
    """Adds volumes to the head, in metres on the reference cat."""

    def __init__(self, builder: PlanBuilder, at: _Place, bone: str = "head") -> None:
        self.builder, self.at, self.bone = builder, at, bone

    def __call__(
        self,
        a: tuple[float, float, float],
        radius_a: float,
        b: tuple[float, float, float] | None = None,
        radius_b: float | None = None,
        *,
        blend: float = 0.02,
        paired: bool = True,
        squeeze: float = 1.0,
        squeeze_axis: Point = (0.0, 0.0, 1.0),
        carve: bool = False,
        detail: int = 1,
        feature: Feature = Feature.FUR,
    ) -> None:
        h = self.at.shape.head
        self.builder.add(
            self.bone,
            self.at.head(*a),
            radius_a * h,
            None if b is None else self.at.head(*b),
            None if radius_b is None else radius_b * h,
            blend_m=blend * h,
            squeeze=squeeze,
            squeeze_axis=squeeze_axis,
            carve=carve,
            detail=detail,
            feature=feature,
            paired=paired,
        )


def _head(builder: PlanBuilder, at: _Place) -> None:
    f, c, m = at.shape.forehead, at.shape.cheek, at.shape.muzzle_girth
    builder.bone("head", "nape", at.head(0.0, 0.0), at.head(0.235, -0.02), BodyPart.HEAD)
    add = _HeadVolumes(builder, at)
    add((0.045, 0.010, 0), 0.072 * f, (0.102, 0.014, 0), 0.065 * f, blend=0.04, paired=False)
    add((0.078, -0.020, 0.040), 0.052 * c, (0.122, -0.026, 0.033), 0.037 * c, blend=0.025)  # cheeks
    add((0.060, -0.045, 0.030), 0.046 * c, blend=0.03)  # ruff
    add((0.125, -0.018, 0), 0.046 * m, (0.186, -0.026, 0), 0.034 * m, blend=0.025, paired=False, squeeze=1.08)
    add((0.112, 0.032, 0), 0.025, (0.206, 0.000, 0), 0.0165, blend=0.02, paired=False, squeeze=1.3)
    add((0.100, 0.046, 0.028), 0.022, (0.138, 0.041, 0.037), 0.012, blend=0.016)  # brow


def _face(builder: PlanBuilder, at: _Place) -> None:
    """Whisker pads, chin, mouth, nose and eyes: what makes a cat from in front."""
    m, e = at.shape.muzzle_girth, at.shape.eye
    add = _HeadVolumes(builder, at)
    add((0.196, -0.032, 0.0195 * m), 0.0235 * m, blend=0.007)
    add((0.170, -0.031, 0.028 * m), 0.0215 * m, blend=0.014)
    add(
        (0.148, -0.058, 0), 0.027 * m, (0.190, -0.060, 0), 0.0185 * m, blend=0.010, paired=False, squeeze=1.15
    )
    groove = partial(add, blend=0.003, carve=True, detail=2, feature=Feature.MOUTH)
    groove((0.218, -0.053, 0), 0.0020, (0.196, -0.0555, 0.030 * m), 0.0026)
    groove((0.196, -0.0555, 0.030 * m), 0.0026, (0.158, -0.047, 0.0475 * m), 0.0030)
    groove((0.2190, -0.022, 0), 0.0016, (0.2165, -0.048, 0), 0.0016, paired=False)
    add(
        (0.2160, -0.003, 0),
        0.0125,
        (0.2185, -0.011, 0),
        0.0090,
        blend=0.003,
        paired=False,
        squeeze=1.55,
        detail=2,
        feature=Feature.NOSE,
    )
    groove((0.2290, -0.0085, 0.0085), 0.0030, blend=0.002)
    add((0.166, 0.0265, 0.0480), 0.0165 * e, blend=0.012, carve=True, detail=2)
    add((0.1450, 0.0240, 0.0385), 0.0145 * e, blend=0.0012, detail=2, feature=Feature.EYE)
    lid = partial(add, blend=0.0025, detail=2, feature=Feature.EYELID)
    lid((0.1605, 0.0290, 0.0290), 0.0026 * e, (0.1500, 0.0375, 0.0430), 0.0034 * e)
    lid((0.1500, 0.0375, 0.0430), 0.0034 * e, (0.1410, 0.0330, 0.0545), 0.0026 * e)
    lid((0.1620, 0.0200, 0.0285), 0.0022 * e, (0.1560, 0.0115, 0.0415), 0.0026 * e)
    lid((0.1560, 0.0115, 0.0415), 0.0026 * e, (0.1440, 0.0185, 0.0540), 0.0022 * e)


def _ears(builder: PlanBuilder, at: _Place) -> None:
    e = at.shape.ear
    axis = (0.80, 0.12, 0.55)
    builder.bone(
        "ear", "head", at.head(0.038, 0.060, 0.056), at.head(0.030, 0.092, 0.072), BodyPart.EAR, paired=True
    )
    add = _HeadVolumes(builder, at, "ear")
    add(
        (0.037, 0.066, 0.058),
        0.028 * e,
        (0.031, 0.079, 0.065),
        0.0275 * e,
        blend=0.014,
        squeeze=0.40,
        squeeze_axis=axis,
    )
    add(
        (0.050, 0.070, 0.068),
        0.0185 * e,
        (0.044, 0.081, 0.074),
        0.0190 * e,
        blend=0.006,
        squeeze=0.48,
        squeeze_axis=axis,
        carve=True,
        feature=Feature.EAR_INSIDE,
    )
