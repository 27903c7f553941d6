"""Do parameters come back? Surveys drawn from the capture-recapture model, and from moving animals.

Run from the root of the checkout:

    .venv/bin/python verification/simulated_survey_study.py --workers 2

Writes docs/verification/simulated-survey.csv and .md. Nothing is left out: a survey that is refused is
counted under its code. ``--n`` draws fewer surveys; the page says how many there were.
"""

from __future__ import annotations

import argparse
import csv
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pardine import __version__
from pardine.base.bulk import local_executor, map_tasks
from pardine.base.errors import AnalysisError
from pardine.base.provenance import source_hash
from pardine.estimate.fit import fit_model
from pardine.estimate.formula.grammar import make_model
from pardine.estimate.model import MaskSpec
from pardine.simulate.world.landscape import HillStrip
from pardine.simulate.world.scenario import AnimalKeys, MovementKeys, Scenario
from pardine.simulate.world.world import draw_world, history_of_year

ROOT = Path(__file__).resolve().parents[1]
SEED = 404
CHUNK = 10
STRIP = HillStrip(grid_m=1_500.0)
TARGET_BIAS, TARGET_COVERAGE = 0.03, (0.92, 0.97)
PARAMETERS = ("D", "N", "lambda0", "sigma")


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One kind of survey: expected number of animals, and how they come before cameras."""

    name: str
    kind: str
    n_animals: int
    return_days: float = 4.0

    @property
    def scenario(self) -> Scenario:
        """Its scenario; all stations, failures and thefts as by default."""
        area_km2 = STRIP.state_space(STRIP.grid_m).area_km2
        return Scenario(
            landscape=STRIP,
            animals=AnimalKeys(density_per_100km2=100.0 * self.n_animals / area_km2),
            movement=MovementKeys(kind=self.kind, return_days=self.return_days),
        )


SETTINGS = (
    Setting(name="model, 25 animals", kind="capture-recapture", n_animals=25),
    Setting(name="model, 60 animals", kind="capture-recapture", n_animals=60),
    Setting(name="moving, 25 animals", kind="moving", n_animals=25),
    Setting(name="moving, 60 animals", kind="moving", n_animals=60),
    Setting(name="moving slowly, 60 animals", kind="moving", n_animals=60, return_days=20.0),
)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One survey: estimate, lower and upper limit of each parameter beside its truth, or a refusal."""

    n_detected: int
    n_detections: int
    estimates: dict[str, tuple[float, float, float, float]] | None = None
    refusal: str = ""


def survey_and_fit(setting: Setting, replicate: int) -> Outcome:
    world = draw_world(setting.scenario, seed=SEED * 100_000 + replicate)
    (year,) = world.years
    history = history_of_year(world, year)
    seen = {"n_detected": history.n_animals, "n_detections": history.n_detections}
    spec = make_model({history.session: "count"}, detection="HHN", mask=MaskSpec(kind="given"))
    try:
        session = fit_model([history], [world.habitat], spec).sessions[0]
    except AnalysisError as refusal:
        return Outcome(**seen, refusal=refusal.code)
    movement = setting.scenario.movement
    told = {
        "D": (session.density_per_100km2, setting.scenario.animals.density_per_100km2),
        "N": (session.n_realised, float(len(year.animals))),
        "sigma": (session.parameters["sigma"], movement.sigma_m),
    }
    if setting.kind == "capture-recapture":
        told["lambda0"] = (session.parameters["lambda0"], movement.lambda0)
    return Outcome(
        **seen, estimates={name: (e.value, e.lower, e.upper, true) for name, (e, true) in told.items()}
    )


def do_chunk(task: tuple[int, int, int]) -> list[Outcome]:
    setting, first, n = task
    return [survey_and_fit(SETTINGS[setting], first + i) for i in range(n)]


def histories_per_minute(setting: Setting, n: int) -> float:
    draw_world(setting.scenario, seed=0)  # compiled before the clock starts
    began = time.process_time()
    for seed in range(1, n + 1):
        world = draw_world(setting.scenario, seed=seed)
        history_of_year(world, world.years[0])
    return 60.0 * n / (time.process_time() - began)


