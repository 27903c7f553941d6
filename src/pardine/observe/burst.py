"""Bursts: the media of one trigger, by the camera's own count where it has one, else by gap."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pardine.observe.clock import Clocks

BURST_GAP_S = 5.0
# A camera that was set to wait between the pictures of one trigger waits at most this long.
_SEQUENCE_GAP_S = 60.0


def find_bursts(
    deployment: NDArray[np.int64],
    clocks: Clocks,
    *,
    sequence_number: NDArray[np.int64] | None = None,
    file_number: NDArray[np.int64] | None = None,
    gap_s: float = BURST_GAP_S,
) -> NDArray[np.int64]:
    """Number of the burst of each photograph or video.

    Where two neighbours both have a sequence number, a new burst begins when the number does not grow
    or more than a minute has passed; elsewhere when more than ``gap_s`` has passed.

    Parameters
    ----------
    deployment : (M,) array
        Deployment of each; bursts never join two.
    clocks : (M,) array of datetime64[s]
        One clock a deployment; what has no time (NaT) is a burst by itself.
    sequence_number : (M,) array
        Place within the trigger, from 1; below 1 where not told.
    file_number : (M,) array
        Order in which the camera wrote them, for those of the same second; below 0 where not told.
    gap_s
        Largest gap within a burst.

    Returns
    -------
    (M,) array
        From 0, in the order of deployment and time.
    """
    n = deployment.size
    sequence = np.zeros(n, dtype=np.int64) if sequence_number is None else sequence_number
    written = np.full(n, -1) if file_number is None else file_number
    order = np.lexsort((sequence, written, clocks, deployment))
    of, at, place = deployment[order], clocks[order], sequence[order]
    seconds = at.astype(np.int64)
    timeless = np.isnat(at)
    gaps = np.where(timeless[1:] | timeless[:-1], np.inf, (seconds[1:] - seconds[:-1]).astype(np.float64))
    counted = (place[1:] >= 1) & (place[:-1] >= 1)
    by_sequence = (place[1:] <= place[:-1]) | (gaps > _SEQUENCE_GAP_S)
    begins = np.ones(n, dtype=np.bool_)
    begins[1:] = (of[1:] != of[:-1]) | np.where(counted, by_sequence, gaps > gap_s)
    bursts = np.empty(n, dtype=np.int64)
    bursts[order] = np.cumsum(begins) - 1
    return bursts
