"""A simulated landscape: a strip of forested hills along a border, like south-west Primorye."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from pardine.base.place import LOCAL, transform
from pardine.base.randomness import stream
from pardine.estimate.statespace import StateSpace
from pardine.simulate.world.keys import check_section, key

Places = NDArray[np.float64]

# Where a landscape without a place on Earth is taken to lie, for its sun.
_PRIMORYE_LON_LAT = (131.0, 43.1)
_VERTICES = 60


@dataclass(frozen=True, kw_only=True)
class HillStrip:
    """A gently winding strip of habitat; no real place, but in real coordinates."""

    crs: str = key("EPSG:32652", "Coordinate system in metres, or local")
    start_m: tuple[float, float] = key(
        (645_500.0, 4_725_500.0), "One end of the straight axis: easting, northing", unit="m"
    )
    end_m: tuple[float, float] = key((681_000.0, 4_824_500.0), "The other end", unit="m")
    half_width_m: float = key(14_500.0, "Half-width on average", unit="m", low=500.0, high=5e5)
    narrowing_m: float = key(
        1_500.0, "By how much the half-width swells and shrinks along the axis", unit="m"
    )
    bend_m: float = key(3_000.0, "How far the middle line strays from the axis", unit="m")
    grid_m: float = key(1_000.0, "Spacing of the habitat mask", unit="m", low=50.0, high=20_000.0)
    unevenness: float = key(
        0.0,
        "Standard deviation of the log of habitat suitability among places; 0: the same everywhere",
        unit="log",
        high=3.0,
    )
    patch_m: float = key(
        4_000.0, "Size of the patches of good and poor habitat", unit="m", low=100.0, high=1e6
    )
    border_across: float = key(
        0.0,
        "Where the border runs along the strip: 0 in the middle, -1 and 1 at its edges",
        unit="share of the half-width",
        low=-1.0,
        high=1.0,
    )
    n_roads: int = key(3, "Roads that cross the strip; people come by more often near them", high=200)

    def __post_init__(self) -> None:
        check_section(self)

    @property
    def length_m(self) -> float:
        """Length of the axis."""
        return float(np.hypot(self.end_m[0] - self.start_m[0], self.end_m[1] - self.start_m[1]))

    @property
    def middle_lon_lat(self) -> tuple[float, float]:
        """Longitude and latitude of the middle, for the sun."""
        if self.crs == LOCAL:
            return _PRIMORYE_LON_LAT
        middle = (np.array(self.start_m) + np.array(self.end_m)) / 2.0
        lon, lat = transform(middle[None, :], self.crs, "EPSG:4326")[0]
        return float(lon), float(lat)

    def on_map(self, along_m: Places, across_m: Places) -> Places:
        """(K, 2) map coordinates of places given along the axis and across the middle line."""
        offset = across_m + self._middle(along_m)
        start, forward, left = np.array(self.start_m), self._forward, self._left
        return np.asarray(start + along_m[:, None] * forward + offset[:, None] * left)

    def contains(self, xy_m: Places) -> NDArray[np.bool_]:
        """Which of the (K, 2) map places lie in the hills."""
        along, across = self._in_strip(xy_m)
        within = np.abs(across) <= self._half_width(along)
        return np.asarray((along >= 0.0) & (along <= self.length_m) & within)

    def is_beyond_border(self, xy_m: Places) -> NDArray[np.bool_]:
        """Which of the (K, 2) map places lie to the left of the border, seen from the start."""
        along, across = self._in_strip(xy_m)
        return np.asarray(across > self.border_across * self._half_width(along))

    def state_space(self, spacing_m: float) -> StateSpace:
        """Points of a north-up grid that lie in the hills, from south-west to north-east by rows."""
        east, north = self._grid(spacing_m)
        grid = np.column_stack([axis.ravel() for axis in np.meshgrid(east, north)])
        return StateSpace(xy_m=grid[self.contains(grid)], cell_area_m2=spacing_m**2)

    def suitability(self, spacing_m: float, seed: int) -> Places:
        """(M,) suitability of the points of `state_space`: patches around a mean of 1.

        A smooth random field on the grid: white noise under a Gaussian of the size of the patches.
        """
        east, north = self._grid(spacing_m)
        grid = np.column_stack([axis.ravel() for axis in np.meshgrid(east, north)])
        noise = stream(seed, "habitat").standard_normal((north.size, east.size))
        field = gaussian_filter(noise, self.patch_m / spacing_m / 2.0, mode="wrap")
        suitable = np.exp(self.unevenness * (field - field.mean()) / field.std())
        of_points = suitable.ravel()[self.contains(grid)]
        return np.asarray(of_points / of_points.mean())

    def border_m(self) -> Places:
        """(V, 2) vertices of the border."""
        along = np.linspace(0.0, self.length_m, _VERTICES)
        return self.on_map(along, self.border_across * self._half_width(along))

    def roads_m(self, seed: int) -> list[Places]:
        """(V, 2) vertices of each road: winding across the strip, one in each stretch of it."""
        roads = []
        for number in range(self.n_roads):
            rng = stream(seed, "roads", number)
            begin, end = (number + rng.uniform(0.1, 0.9, 2)) / self.n_roads * self.length_m
            share = np.linspace(-1.0, 1.0, _VERTICES)
            along = begin + (end - begin) * (share + 1.0) / 2.0
            winding = 600.0 * np.sin(share * rng.uniform(4.0, 9.0) + rng.uniform(0.0, 2.0 * np.pi))
            along = np.clip(along + winding, 0.0, self.length_m)
            roads.append(self.on_map(along, share * self._half_width(along)))
        return roads

    def _grid(self, spacing_m: float) -> tuple[Places, Places]:
        reach = self.half_width_m + self.narrowing_m + self.bend_m
        ends = np.array([self.start_m, self.end_m])
        low = np.floor((ends.min(axis=0) - reach) / spacing_m) * spacing_m
        high = ends.max(axis=0) + reach
        east, north = (np.arange(low[i] + spacing_m / 2.0, high[i], spacing_m) for i in (0, 1))
        return east, north

    def _in_strip(self, xy_m: Places) -> tuple[Places, Places]:
        """Along the axis and across the middle line."""
        from_start = xy_m - np.array(self.start_m)
        along = from_start @ self._forward
        return along, from_start @ self._left - self._middle(along)

    def _half_width(self, along_m: Places) -> Places:
        swells = np.cos(6.0 * np.pi * along_m / self.length_m)
        return np.asarray(self.half_width_m + self.narrowing_m * swells)

    @property
    def _forward(self) -> Places:
        return np.asarray((np.array(self.end_m) - np.array(self.start_m)) / self.length_m)

    @property
    def _left(self) -> Places:
        east, north = self._forward
        return np.array([-north, east])

    def _middle(self, along_m: Places) -> Places:
        return self.bend_m * np.sin(2.0 * np.pi * along_m / self.length_m)


def station_places(strip: HillStrip, n_stations: int, spacing_m: float, rng: np.random.Generator) -> Places:
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


def distance_to_lines_m(xy_m: Places, lines: list[Places]) -> Places:
    """(K,) distance of places to the nearest of the lines; infinite where there is none."""
    nearest = np.full(len(xy_m), np.inf)
    for line in lines:
        start, step = line[:-1], np.diff(line, axis=0)
        length2 = np.maximum((step**2).sum(axis=1), 1e-9)
        share = ((xy_m[:, None, :] - start) * step).sum(axis=2) / length2
        foot = start + np.clip(share, 0.0, 1.0)[:, :, None] * step
        nearest = np.minimum(nearest, np.sqrt(((xy_m[:, None, :] - foot) ** 2).sum(axis=2)).min(axis=1))
    return nearest
