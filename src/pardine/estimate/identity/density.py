"""Posterior density of a partition and the parameters: the definition, plain and slow.

With H(m) the sum over stations of usage times hazard, and Lambda the expected number of animals
with at least one passage, a partition of the points into animals c has

    exp(-Lambda) * prod_c [ sum_m D(m) a exp(-H(m)) prod_{i in c} hazard_{j(i)}(m) ] * prod_c evidence(c)

(docs/explanation/identity-uncertainty.md derives it). The sampler works with the same sums, kept up
to date move by move; tests hold it against this module.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from pardine.estimate.identity.habitat import Habitat, log_hazard_table, places_of
from pardine.estimate.identity.prior import Priors
from pardine.identify.partition.evidence import Evidence
from pardine.identify.partition.places import Places
from pardine.identify.partition.points import Points, log_sex_sightings

Array = NDArray[np.float64]


def log_posterior(
    labels: NDArray[np.intp],
    parameters: Array,
    *,
    points: Points,
    evidence: Evidence,
    habitat: Habitat,
    priors: Priors,
    n_sexes: int = 1,
    sex_error: float = 0.05,
) -> float:
    """Log posterior density, up to a constant, of a partition (by labels) and a parameter vector."""
    mean, sd = priors.as_normal(habitat.design.shape[1], n_sexes)
    prior = -0.5 * float(np.sum(((parameters - mean) / sd) ** 2))
    return prior + log_likelihood(
        labels,
        places_of(parameters, habitat, n_sexes),
        points=points,
        evidence=evidence,
        sex_error=sex_error,
    )


def log_likelihood(
    labels: NDArray[np.intp], places: Places, *, points: Points, evidence: Evidence, sex_error: float = 0.05
) -> float:
    """Log likelihood of a partition; minus infinity where it joins points that are certainly apart."""
    if len(points.apart) and (labels[points.apart[:, 0]] == labels[points.apart[:, 1]]).any():
        return -np.inf
    value = -places.expected_seen
    for label in np.unique(labels):
        group = np.flatnonzero(labels == label)
        value += log_group(group, places, points, sex_error) + evidence.of_group(group)
    return value


def log_group(group: NDArray[np.intp], places: Places, points: Points, sex_error: float) -> float:
    """Log of the sum over mask and sex for one animal's points."""
    seen = log_sex_sightings(points.sex_sighting[group], len(places.log_base), sex_error)
    hazards = log_hazard_table(places)[:, points.station[group], :].sum(axis=1)
    return float(logsumexp(places.log_base + hazards + seen[:, None]))
