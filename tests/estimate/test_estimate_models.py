"""Every model class against the plain slow twin, and its adjoint against differences."""

import math
from dataclasses import replace

import numpy as np
import plain_twin
import pytest
from estimate_surveys import rich_survey as survey

from pardine.base.errors import AnalysisError
from pardine.estimate.formula.grammar import model_from_text
from pardine.estimate.likelihood.joint import joint_likelihood
from pardine.estimate.model import MaskSpec
from pardine.estimate.statespace import StateSpace
from pardine.estimate.telemetry import KERNELS as TELEMETRY_KERNELS
from pardine.estimate.telemetry import telemetry_of

TWIN_TOLERANCE = 1e-10


def joint_of(text, histories, spaces, likelihood="full"):
    types = {h.session: h.detector_type for h in histories}
    spec = model_from_text(text, types, mask=MaskSpec(kind="given"), likelihood=likelihood)
    return joint_likelihood(histories, spaces, spec)


def somewhere(joint, seed=0):
    """Coefficients near sensible ones, none of them 0."""
    start = {"D": math.log(0.6), "lambda0": math.log(0.2), "g0": -1.3, "sigma": math.log(850.0), "z": 1.1}
    start |= {"a0": math.log(0.9), "pmix.h2[M]": -0.4, "pmix.h2[2]": -0.4}
    rng = np.random.default_rng(seed)
    return np.array([start.get(name, 0.0) for name in joint.table.names]) + rng.uniform(
        -0.1, 0.1, joint.table.n_coefficients
    ) * np.where([name in start for name in joint.table.names], 0.3, 2.0)


class Cells:
    """Parameters of a cell by plain reading of coefficients: name -> function of the cell."""

    def __init__(self, joint, beta, effects):
        self.beta = dict(zip(joint.table.names, beta.tolist(), strict=True))
        self.spec, self.effects = joint.spec, effects

    def __call__(self, k, g, state, j, s):
        found = {}
        for p in self.spec.parameters:
            if p.name in ("D", "pmix", "noneuc"):
                continue
            eta = self.beta[p.name]
            for name, effect in self.effects.items():
                if name.startswith(f"{p.name}."):
                    eta += self.beta[name] * effect(k, g, state, j, s)
            found[p.name] = 1 / (1 + math.exp(-eta)) if p.link == "logit" else math.exp(eta)
        return found


def flag(test):
    return lambda k, g, state, j, s: float(test(k, g, state, j, s))


SLOPE = (1.5, 3.0, 2.5, 7.0, 0.2, 4.0)
TRAIL = ("ridge", "river", "ridge", "road", "river", "road")

# Model text, what its coefficients mean beside intercepts, and what else the twin must know.
CASES = {
    "null": ("", {}, {}),
    "HN": ("detection=HN", {}, {}),
    "EX": ("detectfn=2", {}, {}),
    "HEX": ("detection=HEX", {}, {}),
    "HR": ("detection=HR", {}, {}),
    "HHR": ("detection=HHR", {}, {}),
    "a0": ("a0~1", {}, {}),
    "a0 and slope": (
        "a0~slope, sigma~trail",
        {
            "a0.slope": lambda k, g, b, j, s: SLOPE[j],
            "sigma.trail[river]": flag(lambda k, g, b, j, s: TRAIL[j] == "river"),
            "sigma.trail[road]": flag(lambda k, g, b, j, s: TRAIL[j] == "road"),
        },
        {},
    ),
    "stations": (
        "lambda0~trail*slope",
        {
            "lambda0.trail[river]": flag(lambda k, g, b, j, s: TRAIL[j] == "river"),
            "lambda0.trail[road]": flag(lambda k, g, b, j, s: TRAIL[j] == "road"),
            "lambda0.slope": lambda k, g, b, j, s: SLOPE[j],
            "lambda0.trail[river]:slope": lambda k, g, b, j, s: SLOPE[j] * (TRAIL[j] == "river"),
            "lambda0.trail[road]:slope": lambda k, g, b, j, s: SLOPE[j] * (TRAIL[j] == "road"),
        },
        {},
    ),
    "time": (
        "g0~t, sigma~T",
        {f"g0.t[{t}]": flag(lambda k, g, b, j, s, t=t: s + 1 == t) for t in (2, 3, 4)}
        | {"sigma.T": lambda k, g, b, j, s: 0.1 * s / 0.1},
        {},
    ),
    "covariates by occasion": (
        "lambda0~rain + snow + I(slope^2)",
        {
            "lambda0.rain": lambda k, g, b, j, s: 0.7 * s * s,
            "lambda0.snow": lambda k, g, b, j, s: (j * s) % 3 + 0.5 * j,
            "lambda0.I(slope^2)": lambda k, g, b, j, s: SLOPE[j] ** 2,
        },
        {},
    ),
    "b": ("g0~b", {"g0.b[TRUE]": flag(lambda k, g, b, j, s: b[0])}, {"behaviours": ("b",)}),
    "bk": (
        "lambda0~bk, sigma~slope",
        {
            "lambda0.bk[TRUE]": flag(lambda k, g, b, j, s: b[0]),
            "sigma.slope": lambda k, g, b, j, s: SLOPE[j],
        },
        {"behaviours": ("bk",)},
    ),
    "B and Bk": (
        "lambda0~B, sigma~Bk+T",
        {
            "lambda0.B[TRUE]": flag(lambda k, g, b, j, s: b[0]),
            "sigma.Bk[TRUE]": flag(lambda k, g, b, j, s: b[1]),
            "sigma.T": lambda k, g, b, j, s: s,
        },
        {"behaviours": ("B", "Bk")},
    ),
    "hcov": (
        "hcov=sex, lambda0~h2, sigma~h2",
        {
            "lambda0.h2[M]": flag(lambda k, g, b, j, s: k == 1),
            "sigma.h2[M]": flag(lambda k, g, b, j, s: k == 1),
        },
        {"classes": "known"},
    ),
    "h2 and bk": (
        "lambda0~bk + h2",
        {
            "lambda0.bk[TRUE]": flag(lambda k, g, b, j, s: b[0]),
            "lambda0.h2[2]": flag(lambda k, g, b, j, s: k == 1),
        },
        {"classes": "unknown", "behaviours": ("bk",)},
    ),
    "sex": ("lambda0~sex", {"lambda0.sex[M]": flag(lambda k, g, b, j, s: g == 1)}, {"groups": True}),
}
SMALL_SLOPES = {"sigma.slope", "a0.slope", "sigma.T", "lambda0.rain", "lambda0.I(slope^2)"}


