"""SCR-2: the likelihood of the animals detected at least twice, which ghosts hardly enter.

A photograph that nobody matched makes a new animal, a ghost, and nearly always one with a single
detection. Conditioning on at least two detections (Kodi et al. 2024) leaves these out without
pretending that animals seen once do not exist. With H(X) the cumulative hazard of a survey (see
`likelihood`) and Pr(omega | X) the probability of a history there,

    p1(X)    = sum of Pr(omega | X) over the histories omega with a single detection                (1)
    p2(X)    = p.(X) - p1(X) = 1 - exp(-H(X)) - p1(X)          at least two detections              (2)
    Lambda1  = integral D(X) p1(X) dX = sum_omega integral D(X) Pr(omega | X) dX                    (3)
    full:         log L = -(Lambda - Lambda1) + sum_i log integral D(X) Pr(omega_i | X) dX          (4)
    conditional:  log L = sum_i log integral Pr(omega_i | X) dX - sum_g n_g log a2_g                (5)

over the n animals detected at least twice, a2 the integral of p2, g groups of animals of known
covariates. The histories with a single detection are ordinary histories, so (3) knows every model
that the engine knows: an animal that learns meets other hazards after its one detection, multi-catch
stations compete, classes are summed over. Where nothing is learnt, single detections alike in row and
effort are taken together. With a density of its own for each session, (4) and (5) have the same
maximum.

An animal that was not released after its first detection could not have been detected twice: how many
would have been is not told without a model of removal, so such surveys are refused.

References
----------
Kodi AR, Howard J, Borchers DL, Worthington H, Alexander JS, Lkhagvajav P, et al. (2024)
Ghostbusting: reducing bias due to identification errors in spatial capture-recapture histories.
Methods in Ecology and Evolution.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from pardine.base.errors import AnalysisError
from pardine.base.result import Estimate
from pardine.estimate.checking.singles import Singles, singles_of
from pardine.estimate.checking.windows import with_captures
from pardine.estimate.fitted import Fit
from pardine.estimate.history import CaptureHistory
from pardine.estimate.likelihood.collapse import SessionData
from pardine.estimate.likelihood.joint import JointLikelihood, SessionAnswer, joint_likelihood
from pardine.estimate.likelihood.one_session import SessionValue, integrals_of_histories, session_likelihood
from pardine.estimate.maximum.boundary import settle_contrasts
from pardine.estimate.maximum.search import Maximum
from pardine.estimate.maximum.start import automatic_start
from pardine.estimate.statespace import StateSpace

Array = NDArray[np.float64]

FEWEST_ANIMALS = 3
"""Detected at least twice: with fewer, nothing can be estimated without the others."""

# Of central differences, on the scale of standardised columns.
_STEP = 1e-3


@dataclass(frozen=True, kw_only=True)
class TwiceSession:
    """One session of a fit to the animals detected at least twice.

    Attributes
    ----------
    session
        Session code.
    n_twice, n_once
        Animals detected at least twice, and exactly once.
    density_per_100km2
        From the animals detected at least twice.
    expected_once
        Animals that this density would show exactly once.
    excess_sd
        Standard deviation of ``n_once - expected_once`` were there no ghosts.
    """

    session: str
    n_twice: int
    n_once: int
    density_per_100km2: Estimate
    expected_once: float
    excess_sd: float

    @property
    def excess_z(self) -> float:
        """Excess of animals seen once in standard deviations, on the scale of square roots.

        There the variance of a Poisson number is the same for all, and few animals raise fewer
        false alarms.
        """
        sd = 0.5 * self.excess_sd / math.sqrt(self.expected_once)
        return (math.sqrt(self.n_once) - math.sqrt(self.expected_once)) / sd


@dataclass(frozen=True, kw_only=True, eq=False)
class TwiceFit:
    """A fit to the animals detected at least twice.

    Attributes
    ----------
    coefficients
        All of the model's, on their link scales.
    covariance : (P, P) array
        Of these.
    log_likelihood
        Of (4) or (5).
    sessions
        In the order of the histories.
    """

    coefficients: Mapping[str, float]
    covariance: Array
    log_likelihood: float
    sessions: tuple[TwiceSession, ...]


@dataclass(kw_only=True, eq=False)
class TwiceLikelihood(JointLikelihood):
    """The likelihood of a model for animals detected at least twice.

    Attributes
    ----------
    singles
        Of each session.
    """

    singles: tuple[Singles, ...] = ()

    def _session_value(self, beta: Array, session: int, *, with_adjoint: bool) -> SessionAnswer | None:
        answer = super()._session_value(beta, session, with_adjoint=with_adjoint)
        if answer is None:
            return None
        value, theta = answer
        data = self.data_at(theta, session)
        if self.likelihood == "conditional":
            own, adjoint = self._instead_of_all(data, theta, session, with_adjoint)
        else:
            once, adjoint = self.integral_of_once(theta, session, with_adjoint=with_adjoint)
            own = float(once.sum())
        return _with(value, own, adjoint if with_adjoint else {}), theta

    def integral_of_once(
        self,
        theta: Mapping[str, Array],
        session: int,
        *,
        of_groups: Array | None = None,
        with_adjoint: bool = True,
    ) -> tuple[Array, dict[str, Array]]:
        """Animals expected to be detected once, of each group (G,), and the adjoint of their sum.

        Parameters
        ----------
        theta, session
            Natural parameters of a session.
        of_groups : (G,) array
            Weights of the groups in the sum.
        with_adjoint
            Whether the derivative is wanted.
        """
        singles = self.singles[session]
        data = singles.data
        if self.graphs:
            distance = self.graphs[session].squared_distances_m2(theta["noneuc"])
            data = replace(data, squared_distance_m2=distance)
        weight = singles.weight
        if of_groups is not None:
            weight = weight * of_groups[data.group]
        integrals, adjoint = integrals_of_histories(
            data, self.detection, theta, (lambda _: weight) if with_adjoint else None
        )
        once = np.bincount(data.group, weights=singles.weight * integrals, minlength=data.n_groups)
        return once.astype(np.float64), adjoint

    def areas(self, theta: Mapping[str, Array], session: int) -> tuple[Array, list[dict[str, Array]]]:
        """Effectively sampled km2 of animals seen at all, of each group (G,), and their adjoints."""
        data = self.data_at(dict(theta), session)
        found = [
            session_likelihood(data.without_animals(group), self.detection, theta)
            for group in range(data.n_groups)
        ]
        adjoints = [{name: -bar for name, bar in value.adjoint.items()} for value in found]
        return np.array([value.expected_detected for value in found]), adjoints

    def _instead_of_all(
        self, data: SessionData, theta: Mapping[str, Array], session: int, with_adjoint: bool
    ) -> tuple[float, dict[str, Array]]:
        """What (5) adds to the conditional likelihood of animals detected at all: a2 in place of a."""
        n = data.group_size
        unit = {**theta, "D": np.ones((1, 1))}
        areas, area_bars = self.areas(unit, session)
        once, _ = self.integral_of_once(unit, session, with_adjoint=False)
        twice = areas - once
        value = float(n @ (np.log(areas) - np.log(twice)))
        if not with_adjoint:
            return value, {}
        _, adjoint = self.integral_of_once(unit, session, of_groups=n / twice)
        for per_area, bars in zip((n / areas - n / twice).tolist(), area_bars, strict=True):
            adjoint = {name: bar + per_area * bars[name] for name, bar in adjoint.items()}
        return value, adjoint


def _with(value: SessionValue, own: float, adjoint: Mapping[str, Array]) -> SessionValue:
    """A session's value with something added to it."""
    bars = {name: bar + adjoint[name] if name in adjoint else bar for name, bar in value.adjoint.items()}
    return replace(value, log_likelihood=value.log_likelihood + own, adjoint=bars)


