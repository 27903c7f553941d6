"""Sightings: somebody's or something's statement about what media show."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pardine.observe.capture import AgeClass, Sex

SightingKind = Literal["animal", "human", "vehicle", "blank", "unknown", "unclassified"]
Method = Literal["human", "machine"]


@dataclass(frozen=True, kw_only=True)
class BoundingBox:
    """Box in shares of the picture's width and height, from its upper left corner."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, kw_only=True)
class Sighting:
    """One statement about one file or one encounter.

    Attributes
    ----------
    code
        The source's name for it (Camtrap DP ``observationID``).
    deployment
        Deployment code.
    media
        Media code, or empty where the statement is about an encounter.
    event
        The source's name of the encounter; empty where it has none.
    starts, ends
        Of the event, wall clock; ``None`` where not told.
    kind, species
        What it is; species by its scientific name, empty where unknown.
    count
        Number of animals; ``None`` where not told.
    sex, age_class, individual
        Where the statement says so.
    box
        Where in the picture.
    method, by, at
        Who said so and when.
    probability
        As the classifier states it.
    attributes
        Further columns, as text.
    """

    code: str
    deployment: str
    media: str = ""
    event: str = ""
    starts: dt.datetime | None = None
    ends: dt.datetime | None = None
    utc_offset_min: int | None = None
    kind: SightingKind = "unknown"
    species: str = ""
    count: int | None = None
    sex: Sex | None = None
    age_class: AgeClass | None = None
    individual: str = ""
    box: BoundingBox | None = None
    method: Method | None = None
    by: str = ""
    at: dt.datetime | None = None
    probability: float | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)


def source_of(code: str) -> str:
    """Where a sighting of a photograph stands, by its code: ``tag``, ``path``, else empty."""
    _, _, tail = code.rpartition("#")
    return next((source for source in ("tag", "path") if "#" in code and tail.startswith(source)), "")
