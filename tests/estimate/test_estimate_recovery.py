"""Simulated truth comes back, for every model class: a spot check, the studies are in verification/."""

import math
from dataclasses import replace

import numpy as np
import pytest
from estimate_surveys import history_from_counts

from pardine.base.errors import AnalysisError
from pardine.estimate.fit import fit_model
from pardine.estimate.formula.grammar import model_from_text
from pardine.estimate.likelihood.costdistance import cost_graph
from pardine.estimate.model import MaskSpec
from pardine.estimate.statespace import StateSpace

SIDE = np.arange(8) * 1500.0
XY = np.array([(x, y) for x in SIDE for y in SIDE])
EDGES = np.arange(-4500.0, 15100.0, 750.0)
POINTS = np.stack(np.meshgrid(EDGES, EDGES), axis=-1).reshape(-1, 2)
SPACE = StateSpace(xy_m=POINTS, cell_area_m2=750.0**2)
N_OCCASIONS = 12
DENSITY = 0.28
REPLICATES = 30


def half_normal(d, lambda0=0.12, sigma=1500.0):
    return lambda0 * np.exp(-(d**2) / (2 * sigma**2))


def draw(rng, *, kind="proximity", hazard=half_normal, shares=(1.0,), learns=0.0, density=DENSITY, cost=None):
    """One survey: animals one by one, occasions one after the other."""
    expected = np.broadcast_to(density, len(POINTS)) * SPACE.cell_area_m2 / 1e6
    counts, classes, centres = [], [], []
    ways = None
    if cost is not None:
        shell = history_from_counts(np.ones((1, 64, 1), dtype=int), XY, np.ones((64, 1)))
        ways = np.sqrt(cost_graph(shell, SPACE).squared_distances_m2(cost[None, :]))
    for cell in np.repeat(np.arange(len(POINTS)), rng.poisson(expected)):
        centre = POINTS[cell] + rng.uniform(-375, 375, 2)
        k = int(rng.random() < shares[-1]) if len(shares) > 1 else 0
        d = np.hypot(*(XY - centre).T) if ways is None else ways[:, cell]
        own = hazard[k](d) if isinstance(hazard, tuple) else hazard(d)
        seen = np.zeros((64, N_OCCASIONS), dtype=int)
        known = np.zeros(64, dtype=bool)
        for s in range(N_OCCASIONS):
            now = own * np.exp(learns * known)
            if kind == "multi":
                if rng.random() < -np.expm1(-now.sum()):
                    seen[rng.choice(64, p=now / now.sum()), s] = 1
            else:
                visits = rng.poisson(now)
                seen[:, s] = visits if kind == "count" else np.minimum(visits, 1)
            known |= seen[:, s] > 0
        if seen.any():
            counts.append(seen)
            classes.append(k)
            centres.append(centre)
    history = history_from_counts(
        np.array(counts), XY, np.ones((64, N_OCCASIONS)), detector_type=kind, session="A"
    )
    return history, classes, centres


def fit_of(history, text, space=SPACE, likelihood="full"):
    spec = model_from_text(
        text, {"A": history.detector_type}, mask=MaskSpec(kind="given"), likelihood=likelihood
    )
    return fit_model([history], [space], spec)


def sexed(history, classes, rng):
    known = rng.random(len(classes)) < 0.7
    sex = tuple("FM"[k] if told else None for k, told in zip(classes, known, strict=True))
    return replace(history, sex=sex)


def assert_recovered(fits, truth):
    """Means of estimates and of density within three Monte-Carlo standard errors and 3 %."""
    for name, value in truth.items():
        found = np.array([own[name] for own in fits])
        error = found.std(ddof=1) / math.sqrt(len(found))
        assert found.mean() == pytest.approx(value, abs=3.5 * error + 0.03), name


def summary(fit):
    return {c.name: c.estimate for c in fit.coefficients} | {
        "log density": math.log(fit.sessions[0].density_per_100km2.value / 100.0)
    }


