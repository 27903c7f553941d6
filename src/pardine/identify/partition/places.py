"""Where animals may live and how often stations see them there: what place says of who is who."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Places(NamedTuple):
    """What a partition needs to know of places. J stations, M places, G sexes (1 where not modelled).

    The hazard of a passage per station-day at station j of an animal of sex g that lives at place m
    is exp(log_height[g, j] - d^2 / (2 sigma^2)), or exp(log_height[g, j] - d / sigma), d apart.

    Attributes
    ----------
    log_base : (G, M)
        Log of expected animals of that sex at the place which nobody photographed.
    highest_base : (G,)
        Its maximum over the places.
    log_height : (G, J)
    sigma_m : (G,)
    exponential : (1,) bool
        The second of the two forms.
    xy_m, station_xy_m : (M, 2), (J, 2)
    by_distance, distance_m : (J, M)
        Places of each station, nearest first, and how far each is.
    n_reached : (J,)
        How many of ``by_distance`` lie within reach of the station, whichever the sex: further out
        its hazard is below any rounding.
    expected_seen
        Lambda: expected number of animals with at least one passage.
    expected_unseen
        Of those with none.
    """

    log_base: Array
    highest_base: Array
    log_height: Array
    sigma_m: Array
    exponential: NDArray[np.bool_]
    xy_m: Array
    station_xy_m: Array
    by_distance: NDArray[np.int32]
    distance_m: Array
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
        log_base=np.full((1, 1), log_new),
        highest_base=np.full(1, log_new),
        log_height=np.zeros((1, 1)),
        sigma_m=np.ones(1),
        exponential=np.zeros(1, np.bool_),
        xy_m=np.zeros((1, 2)),
        station_xy_m=np.zeros((1, 2)),
        by_distance=np.zeros((1, 1), np.int32),
        distance_m=np.zeros((1, 1)),
        n_reached=np.ones(1, np.int64),
        expected_seen=0.0,
        expected_unseen=0.0,
    )
