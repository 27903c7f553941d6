"""The search for the maximum, and the proof that it is one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Array = NDArray[np.float64]
ValueAndGradient = Callable[[Array], tuple[float, Array]]

# Newton decrement (half g' I^-1 g): by how much the log-likelihood can still rise.
_DECREMENT_WANTED = 1e-8
DECREMENT_ACCEPTED = 1e-5
# Information below this leaves some coefficient with a standard error above 3 on its link scale: its
# 95 % interval spans a factor of more than 100,000, so the data do not hold it.
_SMALLEST_INFORMATION = 0.1
_MAX_POLISHES = 8
_LONGEST_STEP = 2.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Maximum:
    """Where a search ended.

    Attributes
    ----------
    beta : (P,) array
    log_likelihood
        Value there.
    gradient : (P,) array
    information : (P, P) array
        Minus the Hessian.
    decrement
        By how much a Newton step would still raise the log-likelihood.
    converged
        The information is positive definite and the Newton decrement below 1e-5.
    flat : (P,) array or None
        Direction in which the log-likelihood is flat, where there is one (of standardised columns).
    """

    beta: Array
    log_likelihood: float
    gradient: Array
    information: Array
    decrement: float
    converged: bool
    flat: Array | None


def maximise(
    value_and_gradient: ValueAndGradient,
    information: Callable[[Array], Array],
    start: Array,
    *,
    scaling: Array | None = None,
) -> Maximum:
    """Maximise by BFGS from the curvature at the start, then by Newton steps until none is needed.

    Parameters
    ----------
    value_and_gradient, information
        Log-likelihood with its gradient, and minus its Hessian.
    start : (P,) array
    scaling : (P, P) array
        The search moves in gamma, beta = scaling @ gamma; ``None``: in beta itself.
    """
    if scaling is not None and not (scaling == np.eye(len(start))).all():
        return _maximise_scaled(value_and_gradient, information, start, scaling)
    guess = np.linalg.inv(bounded_curvature(information(start)))
    options: Any = {"hess_inv0": (guess + guess.T) / 2.0, "gtol": 1e-3, "maxiter": 200}
    function = _negated(value_and_gradient)
    found = minimize(function, start, jac=True, method="BFGS", options=options)
    return _polish(value_and_gradient, information, np.asarray(found.x, dtype=np.float64))


def _maximise_scaled(
    value_and_gradient: ValueAndGradient,
    information: Callable[[Array], Array],
    start: Array,
    scaling: Array,
) -> Maximum:
    def scaled_value(gamma: Array) -> tuple[float, Array]:
        value, gradient = value_and_gradient(scaling @ gamma)
        return value, scaling.T @ gradient

    def scaled_information(gamma: Array) -> Array:
        return np.asarray(scaling.T @ information(scaling @ gamma) @ scaling)

    inverse = np.linalg.inv(scaling)
    found = maximise(scaled_value, scaled_information, inverse @ start)
    return replace(
        found,
        beta=scaling @ found.beta,
        gradient=inverse.T @ found.gradient,
        information=inverse.T @ found.information @ inverse,
    )


def _negated(value_and_gradient: ValueAndGradient) -> ValueAndGradient:
    def negated(beta: Array) -> tuple[float, Array]:
        value, gradient = value_and_gradient(beta)
        return -value, -gradient

    return negated


def bounded_curvature(information: Array) -> Array:
    """The nearest matrix whose eigenvalues are at least 0.1: a Newton step from it is never wild."""
    eigenvalues, vectors = np.linalg.eigh(information)
    return np.asarray((vectors * np.maximum(np.abs(eigenvalues), 0.1)) @ vectors.T)


def _polish(
    value_and_gradient: ValueAndGradient, information: Callable[[Array], Array], beta: Array
) -> Maximum:
    """Newton steps, halved until the log-likelihood does not fall.

    The information is computed anew only while the steps are long enough to change it.
    """
    value, gradient = value_and_gradient(beta)
    matrix = information(beta)
    for _ in range(_MAX_POLISHES):
        step = np.linalg.solve(bounded_curvature(matrix), gradient)
        if 0.5 * float(gradient @ step) < _DECREMENT_WANTED:
            break
        step *= min(1.0, _LONGEST_STEP / float(np.abs(step).max()))
        for _halving in range(12):
            new_value, new_gradient = value_and_gradient(beta + step)
            if new_value >= value - 1e-9:
                break
            step /= 2.0
        else:
            break
        beta, value, gradient = beta + step, new_value, new_gradient
        if float(np.abs(step).max()) > 1e-4:
            matrix = information(beta)
    return _judged(beta, value, gradient, matrix)


def _judged(beta: Array, value: float, gradient: Array, matrix: Array) -> Maximum:
    eigenvalues, vectors = np.linalg.eigh(matrix)
    flat = vectors[:, 0] if eigenvalues[0] < _SMALLEST_INFORMATION else None
    decrement = 0.5 * float(gradient @ np.linalg.solve(bounded_curvature(matrix), gradient))
    return Maximum(
        beta=beta,
        log_likelihood=value,
        gradient=gradient,
        information=matrix,
        decrement=decrement,
        converged=flat is None and decrement < DECREMENT_ACCEPTED,
        flat=flat,
    )
