"""Fit what coat evidence is worth on simulated surveys, and judge it on surveys that the fit has not seen.

Simulate first, such as ``pardine simulate --out sim1 --seed 1 --photographs small``; then

    python verification/identify_weights.py sim1 sim2 sim3 --write src/pardine/identify/data/simulated.json

Every figure that is printed comes from weights fitted on the other surveys (with one survey, on folds
disjoint by individual); what is written is fitted on all of them.
"""

from __future__ import annotations

import argparse
import csv
import json
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pardine.base.randomness import stream
from pardine.exchange.animal_table import read_animal_table
from pardine.exchange.options import ReadOptions
from pardine.identify.calibrate import Calibration, reliability
from pardine.identify.fusion import Fusion, directed_pairs, fit_fusion
from pardine.identify.gallery import folds_of_individuals
from pardine.identify.pairs import ComparedPairs, Looks, compare_passages
from pardine.identify.partition.weights import Joins, draw_joins, fit_weight, together
from pardine.identify.passages import Passages, Shot, find_passages
from pardine.identify.score import PairTable
from pardine.identify.weights import Weights, calibrate_pairs, weight_of_absence, weights_json
from pardine.store import runs
from pardine.store.coat_photographs import media_by_tail, read_species_sightings
from pardine.store.project import create_project, open_project
from pardine.store.sightings import save_sightings
from pardine.workflows.identify import shots_of
from pardine.workflows.identify_coats import describe_shots
from pardine.workflows.identify_matching import looks_of, pair_table
from pardine.workflows.ingest import add_paths
from pardine.workflows.ingest_photographs import CardOptions
from pardine.workflows.watch import SILENT

SPECIES = "leopard"
Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Survey:
    """A simulated survey compared, with its truth.

    Attributes
    ----------
    looks, table, passages
        As the workflow makes them.
    identity : (N,)
        True animal of each shot, below 0 where it belongs to no passage.
    """

    name: str
    shots: list[Shot]
    looks: Looks
    table: PairTable
    passages: Passages
    identity: NDArray[np.int64]

    @property
    def of_passage(self) -> NDArray[np.int64]:
        """True animal of each passage: that of its first shot."""
        return np.array([self.identity[p.shots[0]] for p in self.passages.all], np.int64)


def read_survey(folder: Path, home: Path, n_workers: int) -> Survey:
    """Bring a simulated survey into a project, describe and compare its photographs."""
    if not (home / "project.toml").exists():
        create_project(home, name=folder.name).close()
        paths = [folder / "check-sheets.csv", folder / "photographs"]
        add_paths(home, paths, ReadOptions(), CardOptions(utc_offset_min=600), n_workers=1)
        with open_project(home) as project:
            truth = folder / "truth" / "photographs.csv"
            read = read_animal_table(truth, media_by_tail(project), species=SPECIES)
            with project.transaction():
                run = runs.start_run(project, "sightings", {})
                for name, own in read.by_folder.items():
                    save_sightings(project, own, folder=name, run=run)
                runs.finish_run(project, run)
    with open_project(home) as project:
        shots, places = shots_of(read_species_sightings(project, SPECIES, but_by="pardine"))
        passages = find_passages(shots)
        files = [Path(place[0]) for place in places]
        seen = describe_shots(project, shots, files, n_workers=n_workers, watch=SILENT)
        looks = looks_of(shots, seen, passages)
        table = pair_table(project, shots, seen, passages, n_workers=n_workers, watch=SILENT)
    return Survey(
        name=folder.name, shots=shots, looks=looks, table=table, passages=passages,
        identity=true_identity(folder, [s.sha256 for s in shots]),
    )  # fmt: skip


def true_identity(folder: Path, hashes: list[str]) -> NDArray[np.int64]:
    """Number of the animal on each photograph."""
    with (folder / "truth" / "photographs.csv").open(encoding="utf-8", newline="") as file:
        name = {row["sha256"]: row["individuals"] for row in csv.DictReader(file)}
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(name[h], len(numbers)) for h in hashes], np.int64)


def fit_on(surveys: list[Survey], leave_out: dict[str, NDArray[np.bool_]] | None = None) -> Fusion:
    """Weights of evidence from several surveys; some animals of a survey may be left out."""
    columns, query, same, offset = [], [], [], 0
    for survey in surveys:
        pairs = directed_pairs(survey.table)
        kept = np.ones(len(pairs.query), np.bool_)
        if leave_out is not None and survey.name in leave_out:
            out = leave_out[survey.name]
            kept = ~(out[pairs.query] | out[pairs.other])
        columns.append(pairs.columns[kept])
        query.append(pairs.query[kept] + offset)
        same.append((survey.identity[pairs.query] == survey.identity[pairs.other])[kept])
        offset += len(survey.identity)
    return fit_fusion(np.concatenate(columns), np.concatenate(query), np.concatenate(same))


