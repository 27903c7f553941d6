"""`pardine clock`: clocks that are in doubt, what a correction would change, correcting and taking back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from pardine.base.errors import InputError
from pardine.observe.check.finding import Finding
from pardine.observe.check.rules import run_checks
from pardine.observe.clock import ClockCheck, ClockCorrection, ClockPreview, ClockRecord
from pardine.observe.clock_evidence import (
    correction_from_checks,
    day_and_month_read_correction,
    twelve_hour_correction,
)
from pardine.store.clock_records import (
    ClockChange,
    apply_clock_correction,
    preview_clock_correction,
    read_clock_records,
    undo_clock_correction,
)
from pardine.store.project import Project, find_project, open_project
from pardine.workflows.check import read_season

_CLOCK_RULES = (
    "check.impossible_date", "check.outside_deployment", "check.time_backwards", "check.clock_check",
    "check.slot_lag",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class ClockRequest:
    """What is to be done to one clock; nothing of it: what the check proposes.

    Attributes
    ----------
    offset_s
        Seconds to add.
    twelve_hours
        Whether the camera is half a day ahead or behind.
    day_and_month
        Dates were read in the wrong order.
    references
        Texts ``SHOWN=TRUE``: what the camera showed, and the time it was.
    reason
        In a person's words.
    """

    offset_s: float | None = None
    twelve_hours: Literal["ahead", "behind"] | None = None
    day_and_month: bool = False
    references: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class DoubtfulClock:
    """A deployment whose clock is in doubt or was corrected."""

    deployment: str
    findings: tuple[Finding, ...]
    record: ClockRecord | None

    @property
    def proposal(self) -> ClockCorrection | None:
        """The first correction that a finding proposes for it."""
        of_it = (f.proposal for f in self.findings if f.proposal is not None)
        return next((p for p in of_it if p.deployment == self.deployment), None)


def doubtful_clocks(directory: Path | None) -> tuple[DoubtfulClock, ...]:
    """Deployments whose clock the check doubts, and those that were corrected."""
    with open_project(directory or find_project(Path.cwd())) as project:
        return _doubtful(project)


def preview_clock(directory: Path | None, deployment: str, request: ClockRequest) -> ClockPreview:
    """What a correction would change; nothing is changed.

    Raises
    ------
    InputError
        ``clock.nothing_proposed``, ``clock.one_correction``, ``clock.bad_reference``,
        ``media.unknown_deployment``, ``clock.applied_already``.
    """
    with open_project(directory or find_project(Path.cwd())) as project:
        return preview_clock_correction(project, _correction(project, deployment, request))


def correct_clock(directory: Path | None, deployment: str, request: ClockRequest) -> ClockChange:
    """Apply a correction and record it as a decision.

    Raises
    ------
    InputError
        ``clock.needs_note``, and what `preview_clock` raises.
    """
    if not request.reason.strip():
        raise InputError("clock.needs_note")
    with open_project(directory or find_project(Path.cwd())) as project:
        return apply_clock_correction(project, _correction(project, deployment, request))


def undo_clock(directory: Path | None, deployment: str) -> ClockChange:
    """Take back the latest correction of a clock; the record of it stays.

    Raises
    ------
    InputError
        ``clock.nothing_to_undo``.
    """
    with open_project(directory or find_project(Path.cwd())) as project:
        record = read_clock_records(project).get(deployment)
        if record is None or not record.corrections:
            raise InputError("clock.nothing_to_undo", deployment=deployment)
        return undo_clock_correction(project, record.corrections[-1])


def _doubtful(project: Project) -> tuple[DoubtfulClock, ...]:
    season, _ = read_season(project)
    findings = run_checks(season, only=_CLOCK_RULES)
    corrected = [code for code, record in season.clocks.items() if record.corrections]
    codes = dict.fromkeys([*(code for f in findings for code in f.deployments), *corrected])
    return tuple(
        DoubtfulClock(
            deployment=code,
            findings=tuple(f for f in findings if code in f.deployments),
            record=season.clocks.get(code),
        )
        for code in sorted(codes)
    )


def _correction(project: Project, deployment: str, request: ClockRequest) -> ClockCorrection:
    asked: list[ClockCorrection] = []
    if request.offset_s is not None:
        asked.append(ClockCorrection(deployment=deployment, kind="offset", offset_s=request.offset_s))
    if request.twelve_hours is not None:
        asked.append(twelve_hour_correction(deployment, camera_is_ahead=request.twelve_hours == "ahead"))
    if request.day_and_month:
        asked.append(day_and_month_read_correction(deployment))
    if request.references:
        asked.append(correction_from_checks(deployment, _checks(request.references)))
    if len(asked) > 1:
        raise InputError("clock.one_correction")
    if not asked:
        proposals = (d.proposal for d in _doubtful(project) if d.deployment == deployment)
        proposal = next((p for p in proposals if p is not None), None)
        if proposal is None:
            raise InputError("clock.nothing_proposed", deployment=deployment)
        asked.append(proposal)
    return replace(asked[0], reason=request.reason or asked[0].reason)


def _checks(texts: Sequence[str]) -> list[ClockCheck]:
    checks = []
    for text in texts:
        shown, sign, true = text.partition("=")
        try:
            moments = [dt.datetime.fromisoformat(part.strip()) for part in (shown, true)]
        except ValueError:
            moments = []
        if not sign or len(moments) != 2 or any(moment.tzinfo for moment in moments):
            raise InputError("clock.bad_reference", value=text)
        checks.append(ClockCheck(wall_clock=moments[0], reference_clock=moments[1]))
    return checks
