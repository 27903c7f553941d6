"""A script that repeats a fit in another program, the R package secr, for a sceptical reader.

Only its public functions are called. The files beside the script hold stations, captures and the very
points of the state space, by number, so that no name has to survive a text format.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path

from pardine import __version__
from pardine.base.units import HA_PER_KM2
from pardine.estimate.fitted import Fit
from pardine.estimate.history import CaptureHistory
from pardine.estimate.model import ModelSpec
from pardine.estimate.statespace import StateSpace
from pardine.exchange.survey_export import Cell, write_table

SCRIPT_NAME = "repeat-fit.R"

_DETECTFN = {"HN": 0, "HR": 1, "EX": 2, "HHN": 14, "HHR": 15, "HEX": 16}
_DETECTORS = frozenset({"count", "proximity", "multi"})
# Both programs call these the same; covariates of people's own would have to travel with the data.
_TERMS = frozenset({"session", "t", "T", "b", "B", "bk", "Bk", "h2", "x", "y"})
_PARAMETERS = frozenset({"D", "g0", "lambda0", "a0", "sigma", "z", "pmix"})


def not_repeatable(spec: ModelSpec, histories: Sequence[CaptureHistory]) -> tuple[str, ...]:
    """What in a model the script cannot say; empty where it can say all of it."""
    by_session = any(p.name == "D" and "session" in p.terms for p in spec.parameters)
    return (
        *(p.name for p in spec.parameters if p.name not in _PARAMETERS),
        # The other program has no density of 0.
        *(h.session for h in histories if by_session and not h.n_animals),
        *(term for p in spec.parameters for term in p.terms if term not in _TERMS),
        *(kind for kind in dict.fromkeys(spec.detector_types.values()) if kind not in _DETECTORS),
        *((spec.detection,) if spec.detection not in _DETECTFN else ()),
    )


def write_secr_files(
    folder: Path, fit: Fit, histories: Sequence[CaptureHistory], state_spaces: Sequence[StateSpace]
) -> tuple[Path, ...]:
    """Write the script and its data into an existing folder.

    Parameters
    ----------
    folder
        Must not hold files of these names.
    fit
        The fit to repeat, of a model for which `not_repeatable` is empty.
    histories, state_spaces
        One of each a session, as they were fitted.

    Returns
    -------
    tuple of Path
        The files: exact places, for internal use.

    Raises
    ------
    ValueError
        The script cannot say the model.
    """
    if problems := not_repeatable(fit.spec, histories):
        raise ValueError(f"the script cannot say {', '.join(problems)}")
    tables = {
        "stations.csv": _stations(histories),
        "captures.csv": _captures(histories),
        "mask.csv": _mask(state_spaces),
    }
    for name, (header, rows) in tables.items():
        write_table(folder / name, header, rows)
    script = folder / SCRIPT_NAME
    with script.open("x", encoding="ascii", newline="\n") as file:
        file.write("\n".join(_script_lines(fit, histories, state_spaces)) + "\n")
    return (script, *(folder / name for name in tables))


def r_string(text: str) -> str:
    r"""A text as an R literal of ASCII letters: nothing in it can end the literal.

    Examples
    --------
    >>> r_string('a "b"')
    '"a \\"b\\""'
    """
    return '"' + "".join(map(_r_letter, text)) + '"'


def _r_letter(letter: str) -> str:
    if letter in '"\\':
        return f"\\{letter}"
    if " " <= letter <= "~":
        return letter
    code = ord(letter)
    # R has no NUL, and lone surrogates are no letters.
    if code == 0 or 0xD800 <= code <= 0xDFFF:
        code = 0xFFFD
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _stations(histories: Sequence[CaptureHistory]) -> tuple[list[str], list[list[Cell]]]:
    n_occasions = max(history.n_occasions for history in histories)
    rows: list[list[Cell]] = []
    for number, history in enumerate(histories, start=1):
        blanks = [None] * (n_occasions - history.n_occasions)
        for code, xy, usage in zip(
            history.detectors, history.xy_m.tolist(), history.usage_station_days.tolist(), strict=True
        ):
            rows.append([number, *xy, *usage, *blanks, code])
    return ["session", "x", "y", *(f"usage_{k}" for k in range(1, n_occasions + 1)), "station"], rows


def _captures(histories: Sequence[CaptureHistory]) -> tuple[list[str], list[list[Cell]]]:
    rows: list[list[Cell]] = []
    for number, history in enumerate(histories, start=1):
        events = zip(
            history.event_animal.tolist(),
            history.event_occasion.tolist(),
            history.event_detector.tolist(),
            history.event_count.tolist(),
            strict=True,
        )
        rows += [
            [
                number,
                animal + 1,
                occasion + 1,
                detector + 1,
                count,
                history.sex[animal],
                history.animals[animal],
            ]
            for animal, occasion, detector, count in events
        ]
    return ["session", "animal", "occasion", "detector", "count", "sex", "individual"], rows


def _mask(state_spaces: Sequence[StateSpace]) -> tuple[list[str], list[list[Cell]]]:
    rows: list[list[Cell]] = [
        [number, *xy] for number, space in enumerate(state_spaces, start=1) for xy in space.xy_m.tolist()
    ]
    return ["session", "x", "y"], rows


def _script_lines(
    fit: Fit, histories: Sequence[CaptureHistory], state_spaces: Sequence[StateSpace]
) -> Iterator[str]:
    yield f"# Repeats a fit of Pardine {__version__} with the R package secr (5.0 or later)."
    yield "# INTERNAL: the tables beside this script hold the exact places of the stations."
    yield f"# In their folder:  Rscript {SCRIPT_NAME}"
    yield ""
    yield "library(secr)"
    yield ""
    yield f"session_names <- {_vector(r_string(h.session) for h in histories)}"
    yield f"detector_types <- {_vector(r_string(h.detector_type) for h in histories)}"
    yield f"n_occasions <- {_vector(str(h.n_occasions) for h in histories)}"
    yield f"spacing_m <- {_vector(repr(math.sqrt(s.cell_area_m2)) for s in state_spaces)}"
    yield f"use_sex <- {'TRUE' if fit.spec.hcov else 'FALSE'}"
    yield from _DATA_LINES
    yield ""
    yield f"model <- list({', '.join(_formulas(fit.spec))})"
    yield "fit <- secr.fit(capthist, model = model, mask = masks, binomN = 0, trace = FALSE,"
    conditional = "TRUE" if fit.spec.likelihood == "conditional" else "FALSE"
    classes = f", hcov = {r_string(fit.spec.hcov)}" if fit.spec.hcov else ""
    yield f"                detectfn = {_DETECTFN[fit.spec.detection]}, CL = {conditional}{classes})"
    yield ""
    yield "# Beside Pardine: coefficients on their link scales, density per hectare as secr has it."
    yield f"pardine <- data.frame(name = {_vector(r_string(c.name) for c in fit.coefficients)},"
    yield f"                      beta = {_vector(repr(b) for b in _betas(fit))},"
    yield f"                      se = {_vector(_number(c.se) for c in fit.coefficients)})"
    yield "there <- coef(fit)"
    yield "print(pardine)"
    yield "print(there)"
    yield f'cat("log-likelihood: Pardine", {fit.log_likelihood!r}, "secr", as.numeric(logLik(fit)), "\\n")'
    if fit.spec.n_classes > 1:
        yield "# The classes may come in another order; compare predictions, not coefficients, of classes."
    yield "# The log-likelihoods differ by constants without parameters where animals share a history."
    yield "print(predict(fit))"
    if fit.spec.likelihood == "conditional":
        yield "print(derived(fit))"


_DATA_LINES = (
    "",
    'stations <- read.csv("stations.csv", encoding = "UTF-8")',
    'captures <- read.csv("captures.csv", encoding = "UTF-8", colClasses = c(sex = "character"),',
    '                     na.strings = c("NA", ""))',
    'mask_points <- read.csv("mask.csv")',
    "",
    "# Stations and animals by number; the last column of each table names them.",
    "one_session <- function(i) {",
    "  here <- stations[stations$session == i, ]",
    "  traps <- read.traps(data = data.frame(x = here$x, y = here$y), detector = detector_types[i])",
    '  usage(traps) <- as.matrix(here[, paste0("usage_", seq_len(n_occasions[i])), drop = FALSE])',
    "  seen <- captures[captures$session == i, ]",
    "  seen <- seen[rep(seq_len(nrow(seen)), seen$count), ]",
    "  if (nrow(seen) == 0) {",
    '    seen <- data.frame(animal = "NONE", occasion = n_occasions[i], detector = 1, sex = NA)',
    "  }",
    "  rows <- data.frame(session = session_names[i], ID = as.character(seen$animal),",
    "                     occasion = seen$occasion, trap = seen$detector,",
    '                     sex = factor(seen$sex, levels = c("F", "M")))',
    '  if (!use_sex) rows <- rows[, c("session", "ID", "occasion", "trap")]',
    '  covnames <- if (use_sex) "sex" else NULL',
    '  make.capthist(rows, traps, fmt = "trapID", noccasions = n_occasions[i], covnames = covnames)',
    "}",
    "one_mask <- function(i) {",
    '  read.mask(data = mask_points[mask_points$session == i, c("x", "y")], spacing = spacing_m[i])',
    "}",
    "capthists <- lapply(seq_along(session_names), one_session)",
    "masks <- lapply(seq_along(session_names), one_mask)",
    "if (length(session_names) == 1) {",
    "  capthist <- capthists[[1]]",
    "  masks <- masks[[1]]",
    "} else {",
    "  names(capthists) <- session_names",
    "  capthist <- do.call(MS.capthist, capthists)",
    "}",
)


def _formulas(spec: ModelSpec) -> Iterator[str]:
    # The share of the classes is a parameter of theirs by itself.
    for parameter in (p for p in spec.parameters if p.name != "pmix"):
        yield f"{parameter.name} ~ {' + '.join(parameter.terms) or '1'}"


def _betas(fit: Fit) -> Iterator[float]:
    """Coefficients with hectares in place of km2."""
    shifts = {"D": -math.log(HA_PER_KM2), "a0": math.log(HA_PER_KM2)}
    for c in fit.coefficients:
        yield c.estimate + (shifts.get(c.name, 0.0) if c.link == "log" else 0.0)


def _number(value: float) -> str:
    return repr(value) if math.isfinite(value) else "NA"


def _vector(items: Iterator[str] | Sequence[str]) -> str:
    return f"c({', '.join(items)})"
