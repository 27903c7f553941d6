"""What a person asks of a design: `design.toml`, every key declared once with its limits and meaning."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from pardine.base.errors import InputError
from pardine.observe.session import DetectorType

Kind = Literal["number", "whole", "file", "text"]


@dataclass(frozen=True, kw_only=True)
class Key:
    """One key of `design.toml`.

    Attributes
    ----------
    section, name
        Where it stands; the name is also that of the field of `DesignRequest`.
    kind
        What its value is.
    help
        What it means.
    low, high
        Limits of a number, both allowed.
    """

    section: str
    name: str
    kind: Kind
    help: str
    low: float = 0.0
    high: float = 1e9


@dataclass(frozen=True, kw_only=True)
class DesignRequest:
    """The choices of a design; what is ``None`` was left out. `KEYS` tells what each means.

    ``coefficients`` are the table of that name: contrasts of the model on their link scales.
    """

    cameras: int | None = None
    cameras_per_station: int = 2
    nights: int = 90
    occasion_nights: int = 10
    detector_type: DetectorType = "count"
    camera_working_prob: float = 0.9
    goal_cv: float = 0.2
    density_per_100km2: float | None = None
    lambda0: float | None = None
    g0: float | None = None
    sigma_m: float | None = None
    habitat: Path | None = None
    candidates: Path | None = None
    stations: Path | None = None
    roads: Path | None = None
    crs: str | None = None
    max_distance_m: float | None = None
    access_covariate: str | None = None
    min_spacing_m: float = 0.0
    budget_usd: float | None = None
    camera_usd: float = 0.0
    station_usd: float = 0.0
    station_night_usd: float = 0.0
    travel_usd_per_km: float = 0.0
    visits: int = 2
    model: str | None = None
    known_sexes: float = 1.0
    coefficients: Mapping[str, float] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The request as plain JSON values, files by name."""
        return {k: v.name if isinstance(v, Path) else v for k, v in asdict(self).items()}


KEYS: tuple[Key, ...] = (
    Key(section="survey", name="cameras", kind="whole", low=1, high=1e5, help="Cameras there are"),
    Key(section="survey", name="cameras_per_station", kind="whole", low=1, high=2,
        help="1, or 2 facing each other (slots A and B)"),
    Key(section="survey", name="nights", kind="whole", low=1, high=3660, help="Nights the cameras stay"),
    Key(section="survey", name="occasion_nights", kind="whole", low=1, high=3660,
        help="Nights of an occasion; matters to proximity detectors"),
    Key(section="survey", name="detector_type", kind="text",
        help="count: a station may record an animal several times an occasion; proximity: at most once"),
    Key(section="survey", name="camera_working_prob", kind="number", low=0.01, high=1.0,
        help="Share of the nights that one camera works; a station works while one of its cameras does"),
    Key(section="survey", name="goal_cv", kind="number", low=0.01, high=2.0,
        help="Coefficient of variation of density that is wanted: 0.2 is 20 %"),
    Key(section="animals", name="density_per_100km2", kind="number", low=1e-4, high=1e5,
        help="Independent animals expected"),
    Key(section="animals", name="lambda0", kind="number", low=1e-7, high=1e3,
        help="Detections expected per station-day at an activity centre"),
    Key(section="animals", name="g0", kind="number", low=1e-7, high=0.999,
        help="Instead of lambda0: probability per station-day, half-normal"),
    Key(section="animals", name="sigma_m", kind="number", low=1.0, high=1e6, help="Spatial scale"),
    Key(section="places", name="habitat", kind="file",
        help="Habitat points (a mask table); left out: that of the project"),
    Key(section="places", name="crs", kind="text", help="Of projected x and y in these tables"),
    Key(section="places", name="candidates", kind="file",
        help="Places where a station may stand; left out: every habitat point"),
    Key(section="places", name="stations", kind="file",
        help="A layout to judge, nothing is chosen then; with columns usage_1, usage_2, ... its effort"),
    Key(section="places", name="roads", kind="file",
        help="Points along roads and tracks, closer together than max_distance_m"),
    Key(section="places", name="max_distance_m", kind="number", low=0.0, high=1e7,
        help="Farthest that a station may stand from roads, or from access_covariate"),
    Key(section="places", name="access_covariate", kind="text",
        help="Instead of roads: column of the habitat (or candidates) table with the distance in m"),
    Key(section="places", name="min_spacing_m", kind="number", low=0.0, high=1e7,
        help="Least distance between two stations"),
    Key(section="costs", name="budget_usd", kind="number", low=0.0, help="What the survey may cost"),
    Key(section="costs", name="camera_usd", kind="number", help="Of a camera"),
    Key(section="costs", name="station_usd", kind="number", help="Of setting up a station"),
    Key(section="costs", name="station_night_usd", kind="number", help="Of a station's night"),
    Key(section="costs", name="travel_usd_per_km", kind="number",
        help="Of a km from the nearest road to the station, there or back"),
    Key(section="costs", name="visits", kind="whole", low=1, high=1000, help="Visits to a station"),
    Key(section="simulation", name="model", kind="text",
        help="With --simulate: what animals do and what is fitted; left out: the null model"),
    Key(section="simulation", name="known_sexes", kind="number", low=0.0, high=1.0,
        help="Share of the animals seen whose sex is recorded, where the model has sexes (hcov)"),
)  # fmt: skip

