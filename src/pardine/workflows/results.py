"""`pardine export --results`: the latest estimate as tables and maps that other programs open."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pardine.base.errors import InputError, Notice, note, warning
from pardine.estimate.fit_json import fit_from_json
from pardine.estimate.fitted import Fit
from pardine.estimate.history import CaptureHistory, capture_history
from pardine.estimate.statespace import StateSpace
from pardine.estimate.surface import density_surface, predicted_density
from pardine.exchange.generalise import (
    Audience,
    GridSurface,
    may_see_exact_places,
    stations_for,
    surface_for,
)
from pardine.exchange.geotiff import geotiff_bytes, raster_of_cells
from pardine.exchange.results_tables import (
    Rows,
    SessionSurfaces,
    coefficients_table,
    covariance_table,
    estimates_table,
    surface_table,
)
from pardine.exchange.secr_script import not_repeatable, write_secr_files
from pardine.exchange.survey_export import write_table
from pardine.store.geopackage import Layer, write_geopackage
from pardine.store.project import Project, find_project, open_project
from pardine.store.survey import read_survey
from pardine.workflows.analysis import spaces_of_fit
from pardine.workflows.report import current_estimate

SECR_FOLDER = "secr"


@dataclass(frozen=True, kw_only=True)
class ExportedResults:
    """Files written, and what a person should know of them."""

    files: tuple[Path, ...]
    notices: tuple[Notice, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class _SessionResult:
    """A session as it was fitted, and its density as the audience may see it."""

    number: int
    history: CaptureHistory
    space: StateSpace
    surfaces: SessionSurfaces


def export_results(directory: Path | None, out: Path, *, audience: Audience = "public") -> ExportedResults:
    """Write the results of a project's latest estimate to a new folder.

    Tables (CSV), density as GeoTIFF and GeoPackage; for internal use also a script that repeats the
    fit in secr. Places are generalised for the audience.

    Raises
    ------
    InputError
        ``export.folder_not_empty``.
    ProjectError
        ``report.no_estimate``, ``report.out_of_date``, or the project cannot be used.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InputError("export.folder_not_empty", directory=str(out))
    with open_project(directory or find_project(Path.cwd())) as project:
        fits, sessions = _read(project, audience)
    out.mkdir(parents=True, exist_ok=True)
    files = [*_write_tables(out, fits, sessions)]
    rasters, notices = _write_rasters(out, sessions)
    files += [*rasters, _write_layers(out, sessions, audience)]
    if may_see_exact_places(audience):
        scripts, of_script = _write_script(out, fits[-1], sessions)
        files, notices = [*files, *scripts], [*notices, *of_script, warning("results.internal")]
    else:
        notices.append(note("results.generalised", audience=audience))
    return ExportedResults(files=tuple(files), notices=tuple(notices))


def _read(project: Project, audience: Audience) -> tuple[tuple[Fit, ...], tuple[_SessionResult, ...]]:
    result, _ = current_estimate(project)
    survey = read_survey(project)
    fits = tuple(fit_from_json(values) for values in result.content["fits"])
    fit = fits[-1]
    histories = tuple(capture_history(survey, session.session) for session in fit.sessions)
    spaces = spaces_of_fit(survey, histories, fit)
    sessions = []
    for position, (history, space) in enumerate(zip(histories, spaces, strict=True)):
        surfaces = _surfaces(fit, history, space, position, audience)
        sessions.append(_SessionResult(number=position + 1, history=history, space=space, surfaces=surfaces))
    return fits, tuple(sessions)


def _surfaces(
    fit: Fit, history: CaptureHistory, space: StateSpace, position: int, audience: Audience
) -> SessionSurfaces:
    """What was found where, and what the model says of each place, as the audience may see them."""
    realised = density_surface(fit, history, space, position)
    model = predicted_density(fit, history, space, position)

    def shown(value: NDArray[np.float64]) -> GridSurface:
        return surface_for(space.xy_m, value, space.cell_area_m2, audience)

    return SessionSurfaces(
        session=history.session,
        crs=history.crs,
        realised=shown(realised.density_per_100km2),
        predicted=shown(model.density_per_100km2),
        lower=shown(model.lower_per_100km2),
        upper=shown(model.upper_per_100km2),
    )


