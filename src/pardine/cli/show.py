"""What a person sees: results on standard output, everything else on standard error."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NoReturn

from pardine.base.errors import Notice, PardineError
from pardine.language.translate import LANGUAGES, Language, error_lines, sentence

_MARKS = {"error": "✗", "warning": "!", "note": "·"}


def chosen_language(option: str | None) -> Language:
    """The language asked for, else that of PARDINE_LANG, else English."""
    wanted = option or os.environ.get("PARDINE_LANG", "en")
    return next((language for language in LANGUAGES if wanted.lower().startswith(language)), "en")


def use_utf8() -> None:
    """Write UTF-8 whatever the console's code page; a sign it lacks is replaced, never fatal."""
    for output in (sys.stdout, sys.stderr):
        if hasattr(output, "reconfigure"):
            output.reconfigure(encoding="utf-8", errors="replace")


def result(text: str) -> None:
    """A line of the result, on standard output."""
    print(text)


def result_json(value: Mapping[str, Any]) -> None:
    """The result as one JSON object, on standard output."""
    print(json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False))


def say(text: str) -> None:
    """A line about the work, on standard error."""
    print(text, file=sys.stderr, flush=True)


def tell(notices: Iterable[Notice], language: Language) -> None:
    """Notices in words, on standard error."""
    for notice in notices:
        say(f"{_MARKS[notice.severity]} {sentence(notice, language)}")


def notices_json(notices: Iterable[Notice], language: Language) -> list[dict[str, Any]]:
    """Notices as JSON: code, severity, fields and the sentence."""
    return [notice.as_dict() | {"message": sentence(notice, language)} for notice in notices]


@contextmanager
def stage(name: str, *, quiet: bool) -> Iterator[None]:
    """Say that a stage begins and how long it took."""
    started = time.perf_counter()
    if not quiet:
        print(f"{name} … ", end="", file=sys.stderr, flush=True)
    try:
        yield
    except BaseException:
        if not quiet:
            say("stopped")
        raise
    if not quiet:
        say(f"{time.perf_counter() - started:.1f} s")


def fail(error: PardineError, language: Language, *, as_json: bool) -> NoReturn:
    """Say what went wrong and leave with the error's exit code."""
    if as_json:
        result_json(
            {
                "error": error.notice.as_dict() | {"message": sentence(error.notice, language)},
                "problems": notices_json(error.problems, language),
            }
        )
    else:
        first, *rest = error_lines(error, language)
        say(f"{_MARKS['error']} {first}")
        for line in rest:
            say(f"  – {line}")
    raise SystemExit(error.exit_code)
