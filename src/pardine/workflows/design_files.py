"""The files of a design: the layout for maps, receivers and the office, the figure, and how it was made."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import numpy as np

from pardine import __version__
from pardine.base.errors import InputError, Notice, note, warning
from pardine.base.place import GEOGRAPHIC, LOCAL, transform
from pardine.base.provenance import finite_or_none, source_hash
from pardine.exchange.gpx import Waypoint, gpx_text
from pardine.exchange.survey_export import Cell, write_table
from pardine.language.translate import Language
from pardine.language.words import Words
from pardine.report.figures.canvas import Canvas
from pardine.report.figures.precision import PrecisionCurves, PrecisionWords, precision_figure
from pardine.report.fonts import installed_fonts
from pardine.store.geopackage import Layer, write_geopackage
from pardine.workflows.design import Designed

_INTERNAL = "INTERNAL: exact places of cameras. Do not pass on."


def refuse_used_folder(out: Path) -> None:
    """Refuse a folder that holds something, before the work rather than after it.

    Raises
    ------
    InputError
        ``export.folder_not_empty``.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InputError("export.folder_not_empty", directory=str(out))


def write_design(designed: Designed, out: Path, language: Language) -> tuple[list[Path], list[Notice]]:
    """Write the files of a design to a new folder.

    Returns
    -------
    files
        What was written: exact places, for internal use.
    notices
        That they are internal; what could not be written.
    """
    refuse_used_folder(out)
    out.mkdir(parents=True, exist_ok=True)
    notices: list[Notice] = [warning("design.internal")]
    header, rows = _table(designed)
    write_table(out / "stations.csv", header, rows)
    changed = dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    write_geopackage(out / "design.gpkg", _layers(designed), changed_utc=changed)
    (out / "precision.svg").write_bytes(_figure(designed, language))
    text = json.dumps(design_json(designed), ensure_ascii=False, indent=2, allow_nan=False)
    (out / "design.json").write_text(text + "\n", encoding="utf-8")
    files = [out / name for name in ("stations.csv", "design.gpkg", "precision.svg", "design.json")]
    if designed.sites.crs == LOCAL:
        notices.append(note("design.no_gpx"))
    else:
        (out / "stations.gpx").write_text(_gpx(designed), encoding="utf-8", newline="\n")
        files.append(out / "stations.gpx")
    return files, notices


def station_codes(designed: Designed) -> list[str]:
    """Codes of the stations: those given, else new ones from north-west to south-east."""
    if designed.sites.names:
        return list(designed.sites.names)
    n = len(designed.plan.xy_m)
    order = np.lexsort((designed.plan.xy_m[:, 0], -designed.plan.xy_m[:, 1]))
    rank = np.empty(n, dtype=int)
    rank[order] = np.arange(1, n + 1)
    return [f"P{k:0{len(str(n))}d}" for k in rank.tolist()]


def design_json(designed: Designed) -> dict[str, Any]:
    """A design as plain JSON values: what was asked, expected and found, and how it was made."""
    expected, simulated = designed.expected, designed.simulated
    return {
        "audience": "internal",
        "pardine": __version__,
        "source_sha256": source_hash(),
        "seed": designed.seed,
        "request": designed.request.as_dict(),
        "animals": {
            "density_per_100km2": designed.expectation.density_per_100km2,
            "detection": designed.expectation.detection,
            **designed.expectation.values,
        },
        "n_stations": len(designed.plan.xy_m),
        "n_cameras": len(designed.plan.xy_m) * designed.request.cameras_per_station,
        "cost_usd": designed.layout.cost_usd,
        "station_days": float(designed.plan.usage_station_days.sum()),
        "expected": {
            "animals": expected.n_animals,
            "detections": expected.n_detections,
            "recaptures": expected.n_recaptures,
            "animals_at_several_stations": expected.n_moved,
            "se_log_density": expected.se_log_density,
            "cv_density": expected.cv_density,
            "method": "expected information of the full likelihood",
        },
        "simulated": None
        if simulated is None
        else {
            "model": None if designed.model is None else designed.model.text,
            "surveys": simulated.n_surveys,
            "refused": simulated.n_refused,
            "refusals": dict(simulated.refusals),
            "cv_density": finite_or_none(simulated.cv_density),
            "cv_mc_error": finite_or_none(simulated.cv_mc_error),
            "relative_bias": finite_or_none(simulated.relative_bias),
            "coverage_95": finite_or_none(simulated.coverage),
        },
        "habitat_within_two_sigma": designed.habitat_share,
        "by_nights": [[effort, finite_or_none(cv)] for effort, cv in designed.by_nights],
        "by_stations": [[effort, finite_or_none(cv)] for effort, cv in designed.by_stations],
        "crs": designed.sites.crs,
        "stations": [
            {"station": code, "x": x, "y": y}
            for code, (x, y) in zip(station_codes(designed), designed.plan.xy_m.tolist(), strict=True)
        ],
    }


