"""What an audience may read: the one place in the report that withholds names and places.

How coarse places become is decided in `exchange.generalise`; here it is applied to what a report
shows. Secret by default: of a warning's facts only numbers and a few known words pass.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pardine.base.errors import Notice
from pardine.base.place import LOCAL
from pardine.exchange.generalise import (
    Audience,
    aggregate_to_grid,
    generalise_places,
    grid_m,
    may_see_exact_places,
)
from pardine.report.content import SessionSection
from pardine.report.derive import detections_per_station
from pardine.report.figures.density_map import MapPanel
from pardine.report.phrases import PARAMETERS

_HARMLESS_WORDS = frozenset(
    {
        "model",
        "session",
        "sessions",
        "parameter",
        "parameters",
        "term",
        "terms",
        "unit",
        "detection",
        "detector_type",
        "sex",
        "sexes",
        "level",
        "likelihood",
        "limit",
        "expected",
    }
)
_COORDINATES = frozenset({"x", "y", "xy", "lon", "lat", "longitude", "latitude", "easting", "northing"})


def may_see_names(audience: Audience) -> bool:
    """Whether names of animals, stations and files are shown."""
    return may_see_exact_places(audience)


def notice_for(notice: Notice, audience: Audience, withheld: str) -> Notice:
    """A notice without names and places where the audience may not read them.

    Parameters
    ----------
    withheld
        What stands in their stead.
    """
    if may_see_names(audience):
        return notice
    return Notice(notice.code, _harmless(notice.fields, withheld), notice.severity)


def _harmless(fields: Mapping[str, Any], withheld: str) -> dict[str, Any]:
    return {name: value if _is_harmless(name, value) else withheld for name, value in fields.items()}


def _is_harmless(name: str, value: Any) -> bool:
    if name in _COORDINATES:
        return False
    if name == "value" and isinstance(value, str) and value.split(".")[0] in PARAMETERS:
        return True
    return name in _HARMLESS_WORDS or value is None or isinstance(value, (bool, int, float))


def map_panel(section: SessionSection, audience: Audience) -> MapPanel:
    """A session's density as the audience may see it, moved to a corner of its own.

    Parameters
    ----------
    section
        With a surface.
    audience
        Decides the squares' size, and whether stations are there.

    Raises
    ------
    ValueError
        The section has no surface.
    """
    surface = section.surface
    if surface is None:
        raise ValueError(f"session {section.session.code} has no surface")
    xy_m, density, side_m = surface.xy_m, surface.density_per_100km2, float(np.sqrt(surface.cell_area_m2))
    coarse_m = grid_m(audience)
    if coarse_m is not None and coarse_m >= side_m:
        coarse = aggregate_to_grid(xy_m, density, surface.cell_area_m2, coarse_m)
        xy_m, density, side_m = coarse.xy_m, coarse.value, coarse_m
    corner = xy_m.min(axis=0) - side_m / 2.0
    stations_m, seen = _stations(section, audience)
    return MapPanel(
        label=section.session.code,
        xy_m=xy_m - corner,
        side_m=side_m,
        density_per_100km2=density,
        stations_xy_m=stations_m - corner,
        station_has_detections=seen,
        north_is_up=section.history.crs != LOCAL,
    )


def _stations(section: SessionSection, audience: Audience) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Stations where the audience may see them; partners see squares, the public nothing."""
    history = section.history
    if audience == "public":
        return np.empty((0, 2)), np.empty(0, dtype=np.bool_)
    places = generalise_places(history.xy_m, history.crs, audience)
    return places.xy, detections_per_station(history) > 0
