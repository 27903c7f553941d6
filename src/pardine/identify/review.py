"""What to ask people: questions that settle most, known answers mixed in, second looks, and when to stop."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pardine.identify.proposal import Comparable, Proposal
from pardine.identify.queue import Asker, Worth, next_questions

Ints = NDArray[np.int64]
Purpose = Literal["settles", "second look", "known", "audit"]
LARGE_GROUP = 3
"""Passages of a group from which on joining it to another such takes two people."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """One pair to be asked about.

    Attributes
    ----------
    first, second
        Passages; the same one twice where two photographs of one burst are shown.
    purpose
        Why it is asked; never shown to the reader.
    known
        The truth, of a question whose answer is known.
    reading
        1 for a first look, 2 for a second one, and so on.
    probability
        That it is one animal, as of now.
    inclusion
        Probability with which chance chose it; ``None`` where the queue did.
    """

    first: int
    second: int
    purpose: Purpose
    known: bool | None = None
    reading: int = 1
    probability: float = 0.5
    inclusion: float | None = None


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One answer that was given: who said what on which pair."""

    first: int
    second: int
    by: str
    says_same: bool | None


@dataclass(frozen=True, kw_only=True)
class StopRule:
    """When to stop: links expected to be wrong, at most so many."""

    wrong_splits: float = 1.0
    wrong_merges: float = 1.0

    def is_met(self, proposal: Proposal, n_second_looks: int) -> bool:
        """Whether nothing more has to be asked."""
        errors = proposal.errors
        within = errors.wrong_splits <= self.wrong_splits and errors.wrong_merges <= self.wrong_merges
        return within and n_second_looks == 0


def choose_questions(
    proposal: Proposal,
    views: Comparable,
    readings: Sequence[Reading],
    known: Sequence[tuple[int, int, bool]],
    *,
    n: int,
    known_share: float,
    audit_share: float,
    rng: np.random.Generator,
    asker: Asker | None = None,
    worth: Worth | None = None,
) -> tuple[Question, ...]:
    """Questions of one sitting, in random order so that nothing tells why each is asked.

    Parameters
    ----------
    known
        Pairs whose answer is known and that nobody of this sitting has read: first, second, truth.
    known_share, audit_share
        Of all questions; an audit pair is drawn by chance among all comparable ones, half of them
        among those with P above 0.1, so that calibration can be fitted on them.
    worth
        As of `pardine.identify.queue.next_questions`, such as the expected change of N.
    """
    n_known = min(round(n * known_share), len(known))
    picked = rng.permutation(len(known))[:n_known]
    chosen = [
        Question(first=known[k][0], second=known[k][1], purpose="known", known=known[k][2])
        for k in picked.tolist()
    ]
    chosen += audit_pairs(proposal, views, readings, n=round(n * audit_share), rng=rng)
    looks = second_looks(proposal, readings)
    chosen += looks[: max(n - len(chosen), 0)]
    taken = {(q.first, q.second) for q in chosen}
    askable = views.pairs()
    for reading in readings:
        askable[reading.first, reading.second] = askable[reading.second, reading.first] = False
    for first, second in taken:
        askable[first, second] = askable[second, first] = False
    left = n - len(chosen)
    if left > 0:
        found = next_questions(proposal.grouping.draws, askable, n=left, asker=asker, worth=worth)
        chosen += [
            Question(first=int(a), second=int(b), purpose="settles", probability=float(p))
            for (a, b), p in zip(found.pairs, found.probability, strict=True)
        ]
    return tuple(chosen[k] for k in rng.permutation(len(chosen)).tolist())


def second_looks(proposal: Proposal, readings: Sequence[Reading]) -> list[Question]:
    """Pairs that one person judged and another should see, blindly.

    A "same" without which two groups of at least three passages would be apart, and a "different" by
    which somebody seen once stays an animal of its own.
    """
    by_pair: dict[tuple[int, int], list[Reading]] = defaultdict(list)
    for reading in readings:
        if reading.says_same is not None and reading.first != reading.second:
            low, high = sorted((reading.first, reading.second))
            by_pair[low, high].append(reading)
    sizes = np.bincount(proposal.labels)
    links = Counter(
        int(proposal.labels[a])
        for (a, b), own in by_pair.items()
        if proposal.labels[a] == proposal.labels[b] and any(r.says_same for r in own)
    )
    found = []
    for (a, b), own in sorted(by_pair.items()):
        if len(own) > 1:
            continue
        one, other = int(proposal.labels[a]), int(proposal.labels[b])
        p = float(proposal.together[a, b])
        joins = own[0].says_same and one == other and sizes[one] >= 2 * LARGE_GROUP and links[one] >= 1
        ghost = not own[0].says_same and one != other and min(sizes[one], sizes[other]) == 1 and p > 0.02
        if (joins and (links[one] == 1 or _holds_two(proposal, a, b))) or ghost:
            found.append(Question(first=a, second=b, purpose="second look", reading=2, probability=p))
    return found


def _holds_two(proposal: Proposal, a: int, b: int) -> bool:
    """Whether a group falls into two large parts in draws that part the pair, or nearly so."""
    members = np.flatnonzero(proposal.labels == proposal.labels[a])
    nearer = proposal.together[a, members] >= proposal.together[b, members]
    return bool(min(nearer.sum(), (~nearer).sum()) >= LARGE_GROUP)


def audit_pairs(
    proposal: Proposal, views: Comparable, readings: Sequence[Reading], *, n: int, rng: np.random.Generator
) -> list[Question]:
    """Comparable pairs drawn by chance, each with the probability with which it was drawn."""
    if n <= 0:
        return []
    reach = np.triu(views.pairs(), 1)
    for reading in readings:
        reach[min(reading.first, reading.second), max(reading.first, reading.second)] = False
    likely = reach & (proposal.together > 0.1)
    found = []
    for pool, size in ((likely, n - n // 2), (reach & ~likely, n // 2)):
        rows, columns = np.nonzero(pool)
        size = min(size, len(rows))
        for k in rng.permutation(len(rows))[:size].tolist():
            a, b = int(rows[k]), int(columns[k])
            found.append(
                Question(
                    first=a, second=b, purpose="audit", probability=float(proposal.together[a, b]),
                    inclusion=size / len(rows),
                )
            )  # fmt: skip
    return found


def suspicious_labels(
    individual: Sequence[str], ratio: NDArray[np.floating], views: Comparable, *, n: int = 20
) -> list[tuple[int, int, float]]:
    """Names that people gave and coats contradict most: pairs with the log likelihood ratio between them.

    Parameters
    ----------
    individual
        (n,) what people said each passage is; empty where nobody did.
    """
    numbers: dict[str, int] = {}
    labels = np.array([numbers.setdefault(uid, len(numbers)) if uid else -1 for uid in individual], np.int64)
    both = (labels[:, None] >= 0) & (labels[None, :] >= 0) & views.pairs()
    joined = labels[:, None] == labels[None, :]
    against = np.where(joined, -ratio, ratio)
    rows, columns = np.nonzero(np.triu(both & (against > 0.0), 1))
    order = np.argsort(-against[rows, columns], kind="stable")[:n]
    return [(int(rows[k]), int(columns[k]), float(ratio[rows[k], columns[k]])) for k in order.tolist()]
