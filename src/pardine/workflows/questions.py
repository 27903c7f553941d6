"""Questions of identification out to people, and their verdicts back in."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from pardine.base.errors import InputError, Notice, note, warning
from pardine.base.randomness import stream
from pardine.exchange.photographs.sheets import SheetPicture, write_sheet
from pardine.exchange.question_table import read_answers, write_questions
from pardine.identify.queue import Asker
from pardine.identify.review import Question, Reading, StopRule, choose_questions, second_looks
from pardine.store import runs
from pardine.store.catalogue import ANSWERS, CatalogueState, PairVerdict, read_catalogue, save_pair_verdicts
from pardine.store.project import Project, find_project, open_project
from pardine.store.results import all_results, save_result
from pardine.workflows.identify import (
    Identified,
    IdentifyRequest,
    propose_with,
    rates_of,
    regroup,
)
from pardine.workflows.identify_records import KeptEvidence, ShotFacts, read_evidence
from pardine.workflows.watch import SILENT, Watcher

QUESTIONS_RESULT = "identity questions"
_N_PICTURES = 2
_KEY_LENGTH = 10


@dataclass(frozen=True, kw_only=True)
class QuestionOptions:
    """What questions are wanted.

    Attributes
    ----------
    n
        Of a sitting.
    known_share, audit_share
        Of them: with known answers; drawn by chance.
    stop
        Links expected to be wrong at which nothing more is asked.
    """

    n: int = 30
    known_share: float = 0.1
    audit_share: float = 0.0
    stop: StopRule = field(default_factory=StopRule)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Questions that were written.

    Attributes
    ----------
    table, sheets
        Files.
    wrong_splits, wrong_merges
        Links expected to be wrong as things stand.
    is_done
        Whether the stop rule is met: nothing has to be asked.
    """

    table: Path
    sheets: tuple[Path, ...]
    n_questions: int
    n_second_looks: int
    wrong_splits: float
    wrong_merges: float
    is_done: bool
    notices: tuple[Notice, ...] = ()


def ask(
    directory: Path | None,
    table: Path,
    sheets: Path | None,
    request: IdentifyRequest,
    options: QuestionOptions | None = None,
    *,
    watch: Watcher = SILENT,
) -> Asked:
    """Write the next questions, with a sheet of photographs for each.

    Raises
    ------
    ProjectError
        ``identify.nothing_yet``.
    InputError
        ``identify.file_exists``: verdicts may stand in that table already.
    """
    chosen = options or QuestionOptions()
    if table.exists():
        raise InputError("identify.file_exists", file=str(table))
    with open_project(directory or find_project(Path.cwd())) as project:
        watch.stage("judge")
        kept = read_evidence(project)
        state = read_catalogue(project)
        proposal, rates = propose_with(kept, state, request)
        readings = readings_of(kept, state)
        looks = second_looks(proposal, readings)
        n_sitting = len(all_results(project, QUESTIONS_RESULT))
        asker = Asker(
            false_split=float(np.mean([r.false_split.value for r in rates])) if rates else 0.05,
            false_merge=float(np.mean([r.false_merge.value for r in rates])) if rates else 0.02,
        )
        done = chosen.stop.is_met(proposal, len(looks))
        questions: Sequence[Question] = ()
        if not done:
            questions = choose_questions(
                proposal,
                kept.views,
                readings,
                known_pairs(kept, state),
                n=chosen.n,
                known_share=chosen.known_share,
                audit_share=chosen.audit_share,
                rng=stream(request.seed, "questions", n_sitting),
                asker=asker,
            )
        keyed = [(question_key(kept, q, n_sitting), q) for q in questions]
        written = _write(project, kept, keyed, table, sheets, n_sitting)
    errors = proposal.errors
    return Asked(
        table=table,
        sheets=written,
        n_questions=len(questions),
        n_second_looks=len(looks),
        wrong_splits=errors.wrong_splits,
        wrong_merges=errors.wrong_merges,
        is_done=done,
        notices=(note("identify.done"),) if done else (),
    )


def take_verdicts(
    directory: Path | None,
    table: Path,
    request: IdentifyRequest,
    *,
    by: str = "",
    dry_run: bool = False,
    watch: Watcher = SILENT,
) -> tuple[Identified, int]:
    """Record the verdicts of a table and group anew.

    Returns
    -------
    Identified, int
        The groups, and how many verdicts were new.

    Raises
    ------
    InputError
        ``tables.refused``, also with ``identify.unknown_question``; nothing was changed.
    """
    with open_project(directory or find_project(Path.cwd())) as project:
        watch.stage("read")
        kept = read_evidence(project)
        verdicts = _verdicts(project, table, by)
        n_new = 0 if dry_run else save_pair_verdicts(project, verdicts)
        watch.stage("judge")
        outcome = regroup(project, kept, request, dry_run=dry_run)
    return outcome, n_new


