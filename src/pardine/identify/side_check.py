"""Whether a photograph was given the wrong flank: its mirror image then fits animals of the other flank.

A right flank that was called left is drawn with its head to the wrong end, and fits nothing. Mirrored, it
fits the same animal's other right flanks. The two flanks of one animal differ, so a photograph with the right
label fits the other flank no better than chance, which all other photographs of the set show.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pardine.identify.body_frame import FRAME_WIDTH_PX
from pardine.identify.describe import Described
from pardine.identify.features import N_BYTES, Features
from pardine.identify.index import build_index, shortlist, votes
from pardine.identify.score import crowd_of
from pardine.identify.side import Side
from pardine.identify.verify import VerifyOptions, prepare, verify

VERSION = 1
_N_CELLS, _N_DIRECTIONS = 4, 8
_MIN_FOR_CHANCE = 20
# Median absolute deviations above what mirror images usually reach.
_UNUSUAL = 8.0


@dataclass(frozen=True, kw_only=True)
class MirrorFit:
    """How well the mirror image of a photograph fits the other flank.

    Attributes
    ----------
    weight
        (N,) of geometry with its best photograph of the other flank; NaN where it was not looked at.
    best
        (N,) that photograph, -1 where there is none.
    suspect
        (N,) whether it fits far better than mirror images usually do, and better than it fits its own flank.
    """

    weight: NDArray[np.float64]
    best: NDArray[np.int64]
    suspect: NDArray[np.bool_]


def mirrored(features: Features) -> Features:
    """Upright SIFT of a body frame as its mirror image would have it; nothing is computed anew."""
    if features.descriptors.shape[1] != N_BYTES:
        raise ValueError("only SIFT can be mirrored")
    xy = features.xy.copy()
    xy[:, 0] = FRAME_WIDTH_PX - xy[:, 0]
    # A descriptor is 4 x 4 cells of 8 directions: columns swap, and a direction t becomes 180 degrees - t.
    cells = features.descriptors.reshape(-1, _N_CELLS, _N_CELLS, _N_DIRECTIONS)
    direction = (_N_DIRECTIONS // 2 - np.arange(_N_DIRECTIONS)) % _N_DIRECTIONS
    turned = cells[:, :, ::-1, :][..., direction]
    return replace(features, xy=xy, descriptors=np.ascontiguousarray(turned.reshape(-1, N_BYTES)))


def mirror_fit(
    described: Sequence[Described],
    sides: Sequence[Side],
    own_weight: NDArray[np.float64],
    rng: np.random.Generator,
    *,
    n_closest: int = 8,
) -> MirrorFit:
    """Compare the mirror image of each flank with photographs of the other flank.

    Parameters
    ----------
    described, sides
        Of the same N photographs.
    own_weight
        (N,) best weight of geometry of each with photographs of its own flank, other encounters.
    rng
        Draws the cells of the index.
    """
    n = len(described)
    weight, best = np.full(n, np.nan), np.full(n, -1, np.int64)
    for side, other in ((Side.LEFT, Side.RIGHT), (Side.RIGHT, Side.LEFT)):
        asked, answering = (
            [
                i
                for i in range(n)
                if sides[i] is s and described[i].in_body_frame and len(described[i].features)
            ]
            for s in (side, other)
        )
        if asked and answering:
            _ask(described, asked, answering, weight, best, rng, n_closest)
    return MirrorFit(weight=weight, best=best, suspect=_unusual(weight, own_weight))


def _ask(
    described: Sequence[Described], asked: Sequence[int], answering: Sequence[int],
    weight: NDArray[np.float64], best: NDArray[np.int64], rng: np.random.Generator, n_closest: int,
) -> None:  # fmt: skip
    features = [described[j].features for j in answering]
    index = build_index([f.descriptors for f in features], np.arange(len(answering)), rng)
    crowd = crowd_of([described[j] for j in answering])
    prepared = [prepare(f, crowd) for f in features]
    for i in asked:
        image = mirrored(described[i].features)
        near = shortlist(votes(index, image.descriptors, -1), n_closest)
        query = prepare(image, crowd)
        found = [verify(query, prepared[j], upright=True, options=VerifyOptions()).weight for j in near]
        weight[i] = max(found, default=0.0)
        if found:
            best[i] = answering[int(near[int(np.argmax(found))])]


def _unusual(weight: NDArray[np.float64], own_weight: NDArray[np.float64]) -> NDArray[np.bool_]:
    known = weight[np.isfinite(weight)]
    if len(known) < _MIN_FOR_CHANCE:
        return np.zeros(len(weight), np.bool_)
    usual = float(np.median(known))
    spread = max(float(np.median(np.abs(known - usual))), 0.05 * usual, 1e-6)
    limit = usual + _UNUSUAL * spread
    return np.asarray((np.nan_to_num(weight) > limit) & (np.nan_to_num(weight) > own_weight), np.bool_)
