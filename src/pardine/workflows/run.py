"""`pardine run`: add, estimate and report in one go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pardine.exchange.generalise import Audience
from pardine.exchange.survey_tables import ReadOptions
from pardine.language.translate import Language
from pardine.report.content import SimulatedTruth
from pardine.store.project import create_project, open_project
from pardine.store.settings import SETTINGS_NAME
from pardine.workflows.add import Added, add_to
from pardine.workflows.estimate import Estimated, estimate_in
from pardine.workflows.report import Reported, report_in
from pardine.workflows.request import EstimateRequest
from pardine.workflows.watch import SILENT, Watcher

_PROJECT_SUFFIX = "-pardine"


@dataclass(frozen=True, kw_only=True, eq=False)
class Ran:
    """The outcome of the whole chain.

    Attributes
    ----------
    directory
        The project that keeps it.
    added, estimated, reported
        Outcomes of the stages.
    """

    directory: Path
    added: Added
    estimated: Estimated
    reported: Reported


def run_folder(
    path: Path,
    directory: Path | None,
    options: ReadOptions,
    request: EstimateRequest,
    *,
    name: str | None = None,
    audience: Audience = "public",
    language: Language = "en",
    truth: Sequence[SimulatedTruth] = (),
    n_workers: int = 1,
    watch: Watcher = SILENT,
) -> Ran:
    """Take the tables of a folder through the whole chain into a project.

    Parameters
    ----------
    path
        Folder with the tables of a survey.
    directory
        The project; made if it is missing. ``None``: a new folder here, named after ``path``.
    options
        What the tables do not say themselves.
    request
        What to estimate.
    name
        Of the project, if it is made; by default the folder's.
    audience, language
        Of the report.
    truth
        Of simulated surveys only.
    n_workers
        Processes for checks that draw surveys.
    watch
        Told of each stage.
    """
    home = directory or Path.cwd() / f"{path.resolve().name}{_PROJECT_SUFFIX}"
    is_project = (home / SETTINGS_NAME).is_file()
    opened = open_project(home) if is_project else create_project(home, name=name or path.resolve().name)
    with opened as project:
        added = add_to(project, [path], options, watch=watch)
        estimated = estimate_in(project, request, n_workers=n_workers, watch=watch)
        reported = report_in(project, audience=audience, language=language, truth=truth, watch=watch)
    return Ran(directory=home, added=added, estimated=estimated, reported=reported)
