"""Is density right under every class of models? Surveys drawn from the class itself, then fitted.

Run from the root of the checkout:

    .venv/bin/python verification/model_class_study.py --workers 2

Writes docs/verification/model-classes.csv after every class, and model-classes.svg and .md at the
end. What the table holds already from the same source is not done again unless ``--again`` is given.
Nothing is left out: a survey that is refused is counted under its code.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import os
import subprocess
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

import matplotlib as mpl
import numpy as np
import scipy
from matplotlib.figure import Figure
from model_class_truth import (
    MODEL_CLASSES,
    SEX_EXAMPLE,
    ModelClass,
    class_called,
    draw_survey,
    state_space,
    true_at_centre,
    true_density_per_100km2,
)
from numpy.typing import NDArray

from pardine import __version__
from pardine.base.bulk import local_executor, map_tasks
from pardine.base.errors import PardineError
from pardine.base.provenance import source_hash
from pardine.estimate.fit import fit_model
from pardine.estimate.fitted import Fit
from pardine.estimate.formula.grammar import model_from_text
from pardine.estimate.model import MaskSpec

ROOT = Path(__file__).resolve().parents[1]
CHUNK = 20
# Surveys after which those done are kept.
BATCH = 100
TARGET_BIAS = 0.03
TARGET_COVERAGE = (0.92, 0.97)
TARGET_FAILED = 0.01
FEWEST_JUDGED = 30
Row = dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Task:
    """A stretch of replicates of a class and a number of animals."""

    name: str
    n_animals: int
    first: int
    n: int


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One survey: what was seen, and the estimates, or the code of the refusal."""

    n_seen: int
    n_detections: int
    n_recaptures: int
    seconds: float = math.nan
    density: tuple[float, float, float] | None = None
    coefficient: tuple[float, float] = (math.nan, math.nan)
    held: bool = False
    refusal: str = ""


def survey_and_fit(name: str, n_animals: int, replicate: int) -> Outcome:
    model_class = class_called(name)
    histories = draw_survey(model_class, n_animals, replicate)
    space = state_space(model_class.place)
    seen = {
        "n_seen": sum(h.n_animals for h in histories),
        "n_detections": sum(h.n_detections for h in histories),
        "n_recaptures": sum(h.n_recaptures for h in histories),
    }
    spec = model_from_text(
        model_class.model,
        {h.session: h.detector_type for h in histories},
        detection=model_class.detection,
        mask=MaskSpec(kind="given"),
        likelihood=model_class.likelihood,
    )
    try:
        fit = fit_model(histories, [space] * len(histories), spec)
    except PardineError as refusal:
        return Outcome(**seen, refusal=refusal.code)
    except Exception as mistake:  # an engine that falls over is a failure to be counted, not to stop at
        return Outcome(**seen, refusal=f"crash {type(mistake).__name__}")
    return _outcome(model_class, fit, seen)


def _outcome(model_class: ModelClass, fit: Fit, seen: dict[str, int]) -> Outcome:
    found = fit.sessions[model_class.judged_session].density_per_100km2
    limits = (found.value, found.lower, found.upper)
    if not all(math.isfinite(limit) for limit in limits):
        return Outcome(**seen, refusal="not finite")
    own = [c for c in fit.coefficients if c.name == model_class.coefficient]
    return Outcome(
        **seen,
        seconds=fit.seconds,
        density=limits,
        coefficient=(own[0].estimate, own[0].se) if own else (math.nan, math.nan),
        held=any(notice.code == "estimate.contrast_runs_away" for notice in fit.notices),
    )


def do_task(task: Task) -> list[Outcome]:
    return [survey_and_fit(task.name, task.n_animals, task.first + i) for i in range(task.n)]


# ---- what came out


def median_and_error(values: NDArray[np.float64]) -> tuple[float, float]:
    """Median and its Monte-Carlo standard error, from the order statistics one sd either side."""
    half = 0.5 / math.sqrt(values.size)
    low, middle, high = np.quantile(values, (0.5 - half, 0.5, 0.5 + half))
    return float(middle), float(high - low) / 2.0


