"""The checks of an estimate as plain JSON values: what is stored and what ``--json`` prints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pardine.base.provenance import finite_or_none
from pardine.base.result import Estimate
from pardine.estimate.checking.ghosts import GhostCheck
from pardine.estimate.checking.windows import WindowCheck
from pardine.estimate.compare import ModelTable
from pardine.simulate.bootstrap import Bootstrap
from pardine.simulate.goodness_test import GoodnessOfFit
from pardine.workflows.checks import Checks


def checks_json(checks: Checks) -> dict[str, Any]:
    """What was compared and checked; ``None`` for what was not."""
    return {
        "comparison": _comparison(checks.comparison) if checks.comparison else None,
        "goodness_of_fit": _goodness(checks.goodness) if checks.goodness else None,
        "bootstrap": _bootstrap(checks.bootstrap) if checks.bootstrap else None,
        "ghosts": _ghosts(checks.ghosts) if checks.ghosts else None,
        "windows": _windows(checks.windows) if checks.windows else None,
    }


def _comparison(table: ModelTable) -> dict[str, Any]:
    return {
        "models": [
            {
                "model": row.label,
                "n_parameters": row.n_parameters,
                "log_likelihood": row.log_likelihood,
                "aic": row.aic,
                "aicc": finite_or_none(row.aicc),
                "delta": finite_or_none(row.delta),
                "weight": row.weight,
                "density_per_100km2": [finite_or_none(density) for density in row.density_per_100km2],
            }
            for row in table.rows
        ],
        "averages": [
            {
                "session": session.session,
                "density": _estimate(session.density_per_100km2),
                "abundance": _estimate(session.n_realised),
                "abundance_expected": _estimate(session.n_expected),
            }
            for session in table.averages
        ],
    }


def _goodness(found: GoodnessOfFit) -> dict[str, Any]:
    return {
        "n_replicates": found.n_replicates,
        "seed": found.seed,
        "failures": dict(found.failures),
        "tests": [
            {
                "aspect": test.aspect,
                "distance": test.distance,
                "expected_distance": test.expected_distance,
                "p_value": test.p_value,
            }
            for test in found.tests
        ],
    }


def _bootstrap(found: Bootstrap) -> dict[str, Any]:
    return {
        "n_replicates": found.n_replicates,
        "seed": found.seed,
        "failures": dict(found.failures),
        "sessions": [
            {
                "session": session.session,
                "density": _estimate(session.density_per_100km2),
                "abundance_expected": _estimate(session.n_expected),
                "density_bias": session.density_bias,
            }
            for session in found.sessions
        ],
    }


def _ghosts(found: GhostCheck) -> dict[str, Any]:
    twice = found.twice
    return {
        "seen_twice": None
        if twice is None
        else [
            {
                "session": session.session,
                "n_once": session.n_once,
                "n_twice": session.n_twice,
                "expected_once": session.expected_once,
                "density": _estimate(session.density_per_100km2),
            }
            for session in twice.sessions
        ],
        "curve": [
            {
                "share": point.share,
                "n_ghosts": point.n_ghosts,
                "density_per_100km2": [finite_or_none(density) for density in point.density_per_100km2],
            }
            for point in found.curve
        ],
    }


def _windows(found: WindowCheck) -> list[dict[str, Any]]:
    return [
        {
            "part": window.part,
            "n_parts": window.n_parts,
            "n_animals": window.n_animals,
            "density_per_100km2": list(window.density_per_100km2),
            "refusal": window.refusal or None,
        }
        for window in found.windows
    ]


def _estimate(estimate: Estimate) -> Mapping[str, Any]:
    return {
        name: finite_or_none(value) if isinstance(value, float) else value
        for name, value in estimate.as_dict().items()
    }
