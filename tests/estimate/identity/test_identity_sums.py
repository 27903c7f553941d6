"""The cut sum over the mask against the whole one; visits; imputation by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from pardine.estimate.identity.density import log_group
from pardine.estimate.identity.habitat import habitat, places_of
from pardine.estimate.identity.imputed import history_of, pool
from pardine.estimate.statespace import StateSpace
from pardine.identify.partition.centre import integrate
from pardine.identify.partition.evidence import Evidence
from pardine.identify.partition.gibbs import sweep, sweep_some
from pardine.identify.partition.points import Points
from pardine.identify.partition.state import empty_state, fill, log_target, make_problem


@pytest.mark.parametrize("shape", ["HHN", "HEX"])
@pytest.mark.parametrize("n_sexes", [1, 2])
def test_cut_sum_is_the_whole_sum(shape, n_sexes):
    rng = np.random.default_rng(8)
    side = (np.arange(40) + 0.5) * 1000.0
    grid = np.array([(x, y) for x in side for y in side])
    stations = rng.uniform(8e3, 32e3, (25, 2))
    where = habitat(StateSpace(xy_m=grid, cell_area_m2=1e6), stations, np.full(25, 90.0), shape=shape)
    sigma = [2500.0, 4000.0][:n_sexes] if shape == "HHN" else [1200.0, 1800.0][:n_sexes]
    logit = [0.2] if n_sexes == 2 else []
    parameters = np.array([np.log(3e-8), *[np.log(0.04)] * n_sexes, *np.log(sigma), *logit])
    places = places_of(parameters, where, n_sexes)
    points = Points(
        station=rng.integers(0, 25, 60),
        left=np.ones(60, bool),
        right=np.zeros(60, bool),
        sex_sighting=rng.integers(-1, 2, 60).astype(np.int8),
    )
    problem = make_problem(points, Evidence(), n_sexes=n_sexes, sex_error=0.05)
    weights = np.empty((n_sexes, len(grid)))
    for size in (1, 2, 3, 8, 20):
        centre = rng.uniform(12e3, 28e3, 2)
        near = np.argsort(((stations[points.station] - centre) ** 2).sum(axis=1))[:size]
        value, anchor, n_used = integrate(near, problem.station, problem.log_sex, places, weights)
        assert value == pytest.approx(log_group(near, places, points, 0.05), abs=1e-8)
        assert anchor in points.station[near]
        assert weights[:, :n_used].sum() == pytest.approx(1.0)
    if shape == "HHN":  # twenty points leave little room
        assert n_used < len(grid) / 2


def test_who_is_never_visited_never_changes(small_model):
    problem = make_problem(small_model.points, small_model.evidence)
    mean, _ = small_model.priors.as_normal(1, 1)
    places = places_of(mean, small_model.habitat, 1)
    state = empty_state(problem, places)
    n = small_model.points.n
    fill(state, np.arange(n), problem, places)
    rng = np.random.default_rng(1)
    chance, restless = np.zeros(n), np.full(n, -1.0)
    assert sweep_some(state, problem, places, chance, restless, rng) == 0
    assert (restless == -1.0).all()
    before = log_target(state, problem)
    assert sweep(state, problem, places, rng) > 0
    assert log_target(state, problem) != before


def test_pooling_by_hand():
    logs, variances = np.array([0.0, 0.2, 0.4]), np.array([0.01, 0.02, 0.03])
    estimate, share = pool(logs, variances)
    between = 0.04
    total = 0.02 + (1 + 1 / 3) * between
    assert estimate.value == pytest.approx(math.exp(0.2))
    assert estimate.se == pytest.approx(math.exp(0.2) * math.sqrt(total))
    assert share == pytest.approx(between / (0.02 + between))
    assert estimate.upper > math.exp(0.2 + 1.96 * math.sqrt(total))  # few draws: Student's t


def test_history_of_a_partition_counts_passages(small_model):
    station = small_model.points.station
    labels = np.arange(len(station)) % 3
    history = history_of(labels, station, small_model.habitat)
    assert history.n_animals == 3
    assert history.event_count.sum() == len(station)
    for animal, at, count in zip(
        history.event_animal, history.event_detector, history.event_count, strict=True
    ):
        assert count == ((labels == animal) & (station == at)).sum()
