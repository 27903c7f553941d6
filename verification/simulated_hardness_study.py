"""Are simulated photographs as hard to match as real ones? A plain matcher on both, measured alike.

    python verification/simulated_hardness_study.py --real DIR --seeds 1 2 --workers 2

DIR holds photos, masks and labels.csv of a real survey. The encounters of the first half of the sorted list
are those that the renderer may be tuned on; the second half is for checking (``--halves tuning check``). The
simulated twin of a half has as many encounters, of as many animals at as many stations, by cameras of the
same sizes, with as many photographs by day, white flash and infrared. Writes
docs/verification/simulated-hardness.{md,csv,svg}: numbers only, no pixel of any real photograph.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
from hardness_leopards import leopard_frames, leopard_list
from hardness_matcher import Features, best_of, describe, without_strip
from hardness_page import write_figure, write_page
from hardness_photographs import Frame, Listed, listed, real_frames, twin_frames

ROOT = Path(__file__).resolve().parents[1]
VARIANTS = ("mask", "no strip", "whole")
COMPARABLE_SHARE = 0.2


@dataclass(frozen=True, eq=False)
class Described:
    """Features of an encounter's photographs, by variant, and the pieces of skin that each shows."""

    listed: Listed
    features: dict[str, list[Features]]
    skins: list[frozenset[tuple[str, ...]]]


@dataclass(frozen=True, kw_only=True)
class PairScore:
    """One pair of encounters."""

    half: str
    source: str
    variant: str
    is_true: bool
    same_station: bool
    shares_skin: bool | None
    inliers: int


@dataclass(frozen=True, kw_only=True)
class Summary:
    """Figures of one set of encounters under one variant of the matcher."""

    half: str
    source: str
    variant: str
    n_photographs: int
    n_true: int
    n_false: int
    keypoints: float
    true: tuple[float, float, float]
    false: tuple[float, float, float]
    false_same_station: float
    comparable: float
    shares_skin: float
    top_1: float
    n_queries: int


def described(one: Listed, source: str, folder: Path | None) -> Described:
    """Features of an encounter: real, simulated by seed, or of the default scenario's leopards."""
    cv2.setNumThreads(1)
    frames: list[Frame]
    if source == "real":
        assert folder is not None  # the real set is only asked for with its folder
        frames = list(real_frames(folder, one))
    elif source.startswith("leopards"):
        frames = list(leopard_frames(one))
    else:
        frames = list(twin_frames(one, int(source.split()[-1])))
    features: dict[str, list[Features]] = {name: [] for name in VARIANTS}
    for frame in frames:
        kept = without_strip(frame.mask)
        features["mask"].append(describe(frame.grey, frame.mask))
        features["no strip"].append(describe(frame.grey, kept))
        features["whole"].append(describe(frame.grey, without_strip(np.ones_like(frame.mask))))
    return Described(one, features, [frame.skin for frame in frames])


def kept(one: Listed, source: str, folder: Path | None, keep: Path | None) -> Described:
    """As :func:`described`, from a file where it was done before."""
    if keep is None:
        return described(one, source, folder)
    path = keep / f"{source} {one.code}.npz"
    if not path.exists():
        made = described(one, source, folder)
        arrays = {
            f"{kind} {variant} {k}": getattr(found, kind)
            for variant, all_found in made.features.items()
            for k, found in enumerate(all_found)
            for kind in ("places_px", "descriptors")
        }
        skins = {f"skin {k}": np.array(sorted(skin), dtype=str) for k, skin in enumerate(made.skins)}
        np.savez(path, n=len(made.skins), **arrays, **skins)
        return made
    with np.load(path) as file:
        numbers = range(int(file["n"]))
        features = {
            name: [Features(file[f"places_px {name} {k}"], file[f"descriptors {name} {k}"]) for k in numbers]
            for name in VARIANTS
        }
        skins_again = [frozenset(tuple(row) for row in file[f"skin {k}"].tolist()) for k in numbers]
    return Described(one, features, skins_again)


