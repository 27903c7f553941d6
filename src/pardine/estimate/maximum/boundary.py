"""Contrasts that run away: a level at which nothing was ever seen has a hazard of 0, its log no end.

Stations on steppe that never saw an animal are estimated to see none: the coefficient of steppe falls
without end and the log-likelihood comes ever closer to its limit. The fit is defined all the same. The
coefficient is held far out, where it makes no difference any more; the others are estimated as ever.
So is a probability g0 that is estimated to be 1.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pardine.estimate.likelihood.joint import JointLikelihood
from pardine.estimate.maximum.search import DECREMENT_ACCEPTED, Maximum, maximise

Array = NDArray[np.float64]

# A coefficient is running away where it has left its start by a factor of more than 20 ...
_FAR = 3.0
# ... and is held where further steps change nothing: exp(-15) is a third of a millionth.
_HELD_AT = 15.0
# A top flatter than this (standard error 100 on the link scale) is none.
_FLATTEST_TOP = 1e-4
# That of a level at which an animal is detected nearly always: still a number above rounding errors.
_FLATTEST_CONTRAST = 1e-7
# A coefficient belongs to the flat direction (of length 1) from this part of it on.
_TAKES_PART = 0.3
# By how much the log-likelihood may fall for it.
_ALLOWED_LOSS = 1e-3


def settle_contrasts(
    joint: JointLikelihood, maximum: Maximum
) -> tuple[Maximum, tuple[int, ...], tuple[int, ...]]:
    """Give flat contrasts a defined result, where there is one.

    A contrast that runs away is held (`hold_runaways`). A contrast, a share of classes or a term of
    density whose log-likelihood has a top, though a flat one, stays as it was found, with its large
    standard error: whether density is told all the same is for `diagnose.refuse_untold` to say.

    Returns
    -------
    maximum, held, weak
        Coefficients that are held, and those that the data hardly tell.
    """
    maximum, held = hold_runaways(joint, maximum)
    if maximum.flat is None:
        return maximum, held, ()
    k = _weak_one(joint, maximum.flat, float(np.linalg.eigvalsh(maximum.information)[0]))
    if k is None or maximum.decrement > DECREMENT_ACCEPTED:
        return maximum, held, ()
    return replace(maximum, flat=None, converged=True), held, (k,)


def _weak_one(joint: JointLikelihood, flat: Array, curvature: float) -> int | None:
    """The coefficient that may stay hardly told, where the flat direction has a top."""
    largest = int(np.abs(flat).argmax())
    if largest in _contrasts(joint) and curvature > _FLATTEST_CONTRAST:
        return largest
    takes_part = [k for k in _may_be_weak(joint) if abs(flat[k]) > _TAKES_PART]
    if not takes_part or curvature < _FLATTEST_TOP:
        return None
    return max(takes_part, key=lambda k: abs(flat[k]))


def hold_runaways(joint: JointLikelihood, maximum: Maximum) -> tuple[Maximum, tuple[int, ...]]:
    """Hold contrasts that run away, and maximise over the others.

    Parameters
    ----------
    joint
        The likelihood.
    maximum
        Where a search ended; it is returned as it is unless its likelihood is flat.

    Returns
    -------
    maximum : Maximum
        With rows and columns of 0 in the information for coefficients that are held.
    held : tuple of int
        Those coefficients.
    """
    held: list[int] = []
    found = maximum
    while found.flat is not None:
        k = int(np.abs(found.flat).argmax())
        may_be = k in _may_be_held(joint) or (k == _certainty(joint) and found.beta[k] > 0.0)
        if k in held or not may_be or abs(found.beta[k]) < _FAR:
            return maximum, ()
        held.append(k)
        start = found.beta.copy()
        start[k] = np.copysign(max(_HELD_AT, abs(start[k])), start[k])
        found = maximum_of_others(joint, start, held)
    if found.log_likelihood < maximum.log_likelihood - _ALLOWED_LOSS:
        return maximum, ()
    return found, tuple(held)


def _may_be_held(joint: JointLikelihood) -> frozenset[int]:
    """Contrasts but those of classes: a class that is never seen may have any number of animals."""
    return frozenset(k for k in _contrasts(joint) if "h2[" not in joint.table.names[k])


def _certainty(joint: JointLikelihood) -> int | None:
    """The intercept of a g0 that is the same everywhere: it may be 1, and nothing is lost with it.

    Downwards nothing is held: at a g0 of 0 there may be any number of animals.
    """
    for parameter in joint.table.parameters:
        if parameter.name == "g0" and len(parameter.coefficients) == 1:
            return int(parameter.columns.start)
    return None


def _may_be_weak(joint: JointLikelihood) -> frozenset[int]:
    """Coefficients that can be anything while density is told: those of classes, terms of density."""
    found: set[int] = set()
    for parameter in joint.table.parameters:
        first, stop = parameter.columns.start, parameter.columns.stop
        if parameter.name in ("D", "pmix"):
            found |= set(range(first + (parameter.name == "D"), stop))
    return frozenset(found | {k for k, name in enumerate(joint.table.names) if "h2[" in name})


def _contrasts(joint: JointLikelihood) -> frozenset[int]:
    """Coefficients that belong to one level of a factor: columns of 0 and 1."""
    found: set[int] = set()
    for parameter in joint.table.parameters:
        if parameter.name in ("pmix", "noneuc"):
            continue
        matrix = np.concatenate([design.matrix for design in parameter.designs if design is not None])
        of_levels = np.asarray(np.isin(matrix, (0.0, 1.0)).all(axis=0))
        of_levels[0] = False
        found |= {parameter.columns.start + int(k) for k in np.flatnonzero(of_levels)}
    return frozenset(found)


def maximum_of_others(joint: JointLikelihood, start: Array, held: list[int]) -> Maximum:
    """Maximum over the coefficients that are not held; rows and columns of 0 for those that are."""
    free = np.setdiff1d(np.arange(len(start)), held)

    def whole(others: Array) -> Array:
        beta = start.copy()
        beta[free] = others
        return beta

    def value_and_gradient(others: Array) -> tuple[float, Array]:
        value, gradient = joint.value_and_gradient(whole(others))
        return value, gradient[free]

    def information(others: Array) -> Array:
        return np.asarray(joint.information(whole(others))[np.ix_(free, free)])

    found = maximise(
        value_and_gradient, information, start[free], scaling=joint.table.scaling[np.ix_(free, free)]
    )
    complete = np.zeros((len(start), len(start)))
    complete[np.ix_(free, free)] = found.information
    gradient = np.zeros(len(start))
    gradient[free] = found.gradient
    flat = None
    if found.flat is not None:
        flat = np.zeros(len(start))
        flat[free] = found.flat
    return replace(found, beta=whole(found.beta), gradient=gradient, information=complete, flat=flat)
