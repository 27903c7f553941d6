"""Write the reference pages that come from the code: commands, messages, keys of designs and scenarios.

python docs/generate.py            writes them
python docs/generate.py --check    exits 1 where a page is not what the code says
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator
from dataclasses import fields
from enum import Enum
from pathlib import Path
from typing import Any

import typer

from pardine.cli.app import app
from pardine.exchange.design_file import KEYS, DesignRequest
from pardine.language.messages import MESSAGES
from pardine.observe.check.finding import ANSWERS
from pardine.observe.check.rules import RULES
from pardine.observe.check.season import Limits
from pardine.simulate.world.keys import key_of
from pardine.simulate.world.scenario import Scenario

REFERENCE = Path(__file__).parent / "reference"
_GENERATED = "<!-- Written by docs/generate.py; do not edit. -->"


def pages() -> dict[Path, str]:
    """Each generated page with its text."""
    return {
        REFERENCE / "commands.md": "\n".join(_command_lines()) + "\n",
        REFERENCE / "checks.md": "\n".join(_check_lines()) + "\n",
        REFERENCE / "messages.md": "\n".join(_message_lines()) + "\n",
        REFERENCE / "design.md": "\n".join(_design_lines()) + "\n",
        REFERENCE / "scenario.md": "\n".join(_scenario_lines()) + "\n",
    }


def _command_lines() -> Iterator[str]:
    yield from ("# Commands", "", _GENERATED, "")
    yield "Results go to standard output, everything else to standard error. Exit code 0: done;"
    yield "1: failed, or the data cannot carry what was asked; 2: bad usage or refused input."
    group: Any = typer.main.get_command(app)
    for name, command in group.commands.items():
        yield from ("", f"## `pardine {name}`", "", *command.help.strip().splitlines(), "")
        yield from ("| argument or option | default | what it does |", "| --- | --- | --- |")
        for parameter in command.params:
            yield _parameter_row(parameter)


def _parameter_row(parameter: Any) -> str:
    kind = parameter.type_descriptor.annotation
    is_choice = isinstance(kind, type) and issubclass(kind, Enum)
    if parameter.param_type_name == "argument":
        names = parameter.metavar or parameter.name.upper()
    else:
        names = ", ".join((*parameter.opts, *parameter.secondary_opts))
        if is_choice:
            names += " " + "|".join(member.value for member in kind)
        elif not parameter.is_flag:
            names += f" {parameter.metavar or kind.__name__.upper()}"
    default = parameter.default
    shown = "" if default in (None, False) else str(getattr(default, "value", default))
    return f"| `{_cell(names)}` | {shown} | {_cell(parameter.help or '')} |"


def _design_lines() -> Iterator[str]:
    yield from ("# Keys of a design", "", _GENERATED, "")
    yield "What [`pardine design`](../how-to/plan-cameras.md) reads from `design.toml`. Every key may be left"
    yield "out. File names are relative to the folder of the `design.toml`."
    section = ""
    defaults = DesignRequest()
    for key in KEYS:
        if key.section != section:
            section = key.section
            yield from ("", f"## `[{section}]`", "", "| key | default | limits | what it means |")
            yield "| --- | --- | --- | --- |"
        default = getattr(defaults, key.name)
        shown = "" if default is None else f"{default:g}" if isinstance(default, float) else str(default)
        limits = f"{key.low:g} to {key.high:g}" if key.kind in ("number", "whole") else ""
        yield f"| `{key.name}` | {shown} | {limits} | {_cell(key.help)} |"


def _scenario_lines() -> Iterator[str]:
    yield from ("# Keys of a scenario", "", _GENERATED, "")
    yield "What [`pardine simulate`](../how-to/simulate-a-survey.md) reads from `scenario.toml`. Every"
    yield "section and key may be left out. Unknown keys, and values outside their limits, are refused with"
    yield "their line. How things are drawn, and which numbers are published and which assumed:"
    yield "[the simulated survey](../explanation/simulated-survey.md)."
    for part in fields(Scenario):
        make: Any = part.default_factory
        about = (inspect.getdoc(make) or "").splitlines()[0]
        yield from ("", f"## `[{part.name}]`", "", about, "")
        yield from ("| key | default | unit | limits | what it means |", "| --- | --- | --- | --- | --- |")
        for declared in fields(make):
            told, kind = key_of(declared)
            value = declared.default
            shown = "" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)
            shown = str(list(value)) if kind == "pair" else shown
            limits = f"{told.low:g} to {told.high:g}" if kind in ("number", "whole") else ""
            limits = ", ".join(told.choices) if told.choices else limits
            yield f"| `{declared.name}` | {shown} | {told.unit} | {limits} | {_cell(told.help)} |"


def _check_lines() -> Iterator[str]:
    limits = Limits()
    yield from ("# Rules of the season's check", "", _GENERATED, "")
    yield "Each rule looks at metadata alone; nothing is changed. What a rule needs and the project does not"
    yield "hold, it does not look at. A finding has a key that stays the same when the check is run again, so"
    yield f"a verdict that was recorded on it ({', '.join(ANSWERS)}) is found again. How sure the rules are:"
    yield "[verification](../verification/card-faults.md); how clocks are corrected:"
    yield "[clocks and encounters](../explanation/clocks-and-encounters.md)."
    for rule in RULES:
        message = MESSAGES[rule.id]
        yield from ("", f"## `{rule.id}`", "", f"{(rule.find.__doc__ or '').splitlines()[0]}", "")
        yield f"- severity: {rule.severity}"
        yield f"- needs: {', '.join(rule.needs)}"
        if rule.limits:
            values = ", ".join(f"`{name}` = {getattr(limits, name):g}" for name in rule.limits)
            yield f"- limits: {values}"
        yield f"- says: {_cell(message.sentence)}"
        yield f"- what to do: {_cell(message.hint)}"
    yield from ("", "## Limits", "", *_limit_lines())


def _limit_lines() -> Iterator[str]:
    """The limits with their defaults, as the class documents them."""
    text = inspect.getdoc(Limits) or ""
    _, _, attributes = text.partition("----------\n")
    yield from ("| limit | default | meaning |", "| --- | --- | --- |")
    defaults = Limits()
    for names, meaning in re.findall(r"^(\w[\w, ]*)\n((?:    .*\n?)+)", attributes, re.MULTILINE):
        values = ", ".join(f"{getattr(defaults, name):g}" for name in names.split(", "))
        yield f"| `{names}` | {values} | {' '.join(meaning.split())} |"


def _message_lines() -> Iterator[str]:
    yield from ("# Messages", "", _GENERATED, "")
    yield "Every error, warning and note has a code that does not change; scripts test the code, people"
    yield "read the sentence. Words in braces are filled with the facts."
    area = ""
    for code, message in sorted(MESSAGES.items()):
        if code.split(".")[0] != area:
            area = code.split(".")[0]
            yield from ("", f"## {area}", "", "| code | sentence | what to do |", "| --- | --- | --- |")
        yield f"| `{code}` | {_cell(message.sentence)} | {_cell(message.hint)} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


def main() -> int:
    """Write or compare the pages."""
    stale = [path for path, text in pages().items() if not path.exists() or path.read_text("utf-8") != text]
    if "--check" in sys.argv:
        for path in stale:
            print(f"{path.name} is not what the code says; run python docs/generate.py")
        return 1 if stale else 0
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(pages()[path], encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
