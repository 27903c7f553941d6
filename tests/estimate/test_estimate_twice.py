"""SCR-2 against a plain slow twin, its gradient, and simulated ghosts: it recovers density, SCR does not."""

import math
from dataclasses import replace

import numpy as np
import pytest
from estimate_surveys import history_from_counts, small_history, square_space

from pardine.base.errors import AnalysisError
from pardine.estimate.checking.ghosts import check_ghosts, words_of_twice
from pardine.estimate.checking.twice import detected_twice, fit_twice, twice_likelihood
from pardine.estimate.checking.windows import with_captures
from pardine.estimate.fit import fit_model
from pardine.estimate.formula.grammar import make_model, model_from_text
from pardine.estimate.model import MaskSpec
from pardine.estimate.statespace import StateSpace


def null_fit(histories, spaces, **choices):
    types = {h.session: h.detector_type for h in histories}
    return fit_model(histories, spaces, make_model(types, mask=MaskSpec(kind="given"), **choices))


def probability(counts, history, space, truth):
    """Pr(omega | X) at every mask point, occasion by occasion, of one (J, S) history; counts up to y!."""
    squared = ((history.xy_m[:, None] - space.xy_m[None]) ** 2).sum(axis=2)
    kernel = truth["lambda0"] * np.exp(-squared / (2 * truth["sigma"] ** 2))
    found = np.ones(space.n_points)
    at_station = np.zeros(history.n_detectors, dtype=bool)
    for s in range(history.n_occasions):
        log_change = truth.get("bk", 0.0) * at_station + truth.get("b", 0.0) * at_station.any()
        log_change = log_change + truth.get("T", 0.0) * s
        rate = history.usage_station_days[:, s, None] * kernel * np.exp(log_change)[:, None]
        found = found * np.exp(-rate.sum(axis=0))
        for j in np.flatnonzero(counts[:, s]):
            match history.detector_type:
                case "count":
                    found = found * rate[j] ** counts[j, s] / math.factorial(counts[j, s])
                case "proximity":
                    found = found * np.expm1(rate[j])
                case "multi":
                    total = rate.sum(axis=0)
                    found = found * np.expm1(total) * rate[j] / total
        at_station |= counts[:, s] > 0
    return found


def slow_value(history, space, truth):
    """Equation (4) word for word, over every history with a single detection."""
    counts = np.zeros((history.n_animals, history.n_detectors, history.n_occasions), dtype=int)
    events = (history.event_animal, history.event_detector, history.event_occasion)
    counts[events] = history.event_count
    animals_a_cell = truth["D"] * space.cell_area_m2 / 1e6
    chances = mixture(lambda own, which: probability(own, history, space, which), truth)
    none = chances(np.zeros(counts.shape[1:], dtype=int))
    once = np.zeros(space.n_points)
    for j, s in np.argwhere(history.usage_station_days > 0.0):
        single = np.zeros(counts.shape[1:], dtype=int)
        single[j, s] = 1
        once = once + chances(single)
    value = -animals_a_cell * float((1.0 - none - once).sum())
    for own in counts[counts.sum(axis=(1, 2)) >= 2]:
        value += math.log(animals_a_cell * float(chances(own).sum()))
    return value


def mixture(chance, truth):
    """The chance of a history summed over the classes of animals."""
    if "pmix" not in truth:
        return lambda own: chance(own, truth)
    second = {**truth, "sigma": truth["sigma"] * math.exp(truth["sigma.h2"])}
    return lambda own: (1.0 - truth["pmix"]) * chance(own, truth) + truth["pmix"] * chance(own, second)


TRUTHS = {
    "lambda0~1": {},
    "lambda0~bk": {"bk": 0.8},
    "lambda0~b": {"b": -0.6},
    "lambda0~T": {"T": -0.3},
    "sigma~h2": {"pmix": 0.3, "sigma.h2": 0.5},
}
PLACE = {"bk": "lambda0.bk[TRUE]", "b": "lambda0.b[TRUE]", "T": "lambda0.T", "sigma.h2": "sigma.h2[2]"}


