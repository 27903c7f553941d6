"""Draws of partition and parameters together: one chain, and several of them."""

from __future__ import annotations

import math
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pardine.base.bulk import InlineExecutor, map_tasks
from pardine.base.randomness import stream
from pardine.estimate.identity.habitat import Habitat, places_of
from pardine.estimate.identity.prior import Priors, parameter_names
from pardine.identify.cluster import in_order, likely_partners
from pardine.identify.partition.evidence import Evidence
from pardine.identify.partition.gibbs import sweep_some
from pardine.identify.partition.places import Places
from pardine.identify.partition.points import Points
from pardine.identify.partition.side_links import link_or_unlink
from pardine.identify.partition.split_merge import split_or_merge_some
from pardine.identify.partition.state import (
    Problem,
    State,
    empty_state,
    fill,
    log_integrals,
    log_target,
    make_problem,
    refresh,
)

Array = NDArray[np.float64]

_TARGET_ACCEPTANCE = 0.3

# A point that never changed its animal during the warm-up is still visited once in so many sweeps.
_RARELY = 0.1
# Visits rise with the chance to change; a point that changes in a fifth of its visits gets all of them.
_VISITS_A_CHANGE = 5.0


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """How long to run, and how often to try what.

    Attributes
    ----------
    n_chains, n_warmup, n_draws
        Draws are kept after the warm-up, one an iteration.
    sweeps
        Over the points, each visited by a chance that is learned during the warm-up: where nothing is
        in doubt a visit is wasted.
    split_merges, side_moves
        Attempts an iteration, as a share of the number of points.
    parameter_moves
        An iteration.
    """

    n_chains: int = 4
    n_warmup: int = 500
    n_draws: int = 1000
    sweeps: int = 2
    split_merges: float = 0.3
    side_moves: float = 0.05
    parameter_moves: int = 4


@dataclass(frozen=True, kw_only=True, eq=False)
class Model:
    """All that the posterior depends on.

    Attributes
    ----------
    n_sexes
        2 where sex is latent and detection differs by sex, else 1.
    sex_error
        Probability that a recorded sex is wrong.
    """

    points: Points
    evidence: Evidence
    habitat: Habitat
    priors: Priors
    n_sexes: int = 1
    sex_error: float = 0.05

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """Names of the parameter vector."""
        return parameter_names(self.habitat.design.shape[1], self.n_sexes)


@dataclass(frozen=True, kw_only=True, eq=False)
class Draws:
    """Kept draws: C chains of T draws.

    Attributes
    ----------
    parameters : (C, T, P)
        In the order of ``names``.
    labels : (C, T, n)
        Animal of each point; only equality within a draw means anything.
    n_seen, n_animals : (C, T)
        Animals with a passage, and all that live in the habitat (seen, and unseen drawn from their
        Poisson distribution).
    density_per_100km2 : (C, T)
        Expected independent animals per area of the habitat: D, not the realised number.
    log_posterior : (C, T)
        Up to a constant.
    """

    names: tuple[str, ...]
    parameters: Array
    labels: NDArray[np.int32]
    n_seen: NDArray[np.int64]
    n_animals: NDArray[np.int64]
    density_per_100km2: Array
    log_posterior: Array


def sample(
    model: Model,
    *,
    seed: int,
    schedule: Schedule | None = None,
    make_executor: Callable[[], Executor] = InlineExecutor,
) -> Draws:
    """Draw from the posterior of partition and parameters, by several chains.

    Chains start apart: every point alone, and groupings of looser and looser evidence.

    Parameters
    ----------
    make_executor
        See `base.bulk.map_tasks`; the draws do not depend on it.
    """
    schedule = schedule or Schedule()
    tasks = [_ChainTask(model, schedule, seed, k) for k in range(schedule.n_chains)]
    chains = map_tasks(_run, tasks, make_executor=make_executor)
    together = {
        name: np.array([chain[name] for chain in chains])
        for name in ("parameters", "labels", "n_seen", "n_animals", "density_per_100km2", "log_posterior")
    }
    return Draws(names=model.parameter_names, **together)


