"""Other models and checks: how far the estimate can be believed."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from typing import Any

from pardine.language.words import Words, decimals_of_estimate, phrase
from pardine.report.derive import estimate_from_json
from pardine.report.document import Block, Figure, Paragraph, Section, Table
from pardine.report.figures.ghosts import GhostLine, ghosts_figure
from pardine.report.phrases import known_or_same
from pardine.report.sections.context import Context
from pardine.report.sections.models import comparison_blocks, density_cells, numbers_table, sexes_blocks

_ASPECTS = {
    "individuals": phrase("How unequally animals were detected"),
    "stations": phrase("How unequally stations detected"),
    "both": phrase("How animals used the stations"),
}
# Size of the tests.
_ODD = 0.05


def checks_section(context: Context) -> Section | None:
    """What was compared and checked beside the estimate; ``None`` where nothing was."""
    checked, words = context.report.checked, context.words
    blocks: list[Block] = []
    if checked.comparison is not None:
        blocks += comparison_blocks(context, checked.comparison)
    if checked.alike is not None and checked.apart is not None:
        blocks += sexes_blocks(context, checked.alike, checked.apart)
    if checked.goodness_of_fit is not None:
        blocks += _goodness(context, checked.goodness_of_fit)
    if checked.bootstrap is not None or (checked.profile is not None and _has_one_density(context)):
        blocks.append(_intervals(context))
    if checked.ghosts is not None:
        blocks += _ghosts(context, checked.ghosts)
    if checked.windows:
        blocks += _windows(context, checked.windows)
    if checked.session_windows:
        blocks += _session_windows(context, checked.session_windows)
    if not blocks:
        return None
    return Section(key="checks", heading=words.say("Other models and checks"), blocks=tuple(blocks))


def _goodness(context: Context, found: Mapping[str, Any]) -> list[Block]:
    words = context.words
    explained = words.say(
        "Goodness of fit: {n} surveys were drawn from the fitted model and fitted again. A small p says that "
        "the real survey differs from the drawn ones by more than chance.",
        n=words.number(found["n_replicates"]),
    )
    rows = [
        (
            known_or_same(words, _ASPECTS, test["aspect"]),
            words.say("more than the model can explain")
            if test["p_value"] <= _ODD
            else words.say("as the model expects"),
            words.number(test["p_value"], 2),
        )
        for test in found["tests"]
    ]
    heads = (words.say("What was looked at"), words.say("What was found"), "p")
    return [
        Paragraph(text=explained),
        numbers_table(words.say("Does the model fit?"), heads, rows, n_words=2),
    ]


def _intervals(context: Context) -> Table:
    """Density of the report beside its profile and bootstrap intervals."""
    words, report = context.words, context.report
    rows = []
    for estimates in report.fit.sessions:
        density = estimates.density_per_100km2
        rows.append((estimates.session, words.say("of this report"), *density_cells(context, density), ""))
    if report.checked.profile is not None and _has_one_density(context):
        shown = density_cells(context, report.checked.profile)
        rows.append((rows[0][0], words.say("profile likelihood"), *shown, ""))
    for session in (report.checked.bootstrap or {"sessions": ()})["sessions"]:
        shown = density_cells(context, estimate_from_json(session["density"]))
        bias = words.percent(session["density_bias"], 1)
        rows.append((session["session"], words.say("parametric bootstrap"), *shown, bias))
    heads = (
        words.say("Survey"),
        words.say("Interval"),
        words.say("Animals per 100 km²"),
        words.say("{level} interval", level=words.percent(report.fit.level)),
        words.say("Bias in drawn surveys"),
    )
    return numbers_table(
        words.say("Intervals of density by other ways"), heads, rows, n_words=2, note=_drawn(context)
    )


def _has_one_density(context: Context) -> bool:
    """Whether a profile, which is of the intercept of density, is of the density that the report shows."""
    return not any(p.name == "D" and p.terms for p in context.report.fit.spec.parameters)


def _drawn(context: Context) -> str:
    words, found = context.words, context.report.checked.bootstrap
    if found is None:
        return ""
    return words.say(
        "{n} surveys were drawn from the fitted model; {failed} of them could not be fitted.",
        n=words.number(found["n_replicates"]),
        failed=words.number(sum(found["failures"].values())),
    )


def _ghosts(context: Context, found: Mapping[str, Any]) -> list[Block]:
    words = context.words
    explained = words.say(
        "A ghost is an animal that exists only because a photograph of it was not matched with its others; "
        "nearly always it is one seen once. Ghosts make density too high."
    )
    blocks: list[Block] = [Paragraph(text=explained)]
    if found["curve"]:
        blocks.append(_ghost_figure(context, found["curve"]))
    if found["seen_twice"]:
        blocks.append(_seen_twice(context, found["seen_twice"]))
    return blocks


def _ghost_figure(context: Context, curve: Sequence[Mapping[str, Any]]) -> Figure:
    words = context.words
    names = [estimates.session for estimates in context.report.fit.sessions]
    shares = tuple(point["share"] for point in curve)
    densities = [tuple(_number(point["density_per_100km2"][i]) for point in curve) for i in range(len(names))]
    lines = [
        GhostLine(label=name, share=shares, density_per_100km2=density)
        for name, density in zip(names, densities, strict=True)
    ]
    x_label = words.say("Share of the animals seen once that are ghosts")
    y_label = words.say("Animals per 100 km²")
    rows = [
        (words.percent(share), *(words.significant(density[i]) for density in densities))
        for i, share in enumerate(shares)
    ]
    caption = words.say("Animals per 100 km² if some of the animals seen once are ghosts.")
    return Figure(
        key="ghosts",
        svg=ghosts_figure(context.canvas, lines, x_label, y_label),
        alt=words.say(
            "Density against the share of ghosts among the animals seen once: in {survey} from {first} "
            "without ghosts to {last} at {share}.",
            survey=names[0],
            first=words.significant(densities[0][0]),
            last=words.significant(densities[0][-1]),
            share=words.percent(shares[-1]),
        ),
        caption=caption,
        data=numbers_table(caption.rstrip(".。"), (words.say("Share of ghosts"), *names), rows),
        width_fraction=0.8,
    )


def _seen_twice(context: Context, sessions: Sequence[Mapping[str, Any]]) -> Table:
    words = context.words
    rows = []
    for session in sessions:
        shown = density_cells(context, estimate_from_json(session["density"]))
        expected = words.number(session["expected_once"], 1)
        rows.append((session["session"], words.number(session["n_once"]), expected, *shown))
    heads = (
        words.say("Survey"),
        words.say("Seen once"),
        words.say("Expected to be seen once"),
        words.say("Animals per 100 km²"),
        words.say("{level} interval", level=words.percent(context.report.fit.level)),
    )
    caption = words.say("Density from the animals detected at least twice alone")
    note = words.say("Animals seen only once, ghosts or not, do not enter this density.")
    return numbers_table(caption, heads, rows, note=note)


def _windows(context: Context, windows: Sequence[Mapping[str, Any]]) -> list[Block]:
    words, sessions = context.words, context.report.fit.sessions
    explained = words.say(
        "The model was fitted again to each part of the survey. If animals came or went while it lasted, the "
        "whole shows a higher density than its parts."
    )
    heads = [words.say("Survey"), words.say("whole")]
    heads += [f"{window['part']}/{window['n_parts']}" for window in windows]
    rows = []
    for i, estimates in enumerate(sessions):
        parts = [window["density_per_100km2"] for window in windows]
        shown = [words.significant(part[i]) if part else "–" for part in parts]
        rows.append((estimates.session, words.significant(estimates.density_per_100km2.value), *shown))
    caption = words.say("Animals per 100 km² from parts of the survey")
    return [Paragraph(text=explained), numbers_table(caption, heads, rows)]


def _session_windows(context: Context, windows: Sequence[Mapping[str, Any]]) -> list[Block]:
    """What other windows of sessions made of photographs would have given."""
    words = context.words
    explained = words.say(
        "The survey was cut out of what the cameras recorded, as a window of days. The table shows what "
        "shorter, longer and shifted windows give, by the model without covariates; the chosen one is marked "
        "*. Where densities differ by more than their intervals, the choice of the window matters."
    )
    heads = (
        words.say("Survey"),
        words.say("First noon"),
        words.say("Days"),
        words.say("Animals"),
        words.say("Detections"),
        words.say("Recaptured"),
        words.say("Station-days"),
        words.say("Animals per 100 km²"),
        words.say("Interval"),
    )
    rows = [_session_window(words, window) for window in windows]
    caption = words.say("Other windows of the session")
    return [Paragraph(text=explained), numbers_table(caption, heads, rows, n_words=2)]


def _session_window(words: Words, window: Mapping[str, Any]) -> tuple[str, ...]:
    stored = window["density_per_100km2"]
    density = estimate_from_json(stored) if stored else None
    first = words.date(dt.date.fromisoformat(window["first"]))
    return (
        window["session"],
        f"{first} *" if window["chosen"] else first,
        words.number(window["days"]),
        words.number(window["animals"]),
        words.number(window["detections"]),
        words.number(window["recaptured"]),
        words.number(window["station_days"]),
        words.significant(density.value) if density else "–",
        words.interval(density, decimals_of_estimate(density)) if density else "–",
    )


def _number(value: float | None) -> float:
    return math.nan if value is None else value
