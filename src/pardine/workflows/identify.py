"""`pardine identify`: photographs of a species become proposed individuals, each link a probability."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pardine.base.errors import AnalysisError, InputError, Notice, note, warning
from pardine.base.identifiers import imported_uid, new_uid
from pardine.exchange.animal_table import read_animal_table
from pardine.identify.catalogue import (
    Assignment,
    Individual,
    Statement,
    assign_individuals,
    individuals_of,
    next_names,
)
from pardine.identify.passages import Shot, find_passages
from pardine.identify.proposal import Proposal, Said, people_layer, propose
from pardine.identify.reviewers import ReviewerRates, Verdict, estimate_rates
from pardine.identify.side import Side
from pardine.identify.weights import shipped_weights
from pardine.store import runs
from pardine.store.catalogue import (
    CatalogueState,
    PairVerdict,
    read_catalogue,
    save_assertions,
    save_proposals,
    save_statements,
)
from pardine.store.coat_photographs import SpeciesSighting, media_by_tail, read_species_sightings
from pardine.store.named_sightings import count_species
from pardine.store.project import Project, find_project, open_project
from pardine.store.results import latest_result, save_result
from pardine.store.sightings import save_sightings
from pardine.workflows.histories import MACHINE, publish_names
from pardine.workflows.identify_coats import describe_shots
from pardine.workflows.identify_matching import match_shots
from pardine.workflows.identify_records import (
    EVIDENCE_RESULT,
    GROUPING_RESULT,
    KeptEvidence,
    evidence_json,
    grouping_json,
    keep_evidence,
    read_evidence,
)
from pardine.workflows.watch import SILENT, Watcher

UNSEEN_ANIMALS = 5.0
# Of somebody of whom nothing is known yet: what observers did with known animals (Johansson et al. 2020).
_USUAL_SPLIT, _USUAL_MERGE = 0.10, 0.03
_N_DRAWS, _FEW_DRAWS = 200, 60


@dataclass(frozen=True, kw_only=True)
class IdentifyRequest:
    """What is asked.

    Attributes
    ----------
    species
        Scientific name, as sightings tell it; ``None``: the only one.
    sightings
        Table of animals on photographs, read first.
    unseen_animals
        Expected number of animals that pass but were not photographed.
    prefix
        Of new names.
    seed
        Of the draws.
    """

    species: str | None = None
    sightings: Path | None = None
    unseen_animals: float = UNSEEN_ANIMALS
    prefix: str = "ID"
    seed: int = 2026


@dataclass(frozen=True, kw_only=True, eq=False)
class Identified:
    """Proposed individuals.

    Attributes
    ----------
    evidence, proposal
        What they rest on.
    individuals
        The catalogue as it stands.
    rates
        Of the reviewers.
    n_changed
        Decisions written.
    """

    evidence: KeptEvidence
    proposal: Proposal
    individuals: tuple[Individual, ...]
    rates: tuple[ReviewerRates, ...]
    notices: tuple[Notice, ...]
    n_changed: int = 0


def identify_project(
    directory: Path | None,
    request: IdentifyRequest,
    *,
    n_workers: int = 1,
    dry_run: bool = False,
    watch: Watcher = SILENT,
) -> Identified:
    """Propose individuals for all photographs of a species; a run that was broken off goes on.

    Raises
    ------
    InputError
        ``session.species_unknown``, ``session.species_unclear``, ``tables.refused``.
    AnalysisError
        ``identify.no_photographs``, ``identify.no_flanks``.
    """
    with open_project(directory or find_project(Path.cwd())) as project:
        return identify_in(project, request, n_workers=n_workers, dry_run=dry_run, watch=watch)


def identify_in(
    project: Project,
    request: IdentifyRequest,
    *,
    n_workers: int = 1,
    dry_run: bool = False,
    watch: Watcher = SILENT,
) -> Identified:
    """As `identify_project`, in a project that is open."""
    watch.stage("read")
    if request.sightings is not None:
        _bring_sightings(project, request.sightings, request.species)
    species = _species(project, request.species)
    sightings = read_species_sightings(project, species, but_by=MACHINE)
    if not sightings:
        raise AnalysisError("identify.no_photographs", value=species)
    shots, places = shots_of(sightings)
    passages = find_passages(shots)
    watch.stage("photographs")
    files = [Path(place[0]) for place in places]
    seen = describe_shots(project, shots, files, n_workers=n_workers, watch=watch)
    notices = _of_photographs(seen, shots, len(passages.not_told_apart))
    watch.stage("match")
    weights = shipped_weights()
    matched = match_shots(project, shots, seen, passages, weights, n_workers=n_workers, watch=watch)
    kept = keep_evidence(species, shots, places, seen, passages, matched, weights)
    if not kept.passages:
        raise AnalysisError("identify.no_flanks", value=species, n=len(shots))
    watch.stage("judge")
    _take_names(project, kept, sightings, shots, dry_run=dry_run)
    outcome = regroup(project, kept, request, dry_run=dry_run)
    told = (*notices, *outcome.notices, note("identify.weights", value=weights.source))
    watch.tell(told)
    return Identified(
        evidence=outcome.evidence,
        proposal=outcome.proposal,
        individuals=outcome.individuals,
        rates=outcome.rates,
        notices=told,
        n_changed=outcome.n_changed,
    )


def regroup(
    project: Project,
    kept: KeptEvidence,
    request: IdentifyRequest,
    *,
    dry_run: bool = False,
    quick: bool = False,
) -> Identified:
    """Group by the kept evidence and all that people said; record what the groups are.

    Parameters
    ----------
    quick
        Begin at the groups of last time, with fewer draws: for one more verdict.
    """
    state = read_catalogue(project)
    proposal, rates = propose_with(kept, state, request, start=_last_labels(project, kept) if quick else None)
    assignment = assignment_of(kept, proposal, state)
    if dry_run:
        return _identified(kept, proposal, rates, assignment, state, 0)
    with project.transaction():
        run = runs.start_run(
            project,
            "identify",
            {"species": kept.species, "weights": kept.weights, "unseen_animals": request.unseen_animals,
             "prefix": request.prefix, "quick": quick},
            seed=request.seed,
            inputs=[] if kept.result is None else [kept.result.as_input()],
        )  # fmt: skip
        if kept.result is None:
            save_result(project, run, EVIDENCE_RESULT, evidence_json(kept))
            kept = read_evidence(project)
        save_result(project, run, GROUPING_RESULT, grouping_json(kept, proposal, assignment.individual))
        n_changed = _record(project, kept, proposal, assignment, state, request.prefix)
        state = read_catalogue(project)
        outcome = _identified(kept, proposal, rates, assignment, state, n_changed)
        publish_names(project, kept, outcome.individuals, run)
        runs.finish_run(project, run)
    return outcome


def regroup_project(directory: Path | None, request: IdentifyRequest) -> Identified:
    """Group anew by the kept evidence, after people said or took back something."""
    with open_project(directory or find_project(Path.cwd())) as project:
        return regroup(project, read_evidence(project), request)


def propose_with(
    kept: KeptEvidence, state: CatalogueState, request: IdentifyRequest, *, start: np.ndarray | None = None
) -> tuple[Proposal, tuple[ReviewerRates, ...]]:
    """Groups by coats, verdicts and assertions, and the error rates by which verdicts count."""
    position = kept.position()
    verdicts = [v for v in state.verdicts if v.first in position and v.second in position]
    rates = rates_of(kept, verdicts)
    said = _said(verdicts, position, rates)
    people = people_layer(kept.views.n, said, _asserted_pairs(state, position))
    layers = (*kept.layers(), *(() if people is None else (people,)))
    found = propose(
        kept.views,
        layers,
        unseen_animals=request.unseen_animals,
        seed=request.seed,
        n_draws=_N_DRAWS if start is None else _FEW_DRAWS,
        start=start,
    )
    return found, rates


def rates_of(kept: KeptEvidence, verdicts: Sequence[PairVerdict]) -> tuple[ReviewerRates, ...]:
    """Error rates of all who gave verdicts: from known answers and second readings."""
    told = [v for v in verdicts if v.answer in ("same", "different")]
    if not told:
        return ()
    position = kept.position()
    ratio = {
        (int(a), int(b)): float(r)
        for a, b, r in zip(kept.pairs.first, kept.pairs.second, kept.log_ratio, strict=True)
    }
    number: dict[tuple[str, str, bool | None], int] = {}
    probability: list[float] = []
    readings: dict[tuple[int, str], bool] = {}
    for verdict in told:
        low, high = sorted((verdict.first, verdict.second))
        key = (low, high, verdict.known)
        if key not in number:
            number[key] = len(number)
            pair = tuple(sorted((position[low], position[high])))
            by_coat = 1.0 / (1.0 + np.exp(-ratio.get((pair[0], pair[1]), 0.0)))
            probability.append(by_coat if verdict.known is None else float(verdict.known))
        readings[number[key], verdict.by] = verdict.answer == "same"
    rows = [Verdict(pair=pair, reviewer=by, says_same=same) for (pair, by), same in readings.items()]
    return estimate_rates(rows, np.array(probability))


def _said(
    verdicts: Sequence[PairVerdict], position: Mapping[str, int], rates: Sequence[ReviewerRates]
) -> list[Said]:
    rate_of = {r.reviewer: r for r in rates if r.n_known >= 1}
    said = []
    for verdict in verdicts:
        if verdict.known is not None or verdict.answer not in ("same", "different"):
            continue
        rate = rate_of.get(verdict.by)
        said.append(
            Said(
                first=position[verdict.first],
                second=position[verdict.second],
                says_same=verdict.answer == "same",
                false_split=_USUAL_SPLIT
                if rate is None
                else float(np.clip(rate.false_split.value, 0.005, 0.4)),
                false_merge=_USUAL_MERGE
                if rate is None
                else float(np.clip(rate.false_merge.value, 0.005, 0.4)),
            )
        )
    return said


def _asserted_pairs(state: CatalogueState, position: Mapping[str, int]) -> list[tuple[int, int, bool]]:
    named = [(position[key], uid) for key, uid in sorted(state.asserted.items()) if key in position]
    return [(a, b, one == other) for n, (a, one) in enumerate(named) for b, other in named[n + 1 :]]


def assignment_of(kept: KeptEvidence, proposal: Proposal, state: CatalogueState) -> Assignment:
    """Which individual each group is, by what its passages were before."""
    before = state.individual
    n_groups = int(proposal.labels.max()) + 1
    return assign_individuals(
        proposal.labels,
        [before.get(p.key, "") for p in kept.passages],
        asserted=[state.asserted.get(p.key, "") for p in kept.passages],
        new_uid={g: str(new_uid()) for g in range(n_groups)},
    )


def _record(
    project: Project,
    kept: KeptEvidence,
    proposal: Proposal,
    assignment: Assignment,
    state: CatalogueState,
    prefix: str,
) -> int:
    sureness = proposal.sureness()
    proposed = {
        p.key: (uid, float(s))
        for p, uid, s in zip(kept.passages, assignment.individual, sureness, strict=True)
    }
    names = state.names()
    new = [uid for uid in assignment.new if uid not in names]
    given = dict(zip(new, next_names(names.values(), len(new), prefix=prefix), strict=True))
    return save_proposals(project, proposed, given, author=MACHINE)


def _identified(
    kept: KeptEvidence,
    proposal: Proposal,
    rates: tuple[ReviewerRates, ...],
    assignment: Assignment,
    state: CatalogueState,
    n_changed: int,
) -> Identified:
    sureness = dict(zip((p.key for p in kept.passages), proposal.sureness().tolist(), strict=True))
    individual = dict(zip((p.key for p in kept.passages), assignment.individual, strict=True))
    individuals = individuals_of(kept.passages, individual | dict(state.asserted), sureness, state.statements)
    return Identified(
        evidence=kept,
        proposal=proposal,
        individuals=individuals,
        rates=rates,
        notices=_of_groups(kept, proposal, individuals),
        n_changed=n_changed,
    )


def _last_labels(project: Project, kept: KeptEvidence) -> np.ndarray | None:
    stored = latest_result(project, GROUPING_RESULT)
    if stored is None or len(stored.content["labels"]) != kept.views.n:
        return None
    return np.array(stored.content["labels"], np.int64)


# --- what is read ----------------------------------------------------------------------------------


def shots_of(sightings: Sequence[SpeciesSighting]) -> tuple[list[Shot], list[tuple[str, str, str]]]:
    """One shot an animal and photograph; persons are heard before machines.

    Returns
    -------
    shots
        By deployment and time.
    places
        File, folder and path below it of each.
    """
    by_media: dict[str, list[SpeciesSighting]] = defaultdict(list)
    for each in sightings:
        by_media[each.media].append(each)
    found = [shot for own in by_media.values() for shot in _shots_of_photograph(own)]
    found.sort(key=lambda pair: (pair[0].deployment, str(pair[0].at), pair[0].media))
    return [shot for shot, _ in found], [place for _, place in found]


def _shots_of_photograph(own: Sequence[SpeciesSighting]) -> list[tuple[Shot, tuple[str, str, str]]]:
    people = [s for s in own if s.method != "machine"] or list(own)
    boxes = {(s.box.x, s.box.y, s.box.width, s.box.height): s for s in people if s.box is not None}
    count = max(max((s.count or 1) for s in people), len(boxes))
    sides = {s.side for s in people if s.side}
    if len(boxes) >= count > 1:
        return [_shot(s, several=False, side=s.side) for s in boxes.values()]
    one = next(iter(boxes.values()), people[0])
    side = next(iter(sides)) if len(sides) == 1 else ""
    return [_shot(one, several=count > 1, side=side)]


def _shot(s: SpeciesSighting, *, several: bool, side: str) -> tuple[Shot, tuple[str, str, str]]:
    shot = Shot(
        media=s.media,
        sha256=s.sha256,
        deployment=s.deployment,
        station=s.station,
        at=np.datetime64("NaT", "s") if s.at is None else np.datetime64(s.at, "s"),
        side=Side(side) if side else Side.UNKNOWN,
        several=several,
        box=s.box,
        infrared=s.infrared,
    )
    return shot, (str(s.file), s.folder, s.path)


def _species(project: Project, asked: str | None) -> str:
    counts = [c for c in count_species(project) if c.species]
    shown = ", ".join(f"{c.species} ({c.n_sightings})" for c in counts[:8]) or "–"
    if asked is not None:
        known = {c.species.casefold(): c.species for c in counts}
        if asked.casefold() not in known:
            raise InputError("session.species_unknown", value=asked, expected=shown)
        return known[asked.casefold()]
    if len(counts) != 1:
        raise InputError("identify.species_unclear", expected=shown)
    return counts[0].species


def _bring_sightings(project: Project, table: Path, species: str | None) -> None:
    if species is None:
        raise InputError("identify.species_needed", file=table.name)
    read = read_animal_table(table, media_by_tail(project), species=species)
    with project.transaction():
        run = runs.start_run(project, "sightings", {"table": table.name, "n": read.n_rows})
        for folder, own in sorted(read.by_folder.items()):
            save_sightings(project, own, folder=folder, run=run, replace=True)
        runs.finish_run(project, run)


def _take_names(
    project: Project,
    kept: KeptEvidence,
    sightings: Sequence[SpeciesSighting],
    shots: Sequence[Shot],
    *,
    dry_run: bool,
) -> None:
    """Names that people gave on photographs become assertions, by whom they were given."""
    named: dict[str, tuple[str, str]] = {}
    for each in sightings:
        if each.individual and each.method != "machine" and (each.count or 1) == 1:
            named.setdefault(each.media, (each.individual, each.by))
    if not named or dry_run:
        return
    asserted: dict[str, dict[str, str]] = defaultdict(dict)
    names: dict[str, str] = {}
    held = read_catalogue(project)
    uid_of_name = {name: uid for uid, name in held.names().items()}
    for passage, own in zip(kept.passages, kept.shots_of, strict=True):
        said = Counter(named[shots[i].media] for i in own if shots[i].media in named)
        if len({name for name, _ in said}) != 1 or passage.key in held.asserted:
            continue
        name, by = next(iter(said))
        uid = uid_of_name.get(name) or str(imported_uid(project.uid, "individual", "catalogue", name))
        asserted[by][passage.key] = uid
        names[uid] = name
    with project.transaction():
        for by, own_keys in sorted(asserted.items()):
            save_assertions(project, own_keys, by=by)
        new = [
            Statement(individual=uid, topic="name", value=name)
            for uid, name in sorted(names.items()) if uid not in held.names()
        ]  # fmt: skip
        save_statements(project, new)


# --- what a person should know ---------------------------------------------------------------------


def _of_photographs(seen: Sequence[Any], shots: Sequence[Shot], n_several: int) -> list[Notice]:
    found: list[Notice] = []
    unreadable = sum(s.unreadable for s in seen)
    if unreadable:
        found.append(warning("identify.unreadable", n=unreadable, expected=len(seen)))
    if n_several:
        found.append(note("identify.several", n=n_several))
    without = sum(not s.side.is_flank and not s.several for s in shots)
    if without:
        found.append(note("identify.no_side", n=without, expected=len(shots)))
    return found


def _of_groups(
    kept: KeptEvidence, proposal: Proposal, individuals: Sequence[Individual]
) -> tuple[Notice, ...]:
    found: list[Notice] = []
    if kept.without_flank:
        found.append(note("identify.passages_without_flank", n=kept.without_flank))
    ghosts = sum(each.is_ghost_risk for each in individuals)
    if ghosts:
        found.append(note("identify.seen_once", n=ghosts, expected=len(individuals)))
    one_sided = sum(len(each.sides) == 1 for each in individuals)
    if one_sided:
        found.append(note("identify.one_sided", n=one_sided, expected=len(individuals)))
    return tuple(found)
