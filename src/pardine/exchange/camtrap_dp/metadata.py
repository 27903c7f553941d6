"""What a descriptor must say of its package: what the tables tell is derived, the rest a person gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from pardine.exchange.camtrap_dp.check import local_times
from pardine.exchange.camtrap_dp.specification import PROFILE_URL, TableName
from pardine.exchange.ledger import Ledger

_DESIGNS = (
    "simpleRandom",
    "systematicRandom",
    "clusteredRandom",
    "experimental",
    "targeted",
    "opportunistic",
)


def complete_metadata(
    metadata: Mapping[str, Any], tables: Mapping[TableName, pl.DataFrame], ledger: Ledger
) -> dict[str, Any]:
    """The descriptor without resources, as the profile of the standard asks.

    Parameters
    ----------
    metadata
        Must hold ``created`` (ISO 8601), ``contributors`` (each with a title) and ``project`` with its
        ``title`` and ``samplingDesign``; what else is given is kept. Species that the tables have beside
        those given are added, the time is widened to theirs, and a place that does not hold all deployments
        gives way to one that does.
    tables
        Of the package.
    ledger
        Takes what is missing.
    """
    project = metadata.get("project")
    project = dict(project) if isinstance(project, Mapping) else {}
    _check_given(metadata, project, ledger)
    media, observations = tables["media"], tables["observations"]
    project.setdefault("captureMethod", _words(media["captureMethod"]) or ["activityDetection"])
    project.setdefault("individualAnimals", observations["individualID"].null_count() < observations.height)
    project.setdefault("observationLevel", _words(observations["observationLevel"]) or ["media"])
    derived = {
        "spatial": _spatial_of(metadata.get("spatial"), tables["deployments"]),
        "temporal": _temporal_of(metadata.get("temporal"), tables["deployments"]),
        "taxonomic": _taxonomic_of(metadata.get("taxonomic"), _words(observations["scientificName"])),
    }
    return {**metadata, **derived, "profile": PROFILE_URL, "project": project}


def _taxonomic_of(given: Any, names: list[str]) -> list[Any]:
    """Species as they are given, and those that only the tables have."""
    known = [each for each in given if isinstance(each, Mapping)] if isinstance(given, list) else []
    told = {each.get("scientificName") for each in known}
    return [*known, *({"scientificName": name} for name in names if name not in told)]


def _temporal_of(given: Any, deployments: pl.DataFrame) -> Any:
    """From the earliest to the latest day of what is given and of the deployments."""
    found = _temporal(deployments)
    if not isinstance(given, Mapping):
        return found
    days = [
        (str(each.get("start", found["start"])), str(each.get("end", found["end"])))
        for each in (given, found)
    ]
    return {**given, "start": min(start for start, _ in days), "end": max(end for _, end in days)}


def _spatial_of(given: Any, deployments: pl.DataFrame) -> Any:
    """The place that is given, if all deployments lie within its box; else the box around them."""
    found = _spatial(deployments)
    inner, outer = _box(found), _box(given)
    if inner is None:
        return given or found
    holds = (
        outer is not None
        and outer[0] <= inner[0]
        and outer[1] <= inner[1]
        and (outer[2] >= inner[2] and outer[3] >= inner[3])
    )
    return given if holds else found


def _box(shape: Any) -> tuple[float, float, float, float] | None:
    """West, south, east and north of a GeoJSON polygon; ``None`` for anything else."""
    rings = shape.get("coordinates") if isinstance(shape, Mapping) else None
    try:
        points = [(float(x), float(y)) for ring in rings or () for x, y, *_ in ring]
    except (TypeError, ValueError):
        return None
    if not points:
        return None
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def _check_given(metadata: Mapping[str, Any], project: Mapping[str, Any], ledger: Ledger) -> None:
    contributors = metadata.get("contributors")
    named = isinstance(contributors, list) and all(
        isinstance(each, Mapping) and each.get("title") for each in contributors
    )
    given = {
        "created": metadata.get("created"),
        "contributors": contributors if named else None,
        "project.title": project.get("title"),
        "project.samplingDesign": project.get("samplingDesign") in _DESIGNS,
    }
    for name, value in given.items():
        if not value:
            expected = ", ".join(_DESIGNS) if name.endswith("Design") else ""
            ledger.problem("camtrapdp.missing_metadata", value=name, expected=expected)


def _words(cells: pl.Series) -> list[str]:
    return cells.drop_nulls().unique().sort().to_list()


def _spatial(deployments: pl.DataFrame) -> dict[str, Any]:
    """Box around all deployments, as GeoJSON."""
    places = deployments.select(pl.col("longitude", "latitude").cast(pl.Float64))
    if places.is_empty():
        return {"type": "Polygon", "coordinates": []}
    (west, south), (east, north) = places.min().row(0), places.max().row(0)
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def _temporal(deployments: pl.DataFrame) -> dict[str, str]:
    first = local_times(deployments["deploymentStart"]).dt.date().min()
    last = local_times(deployments["deploymentEnd"]).dt.date().max()
    return {"start": str(first), "end": str(last)}
