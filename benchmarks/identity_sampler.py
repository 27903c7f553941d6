"""Effective draws of log D within ten minutes: 1,000 encounters of 100 animals at 150 stations.

    python benchmarks/identity_sampler.py [--photographs middling] [--iterations 900] [--workers 2]

A simulated survey on a mask of 10,000 points; coats are told by log likelihood ratios of pairs, a
layer for each flank, weighted for groups (composite evidence). Four chains that start apart, warm-up
counted. Told are processor seconds, time by the clock, bulk effective size and R-hat of log D. What is
asked: at least 400 and at most 1.01 within 600 s on two cores, which is 1,200 processor seconds.
"""

from __future__ import annotations

import argparse
import json
import resource
import time

import numpy as np

from pardine.base.bulk import local_executor
from pardine.estimate.identity.chain import Model, Schedule, sample
from pardine.estimate.identity.habitat import Habitat, habitat
from pardine.estimate.identity.posterior import convergence
from pardine.estimate.identity.prior import LogNormal, Priors
from pardine.estimate.statespace import StateSpace
from pardine.identify.partition.evidence import Evidence, Layer, composite_weight
from pardine.simulate.passages import Marks, Passages, draw_coats, draw_passages

PHOTOGRAPHS = {"good": 0.15, "middling": 0.5, "poor": 1.0}
SEED = 4
PRIORS = Priors(
    density_per_100km2=LogNormal(median=2.0, log_sd=1.5),
    lambda0_per_day=LogNormal(median=0.05, log_sd=1.5),
    sigma_m=LogNormal(median=3500.0, log_sd=0.7),
)


def world() -> Habitat:
    side = (np.arange(100) + 0.5) * 1000.0
    grid = np.array([(x, y) for x in side for y in side])
    stations = np.array([(x, y) for x in np.linspace(2e4, 8e4, 15) for y in np.linspace(25e3, 75e3, 10)])
    return habitat(StateSpace(xy_m=grid, cell_area_m2=1e6), stations, np.full(150, 85.0))


def survey(where: Habitat) -> Passages:
    """The first drawn survey with about 100 animals and 1,000 passages."""
    truth = np.log([2.0e-8, 0.046, 3500.0])
    for k in range(400):
        drawn = draw_passages(truth, where, Marks(), np.random.default_rng([SEED, k]))
        if drawn and abs(drawn.n_seen - 100) <= 3 and abs(drawn.points.n - 1000) <= 30:
            return drawn
    raise SystemExit("no such survey was drawn")


def evidence_of(passages: Passages, mean_variance: float) -> Evidence:
    n = passages.points.n
    layers = []
    for k, member in enumerate((passages.points.left, passages.points.right)):
        rng = np.random.default_rng([SEED, 1000 + k])
        coats = draw_coats(passages.animal, rng, n_dimensions=8, mean_variance=mean_variance)
        llr = coats.of_pairs().astype(np.float32)
        layers.append(Layer(llr=(llr + llr.T) / 2, member=member, weight=composite_weight(n)))
    return Evidence(layers=tuple(layers))


def processor_seconds() -> float:
    own, others = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photographs", choices=sorted(PHOTOGRAPHS), default="middling")
    parser.add_argument("--iterations", type=int, default=900, help="draws kept of each chain")
    parser.add_argument("--warmup", type=int, default=400)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    where = world()
    passages = survey(where)
    model = Model(
        points=passages.points,
        evidence=evidence_of(passages, PHOTOGRAPHS[given.photographs]),
        habitat=where,
        priors=PRIORS,
    )
    schedule = Schedule(n_chains=4, n_warmup=given.warmup, n_draws=given.iterations)
    cpu, clock = processor_seconds(), time.perf_counter()
    draws = sample(model, seed=SEED, schedule=schedule, make_executor=lambda: local_executor(given.workers))
    found = convergence(np.log(draws.density_per_100km2))
    print(json.dumps({
        "passages": passages.points.n,
        "animals_seen": passages.n_seen,
        "photographs": given.photographs,
        "draws": list(draws.density_per_100km2.shape),
        "processor_s": round(processor_seconds() - cpu, 1),
        "clock_s": round(time.perf_counter() - clock, 1),
        "bulk_effective": round(found.bulk_effective),
        "rhat": round(found.rhat, 4),
        "median_density_per_100km2": round(float(np.median(draws.density_per_100km2)), 3),
        "mean_animals_seen": [round(float(x), 1) for x in draws.n_seen.mean(axis=1)],
    }, indent=1))  # fmt: skip


if __name__ == "__main__":
    main()
