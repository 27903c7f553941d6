"""Parametric bootstrap: how the estimates would vary if the fitted model were the truth."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pardine.base.errors import AnalysisError, Notice, warning
from pardine.base.result import Estimate
from pardine.estimate.fitted import Fit
from pardine.estimate.history import CaptureHistory
from pardine.estimate.statespace import StateSpace
from pardine.simulate.refit import refit_drawn_surveys

Array = NDArray[np.float64]

FEWEST_REPLICATES = 20
LARGEST_SHARE_FAILED = 0.05
# Bias of the median worth telling: a fifth of the width on one side of the interval is about 0.4 se.
LARGEST_RELATIVE_BIAS = 0.05


@dataclass(frozen=True, kw_only=True)
class BootstrappedSession:
    """One session's estimates with percentile intervals.

    Attributes
    ----------
    session
        Session code.
    density_per_100km2, n_expected
        The fit's values; intervals and standard errors from the drawn surveys.
    density_bias
        Median of the drawn surveys' densities over that of the fit, minus 1.
    """

    session: str
    density_per_100km2: Estimate
    n_expected: Estimate
    density_bias: float


@dataclass(frozen=True, kw_only=True)
class Bootstrap:
    """A parametric bootstrap.

    Attributes
    ----------
    sessions
        In the order of the fit.
    n_replicates
        Surveys drawn.
    failures
        Code of a refusal to number of drawn surveys that could not be fitted; they are left out.
    seed
        Root seed.
    notices
        What it showed that should be known.
    """

    sessions: tuple[BootstrappedSession, ...]
    n_replicates: int
    failures: Mapping[str, int]
    seed: int
    notices: tuple[Notice, ...]


def parametric_bootstrap(
    fit: Fit,
    histories: Sequence[CaptureHistory],
    state_spaces: Sequence[StateSpace],
    *,
    n_replicates: int = 200,
    seed: int,
    make_executor: Callable[[], Executor],
    on_done: Callable[[int, int], None] | None = None,
) -> Bootstrap:
    """Density and expected abundance with percentile intervals of surveys drawn from the fit.

    Parameters
    ----------
    fit, histories, state_spaces
        A fit and what it was fitted to.
    n_replicates
        Surveys to draw; at least 20, for 95 % intervals better 500.
    seed
        Root seed.
    make_executor, on_done
        As `pardine.base.bulk.map_tasks` takes them.

    Raises
    ------
    AnalysisError
        ``check.no_refits``: fewer than 20 drawn surveys could be fitted.
    """
    if n_replicates < FEWEST_REPLICATES:
        raise ValueError(f"n_replicates must be at least {FEWEST_REPLICATES}, got {n_replicates}")
    drawn = refit_drawn_surveys(
        fit,
        histories,
        state_spaces,
        densities,
        n_replicates=n_replicates,
        seed=seed,
        name="parametric bootstrap",
        make_executor=make_executor,
        on_done=on_done,
    )
    if len(drawn.kept) < FEWEST_REPLICATES:
        raise AnalysisError("check.no_refits", value=n_replicates)
    found = np.array(drawn.kept)
    sessions = tuple(_session(fit, position, found[:, position]) for position in range(len(fit.sessions)))
    notices = [
        warning("bootstrap.bias", session=s.session, percent=round(100.0 * s.density_bias, 1))
        for s in sessions
        if abs(s.density_bias) > LARGEST_RELATIVE_BIAS
    ]
    if drawn.n_failed > LARGEST_SHARE_FAILED * n_replicates:
        notices.append(warning("check.refits_failed", value=drawn.n_failed, expected=n_replicates))
    return Bootstrap(
        sessions=sessions,
        n_replicates=n_replicates,
        failures=drawn.failures,
        seed=seed,
        notices=tuple(notices),
    )


def densities(
    fit: Fit, histories: Sequence[CaptureHistory], state_spaces: Sequence[StateSpace]
) -> tuple[float, ...]:
    """Density of each session, animals per 100 km2: what the bootstrap keeps of a survey."""
    return tuple(session.density_per_100km2.value for session in fit.sessions)


def _session(fit: Fit, position: int, drawn: Array) -> BootstrappedSession:
    session = fit.sessions[position]
    density = session.density_per_100km2
    abundance_per_density = session.region_area_km2 / 100.0
    tail = (1.0 - fit.level) / 2.0
    lower, median, upper = np.quantile(drawn, (tail, 0.5, 1.0 - tail)).tolist()
    method = f"parametric bootstrap, percentiles of {len(drawn)} surveys"
    se = float(drawn.std(ddof=1))

    def scaled(scale: float, unit: str) -> Estimate:
        return Estimate(
            value=density.value * scale,
            lower=lower * scale,
            upper=upper * scale,
            level=fit.level,
            unit=unit,
            method=method,
            se=se * scale,
        )

    return BootstrappedSession(
        session=session.session,
        density_per_100km2=scaled(1.0, density.unit),
        n_expected=scaled(abundance_per_density, session.n_expected.unit),
        density_bias=median / density.value - 1.0 if density.value > 0.0 else 0.0,
    )
