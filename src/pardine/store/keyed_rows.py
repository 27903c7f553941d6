"""Rows with a natural key: brought again they add nothing, telling more completes, differing is refused."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Table, bindparam, insert, select, update

from pardine.base.errors import InputError, Notice
from pardine.base.identifiers import Kind
from pardine.store import schema
from pardine.store.decisions import Draft

Row = dict[str, Any]
# Column to the local keys that it may hold, each with the uid that it stands for.
Names = Mapping[str, Mapping[int, str]]

_AT_ONCE = 500
# What a cell that tells nothing holds.
_UNTOLD = (None, "", "{}")
# Where a row stands, or what brought it, is no part of what it says.
_PLACE = ("run_id", "source_id", "table", "row")


@dataclass(frozen=True, kw_only=True)
class StoreSummary:
    """How many records were added, there already, completed, replaced."""

    added: int = 0
    already_there: int = 0
    completed: int = 0
    replaced: int = 0

    def __add__(self, other: StoreSummary) -> StoreSummary:
        return StoreSummary(**{name: n + getattr(other, name) for name, n in vars(self).items()})


@dataclass
class RowPlan:
    """What is to be written of rows by uid."""

    new: dict[str, Row] = field(default_factory=dict)
    changed: dict[str, Row] = field(default_factory=dict)
    drafts: list[Draft] = field(default_factory=list)
    problems: list[Notice] = field(default_factory=list)
    n_same: int = 0
    n_completed: int = 0

    @property
    def summary(self) -> StoreSummary:
        """The plan in numbers."""
        return StoreSummary(
            added=len(self.new),
            already_there=self.n_same,
            completed=self.n_completed,
            replaced=len(self.changed) - self.n_completed,
        )


def plan_rows(
    stored: Mapping[str, Row], brought: Mapping[str, Row], kind: Kind, names: Names, *, replace: bool
) -> RowPlan:
    """What writing rows would change: pure.

    Parameters
    ----------
    stored, brought
        Rows by uid.
    kind
        What they are.
    names
        Columns of local keys, which decisions must tell as uids.
    replace
        Whether a brought row takes the place of a stored one that differs. The former content stays
        readable in a decision.
    """
    plan = RowPlan()
    for uid, row in brought.items():
        if uid not in stored:
            plan.new[uid] = row
            continue
        before = {name: stored[uid][name] for name in row if name not in _PLACE}
        told = {name: row[name] if row[name] not in _UNTOLD else before[name] for name in before}
        differing = [name for name in before if before[name] != told[name]]
        if not differing:
            plan.n_same += 1
        elif replace or all(before[name] in _UNTOLD for name in differing):
            is_completion = all(before[name] in _UNTOLD for name in differing)
            plan.n_completed += is_completion
            plan.changed[uid] = {**row, **told}
            values = (_named(before, names), _named(told, names))
            decided = f"{'complete' if is_completion else 'replace'}.{kind}"
            plan.drafts.append(Draft(kind=decided, subject_uid=uid, before=values[0], after=values[1]))
        else:
            plan.problems += _conflicts(kind, uid, before, told, differing, names)
    return plan


def _named(content: Row, names: Names) -> Row:
    return {name: names[name].get(value) if name in names else value for name, value in content.items()}


def _conflicts(
    kind: Kind, uid: str, before: Row, told: Row, differing: Sequence[str], names: Names
) -> Iterator[Notice]:
    name = told.get("code") or told.get("path") or told.get("station") or uid
    shown = _named(before, names), _named(told, names)
    for column in differing:
        facts = {"kind": kind, "code": name, "column": column, "row": told.get("row")}
        yield Notice("media.conflict", {**facts, "stored": shown[0][column], "value": shown[1][column]})


def refuse_if_any(problems: Sequence[Notice]) -> None:
    """Raise ``media.refused`` with all problems, if there are any."""
    if problems:
        raise InputError("media.refused", problems=problems, n_problems=len(problems))


def write_rows(connection: Connection, table: Table, plan: RowPlan) -> None:
    """Write what a plan says; keys and uids of changed rows stay."""
    if plan.new:
        connection.execute(insert(table), [{"uid": uid, **row} for uid, row in plan.new.items()])
    if plan.changed:
        rows = [{"_uid": uid, **row} for uid, row in plan.changed.items()]
        connection.execute(update(table).where(table.c.uid == bindparam("_uid")), rows)


def read_rows(connection: Connection, table: Table, uids: Collection[str]) -> dict[str, Row]:
    """Stored rows by uid, of those that are stored."""
    found: dict[str, Row] = {}
    wanted = list(uids)
    for start in range(0, len(wanted), _AT_ONCE):
        query = select(table).where(table.c.uid.in_(wanted[start : start + _AT_ONCE]))
        found.update((row.uid, dict(row._mapping)) for row in connection.execute(query))
    return found


def source_ids(connection: Connection) -> dict[str, int]:
    """Local keys of the tables that are kept, by the sha256 of their bytes."""
    table = schema.source_table
    return {digest: key for digest, key in connection.execute(select(table.c.sha256, table.c.id))}
