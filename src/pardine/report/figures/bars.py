"""How often each animal was detected."""

from __future__ import annotations

from matplotlib.ticker import MaxNLocator

from pardine.report.figures.canvas import Canvas
from pardine.report.figures.palette import GREEN


def frequency_figure(
    canvas: Canvas, counts: tuple[tuple[int, int], ...], x_label: str, y_label: str
) -> bytes:
    """Bars: number of animals by number of detections.

    Parameters
    ----------
    counts
        (detections, animals) pairs from 1 upwards.
    """
    figure = canvas.figure(2.5)
    axes = figure.add_subplot()
    values = [value for value, _ in counts]
    axes.bar(values, [n for _, n in counts], width=0.8, color=GREEN)
    canvas.dress(axes, x_label, y_label)
    axes.grid(False, axis="x")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(integer=True, nbins=12))
    axes.set_xlim(0.4, max([*values, 4]) + 0.6)
    canvas.number_axis(axes)
    return canvas.svg(figure)
