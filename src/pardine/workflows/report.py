"""`pardine report`: the latest estimate as HTML and PDF for an audience."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pardine.base.errors import Notice, ProjectError, warning
from pardine.base.provenance import RunRecord
from pardine.estimate.fit_json import fit_from_json
from pardine.estimate.history import capture_history
from pardine.estimate.surface import density_surface
from pardine.exchange.generalise import Audience
from pardine.language.translate import Language
from pardine.observe.capture import ImportedCapture
from pardine.observe.survey import Survey
from pardine.report.content import (
    Checked,
    MaskSensitivity,
    ReportInput,
    SessionSection,
    SimulatedTruth,
    SurveyReport,
)
from pardine.report.derive import estimate_from_json
from pardine.report.write import write_html_and_pdf
from pardine.store import runs
from pardine.store.project import Project, find_project, open_project
from pardine.store.results import StoredResult, latest_result
from pardine.store.survey import read_sources, read_survey
from pardine.workflows.analysis import spaces_of_fit
from pardine.workflows.estimate import ESTIMATE
from pardine.workflows.watch import SILENT, Watcher

REPORTS_NAME = "reports"
_CHECKS = ("comparison", "goodness_of_fit", "bootstrap", "ghosts", "windows")


@dataclass(frozen=True, kw_only=True)
class Reported:
    """The files of a report, and what a person should know of them."""

    files: tuple[Path, ...]
    notices: tuple[Notice, ...] = ()


def report_project(
    directory: Path | None,
    *,
    audience: Audience = "public",
    language: Language = "en",
    out: Path | None = None,
    watch: Watcher = SILENT,
) -> Reported:
    """Write the report of a project's latest estimate.

    Returns
    -------
    Reported
        HTML and PDF; the HTML alone, with a warning, where no font has the letters of the PDF.

    Raises
    ------
    ProjectError
        ``report.no_estimate``; ``report.out_of_date``: what was estimated from has changed since.
    """
    with open_project(directory or find_project(Path.cwd())) as project:
        return report_in(project, audience=audience, language=language, out=out, watch=watch)


def report_in(
    project: Project,
    *,
    audience: Audience = "public",
    language: Language = "en",
    out: Path | None = None,
    truth: Sequence[SimulatedTruth] = (),
    watch: Watcher = SILENT,
) -> Reported:
    """Write the report of an open project (see `report_project`); ``truth`` of simulated surveys only."""
    watch.stage("report")
    result, run = current_estimate(project)
    folder = out or project.directory / REPORTS_NAME
    folder.mkdir(parents=True, exist_ok=True)
    html, pdf = (folder / f"report-{audience}-{language}.{kind}" for kind in ("html", "pdf"))
    try:
        write_html_and_pdf(_content(project, result, run, audience, language, truth), html, pdf)
    except ProjectError as error:
        if error.code != "report.no_cjk_font":
            raise
        return Reported(files=(html,), notices=(warning(error.code),))
    return Reported(files=(html, pdf))


def current_estimate(project: Project) -> tuple[StoredResult, RunRecord]:
    """The latest estimate and its run.

    Raises
    ------
    ProjectError
        ``report.no_estimate``; ``report.out_of_date``: what was estimated from has changed since.
    """
    result = latest_result(project, ESTIMATE)
    if result is None:
        raise ProjectError("report.no_estimate", directory=str(project.directory))
    run = runs.read_run(project, result.run_uid)
    if runs.out_of_date(project, run):
        raise ProjectError("report.out_of_date", value=run.started_utc)
    return result, run


def _content(
    project: Project,
    result: StoredResult,
    run: RunRecord,
    audience: Audience,
    language: Language,
    truth: Sequence[SimulatedTruth],
) -> SurveyReport:
    survey = read_survey(project)
    fits = tuple(fit_from_json(values) for values in result.content["fits"])
    fit, change = fits[-1], result.content["density_change"]
    histories = tuple(capture_history(survey, session.session) for session in fit.sessions)
    spaces = spaces_of_fit(survey, histories, fit)
    sessions = {session.code: session for session in survey.sessions}
    return SurveyReport(
        project_name=project.name,
        audience=audience,
        created_utc=dt.datetime.now(dt.UTC).replace(microsecond=0),
        fit=fit,
        sections=tuple(
            SessionSection(
                session=sessions[history.session],
                history=history,
                state_space=space,
                surface=density_surface(fit, history, space, position),
                captures=_captures(survey, history.session),
            )
            for position, (history, space) in enumerate(zip(histories, spaces, strict=True))
        ),
        run=run,
        inputs=_inputs(project),
        language=language,
        notices=tuple(Notice(n["code"], n["fields"], n["severity"]) for n in result.content["notices"]),
        truth=tuple(truth),
        mask_sensitivity=None if change is None else MaskSensitivity(change_percent=100.0 * change),
        checked=_checked(result.content),
    )


def _checked(content: Mapping[str, Any]) -> Checked:
    """Other models and checks; an estimate that an older version stored has none."""
    sexes, profile, checks = content.get("sexes"), content.get("profile"), content.get("checks") or {}
    return Checked(
        **{name: checks.get(name) for name in _CHECKS},
        session_windows=content.get("session_windows") or None,
        profile=estimate_from_json(profile) if profile else None,
        alike=fit_from_json(sexes["alike"]) if sexes else None,
        apart=fit_from_json(sexes["apart"]) if sexes else None,
    )


def _captures(survey: Survey, session: str) -> tuple[ImportedCapture, ...]:
    return tuple(capture for capture in survey.captures if capture.session == session)


def _inputs(project: Project) -> tuple[ReportInput, ...]:
    return tuple(
        ReportInput(kind=s.kind, name=s.name, sha256=s.sha256, n_rows=s.n_rows) for s in read_sources(project)
    )
