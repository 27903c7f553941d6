"""The table of estimates: each number with interval, level, method and the key of its provenance."""

from __future__ import annotations

import math
from collections.abc import Iterator

from pardine.base.result import Estimate
from pardine.estimate.fit import SessionEstimates
from pardine.language.words import decimals_for, decimals_of_density, decimals_of_estimate
from pardine.report.content import SimulatedTruth
from pardine.report.document import Block, Cell, Column, Figure, Paragraph, Section, Table
from pardine.report.figures.forest import ForestRow, forest_figure
from pardine.report.phrases import PARAMETER_UNITS, method_in, parameter_in
from pardine.report.sections.context import Context, cells

RUN_ANCHOR = "run-1"


def estimates_section(context: Context) -> Section:
    """All estimates; with several sessions density and abundance by session, with their forest plot."""
    words = context.words
    blocks: tuple[Block, ...]
    if context.is_single:
        blocks = (_single_table(context), Paragraph(text=_reading(context)))
    else:
        blocks = (
            _forest(context),
            _by_session(context),
            _parameter_table(context),
            Paragraph(text=_reading(context)),
        )
    return Section(key="estimates", heading=words.say("The estimates"), blocks=blocks)


def estimate_keys(context: Context) -> tuple[tuple[str, str], ...]:
    """(Quantity, keys) of every row of estimates, for the provenance table."""
    words = context.words
    if context.is_single:
        return tuple((row[0].text, row[-1].text) for row in _single_table(context).rows)
    n = len(context.report.sections)
    parameters = _parameter_table(context).rows
    by_session = words.say("Density and abundance by survey")
    detection = words.say("Detection parameters")
    first, last = parameters[0][-1].text, parameters[-1][-1].text
    return ((by_session, f"E1–E{n}"), (detection, f"{first}–{last}" if first != last else first))


def _single_table(context: Context) -> Table:
    words, estimates = context.words, context.report.fit.sessions[0]
    truth = context.report.truth_by_session.get(estimates.session)
    heads = [
        Column(head=words.say("Quantity")),
        Column(head=words.say("Estimate"), align="right"),
        Column(head=_interval_head(context), align="right"),
        Column(head=words.say("Standard error"), align="right"),
        Column(head=words.say("Method")),
    ]
    if truth is not None:
        heads.insert(2, Column(head=words.say("Simulated truth"), align="right"))
    rows = [
        _row(context, key, name, estimate, unit, scale, truth is not None, true_value)
        for key, (name, estimate, unit, scale, true_value) in enumerate(_quantities(context, truth), start=1)
    ]
    return Table(
        caption=words.say("Estimates"),
        columns=(*heads, Column(head=words.say("Source"))),
        rows=tuple(rows),
    )


def _quantities(
    context: Context, truth: SimulatedTruth | None
) -> Iterator[tuple[str, Estimate, str, float, float | None]]:
    words, estimates = context.words, context.report.fit.sessions[0]
    animals = words.say("animals")
    varies = any(p.name == "D" and p.terms for p in context.report.fit.spec.parameters)
    yield (
        words.say("Density D, mean over the study area") if varies else words.say("Density D"),
        estimates.density_per_100km2,
        words.say("animals per 100 km²"),
        1.0,
        truth.density_per_100km2 if truth else None,
    )
    yield (
        words.say("Abundance in the study area, given the animals seen"),
        estimates.n_realised_whole,
        animals,
        1.0,
        truth.n_animals if truth else None,
    )
    yield (words.say("Abundance expected at this density"), estimates.n_expected, animals, 1.0, None)
    for name, estimate in _shown(estimates):
        yield (
            _named(context, name),
            estimate,
            _unit(context, name, estimate),
            _scale(name),
            truth.parameters.get(name) if truth else None,
        )


