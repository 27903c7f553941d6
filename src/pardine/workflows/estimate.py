"""`pardine estimate`: read the survey, fit, keep the result with its provenance."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pardine.base.errors import AnalysisError, InputError, Notice, PardineError
from pardine.base.provenance import RunRecord, finite_or_none
from pardine.estimate.fit_json import fit_to_json
from pardine.observe.survey import Survey
from pardine.store import runs
from pardine.store.deployments import read_deployments
from pardine.store.project import Project, find_project, open_project
from pardine.store.results import save_result
from pardine.store.survey import read_survey, survey_input
from pardine.workflows.analysis import Analysis, analyse
from pardine.workflows.checks_json import checks_json
from pardine.workflows.request import EstimateRequest, SessionRequest
from pardine.workflows.session_windows import OtherWindow, other_windows
from pardine.workflows.sessions import (
    form_session,
    read_field_records,
    refresh_sessions,
    stored_plans,
)
from pardine.workflows.watch import SILENT, Watcher

ESTIMATE = "estimate"


@dataclass(frozen=True, kw_only=True, eq=False)
class Estimated:
    """An analysis and the run that kept it; ``run`` is ``None`` for a dry run.

    Attributes
    ----------
    analysis, run
        What was fitted, and where it is kept.
    windows
        Other windows of the sessions that were made of photographs, where asked for.
    """

    analysis: Analysis
    run: RunRecord | None = None
    windows: tuple[OtherWindow, ...] = ()


def estimate_project(
    directory: Path | None,
    request: EstimateRequest,
    *,
    forming: SessionRequest | None = None,
    dry_run: bool = False,
    n_workers: int = 1,
    watch: Watcher = SILENT,
) -> Estimated:
    """Estimate density and abundance from what a project holds.

    Sessions that tables brought are taken as they are. A session of photographs and packages is put
    together first: as ``forming`` asks, else as it was chosen before, else, where nothing but photographs
    and packages is there, by the defaults, which are told.

    Parameters
    ----------
    forming
        The session of photographs that is asked for.

    Raises
    ------
    AnalysisError, InputError
        The data cannot carry the model, or the model cannot be read; the failed run is kept.
    ProjectError
        The project cannot be used.
    """
    with open_project(directory or find_project(Path.cwd())) as project:
        return estimate_in(
            project, request, forming=forming, dry_run=dry_run, n_workers=n_workers, watch=watch
        )


def estimate_in(
    project: Project,
    request: EstimateRequest,
    *,
    forming: SessionRequest | None = None,
    dry_run: bool = False,
    n_workers: int = 1,
    watch: Watcher = SILENT,
) -> Estimated:
    """Estimate in an open project (see `estimate_project`)."""
    watch.stage("estimate")
    survey, request, notices = _survey(project, request, forming or SessionRequest(), dry_run=dry_run)
    run = None
    if not dry_run:
        run = runs.start_run(project, ESTIMATE, request.as_dict(), inputs=[survey_input(survey)])
    try:
        analysis = analyse(survey, request, n_workers=n_workers, watch=watch)
        estimated = _with_windows(project, survey, request, analysis, notices)
        if run is not None:
            save_result(project, run, ESTIMATE, _content(estimated))
    except PardineError:
        # How the session was made may be why it cannot be analysed.
        watch.tell(notices)
        if run is not None:
            runs.fail_run(project, run)
        raise
    return replace(estimated, run=None if run is None else runs.finish_run(project, run))


def _survey(
    project: Project, request: EstimateRequest, forming: SessionRequest, *, dry_run: bool
) -> tuple[Survey, EstimateRequest, tuple[Notice, ...]]:
    """The survey to analyse, its sessions of photographs put together, and what is told of them."""
    stored = read_survey(project)
    plans = stored_plans(project)
    has_deployments = bool(read_deployments(project))
    if not stored.sessions and not has_deployments:
        raise AnalysisError("session.nothing_added")
    asked = forming.is_asked or (forming.is_changed and bool(plans))
    if asked or not stored.sessions:
        formed = form_session(project, forming, dry_run=dry_run)
        code = formed.plan.code
        others = stored.only(frozenset(s.code for s in stored.sessions if s.code != code))
        survey = _joined(others, formed.composed.survey) if dry_run else read_survey(project)
        return survey, replace(request, sessions=(code,)), formed.notices
    if forming.is_changed:
        raise InputError("session.only_tables")
    notices = refresh_sessions(project, request.sessions) if plans and not dry_run else ()
    survey = read_survey(project) if notices else stored
    if not request.sessions and plans:
        # A table that only tells where stations stand is no session to estimate.
        request = replace(request, sessions=_with_captures(survey) or tuple(plans))
    return survey, request, notices


def _with_captures(survey: Survey) -> tuple[str, ...]:
    captured = {capture.session for capture in survey.captures}
    return tuple(session.code for session in survey.sessions if session.code in captured)


def _joined(one: Survey, other: Survey) -> Survey:
    return Survey(
        sessions=(*one.sessions, *other.sessions),
        stations=(*one.stations, *other.stations),
        captures=(*one.captures, *other.captures),
        masks=one.masks,
        effort=(*one.effort, *other.effort),
        fixes=one.fixes,
    )


def _with_windows(
    project: Project,
    survey: Survey,
    request: EstimateRequest,
    analysis: Analysis,
    notices: tuple[Notice, ...],
) -> Estimated:
    """The analysis with what was told of its sessions and, where asked for, what other windows give."""
    rows: list[OtherWindow] = []
    told = list(notices)
    if request.checks.windows:
        plans = stored_plans(project)
        records = read_field_records(project) if plans else None
        for history in analysis.histories:
            if records is not None and history.session in plans:
                of_session, words = other_windows(records, plans[history.session], survey, analysis)
                rows += of_session
                told += words
    told = [notice for notice in dict.fromkeys((*told, *analysis.notices))]
    return Estimated(analysis=replace(analysis, notices=tuple(told)), windows=tuple(rows))


def _content(estimated: Estimated) -> dict[str, Any]:
    analysis = estimated.analysis
    return {
        "fits": [fit_to_json(fit) for fit in analysis.fits],
        "density_change": finite_or_none(analysis.density_change),
        "profile": analysis.profile.as_dict() if analysis.profile else None,
        "sexes": analysis.sexes.as_dict() if analysis.sexes else None,
        "checks": checks_json(analysis.checks),
        "session_windows": [window.as_dict() for window in estimated.windows],
        "notices": [notice.as_dict() for notice in analysis.notices],
    }
