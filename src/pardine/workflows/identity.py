"""`pardine estimate --identity uncertain`: which passages are one animal, and how many animals live there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pardine.base.bulk import local_executor
from pardine.base.errors import AnalysisError, PardineError
from pardine.base.identifiers import sha256_of_bytes
from pardine.base.provenance import Artefact, RunRecord
from pardine.estimate.history import CaptureHistory, capture_history
from pardine.estimate.identity.answer import Answer, answer
from pardine.estimate.identity.chain import Model, Schedule
from pardine.estimate.identity.habitat import habitat
from pardine.estimate.identity.prior import LogNormal, Priors
from pardine.estimate.statespace import StateSpace, buffer_state_space, given_state_space
from pardine.exchange.passage_table import PassageEvidence, read_passages
from pardine.identify.partition.evidence import Evidence, Layer, composite_weight
from pardine.identify.partition.points import UNSEXED
from pardine.observe.survey import Survey
from pardine.store import runs
from pardine.store.project import find_project, open_project
from pardine.store.results import save_result
from pardine.store.survey import read_survey, survey_input

UNCERTAIN = "estimate identities"

USUAL_PRIORS = Priors(
    density_per_100km2=LogNormal(median=1.0, log_sd=1.5),
    lambda0_per_day=LogNormal(median=0.02, log_sd=1.5),
    sigma_m=LogNormal(median=3500.0, log_sd=0.8),
)
"""Wide enough for any leopard: D 0.05 to 19 animals per 100 km2, sigma 0.7 to 17 km (95 %)."""

_CELLS_A_SIGMA = 2.0
# Weight of a group of k: between 2 / k and 1. The root is near what simulated matchers ask for
# (docs/verification/identity-abundance.md); a table of pairs brings no groups to fit it on.
_NUMERATOR, _EXPONENT = 2.0**0.5, 0.5


@dataclass(frozen=True, kw_only=True)
class UncertainRequest:
    """What is asked.

    Attributes
    ----------
    passages, pairs
        Tables of passages and of evidence between them (`exchange.passage_table`).
    session
        Code; may be left out where there is one.
    buffer_m, spacing_m
        Of the habitat around the stations where no mask was brought; by default four times and half
        of the prior median of sigma.
    exponential
        Hazard that falls exponentially with distance instead of half-normally.
    """

    passages: Path
    pairs: Path
    session: str | None = None
    buffer_m: float | None = None
    spacing_m: float | None = None
    exponential: bool = False
    level: float = 0.95
    seed: int = 2026
    n_draws: int = 1000
    n_warmup: int = 500
    priors: Priors = USUAL_PRIORS

    def as_dict(self) -> dict[str, Any]:
        """The request as plain JSON values, files by their bytes."""
        return {
            "passages": sha256_of_bytes(self.passages.read_bytes()),
            "pairs": sha256_of_bytes(self.pairs.read_bytes()),
            "session": self.session,
            "buffer_m": self.buffer_m,
            "spacing_m": self.spacing_m,
            "exponential": self.exponential,
            "level": self.level,
            "seed": self.seed,
            "n_draws": self.n_draws,
            "n_warmup": self.n_warmup,
        }


@dataclass(frozen=True, kw_only=True, eq=False)
class Uncertain:
    """The answer, and what it is about.

    Attributes
    ----------
    passages
        Names, in the order of the answer's labels.
    stations
        Code of each passage's station.
    area_km2
        Of the habitat to which N refers.
    run
        ``None`` for a dry run.
    """

    session: str
    passages: tuple[str, ...]
    stations: tuple[str, ...]
    area_km2: float
    answer: Answer
    run: RunRecord | None = None

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "session": self.session,
            "passages": list(self.passages),
            "stations": list(self.stations),
            "area_km2": self.area_km2,
            **self.answer.as_dict(),
        }


def estimate_uncertain(
    directory: Path | None, request: UncertainRequest, *, dry_run: bool = False, n_workers: int = 1
) -> Uncertain:
    """Estimate density and identities together, and keep the answer.

    Raises
    ------
    InputError
        The tables cannot be read.
    AnalysisError
        No or several sessions, no counts, chains that disagree; the failed run is kept.
    ProjectError
        The project cannot be used.
    """
    with open_project(directory or find_project(Path.cwd())) as project:
        survey = read_survey(project)
        history = history_to_use(survey, request.session)
        evidence = read_passages(request.passages, request.pairs, history.detectors)
        run = None
        if not dry_run:
            asked = request.as_dict()
            inputs = [
                survey_input(survey),
                Artefact(kind="table", name=request.passages.name, sha256=asked["passages"]),
                Artefact(kind="table", name=request.pairs.name, sha256=asked["pairs"]),
            ]
            run = runs.start_run(project, UNCERTAIN, asked, inputs=inputs)
        try:
            found = uncertain_of(survey, history, evidence, request, n_workers=n_workers)
            if run is not None:
                save_result(project, run, UNCERTAIN, found.as_dict())
        except PardineError:
            if run is not None:
                runs.fail_run(project, run)
            raise
        if run is None:
            return found
        done = runs.finish_run(project, run)
    return Uncertain(**{**found.__dict__, "run": done})


def history_to_use(survey: Survey, code: str | None) -> CaptureHistory:
    """Stations and effort of the session; named captures, if any, do not enter."""
    codes = [session.code for session in survey.sessions]
    if code is None and len(codes) != 1:
        raise AnalysisError("identity.one_session", expected=", ".join(codes[:8]))
    history = capture_history(survey, code or codes[0])
    if history.detector_type != "count":
        raise AnalysisError("identity.counts_only", session=history.session, value=history.detector_type)
    return history


def uncertain_of(
    survey: Survey,
    history: CaptureHistory,
    evidence: PassageEvidence,
    request: UncertainRequest,
    *,
    n_workers: int = 1,
) -> Uncertain:
    """The answer for one session."""
    space = _state_space(survey, history, request)
    model = model_of(history, space, evidence, request)
    found = answer(
        model,
        seed=request.seed,
        schedule=Schedule(n_warmup=request.n_warmup, n_draws=request.n_draws),
        level=request.level,
        make_executor=lambda: local_executor(n_workers),
    )
    return Uncertain(
        session=history.session,
        passages=evidence.names,
        stations=tuple(history.detectors[k] for k in evidence.points.station),
        area_km2=model.habitat.area_m2 / 1e6,
        answer=found,
    )


def model_of(
    history: CaptureHistory, space: StateSpace, evidence: PassageEvidence, request: UncertainRequest
) -> Model:
    """Points, evidence, habitat and priors of a session."""
    points = evidence.points
    n_sexes = 2 if (points.sex_sighting != UNSEXED).any() else 1
    members: dict[str, NDArray[np.bool_]] = {
        "left": points.left,
        "right": points.right,
        "": np.ones(points.n, np.bool_),
    }
    return Model(
        points=points,
        evidence=Evidence(
            layers=tuple(
                Layer(
                    llr=np.where(members[side][:, None] & members[side][None, :], ratio, np.float32(0.0)),
                    member=members[side],
                    weight=composite_weight(points.n, numerator=_NUMERATOR, exponent=_EXPONENT),
                )
                for side, ratio in sorted(evidence.log_ratio.items())
            )
        ),
        habitat=habitat(
            space,
            history.xy_m,
            history.usage_station_days,
            shape="HEX" if request.exponential else "HHN",
        ),
        priors=request.priors,
        n_sexes=n_sexes,
    )


def _state_space(survey: Survey, history: CaptureHistory, request: UncertainRequest) -> StateSpace:
    if survey.masks and request.buffer_m is None:
        return given_state_space(survey, history)
    sigma_m = request.priors.sigma_m.median
    return buffer_state_space(
        history.xy_m,
        4.0 * sigma_m if request.buffer_m is None else request.buffer_m,
        sigma_m / _CELLS_A_SIGMA if request.spacing_m is None else request.spacing_m,
    )
