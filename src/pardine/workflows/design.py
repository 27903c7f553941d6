"""`pardine design`: where to put the cameras, and how precisely they will tell density."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pardine.base.bulk import local_executor
from pardine.base.errors import AnalysisError, InputError, Notice, note, warning
from pardine.estimate.planning.information import ExpectedPrecision, PlannedSurvey, expected_precision
from pardine.estimate.planning.layout import Layout, LayoutProblem, best_layout, habitat_in_reach, resized
from pardine.exchange.design_file import DesignRequest, check_request
from pardine.simulate.plan_model import PlannedModel
from pardine.simulate.precision import SimulatedPrecision, simulated_precision
from pardine.workflows.design_sites import (
    DesignSites,
    Expectation,
    considered_sites,
    expectation_of,
    sites_of,
)
from pardine.workflows.watch import SILENT, Watcher

# The figure's other efforts, as shares of the nights and stations of the design.
_NIGHT_SHARES = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0)
_STATION_SHARES = (0.4, 0.6, 0.8, 1.0, 1.25, 1.5)
# Stations within this many sigma are within reach of an animal's usual movements.
_REACH_SIGMA = 2.0
# A larger share of surveys without an estimate is told.
_MANY_REFUSED = 0.05


@dataclass(frozen=True, kw_only=True, eq=False)
class Designed:
    """A design and what is expected of it.

    Attributes
    ----------
    request, expectation, sites
        What was asked, what is expected of the animals, and where stations may stand.
    layout
        The stations chosen, or given.
    plan
        The survey of these stations.
    by_nights, by_stations
        (effort, coefficient of variation) pairs for the figure; stations only where they are chosen.
    simulated
        Precision by simulation, where asked for.
    model
        The model that is simulated and fitted; ``None``: the null model.
    habitat_share
        Share of the habitat within two sigma of a station.
    notices
        What a person should know.
    """

    request: DesignRequest
    expectation: Expectation
    sites: DesignSites
    layout: Layout
    plan: PlannedSurvey
    by_nights: tuple[tuple[float, float], ...]
    by_stations: tuple[tuple[float, float], ...]
    simulated: SimulatedPrecision | None
    model: PlannedModel | None
    habitat_share: float
    seed: int
    notices: tuple[Notice, ...]

    @property
    def expected(self) -> ExpectedPrecision:
        """What can be expected of the layout."""
        return self.layout.expected


def design_survey(
    request: DesignRequest,
    project: Path | None = None,
    *,
    seed: int = 0,
    n_surveys: int = 0,
    n_workers: int = 1,
    watch: Watcher = SILENT,
) -> Designed:
    """Choose a layout, or judge a given one.

    Parameters
    ----------
    request
        What there is and what limits it.
    project
        Where habitat and animals come from if the request does not tell them.
    seed
        The same request and seed give the same design.
    n_surveys
        Surveys to simulate and fit; 0: none.
    n_workers
        Processes of the simulation.
    watch
        Sees the work.

    Raises
    ------
    InputError
        The request or its tables are refused; ``design.model_needs_simulation``, and what
        `simulated_precision` refuses of a model.
    ProjectError
        The project cannot be used.
    AnalysisError
        ``design.tells_nothing``: no density can come of it.
    """
    watch.stage("design")
    check_request(request)
    if request.model is not None and not n_surveys:
        raise InputError("design.model_needs_simulation", value=request.model)
    sites = sites_of(request, project)
    expectation = expectation_of(request, sites)
    of_sites: tuple[Notice, ...] = ()
    if not request.stations:
        sites, of_sites = considered_sites(sites, expectation.values["sigma"])
    problem = _problem(request, sites, expectation, request.nights)
    layout = _given(problem, seed) if request.stations else _chosen(problem, request, seed, watch)
    if not np.isfinite(layout.expected.cv_density):
        raise AnalysisError("design.tells_nothing", value=round(layout.expected.n_animals, 2))
    plan = problem.plan(layout.chosen)
    simulated, model = None, _model(request, sites, layout)
    if n_surveys:
        watch.stage("simulate")
        simulated = simulated_precision(
            plan,
            n_surveys=n_surveys,
            seed=seed,
            model=model,
            make_executor=lambda: _executor(n_workers),
            on_done=watch.done,
        )
    share = habitat_in_reach(sites.state_space, plan.xy_m, _REACH_SIGMA * expectation.values["sigma"])
    return Designed(
        request=request,
        expectation=expectation,
        sites=sites,
        layout=layout,
        plan=plan,
        by_nights=_by_nights(request, sites, expectation, layout, seed),
        by_stations=() if request.stations else _by_stations(problem, layout, seed),
        simulated=simulated,
        model=model,
        habitat_share=share,
        seed=seed,
        notices=(*expectation.notices, *of_sites, *_warnings(request, layout, share), *_refused(simulated)),
    )


def _model(request: DesignRequest, sites: DesignSites, layout: Layout) -> PlannedModel | None:
    """The model asked for, with the coefficients that are told, else those of the project's estimate."""
    if request.model is None:
        return None
    texts = {
        name: tuple("" if np.isnan(value) else f"{value:.15g}" for value in values[layout.chosen].tolist())
        for name, values in sites.covariates.items()
    }
    return PlannedModel(
        text=request.model,
        contrasts=dict(request.coefficients),
        earlier=_earlier(request, sites),
        station_covariates=texts,
        known_sexes=request.known_sexes,
    )