@pytest.mark.parametrize("detector_type", ["count", "proximity", "multi"])
@pytest.mark.parametrize("model", TRUTHS)
def test_value_is_that_of_the_slow_twin_and_its_gradient_is_right(detector_type, model):
    history = some_history(detector_type)
    space = square_space(history)
    types = {history.session: detector_type}
    fit = null_fit([history], [space])
    fit = replace(fit, spec=model_from_text(f"D~1, {model}", types, mask=MaskSpec(kind="given")))
    likelihood = twice_likelihood(fit, [detected_twice(history)], [space])
    truth = {"D": 0.9, "lambda0": 0.15, "sigma": 800.0, **TRUTHS[model]}
    on_link = {PLACE.get(name, name): value for name, value in truth.items()}
    on_link |= {name: math.log(truth[name]) for name in ("D", "lambda0", "sigma")}
    if "pmix" in truth:
        on_link["pmix.h2[2]"] = math.log(truth["pmix"] / (1.0 - truth["pmix"]))
    beta = np.array([on_link[name] for name in likelihood.table.names])
    value, gradient = likelihood.value_and_gradient(beta)
    assert value == pytest.approx(slow_value(history, space, truth), rel=1e-10)
    for k in range(len(beta)):
        step = np.zeros(len(beta))
        step[k] = 1e-5
        above, below = (likelihood.value_and_gradient(beta + sign * step)[0] for sign in (1, -1))
        assert gradient[k] == pytest.approx((above - below) / 2e-5, rel=1e-5, abs=1e-6)


def some_history(detector_type):
    """About a dozen animals; at multi-catch detectors the first station of an occasion holds an animal."""
    kind = "proximity" if detector_type == "multi" else detector_type
    history = small_history(np.random.default_rng(3), detector_type=kind, n_animals=12)
    if detector_type != "multi":
        return history
    occasions = np.column_stack([history.event_animal, history.event_occasion])
    _, first = np.unique(occasions, axis=0, return_index=True)
    kept = np.isin(np.arange(len(occasions)), first)
    return replace(with_captures(history, kept), detector_type="multi")


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


def test_detection_that_differs_among_sessions_is_each_session_alone():
    rng = np.random.default_rng(4)
    histories = [small_history(rng, session=name, n_animals=25, n_occasions=4) for name in "AB"]
    spaces = [square_space(history) for history in histories]
    apart = {"lambda0": ("session",), "sigma": ("session",), "D": ("session",)}
    together = fit_twice(null_fit(histories, spaces, terms=apart), histories, spaces).sessions
    for history, space, own in zip(histories, spaces, together, strict=True):
        (alone,) = fit_twice(null_fit([history], [space]), [history], [space]).sessions
        assert own.density_per_100km2.value == pytest.approx(alone.density_per_100km2.value, rel=1e-4)
        assert own.density_per_100km2.se == pytest.approx(alone.density_per_100km2.se, rel=1e-3)
        assert own.expected_once == pytest.approx(alone.expected_once, rel=1e-4)
        assert own.excess_sd == pytest.approx(alone.excess_sd, rel=1e-3)


def test_full_and_conditional_agree_on_everything_told():
    history = small_history(np.random.default_rng(4), n_animals=25, n_occasions=4)
    space = square_space(history)
    (full,) = fit_twice(null_fit([history], [space]), [history], [space]).sessions
    conditional = null_fit([history], [space], likelihood="conditional")
    (derived,) = fit_twice(conditional, [history], [space]).sessions
    assert derived.density_per_100km2.value == pytest.approx(full.density_per_100km2.value, rel=1e-5)
    assert derived.density_per_100km2.se == pytest.approx(full.density_per_100km2.se, rel=1e-4)
    assert derived.expected_once == pytest.approx(full.expected_once, rel=1e-5)
    assert derived.excess_sd == pytest.approx(full.excess_sd, rel=1e-4)


def test_animals_that_were_not_released_are_refused():
    history = small_history(np.random.default_rng(4), n_animals=25, n_occasions=4)
    last = int(history.event_occasion[history.event_animal == 0].max())
    history = replace(history, last_occasion={history.animals[0]: last})
    space = square_space(history)
    with pytest.raises(AnalysisError) as caught:
        fit_twice(null_fit([history], [space]), [history], [space])
    assert caught.value.code == "ghosts.not_released"
    assert caught.value.notice.fields["individual"] == history.animals[0]


def test_a_session_where_nobody_was_seen_twice():
    history = small_history(np.random.default_rng(4), n_animals=25, n_occasions=4)
    once = small_history(np.random.default_rng(5), session="B", n_animals=25, n_occasions=4)
    _, first = np.unique(once.event_animal, return_index=True)
    once = with_captures(once, np.isin(np.arange(len(once.event_animal)), first))
    once = replace(once, event_count=np.ones_like(once.event_count))
    histories, spaces = [history, once], [square_space(history), square_space(once)]
    fit = null_fit(histories, spaces, terms={"D": ("session",)})
    both = fit_twice(fit, histories, spaces).sessions
    (alone,) = fit_twice(null_fit([history], [spaces[0]]), [history], [spaces[0]]).sessions
    assert both[0].density_per_100km2.value == pytest.approx(alone.density_per_100km2.value, rel=1e-4)
    assert both[1].density_per_100km2.value == 0.0
    assert both[1].n_once == once.n_animals


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
