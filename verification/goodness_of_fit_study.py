"""Size and power of the goodness-of-fit tests, on simulated surveys with known truth.

    python verification/goodness_of_fit_study.py --replicates 1000 --workers 2

writes docs/verification/goodness-of-fit.csv, .svg and .md. A true model should be rejected at 5 % in
5 % of the surveys (target: 3.5 to 6.5 %); surveys that the model does not describe show what each
test sees.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import platform
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import matplotlib as mpl
import numpy as np
import scipy
from matplotlib.figure import Figure
from numpy.typing import NDArray

from pardine import __version__
from pardine.base.bulk import InlineExecutor, local_executor, map_tasks
from pardine.base.errors import AnalysisError
from pardine.base.provenance import source_hash
from pardine.base.randomness import stream
from pardine.estimate.checking.goodness import ASPECTS
from pardine.estimate.fit import fit_model
from pardine.estimate.formula.grammar import make_model
from pardine.estimate.history import CaptureHistory
from pardine.estimate.model import MaskSpec
from pardine.estimate.statespace import StateSpace
from pardine.observe.session import DetectorType
from pardine.simulate.captures import draw_centres, draw_events_at
from pardine.simulate.from_fit import with_events
from pardine.simulate.goodness_test import goodness_of_fit

ROOT = Path(__file__).resolve().parents[1]
SEED = 20_260_707
N_REFITS = 39
LEVEL = 0.05
TARGET_SIZE = (0.035, 0.065)
SIGMA_M = 1500.0
CHUNK = 10

_GRID = np.arange(500.0, 20_000.0, 1000.0)
SPACE = StateSpace(xy_m=np.array([(x, y) for x in _GRID for y in _GRID]), cell_area_m2=1e6)
_TRAPS = np.linspace(5000.0, 15_000.0, 5)
XY_M = np.array([(x, y) for x in _TRAPS for y in _TRAPS])
# Five occasions of ten nights; each station has lost some nights, one in five of its occasions all.
USAGE = np.tile([10.0, 4.5, 0.0, 8.0, 10.0], (25, 1)) * np.linspace(0.4, 1.0, 25)[:, None]


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One kind of survey.

    Attributes
    ----------
    name
        What is not as the model says, or how large the survey is.
    detector_type
        How stations count.
    density_per_km2, lambda0
        Of the animals, the mean where they differ.
    truth
        Whether the null model is true.
    cv_animals, cv_stations
        Coefficient of variation (gamma) of lambda0 among animals, among stations.
    sigmas_m
        One for each half of the animals.
    burst
        Mean number of records a visit (1: no bursts).
    """

    name: str
    detector_type: DetectorType = "count"
    density_per_km2: float = 0.15
    lambda0: float = 0.06
    truth: bool = False
    cv_animals: float = 0.0
    cv_stations: float = 0.0
    sigmas_m: tuple[float, float] = (SIGMA_M, SIGMA_M)
    burst: float = 1.0


SETTINGS = (
    Setting(name="true model, counts", truth=True),
    Setting(name="true model, proximity", detector_type="proximity", truth=True),
    Setting(name="true model, counts, few animals", density_per_km2=0.06, truth=True),
    Setting(name="animals differ in lambda0 (CV 1)", cv_animals=1.0),
    Setting(name="stations differ in lambda0 (CV 1)", cv_stations=1.0),
    Setting(name="two sexes, sigma 2.1 and 1.05 km", sigmas_m=(1.4 * SIGMA_M, 0.7 * SIGMA_M)),
    Setting(name="records in bursts of 3", burst=3.0),
)


