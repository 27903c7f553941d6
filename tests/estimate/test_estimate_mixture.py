"""Classes of animals: several starts, one class that looks like two, and a density without end."""

import math
from dataclasses import replace

import numpy as np
import pytest
from estimate_surveys import history_from_counts, square_space

from pardine.base.errors import AnalysisError
from pardine.estimate.fit import fit_model
from pardine.estimate.formula.grammar import model_from_text
from pardine.estimate.likelihood.joint import joint_likelihood
from pardine.estimate.maximum.diagnose import refuse_flat, refuse_untold
from pardine.estimate.maximum.mixture import best_maximum, hardly_seen_limit
from pardine.estimate.maximum.start import automatic_start
from pardine.estimate.model import MaskSpec

XY = [[x * 1500.0, y * 1500.0] for x in range(5) for y in range(5)]
SIGMA_M = 1200.0


def crowd(seed, *, lambda0s, shares, n=45, sexes=None):
    """Animals of classes that differ in how readily they are seen, over five occasions."""
    rng = np.random.default_rng(seed)
    xy = np.array(XY)
    counts, sex = [], []
    for _ in range(n):
        which = int(rng.choice(len(shares), p=shares))
        squared = ((xy - rng.uniform(-2500.0, 8500.0, 2)) ** 2).sum(axis=1)
        mean = lambda0s[which] * np.exp(-squared / (2 * SIGMA_M**2))
        seen = rng.poisson(mean[:, None], (25, 5))
        if seen.any():
            counts.append(seen)
            sex.append(sexes[which] if sexes else None)
    return replace(history_from_counts(np.array(counts), XY, np.ones((25, 5))), sex=tuple(sex))


def parts(history, text):
    spec = model_from_text(text, {history.session: history.detector_type}, mask=MaskSpec(kind="given"))
    return [history], [square_space(history, buffer_m=3500.0, spacing_m=500.0)], spec


def likelihood_of(history, text):
    histories, spaces, spec = parts(history, text)
    joint = joint_likelihood(histories, spaces, spec)
    return joint, automatic_start(histories, joint)


def fitted(history, text):
    return fit_model(*parts(history, text))


def codes_of(fit):
    return {notice.code for notice in fit.notices}


SHY = {"lambda0s": (0.01, 0.6), "shares": (0.8, 0.2), "n": 90}
EVEN = {"lambda0s": (0.3,), "shares": (1.0,)}
MIXED = {"lambda0s": (0.06, 0.5), "shares": (0.6, 0.4)}


def test_another_start_finds_the_higher_hill():
    joint, start = likelihood_of(crowd(3, **SHY), "lambda0~h2")
    first, best = joint.maximum(start), best_maximum(joint, start)
    assert best.converged
    assert best.log_likelihood > first.log_likelihood + 0.5
    assert joint.value_and_gradient(best.beta)[0] == pytest.approx(best.log_likelihood, abs=1e-9)


def test_a_search_without_end_is_not_taken_for_a_hill():
    joint, start = likelihood_of(crowd(7, **MIXED), "lambda0~h2")
    best = best_maximum(joint, start)
    assert best.converged
    assert hardly_seen_limit(joint, best) > best.log_likelihood


@pytest.mark.parametrize(("seed", "kind"), [(2, SHY), (5, SHY), (1, MIXED), (7, MIXED)])
def test_endless_density_is_refused_and_one_class_is_not(seed, kind):
    history = crowd(seed, **kind)
    with pytest.raises(AnalysisError) as refused:
        fitted(history, "lambda0~h2")
    assert refused.value.code == "estimate.density_boundless"
    with pytest.raises(AnalysisError):
        fit_model(*parts(history, "lambda0~h2"), start={"D": 3.0})
    assert fitted(history, "").converged


@pytest.mark.parametrize("text", ["lambda0~h2", "g0~h2, sigma~h2", "a0~h2"])
def test_the_limit_is_what_the_likelihood_tends_to(text):
    # Ever fewer chances, ever more animals: the value along that way comes to the limit from below.
    joint, start = likelihood_of(crowd(2, **SHY), text)
    best = best_maximum(joint, start)
    limit = hardly_seen_limit(joint, best)
    names = joint.table.names
    at = next(names.index(name) for name in ("lambda0", "g0", "a0") if name in names)
    contrast, share = at + 1, names.index("pmix.h2[2]")
    seen_in_second = best.beta[contrast] > 0.0
    values = []
    for depth in (0.0, 2.0, 4.0, 8.0):
        beta = best.beta.copy()
        beta[contrast] += depth if seen_in_second else -depth
        beta[at] -= depth if seen_in_second else 0.0
        second = 1.0 / (1.0 + math.exp(-beta[share]))
        seen, hidden = (second, 1.0 - second) if seen_in_second else (1.0 - second, second)
        total = seen + hidden * math.exp(depth)
        log_odds = math.log(seen / (hidden * math.exp(depth)))
        beta[share] = log_odds if seen_in_second else -log_odds
        beta[names.index("D")] += math.log(total)
        values.append(joint.value_and_gradient(beta)[0])
    assert max(values) <= limit + 1e-3
    assert values[-1] == pytest.approx(limit, abs=0.05)