def density_variance(
    model: Model, labels: NDArray[np.int64], parameters: Array, *, seed: int, n_draws: int = 400
) -> float:
    """Variance of log D with the partition held fixed, by a chain over the parameters only.

    Parameters
    ----------
    parameters : (P,) array
        Where to start: a draw that goes with the labels.
    """
    chain = _Chain(model, stream(seed, "density given identities"), 0)
    chain.start_at(labels, parameters)
    logs = []
    for k in range(n_draws + 200):
        chain.move_parameters(adapt=k < 200)
        if k >= 200:
            logs.append(math.log(chain.density_per_100km2()))
    return float(np.var(logs))


@dataclass(frozen=True)
class _ChainTask:
    model: Model
    schedule: Schedule
    seed: int
    index: int


def _run(task: _ChainTask) -> dict[str, NDArray[np.generic]]:
    chain = _Chain(task.model, stream(task.seed, "identity chain", task.index), task.index)
    kept: dict[str, list[object]] = {
        name: []
        for name in ("parameters", "labels", "n_seen", "n_animals", "density_per_100km2", "log_posterior")
    }
    for k in range(task.schedule.n_warmup):
        chain.step(task.schedule, adapt=True)
        if k >= task.schedule.n_warmup // 4:
            chain.learn_visits()
    for _ in range(task.schedule.n_draws):
        chain.step(task.schedule, adapt=False)
        for name, value in chain.draw().items():
            kept[name].append(value)
    return {name: np.array(values) for name, values in kept.items()}


