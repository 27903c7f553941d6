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
        ``title`` and ``samplingDesign``; what else is given is kept.
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
        "spatial": _spatial(tables["deployments"]),
        "temporal": _temporal(tables["deployments"]),
        "taxonomic": [{"scientificName": name} for name in _words(observations["scientificName"])],
    }
    return {**derived, **metadata, "profile": PROFILE_URL, "project": project}


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
