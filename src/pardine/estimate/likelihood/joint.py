"""The log-likelihood of all sessions as a function of the coefficients, with its derivatives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from pardine.base.errors import AnalysisError
from pardine.estimate.formula.frame import ModelFrame
from pardine.estimate.formula.parameters import ParameterTable
from pardine.estimate.formula.predictors import parameter_table
from pardine.estimate.history import CaptureHistory
from pardine.estimate.likelihood.collapse import SessionData, session_data
from pardine.estimate.likelihood.costdistance import CostGraph, cost_graph
from pardine.estimate.likelihood.detection import DetectionFunction, detection_function
from pardine.estimate.likelihood.one_session import SessionValue, class_shares, of_class, session_likelihood
from pardine.estimate.maximum.search import Maximum, maximise
from pardine.estimate.model import Likelihood, ModelSpec
from pardine.estimate.statespace import StateSpace
from pardine.estimate.telemetry import KERNELS, Kernel, Telemetry, log_mean_density, telemetry_of

Array = NDArray[np.float64]
SessionAnswer = tuple[SessionValue, dict[str, Array]]

# Central differences of an exact gradient: error of the order of 1e-8, on link scales.
_HESSIAN_STEP = 1e-4
# Shortest paths change their course: their derivative is taken over a wider step.
_COST_STEP = 5e-3
_COST_HESSIAN_STEP = 3e-2


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
    graphs
        Ways over the mask of each session, where distance is a matter of cost; else empty.
    collared
        Animals of each session with fixes but no capture.
    n_evaluations
        Joint evaluations so far; a part of the sessions counts as that part.
    """

    spec: ModelSpec
    table: ParameterTable
    detection: DetectionFunction
    sessions: tuple[SessionData, ...]
    graphs: tuple[CostGraph, ...] = ()
    collared: tuple[Telemetry | None, ...] = ()
    n_evaluations: float = field(default=0.0)

    @property
    def likelihood(self) -> Likelihood:
        """Full or conditional."""
        return self.spec.likelihood

    def data_at(self, theta: dict[str, Array], session: int) -> SessionData:
        """A session with the distances that the parameters give it."""
        data = self.sessions[session]
        if "noneuc" not in theta:
            return data
        return replace(data, squared_distance_m2=self.graphs[session].squared_distances_m2(theta["noneuc"]))

    def session_value(self, beta: Array, session: int) -> SessionAnswer | None:
        """One session's value and parameters; ``None`` where it says nothing.

        A session without captures says nothing when its density is its own (0), or when the
        likelihood is conditional on captures.
        """
        return self._session_value(beta, session, with_adjoint=True)

    def _session_value(self, beta: Array, session: int, *, with_adjoint: bool) -> SessionAnswer | None:
        theta = self.table.values(beta, session)
        data = self.data_at(theta, session)
        if not data.n_animals and (self.likelihood == "conditional" or "D" not in theta):
            return None
        value = session_likelihood(
            data, self.detection, theta, likelihood=self.likelihood, with_adjoint=with_adjoint
        )
        collared = self.collared[session] if self.collared else None
        if collared is not None:
            value = _with_collared(value, collared, data, theta)
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
        if self.graphs:
            gradient[self.table.parameter("noneuc").columns] = self._cost_gradient(beta, chosen)
        self.n_evaluations += len(chosen) / len(self.sessions)
        return total, gradient

    def _cost_gradient(self, beta: Array, sessions: Sequence[int]) -> Array:
        """Derivative with respect to the coefficients of cost, by central differences."""
        columns = self.table.parameter("noneuc").columns
        gradient = []
        for k in range(columns.start, columns.stop):
            step = np.zeros(len(beta))
            step[k] = _COST_STEP * self.table.scaling[k, k]
            above, below = (self._value(beta + side * step, sessions) for side in (1.0, -1.0))
            gradient.append((above - below) / (2.0 * step[k]))
        return np.array(gradient)

    def _value(self, beta: Array, sessions: Sequence[int]) -> float:
        answers = (self._session_value(beta, session, with_adjoint=False) for session in sessions)
        return sum(answer[0].log_likelihood for answer in answers if answer is not None)

    def information(self, beta: Array) -> Array:
        """Observed information: minus the (P, P) Hessian, by central differences of the gradient.

        Steps are those of standardised columns; only the sessions that depend on a coefficient are
        evaluated for it.
        """
        scaling = self.table.scaling
        touches = np.array([self.table.touches(s) for s in range(len(self.sessions))]) @ (scaling != 0.0)
        size = _COST_HESSIAN_STEP if self.graphs else _HESSIAN_STEP
        hessian = np.zeros_like(scaling)
        for k in range(len(scaling)):
            sessions = np.flatnonzero(touches[:, k]).tolist()
            step = size * scaling[:, k]
            _, above = self.value_and_gradient(beta + step, sessions=sessions)
            _, below = self.value_and_gradient(beta - step, sessions=sessions)
            hessian[k] = scaling.T @ (above - below) / (2.0 * size)
        inverse = np.linalg.inv(scaling)
        return np.asarray(inverse.T @ (-(hessian + hessian.T) / 2.0) @ inverse)

    def maximum(self, start: Array) -> Maximum:
        """The maximum, searched from some coefficients."""
        return maximise(self.value_and_gradient, self.information, start, scaling=self.table.scaling)


