"""Where to put the stations: a layout on allowed sites that tells density best for its cost.

Compact layouts of several spacings are grown and the best ones improved by exchange: a station is
taken away and put at the site, of all that are allowed, where density is told best, until no station
wants to move. Layouts are compared by `search_criterion`, the last ones by the expected information.
The model has one density everywhere: a layout may be good for it and leave a part of the habitat unseen,
so how much of the habitat lies within reach is told beside the result.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from pardine.base.randomness import stream
from pardine.estimate.planning.information import ExpectedPrecision, PlannedSurvey, expected_precision
from pardine.estimate.planning.search_criterion import SearchCriterion
from pardine.estimate.planning.thinning import coarser_habitat, densest_part, one_a_square, thinned
from pardine.estimate.statespace import StateSpace

Array = NDArray[np.float64]
Sites = NDArray[np.intp]

SPACINGS_SIGMA = (0.7, 1.0, 1.4, 1.8, 2.2, 2.7, 3.3)
"""Distances between neighbours of the starting layouts, in sigma."""

MAX_SITES = 600
"""The search looks at so many sites at most."""

# How far apart the sites of a whole habitat may be, and those of a part of it.
_WIDEST_SITES_SIGMA = 1.25
_SITES_SIGMA = 0.8
_MAX_POINTS = 900
# Beyond this, a site neither sees animals nor is told of them.
_FARTHEST_SIGMA = 5.0
_MAX_PASSES = 4
_N_IMPROVED = 3
# Of the variance: a smaller gain is not worth moving a station.
_WORTH_MOVING = 1e-3


@dataclass(frozen=True, kw_only=True, eq=False)
class LayoutProblem:
    """Sites, their cost, and what limits a layout.

    Attributes
    ----------
    sites
        A plan with a station at every allowed site (C of them).
    cost_usd : (C,) array
        Of a station at each site, over the whole survey.
    n_stations
        At most so many.
    budget_usd
        ``None``: no limit.
    min_spacing_m
        Between any two stations.
    """

    sites: PlannedSurvey
    cost_usd: Array
    n_stations: int
    budget_usd: float | None = None
    min_spacing_m: float = 0.0

    @property
    def budget(self) -> float:
        """The budget, infinite where there is none."""
        return math.inf if self.budget_usd is None else self.budget_usd

    def plan(self, chosen: Sites) -> PlannedSurvey:
        """The survey of some of the sites."""
        return replace(
            self.sites,
            xy_m=self.sites.xy_m[chosen],
            usage_station_days=self.sites.usage_station_days[chosen],
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class Layout:
    """A layout that was chosen.

    Attributes
    ----------
    chosen : indices of its sites, sorted
    expected
        What can be expected of it.
    cost_usd
        Of the whole layout.
    """

    chosen: Sites
    expected: ExpectedPrecision
    cost_usd: float


def best_layout(
    problem: LayoutProblem,
    *,
    seed: int = 0,
    on_done: Callable[[int, int], None] | None = None,
) -> Layout | None:
    """Choose a layout; the same for the same problem and seed.

    Parameters
    ----------
    problem
        At least one site.
    seed
        Of where the starting layouts begin, and of the expected information.
    on_done
        Called with (steps done, steps).

    Returns
    -------
    Layout or None
        ``None`` where not even one station can be paid.
    """
    search = _Search(problem)
    starts = {tuple(s.tolist()): s for s in search.starts(seed) if len(s)}
    ranked = sorted(starts.values(), key=lambda s: (search.variance(s), s.tolist()))[:_N_IMPROVED]
    found: list[Layout] = []
    for step, start in enumerate(ranked, start=1):
        chosen = np.sort(search.improved(start))
        expected = expected_precision(problem.plan(chosen), seed=seed)
        found.append(Layout(chosen=chosen, expected=expected, cost_usd=float(problem.cost_usd[chosen].sum())))
        if on_done is not None:
            on_done(step, len(ranked))
    return min(found, key=lambda layout: layout.expected.se_log_density, default=None)


def resized(problem: LayoutProblem, layout: Layout, sizes: Sequence[int], *, seed: int = 0) -> list[Layout]:
    """A layout with fewer and more stations, whatever they cost: what each size would tell.

    Stations are taken away one by one where they are missed least, and added where they tell most;
    a size for which there is no place is left out.
    """
    search = _Search(replace(problem, n_stations=len(problem.cost_usd), budget_usd=None))
    chosen = layout.chosen.tolist()
    layouts = [search.shrunk(chosen, n) if n < len(chosen) else search.grown(chosen, n) for n in sizes]
    return [
        Layout(
            chosen=np.sort(np.array(sites, dtype=np.intp)),
            expected=expected_precision(problem.plan(np.array(sites, dtype=np.intp)), seed=seed),
            cost_usd=float(problem.cost_usd[sites].sum()),
        )
        for n, sites in zip(sizes, layouts, strict=True)
        if len(sites) == n
    ]


def considered(xy_m: Array, sigma_m: float) -> Sites:
    """The sites that a search looks at: all, or evenly thinned, or those of one part of the habitat.

    Sites further apart than animals move would tell nothing together. Where an even choice of
    `MAX_SITES` is that thin, the part with most sites is looked at.
    """
    if len(xy_m) <= MAX_SITES:
        return np.arange(len(xy_m))
    if len(one_a_square(xy_m, _WIDEST_SITES_SIGMA * sigma_m)) <= MAX_SITES:
        return thinned(xy_m, MAX_SITES)
    apart_m = _SITES_SIGMA * sigma_m
    near = one_a_square(xy_m, apart_m)
    return near[densest_part(xy_m[near], MAX_SITES, apart_m * math.sqrt(MAX_SITES / math.pi))]


def habitat_in_reach(state_space: StateSpace, xy_m: Array, reach_m: float) -> float:
    """Share of the habitat within some distance of a station."""
    distance_m, _ = cKDTree(xy_m).query(state_space.xy_m)
    return float(np.mean(distance_m <= reach_m))


class _Search:
    """The problem with what the search keeps: parts of sites, and which are too near each other."""

    def __init__(self, problem: LayoutProblem) -> None:
        self.problem = problem
        self.xy_m = problem.sites.xy_m
        self.criterion = SearchCriterion(_coarser(problem.sites))
        distance_m = np.hypot(*(self.xy_m[:, None, :] - self.xy_m[None, :, :]).transpose(2, 0, 1))
        self.distance_m: Array = distance_m
        self.too_near = distance_m < problem.min_spacing_m
        np.fill_diagonal(self.too_near, True)

    def variance(self, chosen: Sites) -> float:
        return self.criterion.variance(self.criterion.sums(chosen))

    def starts(self, seed: int) -> list[Sites]:
        """Compact layouts of several spacings around several places, as large as the limits allow."""
        rng = stream(seed, "layout")
        middles = [self.xy_m.mean(axis=0), *self.xy_m[rng.integers(len(self.xy_m), size=2)]]
        sigma_m = self.problem.sites.values["sigma"]
        return [
            self._grown(middle, max(factor * sigma_m, self.problem.min_spacing_m))
            for factor in SPACINGS_SIGMA
            for middle in middles
        ]

    def _grown(self, middle: Array, spacing_m: float) -> Sites:
        """Stations outward from a place, each as near to it as the spacing lets it be."""
        order = np.argsort(np.hypot(*(self.xy_m - middle).T), kind="stable")
        left = self.problem.budget
        chosen: list[int] = []
        free = np.ones(len(order), dtype=bool)
        for site in order.tolist():
            if len(chosen) == self.problem.n_stations:
                break
            if free[site] and self.problem.cost_usd[site] <= left:
                chosen.append(site)
                left -= self.problem.cost_usd[site]
                free &= self.distance_m[site] >= spacing_m * (1.0 - 1e-9)
        return np.array(chosen, dtype=np.intp)

    def improved(self, start: Sites) -> Sites:
        """Add what the limits still allow, then exchange until no station wants to move."""
        chosen = self.grown(start.tolist(), self.problem.n_stations)
        for _ in range(_MAX_PASSES):
            if not self._exchange(chosen):
                break
        return np.array(chosen, dtype=np.intp)

    def grown(self, chosen: Sequence[int], n: int) -> list[int]:
        """The stations with others added where they tell most, up to n."""
        more = list(chosen)
        while len(more) < n and (found := self._best_site(more)) is not None:
            more.append(found[0])
        return more

    def shrunk(self, chosen: Sequence[int], n: int) -> list[int]:
        """The stations without those that are missed least, down to n."""
        fewer = list(chosen)
        while len(fewer) > n:
            here = np.array(fewer, dtype=np.intp)
            variances = self.criterion.variances_without(self.criterion.sums(here), here)
            del fewer[int(np.argmin(variances))]
        return fewer

    def _exchange(self, chosen: list[int]) -> bool:
        """One pass over the stations; whether any moved."""
        moved = False
        for position in range(len(chosen)):
            others = chosen[:position] + chosen[position + 1 :]
            before = self.variance(np.array(chosen, dtype=np.intp))
            found = self._best_site(others)
            if found is not None and found[1] < before * (1.0 - _WORTH_MOVING):
                chosen[position], moved = found[0], True
        return moved

    def _best_site(self, chosen: list[int]) -> tuple[int, float] | None:
        """The allowed site that tells most beside those chosen, and the variance with it."""
        here = np.array(chosen, dtype=np.intp)
        left = self.problem.budget - float(self.problem.cost_usd[here].sum())
        allowed = ~self.too_near[here].any(axis=0) & (self.problem.cost_usd <= left + 1e-9)
        sites = np.flatnonzero(allowed)
        if not sites.size:
            return None
        variances = self.criterion.variances_with(self.criterion.sums(here), sites)
        best = int(np.argmin(variances))
        return int(sites[best]), float(variances[best])


def _coarser(plan: PlannedSurvey) -> PlannedSurvey:
    """The plan on fewer points of the habitat within reach of its sites."""
    space = plan.state_space
    distance_m = np.asarray(cKDTree(plan.xy_m).query(space.xy_m)[0])
    near = distance_m <= max(_FARTHEST_SIGMA * plan.values["sigma"], float(distance_m.min()))
    density = np.broadcast_to(np.asarray(plan.density_per_km2, dtype=np.float64), (space.n_points,))[near]
    here = StateSpace(xy_m=space.xy_m[near], cell_area_m2=space.cell_area_m2)
    coarse, total = coarser_habitat(here, density, _MAX_POINTS)
    return replace(plan, state_space=coarse, density_per_km2=total)
