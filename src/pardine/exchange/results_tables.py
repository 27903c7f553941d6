"""The results of fits as tables: estimates, coefficients, their covariance, and the density surface."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pardine.base.provenance import finite_or_none
from pardine.base.result import Estimate
from pardine.estimate.fitted import Fit
from pardine.estimate.grammar import model_to_text
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


def surface_table(surfaces: Sequence[tuple[str, str, GridSurface]]) -> Rows:
    """Density by cell, of (session, crs, surface) each."""
    header = ["session", "x", "y", "crs", "cell_m", "habitat_km2", "density_per_100km2"]
    rows: list[list[Cell]] = [
        [session, x, y, crs, surface.grid_m, area_m2 / 1e6, finite_or_none(value)]
        for session, crs, surface in surfaces
        for (x, y), area_m2, value in zip(
            surface.xy_m.tolist(), surface.area_m2.tolist(), surface.value.tolist(), strict=True
        )
    ]
    return header, rows
