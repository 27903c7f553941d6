"""Many surveys drawn from a fit, each fitted again: the engine of bootstrap and goodness of fit.

A replicate is decided by its number alone, so the answers are the same for any number of workers,
and more replicates begin with the same ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Generic, TypeVar

from pardine.base.bulk import map_tasks
from pardine.base.errors import AnalysisError
from pardine.base.randomness import stream
from pardine.estimate.checking.cells import cells_of_fit
from pardine.estimate.fit import fit_model
from pardine.estimate.fitted import Fit
from pardine.estimate.history import CaptureHistory
from pardine.estimate.statespace import StateSpace
from pardine.simulate.from_fit import draw_survey

Kept = TypeVar("Kept")
Keep = Callable[[Fit, Sequence[CaptureHistory], Sequence[StateSpace]], Kept]

# So many replicates a task: long enough to be worth sending, short enough to share the work out.
_CHUNK = 5


@dataclass(frozen=True, kw_only=True, eq=False)
class Refitted(Generic[Kept]):
    """What became of the replicates.

    Attributes
    ----------
    kept
        What was kept of each survey that could be fitted, in the order of the replicates.
    failures
        Code of the refusal to number of surveys refused.
    """

    kept: tuple[Kept, ...]
    failures: Mapping[str, int]

    @property
    def n_replicates(self) -> int:
        """Surveys drawn."""
        return len(self.kept) + self.n_failed

    @property
    def n_failed(self) -> int:
        """Surveys that could not be fitted."""
        return sum(self.failures.values())


@dataclass(frozen=True, kw_only=True, eq=False)
class _Task(Generic[Kept]):
    """A stretch of replicates."""

    fit: Fit
    histories: tuple[CaptureHistory, ...]
    state_spaces: tuple[StateSpace, ...]
    keep: Keep[Kept]
    seed: int
    name: str
    same_animals: bool
    first: int
    n: int


def refit_drawn_surveys(
    fit: Fit,
    histories: Sequence[CaptureHistory],
    state_spaces: Sequence[StateSpace],
    keep: Keep[Kept],
    *,
    n_replicates: int,
    seed: int,
    name: str,
    make_executor: Callable[[], Executor],
    same_animals: bool = False,
    on_done: Callable[[int, int], None] | None = None,
) -> Refitted[Kept]:
    """Draw surveys from a fit, fit the same model to each, keep what is asked of them.

    Parameters
    ----------
    fit, histories, state_spaces
        A fit and what it was fitted to.
    keep
        A module-level function of (new fit, drawn histories, state spaces).
    n_replicates
        Surveys to draw.
    seed, name
        Root seed, and the name of the streams.
    make_executor
        As `map_tasks` takes it.
    same_animals
        Whether each survey detects as many animals as were observed.
    on_done
        Called with (tasks done, tasks in all).

    Returns
    -------
    Refitted
        Surveys that could not be fitted are counted by the code of their refusal.
    """
    tasks = [
        _Task(
            fit=fit,
            histories=tuple(histories),
            state_spaces=tuple(state_spaces),
            keep=keep,
            seed=seed,
            name=name,
            same_animals=same_animals,
            first=first,
            n=min(_CHUNK, n_replicates - first),
        )
        for first in range(0, n_replicates, _CHUNK)
    ]
    answers = map_tasks(_do, tasks, make_executor=make_executor, on_done=on_done)
    outcomes = [outcome for answer in answers for outcome in answer]
    return Refitted(
        kept=tuple(value for value, _ in outcomes if value is not None),
        failures=dict(sorted(Counter(code for _, code in outcomes if code).items())),
    )


def _do(task: _Task[Kept]) -> list[tuple[Kept | None, str]]:
    """What is kept of each survey, or the code of its refusal."""
    cells = cells_of_fit(task.fit, task.histories, task.state_spaces)
    outcomes: list[tuple[Kept | None, str]] = []
    for replicate in range(task.first, task.first + task.n):
        rng = stream(task.seed, task.name, replicate)
        drawn = draw_survey(cells, task.histories, rng, same_animals=task.same_animals)
        try:
            outcomes.append(
                (task.keep(_fit_again(task.fit, drawn, task.state_spaces), drawn, task.state_spaces), "")
            )
        except AnalysisError as refusal:
            outcomes.append((None, refusal.code))
    return outcomes


def _fit_again(fit: Fit, drawn: Sequence[CaptureHistory], state_spaces: Sequence[StateSpace]) -> Fit:
    start = {c.name: c.estimate for c in fit.coefficients}
    return fit_model(drawn, state_spaces, fit.spec, level=fit.level, start=start)