@dataclass(frozen=True, kw_only=True)
class Task:
    """A stretch of replicates of a setting."""

    setting: int
    first: int
    n: int
    ends_at: float
    keep: Path | None


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One survey: the p-values, or the code of the refusal."""

    n_detected: int
    n_detections: int
    p_values: tuple[float, ...] = ()
    refusal: str = ""


def empty_survey(detector_type: DetectorType) -> CaptureHistory:
    none = np.zeros(0, dtype=np.intp)
    return CaptureHistory(
        session="simulated",
        detector_type=detector_type,
        detectors=tuple(f"S{j + 1:02d}" for j in range(len(XY_M))),
        xy_m=XY_M,
        usage_station_days=USAGE,
        animals=(),
        sex=(),
        event_animal=none,
        event_occasion=none,
        event_detector=none,
        event_count=none,
        crs="local",
    )


def draw(setting: Setting, rng: np.random.Generator) -> CaptureHistory:
    centres_m = draw_centres(SPACE, setting.density_per_km2, rng)
    n, n_stations = len(centres_m), len(XY_M)
    sigma_m = np.where(np.arange(n) % 2 == 0, *setting.sigmas_m)[:, None]
    squared_m2 = ((centres_m[:, None, :] - XY_M[None, :, :]) ** 2).sum(axis=2)
    hazard = setting.lambda0 * np.exp(-squared_m2 / (2.0 * sigma_m**2))
    hazard *= _gamma(setting.cv_animals, n, rng)[:, None] * _gamma(setting.cv_stations, n_stations, rng)
    events = draw_events_at(hazard, USAGE, setting.detector_type, rng)
    if setting.burst > 1.0:
        extra = rng.poisson(setting.burst - 1.0, len(events.count))
        events.count[:] += extra
    return with_events(empty_survey(setting.detector_type), events)


def _gamma(cv: float, n: int, rng: np.random.Generator) -> NDArray[np.float64]:
    return rng.gamma(1.0 / cv**2, cv**2, n) if cv else np.ones(n)


def survey_and_test(setting_number: int, replicate: int) -> Outcome:
    setting = SETTINGS[setting_number]
    history = draw(setting, stream(SEED, "survey", setting_number, replicate))
    seen = {"n_detected": history.n_animals, "n_detections": history.n_detections}
    spec = make_model({history.session: history.detector_type}, mask=MaskSpec(kind="given"))
    try:
        fit = fit_model([history], [SPACE], spec)
        found = goodness_of_fit(
            fit,
            [history],
            [SPACE],
            n_replicates=N_REFITS,
            seed=SEED + 1_000_003 * setting_number + replicate,
            make_executor=InlineExecutor,
        )
    except AnalysisError as refusal:
        return Outcome(**seen, refusal=refusal.code)
    return Outcome(**seen, p_values=tuple(test.p_value for test in found.tests))


def do_task(task: Task) -> list[Outcome]:
    """Outcomes of a stretch: those kept by the same sources, or new ones while there is time."""
    kept = None if task.keep is None else task.keep / f"{task.setting}-{task.first}-{task.n}.json"
    if kept is not None and kept.is_file():
        found = json.loads(kept.read_text(encoding="utf-8"))
        if found["source"] == source_hash():
            return [Outcome(**{**o, "p_values": tuple(o["p_values"])}) for o in found["outcomes"]]
    if time.time() > task.ends_at:
        return []
    outcomes = [survey_and_test(task.setting, task.first + i) for i in range(task.n)]
    if kept is not None:
        found = {"source": source_hash(), "outcomes": [asdict(outcome) for outcome in outcomes]}
        kept.write_text(json.dumps(found), encoding="utf-8")
    return outcomes


def summarise(setting: Setting, outcomes: list[Outcome]) -> dict[str, str | float]:
    p_values = np.array([o.p_values for o in outcomes if o.p_values])
    rejected = (p_values <= LEVEL).mean(axis=0)
    refusals = Counter(o.refusal for o in outcomes if o.refusal)
    return {
        "setting": setting.name,
        "null_model_is_true": "yes" if setting.truth else "no",
        "surveys": len(outcomes),
        "refits": N_REFITS,
        "median_detected": float(np.median([o.n_detected for o in outcomes])),
        "median_detections": float(np.median([o.n_detections for o in outcomes])),
        **{f"rejected_{a}": round(float(r), 4) for a, r in zip(ASPECTS, rejected, strict=True)},
        **{
            f"rejected_{a}_mc_error": round(math.sqrt(r * (1.0 - r) / len(p_values)), 4)
            for a, r in zip(ASPECTS, rejected.tolist(), strict=True)
        },
        "refused": sum(refusals.values()),
        "refusals": "; ".join(f"{code} {n}" for code, n in sorted(refusals.items())),
        "reached": reached(rejected.tolist(), len(p_values)) if setting.truth else "",
    }


def reached(rejected: Sequence[float], n: int) -> str:
    """Whether all sizes are within the target; not told where chance alone might have put them there or out.

    At a true size of 5 % the standard error must be at most 1 %, unless a size is beyond the target
    by more than two of its errors.
    """
    low, high = TARGET_SIZE
    error = math.sqrt(LEVEL * (1.0 - LEVEL) / n)
    if any(size < low - 2.0 * error or size > high + 2.0 * error for size in rejected):
        return "no"
    if error > 0.01:
        return "too few to tell"
    return "yes" if all(low <= size <= high for size in rejected) else "no"


def draw_figure(rows: list[dict[str, str | float]], path: Path) -> None:
    mpl.rcParams["svg.hashsalt"] = "goodness-of-fit"
    figure = Figure(figsize=(9.5, 0.6 * len(rows) + 1.2), layout="constrained")
    axes = figure.subplots()
    place = np.arange(len(rows))[::-1]
    axes.axvspan(*(100.0 * s for s in TARGET_SIZE), color="#d9e6f2")
    axes.axvline(100.0 * LEVEL, color="#7a8b99", linewidth=1.0)
    for aspect, shift, colour, marker in (
        ("individuals", 0.2, "#1b4f72", "o"),
        ("stations", 0.0, "#b9770e", "s"),
        ("both", -0.2, "#1e8449", "^"),
    ):
        value = 100.0 * np.array([r[f"rejected_{aspect}"] for r in rows], dtype=float)
        error = 196.0 * np.array([r[f"rejected_{aspect}_mc_error"] for r in rows], dtype=float)
        axes.errorbar(
            value, place + shift, xerr=error, fmt=marker, color=colour, capsize=2, markersize=5, label=aspect
        )
    axes.set_xscale("symlog", linthresh=10.0)
    axes.set_xticks([0, 2, 5, 10, 20, 50, 100], ["0", "2", "5", "10", "20", "50", "100"])
    axes.set_xlim(0.0, 110.0)
    axes.set_yticks(place, [str(r["setting"]) for r in rows])
    axes.set_xlabel("surveys rejected at 5 %, % (bars: 95 % Monte-Carlo error; shaded: target size)")
    axes.legend(loc="lower right", frameon=False)
    figure.savefig(path, metadata={"Date": None})


def write_table(rows: list[dict[str, str | float]], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def write_page(rows: list[dict[str, str | float]], path: Path, command: str) -> None:
    true = [r for r in rows if r["null_model_is_true"] == "yes"]
    verdicts = Counter(str(r["reached"]) for r in true)
    told = ", ".join(f"{word} in {n}" for word, n in sorted(verdicts.items()))
    lines = [
        "# Size and power of the goodness-of-fit tests",
        "",
        f"Simulated surveys: {len(XY_M)} stations 2.5 km apart, five occasions with outages, sigma",
        f"{SIGMA_M:,.0f} m, {SPACE.area_km2:,.0f} km² of habitat on a grid of 1 km. Null model (HHN), full",
        f"likelihood; each test draws {N_REFITS} surveys from the fit and fits them again",
        "(see [choosing and checking](../explanation/choosing-and-checking.md)).",
        "",
        f"Target: a true model is rejected at 5 % in {100 * TARGET_SIZE[0]:.1f} to "
        f"{100 * TARGET_SIZE[1]:.1f} % of the surveys, by each test.",
        f"**Reached, of {len(true)} settings: {told}.** Over all of them: {_pooled(true)}.",
        "The other settings, in which the model is wrong, show what each test sees: they have no target.",
        "",
        "![Surveys rejected, by setting and test](goodness-of-fit.svg)",
        "",
        "| surveys | seen (median) | number | refused | individuals | stations | both | reached |",
        "|---|---|---|---|---|---|---|---|",
        *(_row(r) for r in rows),
        "",
        "Rejected at 5 %, in % ± Monte-Carlo standard error, of the surveys that could be fitted.",
        "",
        *(f"- {r['setting']}: refused {r['refusals']}" for r in rows if r["refused"]),
        "",
        "Made by",
        "",
        "```sh",
        command,
        "```",
        "",
        f"at commit `{_commit()}`, Pardine {__version__} (source {source_hash()[:12]}), Python "
        f"{platform.python_version()}, numpy {np.__version__}, scipy {scipy.__version__}. "
        "All numbers: [goodness-of-fit.csv](goodness-of-fit.csv).",
        "",
    ]
    path.write_text("\n".join(lines), encoding="utf-8")


def _pooled(true: list[dict[str, str | float]]) -> str:
    """Sizes over all settings with a true model."""
    n = sum(int(r["surveys"]) - int(r["refused"]) for r in true)
    words = []
    for aspect in ASPECTS:
        rejected = sum(float(r[f"rejected_{aspect}"]) * (int(r["surveys"]) - int(r["refused"])) for r in true)
        error = math.sqrt(LEVEL * (1.0 - LEVEL) / n)
        words.append(f"{aspect} {100.0 * rejected / n:.1f} % (error of 5 %: {100.0 * error:.1f})")
    return ", ".join(words) + f", of {n:,} surveys"


def _row(r: dict[str, str | float]) -> str:
    rejected = " | ".join(
        f"{100.0 * float(r[f'rejected_{a}']):.1f} ± {100.0 * float(r[f'rejected_{a}_mc_error']):.1f}"
        for a in ASPECTS
    )
    return (
        f"| {r['setting']} | {r['median_detected']:.0f} animals, {r['median_detections']:.0f} detections "
        f"| {r['surveys']} | {r['refused']} | {rejected} | {r['reached']} |"
    )


def _commit() -> str:
    answer = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return answer.stdout.strip()


def run_study(
    n_true: int, n_wrong: int, n_workers: int, minutes: float, keep: Path | None
) -> list[dict[str, str | float]]:
    """All settings side by side, so that a study that is out of time has as much of each."""
    sizes = [n_true if setting.truth else n_wrong for setting in SETTINGS]
    ends_at = time.time() + 60.0 * minutes
    tasks = [
        Task(setting=s, first=first, n=min(CHUNK, size - first), ends_at=ends_at, keep=keep)
        for first in range(0, max(sizes), CHUNK)
        for s, size in enumerate(sizes)
        if first < size
    ]
    answers = map_tasks(
        do_task,
        tasks,
        make_executor=lambda: local_executor(n_workers),
        on_done=lambda done, of: print(f"\r{done}/{of}", end="", file=sys.stderr, flush=True),
    )
    print(file=sys.stderr)
    outcomes: list[list[Outcome]] = [[] for _ in SETTINGS]
    for task, answer in zip(tasks, answers, strict=True):
        outcomes[task.setting] += answer
    return [summarise(setting, found) for setting, found in zip(SETTINGS, outcomes, strict=True) if found]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--replicates", type=int, default=1000, help="surveys of each true setting")
    parser.add_argument("--wrong", type=int, default=200, help="surveys of each setting with a wrong model")
    parser.add_argument("--workers", type=int, default=1, help="processes")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "verification", help="folder to write to")
    parser.add_argument("--minutes", type=float, default=math.inf, help="begin nothing new after so long")
    parser.add_argument("--keep", type=Path, help="folder of finished surveys: go on from them")
    asked = parser.parse_args()
    if asked.keep is not None:
        asked.keep.mkdir(parents=True, exist_ok=True)
    rows = run_study(asked.replicates, asked.wrong, asked.workers, asked.minutes, asked.keep)
    asked.out.mkdir(parents=True, exist_ok=True)
    write_table(rows, asked.out / "goodness-of-fit.csv")
    draw_figure(rows, asked.out / "goodness-of-fit.svg")
    # Surveys are numbered: as many as were reached are the same, however long it takes.
    n_true = max(int(row["surveys"]) for row in rows if row["null_model_is_true"] == "yes")
    command = (
        f".venv/bin/python verification/goodness_of_fit_study.py --replicates {n_true} "
        f"--wrong {asked.wrong} --workers {asked.workers}"
    )
    write_page(rows, asked.out / "goodness-of-fit.md", command)


if __name__ == "__main__":
    main()
