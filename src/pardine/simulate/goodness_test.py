"""Goodness of fit with the right size: the distances of a fit against those of surveys drawn from it.

Each drawn survey detects as many animals as were observed, is fitted again, and its distances are
taken from its own fit. A distance depends on the parameters even where the model is true, and the
parameters of the observed fit are not the true ones: a plain comparison with surveys drawn from them
rejects a true model too rarely. So what the fitted parameters explain is taken out by regression over
the surveys, on each survey's own refitted coefficients. With maximum likelihood estimates b that
regression is more than a description: the slope Cov(T, b) / Var(b) of a distance T is, to first order,
the derivative of its expectation by the parameters (Cov(T, score) = d E[T]), so what is left does not
change where the parameters do. What is compared is how far a distance lies from what is predicted for
such a fit, for the observed survey and for each drawn one alike: a true model is rejected as often as
the level says (`docs/verification/goodness-of-fit.md`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pardine.base.errors import AnalysisError, Notice, note, warning
from pardine.estimate.checking.goodness import ASPECTS, Aspect, Distances, distances_of_fit
from pardine.estimate.fitted import Fit
from pardine.estimate.history import CaptureHistory
from pardine.estimate.statespace import StateSpace
from pardine.simulate.refit import refit_drawn_surveys

Array = NDArray[np.float64]

SIGNIFICANT = 0.05
FEWEST_REPLICATES = 19
"""With fewer surveys no distance can be significant at 5 %."""
LARGEST_SHARE_FAILED = 0.05
SURVEYS_A_COEFFICIENT = 6
"""A regression on more coefficients than a sixth of the surveys would follow their noise."""


@dataclass(frozen=True, kw_only=True)
class AspectTest:
    """One test.

    Attributes
    ----------
    aspect
        ``individuals``, ``stations`` or ``both``.
    distance
        Of the fit from its data.
    expected_distance
        What the surveys drawn from the fit predict for one whose fit has these parameters.
    p_value
        Share of surveys, the observed one among them, that exceed their prediction at least as much.
    """

    aspect: Aspect
    distance: float
    expected_distance: float
    p_value: float


@dataclass(frozen=True, kw_only=True)
class GoodnessOfFit:
    """All tests of a fit.

    Attributes
    ----------
    tests
        Individuals, stations, both.
    n_replicates
        Surveys drawn.
    failures
        Code of a refusal to number of drawn surveys that could not be fitted; they are left out.
    seed
        Root seed.
    notices
        The tests in words.
    """

    tests: tuple[AspectTest, ...]
    n_replicates: int
    failures: Mapping[str, int]
    seed: int
    notices: tuple[Notice, ...]


def goodness_of_fit(
    fit: Fit,
    histories: Sequence[CaptureHistory],
    state_spaces: Sequence[StateSpace],
    *,
    n_replicates: int = 99,
    seed: int,
    make_executor: Callable[[], Executor],
    on_done: Callable[[int, int], None] | None = None,
) -> GoodnessOfFit:
    """Test whether a fit describes animals, stations, and animals at stations.

    Parameters
    ----------
    fit, histories, state_spaces
        A fit and what it was fitted to.
    n_replicates
        Surveys to draw; at least 19.
    seed
        Root seed.
    make_executor, on_done
        As `pardine.base.bulk.map_tasks` takes them.

    Raises
    ------
    AnalysisError
        ``check.no_refits``: no drawn survey could be fitted.
    """
    if n_replicates < FEWEST_REPLICATES:
        raise ValueError(f"n_replicates must be at least {FEWEST_REPLICATES}, got {n_replicates}")
    observed = distances_of_fit(fit, histories, state_spaces)
    drawn = refit_drawn_surveys(
        fit,
        histories,
        state_spaces,
        distances_of_fit,
        n_replicates=n_replicates,
        seed=seed,
        name="goodness of fit",
        same_animals=True,
        make_executor=make_executor,
        on_done=on_done,
    )
    if not drawn.kept:
        raise AnalysisError("check.no_refits", value=n_replicates)
    tests = tuple(_test(aspect, observed, drawn.kept) for aspect in ASPECTS)
    return GoodnessOfFit(
        tests=tests,
        n_replicates=n_replicates,
        failures=drawn.failures,
        seed=seed,
        notices=tuple(_words(tests, n_replicates, drawn.n_failed)),
    )


def _test(aspect: Aspect, observed: Distances, drawn: Sequence[Distances]) -> AspectTest:
    surveys = (observed, *drawn)
    distance = np.sqrt([getattr(d, aspect) for d in surveys])
    excess = beyond_prediction(distance, known_of(surveys))
    return AspectTest(
        aspect=aspect,
        distance=float(distance[0] ** 2),
        expected_distance=float(max(distance[0] - excess[0], 0.0) ** 2),
        p_value=float((excess >= excess[0]).mean()),
    )


def known_of(surveys: Sequence[Distances]) -> Array:
    """(n, p) fitted coefficients of n surveys, a column of ones before them.

    Where a model has more coefficients than so many surveys can tell apart, their averages by
    parameter stand for them.
    """
    names = [n for n in surveys[0].coefficients if all(n in s.coefficients for s in surveys)]
    columns = [[s.coefficients[n] for s in surveys] for n in names]
    if len(names) > len(surveys) // SURVEYS_A_COEFFICIENT:
        names = [n for n in surveys[0].averages if all(n in s.averages for s in surveys)]
        columns = [[s.averages[n] for s in surveys] for n in names]
    return np.column_stack([np.ones(len(surveys)), *columns])


def beyond_prediction(values: Array, known: Array) -> Array:
    """How far each of (n,) values lies from its least-squares prediction, all on one scale.

    Parameters
    ----------
    values : (n,) array
    known : (n, p) array
        What predicts them, a column of ones among it.
    """
    centred = known - np.r_[0.0, known[:, 1:].mean(axis=0)]
    scale = np.sqrt((centred**2).mean(axis=0))
    u, size, _ = np.linalg.svd(centred / np.where(scale > 0.0, scale, 1.0), full_matrices=False)
    u = u[:, size > 1e-9 * size[0]]
    # A residual has variance 1 - leverage: a survey like the others and an odd one must weigh alike.
    leverage = np.minimum((u**2).sum(axis=1), 1.0 - 1e-9)
    return np.asarray((values - u @ (u.T @ values)) / np.sqrt(1.0 - leverage))


def _words(tests: Sequence[AspectTest], n_replicates: int, n_failed: int) -> Iterator[Notice]:
    if n_failed > LARGEST_SHARE_FAILED * n_replicates:
        yield warning("check.refits_failed", value=n_failed, expected=n_replicates)
    misfits = [test for test in tests if test.p_value <= SIGNIFICANT]
    for test in misfits:
        yield warning(f"goodness.{test.aspect}", p=round(test.p_value, 3), n=n_replicates)
    if not misfits:
        yield note("goodness.no_misfit", p=round(min(t.p_value for t in tests), 2), n=n_replicates)
