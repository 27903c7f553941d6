"""Detection functions: the hazard of detecting an animal, by distance, and its derivatives.

Every detection function is used through its hazard h(d), the expected number of detections per
station-day of an animal whose activity centre lies at distance d. A count is Poisson with mean
``usage * h``; a proximity detector sees the animal with probability ``1 - exp(-usage * h)``; both
miss it with probability ``exp(-usage * h)``. So the likelihood knows one quantity, ``log h``.

A parameter is an array that broadcasts against (J, M) detectors x mask points: (1, 1) where it is
the same everywhere. Adjoints come back in the parameter's own shape.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pardine.estimate.model import Detection

Array = NDArray[np.float64]

# The largest probability below 1: keeps the hazard -log(1 - g) finite.
_LARGEST_PROBABILITY = 1.0 - 2.0**-53
# Below this, x and -log(1 - x) are the same double.
_TINY = 1e-17


class DetectionFunction(Protocol):
    """One detection function: its hazard, the log of it, and their adjoint."""

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of its parameters."""
        ...

    def evaluate(
        self, squared_distance_m2: Array, theta: Mapping[str, Array], rows: NDArray[np.intp]
    ) -> tuple[Array, Array]:
        """Hazard for (J, M) squared distances, and log h of some of the J rows.

        The log comes from its formula, so it is finite however far the point is.
        """
        ...

    def adjoint(
        self, squared_distance_m2: Array, theta: Mapping[str, Array], hazard: Array, log_hazard_bar: Array
    ) -> dict[str, Array]:
        """Derivative of a scalar with respect to each parameter, from that with respect to log h."""
        ...


class HazardHalfNormal:
    """h(d) = lambda0 exp(-d^2 / (2 sigma^2))."""

    parameters = ("lambda0", "sigma")

    def evaluate(
        self, squared_distance_m2: Array, theta: Mapping[str, Array], rows: NDArray[np.intp]
    ) -> tuple[Array, Array]:
        """Log h = log lambda0 - d^2 / (2 sigma^2)."""
        log_hazard = _log_half_normal(squared_distance_m2, theta["lambda0"], theta["sigma"])
        log_of_rows = log_hazard[rows]
        return np.exp(log_hazard, out=log_hazard), log_of_rows

    def adjoint(
        self, squared_distance_m2: Array, theta: Mapping[str, Array], hazard: Array, log_hazard_bar: Array
    ) -> dict[str, Array]:
        """Adjoint of log h."""
        return {
            "lambda0": sum_to(log_hazard_bar, theta["lambda0"]) / theta["lambda0"],
            "sigma": _sigma_bar(squared_distance_m2, theta["sigma"], log_hazard_bar),
        }


class HalfNormal:
    """g(d) = g0 exp(-d^2 / (2 sigma^2)) per station-day, used through h = -log(1 - g)."""

    parameters = ("g0", "sigma")

    def evaluate(
        self, squared_distance_m2: Array, theta: Mapping[str, Array], rows: NDArray[np.intp]
    ) -> tuple[Array, Array]:
        """Log h = log g + log(h / g), where h / g -> 1 far away."""
        log_probability = _log_half_normal(squared_distance_m2, theta["g0"], theta["sigma"])
        probability = np.minimum(np.exp(log_probability), _LARGEST_PROBABILITY)
        hazard = -np.log1p(-probability)
        small = probability[rows] < _TINY
        ratio = np.where(small, 1.0, hazard[rows]) / np.where(small, 1.0, probability[rows])
        return hazard, log_probability[rows] + np.log(ratio)

    def adjoint(
        self, squared_distance_m2: Array, theta: Mapping[str, Array], hazard: Array, log_hazard_bar: Array
    ) -> dict[str, Array]:
        """Adjoint of log h, through d log h / d log g = g / ((1 - g) h) = (exp(h) - 1) / h."""
        slope = np.where(hazard < _TINY, 1.0, np.expm1(hazard) / np.maximum(hazard, _TINY))
        log_probability_bar = log_hazard_bar * slope
        return {
            "g0": sum_to(log_probability_bar, theta["g0"]) / theta["g0"],
            "sigma": _sigma_bar(squared_distance_m2, theta["sigma"], log_probability_bar),
        }


DETECTION_FUNCTIONS: dict[Detection, DetectionFunction] = {"HN": HalfNormal(), "HHN": HazardHalfNormal()}


def sum_to(array: Array, like: Array) -> Array:
    """Sum an adjoint over the axes along which its parameter was broadcast."""
    if like.size == 1:
        return np.full(like.shape, array.sum())
    axes = tuple(axis for axis in range(array.ndim) if like.shape[axis] == 1 and array.shape[axis] != 1)
    return np.asarray(array.sum(axis=axes, keepdims=True))


def log_expm1_ratio(x: Array) -> Array:
    """log((exp(x) - 1) / x) for x >= 0: 0 at 0, without overflow for large x."""
    small = x < 1e-5
    safe = np.where(small, 1.0, x)
    return np.where(small, x / 2.0 + x * x / 24.0, x + np.log(-np.expm1(-safe)) - np.log(safe))


def log_expm1_slope(x: Array) -> Array:
    """Slope d log(exp(x) - 1) / d log x = x / (1 - exp(-x)) for x >= 0: 1 at 0."""
    small = x < 1e-10
    safe = np.where(small, 1.0, x)
    return np.where(small, 1.0 + x / 2.0, safe / -np.expm1(-safe))


def _log_half_normal(squared_distance_m2: Array, at_zero: Array, sigma_m: Array) -> Array:
    exponent = squared_distance_m2 * (-0.5 / sigma_m**2)
    exponent += np.log(at_zero)
    return exponent


def _sigma_bar(squared_distance_m2: Array, sigma_m: Array, log_kernel_bar: Array) -> Array:
    # d(-d^2 / (2 sigma^2)) / d sigma = d^2 / sigma^3
    if sigma_m.size == 1:
        # Not np.vdot: threads of BLAS cost more than they bring at this size.
        weighted_m2 = np.einsum("jm,jm->", log_kernel_bar, squared_distance_m2)
        return np.full(sigma_m.shape, weighted_m2) / sigma_m**3
    return sum_to(log_kernel_bar * squared_distance_m2, sigma_m) / sigma_m**3
