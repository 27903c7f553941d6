"""Simulation-based calibration of partition and density together, with the exact evidence model.

Parameters are drawn from the priors, a survey from the parameters, and the posterior is sampled. If
the sampler is right, the rank of each truth among its draws is uniform (Talts et al. 2018), whatever
the data. Writes docs/verification/identity-calibration.{md,csv,svg}:

    .venv/bin/python verification/identity_calibration_study.py --replicates 400 --workers 1 --keep FOLDER
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
import numpy as np
import scipy
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy import stats

from pardine import __version__
from pardine.base.bulk import local_executor, map_tasks
from pardine.base.provenance import source_hash
from pardine.base.randomness import stream
from pardine.estimate.identity.chain import Model, Schedule, sample
from pardine.estimate.identity.convergence import bulk_effective_size, rhat
from pardine.estimate.identity.habitat import Habitat, habitat
from pardine.estimate.identity.prior import LogNormal, Priors, parameter_names
from pardine.estimate.statespace import StateSpace
from pardine.identify.partition.evidence import Evidence
from pardine.simulate.passages import Marks, Passages, draw_coats, draw_passages

ROOT = Path(__file__).resolve().parents[1]
SEED = 9
N_RANKS = 20
SCHEDULE = Schedule(n_chains=2, n_warmup=300, n_draws=700)
N_SEXES = 2
SETTINGS = {"good photographs": 0.15, "middling photographs": 0.6, "poor photographs": 1.5}
QUANTITIES = (*parameter_names(1, N_SEXES), "n_seen", "n_animals")
PRIORS = Priors(
    density_per_100km2=LogNormal(median=2.0, log_sd=0.4),
    lambda0_per_day=LogNormal(median=0.03, log_sd=0.4),
    sigma_m=LogNormal(median=2500.0, log_sd=0.25),
)
"""Narrower than in use, so that the drawn surveys are neither empty nor endless."""


@dataclass(frozen=True)
class Task:
    """One survey of one setting."""

    setting: str
    replicate: int
    keep: str | None


def world() -> Habitat:
    side = (np.arange(24) + 0.5) * 1250.0
    grid = np.array([(x, y) for x in side for y in side])
    stations = np.array([(x, y) for x in range(7500, 24_000, 5000) for y in range(7500, 24_000, 5000)], float)
    return habitat(StateSpace(xy_m=grid, cell_area_m2=1250.0**2), stations, np.full(len(stations), 80.0))


def one(task: Task) -> dict[str, float | str] | None:
    kept = Path(task.keep) / f"{task.setting}-{task.replicate}.json" if task.keep else None
    if kept and kept.exists():
        return json.loads(kept.read_text(encoding="utf-8"))
    rng = stream(SEED, task.setting, task.replicate)
    where = world()
    mean, sd = PRIORS.as_normal(1, N_SEXES)
    truth = mean + sd * rng.standard_normal(len(mean))
    passages = draw_passages(truth, where, Marks(), rng, n_sexes=N_SEXES)
    row: dict[str, float | str] | None = None
    if passages is not None:
        coats = draw_coats(passages.animal, rng, n_dimensions=8, mean_variance=SETTINGS[task.setting])
        row = ranks(task, truth, passages, Model(
            points=passages.points, evidence=Evidence(coats=coats), habitat=where, priors=PRIORS,
            n_sexes=N_SEXES, sex_error=Marks().sex_error,
        ), rng)  # fmt: skip
    if kept:
        kept.write_text(json.dumps(row), encoding="utf-8")
    return row


def ranks(
    task: Task, truth: NDArray[np.float64], passages: Passages, model: Model, rng: np.random.Generator
) -> dict[str, float | str]:
    began = time.process_time()
    draws = sample(model, seed=SEED + task.replicate, schedule=SCHEDULE)
    values = {name: draws.parameters[:, :, k] for k, name in enumerate(draws.names)}
    values |= {"n_seen": draws.n_seen, "n_animals": draws.n_animals}
    true = dict(zip(draws.names, truth, strict=True))
    true |= {"n_seen": passages.n_seen, "n_animals": passages.n_animals}
    row: dict[str, float | str] = {"setting": task.setting, "replicate": task.replicate}
    for name in QUANTITIES:
        pooled = np.sort(values[name].ravel())
        below = np.searchsorted(pooled, true[name], "left")
        equal = np.searchsorted(pooled, true[name], "right") - below
        row[f"rank_{name}"] = float((below + rng.random() * (equal + 1)) / (len(pooled) + 1))
    log_density = values["log_density_per_m2"]
    return row | {
        "passages": passages.points.n,
        "seen": passages.n_seen,
        "rhat": float(rhat(log_density)),
        "effective": float(bulk_effective_size(log_density)),
        "seconds": time.process_time() - began,
    }


def summary(rows: list[dict[str, float | str]]) -> list[dict[str, float | str]]:
    table: list[dict[str, float | str]] = []
    for setting in SETTINGS:
        own = [row for row in rows if row["setting"] == setting]
        for name in QUANTITIES:
            rank = np.array([float(row[f"rank_{name}"]) for row in own])
            counts = np.histogram(rank, bins=N_RANKS, range=(0.0, 1.0))[0]
            table.append({
                "setting": setting,
                "quantity": name,
                "surveys": len(own),
                "mean_rank": round(float(rank.mean()), 3),
                "covered_95": round(float(((rank > 0.025) & (rank < 0.975)).mean()), 3),
                "covered_50": round(float(((rank > 0.25) & (rank < 0.75)).mean()), 3),
                "p_uniform": round(float(stats.chisquare(counts).pvalue), 4),
            })  # fmt: skip
    return table


def draw_figure(rows: list[dict[str, float | str]], path: Path) -> None:
    mpl.rcParams["svg.hashsalt"] = "pardine"
    figure = Figure(figsize=(11.0, 6.0), layout="constrained")
    shown = ("log_density_per_m2", "log_lambda0_F", "log_sigma_m_M", "n_animals")
    axes = figure.subplots(len(SETTINGS), len(shown), sharex=True, squeeze=False)
    for line, setting in zip(axes, SETTINGS, strict=True):
        own = [row for row in rows if row["setting"] == setting]
        low, high = stats.binom.ppf([0.005, 0.995], len(own), 1.0 / N_RANKS)
        for axis, name in zip(line, shown, strict=True):
            axis.axhspan(low, high, color="0.88")
            axis.hist(
                [float(row[f"rank_{name}"]) for row in own], bins=N_RANKS, range=(0, 1), color="#33658a"
            )
            axis.set_title(f"{name}, {setting}", fontsize=8)
    figure.savefig(path, metadata={"Date": None})


def write(rows: list[dict[str, float | str]], command: str, note: str) -> None:
    folder = ROOT / "docs" / "verification"
    table = summary(rows)
    with (folder / "identity-calibration.csv").open("w", newline="", encoding="utf-8") as stream_out:
        writer = csv.DictWriter(stream_out, list(table[0]))
        writer.writeheader()
        writer.writerows(table)
    draw_figure(rows, folder / "identity-calibration.svg")
    commit = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    lines = [
        "| setting | quantity | surveys | mean rank | 95 % holds | 50 % holds | p (uniform) |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {row['setting']} | {row['quantity']} | {row['surveys']} | {row['mean_rank']} | "
        f"{100 * float(row['covered_95']):.1f} | {100 * float(row['covered_50']):.1f} | {row['p_uniform']} |"
        for row in table
    ]
    n_poor = sum(float(row["rhat"]) > 1.05 for row in rows)
    seconds = np.median([float(row["seconds"]) for row in rows])
    text = f"""# Partition and density together: is the posterior what it says?

