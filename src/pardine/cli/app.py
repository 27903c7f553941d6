"""`pardine`: the commands, in the order the work is done.

Imports of the workflows stand inside the commands so that `pardine --help` answers at once; this
is the one border where that is allowed.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pardine import __version__
from pardine.base.errors import PardineError
from pardine.cli import options, show

if TYPE_CHECKING:
    from pardine.exchange.generalise import Audience
    from pardine.exchange.options import CardOptions, ReadOptions
    from pardine.language.translate import Language
    from pardine.workflows.request import CheckRequest, EstimateRequest, SessionRequest

app = typer.Typer(
    name="pardine",
    help="Counts every leopard once: a survey in, a population estimate with honest uncertainty out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def main() -> None:
    """Run the command line; a person's error becomes words and an exit code."""
    show.use_utf8()
    try:
        app()
    except PardineError as error:
        show.fail(error, show.chosen_language(_language_argument()), as_json="--json" in sys.argv)


def _language_argument() -> str | None:
    """The value of ``--lang``, found even where the command failed before it was parsed."""
    for position, word in enumerate(sys.argv):
        if word == "--lang" and position + 1 < len(sys.argv):
            return sys.argv[position + 1]
        if word.startswith("--lang="):
            return word.removeprefix("--lang=")
    return None


@app.callback(invoke_without_command=True)
def about(
    version: Annotated[bool, typer.Option("--version", help="Print the version and leave.")] = False,
) -> None:
    """Options of pardine itself."""
    if version:
        show.result(f"pardine {__version__}")
        raise typer.Exit


@app.command()
def demo(
    out: Annotated[Path, typer.Option("--out", help="Folder to make.")] = Path("pardine-demo"),
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of the simulation.")] = 2026,
    json: options.Json = False,
    lang: options.Language = None,
) -> None:
    """Take a small simulated survey through the whole chain; show truth beside the estimate."""
    from pardine.cli.summary import show_demo
    from pardine.workflows.demo import run_demo

    language = show.chosen_language(lang)
    with show.watcher(language, quiet=json) as watch:
        outcome = run_demo(out, seed=seed, language=language, watch=watch)
    show_demo(outcome, language, as_json=json)


@app.command()
def new(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to make.")],
    name: Annotated[
        str | None, typer.Option("--name", help="Name of the project. Default: the folder's.")
    ] = None,
    database: options.Database = None,
    json: options.Json = False,
    lang: options.Language = None,
) -> None:
    """Make an empty project."""
    from pardine.workflows.new import new_project

    made = new_project(directory, name=name, database_url=database)
    if json:
        show.result_json(made)
    else:
        show.result(f"{made['name']}: {made['directory']}")


@app.command()
def add(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH...",
            help="Tables or folders of them, check sheets, folders of photographs and video, Camtrap DP "
            "packages, Wildlife Insights exports, MegaDetector results, camtrapR tables.",
        ),
    ],
    project: options.Project = None,
    pattern: options.Pattern = None,
    folder_name: options.FolderName = "",
    utc_offset: options.UtcOffset = None,
    crs: options.Crs = None,
    detector: options.Detector = None,
    mask: options.Masks = None,
    assume_full_effort: options.FullEffort = False,
    replace: Annotated[
        bool,
        typer.Option(
            "--replace",
            help="Let corrected rows take the place of earlier ones, and read photographs again; what was "
            "stored stays readable.",
        ),
    ] = False,
    thumbnails: Annotated[
        bool,
        typer.Option("--thumbnails", help="Make thumbnails, by which moved and blocked views are found."),
    ] = False,
    workers: options.Workers = 1,
    dry_run: options.DryRun = False,
    json: options.Json = False,
    lang: options.Language = None,
) -> None:
    """Add tables, photographs or packages: recognised, checked, reported, then stored.

    Tables are stored all or not at all. Photographs are stored in batches: an ingest that was broken
    off goes on where it was when the command is given again. Originals are never changed.
    """
    from pardine.cli.ingested import show_ingested
    from pardine.exchange.options import CardOptions, ReadOptions
    from pardine.workflows.ingest import add_paths

    reading = ReadOptions(
        crs=crs,
        detector_type=detector.value if detector else None,
        assume_full_effort=assume_full_effort,
        mask_paths=tuple(mask or ()),
    )
    cards = CardOptions(pattern=pattern, folder=folder_name, utc_offset_min=utc_offset, thumbnails=thumbnails)
    language = show.chosen_language(lang)
    with show.watcher(language, quiet=json) as watch:
        outcome = add_paths(
            project, paths, reading, cards, n_workers=workers, dry_run=dry_run, replace=replace, watch=watch
        )
    show_ingested(outcome, language, as_json=json, dry_run=dry_run)


