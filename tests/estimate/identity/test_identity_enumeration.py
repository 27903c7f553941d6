"""All partitions of a few points, counted out: the sampler and the likelihood against them."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import gammaln, logsumexp

from pardine.estimate.identity.density import log_likelihood
from pardine.estimate.identity.habitat import habitat, log_hazard_table, places_of
from pardine.estimate.statespace import StateSpace
from pardine.identify.cluster import likely_partners
from pardine.identify.partition.evidence import Evidence, GaussianCoats, Layer, composite_weight
from pardine.identify.partition.gibbs import sweep
from pardine.identify.partition.points import Points
from pardine.identify.partition.side_links import link_or_unlink
from pardine.identify.partition.split_merge import split_or_merge
from pardine.identify.partition.state import empty_state, fill, log_target, make_problem

SEED = 20
N_DRAWS = 20_000


def partitions(n: int) -> list[tuple[int, ...]]:
    """Every partition of n points once, as labels in order of first appearance."""
    grown = [(0,)]
    for _ in range(n - 1):
        grown = [(*p, k) for p in grown for k in range(max(p) + 2)]
    return grown


def canonical(labels: NDArray[np.integer]) -> tuple[int, ...]:
    names: dict[int, int] = {}
    return tuple(names.setdefault(int(label), len(names)) for label in labels)


def small_world(n_sexes: int = 1, shape: str = "HHN"):
    grid = np.array([(x, y) for x in range(-6, 11) for y in range(-6, 7)], float) * 1000.0
    space = StateSpace(xy_m=grid, cell_area_m2=1e6)
    where = habitat(space, np.array([[0.0, 0.0], [4000.0, 500.0]]), np.array([60.0, 45.0]), shape=shape)
    detection = [np.log(0.03)] * n_sexes + list(np.log([2000.0, 2600.0][:n_sexes]))
    logit = [0.3] if n_sexes == 2 else []
    parameters = np.array([np.log(3e-8), *detection, *logit])
    return where, parameters


def random_points(n: int, rng: np.random.Generator, *, n_apart: int = 0) -> Points:
    kind = rng.integers(0, 3, n)
    return Points(
        station=rng.integers(0, 2, n),
        left=kind != 1,
        right=kind != 0,
        sex_sighting=rng.integers(-1, 2, n).astype(np.int8),
        apart=np.array([(0, 3), (2, 4)][:n_apart], np.intp).reshape(-1, 2),
    )


def random_evidence(points: Points, rng: np.random.Generator, *, coats: bool) -> Evidence:
    layers = []
    for member in (points.left, points.right):
        llr = rng.normal(0.0, 1.5, (points.n, points.n)).astype(np.float32)
        layers.append(Layer(llr=(llr + llr.T) / 2, member=member, weight=composite_weight(points.n)))
    gaussian = GaussianCoats(
        embedding=rng.normal(size=(points.n, 3)), variance=rng.uniform(0.3, 2.0, points.n)
    )
    return Evidence(layers=tuple(layers), coats=gaussian if coats else None)


def exact(points, evidence, places) -> dict[tuple[int, ...], float]:
    every = partitions(points.n)
    logs = np.array([log_likelihood(np.array(p), places, points=points, evidence=evidence) for p in every])
    return dict(zip(every, np.exp(logs - logsumexp(logs)), strict=True))


MOVES = ("gibbs", "split and merge", "sides", "all")


@pytest.mark.parametrize("moves", MOVES)
@pytest.mark.parametrize(("n_sexes", "n_apart", "coats"), [(1, 0, False), (2, 2, True)])
def test_sampler_visits_partitions_as_often_as_counting_says(moves, n_sexes, n_apart, coats):
    rng = np.random.default_rng(SEED + n_sexes)
    points = random_points(6, rng, n_apart=n_apart)
    evidence = random_evidence(points, rng, coats=coats)
    where, parameters = small_world(n_sexes)
    places = places_of(parameters, where, n_sexes)
    expected = exact(points, evidence, places)
    problem = make_problem(points, evidence, n_sexes=n_sexes, sex_error=0.05)
    state = empty_state(problem, places)
    fill(state, np.arange(6), problem, places)
    partners = likely_partners(evidence, 6, 3)
    seen: dict[tuple[int, ...], int] = {}
    n_draws = N_DRAWS
    for _ in range(n_draws):
        if moves in ("gibbs", "sides", "all"):
            sweep(state, problem, places, rng)
        if moves in ("split and merge", "all"):
            for _ in range(4):
                split_or_merge(state, problem, places, partners, rng)
        if moves in ("sides", "all"):
            for _ in range(3):
                link_or_unlink(state, problem, places, rng)
        key = canonical(state.label)
        seen[key] = seen.get(key, 0) + 1
    distance = 0.5 * sum(abs(expected[p] - seen.get(p, 0) / n_draws) for p in expected)
    # drawn independently the distance would be about 0.02; the moves repeat themselves a little
    assert distance < 0.05
    if n_apart:
        assert all(p[0] != p[3] and p[2] != p[4] for p in seen)


def test_sums_kept_by_the_moves_are_those_of_the_definition():
    rng = np.random.default_rng(SEED)
    points = random_points(8, rng, n_apart=1)
    evidence = random_evidence(points, rng, coats=True)
    where, parameters = small_world(2, "HEX")
    places = places_of(parameters, where, 2)
    problem = make_problem(points, evidence, n_sexes=2, sex_error=0.05)
    state = empty_state(problem, places)
    fill(state, np.arange(8), problem, places)
    partners = likely_partners(evidence, 8, 3)
    for _ in range(300):
        sweep(state, problem, places, rng)
        split_or_merge(state, problem, places, partners, rng)
        link_or_unlink(state, problem, places, rng)
        kept = log_target(state, problem) - places.expected_seen
        defined = log_likelihood(state.label, places, points=points, evidence=evidence)
        assert kept == pytest.approx(defined, abs=1e-8)


def test_partition_likelihood_is_that_of_capture_recapture_after_the_constants():
    """Animals' histories of counts, labelled: -Lambda + sum log integral of Poisson densities."""
    where, parameters = small_world()
    places = places_of(parameters, where, 1)
    for labels in itertools.islice(partitions(6), 0, None, 17):
        station = np.array([0, 1, 0, 0, 1, 1])
        y = np.zeros((max(labels) + 1, 2))
        np.add.at(y, (labels, station), 1)
        usage = where.usage_station_days
        mean = usage[:, None] * np.exp(log_hazard_table(places)[0])
        density = np.exp(parameters[0]) * where.cell_area_m2
        captures = -density * np.sum(-np.expm1(-mean.sum(axis=0)))
        for history in y:
            poisson = (history[:, None] * np.log(mean) - mean - gammaln(history + 1)[:, None]).sum(axis=0)
            captures += logsumexp(np.log(density) + poisson)
        constants = gammaln(y + 1).sum() - (y @ np.log(usage)).sum()
        points = Points(
            station=station,
            left=np.ones(6, bool),
            right=np.zeros(6, bool),
            sex_sighting=np.full(6, -1, np.int8),
        )
        value = log_likelihood(np.array(labels), places, points=points, evidence=Evidence())
        assert value == pytest.approx(captures + constants, abs=1e-9)
