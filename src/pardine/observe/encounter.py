"""Encounters: visits of one or more animals to a station, both slots together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pardine.observe.clock import Clocks

ENCOUNTER_GAP_S = 300.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Encounters:
    """Visits to stations, E of them from M photographs and videos.

    Attributes
    ----------
    of_media : (M,) array
        Encounter of each; -1 where its time is not known.
    station : (E,) array
        Station of each encounter, numbered as the media were.
    starts, ends : (E,) arrays of datetime64[s]
        First and last moment; the end of a video counts.
    n_media, n_slots : (E,) arrays
        Photographs and videos, and slots that recorded it.
    """

    of_media: NDArray[np.int64]
    station: NDArray[np.int64]
    starts: Clocks
    ends: Clocks
    n_media: NDArray[np.int64]
    n_slots: NDArray[np.int64]

    @property
    def size(self) -> int:
        """Number of encounters."""
        return int(self.station.size)


def find_encounters(
    station: NDArray[np.int64],
    clocks: Clocks,
    *,
    slot: NDArray[np.int64] | None = None,
    duration_s: NDArray[np.float64] | None = None,
    gap_s: float = ENCOUNTER_GAP_S,
) -> Encounters:
    """Join photographs and videos of a station into encounters.

    Parameters
    ----------
    station : (M,) array
        Station of each, as a number from 0; below 0 where it belongs to none.
    clocks : (M,) array of datetime64[s]
        Instants, or local clocks after correction: the clocks of both slots must agree.
    slot : (M,) array
        Number of the slot.
    duration_s : (M,) array
        Of videos; NaN or 0 for photographs.
    gap_s
        Largest gap within an encounter; a gap of exactly this length still joins.

    Returns
    -------
    Encounters
        Ordered by station and time.
    """
    usable = np.flatnonzero((station >= 0) & ~np.isnat(clocks))
    order = usable[np.lexsort((clocks[usable], station[usable]))]
    of, begins_s = station[order], clocks[order].astype("datetime64[s]").astype(np.int64)
    lasts_s = np.zeros(order.size) if duration_s is None else np.nan_to_num(duration_s[order])
    ends_s = begins_s + np.ceil(lasts_s).astype(np.int64)
    first = _is_first(of, begins_s, ends_s, gap_s)
    number = np.cumsum(first) - 1
    n = int(number[-1]) + 1 if order.size else 0
    of_media = np.full(station.size, -1, dtype=np.int64)
    of_media[order] = number
    at = np.flatnonzero(first)
    last_s = np.maximum.reduceat(ends_s, at) if n else ends_s
    return Encounters(
        of_media=of_media,
        station=of[at],
        starts=begins_s[at].astype("datetime64[s]"),
        ends=last_s.astype("datetime64[s]"),
        n_media=np.bincount(number, minlength=n).astype(np.int64),
        n_slots=_n_distinct(number, None if slot is None else slot[order], n),
    )


def encounter_codes(encounters: Encounters, stations: Sequence[str]) -> list[str]:
    """A code for each encounter: station and first moment; unique, for two never begin together."""
    begins = np.char.replace(np.datetime_as_string(encounters.starts, unit="s"), ":", "-")
    return [
        f"{stations[j]}__{at}" for j, at in zip(encounters.station.tolist(), begins.tolist(), strict=True)
    ]


def independent_events(
    encounters: Encounters, group: NDArray[np.int64], *, gap_min: float
) -> NDArray[np.bool_]:
    """Which encounters count after an independence filter; for counts only, after identification.

    Parameters
    ----------
    encounters
        Of all stations.
    group : (E,) array
        What must be independent within a station, such as the number of the species or of the animal.
    gap_min
        At least so many minutes since the last encounter that counted (30 is usual).
    """
    order = np.lexsort((encounters.starts, group, encounters.station))
    counts = np.zeros(encounters.size, dtype=np.bool_)
    gap = np.timedelta64(round(gap_min * 60), "s")
    last: tuple[int, int] | None = None
    counted_at = np.datetime64(0, "s")
    for i in order.tolist():
        key = (int(encounters.station[i]), int(group[i]))
        if key != last or encounters.starts[i] - counted_at >= gap:
            counts[i] = True
            last, counted_at = key, encounters.starts[i]
    return counts


def _is_first(
    of: NDArray[np.int64], begins_s: NDArray[np.int64], ends_s: NDArray[np.int64], gap_s: float
) -> NDArray[np.bool_]:
    """Whether each, sorted by station and time, begins an encounter."""
    if not of.size:
        return np.zeros(0, dtype=np.bool_)
    # A running maximum over all stations: each is lifted above the one before it.
    lift = of * (int(ends_s.max()) - int(begins_s.min()) + 1)
    latest_end_s = np.maximum.accumulate(ends_s + lift) - lift
    first = np.ones(of.size, dtype=np.bool_)
    first[1:] = (of[1:] != of[:-1]) | (begins_s[1:] - latest_end_s[:-1] > gap_s)
    return first


def _n_distinct(number: NDArray[np.int64], slot: NDArray[np.int64] | None, n: int) -> NDArray[np.int64]:
    if slot is None:
        return np.ones(n, dtype=np.int64)
    pairs = np.unique(np.column_stack([number, slot]), axis=0) if n else np.zeros((0, 2), dtype=np.int64)
    return np.bincount(pairs[:, 0], minlength=n).astype(np.int64)