COEFFICIENTS = "coefficients"
"""Section of contrasts of the model, each by its name."""

_SECTIONS = tuple(dict.fromkeys(key.section for key in KEYS))
_DETECTOR_TYPES = ("count", "proximity")


def read_design_file(path: Path) -> DesignRequest:
    """Read a `design.toml`; files in it are named from its own folder.

    Raises
    ------
    InputError
        ``design.cannot_read``, ``design.not_toml``, ``design.unknown_key``, ``design.bad_value``.
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("design.cannot_read", file=str(path), detail=str(error)) from error
    except tomllib.TOMLDecodeError as error:
        raise InputError("design.not_toml", file=str(path), detail=str(error)) from error
    known = {(key.section, key.name): key for key in KEYS}
    given: dict[str, Any] = {}
    for section, entries in values.items():
        if section == COEFFICIENTS and isinstance(entries, dict):
            given["coefficients"] = {name: _coefficient(name, value) for name, value in entries.items()}
            continue
        if section not in _SECTIONS or not isinstance(entries, dict):
            raise InputError(
                "design.unknown_key", value=section, expected=", ".join((*_SECTIONS, COEFFICIENTS))
            )
        for name, value in entries.items():
            if (section, name) not in known:
                expected = ", ".join(key.name for key in KEYS if key.section == section)
                raise InputError("design.unknown_key", value=f"{section}.{name}", expected=expected)
            given[name] = _checked(known[section, name], value, path.parent)
    return check_request(replace(DesignRequest(), **given))


def check_request(request: DesignRequest) -> DesignRequest:
    """The request itself, its numbers within their limits and its parts in agreement.

    Raises
    ------
    InputError
        ``design.bad_value``, ``design.two_detections``.
    """
    for key in KEYS:
        value = getattr(request, key.name)
        if value is not None:
            _checked(key, value, Path())
    if request.lambda0 is not None and request.g0 is not None:
        raise InputError("design.two_detections")
    return request


def _checked(key: Key, value: Any, folder: Path) -> Any:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if key.name == "detector_type":
        if value in _DETECTOR_TYPES:
            return value
        raise InputError(
            "design.bad_value", column=key.name, value=value, expected=", ".join(_DETECTOR_TYPES)
        )
    match key.kind:
        case "number" | "whole" if is_number and key.low <= value <= key.high:
            if key.kind == "number":
                return float(value)
            if float(value).is_integer():
                return int(value)
        case "file" if isinstance(value, str | Path) and str(value).strip():
            return folder / value
        case "text" if isinstance(value, str) and value.strip():
            return value.strip()
    raise InputError("design.bad_value", column=key.name, value=value, expected=_expected(key))


def _coefficient(name: str, value: Any) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not math.isfinite(value):
        raise InputError("design.bad_value", column=name, value=value, expected="a number")
    return float(value)


def _expected(key: Key) -> str:
    words = {"file": "a file name", "text": "a text"}
    return words.get(key.kind) or f"{key.kind}, {key.low:g} – {key.high:g}"
