"""The answer in words, and what to keep in mind about it."""

from __future__ import annotations

import math

from pardine.base.errors import Notice
from pardine.base.result import Estimate
from pardine.estimate.fit import SessionEstimates
from pardine.language.translate import sentence
from pardine.language.words import decimals_of_density
from pardine.report.document import Block, Callout, KeyFigure, KeyFigures, Paragraph, Section
from pardine.report.privacy import notice_for
from pardine.report.sections.context import Context

# Warnings of one kind that are written out.
_MOST_ALIKE = 3


def answer_section(context: Context) -> Section:
    """How many, in one paragraph, with the numbers to remember and all warnings."""
    blocks: list[Block] = []
    if context.report.truth:
        blocks.append(_simulated(context))
    if context.is_single:
        blocks += [Paragraph(text=_single_answer(context), lead=True), _key_figures(context)]
    else:
        blocks += [Paragraph(text=_many_answer(context), lead=True), _many_key_figures(context)]
    blocks.append(Paragraph(text=_what_counts(context)))
    if warnings := _warnings(context):
        head = context.words.say("What to keep in mind")
        blocks.append(Callout(tone="warning", head=head, items=warnings))
    return Section(key="answer", heading=context.words.say("In short"), blocks=tuple(blocks))


def interval_phrase(context: Context, estimate: Estimate, decimals: int) -> str:
    """An interval in running text, one-sided where its lower limit is nought."""
    words = context.words
    if math.isnan(estimate.upper):
        return words.say("no interval could be computed")
    level, upper = words.percent(estimate.level), words.number(estimate.upper, decimals)
    if estimate.value == 0.0 and estimate.lower == 0.0:
        return words.say("{level} upper limit {upper}", level=level, upper=upper)
    lower = words.number(estimate.lower, decimals)
    return words.say("{level} interval {lower} to {upper}", level=level, lower=lower, upper=upper)


def _single_answer(context: Context) -> str:
    words, estimates = context.words, context.report.fit.sessions[0]
    abundance, density = estimates.n_realised_whole, estimates.density_per_100km2
    area = words.significant(estimates.region_area_km2, 3)
    if estimates.n_animals == 0:
        return words.say(
            "No animal was detected. In the {area} km² of the study area there were probably fewer than "
            "{upper} per 100 km² ({level} upper limit).",
            area=area,
            upper=words.number(density.upper, decimals_of_density(density)),
            level=words.percent(density.level),
        )
    decimals = decimals_of_density(density)
    return words.plural(
        "About {n} independent animal ({interval}) lived in the {area} km² of the study area: "
        "{density} per 100 km² ({density_interval}).",
        "About {n} independent animals ({interval}) lived in the {area} km² of the study area: "
        "{density} per 100 km² ({density_interval}).",
        round(abundance.value),
        interval=interval_phrase(context, abundance, 0),
        area=area,
        density=words.number(density.value, decimals),
        density_interval=interval_phrase(context, density, decimals),
    )


def _many_answer(context: Context) -> str:
    report, words = context.report, context.words
    n_sessions = words.plural(
        "{n} survey was analysed.", "{n} surveys were analysed together.", len(report.sections)
    )
    if report.density_is_shared:
        density = report.fit.sessions[0].density_per_100km2
        decimals = decimals_of_density(density)
        shared = words.say(
            "By the model the density of independent animals was the same in all of them: {density} per "
            "100 km² ({interval}).",
            density=words.number(density.value, decimals),
            interval=interval_phrase(context, density, decimals),
        )
        return words.join(n_sessions, shared)
    ordered = sorted(report.fit.sessions, key=lambda s: s.density_per_100km2.value)
    with_animals = [estimates for estimates in ordered if estimates.n_animals > 0]
    if not with_animals:
        return words.join(n_sessions, words.say("No animal was detected in any of them."))
    lowest, highest = with_animals[0], with_animals[-1]
    span = words.say(
        "The density of independent animals was highest in {highest} with {high} per 100 km² "
        "({high_interval}) and, of the surveys with detections, lowest in {lowest} with {low} per 100 km² "
        "({low_interval}).",
        highest=highest.session,
        lowest=lowest.session,
        **_density_fields(context, "high", highest),
        **_density_fields(context, "low", lowest),
    )
    return words.join(n_sessions, span, _without_animals(context, len(ordered) - len(with_animals)))


def _density_fields(context: Context, name: str, estimates: SessionEstimates) -> dict[str, str]:
    density = estimates.density_per_100km2
    decimals = decimals_of_density(density)
    return {
        name: context.words.number(density.value, decimals),
        f"{name}_interval": interval_phrase(context, density, decimals),
    }


