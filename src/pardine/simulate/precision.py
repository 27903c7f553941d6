"""The precision of a planned survey by doing it: many simulated surveys, each of them fitted."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field

import numpy as np

from pardine.base.bulk import InlineExecutor, map_tasks
from pardine.base.errors import AnalysisError
from pardine.base.randomness import stream
from pardine.estimate.checking.cells import FittedCells
from pardine.estimate.fit import fit_model
from pardine.estimate.formula.grammar import make_model
from pardine.estimate.history import CaptureHistory
from pardine.estimate.model import MaskSpec, ModelSpec
from pardine.estimate.planning.information import PlannedSurvey
from pardine.simulate.captures import TrueDetection, draw_capture_history
from pardine.simulate.from_fit import draw_survey
from pardine.simulate.plan_model import SESSION, PlannedModel, history_of, planned_cells, spec_of

# Surveys of one task: enough to be worth sending, few enough for a lively progress.
_CHUNK = 25


@dataclass(frozen=True, kw_only=True)
class SimulatedPrecision:
    """What simulated surveys of a plan yielded.

    Attributes
    ----------
    n_surveys, n_refused
        Surveys drawn, and those that no model could be fitted to (nobody seen twice, and the like).
    cv_density
        Standard deviation of the density estimates divided by their mean; NaN with fewer than 2.
    cv_mc_error
        Monte-Carlo standard error of it.
    relative_bias
        Mean of the density estimates over the true density, less 1.
    mean_animals, mean_detections
        Detected, over all surveys.
    coverage
        Share of the 95 % intervals that hold the true density.
    refusals
        Code of a refusal to how often it happened.
    """

    n_surveys: int
    n_refused: int
    cv_density: float
    cv_mc_error: float
    relative_bias: float
    mean_animals: float
    mean_detections: float
    coverage: float
    refusals: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class _Task:
    plan: PlannedSurvey
    model: PlannedModel | None
    first: int
    n: int
    seed: int


@dataclass(frozen=True, kw_only=True)
class _Outcome:
    n_animals: int
    n_detections: int
    density_per_km2: float = math.nan
    covers: bool = False
    refusal: str = ""


def simulated_precision(
    plan: PlannedSurvey,
    *,
    n_surveys: int,
    seed: int,
    model: PlannedModel | None = None,
    make_executor: Callable[[], Executor] = InlineExecutor,
    on_done: Callable[[int, int], None] | None = None,
) -> SimulatedPrecision:
    """Simulate a planned survey many times and fit a model to each.

    Parameters
    ----------
    plan
        The survey and the animals.
    n_surveys
        Replicates; 500 tell the coefficient of variation to about 3 %.
    seed
        Root seed: the answer is the same for any executor.
    model
        What animals do and what is fitted; ``None``: the null model.
    make_executor, on_done
        As `map_tasks` takes them.

    Raises
    ------
    InputError, AnalysisError
        The model cannot be read, lacks a coefficient, or asks for what the plan does not tell.
    """
    if model is not None:
        planned_cells(model, plan)  # refused here, not in a worker
    tasks = [
        _Task(plan=plan, model=model, first=first, n=min(_CHUNK, n_surveys - first), seed=seed)
        for first in range(0, n_surveys, _CHUNK)
    ]
    answers = map_tasks(_do_task, tasks, make_executor=make_executor, on_done=on_done)
    return _summary([outcome for answer in answers for outcome in answer], plan)


def _do_task(task: _Task) -> list[_Outcome]:
    replicates = range(task.first, task.first + task.n)
    if task.model is None:
        return [_survey_and_fit(task.plan, task.seed, replicate) for replicate in replicates]
    cells = planned_cells(task.model, task.plan)
    return [_drawn_and_fitted(task.plan, task.model, cells, task.seed, i) for i in replicates]


def _drawn_and_fitted(
    plan: PlannedSurvey, model: PlannedModel, cells: FittedCells, seed: int, replicate: int
) -> _Outcome:
    """A survey under a model, and the same model fitted to it."""
    rng = stream(seed, "planned model", replicate)
    (history,) = draw_survey([cells], [history_of(model, plan)], rng, known_sexes=model.known_sexes)
    return _fitted(plan, history, spec_of(model, plan))


def _survey_and_fit(plan: PlannedSurvey, seed: int, replicate: int) -> _Outcome:
    history, _ = draw_capture_history(
        plan.state_space,
        plan.density_per_km2,
        xy_m=plan.xy_m,
        usage_station_days=plan.usage_station_days,
        detection=_true_detection(plan),
        detector_type=plan.detector_type,
        seed=seed,
        replicate=replicate,
        session=SESSION,
    )
    spec = make_model({SESSION: plan.detector_type}, detection=plan.detection, mask=MaskSpec(kind="given"))
    return _fitted(plan, history, spec)


def _fitted(plan: PlannedSurvey, history: CaptureHistory, spec: ModelSpec) -> _Outcome:
    n_animals, n_detections = history.n_animals, history.n_detections
    try:
        fit = fit_model([history], [plan.state_space], spec)
    except AnalysisError as refusal:
        return _Outcome(n_animals=n_animals, n_detections=n_detections, refusal=refusal.code)
    density = fit.sessions[0].density_per_100km2
    return _Outcome(
        n_animals=n_animals,
        n_detections=n_detections,
        density_per_km2=density.value / 100.0,
        covers=density.lower <= 100.0 * _mean_density_per_km2(plan) <= density.upper,
    )


def _true_detection(plan: PlannedSurvey) -> TrueDetection:
    (at_centre,) = (value for name, value in plan.values.items() if name != "sigma")
    return TrueDetection(detection=plan.detection, at_centre=at_centre, sigma_m=plan.values["sigma"])


def _mean_density_per_km2(plan: PlannedSurvey) -> float:
    return float(np.mean(plan.density_per_km2))


def _summary(outcomes: list[_Outcome], plan: PlannedSurvey) -> SimulatedPrecision:
    fitted = np.array([o.density_per_km2 for o in outcomes if not o.refusal])
    refusals = Counter(o.refusal for o in outcomes if o.refusal)
    enough = fitted.size > 1
    return SimulatedPrecision(
        n_surveys=len(outcomes),
        n_refused=sum(refusals.values()),
        cv_density=float(fitted.std(ddof=1) / fitted.mean()) if enough else math.nan,
        cv_mc_error=_cv_error(fitted) if enough else math.nan,
        relative_bias=float(fitted.mean() / _mean_density_per_km2(plan) - 1.0) if enough else math.nan,
        mean_animals=float(np.mean([o.n_animals for o in outcomes])),
        mean_detections=float(np.mean([o.n_detections for o in outcomes])),
        coverage=float(np.mean([o.covers for o in outcomes if not o.refusal])) if enough else math.nan,
        refusals=dict(sorted(refusals.items())),
    )


def _cv_error(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
    """Standard error of a coefficient of variation, by the jackknife."""
    n, total, squares = values.size, values.sum(), (values**2).sum()
    mean = (total - values) / (n - 1)
    variance = (squares - values**2 - (n - 1) * mean**2) / (n - 2) if n > 2 else np.zeros(n)
    each = np.sqrt(np.maximum(variance, 0.0)) / mean
    return float(np.sqrt((n - 1) / n * ((each - each.mean()) ** 2).sum()))
