"""A simulated landscape: a strip of forested hills along a border, like south-west Primorye."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pardine.estimate.statespace import StateSpace


@dataclass(frozen=True, kw_only=True)
class HillStrip:
    """A gently winding strip of habitat; no real place, but in real coordinates.

    Attributes
    ----------
    crs
        Projected, in metres.
    start_m, end_m
        Ends of the straight axis (easting, northing).
    half_width_m, narrowing_m
        Half-width on average, and by how much it swells and shrinks along the axis.
    bend_m
        How far the middle line strays from the axis.
    """

    crs: str = "EPSG:32652"
    start_m: tuple[float, float] = (645_500.0, 4_725_500.0)
    end_m: tuple[float, float] = (681_000.0, 4_824_500.0)
    half_width_m: float = 14_500.0
    narrowing_m: float = 1_500.0
    bend_m: float = 3_000.0

    @property
    def length_m(self) -> float:
        """Length of the axis."""
        return float(np.hypot(self.end_m[0] - self.start_m[0], self.end_m[1] - self.start_m[1]))

    def on_map(self, along_m: NDArray[np.float64], across_m: NDArray[np.float64]) -> NDArray[np.float64]:
        """(K, 2) map coordinates of places given along the axis and across the middle line."""
        offset = across_m + self._middle(along_m)
        start, forward, left = np.array(self.start_m), self._forward, self._left
        return np.asarray(start + along_m[:, None] * forward + offset[:, None] * left)

    def contains(self, xy_m: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which of the (K, 2) map places lie in the hills."""
        from_start = xy_m - np.array(self.start_m)
        along = from_start @ self._forward
        across = from_start @ self._left - self._middle(along)
        half_width = self.half_width_m + self.narrowing_m * np.cos(6.0 * np.pi * along / self.length_m)
        return np.asarray((along >= 0.0) & (along <= self.length_m) & (np.abs(across) <= half_width))

    def state_space(self, spacing_m: float) -> StateSpace:
        """Points of a north-up grid that lie in the hills, from south-west to north-east by rows."""
        reach = self.half_width_m + self.narrowing_m + self.bend_m
        ends = np.array([self.start_m, self.end_m])
        low = np.floor((ends.min(axis=0) - reach) / spacing_m) * spacing_m
        high = ends.max(axis=0) + reach
        east, north = (np.arange(low[i] + spacing_m / 2.0, high[i], spacing_m) for i in (0, 1))
        grid = np.column_stack([axis.ravel() for axis in np.meshgrid(east, north)])
        return StateSpace(xy_m=grid[self.contains(grid)], cell_area_m2=spacing_m**2)

    @property
    def _forward(self) -> NDArray[np.float64]:
        return np.asarray((np.array(self.end_m) - np.array(self.start_m)) / self.length_m)

    @property
    def _left(self) -> NDArray[np.float64]:
        east, north = self._forward
        return np.array([-north, east])

    def _middle(self, along_m: NDArray[np.float64]) -> NDArray[np.float64]:
        return self.bend_m * np.sin(2.0 * np.pi * along_m / self.length_m)


def station_places(
    strip: HillStrip, n_stations: int, spacing_m: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Stations in two staggered rows along the strip, each shifted a little to a good trail.

    Parameters
    ----------
    strip
        The landscape.
    n_stations
        Even or odd; the rows share them.
    spacing_m
        Between neighbours of a row.
    rng
        Shifts each station by up to 300 m each way.

    Returns
    -------
    (J, 2) array
        Map coordinates, counted from the start of the strip.

    Raises
    ------
    ValueError
        The rows do not fit into the strip.
    """
    place = np.arange(n_stations)
    along = place * spacing_m / 2.0
    if along[-1] > strip.length_m:
        raise ValueError(f"{n_stations} stations at {spacing_m} m need {along[-1]} m of {strip.length_m} m")
    along = along + (strip.length_m - along[-1]) / 2.0
    across = np.where(place % 2 == 0, -0.5, 0.5) * (strip.half_width_m * 0.7)
    shift = rng.uniform(-300.0, 300.0, size=(n_stations, 2))
    return strip.on_map(along + shift[:, 0], across + shift[:, 1])
