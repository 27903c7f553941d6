"""SCR-2 against a plain slow twin, its gradient, and simulated ghosts: it recovers density, SCR does not."""

import math

import numpy as np
import pytest
from estimate_surveys import history_from_counts, small_history, square_space

from pardine.base.errors import AnalysisError
from pardine.estimate.fit import fit_model
from pardine.estimate.ghosts import check_ghosts, words_of_twice
from pardine.estimate.grammar import make_model
from pardine.estimate.model import MaskSpec
from pardine.estimate.statespace import StateSpace
from pardine.estimate.twice import _Likelihood, _session, fit_twice
from pardine.estimate.windows import with_captures


def null_fit(histories, spaces, **choices):
    types = {h.session: h.detector_type for h in histories}
    return fit_model(histories, spaces, make_model(types, mask=MaskSpec(kind="given"), **choices))


def slow_value(history, space, lambda0, sigma_m):
    """Equation (4) word for word."""
    counts = np.zeros((history.n_animals, history.n_detectors, history.n_occasions), dtype=int)
    for i, s, j, y in zip(
        history.event_animal, history.event_occasion, history.event_detector, history.event_count, strict=True
    ):
        counts[i, j, s] = y
    twice = [c for c in counts if c.sum() >= 2]
    cell_km2 = space.cell_area_m2 / 1e6
    area, integrals = 0.0, [0.0] * len(twice)
    for point in space.xy_m:
        none, once, factors = 1.0, 0.0, {}
        for j, xy in enumerate(history.xy_m):
            h = lambda0 * math.exp(-(math.dist(point, xy) ** 2) / (2 * sigma_m**2))
            for s in range(history.n_occasions):
                mean = history.usage_station_days[j, s] * h
                none *= math.exp(-mean)
                once += mean if history.detector_type == "count" else math.expm1(mean)
                factors[j, s] = mean
        area += cell_km2 * (1.0 - none - none * once)
        for i, c in enumerate(twice):
            probability = none
            for j, s in zip(*np.nonzero(c), strict=True):
                if history.detector_type == "count":
                    # without the constants usage^y / y!
                    probability *= (factors[j, s] / history.usage_station_days[j, s]) ** c[j, s]
                else:
                    probability *= math.expm1(factors[j, s])
            integrals[i] += cell_km2 * probability
    return sum(math.log(v) for v in integrals) - len(twice) * math.log(area)


@pytest.mark.parametrize("detector_type", ["count", "proximity"])
def test_value_is_that_of_the_slow_twin_and_its_gradient_is_right(detector_type):
    history = small_history(np.random.default_rng(3), detector_type=detector_type, n_animals=12)
    space = square_space(history)
    likelihood = _Likelihood(null_fit([history], [space]), [_session(history, space)])
    beta = np.array([math.log(0.12), math.log(800.0)])
    value, gradient = likelihood.value_and_gradient(beta)
    assert value == pytest.approx(slow_value(history, space, 0.12, 800.0), rel=1e-12)
    for k in range(2):
        step = np.zeros(2)
        step[k] = 1e-5
        above, below = (likelihood.value_and_gradient(beta + sign * step)[0] for sign in (1, -1))
        assert gradient[k] == pytest.approx((above - below) / 2e-5, rel=1e-6)


@pytest.mark.parametrize("detection", ["HHN", "HN"])
def test_sessions_may_share_a_density_or_have_their_own(detection):
    rng = np.random.default_rng(4)
    histories = [small_history(rng, session=name, n_animals=25, n_occasions=4) for name in "AB"]
    spaces = [square_space(history) for history in histories]
    shared = fit_twice(null_fit(histories, spaces, detection=detection), histories, spaces).sessions
    own_fit = null_fit(histories, spaces, detection=detection, terms={"D": ("session",)})
    own = fit_twice(own_fit, histories, spaces).sessions
    assert shared[0].density_per_100km2 == shared[1].density_per_100km2
    densities = [session.density_per_100km2.value for session in own]
    assert min(densities) < shared[0].density_per_100km2.value < max(densities)
    conditional = null_fit(histories, spaces, detection=detection, likelihood="conditional")
    for a, b in zip(fit_twice(conditional, histories, spaces).sessions, own, strict=True):
        assert a.density_per_100km2.value == pytest.approx(b.density_per_100km2.value, rel=1e-5)