@app.command()
def check(
    project: options.Project = None,
    rule: Annotated[
        list[str] | None,
        typer.Option("--rule", metavar="ID", help="Only this rule; may be repeated. Default: all."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="The HTML page. Default: reports/check.html."),
    ] = None,
    csv: Annotated[
        Path | None,
        typer.Option("--csv", metavar="FILE", help="Table of the findings with a place for verdicts."),
    ] = None,
    verdicts: Annotated[
        Path | None,
        typer.Option("--verdicts", metavar="FILE", help="Such a table with verdicts: record them."),
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Leave with 1 while errors are open, for scripts.")
    ] = False,
    json: options.Json = False,
    lang: options.Language = None,
) -> None:
    """Tell what is wrong with the season's cards, clocks, cameras and sheets while it can be mended."""
    from pardine.cli.season import show_checked
    from pardine.language.translate import sentence
    from pardine.workflows.check import check_project, write_page, write_verdict_table

    language = show.chosen_language(lang)
    with show.watcher(language, quiet=json) as watch:
        checked = check_project(project, rules=rule or (), verdicts=verdicts, watch=watch)
    if csv is not None:
        write_verdict_table(checked, csv, lambda notice: sentence(notice, language))
    page = write_page(checked, out, language)
    show_checked(checked, page, csv, language, as_json=json)
    if strict and any(finding.severity == "error" for finding in checked.open):
        raise typer.Exit(1)


@app.command()
def clock(
    deployment: Annotated[
        str | None,
        typer.Argument(metavar="DEPLOYMENT", help="Left out: list the clocks that are in doubt."),
    ] = None,
    project: options.Project = None,
    offset_s: Annotated[float | None, typer.Option("--offset-s", help="Seconds to add.")] = None,
    twelve_hours: Annotated[
        options.AheadChoice | None,
        typer.Option("--twelve-hours", help="The camera is half a day ahead or behind."),
    ] = None,
    day_and_month: Annotated[
        bool, typer.Option("--day-and-month", help="Day and month were read in the wrong order.")
    ] = False,
    reference: Annotated[
        list[str] | None,
        typer.Option(
            "--reference",
            metavar="SHOWN=TRUE",
            help="What the camera showed and what the time was; two a day apart or more tell a drift.",
        ),
    ] = None,
    photograph: Annotated[
        list[str] | None,
        typer.Option(
            "--photograph",
            metavar="FILE=TRUE",
            help="A photograph of a reference clock and the time that it shows; at both ends for a drift.",
        ),
    ] = None,
    utc_offset: options.ClockOffset = None,
    strips: Annotated[
        bool,
        typer.Option("--strips", help="Read the info strips of about five photographs a deployment."),
    ] = False,
    note: Annotated[str, typer.Option("--note", help="What shows that the clock was wrong.")] = "",
    apply: Annotated[
        bool, typer.Option("--apply", help="Correct it; without, show what would change.")
    ] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Take the latest correction back.")] = False,
    json: options.Json = False,
    lang: options.Language = None,
) -> None:
    """Correct the clock of a camera: see what would change, apply it with a note, take it back.

    Without a kind of correction, the one that pardine check proposes is meant.
    """
    from pardine.cli import season
    from pardine.workflows import clocks

    language = show.chosen_language(lang)
    request = clocks.ClockRequest(
        offset_s=offset_s,
        twelve_hours=twelve_hours.value if twelve_hours else None,
        day_and_month=day_and_month,
        references=tuple(reference or ()),
        photographs=tuple(photograph or ()),
        reason=note,
    )
    if strips:
        # The reader of print takes a second to import, and is an extra.
        from pardine.workflows.strips import read_strips

        with show.watcher(language, quiet=json) as watch:
            read = read_strips(project, deployment, watch=watch)
        season.show_strips(read, language, as_json=json)
    elif utc_offset is not None:
        request.refuse_beside_offset()
        if undo and deployment is not None:
            change = clocks.undo_clock_offset(project, deployment)
        else:
            change = clocks.offset_clocks(project, deployment, utc_offset, apply=apply)
        season.show_offsets(change, language, as_json=json)
    elif deployment is None:
        season.show_clocks(clocks.doubtful_clocks(project), language, as_json=json)
    elif undo:
        season.show_clock_change(clocks.undo_clock(project, deployment), language, as_json=json)
    elif apply:
        season.show_clock_change(clocks.correct_clock(project, deployment, request), language, as_json=json)
    else:
        season.show_preview(clocks.preview_clock(project, deployment, request), language, as_json=json)


