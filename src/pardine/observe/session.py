"""Sessions: surveys that are closed in themselves, and how their detectors count."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from pardine.base.place import LOCAL

DetectorType = Literal["count", "proximity", "multi"]
DETECTOR_TYPES: tuple[DetectorType, ...] = get_args(DetectorType)
Evidence = Literal["imported captures", "photographs"]


@dataclass(frozen=True, kw_only=True)
class Session:
    """One closed survey.

    Attributes
    ----------
    code
        The office's name for it, unique in the project.
    n_occasions
        Number of occasions; occasion numbers run from 1.
    detector_type
        ``count`` (several detections of an animal at a station on an occasion), ``proximity`` (at
        most one) or ``multi`` (multi-catch: an animal at most at one station an occasion); ``None``
        until a person states it. Never guessed.
    crs
        Of the stations' ``x`` and ``y``: ``local``, an EPSG code or PROJ text.
    starts_on, ends_on
        First and last day, ``None`` where not told.
    utc_offset_min
        The session's fixed clock offset, ``None`` where not told.
    evidence
        What its identities rest on; the two kinds never mix in a session.
    covariates
        Further columns of the session table, as text.
    table
        sha256 of the session table, ``None`` where there is none; no part of what is said.
    """

    code: str
    n_occasions: int
    detector_type: DetectorType | None = None
    crs: str = LOCAL
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None
    utc_offset_min: int | None = None
    evidence: Evidence = "imported captures"
    covariates: Mapping[str, str] = field(default_factory=dict)
    table: str | None = field(default=None, compare=False)

    @property
    def duration_days(self) -> int | None:
        """Days from the first to the last, both counted; ``None`` where a date is missing."""
        if self.starts_on is None or self.ends_on is None:
            return None
        return (self.ends_on - self.starts_on).days + 1
