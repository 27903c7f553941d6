"""Detection functions: the hazard of detecting an animal, by distance, and its derivatives.

Every detection function is used through its hazard h(d), the expected number of detections per
station-day of an animal whose activity centre lies at distance d. A count is Poisson with mean
``usage * h``; a proximity detector sees the animal with probability ``1 - exp(-usage * h)``; both
miss it with probability ``exp(-usage * h)``. So the likelihood knows one quantity, ``log h``.

A detection function is a shape k(d) and a scale: h = lambda0 k, or g = g0 k with h = -log(1 - g).

    half-normal    k = exp(-d^2 / (2 sigma^2))
    exponential    k = exp(-d / sigma)
    hazard-rate    k = 1 - exp(-(d / sigma)^-z)

A parameter is an array that broadcasts against (J, M) detectors x mask points: (1, 1) where it is
the same everywhere. Adjoints come back in the parameter's own shape.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pardine.base.units import M2_PER_KM2
from pardine.estimate.model import Detection

Array = NDArray[np.float64]
Theta = Mapping[str, Array]

# The largest probability below 1: keeps the hazard -log(1 - g) finite.
_LARGEST_PROBABILITY = 1.0 - 2.0**-53
# Below this, x and -log(1 - x) are the same double.
_TINY = 1e-17
# exp(300) is beyond every distance in units of sigma to the power z.
_LARGEST_LOG = 300.0


class Shape(Protocol):
    """How detection falls with distance: log k and its adjoint."""

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of its parameters."""
        ...

    def log_shape(self, squared_distance_m2: Array, theta: Theta) -> Array:
        """Log k in a new array; finite however far the point is."""
        ...

    def adjoint(self, squared_distance_m2: Array, theta: Theta, log_shape_bar: Array) -> dict[str, Array]:
        """Derivative with respect to each parameter, from that with respect to log k."""
        ...


