"""Body plan of a person out of doors: boots, trousers, jacket, hat, perhaps a rucksack."""

from __future__ import annotations

from functools import partial

from pardine.simulate.body.plan import BodyPlan, Leg, PlanBuilder, scaled
from pardine.simulate.body.vocabulary import AgeClass, BodyPart, Feature, Sex

SIZE = {Sex.MALE: 1.0, Sex.FEMALE: 0.93}
AGE_SIZE = {AgeClass.ADULT: 1.0, AgeClass.SUBADULT: 0.92, AgeClass.CUB: 0.68}


def person_plan(sex: Sex, age_class: AgeClass) -> BodyPlan:
    """Body plan of a person of 1.75 m, smaller for women and children."""
    builder = PlanBuilder()
    _trunk(builder)
    _legs(builder)
    _arms(builder)
    _head(builder)
    legs = (
        Leg(
            upper="thigh", lower="shank", foot="foot", toes="toes", girdle=None, knee_forward=True, phase=0.0
        ),
    )
    plan = BodyPlan(
        bones=tuple(builder.bones),
        volumes=tuple(builder.volumes),
        legs=legs,
        spine=("pelvis", "waist", "chest"),
        neck=("neck",),
        head="head",
        tail=(),
        cell_m=0.011,
        upright=True,
    )
    return scaled(plan, SIZE[sex] * AGE_SIZE[age_class])


def _trunk(builder: PlanBuilder) -> None:
    builder.bone("pelvis", None, (0, 0.94, 0), (0, 1.06, 0), BodyPart.FLANK)
    builder.bone("waist", "pelvis", (0, 1.06, 0), (0, 1.24, 0), BodyPart.FLANK)
    builder.bone("chest", "waist", (0, 1.24, 0), (0, 1.46, 0), BodyPart.FLANK)
    jacket = partial(builder.add, feature=Feature.JACKET, squeeze=1.38, blend_m=0.05)
    jacket("pelvis", (-0.01, 0.92, 0), 0.118, (0, 1.04, 0), 0.118)
    jacket("waist", (0, 1.04, 0), 0.116, (0, 1.24, 0), 0.122)
    jacket("chest", (0, 1.24, 0), 0.124, (-0.01, 1.38, 0), 0.118)
    builder.add(
        "chest",
        (-0.01, 1.43, 0.10),
        0.062,
        (-0.01, 1.46, 0.04),
        0.06,
        blend_m=0.05,
        paired=True,
        feature=Feature.JACKET,
    )
    builder.add(
        "chest",
        (-0.17, 1.18, 0),
        0.10,
        (-0.17, 1.40, 0),
        0.095,
        blend_m=0.02,
        squeeze=1.35,
        feature=Feature.PACK,
    )


def _legs(builder: PlanBuilder) -> None:
    hip, knee, ankle, ball, tip = (
        (0, 0.91, 0.095),
        (0.02, 0.50, 0.095),
        (-0.02, 0.095, 0.095),
        (0.12, 0.035, 0.10),
        (0.19, 0.03, 0.10),
    )
    builder.bone("thigh", "pelvis", hip, knee, BodyPart.HIND_LEG, paired=True)
    builder.bone("shank", "*thigh", knee, ankle, BodyPart.HIND_LEG, paired=True)
    builder.bone("foot", "*shank", ankle, ball, BodyPart.PAW, paired=True)
    builder.bone("toes", "*foot", ball, tip, BodyPart.PAW, paired=True)
    builder.add("thigh", (0, 0.88, 0.09), 0.098, knee, 0.070, blend_m=0.03, feature=Feature.TROUSERS)
    builder.add("shank", knee, 0.070, (-0.02, 0.22, 0.095), 0.060, blend_m=0.01, feature=Feature.TROUSERS)
    builder.add(
        "shank", (-0.02, 0.26, 0.095), 0.054, (-0.02, 0.09, 0.095), 0.050, blend_m=0.01, feature=Feature.BOOT
    )
    builder.add("foot", (-0.055, 0.045, 0.095), 0.045, ball, 0.043, blend_m=0.02, feature=Feature.BOOT)
    builder.add(
        "toes", ball, 0.043, (0.185, 0.034, 0.10), 0.033, blend_m=0.01, feature=Feature.BOOT, squeeze=1.15
    )


def _arms(builder: PlanBuilder) -> None:
    shoulder, elbow, wrist, fingers = (
        (-0.01, 1.42, 0.195),
        (-0.05, 1.13, 0.245),
        (0.0, 0.89, 0.265),
        (0.02, 0.79, 0.26),
    )
    builder.bone("arm", "chest", shoulder, elbow, BodyPart.FORE_LEG, paired=True)
    builder.bone("lower_arm", "*arm", elbow, wrist, BodyPart.FORE_LEG, paired=True)
    builder.bone("hand", "*lower_arm", wrist, fingers, BodyPart.PAW, paired=True)
    builder.add("arm", shoulder, 0.066, elbow, 0.050, blend_m=0.03, feature=Feature.JACKET)
    builder.add("lower_arm", elbow, 0.050, wrist, 0.040, blend_m=0.008, feature=Feature.JACKET)
    builder.add(
        "hand",
        (0.005, 0.87, 0.265),
        0.036,
        (0.02, 0.81, 0.26),
        0.030,
        blend_m=0.008,
        squeeze=0.7,
        feature=Feature.SKIN,
        detail=1,
    )
    builder.add(
        "hand",
        (0.015, 0.86, 0.26),
        0.014,
        (0.05, 0.82, 0.25),
        0.011,
        blend_m=0.006,
        feature=Feature.SKIN,
        detail=1,
    )


def _head(builder: PlanBuilder) -> None:
    builder.bone("neck", "chest", (-0.01, 1.46, 0), (0.0, 1.55, 0), BodyPart.NECK)
    builder.bone("head", "neck", (0.0, 1.55, 0), (0.01, 1.74, 0), BodyPart.HEAD)
    skin = partial(builder.add, feature=Feature.SKIN, detail=1)
    builder.add("neck", (-0.01, 1.45, 0), 0.060, (0.005, 1.55, 0), 0.056, blend_m=0.02, feature=Feature.SKIN)
    skin("head", (-0.005, 1.645, 0), 0.086, (0.005, 1.66, 0), 0.088, blend_m=0.02, squeeze=0.88)
    skin("head", (0.045, 1.60, 0), 0.052, (0.060, 1.565, 0), 0.034, blend_m=0.03)
    skin("head", (0.088, 1.645, 0), 0.010, (0.102, 1.612, 0), 0.014, blend_m=0.012)
    builder.add(
        "head", (0.068, 1.648, 0.030), 0.0125, blend_m=0.004, paired=True, detail=2, feature=Feature.EYE
    )
    skin("head", (-0.005, 1.63, 0.082), 0.026, blend_m=0.008, squeeze=0.4, paired=True)
    builder.add(
        "head",
        (-0.005, 1.705, 0),
        0.092,
        (-0.01, 1.735, 0),
        0.078,
        blend_m=0.006,
        squeeze=0.92,
        feature=Feature.HAT,
    )
    builder.add(
        "head",
        (0.09, 1.692, 0),
        0.05,
        blend_m=0.01,
        squeeze=0.22,
        squeeze_axis=(0.2, 1.0, 0.0),
        feature=Feature.HAT,
    )
