"""Fixed phrases that results carry in English (units, methods, kinds of table), marked for translation."""

from __future__ import annotations

from collections.abc import Mapping

from pardine.language.words import Words, phrase

# Parts of `Estimate.method` between commas, as the estimation writes them.
METHOD_PARTS = (
    phrase("maximum likelihood"),
    phrase("log-normal"),
    phrase("log-normal on the animals not seen"),
    phrase("limits outward to whole animals"),
    phrase("interval on the log scale"),
    phrase("interval on the logit scale"),
    phrase("interval on the identity scale"),
    phrase("profile likelihood"),
    phrase("conditional likelihood"),
    phrase("derived density"),
    phrase("no captures: 0"),
    phrase("one-sided exact Poisson limit given the detection of the other sessions"),
)
PARAMETERS = {
    "D": phrase("Density D"),
    "g0": phrase("Detection at the range centre g0"),
    "lambda0": phrase("Detection rate at the range centre λ0"),
    "a0": phrase("Effective area of a station a0"),
    "sigma": phrase("Spatial scale σ"),
    "z": phrase("Steepness z"),
    "pmix": phrase("Proportion of the second class"),
    "noneuc": phrase("Cost of moving"),
}
PARAMETER_UNITS = {
    "g0": phrase("probability per station-day"),
    "lambda0": phrase("detections per station-day"),
    "a0": phrase("km²"),
    "sigma": phrase("km"),
    "z": phrase("no unit"),
    "pmix": phrase("share of one"),
}
# Labels of the classes of animals, as estimates carry them in brackets.
CLASSES = {
    "F": phrase("females"),
    "M": phrase("males"),
    "1": phrase("first class"),
    "2": phrase("second class"),
}
# Variables of predictors that are no names of a person's columns.
VARIABLES = {
    "x": phrase("place from west to east (x)"),
    "y": phrase("place from south to north (y)"),
    "t": phrase("occasion (t)"),
    "T": phrase("trend over occasions (T)"),
}
# Causes of days lost, as effort carries them.
EFFORT_CAUSES = {
    "dead": phrase("dead"),
    "stolen": phrase("stolen"),
    "moved": phrase("moved"),
    "vandalised": phrase("vandalised"),
    "burnt": phrase("burnt"),
    "snowed": phrase("snowed"),
    "full": phrase("card full"),
    "unknown": phrase("cause unknown"),
    "no record": phrase("no record"),
}
INPUT_KINDS = {
    "stations": phrase("stations"),
    "captures": phrase("captures"),
    "mask": phrase("habitat mask"),
    "sessions": phrase("sessions"),
    "effort": phrase("camera effort"),
}
DETECTION_FUNCTIONS = {
    "HN": phrase("half-normal detection probability (HN)"),
    "HHN": phrase("half-normal detection rate (HHN)"),
    "HR": phrase("hazard-rate detection probability (HR)"),
    "HHR": phrase("hazard-rate detection rate (HHR)"),
    "EX": phrase("exponential detection probability (EX)"),
    "HEX": phrase("exponential detection rate (HEX)"),
}


def method_in(words: Words, method: str) -> str:
    """A method in a language, part by part; a part that nobody marked stays as it is."""
    return ", ".join(words.say(part) for part in method.split(", "))


def parameter_in(words: Words, name: str) -> str:
    """A parameter in a language; that of a class, such as ``sigma[F]``, names the class."""
    base, _, of_class = name.rstrip("]").partition("[")
    quantity = known_or_same(words, PARAMETERS, base)
    return f"{quantity}, {known_or_same(words, CLASSES, of_class)}" if of_class else quantity


def known_or_same(words: Words, table: dict[str, str], key: str) -> str:
    """The phrase of a key in a language, or the key itself."""
    return words.say(table[key]) if key in table else key


def lost_days_text(words: Words, lost_days: Mapping[str, float]) -> str:
    """Days lost by cause, as they stand in a row: ``stolen 12.0, snowed 3.5``; none that rounds to 0."""
    shown = (
        f"{known_or_same(words, EFFORT_CAUSES, cause)} {words.number(days, 1)}"
        for cause, days in lost_days.items()
        if days >= 0.05
    )
    return ", ".join(shown)
