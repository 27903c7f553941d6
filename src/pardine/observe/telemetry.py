"""Telemetry: where a collared animal was, photographed or not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Fix:
    """One fix of a collar.

    Attributes
    ----------
    session, individual
        Codes; the animal may be one of the captures or one that was never photographed.
    x, y
        In the session's ``crs``: metres, or longitude and latitude in degrees.
    at
        When, by the session's wall clock; ``None`` where not told.
    row
        Line of the file the row stood on (1 = first line); no part of what the row says.
    table
        sha256 of that file, ``None`` where not known; no part of what the row says.
    """

    session: str
    individual: str
    x: float
    y: float
    at: dt.datetime | None = None
    row: int | None = field(default=None, compare=False)
    table: str | None = field(default=None, compare=False)


def one_a_day(fixes: Iterable[Fix]) -> tuple[Fix, ...]:
    """The first fix of each animal on each day; all of those without a time.

    Fixes of one day tell of one walk, not of the range: taken as independent draws they would make
    sigma look better known than it is.
    """
    kept: list[Fix] = []
    first: dict[tuple[str, str, dt.date], Fix] = {}
    for fix in fixes:
        if fix.at is None:
            kept.append(fix)
            continue
        day = (fix.session, fix.individual, fix.at.date())
        before = first.setdefault(day, fix)
        if before.at is not None and fix.at < before.at:
            first[day] = fix
    return (*kept, *first.values())
