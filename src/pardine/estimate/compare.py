"""Model tables: AICc, weights, and averages that carry the doubt about which model is right.

All log-likelihoods of Pardine hold the same constants, so fits of one survey can be compared; what
cannot be compared is refused: other data, another kind of likelihood, another state space.

References
----------
Burnham KP, Anderson DR (2002) Model selection and multimodel inference, 2nd ed. Springer.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pardine.base.errors import AnalysisError, Notice, note, warning
from pardine.base.result import Estimate
from pardine.estimate.fitted import Fit, SessionEstimates
from pardine.estimate.formula.grammar import model_to_text

Array = NDArray[np.float64]
Scale = Literal["log", "natural"]

# Burnham & Anderson (2002, p. 70): within 2 a model has substantial support, beyond 10 essentially none.
SUBSTANTIAL_DELTA = 2.0
STANDS_OUT_WEIGHT = 0.9
# Models below this weight say little about what the answer depends on.
_WEIGHT_HEARD = 0.05
# Densities of the models that are heard agree when they differ by less than this.
SPREAD_THAT_AGREES = 0.10


@dataclass(frozen=True, kw_only=True)
class ModelRow:
    """One model of a table.

    Attributes
    ----------
    label
        Detection function and predictors, as ``--model`` takes them.
    position
        Of its fit among those compared.
    n_parameters, log_likelihood, aic, aicc
        As the fit says; ``aicc`` is NaN where the animals are too few for the parameters.
    delta
        AICc above that of the best; NaN without AICc.
    weight
        Akaike weight; 0 without AICc.
    density_per_100km2
        Of each session, in the order of the fit.
    """

    label: str
    position: int
    n_parameters: int
    log_likelihood: float
    aic: float
    aicc: float
    delta: float
    weight: float
    density_per_100km2: tuple[float, ...] = ()


@dataclass(frozen=True, kw_only=True)
class AveragedSession:
    """One session's model-averaged estimates."""

    session: str
    density_per_100km2: Estimate
    n_expected: Estimate
    n_realised: Estimate


@dataclass(frozen=True, kw_only=True, eq=False)
class ModelTable:
    """Models of one survey, the best first.

    Attributes
    ----------
    rows
        Models with AICc by AICc, then the others.
    averages
        One a session, averaged on the log scale.
    notices
        The comparison in words.
    """

    rows: tuple[ModelRow, ...]
    averages: tuple[AveragedSession, ...]
    notices: tuple[Notice, ...]


def compare_models(fits: Sequence[Fit]) -> ModelTable:
    """Table of models fitted to the same data, with weights and averages.

    The weight of a model is exp(-delta / 2) over the sum of these. A model with so many parameters
    that AICc has no value gets no weight.

    Raises
    ------
    AnalysisError
        ``compare.one_model``, ``compare.different_data``, ``compare.different_likelihoods``,
        ``compare.different_classes`` (sex as a class makes the sexes data),
        ``compare.different_masks``, ``compare.repeated_model``, ``compare.no_aicc``.
    """
    refuse_incomparable(fits)
    weights = akaike_weights([fit.aicc for fit in fits])
    best = min(fit.aicc for fit in fits if math.isfinite(fit.aicc))
    rows = [
        ModelRow(
            label=model_label(fit),
            position=position,
            n_parameters=fit.n_parameters,
            log_likelihood=fit.log_likelihood,
            aic=fit.aic,
            aicc=fit.aicc,
            delta=fit.aicc - best,
            weight=weight,
            density_per_100km2=tuple(session.density_per_100km2.value for session in fit.sessions),
        )
        for position, (fit, weight) in enumerate(zip(fits, weights.tolist(), strict=True))
    ]
    rows.sort(key=lambda row: (not math.isfinite(row.aicc), row.aicc if math.isfinite(row.aicc) else row.aic))
    return ModelTable(
        rows=tuple(rows), averages=average_models(fits), notices=tuple(_words(fits, rows, weights))
    )


def model_label(fit: Fit) -> str:
    """Detection function and predictors of a fit, as a person writes them."""
    return f"{fit.spec.detection}: {model_to_text(fit.spec)}"


def akaike_weights(aicc: Sequence[float]) -> Array:
    """Akaike weights; NaN (no AICc) has weight 0, and all NaN has no weights at all."""
    values = np.asarray(aicc, dtype=np.float64)
    known = np.isfinite(values)
    if not known.any():
        return np.zeros_like(values)
    relative = np.exp(-0.5 * (np.where(known, values, np.inf) - values[known].min()))
    return np.asarray(relative / relative.sum())


def refuse_incomparable(fits: Sequence[Fit]) -> None:
    """Refuse fits whose AICc do not speak of the same thing (see `compare_models`)."""
    if len(fits) < 2:
        raise AnalysisError("compare.one_model", value=len(fits))
    first = fits[0]
    for fit in fits[1:]:
        if fit.spec.likelihood != first.spec.likelihood:
            raise AnalysisError(
                "compare.different_likelihoods", value=fit.spec.likelihood, expected=first.spec.likelihood
            )
        if fit.spec.hcov != first.spec.hcov:
            raise AnalysisError(
                "compare.different_classes", value=model_label(fit), expected=model_label(first)
            )
        if fit.spec.mask != first.spec.mask or _areas(fit) != _areas(first):
            raise AnalysisError(
                "compare.different_masks", value=model_label(fit), expected=model_label(first)
            )
        if _data(fit) != _data(first):
            raise AnalysisError("compare.different_data", value=model_label(fit), expected=model_label(first))
    labels = [model_label(fit) for fit in fits]
    if repeated := next((label for label in labels if labels.count(label) > 1), None):
        raise AnalysisError("compare.repeated_model", value=repeated)
    if not any(math.isfinite(fit.aicc) for fit in fits):
        n_animals = sum(session.n_animals for session in first.sessions)
        raise AnalysisError("compare.no_aicc", value=n_animals)


