"""Body plan of a ground bird: a pheasant."""

from __future__ import annotations

from pardine.simulate.body.plan import BodyPlan, Leg, PlanBuilder, scaled
from pardine.simulate.body.vocabulary import AgeClass, BodyPart, Feature, Sex

SIZE = {AgeClass.ADULT: 1.0, AgeClass.SUBADULT: 0.85, AgeClass.CUB: 0.5}


def pheasant_plan(sex: Sex, age_class: AgeClass) -> BodyPlan:
    """Body plan of a pheasant; a hen is smaller, with half a cock's tail."""
    tail_m = 0.46 if sex is Sex.MALE else 0.22
    b = PlanBuilder()
    b.bone("pelvis", None, (-0.10, 0.215, 0), (0.0, 0.23, 0), BodyPart.FLANK)
    b.bone("chest", "pelvis", (0.0, 0.23, 0), (0.11, 0.26, 0), BodyPart.FLANK)
    b.add("pelvis", (-0.11, 0.215, 0), 0.062, (0.0, 0.225, 0), 0.082, blend_m=0.03, squeeze=0.92)
    b.add("chest", (0.0, 0.225, 0), 0.084, (0.085, 0.25, 0), 0.068, blend_m=0.03, squeeze=0.92)
    b.add(
        "pelvis",
        (-0.14, 0.22, 0.035),
        0.03,
        (0.05, 0.24, 0.062),
        0.05,
        blend_m=0.02,
        squeeze=0.5,
        paired=True,
    )
    b.bone("neck", "chest", (0.11, 0.27, 0), (0.145, 0.35, 0), BodyPart.NECK)
    b.bone("nape", "neck", (0.145, 0.35, 0), (0.155, 0.405, 0), BodyPart.NECK)
    b.add("neck", (0.10, 0.27, 0), 0.048, (0.145, 0.35, 0), 0.028, blend_m=0.03)
    b.add("nape", (0.145, 0.35, 0), 0.028, (0.155, 0.405, 0), 0.023, blend_m=0.005)
    b.bone("head", "nape", (0.155, 0.405, 0), (0.215, 0.42, 0), BodyPart.HEAD)
    b.add("head", (0.162, 0.418, 0), 0.0265, (0.178, 0.419, 0), 0.021, blend_m=0.01, squeeze=0.85, detail=1)
    b.add(
        "head",
        (0.188, 0.417, 0),
        0.011,
        (0.216, 0.408, 0),
        0.0035,
        blend_m=0.006,
        detail=1,
        feature=Feature.BEAK,
    )
    b.add("head", (0.178, 0.424, 0.014), 0.0062, blend_m=0.002, paired=True, detail=2, feature=Feature.EYE)
    for i in range(3):
        a = (-0.155 - i * tail_m / 3, 0.235 + 0.014 * i, 0.0)
        e = (-0.155 - (i + 1) * tail_m / 3, 0.235 + 0.014 * (i + 1), 0.0)
        b.bone(f"tail{i}", f"tail{i - 1}" if i else "pelvis", a, e, BodyPart.TAIL)
        b.add(
            f"tail{i}",
            a,
            0.036 - 0.007 * i,
            e,
            0.029 - 0.007 * i,
            blend_m=0.01,
            squeeze=0.35,
            squeeze_axis=(0, 1, 0),
        )
    knee, heel, toe_root, toe = (
        (-0.005, 0.17, 0.045),
        (-0.05, 0.095, 0.040),
        (-0.015, 0.018, 0.040),
        (0.045, 0.010, 0.040),
    )
    b.bone("thigh", "pelvis", (-0.045, 0.215, 0.045), knee, BodyPart.HIND_LEG, paired=True)
    b.bone("shank", "*thigh", knee, heel, BodyPart.HIND_LEG, paired=True)
    b.bone("foot", "*shank", heel, toe_root, BodyPart.HIND_LEG, paired=True)
    b.bone("toes", "*foot", toe_root, toe, BodyPart.PAW, paired=True)
    b.add("thigh", (-0.04, 0.20, 0.040), 0.042, knee, 0.030, blend_m=0.02)
    b.add("shank", knee, 0.028, heel, 0.010, blend_m=0.012)
    b.add("foot", heel, 0.0078, toe_root, 0.0075, blend_m=0.003, feature=Feature.BEAK)
    for side in (-0.022, 0.0, 0.022):
        b.add(
            "toes",
            toe_root,
            0.0078,
            (toe[0], 0.0068, toe[2] + side),
            0.0062,
            blend_m=0.003,
            detail=1,
            feature=Feature.BEAK,
        )
    leg = Leg(
        upper="thigh", lower="shank", foot="foot", toes="toes", girdle=None, knee_forward=True, phase=0.0
    )
    plan = BodyPlan(
        bones=tuple(b.bones),
        volumes=tuple(b.volumes),
        legs=(leg,),
        spine=("pelvis", "chest"),
        neck=("neck", "nape"),
        head="head",
        tail=("tail0", "tail1", "tail2"),
        cell_m=0.0036,
        fur_m=dict.fromkeys(BodyPart, 0.006),
    )
    return scaled(plan, SIZE[age_class] * (1.0 if sex is Sex.MALE else 0.85))
