"""What a person asks of an estimate, before the data have resolved it."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass, field
from typing import Any

from pardine.estimate.model import Detection, Likelihood
from pardine.observe.session import DetectorType

CHECK_SEED = 2026


@dataclass(frozen=True, kw_only=True)
class CheckRequest:
    """How an estimate is to be compared and checked; by default only by what costs next to nothing.

    Attributes
    ----------
    compare
        Further models as text, to stand in a table beside the others.
    n_goodness, n_bootstrap
        Surveys to draw from the fit for the tests of its fit, for bootstrap intervals; 0: none.
    ghosts
        Whether to show what animals that were never matched would do to density.
    windows
        Whether to estimate density from each half of the session too.
    seed
        Root seed of whatever is drawn.
    """

    compare: tuple[str, ...] = ()
    n_goodness: int = 0
    n_bootstrap: int = 0
    ghosts: bool = False
    windows: bool = False
    seed: int = CHECK_SEED

    def as_dict(self) -> dict[str, Any]:
        """The request as plain JSON values."""
        return asdict(self) | {"compare": list(self.compare)}


@dataclass(frozen=True, kw_only=True)
class EstimateRequest:
    """The choices of an estimate.

    Attributes
    ----------
    sessions
        Session codes; empty for all.
    detection
        ``HHN`` or ``HN``; ``None``: as the model says, else ``HHN``.
    model
        Predictors as text, such as ``"D~session, lambda0~1, sigma~1"``, or the path of a
        `model.toml`; ``None`` for the null model and, with several sessions, density by session
        beside it.
    likelihood
        ``full`` or ``conditional``; a `model.toml` says it itself.
    buffer_m, spacing_m
        Of a state space made around the detectors; ``None``: found from the data. A given mask is
        used where there is one unless a buffer is asked for.
    level
        Nominal coverage of the intervals.
    profile
        Whether to add a profile-likelihood interval of density.
    checks
        What else is to be compared and checked.
    """

    sessions: tuple[str, ...] = ()
    detection: Detection | None = None
    model: str | None = None
    likelihood: Likelihood = "full"
    buffer_m: float | None = None
    spacing_m: float | None = None
    level: float = 0.95
    profile: bool = False
    checks: CheckRequest = field(default_factory=CheckRequest)

    def as_dict(self) -> dict[str, Any]:
        """The request as plain JSON values."""
        return asdict(self) | {"sessions": list(self.sessions), "checks": self.checks.as_dict()}


@dataclass(frozen=True, kw_only=True)
class SessionRequest:
    """What a person asks of a session of photographs; ``None`` leaves it as it was or to the defaults.

    Attributes
    ----------
    name
        Of the session.
    species
        Scientific name.
    starts_on, n_days, reason
        The window; where it is chosen the reason must be given.
    occasion_days, independence_min, detector_type
        See `SessionPlan`.
    """

    name: str | None = None
    species: str | None = None
    starts_on: dt.date | None = None
    n_days: int | None = None
    reason: str = ""
    occasion_days: int | None = None
    independence_min: float | None = None
    detector_type: DetectorType | None = None

    @property
    def is_asked(self) -> bool:
        """Whether a session of photographs is asked for."""
        return any(value is not None for value in (self.species, self.starts_on, self.n_days))

    @property
    def is_changed(self) -> bool:
        """Whether something else of such a session is asked for."""
        told = (self.occasion_days, self.independence_min, self.detector_type)
        return any(value is not None for value in told)