def summarise(model_class: ModelClass, n_animals: int, outcomes: list[Outcome]) -> Row:
    fitted = [o for o in outcomes if o.density is not None]
    density = np.array([o.density for o in fitted] or [(math.nan,) * 3])
    truth = true_density_per_100km2(model_class, n_animals)
    error = density[:, 0] / truth - 1.0
    bias, bias_error = median_and_error(error)
    coverage = float(((density[:, 1] <= truth) & (truth <= density[:, 2])).mean())
    refusals = Counter(o.refusal for o in outcomes if o.refusal)
    failed = sum(refusals.values()) / len(outcomes)
    row: dict[str, str | float] = {
        "class": model_class.name,
        "animals": n_animals,
        "model": model_class.model,
        "detection": model_class.detection,
        "detector_type": model_class.detector_type,
        "likelihood": model_class.likelihood,
        "true_at_centre": true_at_centre(model_class.name),
        "true_sigma_m": model_class.sigma_m,
        "true_density_per_100km2": round(truth, 4),
        "replicates": len(outcomes),
        "median_seen": float(np.median([o.n_seen for o in outcomes])),
        "median_detections": float(np.median([o.n_detections for o in outcomes])),
        "median_relative_bias": round(bias, 4),
        "median_relative_bias_mc_error": round(bias_error, 4),
        "mean_relative_bias": round(float(error.mean()), 4),
        "root_mean_square_relative_error": round(float(np.sqrt((error**2).mean())), 4),
        "coverage_density": round(coverage, 4),
        "coverage_density_mc_error": round(math.sqrt(coverage * (1.0 - coverage) / error.size), 4),
        **_of_coefficient(model_class, fitted),
        "held_at_no_detection": sum(o.held for o in fitted),
        "failed": sum(refusals.values()),
        "failures": "; ".join(f"{code} {n}" for code, n in sorted(refusals.items())),
        "median_fit_ms": round(1000.0 * float(np.median([o.seconds for o in fitted] or [math.nan])), 1),
        "reached": _reached(model_class, n_animals, bias, coverage, failed),
        "source": source_hash()[:12],
        "commit": _commit()[:12],
    }
    return {name: str(value) for name, value in row.items()}


def _of_coefficient(model_class: ModelClass, fitted: list[Outcome]) -> dict[str, str | float]:
    found = np.array([o.coefficient for o in fitted] or [(math.nan, math.nan)])
    known = found[np.isfinite(found).all(axis=1)]
    truth = model_class.true_coefficient
    inside = np.abs(known[:, 0] - truth) <= 1.959964 * known[:, 1]
    return {
        "coefficient": model_class.coefficient,
        "true_coefficient": round(truth, 4) if model_class.coefficient else "",
        "median_coefficient": round(float(np.median(known[:, 0])), 4) if len(known) else "",
        "coverage_coefficient": round(float(inside.mean()), 4) if len(known) else "",
    }


def _reached(model_class: ModelClass, n_animals: int, bias: float, coverage: float, failed: float) -> str:
    if n_animals < FEWEST_JUDGED or model_class in SEX_EXAMPLE:
        return ""
    low, high = TARGET_COVERAGE
    missed = [
        *(["bias"] if abs(bias) >= TARGET_BIAS else []),
        *(["coverage"] if not low <= coverage <= high else []),
        *(["failures"] if failed >= TARGET_FAILED else []),
    ]
    return "yes" if not missed else "no: " + ", ".join(missed)


def is_near(r: Row) -> bool:
    """Whether the targets lie within two Monte-Carlo errors, and few enough fits failed."""
    bias, bias_error = float(r["median_relative_bias"]), float(r["median_relative_bias_mc_error"])
    coverage, coverage_error = float(r["coverage_density"]), float(r["coverage_density_mc_error"])
    low, high = TARGET_COVERAGE
    return (
        abs(bias) - 2.0 * bias_error < TARGET_BIAS
        and low - 2.0 * coverage_error <= coverage <= high + 2.0 * coverage_error
        and float(r["failed"]) < TARGET_FAILED * float(r["replicates"])
    )


