"""A quick guess at the precision of density, for comparing thousands of layouts.

`information.expected_precision` is right but takes a tenth of a second; a search wants ten thousand
layouts. This guess needs sums over stations only, so that a station is added or taken away by adding
or taking away its part. It is used to choose, never told to a person.

An animal centred at X makes N visits, Poisson with mean H(X) = sum_j T_j h_j(X). A visit at station j
says f_j = (1, u_j, g_j), the slopes of log(T_j h_j) with log hazard at the centre, log sigma and the
centre itself. One visit is spent on finding the animal; the others inform theta, after the unknown
centre has been taken out:

    I_theta ~ sum_X a D(X) E[(N - 1)+] S(X),   S = Schur complement of g in the mean of f f'      (1)
    var(log D) ~ 1 / Lambda + m' I_theta^-1 m                                                    (2)
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pardine.estimate.likelihood.collapse import squared_distances_m2
from pardine.estimate.likelihood.detection import DETECTION_FUNCTIONS
from pardine.estimate.planning.information import PlannedSurvey

Array = NDArray[np.float64]

# Sums over stations at each point: h, h u, h u u, h g (2), h g g' (3), h u g (2).
_N_SUMS = 10
# Keeps the matrix of centres invertible where one station sees all; small beside a visit's 1.
_RIDGE = 1e-3
# Arrays of this size stay in the processor's cache.
_CHUNK_NUMBERS = 200_000


class SearchCriterion:
    """Guesses of var(log D) for layouts made of C sites.

    Parameters
    ----------
    sites
        A plan whose stations are all C sites; ``usage_station_days`` is what a station there would
        work.
    """

    def __init__(self, sites: PlannedSurvey) -> None:
        middle = sites.xy_m.mean(axis=0)
        points, places = sites.state_space.xy_m - middle, sites.xy_m - middle
        squared_m2 = squared_distances_m2(places, points)
        detection = DETECTION_FUNCTIONS[sites.detection]
        theta = {name: np.full((1, 1), sites.values[name]) for name in detection.parameters}
        hazard, _ = detection.evaluate(squared_m2, theta, np.zeros(0, dtype=np.intp))
        hazard = hazard * sites.usage_station_days.sum(axis=1)[:, None]
        sigma_m = sites.values["sigma"]
        u = squared_m2 / sigma_m**2
        x, y = ((places[:, axis, None] - points[:, axis]) / sigma_m for axis in (0, 1))
        features = (np.ones_like(u), u, u * u, x, y, x * x, x * y, y * y, u * x, u * y)
        # (sums, C, M), in the order of `_N_SUMS`.
        self.parts: NDArray[np.float32] = np.stack([hazard * f for f in features]).astype(np.float32)
        self._weight = np.broadcast_to(
            np.asarray(sites.density_per_km2) * sites.state_space.cell_area_m2 / 1e6, (len(points),)
        )

    def sums(self, chosen: NDArray[np.intp]) -> Array:
        """(sums, M) of a layout."""
        return np.asarray(self.parts[:, chosen].sum(axis=1), dtype=np.float64)

    def variance(self, sums: Array) -> float:
        """Guess of var(log D) of a layout."""
        return float(self._variances(sums[:, None])[0])

    def variances_with(self, sums: Array, sites: NDArray[np.intp]) -> Array:
        """Guesses for a layout with each of some sites added, (len(sites),)."""
        return self._changed(sums, sites, 1.0)

    def variances_without(self, sums: Array, sites: NDArray[np.intp]) -> Array:
        """Guesses for a layout with each of some of its sites taken away, (len(sites),)."""
        return self._changed(sums, sites, -1.0)

    def _changed(self, sums: Array, sites: NDArray[np.intp], sign: float) -> Array:
        n = max(_CHUNK_NUMBERS // (_N_SUMS * sums.shape[1]), 1)
        parts = [sites[first : first + n] for first in range(0, len(sites), n)]
        return np.concatenate([self._variances(sums[:, None] + sign * self.parts[:, part]) for part in parts])

    def _variances(self, sums: Array) -> Array:
        """From (sums, K, M) to (K,)."""
        h = np.maximum(sums[0], 1e-12)
        _, u, uu, x, y, xx, xy, yy, ux, uy = sums / h
        # Schur complement of the centre in the mean of f f'.
        xx, yy = xx + _RIDGE, yy + _RIDGE
        determinant = xx * yy - xy * xy
        solved_1 = (yy * x - xy * y) / determinant, (xx * y - xy * x) / determinant
        solved_u = (yy * ux - xy * uy) / determinant, (xx * uy - xy * ux) / determinant
        detected = -np.expm1(-h)
        weight = self._weight * (h - detected)
        i_11 = (weight * (1.0 - x * solved_1[0] - y * solved_1[1])).sum(axis=1)
        i_1u = (weight * (u - x * solved_u[0] - y * solved_u[1])).sum(axis=1)
        i_uu = (weight * (uu - ux * solved_u[0] - uy * solved_u[1])).sum(axis=1)
        total = np.maximum((self._weight * detected).sum(axis=1), 1e-12)
        slope = self._weight * np.exp(-h) * h
        m_1, m_u = slope.sum(axis=1) / total, (slope * u).sum(axis=1) / total
        determinant = np.maximum(i_11 * i_uu - i_1u**2, 1e-12)
        lost = (i_uu * m_1**2 - 2.0 * i_1u * m_1 * m_u + i_11 * m_u**2) / determinant
        return np.asarray(1.0 / total + lost)
