"""Proper priors on density, detection and movement: without them the posterior does not exist."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pardine.base.errors import AnalysisError

Array = NDArray[np.float64]

WIDEST_SD = 5.0
"""Standard deviation of a logarithm beyond which a prior is flat in all but name (e^10 either way)."""


@dataclass(frozen=True, kw_only=True)
class LogNormal:
    """A log-normal prior of one parameter.

    Attributes
    ----------
    median
        In the parameter's own unit.
    log_sd
        Standard deviation of the logarithm.

    Raises
    ------
    AnalysisError
        ``identity.flat_prior``, ``identity.prior_not_positive``.
    """

    median: float
    log_sd: float

    def __post_init__(self) -> None:
        if not (np.isfinite(self.median) and self.median > 0.0):
            raise AnalysisError("identity.prior_not_positive", value=self.median)
        if not 0.0 < self.log_sd <= WIDEST_SD:
            raise AnalysisError("identity.flat_prior", value=self.log_sd, limit=WIDEST_SD)


@dataclass(frozen=True, kw_only=True)
class Priors:
    """Priors of the parameters, all stated in the report.

    Flat ones are refused: if every point is an animal of its own, sigma may go to 0 and lambda0 and
    density to infinity together, and the likelihood does not fall.

    Attributes
    ----------
    density_per_100km2
        Independent animals.
    lambda0_per_day
        Usable passages per station-day of an animal that lives at the station.
    sigma_m
        Scale of movement.
    density_slope_sd
        Of each coefficient of a density covariate (standardised), on the log scale.
    female_logit_sd
        Of the logit of the share of females, about one half.
    """

    density_per_100km2: LogNormal
    lambda0_per_day: LogNormal
    sigma_m: LogNormal
    density_slope_sd: float = 1.0
    female_logit_sd: float = 0.7

    def as_normal(self, n_density: int, n_sexes: int) -> tuple[Array, Array]:
        """Mean and standard deviation of the parameter vector (`parameter_names`)."""
        per_m2 = 1.0 / 1e8
        mean = [np.log(self.density_per_100km2.median * per_m2)] + [0.0] * (n_density - 1)
        sd = [self.density_per_100km2.log_sd] + [self.density_slope_sd] * (n_density - 1)
        for prior in (self.lambda0_per_day, self.sigma_m):
            mean += [float(np.log(prior.median))] * n_sexes
            sd += [prior.log_sd] * n_sexes
        if n_sexes == 2:
            mean.append(0.0)
            sd.append(self.female_logit_sd)
        return np.array(mean), np.array(sd)


def parameter_names(n_density: int, n_sexes: int) -> tuple[str, ...]:
    """Order of the parameter vector: logs, the density intercept per square metre."""
    density = ["log_density_per_m2"] + [f"density_slope_{k}" for k in range(1, n_density)]
    suffixes = [""] if n_sexes == 1 else ["_F", "_M"]
    detection = [f"log_lambda0{s}" for s in suffixes] + [f"log_sigma_m{s}" for s in suffixes]
    return tuple(density + detection + (["logit_female"] if n_sexes == 2 else []))
