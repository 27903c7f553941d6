"""A whole simulated season on disk through `add` and `check`, and which planted faults are found.

Run from the root of the checkout:

    .venv/bin/python verification/season_check_study.py --seasons 3

Each season is the default scenario with more faults, some 20,000 photographs. Writes
docs/verification/season-check.{md,csv}. With ``--photographs small`` the pixels are drawn too (an hour).
"""

from __future__ import annotations

import argparse
import csv
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from pardine import __version__
from pardine.base.provenance import source_hash
from pardine.exchange.options import CardOptions
from pardine.exchange.survey_tables import ReadOptions
from pardine.simulate.season.files import PhotographSize
from pardine.simulate.world.faults import FaultRates
from pardine.simulate.world.scenario import CardKeys, Scenario
from pardine.store.project import create_project
from pardine.workflows.check import check_project
from pardine.workflows.ingest import add_paths
from pardine.workflows.simulate import simulate_to_folder

ROOT = Path(__file__).resolve().parents[1]
SEED = 606
TARGET_FOUND, TARGET_FALSE = 0.95, 0.02
SCENARIO = replace(
    Scenario(),
    faults=FaultRates(dead_flash_prob=0.08),
    cards=CardKeys(drift_prob=0.06, offset_prob=0.06, twelve_hours_prob=0.04, day_and_month_prob=0.04,
                   reset_prob=0.05, mixed_prob=0.04, copied_prob=0.04, missing_prob=0.04),
)  # fmt: skip

_OF_CLOCKS = ("outside_deployment", "impossible_date", "clock_check", "slot_lag")
# Only what names the fault counts as finding it, not a finding about something that follows from it.
FITTING: dict[str, tuple[str, ...]] = {
    "drift": ("clock_check", "slot_lag"),
    "twelve hours": _OF_CLOCKS,
    "day and month": _OF_CLOCKS,
    "reset": (*_OF_CLOCKS, "time_backwards"),
    "offset": _OF_CLOCKS,
    "mixed cards": ("serial_not_sheet", "serial_two_stations", "label_not_station", "outside_deployment"),
    "copied card": ("same_hash",),
    "missing card": ("missing_card",),
    "dead flash": ("no_night", "blocked_view"),
}


def study(seed: int, photographs: PhotographSize, workers: int) -> tuple[list[dict[str, str | int]], float]:
    """One season: a row for each planted fault and for each sound deployment; and how long add took."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = simulate_to_folder(
            SCENARIO, folder / "field", seed=seed, photographs=photographs, n_workers=workers
        )
        home = folder / "project"
        create_project(home, name="simulated season").close()
        began = time.perf_counter()
        add_paths(
            home,
            [folder / "field" / "check-sheets.csv", folder / "field" / "photographs"],
            ReadOptions(),
            CardOptions(utc_offset_min=SCENARIO.survey.utc_offset_min, thumbnails=photographs != "tiny"),
            n_workers=workers,
        )
        took_s = time.perf_counter() - began
        checked = check_project(home)
    rules: dict[str, set[str]] = defaultdict(set)
    for finding in checked.findings:
        for code in finding.deployments:
            rules[code].add(finding.rule.removeprefix("check."))
    (faults,), (year,) = made.season.faults, made.season.years
    rows: list[dict[str, str | int]] = []
    touched = {code.split("_")[0] for fault in faults for code in fault.deployments}
    for fault in faults:
        found = {rule for code in fault.deployments for rule in rules[code]}
        is_found = not found.isdisjoint(FITTING[fault.kind])
        rows.append(_row(seed, fault.kind, fault.deployments[0], fault.evidence, is_found, found))
    for one in year.deployed:
        if one.code.split("_")[0] not in touched:
            rows.append(_row(seed, "none", one.code, "", bool(rules[one.code]), rules[one.code]))
    print(f"season {seed}: {made.n_photographs} photographs, added in {took_s:.0f} s", flush=True)
    return rows, made.n_photographs / took_s


def _row(
    seed: int, kind: str, code: str, evidence: str, found: bool, rules: set[str]
) -> dict[str, str | int]:
    return {
        "seed": seed,
        "fault": kind,
        "deployment": code,
        "evidence": evidence,
        "found": int(found),
        "rules": "; ".join(sorted(rules)),
    }


def write_page(
    rows: list[dict[str, str | int]], speeds: list[float], n: int, path: Path, command: str, size: str
) -> None:
    faults = [row for row in rows if row["fault"] != "none"]
    told = [row for row in faults if row["evidence"] == "files"]
    sound = [row for row in rows if row["fault"] == "none"]
    n_found, n_false = sum(int(r["found"]) for r in told), sum(int(r["found"]) for r in sound)
    lines = [
        "# A whole season through add and check",
        "",
        f"{n} simulated seasons of the default scenario with more faults (40 stations, 90 days, some 20,000",
        f"photographs each, `{size}`), written to disk as a field team has them, added from check sheets and",
        "folders, and checked with the defaults. “With evidence” are the faults of which files and sheets",
        "can tell (`find_evidence`, written without a look at the rules); a finding must name the fault. A",
        "false alarm is any finding about a deployment of a station without any planted fault.",
        "",
        f"Target: {100 * TARGET_FOUND:.0f} % found, at most {100 * TARGET_FALSE:.0f} % false alarms. "
        "Measured: "
        f"{n_found} of {len(told)} ({100 * n_found / max(len(told), 1):.1f} %) found, "
        f"{n_false} of {len(sound)} ({100 * n_false / max(len(sound), 1):.1f} %) false alarms.",
        "",
        "| fault | planted | with evidence | found | found without |",
        "|---|---|---|---|---|",
    ]
    for kind in FITTING:
        own = [row for row in faults if row["fault"] == kind]
        with_it = [row for row in own if row["evidence"] == "files"]
        without = [row for row in own if row["evidence"] != "files"]
        lines.append(
            f"| {kind} | {len(own)} | {len(with_it)} | {sum(int(r['found']) for r in with_it)} "
            f"| {sum(int(r['found']) for r in without)} |"
        )
    commit = subprocess.run(
        ["git", "rev-parse", "HEAD"], capture_output=True, text=True, cwd=ROOT, check=True
    ).stdout.strip()
    lines += [
        "",
        f"Added at {np.median(speeds):,.0f} photographs a second (median, this machine under load). Made by",
        "",
        "```sh",
        command,
        "```",
        "",
        f"at commit `{commit}`, Pardine {__version__} (source {source_hash()[:12]}), Python "
        f"{sys.version.split()[0]}. Every fault: [season-check.csv](season-check.csv).",
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "verification")
    parser.add_argument("--seasons", type=int, default=3)
    parser.add_argument("--photographs", choices=("tiny", "small", "full"), default="tiny")
    parser.add_argument("--workers", type=int, default=1)
    options = parser.parse_args(arguments)
    rows: list[dict[str, str | int]] = []
    speeds = []
    for season in range(options.seasons):
        of_season, speed = study(SEED + season, options.photographs, options.workers)
        rows += of_season
        speeds.append(speed)
    with (options.out / "season-check.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    command = f".venv/bin/python verification/season_check_study.py --seasons {options.seasons}"
    write_page(rows, speeds, options.seasons, options.out / "season-check.md", command, options.photographs)


if __name__ == "__main__":
    main()
