"""What a design rests on: habitat, sites where stations may stand, and what is expected of the animals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from pardine.base.errors import InputError, Notice, note
from pardine.estimate.fit_json import fit_from_json
from pardine.estimate.fitted import Fit
from pardine.estimate.history import capture_history
from pardine.estimate.model import Detection
from pardine.estimate.planning.layout import considered, habitat_in_reach
from pardine.estimate.statespace import StateSpace
from pardine.exchange.design_file import DesignRequest
from pardine.exchange.design_places import Places, read_habitat, read_places
from pardine.reference.leopard import DENSITY, LAMBDA0_PHINDA, SIGMA_PHINDA
from pardine.store.project import find_project, open_project
from pardine.store.survey import read_survey
from pardine.workflows.analysis import spaces_of_fit
from pardine.workflows.report import current_estimate

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class DesignSites:
    """Habitat, and places where a station may stand.

    Attributes
    ----------
    state_space, crs
        Habitat in analysis metres.
    xy_m : (C, 2) array
        Allowed sites.
    access_m : (C,) array
        Distance from the nearest road; 0 where no roads were told.
    names
        Codes of given stations; else empty.
    usage_days : (C, S) array or None
        Effort of given stations, where their table tells it.
    fit
        The project's estimate, where the project was asked.
    covariates
        Name to the numbers of the sites.
    """

    state_space: StateSpace
    crs: str
    xy_m: Array
    access_m: Array
    names: tuple[str, ...] = ()
    usage_days: Array | None = None
    fit: Fit | None = None
    covariates: Mapping[str, Array] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """What is expected of the animals, and where each number is from."""

    density_per_100km2: float
    detection: Detection
    values: Mapping[str, float]
    notices: tuple[Notice, ...] = ()


def sites_of(request: DesignRequest, project: Path | None) -> DesignSites:
    """Read habitat and sites, and keep those that access allows.

    Raises
    ------
    InputError
        A table is refused; ``design.no_habitat``, ``design.no_access``, ``design.no_sites``.
    ProjectError
        The project cannot be used or has no estimate.
    """
    fit, of_project = _of_project(project) if project or not request.habitat else (None, None)
    if request.habitat:
        space, crs = read_habitat(request.habitat, request.crs)
    elif of_project is not None:
        space, crs = of_project
    else:
        raise InputError("design.no_habitat")
    places = _candidates(request, space, crs)
    access_m, is_told = _access(request, places, crs)
    allowed = np.ones(len(places.xy_m), dtype=bool)
    if request.max_distance_m is not None and not request.stations:
        if not is_told:
            raise InputError("design.no_access")
        allowed = access_m <= request.max_distance_m
    if not allowed.any():
        raise InputError("design.no_sites", value=len(allowed), expected=request.max_distance_m)
    kept = np.flatnonzero(allowed)
    return DesignSites(
        state_space=space,
        crs=crs,
        xy_m=places.xy_m[kept],
        access_m=access_m[kept],
        names=places.names if request.stations else (),
        usage_days=places.usage_days if request.stations else None,
        fit=fit,
        covariates={name: values[kept] for name, values in places.covariates.items()},
    )


def considered_sites(sites: DesignSites, sigma_m: float) -> tuple[DesignSites, tuple[Notice, ...]]:
    """The sites that a search looks at, and a notice where they are of one part of the habitat."""
    kept = considered(sites.xy_m, sigma_m)
    narrowed = replace(
        sites,
        xy_m=sites.xy_m[kept],
        access_m=sites.access_m[kept],
        covariates={name: values[kept] for name, values in sites.covariates.items()},
    )
    reach_m = 2.0 * sigma_m
    before, after = (habitat_in_reach(s.state_space, s.xy_m, reach_m) for s in (sites, narrowed))
    if after > 0.9 * before:
        return narrowed, ()
    return narrowed, (note("design.part_considered", value=round(100.0 * after)),)


def _of_project(project: Path | None) -> tuple[Fit | None, tuple[StateSpace, str] | None]:
    """The latest estimate, and the habitat of its first session."""
    with open_project(project or find_project(Path.cwd())) as opened:
        result, _ = current_estimate(opened)
        survey = read_survey(opened)
    fit = fit_from_json(result.content["fits"][0])
    histories = tuple(capture_history(survey, session.session) for session in fit.sessions)
    return fit, (spaces_of_fit(survey, histories, fit)[0], histories[0].crs)


def _candidates(request: DesignRequest, space: StateSpace, crs: str) -> Places:
    table = request.stations or request.candidates
    if table:
        return read_places(table, request.crs, crs)
    return Places(xy_m=space.xy_m, covariates=space.covariates)


def _access(request: DesignRequest, places: Places, crs: str) -> tuple[Array, bool]:
    """Distance of each place from the nearest road, and whether anything tells it."""
    if request.roads:
        roads = read_places(request.roads, request.crs, crs)
        distance_m, _ = cKDTree(roads.xy_m).query(places.xy_m)
        return np.asarray(distance_m, dtype=np.float64), True
    if request.access_covariate:
        if request.access_covariate not in places.covariates:
            expected = ", ".join(places.covariates) or "—"
            raise InputError("design.no_covariate", value=request.access_covariate, expected=expected)
        distance_m = places.covariates[request.access_covariate]
        # A place whose distance nobody knows is not allowed.
        return np.where(np.isnan(distance_m), np.inf, distance_m), True
    return np.zeros(len(places.xy_m)), False


def expectation_of(request: DesignRequest, sites: DesignSites) -> Expectation:
    """Density and detection: as asked, else of the project's estimate, else published stand-ins."""
    told: dict[str, float] = {}
    notices: list[Notice] = []
    if sites.fit is not None:
        told, notices = (
            _of_fit(sites.fit),
            [note("design.from_project", session=sites.fit.sessions[0].session)],
        )
    at_centre = "g0" if request.g0 or ("g0" in told and not request.lambda0) else "lambda0"
    asked = {
        "D": request.density_per_100km2,
        at_centre: getattr(request, at_centre),
        "sigma": request.sigma_m,
    }
    published = {"D": DENSITY, "lambda0": LAMBDA0_PHINDA, "sigma": SIGMA_PHINDA}
    values: dict[str, float] = {}
    for name, value in asked.items():
        if value is None and name in told:
            value = told[name]
        if value is None:
            record = published[name]
            value = record.value
            notices.append(
                note("design.stand_in", parameter=name, value=value, unit=record.unit, taxon=record.taxon)
            )
        values[name] = value
    return Expectation(
        density_per_100km2=values.pop("D"),
        detection="HN" if at_centre == "g0" else "HHN",
        values=values,
        notices=tuple(notices),
    )


def _of_fit(fit: Fit) -> dict[str, float]:
    """Density and, of the half-normal functions, detection; of the first session."""
    first = fit.sessions[0]
    told = {"D": first.density_per_100km2.value}
    if fit.spec.detection in ("HN", "HHN"):
        told |= {name: estimate.value for name, estimate in first.parameters.items()}
    return told
