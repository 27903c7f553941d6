"""Fixes of collared animals: what they tell of sigma and of where an animal lives.

A detection function follows from use of space of its own shape about the activity centre X. Fixes x_f
are taken as draws from it (independent of each other: thin a dense track to a few fixes a day):

    half-normal   log f(fixes | X) = -F log(2 pi sigma^2) - (F |X - m|^2 + S) / (2 sigma^2)
    exponential   log f(fixes | X) = -F log(2 pi sigma^2) - R(X) / sigma

F fixes with mean m, sum of squares S about it, and sum of distances R(X) to X; both densities have an
integral of 1 over the plane. The hazard-rate shape has none where z is 2 or less: its tail never ends
in use of space, and no kernel is offered for it. An animal that was also caught has f as a factor of
Pr(omega | X). An animal that was not adds log of the mean of f over the state space: it tells sigma
and nothing of density.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pardine.estimate.model import Detection

Array = NDArray[np.float64]
Kernel = Literal["half-normal", "exponential"]

KERNELS: dict[Detection, Kernel] = {
    "HN": "half-normal",
    "HHN": "half-normal",
    "EX": "exponential",
    "HEX": "exponential",
}
"""Use of space by detection function."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Telemetry:
    """Fixes of n animals, reduced to what the likelihood needs.

    Attributes
    ----------
    n_fixes : (n,) array
        F; 0 for an animal without a collar.
    mean_xy_m : (n, 2) array
        m.
    scatter_m2 : (n,) array
        S.
    xy_m : (F, 2) array
        All fixes, animal after animal.
    animal : (F,) array
        Whose they are.
    kernel
        Shape of the use of space.
    """

    n_fixes: Array
    mean_xy_m: Array
    scatter_m2: Array
    xy_m: Array
    animal: NDArray[np.intp]
    kernel: Kernel

    def of_animals(self, which: NDArray[np.intp], origin_xy_m: Array) -> Telemetry:
        """Some of the animals, seen from another origin."""
        fixes = [np.flatnonzero(self.animal == i) for i in which]
        return replace(
            self,
            n_fixes=self.n_fixes[which],
            mean_xy_m=self.mean_xy_m[which] - origin_xy_m,
            scatter_m2=self.scatter_m2[which],
            xy_m=self.xy_m[np.concatenate([*fixes, np.zeros(0, dtype=np.intp)])] - origin_xy_m,
            animal=np.repeat(np.arange(len(which)), [len(own) for own in fixes]),
        )

    def squares_m2(self, mask_xy_m: Array) -> Array:
        """Sum of squared distances of each animal's fixes to (m, 2) points: (n, m)."""
        dx = self.mean_xy_m[:, :1] - mask_xy_m[:, 0]
        dy = self.mean_xy_m[:, 1:] - mask_xy_m[:, 1]
        return np.asarray(self.n_fixes[:, None] * (dx * dx + dy * dy) + self.scatter_m2[:, None])

    def distances_m(self, mask_xy_m: Array) -> Array:
        """Sum of distances of each animal's fixes to (m, 2) points: (n, m)."""
        total = np.zeros((len(self.n_fixes), len(mask_xy_m)))
        for i in range(len(total)):
            own = self.xy_m[self.animal == i]
            total[i] = np.hypot(*(own[:, None] - mask_xy_m).T).sum(axis=1)
        return total

    def log_density(self, mask_xy_m: Array, sigma_m: Array) -> Array:
        """Logarithm of f at (m, 2) centres: (n, m)."""
        log_scale = np.log(2.0 * np.pi * sigma_m**2) * self.n_fixes[:, None]
        if self.kernel == "exponential":
            return np.asarray(-log_scale - self.distances_m(mask_xy_m) / sigma_m)
        return np.asarray(-log_scale - self.squares_m2(mask_xy_m) / (2.0 * sigma_m**2))

    def sigma_slope(self, mask_xy_m: Array, sigma_m: Array) -> Array:
        """Slope d log f / d sigma: (n, m)."""
        of_scale = -2.0 * self.n_fixes[:, None] / sigma_m
        if self.kernel == "exponential":
            return np.asarray(of_scale + self.distances_m(mask_xy_m) / sigma_m**2)
        return np.asarray(of_scale + self.squares_m2(mask_xy_m) / sigma_m**3)


def telemetry_of(fixes: Sequence[Array], kernel: Kernel = "half-normal") -> Telemetry:
    """Reduce the (F, 2) fixes of each of n animals."""
    means = [own.mean(axis=0) if len(own) else np.zeros(2) for own in fixes]
    scatter = [float(((own - mean) ** 2).sum()) for own, mean in zip(fixes, means, strict=True)]
    return Telemetry(
        n_fixes=np.array([len(own) for own in fixes], dtype=np.float64),
        mean_xy_m=np.array(means, dtype=np.float64).reshape(-1, 2),
        scatter_m2=np.array(scatter, dtype=np.float64),
        xy_m=np.concatenate([*fixes, np.zeros((0, 2))]),
        animal=np.repeat(np.arange(len(fixes)), [len(own) for own in fixes]),
        kernel=kernel,
    )


def log_mean_density(
    telemetry: Telemetry, mask_xy_m: Array, sigma_m: Array, log_share: Array
) -> tuple[float, Array, Array]:
    """Log-likelihood of animals with fixes alone, and its derivatives.

    Parameters
    ----------
    telemetry
        Of n animals.
    mask_xy_m : (M, 2) array
        Where their centres may be, each point as likely.
    sigma_m, log_share : (K,) arrays
        Of each class of animals.

    Returns
    -------
    value, sigma_bar (K,), log_share_bar (K,)
    """
    log_terms = np.stack(
        [
            share + telemetry.log_density(mask_xy_m, sigma) - np.log(len(mask_xy_m))
            for sigma, share in zip(sigma_m, log_share, strict=True)
        ]
    )
    largest = log_terms.max(axis=(0, 2), keepdims=True)
    weights = np.exp(log_terms - largest)
    total = weights.sum(axis=(0, 2), keepdims=True)
    weights /= total
    value = float((largest + np.log(total)).sum())
    sigma_bar = [
        float((own * telemetry.sigma_slope(mask_xy_m, sigma)).sum())
        for own, sigma in zip(weights, sigma_m, strict=True)
    ]
    return value, np.array(sigma_bar), weights.sum(axis=(1, 2))
