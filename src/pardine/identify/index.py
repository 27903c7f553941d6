"""A shortlist out of thousands of photographs: descriptors in cells, votes by local naive Bayes.

Descriptors of the gallery lie in the cells of a coarse quantiser; a query feature looks only into the
few cells nearest to it, and votes for the photographs of its nearest neighbours by how much nearer they
are than the first that is not counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pardine.identify.features import N_BYTES, Descriptors, as_unit

VERSION = 1
Ints = NDArray[np.int32]

_TRAINING = 30_000
_ROUNDS = 8
_MOST_CELLS = 2048


@dataclass(frozen=True, kw_only=True)
class Index:
    """Descriptors of a gallery, cell by cell.

    Attributes
    ----------
    centres
        (C, D) float32.
    descriptors
        (M, D), ordered by cell.
    owner
        (M,) photograph of each descriptor.
    starts
        (C + 1,) where each cell begins.
    group
        (N,) group of each photograph; a query never sees its own.
    """

    centres: NDArray[np.float32]
    descriptors: Descriptors
    owner: Ints
    starts: NDArray[np.int64]
    group: Ints

    @property
    def n_photographs(self) -> int:
        """Photographs of the gallery."""
        return len(self.group)


def build_index(
    descriptors: Sequence[Descriptors], group: NDArray[np.int64], rng: np.random.Generator
) -> Index:
    """Index the descriptors of a gallery.

    Parameters
    ----------
    descriptors
        (K, D) of each photograph.
    group
        (N,) what each photograph belongs to (its encounter): its own group is never found.
    rng
        Draws the descriptors that the cells are made from.
    """
    if len(descriptors) != len(group):
        raise ValueError("each photograph needs a group")
    lengths = [len(d) for d in descriptors]
    everything = _together(descriptors)
    owner = np.repeat(np.arange(len(descriptors), dtype=np.int32), lengths)
    n_cells = int(np.clip(len(everything) / 400, 1, _MOST_CELLS))
    centres = _cells(everything, n_cells, rng)
    cell = _nearest_cell(everything, centres)
    order = np.argsort(cell, kind="stable")
    starts = np.searchsorted(cell[order], np.arange(len(centres) + 1))
    return Index(
        centres=centres,
        descriptors=np.ascontiguousarray(everything[order]),
        owner=owner[order],
        starts=starts.astype(np.int64),
        group=group.astype(np.int32),
    )


def votes(
    index: Index, descriptors: Descriptors, group: int, *, n_probes: int = 12, n_neighbours: int = 6
) -> NDArray[np.float32]:
    """(N,) votes of the features of one query for each photograph; zero for those of its own group.

    References
    ----------
    McCann & Lowe 2012, CVPR (local naive Bayes nearest neighbour); Crall et al. 2013, WACV (HotSpotter).
    """
    if not len(descriptors) or not len(index.descriptors):
        return np.zeros(index.n_photographs, np.float32)
    n_probes = min(n_probes, len(index.centres))
    near = _rank_cells(as_unit(descriptors), index.centres)
    probes = np.argpartition(near, n_probes - 1, axis=1)[:, :n_probes].astype(np.int32)
    return _vote(
        descriptors, probes, index.descriptors, index.owner, index.starts, index.group, group, n_neighbours
    )


def shortlist(counts: NDArray[np.float32], n_most: int) -> NDArray[np.intp]:
    """The photographs with most votes, best first, those without any left out."""
    best = np.argsort(-counts, kind="stable")[:n_most]
    return best[counts[best] > 0.0]


def _together(descriptors: Sequence[Descriptors]) -> Descriptors:
    # Photographs without features have descriptors of no particular length.
    filled = [d for d in descriptors if len(d)]
    return np.concatenate(filled) if filled else np.zeros((0, N_BYTES), np.uint8)


def _rank_cells(unit: NDArray[np.float32], centres: NDArray[np.float32]) -> NDArray[np.float32]:
    """(K, C) squared distance to each cell, less what is the same for all."""
    return np.asarray((centres * centres).sum(axis=1)[None, :] - 2.0 * (unit @ centres.T), dtype=np.float32)


def _nearest_cell(everything: Descriptors, centres: NDArray[np.float32], chunk: int = 20_000) -> Ints:
    cell = np.zeros(len(everything), np.int32)
    for start in range(0, len(everything), chunk):
        part = slice(start, start + chunk)
        cell[part] = _rank_cells(as_unit(everything[part]), centres).argmin(axis=1)
    return cell


def _cells(everything: Descriptors, n_cells: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Centres by k-means over a sample; an empty cell keeps its place."""
    if not len(everything):
        return np.zeros((1, everything.shape[1]), np.float32)
    size = min(len(everything), max(_TRAINING, 16 * n_cells))
    sample = as_unit(everything[np.sort(rng.choice(len(everything), size, replace=False))])
    centres = sample[np.sort(rng.choice(size, n_cells, replace=False))].copy()
    for _ in range(_ROUNDS):
        cell = _rank_cells(sample, centres).argmin(axis=1)
        order = np.argsort(cell, kind="stable")
        filled, starts = np.unique(cell[order], return_index=True)
        sums = np.add.reduceat(sample[order], starts, axis=0)
        centres[filled] = sums / np.diff([*starts, size])[:, None]
    return centres


@njit(cache=True, fastmath=True)
def _vote(
    query: Descriptors, probes: Ints, descriptors: Descriptors, owner: Ints, starts: NDArray[np.int64],
    group: Ints, own: int, n_neighbours: int,
) -> NDArray[np.float32]:  # fmt: skip
    counts = np.zeros(len(group), np.float32)
    k = n_neighbours + 1
    best = np.zeros(k, np.float32)
    photo = np.zeros(k, np.int32)
    q = np.zeros(query.shape[1], np.int32)
    for i in range(query.shape[0]):
        norm = 0.0
        for d in range(query.shape[1]):
            q[d] = query[i, d]
            norm += q[d] * q[d]
        scale = 1.0 / max(norm, 1.0)
        best[:] = -1.0
        photo[:] = -1
        for p in range(probes.shape[1]):
            cell = probes[i, p]
            for m in range(starts[cell], starts[cell + 1]):
                if group[owner[m]] == own:
                    continue
                dot = np.int32(0)
                for d in range(query.shape[1]):
                    dot += q[d] * np.int32(descriptors[m, d])
                alike = np.float32(dot * scale)
                if alike <= best[k - 1]:
                    continue
                at = k - 1
                while at > 0 and best[at - 1] < alike:
                    best[at], photo[at] = best[at - 1], photo[at - 1]
                    at -= 1
                best[at], photo[at] = alike, owner[m]
        if best[k - 1] < 0.0:
            continue
        for n in range(n_neighbours):
            counts[photo[n]] += best[n] - best[k - 1]
    return counts
