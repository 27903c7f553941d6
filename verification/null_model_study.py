"""How good are estimates of density? Thousands of simulated surveys with known truth.

Run from the root of the checkout:

    .venv/bin/python verification/null_model_study.py --workers 2

Writes docs/verification/null-model.csv, .svg and .md. Nothing is left out: a survey that is refused
is counted under its code.
"""

from __future__ import annotations

import argparse
import csv
import math
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import matplotlib as mpl
import numpy as np
import scipy
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy.optimize import brentq

from pardine import __version__
from pardine.base.bulk import local_executor, map_tasks
from pardine.base.errors import AnalysisError
from pardine.base.provenance import source_hash
from pardine.base.result import Estimate
from pardine.estimate.fit import fit_model
from pardine.estimate.model import MaskSpec, ModelSpec, ParameterSpec
from pardine.estimate.statespace import StateSpace
from pardine.observe.session import DetectorType
from pardine.simulate.captures import TrueDetection, draw_capture_history
from pardine.simulate.world.scenario import SIGMA_M, Scenario
from pardine.simulate.world.world import draw_layout

ROOT = Path(__file__).resolve().parents[1]
SEED = 20260
CHUNK = 25
SPACING_M = 1500.0
SCENARIO = Scenario()
TARGET_BIAS = 0.03
TARGET_COVERAGE = (0.92, 0.97)


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One kind of survey; animals and detections are expected numbers, Poisson in each survey."""

    detector_type: DetectorType
    n_animals: int
    n_detections: int
    judged: bool = True

    @property
    def name(self) -> str:
        """Short and unique."""
        return f"{self.detector_type}, {self.n_animals} animals, {self.n_detections} detections"


SETTINGS = (
    *(
        Setting(detector_type=kind, n_animals=n_animals, n_detections=n_detections)
        for kind in ("count", "proximity")
        for n_animals in (25, 60)
        for n_detections in (60, 120)
    ),
    *(
        Setting(detector_type=kind, n_animals=10, n_detections=n_detections, judged=False)
        for kind in ("count", "proximity")
        for n_detections in (25, 60)
    ),
)


@dataclass(frozen=True, kw_only=True)
class Task:
    """A stretch of replicates of a setting."""

    setting: int
    first: int
    n: int


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One survey: what was seen, and the estimate, or the code of the refusal."""

    n_animals: int
    n_detected: int
    n_detections: int
    n_recaptures: int
    density: tuple[float, float, float] | None = None
    abundance: tuple[float, float, float] | None = None
    sigma: tuple[float, float, float] | None = None
    refusal: str = ""


@cache
def state_space() -> StateSpace:
    return SCENARIO.landscape.state_space(SPACING_M)


def true_density_per_km2(setting: Setting) -> float:
    return setting.n_animals / state_space().area_km2


@cache
def true_detection(setting: Setting) -> TrueDetection:
    """The lambda0 at which a survey of this setting is expected to yield its number of detections."""
    layouts = [draw_layout(SCENARIO, seed=SEED, replicate=10_000_000 + i) for i in range(20)]
    weight = true_density_per_km2(setting) * state_space().cell_area_m2 / 1e6 / len(layouts)
    hazard_times_usage = [
        (_half_normal(xy_m), usage) for xy_m, usage, _ in layouts
    ]  # (M, J) shape of the hazard, (J, S) usage

    def missing(log_lambda0: float) -> float:
        expected = 0.0
        for shape, usage in hazard_times_usage:
            if setting.detector_type == "count":
                expected += math.exp(log_lambda0) * float((shape @ usage).sum())
            else:
                rate = math.exp(log_lambda0) * shape[:, :, None] * usage[None, :, :]
                expected += float(-np.expm1(-rate).sum())
        return weight * expected - setting.n_detections

    lambda0 = math.exp(brentq(missing, math.log(1e-5), math.log(10.0), xtol=1e-6))
    return TrueDetection(detection="HHN", at_centre=lambda0, sigma_m=SIGMA_M)


