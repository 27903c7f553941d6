"""A fit as plain JSON values, and back: what is stored and what ``--json`` prints."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from pardine.base.errors import Notice
from pardine.base.provenance import finite_or_none
from pardine.base.result import Estimate
from pardine.estimate.fitted import Coefficient, Fit, SessionEstimates
from pardine.estimate.formula.frame import frame_from_dict
from pardine.estimate.formula.grammar import model_from_dict, model_to_dict

_NUMBERS = ("log_likelihood", "aic", "aicc", "seconds", "gradient_norm", "level")
_SESSION_ESTIMATES = ("density_per_100km2", "n_expected", "n_realised")
_SESSION_FACTS = ("session", "region_area_km2", "n_animals", "n_detections", "n_recaptures")


def fit_to_json(fit: Fit) -> dict[str, Any]:
    """A fit as JSON values with finite numbers only; what is not a number becomes ``None``."""
    return {
        "model": model_to_dict(fit.spec),
        **{name: finite_or_none(getattr(fit, name)) for name in _NUMBERS},
        "n_parameters": fit.n_parameters,
        "n_evaluations": fit.n_evaluations,
        "converged": fit.converged,
        "coefficients": [{**asdict(c), "se": finite_or_none(c.se)} for c in fit.coefficients],
        "covariance": [[finite_or_none(value) for value in row] for row in fit.covariance.tolist()],
        "sessions": [_session_to_json(session) for session in fit.sessions],
        "notices": [notice.as_dict() for notice in fit.notices],
        "frame": fit.frame.as_dict(),
    }


def fit_from_json(values: Mapping[str, Any]) -> Fit:
    """The inverse of `fit_to_json`."""
    covariance = [[_number(value) for value in row] for row in values["covariance"]]
    n = len(values["coefficients"])
    return Fit(
        spec=model_from_dict(values["model"]),
        **{name: _number(values[name]) for name in _NUMBERS},
        n_evaluations=values["n_evaluations"],
        converged=values["converged"],
        coefficients=tuple(Coefficient(**{**c, "se": _number(c["se"])}) for c in values["coefficients"]),
        covariance=np.array(covariance, dtype=np.float64).reshape(n, n),
        sessions=tuple(_session_from_json(session) for session in values["sessions"]),
        notices=tuple(Notice(n["code"], n["fields"], n["severity"]) for n in values["notices"]),
        frame=frame_from_dict(values.get("frame", {})),
    )


def _session_to_json(session: SessionEstimates) -> dict[str, Any]:
    return {
        **{name: getattr(session, name) for name in _SESSION_FACTS},
        **{name: _estimate_to_json(getattr(session, name)) for name in _SESSION_ESTIMATES},
        "parameters": {name: _estimate_to_json(e) for name, e in session.parameters.items()},
    }


def _session_from_json(values: Mapping[str, Any]) -> SessionEstimates:
    facts: dict[str, Any] = {name: values[name] for name in _SESSION_FACTS}
    facts |= {name: _estimate_from_json(values[name]) for name in _SESSION_ESTIMATES}
    facts["parameters"] = {name: _estimate_from_json(e) for name, e in values["parameters"].items()}
    return SessionEstimates(**facts)


def _estimate_to_json(estimate: Estimate) -> dict[str, Any]:
    numbers = ("value", "lower", "upper", "se")
    return {**estimate.as_dict(), **{name: finite_or_none(getattr(estimate, name)) for name in numbers}}


def _estimate_from_json(values: Mapping[str, Any]) -> Estimate:
    # An upper limit that JSON could not hold was infinite; a standard error stays missing.
    upper = math.inf if values["upper"] is None else values["upper"]
    return Estimate(**{**values, "upper": upper})


def _number(value: float | None) -> float:
    return math.nan if value is None else value
