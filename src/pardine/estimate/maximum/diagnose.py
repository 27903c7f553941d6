"""What the data cannot carry, and what to do about it in the field.

Refusals look at what a parameter rests on: sessions that share sigma stand or fall together, so
three surveys with a single detection do not stop twenty-four good ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pardine.base.errors import AnalysisError, Notice, note, warning
from pardine.estimate.fitted import SessionEstimates
from pardine.estimate.formula.terms import parse_term, variables_of
from pardine.estimate.history import CaptureHistory
from pardine.estimate.likelihood.joint import JointLikelihood
from pardine.estimate.likelihood.one_session import detection_prob_anywhere
from pardine.estimate.maximum.mixture import SAME_VALUE
from pardine.estimate.maximum.search import Maximum
from pardine.estimate.maximum.start import nearest_detector_m
from pardine.estimate.model import ModelSpec, ParameterSpec
from pardine.estimate.statespace import StateSpace, detectors_outside

# Beyond this a population is no longer closed (DESIGN: a session is about 90 days).
LONGEST_CLOSED_DAYS = 120
# CV of density is about 1 / sqrt(min(n, r)), n animals and r recaptures (Efford & Boulanger 2019,
# Methods Ecol Evol 10:1529-1535, doi:10.1111/2041-210X.13239): below 20 it exceeds 22 %.
FEWEST_RECAPTURES = 20
# Stations should stand within 2 sigma of each other (Sollmann et al. 2012; Sun et al. 2014, PLoS ONE
# 9:e88025); beyond 3 few animals are seen at two of them.
WIDEST_SPACING_SIGMAS = 3.0
# An array should span a home range: about 5 sigma across (95 % of use within 2.45 sigma of its centre).
SMALLEST_ARRAY_SIGMAS = 2.5
# Chance to detect an animal centred on the outermost cells, where the mask seems to cut through.
HIGHEST_EDGE_PROB = 0.01
# Where many stations lie outside, coordinates rather than habitat are the likely cause.
_SHARE_OUTSIDE_REFUSED = 0.5
_BUFFER_SIGMAS = 4.0
# Below this a sum over cells is no integral any more: what is found is where stations lie in their cells.
_SMALLEST_SIGMA_CELLS = 0.25
# A density between 0.1 and 100 is none; a single animal seen leaves a factor of 50.
_WIDEST_INTERVAL = 1000.0


def refuse_hopeless(histories: Sequence[CaptureHistory], spec: ModelSpec) -> None:
    """Refuse what no fit can mend, before anything is fitted.

    Raises
    ------
    AnalysisError
        ``estimate.no_captures``, ``estimate.no_effort``, ``estimate.one_detector``,
        ``estimate.no_recaptures``, ``estimate.no_spatial_recaptures``, and for a sex with parameters of
        its own ``estimate.sex_without_recaptures``, ``estimate.sex_without_movement``.
    """
    if not sum(history.n_animals for history in histories):
        raise AnalysisError("estimate.no_captures", session=_names(histories))
    for history in histories:
        if history.station_days == 0.0:
            raise AnalysisError("estimate.no_effort", session=history.session)
    for parameter in spec.parameters:
        if parameter.name not in ("D", "pmix", "noneuc"):
            for group in _groups(parameter, histories):
                _refuse_group(parameter.name, group)
            if "sex" in variables_of(parameter.terms) or (
                spec.hcov and "h2" in variables_of(parameter.terms)
            ):
                _refuse_sexes(parameter.name, histories)


def _refuse_sexes(parameter: str, histories: Sequence[CaptureHistory]) -> None:
    """A sex of its own needs animals that are, or may be, of it: seen again, and for sigma elsewhere."""
    for sex, other in (("F", "M"), ("M", "F")):
        n_again = n_elsewhere = 0
        for history in histories:
            mine = np.array([own != other for own in history.sex], dtype=bool)[history.event_animal]
            n_animals = len(np.unique(history.event_animal[mine]))
            at = np.column_stack([history.event_animal, history.xy_m[history.event_detector]])[mine]
            n_again += int(history.event_count[mine].sum()) - n_animals
            n_elsewhere += len(np.unique(at, axis=0)) - n_animals
        facts: dict[str, Any] = {"session": _names(histories), "parameter": parameter, "value": sex}
        if not n_again:
            raise AnalysisError("estimate.sex_without_recaptures", **facts)
        if parameter == "sigma" and not n_elsewhere:
            raise AnalysisError("estimate.sex_without_movement", **facts)


def _groups(parameter: ParameterSpec, histories: Sequence[CaptureHistory]) -> list[list[CaptureHistory]]:
    """Sessions that share a parameter's value, as far as sessions and factors of sessions tell."""
    groups: dict[tuple[str, ...], list[CaptureHistory]] = {}
    pieces = [piece for term in parameter.terms for piece in parse_term(term)]
    for history in histories:
        key = [history.session for piece in pieces if piece.variable == "session"]
        for piece in pieces:
            words = history.session_covariates.get(piece.variable)
            if words is not None and (piece.form == "factor" or not _is_number(words)):
                key.append(words)
        groups.setdefault(tuple(key), []).append(history)
    return list(groups.values())