@app.command()
def identify(
    project: options.Project = None,
    species: Annotated[
        str | None,
        typer.Option("--species", help="Whom to identify, as sightings name it. Default: the only species."),
    ] = None,
    sightings: Annotated[
        Path | None,
        typer.Option(
            "--sightings",
            metavar="FILE",
            help="Table of animals on photographs, added first: file; where known species, side, count, box.",
        ),
    ] = None,
    unseen_animals: Annotated[
        float,
        typer.Option("--unseen-animals", min=0.1, help="Expected number of animals never photographed."),
    ] = 5.0,
    prefix: Annotated[str, typer.Option("--prefix", help="Of names of new animals.")] = "ID",
    questions: Annotated[
        Path | None,
        typer.Option("--questions", metavar="FILE", help="Write the next questions into this new table."),
    ] = None,
    sheets: Annotated[
        Path | None,
        typer.Option("--sheets", metavar="DIR", help="With a sheet of photographs for each question."),
    ] = None,
    n_questions: Annotated[int, typer.Option("--n", min=1, help="Questions of a sitting.")] = 30,
    known_share: Annotated[
        float,
        typer.Option("--known", min=0.0, max=1.0, help="Share of questions whose answer is known, mixed in."),
    ] = 0.1,
    audit_share: Annotated[
        float,
        typer.Option("--audit", min=0.0, max=1.0, help="Share of questions that chance chooses."),
    ] = 0.0,
    stop_at: Annotated[
        float,
        typer.Option("--stop-at", min=0.0, help="Wrong splits, and wrong merges, that may be left."),
    ] = 1.0,
    verdicts: Annotated[
        Path | None,
        typer.Option(
            "--verdicts", metavar="FILE", help="Such a table with verdicts: record them, group anew."
        ),
    ] = None,
    by: Annotated[str, typer.Option("--by", help="Who gave the verdicts or statements.")] = "",
    explain: Annotated[
        str | None,
        typer.Option("--explain", metavar="NAME", help="Show the pairs that an animal rests on."),
    ] = None,
    catalogue: Annotated[
        Path | None,
        typer.Option("--catalogue", metavar="FILE", help="Write the animals into this new table."),
    ] = None,
    statements: Annotated[
        Path | None,
        typer.Option(
            "--statements",
            metavar="FILE",
            help="Such a table with names, sexes, age classes, mothers or passages: record them.",
        ),
    ] = None,
    histories: Annotated[
        Path | None,
        typer.Option(
            "--histories",
            metavar="DIR",
            help="Write capture histories: left flanks, right flanks, animals known from both.",
        ),
    ] = None,
    audit_names: Annotated[
        bool, typer.Option("--audit-names", help="List the names given by people that coats contradict most.")
    ] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Take back what a person decided last.")] = False,
    resume: Annotated[
        bool,
        typer.Option("--resume", help="Go on with a run that was broken off; every run does so by itself."),
    ] = False,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of the draws of groups.")] = 2026,
    workers: options.Workers = 1,
    dry_run: options.DryRun = False,
    json: options.Json = False,
    lang: options.Language = None,
) -> None:
    """Propose who is who on the photographs of a species, and ask people only what matters.

    Photographs are compared flank by flank; groups come with probabilities. --questions writes what to
    ask next, --verdicts takes the answers. Work that was done is never done again.
    """
    from pardine.cli.identify import (
        show_asked,
        show_explained,
        show_identified,
        show_suspicious,
        show_written,
    )
    from pardine.identify.review import StopRule
    from pardine.workflows import catalogue as animals
    from pardine.workflows import questions as asking
    from pardine.workflows.histories import histories_of_project
    from pardine.workflows.identify import IdentifyRequest, identify_project, regroup_project

    del resume  # nothing has to be switched on: what was done is found by what it was made from
    language = show.chosen_language(lang)
    request = IdentifyRequest(
        species=species, sightings=sightings, unseen_animals=unseen_animals, prefix=prefix, seed=seed
    )
    if explain is not None:
        show_explained(asking.explain(project, explain, request), language, as_json=json)
        return
    if audit_names:
        show_suspicious(animals.audit_names(project), language, as_json=json)
        return
    if catalogue is not None:
        animals.write_catalogue(project, catalogue)
        show_written([catalogue], as_json=json)
        return
    if histories is not None:
        show_written(histories_of_project(project, histories), as_json=json)
        return
    with show.watcher(language, quiet=json) as watch:
        if questions is not None:
            stop = StopRule(wrong_splits=stop_at, wrong_merges=stop_at)
            chosen = asking.QuestionOptions(
                n=n_questions, known_share=known_share, audit_share=audit_share, stop=stop
            )
            asked = asking.ask(project, questions, sheets, request, chosen, watch=watch)
        elif verdicts is not None:
            outcome, n_new = asking.take_verdicts(
                project, verdicts, request, by=by, dry_run=dry_run, watch=watch
            )
        elif statements is not None or undo:
            if statements is not None:
                animals.take_statements(project, statements, by=by)
            else:
                animals.take_back(project, by=by)
            outcome, n_new = regroup_project(project, request), None
        else:
            outcome = identify_project(project, request, n_workers=workers, dry_run=dry_run, watch=watch)
            n_new = None
    if questions is not None:
        show_asked(asked, language, as_json=json)
    else:
        show_identified(outcome, language, as_json=json, n_verdicts=n_new)


