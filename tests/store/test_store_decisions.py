"""The log of decisions: every change is found, logs merge in any order, an undo can be undone."""

import dataclasses
import random
import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pardine.base.errors import Notice, ProjectError
from pardine.store.decision_log import CHAIN_START, UNDO, Decision, fold, merge_logs, seal, verify_log
from pardine.store.decisions import Draft, append, read_heads, read_log, undo
from pardine.store.doctor import examine
from pardine.store.project import open_project
from pardine.store.runs import start_run

ORIGINS = ("kedrovaya", "hunchun", "laptop")


def chain(origin: str, n: int, *, utc=lambda k: f"2026-01-{k:02d}T00:00:00.000000Z") -> list[Decision]:
    """A sound chain of simulated decisions."""
    rows: list[Decision] = []
    for seq in range(1, n + 1):
        rows.append(
            seal(
                origin=origin,
                seq=seq,
                author="Simulated warden",
                utc=utc(seq),
                kind="assert.sex",
                subject_uid=f"animal {seq % 3}",
                before="null",
                after='"F"' if seq % 2 else '"M"',
                supersedes=None,
                prev_hash=rows[-1].hash if rows else CHAIN_START,
            )
        )
    return rows


def heads_of(rows) -> dict:
    heads: dict[str, tuple[int, str]] = {}
    for row in sorted(rows, key=lambda r: r.seq):
        heads[row.origin] = (row.seq, row.hash)
    return heads


# --- writing and undoing ---------------------------------------------------------------------------


def test_decisions_chain_from_one(project):
    log = append(project, [Draft(kind="k", subject_uid=str(n), after=n) for n in range(3)], author="A")
    log += append(project, [Draft(kind="k", subject_uid="x", after="豹")])
    assert [d.seq for d in log] == [1, 2, 3, 4]
    assert {d.origin for d in log} == {str(project.origin)}
    assert [d.prev_hash for d in log] == [CHAIN_START, *(d.hash for d in log[:-1])]
    assert read_log(project) == log
    assert log[0].author == "A"
    assert log[3].author


def test_all_decisions_of_a_call_are_written_or_none(project):
    with pytest.raises(TypeError):
        append(project, [Draft(kind="k", subject_uid="a"), Draft(kind="k", subject_uid="a", after={1j})])
    assert read_log(project) == ()


def test_a_new_answer_supersedes_the_one_in_force(project):
    first, second = append(project, [Draft(kind="k", subject_uid="a", after=n) for n in (1, 2)])
    (third,) = append(project, [Draft(kind="k", subject_uid="a", before=2, after=3)])
    assert (first.supersedes, second.supersedes, third.supersedes) == (None, first.hash, second.hash)
    assert fold(read_log(project))["k", "a"] == third


def test_undo_and_undo_of_undo(project):
    first, second = append(project, [Draft(kind="k", subject_uid="a", after=n) for n in (1, 2)])
    back = undo(project, second.hash)
    assert fold(read_log(project)) == {("k", "a"): first}
    again = undo(project, back.hash)
    assert fold(read_log(project)) == {("k", "a"): second}
    undo(project, again.hash)
    undo(project, first.hash)
    assert fold(read_log(project)) == {}
    assert len(read_log(project)) == 6


def test_a_decision_that_is_not_there_cannot_be_undone(project):
    with pytest.raises(ProjectError) as caught:
        undo(project, "0" * 64)
    assert caught.value.code == "decision.unknown"


def test_many_questions_at_once_supersede_too(project):
    drafts = [Draft(kind="k", subject_uid=str(n), after=1) for n in range(600)]
    first = append(project, drafts)
    second = append(project, drafts)
    assert [d.supersedes for d in second] == [d.hash for d in first]


def test_a_thousand_undos_of_undos_fold(sqlite_project):
    rows = chain("a", 1)
    for seq in range(2, 2002):
        last = rows[-1]
        rows.append(
            seal(
                origin="a", seq=seq, author="A", utc=last.utc, kind=UNDO, subject_uid=last.subject_uid,
                before="null", after="null", supersedes=last.hash, prev_hash=last.hash,
            )
        )  # fmt: skip
    assert fold(rows) == {("assert.sex", "animal 1"): rows[0]}
    assert fold(rows[:-1]) == {}


