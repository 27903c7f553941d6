"""The report as one HTML file that asks nothing of any network."""

from __future__ import annotations

import base64
from pathlib import Path
from string import Template

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from pardine.report.compose import build_document
from pardine.report.content import SurveyReport
from pardine.report.document import Document
from pardine.report.figures import palette
from pardine.report.files import write_whole


def write_html(report: SurveyReport, path: Path) -> None:
    """Write the report as HTML.

    Parameters
    ----------
    report
        What to say.
    path
        Where; replaced whole.

    Raises
    ------
    ProjectError
        ``report.file_open``, ``report.cannot_write``.
    """
    write_whole(path, render_html(build_document(report)))


def render_html(document: Document) -> bytes:
    """A document as UTF-8 HTML: figures inside, no script, no external request."""
    environment = Environment(
        loader=PackageLoader("pardine.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    environment.filters["base64"] = lambda content: base64.b64encode(content).decode("ascii")
    template = environment.get_template("report.html.jinja")
    return template.render(document=document, css=_css(environment)).encode("utf-8")


def _css(environment: Environment) -> Markup:
    """The style sheet with the palette filled in; it comes from the package, so it is safe as it is."""
    assert environment.loader is not None
    source, _, _ = environment.loader.get_source(environment, "report.css")
    return Markup(Template(source).substitute(colours()))


def colours() -> dict[str, str]:
    """The palette by name."""
    return {name: value for name, value in vars(palette).items() if name.isupper() and isinstance(value, str)}
