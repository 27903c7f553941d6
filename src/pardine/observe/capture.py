"""Imported captures: identities that somebody else decided, as evidence of their own kind."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

Sex = Literal["F", "M"]
SEXES: tuple[Sex, ...] = get_args(Sex)
AgeClass = Literal["adult", "subadult", "cub"]
AGE_CLASSES: tuple[AgeClass, ...] = get_args(AgeClass)


@dataclass(frozen=True, kw_only=True)
class ImportedCapture:
    """One row of a capture table.

    Attributes
    ----------
    session, individual, station
        Codes. Individual names are unique within a session.
    occasion
        From 1.
    count
        Detections of this animal at this station on this occasion; at least 1. Or -1: one detection of
        an animal that was not released.
    sex, age_class
        As the row states them; ``None`` where not known.
    row
        Line of the file the row stood on (1 = first line), to find it again.
    table
        sha256 of that file, ``None`` where not known; no part of what the row says.
    """

    session: str
    individual: str
    occasion: int
    station: str
    count: int = 1
    sex: Sex | None = None
    age_class: AgeClass | None = None
    row: int | None = None
    table: str | None = field(default=None, compare=False)
