"""The state space: the points where activity centres may be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True, eq=False)
class StateSpace:
    """Points of one session's habitat, each standing for a cell of the same area.

    Attributes
    ----------
    xy_m : (M, 2) array
        In the same metres as the detectors.
    cell_area_m2
        Area of a cell.
    covariates
        Name to (M,) float array.
    """

    xy_m: NDArray[np.float64]
    cell_area_m2: float
    covariates: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)

    @property
    def n_points(self) -> int:
        """Number of points M."""
        return int(self.xy_m.shape[0])

    @property
    def area_km2(self) -> float:
        """Area of the whole state space."""
        return self.n_points * self.cell_area_m2 / 1e6
