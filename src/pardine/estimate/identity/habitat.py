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
    squared_distance_m2 : (J, M) float64
    by_distance : (J, M) int32
        Mask points of each station, nearest first.
    shape
        How the hazard falls with distance: ``HHN`` half-normal, ``HEX`` exponential.
    """

    cell_area_m2: float
    design: Array
    usage_station_days: Array
    log_offset: Array
    squared_distance_m2: Array
    by_distance: NDArray[np.int32]
    shape: Shape = "HHN"

    @property
    def n_stations(self) -> int:
        """Number of stations J."""
        return int(self.squared_distance_m2.shape[0])

    @property
    def n_points(self) -> int:
        """Number of mask points M."""
        return int(self.squared_distance_m2.shape[1])

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
    squared = np.ascontiguousarray((offsets**2).sum(axis=2))
    return Habitat(
        cell_area_m2=state_space.cell_area_m2,
        design=np.ones((state_space.n_points, 1)) if design is None else np.asarray(design, np.float64),
        usage_station_days=usage,
        log_offset=np.zeros(len(usage)) if log_offset is None else log_offset,
        squared_distance_m2=squared,
        by_distance=np.argsort(squared, axis=1, kind="stable").astype(np.int32),
        shape=shape,
    )


def places_of(parameters: Array, habitat: Habitat, n_sexes: int) -> Places:
    """Places for one parameter vector (`prior.parameter_names`)."""
    n_density = habitat.design.shape[1]
    log_density = habitat.design @ parameters[:n_density]
    log_lambda0 = parameters[n_density : n_density + n_sexes]
    sigma_m = np.exp(parameters[n_density + n_sexes : n_density + 2 * n_sexes])
    log_share = log_shares(parameters, n_sexes)
    hazard, log_hazard, total, n_reached = _hazards(
        habitat.squared_distance_m2,
        habitat.by_distance,
        habitat.log_offset,
        habitat.usage_station_days,
        log_lambda0,
        sigma_m,
        habitat.shape == "HEX",
    )
    log_animals = log_density[None, :] + math.log(habitat.cell_area_m2) + log_share[:, None]
    animals = np.exp(log_animals)
    return Places(
        log_hazard=log_hazard,
        hazard=hazard,
        log_base=log_animals - total,
        by_distance=habitat.by_distance,
        n_reached=n_reached,
        expected_seen=float(np.sum(animals * -np.expm1(-total))),
        expected_unseen=float(np.sum(animals * np.exp(-total))),
    )


def log_shares(parameters: Array, n_sexes: int) -> Array:
    """Log share of each sex among animals: females first; 0 where sex is not modelled."""
    if n_sexes == 1:
        return np.zeros(1)
    logit = parameters[-1]
    return np.array([-np.logaddexp(0.0, -logit), -np.logaddexp(0.0, logit)])


@compiled
def _hazards(
    squared_m2: Array,
    by_distance: NDArray[np.int32],
    log_offset: Array,
    usage: Array,
    log_lambda0: Array,
    sigma_m: Array,
    exponential: bool,
) -> tuple[Array, Array, Array, NDArray[np.int64]]:
    n_sexes, (n_stations, n_points) = len(sigma_m), squared_m2.shape
    log_hazard = np.full((n_sexes, n_stations, n_points), -np.inf)
    hazard = np.zeros((n_sexes, n_stations, n_points))
    total = np.zeros((n_sexes, n_points))
    n_reached = np.zeros(n_stations, np.int64)
    widest = sigma_m.max()
    reach_m = -_NEGLIGIBLE_LOG * widest if exponential else np.sqrt(-2.0 * _NEGLIGIBLE_LOG) * widest
    for j in range(n_stations):
        for k in range(n_points):
            m = by_distance[j, k]
            if squared_m2[j, m] > reach_m * reach_m:
                break
            n_reached[j] = k + 1
            for g in range(n_sexes):
                if exponential:
                    shape = -np.sqrt(squared_m2[j, m]) / sigma_m[g]
                else:
                    shape = -0.5 * squared_m2[j, m] / (sigma_m[g] * sigma_m[g])
                log_h = log_lambda0[g] + log_offset[j] + shape
                h = np.exp(log_h)
                log_hazard[g, j, m] = log_h
                hazard[g, j, m] = h
                total[g, m] += usage[j] * h
    return hazard, log_hazard, total, n_reached
