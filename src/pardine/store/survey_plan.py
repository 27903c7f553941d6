"""What saving a survey would do to a project: pure, so that a dry run is the same as the run."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pardine.base.errors import Notice
from pardine.store.decisions import Draft
from pardine.store.survey_records import (
    Difference,
    Records,
    compare,
    content_of,
    differing_fields,
    label,
    stands_elsewhere,
    told_session,
)

PART_NAMES = ("session", "station", "effort", "capture", "fix", "mask")
# Told as whole tables: what a corrected table lacks is withdrawn.
_WITHDRAWN = ("station", "effort", "capture", "fix")


@dataclass(frozen=True, kw_only=True)
class SaveSummary:
    """How many records of each kind were added, there already, completed, replaced, withdrawn.

    Each is kind to number; kinds are ``session``, ``station``, ``effort``, ``capture``, ``fix``, ``mask``,
    and among the added ``individual`` and ``source_table``.
    """

    added: Mapping[str, int]
    already_there: Mapping[str, int]
    completed: Mapping[str, int]
    replaced: Mapping[str, int]
    withdrawn: Mapping[str, int]

    @property
    def changes_nothing(self) -> bool:
        """Whether everything was there already."""
        parts = (self.added, self.completed, self.replaced, self.withdrawn)
        return not any(n for part in parts for n in part.values())

    def as_dict(self) -> dict[str, dict[str, int]]:
        """The summary as plain JSON values."""
        names = ("added", "already_there", "completed", "replaced", "withdrawn")
        return {name: dict(getattr(self, name)) for name in names}


@dataclass(frozen=True)
class Plan:
    """Changes of each part by uid, the decisions that keep old values, and what forbids them.

    Of each part also ``moved``, records whose content stays but stands in another table or on another
    line, and ``successor``, table to the table that takes its place (sha256).
    """

    new: dict[str, dict[str, Any]] = field(default_factory=dict)
    changed: dict[str, dict[str, Any]] = field(default_factory=dict)
    moved: dict[str, dict[str, Any]] = field(default_factory=dict)
    gone: dict[str, list[str]] = field(default_factory=dict)
    successor: dict[str, dict[str, str]] = field(default_factory=dict)
    drafts: list[Draft] = field(default_factory=list)
    problems: list[Notice] = field(default_factory=list)
    n_same: Counter[str] = field(default_factory=Counter)
    n_completed: Counter[str] = field(default_factory=Counter)

    def summary(self, *, n_individuals: int, n_sources: int) -> SaveSummary:
        """The plan in numbers."""
        added = {name: len(self.new[name]) for name in PART_NAMES}
        replaced = {name: len(self.changed[name]) - self.n_completed[name] for name in PART_NAMES}
        return SaveSummary(
            added={**added, "individual": n_individuals, "source_table": n_sources},
            already_there={name: self.n_same[name] for name in PART_NAMES},
            completed={name: self.n_completed[name] for name in PART_NAMES},
            replaced=replaced,
            withdrawn={name: len(self.gone[name]) for name in PART_NAMES},
        )


def make_plan(stored: Records, brought: Records, *, replace: bool, whole: Collection[str] = ()) -> Plan:
    """What to change so that the project holds what was brought.

    Parameters
    ----------
    stored
        What the project holds of the sessions that are brought.
    replace
        Whether brought records take the place of stored ones that differ. Then also, within each
        session, stored stations (effort, captures) that are not brought are withdrawn, if any are
        brought: a corrected table takes the place of the former one. Without it each difference is
        a problem. Every value that is replaced or withdrawn stays readable in a decision; what the
        corrected table confirms stands there from now on.
    whole
        Sessions that are brought whole: with ``replace`` all of theirs that is not brought is withdrawn.
    """
    plan = Plan()
    for name in PART_NAMES:
        before, after = getattr(stored, name), getattr(brought, name)
        difference: Difference[Any] = compare(before, after)
        plan.new[name] = difference.new
        plan.n_same[name] = len(difference.same)
        plan.changed[name] = {}
        for uid, (old, new) in difference.different.items():
            _plan_change(plan, name, uid, old, new, replace=replace)
        plan.moved[name] = _moved(before, after, plan.changed[name]) if replace else {}
        plan.successor[name] = _successors(before, after) if replace else {}
        plan.gone[name] = _gone(before, after, whole) if replace and name in _WITHDRAWN else []
        for uid in plan.gone[name]:
            _withdraw(plan, name, uid, before[uid])
    plan.problems.extend(_check_evidence(stored, brought))
    plan.problems.extend(_check_references(stored, brought, plan))
    return plan


def _plan_change(plan: Plan, name: str, uid: str, old: Any, new: Any, *, replace: bool) -> None:
    told = told_session(old, new, prefer_brought=False) if name == "session" else None
    if told is not None and told == old:
        plan.n_same[name] += 1
    elif told is not None:
        plan.n_completed[name] += 1
        _change(plan, f"complete.{name}", name, uid, old, told)
    elif replace:
        final = told_session(old, new, prefer_brought=True) if name == "session" else new
        _change(plan, f"replace.{name}", name, uid, old, final)
    else:
        for column, before, after in differing_fields(old, new):
            facts = {**label(new), "column": column, "stored": before, "value": after}
            plan.problems.append(Notice(f"survey.conflict_{name}", facts))


def _change(plan: Plan, kind: str, name: str, uid: str, old: Any, new: Any) -> None:
    plan.changed[name][uid] = new
    plan.drafts.append(Draft(kind=kind, subject_uid=uid, before=content_of(old), after=content_of(new)))


def _withdraw(plan: Plan, name: str, uid: str, old: Any) -> None:
    plan.drafts.append(Draft(kind=f"replace.{name}", subject_uid=uid, before=content_of(old)))


def _gone(stored: Mapping[str, Any], brought: Mapping[str, Any], whole: Collection[str]) -> list[str]:
    """Stored records of the sessions for which any are brought, but not these."""
    sessions = {record.session for record in brought.values()} | set(whole)
    return [uid for uid, record in stored.items() if record.session in sessions and uid not in brought]


def _moved(
    stored: Mapping[str, Any], brought: Mapping[str, Any], changed: Mapping[str, Any]
) -> dict[str, Any]:
    both = (uid for uid in brought if uid in stored and uid not in changed)
    return {uid: brought[uid] for uid in both if stands_elsewhere(stored[uid], brought[uid])}


def _successors(stored: Mapping[str, Any], brought: Mapping[str, Any]) -> dict[str, str]:
    """For each stored table the brought one in which most of its records stand now.

    Of a record that is not brought again, the table that says most of its session counts.
    """
    of_session: dict[str | None, Counter[str]] = defaultdict(Counter)
    for record in brought.values():
        if record.table is not None:
            of_session[getattr(record, "session", None)][record.table] += 1
    likeliest = {session: tables.most_common(1)[0][0] for session, tables in of_session.items()}
    taken: dict[str, Counter[str]] = defaultdict(Counter)
    for uid, old in stored.items():
        session = getattr(old, "session", None)
        new = brought[uid].table if uid in brought else likeliest.get(session)
        if old.table is not None and new is not None:
            taken[old.table][new] += 1
    return {table: newer.most_common(1)[0][0] for table, newer in taken.items()}


def _check_evidence(stored: Records, brought: Records) -> Iterator[Notice]:
    """Sessions that would rest on imported captures and on photographs at once."""
    before = {s.code: s.evidence for s in stored.session.values()}
    now = {s.code: s.evidence for s in brought.session.values()}
    imported = {c.session for records in (stored, brought) for c in records.capture.values()}
    for code in sorted(set(before) | set(now)):
        kinds = {kind for kind in (before.get(code), now.get(code)) if kind is not None}
        if code in imported:
            kinds.add("imported captures")
        if len(kinds) > 1:
            yield Notice("survey.mixed_evidence", {"session": code})


def _check_references(stored: Records, brought: Records, plan: Plan) -> Iterator[Notice]:
    """Records that speak of a session or station which nobody told of, or which would be withdrawn."""
    both = (stored, brought)
    sessions = {s.code for records in both for s in records.session.values()}
    gone = set(plan.gone["station"])
    stations = {
        (s.session, s.code) for records in both for uid, s in records.station.items() if uid not in gone
    }
    withdrawn = {(s.session, s.code) for uid, s in stored.station.items() if uid in gone}
    for part in ("station", "fix", "mask"):
        for record in getattr(brought, part).values():
            if record.session is not None and record.session not in sessions:
                yield Notice("survey.unknown_session", label(record))
    for part in ("effort", "capture"):
        kept = {**getattr(stored, part), **getattr(brought, part)}
        leaving = set(plan.gone[part])
        for uid, record in kept.items():
            place = (record.session, record.station)
            if uid not in leaving and place not in stations:
                code = "survey.station_in_use" if place in withdrawn else "survey.unknown_station"
                yield Notice(code, label(record))
