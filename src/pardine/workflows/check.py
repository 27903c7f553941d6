"""`pardine check`: what is wrong with the season's cards, clocks, cameras and sheets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from pardine.base.errors import InputError, Notice, warning
from pardine.exchange.photographs.thumbnails import thumbnail_path
from pardine.exchange.photographs.views import VIEW_CELLS, view_of
from pardine.exchange.verdict_table import findings_table
from pardine.exchange.verdict_table import read_verdicts as read_verdict_table
from pardine.language.translate import Language
from pardine.observe.check.finding import Finding, Verdict, open_findings
from pardine.observe.check.rules import RULES, run_checks
from pardine.observe.check.season import Season, moment_of
from pardine.observe.check_sheet import effort_from_visits
from pardine.observe.clock import ClockCheck, ClockRecord
from pardine.observe.deployment import Deployment
from pardine.observe.media_columns import MediaColumns
from pardine.report.check_page import CheckPage, write_check_page
from pardine.report.files import write_whole
from pardine.store.clock_records import read_clock_records
from pardine.store.deployments import read_deployments, read_visits
from pardine.store.media_season import read_media_columns
from pardine.store.project import DERIVED_NAME, Project, find_project, open_project
from pardine.store.slot_effort import read_slot_effort
from pardine.store.survey import read_survey
from pardine.store.verdicts import read_verdicts, save_verdicts
from pardine.workflows.effort import EffortSummary, summarise_effort
from pardine.workflows.sessions import stored_plans, table_survey
from pardine.workflows.strip_facts import read_strip_texts, settle_strips, with_strips, with_times_read
from pardine.workflows.watch import SILENT, Watcher

REPORTS_NAME, PAGE_NAME = "reports", "check.html"


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A season that was checked.

    Attributes
    ----------
    directory, name
        Of the project.
    at
        Local time of the check.
    n_deployments, n_media, n_visits
        What was looked at.
    findings
        All of them, in the order of the rules.
    verdicts
        That people recorded, those just read included.
    notices
        Faults of the sheets, and of the table of verdicts.
    n_new_verdicts
        Recorded now.
    rules
        Ids of those that were run.
    effort
        What the stations did, in days; ``None`` where nothing tells of any.
    """

    directory: Path
    name: str
    at: dt.datetime
    n_deployments: int
    n_media: int
    n_visits: int
    findings: tuple[Finding, ...]
    verdicts: tuple[Verdict, ...]
    notices: tuple[Notice, ...] = ()
    n_new_verdicts: int = 0
    rules: tuple[str, ...] = ()
    effort: EffortSummary | None = None

    @property
    def open(self) -> tuple[Finding, ...]:
        """Findings that nobody has settled."""
        return open_findings(self.findings, self.verdicts)

    def verdict_on(self, finding: Finding) -> Verdict | None:
        """What was said of a finding."""
        return next((verdict for verdict in self.verdicts if verdict.key == finding.key), None)


def check_project(
    directory: Path | None,
    *,
    rules: Sequence[str] = (),
    verdicts: Path | None = None,
    watch: Watcher = SILENT,
) -> Checked:
    """Run the rules on all that a project holds.

    Parameters
    ----------
    directory
        The project; ``None``: the one around the current folder.
    rules
        Ids of those to run; all by default.
    verdicts
        A table of findings in which people wrote verdicts: recorded first.

    Raises
    ------
    InputError
        ``check.unknown_rule``, or the table of verdicts is refused; nothing was recorded.
    ProjectError
        The project cannot be used.
    """
    with open_project(directory or find_project(Path.cwd())) as project:
        return check_in(project, rules=rules, verdicts=verdicts, watch=watch)


def check_in(
    project: Project,
    *,
    rules: Sequence[str] = (),
    verdicts: Path | None = None,
    watch: Watcher = SILENT,
) -> Checked:
    """Run the rules on all that an open project holds (see `check_project`)."""
    watch.stage("check")
    season, notices = read_season(project)
    findings = run_checks(season, only=tuple(rules) or None)
    n_new = 0
    if verdicts is not None:
        table = read_verdict_table(verdicts, known=[finding.key for finding in findings])
        n_new = save_verdicts(project, table.verdicts)
        settle_strips(project, season)
        notices = (*notices, *table.notices)
    if not (season.media.size or season.deployments or season.visits):
        notices = (*notices, warning("check.nothing_added"))
    watch.tell(notices)
    return Checked(
        directory=project.directory,
        name=project.settings.name,
        at=season.now,
        n_deployments=len(season.deployments),
        n_media=season.media.size,
        n_visits=len(season.visits),
        findings=findings,
        verdicts=with_times_read(findings, read_verdicts(project)),
        notices=notices,
        n_new_verdicts=n_new,
        rules=tuple(rules) or tuple(rule.id for rule in RULES),
        effort=summarise_effort(project),
    )


