"""Words, numbers and dates of one language: gettext for sentences, Babel for the rest."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, format_percent

from pardine.base.result import Estimate
from pardine.language.translate import Language, translations

# British English: day before month; the mainland's Chinese.
_LOCALES: dict[Language, str] = {"en": "en_GB", "ru": "ru_RU", "zh": "zh_Hans_CN"}
_NOTHING = "–"


def phrase(text: str) -> str:
    """Mark a text for translation where it stands; it is translated where it is shown."""
    return text


class Words:
    """Sentences, numbers and dates in one language.

    Parameters
    ----------
    language
        ``en``, ``ru`` or ``zh``.
    """

    def __init__(self, language: Language) -> None:
        self.language = language
        self._catalogue = translations(language)
        self._locale = _LOCALES[language]

    def say(self, text: str, **fields: Any) -> str:
        """A sentence translated, its ``{fields}`` filled in."""
        return self._catalogue.gettext(text).format(**fields)

    def plural(self, one: str, many: str, n: int, **fields: Any) -> str:
        """A phrase in the grammatical number of ``n``, which fills its ``{n}``."""
        return self._catalogue.ngettext(one, many, n).format(n=self.number(n), **fields)

    def join(self, *sentences: str) -> str:
        """Sentences in a row, empty ones left out; Chinese sets no space between them."""
        return ("" if self.language == "zh" else " ").join(text for text in sentences if text)

    def number(self, value: float, decimals: int = 0) -> str:
        """A number with this many decimals; a dash where there is none."""
        if math.isnan(value):
            return _NOTHING
        if math.isinf(value):
            return "∞" if value > 0 else "-∞"
        # A rounded zero has no sign.
        rounded = round(value, decimals) + 0.0
        pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
        return str(format_decimal(rounded, pattern, locale=self._locale))

    def significant(self, value: float, digits: int = 3) -> str:
        """A number to so many significant digits, never in powers of ten; whole ones stay whole."""
        return self.number(value, 0 if value == int_or_nan(value) else decimals_for(value, digits))

    def percent(self, share: float, decimals: int = 0) -> str:
        """A share of one as a percentage."""
        sign = str(format_percent(0.0, locale=self._locale)).lstrip("0")
        return self.number(share * 100.0, decimals) + sign

    def date(self, day: dt.date) -> str:
        """A date, the month in words."""
        return str(format_date(day, "long", locale=self._locale))

    def moment(self, utc: dt.datetime) -> str:
        """A moment with its time, in UTC."""
        return (
            str(
                format_datetime(
                    utc,
                    "d MMMM y, HH:mm" if self.language != "zh" else "y年M月d日 HH:mm",
                    locale=self._locale,
                )
            )
            + " UTC"
        )

    def interval(self, estimate: Estimate, decimals: int, scale: float = 1.0) -> str:
        """The two limits, as they stand in a table."""
        if math.isnan(estimate.lower) and math.isnan(estimate.upper):
            return _NOTHING
        lower = self.number(estimate.lower * scale, decimals)
        return f"{lower} – {self.number(estimate.upper * scale, decimals)}"


def int_or_nan(value: float) -> float:
    """The value without its fraction, NaN for what is not finite."""
    return float(math.trunc(value)) if math.isfinite(value) else math.nan


def decimals_for(value: float, digits: int = 3) -> int:
    """Decimals that show so many significant digits (0 for nought and for what is not finite)."""
    if value == 0.0 or not math.isfinite(value):
        return 0
    return max(0, digits - 1 - math.floor(math.log10(abs(value))))


def decimals_of_density(density: Estimate) -> int:
    """Decimals of a density: two at most, but for very thin populations."""
    return min(2, decimals_of_estimate(density)) if density.upper >= 0.1 else decimals_of_estimate(density)


def decimals_of_estimate(estimate: Estimate, scale: float = 1.0) -> int:
    """Decimals that suit a value and its interval: two or three significant digits of the larger ones."""
    sizes = [abs(x) * scale for x in (estimate.value, estimate.upper) if math.isfinite(x) and x != 0.0]
    return min(6, decimals_for(min(sizes), 3)) if sizes else 0


def decimals_of_tick(tick: float) -> int:
    """Decimals that a round number needs."""
    return next((d for d in range(6) if abs(round(tick, d) - tick) < 1e-9), 6)
