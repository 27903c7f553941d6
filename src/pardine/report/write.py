"""Both files of a report from one composition: words and figures are made once."""

from __future__ import annotations

from pathlib import Path

from pardine.report.compose import build_document
from pardine.report.content import SurveyReport
from pardine.report.files import write_whole
from pardine.report.fonts import installed_fonts
from pardine.report.html import render_html
from pardine.report.pdf import render_pdf


def write_html_and_pdf(report: SurveyReport, html: Path, pdf: Path) -> None:
    """Write the report as HTML, then as PDF.

    Raises
    ------
    ProjectError
        As `write_html` and `write_pdf`; where only the PDF is refused, the HTML has been written.
    """
    fonts = installed_fonts()
    document = build_document(report, fonts)
    write_whole(html, render_html(document))
    write_whole(pdf, render_pdf(document, report, fonts))
