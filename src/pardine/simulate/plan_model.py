"""A planned survey under any model: what animals do there, and captures drawn from it.

A planned survey is a session with stations, effort and covariates in which nobody was seen yet. Its
truth is said as a person would: density, detection and sigma as they are on average, and how much each
term of the model changes them. The intercepts follow: density is averaged over the habitat, detection
and sigma (on their link scales) over stations, occasions and classes, for animals not caught before.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pardine.base.errors import InputError
from pardine.estimate.checking.cells import FittedCells, cells_of_coefficients
from pardine.estimate.formula.grammar import model_from_text
from pardine.estimate.formula.parameters import ParameterTable, link
from pardine.estimate.formula.predictors import parameter_table
from pardine.estimate.history import CaptureHistory
from pardine.estimate.model import MaskSpec, ModelSpec
from pardine.estimate.planning.information import PlannedSurvey

Array = NDArray[np.float64]

SESSION = "simulated"
"""Name of the session of a simulated survey."""

_EMPTY = np.zeros(0, dtype=np.intp)


@dataclass(frozen=True, kw_only=True)
class PlannedModel:
    """The model that animals of a plan follow, and that is fitted to what is seen of them.

    Attributes
    ----------
    text
        As ``--model`` takes it.
    contrasts
        Coefficients other than intercepts, on their link scales, by name.
    earlier
        The same of an earlier estimate, for those that are not told.
    station_covariates
        Name to the texts of the plan's J stations.
    known_sexes
        Share of the animals seen whose sex is recorded, where classes are sexes.
    """

    text: str
    contrasts: Mapping[str, float] = field(default_factory=dict)
    earlier: Mapping[str, float] = field(default_factory=dict)
    station_covariates: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    known_sexes: float = 1.0


def spec_of(model: PlannedModel, plan: PlannedSurvey) -> ModelSpec:
    """The model in full.

    Raises
    ------
    InputError
        The text cannot be read; ``design.model_full_only``: a conditional likelihood has no density
        to draw animals from.
    """
    spec = model_from_text(model.text, {SESSION: plan.detector_type}, mask=MaskSpec(kind="given"))
    if spec.likelihood != "full":
        raise InputError("design.model_full_only", value=model.text)
    return spec


def history_of(model: PlannedModel, plan: PlannedSurvey) -> CaptureHistory:
    """The planned survey before it is made."""
    n_stations = len(plan.xy_m)
    return CaptureHistory(
        session=SESSION,
        detector_type=plan.detector_type,
        detectors=tuple(f"P{k + 1}" for k in range(n_stations)),
        xy_m=plan.xy_m,
        usage_station_days=plan.usage_station_days,
        animals=(),
        sex=(),
        event_animal=_EMPTY,
        event_occasion=_EMPTY,
        event_detector=_EMPTY,
        event_count=_EMPTY,
        crs="local",
        station_covariates=dict(model.station_covariates),
    )


def planned_cells(model: PlannedModel, plan: PlannedSurvey) -> FittedCells:
    """What animals of a plan do, cell by cell.

    Raises
    ------
    InputError
        As `spec_of`, and as `true_coefficients`.
    AnalysisError
        A covariate of the model is missing at a station or in the habitat.
    """
    history, spec = history_of(model, plan), spec_of(model, plan)
    coefficients = true_coefficients(model, plan)
    return cells_of_coefficients(spec, coefficients, [history], [plan.state_space])[0]


def true_coefficients(model: PlannedModel, plan: PlannedSurvey) -> dict[str, float]:
    """Every coefficient of the model on its link scale.

    Raises
    ------
    InputError
        ``design.unknown_coefficient``; ``design.coefficient_missing``: a term has no value.
    """
    spec = spec_of(model, plan)
    table = parameter_table(spec, [history_of(model, plan)], [plan.state_space], every_state=True)
    averages = _averages(plan, [p.name for p in spec.parameters])
    needed = [name for name in table.names if name not in averages]
    # Without a word, half of the animals are of each class.
    told = {name: 0.0 for name in needed if name.startswith("pmix.h2")}
    told |= {name: value for name, value in model.earlier.items() if name in needed}
    told |= model.contrasts
    if unknown := sorted(set(model.contrasts) - set(needed)):
        raise InputError(
            "design.unknown_coefficient", value=", ".join(unknown), expected=", ".join(needed) or "–"
        )
    if missing := [name for name in needed if name not in told]:
        raise InputError("design.coefficient_missing", value=", ".join(missing), model=model.text)
    return told | {name: value - _shift(table, name, told) for name, value in averages.items()}


def _averages(plan: PlannedSurvey, parameters: Sequence[str]) -> dict[str, float]:
    """Averages of the plan on the link scales, of the parameters that have one."""
    sigma_km = plan.values["sigma"] / 1000.0
    hazard = plan.values.get("lambda0", -math.log1p(-plan.values.get("g0", 0.0)))
    natural = {
        "D": float(np.mean(plan.density_per_km2)),
        "lambda0": hazard,
        "g0": -math.expm1(-hazard),
        "a0": 2.0 * math.pi * hazard * sigma_km**2,
        "sigma": plan.values["sigma"],
    }
    return {
        name: float(link(np.array(value), "logit" if name == "g0" else "log"))
        for name, value in natural.items()
        if name in parameters
    }


def _shift(table: ParameterTable, name: str, told: Mapping[str, float]) -> float:
    """What a parameter's terms add on average to its intercept."""
    parameter = table.parameter(name)
    design = parameter.designs[0]
    if design is None or len(parameter.coefficients) == 1:
        return 0.0
    eta = design.matrix[:, 1:] @ np.array([told[own] for own in parameter.coefficients[1:]])
    if name == "D":
        return float(np.log(np.mean(np.exp(eta))))
    by_row = eta.reshape(design.shape[-3:])
    if by_row.shape[-2] > 1:
        naive = table.rows[0].of_cell[:, 0]
        by_row = by_row[..., np.unique(naive[naive >= 0]), :]
    return float(by_row.mean())