def test_a_clock_that_runs_back_does_not_undo_a_correction():
    wrong = chain("a", 1, utc=lambda _: "2036-01-01T00:00:00.000000Z")[0]
    right = seal(
        origin="b", seq=1, author="B", utc="2026-01-01T00:00:00.000000Z", kind=wrong.kind,
        subject_uid=wrong.subject_uid, before=wrong.after, after='"M"', supersedes=wrong.hash,
        prev_hash=CHAIN_START,
    )  # fmt: skip
    assert list(fold([wrong, right]).values()) == [right]


# --- merging ---------------------------------------------------------------------------------------


@st.composite
def logs(draw) -> list[Decision]:
    """What one place knows: the beginning of each chain, to wherever it was told."""
    world = {origin: chain(origin, 6) for origin in ORIGINS}
    known = [d for origin in ORIGINS for d in world[origin][: draw(st.integers(0, 6))]]
    return draw(st.permutations(known))


@settings(deadline=None)
@given(logs(), logs(), logs())
def test_merging_is_a_union(a, b, c):
    assert merge_logs(a, b) == merge_logs(b, a)
    assert merge_logs(merge_logs(a, b), c) == merge_logs(a, merge_logs(b, c)) == merge_logs(c, a, b)
    assert merge_logs(a, a) == merge_logs(a)
    assert set(merge_logs(a, b)) == {*a, *b}
    assert fold(merge_logs(a, b, c)) == fold([*c, *a, *b])
    assert verify_log(merge_logs(a, b, c)) == []


def test_a_fork_is_found_when_its_branches_meet():
    one = chain("a", 4)
    other = one[:2] + chain("a", 4, utc=lambda k: f"2027-01-{k:02d}T00:00:00.000000Z")[2:3]
    merged = merge_logs(one, other)
    assert {n.code for n in verify_log(merged)} >= {"log.doubled"}


# --- tampering -------------------------------------------------------------------------------------

OTHER = {
    "origin": "elsewhere", "seq": 99, "author": "somebody", "utc": "2030-01-01T00:00:00.000000Z",
    "kind": "other", "subject_uid": "other", "before": '"x"', "after": '"x"', "supersedes": "f" * 64,
    "prev_hash": "e" * 64, "hash": "d" * 64,
}  # fmt: skip


def tampered(rows: list[Decision], rng: random.Random) -> list[Decision]:
    """The log after one edit, removal, swap or insertion that somebody could make with an SQL tool."""
    rows = list(rows)
    here = rng.randrange(len(rows))
    deed = rng.choice(["edit", "edit", "remove", "remove last", "swap", "insert", "cut", "reseal"])
    if deed == "edit":
        name = rng.choice(list(OTHER))
        rows[here] = dataclasses.replace(rows[here], **{name: OTHER[name]})
    elif deed == "remove":
        del rows[here]
    elif deed == "remove last":
        last = max(range(len(rows)), key=lambda i: (rows[i].origin == rows[here].origin, rows[i].seq))
        del rows[last]
    elif deed == "swap":
        there = (here + rng.randrange(1, len(rows))) % len(rows)
        places = [(rows[i].origin, rows[i].seq) for i in (here, there)]
        for i, (origin, seq) in zip((there, here), places, strict=True):
            rows[i] = dataclasses.replace(rows[i], origin=origin, seq=seq)
    elif deed == "insert":
        facts = dataclasses.asdict(rows[here]) | {"seq": 7, "prev_hash": rows[-1].hash}
        facts.pop("hash")
        rows.append(seal(**facts))
    elif deed == "cut":
        origin = rows[here].origin
        rows = [r for r in rows if r.origin != origin or r.seq < rows[here].seq]
    else:  # an edit by somebody who knows how the hash is made
        facts = dataclasses.asdict(rows[here]) | {"after": '"changed"'}
        facts.pop("hash")
        rows[here] = seal(**facts)
    return rows


