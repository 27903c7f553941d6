"""A package as an audience may see it: places on a fixed grid, people and exact data left out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from pardine.base.place import GEOGRAPHIC
from pardine.exchange.camtrap_dp.custom import COLUMNS, EFFORT, FILES
from pardine.exchange.camtrap_dp.package import CamtrapPackage
from pardine.exchange.generalise import Audience, generalise_places, may_see_exact_places

# Names and notes that tell where a camera stood or who was there.
_TELLING = {
    "deployments": ("locationName", "setupBy", "deploymentTags", "deploymentGroups", "deploymentComments",
                    "habitat", "cameraID"),
    "media": ("exifData", "mediaComments"),
    "observations": ("observationComments", "observationTags"),
}  # fmt: skip
_PEOPLE = ("contributors", "sources")
_OWN_FOR_OTHERS = (EFFORT, FILES)


def package_for(package: CamtrapPackage, audience: Audience) -> CamtrapPackage:
    """The package as the audience may see it; unchanged for people of the project.

    Parameters
    ----------
    package
        What is to leave the project.
    audience
        Partners see squares of 0.01 degrees, the public of 0.1 degrees.

    Notes
    -----
    Station codes stay, so that sightings can be counted by station. Columns and tables that the
    standard does not know are left out, for nobody can tell what they give away; so are EXIF data,
    comments, tags, names of places and of people who classified. Media with people are not public.
    """
    if may_see_exact_places(audience):
        return package
    tables = dict(package.tables)
    tables["deployments"] = _generalised(tables["deployments"], audience)
    for name, columns in _TELLING.items():
        key = next(each for each in tables if each == name)
        tables[key] = tables[key].with_columns(pl.lit(None, dtype=pl.String).alias(c) for c in columns)
    people = tables["observations"].filter(pl.col("observationType") == "human")["mediaID"].drop_nulls()
    with_people = pl.col("mediaID").is_in(people.implode())
    tables["media"] = tables["media"].with_columns(
        pl.when(with_people).then(pl.lit("false")).otherwise("filePublic").alias("filePublic")
    )
    by_person = pl.col("classificationMethod") == "machine"
    tables["observations"] = tables["observations"].with_columns(pl.when(by_person).then("classifiedBy"))
    metadata = {k: v for k, v in package.metadata.items() if k not in ("spatial", "coordinatePrecision")}
    metadata |= {name: _without_addresses(metadata[name]) for name in _PEOPLE if name in metadata}
    own = {name: frame for name, frame in package.own.items() if name in _OWN_FOR_OTHERS and name != COLUMNS}
    return replace(package, tables=tables, extras={}, metadata=metadata, own=own, others=())


def _without_addresses(people: Any) -> Any:
    """Who made the data stays, for they want to be named; how to reach them does not."""
    if not isinstance(people, list):
        return people
    return [
        {k: v for k, v in each.items() if k != "email"} if isinstance(each, dict) else each for each in people
    ]


def _generalised(deployments: pl.DataFrame, audience: Audience) -> pl.DataFrame:
    xy = deployments.select(pl.col("longitude", "latitude").cast(pl.Float64)).to_numpy()
    places = generalise_places(xy, GEOGRAPHIC, audience)
    stated = deployments["coordinateUncertainty"].cast(pl.Float64, strict=False).fill_null(0.0).to_numpy()
    # Both uncertainties add up: the place may already have been off before it was moved.
    uncertainty_m = np.ceil(places.uncertainty_m + stated).astype(np.int64)
    rounded = np.round(places.xy, 6)
    return deployments.with_columns(
        pl.Series("longitude", rounded[:, 0]).cast(pl.String),
        pl.Series("latitude", rounded[:, 1]).cast(pl.String),
        pl.Series("coordinateUncertainty", uncertainty_m).cast(pl.String),
    )
