"""Whether males and females are detected alike: offered wherever sexes are recorded.

Two sexes that range differently, taken for one, bias density downwards. Two models tell: one in which
the sexes are alike and one in which lambda0 and sigma differ. Both take sex as a class that is known
of some animals (hcov), so that their likelihoods are of the same data and AICc compares them; the null
model without sexes has another likelihood, which it does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from pardine.base.errors import AnalysisError, Notice, note, warning
from pardine.estimate.fit import fit_model
from pardine.estimate.fit_json import fit_to_json
from pardine.estimate.fitted import Fit
from pardine.estimate.history import CaptureHistory
from pardine.estimate.model import ModelSpec, ParameterSpec
from pardine.estimate.statespace import StateSpace

FEWEST_OF_A_SEX = 5
# Models within 2 of each other in AICc are about as good (Burnham & Anderson 2002).
_CLEARLY_BETTER = 2.0


@dataclass(frozen=True, kw_only=True, eq=False)
class SexComparison:
    """The sexes alike and apart.

    Attributes
    ----------
    alike, apart
        Fits with sex as a class; in ``apart`` lambda0 (or g0) and sigma differ.
    """

    alike: Fit
    apart: Fit

    @property
    def aicc_gain(self) -> float:
        """By how much AICc is lower with the sexes apart."""
        return self.alike.aicc - self.apart.aicc

    def as_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {"alike": fit_to_json(self.alike), "apart": fit_to_json(self.apart)}


def compare_sexes(
    histories: Sequence[CaptureHistory], state_spaces: Sequence[StateSpace], fit: Fit
) -> SexComparison | None:
    """Fit the sexes alike and apart, where at least five of each are known.

    Parameters
    ----------
    histories, state_spaces
        The sessions.
    fit
        The model without sexes; its terms and mask are kept.

    Returns
    -------
    SexComparison or None
        None where too few sexes are known, or the data cannot carry the models.
    """
    known = [sex for history in histories for sex in history.sex]
    if min(known.count("F"), known.count("M")) < FEWEST_OF_A_SEX or fit.spec.n_classes > 1:
        return None
    start = {c.name: c.estimate for c in fit.coefficients}
    try:
        fits = [
            fit_model(histories, state_spaces, _with_sex(fit.spec, terms), level=fit.level, start=start)
            for terms in ((), ("h2",))
        ]
    except AnalysisError:
        return None
    return SexComparison(alike=fits[0], apart=fits[1])


def _with_sex(spec: ModelSpec, terms: tuple[str, ...]) -> ModelSpec:
    parameters = tuple(p if p.name == "D" else replace(p, terms=(*p.terms, *terms)) for p in spec.parameters)
    pmix = ParameterSpec(name="pmix", link="logit")
    return replace(spec, parameters=(*parameters, pmix), hcov="sex")


def sex_notices(comparison: SexComparison) -> tuple[Notice, ...]:
    """The comparison in words."""
    before = sum(s.n_expected.value for s in comparison.alike.sessions)
    after = sum(s.n_expected.value for s in comparison.apart.sessions)
    sigma = comparison.apart.sessions[0].parameters
    facts: dict[str, Any] = {
        "percent": round(100.0 * (after / before - 1.0), 1),
        "gain": round(comparison.aicc_gain, 1),
        "female_km": round(sigma["sigma[F]"].value / 1000.0, 2),
        "male_km": round(sigma["sigma[M]"].value / 1000.0, 2),
    }
    if comparison.aicc_gain > _CLEARLY_BETTER:
        return (warning("sexes.differ", **facts),)
    return (note("sexes.alike", **facts),)
