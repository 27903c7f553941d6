"""A small survey with passages of a dozen animals and coats that tell most of them apart."""

from __future__ import annotations

import numpy as np
import pytest

from pardine.estimate.identity.chain import Model
from pardine.estimate.identity.habitat import habitat
from pardine.estimate.identity.prior import LogNormal, Priors
from pardine.estimate.statespace import StateSpace
from pardine.identify.partition.evidence import Evidence, GaussianCoats
from pardine.identify.partition.points import all_one_side


def priors() -> Priors:
    return Priors(
        density_per_100km2=LogNormal(median=2.0, log_sd=1.5),
        lambda0_per_day=LogNormal(median=0.05, log_sd=1.0),
        sigma_m=LogNormal(median=2500.0, log_sd=0.7),
    )


@pytest.fixture(scope="session")
def small_model() -> Model:
    rng = np.random.default_rng(11)
    side = (np.arange(20) + 0.5) * 1500.0
    grid = np.array([(x, y) for x in side for y in side])
    stations = np.array([(x, y) for x in (9e3, 15e3, 21e3) for y in (9e3, 15e3, 21e3)])
    centres = rng.uniform(0.0, 30_000.0, (14, 2))
    squared = ((centres[:, None] - stations) ** 2).sum(axis=2)
    counts = rng.poisson(90 * 0.03 * np.exp(-0.5 * squared / 2500.0**2))
    animal, station = np.nonzero(counts)
    repeats = counts[animal, station]
    animal, station = np.repeat(animal, repeats), np.repeat(station, repeats)
    coat = rng.normal(size=(14, 6))
    variance = np.full(len(animal), 0.2)
    embedding = coat[animal] + rng.normal(size=(len(animal), 6)) * np.sqrt(0.2)
    return Model(
        points=all_one_side(station),
        evidence=Evidence(coats=GaussianCoats(embedding=embedding, variance=variance)),
        habitat=habitat(StateSpace(xy_m=grid, cell_area_m2=1500.0**2), stations, np.full(9, 90.0)),
        priors=priors(),
    )
