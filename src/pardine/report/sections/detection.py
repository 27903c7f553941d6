"""The detection function and its band."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from pardine.language.words import decimals_for
from pardine.report.derive import (
    DetectionCurve,
    detection_curves,
    probability_of_detection,
    typical_station_days,
)
from pardine.report.document import Column, Figure, Paragraph, Section, Table
from pardine.report.figures.curve import Curves, CurveWords, curve_figure, curve_panels
from pardine.report.phrases import CLASSES, known_or_same
from pardine.report.sections.context import Context, cells

_PANELS_A_FIGURE = 16


def detection_section(context: Context) -> Section:
    """How detection falls with distance, once for all sessions or by session."""
    words = context.words
    explained = words.say(
        "The further a station stands from the centre of an animal's range, the less often it photographs "
        "the animal. From this fall the model learns how far the animals range, and so how many the stations "
        "could have missed."
    )
    figures = (
        [_shared_figure(context)] if context.report.detection_is_shared else _figures_by_session(context)
    )
    return Section(
        key="detection",
        heading=words.say("How detection falls with distance"),
        blocks=(Paragraph(text=explained), *figures),
    )


def _shared_figure(context: Context) -> Figure:
    curves = _curves(context)[0]
    return Figure(
        key="detection",
        svg=curve_figure(context.canvas, curves, _words(context, curves), _true_curve(context, curves[0])),
        alt=context.words.join(*(_alt(context, curve) for curve in curves)),
        caption=_caption(context, curves[0]),
        data=_curve_table(context, curves),
        width_fraction=0.9,
    )


def _alt(context: Context, curve: DetectionCurve) -> str:
    words = context.words
    seen = words.say(
        "Falling curve with a shaded band: {first} at the centre of the range, {second} at {sigma} km, "
        "{third} at {twice} km.",
        first=_share(context, curve, 0.0),
        second=_share(context, curve, 1.0),
        third=_share(context, curve, 2.0),
        sigma=words.significant(curve.sigma_m / 1e3),
        twice=words.significant(2.0 * curve.sigma_m / 1e3),
    )
    if not curve.of_class:
        return seen
    return words.say(
        "{survey}: {quantity}", survey=known_or_same(words, CLASSES, curve.of_class), quantity=seen
    )


def _figures_by_session(context: Context) -> list[Figure]:
    words, curves = context.words, _curves(context)
    figures = []
    for number, start in enumerate(range(0, len(curves), _PANELS_A_FIGURE), start=1):
        part = curves[start : start + _PANELS_A_FIGURE]
        figures.append(
            Figure(
                key=f"detection-{number}",
                svg=curve_panels(context.canvas, part, _words(context, part[0])),
                alt=words.say(
                    "Small falling curves, one a survey, each with a shaded band; the values are in the "
                    "table."
                ),
                caption=_caption(context, part[0][0]),
                data=_panels_table(context, [curve for curves in part for curve in curves]),
            )
        )
    return figures


def _curves(context: Context) -> tuple[Curves, ...]:
    report = context.report
    level = report.fit.sessions[0].density_per_100km2.level
    station_days = typical_station_days(tuple(section.history for section in report.sections))
    shown = report.fit.sessions[:1] if report.detection_is_shared else report.fit.sessions
    return tuple(detection_curves(report.fit, s.session, station_days, level=level) for s in shown)


def _words(context: Context, curves: Curves) -> CurveWords:
    words, curve = context.words, curves[0]
    return CurveWords(
        x_label=words.say("Distance from the centre of the range (km)"),
        y_label=words.say("Chance to be photographed"),
        band=words.say("{level} interval", level=words.percent(curve.level)),
        curve=words.say("estimate"),
        truth=words.say("simulated truth"),
        sigma=words.say("σ = {sigma} km", sigma=words.significant(curve.sigma_m / 1e3)),
        classes={c.of_class: _class_label(context, c) for c in curves if c.of_class},
    )


def _class_label(context: Context, curve: DetectionCurve) -> str:
    """The class, with its sigma where that holds for all sessions."""
    words = context.words
    name = known_or_same(words, CLASSES, curve.of_class)
    if not context.report.detection_is_shared:
        return name
    return f"{name}, " + words.say("σ = {sigma} km", sigma=words.significant(curve.sigma_m / 1e3))


def _caption(context: Context, curve: DetectionCurve) -> str:
    words = context.words
    effort = words.say(
        "Chance that a station photographs an animal at least once, over {days} station-days (the median "
        "effort of a station), by the distance between station and centre of the range.",
        days=words.significant(curve.station_days),
    )
    if math.isnan(curve.lower[0]):
        return words.join(effort, words.say("The fit has no standard errors, so no band is drawn."))
    band = words.say(
        "Band: {level} interval at each distance (delta method).", level=words.percent(curve.level)
    )
    return words.join(effort, band)


def _true_curve(context: Context, curve: DetectionCurve) -> np.ndarray | None:
    report = context.report
    truth = report.truth_by_session.get(report.fit.sessions[0].session)
    first = "g0" if report.fit.spec.detection == "HN" else "lambda0"
    if truth is None or not {first, "sigma"} <= truth.parameters.keys():
        return None
    return probability_of_detection(
        report.fit.spec.detection,
        truth.parameters[first],
        truth.parameters["sigma"],
        curve.distance_m,
        curve.station_days,
    )


def _share(context: Context, curve: DetectionCurve, sigmas: float) -> str:
    at = float(np.interp(sigmas * curve.sigma_m, curve.distance_m, curve.probability))
    return context.words.percent(at, 0 if at >= 0.1 else 1)


def _curve_table(context: Context, curves: Curves) -> Table:
    words = context.words
    heads = [words.say("Distance (km)")]
    for curve in curves:
        chance = words.say("Chance to be photographed")
        if curve.of_class:
            chance = words.say(
                "{survey}: {quantity}", survey=known_or_same(words, CLASSES, curve.of_class), quantity=chance
            )
        heads += [chance, words.say("Lower limit"), words.say("Upper limit")]
    # Half a sigma between rows.
    wanted = [int(i) for i in np.linspace(0, len(curves[0].distance_m) - 1, 8)]
    series = [s for curve in curves for s in (curve.probability, curve.lower, curve.upper)]
    decimals = decimals_for(float(curves[0].distance_m[wanted[1]]) / 1e3, 2)
    rows = (
        (
            words.number(curves[0].distance_m[i] / 1e3, decimals),
            *(_percent(context, values[i]) for values in series),
        )
        for i in wanted
    )
    return Table(
        caption=words.say("Chance to be photographed, by distance"),
        columns=tuple(Column(head=head, align="right") for head in heads),
        rows=tuple(cells(row) for row in rows),
    )


def _panels_table(context: Context, curves: Sequence[DetectionCurve]) -> Table:
    words = context.words
    heads = (
        words.say("Survey"),
        words.say("Chance at the centre"),
        words.say("Lower limit"),
        words.say("Upper limit"),
        words.say("σ (km)"),
    )
    rows = (
        (
            _panel_label(context, curve),
            *(_percent(context, series[0]) for series in (curve.probability, curve.lower, curve.upper)),
            words.significant(curve.sigma_m / 1e3),
        )
        for curve in curves
    )
    return Table(
        caption=words.say(
            "Chance to be photographed at the centre of the range, and spatial scale, by survey"
        ),
        columns=tuple(Column(head=head, align="right" if i else "left") for i, head in enumerate(heads)),
        rows=tuple(cells(row) for row in rows),
        dense=True,
    )


def _panel_label(context: Context, curve: DetectionCurve) -> str:
    if not curve.of_class:
        return curve.session
    return f"{curve.session}, {known_or_same(context.words, CLASSES, curve.of_class)}"


def _percent(context: Context, share: float) -> str:
    return "–" if math.isnan(share) else context.words.percent(float(share), 1)
