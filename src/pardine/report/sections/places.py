"""Where the animals live: maps as exact as the audience may see them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pardine.exchange.generalise import grid_m
from pardine.language.words import decimals_of_tick
from pardine.report.derive import class_edges
from pardine.report.document import Column, Figure, Paragraph, Section, Table
from pardine.report.figures.density_map import MapPanel, MapWords, density_map, map_panels
from pardine.report.privacy import map_panel
from pardine.report.sections.context import Context, cells

_PANELS_A_FIGURE = 16


def places_section(context: Context) -> Section | None:
    """Map of density, or small maps of many sessions; ``None`` where no surface is given."""
    audience = context.report.audience
    panels = [map_panel(s, audience) for s in context.report.sections if s.surface is not None]
    if not panels:
        return None
    words = context.words
    edges = class_edges(np.concatenate([panel.density_per_100km2 for panel in panels]))
    figures = (
        [_large_map(context, panels[0], edges)] if len(panels) == 1 else _small_maps(context, panels, edges)
    )
    explained = words.say(
        "Density of range centres given what was seen: high where animals were detected, moderate where "
        "stations are too far away to have seen them, low where stations worked and saw none."
    )
    return Section(
        key="places",
        heading=words.say("Where the animals live"),
        blocks=(Paragraph(text=explained), *figures),
    )


def _large_map(context: Context, panel: MapPanel, edges: NDArray[np.float64]) -> Figure:
    words = context.words
    km2 = panel.side_m**2 / 1e6
    share_low = float((panel.density_per_100km2 < edges[1]).mean())
    return Figure(
        key="map",
        svg=density_map(context.canvas, panel, edges, _words(context)),
        alt=words.say(
            "Map of density in {classes} classes from {low} to {high} animals per 100 km², without "
            "coordinates. {share} of the area lies in the lowest class.",
            classes=words.number(len(edges) - 1),
            low=words.number(0),
            high=words.significant(float(panel.density_per_100km2.max())),
            share=words.percent(share_low),
        ),
        caption=words.join(
            words.say("Independent animals per 100 km²."), _privacy_note(context, panel.side_m)
        ),
        data=_class_table(context, panel, edges, km2),
    )


def _small_maps(context: Context, panels: list[MapPanel], edges: NDArray[np.float64]) -> list[Figure]:
    words = context.words
    figures = []
    for number, start in enumerate(range(0, len(panels), _PANELS_A_FIGURE), start=1):
        part = panels[start : start + _PANELS_A_FIGURE]
        side_m = max(panel.side_m for panel in part)
        scales = words.say("All maps share one colour scale; each has its own scale bar.")
        figures.append(
            Figure(
                key=f"maps-{number}",
                svg=map_panels(context.canvas, part, edges, _words(context)),
                alt=words.plural(
                    "{n} small map of density in classes; its values are in the table.",
                    "{n} small maps of density in classes; their values are in the table.",
                    len(part),
                ),
                caption=words.join(
                    words.say("Independent animals per 100 km²."), scales, _privacy_note(context, side_m)
                ),
                data=_panels_table(context, part),
            )
        )
    return figures


def _words(context: Context) -> MapWords:
    words = context.words
    return MapWords(
        colour_label=words.say("Independent animals per 100 km²"),
        with_detections=words.say("station with detections"),
        without_detections=words.say("station without detections"),
        north=words.say("N"),
        kilometres=words.say("{n} km", n="{n}"),
    )


def _privacy_note(context: Context, side_m: float) -> str:
    words, audience = context.words, context.report.audience
    if grid_m(audience) is None:
        return words.say("Exact places: for internal use only.")
    side = words.significant(side_m / 1e3)
    if audience == "partner":
        return words.say(
            "Means over squares of {side} km; stations stand in the middle of their square.", side=side
        )
    return words.say(
        "Means over squares of {side} km. Stations are not shown, to protect animals and cameras.", side=side
    )


def _class_table(context: Context, panel: MapPanel, edges: NDArray[np.float64], km2: float) -> Table:
    words = context.words
    which = np.clip(np.searchsorted(edges, panel.density_per_100km2, side="right") - 1, 0, len(edges) - 2)
    decimals = max(decimals_of_tick(float(edge)) for edge in edges)
    labels = [f"{words.number(a, decimals)} – {words.number(b, decimals)}" for a, b in pairwise(edges)]
    if (panel.density_per_100km2 > edges[-1]).any():
        labels[-1] = words.say("{low} and more", low=words.number(edges[-2], decimals))
    area_km2 = np.bincount(which, minlength=len(labels)) * km2
    heads = (
        words.say("Independent animals per 100 km²"),
        words.say("Area of the squares, km²"),
        words.say("Share of the area"),
    )
    rows = (
        (label, words.significant(area), words.percent(area / area_km2.sum()))
        for label, area in zip(labels, area_km2, strict=True)
    )
    return Table(
        caption=words.say("Area by class of density"),
        columns=tuple(Column(head=head, align="right") for head in heads),
        rows=tuple(cells(row) for row in rows),
    )


def _panels_table(context: Context, panels: list[MapPanel]) -> Table:
    words = context.words
    heads = (
        words.say("Survey"),
        words.say("Squares"),
        words.say("Lowest density"),
        words.say("Median density"),
        words.say("Highest density"),
    )
    rows = (
        (
            panel.label,
            words.number(len(panel.xy_m)),
            *(words.significant(float(np.quantile(panel.density_per_100km2, q))) for q in (0.0, 0.5, 1.0)),
        )
        for panel in panels
    )
    return Table(
        caption=words.say("Independent animals per 100 km² on the maps, by survey"),
        columns=tuple(Column(head=head, align="right" if i else "left") for i, head in enumerate(heads)),
        rows=tuple(cells(row) for row in rows),
        dense=True,
    )
