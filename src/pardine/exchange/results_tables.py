"""The results of fits as tables: estimates, coefficients, their covariance, and the density surface."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from pardine.base.provenance import finite_or_none
from pardine.base.result import Estimate
from pardine.estimate.fitted import Fit
from pardine.estimate.formula.grammar import model_to_text
from pardine.exchange.generalise import GridSurface
from pardine.exchange.survey_export import Cell

Rows = tuple[list[str], list[list[Cell]]]


def estimates_table(fits: Sequence[Fit]) -> Rows:
    """Every estimate with its interval, unit and method."""
    header = ["model", "detection", "session", "quantity", "value", "lower", "upper", "level", "se"]
    rows = [
        [
            model_to_text(fit.spec),
            fit.spec.detection,
            session.session,
            name,
            finite_or_none(estimate.value),
            finite_or_none(estimate.lower),
            finite_or_none(estimate.upper),
            estimate.level,
            finite_or_none(estimate.se),
            estimate.unit,
            estimate.method,
        ]
        for fit in fits
        for session in fit.sessions
        for name, estimate in _named(session.density_per_100km2, session.n_expected, session.n_realised)
        + tuple(session.parameters.items())
    ]
    return [*header, "unit", "method"], rows


def _named(density: Estimate, expected: Estimate, realised: Estimate) -> tuple[tuple[str, Estimate], ...]:
    return ("D", density), ("N expected", expected), ("N realised", realised)


def coefficients_table(fits: Sequence[Fit]) -> Rows:
    """Coefficients on their link scales; density is per km2 before the log."""
    header = ["model", "detection", "log_likelihood", "aic", "aicc", "coefficient", "link", "estimate", "se"]
    rows: list[list[Cell]] = [
        [
            model_to_text(fit.spec),
            fit.spec.detection,
            finite_or_none(fit.log_likelihood),
            finite_or_none(fit.aic),
            finite_or_none(fit.aicc),
            c.name,
            c.link,
            finite_or_none(c.estimate),
            finite_or_none(c.se),
        ]
        for fit in fits
        for c in fit.coefficients
    ]
    return header, rows


def covariance_table(fits: Sequence[Fit]) -> Rows:
    """Covariance of the coefficients, a row a pair."""
    return ["model", "detection", "coefficient", "with", "covariance"], list(_pairs(fits))


def _pairs(fits: Sequence[Fit]) -> Iterator[list[Cell]]:
    for fit in fits:
        names = [c.name for c in fit.coefficients]
        for name, row in zip(names, fit.covariance.tolist(), strict=True):
            for other, value in zip(names, row, strict=True):
                yield [model_to_text(fit.spec), fit.spec.detection, name, other, finite_or_none(value)]


@dataclass(frozen=True, kw_only=True, eq=False)
class SessionSurfaces:
    """Density of a session as an audience may see it, all on the same cells.

    Attributes
    ----------
    session, crs
        Of the session.
    realised
        Density given the captures; sums to the realised abundance.
    predicted, lower, upper
        Density by the model with its interval; over a coarse cell, means of its points.
    """

    session: str
    crs: str
    realised: GridSurface
    predicted: GridSurface
    lower: GridSurface
    upper: GridSurface

    @property
    def columns(self) -> dict[str, list[float | None]]:
        """What tables and layers say of each cell."""
        surfaces = {
            "density_per_100km2": self.realised,
            "predicted_per_100km2": self.predicted,
            "lower_per_100km2": self.lower,
            "upper_per_100km2": self.upper,
        }
        habitat: list[float | None] = (self.realised.area_m2 / 1e6).tolist()
        values = {name: list(map(finite_or_none, s.value.tolist())) for name, s in surfaces.items()}
        return {"habitat_km2": habitat, **values}

    @property
    def varies(self) -> bool:
        """Whether the model's density differs from place to place."""
        value = self.predicted.value
        return bool(np.ptp(value) > 1e-9 * np.abs(value).max())


def surface_table(surfaces: Sequence[SessionSurfaces]) -> Rows:
    """Density by cell."""
    header = ["session", "x", "y", "crs", "cell_m"]
    rows: list[list[Cell]] = [
        [s.session, x, y, s.crs, s.realised.grid_m, *values]
        for s in surfaces
        for (x, y), *values in zip(s.realised.xy_m.tolist(), *s.columns.values(), strict=True)
    ]
    return [*header, *surfaces[0].columns], rows
