"""A model specification: frozen, complete, and readable by a person as `model.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pardine.observe.session import DetectorType

Detection = Literal["HN", "HR", "EX", "HHN", "HHR", "HEX"]
Link = Literal["log", "logit", "identity"]
Likelihood = Literal["full", "conditional"]


@dataclass(frozen=True, kw_only=True)
class ParameterSpec:
    """One parameter of the model: its name, link and linear predictor.

    Attributes
    ----------
    name
        ``D``; ``g0``, ``lambda0`` or ``a0``; ``sigma``; ``z``; ``pmix``; ``noneuc``.
    link
        Scale on which the predictor is linear.
    terms
        Terms beside the intercept, such as ``("session", "s(elevation, k=4)")``, in the spelling of
        `terms`; empty for ``~ 1``.
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
        Half-normal, hazard-rate or exponential, of a probability (``HN``, ``HR``, ``EX``: ``g0``) or
        of a hazard (``HHN``, ``HHR``, ``HEX``: ``lambda0`` per station-day, or ``a0``).
    parameters
        In the order of the coefficients: D (full likelihood only), g0, lambda0 or a0, sigma, z
        (hazard-rate), pmix (classes), noneuc (cost distance).
    detector_types
        Session code to detector type.
    mask
        State space.
    likelihood
        ``full`` (Poisson number of animals) or ``conditional`` on the animals detected, with
        derived density.
    hcov
        ``sex``: the two classes of animals are the sexes, known of some; ``None``: none known.
    """

    detection: Detection
    parameters: tuple[ParameterSpec, ...]
    detector_types: Mapping[str, DetectorType]
    mask: MaskSpec
    likelihood: Likelihood = "full"
    hcov: str | None = None

    @property
    def n_classes(self) -> int:
        """Classes of animals: two under a mixture, else one."""
        return 2 if any(p.name == "pmix" for p in self.parameters) else 1

    @property
    def is_compensated(self) -> bool:
        """Whether ``a0`` stands in place of ``lambda0``."""
        return any(p.name == "a0" for p in self.parameters)
