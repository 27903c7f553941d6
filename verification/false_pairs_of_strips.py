"""Why false pairs of real photographs score high: letters of the info strip inside the animals' outlines.

Inliers of pairs of different animals (root-SIFT, ratio 0.8, affine) with the masks as they are, and
without the rows of the strip. Only encounters of the first half of the sorted list are read; the other
half stays unseen for checking. Prints a table:

    python verification/false_pairs_of_strips.py DIR_WITH_photos_masks_labels.csv
"""

from __future__ import annotations

import argparse
import csv
import random
from pathlib import Path

import cv2
import numpy as np

STRIP_SHARE = 0.037
N_EACH, N_PAIRS = 5, 700


def first_half(folder: Path) -> list[dict[str, str]]:
    """Labels of up to five photographs of each encounter of the first half."""
    with (folder / "labels.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    encounters = sorted({row["encounter"] for row in rows})
    chosen = []
    for encounter in encounters[: len(encounters) // 2]:
        chosen += [row for row in rows if row["encounter"] == encounter][:N_EACH]
    return chosen


def features(folder: Path, row: dict[str, str], *, without_strip: bool):  # noqa: ANN201 # two arrays or None
    """Places and descriptors of an animal, cut to its mask and scaled to 640 pixels; None without a mask."""
    mask_path = folder / "masks" / (Path(row["file"]).stem + ".png")
    if not mask_path.exists():
        return None
    picture = cv2.imread(str(folder / "photos" / row["file"]), cv2.IMREAD_GRAYSCALE)
    mask = (cv2.imread(str(mask_path), cv2.IMREAD_GRAYSCALE) > 127).astype(np.uint8)
    mask = cv2.resize(mask, picture.shape[::-1], interpolation=cv2.INTER_NEAREST)
    if without_strip:
        rows = int(STRIP_SHARE * len(mask))
        mask[:rows] = 0
        mask[-rows:] = 0
    ys, xs = np.nonzero(mask)
    if len(ys) < 500:
        return None
    box = np.s_[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1]
    k = 640 / max(picture[box].shape)
    small = cv2.resize(picture[box], None, fx=k, fy=k, interpolation=cv2.INTER_AREA)
    inside = cv2.resize(mask[box], small.shape[::-1], interpolation=cv2.INTER_NEAREST)
    points, found = cv2.SIFT_create(2000).detectAndCompute(small, inside)
    if found is None:
        return None
    return np.array([p.pt for p in points]), np.sqrt(found / (found.sum(1, keepdims=True) + 1e-9))


def n_inliers(one, other) -> int:  # noqa: ANN001 # what features() gives
    """Matches that one affine map explains."""
    pairs = cv2.BFMatcher().knnMatch(one[1].astype(np.float32), other[1].astype(np.float32), k=2)
    good = [p[0] for p in pairs if len(p) == 2 and p[0].distance < 0.8 * p[1].distance]
    if len(good) < 4:
        return 0
    here = one[0][[m.queryIdx for m in good]].astype(np.float32)
    there = other[0][[m.trainIdx for m in good]].astype(np.float32)
    found = cv2.estimateAffine2D(here, there, ransacReprojThreshold=8)[1]
    return 0 if found is None else int(found.sum())


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    print("| masks | photographs | false pairs | median | 90 % | 99 % |\n|---|---|---|---|---|---|")
    for without_strip in (False, True):
        made = [(row, features(folder, row, without_strip=without_strip)) for row in first_half(folder)]
        known = [(row, found) for row, found in made if found is not None]
        pairs = [
            (a, b)
            for i, (one, a) in enumerate(known)
            for other, b in known[:i]
            if one["identity"] != other["identity"] and one["encounter"] != other["encounter"]
        ]
        random.Random(1).shuffle(pairs)
        scores = [n_inliers(a, b) for a, b in pairs[:N_PAIRS]]
        levels = np.quantile(scores, [0.5, 0.9, 0.99]).round(1)
        name = "without the strip's rows" if without_strip else "as they are"
        print(f"| {name} | {len(known)} | {len(scores)} | " + " | ".join(f"{v:g}" for v in levels) + " |")


if __name__ == "__main__":
    main()
