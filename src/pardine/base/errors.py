"""What can go wrong for a person, as values with a stable code.

    PardineError            root; the command line and the web catch only this
    |- InputError           what was brought is refused: a file, a row, an option (exit code 2)
    |- ProjectError         the project folder or its database cannot be used as asked (exit code 1)
    `- AnalysisError        the data cannot carry the analysis that was asked for (exit code 1)

A programmer's mistake stays a plain ``TypeError`` or ``ValueError`` and keeps its traceback.
No sentence is written here: `pardine.language` turns a `Notice` into words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True)
class Notice:
    """Something to tell a person: a stable code and the facts that fill its sentence.

    Attributes
    ----------
    code
        Dotted and stable, such as ``"table.missing_column"``; a key of `language.messages.MESSAGES`.
    fields
        The facts of the sentence. Usual names: ``file``, ``row`` (1 = the first line of the file),
        ``column``, ``value``, ``expected``, ``session``, ``station``.
    severity
        ``error`` refuses, ``warning`` asks for attention, ``note`` informs.
    """

    code: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    severity: Severity = "error"

    def __post_init__(self) -> None:
        object.__setattr__(self, "fields", MappingProxyType(dict(self.fields)))

    def __hash__(self) -> int:
        return hash((self.code, tuple(sorted((k, str(v)) for k, v in self.fields.items()))))

    def __reduce__(self) -> tuple[Any, ...]:
        # A mapping proxy cannot cross a process border by itself.
        return (Notice, (self.code, dict(self.fields), self.severity))

    def as_dict(self) -> dict[str, Any]:
        """The notice as plain JSON values (code, severity, fields)."""
        return {"code": self.code, "severity": self.severity, "fields": dict(self.fields)}


def warning(code: str, **fields: Any) -> Notice:
    """Make a `Notice` that asks for attention but refuses nothing."""
    return Notice(code, fields, "warning")


def note(code: str, **fields: Any) -> Notice:
    """Make a `Notice` that only informs."""
    return Notice(code, fields, "note")


class PardineError(Exception):
    """Root of everything that is told to a person rather than to a programmer.

    Parameters
    ----------
    code
        Stable code of the sentence.
    problems
        When one report holds many problems: each of them. ``code`` is then the headline.
    fields
        The facts that fill the sentence.
    """

    exit_code = 1

    def __init__(self, code: str, *, problems: Iterable[Notice] = (), **fields: Any) -> None:
        self.notice = Notice(code, fields)
        self.problems: tuple[Notice, ...] = tuple(problems)
        super().__init__(code, dict(fields))

    @property
    def code(self) -> str:
        """The stable code of the headline."""
        return self.notice.code

    def __str__(self) -> str:
        facts = ", ".join(f"{name}={value!r}" for name, value in self.notice.fields.items())
        more = "".join(f"\n  {p.code}: {dict(p.fields)}" for p in self.problems)
        return f"{self.code} ({facts}){more}"

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuild, (type(self), self.code, self.problems, dict(self.notice.fields)))


def _rebuild(
    kind: type[PardineError], code: str, problems: tuple[Notice, ...], fields: dict[str, Any]
) -> PardineError:
    return kind(code, problems=problems, **fields)


class InputError(PardineError):
    """What a person brought is refused; nothing was changed."""

    exit_code = 2


class ProjectError(PardineError):
    """The project folder or its database cannot be used as asked."""


class AnalysisError(PardineError):
    """The data cannot carry the analysis that was asked for."""
