"""Which plan a body is built from."""

from __future__ import annotations

from pardine.simulate.body.birds import pheasant_plan
from pardine.simulate.body.cat_shapes import cat_shape
from pardine.simulate.body.cats import cat_plan
from pardine.simulate.body.person import person_plan
from pardine.simulate.body.plan import BodyPlan, scaled
from pardine.simulate.body.quadruped_shapes import quadruped_shape
from pardine.simulate.body.quadrupeds import quadruped_plan
from pardine.simulate.body.vocabulary import CATS, AgeClass, Sex, Species


def body_plan(species: Species, sex: Sex, age_class: AgeClass, *, size: float = 1.0) -> BodyPlan:
    """Body plan of an animal of one species, sex and age, scaled by its size."""
    if species in CATS:
        plan = cat_plan(cat_shape(species, sex, age_class))
    elif species is Species.PERSON:
        plan = person_plan(sex, age_class)
    elif species is Species.PHEASANT:
        plan = pheasant_plan(sex, age_class)
    else:
        plan = quadruped_plan(quadruped_shape(species, sex, age_class))
    return scaled(plan, size)
