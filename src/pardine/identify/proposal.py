"""From compared pairs and people's verdicts to groups of passages, each link with its probability."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pardine.identify.cluster import Grouping, group
from pardine.identify.pairs import ComparedPairs
from pardine.identify.partition.evidence import Evidence, Layer, composite_weight, verdict_llr
from pardine.identify.partition.points import UNSEXED, Points
from pardine.identify.queue import Errors, expected_errors

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
# Who asserts is believed as somebody would be whose two readings agree, never as if certain.
_ASSERTED = 12.0


@dataclass(frozen=True, kw_only=True)
class Said:
    """One reading of one pair of passages by one person.

    Attributes
    ----------
    first, second
        Passages.
    says_same
        What; readings without an answer are not among these.
    false_split, false_merge
        The reader's error rates.
    """

    first: int
    second: int
    says_same: bool
    false_split: float
    false_merge: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Comparable:
    """What can be compared of n passages.

    Attributes
    ----------
    left, right : (n,) bool
        A usable view of that flank.
    apart : (P, 2)
        Certainly two animals.
    encounter : (n,)
        Passages of one encounter are never compared by their coats.
    """

    left: Bools
    right: Bools
    apart: NDArray[np.intp]
    encounter: Ints

    @property
    def n(self) -> int:
        """Number of passages."""
        return len(self.left)

    def pairs(self) -> Bools:
        """(n, n) pairs of which some flank can be compared."""
        both = (self.left[:, None] & self.left[None, :]) | (self.right[:, None] & self.right[None, :])
        both &= self.encounter[:, None] != self.encounter[None, :]
        return np.asarray(both)


@dataclass(frozen=True, kw_only=True, eq=False)
class Proposal:
    """Groups of passages.

    Attributes
    ----------
    grouping
        Labels and draws.
    together : (n, n)
        Probability that two passages are one animal.
    errors
        Links expected to be wrong, among comparable pairs.
    """

    grouping: Grouping
    together: NDArray[np.float32]
    errors: Errors

    @property
    def labels(self) -> Ints:
        """(n,) animal of each passage."""
        return self.grouping.labels

    def sureness(self) -> Array:
        """(n,) mean probability of a passage's links within its group; of one alone, that it is alone."""
        n = len(self.labels)
        same = self.labels[:, None] == self.labels[None, :]
        np.fill_diagonal(same, False)
        n_links = same.sum(axis=1)
        within = (self.together * same).sum(axis=1) / np.maximum(n_links, 1)
        draws = self.grouping.draws
        alone = np.mean(
            [np.bincount(drawn, minlength=n)[drawn] == 1 for drawn in draws], axis=0
        ) if len(draws) else np.ones(n)  # fmt: skip
        return np.where(n_links > 0, within, alone).astype(np.float64)


def coat_layers(
    views: Comparable, pairs: ComparedPairs, log_ratio: Array, *, not_shortlisted: float
) -> tuple[Layer, Layer]:
    """Evidence of the left flanks and of the right: pairs that nobody shortlisted speak against."""
    layers = []
    for side, member in (("left", views.left), ("right", views.right)):
        llr = np.zeros((views.n, views.n), np.float32)
        reach = member[:, None] & member[None, :] & (views.encounter[:, None] != views.encounter[None, :])
        llr[reach] = not_shortlisted
        own = (pairs.side == side) & reach[pairs.first, pairs.second]
        llr[pairs.first[own], pairs.second[own]] = log_ratio[own]
        llr[pairs.second[own], pairs.first[own]] = log_ratio[own]
        layers.append(Layer(llr=llr, member=member, weight=group_weight(views.n)))
    return layers[0], layers[1]


def group_weight(n: int) -> Array:
    """Weight of a group's summed pairs, by its size."""
    # Pairs of a group are correlated, but not copies: with 2 / k a tenth photograph would count as much as
    # its mean resemblance alone, and large animals fell apart. The root was chosen on simulated surveys.
    return composite_weight(n, numerator=2.0**0.5, exponent=0.5)


def people_layer(
    n: int, said: Sequence[Said], asserted: Sequence[tuple[int, int, bool]] = ()
) -> Layer | None:
    """What people say of pairs: each reading counts for itself, by its reader's error rates.

    Parameters
    ----------
    asserted
        Pairs of passages that a person named as one animal, or as two.
    """
    if not said and not asserted:
        return None
    llr = np.zeros((n, n), np.float32)
    for each in said:
        weight = verdict_llr(
            says_same=each.says_same, false_split=each.false_split, false_merge=each.false_merge
        )
        llr[each.first, each.second] += weight
        llr[each.second, each.first] += weight
    for first, second, same in asserted:
        weight = _ASSERTED if same else -_ASSERTED
        llr[first, second] += weight
        llr[second, first] += weight
    return Layer(llr=llr, member=np.ones(n, np.bool_), weight=np.ones(n + 1))


def propose(
    views: Comparable,
    layers: Sequence[Layer],
    *,
    unseen_animals: float,
    seed: int,
    n_draws: int = 200,
    start: Ints | None = None,
) -> Proposal:
    """Group passages by their coats and by what people said.

    Parameters
    ----------
    start : (n,)
        Labels to start from, where little is new.
    """
    points = Points(
        station=np.zeros(views.n, np.intp),
        left=views.left,
        right=views.right,
        sex_sighting=np.full(views.n, UNSEXED, np.int8),
        apart=views.apart,
    )
    found = group(
        points,
        Evidence(layers=tuple(layers)),
        unseen_animals=unseen_animals,
        seed=seed,
        n_draws=n_draws,
        start=start,
    )
    together = found.together()
    return Proposal(
        grouping=found,
        together=together,
        errors=expected_errors(found.labels, together, views.pairs()),
    )
