"""Where animals may live and how a station sees them: tables over the mask for one set of parameters."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pardine.base.compiled import compiled
from pardine.estimate.statespace import StateSpace
from pardine.identify.partition.places import Places

Array = NDArray[np.float64]
Shape = Literal["HHN", "HEX"]

# A station sees nothing beyond where the hazard has fallen to this share of its height at the
# centre: what is left out of any sum over the mask stays far below 1e-10 of it.
_NEGLIGIBLE_LOG = -30.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Habitat:
    """One session's mask and stations, with what does not depend on the parameters.

    Attributes
    ----------
    cell_area_m2
        Area of a mask cell.
    design : (M, P) float64
        Covariates of log density; the first column is 1.
    usage_station_days : (J,) float64
        Effort of each station over the session.
    log_offset : (J,) float64
        Known log factor of a station's hazard (0 where there is none), such as that of one working
        camera instead of two.
    xy_m, station_xy_m : (M, 2), (J, 2) float64
    by_distance, distance_m : (J, M)
        Mask points of each station, nearest first, and how far they are.
    shape
        How the hazard falls with distance: ``HHN`` half-normal, ``HEX`` exponential.
    """

    cell_area_m2: float
    design: Array
    usage_station_days: Array
    log_offset: Array
    xy_m: Array
    station_xy_m: Array
    by_distance: NDArray[np.int32]
    distance_m: Array
    shape: Shape = "HHN"

    @property
    def n_stations(self) -> int:
        """Number of stations J."""
        return int(self.by_distance.shape[0])

    @property
    def n_points(self) -> int:
        """Number of mask points M."""
        return int(self.by_distance.shape[1])

    @property
    def area_m2(self) -> float:
        """Area of the mask."""
        return self.n_points * self.cell_area_m2


def habitat(
    state_space: StateSpace,
    stations_xy_m: Array,
    usage_station_days: Array,
    *,
    design: Array | None = None,
    log_offset: Array | None = None,
    shape: Shape = "HHN",
) -> Habitat:
    """Prepare one session.

    Parameters
    ----------
    state_space
        Its mask.
    stations_xy_m : (J, 2) array
        In the mask's metres.
    usage_station_days : (J,) or (J, S) array
        Effort; occasions are added up, as passages are Poisson.
    design : (M, P) array, optional
        Covariates of log density, first column 1; without it density is the same everywhere.
    """
    usage = np.asarray(usage_station_days, np.float64)
    usage = usage.sum(axis=1) if usage.ndim == 2 else usage
    offsets = stations_xy_m[:, None, :] - state_space.xy_m[None, :, :]
    squared = (offsets**2).sum(axis=2)
    by_distance = np.argsort(squared, axis=1, kind="stable").astype(np.int32)
    return Habitat(
        cell_area_m2=state_space.cell_area_m2,
        design=np.ones((state_space.n_points, 1)) if design is None else np.asarray(design, np.float64),
        usage_station_days=usage,
        log_offset=np.zeros(len(usage)) if log_offset is None else log_offset,
        xy_m=np.ascontiguousarray(state_space.xy_m, np.float64),
        station_xy_m=np.ascontiguousarray(stations_xy_m, np.float64),
        by_distance=by_distance,
        distance_m=np.sqrt(np.take_along_axis(squared, by_distance, axis=1)),
        shape=shape,
    )


def places_of(parameters: Array, habitat: Habitat, n_sexes: int) -> Places:
    """Places for one parameter vector (`prior.parameter_names`)."""
    n_density = habitat.design.shape[1]
    log_density = habitat.design @ parameters[:n_density]
    log_lambda0 = parameters[n_density : n_density + n_sexes]
    sigma_m = np.exp(parameters[n_density + n_sexes : n_density + 2 * n_sexes])
    log_share = log_shares(parameters, n_sexes)
    log_height = log_lambda0[:, None] + habitat.log_offset[None, :]
    total, n_reached = _total_hazard(
        habitat.by_distance,
        habitat.distance_m,
        habitat.usage_station_days,
        log_height,
        sigma_m,
        habitat.shape == "HEX",
        habitat.n_points,
    )
    log_animals = log_density[None, :] + math.log(habitat.cell_area_m2) + log_share[:, None]
    animals = np.exp(log_animals)
    unseen = animals * np.exp(-total)
    log_base = log_animals - total
    return Places(
        log_base=log_base,
        highest_base=log_base.max(axis=1),
        log_height=log_height,
        sigma_m=sigma_m,
        exponential=np.array([habitat.shape == "HEX"]),
        xy_m=habitat.xy_m,
        station_xy_m=habitat.station_xy_m,
        by_distance=habitat.by_distance,
        distance_m=habitat.distance_m,
        n_reached=n_reached,
        expected_seen=float(np.sum(animals * -np.expm1(-total))),
        expected_unseen=float(np.sum(unseen)),
    )


def log_hazard_table(places: Places) -> Array:
    """(G, J, M) log hazard of a passage per station-day, of every station and place."""
    squared = ((places.station_xy_m[:, None, :] - places.xy_m[None, :, :]) ** 2).sum(axis=2)
    sigma_m = places.sigma_m[:, None, None]
    shape = -np.sqrt(squared) / sigma_m if places.exponential[0] else -0.5 * squared / sigma_m**2
    return np.asarray(places.log_height[:, :, None] + shape)


def log_shares(parameters: Array, n_sexes: int) -> Array:
    """Log share of each sex among animals: females first; 0 where sex is not modelled."""
    if n_sexes == 1:
        return np.zeros(1)
    logit = parameters[-1]
    return np.array([-np.logaddexp(0.0, -logit), -np.logaddexp(0.0, logit)])


@compiled
def _total_hazard(
    by_distance: NDArray[np.int32],
    distance_m: Array,
    usage: Array,
    log_height: Array,
    sigma_m: Array,
    exponential: bool,
    n_points: int,
) -> tuple[Array, NDArray[np.int64]]:
    """H (G, M), and how many places each station reaches."""
    n_sexes, n_stations = log_height.shape
    total = np.zeros((n_sexes, n_points))
    n_reached = np.ones(n_stations, np.int64)
    widest = sigma_m.max()
    reach_m = -_NEGLIGIBLE_LOG * widest if exponential else np.sqrt(-2.0 * _NEGLIGIBLE_LOG) * widest
    for j in range(n_stations):
        for k in range(n_points):
            d = distance_m[j, k]
            if d > reach_m:
                break
            n_reached[j] = k + 1
            for g in range(n_sexes):
                shape = -d / sigma_m[g] if exponential else -0.5 * d * d / (sigma_m[g] * sigma_m[g])
                total[g, by_distance[j, k]] += usage[j] * np.exp(log_height[g, j] + shape)
    return total, n_reached
