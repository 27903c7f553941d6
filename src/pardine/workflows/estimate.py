"""`pardine estimate`: read the survey, fit, keep the result with its provenance."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pardine.base.errors import PardineError
from pardine.base.provenance import RunRecord, finite_or_none
from pardine.estimate.fit_json import fit_to_json
from pardine.store import runs
from pardine.store.project import Project, find_project, open_project
from pardine.store.results import save_result
from pardine.store.survey import read_survey, survey_input
from pardine.workflows.analysis import Analysis, analyse
from pardine.workflows.checks_json import checks_json
from pardine.workflows.request import EstimateRequest
from pardine.workflows.watch import SILENT, Watcher

ESTIMATE = "estimate"


@dataclass(frozen=True, kw_only=True, eq=False)
class Estimated:
    """An analysis and the run that kept it; ``run`` is ``None`` for a dry run."""

    analysis: Analysis
    run: RunRecord | None = None


def estimate_project(
    directory: Path | None,
    request: EstimateRequest,
    *,
    dry_run: bool = False,
    n_workers: int = 1,
    watch: Watcher = SILENT,
) -> Estimated:
    """Estimate density and abundance from what a project holds.

    Raises
    ------
    AnalysisError, InputError
        The data cannot carry the model, or the model cannot be read; the failed run is kept.
    ProjectError
        The project cannot be used.
    """
    with open_project(directory or find_project(Path.cwd())) as project:
        return estimate_in(project, request, dry_run=dry_run, n_workers=n_workers, watch=watch)


def estimate_in(
    project: Project,
    request: EstimateRequest,
    *,
    dry_run: bool = False,
    n_workers: int = 1,
    watch: Watcher = SILENT,
) -> Estimated:
    """Estimate in an open project (see `estimate_project`)."""
    watch.stage("estimate")
    survey = read_survey(project)
    if dry_run:
        return Estimated(analysis=analyse(survey, request, n_workers=n_workers, watch=watch))
    run = runs.start_run(project, ESTIMATE, request.as_dict(), inputs=[survey_input(survey)])
    try:
        analysis = analyse(survey, request, n_workers=n_workers, watch=watch)
        save_result(project, run, ESTIMATE, _content(analysis))
    except PardineError:
        runs.fail_run(project, run)
        raise
    return Estimated(analysis=analysis, run=runs.finish_run(project, run))


def _content(analysis: Analysis) -> dict[str, Any]:
    return {
        "fits": [fit_to_json(fit) for fit in analysis.fits],
        "density_change": finite_or_none(analysis.density_change),
        "profile": analysis.profile.as_dict() if analysis.profile else None,
        "sexes": analysis.sexes.as_dict() if analysis.sexes else None,
        "checks": checks_json(analysis.checks),
        "notices": [notice.as_dict() for notice in analysis.notices],
    }