def test_alike_classes_are_one_class():
    history = crowd(7, **EVEN)
    mixture, plain = fitted(history, "lambda0~h2"), fitted(history, "")
    assert codes_of(mixture) - codes_of(plain) == {"estimate.classes_alike"}
    for name in ("value", "lower", "upper"):
        found = getattr(mixture.sessions[0].density_per_100km2, name)
        assert found == pytest.approx(getattr(plain.sessions[0].density_per_100km2, name), rel=1e-4)
    assert mixture.log_likelihood == pytest.approx(plain.log_likelihood, abs=1e-5)
    assert [math.isnan(c.se) for c in mixture.coefficients] == [False, False, True, False, True]


def test_a_share_that_the_data_hardly_tell_leaves_density_told():
    mixture, plain = (fitted(crowd(1, **EVEN), text) for text in ("lambda0~h2", ""))
    assert "estimate.contrast_hardly_told" in codes_of(mixture)
    density, alone = (fit.sessions[0].density_per_100km2 for fit in (mixture, plain))
    assert density.value == pytest.approx(alone.value, rel=0.1)
    assert density.upper < 4.0 * density.lower


def test_an_upper_limit_that_does_not_hold_is_told():
    assert "estimate.no_upper_limit" in codes_of(fitted(crowd(3, **SHY), "lambda0~h2"))
    assert "estimate.no_upper_limit" not in codes_of(fitted(crowd(0, **SHY), "lambda0~h2"))
    assert "estimate.no_upper_limit" not in codes_of(fitted(crowd(0, **SHY), ""))


def test_sexes_seen_twice_cannot_be_without_end():
    history = crowd(1, **MIXED, sexes="FM")
    joint, start = likelihood_of(history, "lambda0~h2, hcov=sex")
    assert hardly_seen_limit(joint, best_maximum(joint, start)) == -math.inf
    fit = fitted(history, "lambda0~h2, hcov=sex")
    assert fit.sessions[0].density_per_100km2.upper < 1e4
    # Females all of whom were seen once, or not known: nothing holds their number.
    joint, start = likelihood_of(replace(history, sex=(None,) * history.n_animals), "lambda0~h2, hcov=sex")
    assert math.isfinite(hardly_seen_limit(joint, best_maximum(joint, start)))


def test_an_interval_from_nothing_to_everything_is_no_estimate():
    session = fitted(crowd(0, **EVEN), "").sessions[0]
    refuse_untold([session])
    density = replace(session.density_per_100km2, lower=0.01, upper=90.0)
    untold = replace(session, density_per_100km2=density)
    refuse_untold([untold, session])
    with pytest.raises(AnalysisError) as refused:
        refuse_untold([untold])
    assert refused.value.code == "estimate.density_untold"


def test_a_class_that_shrinks_below_the_cells_is_refused():
    history, space, spec = (
        part[0] if isinstance(part, list) else part for part in parts(crowd(0, **EVEN), "sigma~h2")
    )
    joint = joint_likelihood([history], [space], spec)
    beta = np.array([-1.0, -1.2, math.log(1200.0), math.log(100.0 / 1200.0), 0.0])
    maximum = joint.maximum(automatic_start([history], joint))
    refuse_flat([history], joint, replace(maximum, flat=None))
    with pytest.raises(AnalysisError) as refused:
        refuse_flat([history], joint, replace(maximum, beta=beta, flat=None))
    assert refused.value.code == "estimate.class_below_mask"


def test_known_sexes_agree_with_the_conditional_likelihood_of_groups():
    # Two ways through the engine that share little: classes with known members, and groups of animals.
    history = crowd(4, **MIXED, sexes="FM")
    full = fitted(history, "lambda0~h2, sigma~h2, hcov=sex")
    conditional = fitted(history, "lambda0~sex, sigma~sex, CL=TRUE")
    assert full.sessions[0].density_per_100km2.value == pytest.approx(
        conditional.sessions[0].density_per_100km2.value, rel=1e-4
    )
