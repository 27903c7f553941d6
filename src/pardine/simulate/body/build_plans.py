"""Which plan a body is built from."""

from __future__ import annotations

from pardine.simulate.body.cat_shapes import cat_shape
from pardine.simulate.body.cats import cat_plan
from pardine.simulate.body.plan import BodyPlan, scaled
from pardine.simulate.body.vocabulary import CATS, AgeClass, Sex, Species


def body_plan(species: Species, sex: Sex, age_class: AgeClass, *, size: float = 1.0) -> BodyPlan:
    """Body plan of an animal of one species, sex and age, scaled by its size."""
    if species in CATS:
        return scaled(cat_plan(cat_shape(species, sex, age_class)), size)
    raise ValueError(f"no body of {species} can be built")