def _areas(fit: Fit) -> list[float]:
    return [session.region_area_km2 for session in fit.sessions]


def _data(fit: Fit) -> tuple[object, ...]:
    """What a fit tells of its data: enough to see that two fits had others."""
    counts = [(s.session, s.n_animals, s.n_detections, s.n_recaptures) for s in fit.sessions]
    return (counts, dict(fit.spec.detector_types))


def average_models(fits: Sequence[Fit], *, scale: Scale = "log") -> tuple[AveragedSession, ...]:
    """Density and abundance of each session averaged over models by their Akaike weights.

    The unconditional standard error holds both the error within each model and the spread between
    models (Burnham & Anderson 2002, eq. 4.9): ``sum_i w_i sqrt(se_i^2 + (theta_i - mean)^2)``.

    Parameters
    ----------
    fits
        Comparable fits (see `refuse_incomparable`).
    scale
        ``log``: averages of logs (for abundance given the animals seen: of the animals not seen),
        with a symmetric interval there. ``natural``: averages of the values, with a log-normal
        interval of the same coefficient of variation.
    """
    weights = akaike_weights([fit.aicc for fit in fits])
    heard = [fit for fit, weight in zip(fits, weights, strict=True) if weight > 0.0]
    kept = weights[weights > 0.0]
    level = heard[0].level
    return tuple(
        AveragedSession(
            session=heard[0].sessions[position].session,
            density_per_100km2=_averaged([s.density_per_100km2 for s in sessions], kept, scale, level),
            n_expected=_averaged([s.n_expected for s in sessions], kept, scale, level),
            n_realised=_averaged(
                [s.n_realised for s in sessions], kept, scale, level, least=float(sessions[0].n_animals)
            ),
        )
        for position, sessions in enumerate(zip(*(fit.sessions for fit in heard), strict=True))
    )


def _averaged(
    estimates: Sequence[Estimate], weights: Array, scale: Scale, level: float, *, least: float = 0.0
) -> Estimate:
    """Average of an estimate above ``least``, below which it cannot fall."""
    value, lower, upper = (
        np.array([getattr(e, name) for e in estimates]) - least for name in ("value", "lower", "upper")
    )
    method = f"model averaging on the {scale} scale, unconditional standard error"
    if (lower <= 0.0).any() or any(e.se is None for e in estimates):
        # A session without captures, or one in which nobody can have been missed.
        limits = [float(weights @ limit) + least for limit in (value, lower, upper)]
        return _estimate(limits, None, estimates[0].unit, "model averaging of value and limits", level)
    z = NormalDist().inv_cdf(0.5 + level / 2.0)
    if scale == "log":
        log_value, log_se = np.log(value), np.log(upper / lower) / (2.0 * z)
        middle = float(weights @ log_value)
        se_log = float(weights @ np.sqrt(log_se**2 + (log_value - middle) ** 2))
        mean = math.exp(middle)
        se = mean * math.sqrt(math.expm1(min(se_log**2, 700.0)))
    else:
        natural_se = np.array([e.se for e in estimates], dtype=np.float64)
        mean = float(weights @ value)
        se = float(weights @ np.sqrt(natural_se**2 + (value - mean) ** 2))
        se_log = math.sqrt(math.log1p((se / mean) ** 2))
    factor = math.exp(z * se_log)
    limits = [mean + least, mean / factor + least, mean * factor + least]
    return _estimate(limits, se, estimates[0].unit, method, level)


def _estimate(limits: Sequence[float], se: float | None, unit: str, method: str, level: float) -> Estimate:
    value, lower, upper = limits
    return Estimate(value=value, lower=lower, upper=upper, level=level, unit=unit, method=method, se=se)


def _words(fits: Sequence[Fit], rows: Sequence[ModelRow], weights: Array) -> Iterator[Notice]:
    """What a table means, in the order a person asks: which model, how sure, does the answer change."""
    best = rows[0]
    near = [row for row in rows[1:] if row.delta <= SUBSTANTIAL_DELTA]
    percent = round(100.0 * best.weight)
    if best.weight >= STANDS_OUT_WEIGHT:
        yield note("compare.one_stands_out", model=best.label, percent=percent)
    elif near:
        yield note(
            "compare.several_alike",
            model=best.label,
            percent=percent,
            n=len(near),
            expected=" | ".join(row.label for row in near),
        )
    else:
        yield note("compare.best_is_likely", model=best.label, percent=percent)
    for row in rows:
        if not math.isfinite(row.aicc):
            yield warning("compare.too_many_parameters", model=row.label, n=row.n_parameters)
    heard = [fit for fit, weight in zip(fits, weights, strict=True) if weight >= _WEIGHT_HEARD]
    if len(heard) > 1:
        yield _spread(heard)


def _spread(fits: Sequence[Fit]) -> Notice:
    """How much density depends on the model, in the session where it depends on it most."""
    sessions = list(zip(*(fit.sessions for fit in fits), strict=True))
    ranges = [(low, high, same[0].session) for same in sessions for low, high in [_range(same)] if low > 0.0]
    low, high, session = max(ranges, key=lambda r: r[1] / r[0])
    facts = {"session": session, "lowest": round(low, 3), "highest": round(high, 3)}
    if high / low - 1.0 < SPREAD_THAT_AGREES:
        return note("compare.density_agrees", **facts)
    return warning("compare.density_depends", percent=round(100.0 * (high / low - 1.0)), **facts)


def _range(sessions: Sequence[SessionEstimates]) -> tuple[float, float]:
    values = [session.density_per_100km2.value for session in sessions]
    return min(values), max(values)
