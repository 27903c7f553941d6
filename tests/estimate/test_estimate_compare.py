"""Model tables: weights and averages against numbers worked by hand; what cannot be compared is refused."""

import math
from dataclasses import replace

import numpy as np
import pytest
from estimate_surveys import small_history, square_space

from pardine.base.errors import AnalysisError
from pardine.base.result import Estimate
from pardine.estimate.compare import akaike_weights, average_models, compare_models
from pardine.estimate.fit import fit_model
from pardine.estimate.formula.grammar import model_from_text
from pardine.estimate.model import MaskSpec

Z = 1.959963984540054


def log_normal(value, se_log, unit="animals per 100 km2"):
    factor = math.exp(Z * se_log)
    se = value * math.sqrt(math.expm1(se_log**2))
    return Estimate(
        value=value, lower=value / factor, upper=value * factor, level=0.95, unit=unit, method="m", se=se
    )


@pytest.fixture(scope="module")
def pair():
    """Two sessions of one population."""
    rng = np.random.default_rng(5)
    histories = [small_history(rng, session=name, n_animals=14, n_occasions=4) for name in ("A", "B")]
    return histories, [square_space(history) for history in histories]


def fitted(pair, text, **choices):
    histories, spaces = pair
    types = {h.session: h.detector_type for h in histories}
    spec = model_from_text(text, types, mask=MaskSpec(kind="given"), **choices)
    return fit_model(histories, spaces, spec)


@pytest.fixture(scope="module")
def fits(pair):
    return [fitted(pair, text) for text in ("D~1", "D~session", "D~session, lambda0~session")]


def test_weights_by_hand():
    weights = akaike_weights([100.0, 102.0, math.nan, 110.0])
    relative = np.array([1.0, math.exp(-1.0), 0.0, math.exp(-5.0)])
    np.testing.assert_allclose(weights, relative / relative.sum(), rtol=1e-14)
    assert akaike_weights([math.nan, math.nan]).tolist() == [0.0, 0.0]


def test_table_is_sorted_and_its_weights_add_up(fits):
    table = compare_models(fits)
    assert [row.delta for row in table.rows] == sorted(row.delta for row in table.rows)
    assert table.rows[0].delta == 0.0
    assert sum(row.weight for row in table.rows) == pytest.approx(1.0)
    best = fits[table.rows[0].position]
    assert best.aicc == min(fit.aicc for fit in fits)
    assert {row.label for row in table.rows} >= {"HHN: D~session, lambda0~session, sigma~1"}
    assert any(n.code in ("compare.density_agrees", "compare.density_depends") for n in table.notices)


def two(fits, estimates, aicc=(100.0, 100.0), animals=0):
    """The first two fits with these densities and abundances instead of their own."""
    made = []
    for fit, estimate, value in zip(fits, estimates, aicc, strict=False):
        session = replace(
            fit.sessions[0],
            density_per_100km2=estimate,
            n_expected=estimate,
            n_realised=estimate,
            n_animals=animals,
        )
        made.append(replace(fit, sessions=(session,), aicc=value))
    return made


def test_average_on_both_scales_by_hand(fits):
    equal = two(fits, [log_normal(1.0, 0.2), log_normal(4.0, 0.4)])
    on_log = average_models(equal)[0].density_per_100km2
    assert on_log.value == pytest.approx(2.0)  # the geometric mean
    se_log = 0.5 * (math.hypot(0.2, math.log(2.0)) + math.hypot(0.4, math.log(2.0)))
    assert on_log.upper == pytest.approx(2.0 * math.exp(Z * se_log))
    assert on_log.lower == pytest.approx(2.0 / math.exp(Z * se_log))
    natural = average_models(equal, scale="natural")[0].density_per_100km2
    assert natural.value == pytest.approx(2.5)
    within = [e.density_per_100km2.se for fit in equal for e in fit.sessions]
    assert natural.se == pytest.approx(0.5 * sum(math.hypot(se, 1.5) for se in within))


def test_average_of_abundance_never_falls_below_the_animals_seen(fits):
    realised = [
        Estimate(value=12.0, lower=10.5, upper=18.0, level=0.95, unit="animals", method="m", se=2.0),
        Estimate(value=20.0, lower=12.0, upper=60.0, level=0.95, unit="animals", method="m", se=9.0),
    ]
    averaged = average_models(two(fits, realised, animals=10))[0].n_realised
    assert averaged.value == pytest.approx(10.0 + math.sqrt(2.0 * 10.0))
    assert averaged.lower > 10.0


def test_a_model_alone_is_its_own_average(fits):
    lone = two(fits, [log_normal(3.0, 0.3), log_normal(5.0, 0.1)], aicc=(100.0, math.nan))
    averaged = average_models(lone)[0].density_per_100km2
    assert (averaged.value, averaged.lower) == pytest.approx((3.0, 3.0 / math.exp(Z * 0.3)))


def test_session_without_captures_is_averaged_by_its_limits(fits):
    nobody = [Estimate(value=0.0, lower=0.0, upper=u, level=0.95, unit="u", method="m") for u in (1.0, 3.0)]
    averaged = average_models(two(fits, nobody))[0].density_per_100km2
    assert (averaged.value, averaged.lower, averaged.upper, averaged.se) == (0.0, 0.0, 2.0, None)


def test_words_name_what_stands_out(fits):
    alike = compare_models(two(fits, [log_normal(1.0, 0.2), log_normal(1.01, 0.2)], aicc=(100.0, 101.0)))
    assert [n.code for n in alike.notices] == ["compare.several_alike", "compare.density_agrees"]
    clear = compare_models(two(fits, [log_normal(1.0, 0.2), log_normal(2.0, 0.2)], aicc=(100.0, 109.0)))
    assert [n.code for n in clear.notices] == ["compare.one_stands_out"]
    torn = compare_models(two(fits, [log_normal(1.0, 0.2), log_normal(2.0, 0.2)], aicc=(100.0, 103.0)))
    assert [n.code for n in torn.notices] == ["compare.best_is_likely", "compare.density_depends"]
    assert torn.notices[1].fields["percent"] == 100


def test_fits_that_cannot_be_compared_are_refused(pair, fits):
    conditional = fitted(pair, "lambda0~1", likelihood="conditional")
    sexed = replace(fits[1], spec=replace(fits[1].spec, hcov="sex"))
    other_mask = replace(fits[1], spec=replace(fits[1].spec, mask=MaskSpec(kind="given", sha256=("x",))))
    first = fits[1].sessions[0]
    other_data = replace(
        fits[1], sessions=(replace(first, n_detections=first.n_detections + 1), *fits[1].sessions[1:])
    )
    hopeless = [replace(fit, aicc=math.nan) for fit in fits]
    for compared, code in (
        ([fits[0]], "compare.one_model"),
        ([fits[0], conditional], "compare.different_likelihoods"),
        ([fits[0], sexed], "compare.different_classes"),
        ([fits[0], other_mask], "compare.different_masks"),
        ([fits[0], other_data], "compare.different_data"),
        ([fits[0], fits[0]], "compare.repeated_model"),
        (hopeless, "compare.no_aicc"),
    ):
        with pytest.raises(AnalysisError) as caught:
            compare_models(compared)
        assert caught.value.code == code