def _verdicts(project: Project, table: Path, by: str) -> list[PairVerdict]:
    asked = asked_questions(project)
    verdicts, problems = [], []
    for answer in read_answers(table, default_by=by):
        facts = asked.get(answer.question)
        if facts is None:
            place = {"file": table.name, "row": answer.row, "value": answer.question}
            problems.append(Notice("identify.unknown_question", place))
            continue
        verdicts.append(
            PairVerdict(
                question=answer.question,
                first=facts["first"],
                second=facts["second"],
                answer=next(a for a in ANSWERS if a == answer.answer),
                by=answer.by,
                at=answer.at,
                remark=answer.remark,
                known=facts["known"],
                inclusion=facts["inclusion"],
            )
        )
    if problems:
        raise InputError("tables.refused", problems=problems[:10], n_problems=len(problems))
    return verdicts


def asked_questions(project: Project) -> dict[str, dict[str, Any]]:
    """What each question that was ever written is about, by its key."""
    found: dict[str, dict[str, Any]] = {}
    for stored in all_results(project, QUESTIONS_RESULT):
        found.update(stored.content["questions"])
    return found


def readings_of(kept: KeptEvidence, state: CatalogueState) -> list[Reading]:
    """Verdicts on pairs whose truth nobody knows, as readings of points."""
    position = kept.position()
    return [
        Reading(
            first=position[v.first],
            second=position[v.second],
            by=v.by,
            says_same=None if v.answer not in ("same", "different") else v.answer == "same",
        )
        for v in state.verdicts
        if v.known is None and v.first in position and v.second in position
    ]


def known_pairs(kept: KeptEvidence, state: CatalogueState) -> list[tuple[int, int, bool]]:
    """Pairs of known answer that nobody has read: two views of one burst, two animals of one frame."""
    read = {tuple(sorted((v.first, v.second))) for v in state.verdicts if v.known is not None}
    found = [(int(a), int(b), False) for a, b in kept.views.apart if _shared_side(kept, int(a), int(b))]
    found += [(k, k, True) for k in range(len(kept.passages)) if _two_views(kept, k) is not None]
    keys = [p.key for p in kept.passages]
    return [pair for pair in found if tuple(sorted((keys[pair[0]], keys[pair[1]]))) not in read]


def question_key(kept: KeptEvidence, question: Question, n_sitting: int) -> str:
    """A key that tells nothing: of the pair, the reading and the sitting."""
    first, second = kept.passages[question.first].key, kept.passages[question.second].key
    text = "\x1f".join([*sorted((first, second)), str(question.reading), str(n_sitting)])
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:_KEY_LENGTH]


def _write(
    project: Project,
    kept: KeptEvidence,
    keyed: Sequence[tuple[str, Question]],
    table: Path,
    sheets: Path | None,
    n_sitting: int,
) -> tuple[Path, ...]:
    rows, files, facts = [], [], {}
    for key, question in keyed:
        side, left, right = pictures_of(kept, question)
        # Which of the two stands at the left tells nothing: the key decides.
        if int(key[-1], 16) % 2:
            left, right = right, left
        name = f"{key}.jpg"
        if sheets is not None:
            write_sheet(sheets / name, left, right)
            files.append(sheets / name)
        rows.append((key, name if sheets is not None else "", side))
        facts[key] = {
            "first": kept.passages[question.first].key,
            "second": kept.passages[question.second].key,
            "purpose": question.purpose,
            "known": question.known,
            "reading": question.reading,
            "probability": round(question.probability, 4),
            "inclusion": question.inclusion,
        }
    write_questions(table, rows)
    if facts:
        run = runs.start_run(project, "identity questions", {"n": len(facts), "sitting": n_sitting})
        save_result(project, run, QUESTIONS_RESULT, {"version": 1, "sitting": n_sitting, "questions": facts})
        runs.finish_run(project, run)
    return tuple(files)


def pictures_of(kept: KeptEvidence, question: Question) -> tuple[str, list[SheetPicture], list[SheetPicture]]:
    """The side to be compared, and the best photographs of either animal from that side."""
    if question.first == question.second:
        views = _two_views(kept, question.first)
        assert views is not None
        side, one, other = views
        return side, [_picture(kept.shots[one])], [_picture(kept.shots[other])]
    side = _shared_side(kept, question.first, question.second)
    left, right = (
        [_picture(kept.shots[i]) for i in _views(kept, k, side)[:_N_PICTURES]]
        for k in (question.first, question.second)
    )
    return side, left, right


def _picture(shot: ShotFacts) -> SheetPicture:
    return SheetPicture(file=Path(shot.file), animal=shot.box, scene=shot.scene)


def _views(kept: KeptEvidence, passage: int, side: str) -> list[int]:
    """Usable shots of a passage from a side, the best first."""
    own = [i for i in kept.shots_of[passage] if kept.shots[i].side == side and kept.shots[i].usable]
    return sorted(own, key=lambda i: (-kept.shots[i].quality, i))