@app.command()
def estimate(
    project: options.Project = None,
    session: options.Sessions = None,
    species: options.Species = None,
    session_start: options.SessionStart = None,
    session_days: options.SessionDays = None,
    session_reason: options.SessionReason = "",
    occasion_days: options.OccasionDays = None,
    independence_min: options.Independence = None,
    detector: options.Detector = None,
    detection: options.Detection = None,
    model: options.Model = None,
    likelihood: options.Likelihood = options.LikelihoodChoice.FULL,
    buffer_m: options.Buffer = None,
    spacing_m: options.Spacing = None,
    level: options.Level = 0.95,
    profile: options.Profile = False,
    compare: options.Compare = None,
    goodness: options.Goodness = 0,
    bootstrap: options.Bootstrap = 0,
    ghosts: options.Ghosts = False,
    windows: options.Windows = False,
    identity: options.Identity = options.IdentityChoice.CERTAIN,
    passages: options.PassageTable = None,
    pair_evidence: options.PairTable = None,
    draws: options.IdentityDraws = 1000,
    seed: options.CheckSeed = 2026,
    workers: options.Workers = 1,
    dry_run: options.DryRun = False,
    json: options.Json = False,
    lang: options.Language = None,
) -> None:
    """Estimate density and abundance by spatial capture-recapture.

    From tables of captures as they are. From photographs and packages in which animals have names, a
    session is put together first: stations and effort within a window of days, independent detections
    of one species. --session then names it; the window, its reason and what follows are kept, and
    brought up to date when more is added.

    With --identity uncertain, which passages are one animal is estimated together with density, from a
    table of passages and one of evidence between pairs: how many animals, which passages are in doubt,
    and how much of the interval is due to that.
    """
    if identity is options.IdentityChoice.UNCERTAIN or passages or pair_evidence:
        from pardine.cli.identity import estimate_identities

        estimate_identities(
            project,
            identity is options.IdentityChoice.UNCERTAIN,
            passages=passages,
            pairs=pair_evidence,
            session=session,
            model=model,
            detection=detection.value if detection else None,
            buffer_m=buffer_m,
            spacing_m=spacing_m,
            level=level,
            seed=seed,
            n_draws=draws,
            n_workers=workers,
            dry_run=dry_run,
            as_json=json,
            language=show.chosen_language(lang),
        )
        return
    from pardine.cli.summary import show_estimated
    from pardine.workflows.estimate import estimate_project
    from pardine.workflows.request import EstimateRequest, SessionRequest

    request = EstimateRequest(
        sessions=tuple(session or ()),
        detection=detection.value if detection else None,
        model=model,
        likelihood=likelihood.value,
        buffer_m=buffer_m,
        spacing_m=spacing_m,
        level=level,
        profile=profile,
        checks=_checks(compare, goodness, bootstrap, ghosts, windows, seed),
    )
    forming = SessionRequest(
        name=session[0] if session else None,
        species=species,
        starts_on=session_start,
        n_days=session_days,
        reason=session_reason,
        occasion_days=occasion_days,
        independence_min=independence_min,
        detector_type=detector.value if detector else None,
    )
    language = show.chosen_language(lang)
    with show.watcher(language, quiet=json) as watch:
        outcome = estimate_project(
            project, request, forming=forming, dry_run=dry_run, n_workers=workers, watch=watch
        )
    show_estimated(outcome, language, as_json=json)