def fit_twice(fit: Fit, histories: Sequence[CaptureHistory], state_spaces: Sequence[StateSpace]) -> TwiceFit:
    """Fit the model of a fit again, to the animals detected at least twice.

    Parameters
    ----------
    fit
        A fit.
    histories, state_spaces
        What it was fitted to.

    Raises
    ------
    AnalysisError
        ``ghosts.too_few_twice``; ``ghosts.not_released``: an animal was not released;
        ``estimate.not_converged``, and what a model refuses of data that do not carry it.
    """
    for history in histories:
        if history.last_occasion:
            animals = ", ".join(history.last_occasion)
            raise AnalysisError("ghosts.not_released", session=history.session, individual=animals)
    seen_twice = [detected_twice(history) for history in histories]
    n_twice = sum(history.n_animals for history in seen_twice)
    if n_twice < FEWEST_ANIMALS:
        raise AnalysisError("ghosts.too_few_twice", value=n_twice, expected=FEWEST_ANIMALS)
    joint = twice_likelihood(fit, seen_twice, state_spaces)
    maximum, held, _ = settle_contrasts(joint, joint.maximum(_start(fit, seen_twice, joint)))
    if not maximum.converged:
        raise AnalysisError("estimate.not_converged", value=float(np.abs(maximum.gradient).max()))
    covariance = _covariance(maximum, held)
    sessions = [
        _estimated(joint, session, whole, maximum.beta, covariance, fit.level)
        for session, whole in enumerate(histories)
    ]
    return TwiceFit(
        coefficients=dict(zip(joint.table.names, maximum.beta.tolist(), strict=True)),
        covariance=covariance,
        log_likelihood=maximum.log_likelihood,
        sessions=tuple(sessions),
    )


def detected_twice(history: CaptureHistory) -> CaptureHistory:
    """A session as though nobody had been detected only once."""
    n_detections = np.bincount(history.event_animal, weights=history.event_count, minlength=history.n_animals)
    once = {name for name, n in zip(history.animals, n_detections, strict=True) if n < 2}
    kept = with_captures(history, n_detections[history.event_animal] >= 2)
    # A collared animal seen once is left out with its fixes: it is no animal that was never seen.
    return replace(kept, fixes={name: xy for name, xy in history.fixes.items() if name not in once})


