"""What each command prints of its outcome, for people and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Console
from rich.table import Table

from pardine.base.errors import Notice
from pardine.base.result import Estimate
from pardine.cli import show
from pardine.estimate.fitted import Fit
from pardine.language.translate import Language
from pardine.workflows.analysis import Analysis
from pardine.workflows.analysis_json import analysis_json

if TYPE_CHECKING:
    # Types alone: their modules bring the database and the plots, which not every command needs.
    from pardine.store.upgrade import Upgraded
    from pardine.workflows.add import Added
    from pardine.workflows.demo import Demonstrated
    from pardine.workflows.estimate import Estimated
    from pardine.workflows.report import Reported
    from pardine.workflows.run import Ran


def show_added(added: Added, language: Language, *, as_json: bool) -> None:
    """What was understood of the tables and what was stored, or would be."""
    if as_json:
        show.result_json(_added_json(added, language))
    else:
        _print_saved(added)


def _print_saved(added: Added) -> None:
    verb = "Stored" if added.run else "Would store (dry run)"
    changes = added.saved.as_dict()
    for name in ("added", "completed", "replaced", "withdrawn", "already_there"):
        counted = ", ".join(f"{n} {kind.replace('_', ' ')}" for kind, n in changes[name].items() if n)
        if counted:
            show.result(f"{verb}: {name.replace('_', ' ')}: {counted}")


def _added_json(added: Added, language: Language) -> dict[str, Any]:
    return {
        "dry_run": added.run is None,
        "tables": [
            {"name": s.name, "kind": s.kind, "rows": s.n_rows, "sha256": s.sha256, "encoding": s.encoding}
            for s in added.brought.sources
        ],
        "stored": added.saved.as_dict(),
        "run": added.run.uid if added.run else None,
        "warnings": show.notices_json(added.brought.notices, language),
    }


def show_analysis(
    analysis: Analysis, notices: Sequence[Notice], language: Language, *, as_json: bool
) -> None:
    """Estimates of every fit, with notices in words."""
    if as_json:
        show.result_json(analysis_json(analysis) | {"warnings": show.notices_json(notices, language)})
        return
    show.tell(notices, language)
    for fit in analysis.fits:
        _print_fit(fit)
    if analysis.profile is not None:
        show.result(
            f"Density by profile likelihood: {_with_interval(analysis.profile)} {analysis.profile.unit}"
        )


def show_estimated(estimated: Estimated, language: Language, *, as_json: bool) -> None:
    """Estimates that a project keeps, or would keep."""
    analysis = estimated.analysis
    if as_json:
        show.result_json(_estimated_json(estimated, language))
    else:
        show_analysis(analysis, analysis.notices, language, as_json=False)


def _estimated_json(estimated: Estimated, language: Language) -> dict[str, Any]:
    return {
        **analysis_json(estimated.analysis),
        "run": estimated.run.uid if estimated.run else None,
        "warnings": show.notices_json(estimated.analysis.notices, language),
    }


def show_reported(reported: Reported, language: Language, *, as_json: bool) -> None:
    """Where the report is."""
    files = [str(file) for file in reported.files]
    if as_json:
        show.result_json({"files": files, "warnings": show.notices_json(reported.notices, language)})
        return
    show.tell(reported.notices, language)
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
    rows = [
        ("density, animals per 100 km²", demo.truth.density_per_100km2, estimates.density_per_100km2),
        ("independent animals in the region", float(demo.truth.n_animals), estimates.n_realised),
    ]
    files = [str(file) for file in demo.ran.reported.files]
    if as_json:
        show.result_json(
            {
                "simulated": True,
                "truth": {name: truth for name, truth, _ in rows},
                **_estimated_json(demo.ran.estimated, language),
                "project": str(demo.ran.directory),
                "report": files,
            }
        )
        return
    table = Table(title="A simulated survey: truth beside the estimate", box=box.SIMPLE_HEAD)
    for heading in ("", "truth (simulated)", "estimate", "95 % interval"):
        table.add_column(heading, justify="left" if not heading else "right")
    for name, truth, estimate in rows:
        table.add_row(
            name, f"{truth:.3g}", f"{estimate.value:.3g}", f"{estimate.lower:.3g} – {estimate.upper:.3g}"
        )
    _print(table)
    show.result(f"Report: {files[0]}")
    for file in files[1:]:
        show.result(f"        {file}")


def show_upgraded(upgraded: Upgraded | None, *, as_json: bool) -> None:
    """From which revision to which, and where the backup is."""
    if as_json:
        facts = {"before": upgraded.before, "after": upgraded.after} if upgraded else {}
        show.result_json(
            {"upgraded": upgraded is not None, **facts, "backup": str(upgraded.backup) if upgraded else None}
        )
    elif upgraded is None:
        show.result("The project is up to date.")
    else:
        show.result(f"Upgraded from {upgraded.before} to {upgraded.after}. Backup: {upgraded.backup}")


def show_examined(notices: Sequence[Notice], language: Language, *, as_json: bool) -> None:
    """What the doctor found; leaves with 1 where something is wrong."""
    if as_json:
        show.result_json({"healthy": not _errors(notices), "findings": show.notices_json(notices, language)})
    else:
        show.tell(notices, language)
        show.result(
            "Nothing is wrong." if not _errors(notices) else f"{len(_errors(notices))} things are wrong."
        )
    if _errors(notices):
        raise SystemExit(1)


def _errors(notices: Iterable[Notice]) -> list[Notice]:
    return [notice for notice in notices if notice.severity == "error"]


def _print_fit(fit: Fit) -> None:
    predictors = ", ".join(f"{p.name} ~ {' + '.join(p.terms) or '1'}" for p in fit.spec.parameters)
    table = Table(
        box=box.SIMPLE_HEAD,
        title=f"{fit.spec.detection}: {predictors}",
        caption=f"log-likelihood {fit.log_likelihood:.3f}, {fit.n_parameters} parameters, AIC {fit.aic:.2f}",
    )
    for heading in ("session", "animals", "detections", "per 100 km²", "N in the region"):
        table.add_column(heading, justify="left" if heading == "session" else "right", no_wrap=True)
    for session in fit.sessions:
        table.add_row(
            session.session,
            str(session.n_animals),
            str(session.n_detections),
            _with_interval(session.density_per_100km2),
            _with_interval(session.n_realised),
        )
    _print(table)


def _with_interval(estimate: Estimate) -> str:
    return f"{estimate.value:.3g} ({estimate.lower:.3g}–{estimate.upper:.3g})"


def _print(table: Table) -> None:
    Console(highlight=False).print(table)
