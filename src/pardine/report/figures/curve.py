"""The detection function: how the chance to be photographed falls with distance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from pardine.report.derive import DetectionCurve
from pardine.report.figures.canvas import Canvas
from pardine.report.figures.palette import BAND, GREEN, INK, OCHRE, QUIET

_PANELS_A_ROW = 4


@dataclass(frozen=True, kw_only=True)
class CurveWords:
    """What is written on the figure."""

    x_label: str
    y_label: str
    band: str
    curve: str
    truth: str
    sigma: str


def curve_figure(
    canvas: Canvas, curve: DetectionCurve, words: CurveWords, truth: NDArray[np.float64] | None = None
) -> bytes:
    """One detection curve with its band; a simulated truth dashed beside it."""
    figure = canvas.figure(3.1)
    axes = figure.add_subplot()
    _draw(axes, curve, words, truth)
    canvas.dress(axes, words.x_label, words.y_label)
    canvas.percent_axis(axes.yaxis)
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
    legend = axes.legend(frameon=False, loc="upper right", prop=canvas.font(words.band + words.truth, 8.0))
    for text in legend.get_texts():
        text.set_color(INK)
    return canvas.svg(figure)


def curve_panels(canvas: Canvas, curves: tuple[DetectionCurve, ...], words: CurveWords) -> bytes:
    """Small curves side by side on the same axes."""
    n_rows = -(-len(curves) // _PANELS_A_ROW)
    figure = canvas.figure(1.55 * n_rows + 0.4)
    grid = figure.subplots(n_rows, _PANELS_A_ROW, squeeze=False, sharex=True, sharey=True)
    for axes, curve in zip(grid.flat, curves, strict=False):
        _draw(axes, curve, words, None)
        canvas.dress(axes, "", "")
        canvas.number_axis(axes, 6.5)
        canvas.percent_axis(axes.yaxis, 6.5)
        canvas.write(
            axes.text, 0.98, 0.96, curve.session[:22], 7.0, ha="right", va="top", transform=axes.transAxes
        )
    for axes in list(grid.flat)[len(curves) :]:
        axes.set_visible(False)
    figure.supxlabel(words.x_label, fontproperties=canvas.font(words.x_label, 8.0), color=INK)
    figure.supylabel(words.y_label, fontproperties=canvas.font(words.y_label, 8.0), color=INK)
    return canvas.svg(figure)


def _draw(axes: Axes, curve: DetectionCurve, words: CurveWords, truth: NDArray[np.float64] | None) -> None:
    distance_km = curve.distance_m / 1000.0
    if np.isfinite(curve.lower).all():
        axes.fill_between(distance_km, curve.lower, curve.upper, color=BAND, linewidth=0, label=words.band)
    axes.plot(distance_km, curve.probability, color=GREEN, linewidth=1.8, label=words.curve)
    if truth is not None:
        axes.plot(distance_km, truth, color=OCHRE, linewidth=1.4, linestyle=(0, (5, 2)), label=words.truth)
    axes.set_xlim(0.0, float(distance_km[-1]))
    axes.set_ylim(bottom=0.0)
