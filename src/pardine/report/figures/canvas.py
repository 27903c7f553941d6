"""A quiet common look for all figures, and their way into deterministic SVG."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.text import Text
from matplotlib.ticker import FuncFormatter

from pardine.language.words import Words, decimals_of_tick
from pardine.report.figures.palette import INK, PAPER, QUIET, RULE
from pardine.report.fonts import Fonts, holds_cjk

WIDTH_IN = 6.5
_RASTER_DPI = 200
_PROLOGUE = re.compile(rb"<\?xml[^>]*\?>\s*|<!DOCTYPE[^>]*>\s*|\s*<metadata>.*?</metadata>", re.DOTALL)
# matplotlib writes each text that it drew as paths once more as a comment.
_COMMENT = re.compile(rb"\s*<!--.*?-->", re.DOTALL)


class Canvas:
    """Makes figures with the words, fonts and colours of one report.

    Parameters
    ----------
    words
        Language of numbers on axes.
    fonts
        Font files of letters.
    """

    def __init__(self, words: Words, fonts: Fonts) -> None:
        self.words = words
        self.fonts = fonts

    def figure(self, height_in: float, width_in: float = WIDTH_IN) -> Figure:
        """An empty figure on paper colour."""
        return Figure(figsize=(width_in, height_in), facecolor=PAPER, layout="constrained")

    def font(self, text: str, size_pt: float, *, bold: bool = False) -> FontProperties:
        """Font for a text."""
        return FontProperties(fname=str(self.fonts.for_text(text, bold=bold)), size=size_pt)

    def dress(self, axes: Axes, x_label: str, y_label: str) -> None:
        """Labels with units, thin axes, light grid."""
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        for side in ("left", "bottom"):
            axes.spines[side].set_color(QUIET)
            axes.spines[side].set_linewidth(0.8)
        axes.set_axisbelow(True)
        axes.grid(True, color=RULE, linewidth=0.5)
        axes.tick_params(colors=INK, width=0.8, length=3)
        axes.set_xlabel(x_label, fontproperties=self.font(x_label, 8.5), color=INK)
        axes.set_ylabel(y_label, fontproperties=self.font(y_label, 8.5), color=INK)
        self.number_axis(axes)

    def number_axis(self, axes: Axes, size_pt: float = 8.0) -> None:
        """Tick labels as the language writes numbers."""
        for axis in (axes.xaxis, axes.yaxis):
            ticks = [tick for tick in axis.get_majorticklocs() if tick]
            decimals = max((decimals_of_tick(tick) for tick in ticks), default=0)
            axis.set_major_formatter(FuncFormatter(lambda value, _, d=decimals: self.words.number(value, d)))
            for label in axis.get_ticklabels():
                label.set_fontproperties(self.font("0", size_pt))

    def percent_axis(self, axis: Axis, size_pt: float = 8.0) -> None:
        """Tick labels of a share as percentages."""
        decimals = 0 if axis.get_view_interval()[1] > 0.05 else 1
        axis.set_major_formatter(FuncFormatter(lambda share, _: self.words.percent(share, decimals)))
        for label in axis.get_ticklabels():
            label.set_fontproperties(self.font("0", size_pt))

    def write(
        self, place: Callable[..., Text], x: float, y: float, text: str, size_pt: float, **kind: object
    ) -> Text:
        """Letters at a place, in the font that has them."""
        bold = bool(kind.pop("bold", False))
        colour = kind.pop("color", INK)
        # Dollar signs in a name are letters, never formulas.
        return place(
            x,
            y,
            text,
            fontproperties=self.font(text, size_pt, bold=bold),
            color=colour,
            parse_math=False,
            **kind,
        )

    def svg(self, figure: Figure) -> bytes:
        """The figure as SVG: letters as shapes, no dates, no random names, no comments."""
        FigureCanvasSVG(figure)
        font_type = self._font_type(figure)
        options: Any = {"svg.hashsalt": "pardine", "svg.fonttype": font_type}
        buffer = io.BytesIO()
        with (
            mpl.rc_context(options),
            warnings.catch_warnings(),
        ):
            if font_type == "none":
                # The browser will have the letters that our fonts lack; only their measure is a guess.
                warnings.filterwarnings("ignore", message=r"Glyph .* missing from font")
            figure.savefig(
                buffer,
                format="svg",
                dpi=_RASTER_DPI,
                metadata={"Date": None, "Creator": None},
                facecolor=PAPER,
            )
        return _COMMENT.sub(b"", _PROLOGUE.sub(b"", buffer.getvalue())).strip()

    def _font_type(self, figure: Figure) -> str:
        if self.fonts.cjk is not None:
            return "path"
        texts = (artist.get_text() for artist in figure.findobj(Text) if isinstance(artist, Text))
        return "none" if any(holds_cjk(text) for text in texts) else "path"
