"""Where the animal of a group of points may live: the sum over the mask, cut where nothing is left.

For the half-normal hazard the product over k points at mean place x with sum of squares S about it is

    prod_i exp(h_i - |m - x_i|^2 / (2 s^2)) = exp(sum h_i - S / (2 s^2) - k |m - x|^2 / (2 s^2)),

so a place costs the same however many points there are, and the more points the fewer places matter.
For the exponential one the sum of distances is at least k |m - x| (the norm is convex), which tells as
well where to stop.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from pardine.base.compiled import compiled
from pardine.identify.partition.places import Places

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

# Places whose term is certainly below exp(-28) of the largest are left out: together they are less
# than 1e-9 of the sum on a mask of a thousand such places.
_NEGLIGIBLE = 28.0
# The bound is looked at once in so many places.
_STRIDE = 8


@compiled
def hazard_at(places: Places, g: int, station: int, place: int) -> float:
    """Hazard of a passage per station-day of an animal of sex g that lives at a place."""
    across = places.xy_m[place, 0] - places.station_xy_m[station, 0]
    up = places.xy_m[place, 1] - places.station_xy_m[station, 1]
    squared = across * across + up * up
    sigma = places.sigma_m[g]
    if places.exponential[0]:
        return math.exp(places.log_height[g, station] - math.sqrt(squared) / sigma)
    return math.exp(places.log_height[g, station] - 0.5 * squared / (sigma * sigma))


@compiled
def centre_of(members: Ints, station: Ints, places: Places) -> tuple[float, float, float]:
    """Mean place of points, and the sum of their squared distances from it."""
    n = len(members)
    x = y = 0.0
    for point in members:
        x += places.station_xy_m[station[point], 0]
        y += places.station_xy_m[station[point], 1]
    x, y = x / n, y / n
    squares = 0.0
    for point in members:
        across = places.station_xy_m[station[point], 0] - x
        up = places.station_xy_m[station[point], 1] - y
        squares += across * across + up * up
    return x, y, squares


@compiled
def integrate(
    members: Ints, station: Ints, log_sex: Array, places: Places, weights: Array
) -> tuple[float, int, int]:
    """Log of the sum over mask and sex for the listed points; its weights into ``weights`` (G, M).

    Parameters
    ----------
    members
        Points; at least one.
    station, log_sex : (n,), (n, G)
        Of all points.

    Returns
    -------
    tuple
        The logarithm, the member's station that lies most centrally, and how many of the places
        nearest to it the sum goes over.
    """
    n_sexes = len(places.log_base)
    x, y, squares = centre_of(members, station, places)
    anchor, offset_m = _most_central(members, station, places, x, y)
    order, distance_m = places.by_distance[anchor], places.distance_m[anchor]
    n_reached = places.n_reached[anchor]
    n = len(members)
    log_top = np.zeros(n_sexes)
    for g in range(n_sexes):
        for point in members:
            log_top[g] += places.log_height[g, station[point]] + log_sex[point, g]
        if not places.exponential[0]:
            log_top[g] -= 0.5 * squares / (places.sigma_m[g] * places.sigma_m[g])
    highest = -np.inf
    n_used = n_reached
    for r in range(n_reached):
        m = order[r]
        if r % _STRIDE == 0 and distance_m[r] > offset_m:
            bound = _bound(places, log_top, n, distance_m[r] - offset_m)
            if bound < highest - _NEGLIGIBLE:
                n_used = r
                break
        across, up = places.xy_m[m, 0] - x, places.xy_m[m, 1] - y
        squared = across * across + up * up
        for g in range(n_sexes):
            if places.exponential[0]:
                shape = -_sum_of_distances(members, station, places, m) / places.sigma_m[g]
            else:
                shape = -0.5 * n * squared / (places.sigma_m[g] * places.sigma_m[g])
            value = places.log_base[g, m] + log_top[g] + shape
            weights[g, r] = value
            highest = max(highest, value)
    return highest + math.log(_normalise(weights, highest, n_used)), anchor, n_used


@compiled
def _normalise(logs: Array, highest: float, n_used: int) -> float:
    """Logarithms become weights that add up to 1; their sum relative to the highest."""
    total = 0.0
    for g in range(len(logs)):
        for r in range(n_used):
            logs[g, r] = math.exp(logs[g, r] - highest)
            total += logs[g, r]
    for g in range(len(logs)):
        for r in range(n_used):
            logs[g, r] /= total
    return total


@compiled
def _most_central(members: Ints, station: Ints, places: Places, x: float, y: float) -> tuple[int, float]:
    """The members' station nearest a place, the lowest number of several, and how far it is."""
    best, least = -1, np.inf
    for point in members:
        j = station[point]
        across, up = places.station_xy_m[j, 0] - x, places.station_xy_m[j, 1] - y
        squared = across * across + up * up
        if squared < least or (squared == least and j < best):
            best, least = j, squared
    return best, math.sqrt(least)


@compiled
def _bound(places: Places, log_top: Array, n: int, distance_m: float) -> float:
    """No place at least so far from the mean has a larger term."""
    highest = -np.inf
    for g in range(len(log_top)):
        sigma = places.sigma_m[g]
        if places.exponential[0]:
            shape = -n * distance_m / sigma
        else:
            shape = -0.5 * n * distance_m * distance_m / (sigma * sigma)
        highest = max(highest, places.highest_base[g] + log_top[g] + shape)
    return highest


@compiled
def _sum_of_distances(members: Ints, station: Ints, places: Places, place: int) -> float:
    total = 0.0
    for point in members:
        across = places.xy_m[place, 0] - places.station_xy_m[station[point], 0]
        up = places.xy_m[place, 1] - places.station_xy_m[station[point], 1]
        total += math.sqrt(across * across + up * up)
    return total