class DetectionFunction(Protocol):
    """One detection function: its hazard, the log of it, and their adjoint."""

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of its parameters."""
        ...

    def evaluate(
        self, squared_distance_m2: Array, theta: Theta, rows: NDArray[np.intp]
    ) -> tuple[Array, Array]:
        """Hazard for (J, M) squared distances, and log h of some of the J rows.

        The log comes from its formula, so it is finite however far the point is.
        """
        ...

    def adjoint(
        self, squared_distance_m2: Array, theta: Theta, hazard: Array, log_hazard_bar: Array
    ) -> dict[str, Array]:
        """Derivative of a scalar with respect to each parameter, from that with respect to log h."""
        ...


class HalfNormalShape:
    """log k = -d^2 / (2 sigma^2)."""

    parameters = ("sigma",)

    def log_shape(self, squared_distance_m2: Array, theta: Theta) -> Array:
        """As the formula says."""
        return np.asarray(squared_distance_m2 * (-0.5 / theta["sigma"] ** 2))

    def adjoint(self, squared_distance_m2: Array, theta: Theta, log_shape_bar: Array) -> dict[str, Array]:
        """Slope d log k / d sigma = d^2 / sigma^3."""
        sigma_m = theta["sigma"]
        return {"sigma": _sum_of_product(log_shape_bar, squared_distance_m2, sigma_m) / sigma_m**3}


class ExponentialShape:
    """log k = -d / sigma."""

    parameters = ("sigma",)

    def log_shape(self, squared_distance_m2: Array, theta: Theta) -> Array:
        """As the formula says."""
        return np.asarray(np.sqrt(squared_distance_m2) / -theta["sigma"])

    def adjoint(self, squared_distance_m2: Array, theta: Theta, log_shape_bar: Array) -> dict[str, Array]:
        """Slope d log k / d sigma = d / sigma^2."""
        sigma_m = theta["sigma"]
        return {"sigma": _sum_of_product(log_shape_bar, np.sqrt(squared_distance_m2), sigma_m) / sigma_m**2}


class HazardRateShape:
    """log k = log(1 - exp(-q)), q = (d / sigma)^-z: 0 at the centre, log q far away."""

    parameters = ("sigma", "z")

    def log_shape(self, squared_distance_m2: Array, theta: Theta) -> Array:
        """As the formula says; log q itself where q is too small for it."""
        log_q = self._log_q(squared_distance_m2, theta)
        q = np.exp(log_q)
        # log(1 - exp(-q)) = log q + log((exp(q) - 1) / q) - q
        near = np.log1p(-np.exp(-np.maximum(q, 30.0)))
        return np.where(q > 30.0, near, log_q + log_expm1_ratio(np.minimum(q, 30.0)) - q)

    def adjoint(self, squared_distance_m2: Array, theta: Theta, log_shape_bar: Array) -> dict[str, Array]:
        """Slope d log k / d log q = q / (exp(q) - 1); log q = -z (log d - log sigma)."""
        log_q = self._log_q(squared_distance_m2, theta)
        q = np.exp(log_q)
        log_q_bar = log_shape_bar * (log_expm1_slope(q) - q)
        log_q_bar[np.abs(log_q) >= _LARGEST_LOG] = 0.0
        z, sigma_m = theta["z"], theta["sigma"]
        return {
            "sigma": sum_to(log_q_bar * z, sigma_m) / sigma_m,
            "z": sum_to(log_q_bar * log_q, z) / z,
        }

    def _log_q(self, squared_distance_m2: Array, theta: Theta) -> Array:
        log_distance = 0.5 * np.log(np.maximum(squared_distance_m2, 1e-6))
        log_q = theta["z"] * (np.log(theta["sigma"]) - log_distance)
        return np.clip(log_q, -_LARGEST_LOG, _LARGEST_LOG)


@dataclass(frozen=True)
class HazardFunction:
    """h(d) = lambda0 k(d)."""

    shape: Shape

    @property
    def parameters(self) -> tuple[str, ...]:
        """``lambda0`` and those of the shape."""
        return ("lambda0", *self.shape.parameters)

    def evaluate(
        self, squared_distance_m2: Array, theta: Theta, rows: NDArray[np.intp]
    ) -> tuple[Array, Array]:
        """Log h = log lambda0 + log k."""
        log_hazard = self.shape.log_shape(squared_distance_m2, theta)
        log_hazard = _add(log_hazard, np.log(theta["lambda0"]))
        log_of_rows = log_hazard[rows]
        return np.exp(log_hazard, out=log_hazard), log_of_rows

    def adjoint(
        self, squared_distance_m2: Array, theta: Theta, hazard: Array, log_hazard_bar: Array
    ) -> dict[str, Array]:
        """Adjoint of log h."""
        at_zero = theta["lambda0"]
        parts = self.shape.adjoint(squared_distance_m2, theta, log_hazard_bar)
        return {"lambda0": sum_to(log_hazard_bar, at_zero) / at_zero, **parts}


@dataclass(frozen=True)
class ProbabilityFunction:
    """g(d) = g0 k(d) per station-day, used through h = -log(1 - g)."""

    shape: Shape

    @property
    def parameters(self) -> tuple[str, ...]:
        """``g0`` and those of the shape."""
        return ("g0", *self.shape.parameters)

    def evaluate(
        self, squared_distance_m2: Array, theta: Theta, rows: NDArray[np.intp]
    ) -> tuple[Array, Array]:
        """Log h = log g + log(h / g), where h / g -> 1 far away."""
        log_probability = self.shape.log_shape(squared_distance_m2, theta)
        log_probability = _add(log_probability, np.log(theta["g0"]))
        probability = np.minimum(np.exp(log_probability), _LARGEST_PROBABILITY)
        hazard = -np.log1p(-probability)
        small = probability[rows] < _TINY
        ratio = np.where(small, 1.0, hazard[rows]) / np.where(small, 1.0, probability[rows])
        return hazard, log_probability[rows] + np.log(ratio)

    def adjoint(
        self, squared_distance_m2: Array, theta: Theta, hazard: Array, log_hazard_bar: Array
    ) -> dict[str, Array]:
        """Adjoint of log h, through d log h / d log g = g / ((1 - g) h) = (exp(h) - 1) / h."""
        slope = np.where(hazard < _TINY, 1.0, np.expm1(hazard) / np.maximum(hazard, _TINY))
        log_probability_bar = log_hazard_bar * slope
        parts = self.shape.adjoint(squared_distance_m2, theta, log_probability_bar)
        return {"g0": sum_to(log_probability_bar, theta["g0"]) / theta["g0"], **parts}


@dataclass(frozen=True)
class CompensatedFunction:
    """lambda0 = a0 / (2 pi sigma^2): a0, in km2, keeps its value where sigma grows.

    References
    ----------
    Efford MG, Mowat G (2014) Compensatory heterogeneity in spatially explicit capture-recapture data.
    Ecology 95:1341-1348. doi:10.1890/13-1497.1
    """

    inner: HazardFunction

    @property
    def parameters(self) -> tuple[str, ...]:
        """``a0`` in the place of ``lambda0``."""
        return ("a0", *self.inner.parameters[1:])

    def _with_lambda0(self, theta: Theta) -> dict[str, Array]:
        area_m2 = theta["a0"] * M2_PER_KM2
        return {**theta, "lambda0": area_m2 / (2.0 * math.pi * theta["sigma"] ** 2)}

    def evaluate(
        self, squared_distance_m2: Array, theta: Theta, rows: NDArray[np.intp]
    ) -> tuple[Array, Array]:
        """That of lambda0."""
        return self.inner.evaluate(squared_distance_m2, self._with_lambda0(theta), rows)

    def adjoint(
        self, squared_distance_m2: Array, theta: Theta, hazard: Array, log_hazard_bar: Array
    ) -> dict[str, Array]:
        """By the rule d log lambda0 = d log a0 - 2 d log sigma."""
        with_lambda0 = self._with_lambda0(theta)
        parts = self.inner.adjoint(squared_distance_m2, with_lambda0, hazard, log_hazard_bar)
        log_lambda0_bar = parts.pop("lambda0") * with_lambda0["lambda0"]
        parts["sigma"] = parts["sigma"] - 2.0 * sum_to(log_lambda0_bar, theta["sigma"]) / theta["sigma"]
        return {"a0": sum_to(log_lambda0_bar, theta["a0"]) / theta["a0"], **parts}


_HAZARDS: dict[Detection, HazardFunction] = {
    "HHN": HazardFunction(HalfNormalShape()),
    "HHR": HazardFunction(HazardRateShape()),
    "HEX": HazardFunction(ExponentialShape()),
}
DETECTION_FUNCTIONS: dict[Detection, DetectionFunction] = {
    "HN": ProbabilityFunction(HalfNormalShape()),
    "HR": ProbabilityFunction(HazardRateShape()),
    "EX": ProbabilityFunction(ExponentialShape()),
    **_HAZARDS,
}


def detection_function(detection: Detection, *, compensated: bool = False) -> DetectionFunction:
    """The detection function of a model.

    Parameters
    ----------
    detection
        Its name.
    compensated
        Whether ``a0`` stands in place of ``lambda0``.
    """
    return CompensatedFunction(_HAZARDS[detection]) if compensated else DETECTION_FUNCTIONS[detection]


def sum_to(array: Array, like: Array) -> Array:
    """Sum an adjoint over the axes along which its parameter was broadcast."""
    if array.shape == like.shape:
        return array
    if like.size == 1:
        return np.full(like.shape, array.sum())
    axes = tuple(axis for axis in range(array.ndim) if like.shape[axis] == 1 and array.shape[axis] != 1)
    return np.broadcast_to(np.asarray(array.sum(axis=axes, keepdims=True)), like.shape)


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


def log_expm1_ratio_slope(x: Array) -> Array:
    """Slope d log((exp(x) - 1) / x) / dx = 1 / (1 - exp(-x)) - 1 / x for x >= 0: 1/2 at 0."""
    small = x < 1e-4
    safe = np.where(small, 1.0, x)
    return np.where(small, 0.5 + x / 12.0, -1.0 / np.expm1(-safe) - 1.0 / safe)


def _add(array: Array, summand: Array) -> Array:
    """Sum in place where the shape allows it."""
    if np.broadcast_shapes(array.shape, summand.shape) == array.shape:
        array += summand
        return array
    return array + summand


def _sum_of_product(left: Array, right: Array, like: Array) -> Array:
    if like.size == 1 and left.shape == right.shape:
        # Not np.vdot: threads of BLAS cost more than they bring at this size.
        return np.full(like.shape, np.einsum("jm,jm->", left, right))
    return sum_to(left * right, like)
