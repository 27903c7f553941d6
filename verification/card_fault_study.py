"""Faults of clocks and cards that the season's check finds, and its false alarms.

Simulated deployments with one of eight faults, and as many at stations without any, are checked with the
defaults. Writes docs/verification/card-faults.{md,csv}:

    .venv/bin/python verification/card_fault_study.py
"""

from __future__ import annotations

import argparse
import csv
import subprocess
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pardine import __version__
from pardine.base.provenance import source_hash
from pardine.observe.check.finding import Finding
from pardine.observe.check.rules import run_checks
from pardine.observe.check.season import Season, moment_of
from pardine.observe.clock import ClockCorrection, local_clocks
from pardine.observe.clock_evidence import correction_from_checks, correction_from_partner
from pardine.observe.lag import estimate_lag
from pardine.simulate.season.card_contents import CardSettings
from pardine.simulate.season.card_faults import CARD_FAULTS, CardFault, SimulatedCards, draw_cards

ROOT = Path(__file__).resolve().parents[1]
SEED = 3
N_EACH = 50
N_SOUND = 400
TARGET_FOUND, TARGET_FALSE, TARGET_DRIFT_S = 0.95, 0.02, 60.0

_OF_CLOCKS = ("outside_deployment", "impossible_date", "clock_check", "slot_lag")
# Only what names the fault counts as finding it, not a finding about something that follows from it.
FITTING: dict[CardFault, tuple[str, ...]] = {
    "drift": ("clock_check", "slot_lag"),
    "twelve hours": _OF_CLOCKS,
    "day and month": _OF_CLOCKS,
    "reset": (*_OF_CLOCKS, "time_backwards"),
    "offset": _OF_CLOCKS,
    "mixed cards": ("serial_not_sheet", "serial_two_stations", "label_not_station", "outside_deployment"),
    "copied card": ("same_hash",),
    "missing card": ("missing_card",),
}
FIELD_WORK: dict[str, CardSettings] = {
    "as expected (1)": CardSettings(),
    "as expected (2)": CardSettings(),
    "quiet trails": CardSettings(visits_a_day=0.6),
    "busy trails": CardSettings(visits_a_day=6.0),
    "little is written down": CardSettings(reference_prob=0.1, serial_prob=0.4, label_prob=0.2),
}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One season: faults by kind, and what was found.

    Attributes
    ----------
    n, with_evidence, found, found_without
        By kind: faults, those with evidence, those of them that were found, and found ones without.
    false_alarms, n_sound
        Deployments of sound stations with any finding, and all of them.
    drift_s
        Largest error of each drifting clock after correction, by its reference clocks and by its partner.
    """

    n: dict[CardFault, int]
    with_evidence: dict[CardFault, int]
    found: dict[CardFault, int]
    found_without: dict[CardFault, int]
    false_alarms: int
    n_sound: int
    drift_s: tuple[list[float], list[float]]


def season_of(cards: SimulatedCards) -> Season:
    return Season(
        deployments=cards.deployments,
        media=cards.media,
        now=cards.now,
        clock_checks=cards.clock_checks,
        visits=cards.visits,
        effort=cards.effort,
    )


def study(settings: CardSettings, seed: int, n_each: int, n_sound: int) -> Outcome:
    kinds = [kind for kind in CARD_FAULTS for _ in range(n_each)]
    # Some stations have one camera, so a few more are drawn than half of the deployments.
    cards = draw_cards(kinds, (n_sound * 11) // 20 + 3, seed, settings)
    season = season_of(cards)
    by_deployment: dict[str, list[Finding]] = defaultdict(list)
    for finding in run_checks(season):
        for code in finding.deployments:
            by_deployment[code].append(finding)
    tallies: list[dict[CardFault, int]] = [dict.fromkeys(CARD_FAULTS, 0) for _ in range(4)]
    for fault in cards.faults:
        rules = {f.rule.removeprefix("check.") for code in fault.deployments for f in by_deployment[code]}
        is_found = not rules.isdisjoint(FITTING[fault.kind])
        tallies[0][fault.kind] += 1
        tallies[1][fault.kind] += fault.has_evidence
        tallies[2][fault.kind] += fault.has_evidence and is_found
        tallies[3][fault.kind] += is_found and not fault.has_evidence
    sound = cards.sound[:n_sound]
    return Outcome(
        n=tallies[0],
        with_evidence=tallies[1],
        found=tallies[2],
        found_without=tallies[3],
        false_alarms=sum(bool(by_deployment[code]) for code in sound),
        n_sound=len(sound),
        drift_s=drift_errors_s(cards, season),
    )


def drift_errors_s(cards: SimulatedCards, season: Season) -> tuple[list[float], list[float]]:
    """Largest error of each drifting clock after correction: by reference clocks, and by the partner."""
    number_of = {d.code: number for number, d in enumerate(cards.deployments)}
    by_checks, by_partner = [], []
    for fault in cards.faults:
        code = fault.deployments[0]
        if fault.kind != "drift" or not fault.has_evidence:
            continue
        number = number_of[code]
        if len(cards.clock_checks.get(code, ())) >= 2:
            correction = correction_from_checks(code, cards.clock_checks[code])
            by_checks.append(error_s(cards, season, number, correction))
        partner = season.partner_of(number)
        lag = None
        if partner is not None:
            lag = estimate_lag(season.visit_starts[partner], season.visit_starts[number])
        if lag is not None and lag.confidence > 0.999 and lag.n_shared >= 10:
            correction = correction_from_partner(
                code, lag_s=lag.lag_s, drift_s_per_day=lag.drift_s_per_day, pivot=moment_of(lag.pivot_s)
            )
            by_partner.append(error_s(cards, season, number, correction))
    return by_checks, by_partner


def error_s(cards: SimulatedCards, season: Season, number: int, correction: ClockCorrection) -> float:
    rows = season.rows[number]
    corrected = local_clocks(cards.media.wall_clock[rows], (correction,))
    return float(np.abs((corrected - cards.true_local[rows]).astype(np.int64)).max())


def rows_of(outcomes: dict[str, Outcome]) -> list[dict[str, str | int | float]]:
    rows: list[dict[str, str | int | float]] = []
    for name, outcome in outcomes.items():
        for kind in CARD_FAULTS:
            rows.append(
                {
                    "field_work": name,
                    "kind": kind,
                    "deployments": outcome.n[kind],
                    "with_evidence": outcome.with_evidence[kind],
                    "found": outcome.found[kind],
                    "found_without_evidence": outcome.found_without[kind],
                }
            )
        rows.append(
            {
                "field_work": name,
                "kind": "none",
                "deployments": outcome.n_sound,
                "with_evidence": 0,
                "found": outcome.false_alarms,
                "found_without_evidence": 0,
            }
        )
    return rows


def write_page(outcomes: dict[str, Outcome], path: Path, command: str) -> None:
    lines = [
        "# Faults of clocks and cards that the season's check finds",
        "",
        "Simulated deployments (`simulate/season/card_faults.py`, written without a look at the rules) are",
        "checked with the default limits: 50 with each of eight faults, and 400 at stations without any,",
        "in each kind of field work. “Found” counts findings that name the fault, among deployments in which",
        "anything can tell of it (`draw_cards` says when that is so). A false alarm is any finding at all",
        "about a deployment of a sound station.",
        "",
        f"Target: at least {100 * TARGET_FOUND:.0f} % found, at most {100 * TARGET_FALSE:.0f} % false "
        f"alarms, drift recovered within {TARGET_DRIFT_S:.0f} s.",
        "",
        "| field work | found, of those with evidence | without evidence (found too) | false alarms |",
        "|---|---|---|---|",
    ]
    for name, outcome in outcomes.items():
        n, with_evidence, found = (sum(t.values()) for t in (outcome.n, outcome.with_evidence, outcome.found))
        lines.append(
            f"| {name} | {found} of {with_evidence} ({100 * found / with_evidence:.1f} %) "
            f"| {n - with_evidence} ({sum(outcome.found_without.values())}) "
            f"| {outcome.false_alarms} of {outcome.n_sound} "
            f"({100 * outcome.false_alarms / outcome.n_sound:.1f} %) |"
        )
    lines += ["", "| fault | deployments | with evidence | found |", "|---|---|---|---|"]
    for kind in CARD_FAULTS:
        n, with_evidence, found = (
            sum(getattr(o, name)[kind] for o in outcomes.values()) for name in ("n", "with_evidence", "found")
        )
        lines.append(f"| {kind} | {n} | {with_evidence} | {found} ({100 * found / with_evidence:.1f} %) |")
    lines += [
        "",
        "Largest error of a drifting clock (4 to 25 s a day) on any of its photographs, once corrected:",
    ]
    lines += ["", "| evidence | clocks | median | largest | within 60 s |", "|---|---|---|---|---|"]
    names = ("reference clock at both ends", "at least 10 visits shared with the partner")
    for number, name in enumerate(names):
        errors = np.array([e for outcome in outcomes.values() for e in outcome.drift_s[number]])
        within = 100 * (errors <= TARGET_DRIFT_S).mean()
        lines.append(
            f"| {name} | {errors.size} | {np.median(errors):.0f} s | {errors.max():.0f} s | {within:.1f} % |"
        )
    commit = subprocess.run(
        ["git", "rev-parse", "HEAD"], capture_output=True, text=True, cwd=ROOT, check=True
    ).stdout.strip()
    lines += [
        "",
        "Against the partner a clock can only be as right as the partner's, which is off by up to half a",
    ]
    lines += ["minute here.", "", "Made by", "", "```sh", command, "```", ""]
    lines += [f"at commit `{commit}`, Pardine {__version__} (source {source_hash()[:12]}), Python "]
    lines[-1] += (
        f"{sys.version.split()[0]}, numpy {np.__version__}. All numbers: [card-faults.csv](card-faults.csv)."
    )
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "verification")
    options = parser.parse_args(arguments)
    outcomes = {
        name: study(settings, SEED + number, N_EACH, N_SOUND)
        for number, (name, settings) in enumerate(FIELD_WORK.items())
    }
    rows = rows_of(outcomes)
    with (options.out / "card-faults.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    command = ".venv/bin/python verification/card_fault_study.py"
    write_page(outcomes, options.out / "card-faults.md", command)


if __name__ == "__main__":
    main()
