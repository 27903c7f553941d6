"""Evidence between two encounter-sides from all their photographs, correlated ones counted once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pardine.identify.gallery import Gallery

VERSION = 1


@dataclass(frozen=True, kw_only=True)
class PairEvidence:
    """What two encounter-sides say about each other.

    Attributes
    ----------
    first, second
        Units of the gallery, ``first < second``.
    score
        Of the best comparable pair of photographs; NaN where nothing is comparable.
    photographs
        That pair; ``None`` where nothing is comparable.
    n_comparable
        Pairs of photographs that could be compared.
    """

    first: int
    second: int
    score: float
    photographs: tuple[int, int] | None
    n_comparable: int

    @property
    def nothing_comparable(self) -> bool:
        """Whether the two can say nothing of each other: no verdict, rather than a low score."""
        return self.photographs is None


def pool_units(
    scores: NDArray[np.float64], gallery: Gallery, *, usable: NDArray[np.bool_]
) -> list[PairEvidence]:
    """Evidence of every pair of encounter-sides of different encounters.

    Photographs of one burst are near copies of each other: adding their scores would count one look many
    times, so the best comparable pair speaks for the two units, as it would for a person at a table.

    Parameters
    ----------
    scores
        (N, N) of photographs; both directions may differ, their mean counts.
    gallery
        Labels; identities are not looked at.
    usable
        (N,) photographs in which a coat was seen.
    """
    both = 0.5 * (scores + scores.T)
    reach = gallery.comparable & usable[:, None] & usable[None, :]
    members = {int(u): np.flatnonzero(gallery.unit == u) for u in np.unique(gallery.unit[~gallery.several])}
    encounter = {u: int(gallery.encounter[own[0]]) for u, own in members.items()}
    units = sorted(members)
    return [
        _between(a, b, members[a], members[b], both, reach)
        for i, a in enumerate(units)
        for b in units[i + 1 :]
        if encounter[a] != encounter[b]
    ]


def _between(
    a: int, b: int, own: NDArray[np.intp], other: NDArray[np.intp],
    scores: NDArray[np.float64], reach: NDArray[np.bool_],
) -> PairEvidence:  # fmt: skip
    block, within = scores[np.ix_(own, other)], reach[np.ix_(own, other)]
    block = np.where(within & np.isfinite(block), block, -np.inf)
    if not within.any():
        return PairEvidence(first=a, second=b, score=float("nan"), photographs=None, n_comparable=0)
    i, j = np.unravel_index(int(block.argmax()), block.shape)
    return PairEvidence(
        first=a, second=b, score=float(block[i, j]), photographs=(int(own[i]), int(other[j])),
        n_comparable=int(within.sum()),
    )  # fmt: skip
