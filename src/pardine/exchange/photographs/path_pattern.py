"""Patterns that say what the parts of a path mean: ``{station}/{slot}/**``.

In braces stand the fields (`FIELDS`); ``{*}`` is any text, ``**`` any number of folders. A pattern
without a slash is for the file's name alone, in whatever folder. The file's ending may be left out.
A field of text that stands twice is joined by a hyphen: ``{station}__Station{station}``.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pardine.base.errors import InputError
from pardine.observe.media import TimeReading

# Text fields take as little as lets the rest of their part fit; the others say what they look like.
_DATE = r"(?:19|20)\d{2}[-_.]?\d{1,2}[-_.]?\d{1,2}"
_TIME = r"\d{1,2}[-_.:h]\d{1,2}(?:[-_.:m]\d{1,2})?|\d{6}|\d{4}"
_SHAPES: Mapping[str, str] = {"date": _DATE, "time": _TIME, "n": r"\d{1,9}"}
_TEXTS = ("station", "slot", "deployment", "camera", "species", "individual", "*")
FIELDS: tuple[str, ...] = (*_TEXTS, *_SHAPES)
_MAX_LENGTH = 500
_TOKEN = re.compile(r"\{([^{}/]*)\}|([{}])")
_NUMBERS = re.compile(r"\d+")
_ENDING = r"(?:\.[^./]{1,10})?"


@dataclass(frozen=True, kw_only=True)
class PathFacts:
    """What a path tells, by a pattern.

    Attributes
    ----------
    station, slot, deployment, camera, species, individual
        As they stand in the path; empty where the pattern does not ask.
    number
        Of the file, ``None`` where the pattern does not ask.
    reading
        Date and time, where the path tells both.
    """

    station: str = ""
    slot: str = ""
    deployment: str = ""
    camera: str = ""
    species: str = ""
    individual: str = ""
    number: int | None = None
    reading: TimeReading | None = None


@dataclass(frozen=True)
class PathPattern:
    """A checked pattern.

    Parameters
    ----------
    text
        Such as ``{station}/{slot}/**`` or ``{station}__{date}__{time}({n})``.

    Raises
    ------
    InputError
        The pattern holds an unknown field, a brace without its partner, fields that cannot be told
        apart, or no field at all.
    """

    text: str
    _regex: re.Pattern[str] = field(init=False, repr=False, compare=False)
    _groups: tuple[tuple[str, str], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        regex, groups = _compile(self.text)
        object.__setattr__(self, "_regex", re.compile(regex))
        object.__setattr__(self, "_groups", groups)

    def match(self, path: str) -> PathFacts | None:
        """What a path (with ``/`` between its parts) tells; ``None`` where it does not fit."""
        match = self._regex.fullmatch(path)
        if match is None:
            return None
        parts: dict[str, list[str]] = {}
        for group, name in self._groups:
            parts.setdefault(name, []).append(match[group])
        reading = None
        if "date" in parts and "time" in parts:
            reading = _reading(parts["date"][0], parts["time"][0])
            if reading is None:
                return None
        words = {name: "-".join(parts[name]) for name in _TEXTS if name in parts and name != "*"}
        number = int(parts["n"][0]) if "n" in parts else None
        return PathFacts(**words, number=number, reading=reading)


def _compile(text: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    if not text or len(text) > _MAX_LENGTH:
        raise InputError("photograph.pattern_length", value=text[:60], expected=_MAX_LENGTH)
    names: list[str] = []
    parts = text.strip("/").split("/")
    if len(parts) == 1 and parts[0] != "**":
        parts = ["**", *parts]
    if text.endswith("/"):
        parts.append("**")
    pieces = [_part(part, text, names, is_last=i == len(parts) - 1) for i, part in enumerate(parts)]
    if all(name == "*" for name in names):
        raise InputError("photograph.pattern_no_field", value=text, expected=_field_list())
    twice = [f"{{{name}}}" for name in _SHAPES if names.count(name) > 1]
    # Three runs of folders could be parted in too many ways.
    twice += ["**"] if parts.count("**") > 2 else []
    if twice:
        raise InputError("photograph.pattern_twice", value=text, field=twice[0])
    return "".join(pieces), tuple((f"f{i}", name) for i, name in enumerate(names))


def _part(part: str, text: str, names: list[str], *, is_last: bool) -> str:
    """Regular expression of one folder or of the file's name, with the slash behind a folder."""
    if part == "**":
        return r"[^/]+(?:/[^/]+)*" if is_last else r"(?:[^/]+/)*"
    tokens = list(_tokens(part, text))
    regex = ""
    for i, (kind, value) in enumerate(tokens):
        if kind == "literal":
            regex += re.escape(value)
            continue
        names.append(value)
        name = f"f{len(names) - 1}"
        if value in _SHAPES:
            regex += f"(?P<{name}>{_SHAPES[value]})"
            continue
        regex += _text_field(name, tokens[i + 1 : i + 3], text, value, is_last=is_last)
    return regex + (_ENDING if is_last else "/")


def _text_field(name: str, following: list[tuple[str, str]], text: str, value: str, *, is_last: bool) -> str:
    """A field of text: up to the first place where what follows can begin, and never reconsidered.

    Without going back a name is read in linear time, however it was made.
    """
    if following and following[0][0] == "field" and following[0][1] not in _SHAPES:
        raise InputError(
            "photograph.pattern_adjacent", value=text, field=f"{{{value}}}", other=f"{{{following[0][1]}}}"
        )
    ahead = ""
    for kind, next_value in following:
        if kind == "field" and next_value not in _SHAPES:
            break
        ahead += re.escape(next_value) if kind == "literal" else f"(?:{_SHAPES[next_value]})"
    if len(following) < 2 and all(kind == "literal" for kind, _ in following):
        ahead += (_ENDING + "$") if is_last else "/"
    return f"(?>(?P<{name}>[^/]+?)(?={ahead}))"


def _tokens(part: str, text: str) -> Iterator[tuple[str, str]]:
    place = 0
    for match in _TOKEN.finditer(part):
        if match.start() > place:
            yield "literal", part[place : match.start()]
        if match[2]:
            raise InputError("photograph.pattern_brace", value=text)
        if match[1] not in FIELDS:
            raise InputError(
                "photograph.pattern_unknown_field",
                value=text,
                field=f"{{{match[1]}}}",
                expected=_field_list(),
            )
        yield "field", match[1]
        place = match.end()
    if place < len(part):
        yield "literal", part[place:]


def _field_list() -> str:
    return ", ".join(f"{{{name}}}" for name in FIELDS)


def _reading(date: str, time: str) -> TimeReading | None:
    day, clock = _split(date, (4, 6, 8)), _split(time, (2, 4, 6))
    try:
        moment = dt.datetime(*day[:3], *clock[:3])  # type: ignore[arg-type]  # three and two or three integers
    except (ValueError, TypeError):
        return None
    return TimeReading(source="file name", wall_clock=moment, text=f"{date} {time}")


def _split(text: str, ends: tuple[int, int, int]) -> list[int]:
    """Numbers of a text, parted by signs or by their places."""
    numbers = _NUMBERS.findall(text)
    if len(numbers) == 1:
        numbers = [text[begin:end] for begin, end in zip((0, *ends), ends, strict=False) if text[begin:end]]
    return [int(number) for number in numbers]