def test_too_few_animals_seen_twice_are_refused():
    history = small_history(np.random.default_rng(3), n_animals=12)
    space = square_space(history)
    fit = null_fit([history], [space])
    totals = np.bincount(history.event_animal, weights=history.event_count)
    often = np.flatnonzero(totals >= 2)[:2]
    few = with_captures(history, np.isin(history.event_animal, often))
    with pytest.raises(AnalysisError) as caught:
        fit_twice(fit, [few], [space])
    assert caught.value.code == "ghosts.too_few_twice"


def test_detection_that_differs_among_sessions_is_not_covered():
    rng = np.random.default_rng(4)
    histories = [small_history(rng, session=name, n_animals=25, n_occasions=4) for name in "AB"]
    spaces = [square_space(history) for history in histories]
    fit = null_fit(histories, spaces, terms={"lambda0": ("session",)})
    with pytest.raises(AnalysisError) as caught:
        fit_twice(fit, histories, spaces)
    assert caught.value.code == "check.model_not_covered"


GRID = np.arange(500.0, 20_000.0, 1000.0)
SPACE = StateSpace(xy_m=np.array([(x, y) for x in GRID for y in GRID]), cell_area_m2=1e6)
TRAPS = np.linspace(5000.0, 15_000.0, 5)
XY = np.array([(x, y) for x in TRAPS for y in TRAPS])
USAGE = np.full((25, 5), 8.0)
TRUE_PER_100KM2 = 12.0


def survey_with_ghosts(rng, share):
    """Counts of animals on the mask, then single records split off until ghosts make up a share."""
    centres = SPACE.xy_m[rng.integers(0, SPACE.n_points, rng.poisson(TRUE_PER_100KM2 * 4.0))]
    hazard = 0.12 * np.exp(-((centres[:, None] - XY) ** 2).sum(axis=2) / (2 * 1500.0**2))
    counts = rng.poisson(hazard[:, :, None] * USAGE)
    counts = counts[counts.sum(axis=(1, 2)) > 0]
    ghosts = []
    for _ in range(round(share / (1.0 - share) * len(counts))):
        rich = np.flatnonzero(counts.sum(axis=(1, 2)) >= 3)
        if not rich.size:
            break
        animal = rng.choice(rich)
        places = np.argwhere(counts[animal] > 0)
        j, s = places[rng.integers(len(places))]
        counts[animal, j, s] -= 1
        ghost = np.zeros_like(counts[0])
        ghost[j, s] = 1
        ghosts.append(ghost)
    return history_from_counts(np.concatenate([counts, ghosts]) if ghosts else counts, XY, USAGE)


def test_ghosts_raise_density_and_scr2_does_not_follow():
    errors, errors_twice, suspected = [], [], 0
    for replicate in range(25):
        history = survey_with_ghosts(np.random.default_rng(replicate), 0.25)
        fit = null_fit([history], [SPACE])
        (twice,) = fit_twice(fit, [history], [SPACE]).sessions
        errors.append(math.log(fit.sessions[0].density_per_100km2.value / TRUE_PER_100KM2))
        errors_twice.append(math.log(twice.density_per_100km2.value / TRUE_PER_100KM2))
        suspected += twice.excess_z > 1.645
    assert math.exp(np.mean(errors)) > 1.25
    assert np.mean(errors_twice) == pytest.approx(0.0, abs=0.12)
    assert suspected >= 20


def test_without_ghosts_both_agree_and_nothing_is_suspected_as_a_rule():
    differences, suspected = [], 0
    for replicate in range(25):
        history = survey_with_ghosts(np.random.default_rng(1000 + replicate), 0.0)
        fit = null_fit([history], [SPACE])
        twice = fit_twice(fit, [history], [SPACE])
        own = fit.sessions[0].density_per_100km2.value
        differences.append(math.log(twice.sessions[0].density_per_100km2.value / own))
        suspected += any(notice.code == "ghosts.suspected" for notice in words_of_twice(twice))
    assert np.mean(differences) == pytest.approx(0.0, abs=0.08)
    assert suspected <= 5


def test_curve_falls_from_the_fit_and_is_decided_by_the_seed():
    history = survey_with_ghosts(np.random.default_rng(1), 0.25)
    fit = null_fit([history], [SPACE])
    check = check_ghosts(fit, [history], [SPACE], seed=9)
    densities = [point.density_per_100km2[0] for point in check.curve]
    assert densities[0] == fit.sessions[0].density_per_100km2.value
    assert densities == sorted(densities, reverse=True)
    assert check.curve[0].n_ghosts == 0
    again = check_ghosts(fit, [history], [SPACE], seed=9)
    assert again.curve == check.curve
    codes = [notice.code for notice in check.notices]
    assert codes == ["ghosts.suspected", "ghosts.curve"]
