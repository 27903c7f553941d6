"""Questions about pairs out as a table that tells nothing of place, date or name, and verdicts back in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pardine.base.errors import InputError, Notice
from pardine.exchange.dates import parse_moments
from pardine.exchange.formulas import restore
from pardine.exchange.names import look
from pardine.exchange.numbers import is_missing
from pardine.exchange.survey_export import write_table
from pardine.exchange.tables import Table, read_table

HEADER = ("question", "sheet", "side", "verdict", "by", "at", "remark")
ANSWERS = ("same", "different", "can't tell", "not comparable")
# Words that people write for the four answers.
_WORDS = {
    "same": "same", "s": "same", "yes": "same", "да": "same", "тот же": "same", "相同": "same",
    "different": "different", "d": "different", "no": "different", "нет": "different", "разные": "different",
    "不同": "different", "can't tell": "can't tell", "cannot tell": "can't tell", "cant tell": "can't tell",
    "can’t tell": "can't tell", "?": "can't tell", "не ясно": "can't tell", "看不清": "can't tell",
    "not comparable": "not comparable", "n": "not comparable", "нечего сравнить": "not comparable",
    "无法比较": "not comparable",
}  # fmt: skip
_ANSWER_OF = {look(word): answer for word, answer in _WORDS.items()} | {"?": "can't tell"}
_MAX_TOLD = 10


@dataclass(frozen=True, kw_only=True)
class AnsweredQuestion:
    """One row with a verdict; ``by`` empty where the row does not tell."""

    question: str
    answer: str
    by: str
    at: dt.datetime | None
    remark: str
    row: int


def write_questions(path: Path, rows: Iterable[tuple[str, str, str]]) -> None:
    """Write questions with blanks for the verdicts.

    Parameters
    ----------
    rows
        Key of the question, file of its sheet, side.
    """
    write_table(path, list(HEADER), [[key, sheet, side, "", "", "", ""] for key, sheet, side in rows])


def read_answers(path: Path, *, default_by: str = "") -> tuple[AnsweredQuestion, ...]:
    """Read the verdicts that were written into a table of questions; blank rows are passed over.

    Raises
    ------
    InputError
        ``tables.refused`` with every problem; what `tables.read_table` raises.
    """
    table = read_table(path)
    problems = [
        Notice("table.missing_column", {"file": table.name, "column": name, "expected": name})
        for name in ("question", "verdict")
        if name not in table.position
    ]
    answers: list[AnsweredQuestion] = []
    if not problems:
        answers = _answers(table, default_by, problems)
    if problems:
        raise InputError("tables.refused", problems=problems[:_MAX_TOLD], n_problems=len(problems))
    return tuple(answers)


def _answers(table: Table, default_by: str, problems: list[Notice]) -> list[AnsweredQuestion]:
    moments = parse_moments(_column(table, "at")).values
    keys, people, remarks = (_column(table, name) for name in ("question", "by", "remark"))
    found = []
    for row, cell in enumerate(_column(table, "verdict")):
        # A question mark is an answer here, though elsewhere it says that nothing is known.
        if cell.strip() != "?" and is_missing(cell):
            continue
        place = {"file": table.name, "row": table.row_numbers[row]}
        answer = _ANSWER_OF.get(cell.strip(), _ANSWER_OF.get(look(cell)))
        by = people[row].strip() or default_by
        if answer is None:
            facts = {"column": "verdict", "value": cell, "expected": ", ".join(ANSWERS)}
            problems.append(Notice("table.unknown_word", {**place, **facts}))
        elif not by:
            problems.append(Notice("identify.nobody_said", place))
        else:
            moment = moments[row]
            found.append(
                AnsweredQuestion(
                    question=keys[row].strip(), answer=answer, by=by,
                    at=moment.at(dt.time()) if moment else None, remark=remarks[row],
                    row=table.row_numbers[row],
                )
            )  # fmt: skip
    return found


def _column(table: Table, name: str) -> Sequence[str]:
    if name not in table.position:
        return [""] * table.n_rows
    return [restore(cell) for cell in table.column(name)]
