"""Page and figure of the study of hardness."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt
import numpy as np

from pardine import __version__
from pardine.base.provenance import source_hash

ROOT = Path(__file__).resolve().parents[1]
TOLERANCE = 0.25
FIGURES = (
    ("keypoints in the mask, median", "keypoints", None),
    ("inliers of true pairs, median", "true", 0),
    ("… 90 %", "true", 1),
    ("… 99 %", "true", 2),
    ("inliers of false pairs, median", "false", 0),
    ("… 90 %", "false", 1),
    ("… 99 %", "false", 2),
    ("most inliers of a false pair of one station", "false_same_station", None),
    ("true pairs above 95 % of false ones", "comparable", None),
    ("encounter top-1", "top_1", None),
)
TITLES = {
    "mask": "Motion masks as they are",
    "no strip": "Motion masks without the strip's rows",
    "whole": "Whole photographs without the strip's rows (no mask: the background matches)",
}


def _value(summary: Any, name: str, at: int | None) -> float:
    value = getattr(summary, name)
    return float(value if at is None else value[at])


def _told(value: float) -> str:
    return "-" if np.isnan(value) else f"{value:.3g}"


def write_page(summaries: Sequence[Any], path: Path, command: str) -> None:
    """Tables of each half and variant: real, simulated, their ratio, and whether it lies within 25 %."""
    lines = ["<!-- tables -->"]
    leopards = {s.variant: s for s in summaries if s.source == "leopards"}
    for half in dict.fromkeys(s.half for s in summaries if s.half != "none"):
        for variant, title in TITLES.items():
            own = [s for s in summaries if s.half == half and s.variant == variant]
            if all(s.source == "real" for s in own):
                continue
            lines += ["", f"### {title}, {half} half", "", *_table(own, leopards.get(variant))]
    commit = subprocess.run(
        ["git", "rev-parse", "HEAD"], capture_output=True, text=True, cwd=ROOT, check=True
    ).stdout.strip()
    lines += [
        "", "Made by", "", "```sh", command, "```", "",
        f"at commit `{commit}`, Pardine {__version__} (source {source_hash()[:12]}), Python "
        f"{sys.version.split()[0]}. Every pair: [simulated-hardness.csv](simulated-hardness.csv).",
    ]  # fmt: skip
    head = path.read_text(encoding="utf-8").split("<!-- tables -->")[0] if path.exists() else ""
    path.write_text(head + "\n".join(lines) + "\n", encoding="utf-8")


def _table(own: Sequence[Any], leopards: Any) -> list[str]:
    real = next(s for s in own if s.source == "real")
    twins = [s for s in own if s.source != "real"]
    lines = [
        "| figure | real | simulated | ratio | within 25 % | leopards, default scenario |",
        "|---|---|---|---|---|---|",
    ]
    for title, name, at in FIGURES:
        truth = _value(real, name, at)
        made = float(np.mean([_value(s, name, at) for s in twins]))
        ratio = made / truth if truth > 0 else float("nan")
        met = "-" if np.isnan(ratio) else "yes" if abs(ratio - 1) <= TOLERANCE else "no"
        beside = _told(_value(leopards, name, at)) if leopards else "-"
        lines.append(f"| {title} | {_told(truth)} | {_told(made)} | {_told(ratio)} | {met} | {beside} |")
    shared = float(np.mean([s.shares_skin for s in twins]))
    beside = _told(leopards.shares_skin) if leopards else "-"
    lines.append(
        f"| true pairs that show a fifth of their skin in common | not known | {_told(shared)} | - | - "
        f"| {beside} |"
    )
    counts = [f"{real.n_photographs}", f"{sum(s.n_photographs for s in twins)} in {len(twins)} surveys"]
    pairs = f"{real.n_true} true and {real.n_false} false pairs of encounters, {real.n_queries} queries each"
    beside = f"{leopards.n_photographs}" if leopards else "-"
    return [*lines, f"| photographs | {counts[0]} | {counts[1]} | - | - | {beside} |", "", f"({pairs}.)"]


def write_figure(pairs: Sequence[Any], path: Path) -> None:
    """Share of pairs with more than so many inliers, real and simulated, by half and variant."""
    halves = [h for h in dict.fromkeys(p.half for p in pairs) if h != "none"]
    figure, axes = plt.subplots(
        len(halves), len(TITLES), figsize=(11, 3.2 * len(halves)), squeeze=False, sharey=True
    )
    for row, half in zip(axes, halves, strict=True):
        for axis, variant in zip(row, TITLES, strict=True):
            for source, colour in (("real", "#444444"), ("twin", "#c0631b")):
                for is_true, style in ((True, "-"), (False, ":")):
                    own = sorted(
                        max(1, p.inliers)
                        for p in pairs
                        if (p.half, p.variant, p.is_true) == (half, variant, is_true)
                        and p.source.startswith(source)
                    )
                    share = 1 - np.arange(len(own)) / max(1, len(own))
                    name = f"{'simulated' if source == 'twin' else source}, {'true' if is_true else 'false'}"
                    axis.step(own, share, style, color=colour, label=name)
            axis.set(xscale="log", yscale="log", xlabel="inliers", title=f"{variant}, {half} half")
        row[0].set_ylabel("share of pairs with at least as many")
    axes[0][0].legend(fontsize=7)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)
