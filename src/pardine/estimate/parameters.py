"""The parameter table: names, links, linear predictors, and how derivatives go back through them.

A parameter of a session is an array that broadcasts against (J, M) detectors x mask points. Its
`Design` says which rows of coefficients make it: one row and shape (1, 1) where it is the same in
the whole session; J rows and shape (J, 1) for one that varies by station; M rows and shape (1, M)
for one that varies over the mask. The likelihood asks for values and hands back adjoints in the
same shapes, so a new term is a new design and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pardine.estimate.history import CaptureHistory
from pardine.estimate.model import Link, ModelSpec, ParameterSpec

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
        How the L values broadcast against (J, M): (1, 1), (J, 1) or (1, M).
    """

    matrix: Array
    shape: tuple[int, int] = (1, 1)


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
    """All parameters of a model, in the order of its coefficients."""

    parameters: tuple[Parameter, ...]

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


def parameter_table(spec: ModelSpec, histories: Sequence[CaptureHistory]) -> ParameterTable:
    """Lay out the coefficients of a model for these sessions.

    ``~ session`` gives an intercept and one treatment contrast for every further session, in the
    order of the histories. Density by session leaves out sessions without captures (their density
    is 0, its log has no value); the intercept then belongs to the first session with captures.
    """
    parameters: list[Parameter] = []
    first = 0
    for p in spec.parameters:
        designs, names = _session_designs(p, histories)
        columns = slice(first, first + len(names))
        parameters.append(
            Parameter(name=p.name, link=p.link, columns=columns, coefficients=names, designs=designs)
        )
        first = columns.stop
    return ParameterTable(parameters=tuple(parameters))


def _session_designs(
    spec: ParameterSpec, histories: Sequence[CaptureHistory]
) -> tuple[tuple[Design | None, ...], tuple[str, ...]]:
    if "session" not in spec.terms:
        return tuple(Design(matrix=np.ones((1, 1))) for _ in histories), (spec.name,)
    kept = [i for i, history in enumerate(histories) if spec.name != "D" or history.n_animals]
    designs: list[Design | None] = [None] * len(histories)
    for position, i in enumerate(kept):
        row = np.zeros((1, len(kept)))
        row[0, 0] = row[0, position] = 1.0
        designs[i] = Design(matrix=row)
    contrasts = (f"{spec.name}.session[{histories[i].session}]" for i in kept[1:])
    return tuple(designs), (spec.name, *contrasts)