def _earlier(request: DesignRequest, sites: DesignSites) -> dict[str, float]:
    """Contrasts of the project's estimate that mean the same in another survey."""
    if sites.fit is None:
        return {}
    # Columns of splines and of coordinates are those of the mask that they were made on.
    own_mask = ("D.",) if request.habitat else ()
    return {
        c.name: c.estimate
        for c in sites.fit.coefficients
        if "." in c.name and "s(" not in c.name and not c.name.startswith(own_mask)
    }


def _executor(n_workers: int) -> Executor:
    return local_executor(n_workers)


def _problem(
    request: DesignRequest, sites: DesignSites, expectation: Expectation, nights: int
) -> LayoutProblem:
    """All allowed sites with their usage and cost."""
    n_sites = len(sites.xy_m)
    plan = PlannedSurvey(
        xy_m=sites.xy_m,
        usage_station_days=_usage(request, sites, nights),
        detector_type=request.detector_type,
        state_space=sites.state_space,
        density_per_km2=expectation.density_per_100km2 / 100.0,
        detection=expectation.detection,
        values=expectation.values,
    )
    # Two-way, on every visit.
    travel_usd = 2.0 * request.visits * request.travel_usd_per_km * sites.access_m / 1000.0
    fixed_usd = (
        request.cameras_per_station * request.camera_usd
        + request.station_usd
        + nights * request.station_night_usd
    )
    n_stations = n_sites if request.cameras is None else request.cameras // request.cameras_per_station
    return LayoutProblem(
        sites=plan,
        cost_usd=fixed_usd + np.nan_to_num(travel_usd),
        n_stations=n_stations,
        budget_usd=request.budget_usd,
        min_spacing_m=request.min_spacing_m,
    )


def _usage(request: DesignRequest, sites: DesignSites, nights: int) -> NDArray[np.float64]:
    """(C, S) station-days that are expected."""
    if sites.usage_days is not None:
        if not sites.usage_days.any():
            raise AnalysisError("design.tells_nothing", value=0)
        return sites.usage_days * (nights / request.nights)
    works_prob = 1.0 - (1.0 - request.camera_working_prob) ** request.cameras_per_station
    lengths = [request.occasion_nights] * (nights // request.occasion_nights)
    if rest := nights % request.occasion_nights:
        lengths.append(rest)
    return np.tile(works_prob * np.array(lengths, dtype=np.float64), (len(sites.xy_m), 1))


def _given(problem: LayoutProblem, seed: int) -> Layout:
    chosen = np.arange(len(problem.cost_usd))
    expected = expected_precision(problem.sites, seed=seed)
    return Layout(chosen=chosen, expected=expected, cost_usd=float(problem.cost_usd.sum()))


def _chosen(problem: LayoutProblem, request: DesignRequest, seed: int, watch: Watcher) -> Layout:
    if request.cameras is None and (request.budget_usd is None or not problem.cost_usd.min() > 0.0):
        raise InputError("design.no_limit")
    if problem.n_stations < 1:
        raise InputError(
            "design.too_few_cameras", value=request.cameras, expected=request.cameras_per_station
        )
    layout = best_layout(problem, seed=seed, on_done=watch.done)
    if layout is None:
        raise InputError("design.too_dear", value=float(problem.cost_usd.min()), expected=request.budget_usd)
    return layout


def _by_nights(
    request: DesignRequest, sites: DesignSites, expectation: Expectation, layout: Layout, seed: int
) -> tuple[tuple[float, float], ...]:
    """The same stations for fewer and more nights."""
    curve = []
    for nights in sorted({max(round(share * request.nights), 1) for share in _NIGHT_SHARES}):
        plan = _problem(request, sites, expectation, nights).plan(layout.chosen)
        curve.append((float(nights), expected_precision(plan, seed=seed).cv_density))
    return tuple(curve)


def _by_stations(problem: LayoutProblem, layout: Layout, seed: int) -> tuple[tuple[float, float], ...]:
    """Fewer and more stations for the same nights, whatever they cost."""
    here = len(layout.chosen)
    sizes = sorted({max(round(share * here), 2) for share in _STATION_SHARES} - {here})
    others = resized(problem, layout, sizes, seed=seed)
    return tuple(sorted((float(len(o.chosen)), o.expected.cv_density) for o in (*others, layout)))


def _refused(simulated: SimulatedPrecision | None) -> list[Notice]:
    """That the precision by simulation is that of the lucky surveys, where many could not be fitted."""
    if simulated is None or simulated.n_refused <= _MANY_REFUSED * simulated.n_surveys:
        return []
    codes = sorted(simulated.refusals, key=lambda code: -simulated.refusals[code])
    detail = ", ".join(f"{code} ({simulated.refusals[code]})" for code in codes)
    return [
        warning("design.surveys_refused", value=simulated.n_refused, n=simulated.n_surveys, detail=detail)
    ]


def _warnings(request: DesignRequest, layout: Layout, share: float) -> list[Notice]:
    found = []
    cv = layout.expected.cv_density
    if cv > request.goal_cv:
        found.append(
            warning("design.goal_missed", value=round(100.0 * cv), expected=round(100.0 * request.goal_cv))
        )
    if layout.expected.n_moved < 5.0:
        found.append(warning("design.few_moved", value=round(layout.expected.n_moved, 1)))
    if share < 0.5:
        found.append(warning("design.habitat_unseen", value=round(100.0 * share)))
    wanted = None if request.cameras is None else request.cameras // request.cameras_per_station
    if not request.stations and wanted is not None and len(layout.chosen) < wanted:
        found.append(note("design.fewer_stations", value=len(layout.chosen), expected=wanted))
    return found