def scored(survey: Survey, fusion: Fusion) -> Array:
    """Score of each pair of photographs."""
    both = fusion.utility(directed_pairs(survey.table).columns)
    n = len(survey.table.first)
    return np.asarray(0.5 * (both[:n] + both[n:]))


def unseen_scores(survey: Survey, others: list[Survey]) -> Array:
    """Scores by weights that saw nothing of the survey, or, where it is alone, nothing of either animal."""
    if others:
        return scored(survey, fit_on(others))
    fold = folds_of_individuals(survey.identity, 4, stream(1, "folds"))
    total = np.zeros(len(survey.table.first))
    n = len(survey.table.first)
    pairs = directed_pairs(survey.table)
    for held in range(4):
        fusion = fit_on([survey], {survey.name: fold == held})
        both = fusion.utility(pairs.columns)
        own = (
            (fold[survey.table.first] == held).astype(float),
            (fold[survey.table.second] == held).astype(float),
        )
        total += 0.5 * (both[:n] * own[0] + both[n:] * own[1])
    return total


def compared(survey: Survey, scores: Array) -> tuple[ComparedPairs, NDArray[np.bool_]]:
    """Pairs of passages and whether they are one animal."""
    pairs = compare_passages(survey.table, scores, survey.looks)
    truth = survey.of_passage
    return pairs, truth[pairs.first] == truth[pairs.second]


def left_out(survey: Survey, pairs: ComparedPairs) -> tuple[int, int, int, int]:
    """Comparable pairs of one animal and of two, and how many of each nobody shortlisted."""
    truth, n = survey.of_passage, len(survey.passages.all)
    encounter = np.array([p.encounter for p in survey.passages.all])
    counts = np.zeros(2, int)
    looked = np.zeros(2, int)
    for side in ("left", "right"):
        own = np.zeros(n, np.bool_)
        shown = survey.looks.usable & (survey.looks.side == side) & (survey.looks.passage >= 0)
        own[survey.looks.passage[shown]] = True
        reach = np.triu(own[:, None] & own[None, :] & (encounter[:, None] != encounter[None, :]), 1)
        same = truth[:, None] == truth[None, :]
        counts += [int((reach & same).sum()), int((reach & ~same).sum())]
        of_side = pairs.side == side
        is_same = truth[pairs.first] == truth[pairs.second]
        looked += [int((of_side & is_same).sum()), int((of_side & ~is_same).sum())]
    return int(counts[0]), int(counts[1]), int(counts[0] - looked[0]), int(counts[1] - looked[1])


def concatenated(parts: list[ComparedPairs]) -> ComparedPairs:
    """Pairs of several surveys; passages are numbered anew."""
    offsets = np.concatenate([[0], np.cumsum([int(p.second.max(initial=0)) + 1 for p in parts])])
    return ComparedPairs(
        first=np.concatenate([p.first + k for p, k in zip(parts, offsets, strict=False)]),
        second=np.concatenate([p.second + k for p, k in zip(parts, offsets, strict=False)]),
        side=np.concatenate([p.side for p in parts]),
        score=np.concatenate([p.score for p in parts]),
        photographs=np.concatenate([p.photographs for p in parts]),
        stratum=np.concatenate([p.stratum for p in parts]),
    )


def judge(surveys: list[Survey]) -> None:
    """Print how far probabilities can be believed, each survey judged by the others."""
    parts = [compared(s, unseen_scores(s, [o for o in surveys if o is not s])) for s in surveys]
    p, truth, stratum = [], [], []
    for k, (pairs, same) in enumerate(parts):
        rest = [parts[j] for j in range(len(parts)) if j != k] or None
        if rest is None:
            # One survey: folds by the first animal of the pair.
            animal = surveys[0].of_passage
            fold = animal % 4
            own = np.zeros(len(pairs))
            for held in range(4):
                inside = (fold[pairs.first] == held) | (fold[pairs.second] == held)
                curve = calibrate_pairs(_chosen(pairs, ~inside), same[~inside])
                own[inside] = curve.probability(pairs.score[inside], pairs.stratum[inside])
        else:
            curve = calibrate_pairs(concatenated([r[0] for r in rest]), np.concatenate([r[1] for r in rest]))
            own = curve.probability(pairs.score, pairs.stratum)
        p.append(own)
        truth.append(same)
        stratum.append(pairs.stratum)
    report(np.concatenate(p), np.concatenate(truth), np.concatenate(stratum))