def test_a_thousand_changes_are_all_found():
    rows = [d for origin in ORIGINS for d in chain(origin, 6)]
    heads, rng = heads_of(rows), random.Random(20261)
    assert verify_log(rows, heads=heads) == []
    missed = [n for n in range(1000) if not verify_log(tampered(rows, rng), heads=heads)]
    assert missed == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda rows: [dataclasses.replace(rows[0], after='"M" '), *rows[1:]], {"log.edited"}),
        (lambda rows: rows[:2] + rows[3:], {"log.missing"}),
        (lambda rows: rows[:-1], {"log.cut_short"}),
        (lambda rows: [], {"log.cut_short"}),
        (lambda rows: rows + rows[:1], {"log.doubled"}),
        (lambda rows: rows + chain("stranger", 1), {"log.unknown_origin"}),
        (lambda rows: [dataclasses.replace(rows[0], seq="one"), *rows[1:]], {"log.edited", "log.missing"}),
        (lambda rows: [dataclasses.replace(rows[0], author=b"\xff"), *rows[1:]], {"log.edited"}),
    ],
)
def test_each_change_has_its_name(change, expected):
    rows = chain("a", 5)
    assert {n.code for n in verify_log(change(rows), heads=heads_of(rows))} == expected


def test_a_decision_beyond_the_head_is_found():
    rows = chain("a", 5)
    assert [n.code for n in verify_log(rows, heads=heads_of(rows[:4]))] == ["log.beyond_head"]


def test_a_log_cut_together_with_its_head_is_found_by_what_saw_it():
    rows = chain("a", 5)
    assert verify_log(rows[:3], heads=heads_of(rows[:3])) == []
    found = verify_log(rows[:3], heads=heads_of(rows[:3]), witnesses=[("a", 5, rows[4].hash)])
    assert found == [Notice("log.witness_missing", {"origin": "a", "seq": 5})]


def _sql_deeds(rng: random.Random) -> tuple[str, tuple]:
    seq = rng.randrange(1, 9)
    column = rng.choice(["author", "utc", "kind", "subject_uid", "before", "after", "prev_hash", "hash"])
    return rng.choice([
        (f'UPDATE decision SET "{column}" = ? WHERE seq = ?', ("changed", seq)),
        ("UPDATE decision SET supersedes = ? WHERE seq = ?", ("changed", seq)),
        (f'UPDATE decision SET "{column}" = ? WHERE seq = ?', (b"\xff\x00", seq)),
        ("UPDATE decision SET seq = seq + 100 WHERE seq = ?", (seq,)),
        ("UPDATE decision SET seq = 'many' WHERE seq = ?", (seq,)),
        ("DELETE FROM decision WHERE seq = ?", (seq,)),
        ("DELETE FROM decision WHERE seq >= ?", (seq,)),
        ("UPDATE origin SET head_seq = head_seq - 1 WHERE head_seq >= ?", (seq,)),
    ])  # fmt: skip


def test_changes_made_with_sql_are_found(sqlite_project):
    append(sqlite_project, [Draft(kind="k", subject_uid=str(n % 3), after=n) for n in range(8)], author="A")
    sqlite_project.close()
    path = sqlite_project.directory / "pardine.sqlite"
    sound, rng, missed = path.read_bytes(), random.Random(5), []
    for _ in range(50):
        statement, values = _sql_deeds(rng)
        connection = sqlite3.connect(path)
        connection.execute("DROP TRIGGER decision_no_update")
        connection.execute("DROP TRIGGER decision_no_delete")
        assert connection.execute(statement, values).rowcount > 0
        connection.commit()
        connection.close()
        with open_project(sqlite_project.directory) as project:
            if not any(n.severity == "error" for n in examine(project)):
                missed.append(statement)
        path.write_bytes(sound)
    assert missed == []


def test_a_later_run_remembers_the_end_of_the_log(sqlite_project):
    append(sqlite_project, [Draft(kind="k", subject_uid="a", after=n) for n in range(3)])
    start_run(sqlite_project, "estimate", {})
    sqlite_project.close()
    second = read_log(sqlite_project)[1]
    connection = sqlite3.connect(sqlite_project.directory / "pardine.sqlite")
    connection.execute("DROP TRIGGER decision_no_delete")
    connection.execute("DELETE FROM decision WHERE seq = 3")
    connection.execute("UPDATE origin SET head_seq = 2, head_hash = ?", (second.hash,))
    connection.commit()
    connection.close()
    assert [n.code for n in examine(sqlite_project)] == ["log.witness_missing"]


def test_heads_are_where_the_chains_end(project):
    log = append(project, [Draft(kind="k", subject_uid="a", after=n) for n in range(3)])
    with project.read() as connection:
        assert read_heads(connection) == heads_of(log)
