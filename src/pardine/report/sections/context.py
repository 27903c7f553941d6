"""What every part of a report needs: the content, the words, the canvas."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pardine.language.words import Words
from pardine.report.content import SurveyReport
from pardine.report.document import Cell
from pardine.report.figures.canvas import Canvas


@dataclass(frozen=True, kw_only=True, eq=False)
class Context:
    """Content, words and canvas of one report."""

    report: SurveyReport
    words: Words
    canvas: Canvas

    @property
    def is_single(self) -> bool:
        """Whether the report is about one session."""
        return len(self.report.sections) == 1


def cells(texts: Iterable[str]) -> tuple[Cell, ...]:
    """Plain cells of a row."""
    return tuple(Cell(text=text) for text in texts)
