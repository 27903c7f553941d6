"""The parameter table: names, links, linear predictors, and how derivatives go back through them.

A parameter of a session is an array that broadcasts against (R, M) rows x mask points (see `rows`),
with a class of animals before them where it differs between classes. Its `Design` says which rows
of coefficients make it: one row and shape (1, 1) where it is the same in the whole session; R rows
and shape (R, 1) for one that varies by detector, occasion or behaviour; M rows and shape (1, M) for
one that varies over the mask; shape (K, 1, 1) or (K, R, 1) for one that varies by class. The
likelihood asks for values and hands back adjoints in the same shapes, so a new term is a new design
and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pardine.base.errors import Notice
from pardine.estimate.formula.frame import ModelFrame
from pardine.estimate.formula.rows import SessionRows
from pardine.estimate.model import Link

Array = NDArray[np.float64]

# exp(100) is beyond any parameter; a search that strays there must still meet finite numbers.
_LARGEST_LOG = 100.0
_LARGEST_LOGIT = 36.0


def link(value: Array, kind: Link) -> Array:
    """Natural scale to link scale."""
    match kind:
        case "log":
            return np.log(value)
        case "logit":
            return np.log(value) - np.log1p(-value)
        case "identity":
            return value


def inverse_link(eta: Array, kind: Link) -> Array:
    """Link scale to natural scale; finite for every finite ``eta``."""
    match kind:
        case "log":
            return np.exp(np.clip(eta, -_LARGEST_LOG, _LARGEST_LOG))
        case "logit":
            return 1.0 / (1.0 + np.exp(-np.clip(eta, -_LARGEST_LOGIT, _LARGEST_LOGIT)))
        case "identity":
            return eta


def inverse_link_slope(value: Array, kind: Link) -> Array:
    """Derivative of the natural value with respect to its link, from the natural value."""
    match kind:
        case "log":
            return value
        case "logit":
            return value * (1.0 - value)
        case "identity":
            return np.ones_like(value)


@dataclass(frozen=True, kw_only=True, eq=False)
class Design:
    """Linear predictor of one parameter in one session.

    Attributes
    ----------
    matrix : (L, p) array
        A row for each value.
    shape
        How the L values broadcast against (R, M), or (K, R, M) where they differ between classes.
    """

    matrix: Array
    shape: tuple[int, ...] = (1, 1)


@dataclass(frozen=True, kw_only=True, eq=False)
class Parameter:
    """One parameter with its place among the coefficients.

    Attributes
    ----------
    name, link
        As its `ParameterSpec` says.
    columns
        Its coefficients among all.
    coefficients
        Their names, such as ``D`` and ``D.session[Noyon2013]``.
    designs
        One a session; ``None`` where the session has no such parameter (density without captures
        under ``D ~ session``, which is 0).
    """

    name: str
    link: Link
    columns: slice
    coefficients: tuple[str, ...]
    designs: tuple[Design | None, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class ParameterTable:
    """All parameters of a model, in the order of its coefficients.

    Attributes
    ----------
    parameters
        The parameters.
    rows
        Of each session.
    scaling : (P, P) array
        Coefficients from those of standardised columns, beta = scaling @ gamma: the search moves in
        gamma, where a step of 1 means the same for elevation in m and for a contrast.
    frame
        Levels, knots and scales of the variables.
    notices
        What to know of the variables.
    """

    parameters: tuple[Parameter, ...]
    rows: tuple[SessionRows, ...]
    scaling: Array
    frame: ModelFrame = field(default_factory=ModelFrame)
    notices: tuple[Notice, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all coefficients."""
        return tuple(name for parameter in self.parameters for name in parameter.coefficients)

    @property
    def n_coefficients(self) -> int:
        """Number of coefficients P."""
        return len(self.names)

    def values(self, beta: Array, session: int) -> dict[str, Array]:
        """Natural values of a session's parameters from the (P,) coefficients."""
        return {
            p.name: inverse_link(design.matrix @ beta[p.columns], p.link).reshape(design.shape)
            for p in self.parameters
            if (design := p.designs[session]) is not None
        }

    def pull_back(self, session: int, values: Mapping[str, Array], adjoint: Mapping[str, Array]) -> Array:
        """Derivative with respect to the (P,) coefficients from that with respect to the values."""
        gradient = np.zeros(self.n_coefficients)
        for p in self.parameters:
            design = p.designs[session]
            if design is not None and p.name in adjoint:
                eta_bar = adjoint[p.name] * inverse_link_slope(values[p.name], p.link)
                gradient[p.columns] = design.matrix.T @ eta_bar.reshape(-1)
        return gradient

    def touches(self, session: int) -> NDArray[np.bool_]:
        """Which of the (P,) coefficients a session depends on."""
        touched = np.zeros(self.n_coefficients, dtype=bool)
        for p in self.parameters:
            design = p.designs[session]
            if design is not None:
                touched[p.columns] = (design.matrix != 0.0).any(axis=0)
        return touched

    def parameter(self, name: str) -> Parameter:
        """The parameter of that name."""
        return next(p for p in self.parameters if p.name == name)
