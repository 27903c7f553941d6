"""What a fit holds: coefficients on their link scales, estimates of each session, how it went."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pardine.base.errors import Notice
from pardine.base.result import Estimate, whole_animals
from pardine.estimate.formula.frame import ModelFrame
from pardine.estimate.model import Link, ModelSpec


@dataclass(frozen=True, kw_only=True)
class Coefficient:
    """One fitted number on its link scale.

    Attributes
    ----------
    name
        ``D``, ``lambda0``, ``g0``, ``sigma``; with terms ``D.session[Noyon2013]`` and so on.
    parameter
        The parameter it belongs to.
    link
        Scale of ``estimate`` and ``se``. Density is per km2 before the log.
    estimate, se
        ``se`` is NaN where the curvature gives none.
    """

    name: str
    parameter: str
    link: Link
    estimate: float
    se: float


@dataclass(frozen=True, kw_only=True)
class SessionEstimates:
    """What a fit says of one session, on natural scales.

    Attributes
    ----------
    session
        Session code.
    parameters
        Name (``lambda0``, ``g0``, ``a0``, ``sigma``, ``z``, ``pmix``) to estimate; lambda0 per
        station-day, sigma in m. Where covariates enter, at their average over the session, of animals
        not caught before; where classes differ, the average of the classes, and beside it each class
        as ``sigma[F]``.
    density_per_100km2
        Density of independent animals.
    n_expected
        Abundance in the state space before anything was seen.
    n_realised
        Abundance given the animals seen; its interval never falls below their number.
    region_area_km2
        Area of the state space, to which abundance refers.
    n_animals, n_detections, n_recaptures
        What was seen.
    """

    session: str
    parameters: dict[str, Estimate]
    density_per_100km2: Estimate
    n_expected: Estimate
    n_realised: Estimate
    region_area_km2: float
    n_animals: int
    n_detections: int
    n_recaptures: int

    @property
    def n_realised_whole(self) -> Estimate:
        """`n_realised` with its limits outward to whole animals, as people are told it."""
        return whole_animals(self.n_realised)


@dataclass(frozen=True, kw_only=True, eq=False)
class Fit:
    """A fitted model.

    Attributes
    ----------
    spec
        The model with every choice resolved.
    coefficients : P of them
    covariance : (P, P) array
        Of the coefficients on their link scales.
    log_likelihood
        Animals distinguishable, all constants in (see `docs/explanation/likelihood.md`).
    aic, aicc
        Akaike's criterion, and its small-sample form (NaN where n is too small).
    n_evaluations, seconds, gradient_norm, converged
        How the search went.
    sessions
        In the order of the histories.
    level
        Nominal coverage of the intervals.
    notices
        Warnings to act on.
    frame
        Levels and scales of the model's variables, with which a session can be predicted alone.
    """

    spec: ModelSpec
    coefficients: tuple[Coefficient, ...]
    covariance: NDArray[np.float64]
    log_likelihood: float
    aic: float
    aicc: float
    n_evaluations: int
    seconds: float
    gradient_norm: float
    converged: bool
    sessions: tuple[SessionEstimates, ...]
    level: float = 0.95
    notices: tuple[Notice, ...] = ()
    frame: ModelFrame = field(default_factory=ModelFrame)

    @property
    def n_parameters(self) -> int:
        """Number of coefficients."""
        return len(self.coefficients)
