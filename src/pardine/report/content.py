"""What a report is made from: a fit, its sessions and how it was made. Knows no plots."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pardine.base.errors import Notice
from pardine.base.provenance import RunRecord
from pardine.base.result import Estimate
from pardine.estimate.fit import Fit, SessionEstimates
from pardine.estimate.history import CaptureHistory
from pardine.estimate.statespace import StateSpace
from pardine.estimate.surface import DensitySurface
from pardine.exchange.generalise import Audience
from pardine.language.translate import Language
from pardine.observe.capture import ImportedCapture
from pardine.observe.session import Session


@dataclass(frozen=True, kw_only=True)
class ReportInput:
    """A table that the numbers rest on.

    Attributes
    ----------
    kind
        ``stations``, ``captures``, ``mask`` and so on, as the tables are recognised.
    name
        File name; shown to an internal audience only.
    sha256
        Of its bytes.
    n_rows
        Rows below the header.
    """

    kind: str
    name: str
    sha256: str
    n_rows: int


@dataclass(frozen=True, kw_only=True)
class SimulatedTruth:
    """What a simulated survey was drawn from, to show beside the estimate; always labelled simulated.

    Attributes
    ----------
    session
        Session code.
    density_per_100km2, n_animals
        True density, and the true number of independent animals in the state space.
    parameters
        ``lambda0`` or ``g0``, ``sigma`` (m); those that are known.
    """

    session: str
    density_per_100km2: float | None = None
    n_animals: float | None = None
    parameters: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class MaskSensitivity:
    """How density moved when the state space was widened.

    Attributes
    ----------
    change_percent
        Change of D in percent of the reported D.
    widened_to_m
        The wider buffer, ``None`` where the mask was not made from one.
    """

    change_percent: float
    widened_to_m: float | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class SessionSection:
    """One session of the report.

    Attributes
    ----------
    session, history, state_space
        As they were analysed.
    surface
        Density over the state space; ``None`` where no map is wanted.
    captures
        The imported rows, so that an internal appendix can name the rows of the source file.
    """

    session: Session
    history: CaptureHistory
    state_space: StateSpace
    surface: DensitySurface | None = None
    captures: tuple[ImportedCapture, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class Checked:
    """Other models and checks, as they are stored with an estimate.

    Attributes
    ----------
    comparison, goodness_of_fit, bootstrap, ghosts, windows, session_windows
        Plain JSON values, as the store holds them; ``None`` for what was not done.
    profile
        Profile-likelihood interval of density.
    alike, apart
        Fits with the sexes alike and apart; both or neither.
    """

    comparison: Mapping[str, Any] | None = None
    goodness_of_fit: Mapping[str, Any] | None = None
    bootstrap: Mapping[str, Any] | None = None
    ghosts: Mapping[str, Any] | None = None
    windows: Sequence[Mapping[str, Any]] | None = None
    session_windows: Sequence[Mapping[str, Any]] | None = None
    profile: Estimate | None = None
    alike: Fit | None = None
    apart: Fit | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class SurveyReport:
    """Everything a report says, before words, figures and privacy.

    Attributes
    ----------
    project_name
        As the project calls itself.
    audience
        ``internal``, ``partner`` or ``public``: decides which places and names may be seen.
    created_utc
        Moment of writing; goes into the text and the PDF's metadata.
    fit
        The estimates.
    sections
        One for each session of the fit, in its order.
    run
        The run that made the fit.
    inputs
        Tables that it read.
    language
        ``en``, ``ru`` or ``zh``.
    title
        ``None`` for a title of its own.
    species
        Such as ``"Panthera pardus orientalis"``; ``None`` where the data do not tell.
    notices
        Further warnings beside those of the fit.
    truth
        For simulated surveys only.
    mask_sensitivity
        ``None`` where it was not computed.
    checked
        Other models and checks beside the fit.

    Raises
    ------
    ValueError
        Sections and fit are not about the same sessions.
    """

    project_name: str
    audience: Audience
    created_utc: dt.datetime
    fit: Fit
    sections: tuple[SessionSection, ...]
    run: RunRecord
    inputs: tuple[ReportInput, ...] = ()
    language: Language = "en"
    title: str | None = None
    species: str | None = None
    notices: tuple[Notice, ...] = ()
    truth: tuple[SimulatedTruth, ...] = ()
    mask_sensitivity: MaskSensitivity | None = None
    checked: Checked = field(default_factory=Checked)

    def __post_init__(self) -> None:
        shown = tuple(section.history.session for section in self.sections)
        fitted = tuple(estimates.session for estimates in self.fit.sessions)
        if shown != fitted or not shown:
            raise ValueError(f"sections {shown} and fitted sessions {fitted} differ, or there are none")

    @property
    def paired(self) -> tuple[tuple[SessionSection, SessionEstimates], ...]:
        """Each section with its estimates."""
        return tuple(zip(self.sections, self.fit.sessions, strict=True))

    @property
    def truth_by_session(self) -> dict[str, SimulatedTruth]:
        """Simulated truth by session code; empty for real surveys."""
        return {truth.session: truth for truth in self.truth}

    @property
    def density_is_shared(self) -> bool:
        """Whether the model gives several sessions one density."""
        return len(self.sections) > 1 and not _has_terms(self.fit, {"D"})

    @property
    def detection_is_shared(self) -> bool:
        """Whether one detection function holds for all sessions."""
        first, *others = self.fit.sessions
        return all(_alike(first.parameters, other.parameters) for other in others)


def _alike(one: Mapping[str, Estimate], other: Mapping[str, Estimate]) -> bool:
    return one.keys() == other.keys() and all(
        math.isclose(one[name].value, other[name].value, rel_tol=1e-9) for name in one
    )


def _has_terms(fit: Fit, names: set[str]) -> bool:
    # Conditional likelihood has no parameter D: each session then gets its own derived density.
    if "D" in names and fit.spec.likelihood == "conditional":
        return True
    return any(parameter.terms for parameter in fit.spec.parameters if parameter.name in names)
