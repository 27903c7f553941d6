"""An estimate straight from tables: nothing is kept, for scripts and for a first look."""

from __future__ import annotations

from pathlib import Path

from pardine.base.errors import Notice
from pardine.exchange.survey_tables import ReadOptions, read_survey
from pardine.workflows.analysis import Analysis, analyse
from pardine.workflows.request import EstimateRequest
from pardine.workflows.watch import SILENT, Watcher


def look_at_folder(
    path: Path,
    options: ReadOptions,
    request: EstimateRequest,
    *,
    n_workers: int = 1,
    watch: Watcher = SILENT,
) -> tuple[Analysis, tuple[Notice, ...]]:
    """Estimate from the tables of a folder without a project.

    Returns
    -------
    analysis : Analysis
    notices : tuple of Notice
        What was understood of the tables.

    Raises
    ------
    InputError
        The tables are refused, or the model cannot be read.
    AnalysisError
        The data cannot carry the model.
    """
    watch.stage("read")
    brought = read_survey([path], options)
    watch.tell(brought.notices)
    watch.stage("estimate")
    return analyse(brought.survey, request, n_workers=n_workers, watch=watch), brought.notices