def twin_value(joint, beta, history, space, effects, extra, likelihood, density):
    names = joint.table.names
    shares = (1.0,)
    options = {"behaviours": extra.get("behaviours", ())}
    if "classes" in extra:
        p = 1 / (1 + math.exp(-beta[[n.startswith("pmix") for n in names].index(True)]))
        shares = (1 - p, p)
        known = [None if sex is None else "FM".index(sex) for sex in history.sex]
        options["classes"] = known if extra["classes"] == "known" else None
    if "groups" in extra:
        options["groups"] = ["FM".index(sex) for sex in history.sex]
    return plain_twin.log_likelihood(
        history,
        space,
        joint.spec.detection,
        Cells(joint, beta, effects),
        density,
        shares=shares,
        likelihood=likelihood,
        **options,
    )


@pytest.mark.parametrize("likelihood", ["full", "conditional"])
@pytest.mark.parametrize("detector_type", ["count", "proximity", "multi"])
@pytest.mark.parametrize("case", CASES)
def test_every_model_class_equals_its_plain_slow_twin(case, detector_type, likelihood):
    text, effects, extra = CASES[case]
    if "groups" in extra and likelihood == "full":
        pytest.skip("sex is a class in the full likelihood")
    history, space = survey(detector_type=detector_type, sexes="FM" if "groups" in extra else "FM?")
    joint = joint_of(text, [history], [space], likelihood)
    beta = somewhere(joint)
    beta[[name in SMALL_SLOPES for name in joint.table.names]] *= 0.1
    log_density = dict(zip(joint.table.names, beta.tolist(), strict=True)).get("D", 0.0)
    slow = twin_value(
        joint, beta, history, space, effects, extra, likelihood, lambda m: math.exp(log_density)
    )
    fast, _ = joint.value_and_gradient(beta)
    named = {p.name for p in joint.spec.parameters} | set(effects)
    assert {name for name in joint.table.names if not name.startswith("pmix")} <= named
    assert fast == pytest.approx(slow, abs=TWIN_TOLERANCE, rel=1e-12)


@pytest.mark.parametrize("text", ["", "lambda0~bk, sigma~slope"])
@pytest.mark.parametrize("detector_type", ["proximity", "multi"])
def test_animals_that_were_not_released_equal_their_twin(detector_type, text):
    history, space = survey(detector_type=detector_type)
    last = {
        name: int(history.event_occasion[history.event_animal == i].max())
        for i, name in enumerate(history.animals[:2])
    }
    history = replace(history, last_occasion=last)
    joint = joint_of(text, [history], [space])
    beta = somewhere(joint)
    beta[[name in SMALL_SLOPES for name in joint.table.names]] *= 0.1
    effects, extra = CASES["bk"][1:] if text else ({}, {})
    slow = twin_value(joint, beta, history, space, effects, extra, "full", lambda m: math.exp(beta[0]))
    assert joint.value_and_gradient(beta)[0] == pytest.approx(slow, abs=TWIN_TOLERANCE)