def _is_number(words: str) -> bool:
    try:
        float(words.replace(",", "."))
    except ValueError:
        return False
    return True


def _refuse_group(parameter: str, group: Sequence[CaptureHistory]) -> None:
    facts: dict[str, Any] = {"session": _names(group), "parameter": parameter}
    if max(len(np.unique(history.xy_m, axis=0)) for history in group) < 2:
        raise AnalysisError("estimate.one_detector", **facts)
    if not any(history.n_recaptures for history in group):
        n = sum(history.n_detections for history in group)
        raise AnalysisError("estimate.no_recaptures", value=n, **facts)
    if not any(n_spatial_recaptures(history) for history in group):
        raise AnalysisError("estimate.no_spatial_recaptures", **facts)


def refuse_outside(history: CaptureHistory, state_space: StateSpace) -> None:
    """Refuse a session most of whose stations lie outside its state space.

    Raises
    ------
    AnalysisError
        ``estimate.detectors_outside_mask``.
    """
    outside = detectors_outside(history, state_space)
    if len(outside) > _SHARE_OUTSIDE_REFUSED * history.n_detectors:
        raise AnalysisError(
            "estimate.detectors_outside_mask",
            session=history.session,
            value=len(outside),
            expected=history.n_detectors,
            station=", ".join(outside[:5]),
        )


def n_spatial_recaptures(history: CaptureHistory) -> int:
    """Places beyond the first at which animals were seen, over all animals."""
    pairs = np.unique(np.column_stack([history.event_animal, history.xy_m[history.event_detector]]), axis=0)
    return len(pairs) - history.n_animals


def warnings_before(
    histories: Sequence[CaptureHistory], state_spaces: Sequence[StateSpace], spec: ModelSpec
) -> Iterator[Notice]:
    """What the data alone say, before the fit."""
    for history, state_space in zip(histories, state_spaces, strict=True):
        yield from history.notices
        yield from _session_warnings(history, spec)
        if outside := detectors_outside(history, state_space):
            yield warning(
                "estimate.some_detectors_outside_mask",
                session=history.session,
                value=len(outside),
                station=", ".join(outside[:5]),
            )
    n_animals = sum(history.n_animals for history in histories)
    n_recaptures = sum(history.n_recaptures for history in histories)
    if n_animals == 1:
        yield warning("estimate.one_animal", session=_names(histories))
    if n_recaptures < FEWEST_RECAPTURES:
        yield warning("estimate.few_recaptures", value=n_recaptures, expected=FEWEST_RECAPTURES)
    uses_sex = spec.hcov == "sex" or any("sex" in variables_of(p.terms) for p in spec.parameters)
    if not uses_sex and any({"F", "M"} <= set(history.sex) for history in histories):
        n_known = sum(sex is not None for history in histories for sex in history.sex)
        yield warning("estimate.sexes_not_modelled", value=n_known, expected=n_animals)


