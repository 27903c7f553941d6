"""Distance through a cost surface: the length of the cheapest way over the mask.

Mask points are joined to their eight neighbours. A step costs its length times the mean cost of its
two ends; cost is 1 where the linear predictor of ``noneuc`` is 0, so that coefficients of 0 give
distances along the grid. Detectors stand at their nearest mask point. Points that no way reaches have
a distance far beyond the others.

References
----------
Royle JA, Chandler RB, Gazenski KD, Graves TA (2013) Spatial capture-recapture models for jointly
estimating population density and landscape connectivity. Ecology 94:287-294. doi:10.1890/12-0413.1
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

from pardine.estimate.history import CaptureHistory
from pardine.estimate.statespace import StateSpace

Array = NDArray[np.float64]
Whole = NDArray[np.intp]

# Diagonal neighbours are 1.41 spacings away, the next ring 2.
_REACH = 1.5
_LARGEST_KEPT = 4
# Where no way leads, in units of the longest way.
_UNREACHED = 10.0


@dataclass(frozen=True, kw_only=True, eq=False)
class CostGraph:
    """Ways over the M mask points of a session.

    Attributes
    ----------
    start : (J,) array
        Mask point at which each working detector stands.
    first, second : (W,) arrays
        Ends of each step.
    length_m : (W,) array
    n_points
        Mask points M.
    """

    start: Whole
    first: Whole
    second: Whole
    length_m: Array
    n_points: int
    kept: dict[bytes, Array] = field(default_factory=dict)

    def squared_distances_m2(self, cost: Array) -> Array:
        """(J, M) squared lengths of the cheapest ways, for a cost at each of the (1, M) points."""
        cost = np.broadcast_to(cost.reshape(-1), self.n_points)
        key = cost.tobytes()
        if key not in self.kept:
            if len(self.kept) >= _LARGEST_KEPT:
                self.kept.pop(next(iter(self.kept)))
            self.kept[key] = self._squared_distances_m2(cost)
        return self.kept[key]

    def _squared_distances_m2(self, cost: Array) -> Array:
        weight = self.length_m * (cost[self.first] + cost[self.second]) / 2.0
        ways = csr_array((weight, (self.first, self.second)), shape=(self.n_points, self.n_points))
        places, which = np.unique(self.start, return_inverse=True)
        distance = np.asarray(dijkstra(ways, directed=False, indices=places))[which.reshape(-1)]
        reached = np.isfinite(distance)
        distance[~reached] = _UNREACHED * max(float(distance[reached].max()), float(self.length_m.max()))
        return np.asarray(distance**2)


def cost_graph(history: CaptureHistory, state_space: StateSpace) -> CostGraph:
    """Ways between neighbouring points of a session's mask."""
    spacing_m = float(np.sqrt(state_space.cell_area_m2))
    tree = cKDTree(state_space.xy_m)
    pairs = tree.query_pairs(_REACH * spacing_m, output_type="ndarray")
    works = history.usage_station_days.sum(axis=1) > 0.0
    _, start = tree.query(history.xy_m[works])
    ends = state_space.xy_m[pairs]
    return CostGraph(
        start=np.asarray(start, dtype=np.intp),
        first=pairs[:, 0],
        second=pairs[:, 1],
        length_m=np.hypot(*(ends[:, 0] - ends[:, 1]).T),
        n_points=state_space.n_points,
    )
