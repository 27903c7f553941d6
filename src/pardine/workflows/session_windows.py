"""What other windows of a session would give: animals, effort and density, so that the choice can be seen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from pardine.base.errors import Notice, PardineError, note, warning
from pardine.base.result import Estimate
from pardine.estimate.fit import fit_model
from pardine.estimate.fitted import Fit
from pardine.estimate.formula.grammar import make_model
from pardine.estimate.history import CaptureHistory, capture_history
from pardine.observe.compose import Composed, FieldRecords, SessionPlan, compose_session
from pardine.observe.slot_effort import station_days_by_day
from pardine.observe.survey import Survey
from pardine.observe.window import WindowYield, window_yields
from pardine.workflows.analysis import Analysis, spaces_of_fit

LENGTHS_DAYS = (60, 75, 90, 105, 120)
SHIFTS_DAYS = (-30, -15, 15, 30)
# A density of another window outside this ratio is told: the choice of the window matters.
_LARGEST_RATIO = 1.25


@dataclass(frozen=True, kw_only=True)
class OtherWindow:
    """One window of a session.

    Attributes
    ----------
    session
        Code.
    found
        What it would hold.
    density_per_100km2
        By a model without covariates; ``None`` where it was refused.
    refusal
        Code of the refusal.
    is_chosen
        Whether this is the window of the session.
    """

    session: str
    found: WindowYield
    density_per_100km2: Estimate | None
    refusal: str = ""
    is_chosen: bool = False

    def as_dict(self) -> dict[str, Any]:
        """The window as plain JSON values."""
        density = self.density_per_100km2
        return {
            "session": self.session,
            "first": self.found.first_noon.isoformat(),
            "days": self.found.n_days,
            "chosen": self.is_chosen,
            "animals": self.found.n_animals,
            "detections": self.found.n_detections,
            "recaptured": self.found.n_recaptured,
            "moved": self.found.n_moved,
            "stations": self.found.n_stations,
            "station_days": self.found.station_days,
            "density_per_100km2": density.as_dict() if density else None,
            "refusal": self.refusal,
        }


def other_windows(
    records: FieldRecords, plan: SessionPlan, survey: Survey, analysis: Analysis
) -> tuple[tuple[OtherWindow, ...], tuple[Notice, ...]]:
    """Shorter, longer and shifted windows of a session, each with its density.

    Parameters
    ----------
    records, plan
        Of the session.
    survey
        That the analysis was made of; its habitat masks are used again.
    analysis
        Its kind of mask and its detection function are used again.

    Returns
    -------
    windows
        The chosen one first, then by length and start. A window that reaches past all effort is left out.
    notices
        Whether density depends on the window.
    """
    rows = tuple(
        _window(records, replace(plan, window=replace(plan.window, first_noon=first, n_days=n_days)), survey,
                analysis, is_chosen=(first, n_days) == (plan.window.first_noon, plan.window.n_days))
        for first, n_days in _candidates(records, plan)
    )  # fmt: skip
    return rows, _words(plan, rows)


def _candidates(records: FieldRecords, plan: SessionPlan) -> list[tuple[dt.date, int]]:
    begins, station_days = station_days_by_day(records.effort.intervals)
    ends = begins + dt.timedelta(days=int(station_days.size))
    chosen = (plan.window.first_noon, plan.window.n_days)
    lengths = [(chosen[0], n) for n in LENGTHS_DAYS]
    lengths += [(chosen[0] + dt.timedelta(days=shift), LENGTHS_DAYS[0]) for shift in (15, 30)]
    shifted = [(chosen[0] + dt.timedelta(days=shift), chosen[1]) for shift in SHIFTS_DAYS]
    inside = [
        (first, n)
        for first, n in sorted({*lengths, *shifted} - {chosen}, key=lambda w: (w[1], w[0]))
        if first >= begins and first + dt.timedelta(days=n) <= ends
    ]
    return [chosen, *inside]


def _window(
    records: FieldRecords, plan: SessionPlan, survey: Survey, analysis: Analysis, *, is_chosen: bool
) -> OtherWindow:
    facts: dict[str, Any] = {"session": plan.code, "is_chosen": is_chosen}
    try:
        composed = compose_session(records, plan)
    except PardineError as refusal:
        empty = WindowYield(
            first_noon=plan.window.first_noon, n_days=plan.window.n_days, n_animals=0, n_detections=0,
            n_recaptured=0, n_moved=0, n_stations=0, station_days=0.0, both_sides_days=0.0,
        )  # fmt: skip
        return OtherWindow(found=empty, density_per_100km2=None, refusal=refusal.code, **facts)
    found = _yield(composed, plan)
    try:
        density = _density(composed, plan, survey, analysis)
    except PardineError as refusal:
        return OtherWindow(found=found, density_per_100km2=None, refusal=refusal.code, **facts)
    return OtherWindow(found=found, density_per_100km2=density, **facts)


def _density(composed: Composed, plan: SessionPlan, survey: Survey, analysis: Analysis) -> Estimate:
    """Density of one window by a model without covariates, on the kind of mask that the analysis used."""
    chosen: CaptureHistory = next(h for h in analysis.histories if h.session == plan.code)
    alone = replace(composed.survey, masks=survey.only(frozenset((plan.code,))).masks)
    history = capture_history(alone, plan.code, analysis_crs=chosen.crs if chosen.crs else None)
    main: Fit = analysis.fits[0]
    model = make_model({plan.code: history.detector_type}, detection=main.spec.detection, mask=main.spec.mask)
    spaces = spaces_of_fit(alone, [history], replace(main, spec=model))
    fit = fit_model((history,), spaces, model, level=main.level)
    return fit.sessions[0].density_per_100km2


def _yield(composed: Composed, plan: SessionPlan) -> WindowYield:
    """Counts of independent animals within the window; cubs with their mother are not among them."""
    captures = [c for c in composed.survey.captures if c.age_class != "cub"]
    animals = sorted({c.individual for c in captures})
    stations = [s.code for s in composed.survey.stations]
    edges = plan.edges
    rows = [
        (animals.index(c.individual), stations.index(c.station), edges[c.occasion - 1])
        for c in captures
        for _ in range(abs(c.count))
    ]
    (found,) = window_yields(
        [(plan.window.first_noon, plan.window.n_days)],
        animal=np.array([row[0] for row in rows], dtype=np.int64),
        station=np.array([row[1] for row in rows], dtype=np.int64),
        clocks=np.array([row[2] for row in rows], dtype="datetime64[s]"),
        intervals=composed.survey.effort,
        stations=stations,
    )
    return found


def _words(plan: SessionPlan, rows: Sequence[OtherWindow]) -> tuple[Notice, ...]:
    chosen = rows[0].density_per_100km2
    others = [row for row in rows[1:] if row.density_per_100km2 is not None]
    if chosen is None or not others:
        return ()
    densities = [row.density_per_100km2.value for row in others if row.density_per_100km2 is not None]
    low, high = min(densities), max(densities)
    facts = {
        "session": plan.code,
        "value": round(chosen.value, 3),
        "low": round(low, 3),
        "high": round(high, 3),
        "n": len(others),
    }
    ratio = max(high / chosen.value, chosen.value / low) if low > 0.0 and chosen.value > 0.0 else np.inf
    if ratio > _LARGEST_RATIO:
        return (warning("session.window_matters", **facts),)
    return (note("session.window_robust", **facts),)
