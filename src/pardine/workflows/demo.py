"""`pardine demo`: a small simulated survey through the whole chain, truth beside the estimate."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pardine.base.errors import ProjectError
from pardine.exchange.survey_export import export_survey
from pardine.exchange.survey_tables import ReadOptions
from pardine.language.translate import Language
from pardine.report.content import SimulatedTruth
from pardine.simulate.world.scenario import Scenario
from pardine.simulate.world.survey import simulate_survey
from pardine.simulate.world.truth import Truth
from pardine.workflows.request import EstimateRequest
from pardine.workflows.run import Ran, run_folder
from pardine.workflows.watch import SILENT, Watcher

FIELD_NAME = "field tables (simulated)"
PROJECT_NAME = "project"


@dataclass(frozen=True, kw_only=True, eq=False)
class Demonstrated:
    """The simulated truth and what the chain made of the survey."""

    truth: Truth
    ran: Ran


def run_demo(out: Path, *, seed: int, language: Language = "en", watch: Watcher = SILENT) -> Demonstrated:
    """Simulate a survey, write it as an office would hold it, and take it through the whole chain.

    Parameters
    ----------
    out
        Folder to make; must not hold anything yet.
    seed
        Of the simulation.
    language
        Of the report.
    watch
        Told of each stage.

    Raises
    ------
    ProjectError
        ``demo.folder_not_empty``.
    """
    if out.exists() and any(out.iterdir()):
        raise ProjectError("demo.folder_not_empty", directory=str(out))
    watch.stage("simulate")
    scenario = Scenario()
    simulated = simulate_survey(scenario, seed=seed)
    export_survey(simulated.survey, (), out / FIELD_NAME)
    truth = SimulatedTruth(
        session=simulated.truth.session,
        density_per_100km2=simulated.truth.density_per_100km2,
        n_animals=simulated.truth.n_animals,
        parameters={
            "lambda0": simulated.truth.detection.at_centre,
            "sigma": simulated.truth.detection.sigma_m,
        },
    )
    ran = run_folder(
        out / FIELD_NAME,
        out / PROJECT_NAME,
        ReadOptions(),
        EstimateRequest(),
        name="Simulated leopards of a border range",
        audience="internal",
        language=language,
        truth=(truth,),
        watch=watch,
    )
    return Demonstrated(truth=simulated.truth, ran=ran)