def report(p: Array, same: NDArray[np.bool_], stratum: NDArray[np.str_]) -> None:
    """Print reliability of all and of each stratum, and what could be accepted without a person."""
    for name in ("all", *sorted(set(stratum.tolist()))):
        own = np.ones(len(p), np.bool_) if name == "all" else stratum == name
        found = reliability(p[own], same[own])
        print(
            f"{name:28} pairs {found.n_pairs:6d} same {int(same[own].sum()):5d} log loss "
            f"{found.log_loss:.4f} "
            f"gain {found.gain:.3f} ECE {found.calibration_error:.4f} "
            f"ECE above 0.1 {found.calibration_error_above:.4f} ({int((p[own] > 0.1).sum())} pairs)"
        )
    for limit in (0.9, 0.95, 0.98):
        accepted = p > limit
        n = int(accepted.sum())
        precision = float(same[accepted].mean()) if n else float("nan")
        recall = float((same & accepted).sum() / max(same.sum(), 1))
        print(f"accepted above {limit}: {n} pairs, precision {precision:.3f}, recall {recall:.3f}")


def _chosen(pairs: ComparedPairs, kept: NDArray[np.bool_]) -> ComparedPairs:
    return ComparedPairs(
        first=pairs.first[kept], second=pairs.second[kept], side=pairs.side[kept], score=pairs.score[kept],
        photographs=pairs.photographs[kept], stratum=pairs.stratum[kept],
    )  # fmt: skip


def joins_of(survey: Survey, pairs: ComparedPairs, curve: Calibration, absent: float) -> Joins:
    """Groups drawn from the known animals of a survey, joined rightly and wrongly, flank by flank."""
    found = []
    truth, n = survey.of_passage, len(survey.passages.all)
    ratio = curve.log_likelihood_ratio(pairs.score, pairs.stratum, np.ones(len(pairs), np.bool_))
    for side in ("left", "right"):
        llr = np.full((n, n), absent)
        own = pairs.side == side
        llr[pairs.first[own], pairs.second[own]] = llr[pairs.second[own], pairs.first[own]] = ratio[own]
        shown = survey.looks.usable & (survey.looks.side == side) & (survey.looks.passage >= 0)
        seen = np.unique(survey.looks.passage[shown])
        found.append(draw_joins(llr[np.ix_(seen, seen)], truth[seen], stream(1, "joins", len(found)), n=1000))
    return together(found)


def weights_from(surveys: list[Survey]) -> Weights:
    """Weights from all surveys; the curve from scores that had not seen the survey."""
    parts = [compared(s, unseen_scores(s, [o for o in surveys if o is not s])) for s in surveys]
    pairs, same = concatenated([p for p, _ in parts]), np.concatenate([t for _, t in parts])
    counts = Counter[int]()
    for survey, (own, _) in zip(surveys, parts, strict=True):
        counts.update(dict(enumerate(left_out(survey, own))))
    curve = calibrate_pairs(pairs, same)
    absent = weight_of_absence(counts[0], counts[1], counts[2], counts[3])
    weight = fit_weight(
        together([joins_of(s, p, curve, absent) for s, (p, _) in zip(surveys, parts, strict=True)])
    )
    print(
        f"group weight {weight.numerator:.3f} / k^{weight.exponent:.3f}, log loss {weight.log_loss:.4f}, "
        f"2 / k {weight.default_log_loss:.4f}, unweighted {weight.unweighted_log_loss:.4f}"
    )
    n_animals = sum(len(np.unique(s.of_passage)) for s in surveys)
    return Weights(
        fusion=fit_on(surveys),
        calibration=curve,
        not_shortlisted=absent,
        group_weight=(weight.numerator, weight.exponent),
        source=f"simulated surveys ({len(surveys)}): {n_animals} animals, {len(pairs)} pairs of passages",
    )


def write_pairs(surveys: list[Survey], path: Path) -> None:
    """Write the log likelihood ratio of every comparable pair and its truth, by weights of other animals."""
    parts = [compared(s, unseen_scores(s, [o for o in surveys if o is not s])) for s in surveys]
    pairs, same = concatenated([p for p, _ in parts]), np.concatenate([t for _, t in parts])
    curve = calibrate_pairs(pairs, same)
    ratio = curve.log_likelihood_ratio(pairs.score, pairs.stratum, np.ones(len(pairs), np.bool_))
    content = {"log_ratio": np.round(ratio, 4).tolist(), "same": same.tolist()}
    path.write_text(json.dumps(content), encoding="utf-8")


def main() -> None:
    """Read the arguments and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--write", type=Path)
    parser.add_argument("--pairs", type=Path, help="where to write what pairs got, for identify_study.py")
    parser.add_argument("--projects", type=Path, help="where to keep what was computed")
    parser.add_argument("--workers", type=int, default=1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        home = chosen.projects or Path(scratch)
        home.mkdir(parents=True, exist_ok=True)
        surveys = [
            read_survey(f, home / f"{k}-{f.name}", chosen.workers) for k, f in enumerate(chosen.folders)
        ]
    judge(surveys)
    if chosen.pairs is not None:
        write_pairs(surveys, chosen.pairs)
    if chosen.write is not None:
        chosen.write.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(weights_json(weights_from(surveys)), indent=1, sort_keys=True)
        chosen.write.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
