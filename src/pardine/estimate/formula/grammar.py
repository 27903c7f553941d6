"""Reading and writing a model: ``--model "D~session, lambda0~1"``, `model.toml`, and plain values.

`model.toml` looks so (everything may be left out)::

    detection = "HHN"            # or HN, HEX, EX, HHR, HR
    likelihood = "full"          # or "conditional"
    hcov = "sex"                 # classes are the sexes, as far as they are known

    [parameters]
    D = "~ session"              # a density for each session; "~ 1": one for all
    lambda0 = "~ h2"             # one for each class
    sigma = "~ 1"

    [mask]
    kind = "buffer"              # or "given"
    buffer_m = 15000             # left out: at least 4 sigma
    spacing_m = 1000             # left out: at most half of sigma

What may stand behind a ``~`` is told in `terms` and docs/reference/models.md.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Any, get_args

from pardine.base.errors import InputError
from pardine.estimate.formula.spelling import (
    DETECTFN,
    detection_named,
    items_of,
    parameter_named,
    uniform_predictor,
    unquoted,
)
from pardine.estimate.formula.terms import predictor_terms, renamed, variables_of
from pardine.estimate.model import Detection, Likelihood, Link, MaskSpec, ModelSpec, ParameterSpec
from pardine.observe.session import DetectorType

DETECTION_PARAMETERS: dict[Detection, tuple[str, ...]] = {
    "HN": ("g0", "sigma"),
    "HR": ("g0", "sigma", "z"),
    "EX": ("g0", "sigma"),
    "HHN": ("lambda0", "sigma"),
    "HHR": ("lambda0", "sigma", "z"),
    "HEX": ("lambda0", "sigma"),
}
LINKS: dict[str, Link] = {
    "D": "log",
    "g0": "logit",
    "lambda0": "log",
    "a0": "log",
    "sigma": "log",
    "z": "log",
    "pmix": "logit",
    "noneuc": "log",
}
# Variables of detection: of the animal, or of the occasion. Density knows none of them.
BEHAVIOURS = ("b", "bk", "B", "Bk")
_OF_DETECTION = frozenset((*BEHAVIOURS, "t", "T", "h2", "sex"))
_OF_EVERY_MODEL = ("1", "session")

_PREDICTOR = re.compile(r"\s*(\w+)\s*~\s*(.*?)\s*", re.DOTALL)
_OPTION = re.compile(r"\s*(\w+)\s*=\s*([^~=]+)")
_TEXT_OPTIONS = ("hcov", "detection", "detectfn", "likelihood", "CL")
_CONDITIONAL: dict[str, Likelihood] = {
    "true": "conditional",
    "t": "conditional",
    "false": "full",
    "f": "full",
}
_TOML_KEYS = frozenset({"detection", "likelihood", "hcov", "parameters", "mask"})
_MASK_KEYS = frozenset({"kind", "buffer_m", "spacing_m"})


def make_model(
    detector_types: Mapping[str, DetectorType],
    *,
    detection: Detection = "HHN",
    terms: Mapping[str, tuple[str, ...]] | None = None,
    mask: MaskSpec | None = None,
    likelihood: Likelihood = "full",
    hcov: str | None = None,
) -> ModelSpec:
    """A complete model from its choices; parameters without terms are the same everywhere.

    Naming ``a0`` puts it in the place of ``lambda0``. A term of ``h2``, or ``hcov``, adds the
    proportion ``pmix``. ``sex`` in the full likelihood, where an animal never seen has no known sex,
    means classes: ``hcov="sex"`` with ``h2`` in its place.

    Raises
    ------
    InputError
        ``model.unknown_parameter``, ``model.unknown_term``, ``model.density_is_derived``,
        ``model.bad_value``.
    """
    given = {name: _uniform(name, own) for name, own in (terms or {}).items()}
    if hcov not in (None, "sex"):
        raise InputError("model.bad_value", column="hcov", value=hcov, expected="sex")
    if likelihood == "full" and any("sex" in variables_of(own) for own in given.values()):
        hcov = "sex"
        given = {name: tuple(renamed(term, "sex", "h2") for term in own) for name, own in given.items()}
    names = _parameter_names(detection, given, likelihood, hcov)
    for name, own in given.items():
        if name not in names:
            raise InputError("model.unknown_parameter", value=name, expected=", ".join(names))
        if name in ("D", "noneuc", "pmix") and (wrong := variables_of(own) & _OF_DETECTION):
            raise InputError(
                "model.unknown_term", value=min(wrong), parameter=name, expected=", ".join(_OF_EVERY_MODEL)
            )
    return ModelSpec(
        detection=detection,
        parameters=tuple(ParameterSpec(name=n, link=LINKS[n], terms=given.get(n, ())) for n in names),
        detector_types=dict(detector_types),
        mask=mask or MaskSpec(kind="buffer"),
        likelihood=likelihood,
        hcov=hcov,
    )


def _uniform(name: str, terms: tuple[str, ...]) -> tuple[str, ...]:
    """Terms in their uniform spelling."""
    try:
        return predictor_terms("+".join(terms)) if terms else ()
    except ValueError as error:
        raise InputError("model.not_a_predictor", value=f"{name}~{' + '.join(terms)}") from error


def _parameter_names(
    detection: Detection, given: Mapping[str, tuple[str, ...]], likelihood: Likelihood, hcov: str | None
) -> tuple[str, ...]:
    names = DETECTION_PARAMETERS[detection]
    if "a0" in given and "lambda0" not in given:
        names = tuple("a0" if name == "lambda0" else name for name in names)
    if likelihood == "full":
        names = ("D", *names)
    elif "D" in given:
        raise InputError("model.density_is_derived")
    if hcov or any("h2" in variables_of(own) for own in given.values()):
        names = (*names, "pmix")
    if "noneuc" in given:
        names = (*names, "noneuc")
    return names


def model_from_text(
    text: str,
    detector_types: Mapping[str, DetectorType],
    *,
    detection: Detection | None = None,
    mask: MaskSpec | None = None,
    likelihood: Likelihood = "full",
) -> ModelSpec:
    """Read ``"D~session, lambda0~1, sigma~1"``; parameters left out are ``~1``.

    ``hcov=sex``, ``detection=HEX`` (or secr's number, ``detectfn=16``) and ``likelihood=conditional`` (or
    secr's ``CL=TRUE``) may stand among them, and go before the arguments. Without a detection function,
    naming ``g0`` means half-normal and anything else hazard half-normal. Other spellings: `spelling`.

    Raises
    ------
    InputError
        ``model.not_a_predictor``, ``model.repeated_parameter``, ``model.unknown_key``, and those of
        `make_model` and `spelling.uniform_predictor`.
    """
    terms: dict[str, tuple[str, ...]] = {}
    options: dict[str, str] = {}
    for part in items_of(text):
        if option := _OPTION.fullmatch(part):
            options[_option_named(option.group(1))] = unquoted(option.group(2))
            continue
        name, predictor = _parted(part)
        if name in terms:
            raise InputError("model.repeated_parameter", value=name)
        terms[name] = _terms(uniform_predictor(name, predictor), part.strip())
    return make_model(
        detector_types,
        detection=detection or _detection_of(options, terms),
        terms=terms,
        mask=mask,
        likelihood=_likelihood_of(options, likelihood),
        hcov=options["hcov"].lower() if "hcov" in options else None,
    )


def _option_named(name: str) -> str:
    known = next((option for option in _TEXT_OPTIONS if option.lower() == name.lower()), None)
    if known is None:
        raise InputError("model.unknown_key", value=name, expected=", ".join(_TEXT_OPTIONS))
    return known


def _parted(part: str) -> tuple[str, str]:
    """Parameter and predictor; a parameter alone is the same everywhere."""
    match = _PREDICTOR.fullmatch(part)
    if match is not None:
        return parameter_named(match.group(1)), match.group(2)
    if parameter_named(part.strip()) in LINKS:
        return parameter_named(part.strip()), "1"
    raise InputError("model.not_a_predictor", value=part.strip())


def _likelihood_of(options: Mapping[str, str], otherwise: Likelihood) -> Likelihood:
    if "CL" in options:
        return _CONDITIONAL[_choice({"CL": options["CL"].lower()}, "CL", tuple(_CONDITIONAL))]
    chosen: Likelihood = _choice({"likelihood": otherwise, **options}, "likelihood", get_args(Likelihood))
    return chosen


def _detection_of(options: Mapping[str, str], terms: Mapping[str, tuple[str, ...]]) -> Detection:
    """As the text says; else as the parameters that it names ask for."""
    for name in ("detectfn", "detection"):
        if name in options:
            return _detection_called(options[name], name)
    if "g0" in terms:
        return "HR" if "z" in terms else "HN"
    return "HHR" if "z" in terms else "HHN"


def _detection_called(value: Any, name: str) -> Detection:
    found = detection_named(value) if isinstance(value, str) else None
    if found is None:
        expected = ", ".join((*get_args(Detection), *DETECTFN))
        raise InputError("model.bad_value", column=name, value=value, expected=expected)
    return found


def _terms(predictor: str, shown: str) -> tuple[str, ...]:
    try:
        return predictor_terms(predictor)
    except ValueError as error:
        raise InputError("model.not_a_predictor", value=shown) from error


def model_from_toml(
    text: str, detector_types: Mapping[str, DetectorType], *, mask: MaskSpec | None = None
) -> ModelSpec:
    """Read the text of a `model.toml`.

    Parameters
    ----------
    text
        The file.
    detector_types
        Session code to detector type.
    mask
        State space where the file says nothing of it, or asks for the given one.

    Raises
    ------
    InputError
        ``model.not_toml``, ``model.unknown_key``, ``model.bad_value``, and those of
        `model_from_text`.
    """
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError("model.not_toml", value=str(error)) from error
    _refuse_unknown(values, _TOML_KEYS)
    parameters = values.get("parameters", {})
    if not isinstance(parameters, dict):
        raise InputError("model.bad_value", column="parameters", value=parameters, expected="[parameters]")
    predictors = [f"{name} ~ {str(p).strip().removeprefix('~')}" for name, p in parameters.items()]
    if "hcov" in values:
        predictors.append(f"hcov={_choice(values, 'hcov', ('sex',))}")
    detection: Detection | None = None
    if "detection" in values:
        detection = _detection_called(values["detection"], "detection")
    return model_from_text(
        ", ".join(predictors),
        detector_types,
        detection=detection,
        mask=_mask_from_toml(values["mask"], mask) if "mask" in values else mask,
        likelihood=_choice({"likelihood": "full", **values}, "likelihood", get_args(Likelihood)),
    )


def _mask_from_toml(values: Any, given: MaskSpec | None) -> MaskSpec:
    if not isinstance(values, dict):
        raise InputError("model.bad_value", column="mask", value=values, expected="[mask]")
    _refuse_unknown(values, _MASK_KEYS)
    lengths: dict[str, float] = {}
    for name in ("buffer_m", "spacing_m"):
        value = values.get(name)
        if value is not None:
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0.0 < value < 1e7:
                raise InputError("model.bad_value", column=name, value=value, expected="> 0 (m)")
            lengths[name] = float(value)
    kind = _choice({"kind": "buffer", **values}, "kind", ("given", "buffer"))
    if kind == "given" and given is not None and given.kind == "given":
        return given
    if len(lengths) == 2 and lengths["spacing_m"] > lengths["buffer_m"]:
        raise InputError(
            "model.bad_value", column="spacing_m", value=lengths["spacing_m"], expected="<= buffer_m"
        )
    return MaskSpec(kind=kind, buffer_m=lengths.get("buffer_m"), spacing_m=lengths.get("spacing_m"))


def _refuse_unknown(values: Mapping[str, Any], known: frozenset[str]) -> None:
    for name in values:
        if name not in known:
            raise InputError("model.unknown_key", value=name, expected=", ".join(sorted(known)))


def _choice(values: Mapping[str, Any], name: str, choices: tuple[str, ...]) -> Any:
    if values[name] not in choices:
        raise InputError("model.bad_value", column=name, value=values[name], expected=", ".join(choices))
    return values[name]


def model_to_text(spec: ModelSpec) -> str:
    """The predictors of a model, as ``--model`` takes them."""
    predictors = [f"{p.name}~{' + '.join(p.terms) or '1'}" for p in spec.parameters]
    return ", ".join(predictors + ([f"hcov={spec.hcov}"] if spec.hcov else []))


def model_to_toml(spec: ModelSpec) -> str:
    """A model as the text of a `model.toml`."""
    lines = [f'detection = "{spec.detection}"', f'likelihood = "{spec.likelihood}"']
    lines += [f'hcov = "{spec.hcov}"'] if spec.hcov else []
    lines += ["", "[parameters]"]
    lines += [f'{p.name} = "~ {" + ".join(p.terms) or "1"}"' for p in spec.parameters]
    lines += ["", "[mask]", f'kind = "{spec.mask.kind}"']
    for name, value in (("buffer_m", spec.mask.buffer_m), ("spacing_m", spec.mask.spacing_m)):
        lines += [f"{name} = {value!r}"] if value is not None else []
    return "\n".join(lines) + "\n"


def model_to_dict(spec: ModelSpec) -> dict[str, Any]:
    """A model as plain JSON values, every choice resolved."""
    return {
        "detection": spec.detection,
        "likelihood": spec.likelihood,
        "hcov": spec.hcov,
        "parameters": [{"name": p.name, "link": p.link, "terms": list(p.terms)} for p in spec.parameters],
        "detector_types": dict(spec.detector_types),
        "mask": {
            "kind": spec.mask.kind,
            "buffer_m": spec.mask.buffer_m,
            "spacing_m": spec.mask.spacing_m,
            "sha256": list(spec.mask.sha256),
        },
    }


def model_from_dict(values: Mapping[str, Any]) -> ModelSpec:
    """The inverse of `model_to_dict`."""
    mask = values["mask"]
    return ModelSpec(
        detection=values["detection"],
        parameters=tuple(
            ParameterSpec(name=p["name"], link=p["link"], terms=tuple(p["terms"]))
            for p in values["parameters"]
        ),
        detector_types=dict(values["detector_types"]),
        mask=MaskSpec(
            kind=mask["kind"],
            buffer_m=mask["buffer_m"],
            spacing_m=mask["spacing_m"],
            sha256=tuple(mask["sha256"]),
        ),
        likelihood=values["likelihood"],
        hcov=values.get("hcov"),
    )