def twice_likelihood(
    fit: Fit, seen_twice: Sequence[CaptureHistory], state_spaces: Sequence[StateSpace]
) -> TwiceLikelihood:
    """The likelihood of a fit's model for histories of at least two detections each."""
    joint = joint_likelihood(seen_twice, state_spaces, fit.spec, every_state=True)
    return TwiceLikelihood(
        spec=joint.spec,
        table=joint.table,
        detection=joint.detection,
        sessions=joint.sessions,
        graphs=joint.graphs,
        collared=joint.collared,
        singles=tuple(
            singles_of(history, space, rows)
            for history, space, rows in zip(seen_twice, state_spaces, joint.table.rows, strict=True)
        ),
    )


def _start(fit: Fit, seen_twice: Sequence[CaptureHistory], joint: TwiceLikelihood) -> Array:
    """The coefficients of the fit; what it had not starts by itself."""
    known = {c.name: c.estimate for c in fit.coefficients}
    if all(name in known for name in joint.table.names):
        return np.array([known[name] for name in joint.table.names])
    own = automatic_start(seen_twice, joint)
    return np.array([known.get(name, value) for name, value in zip(joint.table.names, own, strict=True)])


def _covariance(maximum: Maximum, held: Sequence[int]) -> Array:
    """Inverse information of the coefficients that are free; 0 for those that are held."""
    free = np.setdiff1d(np.arange(len(maximum.beta)), held)
    covariance = np.zeros_like(maximum.information)
    covariance[np.ix_(free, free)] = np.linalg.inv(maximum.information[np.ix_(free, free)])
    return covariance


# ---- estimates


def _estimated(
    joint: TwiceLikelihood, session: int, whole: CaptureHistory, beta: Array, covariance: Array, level: float
) -> TwiceSession:
    """Density, and the animals that it would show exactly once."""
    per_group = _told(joint, session, beta)
    density, once = per_group.sum(axis=1).tolist()
    touched = np.flatnonzero(joint.table.touches(session))
    slopes = np.stack([_slope(joint, session, beta, int(k)) for k in touched], axis=1)
    variance = np.einsum("ij,jk,ik->i", slopes, covariance[np.ix_(touched, touched)], slopes)
    if joint.likelihood == "conditional":  # the number of animals is not in the likelihood: Poisson
        variance += (per_group**2 / np.maximum(joint.sessions[session].group_size, 1.0)).sum(axis=1)
    relative_variance = float(variance[0]) / density**2 if density > 0.0 else math.inf
    n_twice = joint.sessions[session].n_animals
    return TwiceSession(
        session=whole.session,
        n_twice=n_twice,
        n_once=whole.n_animals - n_twice,
        density_per_100km2=_density(100.0 * density, relative_variance, level),
        expected_once=once,
        # Once and twice are independent Poisson numbers; the expectation carries the error of both.
        excess_sd=math.sqrt(once + max(float(variance[1]), 0.0)),
    )


def _told(joint: TwiceLikelihood, session: int, beta: Array) -> Array:
    """(2, G): density per km2 of each group, and its animals expected to be detected once."""
    theta = joint.table.values(beta, session)
    if joint.likelihood == "conditional":
        theta["D"] = np.ones((1, 1))
        areas, _ = joint.areas(theta, session)
        once, _ = joint.integral_of_once(theta, session, with_adjoint=False)
        density = joint.sessions[session].group_size / (areas - once)
        return np.stack([density, density * once])
    if "D" not in theta:
        return np.zeros((2, 1))
    once, _ = joint.integral_of_once(theta, session, with_adjoint=False)
    return np.stack([np.array([theta["D"].mean()]), once])


def _slope(joint: TwiceLikelihood, session: int, beta: Array, k: int) -> Array:
    """(2,) derivatives of density and of animals detected once, by a coefficient."""
    step = np.zeros(len(beta))
    step[k] = _STEP * joint.table.scaling[k, k]
    above, below = (_told(joint, session, beta + sign * step).sum(axis=1) for sign in (1.0, -1.0))
    return np.asarray((above - below) / (2.0 * step[k]))


def _density(value: float, relative_variance: float, level: float) -> Estimate:
    method = "animals detected at least twice (SCR-2), log-normal"
    if value == 0.0:
        return Estimate(value=0.0, lower=0.0, upper=math.inf, level=level, unit=_UNIT, method=method)
    factor = math.exp(NormalDist().inv_cdf(0.5 + level / 2.0) * math.sqrt(math.log1p(relative_variance)))
    return Estimate(
        value=value,
        lower=value / factor,
        upper=value * factor,
        level=level,
        unit=_UNIT,
        method=method,
        se=value * math.sqrt(relative_variance),
    )


_UNIT = "animals per 100 km2"
