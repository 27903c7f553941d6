"""The variables that linear predictors may use, by name, in one session.

A variable of detection is an array that broadcasts against (K, G, B, J, S): classes of animals,
groups of animals with the same known covariates, states of behaviour, detectors, occasions. Its size
along an axis is 1 where it does not vary. A variable of density is an array of (M,) or (1,) mask
points. Words are text, numbers may be text too: `predictors` decides which, over all sessions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pardine.estimate.formula.grammar import BEHAVIOURS
from pardine.estimate.history import CaptureHistory
from pardine.estimate.statespace import StateSpace

Variable = NDArray[np.float64] | NDArray[np.str_]

CELL_AXES = 5
SEXES = ("F", "M")
_BUILT_IN = ("session", "Session", "t", "T", "h2", "sex", *BEHAVIOURS)
_OF_PLACE = ("x", "y", "x2", "y2", "xy")


@dataclass(frozen=True, kw_only=True, eq=False)
class CellVariables:
    """Variables of detection in one session.

    Attributes
    ----------
    history
        The session.
    class_labels
        Of the classes of animals; one label where there are none.
    behaviours
        Those that the model uses; state b of behaviour holds where bit b of the state is set.
    has_groups
        Whether the sexes are groups with known covariates.
    position
        Of the session among all: 0, 1, 2, ...
    """

    history: CaptureHistory
    class_labels: tuple[str, ...]
    behaviours: tuple[str, ...]
    has_groups: bool
    position: int = 0

    def names(self) -> list[str]:
        """Every name that may be used."""
        from_stations = {_stem(name) for name in self.history.station_covariates}
        from_session = {_stem(name) for name in self.history.session_covariates}
        return [*_BUILT_IN, *sorted(from_stations | from_session)]

    def get(self, name: str) -> Variable | None:
        """The variable of that name; ``None`` where the session has none."""
        n_occasions = self.history.n_occasions
        if name in self.behaviours:
            bit = self.behaviours.index(name)
            states = np.arange(2 ** len(self.behaviours))
            return _along(np.where((states >> bit) & 1, "TRUE", "FALSE"), 2)
        match name:
            case "session":
                return _along(np.array([self.history.session]), 3)
            case "Session" if "Session" not in self.history.session_covariates:
                return _along(np.array([float(self.position)]), 3)
            case "t":
                return _along(np.arange(1, n_occasions + 1).astype(str), 4)
            case "T":
                return _along(np.arange(n_occasions, dtype=np.float64), 4)
            case "h2":
                return _along(np.array(self.class_labels), 0)
            case "sex":
                return _along(np.array(SEXES if self.has_groups else SEXES[:1]), 1)
        return self._covariate(name)

    def _covariate(self, name: str) -> Variable | None:
        stations, session = self.history.station_covariates, self.history.session_covariates
        by_occasion = [f"{name}_{s + 1}" for s in range(self.history.n_occasions)]
        if name in stations:
            return _along(np.array(stations[name]), 3)
        if all(column in stations for column in by_occasion):
            columns = np.array([stations[column] for column in by_occasion])
            return columns.T.reshape(1, 1, 1, *columns.T.shape)
        if name in session:
            return _along(np.array([session[name]]), 3)
        if all(column in session for column in by_occasion):
            return _along(np.array([session[column] for column in by_occasion]), 4)
        return None


@dataclass(frozen=True, kw_only=True, eq=False)
class PlaceVariables:
    """Variables of density, or of the cost of moving, in one session."""

    history: CaptureHistory
    state_space: StateSpace
    xy_scale: tuple[float, float, float, float] | None
    position: int = 0

    def names(self) -> list[str]:
        """Every name that may be used."""
        of_mask = {*self.state_space.covariates, *self.state_space.classes}
        return ["session", "Session", *_OF_PLACE, *sorted(of_mask | set(self.history.session_covariates))]

    def get(self, name: str) -> Variable | None:
        """The variable of that name; ``None`` where the session has none."""
        if name in self.state_space.covariates:
            return self.state_space.covariates[name]
        if name in self.state_space.classes:
            return self.state_space.classes[name]
        if name in _OF_PLACE and self.xy_scale is not None:
            return self._place(name)
        if name == "session":
            return np.array([self.history.session])
        if name in self.history.session_covariates:
            return np.array([self.history.session_covariates[name]])
        if name == "Session":
            return np.array([float(self.position)])
        return None

    def _place(self, name: str) -> NDArray[np.float64]:
        mean_x, sd_x, mean_y, sd_y = self.xy_scale or (0.0, 1.0, 0.0, 1.0)
        x = (self.state_space.xy_m[:, 0] - mean_x) / sd_x
        y = (self.state_space.xy_m[:, 1] - mean_y) / sd_y
        return np.asarray({"x": x, "y": y, "x2": x * x, "y2": y * y, "xy": x * y}[name])


def scale_of_places(state_spaces: Sequence[StateSpace]) -> tuple[float, float, float, float]:
    """Mean and standard deviation (of a sample) of x, then of y, over all mask points."""
    xy_m = np.concatenate([state_space.xy_m for state_space in state_spaces])
    middle = xy_m.mean(axis=0)
    spread = (xy_m - middle).std(axis=0, ddof=1 if len(xy_m) > 1 else 0)
    spread[spread == 0.0] = 1.0
    return float(middle[0]), float(spread[0]), float(middle[1]), float(spread[1])


def _along(values: Variable, axis: int) -> Variable:
    """A variable that varies along one of the axes of the cells."""
    shape = [1] * CELL_AXES
    shape[axis] = values.size
    return values.reshape(shape)


def _stem(name: str) -> str:
    """``rain`` of ``rain_3``: a covariate told by occasion."""
    stem, _, number = name.rpartition("_")
    return stem if stem and number.isdigit() else name
