"""What each command prints of its outcome, for people and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Console
from rich.table import Table

from pardine.base.errors import Notice
from pardine.base.result import Estimate
from pardine.cli import show
from pardine.cli.checks import print_checks
from pardine.estimate.fitted import Fit, SessionEstimates
from pardine.language.translate import Language
from pardine.language.words import Words
from pardine.workflows.analysis import Analysis
from pardine.workflows.analysis_json import analysis_json

if TYPE_CHECKING:
    # Types alone: their modules bring the database and the plots, which not every command needs.
    from pardine.store.upgrade import Upgraded
    from pardine.workflows.demo import Demonstrated
    from pardine.workflows.estimate import Estimated
    from pardine.workflows.report import Reported
    from pardine.workflows.results import ExportedResults
    from pardine.workflows.run import Ran
    from pardine.workflows.session_windows import OtherWindow


def show_analysis(
    analysis: Analysis, notices: Sequence[Notice], language: Language, *, as_json: bool
) -> None:
    """Estimates of every fit, with notices in words."""
    if as_json:
        show.result_json(analysis_json(analysis) | {"warnings": show.notices_json(notices, language)})
        return
    show.tell(notices, language)
    for fit in analysis.fits:
        _print_fit(fit, Words(language))
    if analysis.sexes is not None:
        _print_fit(analysis.sexes.alike, Words(language))
        _print_fit(analysis.sexes.apart, Words(language))
    print_checks(analysis.checks, analysis.fits[-1], Words(language))
    if analysis.profile is not None:
        show.result(
            Words(language).say(
                "Density by profile likelihood: {estimate} per 100 km²",
                estimate=_with_interval(analysis.profile, Words(language)),
            )
        )


def show_estimated(estimated: Estimated, language: Language, *, as_json: bool) -> None:
    """Estimates that a project keeps, or would keep."""
    analysis = estimated.analysis
    if as_json:
        show.result_json(_estimated_json(estimated, language))
    else:
        show_analysis(analysis, analysis.notices, language, as_json=False)
        if estimated.windows:
            _print(_windows_table(estimated.windows, Words(language)))


def _estimated_json(estimated: Estimated, language: Language) -> dict[str, Any]:
    return {
        **analysis_json(estimated.analysis),
        "session_windows": [window.as_dict() for window in estimated.windows],
        "run": estimated.run.uid if estimated.run else None,
        "warnings": show.notices_json(estimated.analysis.notices, language),
    }


def _windows_table(windows: Sequence[OtherWindow], words: Words) -> Table:
    table = Table(title=words.say("Other windows of the session"), box=box.SIMPLE_HEAD)
    table.add_column(words.say("survey"))
    headings = (
        words.say("first noon"),
        words.say("days"),
        words.say("animals"),
        words.say("detections"),
        words.say("recaptured"),
        words.say("station-days"),
        words.say("per 100 km²"),
    )
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=True)
    for window in windows:
        found, density = window.found, window.density_per_100km2
        table.add_row(
            window.session,
            f"{found.first_noon}{' *' if window.is_chosen else ''}",
            str(found.n_days),
            str(found.n_animals),
            str(found.n_detections),
            str(found.n_recaptured),
            words.number(found.station_days, 0),
            _with_interval(density, words) if density else "–",
        )
    return table


def show_reported(reported: Reported, language: Language, *, as_json: bool) -> None:
    """Where the report is."""
    files = [str(file) for file in reported.files]
    if as_json:
        show.result_json({"files": files, "warnings": show.notices_json(reported.notices, language)})
        return
    show.tell(reported.notices, language)
    for file in files:
        show.result(file)


def show_exported_results(exported: ExportedResults, language: Language, *, as_json: bool) -> None:
    """Where the results are, and who may see them."""
    files = [str(file) for file in exported.files]
    if as_json:
        show.result_json({"files": files, "warnings": show.notices_json(exported.notices, language)})
        return
    show.tell(exported.notices, language)
    for file in files:
        show.result(file)


def show_run(ran: Ran, language: Language, *, as_json: bool) -> None:
    """Outcome of the whole chain."""
    files = [str(file) for file in ran.reported.files]
    if as_json:
        outcome = _estimated_json(ran.estimated, language)
        show.result_json(outcome | {"project": str(ran.directory), "report": files})
        return
    show_estimated(ran.estimated, language, as_json=False)
    show_reported(ran.reported, language, as_json=False)


def show_demo(demo: Demonstrated, language: Language, *, as_json: bool) -> None:
    """Simulated truth beside the estimate, and where the report is."""
    estimates = demo.ran.estimated.analysis.fits[0].sessions[0]
    truth = {
        "density_per_100km2": demo.truth.density_per_100km2,
        "n_animals": float(demo.truth.n_animals),
    }
    files = [str(file) for file in demo.ran.reported.files]
    if as_json:
        show.result_json(
            {
                "simulated": True,
                "truth": truth,
                "identities": "simulated truth",
                "photographs": demo.simulated.n_photographs,
                "faults_planted": demo.faults_planted,
                "findings_open": len(demo.checked.open),
                **_estimated_json(demo.ran.estimated, language),
                "project": str(demo.ran.directory),
                "report": files,
            }
        )
        return
    words = Words(language)
    show.result(
        words.say(
            "{photographs} simulated photographs; {faults} faults of clocks, cards and flashes were planted; "
            "pardine check has {findings} findings.",
            photographs=demo.simulated.n_photographs,
            faults=sum(demo.faults_planted.values()),
            findings=len(demo.checked.open),
        )
    )
    _print_truth(truth, estimates, words)
    show_reported(demo.ran.reported, language, as_json=False)


def _print_truth(truth: Mapping[str, float], estimates: SessionEstimates, words: Words) -> None:
    table = Table(title=words.say("A simulated survey: truth beside the estimate"), box=box.SIMPLE_HEAD)
    table.add_column("")
    for heading in (words.say("truth (simulated)"), words.say("estimate and interval")):
        table.add_column(heading, justify="right")
    rows = (
        (words.say("animals per 100 km²"), truth["density_per_100km2"], estimates.density_per_100km2),
        (words.say("independent animals in the region"), truth["n_animals"], estimates.n_realised_whole),
    )
    for name, true, estimate in rows:
        table.add_row(name, words.significant(true), _with_interval(estimate, words))
    _print(table)


def show_upgraded(upgraded: Upgraded | None, language: Language, *, as_json: bool) -> None:
    """From which revision to which, and where the backup is."""
    words = Words(language)
    if as_json:
        facts = {"before": upgraded.before, "after": upgraded.after} if upgraded else {}
        show.result_json(
            {"upgraded": upgraded is not None, **facts, "backup": str(upgraded.backup) if upgraded else None}
        )
    elif upgraded is None:
        show.result(words.say("The project is up to date."))
    else:
        show.result(
            words.say(
                "Upgraded from {before} to {after}. Backup: {backup}",
                before=upgraded.before,
                after=upgraded.after,
                backup=upgraded.backup,
            )
        )


def show_examined(notices: Sequence[Notice], language: Language, *, as_json: bool) -> None:
    """What the doctor found; leaves with 1 where something is wrong."""
    if as_json:
        show.result_json({"healthy": not _errors(notices), "findings": show.notices_json(notices, language)})
    else:
        show.tell(notices, language)
        words, n_wrong = Words(language), len(_errors(notices))
        wrong = words.plural("{n} thing is wrong.", "{n} things are wrong.", n_wrong)
        show.result(wrong if n_wrong else words.say("Nothing is wrong."))
    if _errors(notices):
        raise SystemExit(1)


def _errors(notices: Iterable[Notice]) -> list[Notice]:
    return [notice for notice in notices if notice.severity == "error"]


def _print_fit(fit: Fit, words: Words) -> None:
    predictors = ", ".join(f"{p.name} ~ {' + '.join(p.terms) or '1'}" for p in fit.spec.parameters)
    predictors += f", hcov = {fit.spec.hcov}" if fit.spec.hcov else ""
    table = Table(
        box=box.SIMPLE_HEAD,
        title=f"{fit.spec.detection}: {predictors}",
        caption=words.say(
            "log-likelihood {log_likelihood}, {n} parameters, AIC {aic}",
            log_likelihood=words.number(fit.log_likelihood, 3),
            n=fit.n_parameters,
            aic=words.number(fit.aic, 2),
        ),
    )
    table.add_column(words.say("survey"), no_wrap=True)
    headings = (
        words.say("animals"),
        words.say("detections"),
        words.say("per 100 km²"),
        words.say("N in the region"),
    )
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=True)
    for session in fit.sessions:
        table.add_row(
            session.session,
            str(session.n_animals),
            str(session.n_detections),
            _with_interval(session.density_per_100km2, words),
            _with_interval(session.n_realised_whole, words),
        )
    _print(table)


def _with_interval(estimate: Estimate, words: Words) -> str:
    value, lower, upper = map(words.significant, (estimate.value, estimate.lower, estimate.upper))
    return f"{value} ({lower}–{upper})"


def _print(table: Table) -> None:
    Console(highlight=False).print(table)