def _half_normal(xy_m: NDArray[np.float64]) -> NDArray[np.float64]:
    squared_m2 = ((state_space().xy_m[:, None, :] - xy_m[None, :, :]) ** 2).sum(axis=2)
    return np.exp(-squared_m2 / (2.0 * SIGMA_M**2))


def null_model(detector_type: DetectorType) -> ModelSpec:
    return ModelSpec(
        detection="HHN",
        parameters=tuple(ParameterSpec(name=name, link="log") for name in ("D", "lambda0", "sigma")),
        detector_types={"simulated": detector_type},
        mask=MaskSpec(kind="given"),
    )


def survey_and_fit(setting_number: int, replicate: int) -> Outcome:
    setting = SETTINGS[setting_number]
    stream_number = setting_number * 1_000_000 + replicate
    xy_m, usage, _ = draw_layout(SCENARIO, seed=SEED, replicate=stream_number)
    history, centres_m = draw_capture_history(
        state_space(),
        true_density_per_km2(setting),
        xy_m=xy_m,
        usage_station_days=usage,
        detection=true_detection(setting),
        detector_type=setting.detector_type,
        seed=SEED,
        replicate=stream_number,
        duration_days=SCENARIO.survey.days,
    )
    seen = {
        "n_animals": len(centres_m),
        "n_detected": history.n_animals,
        "n_detections": history.n_detections,
        "n_recaptures": history.n_recaptures,
    }
    try:
        fit = fit_model([history], [state_space()], null_model(setting.detector_type))
    except AnalysisError as refusal:
        return Outcome(**seen, refusal=refusal.code)
    found = fit.sessions[0]
    return Outcome(
        **seen,
        density=_with_limits(found.density_per_100km2),
        abundance=_with_limits(found.n_realised),
        sigma=_with_limits(found.parameters["sigma"]),
    )


def _with_limits(estimate: Estimate) -> tuple[float, float, float]:
    return estimate.value, estimate.lower, estimate.upper


def do_task(task: Task) -> list[Outcome]:
    return [survey_and_fit(task.setting, task.first + i) for i in range(task.n)]


def covers(limits: NDArray[np.float64], truth: NDArray[np.float64] | float) -> float:
    return float(((limits[:, 1] <= truth) & (truth <= limits[:, 2])).mean())


def median_and_error(values: NDArray[np.float64]) -> tuple[float, float]:
    """Median and its Monte-Carlo standard error, from the order statistics one sd either side."""
    half = 0.5 / math.sqrt(values.size)
    low, middle, high = np.quantile(values, (0.5 - half, 0.5, 0.5 + half))
    return float(middle), float(high - low) / 2.0


def summarise(setting: Setting, outcomes: list[Outcome]) -> dict[str, str | float]:
    fitted = [o for o in outcomes if o.density is not None]
    density = np.array([o.density for o in fitted])
    abundance = np.array([o.abundance for o in fitted])
    sigma = np.array([o.sigma for o in fitted])
    n_true = np.array([o.n_animals for o in fitted])
    truth = 100.0 * true_density_per_km2(setting)
    error = density[:, 0] / truth - 1.0
    bias, bias_error = median_and_error(error)
    coverage = covers(density, truth)
    refusals = Counter(o.refusal for o in outcomes if o.refusal)
    return {
        "detector_type": setting.detector_type,
        "expected_animals": setting.n_animals,
        "expected_detections": setting.n_detections,
        "true_lambda0_per_station_day": round(true_detection(setting).at_centre, 5),
        "true_density_per_100km2": round(truth, 4),
        "replicates": len(outcomes),
        "median_detected": float(np.median([o.n_detected for o in outcomes])),
        "median_detections": float(np.median([o.n_detections for o in outcomes])),
        "median_relative_bias": round(bias, 4),
        "median_relative_bias_mc_error": round(bias_error, 4),
        "mean_relative_bias": round(float(error.mean()), 4),
        "mean_relative_bias_mc_error": round(float(error.std(ddof=1)) / math.sqrt(error.size), 4),
        "root_mean_square_relative_error": round(float(np.sqrt((error**2).mean())), 4),
        "coverage_density": round(coverage, 4),
        "coverage_density_mc_error": round(math.sqrt(coverage * (1.0 - coverage) / error.size), 4),
        "coverage_abundance": round(covers(abundance, n_true), 4),
        "coverage_abundance_whole": round(covers(_outward(abundance), n_true), 4),
        "coverage_sigma": round(covers(sigma, SIGMA_M), 4),
        "median_relative_bias_sigma": round(float(np.median(sigma[:, 0] / SIGMA_M - 1.0)), 4),
        "refused": sum(refusals.values()),
        "refusals": "; ".join(f"{code} {n}" for code, n in sorted(refusals.items())),
        "judged": "yes" if setting.judged else "no",
        "reached": _reached(setting, bias, coverage),
    }


