"""What a person asks of an estimate, before the data have resolved it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from pardine.estimate.model import Detection, Likelihood


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
    """

    sessions: tuple[str, ...] = ()
    detection: Detection | None = None
    model: str | None = None
    likelihood: Likelihood = "full"
    buffer_m: float | None = None
    spacing_m: float | None = None
    level: float = 0.95
    profile: bool = False

    def as_dict(self) -> dict[str, Any]:
        """The request as plain JSON values."""
        return asdict(self) | {"sessions": list(self.sessions)}
