"""Where animals may live and how often stations see them there: what place says of who is who."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Places(NamedTuple):
    """What a partition needs to know of places. J stations, M places, G sexes (1 where not modelled).

    Attributes
    ----------
    log_hazard, hazard : (G, J, M)
        Of a passage per station-day; minus infinity and 0 beyond a station's reach.
    log_base : (G, M)
        Log of expected animals of that sex at the place which nobody photographed.
    by_distance : (J, M)
        Places of each station, nearest first.
    n_reached : (J,)
        How many of ``by_distance`` lie within reach of the station, whichever the sex.
    expected_seen
        Lambda: expected number of animals with at least one passage.
    expected_unseen
        Of those with none.
    """

    log_hazard: Array
    hazard: Array
    log_base: Array
    by_distance: NDArray[np.int32]
    n_reached: NDArray[np.int64]
    expected_seen: float
    expected_unseen: float


def nowhere(*, log_new: float = 0.0) -> Places:
    """Place says nothing: one place, one station, every passage as likely for every animal.

    Parameters
    ----------
    log_new
        Log odds for one more animal, whatever the evidence.
    """
    return Places(
        log_hazard=np.zeros((1, 1, 1)),
        hazard=np.ones((1, 1, 1)),
        log_base=np.full((1, 1), log_new),
        by_distance=np.zeros((1, 1), np.int32),
        n_reached=np.ones(1, np.int64),
        expected_seen=0.0,
        expected_unseen=0.0,
    )
