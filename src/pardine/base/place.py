"""Places: what coordinates mean, and their way into metres of one equal-area projection."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from pardine.base.errors import InputError

GEOGRAPHIC = "EPSG:4326"
LOCAL = "local"
_EPSG = re.compile(r"(?:EPSG:)?(\d{3,6})", re.IGNORECASE)


def resolve_crs(text: str) -> str:
    """Normalise what a person wrote for a coordinate reference system.

    Parameters
    ----------
    text
        ``local`` (metres without a place on Earth), an EPSG code, or any text that PROJ reads.

    Returns
    -------
    str
        ``"local"``, ``"EPSG:n"`` or the text itself.

    Raises
    ------
    InputError
        ``place.unknown_crs``: PROJ does not know it; ``place.crs_not_metres``: a projected system
        in other units than metres; ``place.crs_not_flat``: neither projected nor longitude and
        latitude (geocentric, heights only).
    """
    cleaned = text.strip()
    if cleaned.lower() == LOCAL:
        return LOCAL
    if match := _EPSG.fullmatch(cleaned):
        cleaned = f"EPSG:{match.group(1)}"
    try:
        crs = CRS.from_user_input(cleaned)
    except CRSError as error:
        raise InputError("place.unknown_crs", value=text) from error
    if not (crs.is_projected or crs.is_geographic):
        raise InputError("place.crs_not_flat", value=text, kind=crs.type_name)
    if crs.is_projected and any(axis.unit_name != "metre" for axis in crs.axis_info[:2]):
        raise InputError("place.crs_not_metres", value=text, unit=crs.axis_info[0].unit_name)
    return cleaned


def is_geographic(crs: str) -> bool:
    """Whether the coordinates are longitude and latitude in degrees."""
    return crs != LOCAL and bool(CRS.from_user_input(crs).is_geographic)


def equal_area_crs(longitude_deg: float, latitude_deg: float) -> str:
    """Lambert azimuthal equal-area projection centred on a place, as a PROJ string in metres."""
    return f"+proj=laea +lat_0={latitude_deg:.6f} +lon_0={longitude_deg:.6f} +datum=WGS84 +units=m +type=crs"


def to_analysis_metres(
    xy: NDArray[np.float64], crs: str, *, analysis_crs: str | None = None
) -> tuple[NDArray[np.float64], str]:
    """Coordinates in the metres in which a session is analysed.

    Projected and local coordinates keep their own metres and are never reprojected; geographic
    ones are projected to ``analysis_crs``, or to an equal-area projection centred on their middle.

    Parameters
    ----------
    xy : (K, 2) array
        Easting and northing in m, or longitude and latitude in degrees.
    crs
        As `resolve_crs` returns it.
    analysis_crs
        The projection that the session already has.

    Returns
    -------
    xy_m : (K, 2) array
    analysis_crs : str
    """
    if not is_geographic(crs):
        return xy, crs
    if analysis_crs is None:
        middle = (xy.min(axis=0) + xy.max(axis=0)) / 2.0
        analysis_crs = equal_area_crs(float(middle[0]), float(middle[1]))
    return transform(xy, crs, analysis_crs), analysis_crs


def transform(xy: NDArray[np.float64], from_crs: str, to_crs: str) -> NDArray[np.float64]:
    """Transform (K, 2) coordinates, x before y (longitude before latitude) on both sides."""
    transformer: Any = Transformer.from_crs(from_crs, to_crs, always_xy=True)
    x, y = transformer.transform(xy[:, 0], xy[:, 1])
    return np.column_stack([x, y])
