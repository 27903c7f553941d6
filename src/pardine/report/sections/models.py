"""Tables of other models: those compared, their average, and the sexes alike and apart."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pardine.base.result import Estimate
from pardine.estimate.fitted import Fit
from pardine.language.words import decimals_of_density, decimals_of_estimate
from pardine.report.derive import estimate_from_json
from pardine.report.document import Block, Column, Paragraph, Table
from pardine.report.phrases import PARAMETER_UNITS, parameter_in
from pardine.report.sections.context import Context, cells

# Models within 2 of each other in AICc are about as good (Burnham & Anderson 2002).
_CLEARLY_BETTER = 2.0
# Sessions whose densities stand in the table of sexes.
_MOST_SESSIONS = 8


def comparison_blocks(context: Context, found: Mapping[str, Any]) -> list[Block]:
    """Models compared, what their weights mean, and the average density."""
    words = context.words
    explained = words.say(
        "The lower a model's AICc, the better it foretells data like these; models within 2 of the best are "
        "about as good. The weight is the support for a model among those compared. The average density "
        "weighs the models so, and its interval holds the doubt about which of them is right."
    )
    return [Paragraph(text=explained), _models(context, found["models"]), _averages(context, found)]


def sexes_blocks(context: Context, alike: Fit, apart: Fit) -> list[Block]:
    """The sexes alike and apart, and one sentence of what it means."""
    return [_sexes(context, alike, apart), Paragraph(text=_meaning(context, alike, apart))]


def density_cells(context: Context, estimate: Estimate) -> tuple[str, str]:
    """A density and its interval."""
    decimals = decimals_of_density(estimate)
    return context.words.number(estimate.value, decimals), context.words.interval(estimate, decimals)


def numbers_table(
    caption: str, heads: Sequence[str], rows: Sequence[Sequence[str]], *, n_words: int = 1, note: str = ""
) -> Table:
    """A table of words in the first columns and numbers in the others."""
    return Table(
        caption=caption,
        columns=tuple(
            Column(head=head, align="left" if i < n_words else "right") for i, head in enumerate(heads)
        ),
        rows=tuple(cells(row) for row in rows),
        note=note,
        dense=len(rows) > 8,
    )


def _models(context: Context, models: Sequence[Mapping[str, Any]]) -> Table:
    words = context.words
    heads = [words.say("Model"), words.say("Parameters"), "AICc", "ΔAICc", words.say("Weight")]
    has_density = context.is_single and all(model.get("density_per_100km2") for model in models)
    if has_density:
        heads.append(words.say("Animals per 100 km²"))
    rows = []
    for model in models:
        aicc, delta = (math.nan if model[name] is None else model[name] for name in ("aicc", "delta"))
        row = [model["model"], words.number(model["n_parameters"]), words.number(aicc, 2)]
        row += [words.number(delta, 2), "–" if math.isnan(aicc) else words.percent(model["weight"])]
        if has_density:
            density = model["density_per_100km2"][0]
            row.append("–" if density is None else words.significant(density))
        rows.append(row)
    return numbers_table(words.say("Models compared"), heads, rows)


def _averages(context: Context, found: Mapping[str, Any]) -> Table:
    words = context.words
    densities = [(s["session"], estimate_from_json(s["density"])) for s in found["averages"]]
    heads = (
        words.say("Survey"),
        words.say("Animals per 100 km²"),
        words.say("{level} interval", level=words.percent(densities[0][1].level)),
    )
    rows = [(session, *density_cells(context, density)) for session, density in densities]
    return numbers_table(words.say("Average over the models"), heads, rows)


def _sexes(context: Context, alike: Fit, apart: Fit) -> Table:
    words = context.words
    level = words.say("{level} interval", level=words.percent(alike.level))
    heads = (words.say("Quantity"), words.say("Sexes alike"), level, words.say("Sexes apart"), level)
    rows = [*_density_rows(context, alike, apart), *_parameter_rows(context, alike, apart)]
    rows.append(("AICc", words.number(alike.aicc, 2), "", words.number(apart.aicc, 2), ""))
    note = words.say(
        "Both models take sex as a class that is known of some animals, so their AICc can be compared with "
        "each other, but not with that of a model without sexes."
    )
    return numbers_table(words.say("Females and males alike, or apart"), heads, rows, note=note)


def _density_rows(context: Context, alike: Fit, apart: Fit) -> Iterator[tuple[str, ...]]:
    words = context.words
    pairs = list(zip(alike.sessions, apart.sessions, strict=True))
    for one, other in pairs[:_MOST_SESSIONS]:
        unit = words.say("animals per 100 km²")
        name = words.say("Density D") + f" ({unit})"
        if len(pairs) > 1:
            name = words.say("{survey}: {quantity}", survey=one.session, quantity=name)
        both = (density_cells(context, s.density_per_100km2) for s in (one, other))
        yield (name, *(text for pair in both for text in pair))


def _parameter_rows(context: Context, alike: Fit, apart: Fit) -> Iterator[tuple[str, ...]]:
    """Parameters of the first session by sex; those of other sessions differ in density alone."""
    words = context.words
    one, other = alike.sessions[0].parameters, apart.sessions[0].parameters
    for name, estimate in other.items():
        base, bracket, _ = name.partition("[")
        if bracket:
            scale = 1e-3 if base == "sigma" else 1.0
            unit = words.say(PARAMETER_UNITS[base]) if base in PARAMETER_UNITS else estimate.unit
            shown = (_value_cells(context, e, scale) for e in (one[base], estimate))
            yield (f"{parameter_in(words, name)} ({unit})", *(text for pair in shown for text in pair))


def _value_cells(context: Context, estimate: Estimate, scale: float) -> tuple[str, str]:
    decimals = decimals_of_estimate(estimate, scale)
    return (
        context.words.number(estimate.value * scale, decimals),
        context.words.interval(estimate, decimals, scale),
    )


def _meaning(context: Context, alike: Fit, apart: Fit) -> str:
    words, gain = context.words, alike.aicc - apart.aicc
    before, after = (sum(s.n_expected.value for s in fit.sessions) for fit in (alike, apart))
    change = words.percent(abs(after / before - 1.0))
    if not math.isfinite(gain) or abs(gain) <= _CLEARLY_BETTER:
        return words.say(
            "The data do not say clearly whether the sexes differ: both models are about as good, and the "
            "estimates above may stand."
        )
    if gain < 0.0:
        return words.say(
            "The model with the sexes alike is the better one (AICc lower by {gain}); nothing speaks for a "
            "difference.",
            gain=words.number(-gain, 1),
        )
    told = words.say(
        "With the sexes apart the model is clearly better (AICc lower by {gain}).", gain=words.number(gain, 1)
    )
    moved = (
        words.say("Abundance is then {change} higher: report this estimate.", change=change)
        if after >= before
        else words.say("Abundance is then {change} lower: report this estimate.", change=change)
    )
    return words.join(told, moved)