def _shared_side(kept: KeptEvidence, a: int, b: int) -> str:
    """The side of which the poorer of two passages shows most; empty where none can be compared."""
    best, found = -1.0, ""
    for side in ("left", "right"):
        views = _views(kept, a, side), _views(kept, b, side)
        if all(views):
            poorer = min(kept.shots[own[0]].quality for own in views)
            if poorer > best:
                best, found = poorer, side
    return found


def _two_views(kept: KeptEvidence, passage: int) -> tuple[str, int, int] | None:
    """Two shots of one flank by one camera in one passage."""
    for side in ("left", "right"):
        own = _views(kept, passage, side)
        for n, i in enumerate(own):
            for j in own[n + 1 :]:
                if kept.shots[i].deployment == kept.shots[j].deployment:
                    return side, i, j
    return None


@dataclass(frozen=True, kw_only=True)
class PairExplained:
    """What is known of one pair of passages.

    Attributes
    ----------
    first, second
        Keys of passages.
    side, score, log_ratio, probability
        Of the coats; ``None`` where nothing was compared. The probability is that of the link.
    outcome
        ``same``, ``different``, ``incomparable`` as evidence; by the sign of the log likelihood ratio.
    photographs
        Paths of the two that speak.
    verdicts
        (who, what) of people.
    joined
        Whether the grouping holds them one animal.
    """

    first: str
    second: str
    side: str | None
    score: float | None
    log_ratio: float
    probability: float
    outcome: str
    photographs: tuple[str, str] | None
    verdicts: tuple[tuple[str, str], ...]
    joined: bool


def explain(directory: Path | None, name: str, request: IdentifyRequest) -> tuple[PairExplained, ...]:
    """Every pair within an individual, and the likeliest pairs that lead out of it.

    Raises
    ------
    InputError
        ``identify.unknown_individual``.
    """
    with open_project(directory or find_project(Path.cwd())) as project:
        kept = read_evidence(project)
        state = read_catalogue(project)
        proposal, _ = propose_with(kept, state, request)
    names = state.names()
    uids = [uid for uid, each in names.items() if name.casefold() in (each.casefold(), uid.casefold())]
    if not uids:
        raise InputError("identify.unknown_individual", value=name)
    individual = state.individual
    members = [k for k, p in enumerate(kept.passages) if individual.get(p.key) in uids]
    inside = [(a, b) for n, a in enumerate(members) for b in members[n + 1 :]]
    outside = [
        (a, b)
        for a in members
        for b in np.argsort(-proposal.together[a], kind="stable")[:50].tolist()
        if b not in members and proposal.together[a, b] > 0.0
    ]
    outside.sort(key=lambda pair: -float(proposal.together[pair[0], pair[1]]))
    return tuple(_explained(kept, state, proposal.together, a, b, (a, b) in inside)
                 for a, b in (*inside, *outside[:20]))  # fmt: skip


def _explained(
    kept: KeptEvidence, state: CatalogueState, together: np.ndarray, a: int, b: int, joined: bool
) -> PairExplained:
    low, high = min(a, b), max(a, b)
    rows = np.flatnonzero((kept.pairs.first == low) & (kept.pairs.second == high))
    reach = bool(kept.views.pairs()[a, b])
    keys = {kept.passages[a].key, kept.passages[b].key}
    said = tuple((v.by, v.answer) for v in state.verdicts if {v.first, v.second} == keys and v.known is None)
    base = PairExplained(
        first=kept.passages[low].key, second=kept.passages[high].key, side=None, score=None,
        log_ratio=kept.not_shortlisted if reach else 0.0, probability=float(together[a, b]),
        outcome="different" if reach else "incomparable", photographs=None, verdicts=said, joined=joined,
    )  # fmt: skip
    if not len(rows):
        return base
    best = rows[np.argmax(np.abs(kept.log_ratio[rows]))]
    one, other = kept.pairs.photographs[best].tolist()
    ratio = float(kept.log_ratio[rows].sum())
    return replace(
        base,
        side=str(kept.pairs.side[best]),
        score=float(kept.pairs.score[best]),
        log_ratio=ratio,
        outcome="same" if ratio > 0.0 else "different",
        photographs=(kept.shots[one].path, kept.shots[other].path),
    )


def reviewer_notices(outcome: Identified) -> tuple[Notice, ...]:
    """Readers who err often, told so that somebody helps them."""
    return tuple(
        warning(
            "identify.reviewer_errs",
            reviewer=r.reviewer,
            percent=round(100.0 * r.false_split.value),
            percent_merge=round(100.0 * r.false_merge.value),
            n=r.n_known,
        )
        for r in outcome.rates
        if r.n_known >= 10 and (r.false_split.value > 0.2 or r.false_merge.value > 0.1)
    )


__all__ = [
    "Asked",
    "PairExplained",
    "QuestionOptions",
    "ask",
    "asked_questions",
    "explain",
    "known_pairs",
    "question_key",
    "rates_of",
    "readings_of",
    "reviewer_notices",
    "take_verdicts",
]
