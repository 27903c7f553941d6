"""The log of decisions as values: sealed chains, one an origin, and the state they fold into.

A decision names the hash of the one before it in its chain, so a row that was edited, removed,
reordered or inserted breaks the chain. A chain that lost its end is found by the head that the
database keeps for each origin, and by the heads that every later run and backup wrote down. Who can
rewrite the whole database, with all hashes, heads and runs, is found only by what left it: backups,
reports and the logs of colleagues.

A decision is in force unless one that is in force supersedes it. An undo is a decision without a
value that supersedes another; the undo of an undo brings it back. Of several in force on one
question, the last by (utc, origin, seq) holds.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from pardine.base.errors import Notice
from pardine.base.provenance import canonical_json

UNDO = "undo"
# What hash a chain starts from.
CHAIN_START = "0" * 64


@dataclass(frozen=True, kw_only=True)
class Decision:
    """A decision as it stands in the log.

    Attributes
    ----------
    origin, seq
        Chain, and place in it from 1.
    author, utc
        Who, and when (ISO 8601, ending in ``Z``).
    kind, subject_uid
        The question.
    before, after
        Canonical JSON text, kept as the very text that was hashed.
    supersedes
        Hash of the decision it answers, or ``None``.
    prev_hash, hash
        Of the decision before it in the chain, and its own.
    """

    origin: str
    seq: int
    author: str
    utc: str
    kind: str
    subject_uid: str
    before: str
    after: str
    supersedes: str | None
    prev_hash: str
    hash: str

    @property
    def value_before(self) -> Any:
        """What held before, as a JSON value."""
        return json.loads(self.before)

    @property
    def value(self) -> Any:
        """What was decided, as a JSON value."""
        return json.loads(self.after)


Log = tuple[Decision, ...]
Question = tuple[str, str]
# Origin to the (seq, hash) of its last decision.
Heads = Mapping[str, tuple[int, str]]
# Origin, place in its chain, hash.
Witness = tuple[str, int, str]


def in_order(log: Iterable[Decision]) -> Log:
    """Decisions by (utc, origin, seq), whatever order they came in."""
    # By text throughout: a row that was tampered with may hold anything, and must still sort.
    return tuple(sorted(log, key=lambda d: (str(d.utc), str(d.origin), _as_number(d.seq), str(d.hash))))


def _as_number(seq: object) -> int:
    return seq if isinstance(seq, int) else -1


def fold(log: Iterable[Decision]) -> dict[Question, Decision]:
    """Current state: for each (kind, subject uid) the decision that holds.

    A question whose decisions were all undone is absent.
    """
    rows = in_order(log)
    force = _in_force(rows)
    return {(d.kind, d.subject_uid): d for d in rows if d.kind != UNDO and d.hash in force}


def _in_force(rows: Log) -> frozenset[str]:
    """Hashes of the decisions that no decision in force supersedes."""
    answers: dict[str, list[str]] = defaultdict(list)
    supersedes = {d.hash: d.supersedes for d in rows}
    for decision, older in supersedes.items():
        if older in supersedes and older is not None:
            answers[older].append(decision)
    # From the ends inwards: a decision is judged once all its answers are. No recursion: a person
    # may undo and redo one thing a thousand times.
    unjudged = {decision: len(answers[decision]) for decision in supersedes}
    ready = [decision for decision, n in unjudged.items() if n == 0]
    force: set[str] = set()
    while ready:
        decision = ready.pop()
        if not any(answer in force for answer in answers[decision]):
            force.add(decision)
        older = supersedes[decision]
        if older is not None and older in unjudged:
            unjudged[older] -= 1
            if unjudged[older] == 0:
                ready.append(older)
    return frozenset(force)


def merge_logs(*logs: Iterable[Decision]) -> Log:
    """Union of logs: the same whatever is merged first, or twice.

    Two logs that fork a chain keep both branches; `verify_log` then says so.
    """
    return in_order({decision for log in logs for decision in log})


def seal(
    *,
    origin: str,
    seq: int,
    author: str,
    utc: str,
    kind: str,
    subject_uid: str,
    before: str,
    after: str,
    supersedes: str | None,
    prev_hash: str,
) -> Decision:
    """Make a decision with its hash: sha256 over the canonical JSON of all its other fields."""
    facts: dict[str, Any] = {
        "origin": origin,
        "seq": seq,
        "author": author,
        "utc": utc,
        "kind": kind,
        "subject_uid": subject_uid,
        "before": before,
        "after": after,
        "supersedes": supersedes,
        "prev_hash": prev_hash,
    }
    return Decision(**facts, hash=_digest(facts))


def _digest(facts: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical_json(facts).encode("utf-8", "surrogatepass")).hexdigest()


def verify_log(
    log: Iterable[Decision], *, heads: Heads | None = None, witnesses: Iterable[Witness] = ()
) -> list[Notice]:
    """Everything that shows that a log is not as it was written; empty for a sound one.

    Parameters
    ----------
    log
        Decisions of any number of origins, in any order.
    heads
        End of each chain, as the database recorded it: a chain must end there, and only there.
    witnesses
        Decisions that something else saw (a run, a backup): each must still be there.

    Returns
    -------
    list of Notice
        ``log.edited``, ``log.missing``, ``log.broken_link``, ``log.doubled``, ``log.cut_short``,
        ``log.beyond_head``, ``log.unknown_origin``, ``log.witness_missing``.
    """
    chains: dict[str, list[Decision]] = defaultdict(list)
    for decision in log:
        chains[str(decision.origin)].append(decision)
    found = [notice for origin in sorted(chains) for notice in _verify_chain(origin, chains[origin])]
    if heads is not None:
        found += _verify_heads(chains, heads)
    seen = {(origin, d.seq, d.hash) for origin, chain in chains.items() for d in chain}
    lost = sorted({w for w in witnesses if w not in seen and w[1] > 0})
    return found + [Notice("log.witness_missing", {"origin": w[0], "seq": w[1]}) for w in lost]


def _verify_chain(origin: str, chain: list[Decision]) -> Iterator[Notice]:
    by_seq: dict[int, Decision] = {}
    for decision in chain:
        place = {"origin": origin, "seq": decision.seq}
        if not _is_sealed(decision):
            yield Notice("log.edited", place)
        if decision.seq in by_seq:
            yield Notice("log.doubled", place)
        by_seq[decision.seq] = decision
    numbers = [seq for seq in by_seq if isinstance(seq, int)]
    previous: str | None = CHAIN_START
    for seq in range(1, max(numbers, default=0) + 1):
        decision_here = by_seq.get(seq)
        if decision_here is None:
            yield Notice("log.missing", {"origin": origin, "seq": seq})
        elif previous is not None and decision_here.prev_hash != previous:
            yield Notice("log.broken_link", {"origin": origin, "seq": seq})
        previous = decision_here.hash if decision_here is not None else None


def _is_sealed(decision: Decision) -> bool:
    facts = asdict(decision)
    written = facts.pop("hash")
    if not isinstance(decision.seq, int) or decision.seq < 1:
        return False
    try:
        return bool(_digest(facts) == written)
    except (TypeError, ValueError):  # SQLite lets a tampered cell hold bytes
        return False


def _verify_heads(chains: Mapping[str, list[Decision]], heads: Heads) -> Iterator[Notice]:
    for origin, (seq, digest) in sorted(heads.items()):
        chain = chains.get(origin, [])
        last = max((d.seq for d in chain if isinstance(d.seq, int)), default=0)
        facts = {"origin": origin, "seq": last, "expected": seq}
        if last > seq:
            yield Notice("log.beyond_head", facts)
        elif last < seq or (not any(d.hash == digest for d in chain if d.seq == seq) and seq > 0):
            yield Notice("log.cut_short", facts)
    for origin in sorted(set(chains) - set(heads)):
        yield Notice("log.unknown_origin", {"origin": origin})
