"""The season's check as one page: what to mend first, every finding with its evidence, what was looked at."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pardine import __version__
from pardine.base.errors import Notice, Severity
from pardine.language.translate import Language, sentence
from pardine.language.words import Words, phrase
from pardine.observe.check.finding import Answer, Finding, Verdict
from pardine.report.document import (
    Block,
    Bullets,
    Cell,
    Column,
    Document,
    KeyFigure,
    KeyFigures,
    Paragraph,
    Section,
    Table,
)
from pardine.report.files import write_whole
from pardine.report.html import render_html
from pardine.report.phrases import lost_days_text

_SEVERITIES: Mapping[Severity, str] = {
    "error": phrase("To be mended: results made from these would be wrong"),
    "warning": phrase("To be looked at"),
    "note": phrase("Worth knowing"),
}
_ANSWERS: Mapping[Answer, str] = {
    "fault": phrase("a fault"),
    "no fault": phrase("no fault"),
    "mended": phrase("mended"),
    "unclear": phrase("unclear"),
}
_SHOWN_MEDIA = 3


@dataclass(frozen=True, kw_only=True)
class CheckPage:
    """What the page says.

    Attributes
    ----------
    project_name
        Of the project.
    at
        Local time of the check.
    n_deployments, n_media, n_visits
        What was looked at.
    findings
        In the order of the rules.
    verdicts
        By the key of their finding.
    sheet_notices
        Faults of the check sheets themselves.
    rules
        Ids of the rules that were run, each with what it needs.
    language
        Of the page.
    effort
        Each station with its station-days, days with both sides (``None`` where slots are not told
        apart), and days lost by cause.
    """

    project_name: str
    at: dt.datetime
    n_deployments: int
    n_media: int
    n_visits: int
    findings: Sequence[Finding]
    verdicts: Mapping[str, Verdict]
    sheet_notices: Sequence[Notice]
    rules: Sequence[tuple[str, str]]
    language: Language = "en"
    effort: Sequence[tuple[str, float, float | None, Mapping[str, float]]] = ()

    def is_open(self, finding: Finding) -> bool:
        """Whether nobody has settled it."""
        verdict = self.verdicts.get(finding.key)
        return verdict is None or verdict.answer in ("fault", "unclear")


def write_check_page(page: CheckPage, path: Path) -> None:
    """Write the page as one HTML file that asks nothing of any network.

    Raises
    ------
    ProjectError
        ``report.file_open``, ``report.cannot_write``.
    """
    write_whole(path, render_html(check_document(page)))


def check_document(page: CheckPage) -> Document:
    """The page in words."""
    words = Words(page.language)
    sections = [_answer(page, words)]
    for severity in _SEVERITIES:
        found = [f for f in page.findings if f.severity == severity and page.is_open(f)]
        if found:
            sections.append(_found(page, words, severity, found))
    settled = [f for f in page.findings if not page.is_open(f)]
    if settled:
        table = _table(page, words, words.say("Findings with a verdict"), settled)
        sections.append(Section(key="settled", heading=words.say("Settled"), blocks=(table,)))
    if page.sheet_notices:
        items = tuple(sentence(notice, page.language) for notice in page.sheet_notices)
        heading = words.say("What the check sheets leave open")
        sections.append(Section(key="sheets", heading=heading, blocks=(Bullets(items=items),)))
    if page.effort:
        sections.append(_effort(page, words))
    sections.append(_rules(page, words))
    return Document(
        language={"zh": "zh-Hans"}.get(page.language, page.language),
        title=words.say("Check of the season"),
        subtitle=page.project_name,
        meta=(f"{page.at:%Y-%m-%d %H:%M}",),
        banner=words.say("INTERNAL: exact places and names. Do not pass on."),
        footer=f"Pardine {__version__}",
        page_of=words.say("Page {page} of {pages}", page="{page}", pages="{pages}"),
        data_heading="",
        data_summary="",
        sections=tuple(sections),
    )


def _answer(page: CheckPage, words: Words) -> Section:
    open_ones = Counter(f.severity for f in page.findings if page.is_open(f))
    figures = (
        KeyFigure(value=words.number(open_ones["error"]), label=words.say("to be mended")),
        KeyFigure(value=words.number(open_ones["warning"]), label=words.say("to be looked at")),
        KeyFigure(value=words.number(page.n_deployments), label=words.say("deployments")),
        KeyFigure(value=words.number(page.n_media), label=words.say("photographs and videos")),
    )
    if open_ones:
        text = words.say("Mend first what stands on top: while the team is in the field it still can be.")
    else:
        text = words.say("Nothing was found that the rules can see.")
    blocks: tuple[Block, ...] = (KeyFigures(items=figures), Paragraph(text=text, lead=True))
    return Section(key="answer", heading=words.say("What was found"), blocks=blocks)


def _found(page: CheckPage, words: Words, severity: Severity, found: Sequence[Finding]) -> Section:
    heading = words.say(_SEVERITIES[severity])
    return Section(key=severity, heading=heading, blocks=(_table(page, words, heading, found),))


def _table(page: CheckPage, words: Words, caption: str, found: Sequence[Finding]) -> Table:
    heads = (
        words.say("where"),
        words.say("what, and what to do"),
        words.say("rule"),
        words.say("look at"),
        words.say("verdict"),
    )
    rows = tuple(tuple(Cell(text=text) for text in _row(page, words, finding)) for finding in found)
    return Table(caption=caption, columns=tuple(Column(head=head) for head in heads), rows=rows, dense=True)


def _row(page: CheckPage, words: Words, finding: Finding) -> tuple[str, ...]:
    verdict = page.verdicts.get(finding.key)
    answered = "" if verdict is None else words.say(_ANSWERS[verdict.answer])
    said = "" if verdict is None else f"{answered} ({verdict.by}) {verdict.remark}"
    return (
        " / ".join(filter(None, (finding.subject, finding.other))),
        sentence(finding.notice, page.language),
        f"{finding.rule.removeprefix('check.')} {finding.key}",
        ", ".join(finding.media[:_SHOWN_MEDIA]),
        said.strip(),
    )


def _effort(page: CheckPage, words: Words) -> Section:
    """What each station did."""
    heads = (words.say("station"), words.say("station-days"), words.say("both sides"), words.say("days lost"))
    rows = tuple(
        (
            Cell(text=station),
            Cell(text=words.number(days, 1)),
            Cell(text="–" if both is None else words.number(both, 1)),
            Cell(text=lost_days_text(words, lost)),
        )
        for station, days, both, lost in page.effort
    )
    heading = words.say("Effort of the stations")
    table = Table(caption=heading, columns=tuple(Column(head=h) for h in heads), rows=rows, dense=True)
    return Section(key="effort", heading=heading, blocks=(table,))


def _rules(page: CheckPage, words: Words) -> Section:
    n_of = Counter(finding.rule for finding in page.findings)
    columns = (
        Column(head=words.say("rule")),
        Column(head=words.say("needs")),
        Column(head=words.say("findings"), align="right"),
    )
    rows = tuple(
        (Cell(text=rule.removeprefix("check.")), Cell(text=needs), Cell(text=words.number(n_of[rule])))
        for rule, needs in page.rules
    )
    caption = words.say("Rules that were run; each finds something only where what it needs is known")
    table = Table(caption=caption, columns=columns, rows=rows, dense=True)
    return Section(key="rules", heading=words.say("What was looked at"), blocks=(table,))