def draw_figure(rows: list[Row], path: Path) -> None:
    names = list(dict.fromkeys(r["class"] for r in rows))
    place = {name: float(-i) for i, name in enumerate(names)}
    mpl.rcParams["svg.hashsalt"] = "model-classes"
    figure = Figure(figsize=(9.5, 0.3 * len(names) + 1.6), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    styles = {
        "100": ("#1b4f72", 0.22),
        "30": ("#b9770e", 0.0),
        "20": ("#7a8b99", -0.2),
        "10": ("#c2cbd2", -0.36),
    }
    for axes, column, band, goal in (
        (left, "median_relative_bias", (-100.0 * TARGET_BIAS, 100.0 * TARGET_BIAS), 0.0),
        (right, "coverage_density", tuple(100.0 * c for c in TARGET_COVERAGE), 95.0),
    ):
        axes.axvspan(*band, color="#d9e6f2")
        axes.axvline(goal, color="#7a8b99", linewidth=1.0)
        for animals, (colour, shift) in styles.items():
            mine = [r for r in rows if r["animals"] == animals]
            if not mine:
                continue
            value = 100.0 * np.array([float(r[column]) for r in mine])
            error = 196.0 * np.array([float(r[f"{column}_mc_error"]) for r in mine])
            y = [place[r["class"]] + shift for r in mine]
            axes.errorbar(value, y, xerr=error, fmt="o", markersize=4, color=colour, capsize=2, label=animals)
    left.set_yticks(list(place.values()), names)
    left.set_xlabel("median relative bias of D, %")
    right.set_xlabel("coverage of the 95 % interval of D, %")
    figure.legend(
        *left.get_legend_handles_labels(), loc="outside upper right", ncols=4, title="animals expected"
    )
    figure.suptitle("Bars: 95 % Monte-Carlo error; shaded: target for 30 and 100", fontsize=10, x=0.3)
    figure.savefig(path, metadata={"Date": None})


def write_table(rows: list[Row], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def read_table(path: Path) -> list[Row]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def in_order(rows: list[Row]) -> list[Row]:
    """As the classes stand, many animals first."""
    names = [c.name for c in (*MODEL_CLASSES, *SEX_EXAMPLE)]
    known = [r for r in rows if r["class"] in names]
    return sorted(known, key=lambda r: (names.index(r["class"]), -int(r["animals"])))


# ---- the page


def write_page(rows: list[Row], path: Path, command: str) -> None:
    examples = {c.name for c in SEX_EXAMPLE}
    classes = [r for r in rows if r["class"] not in examples]
    example = [r for r in rows if r["class"] in examples]
    judged = [r for r in classes if r["reached"]]
    reached = sum(r["reached"] == "yes" for r in judged)
    near = sum(r["reached"] != "yes" and is_near(r) for r in judged)
    low, high = (100.0 * c for c in TARGET_COVERAGE)
    area_km2 = state_space(MODEL_CLASSES[0].place).area_km2
    lines = [
        "# Density under every class of models",
        "",
        "Each class of models is fitted to surveys drawn from that class itself, with known truth. The",
        "code that draws them (`verification/model_class_truth.py`) is written from the definitions and",
        "shares nothing with the likelihood.",
        "",
        "A grid of 36 stations 5 km apart, 60 days in 6 occasions, one station in seven dying on some day;",
        f"{area_km2:,.0f} km² of habitat in cells of about 1.5 km. sigma is 2.5 km (half-normal; exponential",
        "1.45 km, hazard rate 2.5 km with z 4, sexes 2 and 3 km); detection at the centre is such that an",
        "animal that is seen at all is seen 3.5 times on average. “Animals” is the expected number living",
        "in the region, of which about seven in ten are seen; it varies from survey to survey (Poisson),",
        "and no survey is left out for what it yielded. All of this was fixed before the first run.",
        "",
        f"Target for 30 and 100 animals: median relative bias of D below {100 * TARGET_BIAS:.0f} %, 95 % "
        f"intervals that cover {low:.0f} to {high:.0f} %,",
        f"fewer than {100 * TARGET_FAILED:.0f} % failures. **Reached in {reached} of {len(judged)} "
        f"settings;** {near} of the others lie within two Monte-Carlo errors of the target. With 10 and 20",
        "animals results are only reported.",
        "",
        "![Median relative bias and coverage by class](model-classes.svg)",
        "",
        *_table(classes),
        "",
        "Bias, RMSE and coverage are in %, over the surveys that were not refused; Monte-Carlo errors are",
        "standard errors. “Coefficient” is one coefficient of the class on its link scale: truth, median",
        "estimate, coverage of estimate ± 1.96 standard errors. “ms” is the median time of a fit, on a",
        "machine with other work.",
        "",
        *_failure_lines(classes),
        *_example_lines(example),
        "## Made by",
        "",
        "```sh",
        command,
        "```",
        "",
        "with the number of surveys that each row tells; rows are made again where the engine changed.",
        "",
        f"Pardine {__version__}, Python {sys.version.split()[0]}, numpy {np.__version__}, scipy "
        f"{scipy.__version__}; commit and source of every row, and all numbers: "
        "[model-classes.csv](model-classes.csv).",
        "",
    ]
    path.write_text("\n".join(lines), encoding="utf-8")


def _table(rows: list[Row]) -> list[str]:
    return [
        "| class | animals | seen | surveys | failed | median bias of D ± MC error | mean bias | RMSE "
        "| coverage D ± MC error | coefficient: truth, median, coverage | ms | reached |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|",
        *(_line(r) for r in rows),
    ]


def _line(r: Row) -> str:
    def percent(column: str, digits: int = 1) -> str:
        return f"{100.0 * float(r[column]):.{digits}f}"

    coefficient = "–"
    if r["coefficient"] and r["median_coefficient"]:
        coefficient = (
            f"`{r['coefficient']}`: {float(r['true_coefficient']):.2f}, "
            f"{float(r['median_coefficient']):.2f}, {percent('coverage_coefficient')} %"
        )
    return (
        f"| {r['class']} | {r['animals']} | {float(r['median_seen']):.0f} animals, "
        f"{float(r['median_detections']):.0f} detections | {r['replicates']} | {r['failed']} "
        f"| {percent('median_relative_bias')} ± {percent('median_relative_bias_mc_error')} "
        f"| {percent('mean_relative_bias')} | {percent('root_mean_square_relative_error', 0)} "
        f"| {percent('coverage_density')} ± {percent('coverage_density_mc_error')} "
        f"| {coefficient} | {float(r['median_fit_ms']):.0f} | {r['reached']} |"
    )


def _failure_lines(rows: list[Row]) -> list[str]:
    failed = [r for r in rows if r["failures"]]
    if not failed:
        return ["No fit failed.", ""]
    listed = [f"- {r['class']}, {r['animals']} animals: {r['failures']}" for r in failed]
    return ["Failures, by code, of all surveys of the setting:", "", *listed, ""]


def _example_lines(rows: list[Row]) -> list[str]:
    if not rows:
        return []
    return [
        "## Sexes that are ignored",
        "",
        "Males and females in equal numbers with sigma 1.4 and 0.7 km and the same lambda0; 36 stations 2 km",
        "apart; the sex of a quarter of the animals seen is unknown.",
        "",
        *_table(rows),
        "",
        *_failure_lines(rows),
    ]


def _commit() -> str:
    answer = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return answer.stdout.strip()


# ---- the run


def n_replicates_of(n_animals: int, asked: int) -> int:
    """Half as many again at 30 animals, whose estimates vary more; half where nothing is judged."""
    if n_animals >= 60:
        return asked
    return asked * 3 // 2 if n_animals >= FEWEST_JUDGED else asked // 2


def run_setting(
    model_class: ModelClass, n_animals: int, n_replicates: int, n_workers: int, keep: Path | None
) -> Row:
    """Surveys beyond those kept from the same source, and what all of them say.

    What is done is kept after every few stretches, so a run that is broken off goes on from there.
    """
    outcomes = read_outcomes(model_class, n_animals, keep)
    while len(outcomes) < n_replicates:
        stop = min(len(outcomes) + BATCH, n_replicates)
        tasks = [
            Task(name=model_class.name, n_animals=n_animals, first=first, n=min(CHUNK, stop - first))
            for first in range(len(outcomes), stop, CHUNK)
        ]
        for answer in map_tasks(do_task, tasks, make_executor=lambda: local_executor(n_workers)):
            outcomes += answer
        keep_outcomes(outcomes, model_class, n_animals, keep)
    return summarise(model_class, n_animals, outcomes)


def keep_outcomes(
    outcomes: list[Outcome], model_class: ModelClass, n_animals: int, keep: Path | None
) -> None:
    """Write all outcomes beside the old file, then in its place: a kill leaves one of the two."""
    if keep is None:
        return
    keep.mkdir(parents=True, exist_ok=True)
    path = _kept_path(model_class, n_animals, keep)
    beside = path.with_suffix(".part")
    text = "\n".join(json.dumps(asdict(outcome)) for outcome in outcomes)
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


def read_outcomes(model_class: ModelClass, n_animals: int, keep: Path | None) -> list[Outcome]:
    if keep is None or not (path := _kept_path(model_class, n_animals, keep)).exists():
        return []
    values = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [Outcome(**value) for value in values]


def _kept_path(model_class: ModelClass, n_animals: int, keep: Path) -> Path:
    name = "".join(letter if letter.isalnum() else "-" for letter in model_class.name)
    return keep / f"{name}-{n_animals}-{source_hash()[:12]}.jsonl"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--replicates", type=int, default=1000, help="surveys with 60 animals or more")
    parser.add_argument("--workers", type=int, default=1, help="processes")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "verification", help="folder to write to")
    parser.add_argument("--only", nargs="*", default=[], help="classes whose names hold one of these words")
    parser.add_argument("--animals", nargs="*", type=int, default=[], help="only these numbers of animals")
    parser.add_argument("--again", action="store_true", help="do again what the table holds")
    parser.add_argument("--keep", type=Path, help="folder of single surveys, to which a later run adds")
    parser.add_argument("--page", action="store_true", help="only draw the figure and write the page")
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    table = asked.out / "model-classes.csv"
    settings = [
        (c, n)
        for c in (*MODEL_CLASSES[:9], *SEX_EXAMPLE, *MODEL_CLASSES[9:])
        for n in c.animals
        if (not asked.only or any(word in c.name for word in asked.only))
        and (not asked.animals or n in asked.animals)
    ]
    # What is judged comes before what is only reported.
    settings.sort(key=lambda setting: setting[1] not in (30, 100))
    for model_class, n_animals in [] if asked.page else settings:
        do_setting(model_class, n_animals, asked, table)
    rows = in_order(read_table(table))
    draw_figure(
        [r for r in rows if r["class"] not in {c.name for c in SEX_EXAMPLE}], asked.out / "model-classes.svg"
    )
    write_page(rows, asked.out / "model-classes.md", _command(asked))


def do_setting(model_class: ModelClass, n_animals: int, asked: argparse.Namespace, table: Path) -> None:
    n_replicates = n_replicates_of(n_animals, asked.replicates)
    key = (model_class.name, str(n_animals))
    rows = read_table(table)
    done = [r for r in rows if (r["class"], r["animals"]) == key]
    same_source = any(
        r["source"] == source_hash()[:12] and int(r["replicates"]) >= n_replicates for r in done
    )
    if same_source and not asked.again:
        return
    began = time.perf_counter()
    row = run_setting(model_class, n_animals, n_replicates, asked.workers, asked.keep)
    rows = [r for r in read_table(table) if (r["class"], r["animals"]) != key]
    write_table(in_order([*rows, row]), table)
    print(
        f"{time.perf_counter() - began:6.0f} s  {row['class']}, {row['animals']}: bias "
        f"{row['median_relative_bias']} ± {row['median_relative_bias_mc_error']}, coverage "
        f"{row['coverage_density']}, failed {row['failed']} ({row['failures']}), "
        f"{row['coefficient']} {row['median_coefficient']} {row['coverage_coefficient']}, "
        f"{row['median_fit_ms']} ms, {row['reached']}",
        file=sys.stderr,
        flush=True,
    )


def _command(asked: argparse.Namespace) -> str:
    return (
        f".venv/bin/python verification/model_class_study.py --replicates {asked.replicates} "
        f"--workers {asked.workers}"
    )


if __name__ == "__main__":
    if hasattr(os, "nice"):
        os.nice(10)
    main()