def _table(designed: Designed) -> tuple[list[str], list[list[Cell]]]:
    """Stations as `pardine add` reads them once effort has been written in."""
    chosen = designed.layout.chosen
    access_m = designed.sites.access_m[chosen]
    rows: list[list[Cell]] = [
        [code, x, y, designed.sites.crs, designed.request.cameras_per_station, finite_or_none(distance)]
        for code, (x, y), distance in zip(
            station_codes(designed), designed.plan.xy_m.tolist(), access_m.tolist(), strict=True
        )
    ]
    return ["station", "x", "y", "crs", "n_cameras", "road_m"], rows


def _layers(designed: Designed) -> list[Layer]:
    header, rows = _table(designed)
    columns = {
        name: [row[k] for row in rows] for k, name in enumerate(header) if name not in ("x", "y", "crs")
    }
    space = designed.sites.state_space
    crs = designed.sites.crs
    distance_m = np.sqrt(
        ((space.xy_m[:, None, :] - designed.plan.xy_m[None, :, :]) ** 2).sum(axis=2).min(axis=1)
    )
    return [
        Layer(name="stations", xy_m=designed.plan.xy_m, crs=crs, columns=columns, description=_INTERNAL),
        Layer(
            name="habitat",
            xy_m=space.xy_m,
            crs=crs,
            columns={"nearest_station_m": distance_m.tolist()},
            cell_m=float(np.sqrt(space.cell_area_m2)),
            description=_INTERNAL,
        ),
    ]


def _gpx(designed: Designed) -> str:
    degrees = transform(designed.plan.xy_m, designed.sites.crs, GEOGRAPHIC)
    comment = "slots A and B" if designed.request.cameras_per_station == 2 else "one camera"
    waypoints = [
        Waypoint(name=code, longitude_deg=longitude, latitude_deg=latitude, comment=comment)
        for code, (longitude, latitude) in zip(station_codes(designed), degrees.tolist(), strict=True)
    ]
    return gpx_text(waypoints, name="Pardine design", warning=_INTERNAL)


def _figure(designed: Designed, language: Language) -> bytes:
    words = Words(language)
    simulated = designed.simulated
    is_known = simulated is not None and np.isfinite(simulated.cv_density)
    curves = PrecisionCurves(
        by_nights=designed.by_nights,
        by_stations=designed.by_stations,
        nights=float(designed.request.nights),
        n_stations=float(len(designed.plan.xy_m)),
        design_cv=designed.expected.cv_density,
        goal_cv=designed.request.goal_cv,
        simulated_cv=simulated.cv_density if simulated is not None and is_known else None,
        simulated_error=simulated.cv_mc_error if simulated is not None and is_known else None,
    )
    text = PrecisionWords(
        y_label=words.say("Coefficient of variation of density"),
        nights=words.say("Nights, with these stations"),
        stations=words.say("Stations, for these nights"),
        goal=words.say("wanted"),
        design=words.say("this design"),
        simulated=words.say("this design, simulated (95 % interval)"),
    )
    return precision_figure(Canvas(words, installed_fonts()), curves, text)
