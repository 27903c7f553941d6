"""Findings out as a table with a place for each verdict, and the verdicts back in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pardine.base.errors import InputError, Notice, note
from pardine.exchange.dates import parse_moments
from pardine.exchange.formulas import restore
from pardine.exchange.names import look
from pardine.exchange.numbers import is_missing
from pardine.exchange.survey_export import Cell, table_bytes
from pardine.exchange.tables import Table, read_table
from pardine.observe.check.finding import ANSWERS, Answer, Finding, Verdict

HEADER = ("key", "rule", "severity", "subject", "other", "what", "evidence", "look_at", "proposal")
VERDICT_HEADER = ("verdict", "by", "at", "remark", "time")
_ANSWER_OF = {look(answer): answer for answer in ANSWERS}


@dataclass(frozen=True, kw_only=True)
class VerdictTable:
    """Verdicts of a table, and what is worth knowing of it."""

    verdicts: tuple[Verdict, ...]
    notices: tuple[Notice, ...]


def findings_table(
    findings: Iterable[Finding],
    *,
    verdicts: Iterable[Verdict] = (),
    sentence: Callable[[Notice], str] | None = None,
) -> bytes:
    """Findings as csv, with the verdicts that there are and blanks for the others.

    Parameters
    ----------
    findings
        One row each.
    verdicts
        Of some of them; the last on a finding holds.
    sentence
        Turns a finding into words for the column ``what``, blank without it.
    """
    said = {verdict.key: verdict for verdict in verdicts}
    rows = [[*_finding_cells(f, sentence), *_verdict_cells(said.get(f.key))] for f in findings]
    return table_bytes([*HEADER, *VERDICT_HEADER], rows)


def read_verdicts(path: Path, *, known: Iterable[str] | None = None) -> VerdictTable:
    """Read the verdicts that people wrote into a table of findings; blank rows are passed over.

    Parameters
    ----------
    path
        csv, tsv or xlsx; columns ``key``, ``verdict``, ``by``, and ``at``, ``remark``, ``time`` where told.
    known
        Keys of the findings of now; a verdict on another is kept, with a note.

    Raises
    ------
    InputError
        ``tables.refused`` with every problem; what `tables.read_table` raises.
    """
    table = read_table(path)
    problems: list[Notice] = [
        Notice("table.missing_column", {"file": table.name, "column": name, "expected": name})
        for name in ("key", "verdict", "by")
        if name not in table.position
    ]
    verdicts: list[Verdict] = []
    notices: list[Notice] = []
    if not problems:
        keys = None if known is None else frozenset(known)
        for row, verdict in _verdicts(table, problems):
            verdicts.append(verdict)
            if keys is not None and verdict.key not in keys:
                facts = {"file": table.name, "row": table.row_numbers[row], "value": verdict.key}
                notices.append(note("check.verdict_unknown", **facts))
    if problems:
        raise InputError("tables.refused", problems=problems, n_problems=len(problems))
    return VerdictTable(verdicts=tuple(verdicts), notices=tuple(notices))


def _verdicts(table: Table, problems: list[Notice]) -> list[tuple[int, Verdict]]:
    moments = parse_moments(_column(table, "at")).values
    remarks, people = _column(table, "remark"), _column(table, "by")
    times = _times(table, problems)
    found = []
    for row, cell in enumerate(_column(table, "verdict")):
        if is_missing(cell):
            continue
        place = {"file": table.name, "row": table.row_numbers[row]}
        answer: Answer | None = _ANSWER_OF.get(look(cell))
        if answer is None:
            facts = {"column": "verdict", "value": cell, "expected": ", ".join(ANSWERS)}
            problems.append(Notice("table.unknown_word", {**place, **facts}))
        elif not people[row]:
            problems.append(Notice("table.missing_value", {**place, "column": "by"}))
        else:
            moment = moments[row]
            verdict = Verdict(
                key=_column(table, "key")[row],
                answer=answer,
                by=people[row],
                at=moment.at(dt.time()) if moment else None,
                remark=remarks[row],
                time=times[row],
            )
            found.append((row, verdict))
    return found


def _times(table: Table, problems: list[Notice]) -> list[dt.datetime | None]:
    """Times that people read on photographs; a day without a time of day is none."""
    cells = _column(table, "time")
    found = parse_moments(cells)
    for row, (cell, moment) in enumerate(zip(cells, found.values, strict=True)):
        facts = {"file": table.name, "row": table.row_numbers[row], "column": "time", "value": cell}
        if row in found.ambiguous:
            problems.append(Notice("table.date_ambiguous", facts))
        elif not is_missing(cell) and (moment is None or moment.clock is None):
            problems.append(Notice("check.time_unread", facts))
    return [moment.at(dt.time()) if moment is not None else None for moment in found.values]


def _column(table: Table, name: str) -> Sequence[str]:
    """Cells of a column; blanks where the table lacks it."""
    if name not in table.position:
        return [""] * table.n_rows
    return [restore(cell) for cell in table.column(name)]


def _finding_cells(finding: Finding, sentence: Callable[[Notice], str] | None) -> list[Cell]:
    proposal = finding.proposal
    return [
        finding.key,
        finding.rule,
        finding.severity,
        finding.subject,
        finding.other,
        sentence(finding.notice) if sentence else "",
        "; ".join(f"{name}={_shown(value)}" for name, value in finding.evidence.items()),
        " | ".join(finding.media),
        "" if proposal is None else f"{proposal.kind} {proposal.offset_s:+.0f} s",
    ]


def _verdict_cells(verdict: Verdict | None) -> list[Cell]:
    if verdict is None:
        return [""] * len(VERDICT_HEADER)
    return [verdict.answer, verdict.by, _moment(verdict.at), verdict.remark, _moment(verdict.time)]


def _moment(moment: dt.datetime | None) -> str:
    return "" if moment is None else f"{moment:%Y-%m-%d %H:%M:%S}"


def _shown(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
