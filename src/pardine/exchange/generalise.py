"""Places for an audience: snapped to the centres of a fixed grid, never moved at random.

A poacher who reads a report must not find the cameras. Random jitter does not help: many jittered
copies of one place average back to it. A fixed grid gives the same answer each time it is asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from pardine.base.place import is_geographic

Audience = Literal["internal", "partner", "public"]
AUDIENCES: tuple[Audience, ...] = get_args(Audience)

_GRID_M: dict[Audience, float | None] = {"internal": None, "partner": 1_000.0, "public": 10_000.0}
# The same categories in degrees, for coordinates that are longitude and latitude.
_GRID_DEG: dict[Audience, float] = {"partner": 0.01, "public": 0.1}
# Length of one degree of latitude; the ellipsoid's varies from 110.6 to 111.7 km: the larger is stated.
_M_PER_DEGREE = 111_700.0


@dataclass(frozen=True, kw_only=True, eq=False)
class GeneralisedPlaces:
    """Places as an audience may see them.

    Attributes
    ----------
    xy : (K, 2) array
        In the crs they came in; a row of NaN stays NaN.
    uncertainty_m : (K,) array
        The true place lies within this distance: half the diagonal of its cell; 0 where exact.
    grid
        Size of a cell in the units of ``xy`` (m or degrees); ``None`` where exact.
    """

    xy: NDArray[np.float64]
    uncertainty_m: NDArray[np.float64]
    grid: float | None


@dataclass(frozen=True, kw_only=True, eq=False)
class GridSurface:
    """A surface on coarse cells; the total ``sum(value * area_m2)`` is that of the fine one.

    Attributes
    ----------
    xy_m : (G, 2) array
        Centres of the coarse cells that hold at least one point, sorted by y, then x.
    value : (G,) array
        Mean of the fine values over the habitat in the cell; NaN where one of them is NaN.
    area_m2 : (G,) array
        Habitat in the cell.
    grid_m
        Side of a coarse cell.
    """

    xy_m: NDArray[np.float64]
    value: NDArray[np.float64]
    area_m2: NDArray[np.float64]
    grid_m: float


def may_see_exact_places(audience: Audience) -> bool:
    """Whether this audience may see where the stations stand."""
    return _GRID_M[audience] is None


def grid_m(audience: Audience) -> float | None:
    """Side of the grid cell to which places are generalised, in m; ``None``: exact.

    Notes
    -----
    ========  ===========  =========================================================
    audience  cell         category of Chapman (2020)
    ========  ===========  =========================================================
    internal  exact        not released
    partner   1 km, 0.01°  3: medium sensitivity, released to about 1 km
    public    10 km, 0.1°  2: high sensitivity, released to about 10 km
    ========  ===========  =========================================================

    Large cats are hunted for trade and their cameras are stolen, hence category 2 for everybody.

    References
    ----------
    Chapman AD (2020) Current best practices for generalizing sensitive species occurrence data.
    GBIF Secretariat, Copenhagen. doi:10.15468/doc-5jp4-5g10
    """
    return _GRID_M[audience]


def generalise_places(xy: NDArray[np.float64], crs: str, audience: Audience) -> GeneralisedPlaces:
    """Places as the audience may see them: centres of fixed grid cells.

    Parameters
    ----------
    xy : (K, 2) array
        In ``crs``.
    crs
        ``local``, an EPSG code or PROJ text. Projected and local cells are anchored at (0, 0) of
        the crs; geographic cells are fixed parts of a degree.
    audience
        Who will see them.

    Notes
    -----
    Two places in one cell become the same place; generalising twice changes nothing more.
    """
    if may_see_exact_places(audience):
        return GeneralisedPlaces(xy=xy.copy(), uncertainty_m=np.zeros(len(xy)), grid=None)
    if not is_geographic(crs):
        side_m = _GRID_M[audience] or 0.0
        half_diagonal_m = np.full(len(xy), side_m * np.sqrt(0.5))
        return GeneralisedPlaces(xy=snap_to_grid(xy, side_m), uncertainty_m=half_diagonal_m, grid=side_m)
    side_deg = _GRID_DEG[audience]
    snapped = snap_to_grid(xy, side_deg)
    nearest_to_equator_deg = np.maximum(np.abs(snapped[:, 1]) - side_deg / 2.0, 0.0)
    half_width_m = side_deg / 2.0 * _M_PER_DEGREE * np.cos(np.radians(nearest_to_equator_deg))
    half_height_m = side_deg / 2.0 * _M_PER_DEGREE
    return GeneralisedPlaces(xy=snapped, uncertainty_m=np.hypot(half_width_m, half_height_m), grid=side_deg)


def stations_for(xy: NDArray[np.float64], crs: str, audience: Audience) -> GeneralisedPlaces | None:
    """Stations as the audience may see them: exact inside, squares for partners, ``None`` for the public."""
    return None if audience == "public" else generalise_places(xy, crs, audience)


def surface_for(
    xy_m: NDArray[np.float64], value: NDArray[np.float64], cell_area_m2: float, audience: Audience
) -> GridSurface:
    """A surface as the audience may see it; cells that are coarse enough stay as they are.

    Parameters
    ----------
    xy_m, value, cell_area_m2
        As `aggregate_to_grid` takes them.
    audience
        Who will see it.
    """
    side_m = float(np.sqrt(cell_area_m2))
    coarse_m = grid_m(audience)
    if coarse_m is not None and coarse_m >= side_m:
        return aggregate_to_grid(xy_m, value, cell_area_m2, coarse_m)
    return GridSurface(xy_m=xy_m, value=value, area_m2=np.full(len(xy_m), cell_area_m2), grid_m=side_m)


def snap_to_grid(xy: NDArray[np.float64], side: float) -> NDArray[np.float64]:
    """Centres of the square cells, anchored at (0, 0), in which (K, 2) places lie."""
    return (np.floor(xy / side) + 0.5) * side


def aggregate_to_grid(
    xy_m: NDArray[np.float64], value: NDArray[np.float64], cell_area_m2: float, grid_m: float
) -> GridSurface:
    """Coarsen a surface so that its total stays the same.

    Parameters
    ----------
    xy_m : (M, 2) array
        Centres of the fine cells.
    value : (M,) array
        A quantity per area, such as density in animals per km2.
    cell_area_m2
        Area of a fine cell.
    grid_m
        Side of a coarse cell.

    Returns
    -------
    GridSurface
        Empty for an empty surface.
    """
    cells = np.floor(xy_m / grid_m).astype(np.int64)
    # y before x, so that rows of the map come in order.
    corners, which = np.unique(cells[:, ::-1], axis=0, return_inverse=True)
    which = which.reshape(-1)
    n_points = np.bincount(which, minlength=len(corners)).astype(np.float64)
    total = np.bincount(which, weights=value, minlength=len(corners))
    return GridSurface(
        xy_m=(corners[:, ::-1].astype(np.float64) + 0.5) * np.float64(grid_m),
        value=total / n_points,
        area_m2=n_points * np.float64(cell_area_m2),
        grid_m=grid_m,
    )
