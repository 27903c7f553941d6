"""What formats of others bring: media without their bytes, beside deployments, sightings and effort."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from pardine.base.errors import Notice
from pardine.exchange.source import SourceTable
from pardine.observe.deployment import Deployment
from pardine.observe.effort import EffortInterval
from pardine.observe.media import MediaKind
from pardine.observe.sighting import Sighting

# Cameras that lost their battery begin with 1970 or 2000; what lies outside these years is no date.
YEARS = range(1900, 2200)


@dataclass(frozen=True, kw_only=True)
class ImportedMedia:
    """One photograph or video as a table or result file tells of it; its bytes may be elsewhere.

    Attributes
    ----------
    code
        The source's name for it (Camtrap DP ``mediaID``); its path where it has none.
    deployment
        Deployment code; empty where the source does not tell.
    path
        As the source writes it: relative with ``/``, or an address, which is never fetched.
    kind, media_type
        Such as ``image`` and ``image/jpeg``.
    wall_clock, utc_offset_min
        What the source says of its time; ``None`` where it does not.
    name
        Name of the file in the camera; empty where not told.
    public
        Whether the source shows it to everybody; ``None`` where not told.
    sha256
        Empty where not told.
    attributes
        Further columns, as text.
    """

    code: str
    deployment: str = ""
    path: str
    kind: MediaKind = "image"
    media_type: str = ""
    wall_clock: dt.datetime | None = None
    utc_offset_min: int | None = None
    name: str = ""
    public: bool | None = None
    sha256: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, eq=False)
class ImportedRecords:
    """All that a source brings.

    Attributes
    ----------
    deployments, media, sightings, effort
        In the order of the source.
    metadata
        What the source says of itself, as text.
    notices
        What a person should know, every repair among it.
    sources
        What the source says of itself, and files that only it can read, byte for byte.
    """

    deployments: tuple[Deployment, ...] = ()
    media: tuple[ImportedMedia, ...] = ()
    sightings: tuple[Sighting, ...] = ()
    effort: tuple[EffortInterval, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()
    sources: tuple[SourceTable, ...] = ()