def compared(
    sets: Sequence[Described], variant: str, *, half: str, source: str
) -> tuple[Summary, list[PairScore]]:
    """Every pair of encounters by its best pair of photographs, and what that comes to."""
    cv2.setNumThreads(1)
    n = len(sets)
    scores = np.full((n, n), -1)
    pairs = []
    for i in range(n):
        for j in range(i):
            one, other = sets[i], sets[j]
            scores[i, j] = scores[j, i] = best_of(one.features[variant], other.features[variant])
            pairs.append(
                PairScore(
                    half=half, source=source, variant=variant, is_true=_same(one, other),
                    same_station=one.listed.station == other.listed.station,
                    shares_skin=_shares_skin(one, other), inliers=int(scores[i, j]),
                )
            )  # fmt: skip
    true = np.array([p.inliers for p in pairs if p.is_true])
    false = np.array([p.inliers for p in pairs if not p.is_true])
    near = [p.inliers for p in pairs if not p.is_true and p.same_station]
    mates = [[j for j in range(n) if j != i and _same(sets[i], sets[j])] for i in range(n)]
    hits = [int(np.argmax(scores[i])) in mates[i] for i in range(n) if mates[i]]
    points = [len(f.places_px) for one in sets for f in one.features[variant]]
    known = [p.shares_skin for p in pairs if p.is_true and p.shares_skin is not None]
    summary = Summary(
        half=half, source=source, variant=variant, n_photographs=len(points), n_true=len(true),
        n_false=len(false), keypoints=float(np.median(points)), true=_levels(true), false=_levels(false),
        false_same_station=float(np.max(near)) if near else float("nan"),
        comparable=float((true > np.quantile(false, 0.95)).mean()),
        shares_skin=float(np.mean(known)) if known else float("nan"),
        top_1=float(np.mean(hits)), n_queries=len(hits),
    )  # fmt: skip
    return summary, pairs


def _levels(inliers: np.ndarray[tuple[int], np.dtype[np.int64]]) -> tuple[float, float, float]:
    low, middle, high = np.quantile(inliers, [0.5, 0.9, 0.99])
    return float(low), float(middle), float(high)


def _same(one: Described, other: Described) -> bool:
    return bool(one.listed.animals & other.listed.animals)


def _shares_skin(one: Described, other: Described) -> bool | None:
    """Whether some two photographs show a fifth of the lesser one's skin in common; None if not known."""
    if not any(one.skins) or not any(other.skins):
        return None
    shares = [len(a & b) / min(len(a), len(b)) for a in one.skins for b in other.skins if a and b]
    return max(shares, default=0.0) >= COMPARABLE_SHARE


def study(
    folder: Path,
    halves: Sequence[str],
    seeds: Sequence[int],
    n_leopards: int,
    workers: int,
    keep: Path | None = None,
) -> tuple[list[Summary], list[PairScore]]:
    """All sets of all halves."""
    jobs: list[tuple[str, str, list[Listed]]] = []
    for half in halves:
        encounters = listed(folder, check_half=half == "check")
        jobs += [(half, source, encounters) for source in ("real", *(f"twin {seed}" for seed in seeds))]
    if n_leopards:
        jobs.append(("none", "leopards", leopard_list(n_leopards)))
    summaries, pairs = [], []
    # A process that has used OpenCV's threads must not be forked.
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        for half, source, encounters in jobs:
            sets = list(pool.map(partial(kept, source=source, folder=folder, keep=keep), encounters))
            for variant, found in zip(
                VARIANTS, pool.map(partial(compared, sets, half=half, source=source), VARIANTS), strict=True
            ):
                print(f"{half}, {source}, {variant}: {found[0]}", flush=True)
                summaries.append(found[0])
                pairs += found[1]
    return summaries, pairs


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the study and write its page, table and figure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--real", type=Path, required=True)
    parser.add_argument("--halves", nargs="+", default=["tuning"], choices=("tuning", "check"))
    parser.add_argument("--seeds", nargs="+", type=int, default=[1])
    parser.add_argument("--leopards", type=int, default=16, help="encounters of the default scenario")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="features that were computed before; a run goes on")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "verification")
    chosen = parser.parse_args(arguments)
    summaries, pairs = study(
        chosen.real, chosen.halves, chosen.seeds, chosen.leopards, chosen.workers, chosen.keep
    )
    with (chosen.out / "simulated-hardness.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(list(PairScore.__dataclass_fields__))
        writer.writerows([getattr(p, name) for name in PairScore.__dataclass_fields__] for p in pairs)
    write_figure(pairs, chosen.out / "simulated-hardness.svg")
    seeds, halves = " ".join(map(str, chosen.seeds)), " ".join(chosen.halves)
    command = f"python verification/simulated_hardness_study.py --real DIR --halves {halves} --seeds {seeds}"
    write_page(summaries, chosen.out / "simulated-hardness.md", command)


if __name__ == "__main__":
    main()
