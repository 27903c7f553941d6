"""Passages of animals at stations, with marks and coats, drawn from the model of uncertain identity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pardine.estimate.identity.habitat import Habitat, log_hazard_table, places_of
from pardine.identify.partition.evidence import GaussianCoats
from pardine.identify.partition.points import FEMALE, MALE, UNSEXED, Points

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Marks:
    """What a usable passage shows.

    Attributes
    ----------
    both_prob
        That both flanks are obtained; otherwise one of them, left or right alike.
    sexed_prob, sex_error
        That a sex is told, and that it is then wrong.
    """

    both_prob: float = 0.4
    sexed_prob: float = 0.3
    sex_error: float = 0.05


@dataclass(frozen=True, kw_only=True, eq=False)
class Passages:
    """Drawn passages and their truth.

    Attributes
    ----------
    animal : (n,)
        Which of the ``n_animals`` made each passage.
    n_animals
        All that live in the habitat, seen or not.
    """

    points: Points
    animal: NDArray[np.intp]
    n_animals: int

    @property
    def n_seen(self) -> int:
        """Animals with at least one passage."""
        return len(np.unique(self.animal))


def draw_passages(
    parameters: Array, habitat: Habitat, marks: Marks, rng: np.random.Generator, *, n_sexes: int = 1
) -> Passages | None:
    """Draw a survey; ``None`` where nobody passed a camera.

    Parameters
    ----------
    parameters
        As `estimate.identity.prior.parameter_names`.
    """
    table = places_of(parameters, habitat, n_sexes)
    passed_by = habitat.usage_station_days[None, :, None] * np.exp(log_hazard_table(table))
    animals = np.exp(table.log_base + passed_by.sum(axis=1))
    n_each = rng.poisson(animals)
    sex, place = (np.repeat(index, n_each[n_each > 0]) for index in np.nonzero(n_each))
    counts = rng.poisson(passed_by[sex, :, place])
    animal, station = np.nonzero(counts)
    repeats = counts[animal, station]
    animal, station = np.repeat(animal, repeats), np.repeat(station, repeats)
    if not len(animal):
        return None
    left, right = _sides(len(animal), marks, rng)
    points = Points(
        station=station,
        left=left,
        right=right,
        sex_sighting=_sightings(sex[animal] if n_sexes == 2 else None, len(animal), marks, rng),
    )
    return Passages(points=points, animal=animal, n_animals=int(n_each.sum()))


def _sides(n: int, marks: Marks, rng: np.random.Generator) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    both = rng.random(n) < marks.both_prob
    left = rng.random(n) < 0.5
    return both | left, both | ~left


def _sightings(
    sex: NDArray[np.intp] | None, n: int, marks: Marks, rng: np.random.Generator
) -> NDArray[np.int8]:
    if sex is None:
        return np.full(n, UNSEXED, np.int8)
    wrong = rng.random(n) < marks.sex_error
    seen = np.where((sex == 0) ^ wrong, FEMALE, MALE)
    return np.where(rng.random(n) < marks.sexed_prob, seen, UNSEXED).astype(np.int8)


def draw_coats(
    animal: NDArray[np.intp], rng: np.random.Generator, *, n_dimensions: int, mean_variance: float
) -> GaussianCoats:
    """Embeddings of each passage's coat: individuals N(0, I), photographs about them, some better."""
    coat = rng.standard_normal((int(animal.max()) + 1, n_dimensions))
    variance = 0.02 + mean_variance * rng.gamma(2.0, 0.5, len(animal))
    noise = rng.standard_normal((len(animal), n_dimensions)) * np.sqrt(variance)[:, None]
    return GaussianCoats(embedding=coat[animal] + noise, variance=variance)