def _without_animals(context: Context, n_empty: int) -> str:
    if n_empty == 0:
        return ""
    return context.words.plural(
        "In {n} survey no animal was detected.", "In {n} surveys no animal was detected.", n_empty
    )


def _key_figures(context: Context) -> KeyFigures:
    words, (section, estimates) = context.words, context.report.paired[0]
    abundance, density = estimates.n_realised_whole, estimates.density_per_100km2
    decimals = decimals_of_density(density)
    return KeyFigures(
        items=(
            KeyFigure(
                value=words.number(abundance.value),
                label=words.say("independent animals"),
                detail=words.interval(abundance, 0),
            ),
            KeyFigure(
                value=words.number(density.value, decimals),
                label=words.say("animals per 100 km²"),
                detail=words.interval(density, decimals),
            ),
            KeyFigure(
                value=words.number(estimates.n_animals),
                label=words.say("animals identified"),
                detail=words.plural("{n} detection", "{n} detections", estimates.n_detections),
            ),
            KeyFigure(
                value=words.number(section.history.station_days),
                label=words.say("station-days"),
                detail=words.plural("{n} station", "{n} stations", section.history.n_detectors),
            ),
        )
    )


def _many_key_figures(context: Context) -> KeyFigures:
    words, report = context.words, context.report
    histories = [section.history for section in report.sections]
    n_stations = sum(history.n_detectors for history in histories)
    n_detections = sum(s.n_detections for s in report.fit.sessions)
    n_animals = sum(s.n_animals for s in report.fit.sessions)
    return KeyFigures(
        items=(
            KeyFigure(value=words.number(len(histories)), label=words.say("surveys")),
            KeyFigure(
                value=words.number(n_animals),
                label=words.say("animals identified"),
                detail=words.say("summed over surveys"),
            ),
            KeyFigure(
                value=words.number(n_detections),
                label=words.say("detections"),
                detail=words.say("of identified animals"),
            ),
            KeyFigure(
                value=words.number(sum(h.station_days for h in histories)),
                label=words.say("station-days"),
                detail=words.plural("{n} station", "{n} stations", n_stations),
            ),
        )
    )


def _what_counts(context: Context) -> str:
    words = context.words
    counted = words.say(
        "Independent animals are adults, and subadults that live apart from their mother. The study area is "
        "all the ground around the stations where the animals counted may have had the centre of their range."
    )
    n_cubs = sum(section.history.n_cubs_excluded for section in context.report.sections)
    if n_cubs == 0:
        return counted
    cubs = words.plural(
        "{n} cub with its mother was identified besides and is not in these numbers.",
        "{n} cubs with their mothers were identified besides and are not in these numbers.",
        n_cubs,
    )
    return words.join(counted, cubs)


def _simulated(context: Context) -> Callout:
    words = context.words
    items = [words.say("These data were simulated to show and test the method. No such animals exist.")]
    if context.is_single:
        truth = context.report.truth[0]
        if truth.density_per_100km2 is not None:
            items.append(
                words.say(
                    "Simulated true density: {density} per 100 km².",
                    density=words.significant(truth.density_per_100km2),
                )
            )
        if truth.n_animals is not None:
            items.append(
                words.say(
                    "Simulated true number of independent animals in the study area: {n}.",
                    n=words.number(truth.n_animals),
                )
            )
    return Callout(tone="simulated", head=words.say("Simulated data"), items=tuple(items))


def _warnings(context: Context) -> tuple[str, ...]:
    words = context.words
    withheld = words.say("(withheld)")
    by_code: dict[str, dict[str, str]] = {}
    for notice in _in_order(context):
        shown = notice_for(notice, context.report.audience, withheld)
        texts = by_code.setdefault(notice.code, {})
        texts[sentence(shown, context.report.language)] = str(notice.fields.get("session", ""))
    return tuple(text for texts in by_code.values() for text in _at_most(context, texts))


def _at_most(context: Context, texts: dict[str, str]) -> list[str]:
    """Warnings of one kind; of many the first, and the names of the other surveys."""
    if len(texts) <= _MOST_ALIKE:
        return list(texts)
    first, *others = texts
    names = ", ".join(texts[text] for text in others if texts[text])
    more = context.words.plural(
        "The same holds for {n} more survey: {names}.",
        "The same holds for {n} more surveys: {names}.",
        len(others),
        names=names,
    )
    return [context.words.join(first, more)]


def _in_order(context: Context) -> list[Notice]:
    rank = {"error": 0, "warning": 1, "note": 2}
    # What the comparison of the sexes says better.
    said = {"estimate.sexes_not_modelled"} if context.report.checked.apart is not None else set()
    told = (n for n in (*context.report.fit.notices, *context.report.notices) if n.code not in said)
    shown = [notice for notice in told if notice.severity != "note"]
    return sorted(shown, key=lambda notice: rank[notice.severity])
