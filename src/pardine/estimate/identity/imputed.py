"""Fits to several drawn partitions, combined by Rubin's rules: for models without the collapsed form.

Identities are drawn first, by coats alone or from the joint posterior, and each draw is taken as fact
by an ordinary fit. Unlike partition and density together nothing flows back from the fit: that an
animal would have to live in two places never parts it. So it is a comparison, and what models get
whose likelihood cannot be summed over partitions.

References
----------
Rubin (1987) Multiple imputation for nonresponse in surveys. Wiley.
Barnard & Rubin (1999), Biometrika 86(4): 948-955.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from pardine.base.errors import AnalysisError
from pardine.base.result import Estimate
from pardine.estimate.fit import fit_model
from pardine.estimate.fitted import Fit
from pardine.estimate.history import CaptureHistory
from pardine.estimate.identity.habitat import Habitat
from pardine.estimate.model import ModelSpec
from pardine.estimate.statespace import StateSpace

Array = NDArray[np.float64]

FEWEST_FITS = 3


@dataclass(frozen=True, kw_only=True)
class Imputed:
    """Density over drawn partitions.

    Attributes
    ----------
    density_per_100km2
        Pooled on the log scale.
    identity_share
        Share of the variance of log D that lies between the draws (Rubin's fraction, without the
        correction for few draws).
    n_fits, n_refused
        Draws that could be fitted, and that could not.
    """

    density_per_100km2: Estimate
    identity_share: float
    n_fits: int
    n_refused: int


def history_of(
    labels: NDArray[np.integer],
    station: NDArray[np.integer],
    habitat: Habitat,
    *,
    session: str = "survey",
    crs: str = "local",
) -> CaptureHistory:
    """Capture history of a partition taken as fact: counts at stations, one occasion."""
    _, animal = np.unique(labels, return_inverse=True)
    counts = np.zeros((int(animal.max()) + 1, habitat.n_stations), np.intp)
    np.add.at(counts, (animal, station), 1)
    of_animal, at = np.nonzero(counts)
    return CaptureHistory(
        session=session,
        detector_type="count",
        detectors=tuple(f"{k + 1}" for k in range(habitat.n_stations)),
        xy_m=habitat.station_xy_m,
        usage_station_days=habitat.usage_station_days[:, None],
        animals=tuple(f"A{k + 1}" for k in range(len(counts))),
        sex=(None,) * len(counts),
        event_animal=of_animal,
        event_occasion=np.zeros(len(at), np.intp),
        event_detector=at,
        event_count=counts[of_animal, at],
        crs=crs,
    )


def impute(
    drawn: Sequence[CaptureHistory], state_space: StateSpace, spec: ModelSpec, *, level: float = 0.95
) -> Imputed:
    """Fit a model to the capture history of each drawn partition, and combine.

    Raises
    ------
    AnalysisError
        ``identity.imputation_refused``: fewer than three of the draws could be fitted.
    """
    logs, variances, start = [], [], None
    for history in drawn:
        try:
            fit = fit_model([history], [state_space], spec, level=level, start=start)
        except AnalysisError:
            continue
        start = {c.name: c.estimate for c in fit.coefficients}
        value, se = log_density(fit)
        if math.isfinite(se):
            logs.append(value)
            variances.append(se**2)
    if len(logs) < FEWEST_FITS:
        raise AnalysisError("identity.imputation_refused", count=len(logs), limit=FEWEST_FITS)
    pooled, share = pool(np.array(logs), np.array(variances), level=level)
    return Imputed(
        density_per_100km2=pooled,
        identity_share=share,
        n_fits=len(logs),
        n_refused=len(drawn) - len(logs),
    )


def log_density(fit: Fit) -> tuple[float, float]:
    """Log of the first session's density and its standard error (delta method)."""
    density = fit.sessions[0].density_per_100km2
    if not density.value > 0.0 or density.se is None:
        return float("nan"), float("nan")
    return math.log(density.value), density.se / density.value


def pool(logs: Array, variances: Array, *, level: float = 0.95) -> tuple[Estimate, float]:
    """Rubin's rules on the log scale: pooled density, and the share of variance between the draws."""
    m = len(logs)
    within, between = float(variances.mean()), float(logs.var(ddof=1))
    total = within + (1.0 + 1.0 / m) * between
    lost = (1.0 + 1.0 / m) * between / total if total > 0.0 else 0.0
    freedom = (m - 1) / max(lost, 1e-6) ** 2
    reach = float(stats.t.ppf(0.5 + level / 2.0, freedom)) * math.sqrt(total)
    centre = float(logs.mean())
    estimate = Estimate(
        value=math.exp(centre),
        lower=math.exp(centre - reach),
        upper=math.exp(centre + reach),
        level=level,
        unit="animals per 100 km2",
        method="drawn identities, Rubin's rules on the log scale",
        se=math.exp(centre) * math.sqrt(total),
    )
    return estimate, between / (within + between) if within + between > 0.0 else 0.0
