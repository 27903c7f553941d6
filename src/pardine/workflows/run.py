"""`pardine run`: add, estimate and report in one go; where no animal has a name, add and check."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pardine.base.errors import Notice, note
from pardine.exchange.generalise import Audience
from pardine.exchange.options import CardOptions
from pardine.exchange.survey_tables import ReadOptions
from pardine.language.translate import Language
from pardine.report.content import SimulatedTruth
from pardine.store.deployments import read_deployments
from pardine.store.media import media_counts
from pardine.store.named_sightings import count_species
from pardine.store.project import Project, create_project, open_project
from pardine.store.settings import SETTINGS_NAME
from pardine.store.survey import read_survey
from pardine.workflows.check import Checked, check_in, write_page
from pardine.workflows.estimate import Estimated, estimate_in
from pardine.workflows.ingest import Ingested, add_paths_to
from pardine.workflows.report import Reported, report_in
from pardine.workflows.request import EstimateRequest, SessionRequest
from pardine.workflows.watch import SILENT, Watcher

_PROJECT_SUFFIX = "-pardine"


@dataclass(frozen=True, kw_only=True, eq=False)
class Ran:
    """The outcome of the whole chain.

    Attributes
    ----------
    directory
        The project that keeps it.
    estimated, reported
        Outcomes of the stages.
    ingested
        What was added; ``None`` where something else added it.
    """

    directory: Path
    estimated: Estimated
    reported: Reported
    ingested: Ingested | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Unnamed:
    """Photographs of animals without names: added and checked, as far as the chain goes without them.

    Attributes
    ----------
    directory
        The project that keeps it.
    ingested, checked
        What was added, and what the check of the season found.
    page
        Of the check.
    notices
        What comes next.
    """

    directory: Path
    ingested: Ingested
    checked: Checked
    page: Path
    notices: tuple[Notice, ...]


def run_path(
    path: Path,
    directory: Path | None,
    options: ReadOptions,
    request: EstimateRequest,
    *,
    cards: CardOptions | None = None,
    forming: SessionRequest | None = None,
    name: str | None = None,
    audience: Audience = "public",
    language: Language = "en",
    truth: Sequence[SimulatedTruth] = (),
    n_workers: int = 1,
    watch: Watcher = SILENT,
) -> Ran | Unnamed:
    """Take tables, a package or photographs through the whole chain into a project.

    Parameters
    ----------
    path
        Folder with the tables of a survey, package or export of others, folder of photographs.
    directory
        The project; made if it is missing. ``None``: a new folder here, named after ``path``.
    options, cards
        What tables and folders do not say themselves.
    request
        What to estimate.
    forming
        The session of photographs that is asked for.
    name
        Of the project, if it is made; by default the folder's.
    audience, language
        Of the report.
    truth
        Of simulated surveys only.
    n_workers
        Processes that read photographs, and for checks that draw surveys.
    watch
        Told of each stage.

    Returns
    -------
    Ran or Unnamed
        Whether animals have names decides how far it goes.
    """
    called = _name_of(path)
    home = directory or Path.cwd() / f"{called}{_PROJECT_SUFFIX}"
    is_project = (home / SETTINGS_NAME).is_file()
    opened = open_project(home) if is_project else create_project(home, name=name or called)
    with opened as project:
        ingested = add_paths_to(
            project, [path], options, cards or CardOptions(), n_workers=n_workers, watch=watch
        )
        if _lacks_names(project):
            return _checked(project, ingested, language, watch)
        estimated = estimate_in(project, request, forming=forming, n_workers=n_workers, watch=watch)
        reported = report_in(project, audience=audience, language=language, truth=truth, watch=watch)
    return Ran(directory=home, ingested=ingested, estimated=estimated, reported=reported)


def look_at_path(
    path: Path,
    options: ReadOptions,
    request: EstimateRequest,
    *,
    cards: CardOptions | None = None,
    forming: SessionRequest | None = None,
    language: Language = "en",
    n_workers: int = 1,
    watch: Watcher = SILENT,
) -> Estimated | Unnamed:
    """As `run_path`, without a report, in a project that is gone afterwards."""
    with (
        tempfile.TemporaryDirectory() as folder,
        create_project(Path(folder) / "looked", name=_name_of(path)) as project,
    ):
        ingested = add_paths_to(
            project, [path], options, cards or CardOptions(), n_workers=n_workers, watch=watch
        )
        if _lacks_names(project):
            return _checked(project, ingested, language, watch)
        return estimate_in(project, request, forming=forming, n_workers=n_workers, watch=watch)


def _name_of(path: Path) -> str:
    whole = path.resolve()
    return whole.name if whole.is_dir() else whole.stem


def _lacks_names(project: Project) -> bool:
    """Whether photographs are there and no animal has a name, neither in tables nor in sightings."""
    if read_survey(project).captures or any(count.n_named for count in count_species(project)):
        return False
    return bool(read_deployments(project)) or bool(media_counts(project))


def _checked(project: Project, ingested: Ingested, language: Language, watch: Watcher) -> Unnamed:
    checked = check_in(project, watch=watch)
    facts = {"n": checked.n_media, "n_deployments": checked.n_deployments}
    return Unnamed(
        directory=project.directory,
        ingested=ingested,
        checked=checked,
        page=write_page(checked, None, language),
        notices=(note("run.names_missing", **facts),),
    )
