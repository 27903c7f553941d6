"""Priors are proper or refused."""

from __future__ import annotations

import math

import pytest

from pardine.base.errors import AnalysisError
from pardine.estimate.identity.prior import LogNormal, Priors, parameter_names


@pytest.mark.parametrize("log_sd", [math.inf, 0.0, -1.0, 6.0, math.nan])
def test_flat_or_empty_prior_is_refused(log_sd):
    with pytest.raises(AnalysisError) as refusal:
        LogNormal(median=1.0, log_sd=log_sd)
    assert refusal.value.code == "identity.flat_prior"


@pytest.mark.parametrize("median", [0.0, -1.0, math.inf, math.nan])
def test_prior_of_a_positive_number_has_a_positive_median(median):
    with pytest.raises(AnalysisError) as refusal:
        LogNormal(median=median, log_sd=1.0)
    assert refusal.value.code == "identity.prior_not_positive"


def test_prior_vector_follows_the_names():
    priors = Priors(
        density_per_100km2=LogNormal(median=1.0, log_sd=1.5),
        lambda0_per_day=LogNormal(median=0.05, log_sd=1.0),
        sigma_m=LogNormal(median=4000.0, log_sd=0.5),
    )
    mean, sd = priors.as_normal(2, 2)
    names = parameter_names(2, 2)
    assert len(mean) == len(sd) == len(names) == 7
    by_name = dict(zip(names, mean, strict=True))
    assert by_name["log_density_per_m2"] == pytest.approx(math.log(1e-8))
    assert by_name["log_sigma_m_M"] == pytest.approx(math.log(4000.0))
    assert by_name["logit_female"] == 0.0
