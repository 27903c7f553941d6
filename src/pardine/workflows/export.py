"""`pardine export`: everything that was added, as clean tables and as the original bytes."""

from __future__ import annotations

from pathlib import Path

from pardine.exchange.survey_export import export_survey
from pardine.store.project import find_project, open_project
from pardine.store.survey import read_sources, read_survey
from pardine.workflows.effort import write_usage


def export_project(directory: Path | None, out: Path) -> tuple[Path, ...]:
    """Write every added row to a new folder, and the usage of the stations of photographs with its causes.

    Returns
    -------
    tuple of Path
        The files written.

    Raises
    ------
    InputError
        The folder exists and is not empty.
    ProjectError
        The project cannot be used.
    """
    with open_project(directory or find_project(Path.cwd())) as project:
        files = export_survey(read_survey(project), read_sources(project), out)
        return (*files, *write_usage(project, out))
