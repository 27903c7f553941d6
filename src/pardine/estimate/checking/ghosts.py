"""Ghosts: animals that exist only because nobody matched their photograph.

A ghost is nearly always seen once. So animals seen once are held against what the others, seen at
least twice, lead to expect (`twice`), and density is shown for every share of them that may be
ghosts.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pardine.base.errors import AnalysisError, Notice, note, warning
from pardine.base.randomness import stream
from pardine.estimate.checking.singles import n_singles
from pardine.estimate.checking.twice import TwiceFit, fit_twice
from pardine.estimate.checking.windows import with_captures
from pardine.estimate.fit import fit_model
from pardine.estimate.fitted import Fit
from pardine.estimate.formula.predictors import parameter_table
from pardine.estimate.history import CaptureHistory
from pardine.estimate.statespace import StateSpace

SHARES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5)
"""Shares of the animals seen once that the curve supposes to be ghosts."""

N_DRAWS = 5
"""For each share so many choices of which animals: density is their geometric mean."""

SUSPICIOUS_Z = 1.645
"""One-sided 5 %."""

# The detectors (or histories with a single detection) times mask points beyond which nobody is asked
# to wait for a warning.
MOST_NUMBERS = 3_000_000
# The same for each coefficient and class of animals: SCR-2 takes as many times the work.
_MOST_WORK = 9_000_000


@dataclass(frozen=True, kw_only=True)
class GhostPoint:
    """Density if a share of the animals seen once were ghosts.

    Attributes
    ----------
    share
        Of the animals seen once.
    n_ghosts
        How many animals that is, over all sessions.
    density_per_100km2
        Of each session, in the order of the fit; NaN where nothing could be fitted.
    """

    share: float
    n_ghosts: int
    density_per_100km2: tuple[float, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class GhostCheck:
    """What ghosts could do to an estimate.

    Attributes
    ----------
    twice
        The fit to animals detected at least twice; ``None`` where there are too few.
    curve
        Density against the share of ghosts.
    notices
        Both in words.
    """

    twice: TwiceFit | None
    curve: tuple[GhostPoint, ...]
    notices: tuple[Notice, ...]


def check_ghosts(
    fit: Fit,
    histories: Sequence[CaptureHistory],
    state_spaces: Sequence[StateSpace],
    *,
    seed: int,
    shares: Sequence[float] = SHARES,
) -> GhostCheck:
    """Hold the animals seen once against the others, and show what ghosts would do to density.

    A supposed ghost is left out with its detection: it belonged to another animal, nobody knows
    which.

    Parameters
    ----------
    fit, histories, state_spaces
        A fit and what it was fitted to.
    seed
        Of the choices which animals are left out.
    shares
        Shares of the animals seen once; 0 gives the fit itself.
    """
    twice, notices = None, []
    try:
        twice = fit_twice(fit, histories, state_spaces)
        notices = list(words_of_twice(twice))
    except AnalysisError as refusal:
        notices.append(Notice(refusal.code, refusal.notice.fields, "note"))
    curve = tuple(_point(fit, histories, state_spaces, share, seed) for share in shares)
    return GhostCheck(twice=twice, curve=curve, notices=(*notices, *_words_of_curve(fit, curve)))


def ghost_warnings(
    fit: Fit, histories: Sequence[CaptureHistory], state_spaces: Sequence[StateSpace]
) -> Iterator[Notice]:
    """A warning where too many animals were seen once; silent where that cannot be told quickly."""
    sizes = (h.n_detectors * s.n_points for h, s in zip(histories, state_spaces, strict=True))
    if sum(sizes) > MOST_NUMBERS or _work(fit, histories, state_spaces) > _MOST_WORK:
        return
    try:
        twice = fit_twice(fit, histories, state_spaces)
    except AnalysisError:
        return
    yield from (notice for notice in words_of_twice(twice) if notice.severity == "warning")


def _work(fit: Fit, histories: Sequence[CaptureHistory], state_spaces: Sequence[StateSpace]) -> int:
    """Numbers that SCR-2 looks at for one matrix of information."""
    table = parameter_table(fit.spec, histories, state_spaces, fit.frame, every_state=True)
    return fit.spec.n_classes * sum(
        n_singles(history, rows) * state_space.n_points * int(table.touches(session).sum())
        for session, (history, rows, state_space) in enumerate(
            zip(histories, table.rows, state_spaces, strict=True)
        )
    )


def words_of_twice(twice: TwiceFit) -> Iterator[Notice]:
    """The animals seen once, in words: a warning where they are too many for chance."""
    for session in twice.sessions:
        if not session.n_twice or not session.expected_once:
            continue
        facts = {
            "session": session.session,
            "value": session.n_once,
            "expected": round(session.expected_once, 1),
            "density": round(session.density_per_100km2.value, 3),
            "lower": round(session.density_per_100km2.lower, 3),
            "upper": round(session.density_per_100km2.upper, 3),
        }
        if session.excess_z > SUSPICIOUS_Z:
            yield warning("ghosts.suspected", **facts)
        else:
            yield note("ghosts.not_suspected", **facts)


def _words_of_curve(fit: Fit, curve: Sequence[GhostPoint]) -> Iterator[Notice]:
    """The far end of the curve in words, once for sessions that share a density."""
    last = curve[-1]
    sharing: dict[tuple[float, float], list[str]] = {}
    for session, density in zip(fit.sessions, last.density_per_100km2, strict=True):
        own = session.density_per_100km2.value
        if last.n_ghosts and own > 0.0 and math.isfinite(density):
            sharing.setdefault((own, density), []).append(session.session)
    for (own, density), sessions in sharing.items():
        yield note(
            "ghosts.curve",
            session=", ".join(sessions),
            percent=round(100.0 * last.share),
            expected=round(own, 3),
            density=round(density, 3),
            change=round(100.0 * (density / own - 1.0)),
        )


def _point(
    fit: Fit, histories: Sequence[CaptureHistory], state_spaces: Sequence[StateSpace], share: float, seed: int
) -> GhostPoint:
    n_ghosts = sum(round(share * len(_seen_once(history))) for history in histories)
    if not n_ghosts:
        own = tuple(session.density_per_100km2.value for session in fit.sessions)
        return GhostPoint(share=share, n_ghosts=0, density_per_100km2=own)
    start = {c.name: c.estimate for c in fit.coefficients}
    log_density = []
    for draw in range(N_DRAWS):
        rng = stream(seed, "ghosts", round(1000 * share), draw)
        kept = [_without_ghosts(history, share, rng) for history in histories]
        try:
            again = fit_model(kept, state_spaces, fit.spec, level=fit.level, start=start)
        except AnalysisError:
            continue
        with np.errstate(divide="ignore"):
            log_density.append(np.log([s.density_per_100km2.value for s in again.sessions]))
    mean = np.mean(log_density, axis=0) if log_density else np.full(len(histories), np.nan)
    return GhostPoint(share=share, n_ghosts=n_ghosts, density_per_100km2=tuple(np.exp(mean).tolist()))


def _seen_once(history: CaptureHistory) -> NDArray[np.intp]:
    n_detections = np.bincount(history.event_animal, weights=history.event_count, minlength=history.n_animals)
    return np.flatnonzero(n_detections == 1)


def _without_ghosts(history: CaptureHistory, share: float, rng: np.random.Generator) -> CaptureHistory:
    once = _seen_once(history)
    ghosts = rng.choice(once, size=round(share * len(once)), replace=False)
    return with_captures(history, ~np.isin(history.event_animal, ghosts))
