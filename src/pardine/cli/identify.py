"""What `pardine identify` prints."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from pardine.base.provenance import finite_or_none
from pardine.cli import show
from pardine.identify.catalogue import Individual, families
from pardine.language.translate import Language
from pardine.language.words import Words
from pardine.workflows.identify import Identified
from pardine.workflows.questions import Asked, PairExplained, reviewer_notices


def show_identified(
    outcome: Identified, language: Language, *, as_json: bool, n_verdicts: int | None = None
) -> None:
    """Show the catalogue as JSON or as a table."""
    notices = (*outcome.notices, *reviewer_notices(outcome))
    if as_json:
        facts = identified_json(outcome)
        if n_verdicts is not None:
            facts["verdicts_recorded"] = n_verdicts
        show.result_json(facts | {"warnings": show.notices_json(notices, language)})
        return
    words = Words(language)
    if n_verdicts is not None:
        show.tell(notices, language)
        show.result(words.say("{n} verdicts recorded", n=n_verdicts))
    Console(highlight=False).print(_catalogue(outcome.individuals, words))
    Console(highlight=False).print(_summary(outcome, words))


def identified_json(outcome: Identified) -> dict[str, Any]:
    """The outcome as JSON values."""
    errors = outcome.proposal.errors
    return {
        "species": outcome.evidence.species,
        "photographs": len(outcome.evidence.shots),
        "passages": len(outcome.evidence.passages),
        "passages_without_flank": outcome.evidence.without_flank,
        "pairs_compared": len(outcome.evidence.pairs),
        "expected_wrong_splits": round(errors.wrong_splits, 3),
        "expected_wrong_merges": round(errors.wrong_merges, 3),
        "decisions_written": outcome.n_changed,
        "individuals": [individual_json(each) for each in outcome.individuals],
        "families": {mother: list(young) for mother, young in families(outcome.individuals).items()},
        "reviewers": [
            {
                "reviewer": r.reviewer,
                "false_split": [finite_or_none(v) for v in (r.false_split.value, r.false_split.lower,
                                                            r.false_split.upper)],
                "false_merge": [finite_or_none(v) for v in (r.false_merge.value, r.false_merge.lower,
                                                            r.false_merge.upper)],
                "verdicts": r.n_verdicts,
                "on_known_answers": r.n_known,
            }
            for r in outcome.rates
        ],
    }  # fmt: skip


def individual_json(each: Individual) -> dict[str, Any]:
    """One animal of the catalogue as JSON values."""
    return {
        "uid": each.uid,
        "name": each.name,
        "passages": list(each.passages),
        "sides": list(each.sides),
        "stations": list(each.stations),
        "first_seen": None if each.first_seen is None else each.first_seen.isoformat(),
        "last_seen": None if each.last_seen is None else each.last_seen.isoformat(),
        "sureness": round(each.sureness, 3),
        "sex": each.sex or None,
        "age_classes": [[None if on is None else on.isoformat(), age] for on, age in each.age_classes],
        "mother": each.mother or None,
        "best_photographs": dict(each.best or {}),
        "seen_once": each.is_ghost_risk,
    }


def show_asked(asked: Asked, language: Language, *, as_json: bool) -> None:
    """Show what was written, and how far the work is."""
    if as_json:
        show.result_json(
            {
                "questions": asked.n_questions,
                "table": str(asked.table),
                "sheets": [str(path) for path in asked.sheets],
                "second_looks_open": asked.n_second_looks,
                "expected_wrong_splits": round(asked.wrong_splits, 3),
                "expected_wrong_merges": round(asked.wrong_merges, 3),
                "done": asked.is_done,
                "warnings": show.notices_json(asked.notices, language),
            }
        )
        return
    show.tell(asked.notices, language)
    words = Words(language)
    table = Table(box=box.SIMPLE_HEAD, show_header=False)
    table.add_column()
    table.add_column(justify="right", no_wrap=True)
    table.add_row(words.say("questions"), words.number(asked.n_questions))
    table.add_row(words.say("second looks that are open"), words.number(asked.n_second_looks))
    table.add_row(words.say("links expected to be wrongly split"), words.number(asked.wrong_splits, 1))
    table.add_row(words.say("links expected to be wrongly merged"), words.number(asked.wrong_merges, 1))
    Console(highlight=False).print(table)
    show.result(str(asked.table))


def show_explained(pairs: Sequence[PairExplained], language: Language, *, as_json: bool) -> None:
    """Show every pair that a group rests on."""
    if as_json:
        show.result_json({"pairs": [_pair_json(pair) for pair in pairs]})
        return
    words = Words(language)
    for joined, title in ((True, "Pairs within the animal"), (False, "Likeliest pairs that lead out of it")):
        own = [pair for pair in pairs if pair.joined is joined]
        if own:
            Console(highlight=False).print(_pairs(own, title, words))


def _pair_json(pair: PairExplained) -> dict[str, Any]:
    return {
        "first": pair.first,
        "second": pair.second,
        "side": pair.side,
        "score": pair.score,
        "log_likelihood_ratio": round(pair.log_ratio, 3),
        "outcome": pair.outcome,
        "probability": round(pair.probability, 3),
        "photographs": list(pair.photographs or ()),
        "verdicts": [list(each) for each in pair.verdicts],
        "joined": pair.joined,
    }


def _pairs(pairs: Sequence[PairExplained], title: str, words: Words) -> Table:
    table = Table(title=words.say(title), box=box.SIMPLE_HEAD)
    for heading in ("photographs", "side", "evidence", "outcome", "P", "verdicts"):
        table.add_column(words.say(heading) if heading != "P" else "P")
    for pair in pairs:
        table.add_row(
            "\n".join(pair.photographs or (pair.first, pair.second)),
            words.say(pair.side) if pair.side else "–",
            f"{pair.log_ratio:+.1f}",
            words.say(pair.outcome),
            f"{pair.probability:.2f}",
            "; ".join(f"{by}: {answer}" for by, answer in pair.verdicts),
        )
    return table


def _catalogue(individuals: Sequence[Individual], words: Words) -> Table:
    table = Table(title=words.say("Animals"), box=box.SIMPLE_HEAD)
    for heading in ("name", "passages", "sides", "stations", "first seen", "last seen", "sureness"):
        table.add_column(
            words.say(heading), justify="right" if heading in ("passages", "sureness") else "left"
        )
    for each in individuals:
        table.add_row(
            each.name,
            str(len(each.passages)),
            ", ".join(words.say(side) for side in each.sides),
            ", ".join(each.stations),
            "" if each.first_seen is None else f"{each.first_seen:%Y-%m-%d}",
            "" if each.last_seen is None else f"{each.last_seen:%Y-%m-%d}",
            f"{each.sureness:.2f}",
        )
    return table


def _summary(outcome: Identified, words: Words) -> Table:
    errors = outcome.proposal.errors
    table = Table(box=box.SIMPLE_HEAD, show_header=False)
    table.add_column()
    table.add_column(justify="right", no_wrap=True)
    rows = [
        ("photographs", words.number(len(outcome.evidence.shots))),
        ("passages", words.number(len(outcome.evidence.passages))),
        ("animals", words.number(len(outcome.individuals))),
        ("pairs compared closely", words.number(len(outcome.evidence.pairs))),
        ("links expected to be wrongly split", words.number(errors.wrong_splits, 1)),
        ("links expected to be wrongly merged", words.number(errors.wrong_merges, 1)),
    ]
    for name, value in rows:
        table.add_row(words.say(name), value)
    return table


def show_written(paths: Sequence[Path], *, as_json: bool) -> None:
    """Files or folders that were written."""
    if as_json:
        show.result_json({"files": [str(path) for path in paths]})
        return
    for path in paths:
        show.result(str(path))


def show_suspicious(rows: Sequence[tuple[str, str, float]], language: Language, *, as_json: bool) -> None:
    """Names that coats contradict: photographs of either, and the evidence between them."""
    if as_json:
        show.result_json(
            {
                "suspicious": [
                    {"first": a, "second": b, "log_likelihood_ratio": round(r, 3)} for a, b, r in rows
                ]
            }
        )
        return
    words = Words(language)
    table = Table(title=words.say("Names that coats contradict most"), box=box.SIMPLE_HEAD)
    for heading in ("first", "second", "evidence"):
        table.add_column(words.say(heading))
    for a, b, ratio in rows:
        table.add_row(a, b, f"{ratio:+.1f}")
    Console(highlight=False).print(table)
