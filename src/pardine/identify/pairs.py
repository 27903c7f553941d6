"""From photographs compared to passages compared: a score for each flank, with its light and quality."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pardine.identify.fusion import Fusion, directed_pairs
from pardine.identify.score import PairTable

VERSION = 1
Array = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Looks:
    """What is known of each photograph before any two are compared.

    Attributes
    ----------
    passage : (N,)
        Passage of each photograph; below 0 for those that belong to none.
    side : (N,) of words
        ``left``, ``right`` or another.
    infrared, poor : (N,) bool
        Taken in the dark; hard to see.
    usable : (N,) bool
        A coat was seen.
    """

    passage: Ints
    side: NDArray[np.str_]
    infrared: NDArray[np.bool_]
    poor: NDArray[np.bool_]
    usable: NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True, eq=False)
class ComparedPairs:
    """Pairs of passages of which one side was compared closely; the best pair of photographs speaks.

    Attributes
    ----------
    first, second : (P,)
        Passages, ``first < second``.
    side : (P,) of words
    score : (P,)
    photographs : (P, 2)
        Of the best pair.
    stratum : (P,) of words
        Light and quality of that pair.
    """

    first: Ints
    second: Ints
    side: NDArray[np.str_]
    score: Array
    photographs: Ints
    stratum: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.first)


def fused_scores(table: PairTable, fusion: Fusion) -> Array:
    """(P,) utility of each pair of photographs: the mean of what either says of the other."""
    both = fusion.utility(directed_pairs(table).columns)
    n = len(table.first)
    return np.asarray(0.5 * (both[:n] + both[n:]))


def compare_passages(table: PairTable, scores: Array, looks: Looks) -> ComparedPairs:
    """Pool photographs of one flank: near copies of one burst are counted once, by their best pair."""
    a, b = looks.passage[table.first], looks.passage[table.second]
    side = looks.side[table.first]
    flank = np.isin(side, ("left", "right")) & (side == looks.side[table.second])
    kept = np.flatnonzero(flank & (a >= 0) & (b >= 0) & (a != b))
    low, high = np.minimum(a, b)[kept], np.maximum(a, b)[kept]
    is_right = (side[kept] == "right").astype(np.int64)
    order = np.lexsort((-scores[kept], is_right, high, low))
    keys = np.column_stack([low, high, is_right])[order]
    best = np.ones(len(order), np.bool_)
    best[1:] = (keys[1:] != keys[:-1]).any(axis=1)
    chosen = kept[order[best]]
    photographs = np.column_stack([table.first[chosen], table.second[chosen]]).astype(np.int64)
    swapped = looks.passage[photographs[:, 0]] > looks.passage[photographs[:, 1]]
    photographs[swapped] = photographs[swapped, ::-1]
    return ComparedPairs(
        first=keys[best, 0],
        second=keys[best, 1],
        side=side[chosen],
        score=scores[chosen],
        photographs=photographs,
        stratum=strata(photographs, looks),
    )


def strata(photographs: Ints, looks: Looks) -> NDArray[np.str_]:
    """Light of two photographs, and ``poor`` where either is hard to see."""
    dark = looks.infrared[photographs].sum(axis=1)
    light = np.array(["day", "day and infrared", "infrared"])[dark]
    poor = looks.poor[photographs].any(axis=1)
    return np.where(poor, np.char.add(light, ", poor"), light).astype(np.str_)


def sides_seen(looks: Looks, n_passages: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """(n,) passages with a usable view of the left flank, and of the right."""
    seen = []
    for side in ("left", "right"):
        own = looks.usable & (looks.side == side) & (looks.passage >= 0)
        found = np.zeros(n_passages, np.bool_)
        found[looks.passage[own]] = True
        seen.append(found)
    return seen[0], seen[1]
