"""From compared pairs and people's verdicts to groups of passages, each link with its probability."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pardine.base.randomness import stream
from pardine.identify.cluster import Grouping, group
from pardine.identify.pairs import ComparedPairs
from pardine.identify.partition.evidence import Evidence, Layer, composite_weight, verdict_llr
from pardine.identify.partition.points import UNSEXED, Points
from pardine.identify.queue import Errors, expected_errors

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
GroupWeight = tuple[float, float]
# Who asserts is believed as somebody would be whose two readings agree, never as if certain.
_ASSERTED = 12.0
_MOST_CANDIDATES = 20


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
    views: Comparable,
    pairs: ComparedPairs,
    log_ratio: Array,
    *,
    not_shortlisted: float,
    group_weight: GroupWeight = (2.0, 1.0),
) -> tuple[Layer, Layer]:
    """Evidence of the left flanks and of the right: pairs that nobody shortlisted speak against.

    Parameters
    ----------
    group_weight
        Numerator and exponent by which a group's summed pairs weigh, for its size.
    """
    numerator, exponent = group_weight
    layers = []
    for side, member in (("left", views.left), ("right", views.right)):
        llr = np.zeros((views.n, views.n), np.float32)
        reach = member[:, None] & member[None, :] & (views.encounter[:, None] != views.encounter[None, :])
        llr[reach] = not_shortlisted
        own = (pairs.side == side) & reach[pairs.first, pairs.second]
        llr[pairs.first[own], pairs.second[own]] = log_ratio[own]
        llr[pairs.second[own], pairs.first[own]] = log_ratio[own]
        layers.append(
            Layer(
                llr=llr,
                member=member,
                weight=composite_weight(views.n, numerator=numerator, exponent=exponent),
            )
        )
    return layers[0], layers[1]


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


def with_readings(proposal: Proposal, views: Comparable, said: Sequence[Said], *, seed: int) -> Proposal:
    """The proposal after a few more readings, at once: its draws are weighed by what they say of them.

    Each draw counts by the likelihood of the readings and is drawn anew by that; the groups become those
    of the draw that agrees best with all. Good for the next question, as long as some draws agree with the
    readings; grouping anew replaces it.
    """
    draws = proposal.grouping.draws
    log_weight = np.zeros(len(draws))
    for each in said:
        ratio = verdict_llr(
            says_same=each.says_same, false_split=each.false_split, false_merge=each.false_merge
        )
        log_weight += ratio * (draws[:, each.first] == draws[:, each.second])
    share = np.exp(log_weight - log_weight.max())
    share /= share.sum()
    # Systematic resampling: one random number, and a draw of weight w comes w T times or one more.
    at = (stream(seed, "readings").random() + np.arange(len(draws))) / len(draws)
    chosen = np.minimum(np.searchsorted(np.cumsum(share), at), len(draws) - 1)
    labels = proposal.labels
    kept = Grouping(labels=labels, log_target=proposal.grouping.log_target, draws=draws[chosen])
    together = kept.together()
    candidates = [labels, *(draws[k].astype(np.int64) for k in np.unique(chosen)[:_MOST_CANDIDATES])]
    labels = max(candidates, key=lambda each: _agreement(each, together))
    return Proposal(
        grouping=Grouping(labels=labels, log_target=kept.log_target, draws=kept.draws),
        together=together,
        errors=expected_errors(labels, together, views.pairs()),
    )


def _agreement(labels: Ints, together: NDArray[np.float32]) -> float:
    """Links that are likelier right than wrong, less those likelier wrong."""
    order = np.argsort(labels, kind="stable")
    total = 0.0
    for members in np.split(order, np.flatnonzero(np.diff(labels[order])) + 1):
        total += float((together[np.ix_(members, members)] - 0.5).sum())
    return total