def test_density_over_the_mask_equals_its_twin():
    history, space = survey()
    joint = joint_of("D~land + rough + x, sigma~1", [history], [space])
    beta = somewhere(joint)
    value = dict(zip(joint.table.names, beta.tolist(), strict=True))
    x = (space.xy_m[:, 0] - space.xy_m[:, 0].mean()) / space.xy_m[:, 0].std(ddof=1)

    def density(m):
        eta = value["D"] + value["D.land[wood]"] * (space.classes["land"][m] == "wood")
        return math.exp(eta + value["D.rough"] * space.covariates["rough"][m] + value["D.x"] * x[m])

    slow = twin_value(joint, beta, history, space, {}, {}, "full", density)
    assert joint.value_and_gradient(beta)[0] == pytest.approx(slow, abs=TWIN_TOLERANCE)


GRADIENT_MODELS = [
    *(text for text, _, extra in CASES.values() if "groups" not in extra),
    "D~land*rough + s(x, k=4), lambda0~log(slope), sigma~session",
    "D~session, lambda0~t*h2, sigma~h2, pmix~session",
    "a0~bk*h2, sigma~s(slope, k=3), hcov=sex",
]


@pytest.mark.parametrize("detector_type", ["count", "proximity", "multi"])
@pytest.mark.parametrize("text", GRADIENT_MODELS)
def test_gradients_equal_central_differences(text, detector_type):
    pairs = [survey(seed, detector_type, session=code) for seed, code in ((5, "A"), (6, "B"))]
    joint = joint_of(text, [h for h, _ in pairs], [s for _, s in pairs])
    beta = somewhere(joint)
    _, gradient = joint.value_and_gradient(beta)
    for k in range(len(beta)):
        step = np.zeros(len(beta))
        step[k] = 1e-5 * abs(joint.table.scaling[k, k])
        above, below = (joint.value_and_gradient(beta + side * step)[0] for side in (1, -1))
        scale = abs(joint.table.scaling[k, k])
        assert gradient[k] * scale == pytest.approx((above - below) / 2e-5, rel=1e-5, abs=1e-5)


@pytest.mark.parametrize("detector_type", ["count", "proximity", "multi"])
def test_gradient_with_groups_of_sex(detector_type):
    history, space = survey(detector_type=detector_type, sexes="FM")
    joint = joint_of("lambda0~sex*bk, sigma~sex", [history], [space], "conditional")
    beta = somewhere(joint)
    _, gradient = joint.value_and_gradient(beta)
    for k in range(len(beta)):
        step = np.zeros(len(beta))
        step[k] = 1e-5
        above, below = (joint.value_and_gradient(beta + side * step)[0] for side in (1, -1))
        assert gradient[k] == pytest.approx((above - below) / 2e-5, rel=1e-5, abs=1e-5)


def test_cost_distance_equals_its_twin_and_straight_lines_where_moving_is_free():
    history, space = survey()
    joint = joint_of("noneuc~rough", [history], [space])
    beta = somewhere(joint)
    beta[-1] = 0.3
    cost = np.exp(0.3 * space.covariates["rough"])
    walked = plain_ways(history, space, cost)
    slow = plain_twin.log_likelihood(
        history,
        space,
        "HHN",
        Cells(joint, beta, {}),
        lambda m: math.exp(beta[0]),
        distance=lambda m, j: walked[j][m],
    )
    fast, gradient = joint.value_and_gradient(beta)
    assert fast == pytest.approx(slow, abs=TWIN_TOLERANCE)
    step = np.array([0, 0, 0, 1e-4])
    above, below = (joint.value_and_gradient(beta + side * step)[0] for side in (1, -1))
    assert gradient[3] == pytest.approx((above - below) / 2e-4, rel=1e-3)


def plain_ways(history, space, cost):
    """Bellman and Ford: relax every step until nothing gets shorter."""
    side = math.sqrt(space.cell_area_m2)
    steps = []
    for a, p in enumerate(space.xy_m):
        for b, q in enumerate(space.xy_m):
            if a != b and max(abs(p - q)) < 1.1 * side:
                steps.append((a, b, math.dist(p, q) * (cost[a] + cost[b]) / 2))
    ways = []
    for xy in history.xy_m:
        distance = [math.inf] * len(cost)
        distance[int(np.argmin(((space.xy_m - xy) ** 2).sum(axis=1)))] = 0.0
        shorter = True
        while shorter:
            shorter = False
            for a, b, length in steps:
                if distance[a] + length < distance[b] - 1e-12:
                    distance[b], shorter = distance[a] + length, True
        ways.append(distance)
    return ways


