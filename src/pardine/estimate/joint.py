"""The log-likelihood of all sessions as a function of the coefficients, with its derivatives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pardine.estimate.collapse import SessionData, session_data
from pardine.estimate.detection import DETECTION_FUNCTIONS, DetectionFunction
from pardine.estimate.history import CaptureHistory
from pardine.estimate.likelihood import SessionValue, session_likelihood
from pardine.estimate.model import Likelihood, ModelSpec
from pardine.estimate.parameters import ParameterTable, parameter_table
from pardine.estimate.statespace import StateSpace

Array = NDArray[np.float64]

# Central differences of an exact gradient: error of the order of 1e-8, on link scales.
_HESSIAN_STEP = 1e-4


@dataclass(kw_only=True, eq=False)
class JointLikelihood:
    """All sessions of a model, ready to be evaluated.

    Attributes
    ----------
    spec
        The model.
    table
        Its coefficients.
    detection
        Its detection function.
    sessions
        Data of each session.
    n_evaluations
        Joint evaluations so far; a part of the sessions counts as that part.
    """

    spec: ModelSpec
    table: ParameterTable
    detection: DetectionFunction
    sessions: tuple[SessionData, ...]
    n_evaluations: float = field(default=0.0)

    @property
    def likelihood(self) -> Likelihood:
        """Full or conditional."""
        return self.spec.likelihood

    def session_value(self, beta: Array, session: int) -> tuple[SessionValue, dict[str, Array]] | None:
        """One session's value and parameters; ``None`` where it says nothing.

        A session without captures says nothing when its density is its own (0), or when the
        likelihood is conditional on captures.
        """
        theta = self.table.values(beta, session)
        data = self.sessions[session]
        if not data.n_animals and (self.likelihood == "conditional" or "D" not in theta):
            return None
        value = session_likelihood(data, self.detection, theta, likelihood=self.likelihood)
        return value, theta

    def value_and_gradient(
        self, beta: Array, *, sessions: Sequence[int] | None = None
    ) -> tuple[float, Array]:
        """Log-likelihood and its (P,) gradient, of all sessions or of some."""
        chosen = range(len(self.sessions)) if sessions is None else sessions
        total, gradient = 0.0, np.zeros(self.table.n_coefficients)
        for session in chosen:
            if (answer := self.session_value(beta, session)) is not None:
                value, theta = answer
                total += value.log_likelihood
                gradient += self.table.pull_back(session, theta, value.adjoint)
        self.n_evaluations += len(chosen) / len(self.sessions)
        return total, gradient

    def information(self, beta: Array) -> Array:
        """Observed information: minus the (P, P) Hessian, by central differences of the gradient.

        Only the sessions that depend on a coefficient are evaluated for it.
        """
        n = self.table.n_coefficients
        touches = np.array([self.table.touches(s) for s in range(len(self.sessions))])
        hessian = np.zeros((n, n))
        for k in range(n):
            sessions = np.flatnonzero(touches[:, k]).tolist()
            step = np.zeros(n)
            step[k] = _HESSIAN_STEP
            _, above = self.value_and_gradient(beta + step, sessions=sessions)
            _, below = self.value_and_gradient(beta - step, sessions=sessions)
            hessian[k] = (above - below) / (2.0 * _HESSIAN_STEP)
        return -(hessian + hessian.T) / 2.0


def joint_likelihood(
    histories: Sequence[CaptureHistory], state_spaces: Sequence[StateSpace], spec: ModelSpec
) -> JointLikelihood:
    """Prepare the likelihood of a model for these sessions."""
    return JointLikelihood(
        spec=spec,
        table=parameter_table(spec, histories),
        detection=DETECTION_FUNCTIONS[spec.detection],
        sessions=tuple(session_data(h, s) for h, s in zip(histories, state_spaces, strict=True)),
    )
