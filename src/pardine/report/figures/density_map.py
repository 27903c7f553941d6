"""Maps of density in classes, with a scale bar; never with coordinates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.colors import BoundaryNorm, LinearSegmentedColormap, ListedColormap
from matplotlib.figure import Figure
from numpy.typing import NDArray

from pardine.language.words import decimals_of_tick
from pardine.report.derive import scale_bar_km
from pardine.report.figures.canvas import Canvas
from pardine.report.figures.palette import DENSITY_RAMP, INK, PAPER, QUIET

Floats = NDArray[np.float64]
_PANELS_A_ROW = 4
# About 60 % of the height of a page's text.
_TALLEST_IN = 5.8


@dataclass(frozen=True, kw_only=True, eq=False)
class MapPanel:
    """One map, in metres from a corner of its own: it holds no absolute place.

    Attributes
    ----------
    label
        Session.
    xy_m : (K, 2) array
        Middles of the squares.
    side_m
        Side of a square.
    density_per_100km2 : (K,) array
    stations_xy_m : (J, 2) array
        Empty where the audience may not see them.
    station_has_detections : (J,) boolean array
    north_is_up
        False for local coordinates, whose north nobody told.
    """

    label: str
    xy_m: Floats
    side_m: float
    density_per_100km2: Floats
    stations_xy_m: Floats
    station_has_detections: NDArray[np.bool_]
    north_is_up: bool


@dataclass(frozen=True, kw_only=True)
class MapWords:
    """What is written on the map."""

    colour_label: str
    with_detections: str
    without_detections: str
    north: str
    kilometres: str


def density_map(canvas: Canvas, panel: MapPanel, edges: Floats, words: MapWords) -> bytes:
    """One large map."""
    width_m, height_m = _extent(panel)
    # Room for the scale bar below the map, and for the legend below that.
    drawn_m = height_m + 0.22 * max(width_m, height_m)
    legend_in = 0.35 if panel.stations_xy_m.size else 0.0
    figure = canvas.figure(float(np.clip(5.2 * drawn_m / width_m + legend_in, 2.4, _TALLEST_IN)))
    axes = figure.add_subplot()
    _draw(canvas, axes, panel, edges, words, marker=22.0, size_pt=8.0)
    _colour_bar(canvas, figure, [axes], edges, words, panel.density_per_100km2)
    if panel.stations_xy_m.size:
        figure.legend(
            loc="outside lower left",
            frameon=False,
            ncols=2,
            handletextpad=0.3,
            prop=canvas.font(words.with_detections, 8.0),
        )
    return canvas.svg(figure)


def map_panels(canvas: Canvas, panels: Sequence[MapPanel], edges: Floats, words: MapWords) -> bytes:
    """Small maps side by side in the same colours; each has its own scale bar."""
    n_columns = min(len(panels), _PANELS_A_ROW)
    n_rows = -(-len(panels) // n_columns)
    figure = canvas.figure({2: 3.0, 3: 2.2}.get(n_columns, 1.72) * n_rows + 0.75)
    grid = figure.subplots(n_rows, n_columns, squeeze=False)
    for axes, panel in zip(grid.flat, panels, strict=False):
        _draw(canvas, axes, panel, edges, words, marker=1.5, size_pt=6.5)
        label = panel.label if len(panel.label) <= 22 else panel.label[:21] + "…"
        axes.set_title(label, fontproperties=canvas.font(label, 7.5), color=INK, pad=3, parse_math=False)
    for axes in list(grid.flat)[len(panels) :]:
        axes.set_visible(False)
    values = np.concatenate([panel.density_per_100km2 for panel in panels])
    _colour_bar(canvas, figure, list(grid.flat), edges, words, values)
    return canvas.svg(figure)


def ramp(n_classes: int) -> ListedColormap:
    """So many colours from light to dark."""
    smooth = LinearSegmentedColormap.from_list("density", DENSITY_RAMP)
    return ListedColormap([smooth(x) for x in np.linspace(0.0, 1.0, n_classes)])


def _draw(
    canvas: Canvas, axes: Axes, panel: MapPanel, edges: Floats, words: MapWords, marker: float, size_pt: float
) -> None:
    colours = ramp(len(edges) - 1)
    half = panel.side_m / 2.0
    corners = np.array([[-half, -half], [half, -half], [half, half], [-half, half]])
    squares = PolyCollection(
        list(panel.xy_m[:, None, :] + corners),
        array=np.clip(panel.density_per_100km2, edges[0], edges[-1] * (1 - 1e-12)),
        cmap=colours,
        norm=BoundaryNorm(edges, colours.N),
        antialiased=False,
        linewidth=0.0,
        rasterized=True,
    )
    axes.add_collection(squares)
    _draw_stations(axes, panel, words, marker)
    low, high = panel.xy_m.min(axis=0) - half, panel.xy_m.max(axis=0) + half
    margin = 0.03 * float((high - low).max())
    # Room below for the scale bar, so that it never covers the map.
    room = 0.13 * float((high - low).max()) + margin
    axes.set_xlim(low[0] - margin, high[0] + margin)
    axes.set_ylim(low[1] - room, high[1] + margin)
    axes.set_aspect("equal", anchor="N")
    axes.set_axis_off()
    _scale_bar(canvas, axes, low, float(high[0] - low[0]), margin, words, size_pt)
    if panel.north_is_up:
        _north_arrow(canvas, axes, high, low, margin, room, words, size_pt)


def _draw_stations(axes: Axes, panel: MapPanel, words: MapWords, marker: float) -> None:
    for seen, fill, label in ((True, INK, words.with_detections), (False, PAPER, words.without_detections)):
        here = panel.stations_xy_m[panel.station_has_detections == seen]
        if here.size:
            axes.scatter(here[:, 0], here[:, 1], s=marker * 1.9, color=PAPER, linewidth=0, zorder=3)
            axes.scatter(
                here[:, 0],
                here[:, 1],
                s=marker,
                facecolor=fill,
                edgecolor=INK,
                linewidth=0.25 * marker**0.4,
                zorder=4,
                label=label,
            )


def _scale_bar(
    canvas: Canvas, axes: Axes, low: Floats, width_m: float, margin: float, words: MapWords, size_pt: float
) -> None:
    length_km = scale_bar_km(width_m)
    x, y = float(low[0]), float(low[1]) - 1.6 * margin
    axes.plot([x, x + length_km * 1000.0], [y, y], color=INK, linewidth=2.2, solid_capstyle="butt")
    decimals = 0 if length_km >= 1 else 1
    text = words.kilometres.format(n=canvas.words.number(length_km, decimals))
    canvas.write(axes.text, x, y - 0.6 * margin, text, size_pt, va="top", ha="left")


def _north_arrow(
    canvas: Canvas,
    axes: Axes,
    high: Floats,
    low: Floats,
    margin: float,
    room: float,
    words: MapWords,
    size_pt: float,
) -> None:
    x, top, bottom = (
        float(high[0]) - margin,
        float(low[1]) - 0.8 * margin,
        float(low[1]) - room + 0.4 * margin,
    )
    axes.annotate(
        "",
        xy=(x, top),
        xytext=(x, bottom),
        arrowprops={"arrowstyle": "-|>", "color": INK, "linewidth": 1.2, "shrinkA": 0, "shrinkB": 0},
    )
    axes.annotate(
        words.north,
        xy=(x, (top + bottom) / 2.0),
        xytext=(-0.7 * size_pt, 0.0),
        textcoords="offset points",
        ha="right",
        va="center",
        color=INK,
        fontproperties=canvas.font(words.north, size_pt),
    )


def _colour_bar(
    canvas: Canvas, figure: Figure, all_axes: list[Axes], edges: Floats, words: MapWords, values: Floats
) -> None:
    mappable = all_axes[0].collections[0]
    beyond = bool((values > edges[-1]).any())
    bar = figure.colorbar(
        mappable,
        ax=all_axes,
        orientation="vertical",
        shrink=0.75,
        aspect=24,
        pad=0.02,
        ticks=list(edges),
        spacing="uniform",
        drawedges=True,
        panchor=False,
    )
    bar.outline.set_edgecolor(QUIET)
    bar.dividers.set_color(PAPER)
    decimals = max(decimals_of_tick(float(edge)) for edge in edges)
    texts = [canvas.words.number(float(edge), decimals) for edge in edges]
    if beyond:
        texts[-1] = "≥ " + texts[-1]
    bar.ax.set_yticklabels(texts, fontproperties=canvas.font("0", 8.0), color=INK)
    bar.ax.tick_params(length=0)
    bar.set_label(words.colour_label, fontproperties=canvas.font(words.colour_label, 8.0), color=INK)


def _extent(panel: MapPanel) -> tuple[float, float]:
    width, height = panel.xy_m.max(axis=0) - panel.xy_m.min(axis=0) + panel.side_m
    return float(width), float(height)
