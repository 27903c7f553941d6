"""`pardine demo`: a small simulated survey, photographs included, through the whole chain."""

from __future__ import annotations

import datetime as dt
import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from pardine.base.errors import ProjectError, note
from pardine.exchange.options import CardOptions
from pardine.exchange.survey_export import export_survey
from pardine.exchange.survey_tables import ReadOptions
from pardine.language.translate import Language
from pardine.report.content import SimulatedTruth
from pardine.simulate.season.files import PhotographSize
from pardine.simulate.world.faults import FaultRates
from pardine.simulate.world.landscape import HillStrip
from pardine.simulate.world.scenario import (
    AnimalKeys,
    CardKeys,
    EncounterKeys,
    MovementKeys,
    PhotographKeys,
    Scenario,
    StationKeys,
    SurveyKeys,
    VisitorKeys,
)
from pardine.simulate.world.survey import survey_of
from pardine.simulate.world.truth import SimulatedSurvey, Truth
from pardine.store.project import create_project, open_project
from pardine.workflows.add import add_to
from pardine.workflows.check import Checked, check_project, write_page
from pardine.workflows.estimate import estimate_in
from pardine.workflows.ingest import Ingested, add_paths
from pardine.workflows.report import report_in
from pardine.workflows.request import EstimateRequest
from pardine.workflows.run import Ran
from pardine.workflows.simulate import Simulated, simulate_to_folder
from pardine.workflows.watch import SILENT, Watcher

FIELD_NAME = "field (simulated)"
IDENTIFIED_NAME = "identified (the simulation's own truth)"
PROJECT_NAME = "project"
_MOST_WORKERS = 2

DEMO = Scenario(
    survey=SurveyKeys(name="simulated summer", starts_on=dt.date(2025, 7, 15), days=60),
    landscape=HillStrip(end_m=(662_500.0, 4_772_500.0), half_width_m=9_000.0, narrowing_m=1_000.0,
                        bend_m=2_000.0, unevenness=0.5, n_roads=2),
    animals=AnimalKeys(density_per_100km2=2.6),
    movement=MovementKeys(lambda0=0.06, sigma_m=2_500.0),
    stations=StationKeys(n=20),
    faults=FaultRates(visit_every_days=60, snowed_prob=0.0),
    cards=CardKeys(drift_prob=0.06, offset_prob=0.06, mixed_prob=0.03, missing_prob=0.0, daily_prob=0.0),
    visitors=VisitorKeys(sika_deer=0.015, roe_deer=0.0, wild_boar=0.01, badger=0.0, raccoon_dog=0.0,
                         hare=0.0, pheasant=0.0, people=0.01, blank=0.01),
    encounters=EncounterKeys(burst=2, more_triggers=0.3),
    photographs=PhotographKeys(small_width_px=320),
)  # fmt: skip
"""Small enough to be drawn while somebody waits, and enough animals for a fair estimate."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Demonstrated:
    """The simulated truth, and what the chain made of the survey.

    Attributes
    ----------
    simulated
        Folders of photographs and tables, and their truth.
    ingested, checked, ran
        What was added; what the season's check found; estimate and report.
    """

    truth: Truth
    simulated: Simulated
    ingested: Ingested
    checked: Checked
    ran: Ran

    @property
    def faults_planted(self) -> dict[str, int]:
        """Faults of clocks, cards and flashes by kind."""
        return dict(Counter(fault.kind for year in self.simulated.season.faults for fault in year))


def run_demo(
    out: Path,
    *,
    seed: int,
    language: Language = "en",
    photographs: PhotographSize = "small",
    n_workers: int | None = None,
    watch: Watcher = SILENT,
) -> Demonstrated:
    """Simulate a survey as a field team holds it, and take it through the whole chain.

    Who is on each photograph is taken from the simulation, as long as nothing identifies animals.

    Parameters
    ----------
    out
        Folder to make; must not hold anything yet.
    seed
        Of the simulation.
    language
        Of the report.
    photographs
        ``tiny`` for those who are in a hurry.
    n_workers
        Processes; ``None``: as many as there are processors, two at most.
    watch
        Told of each stage.

    Raises
    ------
    ProjectError
        ``demo.folder_not_empty``.
    """
    if out.exists() and any(out.iterdir()):
        raise ProjectError("demo.folder_not_empty", directory=str(out))
    workers = n_workers or min(os.cpu_count() or 1, _MOST_WORKERS)
    field, home = out / FIELD_NAME, out / PROJECT_NAME
    simulated = simulate_to_folder(
        DEMO, field, seed=seed, photographs=photographs, n_workers=workers, watch=watch
    )
    create_project(home, name="Simulated leopards of a border range").close()
    ingested = add_paths(
        home,
        [field / "check-sheets.csv", field / "photographs"],
        ReadOptions(),
        CardOptions(utc_offset_min=DEMO.survey.utc_offset_min),
        n_workers=1,
        watch=watch,
    )
    checked = check_project(home, watch=watch)
    write_page(checked, None, language)
    survey = survey_of(simulated.season.world)
    watch.tell([note("demo.identities_are_the_truth")])
    export_survey(survey.survey, (), out / IDENTIFIED_NAME)
    ran = _estimated(out, home, survey, language, watch)
    return Demonstrated(truth=survey.truth, simulated=simulated, ingested=ingested, checked=checked, ran=ran)


def _estimated(out: Path, home: Path, simulated: SimulatedSurvey, language: Language, watch: Watcher) -> Ran:
    """Add the tables with identities, estimate, report truth beside answer."""
    truth = simulated.truth
    known = SimulatedTruth(
        session=truth.session,
        density_per_100km2=truth.density_per_100km2,
        n_animals=truth.n_animals,
        parameters={"lambda0": truth.detection.at_centre, "sigma": truth.detection.sigma_m},
    )
    with open_project(home) as project:
        add_to(project, [out / IDENTIFIED_NAME], ReadOptions(), watch=watch)
        estimated = estimate_in(project, EstimateRequest(), watch=watch)
        reported = report_in(project, audience="internal", language=language, truth=(known,), watch=watch)
    return Ran(directory=home, estimated=estimated, reported=reported)
