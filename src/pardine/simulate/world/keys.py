"""Keys of a scenario: each is declared once, with its default, unit, limits and meaning."""

from __future__ import annotations

import datetime as dt
from dataclasses import Field, dataclass, field, fields
from typing import Any, Literal, TypeVar, cast

Value = TypeVar("Value")
Kind = Literal["number", "whole", "text", "date", "pair"]

_KINDS: dict[str, Kind] = {
    "float": "number",
    "float | None": "number",
    "int": "whole",
    "int | None": "whole",
    "str": "text",
    "dt.date": "date",
    "tuple[float, float]": "pair",
}


@dataclass(frozen=True, kw_only=True)
class Key:
    """What a person may write for one key.

    Attributes
    ----------
    help, unit
        What it means, and in which unit it is given.
    low, high
        Limits of a number, both allowed.
    choices
        Words of a text; empty: any text.
    """

    help: str
    unit: str = ""
    low: float = 0.0
    high: float = 1e9
    choices: tuple[str, ...] = ()


def key(
    default: Value,
    help: str,
    *,
    unit: str = "",
    low: float = 0.0,
    high: float = 1e9,
    choices: tuple[str, ...] = (),
) -> Value:
    """A field of a section of the scenario, with all that is known of its key."""
    told = Key(help=help, unit=unit, low=low, high=high, choices=choices)
    made: Value = field(default=default, metadata={"key": told})
    return made


def prob(default: float, help: str) -> float:
    """A key that is a probability."""
    return key(default, help, unit="probability", high=1.0)


def key_of(declared: Field[Any]) -> tuple[Key, Kind]:
    """The key that a field declares, and what kind of value it takes."""
    # A type that is not a plain one is a literal of texts, or stands for one.
    return declared.metadata["key"], _KINDS.get(str(declared.type), "text")


def fitting_value(told: Key, kind: Kind, value: object) -> Any | None:
    """The value as the field keeps it; ``None`` where it does not fit the key."""
    match kind:
        case "number" if _is_number(value) and told.low <= value <= told.high:  # type: ignore[operator]  # checked
            return float(cast(float, value))
        case "whole" if _is_number(value) and told.low <= value <= told.high:  # type: ignore[operator]  # checked
            number = float(cast(float, value))
            return int(number) if number.is_integer() else None
        case "text" if isinstance(value, str) and value.strip():
            return value.strip() if not told.choices or value.strip() in told.choices else None
        case "date" if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
            return value
        case "pair" if isinstance(value, list | tuple) and len(value) == 2 and all(map(_is_number, value)):
            return tuple(map(float, value))
    return None


def expected_value(told: Key, kind: Kind) -> str:
    """What a person should write, in signs rather than words of one language."""
    match kind:
        case "text":
            return " | ".join(f'"{choice}"' for choice in told.choices) if told.choices else '"…"'
        case "date":
            return "2025-11-15"
        case "pair":
            return "[x, y]"
        case "whole":
            return f"{told.low:.0f}, {told.low + 1:.0f}, … {told.high:.0f}"
        case "number":
            return f"{told.low:g} – {told.high:g}" + (f" ({told.unit})" if told.unit else "")


def check_section(section: Any) -> None:
    """Raise ``ValueError`` where a section made in code holds what its keys do not allow."""
    for declared in fields(section):
        told, kind = key_of(declared)
        value = getattr(section, declared.name)
        if value is None and "None" in str(declared.type):
            continue
        if fitting_value(told, kind, value) is None:
            expected = expected_value(told, kind)
            raise ValueError(f"{declared.name} must be {expected}, got {value!r}")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