def summary(setting: Setting, outcomes: Sequence[Outcome]) -> list[dict[str, str | int | float]]:
    fitted = [o for o in outcomes if o.estimates is not None]
    refusals = Counter(o.refusal for o in outcomes if o.refusal)
    rows: list[dict[str, str | int | float]] = []
    for name in PARAMETERS:
        values = np.array([o.estimates[name] for o in fitted if o.estimates and name in o.estimates])
        if not values.size:
            continue
        estimate, lower, upper, true = values.T
        covers = (lower <= true) & (true <= upper)
        share = float(covers.mean())
        rows.append(
            {
                "setting": setting.name,
                "parameter": name,
                "surveys": len(outcomes),
                "refused": sum(refusals.values()),
                "refusals": "; ".join(f"{code} {n}" for code, n in sorted(refusals.items())),
                "median_detected": float(np.median([o.n_detected for o in outcomes])),
                "median_detections": float(np.median([o.n_detections for o in outcomes])),
                "median_relative_bias": round(float(np.median(estimate / true - 1.0)), 4),
                "coverage": round(share, 4),
                "coverage_mc_error": round(float(np.sqrt(share * (1.0 - share) / len(covers))), 4),
            }
        )
    return rows


def write_page(
    rows: list[dict[str, str | int | float]], speeds: dict[str, float], path: Path, command: str
) -> None:
    lines = [
        "# Surveys drawn from a scenario come back through the estimate",
        "",
        "Each survey is the default scenario (40 two-camera stations, 90 days, snow, theft, dead batteries,",
        "full and lost cards) on a habitat grid of 1.5 km, with another expected number of animals. In",
        "“model”, visits are drawn from the capture-recapture model itself; in “moving”, animals walk about",
        "their centres and are photographed where their path comes near a station",
        "([how](../explanation/simulated-survey.md)): visits then come in clusters that the fitted null",
        "model (HHN) does not know, and lambda0 has no true value. “Slowly” means that an animal turns to",
        "its centre again in 20 days instead of 4.",
        "",
        f"Target, for “model”: median bias under {100 * TARGET_BIAS:.0f} %, coverage of 95 % intervals "
        f"{100 * TARGET_COVERAGE[0]:.0f} to {100 * TARGET_COVERAGE[1]:.0f} %.",
        "",
        "| survey | parameter | surveys (refused) | median detected / detections | median bias | coverage |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        lines.append(
            f"| {row['setting']} | {row['parameter']} | {row['surveys']} ({row['refused']}) "
            f"| {row['median_detected']:.0f} / {row['median_detections']:.0f} "
            f"| {100 * float(row['median_relative_bias']):+.1f} % "
            f"| {100 * float(row['coverage']):.1f} ± {100 * float(row['coverage_mc_error']):.1f} % |"
        )
    lines += ["", "± is one Monte-Carlo standard error. N is the realised number of animals.", ""]
    lines += [
        "Capture histories alone, one process: "
        + ", ".join(f"{speed:,.0f} surveys a minute ({name})" for name, speed in speeds.items())
        + " of processor time."
    ]
    commit = subprocess.run(
        ["git", "rev-parse", "HEAD"], capture_output=True, text=True, cwd=ROOT, check=True
    ).stdout.strip()
    lines += ["", "Made by", "", "```sh", command, "```", ""]
    lines += [
        f"at commit `{commit}`, Pardine {__version__} (source {source_hash()[:12]}), Python "
        f"{sys.version.split()[0]}, numpy {np.__version__}. All numbers: "
        "[simulated-survey.csv](simulated-survey.csv)."
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "verification")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--n", type=int, default=1000)
    parser.add_argument(
        "--minutes", type=float, default=float("inf"), help="begin no further chunk after these"
    )
    options = parser.parse_args(arguments)
    began = time.monotonic()
    outcomes: list[list[Outcome]] = [[] for _ in SETTINGS]
    # Rounds over all settings, so that each has about as many surveys whenever the time is up.
    for first in range(0, options.n, CHUNK * options.workers):
        if time.monotonic() - began > 60.0 * options.minutes:
            break
        tasks = [
            (number, start, min(CHUNK, options.n - start))
            for number in range(len(SETTINGS))
            for start in range(first, min(first + CHUNK * options.workers, options.n), CHUNK)
        ]
        answers = map_tasks(do_chunk, tasks, make_executor=lambda: local_executor(options.workers))
        for (number, _, _), answer in zip(tasks, answers, strict=True):
            outcomes[number] += answer
        print(f"{len(outcomes[0])} surveys of each, {time.monotonic() - began:.0f} s", flush=True)
    rows = [row for setting, own in zip(SETTINGS, outcomes, strict=True) for row in summary(setting, own)]
    speeds = {setting.name: histories_per_minute(setting, 100) for setting in (SETTINGS[1], SETTINGS[3])}
    with (options.out / "simulated-survey.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    n = len(outcomes[0])
    command = f".venv/bin/python verification/simulated_survey_study.py --n {n}"
    write_page(rows, speeds, options.out / "simulated-survey.md", command)


if __name__ == "__main__":
    main()
