"""Hold the precision that `pardine design` predicts against the precision that surveys reach.

For ten layouts the coefficient of variation of density is predicted from the expected information,
and measured on simulated surveys that are each fitted. Writes docs/verification/design.{md,csv,svg}:

    .venv/bin/python verification/design_study.py --replicates 600 --workers 1
"""

from __future__ import annotations

import argparse
import csv
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

from pardine import __version__
from pardine.base.bulk import local_executor
from pardine.base.provenance import source_hash
from pardine.base.randomness import stream
from pardine.estimate.model import Detection
from pardine.estimate.planning.information import PlannedSurvey, expected_precision
from pardine.estimate.statespace import buffer_state_space
from pardine.observe.session import DetectorType
from pardine.simulate.precision import simulated_precision
from pardine.simulate.world.landscape import HillStrip, station_places

ROOT = Path(__file__).resolve().parents[1]
SEED = 7
SIGMA_M = 3500.0
TARGET = 0.10
Row = dict[str, str | float]


@dataclass(frozen=True, kw_only=True)
class Layout:
    """A layout of the study; sigma is 3.5 km and the density in animals per 100 km2."""

    name: str
    xy_m: NDArray[np.float64]
    at_centre: float
    density_per_100km2: float
    usage_days: NDArray[np.float64]
    detector_type: DetectorType = "count"
    detection: Detection = "HHN"


def grid(n_x: int, n_y: int, spacing_m: float) -> NDArray[np.float64]:
    x, y = np.meshgrid(np.arange(n_x), np.arange(n_y))
    return np.column_stack([x.ravel(), y.ravel()]) * spacing_m


def clusters(n_each: int, centres_m: NDArray[np.float64], spacing_m: float) -> NDArray[np.float64]:
    return np.concatenate([grid(n_each, n_each, spacing_m) + centre for centre in centres_m])


def nights(n_stations: int, n_occasions: int, days: float) -> NDArray[np.float64]:
    return np.full((n_stations, n_occasions), days)


