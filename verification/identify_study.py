"""How many questions people have to answer until the groups are right, and how many animals result.

Two kinds of evidence:

``--nyala FOLDER``: photographs of nyala of one flank, compared by the matcher itself; scores by weights and
curves that saw neither animal of a pair (folds by individual).
``--drawn FILE``: encounters of a simulated population whose evidence is drawn, pair by pair, from what the
matcher gave on simulated photographs (a file that ``identify_weights.py --pairs`` wrote). No picture is
rendered: pairs of one photograph are drawn independently, which real ones are not.

Reviewers err as given, five splits to one merge; the queue learns their rates from known answers only.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pardine.base.randomness import stream
from pardine.identify.calibrate import JudgedPairs, fit_calibration, reliability
from pardine.identify.partition.evidence import Layer, composite_weight
from pardine.identify.partition.weights import draw_joins, fit_weight
from pardine.identify.proposal import Comparable, Proposal, Said, people_layer, propose, with_readings
from pardine.identify.queue import Asker, next_questions
from pardine.identify.review import Reading, second_looks

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
UNSEEN = 5.0
A_ROUND = 25


@dataclass(frozen=True, kw_only=True, eq=False)
class Case:
    """Encounter-sides of one flank with their truth."""

    name: str
    truth: Ints
    llr: NDArray[np.float32]
    comparable: NDArray[np.bool_]
    group_weight: tuple[float, float] = (2.0, 1.0)

    @property
    def n(self) -> int:
        """Encounter-sides."""
        return len(self.truth)


@dataclass(frozen=True, kw_only=True)
class Reviewer:
    """How often somebody errs."""

    false_split: float
    false_merge: float


def reviewer_of(error: float) -> Reviewer:
    """Errors mostly splits, five to one, as observers of known animals make them."""
    return Reviewer(false_split=error * 5.0 / 3.0, false_merge=error / 3.0)


def pairwise(labels: Ints, truth: Ints, comparable: NDArray[np.bool_]) -> tuple[float, float, float]:
    """F1, precision and recall of links over comparable pairs."""
    upper = np.triu(comparable, 1)
    joined = (labels[:, None] == labels[None, :]) & upper
    same = (truth[:, None] == truth[None, :]) & upper
    hit = float((joined & same).sum())
    precision, recall = hit / max(float(joined.sum()), 1.0), hit / max(float(same.sum()), 1.0)
    return 2.0 * precision * recall / max(precision + recall, 1e-12), precision, recall


def drawn_case(pairs: Path, *, n: int, n_animals: int, seed: int) -> Case:
    """A population of animals seen unequally often, evidence drawn from what the matcher gave."""
    rng = stream(seed, "drawn case")
    stored = json.loads(pairs.read_text(encoding="utf-8"))
    ratio, same = np.array(stored["log_ratio"]), np.array(stored["same"], np.bool_)
    share = rng.gamma(1.5, size=n_animals)
    truth = rng.choice(n_animals, size=n, p=share / share.sum())
    is_same = truth[:, None] == truth[None, :]
    llr = np.zeros((n, n), np.float32)
    rows, columns = np.triu_indices(n, 1)
    one = is_same[rows, columns]
    values = np.empty(len(rows), np.float32)
    values[one] = rng.choice(ratio[same], size=int(one.sum()))
    values[~one] = rng.choice(ratio[~same], size=int((~one).sum()))
    llr[rows, columns] = llr[columns, rows] = values
    return Case(
        name=f"drawn {seed}", truth=truth.astype(np.int64), llr=llr, comparable=~np.eye(n, dtype=bool)
    )


def proposal_of(case: Case, said: list[Said], *, seed: int, start: Ints | None, n_draws: int) -> Proposal:
    """Groups by evidence and verdicts."""
    everyone = np.ones(case.n, np.bool_)
    views = Comparable(
        left=everyone, right=~everyone, apart=np.empty((0, 2), np.intp), encounter=np.arange(case.n)
    )
    numerator, exponent = case.group_weight
    weight = composite_weight(case.n, numerator=numerator, exponent=exponent)
    coats = Layer(llr=case.llr, member=everyone, weight=weight)
    people = people_layer(case.n, said)
    layers = (coats,) if people is None else (coats, people)
    return propose(views, layers, unseen_animals=UNSEEN, seed=seed, n_draws=n_draws, start=start)


def review(
    case: Case, reviewer: Reviewer, *, seed: int, most: int, target: float = 0.95
) -> dict[str, object]:
    """Ask until the groups are right by the truth, or so many questions were asked; and what came of it."""
    rng = stream(seed, "reviewer")
    said: list[Said] = []
    readings: list[Reading] = []
    found = proposal_of(case, said, seed=seed, start=None, n_draws=100)
    trace, reached = [], None
    asker = Asker(false_split=reviewer.false_split, false_merge=reviewer.false_merge)
    while True:
        f1, precision, recall = pairwise(found.labels, case.truth, case.comparable)
        n_animals = int(found.labels.max()) + 1
        trace.append([len(readings), round(f1, 4), round(precision, 4), round(recall, 4), n_animals])
        if f1 >= target and reached is None:
            reached = len(readings)
        if (reached is not None) or len(readings) >= most:
            break
        askable = case.comparable.copy()
        for each in readings:
            askable[each.first, each.second] = askable[each.second, each.first] = False
        pairs = [(q.first, q.second) for q in second_looks(found, readings)[: A_ROUND // 2]]
        left = A_ROUND - len(pairs)
        queue = next_questions(found.grouping.draws, askable, n=left, asker=asker)
        pairs += [(int(a), int(b)) for a, b in queue.pairs]
        if not pairs:
            break
        for a, b in pairs:
            one = bool(case.truth[a] == case.truth[b])
            errs = rng.random() < (reviewer.false_split if one else reviewer.false_merge)
            answer = one != errs
            readings.append(Reading(first=a, second=b, by="r", says_same=answer))
            said.append(
                Said(first=a, second=b, says_same=answer, false_split=reviewer.false_split,
                     false_merge=reviewer.false_merge)
            )  # fmt: skip
        found = proposal_of(case, said, seed=seed, start=found.labels, n_draws=60)
    sizes, true_sizes = np.bincount(found.labels), np.bincount(case.truth)
    n_true = int((true_sizes > 0).sum())
    return {
        "case": case.name,
        "n": case.n,
        "questions_to_target": reached,
        "per_1000": None if reached is None else round(1000.0 * reached / case.n, 1),
        "animals": int(found.labels.max()) + 1,
        "true_animals": n_true,
        "error_of_number": round((int(found.labels.max()) + 1) / n_true - 1.0, 4),
        "largest_group_over_true": round(float(sizes.max() / true_sizes.max()), 3),
        "trace": trace,
    }


def chain_attack(*, n_each: int = 40, seed: int = 1) -> dict[str, object]:
    """One wrong link that looks certain and one wrong verdict between two large groups: what results."""
    rng = stream(seed, "chain")
    truth = np.repeat([0, 1], n_each)
    n = len(truth)
    llr = np.where(
        truth[:, None] == truth[None, :], rng.normal(2.0, 1.5, (n, n)), rng.normal(-2.5, 1.5, (n, n))
    )
    llr = np.triu(llr, 1)
    llr[0, n_each] = 8.0
    llr = (llr + llr.T).astype(np.float32)
    case = Case(name="chain", truth=truth, llr=llr, comparable=~np.eye(n, dtype=bool))
    said = [Said(first=1, second=n_each + 1, says_same=True, false_split=0.1, false_merge=0.03)]
    found = proposal_of(case, said, seed=seed, start=None, n_draws=100)
    joined = found.labels[truth == 0][:, None] == found.labels[truth == 1][None, :]
    return {"links_across": int(joined.sum()), "animals": int(found.labels.max()) + 1}


def one_more_verdict(case: Case, *, seed: int) -> float:
    """Median seconds to take one more verdict into the groups and their draws."""
    said: list[Said] = []
    found = proposal_of(case, said, seed=seed, start=None, n_draws=60)
    rng = stream(seed, "verdicts")
    taken = []
    everyone = np.ones(case.n, np.bool_)
    views = Comparable(
        left=everyone, right=~everyone, apart=np.empty((0, 2), np.intp), encounter=np.arange(case.n)
    )
    for _ in range(9):
        a, b = (int(k) for k in rng.choice(case.n, 2, replace=False))
        said.append(Said(first=a, second=b, says_same=bool(case.truth[a] == case.truth[b]), false_split=0.1,
                         false_merge=0.03))  # fmt: skip
        began = time.perf_counter()
        found = with_readings(found, views, said[-1:], seed=seed)
        taken.append(time.perf_counter() - began)
    return float(np.median(taken))


def nyala_case(table: Path, *, side: int) -> tuple[Case, Array, NDArray[np.bool_]]:
    """Sightings of nyala of one flank, from a table of pairs that the matcher made.

    Returns
    -------
    case, probability, same
        The last two of all compared pairs of sightings, by a curve that saw neither animal.
    """
    stored = np.load(table)
    kept = stored["side"] == side
    unit_key = np.unique(
        np.column_stack([stored["encounter"], stored["identity"]])[kept], axis=0, return_inverse=True
    )
    unit = np.full(len(kept), -1)
    unit[kept] = unit_key[1].reshape(-1)
    encounter, identity = unit_key[0].T
    n = len(identity)
    first, second, score = stored["first"], stored["second"], stored["score"]
    own = kept[first] & kept[second]
    matrix = np.full((n, n), -np.inf)
    np.maximum.at(matrix, (unit[first[own]], unit[second[own]]), score[own])
    matrix = np.maximum(matrix, matrix.T)
    apart = encounter[:, None] != encounter[None, :]
    rows, columns = np.nonzero(np.triu(apart & np.isfinite(matrix), 1))
    values = matrix[rows, columns]
    same = identity[rows] == identity[columns]
    fold = stream(1, "folds").permutation(identity.max() + 1)[identity] % 5
    ratio, probability = np.zeros(len(values)), np.zeros(len(values))
    stratum = np.full(len(values), "one")
    for held in range(5):
        inside = (fold[rows] == held) | (fold[columns] == held)
        # A pair of two animals lies in two folds; its curve is that of the first fold that holds it.
        now = inside & ((fold[rows] == held) if held else inside)
        judged = JudgedPairs(
            score=values[~inside],
            same=same[~inside],
            stratum=stratum[~inside],
            inclusion=np.ones((~inside).sum()),
        )
        curve = fit_calibration(judged)
        ratio[now] = curve.log_likelihood_ratio(values[now], stratum[now], np.ones(int(now.sum()), np.bool_))
        probability[now] = curve.probability(values[now], stratum[now])
    llr = np.zeros((n, n), np.float32)
    n_same = int((np.triu(apart, 1) & (identity[:, None] == identity[None, :])).sum())
    n_all = int(np.triu(apart, 1).sum())
    out_same, out_different = n_same - int(same.sum()), (n_all - n_same) - int((~same).sum())
    absent = min(
        np.log((out_same + 0.5) / (n_same + 1)) - np.log((out_different + 0.5) / (n_all - n_same + 1)), 0
    )
    llr[apart] = absent
    llr[rows, columns] = llr[columns, rows] = ratio
    _, truth = np.unique(identity, return_inverse=True)
    case = Case(name=f"nyala side {side}", truth=truth.astype(np.int64), llr=llr, comparable=apart)
    return case, probability, same


def weighted(case: Case, known: Case) -> Case:
    """A case whose groups weigh as fitted on other animals."""
    fitted = fit_weight(draw_joins(known.llr, known.truth, stream(1, "joins")))
    return replace(case, group_weight=(fitted.numerator, fitted.exponent))


def main() -> None:
    """Read the arguments and print one JSON object a line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nyala-table", type=Path)
    parser.add_argument("--drawn", type=Path)
    parser.add_argument("--n", type=int, default=300)
    parser.add_argument("--animals", type=int, default=40)
    parser.add_argument("--surveys", type=int, default=1)
    parser.add_argument("--errors", type=float, nargs="+", default=[0.03, 0.125])
    parser.add_argument("--most", type=int, default=400)
    chosen = parser.parse_args()
    print(json.dumps({"chain": chain_attack()}), flush=True)
    cases = []
    if chosen.nyala_table is not None:
        for side in (0, 1):
            case, p, same = nyala_case(chosen.nyala_table, side=side)
            found = reliability(p, same)
            accepted = p > 0.98
            print(json.dumps({
                "case": case.name, "pairs": len(p), "same": int(same.sum()), "gain": round(found.gain, 4),
                "ece": round(found.calibration_error, 4),
                "ece_above": round(found.calibration_error_above, 4),
                "accepted": int(accepted.sum()),
                "precision": round(float(same[accepted].mean()), 4) if accepted.any() else None,
                "recall": round(float((same & accepted).sum() / same.sum()), 4),
            }), flush=True)  # fmt: skip
            cases.append(case)
        # Each flank is weighed by what the other flank taught.
        cases = [weighted(cases[0], cases[1]), weighted(cases[1], cases[0])]
    if chosen.drawn is not None:
        known = drawn_case(chosen.drawn, n=chosen.n, n_animals=chosen.animals, seed=999)
        cases += [
            weighted(drawn_case(chosen.drawn, n=chosen.n, n_animals=chosen.animals, seed=s), known)
            for s in range(chosen.surveys)
        ]
    if cases:
        print(
            json.dumps({"one_more_verdict_s": round(one_more_verdict(cases[0], seed=1), 3), "n": cases[0].n})
        )
    for case in cases:
        for error in chosen.errors:
            most = chosen.most * case.n // 1000 + 1
            outcome = review(case, reviewer_of(error), seed=7, most=most)
            print(json.dumps({"error": error, "group_weight": case.group_weight, **outcome}), flush=True)


if __name__ == "__main__":
    main()
