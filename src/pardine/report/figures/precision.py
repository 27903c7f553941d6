"""Precision against effort: what more nights or more stations would bring."""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.axes import Axes

from pardine.report.figures.canvas import Canvas
from pardine.report.figures.palette import GREEN, INK, OCHRE, QUIET

Curve = tuple[tuple[float, float], ...]


@dataclass(frozen=True, kw_only=True)
class PrecisionWords:
    """What is written on the figure."""

    y_label: str
    nights: str
    stations: str
    goal: str
    design: str
    simulated: str


@dataclass(frozen=True, kw_only=True)
class PrecisionCurves:
    """What is drawn; every precision is a coefficient of variation (0.2 is 20 %).

    Attributes
    ----------
    by_nights, by_stations
        (effort, precision) pairs; stations may be empty.
    nights, n_stations, design_cv
        The design itself.
    goal_cv
        What is wanted.
    simulated_cv, simulated_error
        Of the design by simulation with its Monte-Carlo standard error; ``None`` where not done.
    """

    by_nights: Curve
    by_stations: Curve
    nights: float
    n_stations: float
    design_cv: float
    goal_cv: float
    simulated_cv: float | None = None
    simulated_error: float | None = None


def precision_figure(canvas: Canvas, curves: PrecisionCurves, words: PrecisionWords) -> bytes:
    """One panel for nights and, where stations were chosen, one for their number."""
    panels = [(curves.by_nights, curves.nights, words.nights)]
    if curves.by_stations:
        panels.append((curves.by_stations, curves.n_stations, words.stations))
    figure = canvas.figure(3.2)
    drawn = figure.subplots(1, len(panels), squeeze=False, sharey=True)[0]
    for axes, (curve, here, label) in zip(drawn, panels, strict=True):
        _draw(axes, curve, here, curves, words)
        axes.set_ylim(0.0, 1.15 * _highest(curves))
        axes.set_xlim(left=0.0)
        canvas.dress(axes, label, words.y_label if axes is drawn[0] else "")
        canvas.percent_axis(axes.yaxis)
    letters = words.goal + words.design + words.simulated
    legend = drawn[0].legend(frameon=False, loc="upper right", prop=canvas.font(letters, 7.5))
    for text in legend.get_texts():
        text.set_color(INK)
    return canvas.svg(figure)


def _highest(curves: PrecisionCurves) -> float:
    """Top of the axis; a design that tells next to nothing does not flatten the others."""
    every = [cv for curve in (curves.by_nights, curves.by_stations) for _, cv in curve]
    limit = 4.0 * max(curves.design_cv, curves.goal_cv)
    return max(min(cv, limit) for cv in [*every, curves.goal_cv])


def _draw(axes: Axes, curve: Curve, here: float, curves: PrecisionCurves, words: PrecisionWords) -> None:
    effort, cv = zip(*curve, strict=True)
    axes.axhline(curves.goal_cv, color=QUIET, linewidth=1.0, linestyle=(0, (4, 3)), label=words.goal)
    axes.plot(effort, cv, color=GREEN, linewidth=1.8, marker="o", markersize=3.0)
    axes.plot([here], [curves.design_cv], "o", color=GREEN, markersize=8.0, label=words.design)
    if curves.simulated_cv is not None and curves.simulated_error is not None:
        axes.errorbar(
            [here],
            [curves.simulated_cv],
            yerr=[1.96 * curves.simulated_error],
            fmt="s",
            color=OCHRE,
            markersize=4.0,
            capsize=3.0,
            label=words.simulated,
        )