def write_verdict_table(checked: Checked, path: Path, sentence: Callable[[Notice], str]) -> None:
    """Write the findings as a table with a place for each verdict; one of before is replaced.

    Raises
    ------
    InputError
        ``check.table_unrecorded``: the table there holds verdicts that were not recorded;
        ``export.file_exists``: the file there is no table of findings. Neither is touched.
    ProjectError
        ``report.file_open``, ``report.cannot_write``.
    """
    if path.exists():
        _refuse_losing_verdicts(checked, path)
    write_whole(path, findings_table(checked.findings, verdicts=checked.verdicts, sentence=sentence))


def _refuse_losing_verdicts(checked: Checked, path: Path) -> None:
    try:
        written = read_verdict_table(path).verdicts
    except InputError as refusal:
        raise InputError("export.file_exists", file=str(path)) from refusal
    recorded = {verdict.key: verdict for verdict in checked.verdicts}
    lost = [verdict for verdict in written if not _says_the_same(verdict, recorded.get(verdict.key))]
    if lost:
        raise InputError("check.table_unrecorded", file=str(path), n=len(lost))


def _says_the_same(one: Verdict, other: Verdict | None) -> bool:
    told = [None if v is None else (v.answer, v.by, v.remark, v.time) for v in (one, other)]
    return told[0] == told[1]


def read_season(project: Project) -> tuple[Season, tuple[Notice, ...]]:
    """What the rules look at, and faults of the check sheets themselves."""
    deployments = read_deployments(project)
    media = with_strips(read_media_columns(project, deployments), read_strip_texts(project))
    media = _with_views(media, project.directory / DERIVED_NAME)
    clocks = read_clock_records(project)
    visits = read_visits(project)
    survey = read_survey(project)
    season = Season(
        deployments=deployments,
        media=media,
        now=dt.datetime.now().replace(microsecond=0),
        clocks=clocks,
        clock_checks={code: _reference_clocks(record) for code, record in clocks.items()},
        visits=visits,
        stations=tuple(
            dict.fromkeys([*(s.code for s in survey.stations), *(d.station for d in deployments)])
        ),
    )
    derived = effort_from_visits(visits, last_media=_last_media(season, deployments))
    # Sessions of photographs took their effort from the others: it would stand twice.
    brought = table_survey(survey, stored_plans(project)).effort
    told = (*read_slot_effort(project), *brought, *derived.intervals)
    return replace(season, effort=told), derived.notices


def _reference_clocks(record: ClockRecord) -> tuple[ClockCheck, ...]:
    """Photographs of a reference clock on which the corrections in force rest."""
    return tuple(dict.fromkeys(check for c in record.corrections for check in c.checks))


def _last_media(season: Season, deployments: Sequence[Deployment]) -> dict[str, dt.datetime]:
    """Local time of the last photograph of each deployment."""
    return {
        deployment.code: moment_of(float(times[-1]))
        for deployment, times in zip(deployments, season.times, strict=True)
        if times.size
    }


def _with_views(media: MediaColumns, derived: Path) -> MediaColumns:
    """Brightness, contrast and view of the media whose thumbnails were made."""
    view = np.full((media.size, VIEW_CELLS**2), np.nan)
    brightness, contrast = np.full(media.size, np.nan), np.full(media.size, np.nan)
    if not (derived / "thumbnail").is_dir():
        return media
    for row, sha256 in enumerate(media.sha256.tolist()):
        seen = view_of(thumbnail_path(derived, sha256)) if sha256 else None
        if seen is not None:
            brightness[row], contrast[row], view[row] = seen
    return replace(media, brightness=brightness, contrast=contrast, view=view)


def write_page(checked: Checked, path: Path | None, language: Language) -> Path:
    """Write the findings as an HTML page; by default among the reports of the project.

    Raises
    ------
    ProjectError
        ``report.file_open``, ``report.cannot_write``.
    """
    target = path or checked.directory / REPORTS_NAME / PAGE_NAME
    if path is None:
        target.parent.mkdir(parents=True, exist_ok=True)
    page = CheckPage(
        project_name=checked.name,
        at=checked.at,
        n_deployments=checked.n_deployments,
        n_media=checked.n_media,
        n_visits=checked.n_visits,
        findings=checked.findings,
        verdicts={verdict.key: verdict for verdict in checked.verdicts},
        sheet_notices=checked.notices,
        effort=checked.effort.of_stations if checked.effort else (),
        rules=[(rule.id, ", ".join(rule.needs)) for rule in RULES if rule.id in checked.rules],
        language=language,
    )
    write_check_page(page, target)
    return target
