"""Estimates of many sessions, one below the other, each with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from pardine.report.figures.canvas import Canvas
from pardine.report.figures.palette import GREEN, INK, OCHRE, PAPER, RULE

_LONGEST_LABEL = 34


@dataclass(frozen=True, kw_only=True)
class ForestRow:
    """One session: label, estimate, limits, and a simulated truth where there is one."""

    label: str
    value: float
    lower: float
    upper: float
    truth: float | None = None


def forest_figure(
    canvas: Canvas, rows: Sequence[ForestRow], x_label: str, estimate_label: str, truth_label: str
) -> bytes:
    """Points with intervals; an interval beyond the frame ends in an arrow."""
    figure = canvas.figure(0.9 + 0.205 * len(rows))
    axes = figure.add_subplot()
    limit = _frame(rows)
    for position, row in enumerate(rows):
        _draw_row(axes, position, row, limit)
    canvas.dress(axes, x_label, "")
    axes.grid(False, axis="y")
    axes.spines["left"].set_visible(False)
    axes.set_xlim(0.0, limit)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_yticks(range(len(rows)), [_short(row.label) for row in rows])
    axes.tick_params(axis="y", length=0)
    for label in axes.get_yticklabels():
        label.set_fontproperties(canvas.font(label.get_text(), 8.0))
        label.set_parse_math(False)
    if any(row.truth is not None for row in rows):
        marks = [_mark("o", GREEN, estimate_label), _mark("D", OCHRE, truth_label, hollow=True)]
        axes.legend(handles=marks, frameon=False, loc="lower right", prop=canvas.font(truth_label, 8.0))
    return canvas.svg(figure)


def _draw_row(axes: Axes, position: int, row: ForestRow, limit: float) -> None:
    if position % 2:
        axes.axhspan(position - 0.5, position + 0.5, color=RULE, alpha=0.22, linewidth=0)
    upper = min(row.upper, limit)
    axes.plot([row.lower, upper], [position, position], color=GREEN, linewidth=1.6, solid_capstyle="butt")
    if row.upper > limit:
        axes.plot([limit], [position], marker=">", color=GREEN, markersize=6, clip_on=False)
    axes.plot(
        [row.value], [position], marker="o", color=GREEN, markersize=5, markeredgecolor=PAPER, clip_on=False
    )
    if row.truth is not None:
        axes.plot(
            [row.truth],
            [position],
            marker="D",
            color="none",
            markeredgecolor=OCHRE,
            markersize=5.5,
            markeredgewidth=1.3,
            clip_on=False,
        )


def _frame(rows: Sequence[ForestRow]) -> float:
    """Right edge: all points, and all intervals unless one dwarfs the others."""
    points = max([row.value for row in rows] + [row.truth or 0.0 for row in rows])
    uppers = sorted(row.upper for row in rows)
    typical = uppers[max(0, int(0.9 * len(uppers)) - 1)]
    limit = max(points, min(uppers[-1], max(2.5 * points, 1.5 * typical)))
    return limit * 1.04 if limit > 0.0 else 1.0


def _short(label: str) -> str:
    return label if len(label) <= _LONGEST_LABEL else label[: _LONGEST_LABEL - 1] + "…"


def _mark(marker: str, colour: str, label: str, *, hollow: bool = False) -> Line2D:
    return Line2D(
        [],
        [],
        linestyle="none",
        marker=marker,
        markersize=5.5,
        label=label,
        color=colour,
        markerfacecolor="none" if hollow else colour,
        markeredgecolor=colour if hollow else INK,
        markeredgewidth=1.3 if hollow else 0.0,
    )
