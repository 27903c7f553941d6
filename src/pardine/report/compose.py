"""From content to document: the one content model behind HTML and PDF."""

from __future__ import annotations

from pardine.language.words import Words, phrase
from pardine.report.content import SurveyReport
from pardine.report.document import Document
from pardine.report.figures.canvas import Canvas
from pardine.report.fonts import Fonts, installed_fonts
from pardine.report.sections.answer import answer_section
from pardine.report.sections.appendix import appendix_section
from pardine.report.sections.assumptions import assumptions_section
from pardine.report.sections.checks import checks_section
from pardine.report.sections.context import Context
from pardine.report.sections.detection import detection_section
from pardine.report.sections.estimates import estimates_section
from pardine.report.sections.fieldwork import fieldwork_section
from pardine.report.sections.places import places_section
from pardine.report.sections.provenance import method_section, provenance_section

_BANNERS = {
    "internal": phrase("INTERNAL: exact places and names. Do not pass on."),
    "partner": phrase("FOR PARTNERS: places to 1 km. Do not publish."),
    "public": "",
}
_AUDIENCES = {
    "internal": phrase("Internal report"),
    "partner": phrase("Report for partners"),
    "public": phrase("Public report: places generalised to 10 km"),
}


def build_document(report: SurveyReport, fonts: Fonts | None = None) -> Document:
    """All words, tables and figures of a report, for its language and its audience.

    Parameters
    ----------
    report
        What to say.
    fonts
        Of the figures; ``None`` for those of this machine.
    """
    words = Words(report.language)
    context = Context(report=report, words=words, canvas=Canvas(words, fonts or installed_fonts()))
    sections = (
        answer_section(context),
        fieldwork_section(context),
        estimates_section(context),
        places_section(context),
        detection_section(context),
        checks_section(context),
        assumptions_section(context),
        method_section(context),
        provenance_section(context),
        appendix_section(context),
    )
    return Document(
        language={"zh": "zh-Hans"}.get(report.language, report.language),
        title=report.title or words.say("Population estimate"),
        subtitle=report.project_name,
        meta=_meta(context),
        banner=words.say(_BANNERS[report.audience]) if _BANNERS[report.audience] else "",
        footer=words.say("Pardine {version} · run {uid}", version=report.run.version, uid=report.run.uid[:8]),
        page_of=words.say("Page {page} of {pages}", page="{page}", pages="{pages}"),
        data_heading=words.say("The numbers behind the figures"),
        data_summary=words.say("Show the numbers behind the figure"),
        sections=tuple(section for section in sections if section is not None),
    )


def _meta(context: Context) -> tuple[str, ...]:
    report, words = context.report, context.words
    return (
        *([report.species] if report.species else []),
        words.moment(report.created_utc),
        words.say(_AUDIENCES[report.audience]),
    )
