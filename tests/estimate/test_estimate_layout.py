"""Layouts keep their limits, are good, and are the same each time."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest

from pardine.estimate.planning.information import PlannedSurvey, expected_precision
from pardine.estimate.planning.layout import (
    MAX_SITES,
    LayoutProblem,
    best_layout,
    considered,
    habitat_in_reach,
    resized,
)
from pardine.estimate.planning.search_criterion import SearchCriterion
from pardine.estimate.planning.thinning import coarser_habitat, thinned
from pardine.estimate.statespace import buffer_state_space

SIGMA_M = 2000.0


def problem_of(n_side, spacing_m, **limits):
    x, y = np.meshgrid(np.arange(n_side), np.arange(n_side))
    xy_m = np.column_stack([x.ravel(), y.ravel()]) * spacing_m
    sites = PlannedSurvey(
        xy_m=xy_m,
        usage_station_days=np.full((len(xy_m), 6), 10.0),
        detector_type="count",
        state_space=buffer_state_space(xy_m, 3 * SIGMA_M, SIGMA_M),
        density_per_km2=0.03,
        detection="HHN",
        values={"lambda0": 0.04, "sigma": SIGMA_M},
    )
    limits = {"cost_usd": np.full(len(xy_m), 100.0), "n_stations": 12, **limits}
    return LayoutProblem(sites=sites, **limits)


@pytest.mark.parametrize(
    ("n_side", "spacing_sigma", "within"), [(5, 1.0, 0.1), (5, 2.0, 0.1), (6, 2.8, 0.1), (3, 0.7, 0.25)]
)
def test_the_guess_is_near_the_expected_information(n_side, spacing_sigma, within):
    plan = problem_of(n_side, spacing_sigma * SIGMA_M).sites
    criterion = SearchCriterion(plan)
    guess = math.sqrt(criterion.variance(criterion.sums(np.arange(n_side**2))))
    assert guess == pytest.approx(expected_precision(plan).se_log_density, rel=within)


def test_adding_and_taking_away_are_the_same_as_anew():
    criterion = SearchCriterion(problem_of(4, SIGMA_M).sites)
    here = np.array([0, 3, 5, 9])
    with_7, with_8 = criterion.variances_with(criterion.sums(here), np.array([7, 8]))
    assert with_7 == pytest.approx(criterion.variance(criterion.sums(np.append(here, 7))), rel=1e-4)
    assert with_8 == pytest.approx(criterion.variance(criterion.sums(np.append(here, 8))), rel=1e-4)
    without = criterion.variances_without(criterion.sums(here), here)
    assert without[1] == pytest.approx(criterion.variance(criterion.sums(here[[0, 2, 3]])), rel=1e-3)


def test_a_small_problem_is_solved_as_well_as_by_trying_everything():
    problem = problem_of(4, 1.2 * SIGMA_M, n_stations=4)
    found = best_layout(problem)
    criterion = SearchCriterion(problem.sites)
    every = (np.array(c) for c in itertools.combinations(range(16), 4))
    ranked = sorted(every, key=lambda c: criterion.variance(criterion.sums(c)))[:10]
    best = min(expected_precision(problem.plan(c), n_histories=20_000).se_log_density for c in ranked)
    again = expected_precision(problem.plan(found.chosen), n_histories=20_000)
    assert again.se_log_density < 1.05 * best


def test_limits_are_kept():
    rng = np.random.default_rng(2)
    cost = rng.uniform(50.0, 400.0, 400)
    problem = problem_of(20, 700.0, n_stations=15, cost_usd=cost, budget_usd=1500.0, min_spacing_m=2000.0)
    layout = best_layout(problem)
    xy_m = problem.sites.xy_m[layout.chosen]
    distance = np.hypot(*(xy_m[:, None] - xy_m[None]).transpose(2, 0, 1))
    assert distance[np.triu_indices(len(xy_m), 1)].min() >= 2000.0
    assert layout.cost_usd == pytest.approx(cost[layout.chosen].sum())
    assert layout.cost_usd <= 1500.0 and 2 <= len(layout.chosen) <= 15
    assert len(set(layout.chosen.tolist())) == len(layout.chosen)


def test_better_than_any_regular_row_or_heap():
    problem = problem_of(12, 0.5 * SIGMA_M, n_stations=9)
    found = best_layout(problem).expected.se_log_density
    heap = np.array([r * 12 + c for r in range(3) for c in range(3)])
    row = np.arange(9)
    for other in (heap, row):
        assert found < expected_precision(problem.plan(other)).se_log_density


def test_the_same_seed_gives_the_same_layout():
    problem = problem_of(8, SIGMA_M, n_stations=7)
    one, two = best_layout(problem, seed=3), best_layout(problem, seed=3)
    np.testing.assert_array_equal(one.chosen, two.chosen)
    assert one.expected.se_log_density == two.expected.se_log_density


def test_more_stations_tell_more():
    problem = problem_of(8, SIGMA_M, n_stations=8)
    layout = best_layout(problem)
    sizes = [3, 5, 11, 14, 65]
    others = resized(problem, layout, sizes)
    assert [len(o.chosen) for o in others] == [3, 5, 11, 14]  # there are no 65 sites
    precision = [o.expected.se_log_density for o in (*others[:2], layout, *others[2:])]
    assert precision == sorted(precision, reverse=True)
    assert set(others[1].chosen.tolist()) <= set(layout.chosen.tolist()) <= set(others[2].chosen.tolist())


def test_nothing_that_can_be_paid_is_no_layout():
    assert best_layout(problem_of(3, SIGMA_M, budget_usd=99.0)) is None


def test_thinning_is_even_and_keeps_few_as_they_are():
    x, y = np.meshgrid(np.arange(60.0), np.arange(30.0))
    xy_m = np.column_stack([x.ravel(), y.ravel()])
    kept = thinned(xy_m, 200)
    assert 100 < len(kept) <= 200 and len(np.unique(kept)) == len(kept)
    gaps = np.hypot(*(xy_m[kept][:, None] - xy_m[kept][None]).transpose(2, 0, 1))
    np.fill_diagonal(gaps, np.inf)
    assert gaps.min(axis=1).max() < 3 * math.sqrt(60 * 30 / len(kept))
    np.testing.assert_array_equal(thinned(xy_m[:50], 200), np.arange(50))


def test_habitat_in_reach():
    space = buffer_state_space(np.zeros((1, 2)), 1000.0, 100.0)
    assert habitat_in_reach(space, np.zeros((1, 2)), 1000.0) == 1.0
    assert habitat_in_reach(space, np.zeros((1, 2)), 500.0) == pytest.approx(0.25, abs=0.03)


def test_large_habitat_is_searched_on_fewer_points():
    problem = problem_of(5, SIGMA_M, n_stations=5)
    fine = replace(
        problem,
        sites=replace(problem.sites, state_space=buffer_state_space(problem.sites.xy_m, 6000.0, 250.0)),
    )
    assert fine.sites.state_space.n_points > 2000
    found, other = best_layout(fine), best_layout(problem)
    assert found.expected.se_log_density == pytest.approx(other.expected.se_log_density, rel=0.05)


def test_coarser_habitat_keeps_the_animals():
    space = buffer_state_space(np.zeros((1, 2)), 5000.0, 100.0)
    density = np.linspace(0.0, 2.0, space.n_points)
    coarse, total = coarser_habitat(space, density, 500)
    assert coarse.n_points <= 500 and coarse.cell_area_m2 == space.cell_area_m2
    assert total.sum() == pytest.approx(density.sum())
    same, untouched = coarser_habitat(space, 0.5, space.n_points)
    assert same is space and untouched == 0.5


def test_sites_of_a_vast_habitat_stay_within_reach_of_each_other():
    x, y = np.meshgrid(np.arange(200), np.arange(200))
    xy_m = np.column_stack([x.ravel(), y.ravel()]) * SIGMA_M / 2
    vast = considered(xy_m, SIGMA_M)
    assert len(vast) == MAX_SITES
    gaps = np.hypot(*(xy_m[vast][:, None] - xy_m[vast][None]).transpose(2, 0, 1))
    np.fill_diagonal(gaps, np.inf)
    assert gaps.min(axis=1).max() <= 1.6 * SIGMA_M
    even = considered(xy_m, 20 * SIGMA_M)
    assert len(even) <= MAX_SITES and np.ptp(xy_m[even]) > 0.9 * np.ptp(xy_m)
    np.testing.assert_array_equal(considered(xy_m[:50], SIGMA_M), np.arange(50))
