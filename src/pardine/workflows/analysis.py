"""From a survey and a request to fits: the part of `estimate` that knows no project."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from pardine.base.errors import AnalysisError, InputError, Notice, warning
from pardine.base.result import Estimate
from pardine.estimate.checking.sensitivity import buffer_spaces, resolve_mask
from pardine.estimate.fit import fit_model
from pardine.estimate.fitted import Fit
from pardine.estimate.formula.grammar import make_model, model_from_text, model_from_toml
from pardine.estimate.history import CaptureHistory, capture_history
from pardine.estimate.model import MaskSpec, ModelSpec
from pardine.estimate.profile import profile_interval
from pardine.estimate.statespace import StateSpace, given_state_space
from pardine.observe.session import DetectorType
from pardine.observe.survey import Survey
from pardine.workflows.checks import Checks, run_checks
from pardine.workflows.request import EstimateRequest
from pardine.workflows.sexes import SexComparison, compare_sexes, sex_notices
from pardine.workflows.watch import SILENT, Watcher


@dataclass(frozen=True, kw_only=True, eq=False)
class Analysis:
    """The fits of one request and what they were fitted to.

    Attributes
    ----------
    histories, state_spaces
        One of each a session.
    fits
        The model asked for; without one, the null model and, with several sessions, density by
        session after it.
    density_change
        Largest relative change of density when the buffer was widened; ``None`` for given masks.
    profile
        Profile-likelihood interval of the first fit's density, where asked for.
    checks
        Comparison of models and checks of the last fit.
    sexes
        The last fit with the sexes alike and apart, where no model was asked for and enough sexes are
        known.
    notices
        Warnings of the histories, the mask, the last fit and the checks, each once.
    """

    histories: tuple[CaptureHistory, ...]
    state_spaces: tuple[StateSpace, ...]
    fits: tuple[Fit, ...]
    density_change: float | None = None
    profile: Estimate | None = None
    checks: Checks = field(default_factory=Checks)
    sexes: SexComparison | None = None
    notices: tuple[Notice, ...] = ()


def analyse(
    survey: Survey, request: EstimateRequest, *, n_workers: int = 1, watch: Watcher = SILENT
) -> Analysis:
    """Fit what was asked for, and check it.

    Parameters
    ----------
    survey, request
        What was brought, and what is asked of it.
    n_workers
        Processes for checks that draw surveys.
    watch
        Sees the work.

    Raises
    ------
    AnalysisError
        The data cannot carry the model.
    InputError
        The model cannot be read.
    """
    histories = tuple(capture_history(survey, code) for code in _session_codes(survey, request))
    models = _models(request, histories, _mask_spec(survey, request))
    if models[0].mask.kind == "given":
        spaces = tuple(given_state_space(survey, history) for history in histories)
        fits = [fit_model(histories, spaces, models[0], level=request.level)]
        change: float | None = None
        of_mask: tuple[Notice, ...] = ()
    else:
        resolved = resolve_mask(histories, models[0], level=request.level)
        spaces, fits = resolved.state_spaces, [resolved.fit]
        change, of_mask = resolved.density_change, resolved.notices
    fits += [
        fit_model(histories, spaces, replace(model, mask=fits[0].spec.mask), level=request.level)
        for model in models[1:]
    ]
    compared, not_fitted = _compared(request, histories, spaces, fits[0].spec.mask)
    checks = run_checks(fits, compared, histories, spaces, request.checks, n_workers=n_workers, watch=watch)
    sexes = compare_sexes(histories, spaces, fits[-1]) if request.model is None else None
    of_fit = [n for n in fits[-1].notices if sexes is None or n.code != "estimate.sexes_not_modelled"]
    of_fit += sex_notices(sexes) if sexes is not None else ()
    of_histories = (notice for history in histories for notice in history.notices)
    return Analysis(
        histories=histories,
        state_spaces=spaces,
        fits=tuple(fits),
        density_change=change,
        profile=profile_interval(fits[0], histories, spaces) if request.profile else None,
        checks=checks,
        sexes=sexes,
        notices=tuple(dict.fromkeys((*of_histories, *of_mask, *of_fit, *not_fitted, *checks.notices))),
    )


def spaces_of_fit(survey: Survey, histories: Sequence[CaptureHistory], fit: Fit) -> tuple[StateSpace, ...]:
    """The state spaces that a fit was made on, made again from its specification."""
    if fit.spec.mask.kind == "given":
        return tuple(given_state_space(survey, history) for history in histories)
    return buffer_spaces(histories, fit.spec.mask)


def _session_codes(survey: Survey, request: EstimateRequest) -> tuple[str, ...]:
    """The sessions asked for; without a word, all, or those that the given masks name."""
    if request.sessions:
        return request.sessions
    masked = {mask.session for mask in survey.masks}
    covers_some = bool(masked) and None not in masked and request.buffer_m is None
    return tuple(s.code for s in survey.sessions if not covers_some or s.code in masked)


def _mask_spec(survey: Survey, request: EstimateRequest) -> MaskSpec:
    if survey.masks and request.buffer_m is None:
        return MaskSpec(kind="given", sha256=tuple(sorted({mask.sha256 for mask in survey.masks})))
    return MaskSpec(kind="buffer", buffer_m=request.buffer_m, spacing_m=request.spacing_m)


def _models(
    request: EstimateRequest, histories: Sequence[CaptureHistory], mask: MaskSpec
) -> tuple[ModelSpec, ...]:
    types: Mapping[str, DetectorType] = {h.session: h.detector_type for h in histories}
    if request.model is not None and request.model.endswith(".toml"):
        return (model_from_toml(_read_text(Path(request.model)), types, mask=mask),)
    if request.model is not None:
        return (
            model_from_text(
                request.model, types, detection=request.detection, mask=mask, likelihood=request.likelihood
            ),
        )
    null = make_model(types, detection=request.detection or "HHN", mask=mask, likelihood=request.likelihood)
    if len(histories) == 1 or request.likelihood == "conditional":
        return (null,)
    return (null, make_model(types, detection=null.detection, terms={"D": ("session",)}, mask=mask))


def _compared(
    request: EstimateRequest,
    histories: Sequence[CaptureHistory],
    spaces: Sequence[StateSpace],
    mask: MaskSpec,
) -> tuple[list[Fit], list[Notice]]:
    """Fits of the models to compare with; one that the data do not hold is told, and left out."""
    types: Mapping[str, DetectorType] = {h.session: h.detector_type for h in histories}
    fits: list[Fit] = []
    notices: list[Notice] = []
    for text in request.checks.compare:
        model = model_from_text(
            text, types, detection=request.detection, mask=mask, likelihood=request.likelihood
        )
        try:
            fits.append(fit_model(histories, spaces, model, level=request.level))
        except AnalysisError as refusal:
            notices.append(warning("compare.not_fitted", model=text))
            notices.append(Notice(refusal.code, refusal.notice.fields, "warning"))
    return fits, notices


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("model.cannot_read", file=str(path), detail=str(error)) from error