class _Chain:
    """A partition, the parameters, and how large a step to try next."""

    def __init__(self, model: Model, rng: np.random.Generator, index: int) -> None:
        self.model, self.rng = model, rng
        self.problem: Problem = make_problem(
            model.points, model.evidence, n_sexes=model.n_sexes, sex_error=model.sex_error
        )
        n = model.points.n
        self.partners = likely_partners(model.evidence, n)
        self.chance, self.restless, self.ever = np.ones(n), np.ones(n), np.zeros(n)
        self.mean, self.sd = model.priors.as_normal(model.habitat.design.shape[1], model.n_sexes)
        self.parameters = self.mean + 0.1 * self.sd * rng.standard_normal(len(self.mean))
        self.places: Places = places_of(self.parameters, model.habitat, model.n_sexes)
        self.state: State = empty_state(self.problem, self.places)
        fill(self.state, start_labels(model, index), self.problem, self.places)
        self.log_scale = math.log(2.4 / math.sqrt(len(self.mean)))
        self.covariance = np.diag(np.full(len(self.mean), 0.01))
        self.past: list[Array] = []

    def step(self, schedule: Schedule, *, adapt: bool) -> None:
        """One iteration: every point, some groups, some sides, the parameters."""
        n = self.model.points.n
        for _ in range(schedule.sweeps):
            sweep_some(self.state, self.problem, self.places, self.chance, self.restless, self.rng)
        split_or_merge_some(
            self.state,
            self.problem,
            self.places,
            self.partners,
            np.cumsum(self.chance) / self.chance.sum(),
            max(1, round(schedule.split_merges * float(self.chance.sum()))),
            self.rng,
        )
        for _ in range(round(schedule.side_moves * n)):
            link_or_unlink(self.state, self.problem, self.places, self.rng)
        for _ in range(schedule.parameter_moves):
            self.move_parameters(adapt=adapt)

    def learn_visits(self) -> None:
        """Visit more often what is in doubt; only ever called before draws are kept."""
        self.ever += 0.05 * (self.restless - self.ever)
        self.chance = np.clip(_VISITS_A_CHANGE * self.ever, _RARELY, 1.0)

    def start_at(self, labels: NDArray[np.int64], parameters: Array) -> None:
        """Forget where it is and go on from here."""
        self.parameters = parameters.copy()
        self.places = places_of(parameters, self.model.habitat, self.model.n_sexes)
        self.state = empty_state(self.problem, self.places)
        fill(self.state, labels, self.problem, self.places)

    def density_per_100km2(self) -> float:
        """Mean expected density over the habitat."""
        design = self.model.habitat.design
        return float(np.exp(design @ self.parameters[: design.shape[1]]).mean() * 1e8)

    def move_parameters(self, *, adapt: bool) -> None:
        """All parameters at once, then the density alone."""
        self._move_all(adapt=adapt)
        self._move_density()

    def draw(self) -> dict[str, object]:
        """What is kept of this iteration."""
        n_seen = int((self.state.size > 0).sum())
        return {
            "parameters": self.parameters.copy(),
            "labels": in_order(self.state.label).astype(np.int32),
            "n_seen": n_seen,
            "n_animals": n_seen + int(self.rng.poisson(self.places.expected_unseen)),
            "density_per_100km2": self.density_per_100km2(),
            "log_posterior": self._log_parameters(
                self.parameters, self.places, np.zeros_like(self.state.log_integral)
            )
            + log_target(self.state, self.problem),
        }

    def _log_parameters(self, parameters: Array, places: Places, log_integrals: Array) -> float:
        """Log density of the parameters given the partition (unused slots hold 0 or are masked)."""
        prior = -0.5 * float(np.sum(((parameters - self.mean) / self.sd) ** 2))
        return prior - places.expected_seen + float(log_integrals[self.state.size > 0].sum())

    def _move_all(self, *, adapt: bool) -> None:
        """Random walk over all parameters at once, its shape learned during the warm-up."""
        now = self._log_parameters(self.parameters, self.places, self.state.log_integral)
        step = self.rng.multivariate_normal(np.zeros(len(self.mean)), self.covariance, method="cholesky")
        tried = self.parameters + math.exp(self.log_scale) * step
        places = places_of(tried, self.model.habitat, self.model.n_sexes)
        log_ratio = self._log_parameters(tried, places, log_integrals(self.state, self.problem, places)) - now
        if math.log(1.0 - self.rng.random()) < log_ratio:
            self.parameters, self.places = tried, places
            refresh(self.state, self.problem, self.places)
        if adapt:
            self._learn(math.exp(min(0.0, log_ratio)))

    def _move_density(self) -> None:
        """The density intercept alone: it only scales Lambda and every sum, so no sum is made anew."""
        n_seen = int((self.state.size > 0).sum())
        step = self.rng.normal(0.0, 1.5 / math.sqrt(n_seen + 1.0))
        places = self.places
        before = (self.parameters[0] - self.mean[0]) / self.sd[0]
        after = before + step / self.sd[0]
        log_ratio = n_seen * step - places.expected_seen * math.expm1(step) + 0.5 * (before**2 - after**2)
        if math.log(1.0 - self.rng.random()) >= log_ratio:
            return
        self.parameters = self.parameters.copy()
        self.parameters[0] += step
        self.places = places._replace(
            log_base=places.log_base + step,
            expected_seen=places.expected_seen * math.exp(step),
            expected_unseen=places.expected_unseen * math.exp(step),
        )
        self.state.log_integral[self.state.size > 0] += step
        self.state.alone[:] *= math.exp(step)

    def _learn(self, acceptance: float) -> None:
        self.past.append(self.parameters.copy())
        t = len(self.past)
        self.log_scale += (acceptance - _TARGET_ACCEPTANCE) / t**0.6
        if t >= 100 and t % 50 == 0:
            recent = np.array(self.past[t // 2 :])
            self.covariance = np.cov(recent.T).reshape(len(self.mean), -1) + 1e-6 * np.eye(len(self.mean))


def start_labels(model: Model, index: int) -> NDArray[np.int64]:
    """Where a chain starts: all alone, or joined greedily wherever mean evidence exceeds a threshold."""
    n = model.points.n
    if index % 4 == 0 or not model.evidence.layers:
        return np.arange(n)
    threshold = (0.0, 2.0, 5.0)[index % 4 - 1]
    labels = np.arange(n)
    apart = {(int(a), int(b)) for a, b in model.points.apart} | {
        (int(b), int(a)) for a, b in model.points.apart
    }
    groups: dict[int, list[int]] = {}
    for point in range(n):
        best, best_group = threshold, -1
        for label, group in groups.items():
            if any((point, other) in apart for other in group):
                continue
            joined = model.evidence.of_group(np.array([*group, point], np.intp))
            gain = joined - model.evidence.of_group(np.array(group, np.intp))
            if gain > best:
                best, best_group = gain, label
        if best_group < 0:
            best_group = point
            groups[point] = []
        groups[best_group].append(point)
        labels[point] = best_group
    return labels
