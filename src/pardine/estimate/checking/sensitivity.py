"""State spaces from a buffer: wide enough, fine enough, and the proof that width no longer matters."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from pardine.base.errors import Notice, warning
from pardine.estimate.fit import fit_model
from pardine.estimate.fitted import Fit
from pardine.estimate.history import CaptureHistory
from pardine.estimate.maximum.diagnose import refuse_hopeless
from pardine.estimate.maximum.start import recapture_spread_m
from pardine.estimate.model import MaskSpec, ModelSpec
from pardine.estimate.statespace import StateSpace, buffer_state_space

BUFFER_SIGMAS = 4.0
SPACING_SIGMAS = 0.5
LARGEST_DENSITY_CHANGE = 0.01
MOST_POINTS = 40_000
_WIDER = 1.25
_MAX_ROUNDS = 6


@dataclass(frozen=True, kw_only=True, eq=False)
class ResolvedMask:
    """State spaces made from a buffer, and the fit that showed they suffice.

    Attributes
    ----------
    spec
        The model with ``buffer_m`` and ``spacing_m`` set.
    state_spaces
        One a session.
    fit
        The fit on them.
    density_change
        Largest relative change of a session's density when the buffer is widened by a quarter.
    notices
        Where the buffer or spacing could not be made good enough.
    """

    spec: ModelSpec
    state_spaces: tuple[StateSpace, ...]
    fit: Fit
    density_change: float
    notices: tuple[Notice, ...] = ()


def resolve_mask(
    histories: Sequence[CaptureHistory], spec: ModelSpec, *, level: float = 0.95
) -> ResolvedMask:
    """Choose buffer and spacing where the model leaves them open, and fit.

    The first buffer comes from the spread of recaptures; it grows until it reaches 4 sigma of the
    fit and until widening it by a quarter changes no session's density by 1 % or more. Cells are at
    most half of sigma wide, as far as 40,000 points a session allow. What a person set stays as set,
    and is warned about where it falls short.

    Parameters
    ----------
    histories
        The sessions.
    spec
        A model whose mask is of kind ``buffer``.
    level
        Coverage of the intervals.
    """
    if spec.mask.kind != "buffer":
        raise ValueError("only a mask of kind 'buffer' is resolved")
    refuse_hopeless(histories, spec)
    largest_m = smallest_m = 1.5 * recapture_spread_m(histories)
    start: Fit | None = None
    widest_m = 0.0
    for _ in range(_MAX_ROUNDS):
        mask = _sized(spec.mask, histories, largest_m, smallest_m, widest_m)
        fit = _fit(histories, replace(spec, mask=mask), start, level)
        largest_m, smallest_m = _sigma_range_m(fit)
        enough = mask.buffer_m is not None and mask.buffer_m >= BUFFER_SIGMAS * largest_m
        fine = mask.spacing_m is not None and mask.spacing_m <= SPACING_SIGMAS * smallest_m
        change = math.inf
        if (enough and fine) or _fixed(spec.mask, mask, histories, largest_m, smallest_m):
            change = widened_density_change(histories, fit)
            if change < LARGEST_DENSITY_CHANGE or spec.mask.buffer_m is not None:
                break
            widest_m = _WIDER * (mask.buffer_m or 0.0)
        start = fit
    if not math.isfinite(change):
        change = widened_density_change(histories, fit)
    return ResolvedMask(
        spec=fit.spec,
        state_spaces=buffer_spaces(histories, fit.spec.mask),
        fit=fit,
        density_change=change,
        notices=tuple(_notices(fit, change, smallest_m)),
    )


def _fixed(
    asked: MaskSpec, used: MaskSpec, histories: Sequence[CaptureHistory], largest_m: float, smallest_m: float
) -> bool:
    """Whether another round would use the same mask again."""
    again = _sized(asked, histories, largest_m, smallest_m, 0.0)
    return again.buffer_m == used.buffer_m and again.spacing_m == used.spacing_m


def _sized(
    mask: MaskSpec, histories: Sequence[CaptureHistory], largest_m: float, smallest_m: float, widest_m: float
) -> MaskSpec:
    # A tenth more than needed, so that a slightly larger sigma at the next fit does not start over.
    buffer_m = mask.buffer_m or _round_up(max(1.1 * BUFFER_SIGMAS * largest_m, widest_m))
    spacing_m = mask.spacing_m or _round_down(0.9 * SPACING_SIGMAS * smallest_m)
    if mask.spacing_m is None:
        least_m = max(math.sqrt(_buffered_area_m2(h, buffer_m) / MOST_POINTS) for h in histories)
        spacing_m = max(spacing_m, _round_up(least_m))
    return replace(mask, buffer_m=buffer_m, spacing_m=min(spacing_m, buffer_m))


def _buffered_area_m2(history: CaptureHistory, buffer_m: float) -> float:
    """Upper bound of the area within the buffer: the box, or one disc a detector if that is less."""
    box = float(np.prod(np.ptp(history.xy_m, axis=0) + 2.0 * buffer_m))
    return min(box, history.n_detectors * math.pi * buffer_m**2)


def _round_up(length_m: float) -> float:
    """Up to two digits: a number a person can write down."""
    unit = 10.0 ** (math.floor(math.log10(length_m)) - 1)
    return math.ceil(length_m / unit - 1e-9) * unit


def _round_down(length_m: float) -> float:
    unit = 10.0 ** (math.floor(math.log10(length_m)) - 1)
    return math.floor(length_m / unit + 1e-9) * unit


def buffer_spaces(histories: Sequence[CaptureHistory], mask: MaskSpec) -> tuple[StateSpace, ...]:
    """State space of each session for a buffer whose sizes are known."""
    if mask.buffer_m is None or mask.spacing_m is None:
        raise ValueError("buffer and spacing are not resolved yet")
    return tuple(buffer_state_space(h.xy_m, mask.buffer_m, mask.spacing_m) for h in histories)


def _fit(histories: Sequence[CaptureHistory], spec: ModelSpec, start: Fit | None, level: float) -> Fit:
    coefficients = None if start is None else {c.name: c.estimate for c in start.coefficients}
    return fit_model(histories, buffer_spaces(histories, spec.mask), spec, level=level, start=coefficients)


def _sigma_range_m(fit: Fit) -> tuple[float, float]:
    """Largest and smallest reach of detection, as the sigma of a half-normal that reaches as far."""
    sigmas = [
        estimate.value
        for session in fit.sessions
        for name, estimate in session.parameters.items()
        if name.startswith("sigma")
    ]
    # exp(-d / sigma) falls to the half-normal's value of 4 sigma at 8 sigma.
    factor = 1.0 if fit.spec.detection in ("HN", "HHN") else 2.0
    return factor * max(sigmas), min(sigmas)


def widened_density_change(histories: Sequence[CaptureHistory], fit: Fit, *, factor: float = _WIDER) -> float:
    """Largest relative change of a session's density when the buffer is widened.

    Parameters
    ----------
    histories
        The sessions of the fit.
    fit
        A fit on a buffer.
    factor
        By how much the buffer grows.

    Returns
    -------
    float
        0.01 means 1 %; sessions of density 0 do not count.
    """
    mask = fit.spec.mask
    if mask.kind != "buffer" or mask.buffer_m is None:
        raise ValueError("only a fit on a resolved buffer can be widened")
    wider = replace(fit.spec, mask=replace(mask, buffer_m=factor * mask.buffer_m))
    refit = _fit(histories, wider, fit, fit.level)
    pairs = [
        (old.density_per_100km2.value, new.density_per_100km2.value)
        for old, new in zip(fit.sessions, refit.sessions, strict=True)
    ]
    return max(abs(new / old - 1.0) for old, new in pairs if old > 0.0)


def _notices(fit: Fit, change: float, smallest_m: float) -> list[Notice]:
    mask, notices = fit.spec.mask, []
    if change >= LARGEST_DENSITY_CHANGE:
        buffer_km = round((mask.buffer_m or 0.0) / 1000.0, 2)
        notices.append(
            warning("estimate.buffer_matters", buffer_km=buffer_km, percent=round(100.0 * change, 1))
        )
    if (mask.spacing_m or 0.0) > SPACING_SIGMAS * smallest_m * 1.001:
        cell_km = round((mask.spacing_m or 0.0) / 1000.0, 3)
        notices.append(
            warning("estimate.coarse_grid", cell_km=cell_km, sigma_km=round(smallest_m / 1000.0, 2))
        )
    return notices
