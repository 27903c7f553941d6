"""How far an estimate can be believed: other models, tests of fit, bootstrap, ghosts, windows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TypeVar

from pardine.base.bulk import local_executor
from pardine.base.errors import AnalysisError, Notice
from pardine.estimate.checking.cautions import cautions
from pardine.estimate.checking.ghosts import GhostCheck, check_ghosts
from pardine.estimate.checking.windows import WindowCheck, check_windows
from pardine.estimate.compare import ModelTable, compare_models, model_label
from pardine.estimate.fitted import Fit
from pardine.estimate.history import CaptureHistory
from pardine.estimate.statespace import StateSpace
from pardine.simulate.bootstrap import FEWEST_REPLICATES as FEWEST_DRAWN
from pardine.simulate.bootstrap import Bootstrap, parametric_bootstrap
from pardine.simulate.goodness_test import FEWEST_REPLICATES as FEWEST_TESTED
from pardine.simulate.goodness_test import GoodnessOfFit, goodness_of_fit
from pardine.workflows.request import CheckRequest
from pardine.workflows.watch import SILENT, Watcher

Answer = TypeVar("Answer")

# A session so long is no longer closed as a matter of course: its halves are looked at unasked.
LONGEST_UNCHECKED_DAYS = 120


@dataclass(frozen=True, kw_only=True, eq=False)
class Checks:
    """What was compared and checked; ``None`` where it was not asked for or could not be done.

    Attributes
    ----------
    comparison
        All models of the request, where there are several.
    goodness, bootstrap, ghosts, windows
        Of the last fit.
    notices
        All of it in words, and the cautions that need not be asked for.
    """

    comparison: ModelTable | None = None
    goodness: GoodnessOfFit | None = None
    bootstrap: Bootstrap | None = None
    ghosts: GhostCheck | None = None
    windows: WindowCheck | None = None
    notices: tuple[Notice, ...] = ()


def run_checks(
    fits: Sequence[Fit],
    compared: Sequence[Fit],
    histories: Sequence[CaptureHistory],
    state_spaces: Sequence[StateSpace],
    request: CheckRequest,
    *,
    n_workers: int = 1,
    watch: Watcher = SILENT,
) -> Checks:
    """Compare the fits of a request, and check the last of them.

    A check that the data or the model cannot carry becomes a notice: the estimate itself stands.

    Parameters
    ----------
    fits, compared
        The fits of the request, and those of the further models to compare with.
    histories, state_spaces
        What they were fitted to.
    request
        Which checks.
    n_workers
        Processes for surveys drawn from the fit.
    watch
        Sees the work.

    Raises
    ------
    AnalysisError
        Models that were asked to be compared cannot be.
    """
    fit = fits[-1]
    refused: list[Notice] = []

    def attempt(wanted: bool, check: Callable[[], Answer]) -> Answer | None:
        try:
            return check() if wanted else None
        except AnalysisError as refusal:
            refused.append(Notice(refusal.code, refusal.notice.fields, "warning"))
            return None

    def executor() -> Executor:
        return local_executor(n_workers)

    comparison = compare_models(_different([*fits, *compared])) if compared else None
    if not compared and len(fits) > 1:
        comparison = attempt(True, lambda: compare_models(fits))
    ghosts = attempt(request.ghosts, lambda: check_ghosts(fit, histories, state_spaces, seed=request.seed))
    windows = attempt(_wants_windows(request, histories), lambda: check_windows(fit, histories, state_spaces))
    if request.n_goodness or request.n_bootstrap:
        watch.stage("resample")
    goodness = attempt(
        request.n_goodness > 0,
        lambda: goodness_of_fit(
            fit,
            histories,
            state_spaces,
            n_replicates=max(request.n_goodness, FEWEST_TESTED),
            seed=request.seed,
            make_executor=executor,
            on_done=watch.done,
        ),
    )
    bootstrap = attempt(
        request.n_bootstrap > 0,
        lambda: parametric_bootstrap(
            fit,
            histories,
            state_spaces,
            n_replicates=max(request.n_bootstrap, FEWEST_DRAWN),
            seed=request.seed,
            make_executor=executor,
            on_done=watch.done,
        ),
    )
    done = [check for check in (comparison, goodness, bootstrap, ghosts, windows) if check is not None]
    told = (notice for check in done for notice in check.notices)
    unasked = cautions(fit, histories, state_spaces)
    return Checks(
        comparison=comparison,
        goodness=goodness,
        bootstrap=bootstrap,
        ghosts=ghosts,
        windows=windows,
        notices=tuple(dict.fromkeys((*unasked, *told, *refused))),
    )


def _wants_windows(request: CheckRequest, histories: Sequence[CaptureHistory]) -> bool:
    """Asked for, or a session is long and can be parted."""
    is_long = any((history.duration_days or 0) > LONGEST_UNCHECKED_DAYS for history in histories)
    return request.windows or (is_long and all(history.n_occasions > 1 for history in histories))


def _different(fits: Sequence[Fit]) -> list[Fit]:
    """Each model once: what was asked for may be among those to compare with."""
    return list({model_label(fit): fit for fit in reversed(fits)}.values())[::-1]