def _checks(
    compare: list[str] | None, goodness: int, bootstrap: int, ghosts: bool, windows: bool, seed: int
) -> CheckRequest:
    from pardine.workflows.request import CheckRequest

    return CheckRequest(
        compare=tuple(compare or ()),
        n_goodness=goodness,
        n_bootstrap=bootstrap,
        ghosts=ghosts,
        windows=windows,
        seed=seed,
    )


@app.command()
def report(
    project: options.Project = None,
    audience: options.Audience = options.AudienceChoice.PUBLIC,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for the files. Default: reports in the project.")
    ] = None,
    json: options.Json = False,
    lang: options.Language = None,
) -> None:
    """Write the report of the latest estimate as HTML and PDF."""
    from pardine.cli.summary import show_reported
    from pardine.workflows.report import report_project

    language = show.chosen_language(lang)
    with show.watcher(language, quiet=json) as watch:
        reported = report_project(project, audience=audience.value, language=language, out=out, watch=watch)
    show_reported(reported, language, as_json=json)


@app.command()
def run(
    path: Annotated[
        Path,
        typer.Argument(
            metavar="PATH",
            help="Folder with the tables of a survey, package or export of others, folder of photographs.",
        ),
    ],
    project: options.Project = None,
    pattern: options.Pattern = None,
    utc_offset: options.UtcOffset = None,
    crs: options.Crs = None,
    detector: options.Detector = None,
    mask: options.Masks = None,
    assume_full_effort: options.FullEffort = False,
    session: options.Sessions = None,
    species: options.Species = None,
    session_start: options.SessionStart = None,
    session_days: options.SessionDays = None,
    session_reason: options.SessionReason = "",
    detection: options.Detection = None,
    model: options.Model = None,
    likelihood: options.Likelihood = options.LikelihoodChoice.FULL,
    buffer_m: options.Buffer = None,
    spacing_m: options.Spacing = None,
    level: options.Level = 0.95,
    profile: options.Profile = False,
    compare: options.Compare = None,
    goodness: options.Goodness = 0,
    bootstrap: options.Bootstrap = 0,
    ghosts: options.Ghosts = False,
    windows: options.Windows = False,
    seed: options.CheckSeed = 2026,
    workers: options.Workers = 1,
    audience: options.Audience = options.AudienceChoice.PUBLIC,
    dry_run: options.DryRun = False,
    json: options.Json = False,
    lang: options.Language = None,
) -> None:
    """Add, estimate and report in one go.

    Without --project the results are kept in a new folder named after PATH; with --json and
    without --project nothing is kept. Where no animal has a name, photographs are added and checked.
    """
    from pardine.exchange.options import CardOptions, ReadOptions
    from pardine.workflows.request import EstimateRequest, SessionRequest

    reading = ReadOptions(
        crs=crs,
        detector_type=detector.value if detector else None,
        assume_full_effort=assume_full_effort,
        mask_paths=tuple(mask or ()),
    )
    request = EstimateRequest(
        sessions=tuple(session or ()),
        detection=detection.value if detection else None,
        model=model,
        likelihood=likelihood.value,
        buffer_m=buffer_m,
        spacing_m=spacing_m,
        level=level,
        profile=profile,
        checks=_checks(compare, goodness, bootstrap, ghosts, windows, seed),
    )
    cards = CardOptions(pattern=pattern, utc_offset_min=utc_offset)
    forming = SessionRequest(
        name=session[0] if session and (species or session_start or session_days) else None,
        species=species,
        starts_on=session_start,
        n_days=session_days,
        reason=session_reason,
    )
    language = show.chosen_language(lang)
    if dry_run or (json and project is None):
        _look(path, reading, cards, request, forming, language, n_workers=workers, as_json=json)
    else:
        _run_chain(
            path, project, reading, cards, request, forming, audience.value, language,
            n_workers=workers, as_json=json,
        )  # fmt: skip


