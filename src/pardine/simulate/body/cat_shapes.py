"""Proportions of cats: leopard, snow leopard and tiger, by sex and age, as tables of factors.

The reference is a lean male leopard: 66 cm at the shoulder, about 1.25 m from nose to root of the
tail. Factors are over its measures; the Amur leopard is stockier than it. Sizes follow field guides;
what changes with age follows photographs of known animals: a cub has a large head, short thick legs
and a short tail.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from pardine.simulate.body.vocabulary import AgeClass, Sex, Species


@dataclass(frozen=True, kw_only=True)
class CatShape:
    """Factors over the reference cat; `size` multiplies everything at the end."""

    size: float = 1.0
    leg_length: float = 1.0
    leg_girth: float = 1.0
    paw: float = 1.0
    trunk_length: float = 1.0
    girth: float = 1.0
    belly: float = 1.0
    neck_girth: float = 1.0
    head: float = 1.0
    muzzle_length: float = 1.0
    muzzle_girth: float = 1.0
    forehead: float = 1.0
    cheek: float = 1.0
    ear: float = 1.0
    eye: float = 1.0
    tail_length: float = 1.0
    tail_girth: float = 1.0
    fur: float = 1.0


LEOPARD = CatShape(
    leg_length=0.96, leg_girth=1.09, paw=1.06, neck_girth=1.07, head=1.06, belly=1.03, tail_girth=1.06
)
SNOW_LEOPARD = CatShape(
    size=0.93,
    leg_length=0.88,
    leg_girth=1.12,
    paw=1.2,
    girth=1.04,
    belly=1.10,
    neck_girth=1.0,
    head=1.0,
    muzzle_length=0.86,
    muzzle_girth=1.0,
    forehead=1.08,
    cheek=1.05,
    ear=0.88,
    tail_length=1.12,
    tail_girth=1.62,
    fur=1.8,
)
TIGER = CatShape(
    size=1.40,
    leg_length=0.98,
    leg_girth=1.10,
    paw=1.05,
    trunk_length=1.06,
    girth=1.03,
    neck_girth=1.08,
    head=1.02,
    muzzle_length=1.10,
    muzzle_girth=1.14,
    forehead=0.96,
    cheek=1.16,
    ear=0.86,
    eye=0.88,
    tail_length=0.92,
    tail_girth=0.88,
    fur=1.0,
)
OF_SPECIES = {Species.LEOPARD: LEOPARD, Species.SNOW_LEOPARD: SNOW_LEOPARD, Species.TIGER: TIGER}

# multiplied field by field; what is not named stays 1
OF_SEX = {
    Sex.MALE: CatShape(),
    Sex.FEMALE: CatShape(
        size=0.87, head=0.95, neck_girth=0.90, cheek=0.94, muzzle_girth=0.95, leg_girth=0.95, paw=0.95
    ),
}
OF_AGE = {
    AgeClass.ADULT: CatShape(),
    AgeClass.SUBADULT: CatShape(
        size=0.92, leg_length=1.03, girth=0.93, belly=0.92, neck_girth=0.90, head=1.02, cheek=0.92, ear=1.06
    ),
    AgeClass.CUB: CatShape(
        size=0.56,
        leg_length=0.90,
        leg_girth=1.14,
        paw=1.18,
        trunk_length=0.93,
        girth=0.98,
        belly=1.06,
        neck_girth=0.98,
        head=1.32,
        muzzle_length=0.78,
        muzzle_girth=0.94,
        forehead=1.06,
        cheek=0.96,
        ear=1.12,
        eye=1.08,
        tail_length=0.86,
        tail_girth=1.08,
        fur=1.2,
    ),
}


def cat_shape(species: Species, sex: Sex, age_class: AgeClass) -> CatShape:
    """Proportions of one kind of cat: the factors of its species, sex and age multiplied."""
    shape = OF_SPECIES[species]
    for factors in (OF_SEX[sex], OF_AGE[age_class]):
        shape = replace(
            shape, **{name: getattr(shape, name) * value for name, value in vars(factors).items()}
        )
    return shape