Parameters are drawn from the priors, animals, passages, marks, sexes and coats from the parameters,
and the [joint posterior](../explanation/identity-uncertainty.md) is sampled with the evidence that the
simulation used. Then the true value of anything must lie at a uniformly distributed rank among its
draws, whatever the data (simulation-based calibration: Talts et al. 2018, arXiv 1804.06788). This
tests the likelihood and the sampler; it does not test the evidence of a real matcher.

![Ranks of the truth](identity-calibration.svg)

Grey bands hold 99 % of bars under uniformity. {len(rows)} surveys with passages; in {n_poor} of them
R-hat of log D exceeded 1.05 with this short schedule ({SCHEDULE.n_chains} chains of {SCHEDULE.n_draws}
draws); they are included. A survey takes {seconds:.0f} s of processor time (median).

{chr(10).join(lines)}

Intervals in %. {note} Made by

```sh
{command}
```

at commit `{commit.stdout.strip()}`, Pardine {__version__} (source {source_hash()[:12]}), Python
{sys.version.split()[0]}, numpy {np.__version__}, scipy {scipy.__version__}.
"""
    (folder / "identity-calibration.md").write_text(text, encoding="utf-8")


def main() -> None:
    """Run or go on with the study."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--replicates", type=int, default=400)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--keep", help="folder of finished surveys, to go on from")
    parser.add_argument("--note", default="", help="what the page should say of the surveys")
    given = parser.parse_args()
    if given.keep:
        Path(given.keep).mkdir(parents=True, exist_ok=True)
    tasks = [Task(setting, k, given.keep) for k in range(given.replicates) for setting in SETTINGS]
    answers = map_tasks(one, tasks, make_executor=lambda: local_executor(given.workers))
    rows = [row for row in answers if row is not None]
    command = f".venv/bin/python verification/identity_calibration_study.py --replicates {given.replicates}"
    write(rows, command, given.note)


if __name__ == "__main__":
    main()