def _look(
    path: Path,
    reading: ReadOptions,
    cards: CardOptions,
    request: EstimateRequest,
    forming: SessionRequest,
    language: Language,
    *,
    n_workers: int,
    as_json: bool,
) -> None:
    # Apart from the chain: a script that wants one number does not wait for database and plots.
    from pardine.cli.summary import show_analysis
    from pardine.workflows.look import look_at_folder
    from pardine.workflows.sort_paths import sort_paths

    if not sort_paths([path], has_pattern=cards.pattern is not None).has_only_tables:
        _look_through_project(
            path, reading, cards, request, forming, language, n_workers=n_workers, as_json=as_json
        )
        return
    with show.watcher(language, quiet=as_json) as watch:
        analysis, notices = look_at_folder(path, reading, request, n_workers=n_workers, watch=watch)
    # A person has been told the notices of the tables before the estimate began.
    told = (*notices, *analysis.notices) if as_json else analysis.notices
    show_analysis(analysis, told, language, as_json=as_json)


def _look_through_project(
    path: Path,
    reading: ReadOptions,
    cards: CardOptions,
    request: EstimateRequest,
    forming: SessionRequest,
    language: Language,
    *,
    n_workers: int,
    as_json: bool,
) -> None:
    from pardine.cli.season import show_unnamed
    from pardine.cli.summary import show_estimated
    from pardine.workflows.run import Unnamed, look_at_path

    with show.watcher(language, quiet=as_json) as watch:
        seen = look_at_path(
            path, reading, request, cards=cards, forming=forming, n_workers=n_workers, watch=watch
        )
    if isinstance(seen, Unnamed):
        show_unnamed(seen, language, as_json=as_json, is_kept=False)
    else:
        show_estimated(seen, language, as_json=as_json)


def _run_chain(
    path: Path,
    project: Path | None,
    reading: ReadOptions,
    cards: CardOptions,
    request: EstimateRequest,
    forming: SessionRequest,
    audience: Audience,
    language: Language,
    *,
    n_workers: int,
    as_json: bool,
) -> None:
    from pardine.cli.season import show_unnamed
    from pardine.cli.summary import show_run
    from pardine.workflows.run import Unnamed, run_path

    with show.watcher(language, quiet=as_json) as watch:
        ran = run_path(
            path,
            project,
            reading,
            request,
            cards=cards,
            forming=forming,
            audience=audience,
            language=language,
            n_workers=n_workers,
            watch=watch,
        )
    if isinstance(ran, Unnamed):
        show_unnamed(ran, language, as_json=as_json)
    else:
        show_run(ran, language, as_json=as_json)


@app.command()
def design(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="FILE", help="A design.toml. Left out: options, and what the project holds."),
    ] = None,
    project: options.Project = None,
    cameras: Annotated[int | None, typer.Option("--cameras", min=1, help="Cameras there are.")] = None,
    nights: Annotated[int | None, typer.Option("--nights", min=1, help="Nights they stay.")] = None,
    spacing: Annotated[
        float | None, typer.Option("--min-spacing-m", min=0.0, help="Least distance between stations.")
    ] = None,
    budget: Annotated[
        float | None, typer.Option("--budget-usd", min=0.0, help="What the survey may cost.")
    ] = None,
    habitat: Annotated[
        Path | None, typer.Option("--habitat", metavar="FILE", help="Table of habitat points.")
    ] = None,
    roads: Annotated[
        Path | None, typer.Option("--roads", metavar="FILE", help="Table of points along roads and tracks.")
    ] = None,
    max_distance_m: Annotated[
        float | None,
        typer.Option("--max-distance-m", min=0.0, help="Farthest that a station may stand from them."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Folder to make. Default: design, here.")
    ] = None,
    simulate: Annotated[
        int,
        typer.Option("--simulate", min=0, help="Surveys to simulate and fit beside the prediction; 500 do."),
    ] = 0,
    model: Annotated[
        str | None,
        typer.Option(
            "--model",
            metavar="TEXT",
            help="With --simulate: what animals do and what is fitted. Its coefficients stand in FILE.",
        ),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of layout and simulation.")] = 2026,
    workers: options.Workers = 1,
    dry_run: options.DryRun = False,
    json: options.Json = False,
    lang: options.Language = None,
) -> None:
    """Where to put the cameras, and how precisely they will tell density.

    The files hold the exact places of cameras: they are for internal use.
    """
    from pardine.cli.design import design_and_show

    overrides = {
        "cameras": cameras,
        "nights": nights,
        "min_spacing_m": spacing,
        "budget_usd": budget,
        "habitat": habitat,
        "roads": roads,
        "max_distance_m": max_distance_m,
        "model": model,
    }
    design_and_show(
        file,
        project,
        {name: value for name, value in overrides.items() if value is not None},
        None if dry_run else out or Path("design"),
        n_surveys=simulate,
        seed=seed,
        n_workers=workers,
        language=show.chosen_language(lang),
        as_json=json,
    )


@app.command()
def simulate(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="SCENARIO", help="A scenario.toml. Left out: the default scenario."),
    ] = None,
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Folder to make, or to go on with.")
    ] = Path("simulated"),
    photographs: Annotated[
        options.PhotographChoice,
        typer.Option(
            "--photographs",
            help="none: tables with captures only. tiny: grey pictures with all their metadata. small: drawn "
            "at the scenario’s small width. full: drawn at the size of each make of camera.",
        ),
    ] = options.PhotographChoice.SMALL,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of everything that chance decides.")] = 2026,
    workers: options.Workers = 1,
    dry_run: options.DryRun = False,
    json: options.Json = False,
    lang: options.Language = None,
) -> None:
    """A survey whose truth is known: photographs, tables and check sheets as a team has them.

    The truth lies apart, in the folder truth. A simulation that was broken off goes on when the
    command is given again.
    """
    from pardine.cli.simulate import simulate_and_show

    simulate_and_show(
        file,
        out,
        seed=seed,
        photographs=photographs.value,
        n_workers=workers,
        dry_run=dry_run,
        language=show.chosen_language(lang),
        as_json=json,
    )


