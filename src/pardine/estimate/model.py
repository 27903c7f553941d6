"""A model specification: frozen, complete, and readable by a person as `model.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pardine.observe.session import DetectorType

Detection = Literal["HN", "HHN"]
Link = Literal["log", "logit", "identity"]
Likelihood = Literal["full", "conditional"]


@dataclass(frozen=True, kw_only=True)
class ParameterSpec:
    """One parameter of the model: its name, link and linear predictor.

    Attributes
    ----------
    name
        ``D``, ``g0`` or ``lambda0``, ``sigma``.
    link
        Scale on which the predictor is linear.
    terms
        Terms beside the intercept, such as ``("session",)``; empty for ``~ 1``.
    """

    name: str
    link: Link
    terms: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class MaskSpec:
    """Where activity centres may be.

    Attributes
    ----------
    kind
        ``given``: the masks brought with the survey; ``buffer``: a grid around the detectors.
    buffer_m
        Half-width around the detectors, ``None`` for a given mask, or until it is resolved from
        sigma (at least 4 sigma).
    spacing_m
        Distance between grid points, likewise.
    sha256
        Of the given mask tables, sorted.
    """

    kind: Literal["given", "buffer"]
    buffer_m: float | None = None
    spacing_m: float | None = None
    sha256: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ModelSpec:
    """A closed spatial capture-recapture model, with nothing left to guess.

    Attributes
    ----------
    detection
        ``HN`` half-normal probability (``g0``, ``sigma``) or ``HHN`` half-normal hazard
        (``lambda0`` per station-day, ``sigma``).
    parameters
        In the order of the coefficients: D (full likelihood only), g0 or lambda0, sigma.
    detector_types
        Session code to detector type.
    mask
        State space.
    likelihood
        ``full`` (Poisson number of animals) or ``conditional`` on the animals detected, with
        derived density.
    """

    detection: Detection
    parameters: tuple[ParameterSpec, ...]
    detector_types: Mapping[str, DetectorType]
    mask: MaskSpec
    likelihood: Likelihood = "full"