def broken(n_stations: int, n_occasions: int, days: float) -> NDArray[np.float64]:
    """A quarter of the stations end half-way, and parts of occasions are lost."""
    rng = stream(SEED, "outages")
    usage = nights(n_stations, n_occasions, days) * rng.uniform(0.5, 1.0, (n_stations, n_occasions))
    usage[rng.random(n_stations) < 0.25, n_occasions // 2 :] = 0.0
    return usage


def layouts() -> tuple[Layout, ...]:
    scatter = stream(SEED, "scatter").uniform(0.0, 40_000.0, (45, 2))
    strip = station_places(HillStrip(), 40, 4600.0, stream(SEED, "strip"))
    groups = np.array([[0.0, 0.0], [30_000.0, 0.0], [0.0, 30_000.0], [30_000.0, 30_000.0]])
    triangle = clusters(2, groups[:3] / 1.5, SIGMA_M)
    line = grid(30, 1, 1.2 * SIGMA_M)
    return (
        Layout(name="6 x 6 grid, 2 sigma", xy_m=grid(6, 6, 7000.0), at_centre=0.02,
               density_per_100km2=1.0, usage_days=nights(36, 9, 10.0)),
        Layout(name="6 x 6 grid, 3 sigma", xy_m=grid(6, 6, 10_500.0), at_centre=0.03,
               density_per_100km2=0.8, usage_days=nights(36, 9, 10.0)),
        Layout(name="7 x 7 grid, 1.2 sigma, proximity", xy_m=grid(7, 7, 4200.0), at_centre=0.02,
               density_per_100km2=2.5, usage_days=nights(49, 12, 7.0), detector_type="proximity"),
        Layout(name="5 x 5 grid, 1.5 sigma, half-normal", xy_m=grid(5, 5, 5250.0), at_centre=0.02,
               density_per_100km2=2.0, usage_days=nights(25, 9, 10.0), detection="HN"),
        Layout(name="4 groups of 9", xy_m=clusters(3, groups, SIGMA_M), at_centre=0.02,
               density_per_100km2=1.5, usage_days=nights(36, 6, 15.0)),
        Layout(name="3 groups of 4, proximity", xy_m=triangle, at_centre=0.04,
               density_per_100km2=2.5, usage_days=nights(12, 9, 10.0), detector_type="proximity"),
        Layout(name="line of 30", xy_m=line, at_centre=0.03,
               density_per_100km2=1.5, usage_days=nights(30, 9, 10.0)),
        Layout(name="strip of 40 in two rows, outages", xy_m=strip, at_centre=0.0321,
               density_per_100km2=1.225, usage_days=broken(40, 9, 10.0)),
        Layout(name="45 scattered, proximity, outages", xy_m=scatter, at_centre=0.015,
               density_per_100km2=1.5, usage_days=broken(45, 12, 7.0), detector_type="proximity"),
        Layout(name="10 x 10 grid, 2 sigma", xy_m=grid(10, 10, 7000.0), at_centre=0.01,
               density_per_100km2=1.5, usage_days=nights(100, 6, 10.0)),
    )  # fmt: skip


def plan_of(layout: Layout) -> PlannedSurvey:
    at_centre = "g0" if layout.detection == "HN" else "lambda0"
    return PlannedSurvey(
        xy_m=layout.xy_m,
        usage_station_days=layout.usage_days,
        detector_type=layout.detector_type,
        state_space=buffer_state_space(layout.xy_m, 4.0 * SIGMA_M, 0.6 * SIGMA_M),
        density_per_km2=layout.density_per_100km2 / 100.0,
        detection=layout.detection,
        values={at_centre: layout.at_centre, "sigma": SIGMA_M},
    )


def study(layout: Layout, number: int, n_replicates: int, n_workers: int) -> Row:
    plan = plan_of(layout)
    began = time.perf_counter()
    expected = expected_precision(plan)
    seconds = time.perf_counter() - began
    simulated = simulated_precision(
        plan, n_surveys=n_replicates, seed=SEED + number, make_executor=lambda: local_executor(n_workers)
    )
    rough = min(expected.n_animals, expected.n_recaptures) ** -0.5
    ratio = expected.cv_density / simulated.cv_density
    return {
        "layout": layout.name,
        "detectors": layout.detector_type,
        "stations": len(layout.xy_m),
        "mask_points": plan.state_space.n_points,
        "expected_animals": round(expected.n_animals, 1),
        "expected_detections": round(expected.n_detections, 1),
        "expected_moved": round(expected.n_moved, 1),
        "simulated_animals": round(simulated.mean_animals, 1),
        "simulated_detections": round(simulated.mean_detections, 1),
        "surveys": simulated.n_surveys,
        "refused": simulated.n_refused,
        "cv_predicted": round(expected.cv_density, 4),
        "cv_simulated": round(simulated.cv_density, 4),
        "cv_simulated_mc_error": round(simulated.cv_mc_error, 4),
        "predicted_over_simulated": round(ratio, 4),
        "cv_rough": round(rough, 4),
        "rough_over_simulated": round(rough / simulated.cv_density, 4),
        "relative_bias": round(simulated.relative_bias, 4),
        "coverage_95": round(simulated.coverage, 4),
        "seconds_to_predict": round(seconds, 3),
        "reached": "yes" if abs(ratio - 1.0) <= TARGET else "no",
    }


def draw_figure(rows: list[Row], path: Path) -> None:
    mpl.rcParams["svg.hashsalt"] = "design"
    figure = Figure(figsize=(8.5, 4.2), layout="constrained")
    axes = figure.add_subplot()
    place = np.arange(len(rows))[::-1]
    simulated = np.array([float(r["cv_simulated"]) for r in rows])
    error = 1.96 * np.array([float(r["cv_simulated_mc_error"]) for r in rows]) / simulated
    axes.axvspan(100 * (1 - TARGET), 100 * (1 + TARGET), color="#d9e6f2")
    axes.axvline(100.0, color="#7a8b99", linewidth=1.0)
    ratio = 100.0 * np.array([float(r["predicted_over_simulated"]) for r in rows])
    axes.errorbar(ratio, place, xerr=ratio * error, fmt="o", color="#1b4f72", capsize=3,
                  label="expected information, 95 % Monte-Carlo error")  # fmt: skip
    rough = [100.0 * float(r["rough_over_simulated"]) for r in rows]
    axes.plot(rough, place, "x", color="#9a5b00", label="1/sqrt(min(n, r))")
    axes.set_yticks(place, [str(r["layout"]) for r in rows])
    axes.set_xlabel("predicted coefficient of variation of D, % of the simulated one (shaded: target)")
    figure.legend(loc="outside upper center", ncols=2, frameon=False)
    figure.savefig(path, metadata={"Date": None})


def write_table(rows: list[Row], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def write_page(rows: list[Row], path: Path, command: str) -> None:
    reached = sum(r["reached"] == "yes" for r in rows)
    lines = [
        "# Precision that is predicted, and precision that is reached",
        "",
        "`pardine design` predicts the coefficient of variation (CV) of density from the expected",
        "information of the full likelihood ([how](../explanation/expected-precision.md)). Here ten layouts",
        "are surveyed by simulation, each survey is fitted (null model), and the standard deviation of the",
        f"density estimates is divided by their mean. Sigma is {SIGMA_M:,.0f} m; the number of animals is",
        "Poisson, their centres lie anywhere in the habitat.",
        "",
        f"Target: predicted within {100 * TARGET:.0f} % of simulated. **Reached in {reached} of {len(rows)} "
        "layouts.** The common rule 1/sqrt(min(n, r)), from the same expectations, stands beside it.",
        "",
        "![Predicted against simulated precision](design.svg)",
        "",
        "| layout | stations | animals, detections expected (simulated) | surveys (refused) | CV predicted "
        "| CV simulated ± MC error | ratio | 1/sqrt(min(n, r)) | bias of D | coverage | reached |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
        *(_row(r) for r in rows),
        "",
        "CV, bias and coverage are in %. Refused surveys (nobody seen twice, and the like) have no estimate",
        "and are left out of the simulated CV. A prediction takes "
        f"{min(float(r['seconds_to_predict']) for r in rows):.2f} to "
        f"{max(float(r['seconds_to_predict']) for r in rows):.2f} s here.",
        "",
        "Made by",
        "",
        "```sh",
        command,
        "```",
        "",
        f"at commit `{_commit()}`, Pardine {__version__} (source {source_hash()[:12]}), Python "
        f"{sys.version.split()[0]}, numpy {np.__version__}, scipy {scipy.__version__}. "
        "All numbers: [design.csv](design.csv).",
        "",
    ]
    path.write_text("\n".join(lines), encoding="utf-8")


def _row(r: Row) -> str:
    def percent(column: str) -> str:
        return f"{100.0 * float(r[column]):.1f}"

    return (
        f"| {r['layout']} | {r['stations']} | {r['expected_animals']}, {r['expected_detections']} "
        f"({r['simulated_animals']}, {r['simulated_detections']}) | {r['surveys']} ({r['refused']}) "
        f"| {percent('cv_predicted')} | {percent('cv_simulated')} ± {percent('cv_simulated_mc_error')} "
        f"| {float(r['predicted_over_simulated']):.2f} | {percent('cv_rough')} | {percent('relative_bias')} "
        f"| {percent('coverage_95')} | {r['reached']} |"
    )


def _commit() -> str:
    answer = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return answer.stdout.strip() or "not in a checkout"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--replicates", type=int, default=600, help="surveys of each layout")
    parser.add_argument("--workers", type=int, default=1, help="processes")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "verification", help="folder to write to")
    asked = parser.parse_args()
    rows = []
    for number, layout in enumerate(layouts()):
        rows.append(study(layout, number, asked.replicates, asked.workers))
        print(rows[-1], file=sys.stderr, flush=True)
    asked.out.mkdir(parents=True, exist_ok=True)
    write_table(rows, asked.out / "design.csv")
    draw_figure(rows, asked.out / "design.svg")
    command = (
        f".venv/bin/python verification/design_study.py --replicates {asked.replicates} "
        f"--workers {asked.workers}"
    )
    write_page(rows, asked.out / "design.md", command)


if __name__ == "__main__":
    main()