@app.command()
def benchmark(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="FOLDER", help="Photographs, here or in photos; masks of the animals, if any, in masks."
        ),
    ],
    labels: Annotated[
        Path,
        typer.Option(
            "--labels",
            metavar="FILE",
            help="Table: file, identity; where known flank, encounter (or sighting), station, multi_cat.",
        ),
    ],
    feature: Annotated[
        str | None,
        typer.Option(
            "--feature", metavar="NAME", help="Plug-in of the group pardine.feature. Default: SIFT."
        ),
    ] = None,
    side: Annotated[
        str | None,
        typer.Option(
            "--side",
            metavar="NAME",
            help="Plug-in of the group pardine.side, asked where no side is told.",
        ),
    ] = None,
    detect: Annotated[
        str | None, typer.Option("--detect", metavar="NAME", help="Plug-in of the group pardine.detect.")
    ] = None,
    verify: Annotated[
        str | None, typer.Option("--verify", metavar="NAME", help="Plug-in of the group pardine.verify.")
    ] = None,
    boxes: Annotated[
        Path | None,
        typer.Option("--boxes", metavar="FILE", help="MegaDetector's results: where the animals are."),
    ] = None,
    detector: Annotated[
        tuple[Path, str] | None,
        typer.Option("--detector", metavar="FILE SHA256", help="ONNX detector, and the hash of its file."),
    ] = None,
    network: Annotated[
        tuple[Path, str] | None,
        typer.Option(
            "--network", metavar="FILE SHA256", help="ONNX keypoint network, and the hash of its file."
        ),
    ] = None,
    projection: Annotated[
        tuple[Path, str] | None,
        typer.Option(
            "--projection",
            metavar="FILE SHA256",
            help="Linear map of the network's descriptors (safetensors), and the hash of its file.",
        ),
    ] = None,
    embedder: Annotated[
        tuple[Path, str] | None,
        typer.Option(
            "--embedder",
            metavar="FILE SHA256",
            help="ONNX network that gives one vector a picture, for a second shortlist; its file's hash.",
        ),
    ] = None,
    embedder_projection: Annotated[
        tuple[Path, str] | None,
        typer.Option(
            "--embedder-projection",
            metavar="FILE SHA256",
            help="Linear map of these vectors (safetensors), and the hash of its file.",
        ),
    ] = None,
    keep: Annotated[
        Path | None,
        typer.Option(
            "--keep", metavar="DIR", help="Keep what is made of the photographs there: a second run is quick."
        ),
    ] = None,
    n_shortlist: Annotated[
        int, typer.Option("--shortlist", min=1, help="Photographs that a query is compared with closely.")
    ] = 200,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of folds, resamples and permutations.")] = 2026,
    workers: options.Workers = 1,
    json: options.Json = False,
    lang: options.Language = None,
) -> None:
    """How good the matcher is on photographs whose animals are known, measured the honest way.

    No photograph answers for one of its own encounter; accuracy is told by photograph, by encounter and
    balanced over individuals, beside what always guessing the commonest animal would give.
    """
    from pardine.cli.benchmark import show_benchmark, stages_of
    from pardine.workflows.benchmark import BenchmarkOptions, run_benchmark

    language = show.chosen_language(lang)
    chosen = BenchmarkOptions(
        n_workers=workers,
        seed=seed,
        n_shortlist=n_shortlist,
        stages=stages_of(
            detect=detect,
            side=side,
            feature=feature,
            detector=detector,
            network=network,
            projection=projection,
            embedder=embedder,
            embedder_projection=embedder_projection,
        ),
        verifier=verify,
        boxes=boxes,
        keep=keep,
    )
    with show.watcher(language, quiet=json) as watch:
        benchmarked = run_benchmark(folder, labels, chosen, watch=watch)
    show_benchmark(benchmarked, language, as_json=json)


