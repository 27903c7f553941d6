"""A survey as it was brought: sessions with their stations, effort, captures and habitat masks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pardine.observe.capture import ImportedCapture
from pardine.observe.effort import EffortInterval
from pardine.observe.session import Session
from pardine.observe.station import Station
from pardine.observe.telemetry import Fix


@dataclass(frozen=True, kw_only=True, eq=False)
class HabitatMask:
    """Points where activity centres may be, as a person supplied them.

    Attributes
    ----------
    session
        Session code, or ``None``: for every session.
    xy : (M, 2) array
        In the crs of the session.
    cell_area_m2
        Area that each point stands for.
    covariates
        Name to (M,) array of text; empty text where missing.
    sha256
        Of the table it came from.
    """

    session: str | None
    xy: NDArray[np.float64]
    cell_area_m2: float
    covariates: dict[str, NDArray[np.str_]]
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Survey:
    """Sessions and what was brought for them; every part refers to sessions by code.

    Attributes
    ----------
    sessions, stations, captures, masks
        In the order of the tables.
    effort
        Intervals, where effort came as such; ``Station.usage_station_days`` is derived from them.
    fixes
        Of collared animals; they tell of sigma.
    """

    sessions: tuple[Session, ...]
    stations: tuple[Station, ...]
    captures: tuple[ImportedCapture, ...]
    masks: tuple[HabitatMask, ...] = ()
    effort: tuple[EffortInterval, ...] = ()
    fixes: tuple[Fix, ...] = ()

    def only(self, codes: frozenset[str]) -> Survey:
        """The survey of these sessions alone; masks for every session stay."""
        return Survey(
            sessions=tuple(s for s in self.sessions if s.code in codes),
            stations=tuple(s for s in self.stations if s.session in codes),
            captures=tuple(c for c in self.captures if c.session in codes),
            masks=tuple(m for m in self.masks if m.session is None or m.session in codes),
            effort=tuple(e for e in self.effort if e.session in codes),
            fixes=tuple(f for f in self.fixes if f.session in codes),
        )
