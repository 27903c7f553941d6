"""Measures of other four-legged animals that trigger cameras, in metres, as tables."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pardine.simulate.body.vocabulary import AgeClass, Sex, Species


@dataclass(frozen=True, kw_only=True)
class QuadrupedShape:
    """Measures of an adult (m).

    Attributes
    ----------
    hip_m, shoulder_m
        Heights of the hip joint and of the withers.
    trunk_m
        From hip joint to shoulder.
    rump_m, loin_m, chest_m, belly_m
        Radii of the trunk; `narrow` is its breadth over its depth.
    thigh_m, arm_m, cannon_m
        Radii of thigh, upper arm, and the thin lower leg.
    neck_end, neck_root_m, neck_top_m
        Joint of neck and head from the withers (forward, up); radii of the neck.
    head_m, skull_m, snout_m, head_down
        Length of the head, radii of skull and snout, and its slope.
    ear_m, ear_breadth
        Length of an ear, its breadth over its length.
    tail_m, tail_girth_m
        Length and radius of the tail.
    hoofed
        Walks on hooves, not paws.
    antler_m, tusks
        Length of antlers, 0 for none.
    fur_m
        Length of hair on the flank.
    """

    hip_m: float
    shoulder_m: float
    trunk_m: float
    rump_m: float
    loin_m: float
    chest_m: float
    belly_m: float
    narrow: float
    thigh_m: float
    arm_m: float
    cannon_m: float
    neck_end: tuple[float, float]
    neck_root_m: float
    neck_top_m: float
    head_m: float
    skull_m: float
    snout_m: float
    head_down: float
    ear_m: float
    ear_breadth: float
    tail_m: float
    tail_girth_m: float
    hoofed: bool
    fur_m: float
    antler_m: float = 0.0
    tusks: bool = False
    size: float = 1.0


SIKA_DEER = QuadrupedShape(
    hip_m=0.78,
    shoulder_m=0.90,
    trunk_m=0.72,
    rump_m=0.150,
    loin_m=0.140,
    chest_m=0.165,
    belly_m=0.150,
    narrow=0.78,
    thigh_m=0.115,
    arm_m=0.080,
    cannon_m=0.0195,
    neck_end=(0.36, 0.30),
    neck_root_m=0.115,
    neck_top_m=0.066,
    head_m=0.27,
    skull_m=0.066,
    snout_m=0.034,
    head_down=0.50,
    ear_m=0.15,
    ear_breadth=0.40,
    tail_m=0.14,
    tail_girth_m=0.026,
    hoofed=True,
    fur_m=0.022,
)
ROE_DEER = replace(
    SIKA_DEER,
    hip_m=0.66,
    shoulder_m=0.70,
    trunk_m=0.54,
    rump_m=0.118,
    loin_m=0.108,
    chest_m=0.125,
    belly_m=0.112,
    thigh_m=0.088,
    arm_m=0.060,
    cannon_m=0.0150,
    neck_end=(0.26, 0.27),
    neck_root_m=0.080,
    neck_top_m=0.046,
    head_m=0.21,
    skull_m=0.052,
    snout_m=0.027,
    ear_m=0.135,
    tail_m=0.03,
    tail_girth_m=0.016,
)
WILD_BOAR = QuadrupedShape(
    hip_m=0.56,
    shoulder_m=0.80,
    trunk_m=0.78,
    rump_m=0.165,
    loin_m=0.190,
    chest_m=0.220,
    belly_m=0.205,
    narrow=0.68,
    thigh_m=0.135,
    arm_m=0.115,
    cannon_m=0.027,
    neck_end=(0.26, -0.20),
    neck_root_m=0.195,
    neck_top_m=0.140,
    head_m=0.42,
    skull_m=0.105,
    snout_m=0.045,
    head_down=0.48,
    ear_m=0.115,
    ear_breadth=0.62,
    tail_m=0.26,
    tail_girth_m=0.013,
    hoofed=True,
    fur_m=0.040,
    tusks=True,
)
BADGER = QuadrupedShape(
    hip_m=0.205,
    shoulder_m=0.27,
    trunk_m=0.40,
    rump_m=0.110,
    loin_m=0.118,
    chest_m=0.108,
    belly_m=0.115,
    narrow=1.06,
    thigh_m=0.062,
    arm_m=0.050,
    cannon_m=0.024,
    neck_end=(0.13, -0.045),
    neck_root_m=0.080,
    neck_top_m=0.058,
    head_m=0.155,
    skull_m=0.050,
    snout_m=0.019,
    head_down=0.30,
    ear_m=0.030,
    ear_breadth=0.85,
    tail_m=0.17,
    tail_girth_m=0.034,
    hoofed=False,
    fur_m=0.035,
)
RACCOON_DOG = replace(
    BADGER,
    hip_m=0.235,
    shoulder_m=0.32,
    trunk_m=0.34,
    rump_m=0.100,
    loin_m=0.105,
    chest_m=0.108,
    belly_m=0.105,
    narrow=0.95,
    thigh_m=0.050,
    arm_m=0.042,
    cannon_m=0.017,
    neck_end=(0.12, 0.015),
    neck_root_m=0.085,
    neck_top_m=0.066,
    head_m=0.135,
    skull_m=0.052,
    snout_m=0.016,
    ear_m=0.045,
    ear_breadth=0.75,
    tail_m=0.19,
    tail_girth_m=0.050,
    fur_m=0.050,
)
HARE = QuadrupedShape(
    hip_m=0.215,
    shoulder_m=0.235,
    trunk_m=0.29,
    rump_m=0.088,
    loin_m=0.080,
    chest_m=0.066,
    belly_m=0.072,
    narrow=0.88,
    thigh_m=0.066,
    arm_m=0.032,
    cannon_m=0.0125,
    neck_end=(0.10, 0.055),
    neck_root_m=0.052,
    neck_top_m=0.036,
    head_m=0.105,
    skull_m=0.034,
    snout_m=0.019,
    head_down=0.45,
    ear_m=0.125,
    ear_breadth=0.26,
    tail_m=0.06,
    tail_girth_m=0.022,
    hoofed=False,
    fur_m=0.022,
)
OF_SPECIES = {
    Species.SIKA_DEER: SIKA_DEER,
    Species.ROE_DEER: ROE_DEER,
    Species.WILD_BOAR: WILD_BOAR,
    Species.BADGER: BADGER,
    Species.RACCOON_DOG: RACCOON_DOG,
    Species.HARE: HARE,
}
ANTLERS_M = {Species.SIKA_DEER: 0.55, Species.ROE_DEER: 0.22}
FEMALE_SIZE = {Species.SIKA_DEER: 0.86, Species.WILD_BOAR: 0.85}
YOUNG_SIZE, YOUNG_HEAD = 0.55, 1.22
SUBADULT_SIZE = 0.85


def quadruped_shape(species: Species, sex: Sex, age_class: AgeClass) -> QuadrupedShape:
    """Measures of one kind; young are smaller with larger heads, without antlers or tusks."""
    shape = OF_SPECIES[species]
    adult = age_class is AgeClass.ADULT
    if sex is Sex.MALE and adult:
        shape = replace(shape, antler_m=ANTLERS_M.get(species, 0.0))
    else:
        shape = replace(shape, tusks=False)
    if sex is Sex.FEMALE:
        shape = replace(shape, size=FEMALE_SIZE.get(species, 0.97), neck_root_m=0.92 * shape.neck_root_m)
    if age_class is AgeClass.SUBADULT:
        return replace(shape, size=shape.size * SUBADULT_SIZE)
    if adult:
        return shape
    head = {name: YOUNG_HEAD * getattr(shape, name) for name in ("head_m", "skull_m", "ear_m")}
    return replace(shape, size=shape.size * YOUNG_SIZE, head_m=0.92 * head.pop("head_m"), **head)
