"""From codes to sentences in a person's language, through gettext."""

from __future__ import annotations

import gettext
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, get_args

from pardine.base.errors import Notice, PardineError
from pardine.language.messages import MESSAGES

Language = Literal["en", "ru", "zh"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
_DECIMAL_POINT: dict[Language, str] = {"en": ".", "ru": ",", "zh": "."}


def translations(language: Language) -> gettext.NullTranslations:
    """The catalogue of a language; English is the language of the sources."""
    if language == "en":
        return gettext.NullTranslations()
    folder = Path(str(files("pardine.language").joinpath("locale")))
    return gettext.translation("pardine", localedir=folder, languages=[language])


def sentence(notice: Notice, language: Language = "en") -> str:
    """A notice as words: its sentence, and its hint where it has one.

    Raises
    ------
    KeyError
        The code has no sentence (a programmer's mistake).
    """
    message = MESSAGES[notice.code]
    catalogue = translations(language)
    parts = (catalogue.gettext(text).format_map(_Fields(notice.fields, language)) for text in _texts(message))
    # Chinese sets no space between sentences.
    return ("" if language == "zh" else " ").join(parts)


def error_lines(error: PardineError, language: Language = "en") -> Iterator[str]:
    """An error as lines: the headline first, then each problem."""
    yield sentence(error.notice, language)
    for problem in error.problems:
        yield sentence(problem, language)


def _texts(message: Any) -> Iterator[str]:
    yield message.sentence
    if message.hint:
        yield message.hint


class _Fields(dict[str, Any]):
    """Fields of a sentence; one that is missing shows its name instead of failing."""

    def __init__(self, fields: Mapping[str, Any], language: Language) -> None:
        point = _DECIMAL_POINT[language]
        super().__init__({k: _Decimal(v, point) if isinstance(v, float) else v for k, v in fields.items()})

    def __missing__(self, key: str) -> _Absent:
        return _Absent(key)


class _Decimal:
    """A number with the language's decimal point; four significant digits where no format is asked."""

    def __init__(self, value: float, point: str) -> None:
        self._value = value
        self._point = point

    def __format__(self, spec: str) -> str:
        return format(self._value, spec or ".4g").replace(".", self._point)


class _Absent:
    """Stands for a field that nobody gave, whatever its format."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __format__(self, _spec: str) -> str:
        return f"{{{self._name}}}"
