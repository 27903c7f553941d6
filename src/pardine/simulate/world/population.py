"""Who lives there: sexes, ages, activity centres, mothers with cubs; and what a year does to them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pardine.base.randomness import stream
from pardine.estimate.statespace import StateSpace
from pardine.observe.capture import AgeClass, Sex
from pardine.reference.leopard import LITTER_SIZE_PROB
from pardine.simulate.captures import draw_centres
from pardine.simulate.world.scenario import DynamicsKeys, Scenario

Fate = Literal["lives", "died"]
_ADULT_FROM_YEARS = 3
_CUB_YEARS = 2
_TRIES = 50


@dataclass(frozen=True, kw_only=True)
class Animal:
    """One animal in one year.

    Attributes
    ----------
    code
        For life; a cub's is its mother's with a number.
    sex
        True, whatever is recorded.
    age_years
        Completed years: cubs 0 and 1, subadults 2, adults 3 and more.
    x_m, y_m
        Activity centre; a cub's is its mother's.
    mother
        Code of the mother that it goes with; empty for an independent animal.
    litters
        Litters that a female has had in the simulation.
    """

    code: str
    sex: Sex
    age_years: int
    x_m: float
    y_m: float
    mother: str = ""
    litters: int = 0

    @property
    def age_class(self) -> AgeClass:
        """Cub with its mother, subadult apart from her, or adult."""
        if self.mother:
            return "cub"
        return "subadult" if self.age_years < _ADULT_FROM_YEARS else "adult"


def draw_population(
    scenario: Scenario, habitat: StateSpace, suitability: NDArray[np.float64], seed: int
) -> list[Animal]:
    """Everybody of the first year: independent animals, and after each mother her cubs."""
    animals = scenario.animals
    density = animals.density_per_100km2 / 100.0 * relative_density(suitability, animals.habitat_exponent)
    centres = draw_centres(habitat, density, stream(seed, "activity centres"), n_animals=animals.n_animals)
    rng = stream(seed, "sex, age and cubs")
    litters = _litter_sizes(len(centres), rng)
    told = rng.random((len(centres), 3)) < (animals.female_prob, animals.subadult_prob, animals.mother_prob)
    rng = stream(seed, "ages in years")
    ages = np.minimum(_ADULT_FROM_YEARS + rng.geometric(0.15, len(centres)) - 1, 12)
    cub_ages = rng.integers(0, _CUB_YEARS, len(centres))
    living: list[Animal] = []
    for i, (female, subadult, mother) in enumerate(told.tolist()):
        animal = Animal(
            code=f"L{i + 1:02d}",
            sex="F" if female else "M",
            age_years=2 if subadult else int(ages[i]),
            x_m=float(centres[i, 0]),
            y_m=float(centres[i, 1]),
        )
        if female and not subadult and mother:
            living += with_litter(animal, int(litters[i]), int(cub_ages[i]), stream(seed, "cubs", i))
        else:
            living.append(animal)
    return living


def relative_density(suitability: NDArray[np.float64], exponent: float) -> NDArray[np.float64]:
    """(M,) density of each place over the mean of all."""
    powered = suitability**exponent
    return np.asarray(powered / powered.mean())


def next_year(
    living: list[Animal], dynamics: DynamicsKeys, habitat: StateSpace, year: int, seed: int
) -> list[Animal]:
    """Everybody of the following year: survivors a year older, grown cubs settled, new litters.

    Parameters
    ----------
    living
        Everybody of the year before.
    year
        Number of the new year, from 1.
    """
    rng = stream(seed, "year", year)
    survives = {
        "adult": dynamics.adult_survival_prob,
        "subadult": dynamics.subadult_survival_prob,
        "cub": dynamics.cub_survival_prob,
    }
    # A number for everybody before anybody's fate is known, and three more for what follows.
    drawn = rng.random((len(living), 4))
    fates = {
        animal.code: chance[0] < survives[animal.age_class]
        for animal, chance in zip(living, drawn, strict=True)
    }
    others: list[Animal] = []
    for animal, chance in zip(living, drawn, strict=True):
        if not fates[animal.code] or not fates.get(animal.mother, True):
            continue
        older = replace(animal, age_years=animal.age_years + 1)
        if animal.mother and older.age_years >= _CUB_YEARS:
            older = _settled(older, dynamics, habitat, chance[1:3])
        others.append(older)
    leading = {animal.mother for animal in others if animal.mother}
    chance_of = {animal.code: chance[3] for animal, chance in zip(living, drawn, strict=True)}
    after: list[Animal] = []
    for number, animal in enumerate(others):
        may_breed = animal.sex == "F" and animal.age_class == "adult" and animal.code not in leading
        if may_breed and chance_of[animal.code] < dynamics.birth_prob:
            of_litter = stream(seed, "litter", year, number)
            size = int(_litter_sizes(1, of_litter)[0])
            after += with_litter(animal, size, 0, of_litter)
        else:
            after.append(animal)
    return after


def with_litter(mother: Animal, n_cubs: int, age_years: int, rng: np.random.Generator) -> list[Animal]:
    """A mother and her new cubs; their codes go on from one litter to the next."""
    letter = "" if not mother.litters else "bcdefghijklmnopqrstuvwxyz"[mother.litters - 1]
    sexes = rng.random(n_cubs) < 0.5
    cubs = [
        Animal(
            code=f"{mother.code}-cub{letter}{number + 1}",
            sex="F" if is_female else "M",
            age_years=age_years,
            x_m=mother.x_m,
            y_m=mother.y_m,
            mother=mother.code,
        )
        for number, is_female in enumerate(sexes.tolist())
    ]
    return [replace(mother, litters=mother.litters + 1), *cubs]


def _settled(
    grown: Animal, dynamics: DynamicsKeys, habitat: StateSpace, chance: NDArray[np.float64]
) -> Animal:
    """A grown cub in a range of its own: a gamma-distributed way off in any direction that is habitat."""
    mean_m = dynamics.dispersal_female_m if grown.sex == "F" else dynamics.dispersal_male_m
    rng = np.random.default_rng((chance * 2**31).astype(np.int64).tolist())
    spacing_m = np.sqrt(habitat.cell_area_m2)
    for _ in range(_TRIES):
        distance_m, direction = rng.gamma(2.0, mean_m / 2.0), rng.uniform(0.0, 2.0 * np.pi)
        place = np.array(
            [grown.x_m + distance_m * np.cos(direction), grown.y_m + distance_m * np.sin(direction)]
        )
        if np.abs(habitat.xy_m - place).max(axis=1).min() <= spacing_m / 2.0:
            return replace(grown, mother="", x_m=float(place[0]), y_m=float(place[1]))
    return replace(grown, mother="")  # hemmed in: it stays beside its mother


def _litter_sizes(n: int, rng: np.random.Generator) -> NDArray[np.int64]:
    sizes, weights = np.array(list(LITTER_SIZE_PROB)), np.array(list(LITTER_SIZE_PROB.values()))
    return np.asarray(rng.choice(sizes, size=n, p=weights / weights.sum()))
