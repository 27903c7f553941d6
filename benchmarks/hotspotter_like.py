"""A plain HotSpotter-like matcher on the galleries of `pardine benchmark`, as the baseline.

SIFT of the whole photograph with rotation, nearest neighbours by randomised k-d trees (FLANN, as there),
local naive Bayes votes, an affine check by RANSAC of the 40 photographs with most votes. Written from the
papers' description with OpenCV alone; it shares nothing with `pardine.identify` but labels and judgement.

    python benchmarks/hotspotter_like.py FOLDER --labels FOLDER/labels.csv [--crop-strips]

Crall et al. 2013, WACV (HotSpotter); McCann & Lowe 2012, CVPR (local naive Bayes nearest neighbour).
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from pardine.identify.evaluate import evaluate
from pardine.identify.gallery import make_gallery
from pardine.workflows.benchmark_labels import read_labels

Floats = NDArray[np.float32]
N_KEYPOINTS, N_NEIGHBOURS, N_CHECKED, SIZE_PX = 400, 5, 40, 640
# Neighbours asked for, so that enough remain when those of the query's own encounter are dropped.
N_ASKED, N_TREES, N_CHECKS = 24, 4, 160
KD_TREES = 1


def features(path: Path, strip_share: float) -> tuple[Floats, Floats]:
    grey = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_GRAYSCALE)
    scale = min(1.0, SIZE_PX / max(grey.shape))
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    look = np.full(small.shape, 255, np.uint8)
    rows = round(strip_share * small.shape[0])
    look[:rows], look[small.shape[0] - rows :] = 0, 0
    found, described = cv2.SIFT.create(nfeatures=N_KEYPOINTS).detectAndCompute(small, look)
    if described is None:
        return np.zeros((0, 2), np.float32), np.zeros((0, 128), np.float32)
    unit = np.sqrt(described / (described.sum(axis=1, keepdims=True) + 1e-7))
    return np.array([k.pt for k in found], np.float32), unit.astype(np.float32)


class Trees:
    """Descriptors of photographs that may be compared with each other, in k-d trees."""

    def __init__(self, members: Sequence[int], units: Sequence[Floats]) -> None:
        self.owner = np.repeat(np.array(members, np.int64), [len(units[j]) for j in members])
        self.local = np.concatenate([np.arange(len(units[j])) for j in members])
        self._flann = cv2.FlannBasedMatcher({"algorithm": KD_TREES, "trees": N_TREES}, {"checks": N_CHECKS})
        self._flann.add([np.concatenate([units[j] for j in members])])
        self._flann.train()

    def nearest(self, unit: Floats) -> tuple[NDArray[np.int64], Floats]:
        """(K, N_ASKED) rows of the gallery, and inner products with them; the nearest first."""
        found = self._flann.knnMatch(unit, N_ASKED)
        rows = np.array([[m.trainIdx for m in each] for each in found], np.int64)
        distance = np.array([[m.distance for m in each] for each in found], np.float32)
        return rows, (1.0 - 0.5 * distance**2).astype(np.float32)


def matched(
    query: tuple[Floats, Floats], trees: Trees, gallery_xy: Sequence[Floats], allowed: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Votes of one query for each photograph, and the spatially checked sum of its matches."""
    xy, unit = query
    votes, checked = np.zeros(len(allowed)), np.zeros(len(allowed))
    if not len(unit):
        return votes
    rows, alike = trees.nearest(unit)
    usable = allowed[trees.owner[rows]]
    # The first neighbours that may answer, and the next one, against which they are weighed.
    place = np.cumsum(usable, axis=1)
    kept = usable & (place <= N_NEIGHBOURS)
    floor = np.where(usable & (place <= N_NEIGHBOURS + 1), alike, np.inf).min(axis=1, keepdims=True)
    feature, column = np.nonzero(kept)
    row, worth = rows[feature, column], (alike - floor)[feature, column].astype(np.float64)
    owner = trees.owner[row]
    np.add.at(votes, owner, worth)
    for j in np.argsort(-votes)[:N_CHECKED]:
        own = owner == j
        if own.sum() < 4:
            continue
        a, b = xy[feature[own]], gallery_xy[j][trees.local[row[own]]]
        _, inside = cv2.estimateAffine2D(a, b, method=cv2.RANSAC, ransacReprojThreshold=20.0, maxIters=200)
        if inside is not None:
            checked[j] = worth[own][inside.ravel().astype(bool)].sum()
    return checked + 1e-3 * votes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--labels", type=Path, required=True)
    parser.add_argument("--crop-strips", action="store_true", help="leave out 8 % at top and bottom")
    parser.add_argument("--every", type=int, default=1, help="ask only every so many-th photograph")
    chosen = parser.parse_args()
    cv2.setNumThreads(1)
    files, _ = read_labels(chosen.labels, chosen.folder)
    gallery = make_gallery([file.photo for file in files])
    described = [features(file.path, 0.08 if chosen.crop_strips else 0.0) for file in files]
    xy, units = [d[0] for d in described], [d[1] for d in described]
    cv2.setRNGSeed(0)
    scores = np.zeros((len(files), len(files)))
    asked = np.arange(len(files)) % chosen.every == 0
    # Sides that can be compared share their trees; where none is told there is one group.
    for side in np.unique(gallery.side):
        own = np.flatnonzero(gallery.side == side)
        others = [int(j) for j in np.flatnonzero(gallery.comparable[own].any(axis=0)) if len(units[j])]
        if others:
            trees = Trees(others, units)
            for i in own[asked[own]]:
                scores[i] = matched(described[i], trees, xy, gallery.comparable[i])
    # The gallery stays whole; photographs that were not asked answer others and are no queries.
    answering = replace(gallery, comparable=gallery.comparable & asked[:, None])
    judged = evaluate(scores, answering, np.random.default_rng(1), n_bootstrap=1000)
    shown = {name: getattr(judged, name) for name in ("top1", "top5", "encounter_top1", "balanced_top1")}
    facts = {name: [share.value, *share.as_list()] for name, share in shown.items()}
    print(json.dumps({"n_queries": judged.n_queries, **facts,
                      "best_pairs_precision": judged.best_pairs_precision}, indent=2))  # fmt: skip


if __name__ == "__main__":
    main()
