"""From a model and its sessions to the parameter table: variables found, levels fixed, designs made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pardine.base.errors import AnalysisError, InputError, Notice, warning
from pardine.estimate.formula.columns import (
    is_missing,
    levels_key,
    numbers_of,
    spline_axes,
    spline_knots,
    term_columns,
    words_of,
)
from pardine.estimate.formula.frame import ModelFrame
from pardine.estimate.formula.grammar import BEHAVIOURS
from pardine.estimate.formula.parameters import Design, Parameter, ParameterTable
from pardine.estimate.formula.rows import SessionRows, distinct_rows
from pardine.estimate.formula.terms import Piece, parse_term, variables_of
from pardine.estimate.formula.variables import SEXES, CellVariables, PlaceVariables, Variable, scale_of_places
from pardine.estimate.history import CaptureHistory
from pardine.estimate.model import ModelSpec, ParameterSpec
from pardine.estimate.statespace import StateSpace

Array = NDArray[np.float64]

_OF_PLACE = ("D", "noneuc")
_ALWAYS_FACTORS = ("session", "t", "h2", "sex", *BEHAVIOURS)
# Key of the order of sessions among the levels of a frame.
_ORDER = "order of sessions"
# So few whole numbers look like codes of a map or a form.
_MOST_CODES = 6
# Columns are redundant when their standardised products are singular to this.
_SMALLEST_EIGENVALUE = 1e-9


def parameter_table(
    spec: ModelSpec,
    histories: Sequence[CaptureHistory],
    state_spaces: Sequence[StateSpace],
    frame: ModelFrame | None = None,
    *,
    every_state: bool = False,
) -> ParameterTable:
    """Lay out the coefficients of a model for these sessions.

    A factor gives an intercept and one treatment contrast for every further level: sessions in the
    order of the histories, words in alphabetical order, codes by number. Levels of density that
    belong to sessions are those of sessions with captures (elsewhere density is 0, its log has no
    value); the intercept then belongs to the first session with captures.

    Parameters
    ----------
    spec, histories, state_spaces
        The model and its sessions.
    frame
        Levels, knots and scales where they are known from a fit; else found from the sessions.
    every_state
        Whether states of behaviour that no animal reached have rows, too (see `rows`).

    Raises
    ------
    InputError
        ``model.unknown_term``.
    AnalysisError
        ``estimate.covariate_missing``, ``estimate.covariate_not_finite``,
        ``estimate.covariate_too_few_values``, ``estimate.redundant_terms``,
        ``estimate.one_occasion_learns_nothing``.
    """
    return _TableMaker(spec, histories, state_spaces, frame, every_state).table()


def class_labels(spec: ModelSpec) -> tuple[str, ...]:
    """Names of the classes of animals; one where there are none."""
    if spec.n_classes == 1:
        return ("1",)
    return SEXES if spec.hcov == "sex" else ("1", "2")


@dataclass(frozen=True, kw_only=True, eq=False)
class _Use:
    """One piece of one parameter, with its variable in every session."""

    parameter: str
    role: str
    piece: Piece
    variables: tuple[Variable, ...]


class _TableMaker:
    def __init__(
        self,
        spec: ModelSpec,
        histories: Sequence[CaptureHistory],
        state_spaces: Sequence[StateSpace],
        frame: ModelFrame | None,
        every_state: bool,
    ) -> None:
        self.spec, self.histories, self.spaces = spec, histories, state_spaces
        self.every_state = every_state
        self.is_known = frame is not None
        self.notices: list[Notice] = []
        used = {name for p in spec.parameters for name in variables_of(p.terms)}
        self.behaviours = tuple(b for b in BEHAVIOURS if b in used)
        self.has_groups = "sex" in used
        if self.behaviours and max(history.n_occasions for history in histories) < 2:
            raise AnalysisError("estimate.one_occasion_learns_nothing", value=self.behaviours[0])
        xy_scale = frame.xy_scale if frame is not None else self._xy_scale()
        # A trend over sessions needs their order, also where one of them is predicted alone.
        self.order = tuple(history.session for history in histories)
        if frame is not None:
            self.order = frame.levels.get(_ORDER, self.order)
        self.cells = [self._cell_variables(history) for history in histories]
        self.places = [
            PlaceVariables(history=h, state_space=s, xy_scale=xy_scale, position=self._position(h))
            for h, s in zip(histories, state_spaces, strict=True)
        ]
        self.frame = frame if frame is not None else self._frame(xy_scale)

    def _cell_variables(self, history: CaptureHistory) -> CellVariables:
        if self.has_groups and None in history.sex:
            unknown = history.animals[history.sex.index(None)]
            raise AnalysisError(
                "estimate.covariate_missing",
                session=history.session,
                column="sex",
                value=history.sex.count(None),
                station=unknown,
            )
        return CellVariables(
            history=history,
            class_labels=class_labels(self.spec),
            behaviours=self.behaviours,
            has_groups=self.has_groups,
            position=self._position(history),
        )

    def _position(self, history: CaptureHistory) -> int:
        return self.order.index(history.session) if history.session in self.order else 0

    def _xy_scale(self) -> tuple[float, float, float, float] | None:
        of_place = [p for p in self.spec.parameters if p.name in _OF_PLACE]
        uses = {name for p in of_place for name in variables_of(p.terms)}
        return scale_of_places(self.spaces) if uses & {"x", "y", "x2", "y2", "xy"} else None

    # ---- what the variables are, over all sessions

    def _frame(self, xy_scale: tuple[float, float, float, float] | None) -> ModelFrame:
        has_trend = any("Session" in variables_of(p.terms) for p in self.spec.parameters)
        levels: dict[str, tuple[str, ...]] = {_ORDER: self.order} if has_trend else {}
        knots: dict[str, tuple[float, ...]] = {}
        axes: dict[str, tuple[tuple[float, ...], ...]] = {}
        for use in self._uses():
            key = levels_key(use.piece, use.role)
            if key not in levels:
                levels[key] = self._levels(use)
            if use.piece.form == "spline":
                values = np.concatenate([numbers_of(v).reshape(-1) for v in use.variables])
                values = values[np.isfinite(values)]
                try:
                    own = spline_knots(values, use.piece.number)
                except ValueError as error:
                    raise AnalysisError(
                        "estimate.covariate_too_few_values",
                        column=use.piece.variable,
                        expected=use.piece.number,
                    ) from error
                spline = f"{use.role}~{use.piece.text}"
                knots[spline] = own
                if uncorrelated := spline_axes(values, own):
                    axes[spline] = uncorrelated
        return ModelFrame(levels=levels, knots=knots, spline_axes=axes, xy_scale=xy_scale)

    def _uses(self) -> Iterator[_Use]:
        for p in self.spec.parameters:
            for piece in (piece for term in p.terms for piece in parse_term(term)):
                variables = tuple(
                    self._variable(p.name, i, piece.variable) for i in range(len(self.histories))
                )
                yield _Use(parameter=p.name, role=_role(p.name), piece=piece, variables=variables)

    def _variable(self, parameter: str, session: int, name: str) -> Variable:
        source = self.places[session] if parameter in _OF_PLACE else self.cells[session]
        variable = source.get(name)
        if variable is None or (parameter == "pmix" and variable.size > 1):
            expected = ", ".join(("1", *source.names()))
            raise InputError("model.unknown_term", value=name, parameter=parameter, expected=expected)
        self._refuse_missing(parameter, self.histories[session], name, variable)
        return variable

    def _refuse_missing(self, parameter: str, history: CaptureHistory, name: str, variable: Variable) -> None:
        missing = is_missing(variable)
        if not missing.any():
            return
        facts: dict[str, Any] = {"session": history.session, "column": name}
        if parameter in _OF_PLACE:
            facts |= {"value": int(missing.sum()), "station": "–"}
            raise AnalysisError("estimate.covariate_missing", **facts)
        works = np.broadcast_to(
            history.usage_station_days > 0.0, (1, 1, 1, *history.usage_station_days.shape)
        )
        where = np.argwhere(np.logical_and(missing, works))
        if len(where):
            station = history.detectors[int(where[0][3])]
            raise AnalysisError("estimate.covariate_missing", value=len(where), station=station, **facts)

    def _levels(self, use: _Use) -> tuple[str, ...]:
        """Levels of a factor; none for numbers."""
        name = use.piece.variable
        if use.piece.form in ("power", "log", "spline"):
            return self._must_be_numbers(use)
        if name == "h2":
            return class_labels(self.spec)
        if name in BEHAVIOURS:
            return ("FALSE", "TRUE")
        if name == "session":
            return tuple(h.session for h in self.histories if use.role != "D" or h.n_animals)
        of_sessions = use.role == "D" and all(v.size == 1 for v in use.variables)
        kept = [
            v for v, h in zip(use.variables, self.histories, strict=True) if h.n_animals or not of_sessions
        ]
        words = {word for v in kept for word in np.unique(words_of(v)[~is_missing(v)]).tolist()}
        if use.piece.form == "factor" or name in _ALWAYS_FACTORS:
            return tuple(sorted(words, key=_level_order))
        try:
            numbers = np.unique(np.concatenate([numbers_of(v).reshape(-1) for v in kept]))
        except ValueError:
            return tuple(sorted(words, key=_level_order))
        if name not in ("T", "Session"):
            self._warn_of_codes(name, numbers)
        return ()

    def _must_be_numbers(self, use: _Use) -> tuple[str, ...]:
        try:
            for variable in use.variables:
                numbers_of(variable)
        except ValueError as error:
            raise InputError("model.not_a_predictor", value=f"{use.parameter}~{use.piece.text}") from error
        return ()

    def _warn_of_codes(self, name: str, numbers: Array) -> None:
        numbers = numbers[np.isfinite(numbers)]
        if 2 < len(numbers) <= _MOST_CODES and (numbers == np.round(numbers)).all():
            values = ", ".join(f"{value:g}" for value in numbers.tolist())
            self.notices.append(warning("estimate.codes_as_numbers", column=name, value=values))

    # ---- designs

    def table(self) -> ParameterTable:
        specs = self.spec.parameters
        matrices = {p.name: self._session_columns(p) for p in specs}
        rows, designs = self._designs(matrices)
        parameters: list[Parameter] = []
        first = 0
        for p in specs:
            names = next(names for names, _ in matrices[p.name] if names)
            columns = slice(first, first + len(names))
            parameters.append(
                Parameter(
                    name=p.name, link=p.link, columns=columns, coefficients=names, designs=designs[p.name]
                )
            )
            first = columns.stop
        return ParameterTable(
            parameters=tuple(parameters),
            rows=rows,
            scaling=_scaling(parameters),
            frame=self.frame,
            notices=tuple(dict.fromkeys(self.notices)),
        )

    def _session_columns(self, p: ParameterSpec) -> list[tuple[tuple[str, ...], list[Array]]]:
        """Names and columns of a parameter in each session; none where it does not exist."""
        found: list[tuple[tuple[str, ...], list[Array]]] = []
        for session, history in enumerate(self.histories):
            if p.name == "D" and not history.n_animals and self._has_no_density(p, session):
                found.append(((), []))
                continue
            lookup = self._lookup(p.name, session)
            columns = [] if p.name == "noneuc" else [(p.name, np.ones(1))]
            if p.name == "pmix":
                columns = [(f"pmix.h2[{class_labels(self.spec)[1]}]", np.ones(1))]
            for term in p.terms:
                own = term_columns(parse_term(term), _role(p.name), lookup, self.frame)
                columns += [(f"{p.name}.{name}", values) for name, values in own]
            if not columns:
                raise InputError("model.not_a_predictor", value=f"{p.name}~{' + '.join(p.terms) or '1'}")
            found.append((tuple(name for name, _ in columns), [values for _, values in columns]))
        return found

    def _lookup(self, parameter: str, session: int) -> Callable[[str], Variable]:
        return lambda name: self._variable(parameter, session, name)

    def _has_no_density(self, p: ParameterSpec, session: int) -> bool:
        """Whether a session without captures has a level of its own, which no animal tells of."""
        for piece in (piece for term in p.terms for piece in parse_term(term)):
            levels = self.frame.levels[levels_key(piece, "D")]
            if not levels:
                continue
            variable = self._variable("D", session, piece.variable)
            if variable.size == 1 and str(words_of(variable).reshape(-1)[0]) not in levels:
                return True
        return False

    def _designs(
        self, matrices: dict[str, list[tuple[tuple[str, ...], list[Array]]]]
    ) -> tuple[tuple[SessionRows, ...], dict[str, tuple[Design | None, ...]]]:
        of_cells = [p.name for p in self.spec.parameters if p.name not in (*_OF_PLACE, "pmix")]
        designs: dict[str, list[Design | None]] = {p.name: [] for p in self.spec.parameters}
        rows: list[SessionRows] = []
        for session, history in enumerate(self.histories):
            stacked = [_stack(matrices[name][session][1], 5) for name in of_cells]
            own, parts = distinct_rows(history, stacked, self.behaviours, every_state=self.every_state)
            if self.has_groups and own.n_groups == 1:
                raise ValueError("groups without a difference")
            rows.append(own)
            for name, part in zip(of_cells, parts, strict=True):
                designs[name].append(_cell_design(part))
            for name in (p.name for p in self.spec.parameters if p.name not in of_cells):
                columns = matrices[name][session][1]
                n_axes = 5 if name == "pmix" else 1
                designs[name].append(_place_design(_stack(columns, n_axes)) if columns else None)
        for name, own_designs in designs.items():
            self._check_columns(name, own_designs)
        return tuple(rows), {name: tuple(own_designs) for name, own_designs in designs.items()}

    def _check_columns(self, name: str, designs: Sequence[Design | None]) -> None:
        """Refuse columns that are no numbers, or that others make superfluous."""
        matrices = [design.matrix for design in designs if design is not None]
        for history, design in zip(self.histories, designs, strict=True):
            if design is not None and not np.isfinite(design.matrix).all():
                raise AnalysisError("estimate.covariate_not_finite", session=history.session, parameter=name)
        if self.is_known:
            return
        whole = np.concatenate(matrices)
        size = np.sqrt((whole**2).mean(axis=0))
        spread = np.where(np.ptp(whole, axis=0) > 0.0, whole.std(axis=0), size)
        centred = (whole - np.where(np.ptp(whole, axis=0) > 0.0, whole.mean(axis=0), 0.0)) / np.where(
            spread > 0.0, spread, 1.0
        )
        if np.linalg.eigvalsh(centred.T @ centred / len(centred))[0] < _SMALLEST_EIGENVALUE:
            raise AnalysisError("estimate.redundant_terms", parameter=name)


def _role(parameter: str) -> str:
    return parameter if parameter in (*_OF_PLACE, "pmix") else "detection"


def _level_order(word: str) -> tuple[int, float, str, str]:
    """Numbers by size, then words without regard to capitals."""
    try:
        return (0, float(word), "", "")
    except ValueError:
        return (1, 0.0, word.casefold(), word)


def _stack(columns: Sequence[Array], n_axes: int) -> Array:
    """Columns side by side along a last axis, broadcast against each other."""
    shape = np.broadcast_shapes((1,) * n_axes, *(column.shape for column in columns))
    return np.stack([np.broadcast_to(column, shape) for column in columns], axis=-1)


def _cell_design(part: Array) -> Design:
    """Design of a (K, R, p) array, with the axes along which it does not vary left out."""
    if (part == part[:, :1]).all():
        part = part[:, :1]
    if (part == part[:1]).all():
        part = part[:1]
    n_classes, n_rows, n_columns = part.shape
    shape = (n_rows, 1) if n_classes == 1 else (n_classes, n_rows, 1)
    return Design(matrix=part.reshape(-1, n_columns), shape=shape)


def _place_design(stacked: Array) -> Design:
    matrix = stacked.reshape(-1, stacked.shape[-1])
    if len(matrix) > 1 and (matrix == matrix[0]).all():
        matrix = matrix[:1]
    return Design(matrix=matrix, shape=(1, len(matrix)))


def _scaling(parameters: Sequence[Parameter]) -> Array:
    """(P, P) matrix from coefficients of standardised columns to those of the columns."""
    scaling = np.eye(parameters[-1].columns.stop)
    for parameter in parameters:
        matrix = np.concatenate([design.matrix for design in parameter.designs if design is not None])
        first = parameter.columns.start
        has_intercept = bool((matrix[:, 0] == 1.0).all())
        for k in range(int(has_intercept), matrix.shape[1]):
            column = matrix[:, k]
            if np.isin(column, (0.0, 1.0)).all():
                continue
            spread = float(column.std()) or float(np.abs(column).max())
            scaling[first + k, first + k] = 1.0 / spread
            if has_intercept:
                scaling[first, first + k] = -float(column.mean()) / spread
    return scaling
