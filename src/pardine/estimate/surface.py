"""Where the animals live: density over the state space, given what was seen."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from pardine.estimate.fitted import Fit
from pardine.estimate.formula.predictors import parameter_table
from pardine.estimate.history import CaptureHistory
from pardine.estimate.likelihood.joint import joint_likelihood
from pardine.estimate.likelihood.one_session import cell_expectations
from pardine.estimate.statespace import StateSpace


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


def density_surface(
    fit: Fit, history: CaptureHistory, state_space: StateSpace, session_index: int
) -> DensitySurface:
    """Where the animals of a session live, given its captures and the fitted model.

    Each animal seen adds the distribution of its activity centre, which sums to 1; the animals not
    seen add ``D (1 - p.)``. The total is the realised abundance.

    Parameters
    ----------
    fit
        A fit of the session, alone or with others.
    history, state_space
        The session's own, as they were fitted.
    session_index
        Its place among ``fit.sessions``.
    """
    estimates = fit.sessions[session_index]
    if estimates.session != history.session:
        raise ValueError(
            f"session {session_index} of the fit is {estimates.session!r}, not {history.session!r}"
        )
    centres = np.zeros(state_space.n_points)
    # A session without captures and with a density of its own has no coefficient of density.
    if estimates.density_per_100km2.value > 0.0:
        joint = joint_likelihood([history], [state_space], fit.spec, fit.frame)
        theta = joint.table.values(np.array([c.estimate for c in fit.coefficients]), 0)
        if "D" not in theta:
            theta["D"] = np.full((1, 1), estimates.density_per_100km2.value / 100.0)
        centres = np.add(*cell_expectations(joint.data_at(theta, 0), joint.detection, theta))
    return DensitySurface(
        session=history.session,
        xy_m=state_space.xy_m,
        cell_area_m2=state_space.cell_area_m2,
        density_per_100km2=centres / (state_space.cell_area_m2 / 1e8),
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class DensityPrediction:
    """Density that the model expects over one session's state space, with intervals.

    Attributes
    ----------
    session
        Session code.
    xy_m : (M, 2) array
    cell_area_m2
        Area of a cell.
    density_per_100km2, lower_per_100km2, upper_per_100km2 : (M,) arrays
        D(X) and its interval, on the scale of its link, point by point.
    level
        Coverage of the intervals.
    """

    session: str
    xy_m: NDArray[np.float64]
    cell_area_m2: float
    density_per_100km2: NDArray[np.float64]
    lower_per_100km2: NDArray[np.float64]
    upper_per_100km2: NDArray[np.float64]
    level: float


def predicted_density(
    fit: Fit, history: CaptureHistory, state_space: StateSpace, session_index: int
) -> DensityPrediction:
    """D(X) of the fitted model at every mask point: what habitat alone tells, whoever was seen where.

    Parameters
    ----------
    fit
        A fit of the session, alone or with others.
    history, state_space
        The session's own; the state space may be another part of the same habitat.
    session_index
        Its place among ``fit.sessions``.
    """
    own = fit.sessions[session_index].density_per_100km2
    names = [p.name for p in fit.spec.parameters]
    limits = np.tile([[own.lower], [own.value], [own.upper]], state_space.n_points)
    if "D" in names and own.value > 0.0:
        parameter = parameter_table(fit.spec, [history], [state_space], fit.frame).parameter("D")
        design, columns = parameter.designs[0], parameter.columns
        if design is not None and len(design.matrix) > 1:
            beta = np.array([c.estimate for c in fit.coefficients])[columns]
            covariance = fit.covariance[columns, columns]
            eta = design.matrix @ beta
            se = np.sqrt(np.maximum(((design.matrix @ covariance) * design.matrix).sum(axis=1), 0.0))
            z = NormalDist().inv_cdf(0.5 + fit.level / 2.0)
            limits = 100.0 * np.exp(np.clip(np.stack([eta - z * se, eta, eta + z * se]), -100.0, 100.0))
    return DensityPrediction(
        session=history.session,
        xy_m=state_space.xy_m,
        cell_area_m2=state_space.cell_area_m2,
        density_per_100km2=limits[1],
        lower_per_100km2=limits[0],
        upper_per_100km2=limits[2],
        level=fit.level,
    )
