"""Fitting a model by maximum likelihood."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pardine.base.errors import AnalysisError, Notice, warning
from pardine.estimate.derive import session_estimates
from pardine.estimate.fitted import Coefficient, Fit, SessionEstimates
from pardine.estimate.history import CaptureHistory
from pardine.estimate.likelihood.joint import JointLikelihood, joint_likelihood
from pardine.estimate.maximum.boundary import settle_contrasts
from pardine.estimate.maximum.diagnose import (
    refuse_boundless,
    refuse_flat,
    refuse_hopeless,
    refuse_outside,
    refuse_untold,
    upper_limit_warnings,
    warnings_after,
    warnings_before,
)
from pardine.estimate.maximum.mixture import best_maximum, hardly_seen_limit, one_class
from pardine.estimate.maximum.search import Maximum
from pardine.estimate.maximum.start import automatic_start
from pardine.estimate.model import ModelSpec
from pardine.estimate.statespace import StateSpace

__all__ = ["Coefficient", "Fit", "SessionEstimates", "fit_model"]

Array = NDArray[np.float64]

# Cheapest ways change their course as costs change: the log-likelihood has kinks of this size.
_DECREMENT_OF_COST = 1e-2


def fit_model(
    histories: Sequence[CaptureHistory],
    state_spaces: Sequence[StateSpace],
    spec: ModelSpec,
    *,
    level: float = 0.95,
    start: Mapping[str, float] | None = None,
) -> Fit:
    """Fit a closed spatial capture-recapture model to one or more sessions.

    Parameters
    ----------
    histories, state_spaces
        One of each for every session, in one order.
    spec
        The model; its ``detector_types`` are those of the histories.
    level
        Coverage of the intervals.
    start
        Coefficients to begin with, by name, on their link scales; what is missing starts by itself.

    Returns
    -------
    Fit
        With warnings among its ``notices``.

    Raises
    ------
    AnalysisError
        The data cannot carry the model: nobody caught, no recaptures, one detector, detectors
        outside the state space, a flat likelihood, a search without an end (see `diagnose`).
    """
    began = time.perf_counter()
    _check(histories, state_spaces, spec, level)
    refuse_hopeless(histories, spec)
    for history, state_space in zip(histories, state_spaces, strict=True):
        refuse_outside(history, state_space)
    joint = joint_likelihood(histories, state_spaces, spec)
    beta = _start(histories, joint, start)
    maximum, alike = one_class(joint, _maximum(joint, beta, start))
    refuse_boundless(histories, limit := _limit(joint, maximum, alike), maximum)
    maximum, held, weak = settle_contrasts(joint, maximum)
    refuse_flat(histories, joint, maximum)
    if not (maximum.converged or (joint.graphs and maximum.decrement < _DECREMENT_OF_COST)):
        raise AnalysisError("estimate.not_converged", value=float(np.abs(maximum.gradient).max()))
    maximum = replace(maximum, converged=True)
    covariance = _covariance(maximum.information, (*alike, *held))
    sessions = session_estimates(histories, joint, maximum.beta, covariance, level=level)
    refuse_untold(sessions)
    notices = (
        *warnings_before(histories, state_spaces, spec),
        *joint.table.notices,
        *(_runs_away(joint.table.names[k], maximum.beta[k]) for k in held),
        *(warning("estimate.contrast_hardly_told", value=joint.table.names[k]) for k in weak),
        *([warning("estimate.classes_alike")] if alike else []),
        *upper_limit_warnings(histories, limit, maximum, level=level),
        *warnings_after(histories, joint, maximum.beta, sessions),
    )
    return _fit(
        joint, maximum, covariance, sessions, notices, level=level, seconds=time.perf_counter() - began
    )


def _maximum(joint: JointLikelihood, beta: Array, start: Mapping[str, float] | None) -> Maximum:
    """Where a whole start was given, as by an earlier fit, the hill that it stands on; else the best."""
    is_given = start is not None and all(name in start for name in joint.table.names)
    return joint.maximum(beta) if is_given else best_maximum(joint, beta)


def _limit(joint: JointLikelihood, maximum: Maximum, alike: Sequence[int]) -> float:
    """Log-likelihood of endless density; -inf where there is no such thing."""
    return -math.inf if alike else hardly_seen_limit(joint, maximum)


def _runs_away(name: str, held_at: float) -> Notice:
    code = "estimate.contrast_runs_away" if held_at < 0.0 else "estimate.always_detected"
    return warning(code, value=name)


def _covariance(information: Array, held: Sequence[int]) -> Array:
    """Inverse information of the coefficients that are free; 0 for those that are held."""
    free = np.setdiff1d(np.arange(len(information)), held)
    covariance = np.zeros_like(information)
    covariance[np.ix_(free, free)] = np.linalg.inv(information[np.ix_(free, free)])
    return covariance


def _check(
    histories: Sequence[CaptureHistory], state_spaces: Sequence[StateSpace], spec: ModelSpec, level: float
) -> None:
    if not histories or len(histories) != len(state_spaces):
        raise ValueError("one state space for every history, and at least one history")
    if len({history.session for history in histories}) != len(histories):
        raise ValueError("two histories of one session")
    if {h.session: h.detector_type for h in histories} != dict(spec.detector_types):
        raise ValueError("detector types of the model are not those of the histories")
    if not 0.0 < level < 1.0:
        raise ValueError(f"level must lie between 0 and 1, got {level}")


def _start(
    histories: Sequence[CaptureHistory], joint: JointLikelihood, start: Mapping[str, float] | None
) -> Array:
    given = start or {}
    if all(name in given for name in joint.table.names):
        return np.array([given[name] for name in joint.table.names])
    automatic = automatic_start(histories, joint)
    return np.array([given.get(name, own) for name, own in zip(joint.table.names, automatic, strict=True)])


def _fit(
    joint: JointLikelihood,
    maximum: Maximum,
    covariance: Array,
    sessions: tuple[SessionEstimates, ...],
    notices: tuple[Notice, ...],
    *,
    level: float,
    seconds: float,
) -> Fit:
    n_parameters = joint.table.n_coefficients
    n_animals = sum(data.n_animals for data in joint.sessions)
    aic = 2.0 * n_parameters - 2.0 * maximum.log_likelihood
    return Fit(
        spec=joint.spec,
        coefficients=_coefficients(joint, maximum.beta, covariance),
        covariance=covariance,
        frame=joint.table.frame,
        log_likelihood=maximum.log_likelihood,
        aic=aic,
        aicc=_aicc(aic, n_parameters, n_animals),
        n_evaluations=math.ceil(joint.n_evaluations),
        seconds=seconds,
        gradient_norm=float(np.abs(maximum.gradient).max()),
        converged=maximum.converged,
        sessions=sessions,
        level=level,
        notices=notices,
    )


def _coefficients(joint: JointLikelihood, beta: Array, covariance: Array) -> tuple[Coefficient, ...]:
    variance = np.diag(covariance)
    se = np.sqrt(np.where(variance > 0.0, variance, np.nan))
    return tuple(
        Coefficient(
            name=name,
            parameter=parameter.name,
            link=parameter.link,
            estimate=float(beta[k]),
            se=float(se[k]),
        )
        for parameter in joint.table.parameters
        for name, k in zip(
            parameter.coefficients, range(parameter.columns.start, parameter.columns.stop), strict=True
        )
    )


def _aicc(aic: float, n_parameters: int, n_animals: int) -> float:
    """Small-sample AIC with the number of animals as sample size; NaN where it has no value."""
    freedom = n_animals - n_parameters - 1
    return aic + 2.0 * n_parameters * (n_parameters + 1) / freedom if freedom > 0 else math.nan
