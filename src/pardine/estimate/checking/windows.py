"""The same survey through shorter windows, to see whether density depends on how long one looked.

Animals that come and go, are born or die make a longer window show more of them than live there at
any moment. If density falls when each half is analysed alone, the population was not closed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from pardine.base.errors import AnalysisError, Notice, note, warning
from pardine.estimate.fit import fit_model
from pardine.estimate.fitted import Fit
from pardine.estimate.history import CaptureHistory
from pardine.estimate.statespace import StateSpace

Value = TypeVar("Value")

LARGEST_RATIO = 1.25
"""Density of the whole over that of its parts (geometric mean) from which closure is doubted."""


@dataclass(frozen=True, kw_only=True)
class WindowDensity:
    """Density of each session from some of its occasions.

    Attributes
    ----------
    part, n_parts
        The window is part 1, 2, ... of so many.
    density_per_100km2
        Of each session, in the order of the fit; empty where it was refused.
    n_animals
        Animals seen within the window, over all sessions.
    refusal
        Code of the refusal, where the window holds too little.
    """

    part: int
    n_parts: int
    density_per_100km2: tuple[float, ...]
    n_animals: int
    refusal: str = ""


@dataclass(frozen=True, kw_only=True)
class WindowCheck:
    """Densities of the windows, and what they mean."""

    windows: tuple[WindowDensity, ...]
    notices: tuple[Notice, ...]


def check_windows(
    fit: Fit, histories: Sequence[CaptureHistory], state_spaces: Sequence[StateSpace], *, n_parts: int = 2
) -> WindowCheck:
    """Fit the model again to each part of the sessions' occasions.

    Parameters
    ----------
    fit, histories, state_spaces
        A fit and what it was fitted to.
    n_parts
        Parts of (nearly) equal numbers of occasions.

    Raises
    ------
    AnalysisError
        ``windows.too_few_occasions``.
    """
    for history in histories:
        if history.n_occasions < n_parts:
            raise AnalysisError(
                "windows.too_few_occasions",
                session=history.session,
                value=history.n_occasions,
                expected=n_parts,
            )
    windows = tuple(_window(fit, histories, state_spaces, part, n_parts) for part in range(n_parts))
    notices = [
        notice
        for position, session in enumerate(fit.sessions)
        if (notice := _words(session.session, session.density_per_100km2.value, position, windows))
    ]
    refused = (
        note("windows.refused", value=w.part, expected=n_parts, n=w.n_animals) for w in windows if w.refusal
    )
    return WindowCheck(windows=windows, notices=(*notices, *refused))


def _window(
    fit: Fit,
    histories: Sequence[CaptureHistory],
    state_spaces: Sequence[StateSpace],
    part: int,
    n_parts: int,
) -> WindowDensity:
    parts = [in_window(h, np.array_split(np.arange(h.n_occasions), n_parts)[part]) for h in histories]
    n_animals = sum(history.n_animals for history in parts)
    start = {c.name: c.estimate for c in fit.coefficients}
    try:
        again = fit_model(parts, state_spaces, fit.spec, level=fit.level, start=start)
    except AnalysisError as refusal:
        return WindowDensity(
            part=part + 1, n_parts=n_parts, density_per_100km2=(), n_animals=n_animals, refusal=refusal.code
        )
    density = tuple(session.density_per_100km2.value for session in again.sessions)
    return WindowDensity(part=part + 1, n_parts=n_parts, density_per_100km2=density, n_animals=n_animals)


def _words(session: str, whole: float, position: int, windows: Sequence[WindowDensity]) -> Notice | None:
    parts = [w.density_per_100km2[position] for w in windows if not w.refusal]
    if len(parts) < 2 or min(parts) <= 0.0 or whole <= 0.0:
        return None
    facts = {
        "session": session,
        "value": round(whole, 3),
        "expected": ", ".join(f"{density:.3g}" for density in parts),
    }
    mean = math.exp(float(np.mean(np.log(parts))))
    if whole / mean > LARGEST_RATIO:
        return warning("windows.not_closed", percent=round(100.0 * (whole / mean - 1.0)), **facts)
    return note("windows.agree", **facts)


def in_window(history: CaptureHistory, occasions: NDArray[np.intp]) -> CaptureHistory:
    """A session cut down to a run of its occasions (0-based, in order); animals not seen there are gone.

    Covariates told by occasion are those of the window, and an animal that was not released has its
    last occasion where that falls within it.
    """
    first, last = int(occasions[0]), int(occasions[-1])
    kept = (history.event_occasion >= first) & (history.event_occasion <= last)
    cut = with_captures(history, kept)
    days = history.duration_days
    return replace(
        cut,
        event_occasion=cut.event_occasion - first,
        usage_station_days=history.usage_station_days[:, first : last + 1],
        duration_days=None if days is None else round(days * len(occasions) / history.n_occasions),
        station_covariates=_of_occasions(history.station_covariates, history.n_occasions, first, last),
        session_covariates=_of_occasions(history.session_covariates, history.n_occasions, first, last),
        last_occasion={
            name: occasion - first
            for name, occasion in history.last_occasion.items()
            if name in cut.animals and first <= occasion <= last
        },
    )


def _of_occasions(
    covariates: Mapping[str, Value], n_occasions: int, first: int, last: int
) -> dict[str, Value]:
    """Covariates of a window: ``rain_4`` of a session whose window begins at occasion 4 is its ``rain_1``."""
    stems = {name.removesuffix("_1") for name in covariates if name.endswith("_1")}
    told = {
        stem: [f"{stem}_{s + 1}" for s in range(n_occasions)]
        for stem in stems
        if all(f"{stem}_{s + 1}" in covariates for s in range(n_occasions))
    }
    by_occasion = {name for names in told.values() for name in names}
    kept = {name: values for name, values in covariates.items() if name not in by_occasion}
    for stem, names in told.items():
        kept |= {f"{stem}_{i + 1}": covariates[name] for i, name in enumerate(names[first : last + 1])}
    return kept


def with_captures(history: CaptureHistory, kept: NDArray[np.bool_]) -> CaptureHistory:
    """A history with some of its events only; animals without any are gone."""
    animals, renumbered = np.unique(history.event_animal[kept], return_inverse=True)
    return replace(
        history,
        animals=tuple(history.animals[i] for i in animals),
        sex=tuple(history.sex[i] for i in animals),
        event_animal=renumbered.astype(np.intp),
        event_occasion=history.event_occasion[kept],
        event_detector=history.event_detector[kept],
        event_count=history.event_count[kept],
    )