def _write_tables(out: Path, fits: tuple[Fit, ...], sessions: tuple[_SessionResult, ...]) -> list[Path]:
    tables: dict[str, Rows] = {
        "estimates.csv": estimates_table(fits),
        "coefficients.csv": coefficients_table(fits),
        "covariance.csv": covariance_table(fits),
        "density.csv": surface_table([s.surfaces for s in sessions]),
    }
    for name, (header, rows) in tables.items():
        write_table(out / name, header, rows)
    return [out / name for name in tables]


def _write_rasters(out: Path, sessions: tuple[_SessionResult, ...]) -> tuple[list[Path], list[Notice]]:
    files, notices = [], []
    for s in sessions:
        for name, surface, description in _maps(s):
            try:
                raster = raster_of_cells(surface.xy_m, surface.value, surface.grid_m)
            except ValueError:
                # A mask of another shape than squares: points and table still say all of it.
                notices.append(warning("results.no_raster", session=s.history.session))
                break
            path = out / f"{name}_{s.number:02d}.tif"
            path.write_bytes(geotiff_bytes(raster, s.history.crs, description=description))
            files.append(path)
    return files, notices


def _maps(s: _SessionResult) -> list[tuple[str, GridSurface, str]]:
    """File name, surface and description of each map; what is the same everywhere needs none."""
    unit = "independent animals per 100 km2"
    maps = [("density", s.surfaces.realised, f"Density given the captures, {unit}")]
    if s.surfaces.varies:
        maps += [
            ("predicted", s.surfaces.predicted, f"Density by the model, {unit}"),
            ("lower", s.surfaces.lower, f"Density by the model, lower limit, {unit}"),
            ("upper", s.surfaces.upper, f"Density by the model, upper limit, {unit}"),
        ]
    return maps


def _write_layers(out: Path, sessions: tuple[_SessionResult, ...], audience: Audience) -> Path:
    layers = [
        layer for s in sessions for layer in (_density_layer(s, audience), *_station_layer(s, audience))
    ]
    path = out / "results.gpkg"
    write_geopackage(path, layers, changed_utc=_now())
    return path


def _now() -> str:
    return dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _density_layer(s: _SessionResult, audience: Audience) -> Layer:
    surface = s.surfaces.realised
    return Layer(
        name=f"density_{s.number:02d}",
        xy_m=surface.xy_m,
        crs=s.history.crs,
        columns={"session": [s.history.session] * len(surface.xy_m), **s.surfaces.columns},
        cell_m=surface.grid_m,
        description=f"Density of independent animals; audience: {audience}",
    )


def _station_layer(s: _SessionResult, audience: Audience) -> list[Layer]:
    places = stations_for(s.history.xy_m, s.history.crs, audience)
    if places is None:
        return []
    detections = np.bincount(
        s.history.event_detector, weights=s.history.event_count, minlength=s.history.n_detectors
    )
    columns: dict[str, list[str] | list[float] | list[int]] = {
        "station_days": s.history.usage_station_days.sum(axis=1).tolist(),
        "detections": detections.astype(int).tolist(),
        "uncertainty_m": places.uncertainty_m.tolist(),
    }
    if may_see_exact_places(audience):
        columns = {"station": list(s.history.detectors), **columns}
    return [
        Layer(
            name=f"stations_{s.number:02d}",
            xy_m=places.xy,
            crs=s.history.crs,
            columns=columns,
            description=f"Stations; audience: {audience}",
        )
    ]


def _write_script(
    out: Path, fit: Fit, sessions: tuple[_SessionResult, ...]
) -> tuple[tuple[Path, ...], list[Notice]]:
    if beyond := not_repeatable(fit.spec, [s.history for s in sessions]):
        return (), [note("results.no_script", value=", ".join(dict.fromkeys(beyond)))]
    folder = out / SECR_FOLDER
    folder.mkdir()
    return write_secr_files(folder, fit, [s.history for s in sessions], [s.space for s in sessions]), []
