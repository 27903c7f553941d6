"""From the catalogue to capture histories: of one flank, of the other, of animals known from both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

from pardine.base.errors import AnalysisError
from pardine.base.provenance import RunRecord
from pardine.exchange.survey_export import export_survey
from pardine.identify.catalogue import Individual, better_side, counted_animals, individuals_of
from pardine.observe.capture import AGE_CLASSES, SEXES, AgeClass, Sex
from pardine.observe.compose import compose_session
from pardine.observe.detections import NamedSighting
from pardine.observe.sighting import Sighting
from pardine.observe.survey import Survey
from pardine.store.catalogue import read_catalogue
from pardine.store.clock_records import read_clock_records
from pardine.store.coat_photographs import read_photograph_times
from pardine.store.project import Project, find_project, open_project
from pardine.store.sightings import save_sightings
from pardine.workflows.identify_records import KeptEvidence, read_evidence
from pardine.workflows.request import SessionRequest
from pardine.workflows.sessions import plan_session, read_field_records

MACHINE = "pardine"
"""Who speaks in the sightings that identification writes."""

CountedSide = Literal["left", "right", "both"]
SIDES: tuple[CountedSide, ...] = ("left", "right", "both")


def publish_names(
    project: Project, kept: KeptEvidence, individuals: Sequence[Individual], run: RunRecord
) -> None:
    """Write who is on each photograph as sightings, which sessions and Camtrap DP read.

    Named are the animals of which the better side is known: one known from the other side alone may be
    the same animal, and would be counted twice.
    """
    counted = counted_animals(individuals, better_side(individuals))
    by_folder: dict[str, list[Sighting]] = {}
    for individual in individuals:
        for sighting, folder in _sightings(kept, individual, named=individual.uid in counted):
            by_folder.setdefault(folder, []).append(sighting)
    for folder, own in sorted(by_folder.items()):
        save_sightings(project, own, folder=folder, run=run, replace=True, author=MACHINE)


def _sightings(kept: KeptEvidence, individual: Individual, *, named: bool) -> list[tuple[Sighting, str]]:
    own = set(individual.passages)
    found = []
    for passage, shots in zip(kept.passages, kept.shots_of, strict=True):
        if passage.key not in own:
            continue
        age = individual.age_class_on(None if passage.at is None else passage.at.date())
        for i in shots:
            shot = kept.shots[i]
            sighting = Sighting(
                code=f"{MACHINE}:{passage.key}:{shot.path}",
                deployment=shot.deployment,
                media=shot.path,
                kind="animal",
                species=kept.species,
                count=1,
                sex=_sex(individual.sex),
                age_class=_age(age),
                individual=individual.name if named else "",
                method="machine",
                by=MACHINE,
                attributes={"side": shot.side} if shot.side != "unknown" else {},
            )
            found.append((sighting, shot.folder))
    return found


def named_sightings(
    kept: KeptEvidence, individuals: Sequence[Individual], side: CountedSide, times: dict[str, NamedSighting]
) -> tuple[NamedSighting, ...]:
    """Sightings of the animals that a count of one side may hold.

    Parameters
    ----------
    times
        Station and local time of each photograph, by media uid.
    """
    counted = counted_animals(individuals, side)
    shots_of = dict(zip((p.key for p in kept.passages), kept.shots_of, strict=True))
    found = []
    for individual in individuals:
        if individual.uid not in counted:
            continue
        for key in individual.passages:
            for i in shots_of.get(key, ()):
                at = times.get(kept.shots[i].media)
                if at is not None:
                    age = individual.age_class_on(None if at.at is None else at.at.date())
                    found.append(
                        replace(
                            at,
                            individual=individual.name,
                            species=kept.species,
                            sex=_sex(individual.sex),
                            age_class=_age(age),
                        )
                    )
    return tuple(found)


def capture_histories(
    project: Project,
    kept: KeptEvidence,
    individuals: Sequence[Individual],
    forming: SessionRequest | None = None,
) -> dict[CountedSide, Survey]:
    """A survey of its own for each side, and for animals of which both are known.

    Independent detections, 30 minutes apart where nothing else was asked; cubs carry their age class and
    are left out of estimates.

    Raises
    ------
    AnalysisError
        ``identify.no_histories``: nobody can be counted; what `compose_session` raises.
    """
    records = read_field_records(project)
    plan, _ = plan_session(project, records, forming or SessionRequest(species=kept.species))
    media = frozenset(shot.media for shot in kept.shots)
    times = read_photograph_times(project, media, read_clock_records(project), records.utc_offset_min)
    surveys: dict[CountedSide, Survey] = {}
    for side in SIDES:
        own = named_sightings(kept, individuals, side, times)
        if own:
            coded = replace(plan, code=f"{plan.code} {side}")
            surveys[side] = compose_session(replace(records, sightings=own), coded).survey
    if not surveys:
        raise AnalysisError("identify.no_histories", value=kept.species)
    return surveys


def write_histories(
    project: Project, kept: KeptEvidence, individuals: Sequence[Individual], out: Path
) -> tuple[Path, ...]:
    """Write the tables of each capture history into a folder of its own, ready for `pardine add`."""
    written: list[Path] = []
    for side, survey in capture_histories(project, kept, individuals).items():
        folder = out / side
        export_survey(survey, (), folder)
        written.append(folder)
    return tuple(written)


def histories_of_project(directory: Path | None, out: Path) -> tuple[Path, ...]:
    """Write the capture histories of the catalogue of a project."""
    with open_project(directory or find_project(Path.cwd())) as project:
        kept, state = read_evidence(project), read_catalogue(project)
        sureness = {key: value for key, (_, value) in state.proposed.items()}
        individuals = individuals_of(kept.passages, state.individual, sureness, state.statements)
        return write_histories(project, kept, individuals, out)


def _sex(text: str) -> Sex | None:
    return next((sex for sex in SEXES if sex == text), None)


def _age(text: str) -> AgeClass | None:
    return next((age for age in AGE_CLASSES if age == text), None)
