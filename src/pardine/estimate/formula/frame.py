"""What a model learnt of the data beside its coefficients: levels of factors, places of knots.

Kept with a fit, so that one session of it can be predicted without the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class ModelFrame:
    """Levels, knots and scales of a model's variables.

    Attributes
    ----------
    levels
        ``role~variable`` or ``role~factor(variable)`` to the levels of a factor, the first being the
        reference; for numbers, an empty tuple. Roles: ``D``, ``noneuc``, ``pmix``, and ``detection``
        for all of the rest.
    knots
        ``role~s(variable, k=4)`` to the k knots of a spline.
    spline_axes
        The same key to k rows of k - 1 numbers: the centres of the spline's raw columns, then the
        matrix that makes them uncorrelated columns of standard deviation 1 (`columns`); without an
        entry the raw columns stand as they are.
    xy_scale
        Mean and standard deviation of the mask's x, then of its y, over all sessions; ``None`` where
        no term uses them.
    """

    levels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    knots: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    spline_axes: Mapping[str, tuple[tuple[float, ...], ...]] = field(default_factory=dict)
    xy_scale: tuple[float, float, float, float] | None = None

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "levels": {name: list(levels) for name, levels in self.levels.items()},
            "knots": {name: list(knots) for name, knots in self.knots.items()},
            "spline_axes": {name: [list(row) for row in rows] for name, rows in self.spline_axes.items()},
            "xy_scale": None if self.xy_scale is None else list(self.xy_scale),
        }


def frame_from_dict(values: Mapping[str, Any]) -> ModelFrame:
    """The inverse of `ModelFrame.as_dict`."""
    xy_scale = values.get("xy_scale")
    return ModelFrame(
        levels={name: tuple(levels) for name, levels in values.get("levels", {}).items()},
        knots={name: tuple(knots) for name, knots in values.get("knots", {}).items()},
        spline_axes={
            name: tuple(tuple(row) for row in rows) for name, rows in values.get("spline_axes", {}).items()
        },
        xy_scale=None if xy_scale is None else (xy_scale[0], xy_scale[1], xy_scale[2], xy_scale[3]),
    )
