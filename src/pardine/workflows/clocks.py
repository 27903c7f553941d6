"""`pardine clock`: clocks that are in doubt, what a correction would change, correcting and taking back."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from pardine.base.errors import InputError
from pardine.observe.check.finding import Finding
from pardine.observe.check.rules import run_checks
from pardine.observe.clock import ClockCheck, ClockCorrection, ClockPreview, ClockRecord, local_clocks
from pardine.observe.clock_evidence import (
    correction_from_checks,
    day_and_month_read_correction,
    twelve_hour_correction,
)
from pardine.store.clock_records import (
    ClockChange,
    apply_clock_correction,
    preview_clock_correction,
    preview_clock_offset,
    read_clock_records,
    set_clock_offset,
    undo_clock_correction,
)
from pardine.store.media_names import find_media_by_name
from pardine.store.project import Project, find_project, open_project
from pardine.workflows.check import read_season

_CLOCK_RULES = (
    "check.impossible_date", "check.outside_deployment", "check.time_backwards", "check.clock_check",
    "check.slot_lag", "check.times_disagree", "check.strip_alone", "check.strip_confirms",
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
    photographs
        Texts ``FILE=TRUE``: a photograph of a reference clock, and the time that clock shows.
    reason
        In a person's words.
    """

    offset_s: float | None = None
    twelve_hours: Literal["ahead", "behind"] | None = None
    day_and_month: bool = False
    references: tuple[str, ...] = ()
    photographs: tuple[str, ...] = ()
    reason: str = ""

    def refuse_beside_offset(self) -> None:
        """Raise ``clock.offset_asked_alone`` where a correction is asked for too."""
        corrections = (self.offset_s is not None, self.twelve_hours, self.day_and_month)
        if any((*corrections, self.references, self.photographs)):
            raise InputError("clock.offset_asked_alone")


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
        ``clock.unknown_photograph``, ``clock.ambiguous_photograph``, ``clock.photograph_without_time``,
        ``clock.no_offset``, ``media.unknown_deployment``, ``clock.applied_already``.
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


@dataclass(frozen=True, kw_only=True)
class OffsetChange:
    """Offsets from UTC that were set, or would be.

    Attributes
    ----------
    utc_offset_min
        ``None``: what the deployments' own table says holds again.
    deployments
        Their codes.
    n_changed
        Photographs and videos whose instant changed, or would.
    is_applied
        Whether anything was changed.
    """

    utc_offset_min: int | None
    deployments: tuple[str, ...]
    n_changed: int
    is_applied: bool


def offset_clocks(
    directory: Path | None, deployment: str | None, utc_offset_min: int, *, apply: bool
) -> OffsetChange:
    """Say how far clocks are from UTC, or what saying so would change.

    Parameters
    ----------
    deployment
        ``None``: all deployments of which it is not known.

    Raises
    ------
    InputError
        ``media.unknown_deployment``, ``media.bad_offset``.
    """
    with open_project(directory or find_project(Path.cwd())) as project:
        unknown = [
            code for code, record in read_clock_records(project).items() if record.utc_offset_min is None
        ]
        codes = tuple(sorted(unknown)) if deployment is None else (deployment,)
        if apply:
            n_changed = sum(set_clock_offset(project, code, utc_offset_min).n_changed for code in codes)
        else:
            n_changed = sum(preview_clock_offset(project, code, utc_offset_min) for code in codes)
    return OffsetChange(
        utc_offset_min=utc_offset_min, deployments=codes, n_changed=n_changed, is_applied=apply
    )


def undo_clock_offset(directory: Path | None, deployment: str) -> OffsetChange:
    """Let hold again what the deployment's own table says of its offset from UTC.

    Raises
    ------
    InputError
        ``media.unknown_deployment``.
    """
    with open_project(directory or find_project(Path.cwd())) as project:
        change = set_clock_offset(project, deployment, None)
    return OffsetChange(
        utc_offset_min=change.record.utc_offset_min,
        deployments=(deployment,),
        n_changed=change.n_changed,
        is_applied=True,
    )


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
    if request.references or request.photographs:
        asked.append(_from_reference_clocks(project, deployment, request))
    if len(asked) > 1:
        raise InputError("clock.one_correction")
    if not asked:
        proposals = (d.proposal for d in _doubtful(project) if d.deployment == deployment)
        proposal = next((p for p in proposals if p is not None), None)
        if proposal is None:
            raise InputError("clock.nothing_proposed", deployment=deployment)
        asked.append(proposal)
    return replace(asked[0], reason=request.reason or asked[0].reason)


def _from_reference_clocks(project: Project, deployment: str, request: ClockRequest) -> ClockCorrection:
    """The offset or drift that is left after the corrections in force, with the clocks as stamped."""
    record = read_clock_records(project).get(deployment)
    if record is None:
        raise InputError("media.unknown_deployment", deployment=deployment)
    checks = [_said(text, record) for text in request.references]
    checks += [_photographed(project, text, record) for text in request.photographs]
    stamped = np.array([check.wall_clock for check in checks], dtype="datetime64[s]")
    local = local_clocks(stamped, record.corrections).astype(dt.datetime).tolist()
    left = [replace(check, wall_clock=clock) for check, clock in zip(checks, local, strict=True)]
    return replace(correction_from_checks(deployment, left), checks=tuple(checks))


def _said(text: str, record: ClockRecord) -> ClockCheck:
    shown, _, true = text.partition("=")
    clock = _moment(shown, text)
    if clock.tzinfo is not None:
        raise InputError("clock.bad_reference", value=text)
    return ClockCheck(wall_clock=clock, reference_clock=_local(_moment(true, text), record))


def _photographed(project: Project, text: str, record: ClockRecord) -> ClockCheck:
    # A file's name may hold the sign itself, a time cannot.
    name, _, true = text.rpartition("=")
    reference = _local(_moment(true, text), record)
    found = find_media_by_name(project, record.deployment, name)
    if not found:
        raise InputError("clock.unknown_photograph", value=name, deployment=record.deployment)
    if len({media.sha256 or media.path for media in found}) > 1:
        paths = ", ".join(media.path for media in found[:3])
        raise InputError("clock.ambiguous_photograph", value=name, n=len(found), expected=paths)
    if found[0].wall_clock is None:
        raise InputError("clock.photograph_without_time", value=found[0].path)
    return ClockCheck(wall_clock=found[0].wall_clock, reference_clock=reference, media=found[0].path)


def _moment(part: str, text: str) -> dt.datetime:
    try:
        return dt.datetime.fromisoformat(part.strip())
    except ValueError as error:
        raise InputError("clock.bad_reference", value=text) from error


def _local(reference: dt.datetime, record: ClockRecord) -> dt.datetime:
    """A reference clock at the deployment's offset; one that states its own offset is brought to it."""
    if reference.tzinfo is None:
        return reference
    if record.utc_offset_min is None:
        raise InputError("clock.no_offset", deployment=record.deployment)
    zone = dt.timezone(dt.timedelta(minutes=record.utc_offset_min))
    return reference.astimezone(zone).replace(tzinfo=None)
