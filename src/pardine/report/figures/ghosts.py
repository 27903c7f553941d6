"""Density against the share of the animals seen once that may be ghosts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pardine.report.figures.canvas import Canvas
from pardine.report.figures.palette import GREEN, INK

# Lines beyond which names at their ends would stand on each other.
_MOST_NAMED = 5


@dataclass(frozen=True, kw_only=True)
class GhostLine:
    """One session: shares, and its density at each (NaN where there is none)."""

    label: str
    share: tuple[float, ...]
    density_per_100km2: tuple[float, ...]


def ghosts_figure(canvas: Canvas, lines: Sequence[GhostLine], x_label: str, y_label: str) -> bytes:
    """A line for each session, named at its end where there are few."""
    figure = canvas.figure(2.5, 5.2)
    axes = figure.add_subplot()
    for line in lines:
        axes.plot(line.share, line.density_per_100km2, color=GREEN, linewidth=1.6, marker="o", markersize=3.5)
        if 1 < len(lines) <= _MOST_NAMED:
            canvas.write(
                axes.text,
                line.share[-1] + 0.01,
                line.density_per_100km2[-1],
                line.label[:24],
                7.0,
                va="center",
                color=INK,
            )
    axes.set_ylim(bottom=0.0)
    axes.set_xticks(list(lines[0].share))
    canvas.dress(axes, x_label, y_label)
    canvas.percent_axis(axes.xaxis)
    return canvas.svg(figure)