def _row(
    context: Context,
    number: int,
    name: str,
    estimate: Estimate,
    unit: str,
    scale: float,
    has_truth: bool,
    true_value: float | None,
) -> tuple[Cell, ...]:
    words = context.words
    decimals = decimals_of_estimate(estimate, scale)
    if estimate.unit == "animals per 100 km2":
        decimals = decimals_of_density(estimate)
    elif estimate.unit == "animals":
        decimals = 0 if estimate.value >= 10.0 else 1
    se = words.number(estimate.se * scale, decimals_for(estimate.se * scale, 2)) if estimate.se else "–"
    shown = [f"{name} ({unit})", words.number(estimate.value * scale, decimals)]
    if has_truth:
        shown.append("–" if true_value is None else words.significant(true_value * scale))
    shown += [words.interval(estimate, decimals, scale), se, method_in(words, estimate.method)]
    return (*cells(shown), Cell(text=f"E{number}", target=RUN_ANCHOR))


def _by_session(context: Context) -> Table:
    words, fit = context.words, context.report.fit
    truths = context.report.truth_by_session
    heads = [
        words.say("Survey"),
        words.say("Animals per 100 km²"),
        _interval_head(context),
        words.say("Abundance"),
        _interval_head(context),
        words.say("Study area, km²"),
    ]
    columns = [Column(head=head, align="right" if i else "left") for i, head in enumerate(heads)]
    if truths:
        columns.insert(2, Column(head=words.say("Simulated truth"), align="right"))
    rows = [
        (*cells(_session_cells(context, estimates, truths)), Cell(text=f"E{number}", target=RUN_ANCHOR))
        for number, estimates in enumerate(fit.sessions, start=1)
    ]
    methods = words.say(
        "Method of density: {density}. Method of abundance, given the animals seen: {abundance}.",
        density=_methods(context, [s.density_per_100km2 for s in fit.sessions]),
        abundance=_methods(context, [s.n_realised_whole for s in fit.sessions]),
    )
    return Table(
        caption=words.say("Density and abundance of independent animals by survey"),
        columns=(*columns, Column(head=words.say("Source"))),
        rows=tuple(rows),
        dense=len(rows) > 8,
        note=methods,
    )


def _session_cells(
    context: Context, estimates: SessionEstimates, truths: dict[str, SimulatedTruth]
) -> list[str]:
    words, density, abundance = context.words, estimates.density_per_100km2, estimates.n_realised_whole
    decimals = decimals_of_density(density)
    true = truths.get(estimates.session)
    truth = (
        "–" if true is None or true.density_per_100km2 is None else words.significant(true.density_per_100km2)
    )
    n_decimals = 0 if abundance.value >= 10.0 else 1
    return [
        estimates.session,
        words.number(density.value, decimals),
        *([truth] if truths else []),
        words.interval(density, decimals),
        words.number(abundance.value, n_decimals),
        words.interval(abundance, 0),
        words.number(estimates.region_area_km2),
    ]


def _parameter_table(context: Context) -> Table:
    words, report = context.words, context.report
    # Where one detection function holds for all, one session's values are everybody's.
    shown = report.fit.sessions[:1] if report.detection_is_shared else report.fit.sessions
    rows = []
    number = len(report.sections)
    for estimates in shown:
        for name, estimate in _shown(estimates):
            number += 1
            label = _named(context, name)
            if not report.detection_is_shared:
                label = words.say("{survey}: {quantity}", survey=estimates.session, quantity=label)
            rows.append(
                _row(
                    context,
                    number,
                    label,
                    estimate,
                    _unit(context, name, estimate),
                    _scale(name),
                    False,
                    None,
                )
            )
    heads = [
        Column(head=words.say("Quantity")),
        Column(head=words.say("Estimate"), align="right"),
        Column(head=_interval_head(context), align="right"),
        Column(head=words.say("Standard error"), align="right"),
        Column(head=words.say("Method")),
        Column(head=words.say("Source")),
    ]
    caption = (
        words.say("Detection parameters, the same in all surveys")
        if report.detection_is_shared
        else (words.say("Detection parameters by survey"))
    )
    return Table(caption=caption, columns=tuple(heads), rows=tuple(rows), dense=len(rows) > 8)


