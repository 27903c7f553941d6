"""Models as people type them, brought to one spelling.

Who comes from secr writes ``list(D ~ 1, g0 ~ b)``, ``detectfn = "HHN"``, ``CL = TRUE`` or ``pmix ~ h2``;
who copies from a page brings other quotes, tildes and commas. What can only mean one thing is taken so.
What R would understand in another way (``x^2``), or what is not offered (``-1``), is refused with the
spelling that is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pardine.base.errors import InputError
from pardine.estimate.formula.terms import split_at
from pardine.estimate.model import Detection

DETECTFN: dict[str, Detection] = {"0": "HN", "1": "HR", "2": "EX", "14": "HHN", "15": "HHR", "16": "HEX"}
"""Numbers that secr gives to detection functions."""

PARAMETERS = ("D", "g0", "lambda0", "a0", "sigma", "z", "pmix", "noneuc")

_WORDS: dict[str, Detection] = {
    "halfnormal": "HN",
    "hazardrate": "HR",
    "exponential": "EX",
    "negativeexponential": "EX",
    "hazardhalfnormal": "HHN",
    "hazardhazardrate": "HHR",
    "hazardexponential": "HEX",
}
_SIGNS = str.maketrans({**dict.fromkeys("∼～˜〜", "~"), **dict.fromkeys("，、", ","), "；": ";", "＝": "="})
_QUOTES = "\"'`“”‘’«»"
_WRAPPED = re.compile(r"(?:model\s*=\s*)?(?:list|c)\s*\((.*)\)", re.DOTALL)
_NAMED = re.compile(r"^\s*model\s*=\s*(?=\w+\s*~)")
# D~1 g0~b: a name with a tilde after a blank begins the next parameter, unless a sign stands before.
_NEXT_PARAMETER = re.compile(r"(?<=[\w)])\s+(?=[A-Za-z]\w*\s*~)")
_NEW_LINE = re.compile(r"(?<=[\w)])[ \t]*[\r\n]+\s*(?=[A-Za-z]\w*\s*[~=])")
_SMOOTH_OPTIONS = re.compile(r""",\s*(?:fx\s*=\s*(?:TRUE|T)|bs\s*=\s*["'](?:cr|cs)["'])(?=\s*[,)])""")
_NO_INTERCEPT = re.compile(r"(?:^\s*-\s*1\s*\+|^\s*0\s*\+|\+\s*0\s*(?=$|\+)|-\s*1\s*(?=$|\+))")
_NAME = r"([^\W\d][\w.]*)"
_POWER = re.compile(rf"I\(\s*{_NAME}\s*\^\s*(\d)\s*\)")
# What R writes so, and what is written here.
_FOREIGN: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(rf"poly\(\s*{_NAME}\s*,\s*2\s*(?:,[^()]*)?\)"), r"\1 + I(\1^2)"),
    (re.compile(rf"poly\(\s*{_NAME}\s*,\s*3\s*(?:,[^()]*)?\)"), r"\1 + I(\1^2) + I(\1^3)"),
    (re.compile(rf"(?:ns|bs)\(\s*{_NAME}[^()]*\)"), r"s(\1, k=4)"),
    (re.compile(rf"scale\(\s*{_NAME}[^()]*\)"), r"\1"),
    (re.compile(rf"s\(\s*{_NAME}\s*,[^()]*fx\s*=\s*(?:FALSE|F)[^()]*\)"), r"s(\1, k=4)"),
    (re.compile(rf"(?:te|ti|t2|s)\(\s*{_NAME}\s*,\s*{_NAME}\s*(?:,[^()]*)?\)"), r"\1 + \2 + \1:\2"),
    (re.compile(rf"(?<![\w(.]){_NAME}\s*\^\s*([2-9])"), r"I(\1^\2)"),
    (re.compile(r"(?<![\w.])H2(?![\w.])"), "h2"),
    (re.compile(r"(?<![\w.])h3(?![\w.])"), "h2"),
)


def items_of(text: str) -> Iterator[str]:
    """The parts of a model, each a predictor, a parameter or an option: ``D~1``, ``g0~b``, ``hcov=sex``."""
    text = text.translate(_SIGNS).strip().strip(_QUOTES).strip()
    for part in split_at(_NEXT_PARAMETER.sub(", ", _NEW_LINE.sub(", ", text)), ",;"):
        if wrapped := _WRAPPED.fullmatch(part.strip()):
            yield from items_of(wrapped.group(1))
        elif part.strip():
            yield _NAMED.sub("", part).strip()


def unquoted(value: str) -> str:
    """The value of an option without its quotes."""
    return value.strip().strip(_QUOTES).strip()


def parameter_named(name: str) -> str:
    """``lambda0`` for ``Lambda0``: no two parameters differ in case alone. Other names as they are."""
    return next((known for known in PARAMETERS if known.lower() == name.lower()), name)


def detection_named(value: str) -> Detection | None:
    """The detection function of a name, a number of secr, or words; ``None`` for none of them."""
    if value in DETECTFN:
        return DETECTFN[value]
    plain = re.sub(r"[\s_-]", "", value).lower()
    return next((known for known in DETECTFN.values() if known.lower() == plain), _WORDS.get(plain))


def uniform_predictor(parameter: str, predictor: str) -> str:
    """What stands behind the ``~``, as `terms` reads it.

    Raises
    ------
    InputError
        ``model.write_instead``, ``model.intercept_stays``.
    """
    predictor = _POWER.sub(r"I(\1^\2)", _SMOOTH_OPTIONS.sub("", predictor)).strip()
    if predictor.startswith("(") and predictor.endswith(")") and predictor.count("(") == 1:
        predictor = predictor[1:-1].strip()
    if parameter == "pmix" and predictor in ("h2", "sex"):
        return "1"  # secr shows the shares so; they differ between classes by what they are
    predictor = _with_intercept(parameter, predictor)
    for pattern, instead in _FOREIGN:
        if found := pattern.search(predictor):
            expected = f"{parameter}~{pattern.sub(instead, predictor)}"
            raise InputError("model.write_instead", value=found.group(0), expected=expected)
    return predictor or "1"


def _with_intercept(parameter: str, predictor: str) -> str:
    if not _NO_INTERCEPT.search(predictor):
        return predictor
    rest = _NO_INTERCEPT.sub("", predictor).strip().strip("+").strip()
    if parameter == "noneuc":  # which has none
        return rest
    raise InputError(
        "model.intercept_stays",
        value=f"{parameter}~{predictor}",
        parameter=parameter,
        expected=f"{parameter}~{rest or '1'}",
    )
