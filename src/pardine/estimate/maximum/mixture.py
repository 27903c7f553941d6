"""Classes of animals: several hills to climb, and the one that never ends.

The likelihood of a mixture has several maxima, so it is searched from several starts, and the highest
maximum that the search has reached counts. Three of its ends are none of a common kind:

- *No second class.* Both classes come out alike; their share is free. The fit is that of one class.
- *A class that is hardly ever seen.* With the chance p to see an animal of a class going to 0 and its
  density to infinity, the animals of it that are seen stay as many, each of them seen once. The limit is
  a model of its own, with a likelihood of its own: if nothing bounded is more likely, there is no
  estimate of density. If it is only a little less likely, density has no upper limit.
- *A class some known animal of which was seen twice* cannot do so: that would have probability 0.

References
----------
Link WA (2003) Nonidentifiability of population size from capture-recapture data with heterogeneous
detection probabilities. Biometrics 59:1123-1130.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from pardine.estimate.likelihood.joint import JointLikelihood
from pardine.estimate.maximum.boundary import maximum_of_others
from pardine.estimate.maximum.search import Maximum, maximise

Array = NDArray[np.float64]

_INTENSITIES = ("lambda0", "g0", "a0")
# Gap between the classes on the log scale of detection at the centre, and logit of the second's share.
_STARTS = ((1.5, 0.0), (3.0, -1.4), (1.5, -1.4))
# Sexes stand in one order, so the other sex may be the one seen more often.
_STARTS_OF_SEXES = (*_STARTS, (-1.5, 0.0))
_SIGMA_GAP = 0.3
# With so many known animals of each class no other start was ever better (40 simulated surveys).
_ENOUGH_KNOWN = 30
# Log-likelihoods closer than this are the same.
SAME_VALUE = 1e-2
# exp(-14), about a millionth: as good as never seen.
_HARDLY_EVER = -14.0
_SEARCHED_WELL = 0.05
# The search for that limit begins with a fifth as many of them seen as of the others, on the log scale.
_FEWER_SEEN = 1.6


def best_maximum(joint: JointLikelihood, start: Array) -> Maximum:
    """The highest maximum reached from several starts; with one class, or classes well known, from one.

    A search without an end is taken only where no other came to one.

    Parameters
    ----------
    joint
        The likelihood.
    start : (P,) array
        The start to begin with.
    """
    starts = [start, *_other_starts(joint, start)] if _needs_several(joint) else [start]
    found = [joint.maximum(one) for one in starts]
    return max(found, key=lambda maximum: (maximum.converged, maximum.log_likelihood))


def _needs_several(joint: JointLikelihood) -> bool:
    if not class_columns(joint):
        return False
    known = np.zeros(2)
    for data in joint.sessions:
        for which in (0, 1):
            known[which] += float(data.multiplicity[data.known_class == which].sum())
    return bool(known.min() < _ENOUGH_KNOWN)


def class_columns(joint: JointLikelihood) -> tuple[int, ...]:
    """Coefficients by which detection differs between classes, interactions among them."""
    return tuple(
        k
        for k, name in enumerate(joint.table.names)
        if re.search(r"[.:]h2\[", name) and not name.startswith("pmix.")
    )


def _contrasts(joint: JointLikelihood) -> dict[str, tuple[int, int]]:
    """Parameter to its intercept and its plain contrast between classes."""
    found = {}
    for parameter in joint.table.parameters:
        for k, name in enumerate(parameter.coefficients):
            if parameter.name != "pmix" and re.fullmatch(rf"{parameter.name}\.h2\[[^\]]*\]", name):
                found[parameter.name] = (parameter.columns.start, parameter.columns.start + k)
    return found


def _other_starts(joint: JointLikelihood, start: Array) -> list[Array]:
    pairs = _STARTS_OF_SEXES if joint.spec.hcov else _STARTS
    return [_apart(joint, start, gap, logit_share) for gap, logit_share in pairs]


def _apart(joint: JointLikelihood, start: Array, gap: float, logit_share: float) -> Array:
    """A start with the classes so far apart, and the same average over animals."""
    own = start.copy()
    share = 1.0 / (1.0 + np.exp(-logit_share))
    for name, (intercept, contrast) in _contrasts(joint).items():
        middle = own[intercept] + 0.5 * own[contrast]
        own[contrast] = gap if name in _INTENSITIES else np.sign(gap) * _SIGMA_GAP
        own[intercept] = middle - share * own[contrast]
    own[joint.table.parameter("pmix").columns.start] = logit_share
    return own


def one_class(joint: JointLikelihood, maximum: Maximum) -> tuple[Maximum, tuple[int, ...]]:
    """The model with both classes alike, where classes that nobody knows gain nothing.

    Returns
    -------
    maximum : Maximum
        As it came, or that with the classes alike.
    held : tuple of int
        Coefficients of the classes, which then say nothing.
    """
    columns = class_columns(joint)
    if joint.spec.hcov or not columns:
        return maximum, ()
    pmix = joint.table.parameter("pmix").columns
    held = [*columns, *range(pmix.start, pmix.stop)]
    start = maximum.beta.copy()
    for intercept, contrast in _contrasts(joint).values():
        start[intercept] += 0.5 * start[contrast]
    start[held] = 0.0
    alike = maximum_of_others(joint, start, held)
    if alike.log_likelihood < maximum.log_likelihood - SAME_VALUE or not alike.converged:
        return maximum, ()
    return alike, tuple(held)


def hardly_seen_limit(joint: JointLikelihood, maximum: Maximum) -> float:
    """Log-likelihood with a class of animals hardly ever seen, and ever so many; -inf where none can be.

    Parameters
    ----------
    joint, maximum
        A likelihood with classes, and where its search ended.
    """
    contrasts = _contrasts(joint)
    intensity = next((name for name in _INTENSITIES if name in contrasts), None)
    if intensity is None:
        return -np.inf
    may_vanish = [which for which in (0, 1) if not _some_known_seen_twice(joint, which)]
    if not joint.spec.hcov:
        may_vanish = may_vanish[:1]  # nobody knows which class is which
    limits = [_limit_of(joint, maximum, contrasts[intensity], which) for which in may_vanish]
    return max(limits, default=-np.inf)


def _some_known_seen_twice(joint: JointLikelihood, which: int) -> bool:
    return any(
        bool((data.detections.sum(axis=1)[data.known_class == which] > 1.0).any()) for data in joint.sessions
    )


def _limit_of(joint: JointLikelihood, maximum: Maximum, columns: tuple[int, int], hidden: int) -> float:
    """Maximum over the other coefficients with one class hardly ever seen."""
    intercept, contrast = columns
    values = maximum.beta[intercept], maximum.beta[[intercept, contrast]].sum()
    seen = 1 - hidden if joint.spec.hcov else int(np.argmax(values))
    logit_second = maximum.beta[joint.table.parameter("pmix").columns.start]
    log_odds_seen = logit_second if seen == 1 else -logit_second
    # What else differs between classes is tried as of the class that is seen, and as it was; the other
    # class has a fifth as many animals seen, or as many as it had.
    ways = [(seen, -_HARDLY_EVER - _FEWER_SEEN)]
    if len(_contrasts(joint)) > 1:
        ways.append((1 - seen, values[1 - seen] - values[seen] - _HARDLY_EVER - log_odds_seen))
    found = []
    for other, log_odds_hidden in ways:
        start = _with_classes(joint, maximum.beta, (other, seen) if hidden == 0 else (seen, other))
        start[intercept] = values[seen] + (_HARDLY_EVER if hidden == 0 else 0.0)
        start[contrast] = -_HARDLY_EVER if hidden == 0 else _HARDLY_EVER
        _set_numbers(joint, start, log_odds_seen, log_odds_hidden, hidden)
        found.append(_with_class_held(joint, start, columns, hidden))
    return max((one.log_likelihood for one in found if one.decrement < _SEARCHED_WELL), default=-np.inf)


def _set_numbers(
    joint: JointLikelihood, start: Array, log_odds_seen: float, log_odds_hidden: float, hidden: int
) -> None:
    """Density and share at which the class that is seen is as dense as it was among all animals."""
    pmix = joint.table.parameter("pmix").columns
    start[pmix] = 0.0
    start[pmix.start] = -log_odds_hidden if hidden == 0 else log_odds_hidden
    if joint.likelihood == "full":
        log_density_seen = -np.logaddexp(0.0, -log_odds_seen)
        start[joint.table.parameter("D").columns.start] += log_density_seen + np.logaddexp(
            0.0, log_odds_hidden
        )


def _with_classes(joint: JointLikelihood, beta: Array, which: tuple[int, int]) -> Array:
    """Coefficients with the two classes as some of its classes are."""
    own = beta.copy()
    for intercept, contrast in _contrasts(joint).values():
        first, second = (beta[intercept] + k * beta[contrast] for k in which)
        own[intercept], own[contrast] = first, second - first
    return own


def _with_class_held(joint: JointLikelihood, start: Array, columns: tuple[int, int], which: int) -> Maximum:
    """Maximum with the detection of one class at the centre where it is."""
    intercept, contrast = columns
    free = np.setdiff1d(np.arange(len(start)), [contrast if which else intercept])
    ways = np.eye(len(start))[:, free]
    if which:  # intercept + contrast stays
        ways[contrast, np.flatnonzero(free == intercept)] = -1.0

    def value_and_gradient(step: Array) -> tuple[float, Array]:
        value, gradient = joint.value_and_gradient(start + ways @ step)
        return value, np.asarray(ways.T @ gradient)

    def information(step: Array) -> Array:
        return np.asarray(ways.T @ joint.information(start + ways @ step) @ ways)

    scaling = joint.table.scaling[np.ix_(free, free)]
    return maximise(value_and_gradient, information, np.zeros(len(free)), scaling=scaling)
