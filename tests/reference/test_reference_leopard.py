"""Published numbers hold together and say where they come from."""

import pytest

from pardine.reference import leopard
from pardine.reference.published import Citation, PublishedValue


@pytest.mark.parametrize("value", leopard.ALL, ids=lambda v: v.name)
def test_every_number_says_where_it_was_read_and_why_it_serves(value):
    assert value.citation.year >= 1980
    assert len(value.because) > 40
    assert value.unit
    if "orientalis" not in value.taxon:
        assert "Amur leopard" in value.because


def test_every_number_of_the_module_is_listed():
    values = {v.name for v in vars(leopard).values() if isinstance(v, PublishedValue)}
    assert values == {v.name for v in leopard.ALL}


def test_keys_of_sources_are_unique():
    citations = [v for v in vars(leopard).values() if isinstance(v, Citation)]
    assert len({c.key for c in citations}) == len(citations)


def test_litters_agree_with_their_published_mean():
    assert sum(leopard.LITTER_SIZE_PROB.values()) == pytest.approx(1.0)
    mean = sum(size * prob for size, prob in leopard.LITTER_SIZE_PROB.items())  # 0.29 + 1.24 + 0.27
    assert leopard.LITTER_SIZE.lower <= mean <= leopard.LITTER_SIZE.upper


def test_phinda_is_what_the_reference_fit_says(scr_data):
    rows = [line.split(",") for line in (scr_data / "secr-reference.csv").read_text("utf-8").splitlines()]
    fit = {r[3]: r for r in rows if r[0] == "leopard_Phinda_2016" and r[4] == "natural"}
    for parameter, value in (("sigma", leopard.SIGMA_PHINDA), ("lambda0", leopard.LAMBDA0_PHINDA)):
        estimate, lower, upper = (float(fit[parameter][i]) for i in (5, 7, 8))
        assert (value.value, value.lower, value.upper) == pytest.approx((estimate, lower, upper), rel=2e-3)


def test_a_value_outside_its_interval_is_refused():
    with pytest.raises(ValueError, match="outside"):
        PublishedValue(
            name="x",
            value=3.0,
            lower=1.0,
            upper=2.0,
            unit="m",
            taxon="none",
            citation=leopard.BALME_2013,
            read_in="abstract",
            because="",
        )
