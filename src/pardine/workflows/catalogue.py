"""The catalogue out and in: a table of animals, people's statements about them, an audit of names."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pardine.base.errors import InputError, Notice
from pardine.exchange.dates import parse_moments
from pardine.exchange.formulas import restore
from pardine.exchange.numbers import is_missing
from pardine.exchange.survey_export import Cell, write_table
from pardine.exchange.tables import Table, read_table
from pardine.identify.catalogue import TOPICS, Individual, Statement, individuals_of
from pardine.identify.review import suspicious_labels
from pardine.observe.capture import AGE_CLASSES, SEXES
from pardine.store.catalogue import (
    CatalogueState,
    read_catalogue,
    save_assertions,
    save_statements,
    undo_last,
)
from pardine.store.decisions import Decision
from pardine.store.project import Project, find_project, open_project
from pardine.workflows.identify_records import KeptEvidence, read_evidence

HEADER = (
    "individual", "name", "sex", "age_class", "mother", "on", "passage",
    "passages", "sides", "stations", "first_seen", "last_seen", "sureness", "by",
)  # fmt: skip
_MAX_TOLD = 10


@dataclass(frozen=True, kw_only=True)
class StatementsTaken:
    """What a table of statements brought."""

    n_statements: int
    n_assertions: int


def individuals_in(project: Project, kept: KeptEvidence, state: CatalogueState) -> tuple[Individual, ...]:
    """The catalogue as it stands."""
    sureness = {key: value for key, (_, value) in state.proposed.items()}
    return individuals_of(kept.passages, state.individual, sureness, state.statements)


def write_catalogue(directory: Path | None, path: Path) -> tuple[Individual, ...]:
    """Write the animals as a table, in which statements can be filled in and brought back."""
    if path.exists():
        raise InputError("identify.file_exists", file=str(path))
    with open_project(directory or find_project(Path.cwd())) as project:
        kept = read_evidence(project)
        state = read_catalogue(project)
        individuals = individuals_in(project, kept, state)
    names = state.names()
    rows: list[list[Cell]] = [
        [each.uid, each.name, each.sex, each.age_class_on(None), names.get(each.mother, ""), "", "",
         len(each.passages), " ".join(each.sides), " ".join(each.stations),
         "" if each.first_seen is None else f"{each.first_seen:%Y-%m-%d}",
         "" if each.last_seen is None else f"{each.last_seen:%Y-%m-%d}", round(each.sureness, 3), ""]
        for each in individuals
    ]  # fmt: skip
    write_table(path, list(HEADER), rows)
    return individuals


def take_statements(directory: Path | None, path: Path, *, by: str = "") -> StatementsTaken:
    """Record what a table says of animals: names, sex, age class, mother; or whose a passage is.

    A row names an animal by uid or name in ``individual``. Cells that say what holds already change
    nothing; ``passage`` (a key, or several parted by blanks) says that these passages are that animal.

    Raises
    ------
    InputError
        ``tables.refused`` with every problem; nothing was changed.
    """
    with open_project(directory or find_project(Path.cwd())) as project:
        state = read_catalogue(project)
        kept = read_evidence(project)
        rows = _Rows(state, frozenset(p.key for p in kept.passages), read_table(path), by)
        rows.read()
        if rows.problems:
            raise InputError(
                "tables.refused", problems=rows.problems[:_MAX_TOLD], n_problems=len(rows.problems)
            )
        with project.transaction():
            n_statements = save_statements(project, rows.statements)
            n_assertions = 0
            for author in sorted(set(rows.assertions_by.values())):
                own = {k: uid for k, uid in rows.assertions.items() if rows.assertions_by[k] == author}
                n_assertions += save_assertions(project, own, by=author)
    return StatementsTaken(n_statements=n_statements, n_assertions=n_assertions)


class _Rows:
    """Rows of a table of statements read one by one, and what is wrong with them."""

    def __init__(self, state: CatalogueState, passages: frozenset[str], table: Table, by: str) -> None:
        self._state, self._passages, self._table, self._by = state, passages, table, by
        names = state.names()
        known = set(state.individual.values()) | set(names)
        twice = {name for name, n in Counter(names.values()).items() if n > 1}
        self._uid = {uid: uid for uid in known} | {n: uid for uid, n in names.items() if n not in twice}
        self._held = {(s.individual, s.topic, s.on): s.value for s in state.statements}
        self._last = {(s.individual, s.topic): s.value for s in state.statements}
        self.problems: list[Notice] = []
        self.statements: list[Statement] = []
        self.assertions: dict[str, str | None] = {}
        self.assertions_by: dict[str, str] = {}

    def read(self) -> None:
        """Read all rows."""
        if "individual" not in self._table.position:
            facts = {"file": self._table.name, "column": "individual", "expected": "individual"}
            self.problems.append(Notice("table.missing_column", facts))
            return
        for row in range(self._table.n_rows):
            self._row(row, {name: self._cell(name, row) for name in HEADER})

    def _cell(self, name: str, row: int) -> str:
        if name not in self._table.position:
            return ""
        cell = restore(self._table.column(name)[row]).strip()
        return "" if is_missing(cell) else cell

    def _row(self, row: int, cells: Mapping[str, str]) -> None:
        uid = self._uid.get(cells["individual"])
        if uid is None:
            self._refuse("identify.unknown_individual", row, value=cells["individual"])
            return
        by = cells["by"] or self._by
        moment = parse_moments([cells["on"]]).values[0] if cells["on"] else None
        if cells["on"] and moment is None:
            self._refuse("table.unknown_word", row, column="on", value=cells["on"], expected="2025-07-31")
            return
        on = None if moment is None else moment.at(dt.time()).date()
        allowed = {"sex": SEXES, "age_class": AGE_CLASSES}
        for topic in TOPICS:
            value = cells[topic]
            if topic in allowed and value and value not in allowed[topic]:
                expected = ", ".join(allowed[topic])
                self._refuse("table.unknown_word", row, column=topic, value=value, expected=expected)
                continue
            if topic == "mother" and value:
                if value not in self._uid:
                    self._refuse("identify.unknown_individual", row, value=value)
                    continue
                value = self._uid[value]
            day = on if topic == "age_class" else None
            if not value or value == self._held.get((uid, topic, day), self._last.get((uid, topic), "")):
                continue
            self.statements.append(Statement(individual=uid, topic=topic, value=value, on=day, by=by))
        for key in cells["passage"].split():
            if key not in self._passages:
                self._refuse("identify.unknown_passage", row, value=key)
                continue
            self.assertions[key] = uid
            self.assertions_by[key] = by

    def _refuse(self, code: str, row: int, **fields: object) -> None:
        place = {"file": self._table.name, "row": self._table.row_numbers[row]}
        self.problems.append(Notice(code, {**place, **fields}))


def audit_names(directory: Path | None, *, n: int = 20) -> list[tuple[str, str, float]]:
    """Names that people gave and coats contradict most, with photographs of either and the evidence."""
    with open_project(directory or find_project(Path.cwd())) as project:
        kept = read_evidence(project)
        state = read_catalogue(project)
    names = state.names()
    individual = [state.asserted.get(p.key, "") for p in kept.passages]
    left, right = kept.layers()
    found = suspicious_labels(individual, left.llr + right.llr, kept.views, n=n)
    return [
        (_shown(kept, a, names.get(individual[a], "")), _shown(kept, b, names.get(individual[b], "")), ratio)
        for a, b, ratio in found
    ]


def _shown(kept: KeptEvidence, passage: int, name: str) -> str:
    shots: Sequence[int] = kept.shots_of[passage]
    best = shots[int(np.argmax([kept.shots[i].quality for i in shots]))]
    return f"{name}: {kept.shots[best].path}"


def take_back(directory: Path | None, *, by: str = "") -> Decision:
    """Take back what a person decided last about identity.

    Raises
    ------
    InputError
        ``identify.nothing_to_undo``.
    """
    with open_project(directory or find_project(Path.cwd())) as project:
        undone = undo_last(project, by=by)
    if undone is None:
        raise InputError("identify.nothing_to_undo")
    return undone