KERNELS = {
    "HHN": (
        lambda d: math.exp(-(d**2) / (2 * 850.0**2)),
        lambda d: -math.log(2 * math.pi * 850.0**2) - d**2 / (2 * 850.0**2),
    ),
    "HEX": (lambda d: math.exp(-d / 850.0), lambda d: -math.log(2 * math.pi * 850.0**2) - d / 850.0),
}


@pytest.mark.parametrize("detection", KERNELS)
def test_telemetry_equals_its_twin(detection):
    shape, log_kernel = KERNELS[detection]
    text = f"detection={detection}"
    history, space = survey(n_animals=3)
    rng = np.random.default_rng(8)
    fixes = {name: rng.normal(800.0, 500.0, (n, 2)) for name, n in (("animal 2", 4), ("collared", 6))}
    beta = np.array([math.log(0.6), math.log(0.2), math.log(850.0)])
    plain = joint_of(text, [history], [space]).value_and_gradient(beta)[0]
    joint = joint_of(text, [replace(history, fixes=fixes)], [space])
    value, gradient = joint.value_and_gradient(beta)

    def log_density(own, centre):
        return sum(log_kernel(math.dist(x, centre)) for x in own)

    alone = [math.exp(log_density(fixes["collared"], centre)) for centre in space.xy_m]
    with_second = twin_with_fixes(history, space, 1, lambda c: log_density(fixes["animal 2"], c), shape)
    without = twin_with_fixes(history, space, 1, lambda c: 0.0, shape)
    expected = plain + math.log(sum(alone) / len(alone)) + math.log(with_second / without)
    assert value == pytest.approx(expected, abs=1e-9)
    step = np.array([0, 0, 1e-5])
    above, below = (joint.value_and_gradient(beta + side * step)[0] for side in (1, -1))
    assert gradient[2] == pytest.approx((above - below) / 2e-5, rel=1e-6)


@pytest.mark.parametrize("detection", KERNELS)
def test_use_of_space_has_an_integral_of_one(detection):
    steps = np.arange(-12_000.0, 12_000.0, 50.0) + 25.0
    places = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
    kernel = telemetry_of([np.zeros((1, 2))], TELEMETRY_KERNELS[detection])
    density = np.exp(kernel.log_density(places, np.array(850.0)))
    assert density.sum() * 50.0**2 == pytest.approx(1.0, abs=1e-3)


def test_fixes_without_a_kernel_are_refused():
    history, space = survey(n_animals=3)
    history = replace(history, fixes={"collared": np.zeros((3, 2))})
    for text, code in (
        ("detection=HHR", "estimate.telemetry_needs_kernel"),
        ("sigma~slope", "estimate.telemetry_needs_one_sigma"),
    ):
        with pytest.raises(AnalysisError) as refused:
            joint_of(text, [history], [space])
        assert refused.value.code == code


def twin_with_fixes(history, space, animal, log_density, shape):
    """Integral of one animal's history with its fixes, up to a constant."""
    seen = plain_twin.counts_of(history)[animal]
    total = 0.0
    for point in space.xy_m:
        means = {
            (j, s): history.usage_station_days[j, s] * 0.2 * shape(math.dist(point, history.xy_m[j]))
            for j in range(history.n_detectors)
            for s in range(history.n_occasions)
        }
        total += plain_twin.probability("proximity", seen, means) * math.exp(log_density(point))
    return total


def test_an_animal_of_each_class_known_and_none_known_agree_on_the_total():
    # With both classes alike, classes tell nothing of detection: only the share of known sexes is left.
    history, space = survey()
    null = joint_of("", [history], [space]).value_and_gradient(np.array([-0.5, -1.6, 6.7]))[0]
    joint = joint_of("hcov=sex", [history], [space])
    value = joint.value_and_gradient(np.array([-0.5, -1.6, 6.7, 0.2]))[0]
    p = 1 / (1 + math.exp(-0.2))
    males, females = history.sex.count("M"), history.sex.count("F")
    assert value == pytest.approx(null + males * math.log(p) + females * math.log(1 - p))


def test_one_point_of_mask_is_enough_for_a_value():
    history, _ = survey()
    space = StateSpace(xy_m=np.array([[500.0, 500.0]]), cell_area_m2=1e6)
    joint = joint_of("lambda0~h2", [history], [space])
    value, gradient = joint.value_and_gradient(somewhere(joint))
    assert math.isfinite(value) and np.isfinite(gradient).all()
