"""The report as PDF through Typst: tagged, with alternative texts, the same words and figures as the HTML."""

from __future__ import annotations

import json
import math
import shutil
import tempfile
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path
from typing import Any

import typst

from pardine.base.errors import ProjectError
from pardine.report.compose import build_document
from pardine.report.content import SurveyReport
from pardine.report.document import Block, Bullets, Document, Figure, Section, Table
from pardine.report.files import write_whole
from pardine.report.fonts import Fonts, family_name, holds_cjk, installed_fonts
from pardine.report.html import colours

# Ships inside the Typst wheel; DejaVu Sans from matplotlib stands in for signs it lacks.
_BODY_FONT = "Libertinus Serif"
_FALLBACK_FONT = "DejaVu Sans"
# Letters of a column that is never broken.
_NARROW = 24
# Letters of the widest column for which room is made.
_WIDE = 30


def write_pdf(report: SurveyReport, path: Path) -> None:
    """Write the report as PDF.

    Raises
    ------
    ProjectError
        ``report.no_cjk_font``: it holds Chinese, and no font for that was found; ``report.file_open``,
        ``report.cannot_write``.
    """
    fonts = installed_fonts()
    write_whole(path, render_pdf(build_document(report, fonts), report, fonts))


def render_pdf(document: Document, report: SurveyReport, fonts: Fonts) -> bytes:
    """A document as PDF bytes; the moment in its metadata is the report's own.

    Raises
    ------
    ProjectError
        ``report.no_cjk_font``.
    """
    data = json.dumps(_as_data(document, fonts), ensure_ascii=False)
    if fonts.cjk is None and holds_cjk(data):
        raise ProjectError("report.no_cjk_font")
    with tempfile.TemporaryDirectory(prefix="pardine-report-") as name:
        root = Path(name)
        (root / "document.json").write_text(data, encoding="utf-8")
        template = files("pardine.report").joinpath("templates", "report.typ").read_bytes()
        (root / "report.typ").write_bytes(template)
        for figure in document.figures:
            (root / f"{figure.key}.svg").write_bytes(figure.svg)
        compiler = typst.Compiler(
            root / "report.typ", root=root, font_paths=[_font_folder(root, fonts)], ignore_system_fonts=True
        )
        content = compiler.compile(format="pdf", timestamp=report.created_utc, pdf_standards=["ua-1"])
    if not isinstance(content, bytes):
        raise TypeError(f"one PDF was expected of Typst, not {type(content).__name__}")
    return content


def _font_folder(root: Path, fonts: Fonts) -> Path:
    # A folder of its own: Typst reads whole folders, and a font may lie in one with much else.
    folder = root / "fonts"
    folder.mkdir()
    for font in (fonts.regular, fonts.bold, fonts.cjk):
        if font is not None:
            shutil.copyfile(font, folder / font.name)
    return folder


def _as_data(document: Document, fonts: Fonts) -> dict[str, Any]:
    families = [_BODY_FONT, *([family_name(fonts.cjk)] if fonts.cjk else []), _FALLBACK_FONT]
    return {
        "title": document.title,
        "subtitle": document.subtitle,
        "meta": document.meta,
        "banner": document.banner,
        "footer": document.footer,
        "page_of": document.page_of,
        "data_heading": document.data_heading,
        "lang": document.language.split("-")[0],
        "region": {"en": "GB", "ru": "RU"}.get(document.language, "CN"),
        "fonts": families,
        "colours": colours(),
        "sections": [
            {"heading": s.heading, "new_page": s.new_page, "blocks": _blocks(s)} for s in document.sections
        ],
        "figures": [_table(figure.data) for figure in document.figures],
    }


def _blocks(section: Section) -> list[dict[str, Any]]:
    """Blocks as data; words that lead to a table, list or figure stay on its page."""
    following = [*section.blocks[1:], None]
    return [
        {**_block(block), "sticky": isinstance(after, Figure | Table | Bullets)}
        for block, after in zip(section.blocks, following, strict=True)
    ]


def _block(block: Block) -> dict[str, Any]:
    if isinstance(block, Figure):
        return {
            "kind": "Figure",
            "file": f"{block.key}.svg",
            "alt": block.alt,
            "caption": block.caption,
            "width": block.width_fraction,
        }
    if isinstance(block, Table):
        return {"kind": "Table", **_table(block)}
    return {"kind": type(block).__name__, **asdict(block)}


def _table(table: Table) -> dict[str, Any]:
    return {**asdict(table), "widths": _widths(table), "breakable": _is_long(table)}


def _widths(table: Table) -> list[dict[str, Any]]:
    """Width of each column: numbers as wide as they are, words share the rest by their longest cells.

    A table of few letters is set no wider than it needs, so that the eye does not lose its row.
    """
    longest = [
        max((_measure(row[i].text) for row in table.rows), default=1) for i in range(len(table.columns))
    ]
    # A head may be broken between words, and then takes at least two lines' share.
    heads = [
        max(max(map(_measure, c.head.replace("-", "- ").split()), default=1), _measure(c.head) / 2.5)
        for c in table.columns
    ]
    needed = [max(a, b) for a, b in zip(longest, heads, strict=True)]
    if sum(needed) + 2 * len(needed) <= (100 if table.dense else 80):
        return [{"em": 0.53 * n + 1.3} for n in needed]
    return [{"em": 0.53 * n + 1.3} if n <= _NARROW else {"fr": min(n, _WIDE)} for n in needed]


def _is_long(table: Table) -> bool:
    """Whether the table may be broken over pages: it might not fit on one."""
    lines = sum(max(math.ceil(_measure(cell.text) / _WIDE) for cell in row) for row in table.rows)
    return lines > (38 if table.dense else 24)


def _measure(text: str) -> float:
    """Letters of a text; a Chinese one is as wide as two."""
    return sum(2.0 if holds_cjk(letter) else 1.0 for letter in text)
