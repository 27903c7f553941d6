"""What a person sees: results on standard output, everything else on standard error."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from types import TracebackType
from typing import Any, NoReturn, Self

from pardine.base.errors import Notice, PardineError
from pardine.language.translate import LANGUAGES, Language, error_lines, sentence
from pardine.workflows.watch import SILENT, Stage, Watcher

_SECONDS_BETWEEN = 0.5
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


class Progress(Watcher):
    """Stages with the time each took, tasks with the time left, on standard error."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._began = 0.0
        self._is_open = False
        self._shown = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close("✗" if error is not None else None)

    def stage(self, name: Stage) -> None:
        """End the stage before and begin this one."""
        self._close()
        self._is_open, self._began = True, time.perf_counter()
        print(f"{sentence(Notice(f'stage.{name}'), self._language)} … ", end="", file=sys.stderr, flush=True)

    def tell(self, notices: Sequence[Notice]) -> None:
        """End the stage and show the notices."""
        self._close()
        tell(notices, self._language)

    def done(self, n_done: int, n_tasks: int) -> None:
        """Show now and then how far the stage is and how long it will take."""
        now = time.perf_counter()
        if n_done < n_tasks and now - self._shown < _SECONDS_BETWEEN:
            return
        self._shown, elapsed_s = now, now - self._began
        left_s = elapsed_s / n_done * (n_tasks - n_done)
        print(f"\r{n_done} / {n_tasks}, {left_s:.0f} s ", end="", file=sys.stderr, flush=True)

    def _close(self, mark: str | None = None) -> None:
        if self._is_open:
            say(mark or f"{time.perf_counter() - self._began:.1f} s")
        self._is_open = False


def watcher(language: Language, *, quiet: bool) -> AbstractContextManager[Watcher]:
    """Who watches a command: nobody when it prints JSON, else a person."""
    return nullcontext(SILENT) if quiet else Progress(language)


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
