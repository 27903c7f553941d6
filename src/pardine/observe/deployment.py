"""Deployments: one camera at one slot of a station, from its start to its end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """One camera at one slot of a station.

    Attributes
    ----------
    code
        The office's name for it (Camtrap DP ``deploymentID``), unique in the project.
    station, slot
        Where it stood: station code; ``A``, ``B`` or empty where slots are not told apart.
    x, y, crs
        Place of the station: longitude and latitude, or projected metres; NaN where not told.
    starts, ends
        Wall clock of the camera visit (not of the camera), ``None`` where not told.
    utc_offset_min
        Of these times and, unless a clock record says otherwise, of the camera's clock.
    camera_serial, camera_model
        Empty where not told.
    covariates
        Further columns of its table, as text.
    """

    code: str
    station: str
    slot: str = ""
    x: float = float("nan")
    y: float = float("nan")
    crs: str = "EPSG:4326"
    starts: dt.datetime | None = None
    ends: dt.datetime | None = None
    utc_offset_min: int | None = None
    camera_serial: str = ""
    camera_model: str = ""
    covariates: Mapping[str, str] = field(default_factory=dict)
