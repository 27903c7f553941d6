"""The detection function: how the chance to be photographed falls with distance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from pardine.report.derive import DetectionCurve
from pardine.report.figures.canvas import Canvas
from pardine.report.figures.palette import BAND, BLUE, GREEN, INK, OCHRE, QUIET

_PANELS_A_ROW = 4
# Colour and dashes of each class of animals.
_LINES: tuple[tuple[str, Literal["-", "--"]], ...] = ((GREEN, "-"), (BLUE, "--"))

Curves = tuple[DetectionCurve, ...]


@dataclass(frozen=True, kw_only=True)
class CurveWords:
    """What is written on the figure."""

    x_label: str
    y_label: str
    band: str
    curve: str
    truth: str
    sigma: str
    classes: Mapping[str, str] = field(default_factory=dict)


def curve_figure(
    canvas: Canvas, curves: Curves, words: CurveWords, truth: NDArray[np.float64] | None = None
) -> bytes:
    """The detection curve with its band, one for each class of animals; a simulated truth beside it."""
    figure = canvas.figure(3.1)
    axes = figure.add_subplot()
    _draw(axes, curves, words, truth)
    canvas.dress(axes, words.x_label, words.y_label)
    canvas.percent_axis(axes.yaxis)
    if len(curves) == 1:
        _mark_sigma(canvas, axes, curves[0], words)
    letters = words.band + words.truth + "".join(words.classes.values())
    legend = axes.legend(frameon=False, loc="upper right", prop=canvas.font(letters, 8.0))
    for text in legend.get_texts():
        text.set_color(INK)
    return canvas.svg(figure)


def _mark_sigma(canvas: Canvas, axes: Axes, curve: DetectionCurve, words: CurveWords) -> None:
    sigma_km = curve.sigma_m / 1000.0
    axes.axvline(sigma_km, color=QUIET, linewidth=0.9, linestyle=(0, (2, 2)))
    canvas.write(
        axes.text,
        sigma_km + 0.01 * axes.get_xlim()[1],
        axes.get_ylim()[1] * 0.985,
        words.sigma,
        8.0,
        va="top",
        color=QUIET,
    )


def curve_panels(canvas: Canvas, panels: Sequence[Curves], words: CurveWords) -> bytes:
    """Small curves side by side on the same axes; few panels are larger."""
    n_columns = min(max(len(panels), 2), _PANELS_A_ROW)
    n_rows = -(-len(panels) // n_columns)
    figure = canvas.figure((1.55 if n_columns == _PANELS_A_ROW else 2.1) * n_rows + 0.4)
    grid = figure.subplots(n_rows, n_columns, squeeze=False, sharex=True, sharey=True)
    for axes, curves in zip(grid.flat, panels, strict=False):
        _draw(axes, curves, words, None)
        canvas.dress(axes, "", "")
        canvas.number_axis(axes, 6.5)
        canvas.percent_axis(axes.yaxis, 6.5)
        canvas.write(
            axes.text, 0.98, 0.96, curves[0].session[:22], 7.0, ha="right", va="top", transform=axes.transAxes
        )
    for axes in list(grid.flat)[len(panels) :]:
        axes.set_visible(False)
    figure.supxlabel(words.x_label, fontproperties=canvas.font(words.x_label, 8.0), color=INK)
    figure.supylabel(words.y_label, fontproperties=canvas.font(words.y_label, 8.0), color=INK)
    if words.classes:
        font = canvas.font("".join(words.classes.values()), 8.0)
        handles = [Line2D([], [], color=c, linestyle=s, linewidth=1.8) for c, s in _LINES]
        figure.legend(
            handles[: len(words.classes)],
            list(words.classes.values()),
            loc="outside lower center",
            ncols=2,
            frameon=False,
            prop=font,
        )
    return canvas.svg(figure)


def _draw(axes: Axes, curves: Curves, words: CurveWords, truth: NDArray[np.float64] | None) -> None:
    distance_km = curves[0].distance_m / 1000.0
    for number, (curve, (colour, line)) in enumerate(zip(curves, _LINES, strict=False)):
        if np.isfinite(curve.lower).all():
            band = words.band if number == 0 else None
            axes.fill_between(
                distance_km, curve.lower, curve.upper, color=BAND, alpha=0.7, linewidth=0, label=band
            )
        label = words.classes.get(curve.of_class, words.curve)
        axes.plot(distance_km, curve.probability, color=colour, linestyle=line, linewidth=1.8, label=label)
    if truth is not None:
        axes.plot(distance_km, truth, color=OCHRE, linewidth=1.4, linestyle=(0, (5, 2)), label=words.truth)
    axes.set_xlim(0.0, float(distance_km[-1]))
    axes.set_ylim(bottom=0.0)
