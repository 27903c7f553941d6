"""An estimate never travels without a sound interval; units convert exactly."""

import math

import pytest

from pardine.base import units
from pardine.base.result import Estimate, whole_animals


def estimate(**changes):
    facts = {"value": 1.0, "lower": 0.5, "upper": 2.0, "level": 0.95, "unit": "animals", "method": "m"}
    return Estimate(**(facts | changes))


def test_an_estimate_becomes_json():
    assert estimate(se=0.3).as_dict() == {
        "value": 1.0,
        "lower": 0.5,
        "upper": 2.0,
        "level": 0.95,
        "unit": "animals",
        "method": "m",
        "se": 0.3,
    }


@pytest.mark.parametrize("changes", [{"level": 1.0}, {"level": 0.0}, {"level": 95}, {"lower": 3.0}])
def test_an_unsound_interval_is_refused(changes):
    with pytest.raises(ValueError, match=r"level|upside"):
        estimate(**changes)


def test_densities_convert_between_the_units_of_the_field():
    assert units.per_100km2_from_per_km2(0.0098) == pytest.approx(0.98)
    assert units.per_km2_from_per_ha(7.408265244e-05) == pytest.approx(0.007408265244)  # Tost 2012
    assert units.per_ha_from_per_km2(units.per_km2_from_per_ha(0.3)) == pytest.approx(0.3)


def test_whole_animals_never_shut_out_what_the_interval_held():
    estimate = Estimate(
        value=15.7, lower=14.4, upper=20.9, level=0.95, unit="animals", method="maximum likelihood"
    )
    whole = whole_animals(estimate)
    assert (whole.value, whole.lower, whole.upper) == (15.7, 14.0, 21.0)
    assert "whole animals" in whole.method


def test_whole_animals_leave_an_open_interval_alone():
    open_ended = Estimate(value=3.0, lower=0.0, upper=math.inf, level=0.95, unit="animals", method="x")
    assert whole_animals(open_ended) is open_ended
