"""Terms to columns of a design: contrasts of factors, powers, splines, and their products."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from pardine.estimate.formula.frame import ModelFrame
from pardine.estimate.formula.terms import Piece, Term
from pardine.estimate.formula.variables import Variable

Array = NDArray[np.float64]
Column = tuple[str, Array]

# What is left of a spline's column beside the others: below this share it is rounding.
_TOLD_APART = 1e-12


def term_columns(term: Term, role: str, lookup: Callable[[str], Variable], frame: ModelFrame) -> list[Column]:
    """Names and values of a term's columns; an interaction multiplies those of its pieces.

    Parameters
    ----------
    term
        The term.
    role
        Whose it is, as the frame's keys begin.
    lookup
        A variable by name, in one session.
    frame
        Levels and knots.
    """
    columns: list[Column] = [("", np.ones(1))]
    for piece in term:
        own = _piece_columns(piece, role, lookup(piece.variable), frame)
        columns = [
            (f"{name}:{own_name}" if name else own_name, values * own_values)
            for own_name, own_values in own
            for name, values in columns
        ]
    return columns


def _piece_columns(piece: Piece, role: str, variable: Variable, frame: ModelFrame) -> list[Column]:
    levels = frame.levels[levels_key(piece, role)]
    if levels and piece.form in ("plain", "factor"):
        words = words_of(variable)
        return [(f"{piece.variable}[{level}]", (words == level).astype(np.float64)) for level in levels[1:]]
    numbers = numbers_of(variable)
    match piece.form:
        case "power":
            return [(piece.text, numbers**piece.number)]
        case "log":
            with np.errstate(divide="ignore", invalid="ignore"):  # refused where it matters
                return [(piece.text, np.log(numbers))]
        case "spline":
            key = f"{role}~{piece.text}"
            raw = natural_spline(numbers, frame.knots[key])
            columns = on_axes(raw, frame.spline_axes[key]) if key in frame.spline_axes else raw
            return [(f"s({piece.variable}).{i + 1}", column) for i, column in enumerate(columns)]
        case _:
            return [(piece.text, numbers)]


def levels_key(piece: Piece, role: str) -> str:
    """Under which a frame keeps the levels of a piece's variable."""
    return f"{role}~{piece.variable if piece.form == 'plain' else piece.text}"


def words_of(variable: Variable) -> NDArray[np.str_]:
    """A variable as words; whole numbers without a decimal point."""
    if variable.dtype.kind == "U":
        return np.asarray(np.char.strip(variable.astype(np.str_)))
    return np.array([f"{value:g}" for value in variable.reshape(-1).tolist()]).reshape(variable.shape)


def numbers_of(variable: Variable) -> Array:
    """A variable as numbers, NaN where it is missing; a decimal comma is one.

    Raises
    ------
    ValueError
        A word stands among them.
    """
    if variable.dtype.kind != "U":
        return np.asarray(variable, dtype=np.float64)
    texts = words_of(variable)
    texts = np.where(np.char.find(texts, ".") < 0, np.char.replace(texts, ",", "."), texts)
    return np.where(is_missing(variable), "nan", texts).astype(np.float64)


def is_missing(variable: Variable) -> NDArray[np.bool_]:
    """Which values are missing."""
    if variable.dtype.kind != "U":
        return np.asarray(np.isnan(variable.astype(np.float64)))
    return np.isin(np.char.lower(words_of(variable)), ("", "na", "nan", "n/a", "-"))


def spline_knots(values: Array, n_knots: int) -> tuple[float, ...]:
    """Quantiles of the distinct values, from the least to the greatest.

    Raises
    ------
    ValueError
        There are fewer distinct values than knots.
    """
    distinct = np.unique(values)
    if len(distinct) < n_knots:
        raise ValueError("too few distinct values for so many knots")
    return tuple(np.quantile(distinct, np.linspace(0.0, 1.0, n_knots)).tolist())


def natural_spline(x: Array, knots: Sequence[float]) -> list[Array]:
    """The k - 1 columns of a natural cubic spline with k knots, beside an intercept.

    Piecewise cubic with continuous curvature, and straight beyond the outer knots. x is taken in
    units of the span of the knots.

    References
    ----------
    Hastie T, Tibshirani R, Friedman J (2009) The elements of statistical learning, 2nd edn, section
    5.2.1. Springer.
    """
    low, span = knots[0], knots[-1] - knots[0]
    u = (x - low) / span
    places = [(knot - low) / span for knot in knots]

    def bent(i: int) -> Array:
        ends = np.maximum(u - places[-1], 0.0) ** 3
        return np.asarray((np.maximum(u - places[i], 0.0) ** 3 - ends) / (places[-1] - places[i]))

    last = bent(len(places) - 2)
    return [u, *(bent(i) - last for i in range(len(places) - 2))]


def spline_axes(values: Array, knots: Sequence[float]) -> tuple[tuple[float, ...], ...]:
    """What makes the columns of a spline uncorrelated, with mean 0 and standard deviation 1.

    The raw columns are nearly collinear: their coefficients are told badly where the curve is told
    well. The span is the same, and the first column is the variable, standardised.

    Parameters
    ----------
    values : (n,) array
        The variable where the spline is evaluated, finite.
    knots
        As `spline_knots` gives them.

    Returns
    -------
    k tuples of k - 1 numbers
        Centres of the raw columns, then the rows of the matrix by which the centred ones are multiplied.
        Empty where the raw columns cannot be told apart (values with an extreme tail).
    """
    raw = np.stack(natural_spline(values, knots), axis=-1)
    centres = raw.mean(axis=0)
    triangle = np.linalg.qr(raw - centres, mode="r")
    if (np.abs(np.diag(triangle)) <= _TOLD_APART * np.linalg.norm(triangle, axis=0)).any():
        return ()
    # Of the signs that QR leaves open, those with which every column goes up with its raw one.
    triangle *= np.sign(np.diag(triangle))[:, None]
    weights = np.linalg.solve(triangle, np.eye(len(triangle))) * np.sqrt(len(values))
    return tuple(tuple(row) for row in (centres.tolist(), *weights.tolist()))


def on_axes(raw: Sequence[Array], axes: Sequence[Sequence[float]]) -> list[Array]:
    """Columns of a spline, from its raw ones and `spline_axes`."""
    centres, weights = np.array(axes[0]), np.array(axes[1:])
    mixed = (np.stack(raw, axis=-1) - centres) @ weights
    return [mixed[..., i] for i in range(mixed.shape[-1])]