def _session_warnings(history: CaptureHistory, spec: ModelSpec) -> Iterator[Notice]:
    session = history.session
    days = history.duration_days
    if days is not None and days > LONGEST_CLOSED_DAYS:
        yield warning("estimate.long_session", session=session, value=days, expected=LONGEST_CLOSED_DAYS)
    if not history.n_animals:
        density = next((p for p in spec.parameters if p.name == "D"), None)
        by_session = density is None or "session" in density.terms
        code = "estimate.session_without_captures" if by_session else "estimate.empty_session_shares"
        yield warning(code, session=session)
    if history.n_cubs_excluded:
        yield note("estimate.cubs_excluded", session=session, value=history.n_cubs_excluded)
    idle = [
        code
        for code, days in zip(history.detectors, history.usage_station_days.sum(axis=1), strict=True)
        if not days
    ]
    if idle:
        yield note("estimate.idle_stations", session=session, value=len(idle), station=", ".join(idle[:5]))


def warnings_after(
    histories: Sequence[CaptureHistory],
    joint: JointLikelihood,
    beta: NDArray[np.float64],
    sessions: Sequence[SessionEstimates],
) -> Iterator[Notice]:
    """What the estimates say about the design: array, spacing, buffer, cells."""
    sigma_spec = next(p for p in joint.spec.parameters if p.name == "sigma")
    for group in _groups(sigma_spec, histories):
        sigma_m = sessions[histories.index(group[0])].parameters["sigma"].value
        yield from _array_warnings(group, sigma_m)
    for index, (history, estimates) in enumerate(zip(histories, sessions, strict=True)):
        yield from _mask_warnings(history, joint, beta, index, estimates)


def _array_warnings(group: Sequence[CaptureHistory], sigma_m: float) -> Iterator[Notice]:
    span_m = max(array_span_m(history) for history in group)
    facts = {"session": _names(group), "sigma_km": round(sigma_m / 1000.0, 2)}
    if span_m < SMALLEST_ARRAY_SIGMAS * sigma_m:
        yield warning("estimate.small_array", span_km=round(span_m / 1000.0, 2), **facts)
    spacing_m = float(np.median(np.concatenate([nearest_detector_m(history) for history in group])))
    if spacing_m > WIDEST_SPACING_SIGMAS * sigma_m:
        yield warning("estimate.wide_spacing", spacing_km=round(spacing_m / 1000.0, 2), **facts)


def _mask_warnings(
    history: CaptureHistory,
    joint: JointLikelihood,
    beta: NDArray[np.float64],
    index: int,
    estimates: SessionEstimates,
) -> Iterator[Notice]:
    data, spec = joint.sessions[index], joint.spec
    sigma_m = estimates.parameters["sigma"].value
    cell_m = float(np.sqrt(data.cell_area_km2 * 1e6))
    if cell_m > sigma_m:
        yield warning(
            "estimate.coarse_mask",
            session=history.session,
            cell_km=round(cell_m / 1000.0, 2),
            sigma_km=round(sigma_m / 1000.0, 2),
        )
    buffer_m = spec.mask.buffer_m
    if spec.mask.kind == "buffer" and buffer_m is not None and buffer_m < 0.999 * _BUFFER_SIGMAS * sigma_m:
        yield warning(
            "estimate.narrow_buffer",
            session=history.session,
            buffer_km=round(buffer_m / 1000.0, 2),
            expected_km=round(_BUFFER_SIGMAS * sigma_m / 1000.0, 2),
        )
    if spec.mask.kind == "given":
        edge_prob = _edge_prob(joint, index, joint.table.values(beta, index))
        if edge_prob > HIGHEST_EDGE_PROB:
            yield warning("estimate.mask_edge", session=history.session, percent=round(100.0 * edge_prob, 1))


def _edge_prob(joint: JointLikelihood, index: int, theta: dict[str, NDArray[np.float64]]) -> float:
    """Largest chance of detection on the bounding edge of the mask.

    Holes and coasts inside are habitat limits; the sides of the bounding box are where somebody
    stopped drawing.
    """
    data = joint.data_at(theta, index)
    xy, cell_m = data.mask_xy_m, float(np.sqrt(data.cell_area_km2 * 1e6))
    outer = ((xy - xy.min(axis=0) < cell_m / 2) | (xy.max(axis=0) - xy < cell_m / 2)).any(axis=1)
    prob = detection_prob_anywhere(data, joint.detection, theta)
    return float(prob[outer].max())


