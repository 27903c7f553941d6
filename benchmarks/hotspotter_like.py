"""A plain HotSpotter-like matcher on the galleries of `pardine benchmark`, as the baseline.

SIFT of the whole photograph with rotation, exact nearest neighbours, local naive Bayes votes, an affine
check by RANSAC of the 40 photographs with most votes. Written from the papers' description with OpenCV
alone; it shares nothing with `pardine.identify` but labels and judgement.

    python benchmarks/hotspotter_like.py FOLDER --labels FOLDER/labels.csv [--crop-strips]

Crall et al. 2013, WACV (HotSpotter); McCann & Lowe 2012, CVPR (local naive Bayes nearest neighbour).
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from pardine.identify.evaluate import evaluate
from pardine.identify.gallery import make_gallery
from pardine.workflows.benchmark_labels import read_labels

Floats = NDArray[np.float32]
N_KEYPOINTS, N_NEIGHBOURS, N_CHECKED, SIZE_PX = 400, 5, 40, 640


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


def matched(
    query: tuple[Floats, Floats],
    gallery_xy: Sequence[Floats],
    gallery_units: Sequence[Floats],
    allowed: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """Votes of one query for each photograph, and the spatially checked sum of its matches."""
    xy, unit = query
    n = len(gallery_units)
    votes, checked = np.zeros(n), np.zeros(n)
    members = [j for j in np.flatnonzero(allowed) if len(gallery_units[j])]
    if not len(unit) or not members:
        return votes
    owner = np.repeat(members, [len(gallery_units[j]) for j in members])
    local = np.concatenate([np.arange(len(gallery_units[j])) for j in members])
    alike = unit @ np.concatenate([gallery_units[j] for j in members]).T
    k = min(N_NEIGHBOURS + 1, alike.shape[1])
    best = np.argpartition(-alike, k - 1, axis=1)[:, :k]
    value = np.take_along_axis(alike, best, axis=1)
    floor = value.min(axis=1, keepdims=True)
    np.add.at(votes, owner[best].ravel(), (value - floor).ravel())
    for j in np.argsort(-votes)[:N_CHECKED]:
        feature, neighbour = np.nonzero(owner[best] == j)
        if len(feature) < 4:
            continue
        a, b = xy[feature], gallery_xy[j][local[best[feature, neighbour]]]
        _, kept = cv2.estimateAffine2D(a, b, method=cv2.RANSAC, ransacReprojThreshold=20.0, maxIters=200)
        if kept is not None:
            inside = kept.ravel().astype(bool)
            checked[j] = (value[feature, neighbour] - floor[feature, 0])[inside].sum()
    return checked + 1e-3 * votes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--labels", type=Path, required=True)
    parser.add_argument("--crop-strips", action="store_true", help="leave out 8 % at top and bottom")
    chosen = parser.parse_args()
    cv2.setNumThreads(1)
    files, _ = read_labels(chosen.labels, chosen.folder)
    gallery = make_gallery([file.photo for file in files])
    described = [features(file.path, 0.08 if chosen.crop_strips else 0.0) for file in files]
    xy, units = [d[0] for d in described], [d[1] for d in described]
    scores = np.array(
        [matched(described[i], xy, units, gallery.comparable[i]) for i in range(len(files))], np.float64
    )
    judged = evaluate(scores, gallery, np.random.default_rng(1), n_bootstrap=300)
    shown = {name: getattr(judged, name) for name in ("top1", "top5", "encounter_top1", "balanced_top1")}
    facts = {name: [share.value, *share.as_list()] for name, share in shown.items()}
    print(json.dumps({"n_queries": judged.n_queries, **facts,
                      "best_pairs_precision": judged.best_pairs_precision}, indent=2))  # fmt: skip


if __name__ == "__main__":
    main()
