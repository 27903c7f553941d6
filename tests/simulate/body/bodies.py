"""Bodies that several tests look at, built once: coarser than those photographed, to be quick."""

from functools import cache

from pardine.simulate.body.surface import build_body
from pardine.simulate.body.vocabulary import AgeClass, Sex, Species

CELL_M = 0.012


@cache
def body_of(species=Species.LEOPARD, sex=Sex.MALE, age_class=AgeClass.ADULT, cell_m=None):
    shrink = {Species.BADGER: 0.7, Species.RACCOON_DOG: 0.7, Species.HARE: 0.6, Species.PHEASANT: 0.45}
    spacing = CELL_M * shrink.get(species, 1.0) * (0.6 if age_class is AgeClass.CUB else 1.0)
    return build_body(species, sex, age_class, cell_m=cell_m or spacing)
