"""How many cameras of a station worked: a covariate of detection, from effort told by slot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from pardine.observe.effort import EffortInterval, occasion_edges, usage_from_intervals
from pardine.observe.occasion import noon_edges
from pardine.observe.session import Session
from pardine.observe.station import Station

COLUMN = "ncameras"


def working_cameras(
    session: Session, stations: Sequence[Station], effort: Sequence[EffortInterval]
) -> dict[str, tuple[str, ...]]:
    """Mean number of cameras that worked while the station did, by station and occasion.

    Parameters
    ----------
    session, stations
        The session and its J stations.
    effort
        Its intervals.

    Returns
    -------
    dict
        ``ncameras_1`` ... ``ncameras_S`` to J texts, empty where the station did not work. Empty where
        effort is not told by slot, or where its occasions are not those of the stations' usage.
    """
    slots = sorted({interval.slot for interval in effort if interval.slot})
    if len(slots) < 2:
        return {}
    codes = [station.code for station in stations]
    usage = np.array([station.usage_station_days for station in stations])
    for edges in _possible_edges(session):
        if np.allclose(usage_from_intervals(effort, codes, edges), usage, atol=1e-6):
            camera_days = sum(_usage_of_slot(effort, slot, codes, edges) for slot in slots)
            return _columns(np.asarray(camera_days), usage)
    return {}


def _possible_edges(session: Session) -> Iterator[tuple[datetime, ...]]:
    """Occasions of whole days, all as long, that part the session into as many as it has."""
    if session.starts_on is None or session.ends_on is None or session.duration_days is None:
        return
    for days in range(1, session.duration_days + 1):
        # Sessions of photographs run from noon to noon, those of tables from midnight to midnight.
        for edges in (
            occasion_edges(session.starts_on, session.ends_on, days),
            noon_edges(session.starts_on, session.duration_days, days),
        ):
            if len(edges) - 1 == session.n_occasions:
                yield edges


def _usage_of_slot(
    effort: Sequence[EffortInterval], slot: str, codes: Sequence[str], edges: Sequence[datetime]
) -> NDArray[np.float64]:
    own = [interval for interval in effort if interval.slot in (slot, "")]
    return usage_from_intervals(own, codes, edges)


def _columns(camera_days: NDArray[np.float64], usage: NDArray[np.float64]) -> dict[str, tuple[str, ...]]:
    with np.errstate(divide="ignore", invalid="ignore"):
        cameras = np.where(usage > 0.0, camera_days / usage, np.nan)
    return {
        f"{COLUMN}_{s + 1}": tuple("" if np.isnan(n) else f"{n:.6g}" for n in cameras[:, s].tolist())
        for s in range(usage.shape[1])
    }
