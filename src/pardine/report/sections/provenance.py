"""How the estimate was made, and where each number comes from."""

from __future__ import annotations

import math

from pardine.base.provenance import canonical_json
from pardine.report.content import ReportInput
from pardine.report.document import Block, Cell, Column, Paragraph, Section, Table
from pardine.report.phrases import DETECTION_FUNCTIONS, INPUT_KINDS, known_or_same
from pardine.report.privacy import may_see_names
from pardine.report.sections.context import Context, cells
from pardine.report.sections.estimates import RUN_ANCHOR, estimate_keys


def method_section(context: Context) -> Section:
    """Model, likelihood and how the search went, for a reader who wants to repeat it."""
    words = context.words
    explained = words.say(
        "Closed spatial capture-recapture, fitted by maximum likelihood: the model asks at which density and "
        "with which detection the captures seen here, at these stations with this effort, are most probable."
    )
    return Section(
        key="method",
        heading=words.say("How the estimate was made"),
        blocks=(Paragraph(text=explained), _model_table(context), _coefficient_table(context)),
    )


def provenance_section(context: Context) -> Section:
    """Keys of numbers, the run behind them, and the tables that it read."""
    words = context.words
    blocks: list[Block] = [_key_table(context), _run_table(context)]
    if context.report.inputs:
        blocks.append(_input_table(context))
    return Section(key="provenance", heading=words.say("Where each number comes from"), blocks=tuple(blocks))


def keyed_inputs(context: Context) -> list[tuple[str, ReportInput]]:
    """Tables that were read with the keys T1, T2, … by which the report names them."""
    return [(f"T{number}", table) for number, table in enumerate(context.report.inputs, start=1)]


def model_text(context: Context) -> str:
    """The model as it is written on the command line."""
    spec = context.report.fit.spec
    predictors = ", ".join(f"{p.name} ~ {' + '.join(p.terms) or '1'}" for p in spec.parameters)
    return predictors + (f", hcov = {spec.hcov}" if spec.hcov else "")


def _model_table(context: Context) -> Table:
    words, fit = context.words, context.report.fit
    likelihood = (
        words.say("full (number of animals Poisson)")
        if fit.spec.likelihood == "full"
        else (words.say("conditional on the animals detected"))
    )
    rows = [
        (words.say("Detection function"), known_or_same(words, DETECTION_FUNCTIONS, fit.spec.detection)),
        (words.say("Model"), model_text(context)),
        (words.say("Likelihood"), likelihood),
        (words.say("Log-likelihood"), words.number(fit.log_likelihood, 4)),
        (words.say("Coefficients"), words.number(fit.n_parameters)),
        ("AIC", words.number(fit.aic, 2)),
        ("AICc", "" if math.isnan(fit.aicc) else words.number(fit.aicc, 2)),
        (
            words.say("Points of the study area"),
            words.number(sum(s.state_space.n_points for s in context.report.sections)),
        ),
        (words.say("Search"), words.say("converged") if fit.converged else words.say("did not converge")),
    ]
    return Table(
        caption=words.say("The model"),
        columns=(Column(head=words.say("What")), Column(head=words.say("Value"))),
        rows=tuple(cells(row) for row in rows if row[1]),
    )


def _coefficient_table(context: Context) -> Table:
    words = context.words
    heads = (words.say("Coefficient"), words.say("Link"), words.say("Estimate"), words.say("Standard error"))
    rows = (
        (c.name, c.link, words.number(c.estimate, 4), words.number(c.se, 4))
        for c in context.report.fit.coefficients
    )
    return Table(
        caption=words.say("Coefficients on their link scale (density per km², sigma in metres)"),
        columns=tuple(Column(head=head, align="left" if i < 2 else "right") for i, head in enumerate(heads)),
        rows=tuple(cells(row) for row in rows),
        dense=context.report.fit.n_parameters > 8,
    )


def _key_table(context: Context) -> Table:
    words = context.words
    tables = ", ".join(key for key, _ in keyed_inputs(context)) or "–"
    rows = [
        (Cell(text=keys), Cell(text=quantity), Cell(text="R1", target=RUN_ANCHOR), Cell(text=tables))
        for quantity, keys in estimate_keys(context)
    ]
    seen = words.say("Animals, detections, recaptures, stations, station-days")
    rows.append((Cell(text="–"), Cell(text=seen), Cell(text="R1", target=RUN_ANCHOR), Cell(text=tables)))
    heads = (words.say("Number"), words.say("Quantity"), words.say("Run"), words.say("Tables read"))
    return Table(
        caption=words.say("Numbers, runs and tables"),
        columns=tuple(Column(head=h) for h in heads),
        rows=tuple(rows),
    )


def _run_table(context: Context) -> Table:
    words, run = context.words, context.report.run
    rows = [
        (words.say("Run"), run.uid),
        (words.say("Workflow"), run.workflow),
        (words.say("Pardine version"), run.version),
        (words.say("Source hash (sha256)"), run.source_sha256),
        (words.say("Model"), model_text(context)),
        (words.say("Seed"), words.say("none: nothing was random") if run.seed is None else str(run.seed)),
        (words.say("Started (UTC)"), run.started_utc),
        (words.say("Finished (UTC)"), run.finished_utc or ""),
    ]
    if may_see_names(context.report.audience):
        rows.append((words.say("Parameters"), canonical_json(dict(run.parameters))))
    return Table(
        caption=words.say("Run R1"),
        columns=(Column(head=words.say("What")), Column(head=words.say("Value"))),
        rows=tuple(
            (Cell(text=name, anchor=RUN_ANCHOR if i == 0 else ""), Cell(text=value))
            for i, (name, value) in enumerate(rows)
            if value
        ),
        dense=True,
    )


def _input_table(context: Context) -> Table:
    words = context.words
    named = may_see_names(context.report.audience)
    heads = [words.say("Table"), words.say("Kind"), words.say("Rows"), "sha256"]
    if named:
        heads.insert(1, words.say("File"))
    rows = []
    for key, table in keyed_inputs(context):
        kind = known_or_same(words, INPUT_KINDS, table.kind)
        name = [table.name] if named else []
        rows.append(cells((key, *name, kind, words.number(table.n_rows), table.sha256)))
    right = words.say("Rows")
    return Table(
        caption=words.say("Tables that were read"),
        columns=tuple(Column(head=head, align="right" if head == right else "left") for head in heads),
        rows=tuple(rows),
        dense=True,
    )