@app.command()
def export(
    out: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to make.")],
    project: options.Project = None,
    results: Annotated[
        bool,
        typer.Option(
            "--results",
            help="The latest estimate instead: tables, density as GeoTIFF and GeoPackage; with "
            "--for internal also an R script that repeats the fit in secr.",
        ),
    ] = False,
    camtrap_dp: Annotated[
        bool,
        typer.Option(
            "--camtrap-dp", help="Deployments, media and sightings as a Camtrap DP package; media by name."
        ),
    ] = False,
    sampling_design: Annotated[
        str | None,
        typer.Option(
            "--sampling-design",
            help="Of the package, in a word of Camtrap DP. Default: of the package added, else targeted.",
        ),
    ] = None,
    contributor: Annotated[
        str,
        typer.Option(
            "--contributor",
            help="Of the package, before those whom packages name. Default: the project's name.",
        ),
    ] = "",
    audience: options.Audience = options.AudienceChoice.PUBLIC,
    json: options.Json = False,
    lang: options.Language = None,
) -> None:
    """Give back everything that was added: clean tables, and the originals byte for byte.

    With --results, give out what was estimated; with --camtrap-dp, a package for other programs.
    --for matters to these only: what was added is given back as it came, for internal use.
    """
    if camtrap_dp:
        from pardine.cli.summary import show_exported_results
        from pardine.workflows.package import export_camtrap_package

        packed = export_camtrap_package(
            project,
            out,
            audience=audience.value,
            sampling_design=sampling_design,
            contributor=contributor,
        )
        show_exported_results(packed, show.chosen_language(lang), as_json=json)
        return
    if results:
        from pardine.cli.summary import show_exported_results
        from pardine.workflows.results import export_results

        exported = export_results(project, out, audience=audience.value)
        show_exported_results(exported, show.chosen_language(lang), as_json=json)
        return
    from pardine.workflows.export import export_project

    files = export_project(project, out)
    if json:
        show.result_json({"files": [str(file) for file in files]})
    else:
        for file in files:
            show.result(str(file))


@app.command()
def backup(
    out: Annotated[Path, typer.Argument(metavar="FILE", help="Backup to write.")],
    project: options.Project = None,
    json: options.Json = False,
    lang: options.Language = None,
) -> None:
    """Back up the project while it is in use, and verify the copy."""
    from pardine.workflows.keep import backup_project

    backup_project(project, out)
    if json:
        show.result_json({"backup": str(out)})
    else:
        show.result(str(out))


@app.command()
def restore(
    archive: Annotated[Path, typer.Argument(metavar="FILE", help="Backup to restore.")],
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to make; must not exist.")],
    database: options.Database = None,
    json: options.Json = False,
    lang: options.Language = None,
) -> None:
    """Restore a backup into a new folder and verify it."""
    from pardine.workflows.keep import restore_project

    restore_project(archive, directory, database_url=database)
    if json:
        show.result_json({"project": str(directory)})
    else:
        show.result(str(directory))


@app.command()
def upgrade(
    project: options.Project = None,
    json: options.Json = False,
    lang: options.Language = None,
) -> None:
    """Back up a project of an older version, then bring it up to date."""
    from pardine.cli.summary import show_upgraded
    from pardine.workflows.keep import upgrade as upgrade_to_this_version

    show_upgraded(upgrade_to_this_version(project), show.chosen_language(lang), as_json=json)


@app.command()
def doctor(
    project: options.Project = None,
    json: options.Json = False,
    lang: options.Language = None,
) -> None:
    """Examine a project: database, decision log, files, disk."""
    from pardine.cli.summary import show_examined
    from pardine.workflows.keep import examine_project

    notices = examine_project(project)
    show_examined(notices, show.chosen_language(lang), as_json=json)