def _outward(limits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Limits of a number of animals, rounded outward to whole animals."""
    return np.column_stack([limits[:, 0], np.floor(limits[:, 1]), np.ceil(limits[:, 2])])


def _reached(setting: Setting, bias: float, coverage: float) -> str:
    if not setting.judged:
        return ""
    low, high = TARGET_COVERAGE
    return "yes" if abs(bias) < TARGET_BIAS and low <= coverage <= high else "no"


def draw_figure(rows: list[dict[str, str | float]], path: Path) -> None:
    labels = [
        f"{r['detector_type']}, {r['expected_animals']} animals,\n{r['expected_detections']} detections"
        for r in rows
    ]
    place = np.arange(len(rows))[::-1]
    mpl.rcParams["svg.hashsalt"] = "null-model"
    figure = Figure(figsize=(9.5, 0.55 * len(rows) + 1.2), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    for axes, column, scale, band, goal in (
        (left, "median_relative_bias", 100.0, (-100.0 * TARGET_BIAS, 100.0 * TARGET_BIAS), 0.0),
        (right, "coverage_density", 100.0, tuple(100.0 * c for c in TARGET_COVERAGE), 95.0),
    ):
        value = scale * np.array([r[column] for r in rows], dtype=float)
        error = scale * 1.96 * np.array([r[f"{column}_mc_error"] for r in rows], dtype=float)
        axes.axvspan(*band, color="#d9e6f2")
        axes.axvline(goal, color="#7a8b99", linewidth=1.0)
        axes.errorbar(value, place, xerr=error, fmt="none", ecolor="#1b4f72", capsize=3)
        filled = ["#1b4f72" if r["judged"] == "yes" else "white" for r in rows]
        axes.scatter(value, place, s=30, c=filled, edgecolors="#1b4f72", zorder=3)
    left.set_yticks(place, labels)
    left.set_xlabel("median relative bias of D, %")
    right.set_xlabel("coverage of the 95 % interval of D, %")
    figure.suptitle(
        "Bars: 95 % Monte-Carlo error; shaded: target for 25 and 60 animals; hollow: reported only",
        fontsize=10,
    )
    figure.savefig(path, metadata={"Date": None})


def write_table(rows: list[dict[str, str | float]], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def write_page(rows: list[dict[str, str | float]], path: Path, command: str) -> None:
    judged = [r for r in rows if r["judged"] == "yes"]
    reached = sum(r["reached"] == "yes" for r in judged)
    low, high = (100.0 * c for c in TARGET_COVERAGE)
    area_km2 = state_space().area_km2
    lines = [
        "# Density from simulated surveys with known truth",
        "",
        f"Null model (HHN), full likelihood. {SCENARIO.stations.n} two-camera stations in two rows,",
        f"neighbours 4 to 5 km apart, {SCENARIO.survey.days} days in {SCENARIO.n_occasions} occasions, with",
        "snow, theft, dead batteries, full and lost cards, "
        "drawn anew for each survey (see [the simulated survey](../explanation/simulated-survey.md)); sigma",
        f"{SIGMA_M:,.0f} m; {area_km2:,.0f} km² of habitat on a grid of {SPACING_M:,.0f} m. “Animals” is the "
        "expected number living",
        "there, “detections” the expected number of detections; both vary from survey to survey, and no",
        "survey is left out for what it yielded. lambda0 is set so that the expected detections come out.",
        "",
        f"Target for 25 and 60 animals: median relative bias of D below {100 * TARGET_BIAS:.0f} %, "
        f"95 % intervals that cover {low:.0f} to {high:.0f} %.",
        f"**Reached in {reached} of {len(judged)} settings.** With 10 animals bias and failures are only "
        "reported.",
        "",
        "![Median relative bias and coverage by setting](null-model.svg)",
        "",
        "| detectors | animals | detections | seen (median) | surveys | refused "
        "| median bias of D ± MC error | mean bias | RMSE | coverage D ± MC error "
        "| coverage N (as whole numbers) | coverage sigma | reached |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|---|",
        *(_row(r) for r in rows),
        "",
        "Bias, RMSE and coverage are in %, over the surveys that were not refused; Monte-Carlo errors are",
        "standard errors. N is the number that really lived there; its interval is for realised abundance,",
        "also with its limits rounded outward to whole animals.",
        "",
        *_refusal_lines(rows),
        "Made by",
        "",
        "```sh",
        command,
        "```",
        "",
        f"at commit `{_commit()}`, Pardine {__version__} (source {source_hash()[:12]}), Python "
        f"{sys.version.split()[0]}, numpy {np.__version__}, scipy {scipy.__version__}. "
        "All numbers: [null-model.csv](null-model.csv).",
        "",
    ]
    path.write_text("\n".join(lines), encoding="utf-8")


def _row(r: dict[str, str | float]) -> str:
    def percent(column: str, digits: int = 1) -> str:
        return f"{100.0 * float(r[column]):.{digits}f}"

    return (
        f"| {r['detector_type']} | {r['expected_animals']} | {r['expected_detections']} "
        f"| {r['median_detected']:.0f} animals, {r['median_detections']:.0f} detections | {r['replicates']} "
        f"| {r['refused']} | {percent('median_relative_bias')} ± {percent('median_relative_bias_mc_error')} "
        f"| {percent('mean_relative_bias')} | {percent('root_mean_square_relative_error', 0)} "
        f"| {percent('coverage_density')} ± {percent('coverage_density_mc_error')} "
        f"| {percent('coverage_abundance')} ({percent('coverage_abundance_whole')}) "
        f"| {percent('coverage_sigma')} | {r['reached']} |"
    )


def _refusal_lines(rows: list[dict[str, str | float]]) -> list[str]:
    refused = [r for r in rows if r["refused"]]
    if not refused:
        return ["No survey was refused.", ""]
    listed = [
        f"- {r['detector_type']}, {r['expected_animals']} animals, {r['expected_detections']} detections: "
        f"{r['refusals']}"
        for r in refused
    ]
    return ["Refused, by code:", "", *listed, ""]


def _commit() -> str:
    answer = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return answer.stdout.strip()


def run_study(n_replicates: int, n_workers: int, settings: tuple[int, ...]) -> list[dict[str, str | float]]:
    tasks = [
        Task(setting=s, first=first, n=min(CHUNK, n_replicates - first))
        for s in settings
        for first in range(0, n_replicates, CHUNK)
    ]
    answers = map_tasks(
        do_task,
        tasks,
        make_executor=lambda: local_executor(n_workers),
        on_done=lambda done, of: print(f"\r{done}/{of}", end="", file=sys.stderr, flush=True),
    )
    print(file=sys.stderr)
    outcomes: dict[int, list[Outcome]] = {s: [] for s in settings}
    for task, answer in zip(tasks, answers, strict=True):
        outcomes[task.setting] += answer
    return [summarise(SETTINGS[s], outcomes[s]) for s in settings]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--replicates", type=int, default=1000, help="surveys of each setting")
    parser.add_argument("--workers", type=int, default=1, help="processes")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "verification", help="folder to write to")
    asked = parser.parse_args()
    rows = run_study(asked.replicates, asked.workers, tuple(range(len(SETTINGS))))
    asked.out.mkdir(parents=True, exist_ok=True)
    write_table(rows, asked.out / "null-model.csv")
    draw_figure(rows, asked.out / "null-model.svg")
    command = (
        f".venv/bin/python verification/null_model_study.py --replicates {asked.replicates} "
        f"--workers {asked.workers}"
    )
    write_page(rows, asked.out / "null-model.md", command)


if __name__ == "__main__":
    main()
