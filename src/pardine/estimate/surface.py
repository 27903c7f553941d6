"""Where the animals live: density over the state space, given what was seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True, eq=False)
class DensitySurface:
    """Density of activity centres over one session's state space.

    Attributes
    ----------
    session
        Session code.
    xy_m : (M, 2) array
    cell_area_m2
        Area of a cell.
    density_per_100km2 : (M,) array
        Expected number of activity centres in the cell given the captures (detected animals where
        they were seen, undetected ones where cameras would have missed them), per 100 km2.
        Sums to the realised abundance.
    """

    session: str
    xy_m: NDArray[np.float64]
    cell_area_m2: float
    density_per_100km2: NDArray[np.float64]