def _forest(context: Context) -> Figure:
    words, report = context.words, context.report
    shows_abundance = report.density_is_shared
    rows = [_forest_row(context, estimates, shows_abundance) for estimates in report.fit.sessions]
    level = words.percent(report.fit.sessions[0].density_per_100km2.level)
    if shows_abundance:
        x_label = words.say("Independent animals in the study area")
        caption = words.say("Abundance by survey with its {level} interval.", level=level)
    else:
        x_label = words.say("Independent animals per 100 km²")
        caption = words.say("Density by survey with its {level} interval.", level=level)
    cut = words.say("An interval that ends in an arrow goes beyond the frame; its limits are in the table.")
    return Figure(
        key="by-survey",
        svg=forest_figure(context.canvas, rows, x_label, words.say("estimate"), words.say("simulated truth")),
        alt=_forest_alt(context, rows, caption),
        caption=words.join(caption, cut),
        data=_forest_data(context, rows, x_label),
    )


def _forest_row(context: Context, estimates: SessionEstimates, shows_abundance: bool) -> ForestRow:
    shown = estimates.n_realised_whole if shows_abundance else estimates.density_per_100km2
    truth = context.report.truth_by_session.get(estimates.session)
    true_value = None if truth is None else truth.n_animals if shows_abundance else truth.density_per_100km2
    return ForestRow(
        label=estimates.session,
        value=shown.value,
        lower=_or(shown.lower, shown.value),
        upper=_or(shown.upper, shown.value),
        truth=true_value,
    )


def _forest_alt(context: Context, rows: list[ForestRow], caption: str) -> str:
    words = context.words
    low, high = min(rows, key=lambda row: row.value), max(rows, key=lambda row: row.value)
    return words.say(
        "Points with intervals, one line a survey. {caption} Lowest: {low} in {lowest}; highest: {high} in "
        "{highest}.",
        caption=caption,
        low=words.significant(low.value),
        lowest=low.label,
        high=words.significant(high.value),
        highest=high.label,
    )


def _forest_data(context: Context, rows: list[ForestRow], x_label: str) -> Table:
    words = context.words
    heads = [words.say("Survey"), x_label, words.say("Lower limit"), words.say("Upper limit")]
    columns = [Column(head=head, align="right" if i else "left") for i, head in enumerate(heads)]
    return Table(
        caption=x_label,
        columns=tuple(columns),
        rows=tuple(
            cells((row.label, *(words.significant(x) for x in (row.value, row.lower, row.upper))))
            for row in rows
        ),
        dense=True,
    )


def _interval_head(context: Context) -> str:
    level = context.report.fit.sessions[0].density_per_100km2.level
    return context.words.say("{level} interval", level=context.words.percent(level))


def _reading(context: Context) -> str:
    return context.words.say(
        "How to read an interval: if the survey were repeated many times, about that share of such intervals "
        "would hold the true value. Sources (E1, E2, …) are traced under “Where each number comes from”."
    )


def _methods(context: Context, estimates: list[Estimate]) -> str:
    return "; ".join(dict.fromkeys(method_in(context.words, estimate.method) for estimate in estimates))


def _shown(estimates: SessionEstimates) -> list[tuple[str, Estimate]]:
    """Parameters by class where classes differ: no animal has the average of the classes."""
    names = estimates.parameters.keys()
    return [
        (name, estimate)
        for name, estimate in estimates.parameters.items()
        if not any(other.startswith(f"{name}[") for other in names)
    ]


def _named(context: Context, name: str) -> str:
    """A parameter in words; the share of the second class is that of males where classes are sexes."""
    if name == "pmix" and context.report.fit.spec.hcov is not None:
        return context.words.say("Proportion of males")
    return parameter_in(context.words, name)


def _unit(context: Context, name: str, estimate: Estimate) -> str:
    base = name.partition("[")[0]
    return context.words.say(PARAMETER_UNITS[base]) if base in PARAMETER_UNITS else estimate.unit


def _scale(name: str) -> float:
    """Distances are in metres inside and in kilometres here."""
    return 1e-3 if name.partition("[")[0] == "sigma" else 1.0


def _or(value: float, otherwise: float) -> float:
    return value if math.isfinite(value) else otherwise
