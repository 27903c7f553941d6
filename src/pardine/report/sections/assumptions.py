"""What was assumed, read off the model specification."""

from __future__ import annotations

from collections.abc import Iterator

from pardine.estimate.formula.terms import variables_of
from pardine.estimate.model import ModelSpec
from pardine.language.words import phrase
from pardine.report.document import Bullets, Paragraph, Section
from pardine.report.phrases import VARIABLES, known_or_same
from pardine.report.sections.context import Context

_SHAPES = {
    "HN": phrase(
        "The probability of detection falls with distance from the centre as a half-normal curve, "
        "alike in all directions."
    ),
    "HHN": phrase(
        "The rate of detection falls with distance from the centre as a half-normal curve, alike "
        "in all directions."
    ),
    "HR": phrase(
        "The probability of detection stays high near the centre and then falls with distance as a "
        "hazard-rate curve, alike in all directions."
    ),
    "HHR": phrase(
        "The rate of detection stays high near the centre and then falls with distance as a hazard-rate "
        "curve, alike in all directions."
    ),
    "EX": phrase(
        "The probability of detection falls with distance from the centre as an exponential curve, "
        "alike in all directions."
    ),
    "HEX": phrase(
        "The rate of detection falls with distance from the centre as an exponential curve, alike in all "
        "directions."
    ),
}
# Variables of animals; they have sentences of their own.
_OF_ANIMALS = frozenset({"h2", "sex", "b", "bk", "B", "Bk"})


def assumptions_section(context: Context) -> Section:
    """The assumptions as sentences a biologist can check against the field."""
    words = context.words
    intro = words.say("The numbers hold as far as this holds:")
    return Section(
        key="assumptions",
        heading=words.say("What was assumed"),
        blocks=(Paragraph(text=intro), Bullets(items=tuple(_assumptions(context)))),
    )


def _assumptions(context: Context) -> Iterator[str]:
    words = context.words
    yield words.say(
        "Each survey was closed: no independent animal was born into it, died, came or left while it lasted."
    )
    yield words.say("Every identification is right: no animal was taken for two, no two for one.")
    yield words.say(
        "D and N count independent animals: adults, and subadults apart from their mother. Cubs with "
        "their mother are reported apart."
    )
    yield words.say(
        "Animals are detected independently of each other, and each has one centre of its range that "
        "does not move during the survey."
    )
    yield from _detection(context)
    yield from _density(context)
    yield from _mask(context)


def _detection(context: Context) -> Iterator[str]:
    words, spec = context.words, context.report.fit.spec
    yield words.say(_SHAPES[spec.detection])
    terms = _detection_variables(spec)
    yield from _animals(context, terms)
    others = sorted(terms - _OF_ANIMALS - {"session"})
    if others:
        yield words.say("Detection or size of range depends on: {terms}.", terms=_listed(context, others))
        yield words.say("Otherwise stations differ only by the days they worked.")
    else:
        yield words.say("Stations differ only by the days they worked.")
    if not context.is_single:
        yield (
            words.say("Detection and size of range were the same in all surveys.")
            if context.report.detection_is_shared
            else words.say("Detection or size of range differed between surveys, as the table shows.")
        )
    types = set(spec.detector_types.values())
    if "count" in types:
        yield words.say(
            "Every detection of an animal at a station on an occasion was counted (count detectors)."
        )
    if "proximity" in types:
        yield words.say("An animal is noted at most once at a station on an occasion (proximity detectors).")
    if "multi" in types:
        yield words.say("An animal is caught at one station at most on an occasion (multi-catch detectors).")


def _listed(context: Context, variables: list[str]) -> str:
    return ", ".join(known_or_same(context.words, VARIABLES, variable) for variable in variables)


def _detection_variables(spec: ModelSpec) -> frozenset[str]:
    """Variables on which detection depends."""
    return variables_of(tuple(t for p in spec.parameters if p.name not in ("D", "pmix") for t in p.terms))


def _animals(context: Context, terms: frozenset[str]) -> Iterator[str]:
    """How animals differ from each other, and whether they learn."""
    words, spec = context.words, context.report.fit.spec
    learns = bool(terms & {"b", "bk", "B", "Bk"})
    if not terms & {"h2", "sex"} and not learns:
        yield words.say(
            "All animals, females and males alike, share the same detection and the same size of range; "
            "being photographed once does not change the chance of the next time."
        )
        return
    if not terms & {"h2", "sex"}:
        yield words.say(
            "All animals, females and males alike, share the same detection and the same size of range."
        )
    elif spec.hcov is not None or "sex" in terms:
        yield words.say(
            "Females and males may differ in detection and size of range; all of one sex are alike. An "
            "animal of unknown sex may be either."
        )
    else:
        yield words.say(
            "Animals are of two kinds that differ in detection or size of range; which animal is of which "
            "kind is not known."
        )
    yield (
        words.say("Having been photographed may change the chance of the next time.")
        if learns
        else words.say("Being photographed once does not change the chance of the next time.")
    )


def _density(context: Context) -> Iterator[str]:
    words, report = context.words, context.report
    of_density = variables_of(tuple(t for p in report.fit.spec.parameters if p.name == "D" for t in p.terms))
    if within := sorted(of_density - {"session"}):
        yield words.say("Density depends on: {terms}.", terms=_listed(context, within))
        return
    if report.fit.spec.likelihood == "conditional":
        yield words.say(
            "Density is derived from the animals detected and their chance to be detected "
            "(conditional likelihood)."
        )
    elif context.is_single or report.density_is_shared:
        yield words.say(
            "Before anything was seen, every place in the study area was equally likely to be the "
            "centre of a range."
        )
    else:
        yield words.say(
            "Within a survey every place in the study area was equally likely to be the centre of a "
            "range; density may differ between surveys."
        )


def _mask(context: Context) -> Iterator[str]:
    words, report = context.words, context.report
    mask = report.fit.spec.mask
    yield words.say("No range centre lies outside the study area, and all ground in it can be lived in.")
    if mask.kind == "given":
        yield words.say("The study area is the habitat mask that was brought with the survey.")
    elif mask.buffer_m is not None:
        yield words.say(
            "The study area reaches {buffer} km beyond the stations.",
            buffer=words.significant(mask.buffer_m / 1e3),
        )
    if report.mask_sensitivity is not None:
        yield _sensitivity(context)


def _sensitivity(context: Context) -> str:
    words, found = context.words, context.report.mask_sensitivity
    assert found is not None
    change = words.percent(abs(found.change_percent) / 100.0, 2)
    if found.widened_to_m is None:
        return words.say("When the study area was made wider, density changed by {change}.", change=change)
    return words.say(
        "When the study area was made wider, to {wide} km beyond the stations, density changed by {change}.",
        wide=words.significant(found.widened_to_m / 1e3),
        change=change,
    )
