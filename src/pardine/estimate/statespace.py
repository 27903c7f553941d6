"""The state space: the points where activity centres may be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from pardine.base.errors import AnalysisError
from pardine.base.place import to_analysis_metres
from pardine.estimate.history import CaptureHistory
from pardine.observe.survey import Survey


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
    classes
        Name to (M,) array of words, empty where missing: covariates that are no numbers.
    """

    xy_m: NDArray[np.float64]
    cell_area_m2: float
    covariates: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    classes: Mapping[str, NDArray[np.str_]] = field(default_factory=dict)

    @property
    def n_points(self) -> int:
        """Number of points M."""
        return int(self.xy_m.shape[0])

    @property
    def area_km2(self) -> float:
        """Area of the whole state space."""
        return self.n_points * self.cell_area_m2 / 1e6


def given_state_space(survey: Survey, history: CaptureHistory) -> StateSpace:
    """State space from the habitat mask that was brought for a session, or for every session.

    Numeric covariates come along as numbers (NaN where empty), others as words.

    Raises
    ------
    AnalysisError
        ``estimate.no_mask``, ``estimate.several_masks``, ``estimate.mask_not_a_number``,
        ``estimate.mask_repeats_points``.
    """
    code = history.session
    own = [mask for mask in survey.masks if mask.session == code]
    masks = own or [mask for mask in survey.masks if mask.session is None]
    if not masks:
        raise AnalysisError("estimate.no_mask", session=code)
    if len(masks) > 1:
        raise AnalysisError("estimate.several_masks", session=code, value=len(masks))
    mask = masks[0]
    if not len(mask.xy) or not np.isfinite(mask.xy).all() or not 0.0 < mask.cell_area_m2 < np.inf:
        raise AnalysisError("estimate.mask_not_a_number", session=code)
    if n_repeated := len(mask.xy) - len(np.unique(mask.xy, axis=0)):
        raise AnalysisError("estimate.mask_repeats_points", session=code, value=n_repeated)
    crs = next(session.crs for session in survey.sessions if session.code == code)
    xy_m, _ = to_analysis_metres(mask.xy, crs, analysis_crs=history.crs)
    numeric = _numeric_covariates(mask.covariates)
    return StateSpace(
        xy_m=xy_m,
        cell_area_m2=mask.cell_area_m2,
        covariates=numeric,
        classes={name: texts for name, texts in mask.covariates.items() if name not in numeric},
    )


def _numeric_covariates(covariates: Mapping[str, NDArray[np.str_]]) -> dict[str, NDArray[np.float64]]:
    numeric: dict[str, NDArray[np.float64]] = {}
    for name, texts in covariates.items():
        try:
            missing = np.isin(np.char.upper(texts), ("", "NA"))
            numeric[name] = np.where(missing, "nan", texts).astype(np.float64)
        except ValueError:
            continue  # a word, not a number
    return numeric


def buffer_state_space(xy_m: NDArray[np.float64], buffer_m: float, spacing_m: float) -> StateSpace:
    """Square grid of all points within ``buffer_m`` of a detector.

    Work and memory grow with the number of detectors, not with the box around them, so two arrays
    far apart cost no more than two arrays.

    Parameters
    ----------
    xy_m : (J, 2) array
        Detectors.
    buffer_m, spacing_m
        Largest distance of a point from its nearest detector, and between neighbouring points.
    """
    if not (0.0 < spacing_m <= buffer_m < np.inf):
        raise ValueError(f"need 0 < spacing <= buffer, got {spacing_m} and {buffer_m}")
    middle = (xy_m.min(axis=0) + xy_m.max(axis=0)) / 2.0
    local = xy_m - middle
    reach = int(np.ceil(buffer_m / spacing_m)) + 1
    steps = np.arange(-reach, reach + 1)
    stamp = np.stack(np.meshgrid(steps, steps, indexing="ij"), axis=-1).reshape(-1, 2)
    cells = [_cells_near(detector, stamp, buffer_m, spacing_m) for detector in np.unique(local, axis=0)]
    xy = np.unique(np.concatenate(cells), axis=0) * spacing_m + middle
    return StateSpace(xy_m=xy, cell_area_m2=spacing_m**2)


def _cells_near(
    detector: NDArray[np.float64], stamp: NDArray[np.intp], buffer_m: float, spacing_m: float
) -> NDArray[np.intp]:
    cells = np.rint(detector / spacing_m).astype(np.intp) + stamp
    near = ((cells * spacing_m - detector) ** 2).sum(axis=1) <= buffer_m**2
    return np.asarray(cells[near], dtype=np.intp)


def distance_to_points_m(state_space: StateSpace, xy_m: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distance of each of the (K, 2) places to its nearest point of the state space."""
    distance_m, _ = cKDTree(state_space.xy_m).query(xy_m)
    return np.asarray(distance_m, dtype=np.float64)


def detectors_outside(history: CaptureHistory, state_space: StateSpace) -> tuple[str, ...]:
    """Detectors more than one cell away from every point of the state space.

    A station at the edge of its cell lies up to 0.71 of the spacing from the cell's point; the rest
    allows for masks whose points were snapped.
    """
    limit_m = float(np.sqrt(state_space.cell_area_m2))
    far = distance_to_points_m(state_space, history.xy_m) > limit_m
    return tuple(code for code, outside in zip(history.detectors, far, strict=True) if outside)


def edge_points(state_space: StateSpace) -> NDArray[np.bool_]:
    """Which of the (M,) points lack one of their four neighbours: where the habitat ends."""
    spacing_m = float(np.sqrt(state_space.cell_area_m2))
    tree = cKDTree(state_space.xy_m)
    neighbours = tree.query_ball_point(state_space.xy_m, 1.2 * spacing_m, return_length=True)
    return np.asarray(neighbours < 5)
