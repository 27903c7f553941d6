"""An analysis as one JSON object, for scripts and pages."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from pardine import __version__
from pardine.base.provenance import finite_or_none
from pardine.base.result import Estimate
from pardine.base.units import HA_PER_KM2
from pardine.estimate.fitted import Coefficient, Fit, SessionEstimates
from pardine.estimate.formula.grammar import model_to_dict
from pardine.workflows.analysis import Analysis
from pardine.workflows.checks_json import checks_json
from pardine.workflows.sexes import SexComparison


def analysis_json(analysis: Analysis) -> dict[str, Any]:
    """All fits of an analysis; ``fits[0]`` is the model asked for, or the null model."""
    profile = analysis.profile
    return {
        "pardine": __version__,
        "fits": [_fit_json(fit) for fit in analysis.fits],
        "density_change_when_widened": finite_or_none(analysis.density_change),
        "density_profile": _estimate_json(profile) if profile else None,
        "checks": checks_json(analysis.checks),
        "sexes": _sexes_json(analysis.sexes) if analysis.sexes else None,
    }


def _sexes_json(sexes: SexComparison) -> dict[str, Any]:
    gain = finite_or_none(sexes.aicc_gain)
    return {"alike": _fit_json(sexes.alike), "apart": _fit_json(sexes.apart), "aicc_gain": gain}


def _fit_json(fit: Fit) -> dict[str, Any]:
    """One fit. Coefficients of density are on the log of animals per hectare, as secr prints them."""
    sessions = [_session_json(session) for session in fit.sessions]
    shared = len({session.density_per_100km2 for session in fit.sessions}) == 1
    return {
        "model": model_to_dict(fit.spec),
        "log_likelihood": fit.log_likelihood,
        "n_parameters": fit.n_parameters,
        "aic": fit.aic,
        "aicc": finite_or_none(fit.aicc),
        "seconds": fit.seconds,
        "converged": fit.converged,
        "coefficients": {c.name: _coefficient_json(c) for c in fit.coefficients},
        # One number only where there is one: sessions may be the same animals in other years.
        "density": sessions[0]["density"] if shared else None,
        "abundance": sessions[0]["abundance"] if len(sessions) == 1 else None,
        "abundance_whole_animals": sessions[0]["abundance_whole_animals"] if len(sessions) == 1 else None,
        "abundance_expected": sessions[0]["abundance_expected"] if len(sessions) == 1 else None,
        "sessions": sessions,
    }


def _coefficient_json(coefficient: Coefficient) -> dict[str, Any]:
    # As secr prints them: animals per hectare, and effective area in hectares.
    shift = {"D": math.log(HA_PER_KM2), "a0": -math.log(HA_PER_KM2)}.get(coefficient.name, 0.0)
    return {
        "estimate": coefficient.estimate - shift,
        "se": finite_or_none(coefficient.se),
        "link": coefficient.link,
    }


def _session_json(session: SessionEstimates) -> dict[str, Any]:
    return {
        "session": session.session,
        "n_animals": session.n_animals,
        "n_detections": session.n_detections,
        "n_recaptures": session.n_recaptures,
        "region_area_km2": session.region_area_km2,
        "density": _estimate_json(session.density_per_100km2),
        "abundance": _estimate_json(session.n_realised),
        "abundance_whole_animals": _estimate_json(session.n_realised_whole),
        "abundance_expected": _estimate_json(session.n_expected),
        "parameters": {name: _estimate_json(value) for name, value in session.parameters.items()},
    }


def _estimate_json(estimate: Estimate) -> Mapping[str, Any]:
    return {
        name: finite_or_none(value) if isinstance(value, float) else value
        for name, value in estimate.as_dict().items()
    }