def array_span_m(history: CaptureHistory) -> float:
    """Diagonal of the box around the detectors."""
    return float(np.hypot(*np.ptp(history.xy_m, axis=0)))


def refuse_flat(histories: Sequence[CaptureHistory], joint: JointLikelihood, maximum: Maximum) -> None:
    """Refuse a fit that the data do not hold.

    Raises
    ------
    AnalysisError
        ``estimate.sigma_beyond_array`` where sigma grew larger than every array it rests on;
        ``estimate.class_below_mask`` where that of a class shrank below what the cells can show;
        ``estimate.flat_likelihood`` where the log-likelihood hardly falls in some other direction,
        naming the coefficient.
    """
    sigma_spec = next(p for p in joint.spec.parameters if p.name == "sigma")
    for group in _groups(sigma_spec, histories):
        sigma_m = float(joint.table.values(maximum.beta, histories.index(group[0]))["sigma"].max())
        span_m = max(array_span_m(history) for history in group)
        if sigma_m > span_m:
            raise AnalysisError(
                "estimate.sigma_beyond_array",
                session=_names(group),
                sigma_km=round(sigma_m / 1000.0, 1),
                span_km=round(span_m / 1000.0, 2),
            )
    for index, data in enumerate(joint.sessions):
        sigma = joint.table.values(maximum.beta, index)["sigma"]
        cell_m = float(np.sqrt(data.cell_area_km2 * 1e6))
        if sigma.ndim == 3 and sigma.min() < _SMALLEST_SIGMA_CELLS * cell_m:
            raise AnalysisError(
                "estimate.class_below_mask",
                session=histories[index].session,
                sigma_km=round(float(sigma.min()) / 1000.0, 3),
                cell_km=round(cell_m / 1000.0, 2),
            )
    if maximum.flat is not None:
        coefficient = joint.table.names[int(np.abs(maximum.flat).argmax())]
        raise AnalysisError("estimate.flat_likelihood", session=_names(histories), value=coefficient)


def refuse_boundless(histories: Sequence[CaptureHistory], limit: float, maximum: Maximum) -> None:
    """Refuse a mixture whose likelihood is highest at infinite density.

    Parameters
    ----------
    histories
        The sessions.
    limit
        Log-likelihood of ever more animals of a class that is hardly ever seen; -inf where there is none.
    maximum
        Where the search ended.

    Raises
    ------
    AnalysisError
        ``estimate.density_boundless``.
    """
    if limit > maximum.log_likelihood - SAME_VALUE:
        raise AnalysisError("estimate.density_boundless", session=_names(histories))


def upper_limit_warnings(
    histories: Sequence[CaptureHistory], limit: float, maximum: Maximum, *, level: float
) -> Iterator[Notice]:
    """Endless density is less likely than the estimate, but not so much that it could be ruled out."""
    z = NormalDist().inv_cdf(0.5 + level / 2.0)
    if limit > maximum.log_likelihood - 0.5 * z**2:
        yield warning("estimate.no_upper_limit", session=_names(histories), percent=round(100.0 * level))


def refuse_untold(sessions: Sequence[SessionEstimates]) -> None:
    """Refuse a fit that tells density of no session.

    Raises
    ------
    AnalysisError
        ``estimate.density_untold``: the interval spans more than a factor of a thousand.
    """
    told = [own.density_per_100km2 for own in sessions if own.n_animals]
    if told and all(not own.upper < _WIDEST_INTERVAL * own.lower for own in told):
        widest = told[0]
        raise AnalysisError(
            "estimate.density_untold",
            session=sessions[0].session,
            lower=f"{widest.lower:.2g}",
            upper=f"{widest.upper:.2g}",
        )


def _names(histories: Sequence[CaptureHistory]) -> str:
    """Session codes for a sentence; many are cut short."""
    codes = [history.session for history in histories]
    return ", ".join(codes) if len(codes) <= 4 else f"{', '.join(codes[:3])} … ({len(codes)})"
