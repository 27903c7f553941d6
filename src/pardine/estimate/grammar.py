"""Reading and writing a model: ``--model "D~session, lambda0~1"``, `model.toml`, and plain values.

`model.toml` looks so (everything but ``detection`` may be left out)::

    detection = "HHN"            # or "HN"
    likelihood = "full"          # or "conditional"

    [parameters]
    D = "~ session"              # a density for each session; "~ 1": one for all
    lambda0 = "~ 1"
    sigma = "~ 1"

    [mask]
    kind = "buffer"              # or "given"
    buffer_m = 15000             # left out: at least 4 sigma
    spacing_m = 1000             # left out: at most half of sigma
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Any, get_args

from pardine.base.errors import InputError
from pardine.estimate.model import Detection, Likelihood, Link, MaskSpec, ModelSpec, ParameterSpec
from pardine.observe.session import DetectorType

DETECTION_PARAMETERS: dict[Detection, tuple[str, ...]] = {"HN": ("g0", "sigma"), "HHN": ("lambda0", "sigma")}
LINKS: dict[str, Link] = {"D": "log", "g0": "logit", "lambda0": "log", "sigma": "log"}
TERMS = ("session",)

_PREDICTOR = re.compile(r"\s*(\w+)\s*~\s*(.*?)\s*", re.DOTALL)
_TOML_KEYS = frozenset({"detection", "likelihood", "parameters", "mask"})
_MASK_KEYS = frozenset({"kind", "buffer_m", "spacing_m"})


def make_model(
    detector_types: Mapping[str, DetectorType],
    *,
    detection: Detection = "HHN",
    terms: Mapping[str, tuple[str, ...]] | None = None,
    mask: MaskSpec | None = None,
    likelihood: Likelihood = "full",
) -> ModelSpec:
    """A complete model from its choices; parameters without terms are the same everywhere.

    Raises
    ------
    InputError
        ``model.unknown_parameter``, ``model.unknown_term``, ``model.density_is_derived``.
    """
    given = dict(terms or {})
    names = DETECTION_PARAMETERS[detection]
    if likelihood == "full":
        names = ("D", *names)
    elif "D" in given:
        raise InputError("model.density_is_derived")
    for name in given:
        if name not in names:
            raise InputError("model.unknown_parameter", value=name, expected=", ".join(names))
    for name, own in given.items():
        for term in own:
            if term not in TERMS:
                raise InputError(
                    "model.unknown_term", value=term, parameter=name, expected=", ".join(("1", *TERMS))
                )
    return ModelSpec(
        detection=detection,
        parameters=tuple(ParameterSpec(name=n, link=LINKS[n], terms=given.get(n, ())) for n in names),
        detector_types=dict(detector_types),
        mask=mask or MaskSpec(kind="buffer"),
        likelihood=likelihood,
    )


def model_from_text(
    text: str,
    detector_types: Mapping[str, DetectorType],
    *,
    detection: Detection | None = None,
    mask: MaskSpec | None = None,
    likelihood: Likelihood = "full",
) -> ModelSpec:
    """Read ``"D~session, lambda0~1, sigma~1"``; parameters left out are ``~1``.

    Without ``detection``, naming ``g0`` means half-normal and anything else hazard half-normal.

    Raises
    ------
    InputError
        ``model.not_a_predictor``, ``model.repeated_parameter``, and those of `make_model`.
    """
    terms: dict[str, tuple[str, ...]] = {}
    for part in filter(str.strip, re.split(r"[,;]", text)):
        match = _PREDICTOR.fullmatch(part)
        if match is None:
            raise InputError("model.not_a_predictor", value=part.strip())
        if match.group(1) in terms:
            raise InputError("model.repeated_parameter", value=match.group(1))
        terms[match.group(1)] = _terms(match.group(2), part.strip())
    detection = detection or ("HN" if "g0" in terms else "HHN")
    return make_model(detector_types, detection=detection, terms=terms, mask=mask, likelihood=likelihood)


def _terms(predictor: str, shown: str) -> tuple[str, ...]:
    terms = [term.strip() for term in predictor.split("+")]
    if not all(terms):
        raise InputError("model.not_a_predictor", value=shown)
    return tuple(dict.fromkeys(term for term in terms if term != "1"))


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
    predictors = (f"{name} ~ {str(p).strip().removeprefix('~')}" for name, p in parameters.items())
    detection: Detection | None = None
    if "detection" in values:
        detection = _choice(values, "detection", get_args(Detection))
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
    return ", ".join(f"{p.name}~{' + '.join(p.terms) or '1'}" for p in spec.parameters)


def model_to_toml(spec: ModelSpec) -> str:
    """A model as the text of a `model.toml`."""
    lines = [f'detection = "{spec.detection}"', f'likelihood = "{spec.likelihood}"', "", "[parameters]"]
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
    )