HEX = {"hazard": lambda d: 0.25 * np.exp(-d / 900.0)}
HHR = {"hazard": lambda d: 0.12 * -np.expm1(-((np.maximum(d, 1e-3) / 1200.0) ** -4.0))}
SEXES = {"hazard": (half_normal, lambda d: half_normal(d, 0.08, 2200.0)), "shares": (0.6, 0.4)}
SLOPE = (POINTS[:, 0] - POINTS[:, 0].mean()) / POINTS[:, 0].std(ddof=1)
BASE = {"log density": math.log(DENSITY), "lambda0": math.log(0.12), "sigma": math.log(1500.0)}
CASES = {
    "count": ("", {"kind": "count"}, "full", BASE),
    "multi": ("", {"kind": "multi"}, "full", BASE),
    "conditional": ("", {}, "conditional", BASE),
    "HEX": ("detection=HEX", HEX, "full", {"log density": math.log(DENSITY), "sigma": math.log(900.0)}),
    "HHR": ("detection=HHR", HHR, "full", {"log density": math.log(DENSITY), "z": math.log(4.0)}),
    "bk": ("lambda0~bk", {"learns": 0.9}, "full", {**BASE, "lambda0.bk[TRUE]": 0.9}),
    "bk multi": ("lambda0~bk", {"learns": -0.9, "kind": "multi"}, "full", {**BASE, "lambda0.bk[TRUE]": -0.9}),
    "D~x": ("D~x", {"density": DENSITY * np.exp(0.5 * SLOPE)}, "full", {"D.x": 0.5, "sigma": BASE["sigma"]}),
    "hcov": (
        "hcov=sex, lambda0~h2, sigma~h2",
        SEXES,
        "full",
        {**BASE, "sigma.h2[M]": math.log(2200 / 1500), "pmix.h2[M]": math.log(0.4 / 0.6)},
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_truth_comes_back(case):
    text, options, likelihood, truth = CASES[case]
    fits, failures = [], 0
    for replicate in range(REPLICATES):
        rng = np.random.default_rng([17, replicate])
        history, classes, _ = draw(rng, **options)
        history = sexed(history, classes, rng) if case == "hcov" else history
        try:
            fits.append(summary(fit_of(history, text, likelihood=likelihood)))
        except AnalysisError:
            failures += 1
    assert failures <= 1
    assert_recovered(fits, truth)


@pytest.mark.slow
def test_a_cost_of_moving_comes_back():
    cover = (np.hypot(*(POINTS - POINTS.mean(axis=0)).T) < 3000.0).astype(float)
    space = replace(SPACE, covariates={"cover": cover})
    found = []
    for replicate in range(4):
        rng = np.random.default_rng([23, replicate])
        history, _, _ = draw(rng, cost=np.exp(0.8 * cover))
        found.append(summary(fit_of(history, "noneuc~cover", space)))
    assert_recovered(found, {"noneuc.cover": 0.8, "sigma": BASE["sigma"]})


def test_collars_sharpen_sigma_and_leave_density():
    rng = np.random.default_rng(5)
    history, _, centres = draw(rng)
    plain = fit_of(history, "")
    fixes = {
        name: rng.normal(c, 1500.0, (40, 2)) for name, c in zip(history.animals[:4], centres, strict=False)
    }
    fixes["never caught"] = rng.normal((1e3, 2e3), 1500.0, (40, 2))
    collared = fit_of(replace(history, fixes=fixes), "")
    assert collared.coefficients[2].se < 0.7 * plain.coefficients[2].se
    assert collared.coefficients[2].estimate == pytest.approx(BASE["sigma"], abs=0.1)
    assert collared.coefficients[0].estimate == pytest.approx(plain.coefficients[0].estimate, abs=0.15)


def test_sexes_taken_for_one_lose_animals():
    rng = np.random.default_rng(29)
    hazard = (lambda d: half_normal(d, 0.12, 1100.0), lambda d: half_normal(d, 0.12, 3000.0))
    history, classes, _ = draw(rng, hazard=hazard, shares=(0.5, 0.5))
    history = sexed(history, classes, rng)
    apart = summary(fit_of(history, "hcov=sex, lambda0~h2, sigma~h2"))
    assert summary(fit_of(history, ""))["log density"] < apart["log density"] - 0.1
