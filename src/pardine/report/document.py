"""A document as a few kinds of block, already in words: what the HTML and the PDF lay out alike."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Align = Literal["left", "right"]
Tone = Literal["warning", "simulated", "note"]


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One cell of a table; ``anchor`` names it, ``target`` links to the cell of that anchor."""

    text: str
    anchor: str = ""
    target: str = ""


@dataclass(frozen=True, kw_only=True)
class Column:
    """Head of a column, and how its cells stand."""

    head: str
    align: Align = "left"


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table; the first cell of each row is its header.

    Attributes
    ----------
    caption
        Says what it shows; read first by a screen reader.
    columns : C of them
    rows : rows of C cells
    total
        Last row, set apart.
    note
        Below the table.
    dense
        Set small, for long tables.
    """

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: tuple[Cell, ...] = ()
    note: str = ""
    dense: bool = False

    def __post_init__(self) -> None:
        for row in (*self.rows, *([self.total] if self.total else [])):
            if len(row) != len(self.columns):
                raise ValueError(f"a row of {len(row)} cells under {len(self.columns)} columns")


@dataclass(frozen=True, kw_only=True)
class Paragraph:
    """Running text; ``lead`` sets it larger."""

    text: str
    lead: bool = False


@dataclass(frozen=True, kw_only=True)
class Bullets:
    """A list."""

    items: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Callout:
    """Sentences that must not be overlooked."""

    tone: Tone
    head: str
    items: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class KeyFigure:
    """One large number with what it is, and its interval."""

    value: str
    label: str
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class KeyFigures:
    """The few numbers to remember."""

    items: tuple[KeyFigure, ...]


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A picture with what it shows in words and in numbers.

    Attributes
    ----------
    key
        File-name-like name, unique in the document.
    svg
        The picture.
    alt
        What one sees, for those who do not see it.
    caption
        Under the picture.
    data
        The numbers behind it.
    width_fraction
        Of the text width.
    """

    key: str
    svg: bytes
    alt: str
    caption: str
    data: Table
    width_fraction: float = 1.0


Block = Paragraph | Bullets | Callout | KeyFigures | Table | Figure


@dataclass(frozen=True, kw_only=True)
class Section:
    """A heading and what stands under it."""

    key: str
    heading: str
    blocks: tuple[Block, ...]
    new_page: bool = False


@dataclass(frozen=True, kw_only=True)
class Document:
    """A whole report in words.

    Attributes
    ----------
    language
        Tag for ``lang``: ``en``, ``ru``, ``zh``.
    title, subtitle
        At the top.
    meta
        Short facts under the title.
    banner
        Stands on every page; empty for the public.
    footer
        Stands at the foot of every page.
    page_of
        With ``{page}`` and ``{pages}``.
    data_heading, data_summary
        Heading of the appendix of data tables (PDF), and the words to open one (HTML).
    sections
        In the order of reading.
    """

    language: str
    title: str
    subtitle: str
    meta: tuple[str, ...]
    banner: str
    footer: str
    page_of: str
    data_heading: str
    data_summary: str
    sections: tuple[Section, ...] = field(default=())

    @property
    def figures(self) -> tuple[Figure, ...]:
        """All figures, in order."""
        return tuple(b for section in self.sections for b in section.blocks if isinstance(b, Figure))