def _with_collared(
    value: SessionValue, collared: Telemetry, data: SessionData, theta: dict[str, Array]
) -> SessionValue:
    """Add what the animals with fixes alone tell."""
    shares = class_shares(theta)
    sigma_m = np.array([of_class(theta["sigma"], k).reshape(-1)[0] for k in range(len(shares))])
    own, sigma_bar, share_bar = log_mean_density(collared, data.mask_xy_m, sigma_m, np.log(shares))
    adjoint = dict(value.adjoint)
    if adjoint:
        by_class = theta["sigma"].ndim == 3
        adjoint["sigma"] = adjoint["sigma"] + (
            sigma_bar[:, None, None] if by_class else np.full((1, 1), sigma_bar.sum())
        )
        if "pmix" in adjoint:
            adjoint["pmix"] = adjoint["pmix"] + share_bar[1] / shares[1] - share_bar[0] / shares[0]
    return replace(value, log_likelihood=value.log_likelihood + own, adjoint=adjoint)


def joint_likelihood(
    histories: Sequence[CaptureHistory],
    state_spaces: Sequence[StateSpace],
    spec: ModelSpec,
    frame: ModelFrame | None = None,
    *,
    every_state: bool = False,
) -> JointLikelihood:
    """Prepare the likelihood of a model for these sessions.

    Parameters
    ----------
    histories, state_spaces, spec
        The sessions and the model.
    frame
        Levels and scales of its variables, where they are known from a fit.
    every_state
        Whether what no animal had learnt can be asked, too (see `rows`).
    """
    table = parameter_table(spec, histories, state_spaces, frame, every_state=every_state)
    kernel = KERNELS.get(spec.detection, "half-normal")
    captured = [_fixes(history, kernel) for history in histories]
    if any(own is not None or history.fixes for own, history in zip(captured, histories, strict=True)):
        _check_telemetry(table, spec)
    is_cost = any(p.name == "noneuc" for p in spec.parameters)
    return JointLikelihood(
        spec=spec,
        table=table,
        detection=detection_function(spec.detection, compensated=spec.is_compensated),
        sessions=tuple(
            session_data(h, s, rows, hcov=spec.hcov, telemetry=fixes)
            for h, s, rows, fixes in zip(histories, state_spaces, table.rows, captured, strict=True)
        ),
        graphs=tuple(cost_graph(h, s) for h, s in zip(histories, state_spaces, strict=True))
        if is_cost
        else (),
        collared=tuple(_collared(history, kernel) for history in histories)
        if any(history.fixes for history in histories)
        else (),
    )


def _fixes(history: CaptureHistory, kernel: Kernel) -> Telemetry | None:
    """Fixes of the animals that were caught, in their order."""
    if not set(history.animals) & set(history.fixes):
        return None
    return telemetry_of([history.fixes.get(name, np.zeros((0, 2))) for name in history.animals], kernel)


def _collared(history: CaptureHistory, kernel: Kernel) -> Telemetry | None:
    """Fixes of the animals that were not caught."""
    others = [fixes for name, fixes in history.fixes.items() if name not in history.animals]
    if not others:
        return None
    everyone = telemetry_of(others, kernel)
    return everyone.of_animals(np.arange(len(others)), history.xy_m.mean(axis=0))


def _check_telemetry(table: ParameterTable, spec: ModelSpec) -> None:
    designs = [design for design in table.parameter("sigma").designs if design is not None]
    varies = any(design.shape[-2] > 1 for design in designs)
    if varies or any(p.name == "noneuc" for p in spec.parameters):
        raise AnalysisError("estimate.telemetry_needs_one_sigma")
    if spec.detection not in KERNELS:
        raise AnalysisError(
            "estimate.telemetry_needs_kernel", value=spec.detection, expected=", ".join(sorted(KERNELS))
        )
